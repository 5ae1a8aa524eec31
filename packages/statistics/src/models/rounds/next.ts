/**
 * The estimates that follow from one round of a model. Every institution, and everybody who reads the answers, computes them from
 * the same texts in whole numbers, so that nobody has to be trusted.
 */
import type { ModelRoundPart } from '@stimnet/protocol'
import { type Fraction, plus, rootOfRatioToNumber, ratioToNumber } from '../../rational.ts'
import { atOnce, type Steps } from './compensated.ts'
import { decimalOf, decimalText, fractionOfDecimal, isDecimal } from './decimal.ts'
import { informationSolved, summed, upperAt } from './information.ts'
import { hazardsAt, maximumOfHazards, type SeenUntil } from './hazards.ts'
import { evaluatedAt, maximumOf, type Observed } from './likelihood.ts'

/** The parts of one institution's round from which the estimates follow. */
export type RoundSums = Pick<ModelRoundPart, 'round' | 'estimates' | 'score' | 'information'>

/** The estimates after a round. */
export interface RoundStep {
  /** The estimates as decimal text; 0 for a column that follows from earlier columns. */
  readonly estimates: readonly string[]
  /** The columns that are estimated. */
  readonly kept: readonly number[]
  /** The standard error by column; NaN for columns that are not estimated. */
  readonly errors: readonly number[]
  /**
   * The differences from the estimates at which the round was evaluated. Undefined after round 0, in which each institution had
   * its own estimates.
   */
  readonly moved: readonly number[] | undefined
  /** The largest of these differences, in standard errors. */
  readonly change: number | undefined
}

/**
 * The estimates after a round of these institutions. After round 0: the institutions' own estimates, weighted by their
 * information. After any other round: one step of Newton's method from the point at which all institutions evaluated it. The
 * institutions must be of one round of one fit. Throws RangeError if there is none.
 */
export function stepAfter(all: readonly RoundSums[]): RoundStep {
  const [first] = all
  if (first === undefined) throw new RangeError('a round of nobody')
  const information = summed(all.map((one) => one.information))
  const { solution, kept, variances } = informationSolved(information, summedRight(all))
  const errors = variances.map((one) => (one === undefined ? Number.NaN : rootOfRatioToNumber(one.top, one.bottom)))
  if (first.round === 0)
    return { estimates: solution.map(decimalOf), kept, errors, moved: undefined, change: undefined }
  const estimates = solution.map((step, i) =>
    kept.includes(i) ? decimalOf(plus(fractionOfDecimal(first.estimates[i] ?? '0'), step)) : decimalOf(step)
  )
  const moved = solution.map(({ top, bottom }) => ratioToNumber(top, bottom))
  const change = Math.max(0, ...kept.map((i) => Math.abs(moved[i] ?? 0) / (errors[i] ?? 1)))
  return { estimates, kept, errors, moved, change }
}

/**
 * The right side of the equations: the sum of scores or, in round 0, the sum of each institution's information times its own
 * estimates.
 */
function summedRight(all: readonly RoundSums[]): Fraction[] {
  const size = all[0]?.estimates.length ?? 0
  return Array.from({ length: size }, (_, i) =>
    all.flatMap(({ round, estimates, score, information }) => {
      if (round > 0) return [fractionOfDecimal(score[i] ?? '0')]
      return estimates.map((estimate, j) => {
        const entry = information[upperAt(size, Math.min(i, j), Math.max(i, j))]
        return times(fractionOfDecimal(entry ?? '0'), fractionOfDecimal(estimate))
      })
    })
  ).map((terms) => terms.reduce(plus))
}

function times(a: Fraction, b: Fraction): Fraction {
  return { top: a.top * b.top, bottom: a.bottom * b.bottom }
}

/** The numbers that an institution would release in a round, with the data by which the round is judged. */
export interface OwnRound {
  readonly sums: Omit<RoundSums, 'round'> & Pick<ModelRoundPart, 'deviance'>
  /** The information matrix and the weight of each person in it (`weights`); see `Evaluated`. */
  readonly information: Float64Array
  readonly weights: Float64Array
}

/**
 * The numbers of one institution: at the estimates of the round or, without estimates, at its own maximum. Undefined if there is
 * no maximum, because of separation, or if a value is not finite.
 */
export function ownRound(observed: Observed | SeenUntil, estimates?: readonly string[]): OwnRound | undefined {
  return atOnce(ownRoundInSteps(observed, estimates))
}

/** The same in steps. */
export function* ownRoundInSteps(
  observed: Observed | SeenUntil,
  estimates?: readonly string[]
): Steps<OwnRound | undefined> {
  const isCox = observed.family === 'cox'
  const maximum = () => (isCox ? maximumOfHazards(observed) : maximumOf(observed))
  const own = estimates === undefined ? yield* maximum() : estimates.map(Number)
  if (own === undefined) return undefined
  // All other numbers are computed at the released texts of the estimates.
  const texts = estimates ?? own.map(decimalText)
  const at = texts.map(Number)
  const { score, information, deviance, weights } = yield* isCox ? hazardsAt(observed, at) : evaluatedAt(observed, at)
  if (![...score, ...information, deviance].every((value) => Math.abs(value) < 1e60)) return undefined
  const zero = decimalText(0)
  return {
    sums: {
      estimates: texts,
      // At the maximum the score is zero; its remaining rounding error is not released.
      score: Array.from(score, (value) => (estimates === undefined ? zero : decimalText(value))),
      information: Array.from(information, decimalText),
      deviance: decimalText(Math.max(0, deviance))
    },
    information,
    weights
  }
}

/** The standard errors of an institution's own estimates, from its own information; NaN where there is none. */
export function ownErrors({ information, estimates }: RoundSums): readonly number[] {
  const { variances } = informationSolved(information, estimates)
  return variances.map((one) => (one === undefined ? Number.NaN : rootOfRatioToNumber(one.top, one.bottom)))
}

/**
 * Whether the numbers can be those of a round: as many numbers as the columns require, a matrix in which the square of each entry
 * is at most the product of its two diagonal entries, and no gradient in round 0. A dishonest institution may send any numbers.
 */
export function isRound(part: ModelRoundPart, columns: number): boolean {
  const { round, roster, answers, epochs, estimates, score, information, deviance } = part
  if (columns < 1 || estimates.length !== columns || score.length !== columns) return false
  if (information.length !== (columns * (columns + 1)) / 2) return false
  if (![...estimates, ...score, ...information, deviance].every(isDecimal)) return false
  if (roster.some((peer, i) => i > 0 && peer <= (roster[i - 1] ?? ''))) return false
  const isFirst = round === 0
  if (isFirst !== (answers === '') || epochs.length !== (isFirst ? 0 : roster.length)) return false
  if (isFirst && score.some((one) => Number(one) !== 0)) return false
  if (Number(deviance) < 0) return false
  const entry = (i: number, j: number) => Number(information[upperAt(columns, i, j)])
  return estimates.every((_, i) =>
    estimates.every((__, j) => j < i || entry(i, j) ** 2 <= entry(i, i) * entry(j, j) * (1 + ENTRY_SLACK))
  )
}

/** A tolerance for the rounding errors of sums of doubles. */
const ENTRY_SLACK = 1e-9
