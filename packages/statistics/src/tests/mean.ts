/** The mean of all values of several sites with its standard error: t tests of one sample and of pairs, and intervals of means. */
import type { PlanTest, TestResult } from '@stimnet/protocol'
import { pOfT, tOfP } from '../distributions.ts'
import { poolMoments } from '../moments.ts'
import { least, sideWithin } from '../pool/pool-rounding.ts'
import { fractionOf, minus, ratioToNumber } from '../rational.ts'
import { EXACT } from './accuracy.ts'
import { giving, groupShown, ROUNDED, resultOf } from './given.ts'
import { DF_MIN, ERROR_SHARE, FEW_FREEDOMS, type Measured, NOTHING, type TestSite } from './table.ts'

/** A mean over the values of all sites together, as computed by R's t.test. */
export interface Mean {
  readonly n: number
  readonly mean: number
  /** Standard error; for rounded numbers the largest that the exact numbers can give. */
  readonly error: number
  readonly df: number
  /** The largest error of the mean due to rounding. */
  readonly hidden: number
}

/** Null for fewer than two values, for values that do not vary, or if the spread is not known. */
export function meanOver(parts: readonly Measured[]): Mean | null {
  const pooled = poolMoments(parts)
  if (pooled === null || pooled.deviations === undefined) return null
  const { n, sum, deviations } = pooled
  const sides = parts.map(({ n, sum, deviations = 0, within = EXACT }) => ({
    n,
    mean: sum / n,
    deviations,
    within: { n: within.count, mean: within.mean, deviations: within.deviations }
  }))
  const isExact = sides.every(({ within }) => within.n === 0 && within.mean === 0 && within.deviations === 0)
  const { mean: hidden, ofSpread } = isExact ? { mean: 0, ofSpread: 0 } : sideWithin(sides, n)
  const fewest = least(sides, n)
  const error = Math.sqrt((deviations + ofSpread) / (fewest - 1) / fewest)
  return error > 0 && Number.isFinite(error) ? { n, mean: sum / n, error, df: fewest - 1, hidden } : null
}

/** The 95 % interval, widened by the largest error due to rounding. */
export function intervalOf({ mean, error, df, hidden }: Mean): [number, number] {
  const half = tOfP(ERROR_SHARE, df) * error + hidden
  return [mean - half, mean + half]
}

/** Student's t of the mean minus a declared value, over the values of all sites that gave them. */
export function oneSample(test: Extract<PlanTest, { kind: 'one_sample' }>, sites: readonly TestSite[]): TestResult {
  const { kind, of, by, value } = test
  const givers = giving(sites, (site) => measuredIn(site, of))
  const parts = givers.map(({ part }) => part)
  const shown = { kind, of, by: [...by], value, groups: [groupShown('all', parts)] }
  return tested(shown, { sites, givers }, { mean: meanOver(parts), value })
}

/** Student's t of the differences of pairs: their variance is the sum of both variances minus twice the covariance. */
export function paired(test: Extract<PlanTest, { kind: 'paired' }>, sites: readonly TestSite[]): TestResult {
  const { kind, of, by } = test
  const [first, second] = test.groups
  const givers = giving(sites, (site) => {
    const moments = measuredIn(site, of)
    const difference = moments && differenceOf(moments)
    return moments && difference ? { moments, difference } : undefined
  })
  const groups = [
    groupShown(
      first,
      givers.map(({ part }) => part.moments)
    ),
    groupShown(
      second,
      givers.flatMap(({ part: { moments } }) => (moments.second ? [{ n: moments.n, ...moments.second }] : []))
    )
  ]
  const mean = meanOver(givers.map(({ part }) => part.difference))
  return tested({ kind, of, by: [...by], groups }, { sites, givers }, { mean, value: 0 })
}

function tested(
  shown: Parameters<typeof resultOf>[0],
  { sites, givers }: Parameters<typeof resultOf>[1],
  { mean, value }: { mean: Mean | null; value: number }
): TestResult {
  const who = { sites, givers, isTogether: true }
  if (mean === null) {
    return resultOf(shown, who, { ...NOTHING, notes: ['The numbers are missing, withheld, or do not vary.'] })
  }
  const difference = mean.mean - value
  if (mean.df < DF_MIN) return resultOf(shown, who, { ...NOTHING, difference, notes: [FEW_FREEDOMS] })
  const statistic = (Math.sign(difference) * Math.max(0, Math.abs(difference) - mean.hidden)) / mean.error
  const [low, high] = intervalOf(mean)
  return resultOf(shown, who, {
    difference,
    interval: [low - value, high - value],
    statistic,
    df: [mean.df],
    p: pOfT(statistic, mean.df),
    notes: mean.hidden > 0 ? [ROUNDED] : []
  })
}

function measuredIn({ rows }: TestSite, of: string): Measured | undefined {
  const cell = rows.length === 1 ? rows[0]?.cells.get(of) : undefined
  return cell?.moments
}

/** Below this share of the variables' own spread, the spread of their difference consists of rounding errors of doubles. */
const SPREAD_LEAST = 1e-12

/** The moments of the differences; undefined if they do not vary, or if it is not known how far the numbers are rounded. */
function differenceOf(moments: Measured): Measured | undefined {
  const { n, sum, sum_exact: text, deviations, second, within = EXACT, accuracy } = moments
  if (deviations === undefined || second === undefined) return undefined
  const isRounded = within.count > 0 || within.mean > 0 || within.deviations > 0
  if (isRounded && accuracy?.second === undefined) return undefined
  const own = { sum: 0, deviations: 0, cross: 0, ...accuracy?.second }
  const spread = deviations + second.deviations - 2 * second.cross
  const off = isRounded ? within.deviations + own.deviations + 2 * own.cross : 0
  if (!(spread + off > SPREAD_LEAST * (deviations + second.deviations))) return undefined
  const { top, bottom } = minus(fractionOf(text ?? sum), fractionOf(second.sum_exact ?? second.sum))
  return {
    n,
    sum: ratioToNumber(top, bottom),
    deviations: Math.max(0, spread),
    within: { count: within.count, mean: isRounded ? within.mean + own.sum / n : 0, deviations: off }
  }
}
