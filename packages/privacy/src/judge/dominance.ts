/** Whether one or two subjects make up a sum: the (n,k) rule for n = 2, and the p% rule. */
import type { VariableRef } from '@stimnet/protocol'
import type { PrivacySettings } from '../rules/settings.ts'

/** A sum of values that are not negative, or a number of rows, and the largest two that one subject each gave to it. */
export interface Contributions {
  /**
   * What is added up: the variable, or rows, which weigh every number over them, also one whose values are negative here
   * and there.
   */
  readonly of?: VariableRef | 'rows'
  /** Distances from the mean to this power, not values. Default 1: values. */
  readonly power?: number
  readonly total: bigint
  readonly largest: readonly [bigint, bigint]
}

type DominanceRules = Pick<PrivacySettings, 'largestShareMax' | 'dominanceShareMax' | 'dominanceRemainderMin'>

/** A mean most of whose rows are one subject's is that subject's mean, more or less: 503 of 578 rows pass the two ratios. */
const ROWS_OF_ONE_MAX = 0.5

/**
 * True where x1 alone is more than the rules allow one; where x1 + x2 >= K·T, so that two subjects are nearly all of it; or
 * where T - x1 - x2 < p·x1, so that the second largest could work out the largest to within p; of rows also where x1 is more
 * than half. Of powers the remainder is held against the power, for it is the distance itself that must not be known to
 * within p. A sum of zero has no contributors; whether it may be told is another rule.
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

/**
 * The union of several sums of one kind. Where no subject is in two of them its largest are the largest of all; otherwise those of one
 * subject may add up, and the sums of the largest are bounds from above.
 */
export function unionOf(sums: readonly Contributions[], options: { disjoint: boolean }): Contributions | undefined {
  if (sums.length === 0) return undefined
  const total = add(sums.map((sum) => sum.total))
  const { of, power } = sums[0] ?? {}
  const kind = { ...(of === undefined ? {} : { of }), ...(power === undefined ? {} : { power }) }
  if (!options.disjoint) {
    return { ...kind, total, largest: [add(sums.map((sum) => sum.largest[0])), add(sums.map((sum) => sum.largest[1]))] }
  }
  let [first, second] = [0n, 0n]
  for (const value of sums.flatMap(({ largest }) => largest)) {
    if (value > first) [first, second] = [value, first]
    else if (value > second) second = value
  }
  return { ...kind, total, largest: [first, second] }
}

function add(terms: readonly bigint[]): bigint {
  return terms.reduce((sum, term) => sum + term, 0n)
}

const MILLION = 1_000_000n

function millionths(share: number): bigint {
  return BigInt(Math.round(share * 1e6))
}
