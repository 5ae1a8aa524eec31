/** The maximum of a log-likelihood by Newton's steps. */
import { ratioToNumber } from '../../rational.ts'
import type { Steps } from './compensated.ts'
import { decimalText } from './decimal.ts'
import { informationSolved } from './information.ts'

/** The log-likelihood at some estimates. */
export interface Evaluated {
  /** Its gradient, by column. */
  readonly score: Float64Array
  /** The negative second derivatives: the upper triangle, row by row. */
  readonly information: Float64Array
  readonly deviance: number
  /** The weight of each person: in the information matrix, or of a Cox model among the people at risk. */
  readonly weights: Float64Array
  /** The linear predictor of each person. */
  readonly predictors: Float64Array
}

/** Where the steps begin, and the columns that do not follow from others. */
export interface Start {
  readonly kept: readonly number[]
  readonly estimates: readonly number[]
}

const STEPS_MAX = 40
/**
 * Change of all linear predictors below which the iteration ends: it converges quadratically, so the remaining error is far
 * smaller.
 */
const CHANGE_MIN = 1e-7
const HALVINGS_MAX = 12

/**
 * The maximum from a start. A column that follows from earlier columns has the estimate 0. Undefined if there is no finite maximum,
 * because of separation.
 */
export function* maximumFrom(
  start: Start,
  evaluate: (estimates: readonly number[]) => Steps<Evaluated>
): Steps<number[] | undefined> {
  const { kept } = start
  let estimates = [...start.estimates]
  let at = yield* evaluate(estimates)
  for (let step = 0; step < STEPS_MAX; step++) {
    const change = estimates.length === 0 ? undefined : solvedIn(at.information, Array.from(at.score))
    if (change === undefined || change.kept.join() !== kept.join()) return undefined
    const before = at.predictors
    const next = yield* halved(evaluate, { estimates, change: change.solution, deviance: at.deviance })
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

/** The step, halved as often as needed for the deviance not to rise. */
function* halved(
  evaluate: (estimates: readonly number[]) => Steps<Evaluated>,
  { estimates, change, deviance }: { estimates: readonly number[]; change: readonly number[]; deviance: number }
): Steps<{ readonly estimates: number[]; readonly at: Evaluated } | undefined> {
  for (let times = 0; times <= HALVINGS_MAX; times++) {
    const next = estimates.map((value, i) => value + (change[i] ?? 0) / 2 ** times)
    const at = yield* evaluate(next)
    if (at.deviance <= deviance * (1 + 1e-12) + 1e-12) return { estimates: next, at }
  }
  return undefined
}

/** The solution of the equations of an upper triangle, and the columns that do not follow from others; undefined if a number is not finite. */
export function solvedIn(information: Float64Array, right: readonly number[]) {
  const all = [...information, ...right]
  if (!all.every((value) => Math.abs(value) < 1e60)) return undefined
  const solved = informationSolved(Array.from(information, decimalText), right.map(decimalText))
  return { kept: solved.kept, solution: solved.solution.map(({ top, bottom }) => ratioToNumber(top, bottom)) }
}
