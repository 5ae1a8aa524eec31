/** The noise of a pooled number: that of all its parts together, since each institution draws its own. */
import type { NoisyModel, OutputColumn } from '@stimnet/protocol'
import { type NoiseKind, type NoiseTerm, noiseWithin } from '../noise.ts'
import { noiseOfNoisy } from '../noisy-moments.ts'
import { type Cell, momentsFor, noisyIn, pooledBins, poolCells, sharesOf } from './pool-cell.ts'
import { rootMoves } from './pool-rounding.ts'
import { type Bin, OPEN_END, placeOf, quantileOf } from '../quantile.ts'

/** The noise of one pooled number. */
export interface PooledNoise {
  /** Standard deviation; null if it is not known, as for a quantile. */
  readonly sd: number | null
  /** The largest change that the noise makes to the number in 19 of 20 answers. */
  readonly error95: number | null
}

const NONE: PooledNoise = { sd: null, error95: null }

/**
 * The noise of a pooled number. Both values are null if a part states no noise, or if it is
 * not known how the noise moves the number.
 */
export function pooledNoise(column: OutputColumn, cells: readonly Cell[], kind: NoiseKind | undefined): PooledNoise {
  if (kind === undefined || cells.length === 0) return NONE
  if (cells.some((cell) => 'bins' in cell)) return { sd: null, error95: quantileError(column, cells, kind) }
  const terms = termsOf(column, cells)
  if (terms === null || terms.length === 0) return NONE
  const [sd, error95] = [Math.hypot(...terms.map((term) => term.sd)), noiseWithin(kind, terms)]
  if (column.kind !== 'sd') return { sd, error95 }
  const variance = (poolCells({ ...column, kind: 'variance' }, cells) ?? 0) || 0
  return { sd: rootMoves(variance, sd), error95: rootMoves(variance, error95) }
}

function termsOf(column: OutputColumn, cells: readonly Cell[]): NoiseTerm[] | null {
  const noisy = noisyIn(cells)
  if (noisy.length > 0) {
    const moments = momentsFor(column.kind, cells)
    return moments && noiseOfNoisy(column.kind, noisy, moments)
  }
  const terms = cells.map((cell) => {
    if ('add' in cell && cell.sd !== undefined) return [{ sd: cell.sd, step: cell.step ?? 1 }]
    if ('gram' in cell && cell.gram.noisy !== undefined) return peopleTerms(cell.gram.noisy)
    return 'share' in cell && cell.sd_each !== undefined ? shareTerms(cells, cell.sd_each) : null
  })
  return terms.some((term) => term === null) ? null : terms.flatMap((term) => term ?? [])
}

/** The noise terms of the number of people of a model: those of its sum without numbers and levels, or of all cells of its table. */
function peopleTerms({ sums }: NoisyModel): NoiseTerm[] {
  const [first] = sums
  const people = sums.find(({ numbers, by }) => numbers.length === 0 && by.length === 0) ?? first
  return people === undefined ? [] : people.values.map(() => ({ sd: people.sd, step: 1 }))
}

/**
 * The noise terms of a share. One more person with the level changes the share by 1/of, and one more person whose level is known
 * changes it by share/of.
 */
function shareTerms(cells: readonly Cell[], sd: number): NoiseTerm[] {
  const { having, of } = sharesOf(cells)
  const share = Math.min(1, Math.max(0, having / of))
  return [1, share].filter((weight) => weight > 0).map((weight) => ({ sd: (sd * weight) / of, step: weight / of }))
}

/**
 * The error of a quantile: the distance to the farther of the two values whose ranks differ by the error of the rank. Null if one
 * of them lies in an open bin.
 */
function quantileError({ argument: q }: OutputColumn, cells: readonly Cell[], kind: NoiseKind): number | null {
  const bins = pooledBins(cells)
  const value = bins !== null && typeof q === 'number' ? quantileOf(bins, q) : null
  if (bins === null || typeof q !== 'number' || value === null) return null
  const off = rankError(bins, cells, q, kind)
  if (off === null) return null
  const [low, high] = [q - off, q + off].map((share) => (share > 0 && share < 1 ? quantileOf(bins, share) : null))
  const ends = [low ?? edgeOf(bins[0]?.from), high ?? edgeOf(bins.at(-1)?.to)]
  const distances = ends.map((end) => (end === null ? Number.POSITIVE_INFINITY : Math.abs(end - value)))
  const most = Math.max(...distances)
  return Number.isFinite(most) ? most : null
}

/** The bins that hold a quantile in 19 of 20 answers: from the first end to the last, null for an open end. */
export function noisyRange({ argument: q }: OutputColumn, cells: readonly Cell[], kind: NoiseKind) {
  const bins = pooledBins(cells)
  const off = bins !== null && typeof q === 'number' ? rankError(bins, cells, q, kind) : null
  if (bins === null || typeof q !== 'number' || off === null) return null
  const [low, high] = [q - off, q + off].map((share) => (share > 0 && share < 1 ? placeOf(bins, share)?.at : undefined))
  return [edgeOf(bins[low ?? 0]?.from), edgeOf(bins[high ?? bins.length - 1]?.to)] as const
}

/** The error of the rank of a quantile, as a share of all rows, in 19 of 20 answers. Null if a part states no noise, or without rows. */
function rankError(bins: readonly Bin[], cells: readonly Cell[], q: number, kind: NoiseKind): number | null {
  const each = cells.map((cell) => ('bins' in cell ? cell.sd_each : undefined))
  const found = placeOf(bins, q)
  if (found === null || each.some((sd) => sd === undefined)) return null
  // The rank is the rows below the edge minus q times all rows: noise in a bin below counts 1 - q times, noise in a bin above q
  // times.
  const weights = bins.map((_, i) => (i <= found.at ? 1 - q : q))
  const terms = each.flatMap((sd = 0) => weights.map((weight) => ({ sd: sd * weight, step: weight })))
  return noiseWithin(kind, terms) / bins.reduce((sum, bin) => sum + bin.rows, 0)
}

function edgeOf(edge: number | undefined): number | null {
  return edge === undefined || Math.abs(edge) >= OPEN_END ? null : edge
}
