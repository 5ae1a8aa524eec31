/** Which whole numbers a plan's columns are made of, each once, and how much one subject moves each. */
import {
  type BoundedNumber,
  type Measure,
  resolveVariable,
  type ScaledBounds,
  StimnetError,
  type VariableRef
} from '@stimnet/protocol'
import type { DpTerms } from './terms.ts'

/** A number that noise is added to; or, with `q`, bins among whose ends a quantile is chosen. */
export interface DpNumber {
  readonly of: BoundedNumber
  readonly q?: Quantile
}

/** The share `top / bottom` of the rows lies below. */
export interface Quantile {
  readonly top: bigint
  readonly bottom: bigint
}

/** q in millionths: the same question for the same decimals, whatever double stands for them. */
const QUANTILE_UNIT = 1_000_000

/** Powers of anything wider could overflow the engine's 127 bits over a billion rows. */
const WIDTH_MAX = { offsets: 1n << 54n, squares: 1n << 45n, cubes: 1n << 30n } as const

/** One text for one number: columns that need the same one share it, and what it costs. */
export function numberKey({ of, q }: DpNumber): string {
  const level = of.kind === 'having' ? JSON.stringify(of.level) : ''
  return [of.kind, 'variable' in of ? of.variable : '', level, q === undefined ? '' : String(q.top)].join(' ')
}

/** What a column is made of. Throws PARAMETER_INVALID for a column that has no noisy form. */
export function numbersOf(measure: Measure, boundsOf: (variable: VariableRef) => ScaledBounds): DpNumber[] {
  switch (measure.kind) {
    case 'subjects':
    case 'rows':
      return [{ of: { kind: measure.kind } }]
    case 'count':
      return [{ of: { kind: 'count', variable: measure.variable } }]
    case 'sum':
      return [{ of: { kind: 'sum', variable: measure.variable, bounds: boundsOf(measure.variable) } }]
    case 'mean':
      return momentNumbers(measure.variable, boundsOf(measure.variable), ['offsets'])
    case 'variance':
    case 'sd':
      return momentNumbers(measure.variable, boundsOf(measure.variable), ['offsets', 'squares'])
    case 'skewness':
      return momentNumbers(measure.variable, boundsOf(measure.variable), ['offsets', 'squares', 'cubes'])
    case 'share':
      return [
        { of: { kind: 'present', variable: measure.variable } },
        { of: { kind: 'having', variable: measure.variable, level: measure.level } }
      ]
    case 'quantile':
      return [{ of: { kind: 'bins', variable: measure.variable }, q: quantileOf(measure.q) }]
    default:
      return refuse(
        `${measure.kind} has no differentially private form here: ask for P1, or for mean, variance, sd, skewness.`
      )
  }
}

function momentNumbers(
  variable: VariableRef,
  bounds: ScaledBounds,
  kinds: readonly ('offsets' | 'squares' | 'cubes')[]
): DpNumber[] {
  if (kinds.some((kind) => bounds.upper - bounds.lower > WIDTH_MAX[kind])) {
    return refuse(`The bounds of ${variable} are too far apart for that: give narrower ones.`)
  }
  return [{ of: { kind: 'count', variable } }, ...kinds.map((kind) => ({ of: { kind, variable, bounds } }))]
}

function quantileOf(q: number): Quantile {
  return { top: BigInt(Math.round(q * QUANTILE_UNIT)), bottom: BigInt(QUANTILE_UNIT) }
}

/** The most that one subject moves the number of one group; of a choice its utilities. */
export function moveOf({ of, q }: DpNumber, rowsPerSubject: number): bigint {
  const rows = BigInt(rowsPerSubject)
  switch (of.kind) {
    case 'subjects':
    case 'present':
    case 'having':
      return 1n
    case 'rows':
    case 'count':
      return rows
    case 'sum':
      return rows * largest(of.bounds)
    case 'offsets':
      return rows * (of.bounds.upper - of.bounds.lower)
    case 'squares':
      return rows * (of.bounds.upper - of.bounds.lower) ** 2n
    case 'cubes':
      return rows * (of.bounds.upper - of.bounds.lower) ** 3n
    case 'bins': {
      const { top, bottom } = q ?? { top: 1n, bottom: 1n }
      return rows * (top > bottom - top ? top : bottom - top)
    }
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
