/**
 * Sums over people by their visits, prepared for computation in doubles: columns that are nearly orthogonal, the residuals of least squares
 * as the outcome, and a centred time. All differences of large numbers are computed here, in whole numbers.
 */
import { fractionOf, ratioToNumber, rootOfRatioToNumber } from '../../rational.ts'
import { independentIn, type IntegerMatrix, partAt, solveExactly } from '../solve.ts'

/** The people with one set of visits. The outcome is the last column. */
export interface PeopleAtVisits {
  readonly people: number
  /** The times of these visits, in whole numbers. */
  readonly times: readonly bigint[]
  /** The sum of products of two columns over all rows. */
  readonly within: IntegerMatrix
  /**
   * The sums over people of the products of two of their totals: the totals of each column, followed by the totals of each column times the
   * time.
   */
  readonly totals: IntegerMatrix
}

/** A square matrix of doubles. */
export type Matrix = readonly (readonly number[])[]

/** Like `PeopleAtVisits`, in doubles: columns are transformed, and the time is `(time - centre) / scale`. */
export interface Prepared {
  readonly people: number
  readonly rows: number
  /** Sums of the products of 1 and time over the visits of one person: of 1, of time, of its square. */
  readonly visits: readonly [number, number, number]
  readonly within: Matrix
  /** Sums over people of products: of two totals, of a total and a total weighted by time (both ways), and of two weighted totals. */
  readonly totals: readonly [Matrix, Matrix, Matrix]
}

/** How the columns were transformed. */
export interface Transformed {
  readonly groups: readonly Prepared[]
  /** The places of the estimated columns. */
  readonly kept: readonly number[]
  /** The least squares estimates of the original columns. */
  readonly start: readonly number[]
  /** Upper triangular: each new column as a combination of the original columns. */
  readonly basis: Matrix
  /** The factor by which the residual outcome was multiplied. */
  readonly factor: number
  readonly centre: number
  readonly scale: number
}

/** Undefined if the outcome has no error, or if there are no more rows than columns. `isCentred`: whether time may have another origin. */
export function prepared(people: readonly PeopleAtVisits[], isCentred: boolean): Transformed | undefined {
  const all = sumOf(people.map(({ within }) => within))
  const last = all.length - 1
  const kept = independentIn(all.slice(0, last).map((row) => row.slice(0, last)))
  const rows = people.reduce((sum, one) => sum + one.people * one.times.length, 0)
  if (kept.length === 0 || rows <= kept.length) return undefined
  const places = [...kept, last]
  const columns = orthogonal(all, places)
  if (columns === undefined) return undefined
  const { centre, scale } = timeUnit(people, isCentred)
  const groups = people.map((one) => preparedOf(one, { places, columns, centre, scale }))
  const own = columns.map(({ entries, bottom }) => entries.map((value) => ratioToNumber(value, bottom)))
  const factor = own.at(-1)?.at(-1) ?? 1
  return {
    groups,
    kept,
    start: kept.map((_, i) => -(own.at(-1)?.[i] ?? 0) / factor),
    // Row by row: the coefficient of the original column in each new column.
    basis: kept.map((_, i) => kept.map((__, j) => own[j]?.[i] ?? 0)),
    factor,
    centre: Number(centre),
    scale
  }
}

/** A column as a combination of the columns at some indices: whole numbers over a power of two. */
interface Combination {
  readonly entries: readonly bigint[]
  readonly bottom: bigint
}

/**
 * Each column without the part that follows from the columns before it, scaled to a length of about one; undefined if nothing is left of
 * the outcome.
 */
function orthogonal(all: IntegerMatrix, places: readonly number[]): readonly Combination[] | undefined {
  const found: Combination[] = []
  for (const [i, place] of places.entries()) {
    const before = places.slice(0, i)
    const right = before.map((one) => all[one]?.[place] ?? 0n)
    const { bottom, solution } = solveExactly(partAt(all, before), right)
    const left =
      (all[place]?.[place] ?? 0n) * bottom - right.reduce((sum, one, j) => sum + one * (solution[j] ?? 0n), 0n)
    if (left <= 0n) return undefined
    const length = rootOfRatioToNumber(left, bottom)
    found.push(dyadic([...solution.map((one) => -ratioToNumber(one, bottom) / length), 1 / length], places.length))
  }
  return found
}

/** Doubles as whole numbers over one power of two, without rounding. */
function dyadic(values: readonly number[], size: number): Combination {
  const fractions = values.map(fractionOf)
  // All denominators are powers of two, so that the largest is a multiple of each.
  const [bottom = 1n] = fractions.map((one) => one.bottom).sort((a, b) => (a < b ? 1 : -1))
  const entries = Array.from({ length: size }, (_, i) => {
    const one = fractions[i]
    return one === undefined ? 0n : one.top * (bottom / one.bottom)
  })
  return { entries, bottom }
}

/** A centre in whole numbers, and a scale near the spread of time: without them, intercept and slope may be hard to distinguish. */
function timeUnit(people: readonly PeopleAtVisits[], isCentred: boolean): { centre: bigint; scale: number } {
  const count = (value: (time: number) => number) =>
    people.reduce((sum, one) => sum + one.people * one.times.reduce((own, time) => own + value(Number(time)), 0), 0)
  const rows = count(() => 1)
  const centre = isCentred ? BigInt(Math.round(count((time) => time) / rows)) : 0n
  const spread = Math.sqrt(count((time) => (time - Number(centre)) ** 2) / rows)
  // A power of two divides without rounding.
  return { centre, scale: spread > 0 ? 2 ** Math.round(Math.log2(spread)) : 1 }
}

function preparedOf(
  { people, times, within, totals }: PeopleAtVisits,
  {
    places,
    columns,
    centre,
    scale
  }: {
    readonly places: readonly number[]
    readonly columns: readonly Combination[]
    readonly centre: bigint
    readonly scale: number
  }
): Prepared {
  const size = within.length
  const block = (i: number, j: number) =>
    places.map((a) => places.map((b) => totals[a + i * size]?.[b + j * size] ?? 0n))
  const [plain, right, left, both] = [block(0, 0), block(0, 1), block(1, 0), block(1, 1)]
  // Totals weighted by time about its centre: totals weighted by time, minus the centre times the totals.
  const crossed = combine([right, 1n], [left, 1n], [plain, -2n * centre])
  const weighted = combine([both, 1n], [right, -centre], [left, -centre], [plain, centre * centre])
  const moved = times.map((time) => Number(time - centre) / scale)
  const sum = (power: number) => moved.reduce((all, time) => all + time ** power, 0)
  const turn = (matrix: IntegerMatrix, by: number) =>
    transformed(matrix, columns).map((row) => row.map((one) => one / by))
  return {
    people,
    rows: people * times.length,
    visits: [times.length, sum(1), sum(2)],
    within: turn(partAt(within, places), 1),
    totals: [turn(plain, 1), turn(crossed, scale), turn(weighted, scale * scale)]
  }
}

function combine(...parts: readonly (readonly [IntegerMatrix, bigint])[]): bigint[][] {
  const [first] = parts
  return (first?.[0] ?? []).map((row, i) =>
    row.map((_, j) => parts.reduce((sum, [matrix, weight]) => sum + weight * (matrix[i]?.[j] ?? 0n), 0n))
  )
}

function transformed(matrix: IntegerMatrix, columns: readonly Combination[]): number[][] {
  const half = columns.map(({ entries }) => matrix.map((row) => dot(row, entries)))
  return half.map((row, i) =>
    columns.map(({ entries, bottom }) => ratioToNumber(dot(row, entries), bottom * (columns[i]?.bottom ?? 1n)))
  )
}

function dot(one: readonly bigint[], other: readonly bigint[]): bigint {
  return one.reduce((sum, value, i) => sum + value * (other[i] ?? 0n), 0n)
}

function sumOf(matrices: readonly IntegerMatrix[]): bigint[][] {
  return combine(...matrices.map((matrix) => [matrix, 1n] as const))
}
