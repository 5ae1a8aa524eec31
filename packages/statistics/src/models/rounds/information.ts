/** Information matrices as decimal text: adding them and solving with them, in whole numbers. */
import { type Fraction, plus } from '../../rational.ts'
import { type FollowsFrom, followersIn, type IntegerMatrix, partAt, solveExactly } from '../solve.ts'
import { fractionOfDecimal } from './decimal.ts'

/** The index of the entry of two columns in an upper triangle that is written row by row; `i` must not exceed `j`. */
export function upperAt(size: number, i: number, j: number): number {
  return i * size - (i * (i - 1)) / 2 + (j - i)
}

/** The solution of information · x = right, in which columns that follow from others are 0. */
export interface InformationSolved {
  /** The columns that do not follow from earlier columns, within the precision of 16 digits. */
  readonly kept: readonly number[]
  readonly solution: readonly Fraction[]
  /** The diagonal of the inverse; undefined for columns that follow from others. */
  readonly variances: readonly (Fraction | undefined)[]
}

/** The elementwise sums of decimal texts. */
export function summed(all: readonly (readonly string[])[]): Fraction[] {
  const [first = []] = all
  return first.map((_, i) => all.map((one) => fractionOfDecimal(one[i] ?? '0')).reduce(plus))
}

/** Solves the equations of an upper triangle. The arithmetic is exact: the same texts give the same numbers everywhere. */
export function informationSolved(
  upper: readonly (string | Fraction)[],
  right: readonly (string | Fraction)[]
): InformationSolved {
  const size = right.length
  const information = wholeOf(upper)
  const sides = wholeOf(right)
  const matrix = matrixOf(information.numbers, size)
  const kept = keptIn(matrix)
  const { bottom, solution, inverse } = solveExactly(
    partAt(matrix, kept),
    kept.map((at) => sides.numbers[at] ?? 0n)
  )
  // information = matrix/unit and right = sides/unit', so the solution of the whole numbers is scaled by unit/unit'.
  const [times, under] = [information.unit, sides.unit]
  const place = (at: number) => kept.indexOf(at)
  return {
    kept,
    solution: right.map((_, at) =>
      place(at) < 0 ? ZERO : { top: (solution[place(at)] ?? 0n) * times, bottom: bottom * under }
    ),
    variances: right.map((_, at) =>
      place(at) < 0 ? undefined : { top: (inverse[place(at)]?.[place(at)] ?? 0n) * times, bottom }
    )
  }
}

/** The columns that follow from other columns, within the precision of sums of doubles. */
export function informationFollows({
  information,
  estimates
}: {
  readonly information: readonly string[]
  readonly estimates: readonly string[]
}): FollowsFrom[] {
  const matrix = matrixOf(wholeOf(information).numbers, estimates.length)
  return followersIn(matrix, keptIn(matrix)).filter(({ column, from, top, bottom }) => {
    const [whole, part] = [matrix[column]?.[column] ?? 0n, matrix[from]?.[from] ?? 0n]
    return part * top ** 2n * OWN_PART_MIN >= whole * bottom ** 2n
  })
}

function matrixOf(upper: readonly bigint[], size: number): IntegerMatrix {
  const places = Array.from({ length: size }, (_, i) => i)
  return places.map((i) => places.map((j) => upper[upperAt(size, Math.min(i, j), Math.max(i, j))] ?? 0n))
}

const ZERO: Fraction = { top: 0n, bottom: 1n }

/**
 * If less than one part in this number of a column is independent of earlier columns, the column follows from these: sums of
 * doubles are not more precise.
 */
const OWN_PART_MIN = 10n ** 10n

function keptIn(matrix: IntegerMatrix): number[] {
  const rows = matrix.map((row) => [...row])
  const found: number[] = []
  let before = 1n
  for (const [at, line] of rows.entries()) {
    const pivot = line[at] ?? 0n
    // The part of the column that is independent of the earlier columns is pivot/before.
    if (pivot <= 0n || pivot * OWN_PART_MIN < (matrix[at]?.[at] ?? 0n) * before) continue
    found.push(at)
    for (let i = at + 1; i < rows.length; i++) {
      const row = rows[i] ?? []
      const factor = row[at] ?? 0n
      for (let j = at; j < row.length; j++) row[j] = ((row[j] ?? 0n) * pivot - factor * (line[j] ?? 0n)) / before
    }
    before = pivot
  }
  return found
}

/** Decimal fractions as whole numbers with a common denominator. */
function wholeOf(values: readonly (string | Fraction)[]): { numbers: bigint[]; unit: bigint } {
  const all = values.map((value) => (typeof value === 'string' ? fractionOfDecimal(value) : value))
  // All values are decimal fractions, so the largest denominator is a multiple of the others.
  let unit = 1n
  for (const { bottom } of all) if (bottom > unit) unit = bottom
  return { numbers: all.map(({ top, bottom }) => (top * unit) / bottom), unit }
}
