/**
 * Variables of which others are assumed to know the value of every person. For somebody who knows the values, a sum of such
 * a variable over people whom others do not know is a weighted sum that shows who is in the set: one person of a very
 * different age among people of similar age is recognisable.
 */
import type { Measure, SubjectSet, VariableRef } from '@stimnet/protocol'
import { membersOf } from '../ledger/members.ts'
import type { CellBasis } from './cells/basis.ts'
import type { Power } from './numbers.ts'

/** A variable whose values others are assumed to know. */
export interface KnownVariable {
  /**
   * Values by subject, as stored: a number in units of its last decimal, or the index of a level; NaN if the value is
   * missing.
   */
  readonly values: Float64Array
  /** The levels of a category, as the request names them. */
  readonly levels: readonly string[]
  /** The size of one unit of `values`, in the unit of the variable; 1 for a category. */
  readonly unit: number
}

/** The known variables that a plan measures. */
export type KnownValues = ReadonlyMap<VariableRef, KnownVariable>

/**
 * Maximum number of values at which a numeric variable is treated as a table: its mean and spread disclose how many people
 * have each value.
 */
const FEW_VALUES_MAX = 10

/**
 * Whether the distances of the values from their mean are spread over at least k people, so that nobody contributes more
 * than 1/k of the sum of their squares. With higher `powers`, this is also required of the powers of the distances up to that one, which
 * measures of spread and shape disclose beside the mean.
 */
export function isSpreadOver(
  people: SubjectSet,
  values: Float64Array,
  { k, powers }: { k: number; powers: Power }
): boolean {
  const own = Array.from(membersOf(people, people.universe), (person) => values[person] ?? Number.NaN).filter(
    (value) => !Number.isNaN(value)
  )
  const distances = centred(own)
  return Array.from({ length: powers }, (_, i) => i + 1).every((power) =>
    isEven(power === 1 ? distances : centred(distances.map((distance) => distance ** power)), k)
  )
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map((value) => value - mean)
}

/** If all values are equal, everybody has the same weight. */
function isEven(distances: readonly number[], k: number): boolean {
  const squares = distances.map((distance) => distance ** 2)
  const total = squares.reduce((sum, square) => sum + square, 0)
  return squares.every((square) => square * k <= total * (1 + 1e-9))
}

/** The people of a set who have certain values. */
export function having(people: SubjectSet, values: Float64Array, isIt: (value: number) => boolean): SubjectSet {
  const found = people.without(people)
  for (const person of membersOf(people, people.universe)) if (isIt(values[person] ?? Number.NaN)) found.add(person)
  return found
}

/** The highest power of a variable's values whose sum a measure discloses; 0 for counts, shares and quantiles. */
export function powersIn(measure: Measure): 0 | Power {
  switch (measure.kind) {
    case 'sum':
    case 'mean':
      return 1
    case 'variance':
    case 'sd':
    case 'covariance':
    case 'correlation':
      return 2
    case 'skewness':
      return 3
    case 'kurtosis':
      return 4
    default:
      return 0
  }
}

/**
 * The counts per value that a cell discloses, as conditions on the value: the level of a share, the bins of a quantile, the
 * few values of a numeric variable.
 */
export function conditionsOf(
  measure: Measure,
  { values, levels, unit }: KnownVariable,
  bins: CellBasis['bins'] = []
): readonly ((value: number) => boolean)[] {
  if (measure.kind === 'share') {
    const place = levels.indexOf(measure.level)
    return [(value) => value === place]
  }
  if (measure.kind === 'quantile' || measure.kind === 'bins') {
    return bins.map(
      ({ from, to }) =>
        (value: number) =>
          value * unit >= from && value * unit < to
    )
  }
  const found = new Set<number>()
  for (const value of values) if (!Number.isNaN(value) && found.size <= FEW_VALUES_MAX) found.add(value)
  return powersIn(measure) === 0 || found.size > FEW_VALUES_MAX ? [] : [...found].map((one) => (value) => value === one)
}
