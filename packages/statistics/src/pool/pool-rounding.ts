/** Error bound of a pooled number from rounded parts: its largest distance from the number that the exact parts would give. */
import type { MomentsPart, OutputColumn } from '@stimnet/protocol'
import { exactSum, poolMoments, valueOfMoments } from '../moments.ts'
import { type Cell, pooledMoments, poolCells } from './pool-cell.ts'

/** The bound, rounded up to two digits. Null if no part was rounded, and for quantiles, for which no bound is known. */
export function pooledWithin(column: OutputColumn, cells: readonly Cell[]): number | null {
  const within = withinOf(column, cells)
  if (within === null || !Number.isFinite(within) || within === 0) return null
  const unit = 10 ** (Math.floor(Math.log10(within)) - 1)
  return Number((Math.ceil(within / unit - 1e-9) * unit).toPrecision(2))
}

function withinOf(column: OutputColumn, cells: readonly Cell[]): number | null {
  const added = cells.flatMap((cell) => ('add' in cell ? [cell.accuracy ?? 0] : []))
  if (added.length > 0) return added.reduce((a, b) => a + b, 0)
  if (column.kind === 'bins')
    return cells.reduce((sum, cell) => sum + ('bins' in cell ? (cell.accuracy?.sum ?? 0) : 0), 0)
  const shares = cells.flatMap((cell) => ('share' in cell ? [cell] : []))
  if (shares.length > 0) return shareWithin(shares)
  const parts = cells.flatMap((cell) => ('moments' in cell ? [cell.moments] : []))
  if (parts.length < cells.length || parts.every(({ accuracy }) => accuracy === undefined)) return null
  const all = pooledMoments(cells)
  if (all === null) return null
  const sides = parts.map((part) => sidesOf(part))
  const x = sideWithin(
    sides.map(([one]) => one),
    all.n
  )
  if (column.kind === 'mean') return x.mean
  if (column.kind === 'variance') return x.variance
  if (column.kind === 'sd') return rootMoves(poolCells({ ...column, kind: 'variance' }, cells) ?? 0, x.variance)
  if (column.kind === 'skewness' || column.kind === 'kurtosis') return shapeWithin(column.kind, parts)
  if (column.kind !== 'covariance' && column.kind !== 'correlation') return null
  const other = sides.map(([, one]) => one)
  if (other.includes(undefined)) return null
  return pairWithin(column.kind, parts, { all, x, y: sideWithin(other as Side[], all.n) })
}

/** The largest error of the pooled correlation of these parts due to rounding; 0 if nothing was rounded, null if no bound is known. */
export function correlationWithin(parts: readonly MomentsPart[]): number | null {
  if (parts.every(({ accuracy }) => accuracy === undefined)) return 0
  return withinOf(
    { name: '', role: 'measure', kind: 'correlation', variables: [] },
    parts.map((moments) => ({ moments }))
  )
}

/** A share is treated as a mean of zeros and ones. */
function shareWithin(cells: readonly Extract<Cell, { share: unknown }>[]): number | null {
  if (cells.every(({ accuracy }) => accuracy === undefined)) return null
  const sides = cells.map(({ share: { having, of }, accuracy }): Side => {
    const off = accuracy ?? { share: 0, of: 0 }
    return {
      n: of,
      mean: having / of,
      deviations: 0,
      within: { n: off.of, mean: off.share, deviations: 0 }
    }
  })
  return sideWithin(sides, exactSum(sides.map(({ n }) => n))).mean
}

/** Safety factor for the joint effect of changes to several moments, beyond the sum of their separate effects. */
const TOGETHER = 1.25

/**
 * Each moment of each institution is moved separately to both ends of its possible range; the resulting changes of the pooled
 * number are added.
 */
function shapeWithin(kind: 'skewness' | 'kurtosis', parts: readonly MomentsPart[]): number | null {
  const numberOf = (moved: readonly MomentsPart[]) => {
    const all = poolMoments(moved)
    return all === null ? null : valueOfMoments(kind, all)
  }
  const value = numberOf(parts)
  if (value === null) return null
  const moves = parts.flatMap((part, i) =>
    pairsOfEnds(part).map((ends) =>
      Math.max(...ends.map((end) => Math.abs((numberOf(parts.with(i, end)) ?? Number.NaN) - value)))
    )
  )
  return TOGETHER * exactSum(moves)
}

/**
 * Pairs of the part with one number after the other at the two ends of its possible range. Third and fourth moments were rounded
 * as skewness and kurtosis, so they move together with the spread and the number of values.
 */
function pairsOfEnds(part: MomentsPart): readonly (readonly [MomentsPart, MomentsPart])[] {
  const { n, sum, deviations = 0, third = 0, fourth = 0, accuracy = {} } = part
  const spreadBy = (ratio: number) => ({
    deviations: deviations * ratio,
    third: third * ratio ** 1.5,
    fourth: fourth * ratio ** 2
  })
  const at = {
    n: (off: number): MomentsPart => ({
      n: n + off,
      sum: (sum * (n + off)) / n,
      deviations: (deviations * (n + off - 1)) / (n - 1),
      third: (third * (n + off)) / n,
      fourth: (fourth * (n + off)) / n
    }),
    sum: (off: number): MomentsPart => ({ n, sum: sum + off, deviations, third, fourth }),
    deviations: (off: number): MomentsPart => ({ n, sum, ...spreadBy(1 + off / deviations) }),
    third: (off: number): MomentsPart => ({ n, sum, deviations, third: third + off, fourth }),
    fourth: (off: number): MomentsPart => ({ n, sum, deviations, third, fourth: fourth + off })
  }
  return (['n', 'sum', 'deviations', 'third', 'fourth'] as const).flatMap((name) => {
    const off = accuracy[name] ?? 0
    return off === 0 ? [] : [[at[name](-off), at[name](off)] as const]
  })
}

/** One variable at one institution. */
export interface Side {
  readonly n: number
  readonly mean: number
  /** Sum of squared deviations from that mean. */
  readonly deviations: number
  readonly within: { readonly n: number; readonly mean: number; readonly deviations: number }
}

function sidesOf({ n, sum, deviations = 0, second, accuracy }: MomentsPart): [Side, Side | undefined] {
  const of = accuracy?.n ?? 0
  const side = (
    total: number,
    spread: number,
    off: { sum?: number | undefined; deviations?: number | undefined }
  ): Side => ({
    n,
    mean: total / n,
    deviations: spread,
    within: { n: of, mean: (off.sum ?? 0) / n, deviations: off.deviations ?? 0 }
  })
  return [side(sum, deviations, accuracy ?? {}), second && side(second.sum, second.deviations, accuracy?.second ?? {})]
}

/**
 * Bounds for one variable over all institutions. The mean M = Σ n·m / N changes by at most Σ n·δm/N, and by (m − M)·δn/N if an n
 * has an error. The variance V = Σ (D + n·(m − M)²) / (N − 1) changes by the errors of the D, by 2·n·|m − M|·δm for each mean,
 * and by (D/n + (m − M)² − V)·δn. The remaining error is of second order, and is covered by using the largest change of a mean.
 */
export function sideWithin(sides: readonly Side[], n: number) {
  const mean = sides.reduce((sum, side) => sum + side.n * side.mean, 0) / n
  const sum = (term: (side: Side, off: number) => number) =>
    sides.reduce((total, side) => total + term(side, Math.abs(side.mean - mean)), 0)
  const ofMean = sum((side, off) => side.n * side.within.mean + off * side.within.n) / least(sides, n)
  const spread = sum((side, off) => side.deviations + side.n * off ** 2)
  const variance = spread / Math.max(1, n - 1)
  const moved = (side: Side, off: number) => off + side.within.mean + ofMean
  const ofSpread = sum((side, off) => {
    const far = moved(side, off)
    const each = side.deviations / side.n + far ** 2
    return (
      side.within.deviations +
      side.n * (far ** 2 - off ** 2) +
      side.within.n * Math.max(each, Math.abs(each - variance))
    )
  })
  return { mean: ofMean, meanAt: mean, spread, ofSpread, variance: ofSpread / Math.max(1, least(sides, n) - 1) }
}

/** The least possible number of values. */
export function least(sides: readonly Side[], n: number): number {
  return Math.max(1, n - sides.reduce((sum, { within }) => sum + within.n, 0))
}

interface PairParts {
  readonly all: MomentsPart
  readonly x: ReturnType<typeof sideWithin>
  readonly y: ReturnType<typeof sideWithin>
}

function pairWithin(
  kind: 'covariance' | 'correlation',
  parts: readonly MomentsPart[],
  { all, x, y }: PairParts
): number | null {
  const ofCross = parts.reduce((sum, part) => {
    const [a, b] = sidesOf(part)
    if (b === undefined) return sum
    const [offX, offY] = [Math.abs(a.mean - x.meanAt), Math.abs(b.mean - y.meanAt)]
    const [byX, byY] = [a.within.mean + x.mean, b.within.mean + y.mean]
    const own = Math.abs(part.second?.cross ?? 0) / part.n + (offX + byX) * (offY + byY)
    return sum + (part.accuracy?.second?.cross ?? 0) + part.n * (offX * byY + offY * byX + byX * byY) + a.within.n * own
  }, 0)
  const n = all.n
  if (kind === 'covariance')
    return ofCross / Math.max(1, n - 1 - parts.reduce((sum, { accuracy }) => sum + (accuracy?.n ?? 0), 0))
  const [dx, dy, cross] = [x.spread - x.ofSpread, y.spread - y.ofSpread, all.second?.cross ?? 0]
  if (dx <= 0 || dy <= 0) return null
  const r = cross / Math.sqrt(x.spread * y.spread)
  const most = (Math.abs(cross) + ofCross) / Math.sqrt(dx * dy)
  const fewest = Math.max(0, Math.abs(cross) - ofCross) / Math.sqrt((x.spread + x.ofSpread) * (y.spread + y.ofSpread))
  // The correlation may change its sign, but never exceeds one.
  const down =
    Math.abs(cross) > ofCross ? Math.abs(r) - fewest : Math.abs(r) + (ofCross - Math.abs(cross)) / Math.sqrt(dx * dy)
  return Math.max(Math.min(1, most) - Math.abs(r), down)
}

/** The largest change of the root of a variance that has the given error. It is larger downwards than upwards. */
export function rootMoves(variance: number, error: number): number {
  const root = Math.sqrt(variance)
  return Math.max(root - Math.sqrt(Math.max(0, variance - error)), Math.sqrt(variance + error) - root)
}
