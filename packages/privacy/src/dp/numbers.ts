/** The whole numbers from which a plan's columns are computed, and the sensitivity of each number to one subject. */
import {
  type BoundedNumber,
  type BoundedVariable,
  type GramMeasure,
  type Measure,
  resolveVariable,
  type ScaledBounds,
  StimnetError,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { noisyFault, sumsOfModel } from '@stimnet/statistics'
import type { DpTerms } from './terms.ts'

/** A whole number to which noise is added. `bins` has one number per bin, and each row is in one bin. */
export type DpNumber = BoundedNumber

/** Largest width of bounds for each power: powers of wider values could overflow the engine's 127 bits over a billion rows. */
const WIDTH_MAX = { offsets: 1n << 54n, squares: 1n << 45n, cubes: 1n << 30n } as const
type Power = keyof typeof WIDTH_MAX

/** The key of a number. Columns that need the same number share the number and its cost. */
export function numberKey(of: DpNumber): string {
  if (of.kind === 'products') return [of.kind, ...of.pair.map(({ variable }) => variable)].join(' ')
  if (of.kind === 'cells') {
    const numbers = of.numbers.map(({ variable }) => variable)
    return JSON.stringify([of.kind, numbers, of.by.map(({ variable, levels }) => [variable, levels]), of.complete])
  }
  const level = of.kind === 'having' ? JSON.stringify(of.level) : ''
  const beside = 'beside' in of ? (of.beside ?? '') : ''
  return [of.kind, 'variable' in of ? of.variable : '', level, beside].join(' ')
}

/**
 * The numbers from which a column is computed. Throws PARAMETER_INVALID for a measure that has no differentially private form,
 * and for bounds that are too far apart.
 */
export function numbersOf(measure: Measure, boundsOf: (variable: VariableRef) => ScaledBounds): DpNumber[] {
  switch (measure.kind) {
    case 'subjects':
    case 'rows':
      return [{ kind: measure.kind }]
    case 'count':
      return [{ kind: 'count', variable: measure.variable }]
    case 'sum':
      return [{ kind: 'sum', variable: measure.variable, bounds: boundsOf(measure.variable) }]
    case 'mean':
      return momentNumbers(measure.variable, boundsOf(measure.variable), ['offsets'])
    case 'variance':
    case 'sd':
      return momentNumbers(measure.variable, boundsOf(measure.variable), ['offsets', 'squares'])
    case 'skewness':
      return momentNumbers(measure.variable, boundsOf(measure.variable), ['offsets', 'squares', 'cubes'])
    case 'covariance':
      return pairNumbers(measure.variables, boundsOf, ['offsets'])
    case 'correlation':
      return pairNumbers(measure.variables, boundsOf, ['offsets', 'squares'])
    case 'share':
      return [
        { kind: 'present', variable: measure.variable },
        { kind: 'having', variable: measure.variable, level: measure.level }
      ]
    case 'quantile':
      return [{ kind: 'bins', variable: measure.variable }]
    case 'gram':
      return modelNumbers(measure, boundsOf)
    default:
      return refuse(
        `${measure.kind} has no differentially private form here: ask for P1, or for mean, variance, sd, skewness.`
      )
  }
}

function momentNumbers(variable: VariableRef, bounds: ScaledBounds, kinds: readonly Power[]): DpNumber[] {
  return [{ kind: 'count', variable }, ...kinds.map((kind) => powerOf(kind, { variable, bounds }))]
}

/**
 * The numbers of a pair, over the rows that have both values: the count of rows, for each variable the sum of its distances
 * from the middle of its bounds (and, for a correlation, the sum of their squares), and the sum of the products of both
 * distances.
 */
function pairNumbers(
  [x, y]: readonly [VariableRef, VariableRef],
  boundsOf: (variable: VariableRef) => ScaledBounds,
  kinds: readonly Power[]
): DpNumber[] {
  const pair = [
    { variable: x, bounds: boundsOf(x) },
    { variable: y, bounds: boundsOf(y) }
  ] as const
  // If the bounds of both variables are narrow enough for squares, they are also narrow enough for products.
  for (const { variable, bounds } of pair) assertNarrow(variable, bounds, 'squares')
  return [
    { kind: 'count', variable: x, beside: y },
    ...kinds.flatMap((kind) => [
      { ...powerOf(kind, pair[0]), beside: y },
      { ...powerOf(kind, pair[1]), beside: x }
    ]),
    { kind: 'products', pair }
  ]
}

/**
 * The sums of a model, each over the people who have all its values. All sums of one product count as one number, like the bins of a
 * quantile, because a row is in at most one of its cells.
 */
function modelNumbers(measure: GramMeasure, boundsOf: (variable: VariableRef) => ScaledBounds): DpNumber[] {
  const fault = noisyFault(measure)
  if (fault !== undefined) refuse(fault)
  const complete = variablesOf(measure)
  return sumsOfModel(measure).map(({ numbers, by }): DpNumber => {
    const bounded = numbers.map((variable) => ({ variable, bounds: boundsOf(variable) }))
    // Variables that are narrow enough for their squares are also narrow enough for the products of two.
    for (const { variable, bounds } of bounded) assertNarrow(variable, bounds, 'squares')
    return { kind: 'cells', numbers: bounded, by, complete }
  })
}

function powerOf(kind: Power, { variable, bounds }: BoundedVariable) {
  assertNarrow(variable, bounds, kind)
  return { kind, variable, bounds }
}

function assertNarrow(variable: VariableRef, { lower, upper }: ScaledBounds, kind: Power): void {
  if (upper - lower > WIDTH_MAX[kind]) {
    refuse(`The bounds of ${variable} are too far apart for this statistic. Give narrower bounds.`)
  }
}

/**
 * The sensitivity: the largest change that one subject makes to the number of one group. The distance of a value from the
 * middle of its bounds is at most half their width, which is the whole width w in half units. So one row changes a sum of
 * offsets by at most w, a sum of squares by w², and a sum of products by the product of both widths. One row changes one bin
 * by one, and the rows of a subject change all bins together by the number of these rows.
 */
export function moveOf(of: DpNumber, rowsPerSubject: number): bigint {
  const rows = BigInt(rowsPerSubject)
  switch (of.kind) {
    case 'subjects':
    case 'present':
    case 'having':
      return 1n
    case 'rows':
    case 'count':
    case 'bins':
      return rows
    case 'cells':
      return of.numbers.reduce((product, { bounds: { lower, upper } }) => product * (upper - lower), rows)
    case 'sum':
      return rows * largest(of.bounds)
    case 'offsets':
      return rows * (of.bounds.upper - of.bounds.lower)
    case 'squares':
      return rows * (of.bounds.upper - of.bounds.lower) ** 2n
    case 'cubes':
      return rows * (of.bounds.upper - of.bounds.lower) ** 3n
    case 'products':
      return of.pair.reduce((product, { bounds: { lower, upper } }) => product * (upper - lower), rows)
  }
}

function largest({ lower, upper }: ScaledBounds): bigint {
  const [low, high] = [lower < 0n ? -lower : lower, upper < 0n ? -upper : upper]
  return low > high ? low : high
}

/**
 * Whether a subject can have several rows, and whether these rows can be in several groups: a key must then belong to a
 * table with several rows per subject.
 */
export function movesThrough({ plan, descriptor }: Pick<DpTerms, 'plan' | 'descriptor'>): {
  readonly rows: boolean
  readonly groups: boolean
} {
  const repeats = (name: string) => descriptor.tables.some((t) => t.name === name && !t.oneRowPerSubject)
  const rows = plan.tables.some(repeats)
  const groups = plan.groupBy.some(({ variable }) =>
    repeats(resolveVariable(descriptor, variable, plan.tables).table.name)
  )
  return { rows, groups: rows && groups }
}

function refuse(reason: string): never {
  throw new StimnetError('PARAMETER_INVALID', reason, { reason })
}
