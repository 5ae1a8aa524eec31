/**
 * The influence of single people on a model. If one person's leverage is high, the fit passes near that person's outcome,
 * whatever the size of the cohort. The leverage h of the design with the outcome is the largest share that one person can
 * have in any sum of squares that the Gram matrix gives, since (w·z)² ≤ h·Σ(w·z)² for every combination w of the columns.
 */
import type { GramMeasure, ReducedRows } from '@stimnet/protocol'
import {
  columnsOfModel,
  type DesignColumn,
  independentIn,
  type IntegerMatrix,
  partAt,
  ratioToNumber,
  solveExactly,
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

/**
 * Returns undefined if nobody's leverage zᵀ(ZᵀZ)⁻¹z is above 1/k; otherwise the column without which the largest leverage
 * would fall most. Decided in doubles where their precision is sufficient, and otherwise in whole numbers.
 */
export function leverageAbove(
  measure: GramMeasure,
  {
    matrix,
    rows,
    k,
    without
  }: { readonly matrix: IntegerMatrix; readonly rows: ReducedRows; readonly k: number; readonly without?: 'outcome' }
): TooStrong | undefined {
  const all = columnsOfModel(measure)
  // The outcome is the last column, so the other independent columns are the same with and without the outcome.
  const kept = independentIn(matrix).filter((at) => without === undefined || at < all.length - 1)
  const columns = kept.flatMap((at) => all[at] ?? [])
  const size = columns.length
  const { bottom, inverse } = solveExactly(
    partAt(matrix, kept),
    columns.map(() => 0n)
  )
  const rounded = inverse.map((row) => Float64Array.from(row, (value) => ratioToNumber(value, bottom)))
  const flat = flatOf(rounded)
  const values = columns.map((column) => valuesOf(column, measure, rows))
  // Each of the size² products has at most four rounding errors, and their sum adds one error per term.
  const errorEach = (size * size + 8) * 2 ** -52
  const own = new Float64Array(size)
  let decidedExactly = 0
  for (let row = 0; row < rows.rows; row++) {
    for (let i = 0; i < size; i++) own[i] = values[i]?.[row] ?? 0
    const { sum, magnitude } = leverageOf(own, flat)
    if ((sum + magnitude * errorEach) * k <= 1) continue
    // If columns nearly depend on each other, all people are undecided. A model that takes too long to judge is refused.
    const isUndecided = (sum - magnitude * errorEach) * k <= 1
    if (isUndecided) decidedExactly += 1
    if (!isUndecided || decidedExactly > EXACT_ROWS_MAX || isAboveExactly(own, { inverse, bottom, k }))
      return { column: strongestOf(own, columns, rounded) }
  }
  return undefined
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
    /** By column of the matrix: those of the model, and of totals with a random slope each of them once more, weighted by time. */
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
  for (let row = 0; row < owners.length; row++) {
    const own = Float64Array.from(used, (at) => values[at]?.[row] ?? 0)
    const { sum, magnitude } = leverageOf(own, flat)
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

/** The inverse row by row, so that it is read in one go. */
function flatOf(inverse: readonly Float64Array[]): Float64Array {
  const flat = new Float64Array(inverse.length ** 2)
  for (const [i, row] of inverse.entries()) flat.set(row, i * inverse.length)
  return flat
}

/** The leverage of a row in doubles, and the sum of the sizes of its terms. */
function leverageOf(own: Float64Array, inverse: Float64Array): { sum: number; magnitude: number } {
  const size = own.length
  let [sum, magnitude, at] = [0, 0, 0]
  for (let i = 0; i < size; i++) {
    const value = own[i] as number
    for (let j = 0; j < size; j++) {
      const term = value * (own[j] as number) * (inverse[at++] as number)
      sum += term
      magnitude += Math.abs(term)
    }
  }
  return { sum, magnitude }
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

/** The values of one column of the design, by row. */
export function valuesOf(
  { number, levels, time }: DesignColumn,
  measure: GramMeasure,
  rows: ReducedRows
): Float64Array {
  const { factors } = measure
  const found = number === undefined ? new Float64Array(rows.rows).fill(1) : rows.values.get(number)?.slice()
  if (found === undefined) throw new TypeError('rows without a variable of the model')
  for (const [variable, level] of levels) {
    const place = factors.find((one) => one.variable === variable)?.levels.indexOf(level)
    const own = rows.values.get(variable)
    if (own === undefined) throw new TypeError('rows without a variable of the model')
    for (let row = 0; row < found.length; row++) if (own[row] !== place) found[row] = 0
  }
  if (time === undefined) return found
  const units = timesIn(measure).units.map(Number)
  const visits = rows.values.get(time)
  for (let row = 0; row < found.length; row++) found[row] = (found[row] ?? 0) * (units[visits?.[row] ?? 0] ?? 0)
  return found
}

/** The largest size of a value; infinite where one is no whole number. */
function largestOf(values: Float64Array): number {
  let [least, most, isWhole] = [0, 0, true]
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0
    if (value < least) least = value
    if (value > most) most = value
    isWhole &&= Number.isInteger(value)
  }
  return isWhole ? Math.max(most, -least) : Number.POSITIVE_INFINITY
}

/** Whether the rows make this matrix: judged people must be those whose sums are released. */
export function isOfRows(measure: GramMeasure, matrix: IntegerMatrix, rows: ReducedRows): boolean {
  const columns = columnsOfModel(measure).map((column) => valuesOf(column, measure, rows))
  const largest = columns.map(largestOf)
  return columns.every((one, i) =>
    columns.every((other, j) => {
      const most = (largest[i] ?? 0) * (largest[j] ?? 0)
      return j < i || exactProduct(one, other, most) === matrix[i]?.[j]
    })
  )
}

/** The exact sum of products of whole numbers. `most`: what no product is above. */
export function exactProduct(one: Float64Array, other: Float64Array, most = largestOf(one) * largestOf(other)): bigint {
  // Where no partial sum can leave the whole numbers that doubles hold, none is looked at.
  if (most * one.length <= Number.MAX_SAFE_INTEGER / 2) {
    let sum = 0
    for (let row = 0; row < one.length; row++) sum += (one[row] ?? 0) * (other[row] ?? 0)
    return BigInt(sum)
  }
  let [whole, part] = [0n, 0]
  for (let row = 0; row < one.length; row++) {
    const [a, b] = [one[row] ?? 0, other[row] ?? 0]
    const next = part + a * b
    if (Number.isSafeInteger(a * b) && Number.isSafeInteger(next)) part = next
    else [whole, part] = [whole + BigInt(part) + BigInt(a) * BigInt(b), 0]
  }
  return whole + BigInt(part)
}
