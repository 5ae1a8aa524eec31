/**
 * Linear regression from noisy sums. The noise is in the equations and not in the values of people, so it does not weaken estimates as
 * errors of measurement do. To first order, estimates are unbiased; the bias of second order is subtracted. Errors cover people and noise
 * together.
 */
import { solveWithInverse } from '../../linear.ts'
import { NO_FIT, NOTHING } from '../combine.ts'
import type { NoisyColumn, NoisyGram, NoisySum } from './gram.ts'
import {
  type Coefficient,
  dot,
  type Matrix,
  nothingLeft,
  notesOf,
  type NoisyFit,
  reachOf,
  tested,
  times
} from './told.ts'

/**
 * Minimum part of a column that is independent of the other columns, in standard deviations of its noise. Below it, the estimate is a ratio
 * of two noise terms, and its interval would not hold.
 */
const OWN_SDS_MIN = 4

/** Fits the sums by least squares. Columns that are lost in the noise have no estimate. */
export function fitNoisy(gram: NoisyGram): NoisyFit {
  const { columns, n } = gram
  const names = columns.slice(0, -1).map(({ name }) => name)
  const matrix = matrixOf(columns.length, gram.sums)
  const kept = keptIn(gram, matrix)
  const lost = [...names.keys()].filter((at) => !kept.includes(at))
  const df = n - names.length
  // A number has a small independent part if people fill a small part of its bounds. Then no range bounds its slope.
  const numbers = lost.filter((at) => columns[at]?.hasNumber === true).map((at) => names[at] ?? '')
  const advice = numbers.length > 0 ? `Give narrower bounds of ${numbers.join(', ')}, or leave it out.` : ''
  // Without the intercept, there is no middle from which an effect could be bounded.
  const isOpen = lost.length > 0 && (!gram.intercept || lost.includes(0) || numbers.length > 0)
  if (!(df > 0) || isOpen) return nothingLeft(names, n, advice)
  const fit = fittedAt(gram, { matrix, kept })
  const { inverse, squares, sdOfSquares } = fit
  const spread = Math.max(squares, sdOfSquares) / df
  const doubt = (2 * spread ** 2) / df + (sdOfSquares / df) ** 2
  const outcome = columns.at(-1) ?? { unit: 1, centre: 0 }
  const coefficients = names.map((term, at): Coefficient => {
    if (lost.includes(at)) return { term, ...NOTHING }
    const weights = weightsOf(at, columns)
    const line = times(
      inverse,
      kept.map((place) => weights[place] ?? 0)
    )
    const drawn = fit.moves.map(({ sum, moved }) => Math.sqrt(sum.variance) * dot(line, moved))
    const own = kept.reduce((sum, place, i) => sum + (weights[place] ?? 0) * (line[i] ?? 0), 0)
    const open = lost.map((place) => openBy(place, { gram, matrix, kept, line, weight: weights[place] ?? 0 }))
    const noise = dot(drawn, drawn)
    const variance = spread * own + mostOf([drawn, ...open.map((one) => one.drawn)])
    if (!(own > 0 && variance > 0)) return { term, ...NOTHING }
    const estimate = kept.reduce((sum, place, i) => sum + (weights[place] ?? 0) * (fit.estimates[i] ?? 0), 0)
    const far = fit.moves.reduce((all, { sum, moved }) => all + sum.fourth * dot(line, moved) ** 4, 0)
    const kurtosis = (gram.kurtosis * far) / variance ** 2
    const freedom = { df: Math.min(df, (2 * variance ** 2) / (own ** 2 * doubt)), kurtosis }
    // The effect of a column without an estimate can be any value that the range of the outcome allows.
    const shift = open.reduce((sum, one) => sum + one.shift, 0)
    const known = {
      estimate: estimate * outcome.unit + (gram.intercept && at === 0 ? outcome.centre : 0),
      error: (Math.sqrt(variance) + shift / reachOf(freedom)) * outcome.unit
    }
    return { term, ...tested(known, freedom), noise: Math.sqrt(noise) * outcome.unit }
  })
  return { coefficients, n, ...NO_FIT, df, sigma: Math.sqrt(spread) * outcome.unit, ...notesOf(coefficients, OTHERS) }
}

const OTHERS = 'The intervals of the others are wide enough for any effect of these.'

/** The columns whose independent part is large enough, in their order. The columns with the smallest parts are left out first. */
function keptIn({ columns, sums }: NoisyGram, matrix: Matrix): number[] {
  let kept = columns.slice(0, -1).map((_, at) => at)
  while (kept.length > 0) {
    const inverse = inverseAt(matrix, kept)
    const shares = kept.map((_, i) => (inverse === undefined ? 0 : ownShare(i, { inverse, sums, kept })))
    const least = Math.min(...shares)
    if (least > OWN_SDS_MIN) return kept
    kept = kept.filter((_, i) => (shares[i] ?? 0) > least)
  }
  return kept
}

/** The independent part of a column, in standard deviations of its noise. */
function ownShare(
  at: number,
  {
    inverse,
    sums,
    kept
  }: { readonly inverse: Matrix; readonly sums: readonly NoisySum[]; readonly kept: readonly number[] }
): number {
  const line = inverse[at] ?? []
  const own = 1 / (line[at] ?? 0)
  if (!(own > 0)) return own > Number.NEGATIVE_INFINITY ? own : 0
  const direction = line.map((one) => one * own)
  const variance = sums.reduce((all, sum) => all + sum.variance * dot(direction, movedBy(sum, kept, direction)) ** 2, 0)
  return own / Math.sqrt(variance)
}

interface FittedAt {
  readonly inverse: Matrix
  readonly estimates: readonly number[]
  readonly moves: readonly { readonly sum: NoisySum; readonly moved: readonly number[] }[]
  /** The sum of squared residuals without the part that the noise adds, and its standard deviation. */
  readonly squares: number
  readonly sdOfSquares: number
}

function fittedAt(
  { columns, sums }: NoisyGram,
  { matrix, kept }: { readonly matrix: Matrix; readonly kept: readonly number[] }
): FittedAt {
  const last = columns.length - 1
  const right = kept.map((at) => matrix[at]?.[last] ?? 0)
  const inverse = inverseAt(matrix, kept) ?? []
  const solution = times(inverse, right)
  const direction = [...solution.map((one) => -one), 1]
  const places = [...kept, last]
  const moves = sums.map((sum) => ({ sum, all: movedBy(sum, places, direction) }))
  const squares = (matrix[last]?.[last] ?? 0) - dot(solution, right)
  const added = moves.reduce((all, { sum, all: moved }) => {
    const own = moved.slice(0, -1)
    return all + sum.variance * dot(own, times(inverse, own))
  }, 0)
  const variance = moves.reduce((all, { sum, all: moved }) => all + sum.variance * dot(direction, moved) ** 2, 0)
  // The second-order bias of estimates from a noisy inverse.
  const estimates = [...solution]
  for (const { sum, all } of moves) {
    const again = movedBy(sum, kept, times(inverse, all.slice(0, -1)))
    for (const [i, value] of times(inverse, again).entries()) estimates[i] = (estimates[i] ?? 0) + sum.variance * value
  }
  return {
    inverse,
    estimates,
    moves: moves.map(({ sum, all }) => ({ sum, moved: all.slice(0, -1) })),
    squares: squares + added,
    sdOfSquares: Math.sqrt(variance)
  }
}

/** The weight of each fitted column in a released coefficient, whose number begins at zero and has its own unit. */
function weightsOf(at: number, columns: readonly NoisyColumn[]): number[] {
  const weights = columns.slice(0, -1).map(({ beside, centre, unit }) => (beside === at ? -centre / unit : 0))
  weights[at] = 1 / (columns[at]?.unit ?? 1)
  return weights
}

/** The largest change of a coefficient by columns that are not fitted, and the noise terms in it. */
function openBy(
  place: number,
  {
    gram: { columns, sums },
    matrix,
    kept,
    line,
    weight
  }: {
    readonly gram: NoisyGram
    readonly matrix: Matrix
    readonly kept: readonly number[]
    readonly line: readonly number[]
    readonly weight: number
  }
): { readonly shift: number; readonly drawn: readonly number[] } {
  // Between two groups, the outcome differs by at most its range, which is 2. Each further level compares two such differences.
  const most = 2 ** (columns[place]?.levels ?? 0)
  const slope =
    weight -
    dot(
      line,
      kept.map((at) => matrix[at]?.[place] ?? 0)
    )
  const places = [...kept, place]
  const only = [...kept.map(() => 0), 1]
  const drawn = sums.map((sum) => {
    const moved = movedBy(sum, places, only).slice(0, -1)
    return most * Math.sqrt(sum.variance) * dot(line, moved)
  })
  return { shift: most * Math.abs(slope), drawn }
}

/** The largest variance of a sum of noise terms, each of which except the first may count up to once, to either side. */
function mostOf(noises: readonly (readonly number[])[]): number {
  return noises.reduce((all, one) => all + noises.reduce((sum, other) => sum + Math.abs(dot(one, other)), 0), 0)
}

function inverseAt(matrix: Matrix, kept: readonly number[]): Matrix | undefined {
  const part = kept.map((i) => kept.map((j) => matrix[i]?.[j] ?? 0))
  return solveWithInverse(
    part,
    kept.map(() => 0)
  )?.inverse
}

function matrixOf(size: number, sums: readonly NoisySum[]): number[][] {
  const matrix = Array.from({ length: size }, () => Array.from({ length: size }, () => 0))
  for (const { value, places } of sums) {
    for (const { i, j, weight } of places) {
      const [row, other] = [matrix[i] ?? [], matrix[j] ?? []]
      row[j] = (row[j] ?? 0) + weight * value
      if (i !== j) other[i] = (other[i] ?? 0) + weight * value
    }
  }
  return matrix
}

/** The change, by one unit of the noise of a sum, of the matrix at some entries times a vector. */
function movedBy({ places }: NoisySum, at: readonly number[], vector: readonly number[]): number[] {
  const moved = new Array<number>(at.length).fill(0)
  const index = indexOf(at)
  for (const { i, j, weight } of places) {
    const [own, other] = [index[i] ?? -1, index[j] ?? -1]
    if (own < 0 || other < 0) continue
    moved[own] = (moved[own] ?? 0) + weight * (vector[other] ?? 0)
    if (i !== j) moved[other] = (moved[other] ?? 0) + weight * (vector[own] ?? 0)
  }
  return moved
}

/** The position of each index in a list, cached while the same list is used. */
const INDICES = new WeakMap<readonly number[], Int32Array>()

function indexOf(at: readonly number[]): Int32Array {
  const known = INDICES.get(at)
  if (known !== undefined) return known
  const index = new Int32Array(Math.max(0, ...at) + 1).fill(-1)
  for (const [i, place] of at.entries()) index[place] = i
  INDICES.set(at, index)
  return index
}
