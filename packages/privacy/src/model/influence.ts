/**
 * The influence of single people on a model. If one person's leverage is high, the fit passes near that person's outcome,
 * whatever the size of the cohort. The leverage h of the design with the outcome is the largest share that one person can
 * have in any sum of squares that the Gram matrix gives, since (w·z)² ≤ h·Σ(w·z)² for every combination w of the columns.
 */
import type { GramMeasure, ReducedRows, VariableRef } from '@stimnet/protocol'
import {
  columnsOfModel,
  type DesignColumn,
  independentIn,
  type IntegerMatrix,
  partAt,
  ratioToNumber,
  solveExactly,
  type Steps,
  timesIn
} from '@stimnet/statistics'

/**
 * Maximum number of people whose leverage is computed in whole numbers. This handles thousands of people per second, and
 * nothing else is judged meanwhile.
 */
const EXACT_ROWS_MAX = 10_000

/** The column that makes somebody's leverage too large. */
export interface TooStrong {
  readonly column: string
}

/** Number of rows between two steps of a computation over rows. */
const ROWS_EACH = 4096
/** Number of rows between two steps if each row is computed in whole numbers, which takes a tenth of a millisecond. */
const EXACT_ROWS_EACH = 32

/**
 * Returns undefined if nobody's leverage zᵀ(ZᵀZ)⁻¹z is above 1/k; otherwise the column without which the largest leverage
 * would fall most. Decided in doubles where their precision is sufficient, and otherwise in whole numbers.
 */
export function* leverageAbove(
  measure: GramMeasure,
  {
    matrix,
    rows,
    k,
    without
  }: { readonly matrix: IntegerMatrix; readonly rows: ReducedRows; readonly k: number; readonly without?: 'outcome' }
): Steps<TooStrong | undefined> {
  const all = columnsOfModel(measure)
  // The outcome is the last column, so the other independent columns are the same with and without the outcome.
  const kept = independentIn(matrix).filter((at) => without === undefined || at < all.length - 1)
  const columns = kept.flatMap((at) => all[at] ?? [])
  const size = columns.length
  const { bottom, inverse } = solveExactly(
    partAt(matrix, kept),
    columns.map(() => 0n)
  )
  const values = columns.map((column) => valuesOf(column, measure, rows))
  if (isBelowByRange({ matrix: partAt(matrix, kept), inverse, bottom, ranges: values.map(rangeOf), k }))
    return undefined
  const rounded = inverse.map((row) => Float64Array.from(row, (value) => ratioToNumber(value, bottom)))
  const flat = flatOf(rounded)
  // Each of the size² products has at most four rounding errors, and their sum adds one error per term.
  const errorEach = (size * size + 8) * 2 ** -52
  const own = new Float64Array(size)
  const found = { sum: 0, magnitude: 0 }
  let decidedExactly = 0
  for (let row = 0; row < rows.rows; row++) {
    if (row % ROWS_EACH === 0) yield
    for (let i = 0; i < size; i++) own[i] = values[i]?.[row] ?? 0
    leverageOf(own, flat, found)
    const { sum, magnitude } = found
    if ((sum + magnitude * errorEach) * k <= 1) continue
    // If columns nearly depend on each other, all people are undecided. A model that takes too long to judge is refused.
    const isUndecided = (sum - magnitude * errorEach) * k <= 1
    if (isUndecided && ++decidedExactly % EXACT_ROWS_EACH === 0) yield
    if (!isUndecided || decidedExactly > EXACT_ROWS_MAX || isAboveExactly(own, { inverse, bottom, k }))
      return { column: strongestOf(own, columns, rounded) }
  }
  return undefined
}

/** The smallest and the largest value of a column. */
type Range = readonly [least: number, most: number]

/**
 * Whether the ranges of the columns alone show that nobody's leverage is above 1/k. If nobody stands out among many people, this decides
 * for all of them at once. A row z is c + d, where c has the means, as whole numbers, and d is at most as large as the ranges allow. Its
 * leverage zᵀMz is at most 2·cᵀMc + 2·dᵀMd, because M, the inverse of the matrix, is positive definite. Computed in whole numbers.
 */
function isBelowByRange({
  matrix,
  inverse,
  bottom,
  ranges,
  k
}: {
  readonly matrix: IntegerMatrix
  readonly inverse: IntegerMatrix
  readonly bottom: bigint
  readonly ranges: readonly Range[]
  readonly k: number
}): boolean {
  if (!ranges.flat().every(Number.isSafeInteger)) return false
  // The column of the intercept has the sums of all others.
  const ones = ranges.findIndex(([least, most]) => least === 1 && most === 1)
  const people = matrix[ones]?.[ones] ?? 1n
  const centre = ranges.map((_, i) => (matrix[ones]?.[i] ?? 0n) / people)
  const reach = ranges.map(([least, most], i) => {
    const [below, above] = [(centre[i] ?? 0n) - BigInt(least), BigInt(most) - (centre[i] ?? 0n)]
    return below > above ? below : above
  })
  const sum = (term: (i: number, j: number) => bigint) =>
    inverse.reduce((rows, line, i) => rows + line.reduce((all, _, j) => all + term(i, j), 0n), 0n)
  const ofCentre = sum((i, j) => (centre[i] ?? 0n) * (centre[j] ?? 0n) * (inverse[i]?.[j] ?? 0n))
  const ofReach = sum((i, j) => {
    const entry = inverse[i]?.[j] ?? 0n
    return (reach[i] ?? 0n) * (reach[j] ?? 0n) * (entry < 0n ? -entry : entry)
  })
  return 2n * (ofCentre + ofReach) * BigInt(k) <= bottom
}

/**
 * Like `leverageAbove`, for people with several rows or with totals of rows: undefined if no person's leverages add up to
 * more than 1/k. A person's share of a sum of squares is at most the sum of the leverages of that person's rows. Decided in
 * doubles: an undecided person counts as above the limit.
 */
export function weightAbove(
  measure: GramMeasure,
  {
    matrix,
    values,
    owners,
    k,
    without
  }: {
    readonly matrix: IntegerMatrix
    /**
     * Values by column of the matrix: the columns of the model and, for totals with a random slope, each column again, weighted by time.
     */
    readonly values: readonly Float64Array[]
    readonly owners: Uint32Array
    readonly k: number
    readonly without?: 'outcome'
  }
): TooStrong | undefined {
  const columns = columnsOfModel(measure)
  const all = matrix.map((_, at) => columns[at % columns.length] ?? { name: '', levels: new Map() })
  const isOutcome = (at: number) => at % columns.length === columns.length - 1
  const places = matrix.flatMap((_, at) => (without === undefined || !isOutcome(at) ? [at] : []))
  const used = independentIn(partAt(matrix, places)).flatMap((at) => places[at] ?? [])
  const size = used.length
  const { bottom, inverse } = solveExactly(
    partAt(matrix, used),
    used.map(() => 0n)
  )
  const rounded = inverse.map((row) => Float64Array.from(row, (value) => ratioToNumber(value, bottom)))
  const flat = flatOf(rounded)
  const errorEach = (size * size + 8) * 2 ** -52
  const weights = new Map<number, number>()
  const own = new Float64Array(size)
  const found = { sum: 0, magnitude: 0 }
  for (let row = 0; row < owners.length; row++) {
    for (let i = 0; i < size; i++) own[i] = values[used[i] as number]?.[row] ?? 0
    leverageOf(own, flat, found)
    const { sum, magnitude } = found
    const owner = owners[row] ?? 0
    const weight = (weights.get(owner) ?? 0) + sum + magnitude * errorEach
    weights.set(owner, weight)
    if (!(weight * k * (1 + 2 ** -40) <= 1)) {
      return {
        column: strongestOf(
          own,
          used.flatMap((at) => all[at] ?? []),
          rounded
        )
      }
    }
  }
  return undefined
}

/** The inverse as one flat array, row by row, for fast reading. */
function flatOf(inverse: readonly Float64Array[]): Float64Array {
  const flat = new Float64Array(inverse.length ** 2)
  for (const [i, row] of inverse.entries()) flat.set(row, i * inverse.length)
  return flat
}

/** Writes the leverage of a row in doubles into `found`, and the sum of the sizes of its terms. The inverse is symmetric. */
function leverageOf(own: Float64Array, inverse: Float64Array, found: { sum: number; magnitude: number }): void {
  const size = own.length
  let sum = 0
  let magnitude = 0
  for (let i = 0; i < size; i++) {
    const value = own[i] as number
    // Most columns of a category are zero.
    if (value === 0) continue
    const square = value * value * (inverse[i * size + i] as number)
    sum += square
    magnitude += Math.abs(square)
    for (let j = i + 1; j < size; j++) {
      const term = 2 * value * (own[j] as number) * (inverse[i * size + j] as number)
      sum += term
      magnitude += Math.abs(term)
    }
  }
  found.sum = sum
  found.magnitude = magnitude
}

function isAboveExactly(
  row: Float64Array,
  { inverse, bottom, k }: { readonly inverse: IntegerMatrix; readonly bottom: bigint; readonly k: number }
): boolean {
  const whole = Array.from(row, BigInt)
  const form = whole.reduce(
    (sum, a, i) => sum + a * whole.reduce((inner, b, j) => inner + b * (inverse[i]?.[j] ?? 0n), 0n),
    0n
  )
  return form * BigInt(k) > bottom
}

/**
 * The column without which the leverage would fall most: by the square of the column's part, divided by its diagonal entry
 * of the inverse.
 */
function strongestOf(row: Float64Array, columns: readonly DesignColumn[], inverse: readonly Float64Array[]): string {
  const falls = columns.map(({ name }, i) => {
    const part = row.reduce((sum, value, j) => sum + value * (inverse[i]?.[j] ?? 0), 0)
    return { name, fall: part ** 2 / (inverse[i]?.[i] ?? 1) }
  })
  return falls.reduce((a, b) => (b.fall > a.fall ? b : a)).name
}

const DESIGNS = new WeakMap<ReducedRows, Map<string, Float64Array>>()

/** The values of one column of the design, by row. Computed once for the same rows; callers must not change the array. */
export function valuesOf(column: DesignColumn, measure: GramMeasure, rows: ReducedRows): Float64Array {
  const { number, levels, time } = column
  if (number !== undefined && levels.size === 0 && time === undefined) return valuesIn(rows, number)
  const known = DESIGNS.get(rows) ?? new Map<string, Float64Array>()
  DESIGNS.set(rows, known)
  const units = time === undefined ? [] : timesIn(measure).units.map(String)
  const declared = measure.factors.filter(({ variable }) => levels.has(variable))
  const key = JSON.stringify([number, [...levels], declared, time, units])
  const found = known.get(key) ?? designOf(column, measure, rows)
  known.set(key, found)
  return found
}

function valuesIn(rows: ReducedRows, variable: VariableRef): Float64Array {
  const found = rows.values.get(variable)
  if (found === undefined) throw new TypeError('rows without a variable of the model')
  return found
}

function designOf({ number, levels, time }: DesignColumn, measure: GramMeasure, rows: ReducedRows): Float64Array {
  const { factors } = measure
  const found = number === undefined ? new Float64Array(rows.rows).fill(1) : valuesIn(rows, number).slice()
  for (const [variable, level] of levels) {
    const place = factors.find((one) => one.variable === variable)?.levels.indexOf(level)
    const own = valuesIn(rows, variable)
    for (let row = 0; row < found.length; row++) if (own[row] !== place) found[row] = 0
  }
  if (time === undefined) return found
  const units = timesIn(measure).units.map(Number)
  const visits = rows.values.get(time)
  for (let row = 0; row < found.length; row++) found[row] = (found[row] ?? 0) * (units[visits?.[row] ?? 0] ?? 0)
  return found
}

const RANGES = new WeakMap<Float64Array, Range>()

/** The smallest and the largest value of a column; infinite if a value is not a whole number. Callers must not change the result. */
function rangeOf(values: Float64Array): Range {
  const found = RANGES.get(values) ?? rangeIn(values)
  RANGES.set(values, found)
  return found
}

function rangeIn(values: Float64Array): Range {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    if (value < least) least = value
    if (value > most) most = value
    if (!Number.isInteger(value)) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  }
  return [least, most]
}

/** The largest absolute value; infinite if a value is not a whole number. */
function largestOf(values: Float64Array): number {
  const [least, most] = rangeOf(values)
  return Math.max(0, most, -least)
}

/** Whether the matrix consists of the sums of these rows: the judged people must be those whose sums are released. */
export function* isOfRows(measure: GramMeasure, matrix: IntegerMatrix, rows: ReducedRows): Steps<boolean> {
  const columns = columnsOfModel(measure).map((column) => valuesOf(column, measure, rows))
  const largest = columns.map(largestOf)
  for (const [i, one] of columns.entries()) {
    for (const [j, other] of columns.entries()) {
      if (j < i) continue
      if (exactProduct(one, other, (largest[i] ?? 0) * (largest[j] ?? 0)) !== matrix[i]?.[j]) return false
      yield
    }
  }
  return true
}

/** Sums of so many products are exact in doubles if no product is above `PIECE_MAX`. */
const PIECE = 1024
const PIECE_MAX = Number.MAX_SAFE_INTEGER / PIECE

/** The exact sum of products of whole numbers. `most` is an upper bound of the products. */
export function exactProduct(one: Float64Array, other: Float64Array, most = largestOf(one) * largestOf(other)): bigint {
  // Partial sums are not checked if none of them can exceed the whole numbers that doubles represent exactly.
  if (most * one.length <= Number.MAX_SAFE_INTEGER / 2) return BigInt(plainProduct(one, other, 0, one.length))
  let whole = 0n
  if (most <= PIECE_MAX) {
    for (let from = 0; from < one.length; from += PIECE)
      whole += BigInt(plainProduct(one, other, from, Math.min(one.length, from + PIECE)))
    return whole
  }
  let part = 0
  for (let row = 0; row < one.length; row++) {
    const a = one[row] ?? 0
    const b = other[row] ?? 0
    const next = part + a * b
    if (Number.isSafeInteger(a * b) && Number.isSafeInteger(next)) part = next
    else {
      whole += BigInt(part) + BigInt(a) * BigInt(b)
      part = 0
    }
  }
  return whole + BigInt(part)
}

function plainProduct(one: Float64Array, other: Float64Array, from: number, to: number): number {
  let even = 0
  let odd = 0
  let row = from
  // Two sums at a time take little longer than one.
  for (; row + 1 < to; row += 2) {
    even += (one[row] as number) * (other[row] as number)
    odd += (one[row + 1] as number) * (other[row + 1] as number)
  }
  return row < to ? even + odd + (one[row] as number) * (other[row] as number) : even + odd
}
