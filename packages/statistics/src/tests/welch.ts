/** Welch's t: two means whose variances are not taken for equal, within the sites that gave both groups. */
import type { MomentsPart } from '@stimnet/protocol'
import { pOfT, tOfP } from '../distributions.ts'
import { exactSum, valueOfMoments } from '../moments.ts'
import { ERROR_SHARE } from './table.ts'

/** A comparison of two means. */
export interface Welch {
  /** First mean less the second. */
  readonly difference: number
  /** 95 %, low and high. */
  readonly interval: readonly [number, number]
  readonly statistic: number
  /** After Welch and Satterthwaite; seldom whole. */
  readonly df: number
  /** Two-sided. */
  readonly p: number
}

/** The two groups of one site. */
export type Pair = readonly [one: MomentsPart, other: MomentsPart]

/** Null where a group has fewer than two values or neither varies. */
export function welchOf(one: MomentsPart, other: MomentsPart): Welch | null {
  return welchOver([[one, other]])
}

/**
 * Over several sites the mean of their differences, each weighted by n₁n₂/(n₁ + n₂): the estimate of a linear model with the
 * site as a factor. Its error is Welch's and Satterthwaite's, from each group's own variance. Of one site: Welch's t.
 */
export function welchOver(pairs: readonly Pair[]): Welch | null {
  const weights = pairs.map(([one, other]) => (one.n * other.n) / (one.n + other.n))
  const all = exactSum(weights)
  const terms = pairs.flatMap((pair, i) =>
    pair.map((group) => {
      const error = (((weights[i] ?? 0) / all) ** 2 * (valueOfMoments('variance', group) ?? Number.NaN)) / group.n
      return { error, freedom: error ** 2 / (group.n - 1) }
    })
  )
  const square = exactSum(terms.map(({ error }) => error))
  if (!(square > 0) || !Number.isFinite(square)) return null
  const difference = exactSum(pairs.map((pair, i) => (weights[i] ?? 0) * apart(pair))) / all
  const df = square ** 2 / exactSum(terms.map(({ freedom }) => freedom))
  const statistic = difference / Math.sqrt(square)
  const half = tOfP(ERROR_SHARE, df) * Math.sqrt(square)
  return { difference, interval: [difference - half, difference + half], statistic, df, p: pOfT(statistic, df) }
}

function apart([one, other]: Pair): number {
  return one.sum / one.n - other.sum / other.n
}
