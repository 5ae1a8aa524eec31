/** Expected error of each column due to noise, computed from the request and the catalog description before anything is spent. */
import type { CatalogDescriptor, GramMeasure, Measure, VariableRef } from '@stimnet/protocol'
import { resolveVariable } from '@stimnet/protocol'
import { columnsOfModel, type NoiseTerm, noiseWithin } from '@stimnet/statistics'
import type { Ratio } from '../mechanisms/exact-bernoulli.ts'
import type { VariableBounds } from './bounds.ts'
import { type DpNumber, moveOf, numberKey, numbersOf } from './numbers.ts'
import { type DpPlan, noiseOf } from './plan.ts'

/** Expected error of one column. */
export interface ColumnError {
  readonly name: string
  readonly kind: Measure['kind']
  /**
   * Standard deviation of the noise, in the column's unit. For a mean, share, spread or covariance, the value is the worst
   * case; for a correlation, it assumes bounds that are three standard deviations from the mean. Null for a quantile or
   * skewness.
   */
  readonly sd: number | null
  /** The largest difference from the exact answer in 19 of 20 answers. Null where `sd` is null. */
  readonly error95: number | null
  /** For a quantile: the largest error of its rank, in rows, in 19 of 20 answers. Null for other columns. */
  readonly rankError95: number | null
  /** Number of rows per group for which the error is stated; null if the error does not depend on the number of rows. */
  readonly assumesRows: number | null
  /**
   * Width of the range of the column: that of the variable's bounds for a mean or standard deviation, 1 for a share, 2 for a
   * correlation. Null for other columns.
   */
  readonly range: number | null
  /**
   * Whether the largest error in 19 of 20 answers exceeds a quarter of the distance between the least and the largest
   * possible value.
   */
  readonly isUseless: boolean
  /** The noise of a column that adds up over institutions, in the column's unit. */
  readonly adds?: NoiseTerm
}

/**
 * The largest useful error, as a share of the range of possible answers. An answer with a larger error to either side leaves
 * half of the range or more possible.
 */
const EXTENT_SHARE_MAX = 0.25

/** Expected errors of all columns, for groups of `rows` rows. */
export function errorsOf(plan: DpPlan, descriptor: CatalogDescriptor, rows: number): ColumnError[] {
  return plan.plan.measures.flatMap((measure) => {
    const own = { ...errorOf(plan, descriptor, measure, rows), extent: extentOf(plan, measure, rows) }
    const columns = measure.kind === 'gram' ? [own, ...coefficientErrors(plan, measure, rows)] : [own]
    return columns.map(({ extent, ...column }) => {
      const error = column.error95 ?? column.rankError95
      return { ...column, isUseless: error !== null && extent !== null && error > EXTENT_SHARE_MAX * extent }
    })
  })
}

/** The error of a column, and the distance between the least and the largest value that it can have, where that is known. */
type ErrorWithin = Omit<ColumnError, 'isUseless'> & { readonly extent: number | null }

/**
 * The error by noise of the coefficients of a model but its intercept. There is no worst case, since without spread there is no estimate:
 * it is given for categories whose levels are equally frequent and do not depend on each other, for numbers whose bounds are three
 * standard deviations from the mean, and small effects. Of a logistic model it is that of log odds, with events in half of all people.
 */
function coefficientErrors(plan: DpPlan, measure: GramMeasure, rows: number): ErrorWithin[] {
  const [people] = plan.numbers
  if (people === undefined) return []
  // All numbers of a plan have the same share, so the noise of each number is the same multiple of its sensitivity.
  const sdEach = spreadOf(plan, people) / Number(moveOf(people, plan.bounded.rowsPerSubject))
  const levelsOf = (variable: VariableRef) =>
    measure.factors.find((one) => one.variable === variable)?.levels.length ?? 1
  const isLogistic = measure.fit !== undefined
  const widthOf = (variable: VariableRef | undefined) =>
    variable === undefined ? 1 : halvesOf(boundsIn(plan, variable)).width
  const outcome = isLogistic ? 1 : widthOf(measure.outcome)
  const cells = measure.factors
    .filter(({ variable }) => variable !== measure.outcome)
    .reduce((product, { levels }) => product * levels.length, 1)
  return columnsOfModel(measure)
    .slice(0, -1)
    .filter(({ levels, number }) => levels.size > 0 || number !== undefined)
    .map(({ name, number, levels }) => {
      const groups = [...levels.keys()].reduce((product, variable) => product * levelsOf(variable), 1)
      // The spread of the column that the other columns do not explain. For a comparison of two groups, half of the share counts.
      const own = (number === undefined ? 1 : SDS_TO_BOUND ** -2) / (groups * 2 ** levels.size)
      const unit = outcome / widthOf(number)
      const weight = isLogistic ? (4 * Math.sqrt(cells * groups * 2 ** (levels.size - 1))) / rows : unit / (rows * own)
      const sd = sdEach * weight
      return {
        name,
        kind: measure.kind,
        sd,
        error95: noiseWithin(plan.mechanism, [{ sd, step: weight / 1000 }]),
        rankError95: null,
        assumesRows: rows,
        range: null,
        extent: isLogistic ? LOG_ODDS_EXTENT : number === undefined ? 2 * unit : unit
      }
    })
}

/** From odds of 1 to 7 to odds of 7 to 1. */
const LOG_ODDS_EXTENT = 4

function errorOf(
  plan: DpPlan,
  descriptor: CatalogDescriptor,
  measure: Measure,
  rows: number
): Omit<ColumnError, 'isUseless'> {
  const none = { sd: null, error95: null, rankError95: null, assumesRows: null }
  const named = { name: measure.name, kind: measure.kind, range: rangeOf(plan, measure), ...none }
  if (measure.kind === 'quantile') {
    const { breakpoints } = resolveVariable(descriptor, measure.variable, plan.plan.tables).variable
    return { ...named, rankError95: rankError(plan, measure, breakpoints.length + 1) }
  }
  const terms = termsOf(plan, measure, rows)
  if (terms === null) return named
  const [sd, error95] = [Math.hypot(...terms.map((term) => term.sd)), noiseWithin(plan.mechanism, terms)]
  // A square root changes by at most the square root of the change of its argument.
  if (measure.kind === 'sd') return { ...named, sd: Math.sqrt(sd), error95: Math.sqrt(error95), assumesRows: rows }
  // For a table: the noise of one cell, since all cells have the same noise.
  const [one] = terms
  const adds = one && { sd, step: one.step }
  return isAdding(measure)
    ? { ...named, sd, error95, ...(adds && { adds }) }
    : { ...named, sd, error95, assumesRows: rows }
}

function isAdding({ kind }: Measure): boolean {
  return kind === 'subjects' || kind === 'rows' || kind === 'count' || kind === 'sum' || kind === 'gram'
}

function rangeOf(plan: DpPlan, measure: Measure): number | null {
  if (measure.kind === 'share') return 1
  if (measure.kind === 'correlation') return 2
  if (measure.kind !== 'mean' && measure.kind !== 'sd') return null
  const { decimals, lower, upper } = boundsIn(plan, measure.variable)
  return Number(upper - lower) / 10 ** decimals
}

/**
 * The distance between the least and the largest possible value of a column; for a quantile, of its rank. Null where the
 * column has no bound.
 */
function extentOf(plan: DpPlan, measure: Measure, rows: number): number | null {
  const widthOf = (variable: VariableRef) => 2 * halvesOf(boundsIn(plan, variable)).width
  switch (measure.kind) {
    case 'subjects':
    case 'rows':
    case 'count':
    case 'quantile':
    case 'gram':
      return rows
    case 'sum':
      return rows * widthOf(measure.variable)
    case 'variance':
      return widthOf(measure.variable) ** 2 / 4
    case 'covariance':
      return (widthOf(measure.variables[0]) * widthOf(measure.variables[1])) / 2
    default:
      return rangeOf(plan, measure)
  }
}

/** Rows per group for which errors are reported: the catalog's rounded number of subjects, divided by the number of groups. */
export function rowsAssumed({ groups }: Pick<DpPlan, 'groups'>, { subjectsRounded }: CatalogDescriptor): number {
  return Math.max(1, Math.round(subjectsRounded / groups))
}

/** The numbers of a plan from which a column is computed. */
export function numbersIn(plan: DpPlan, measure: Measure): DpNumber[] {
  const known = new Map(plan.numbers.map((number) => [numberKey(number), number]))
  return numbersOf(measure, (variable) => boundsIn(plan, variable)).map(
    (number) => known.get(numberKey(number)) ?? number
  )
}

/** The bounds of a variable whose values a plan adds up. Throws TypeError for any other variable. */
export function boundsIn(plan: DpPlan, variable: VariableRef): VariableBounds {
  const found = plan.bounds.find((bounds) => bounds.variable === variable)
  if (found === undefined) throw new TypeError('a plan without the bounds of its own variable')
  return found
}

/** Standard deviation of the noise in a number, in the whole units of the number; for Gaussian noise its σ. */
export function spreadOf(plan: DpPlan, number: DpNumber): number {
  return sdOfNoise(plan.mechanism, noiseOf(plan, number))
}

function sdOfNoise(mechanism: DpPlan['mechanism'], noise: Ratio): number {
  const size = Number(noise.top) / Number(noise.bottom)
  if (mechanism === 'discrete-gaussian') return Math.sqrt(size)
  const decay = Math.exp(-1 / size)
  // Above a scale of one million the difference to the continuous distribution is below the precision of a double.
  return size > 1e6 ? Math.SQRT2 * size : Math.sqrt(2 * decay) / (1 - decay)
}

/**
 * Half a unit of a variable (`step`), in which distances from the middle of its bounds are counted, and the distance from
 * the middle to a bound (`width`).
 */
export function halvesOf({ decimals, lower, upper }: VariableBounds): {
  readonly step: number
  readonly width: number
} {
  const step = 10 ** -decimals / 2
  return { step, width: Number(upper - lower) * step }
}

/**
 * The noise terms of a column, each multiplied by the change of the column per unit of noise. This is the worst case over
 * all positions of the values between their bounds. Null for a measure without a useful bound.
 */
function termsOf(plan: DpPlan, measure: Measure, rows: number): NoiseTerm[] | null {
  const spreads = numbersIn(plan, measure).map((number) => spreadOf(plan, number))
  const term = (at: number, weight: number): NoiseTerm => ({ sd: (spreads[at] ?? 0) * weight, step: weight })
  switch (measure.kind) {
    case 'subjects':
    case 'rows':
    case 'count':
      return [term(0, 1)]
    case 'gram': {
      const numbers = numbersIn(plan, measure)
      const isPeople = (of: DpNumber) => of.kind === 'cells' && of.numbers.length === 0 && of.by.length === 0
      const people = numbers.find(isPeople) ?? numbers[0]
      const cells = people?.kind === 'cells' ? people.by.reduce((product, { levels }) => product * levels.length, 1) : 1
      return Array.from({ length: cells }, () => term(0, 1))
    }
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
      // By Cauchy and Schwarz, the product of the distances of both means less the covariance
      // is at most the product of both widths.
      const each = [x.width * y.width, y.width * x.step, x.width * y.step, x.step * y.step]
      return each.map((weight, at) => term(at, weight / rows))
    }
    case 'correlation': {
      const [x, y] = measure.variables.map((variable) => halvesOf(boundsIn(plan, variable))) as [Halves, Halves]
      // Measured in units of the standard deviations. The weight of the squares is largest at a correlation of one, where it
      // is one half.
      const [stepX, stepY] = [x, y].map(({ step, width }) => (SDS_TO_BOUND * step) / width) as [number, number]
      return [stepX ** 2 / 2, stepY ** 2 / 2, stepX * stepY].map((weight, at) => term(3 + at, weight / rows))
    }
    default:
      return null
  }
}

/**
 * Distance from the mean to the bounds, in standard deviations, that is assumed for a correlation. No bound holds for every
 * correlation, because without spread a correlation is only noise. So the error is stated for bounds that fit the data well.
 */
const SDS_TO_BOUND = 3

type Halves = ReturnType<typeof halvesOf>

/**
 * Error of the rank, which is the rows below less q times all rows: noise in a bin below counts 1 - q times, noise in a bin
 * above q times. The worst case takes the larger factor for all bins.
 */
function rankError(plan: DpPlan, measure: Extract<Measure, { kind: 'quantile' }>, bins: number): number {
  const [number] = numbersIn(plan, measure)
  const weight = Math.max(measure.q, 1 - measure.q)
  const sd = number === undefined ? 0 : spreadOf(plan, number) * weight
  return noiseWithin(
    plan.mechanism,
    Array.from({ length: bins }, () => ({ sd, step: weight }))
  )
}
