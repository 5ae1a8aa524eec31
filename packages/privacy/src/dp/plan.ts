/** The noise plan of a request: its cost, the whole numbers to compute, their sensitivity and their noise. */
import {
  type BoundedPlan,
  type CatalogDescriptor,
  type GramMeasure,
  LIMITS,
  type Measure,
  type Plan,
  resolveVariable,
  StimnetError,
  type VariableRef
} from '@stimnet/protocol'
import { columnsOfModel, gramIn } from '@stimnet/statistics'
import { nanoRhoOf, ratioOfDecimal } from '../accounting/decimal.ts'
import type { Ratio } from '../mechanisms/exact-bernoulli.ts'
import { boundsOf, type VariableBounds } from './bounds.ts'
import { type DpNumber, moveOf, movesThrough, numberKey, numbersOf } from './numbers.ts'
import type { DpTerms } from './terms.ts'

/** The amount that is charged to a catalog's ledger. */
export interface DpCharge {
  /** The ε of pure differential privacy; undefined if the request gave ρ. */
  readonly epsilon: Ratio | undefined
  /**
   * The ρ of zero-concentrated differential privacy. For a pure charge, ρ is half of the sum of the squares of each number's
   * ε.
   */
  readonly rho: Ratio
  /** ρ in billionths, rounded up. */
  readonly nanoRho: bigint
}

/** The numbers to compute, the noise to draw and the amount to charge. Nothing in the plan depends on data. */
export interface DpPlan {
  readonly plan: Plan
  readonly mechanism: 'discrete-laplace' | 'discrete-gaussian'
  readonly charge: DpCharge
  /** The ε or ρ of each number; it is equal for all numbers. */
  readonly share: Ratio
  readonly numbers: readonly DpNumber[]
  readonly bounded: BoundedPlan
  /** Bounds of the variables whose values are summed. */
  readonly bounds: readonly VariableBounds[]
  /** Number of possible groups, including those of missing values. */
  readonly groups: number
  readonly sitesPerPerson: number
}

/**
 * Plans the noise of a request without looking at data. Throws PARAMETER_INVALID for tests, for a measure that has no noisy
 * form or lacks bounds, and for an answer that might not fit into a safe output; throws VARIABLE_UNKNOWN or VARIABLE_AMBIGUOUS.
 */
export function planNoise(terms: DpTerms): DpPlan {
  const { plan, ask, descriptor, sitesPerPerson } = terms
  if (plan.tests !== undefined && plan.tests.length > 0) {
    const reason = 'A test would mistake the noise for an effect. Ask for P1, or for the numbers without the test.'
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
  const bounds = boundsOf(terms)
  const numbers = distinct(plan.measures.flatMap((measure) => numbersOf(measure, bounds)))
  const charge = chargeOf(terms, numbers.length)
  const through = movesThrough(terms)
  const groups = plan.groupBy.reduce((product, { variable }) => product * cellsOf(descriptor, variable, plan), 1)
  const rowsPerSubject = through.rows ? ask.rows_per_subject : 1
  assertOneRow(plan, rowsPerSubject)
  const whole = charge.epsilon ?? charge.rho
  const dpPlan: DpPlan = {
    plan,
    mechanism: charge.epsilon === undefined ? 'discrete-gaussian' : 'discrete-laplace',
    charge,
    share: { top: whole.top, bottom: whole.bottom * BigInt(numbers.length) },
    numbers,
    bounded: {
      tables: plan.tables,
      ...(plan.where === undefined ? {} : { where: plan.where }),
      groupBy: plan.groupBy,
      numbers,
      groupsPerSubject: through.groups ? Math.min(ask.groups_per_subject, groups) : 1,
      rowsPerSubject
    },
    bounds: [...new Set(numbers.flatMap(measuredIn))].map(bounds),
    groups,
    sitesPerPerson
  }
  assertFits(dpPlan, descriptor)
  return dpPlan
}

/** The variables whose values a number adds up. */
function measuredIn(of: DpNumber): VariableRef[] {
  if (of.kind === 'cells') return of.numbers.map(({ variable }) => variable)
  return 'bounds' in of ? [of.variable] : []
}

/**
 * Throws PARAMETER_INVALID for a model over several rows per person, because the errors of its coefficients are computed for independent
 * rows. With one row per person, chosen at random, the model is a model of people.
 */
function assertOneRow(plan: Plan, rowsPerSubject: number): void {
  if (gramIn(plan) === undefined || rowsPerSubject === 1) return
  const reason =
    'A model with noise takes one row of each person: leave rows_per_subject at 1, and choose the row by a condition.'
  throw new StimnetError('PARAMETER_INVALID', reason, { reason })
}

function distinct(numbers: readonly DpNumber[]): DpNumber[] {
  return [...new Map(numbers.map((number) => [numberKey(number), number])).values()]
}

/**
 * The charge at one institution. A person whose data are at several of the queried institutions is affected at each of them,
 * so each institution spends only its share of the requested amount.
 */
function chargeOf({ ask, sitesPerPerson }: DpTerms, numbers: number): DpCharge {
  const part = ({ top, bottom }: Ratio): Ratio => ({ top, bottom: bottom * BigInt(sitesPerPerson) })
  if (ask.epsilon !== undefined) {
    const epsilon = part(ratioOfDecimal(ask.epsilon))
    // Each of m numbers is ε/m-differentially private, which costs (ε/m)²/2 of ρ.
    const rho = { top: epsilon.top ** 2n, bottom: 2n * epsilon.bottom ** 2n * BigInt(numbers) }
    return { epsilon, rho, nanoRho: nanoRhoOf(rho) }
  }
  if (ask.rho === undefined) {
    const reason = 'P2 needs either epsilon or rho.'
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
  const rho = part(ratioOfDecimal(ask.rho))
  return { epsilon: undefined, rho, nanoRho: nanoRhoOf(rho) }
}

function cellsOf(descriptor: CatalogDescriptor, variable: string, { tables }: Plan): number {
  const { levels, breakpoints } = resolveVariable(descriptor, variable, tables).variable
  return (levels.length > 0 ? levels.length : breakpoints.length + 1) + 1
}

/** Length of the longest text of a number in an answer, with the characters around it. */
const NUMBER_BYTES = 26
/** Bytes of the field names and brackets of the longest part, that of a correlation. */
const PART_BYTES = 256
/** Number of values in a part besides those of bins: at most 18, for a correlation; 3 for measures that are not listed. */
const PART_NUMBERS: Readonly<Partial<Record<Measure['kind'], number>>> = {
  mean: 7,
  variance: 9,
  sd: 9,
  skewness: 11,
  covariance: 14,
  correlation: 18
}
const CARD_BYTES = 6_000

/**
 * Throws PARAMETER_INVALID unless the longest possible answer fits. Whether an answer fits must
 * depend neither on the noise nor on data.
 */
function assertFits({ plan, groups, numbers: drawn }: DpPlan, descriptor: CatalogDescriptor): void {
  const size = (text: string) => new TextEncoder().encode(JSON.stringify(text)).length
  const variableOf = (ref: VariableRef) => resolveVariable(descriptor, ref, plan.tables).variable
  const keys = plan.groupBy.map(
    ({ variable }) => Math.max(2 * NUMBER_BYTES, ...variableOf(variable).levels.map(size)) + 1
  )
  const cells = plan.measures.map((measure) => {
    const { name, kind } = measure
    if (measure.kind === 'gram') return modelBytes(measure, drawn)
    // Each bin has two ends and a number of rows.
    const bins = kind === 'quantile' ? variableOf(measure.variable).breakpoints.length + 1 : 0
    const numbers = 1 + (PART_NUMBERS[kind] ?? 3) + 3 * bins
    return size(name) + PART_BYTES + numbers * NUMBER_BYTES + bins * 24
  })
  const row = [...keys, ...cells].reduce((a, b) => a + b, 32)
  if (CARD_BYTES + plan.measures.length * 300 + groups * row <= LIMITS.outputBytesMax) return
  const reason = `These columns and ${groups} groups are more than one answer can hold, since an answer with noise contains every group, including empty ones.`
  throw new StimnetError('PARAMETER_INVALID', reason, { reason })
}

/** Numbers of one column of a model: in its coefficient, on the card, and in the bounds of a variable, each with the words around it. */
const COLUMN_NUMBERS = 28
/** Names of a column: in the part, the coefficient, the card, twice in formulas, in a note, and in the bounds. */
const COLUMN_NAMES = 7
/** Bytes of the field names around the values of one product. */
const SUMS_BYTES = 100

/** Bytes of the part of a model, its coefficients, and their errors on the card. */
function modelBytes(measure: GramMeasure, numbers: readonly DpNumber[]): number {
  const size = (text: string) => new TextEncoder().encode(JSON.stringify(text)).length + 1
  const all = (texts: readonly string[]) => texts.reduce((sum, text) => sum + size(text), 0)
  const columns = columnsOfModel(measure).map(({ name }) => COLUMN_NAMES * size(name) + COLUMN_NUMBERS * NUMBER_BYTES)
  const factors = measure.factors.map(({ variable, levels }) => size(variable) + all(levels))
  const sums = numbers.map((of) => {
    if (of.kind !== 'cells') return 0
    const names = all([...of.numbers, ...of.by].map(({ variable }) => variable))
    return SUMS_BYTES + names + of.by.reduce((cells, { levels }) => cells * levels.length, NUMBER_BYTES)
  })
  return [...columns, ...factors, ...sums].reduce((sum, one) => sum + one, 0)
}

/** The noise of one number: the scale of discrete Laplace noise, or the variance of discrete Gaussian noise. */
export function noiseOf(plan: DpPlan, number: DpNumber): Ratio {
  const { share, mechanism, bounded } = plan
  const move = moveOf(number, bounded.rowsPerSubject)
  const groups = BigInt(bounded.groupsPerSubject)
  if (mechanism === 'discrete-laplace') return { top: groups * move * share.bottom, bottom: share.top }
  return { top: groups * move ** 2n * share.bottom, bottom: 2n * share.top }
}
