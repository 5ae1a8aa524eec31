/** The effect of one site for a meta-analysis, computed from its released numbers, and the scale on which effects are combined. */
import type { MomentsPart } from '@stimnet/protocol'
import { EXACT } from './accuracy.ts'
import type { SiteEffect } from './meta.ts'
import type { Measured, TestCell } from './table.ts'

/** The effects that can be combined. The last three are combined on the scale of log odds, log odds ratio, and Fisher's z. */
export const META_EFFECTS = ['mean', 'difference', 'proportion', 'odds_ratio', 'correlation'] as const
/** One of META_EFFECTS. */
export type MetaEffect = (typeof META_EFFECTS)[number]

/** An effect on its scale, as computed from the released numbers, with the error that rounding for privacy can cause. */
export interface MeasuredEffect extends SiteEffect {
  /** The largest error of the estimate due to rounding. */
  readonly hidden: number
  /** The smallest and the largest possible squared standard error. */
  readonly variances: readonly [least: number, most: number]
}

/** Converts a value from the scale of an effect to the effect's own unit. */
export function inOwnUnit(effect: MetaEffect, value: number): number {
  if (effect === 'proportion') return 1 / (1 + Math.exp(-value))
  if (effect === 'odds_ratio') return Math.exp(value)
  return effect === 'correlation' ? Math.tanh(value) : value
}

/** Undefined if a number is withheld, or does not determine its own error. With two cells, the first belongs to the first group. */
export function effectOf(effect: MetaEffect, cells: readonly (TestCell | undefined)[]): MeasuredEffect | undefined {
  const [one, other] = cells
  if (one === undefined || one.value === null) return undefined
  switch (effect) {
    case 'mean':
      return one.moments && meanOf(one.moments)
    case 'difference':
      return apart(one.moments && meanOf(one.moments), other?.moments && meanOf(other.moments))
    case 'proportion':
      return logOddsOf(one)
    case 'odds_ratio':
      return apart(logOddsOf(one), other && logOddsOf(other))
    case 'correlation':
      return one.moments && fisherOf(one.moments)
  }
}

function apart(one: MeasuredEffect | undefined, other: MeasuredEffect | undefined): MeasuredEffect | undefined {
  if (one === undefined || other === undefined) return undefined
  return {
    estimate: one.estimate - other.estimate,
    variance: one.variance + other.variance,
    hidden: one.hidden + other.hidden,
    variances: [one.variances[0] + other.variances[0], one.variances[1] + other.variances[1]]
  }
}

function meanOf({ n, sum, deviations, within = EXACT }: Measured): MeasuredEffect | undefined {
  if (deviations === undefined || !(n - within.count >= 2)) return undefined
  const errorOf = (spread: number, count: number) => spread / (n - 1) / count
  const [least, most] = [
    errorOf(deviations - within.deviations, n + within.count),
    errorOf(deviations + within.deviations, n - within.count)
  ]
  if (!(least > 0)) return undefined
  return { estimate: sum / n, variance: errorOf(deviations, n), hidden: within.mean, variances: [least, most] }
}

/** Agresti and others add half to each count if one is zero; zeros are withheld here, so nothing is added. */
function logOddsOf({ value, share }: TestCell): MeasuredEffect | undefined {
  if (share === undefined || value === null) return undefined
  const [having, lacking] = [share.having, share.of - share.having]
  const { having: offHaving, lacking: offLacking } = share.within
  if (!(having > offHaving) || !(lacking > offLacking)) return undefined
  const errorOf = (side: 1 | 0 | -1) => 1 / (having + side * offHaving) + 1 / (lacking + side * offLacking)
  return {
    estimate: Math.log(having / lacking),
    variance: errorOf(0),
    hidden: offHaving / (having - offHaving) + offLacking / (lacking - offLacking),
    variances: [errorOf(1), errorOf(-1)]
  }
}

/** Fisher's z; its error depends only on the number of pairs. */
function fisherOf(moments: MomentsPart & Measured): MeasuredEffect | undefined {
  const { n, deviations, second, within = EXACT } = moments
  if (deviations === undefined || second === undefined || !(n - within.count > 3)) return undefined
  const r = second.cross / Math.sqrt(deviations * second.deviations)
  if (!(Math.abs(r) < 1)) return undefined
  const rounding = moments.accuracy?.second
  // Each of the three sums changes r by its own share; the derivative of atanh is 1 / (1 − r²).
  const moved =
    rounding === undefined
      ? 0
      : rounding.cross / Math.sqrt(deviations * second.deviations) +
        (Math.abs(r) / 2) * (rounding.deviations / second.deviations + within.deviations / deviations)
  const errorOf = (count: number) => 1 / (count - 3)
  return {
    estimate: Math.atanh(r),
    variance: errorOf(n),
    hidden: moved / (1 - r ** 2),
    variances: [errorOf(n + within.count), errorOf(n - within.count)]
  }
}
