/** One cell of the pooled answer from the cells of the sites, by what its column is. */
import type { MomentsPart, OutputColumn, OutputPart, OutputRow } from '@stimnet/protocol'
import { exactSum, poolMoments, valueOfMoments } from './moments.ts'
import { poolBins, quantileOf } from './quantile.ts'

/** One cell of the pooled table, before it is written. */
export type Cell = OutputPart

const ADDING = ['subjects', 'rows', 'count', 'sum']
const FROM_MOMENTS = ['mean', 'variance', 'sd', 'skewness', 'kurtosis', 'covariance', 'correlation']

/** Null where the cells do not pool: a quantile on grids that do not meet, moments of no value. */
export function poolCells(column: OutputColumn, cells: readonly Cell[]): number | null {
  if (ADDING.includes(column.kind)) return exactSum(cells.flatMap((cell) => ('add' in cell ? [cell.add] : [])))
  if (FROM_MOMENTS.includes(column.kind)) {
    const moments = pooledMoments(cells)
    return moments === null ? null : valueOfMoments(column.kind, moments)
  }
  if (column.kind === 'share') {
    const shares = cells.flatMap((cell) => ('share' in cell ? [cell.share] : []))
    const of = exactSum(shares.map((share) => share.of))
    return of > 0 ? exactSum(shares.map((share) => share.having)) / of : null
  }
  const [only, other] = cells
  if (only && 'choice' in only) return other ? null : only.choice
  if (column.kind !== 'quantile' || typeof column.argument !== 'number') return null
  const bins = poolBins(cells.flatMap((cell) => ('bins' in cell ? [cell.bins] : [])))
  return bins === null ? null : quantileOf(bins, column.argument)
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
  return 'bins' in part || ('moments' in part && part.moments.n > 0 && poolCells(column, [part]) === null)
}

function isCountable(part: Cell): boolean {
  if ('add' in part) return Number.isFinite(part.add)
  if ('choice' in part) return Number.isFinite(part.choice)
  if ('share' in part) return part.share.of > 0 && part.share.having >= 0 && part.share.having <= part.share.of
  if ('bins' in part) return part.bins.every((bin) => Number.isFinite(bin.rows) && bin.rows >= 0)
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

function isSpread(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}
