/** Which whole numbers a plan's columns are made of, each once, and how much one subject moves each. */
import {
  type BoundedNumber,
  type BoundedVariable,
  type Measure,
  resolveVariable,
  type ScaledBounds,
  StimnetError,
  type VariableRef
} from '@stimnet/protocol'
import type { DpTerms } from './terms.ts'

/** A whole number that noise is added to; bins are one for each, among which a row is in one. */
export type DpNumber = BoundedNumber

/** Powers of anything wider could overflow the engine's 127 bits over a billion rows. */
const WIDTH_MAX = { offsets: 1n << 54n, squares: 1n << 45n, cubes: 1n << 30n } as const
type Power = keyof typeof WIDTH_MAX

/** One text for one number: columns that need the same one share it, and what it costs. */
export function numberKey(of: DpNumber): string {
  if (of.kind === 'products') return [of.kind, ...of.pair.map(({ variable }) => variable)].join(' ')
  const level = of.kind === 'having' ? JSON.stringify(of.level) : ''
  const beside = 'beside' in of ? (of.beside ?? '') : ''
  return [of.kind, 'variable' in of ? of.variable : '', level, beside].join(' ')
}

/** What a column is made of. Throws PARAMETER_INVALID for a column that has no noisy form. */
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
 * Over the rows that have both: how many, the distances of each variable from the middle of its bounds (with their squares
 * for a correlation), and the products of both distances.
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
  // A product of two is as wide as both together; the squares of neither may be wider than theirs.
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

function powerOf(kind: Power, { variable, bounds }: BoundedVariable) {
  assertNarrow(variable, bounds, kind)
  return { kind, variable, bounds }
}

function assertNarrow(variable: VariableRef, { lower, upper }: ScaledBounds, kind: Power): void {
  if (upper - lower > WIDTH_MAX[kind]) {
    refuse(`The bounds of ${variable} are too far apart for that: give narrower ones.`)
  }
}

/**
 * The most that one subject moves the number of one group. A value within bounds is at most half their distance from their
 * middle, which is their whole distance w in half units: so a row moves a sum of offsets by w, of squares by w², and of
 * products by the w of one times the w of the other. Of bins a row moves one, by one, and a subject's rows all of them
 * together by as many as there are.
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

/** Whether a subject can be in several groups: its rows are several, and what groups them can differ from row to row. */
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
