/**
 * The sums of a model with a random slope, composed of separate sums at each visit. The separate sums are judged. Weighting them by the
 * times of visits discloses nothing else, whatever the times are, because a weighted sum follows from its parts.
 */
import type { GramMeasure } from '@stimnet/protocol'
import {
  columnsOfModel,
  columnsSummed,
  type DesignColumn,
  type IntegerMatrix,
  timeIn,
  timesIn
} from '@stimnet/statistics'

/** The columns whose sums are judged: those of the visits that the people have. All other columns are zero for these people. */
export function columnsAt(measure: GramMeasure, visits: readonly number[] | undefined): readonly DesignColumn[] {
  const columns = columnsSummed(measure)
  if (visits === undefined || timeIn(measure) === undefined) return columns
  const { variable, levels } = timesIn(measure)
  const own = visits.map((at) => levels[at])
  return columns.filter((column) => own.includes(column.levels.get(variable)))
}

/**
 * The index, among the sums over rows, of the sum of products of two columns' totals, if the sums over rows contain it. Each person has one
 * row at a visit, and a value that is the same at all visits, such as the arm, is the same at the other column's visit. So the product was
 * judged there. Undefined for products of two visits, which no row has, and for any model without times.
 */
export function placeInRows(
  measure: GramMeasure,
  columns: readonly DesignColumn[],
  [one, other]: readonly [DesignColumn, DesignColumn]
): readonly [number, number] | undefined {
  const time = timeIn(measure)
  if (time === undefined) return undefined
  const placed = (column: DesignColumn, beside: DesignColumn) => {
    if (column.levels.get(time) === beside.levels.get(time)) return columns.indexOf(column)
    const isOfPerson = (variable: string) => variable === time || !variable.startsWith(`${measure.random?.table}.`)
    if (column.number !== undefined || ![...column.levels.keys()].every(isOfPerson)) return -1
    const keyOf = (level: string | undefined, { levels }: DesignColumn) =>
      [...new Map([...levels, [time, level]])].map((entry) => entry.join('=')).join()
    const wanted = keyOf(beside.levels.get(time), column)
    return columns.findIndex((found) => found.number === undefined && keyOf(found.levels.get(time), found) === wanted)
  }
  const [first, second] = [placed(one, other), placed(other, one)]
  if (first >= 0) return [first, columns.indexOf(other)]
  return second >= 0 ? [columns.indexOf(one), second] : undefined
}

/** The sums of products of the columns of a model over rows, from those of `summed`. */
export function withinFrom(
  measure: GramMeasure,
  summed: readonly DesignColumn[],
  matrix: IntegerMatrix
): IntegerMatrix {
  return timeIn(measure) === undefined ? matrix : turned(matrix, weightsIn(measure, summed, 0))
}

/**
 * The sums of products of totals, from those of `summed`. With a random slope: for each column and, after these, for each column times the
 * time.
 */
export function totalsFrom(
  measure: GramMeasure,
  summed: readonly DesignColumn[],
  matrix: IntegerMatrix
): IntegerMatrix {
  if (timeIn(measure) === undefined) return matrix
  return turned(matrix, [...weightsIn(measure, summed, 0), ...weightsIn(measure, summed, 1)])
}

/** How often each of the summed columns is in each column of the model times a power of time. */
function weightsIn(measure: GramMeasure, summed: readonly DesignColumn[], power: 0 | 1): bigint[][] {
  const { variable, levels, units } = timesIn(measure)
  return columnsOfModel(measure).map((column) =>
    summed.map((one) => {
      const level = one.levels.get(variable)
      const isOf =
        one.number === column.number &&
        one.levels.size === column.levels.size + 1 &&
        [...column.levels].every(([name, value]) => one.levels.get(name) === value)
      const time = units[levels.indexOf(level ?? '')] ?? 0n
      return isOf ? time ** BigInt(power + (column.time === undefined ? 0 : 1)) : 0n
    })
  )
}

function turned(matrix: IntegerMatrix, weights: readonly (readonly bigint[])[]): bigint[][] {
  const half = weights.map((own) => matrix.map((row) => dot(row, own)))
  return half.map((row) => weights.map((own) => dot(row, own)))
}

function dot(one: readonly bigint[], other: readonly bigint[]): bigint {
  return one.reduce((sum, value, i) => (value === 0n ? sum : sum + value * (other[i] ?? 0n)), 0n)
}
