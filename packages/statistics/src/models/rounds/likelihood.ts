/** Log-likelihoods of logistic and Poisson models with canonical links, over the people of one institution. */
import { ratioToNumber } from '../../rational.ts'
import { informationSolved, upperAt } from './information.ts'
import { BLOCK, CompensatedSums, type Steps } from './compensated.ts'
import { decimalText } from './decimal.ts'

/** A family whose model is fitted in rounds. */
export type RoundFamily = 'binomial' | 'poisson'

/** The people of a model: the values of each column of the design, and the outcomes. For `binomial` the outcomes are 0 and 1. */
export interface Observed {
  readonly family: RoundFamily
  readonly columns: readonly Float64Array[]
  readonly outcome: Float64Array
}

/** The log-likelihood at some estimates. */
export interface Evaluated {
  /** Its gradient, by column. */
  readonly score: Float64Array
  /** The negative second derivatives: the upper triangle, row by row. */
  readonly information: Float64Array
  readonly deviance: number
  /** The weight of each person in the information matrix. */
  readonly weights: Float64Array
  /** The linear predictor of each person. */
  readonly predictors: Float64Array
}

/**
 * The gradient, information matrix and deviance at some estimates. Numbers are infinite if the model expects more than a double
 * can hold.
 */
export function* evaluatedAt(observed: Observed, estimates: readonly number[]): Steps<Evaluated> {
  const { family, columns, outcome } = observed
  const [predictors, weights] = [new Float64Array(outcome.length), new Float64Array(outcome.length)]
  const residuals = new Float64Array(BLOCK)
  const score = new CompensatedSums(columns.length)
  const information = new Information(columns)
  const own: Own = { mean: 0, weight: 0, apart: 0 }
  let deviance = 0
  for (let from = 0; from < outcome.length; from += BLOCK) {
    const count = Math.min(BLOCK, outcome.length - from)
    predict(predictors, { columns, estimates, from, count })
    for (let i = 0; i < count; i++) {
      const y = outcome[from + i] as number
      expect(own, { family, predictor: predictors[from + i] as number, y })
      residuals[i] = y - own.mean
      weights[from + i] = own.weight
      deviance += 2 * own.apart
    }
    score.add(0, residuals, { others: columns, from, count })
    information.add(weights, { from, count })
    yield
  }
  return { score: score.values, information: information.upper, deviance, weights, predictors }
}

/** The weighted products of every two columns, summed block by block. */
class Information {
  readonly #columns: readonly Float64Array[]
  readonly #sums: CompensatedSums
  readonly #weighted = new Float64Array(BLOCK)

  constructor(columns: readonly Float64Array[]) {
    this.#columns = columns
    this.#sums = new CompensatedSums((columns.length * (columns.length + 1)) / 2)
  }

  add(weights: Float64Array, { from, count }: { readonly from: number; readonly count: number }): void {
    const size = this.#columns.length
    for (const [i, one] of this.#columns.entries()) {
      for (let row = 0; row < count; row++)
        this.#weighted[row] = (one[from + row] as number) * (weights[from + row] as number)
      this.#sums.add(upperAt(size, i, i), this.#weighted, { others: this.#columns.slice(i), from, count })
    }
  }

  /** The upper triangle, row by row. */
  get upper(): Float64Array {
    return this.#sums.values
  }
}

const STEPS_MAX = 40
/**
 * Change of all linear predictors below which the iteration ends: it converges quadratically, so the remaining error is far
 * smaller.
 */
const CHANGE_MIN = 1e-7
const HALVINGS_MAX = 12

/**
 * Maximum likelihood by iteratively reweighted least squares. A column that follows from earlier columns has the estimate 0.
 * Undefined if there is no finite maximum, because of separation.
 */
export function* maximumOf(observed: Observed): Steps<number[] | undefined> {
  const { columns } = observed
  const first = yield* startingStep(observed)
  if (first === undefined) return undefined
  const { kept } = first
  let estimates = first.estimates
  let at = yield* evaluatedAt(observed, estimates)
  for (let step = 0; step < STEPS_MAX; step++) {
    const change = stepFrom(at, columns.length)
    if (change === undefined || change.kept.join() !== kept.join()) return undefined
    const before = at.predictors
    const next = yield* halved(observed, { estimates, change: change.solution, deviance: at.deviance })
    if (next === undefined) return undefined
    ;({ estimates, at } = next)
    if (largestChange(before, at.predictors) < CHANGE_MIN) return estimates
  }
  return undefined
}

/** The largest relative change of a predictor. */
function largestChange(before: Float64Array, after: Float64Array): number {
  let most = 0
  for (let row = 0; row < after.length; row++) {
    const value = after[row] as number
    most = Math.max(most, Math.abs(value - (before[row] as number)) / (1 + Math.abs(value)))
  }
  return most
}

/** Weighted least squares from the outcomes themselves. */
function* startingStep({
  family,
  columns,
  outcome
}: Observed): Steps<{ readonly kept: readonly number[]; readonly estimates: number[] } | undefined> {
  const [weights, moved] = [new Float64Array(outcome.length), new Float64Array(BLOCK)]
  const own: Own = { mean: 0, weight: 0, apart: 0 }
  const right = new CompensatedSums(columns.length)
  const information = new Information(columns)
  for (let from = 0; from < outcome.length; from += BLOCK) {
    const count = Math.min(BLOCK, outcome.length - from)
    for (let i = 0; i < count; i++) {
      const y = outcome[from + i] as number
      const predictor = family === 'binomial' ? Math.log((y + 0.5) / (1.5 - y)) : Math.log(y + 0.1)
      expect(own, { family, predictor, y })
      weights[from + i] = own.weight
      moved[i] = predictor * own.weight
    }
    right.add(0, moved, { others: columns, from, count })
    information.add(weights, { from, count })
    yield
  }
  const solved = solvedIn(information.upper, Array.from(right.values))
  return solved && { kept: solved.kept, estimates: solved.solution }
}

function stepFrom({ information, score }: Evaluated, size: number) {
  return size === 0 ? undefined : solvedIn(information, Array.from(score))
}

/** The step, halved as often as needed for the deviance not to rise. */
function* halved(
  observed: Observed,
  { estimates, change, deviance }: { estimates: readonly number[]; change: readonly number[]; deviance: number }
): Steps<{ readonly estimates: number[]; readonly at: Evaluated } | undefined> {
  for (let times = 0; times <= HALVINGS_MAX; times++) {
    const next = estimates.map((value, i) => value + (change[i] ?? 0) / 2 ** times)
    const at = yield* evaluatedAt(observed, next)
    if (at.deviance <= deviance * (1 + 1e-12) + 1e-12) return { estimates: next, at }
  }
  return undefined
}

function solvedIn(information: Float64Array, right: readonly number[]) {
  const all = [...information, ...right]
  if (!all.every((value) => Math.abs(value) < 1e60)) return undefined
  const solved = informationSolved(Array.from(information, decimalText), right.map(decimalText))
  return { kept: solved.kept, solution: solved.solution.map(({ top, bottom }) => ratioToNumber(top, bottom)) }
}

/** Fills the predictors of a block. */
function predict(
  predictors: Float64Array,
  {
    columns,
    estimates,
    from,
    count
  }: {
    readonly columns: readonly Float64Array[]
    readonly estimates: readonly number[]
    readonly from: number
    readonly count: number
  }
): void {
  for (const [i, column] of columns.entries()) {
    const estimate = estimates[i] ?? 0
    if (estimate === 0) continue
    for (let row = from; row < from + count; row++)
      predictors[row] = (predictors[row] as number) + estimate * (column[row] as number)
  }
}

/** What a model expects of one person. */
interface Own {
  mean: number
  /** The variance of the outcome. */
  weight: number
  /** Half of the deviance. */
  apart: number
}

/** Computes what a model expects of a person, with one exponential function: it takes most of the time. */
function expect(own: Own, { family, predictor, y }: { family: RoundFamily; predictor: number; y: number }): void {
  if (family === 'poisson') {
    const mean = Math.exp(predictor)
    own.mean = mean
    own.weight = mean
    own.apart = (y === 0 ? 0 : y * (Math.log(y) - predictor)) - (y - mean)
    return
  }
  // Of the size of the predictor alone, so that neither outcome loses its digits where its probability is near zero.
  const small = Math.exp(-Math.abs(predictor))
  const large = 1 / (1 + small)
  own.mean = predictor >= 0 ? large : small * large
  own.weight = small * large * large
  own.apart = Math.max(predictor, 0) - y * predictor + Math.log1p(small)
}
