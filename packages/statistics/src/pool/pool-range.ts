/** Range of a pooled quantile: the ends of the bins that certainly hold it, since the place of a value within its bin is not known. */
import type { OutputColumn } from '@stimnet/protocol'
import type { NoiseKind } from '../noise.ts'
import { OPEN_END, poolBins } from '../quantile.ts'
import type { Cell } from './pool-cell.ts'
import { noisyRange } from './pool-noise.ts'

/** The two ends; null for an open end. */
export type QuantileRange = readonly [number | null, number | null]

/** The range of a quantile; null for any other column, and for bins that do not pool. */
export function pooledRange(
  column: OutputColumn,
  cells: readonly Cell[],
  noise: NoiseKind | undefined
): QuantileRange | null {
  const { kind, argument: q } = column
  const parts = cells.flatMap((cell) => ('bins' in cell ? [cell] : []))
  if (kind !== 'quantile' || typeof q !== 'number' || parts.length === 0) return null
  if (parts.some(({ sd_each: sd }) => sd !== undefined))
    return noise === undefined ? null : noisyRange(column, parts, noise)
  return poolBins(parts.map(({ bins }) => bins)) === null ? null : rangeOfBins(parts, q)
}

type Counted = Extract<Cell, { bins: unknown }>

/** Room for the rounding of a product, so that 0.1 times 30 is 3. */
const SLACK = 1e-9

/**
 * From the last edge that is certainly not above the quantile to the first edge that is certainly not below it. The definitions of
 * Hyndman and Fan (The American Statistician 1996, 50: 361) take values of ranks between q·n and q·n + max(q, 1 - q), rounded outwards.
 * A site's rows in a bin across an edge may all be on either side of it, and rounded counts may be off either way.
 */
function rangeOfBins(parts: readonly Counted[], q: number): QuantileRange | null {
  const edges = [...new Set(parts.flatMap(({ bins }) => bins.flatMap(({ from, to }) => [from, to])))].sort(
    (a, b) => a - b
  )
  const total = sumOf(parts, () => true).rows
  if (total <= 0) return null
  const isAbove = (edge: number) => {
    const { rows, off } = sumOf(parts, (bin) => bin.from < edge)
    const below = rows + off
    const n = below + Math.max(0, total - rows - sumOf(parts, (bin) => bin.from >= edge).off)
    return below <= Math.max(1, Math.floor(q * n + SLACK)) - 1
  }
  const isBelow = (edge: number) => {
    const { rows, off } = sumOf(parts, (bin) => bin.to <= edge)
    const below = Math.max(0, rows - off)
    const n = below + total - rows + sumOf(parts, (bin) => bin.to > edge).off
    return below >= Math.min(n, Math.ceil(q * n + Math.max(q, 1 - q) - SLACK))
  }
  return [endOf(edges.findLast(isAbove) ?? edges[0]), endOf(edges.find(isBelow) ?? edges.at(-1))]
}

/** The number of rows in some of the bins, and the largest error of that number. */
function sumOf(parts: readonly Counted[], isIn: (bin: Counted['bins'][number]) => boolean) {
  let [rows, off] = [0, 0]
  for (const { bins, accuracy } of parts) {
    const inside = bins.filter(isIn)
    rows += inside.reduce((sum, bin) => sum + bin.rows, 0)
    off += Math.min(accuracy?.sum ?? 0, (accuracy?.each ?? 0) * inside.length)
  }
  return { rows, off }
}

function endOf(edge: number | undefined): number | null {
  return edge === undefined || Math.abs(edge) >= OPEN_END ? null : edge
}
