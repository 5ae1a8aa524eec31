/**
 * Variables that others are taken to know of each person. A sum of such a variable over people whom others do not know is, to
 * somebody who knows the values, a weighted sum of who is in it: one person of very different age among people of like age shows.
 */
import type { Measure, SubjectSet, VariableRef } from '@stimnet/protocol'
import { membersOf } from '../ledger/members.ts'
import type { CellBasis } from './cells/basis.ts'

/** One of these variables. */
export interface KnownVariable {
  /** By subject, as it is stored: a number in units of its last decimal, or the place of a level; NaN where it is missing. */
  readonly values: Float64Array
  /** Of a category, in the words of the request. */
  readonly levels: readonly string[]
  /** What one unit of the values is in the unit of the variable; 1 for a category. */
  readonly unit: number
}

/** Those that a plan measures. */
export type KnownValues = ReadonlyMap<VariableRef, KnownVariable>

/** A number with no more values than this is a table: its mean and spread disclose how many have each. */
const FEW_VALUES_MAX = 10

/**
 * Whether the distances of the values from their mean are spread over at least k people: nobody has more than 1/k of the sum of
 * their squares. `powers`: also of the squared distances, which a spread discloses beside the mean.
 */
export function isSpreadOver(
  people: SubjectSet,
  values: Float64Array,
  { k, powers }: { k: number; powers: 1 | 2 }
): boolean {
  const own = Array.from(membersOf(people, people.universe), (person) => values[person] ?? Number.NaN).filter(
    (value) => !Number.isNaN(value)
  )
  const distances = centred(own)
  return isEven(distances, k) && (powers === 1 || isEven(centred(distances.map((distance) => distance ** 2)), k))
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map((value) => value - mean)
}

/** Values that are all alike weigh everybody alike. */
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

/** The powers of a variable's values that a measure discloses sums of; none for counts, shares and quantiles. */
export function powersIn(measure: Measure): 0 | 1 | 2 {
  switch (measure.kind) {
    case 'sum':
    case 'mean':
      return 1
    case 'variance':
    case 'sd':
    case 'skewness':
    case 'kurtosis':
    case 'covariance':
    case 'correlation':
      return 2
    default:
      return 0
  }
}

/** The counts that a cell discloses by value, as conditions on it: a share's level, the bins of a quantile, a number's few values. */
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
