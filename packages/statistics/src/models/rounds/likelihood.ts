/** Log-likelihoods of logistic and Poisson models with canonical links, over the people of one institution. */
import { ratioToNumber } from '../../rational.ts'
import { informationSolved, upperAt } from './information.ts'
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
}

/**
 * The gradient, information matrix and deviance at some estimates. Numbers are infinite if the model expects more than a double
 * can hold.
 */
export function evaluatedAt({ family, columns, outcome }: Observed, estimates: readonly number[]): Evaluated {
  const predictors = predictorsAt(columns, estimates)
  const residuals = new Float64Array(outcome.length)
  const weights = new Float64Array(outcome.length)
  let deviance = 0
  for (let row = 0; row < outcome.length; row++) {
    const [y, predictor] = [outcome[row] ?? 0, predictors[row] ?? 0]
    const mean = meanOf(family, predictor)
    residuals[row] = y - mean
    weights[row] = weightOf(family, predictor, mean)
    deviance += 2 * apart(family, y, predictor)
  }
  return {
    score: Float64Array.from(columns, (column) => product(column, residuals)),
    information: informationOf(columns, weights),
    deviance,
    weights
  }
}

const STEPS_MAX = 40
/**
 * Change of all linear predictors below which the iteration ends: it converges quadratically, so the remaining error is far
 * smaller.
 */
const CHANGE_MIN = 1e-9
const HALVINGS_MAX = 12

/**
 * Maximum likelihood by iteratively reweighted least squares. A column that follows from earlier columns has the estimate 0.
 * Undefined if there is no finite maximum, because of separation.
 */
export function maximumOf(observed: Observed): number[] | undefined {
  const { family, columns, outcome } = observed
  const start = outcome.map((y) => (family === 'binomial' ? Math.log((y + 0.5) / (1.5 - y)) : Math.log(y + 0.1)))
  const first = startingStep(observed, start)
  if (first === undefined) return undefined
  const { kept } = first
  let estimates = first.estimates
  let at = evaluatedAt(observed, estimates)
  for (let step = 0; step < STEPS_MAX; step++) {
    const change = stepFrom(at, columns.length)
    if (change === undefined || change.kept.join() !== kept.join()) return undefined
    const before = predictorsAt(columns, estimates)
    const next = halved(observed, { estimates, change: change.solution, deviance: at.deviance })
    if (next === undefined) return undefined
    ;({ estimates, at } = next)
    const moved = predictorsAt(columns, estimates).reduce(
      (most, value, row) => Math.max(most, Math.abs(value - (before[row] ?? 0)) / (1 + Math.abs(value))),
      0
    )
    if (moved < CHANGE_MIN) return estimates
  }
  return undefined
}

/** Weighted least squares from the outcomes themselves. */
function startingStep({ family, columns }: Observed, start: Float64Array) {
  const weights = start.map((predictor) => weightOf(family, predictor, meanOf(family, predictor)))
  const information = informationOf(columns, weights)
  const right = columns.map((column) =>
    product(
      column,
      start.map((value, row) => value * (weights[row] ?? 0))
    )
  )
  const solved = solvedIn(information, right)
  return solved && { kept: solved.kept, estimates: solved.solution }
}

function stepFrom({ information, score }: Evaluated, size: number) {
  return size === 0 ? undefined : solvedIn(information, Array.from(score))
}

/** The step, halved as often as needed for the deviance not to rise. */
function halved(
  observed: Observed,
  { estimates, change, deviance }: { estimates: readonly number[]; change: readonly number[]; deviance: number }
) {
  for (let times = 0; times <= HALVINGS_MAX; times++) {
    const next = estimates.map((value, i) => value + (change[i] ?? 0) / 2 ** times)
    const at = evaluatedAt(observed, next)
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

function predictorsAt(columns: readonly Float64Array[], estimates: readonly number[]): Float64Array {
  const found = new Float64Array(columns[0]?.length ?? 0)
  for (const [i, column] of columns.entries()) {
    const estimate = estimates[i] ?? 0
    if (estimate === 0) continue
    for (let row = 0; row < found.length; row++) found[row] = (found[row] ?? 0) + estimate * (column[row] ?? 0)
  }
  return found
}

function informationOf(columns: readonly Float64Array[], weights: Float64Array): Float64Array {
  const found = new Float64Array((columns.length * (columns.length + 1)) / 2)
  const weighted = new Float64Array(weights.length)
  for (const [i, one] of columns.entries()) {
    for (let row = 0; row < weighted.length; row++) weighted[row] = (one[row] ?? 0) * (weights[row] ?? 0)
    for (let j = i; j < columns.length; j++) {
      const other = columns[j]
      if (other !== undefined) found[upperAt(columns.length, i, j)] = product(weighted, other)
    }
  }
  return found
}

/** The sum of products, with compensation for rounding errors. */
function product(one: Float64Array, other: Float64Array): number {
  let [sum, lost] = [0, 0]
  for (let row = 0; row < one.length; row++) {
    const term = (one[row] ?? 0) * (other[row] ?? 0)
    const next = sum + term
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum
    sum = next
  }
  return sum + lost
}

function meanOf(family: RoundFamily, predictor: number): number {
  return family === 'binomial' ? 1 / (1 + Math.exp(-predictor)) : Math.exp(predictor)
}

function weightOf(family: RoundFamily, predictor: number, mean: number): number {
  // The mean of the other outcome is computed directly: one minus the mean would lose all digits near one.
  return family === 'binomial' ? mean / (1 + Math.exp(predictor)) : mean
}

/** Half of the deviance of one person. */
function apart(family: RoundFamily, y: number, predictor: number): number {
  if (family === 'binomial') return Math.max(predictor, 0) - y * predictor + Math.log1p(Math.exp(-Math.abs(predictor)))
  const mean = Math.exp(predictor)
  return (y === 0 ? 0 : y * (Math.log(y) - predictor)) - (y - mean)
}
