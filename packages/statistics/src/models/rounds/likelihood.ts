/** Log-likelihoods of logistic and Poisson models with canonical links, over the people of one institution. */
import { upperAt } from './information.ts'
import { BLOCK, CompensatedSums, type Steps } from './compensated.ts'
import { type Evaluated, maximumFrom, solvedIn, type Start } from './newton.ts'

/** A family with one outcome of each person, whose model is fitted in rounds. */
export type CountedFamily = 'binomial' | 'poisson'

/** The people of a model: the values of each column of the design, and the outcomes. For `binomial` the outcomes are 0 and 1. */
export interface Observed {
  readonly family: CountedFamily
  readonly columns: readonly Float64Array[]
  readonly outcome: Float64Array
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

/** The maximum; undefined if there is no finite one, because of separation. */
export function* maximumOf(observed: Observed): Steps<number[] | undefined> {
  const first = yield* startingStep(observed)
  return first && (yield* maximumFrom(first, (estimates) => evaluatedAt(observed, estimates)))
}

/** Weighted least squares from the outcomes themselves. */
function* startingStep({ family, columns, outcome }: Observed): Steps<Start | undefined> {
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
function expect(own: Own, { family, predictor, y }: { family: CountedFamily; predictor: number; y: number }): void {
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
