/** What noise is expected to do to each column, before anything is spent: from the request alone. */
import type { CatalogDescriptor, Measure, VariableRef } from '@stimnet/protocol'
import { resolveVariable } from '@stimnet/protocol'
import type { Ratio } from '../mechanisms/exact-bernoulli.ts'
import type { VariableBounds } from './bounds.ts'
import { type DpNumber, moveOf, numberKey, numbersOf } from './numbers.ts'
import { choiceEpsilonOf, type DpPlan, noiseOf } from './plan.ts'

/** Expected error of one column. */
export interface ColumnError {
  readonly name: string
  readonly kind: Measure['kind']
  /** Standard deviation of the noise, in the column's unit; of a mean, share or spread at worst. Null for a quantile or skewness. */
  readonly sd: number | null
  /** Nineteen of twenty answers are nearer to the exact one than this. */
  readonly error95: number | null
  /** Of a quantile: rows by which its rank is off, nineteen times of twenty at most. */
  readonly rankError95: number | null
  /** The rows in a group for which this holds; null where it holds for any. */
  readonly assumesRows: number | null
  /** How far apart the column can lie: the bounds of its variable, or 1 for a share. Null where it has none, as a count. */
  readonly range: number | null
}

/** 95 % of a normal, and of a double exponential distribution, in their own scales. */
const NORMAL_95 = 1.959964
const LAPLACE_95 = Math.log(20)

/** Errors of all columns, for groups of that many rows. */
export function errorsOf(plan: DpPlan, descriptor: CatalogDescriptor, rows: number): ColumnError[] {
  return plan.plan.measures.map((measure) => errorOf(plan, descriptor, measure, rows))
}

function errorOf(plan: DpPlan, descriptor: CatalogDescriptor, measure: Measure, rows: number): ColumnError {
  const spreads = spreadsOf(plan, measure)
  const named = { name: measure.name, kind: measure.kind, range: rangeOf(plan, measure) }
  if (measure.kind === 'quantile') {
    const candidates = resolveVariable(descriptor, measure.variable, plan.plan.tables).variable.breakpoints.length
    return { ...named, sd: null, error95: null, rankError95: rankError(plan, measure, candidates), assumesRows: null }
  }
  if (measure.kind === 'skewness') return { ...named, sd: null, error95: null, rankError95: null, assumesRows: null }
  const sd = sdOf(plan, measure, spreads, rows)
  const adds =
    measure.kind === 'subjects' || measure.kind === 'rows' || measure.kind === 'count' || measure.kind === 'sum'
  const factor = plan.mechanism === 'discrete-laplace' && adds ? LAPLACE_95 / Math.SQRT2 : NORMAL_95
  return { ...named, sd, error95: sd * factor, rankError95: null, assumesRows: adds ? null : rows }
}

function rangeOf(plan: DpPlan, measure: Measure): number | null {
  if (measure.kind === 'share') return 1
  if (measure.kind !== 'mean' && measure.kind !== 'sd') return null
  const { decimals, lower, upper } = boundsIn(plan, measure.variable)
  return Number(upper - lower) / 10 ** decimals
}

/** A group's share of the catalog's rounded number of subjects: what an error that depends on it is told for. */
export function rowsAssumed({ groups }: Pick<DpPlan, 'groups'>, { subjectsRounded }: CatalogDescriptor): number {
  return Math.max(1, Math.round(subjectsRounded / groups))
}

/** Standard deviations of the noise in the whole numbers of a column, in the order of `numbersOf`. */
export function spreadsOf(plan: DpPlan, measure: Measure): number[] {
  return numbersIn(plan, measure).map((number) =>
    number.q === undefined ? sdOfNoise(plan.mechanism, noiseOf(plan, number)) : 0
  )
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

function sdOfNoise(mechanism: DpPlan['mechanism'], noise: Ratio): number {
  const size = Number(noise.top) / Number(noise.bottom)
  if (mechanism === 'discrete-gaussian') return Math.sqrt(size)
  const decay = Math.exp(-1 / size)
  // Above a million the difference to the continuous one is below what a double tells.
  return size > 1e6 ? Math.SQRT2 * size : Math.sqrt(2 * decay) / (1 - decay)
}

/** At worst over where the values lie between their bounds. */
function sdOf(plan: DpPlan, measure: Measure, spreads: readonly number[], rows: number): number {
  const [first = 0, second = 0, third = 0] = spreads
  if (!('variable' in measure)) return first
  if (measure.kind === 'count') return first
  if (measure.kind === 'share') return Math.hypot(first, second) / rows
  const { decimals, lower, upper } = boundsIn(plan, measure.variable)
  const unit = 10 ** -decimals
  if (measure.kind === 'sum') return first * unit
  const half = (Number(upper - lower) * unit) / 2
  const offsets = (second * unit) / 2
  if (measure.kind === 'mean') return Math.hypot(offsets, half * first) / rows
  const squares = third * (unit / 2) ** 2
  const variance = Math.hypot(squares, half ** 2 * first, 2 * half * offsets) / rows
  // A root moves by at most the root of what moves under it.
  return measure.kind === 'sd' ? Math.sqrt(variance) : variance
}

/** The chosen one is worse than the best by more than 2Δ/ε · ln(m/β) with probability β at most. */
function rankError(plan: DpPlan, measure: Measure, candidates: number): number {
  const [number] = numbersIn(plan, measure)
  const epsilon = choiceEpsilonOf(plan)
  if (number?.q === undefined) return 0
  const move = Number(moveOf(number, plan.bounded.rowsPerSubject)) / Number(number.q.bottom)
  return ((2 * move * Number(epsilon.bottom)) / Number(epsilon.top)) * Math.log(candidates / 0.05)
}
