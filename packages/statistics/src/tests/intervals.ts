/** Confidence intervals (95 %) of means (t), shares (Wilson), correlations (Fisher's z) and quantiles (ranks), for each row of an answer. */
import type { IntervalTest, TestEstimate, TestResult } from '@stimnet/protocol'
import { zOfP } from '../distributions.ts'
import { exactSum, poolMoments, valueOfMoments } from '../moments.ts'
import { correlationWithin } from '../pool/pool-rounding.ts'
import { layBins, quantileOf } from '../quantile.ts'
import { ROUNDED } from './given.ts'
import type { MeasuredBins } from './binned/counted.ts'
import { totalOf } from './binned/counted.ts'
import { quantileInterval } from './binned/quantile-interval.ts'
import { around, type Range } from './range.ts'
import { intervalOf, meanOver } from './mean.ts'
import {
  DF_MIN,
  ERROR_SHARE,
  type Measured,
  type MeasuredShare,
  NOTHING,
  type TestCell,
  type TestSite
} from './table.ts'

/** A number with its interval, of one row. */
interface Interval {
  readonly n: number | null
  /** The largest error of `n`. */
  readonly off?: number
  readonly estimate: number | null
  readonly interval: readonly [number, number] | null
  readonly isRounded: boolean
}

/** The intervals of a test. Each row uses the sites that gave its number, as its pooled value does. */
export function intervals(test: IntervalTest, sites: readonly TestSite[]): TestResult {
  const { kind, of, by, q } = test
  const found = sites.map(({ site, rows }) => ({
    site,
    rows: new Map(rows.map((row) => [JSON.stringify(by.map((key) => row.keys[key] ?? null)), row.cells.get(of)]))
  }))
  const keys = [...new Set(found.flatMap(({ rows }) => [...rows.keys()]))]
  const rows = keys.map((key) => {
    const cells = found.flatMap(({ site, rows }) => {
      const cell = rows.get(key)
      return cell && isGiven(cell) ? [{ site, cell }] : []
    })
    const groups = JSON.parse(key) as (string | null)[]
    return {
      groups,
      sites: cells.map(({ site }) => site),
      made: MADE[kind](
        cells.map(({ cell }) => cell),
        test
      )
    }
  })
  const estimates = rows.map(
    ({ groups, sites, made: { n, off = 0, estimate, interval } }): TestEstimate => ({
      measure: MEASURES[kind],
      groups,
      n,
      ...(n === null || off === 0 ? {} : { n_within: off }),
      estimate,
      interval: interval && [...interval],
      sites
    })
  )
  const behind = sites.map(({ site }) => site).filter((site) => rows.some((row) => row.sites.includes(site)))
  const notes = [
    ...(rows.some(({ made }) => made.estimate !== null && made.interval === null) ? [UNSURE] : []),
    ...(rows.some((row) => row.sites.length < sites.length) && sites.length > 1 ? [PARTLY] : []),
    ...(rows.some(({ made }) => made.isRounded) ? [ROUNDED] : [])
  ]
  const level = q === undefined ? {} : { value: q }
  return {
    kind,
    of,
    by: [...by],
    groups: [],
    ...level,
    ...NOTHING,
    note: notes.join(' '),
    sites: behind,
    estimates
  }
}

const UNSURE = `A number has no interval: too few values, or none that vary, or it is not known how far it was rounded.`
const PARTLY = 'A number is of those institutions alone that gave it: see its `sites`.'

const MEASURES = {
  mean_interval: 'mean',
  share_interval: 'share',
  correlation_interval: 'correlation',
  quantile_interval: 'quantile'
} as const

const MADE: Readonly<Record<IntervalTest['kind'], (cells: readonly TestCell[], test: IntervalTest) => Interval>> = {
  mean_interval: (cells) => ofMean(cells.flatMap(({ moments }) => moments ?? [])),
  share_interval: (cells) => ofShare(cells.flatMap(({ share }) => share ?? [])),
  correlation_interval: (cells) => ofCorrelation(cells.flatMap(({ moments }) => moments ?? [])),
  quantile_interval: (cells, { q = HALF }) =>
    ofQuantile(
      cells.flatMap(({ bins }) => bins ?? []),
      q
    )
}

const HALF = 0.5

/** A correlation with a variable that does not vary at a site has no value there, but its moments can be pooled, and so can bins. */
function isGiven({ value, moments, share, bins }: TestCell): boolean {
  return moments !== undefined || bins !== undefined || (share !== undefined && value !== null)
}

/** A quantile is interpolated within the bins of each site, as the pooled value is. Its interval ends at edges that all sites have. */
function ofQuantile(parts: readonly MeasuredBins[], q: number): Interval {
  const bins = layBins(parts.map((part) => part.bins))
  if (bins === null) return { ...NONE, interval: null, isRounded: false }
  const interval = quantileInterval(parts, q)
  const isRounded = interval !== null && parts.some(({ within }) => within.sum > 0)
  const n = exactSum(parts.map((part) => totalOf(part.bins)))
  const off = exactSum(parts.map(({ within }) => within.sum))
  return { n, off, estimate: quantileOf(bins, q), interval, isRounded }
}

function ofMean(parts: readonly Measured[]): Interval {
  const made = meanOver(parts)
  const pooled = poolMoments(parts)
  const told = pooled === null ? NONE : { n: pooled.n, off: offOf(parts), estimate: pooled.sum / pooled.n }
  if (made === null || made.df < DF_MIN) return { ...told, interval: null, isRounded: false }
  return { ...told, interval: intervalOf(made), isRounded: made.hidden > 0 }
}

const NONE = { n: null, estimate: null } as const

/** Wilson's score interval without correction, as prop.test(correct = FALSE), from the counts of all sites together. */
function ofShare(shares: readonly MeasuredShare[]): Interval {
  const sum = (of: (share: MeasuredShare) => number) => exactSum(shares.map(of))
  const [having, n] = [sum((one) => one.having), sum((one) => one.of)]
  if (n === 0) return { ...NONE, interval: null, isRounded: false }
  const [off, offLacking] = [sum(({ within }) => within.having), sum(({ within }) => within.lacking)]
  const lacking = n - having
  // Both ends rise with the number of people who have the level and fall with the number of people who lack it.
  const [low] = wilson(Math.max(0, having - off), lacking + offLacking)
  const [, high] = wilson(having + off, Math.max(0, lacking - offLacking))
  return { n, off: off + offLacking, estimate: having / n, interval: [low, high], isRounded: off > 0 || offLacking > 0 }
}

function wilson(having: number, lacking: number): [number, number] {
  const square = zOfP(ERROR_SHARE) ** 2
  const n = having + lacking
  const middle = (having + square / 2) / (n + square)
  const half = Math.sqrt(square * ((having * lacking) / n + square / 4)) / (n + square)
  return [middle - half, middle + half]
}

/** The interval by Fisher's z, as cor.test, from the pairs of all sites together. */
function ofCorrelation(parts: readonly Measured[]): Interval {
  const pooled = poolMoments(parts)
  const r = pooled && valueOfMoments('correlation', pooled)
  const off = offOf(parts)
  if (pooled === null || r === null)
    return { n: pooled?.n ?? null, off, estimate: null, interval: null, isRounded: false }
  const hidden = hiddenIn(parts)
  const interval =
    hidden === null || !(Math.abs(r) < 1) ? null : fisherInterval(around(r, hidden), leastOf(pooled.n, parts) - 3)
  return { n: pooled.n, off, estimate: r, interval, isRounded: hidden !== 0 }
}

/** The largest error of a correlation due to rounding; null if the parts do not state how far they are rounded. */
export function hiddenIn(parts: readonly Measured[]): number | null {
  const isUntold = parts.some(({ within, accuracy }) => (within?.count ?? 0) > 0 && accuracy?.second === undefined)
  return isUntold ? null : correlationWithin(parts)
}

/** The smallest possible number of pairs. */
function leastOf(n: number, parts: readonly Measured[]): number {
  return n - offOf(parts)
}

/** The largest error of the number of values. */
function offOf(parts: readonly Measured[]): number {
  return exactSum(parts.map(({ within }) => within?.count ?? 0))
}

/**
 * The 95 % interval of a correlation that is known to be in a range. On the scale of Fisher's z, the squared error is 1 over
 * `freedom`: the number of pairs minus 3, and minus one for each variable held fixed. Null if `freedom` is too small.
 */
export function fisherInterval({ low, high }: Range, freedom: number): [number, number] | null {
  if (!(freedom >= DF_MIN)) return null
  const half = zOfP(ERROR_SHARE) / Math.sqrt(freedom)
  return [Math.tanh(Math.atanh(Math.max(-1, low)) - half), Math.tanh(Math.atanh(Math.min(1, high)) + half)]
}
