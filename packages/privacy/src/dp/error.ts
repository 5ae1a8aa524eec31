/** What noise is expected to do to each column, before anything is spent: from the request alone. */
import type { CatalogDescriptor, Measure, VariableRef } from '@stimnet/protocol'
import { resolveVariable } from '@stimnet/protocol'
import { type NoiseTerm, noiseWithin } from '@stimnet/statistics'
import type { Ratio } from '../mechanisms/exact-bernoulli.ts'
import type { VariableBounds } from './bounds.ts'
import { type DpNumber, numberKey, numbersOf } from './numbers.ts'
import { type DpPlan, noiseOf } from './plan.ts'

/** Expected error of one column. */
export interface ColumnError {
  readonly name: string
  readonly kind: Measure['kind']
  /**
   * Standard deviation of the noise, in the column's unit; of a mean, share, spread or covariance at worst, of a correlation where
   * the bounds are three standard deviations from the mean. Null for a quantile or skewness.
   */
  readonly sd: number | null
  /** Nineteen of twenty answers are no further from the exact one than this. */
  readonly error95: number | null
  /** Of a quantile: rows by which its rank is off, nineteen times of twenty at most. */
  readonly rankError95: number | null
  /** The rows in a group for which this holds; null where it holds for any. */
  readonly assumesRows: number | null
  /** How far apart the column can lie: the bounds of its variable, or 1 for a share. Null where it has none, as a count. */
  readonly range: number | null
  /** The noise of a column that adds up over institutions, in its unit. */
  readonly adds?: NoiseTerm
}

/** Errors of all columns, for groups of that many rows. */
export function errorsOf(plan: DpPlan, descriptor: CatalogDescriptor, rows: number): ColumnError[] {
  return plan.plan.measures.map((measure) => errorOf(plan, descriptor, measure, rows))
}

function errorOf(plan: DpPlan, descriptor: CatalogDescriptor, measure: Measure, rows: number): ColumnError {
  const none = { sd: null, error95: null, rankError95: null, assumesRows: null }
  const named = { name: measure.name, kind: measure.kind, range: rangeOf(plan, measure), ...none }
  if (measure.kind === 'quantile') {
    const { breakpoints } = resolveVariable(descriptor, measure.variable, plan.plan.tables).variable
    return { ...named, rankError95: rankError(plan, measure, breakpoints.length + 1) }
  }
  const terms = termsOf(plan, measure, rows)
  if (terms === null) return named
  const [sd, error95] = [Math.hypot(...terms.map((term) => term.sd)), noiseWithin(plan.mechanism, terms)]
  // A root moves by at most the root of what moves under it.
  if (measure.kind === 'sd') return { ...named, sd: Math.sqrt(sd), error95: Math.sqrt(error95), assumesRows: rows }
  const [adds] = terms
  return isAdding(measure)
    ? { ...named, sd, error95, ...(adds && { adds }) }
    : { ...named, sd, error95, assumesRows: rows }
}

function isAdding({ kind }: Measure): boolean {
  return kind === 'subjects' || kind === 'rows' || kind === 'count' || kind === 'sum'
}

function rangeOf(plan: DpPlan, measure: Measure): number | null {
  if (measure.kind === 'share') return 1
  if (measure.kind === 'correlation') return 2
  if (measure.kind !== 'mean' && measure.kind !== 'sd') return null
  const { decimals, lower, upper } = boundsIn(plan, measure.variable)
  return Number(upper - lower) / 10 ** decimals
}

/** A group's share of the catalog's rounded number of subjects: what an error that depends on it is told for. */
export function rowsAssumed({ groups }: Pick<DpPlan, 'groups'>, { subjectsRounded }: CatalogDescriptor): number {
  return Math.max(1, Math.round(subjectsRounded / groups))
}

/** The numbers of a plan that a column is made of. */
export function numbersIn(plan: DpPlan, measure: Measure): DpNumber[] {
  const known = new Map(plan.numbers.map((number) => [numberKey(number), number]))
  return numbersOf(measure, (variable) => boundsIn(plan, variable)).map(
    (number) => known.get(numberKey(number)) ?? number
  )
}

/** The bounds of a variable that a plan adds up. */
export function boundsIn(plan: DpPlan, variable: VariableRef): VariableBounds {
  const found = plan.bounds.find((bounds) => bounds.variable === variable)
  if (found === undefined) throw new TypeError('a plan without the bounds of its own variable')
  return found
}

/** Standard deviation of the noise in a number, in its own whole units; of Gaussian noise its σ. */
export function spreadOf(plan: DpPlan, number: DpNumber): number {
  return sdOfNoise(plan.mechanism, noiseOf(plan, number))
}

function sdOfNoise(mechanism: DpPlan['mechanism'], noise: Ratio): number {
  const size = Number(noise.top) / Number(noise.bottom)
  if (mechanism === 'discrete-gaussian') return Math.sqrt(size)
  const decay = Math.exp(-1 / size)
  // Above a million the difference to the continuous one is below what a double tells.
  return size > 1e6 ? Math.SQRT2 * size : Math.sqrt(2 * decay) / (1 - decay)
}

/** Half a unit of a variable, in which distances from the middle are counted; and how far a bound is from the middle. */
export function halvesOf({ decimals, lower, upper }: VariableBounds): {
  readonly step: number
  readonly width: number
} {
  const step = 10 ** -decimals / 2
  return { step, width: Number(upper - lower) * step }
}

/**
 * The noises in a column, each times by how much one unit of it moves the column: at worst over where the values lie between
 * their bounds. Null where no bound is worth telling.
 */
function termsOf(plan: DpPlan, measure: Measure, rows: number): NoiseTerm[] | null {
  const spreads = numbersIn(plan, measure).map((number) => spreadOf(plan, number))
  const term = (at: number, weight: number): NoiseTerm => ({ sd: (spreads[at] ?? 0) * weight, step: weight })
  switch (measure.kind) {
    case 'subjects':
    case 'rows':
    case 'count':
      return [term(0, 1)]
    case 'sum':
      return [term(0, 2 * halvesOf(boundsIn(plan, measure.variable)).step)]
    case 'share':
      return [term(0, 1 / rows), term(1, 1 / rows)]
    case 'mean': {
      const { step, width } = halvesOf(boundsIn(plan, measure.variable))
      return [term(0, width / rows), term(1, step / rows)]
    }
    case 'variance':
    case 'sd': {
      const { step, width } = halvesOf(boundsIn(plan, measure.variable))
      return [term(0, width ** 2 / rows), term(1, (2 * width * step) / rows), term(2, step ** 2 / rows)]
    }
    case 'covariance': {
      const [x, y] = measure.variables.map((variable) => halvesOf(boundsIn(plan, variable))) as [Halves, Halves]
      // By Cauchy and Schwarz the product of both means' distances less the covariance is within both widths.
      const each = [x.width * y.width, y.width * x.step, x.width * y.step, x.step * y.step]
      return each.map((weight, at) => term(at, weight / rows))
    }
    case 'correlation': {
      const [x, y] = measure.variables.map((variable) => halvesOf(boundsIn(plan, variable))) as [Halves, Halves]
      // In units of the standard deviation; at a correlation of one the squares count half.
      const [stepX, stepY] = [x, y].map(({ step, width }) => (SDS_TO_BOUND * step) / width) as [number, number]
      return [stepX ** 2 / 2, stepY ** 2 / 2, stepX * stepY].map((weight, at) => term(3 + at, weight / rows))
    }
    default:
      return null
  }
}

/** No bound holds for every correlation: without spread it is nothing but noise. So the error is told for bounds that fit well. */
const SDS_TO_BOUND = 3

type Halves = ReturnType<typeof halvesOf>

/** Rows below less q times all rows: a bin below counts 1 - q, one above q. At worst all are the one or the other. */
function rankError(plan: DpPlan, measure: Extract<Measure, { kind: 'quantile' }>, bins: number): number {
  const [number] = numbersIn(plan, measure)
  const weight = Math.max(measure.q, 1 - measure.q)
  const sd = number === undefined ? 0 : spreadOf(plan, number) * weight
  return noiseWithin(
    plan.mechanism,
    Array.from({ length: bins }, () => ({ sd, step: weight }))
  )
}
