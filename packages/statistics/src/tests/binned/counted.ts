/** Numbers of values in bins, of one site or pooled, with the distance of each from the exact number. */
import { exactSum } from '../../moments.ts'
import { type Bin, OPEN_END, poolBins } from '../../quantile.ts'

/** The bins of one cell. `each` is the largest error of the number in one bin; `sum` is the largest error of the sum of any bins. */
export interface MeasuredBins {
  readonly bins: readonly Bin[]
  readonly within: { readonly each: number; readonly sum: number }
}

/** A bin of the common grid. `within` is the largest error of its number. */
export interface Counted extends Bin {
  readonly within: number
}

/** The bins of all parts on the edges that they have in common. Null without parts, or if their outer edges differ. */
export function poolCounted(parts: readonly MeasuredBins[]): Counted[] | null {
  const pooled = poolBins(parts.map(({ bins }) => bins))
  return pooled === null ? null : onGrid(parts, pooled)
}

/** The numbers of the parts in the bins of a grid whose edges all parts have. */
export function onGrid(parts: readonly MeasuredBins[], grid: readonly Bin[]): Counted[] {
  return grid.map(({ from, to }) => {
    const inside = parts.map(({ bins, within }) => {
      const own = bins.filter((bin) => bin.from >= from && bin.to <= to)
      return {
        rows: exactSum(own.map(({ rows }) => rows)),
        within: Math.min(within.sum, within.each * own.length)
      }
    })
    return {
      from,
      to,
      rows: exactSum(inside.map(({ rows }) => rows)),
      within: exactSum(inside.map(({ within }) => within))
    }
  })
}

/** The number of values in all bins. */
export function totalOf(bins: readonly Bin[]): number {
  return exactSum(bins.map(({ rows }) => rows))
}

/** Whether a number of the bins may have an error. */
export function isRounded(parts: readonly MeasuredBins[]): boolean {
  return parts.some(({ within }) => within.each > 0 || within.sum > 0)
}

/** An edge in the form in which a result shows it; null for an open end. */
export function edgeOf(edge: number): number | null {
  return Math.abs(edge) >= OPEN_END ? null : edge
}
