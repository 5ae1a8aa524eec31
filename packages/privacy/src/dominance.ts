/** Whether one or two subjects make up a sum: the (n,k) rule for n = 2, and the p% rule. */
import type { PrivacySettings } from './settings.ts'

/** A sum of values that are not negative, and the largest two that one subject each gave to it. */
export interface Contributions {
  readonly total: bigint
  readonly largest: readonly [bigint, bigint]
}

type DominanceRules = Pick<PrivacySettings, 'dominanceShareMax' | 'dominanceRemainderMin'>

/**
 * True where x1 + x2 >= K·T, so that two subjects are nearly all of it; or where T - x1 - x2 < p·x1, so that the second
 * largest could work out the largest to within p. A sum of zero has no contributors; whether it may be told is another rule.
 */
export function isDominated({ total, largest: [first, second] }: Contributions, rules: DominanceRules): boolean {
  if (total === 0n) return false
  const share = millionths(rules.dominanceShareMax)
  const remainder = millionths(rules.dominanceRemainderMin)
  return (first + second) * MILLION >= share * total || (total - first - second) * MILLION < remainder * first
}

/**
 * The union of several sums. Where no subject is in two of them its largest are the largest of all; otherwise those of one
 * subject may add up, and the sums of the largest are bounds from above.
 */
export function unionOf(sums: readonly Contributions[], options: { disjoint: boolean }): Contributions | undefined {
  if (sums.length === 0) return undefined
  const total = add(sums.map((sum) => sum.total))
  if (!options.disjoint) {
    return { total, largest: [add(sums.map((sum) => sum.largest[0])), add(sums.map((sum) => sum.largest[1]))] }
  }
  let [first, second] = [0n, 0n]
  for (const value of sums.flatMap(({ largest }) => largest)) {
    if (value > first) [first, second] = [value, first]
    else if (value > second) second = value
  }
  return { total, largest: [first, second] }
}

function add(terms: readonly bigint[]): bigint {
  return terms.reduce((sum, term) => sum + term, 0n)
}

const MILLION = 1_000_000n

function millionths(share: number): bigint {
  return BigInt(Math.round(share * 1e6))
}
