/** Dominance of a sum by one or two subjects: the (n,k) rule for n = 2, and the p% rule. */
import type { VariableRef } from '@stimnet/protocol'
import type { PrivacySettings } from '../../rules/settings.ts'

/** A sum of non-negative values, or a number of rows, and the two largest contributions of single subjects. */
export interface Contributions {
  /**
   * The summed quantity: a variable, or rows. Rows weigh every number over them, including numbers of which some values are
   * negative.
   */
  readonly of?: VariableRef | 'rows'
  /** The power of the distances from the mean that are summed. Default 1: the values themselves are summed. */
  readonly power?: number
  readonly total: bigint
  readonly largest: readonly [bigint, bigint]
}

type DominanceRules = Pick<PrivacySettings, 'largestShareMax' | 'dominanceShareMax' | 'dominanceRemainderMin'>

/**
 * The largest share of rows that one subject may have. A mean with more rows of one subject is nearly the mean of that
 * subject. The two ratios alone would allow 503 of 578 rows.
 */
const ROWS_OF_ONE_MAX = 0.5

/**
 * True if the largest value x1 alone exceeds what the rules allow for one subject; if x1 + x2 >= K·T, so that two subjects
 * make up nearly all of the total T; or if T - x1 - x2 < p·x1, so that the second largest contributor could compute the
 * largest to within p. For rows, also true if x1 is more than half of T. For powers of distances, the limit of the remainder
 * is adapted to the power, because the distance itself must not be known to within p. A sum of zero has no contributors;
 * another rule decides whether it may be disclosed.
 */
export function isDominated(sum: Contributions, rules: DominanceRules): boolean {
  const { of, power = 1, total } = sum
  const [first, second] = sum.largest
  if (total === 0n) return false
  if (of === 'rows' && first * MILLION > millionths(ROWS_OF_ONE_MAX) * total) return true
  if (power === 1 && first * MILLION > millionths(rules.largestShareMax) * total) return true
  const share = millionths(rules.dominanceShareMax)
  const remainder = millionths((1 + rules.dominanceRemainderMin) ** power - 1)
  return (first + second) * MILLION >= share * total || (total - first - second) * MILLION < remainder * first
}

const MILLION = 1_000_000n

function millionths(share: number): bigint {
  return BigInt(Math.round(share * 1e6))
}
