/** Pooling of one cell from the cells of the sites, by the kind of its column. */
import type { MomentsPart, NoisyMoments, OutputColumn, OutputPart, OutputRow } from '@stimnet/protocol'
import { exactSum, poolMoments, valueOfMoments } from '../moments.ts'
import { isModelPart } from '../models/fit.ts'
import { momentsOfNoisy } from '../noisy-moments.ts'
import { type Bin, layBins, poolBins, quantileOf, risingBins } from '../quantile.ts'

/** The part of one site in a cell of the pooled table. */
export type Cell = OutputPart

const ADDING = ['subjects', 'rows', 'count', 'sum']
const FROM_MOMENTS = ['mean', 'variance', 'sd', 'skewness', 'kurtosis', 'covariance', 'correlation']

/**
 * The pooled value of the cells. Null if they cannot be pooled: a quantile on grids without common outer edges, or moments
 * without a value.
 */
export function poolCells(column: OutputColumn, cells: readonly Cell[]): number | null {
  if (ADDING.includes(column.kind)) {
    const sum = exactSum(cells.flatMap((cell) => ('add' in cell ? [cell.add] : [])))
    // With noise, a count can be below zero. The sum evens this out, so only the sum is limited to zero.
    return column.kind === 'sum' ? sum : Math.max(0, sum)
  }
  if (FROM_MOMENTS.includes(column.kind)) {
    const moments = momentsFor(column.kind, cells)
    return moments === null ? null : valueOfMoments(column.kind, moments)
  }
  if (column.kind === 'share') return pooledShare(cells)
  // With noise, the number of people can be below zero, like any count.
  if (column.kind === 'gram')
    return Math.max(0, exactSum(cells.flatMap((cell) => ('gram' in cell ? [cell.gram.n] : []))))
  const [only, other] = cells
  if (only && 'choice' in only) return other ? null : only.choice
  if (column.kind === 'bins')
    return exactSum(cells.flatMap((cell) => ('bins' in cell ? cell.bins.map(({ rows }) => rows) : [])))
  if (column.kind !== 'quantile' || typeof column.argument !== 'number') return null
  const bins = pooledBins(cells)
  return bins === null ? null : quantileOf(bins, column.argument)
}

/** The pooled moments of the cells. Null if some have noise and others have none, which no request produces. */
export function momentsFor(kind: string, cells: readonly Cell[]): MomentsPart | null {
  const noisy = noisyIn(cells)
  if (noisy.length === 0) return pooledMoments(cells)
  return noisy.length < cells.length ? null : momentsOfNoisy(kind, noisy)
}

/** The noisy moments among the cells. */
export function noisyIn(cells: readonly Cell[]): NoisyMoments[] {
  return cells.flatMap((cell) => ('noisy' in cell ? [cell.noisy] : []))
}

function pooledShare(cells: readonly Cell[]): number | null {
  const { having, of } = sharesOf(cells)
  return of > 0 ? Math.min(of, Math.max(0, having)) / of : null
}

/** The sums behind a pooled share. With noise the number of people is at least one, because empty groups are answered as well. */
export function sharesOf(cells: readonly Cell[]): { having: number; of: number } {
  const shares = cells.flatMap((cell) => ('share' in cell ? [cell.share] : []))
  const of = exactSum(shares.map((share) => share.of))
  return {
    having: exactSum(shares.map((share) => share.having)),
    of: cells.some(hasNoiseInEach) ? Math.max(1, of) : of
  }
}

/**
 * The pooled bins, with the bins of the sites laid over one another. Noisy bins, which no site joins, are added and replaced by
 * the nearest bins without a number below zero.
 */
export function pooledBins(cells: readonly Cell[]): Bin[] | null {
  const sites = cells.flatMap((cell) => ('bins' in cell ? [cell.bins] : []))
  if (!cells.some(hasNoiseInEach)) return layBins(sites)
  const bins = poolBins(sites, { drawn: true })
  return bins && risingBins(bins)
}

function hasNoiseInEach(cell: Cell): boolean {
  return 'sd_each' in cell && cell.sd_each !== undefined
}

/** The pooled moments of the cells that have moments; null if there are none. */
export function pooledMoments(cells: readonly Cell[]): MomentsPart | null {
  return poolMoments(cells.flatMap((cell) => ('moments' in cell ? [cell.moments] : [])))
}

/** Largest relative difference between a shown value and the value of its part, which allows only for rounding errors. */
const TOLERANCE = 1e-6

/**
 * Whether the part of a site gives the value that the site shows. A site that contradicts itself, by mistake or on purpose, is
 * not pooled.
 */
export function readsAs(column: OutputColumn, row: OutputRow, value: string | number | null): boolean {
  if (column.role === 'key') return value === null || typeof value === 'string'
  const part = Object.hasOwn(row.parts, column.name) ? row.parts[column.name] : undefined
  if (value === null) return part === undefined || (isValueless(column, part) && isCountable(part))
  if (typeof value !== 'number' || part === undefined || !isCountable(part)) return false
  // A value that was chosen from a grid at random does not follow from any part and cannot be pooled.
  if ('choice' in part) return part.choice === value
  const own = poolCells(column, [part])
  return own !== null && Math.abs(own - value) <= TOLERANCE * Math.max(1, Math.abs(value))
}

/**
 * Whether a cell counts in the pooled value although its own site has no value: a quantile in an open bin, or the correlation
 * with a variable that does not vary.
 */
export function isValueless(column: OutputColumn, part: Cell): boolean {
  if ('bins' in part || 'noisy' in part) return true
  return 'moments' in part && part.moments.n > 0 && poolCells(column, [part]) === null
}

function isCountable(part: Cell): boolean {
  if ('add' in part) return Number.isFinite(part.add)
  if ('choice' in part) return Number.isFinite(part.choice)
  if ('noisy' in part) return isNoisy(part.noisy)
  if ('gram' in part) return isModelPart(part.gram)
  const isDrawn = hasNoiseInEach(part)
  if ('share' in part) {
    const { having, of } = part.share
    return isDrawn ? Number.isFinite(having) && Number.isFinite(of) : of > 0 && having >= 0 && having <= of
  }
  if ('bins' in part) return part.bins.every(({ rows }) => Number.isFinite(rows) && (isDrawn || rows >= 0))
  const { n, sum, deviations = 0, third = 0, fourth = 0, second } = part.moments
  const spreads = [deviations, fourth, second?.deviations ?? 0]
  const others = [n, sum, third, second?.sum ?? 0, second?.cross ?? 0]
  const isAsWritten = isSameSum(part.moments) && (second === undefined || isSameSum(second))
  return n > 0 && others.every(Number.isFinite) && spreads.every(isSpread) && isAsWritten
}

/** Whether the exact text of a sum, if present, agrees with the rounded sum beside it. */
function isSameSum({ sum, sum_exact: text }: Pick<MomentsPart, 'sum' | 'sum_exact'>): boolean {
  return text === undefined || Math.abs(Number(text) - sum) <= 1e-12 * Math.abs(sum)
}

function isNoisy({ rows, variables, products }: NoisyMoments): boolean {
  const sums = [
    rows,
    ...(products ? [products] : []),
    ...variables.flatMap((one) => [one.first, one.squares, one.cubes])
  ]
  const areSums = sums.every((one) => one === undefined || (Number.isFinite(one.sum) && isSpread(one.sd)))
  return (
    areSums &&
    variables.every(({ centre, width, step }) => Number.isFinite(centre) && isSpread(width) && isSpread(step)) &&
    (products === undefined) === variables.length < 2
  )
}

function isSpread(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}
