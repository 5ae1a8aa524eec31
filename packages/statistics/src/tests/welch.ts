/** Welch's t test: compares two means without assuming equal variances, within the sites that gave both groups. */
import { pOfT, tOfP } from '../distributions.ts'
import { exactSum } from '../moments.ts'
import { EXACT } from './accuracy.ts'
import { ERROR_SHARE, type Measured } from './table.ts'

/** A comparison of two means. */
export interface Welch {
  /** First mean minus second mean. */
  readonly difference: number
  /** The 95 % confidence interval, low and high. */
  readonly interval: readonly [number, number]
  readonly statistic: number
  /** Degrees of freedom by Welch and Satterthwaite; usually not a whole number. */
  readonly df: number
  /** The two-sided p value. */
  readonly p: number
}

/** The two groups of one site. */
export type Pair = readonly [one: Measured, other: Measured]

/** A comparison at one site. Null if a group has fewer than two values, or if neither group varies. */
export function welchOf(one: Measured, other: Measured): Welch | null {
  return welchOver([[one, other]])
}

/**
 * A comparison over several sites: the mean of their differences, each weighted by n₁n₂/(n₁ + n₂), which is the estimate of a
 * linear model with the site as a factor. Its error is that of Welch and Satterthwaite, from each group's own variance. With one
 * site it is Welch's t. For rounded numbers, the result is the weakest that the exact numbers can give: the interval is wider,
 * and t smaller, by the largest error due to rounding.
 */
export function welchOver(pairs: readonly Pair[]): Welch | null {
  const weights = pairs.map(([one, other]) => (one.n * other.n) / (one.n + other.n))
  const all = exactSum(weights)
  const terms = pairs.flatMap((pair, i) =>
    pair.map((group) => {
      const error = ((weights[i] ?? 0) / all) ** 2 * errorOf(group)
      return { error, freedom: error ** 2 / (leastOf(group) - 1) }
    })
  )
  const square = exactSum(terms.map(({ error }) => error))
  if (!(square > 0) || !Number.isFinite(square)) return null
  const difference = exactSum(pairs.map((pair, i) => (weights[i] ?? 0) * apart(pair))) / all
  const df = square ** 2 / exactSum(terms.map(({ freedom }) => freedom))
  const hidden = exactSum(pairs.map((pair, i) => (weights[i] ?? 0) * hiddenIn(pair))) / all
  const statistic = (Math.sign(difference) * Math.max(0, Math.abs(difference) - hidden)) / Math.sqrt(square)
  const half = tOfP(ERROR_SHARE, df) * Math.sqrt(square) + hidden
  return { difference, interval: [difference - half, difference + half], statistic, df, p: pOfT(statistic, df) }
}

/** The largest possible squared error of a mean; NaN if it is not known. */
function errorOf(group: Measured): number {
  const { n, deviations, within = EXACT } = group
  // Without two values for certain, no spread is known.
  if (n < 2 || leastOf(group) < 2 || deviations === undefined) return Number.NaN
  return (deviations + within.deviations) / (n - 1) / leastOf(group)
}

/** The smallest possible number of values. */
function leastOf({ n, within = EXACT }: Measured): number {
  return Math.max(1, n - within.count)
}

function hiddenIn(pair: Pair): number {
  return exactSum(pair.map(({ within = EXACT }) => within.mean))
}

function apart([one, other]: Pair): number {
  return one.sum / one.n - other.sum / other.n
}
