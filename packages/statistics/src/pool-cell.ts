/** One cell of the pooled answer from the cells of the sites, by what its column is. */
import type { MomentsPart, NoisyMoments, OutputColumn, OutputPart, OutputRow } from '@stimnet/protocol'
import { exactSum, poolMoments, valueOfMoments } from './moments.ts'
import { momentsOfNoisy } from './noisy-moments.ts'
import { type Bin, poolBins, quantileOf, risingBins } from './quantile.ts'

/** One cell of the pooled table, before it is written. */
export type Cell = OutputPart

const ADDING = ['subjects', 'rows', 'count', 'sum']
const FROM_MOMENTS = ['mean', 'variance', 'sd', 'skewness', 'kurtosis', 'covariance', 'correlation']

/** Null where the cells do not pool: a quantile on grids that do not meet, moments of no value. */
export function poolCells(column: OutputColumn, cells: readonly Cell[]): number | null {
  if (ADDING.includes(column.kind)) {
    const sum = exactSum(cells.flatMap((cell) => ('add' in cell ? [cell.add] : [])))
    // Noise may leave less than nobody: that is for the sum to even out, and hidden only where the sum is shown.
    return column.kind === 'sum' ? sum : Math.max(0, sum)
  }
  if (FROM_MOMENTS.includes(column.kind)) {
    const moments = momentsFor(column.kind, cells)
    return moments === null ? null : valueOfMoments(column.kind, moments)
  }
  if (column.kind === 'share') return pooledShare(cells)
  const [only, other] = cells
  if (only && 'choice' in only) return other ? null : only.choice
  if (column.kind !== 'quantile' || typeof column.argument !== 'number') return null
  const bins = pooledBins(cells)
  return bins === null ? null : quantileOf(bins, column.argument)
}

/** Of cells with noise those that it leaves; null where some have noise and others none, which no request asks for. */
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

/** Under noise of at least one person: of a group that nobody may be in it is asked all the same. */
export function sharesOf(cells: readonly Cell[]): { having: number; of: number } {
  const shares = cells.flatMap((cell) => ('share' in cell ? [cell.share] : []))
  const of = exactSum(shares.map((share) => share.of))
  return {
    having: exactSum(shares.map((share) => share.having)),
    of: cells.some(hasNoiseInEach) ? Math.max(1, of) : of
  }
}

/** The bins of all; where noise is in them, the nearest of which none holds less than nobody. */
export function pooledBins(cells: readonly Cell[]): Bin[] | null {
  const drawn = cells.some(hasNoiseInEach)
  const bins = poolBins(
    cells.flatMap((cell) => ('bins' in cell ? [cell.bins] : [])),
    { drawn }
  )
  return bins !== null && drawn ? risingBins(bins) : bins
}

function hasNoiseInEach(cell: Cell): boolean {
  return 'sd_each' in cell && cell.sd_each !== undefined
}

/** Of the cells that have moments; null where none has any. */
export function pooledMoments(cells: readonly Cell[]): MomentsPart | null {
  return poolMoments(cells.flatMap((cell) => ('moments' in cell ? [cell.moments] : [])))
}

/** Relative difference between a shown value and what its part gives: rounding on the way, nothing more. */
const TOLERANCE = 1e-6

/** Whether a site's own part gives the value it shows: a mistaken or dishonest site is not averaged in. */
export function readsAs(column: OutputColumn, row: OutputRow, value: string | number | null): boolean {
  if (column.role === 'key') return value === null || typeof value === 'string'
  const part = Object.hasOwn(row.parts, column.name) ? row.parts[column.name] : undefined
  if (value === null) return part === undefined || (isValueless(column, part) && isCountable(part))
  if (typeof value !== 'number' || part === undefined || !isCountable(part)) return false
  // Chosen by chance on a grid: it is what it is, and does not pool.
  if ('choice' in part) return part.choice === value
  const own = poolCells(column, [part])
  return own !== null && Math.abs(own - value) <= TOLERANCE * Math.max(1, Math.abs(value))
}

/** A cell that counts among all though its own site has no value: a quantile in an open bin, the correlation of what does not vary. */
export function isValueless(column: OutputColumn, part: Cell): boolean {
  if ('bins' in part || 'noisy' in part) return true
  return 'moments' in part && part.moments.n > 0 && poolCells(column, [part]) === null
}

function isCountable(part: Cell): boolean {
  if ('add' in part) return Number.isFinite(part.add)
  if ('choice' in part) return Number.isFinite(part.choice)
  if ('noisy' in part) return isNoisy(part.noisy)
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

/** To its last digit a sum is the one beside it, rounded. */
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
