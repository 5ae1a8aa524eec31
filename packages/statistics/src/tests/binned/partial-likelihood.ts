/** Cox's partial likelihood of groups of people on grids, with Efron's method for ties, and its maximum. */
import { quadraticForm, solveWithInverse } from '../../linear.ts'
import type { RiskSet } from './risk-sets.ts'

/** The risk sets of all strata, and the design. */
export interface Hazards {
  /** The risk sets in which somebody had the event. */
  readonly steps: readonly RiskSet[]
  /** By group, the indices of the columns that are 1; the other columns are 0. */
  readonly lines: readonly (readonly number[])[]
  /** Number of columns. */
  readonly size: number
}

/** The log-likelihood at some estimates. */
interface Evaluated {
  readonly likelihood: number
  readonly score: readonly number[]
  /** The negative second derivatives. */
  readonly information: readonly (readonly number[])[]
}

/** The largest likelihood. */
export interface Maximum {
  readonly estimates: readonly number[]
  readonly covariance: readonly (readonly number[])[]
  /** Twice the difference of the log-likelihoods at the estimates and at zero. */
  readonly ratio: number
}

/** Estimates without a finite maximum: the last step towards it, by column. */
export interface RunningAway {
  readonly steps: readonly number[]
}

/**
 * Maximum number of Newton steps. Seven are usual; an estimate without a finite maximum moves by about one with each step, and
 * then stands for a ratio beyond e^20.
 */
const STEPS_MAX = 25
const HALVINGS_MAX = 20
/** Change of the estimates below which the iteration ends: the remaining error is about the square of the change. */
const CHANGE_MIN = 1e-9

/** The columns that follow from others in every risk set, so that their estimates are not defined. */
export function aliasedIn(hazards: Hazards): readonly number[] {
  return dependentIn(evaluatedAt(hazards, new Array<number>(hazards.size).fill(0)))
}

/**
 * The maximum by Newton's method, beginning at zero. A step is halved as often as needed if the likelihood would fall. No column
 * may be aliased.
 */
export function maximumOf(hazards: Hazards): Maximum | RunningAway {
  let estimates = new Array<number>(hazards.size).fill(0)
  let at = evaluatedAt(hazards, estimates)
  const start = at.likelihood
  let last: readonly number[] = estimates
  for (let step = 0; step < STEPS_MAX; step++) {
    const solved = solveWithInverse(at.information, at.score)
    const next = solved && halved(hazards, { estimates, change: solved.solution, likelihood: at.likelihood })
    if (next === undefined) return { steps: last }
    last = next.estimates.map((value, i) => value - (estimates[i] ?? 0))
    ;({ estimates, at } = next)
    if (last.every((moved) => Math.abs(moved) < CHANGE_MIN)) {
      const inverse = solveWithInverse(at.information, at.score)?.inverse
      if (inverse === undefined || dependentIn(at).length > 0) return { steps: last }
      return { estimates, covariance: inverse, ratio: 2 * (at.likelihood - start) }
    }
  }
  return { steps: last }
}

/** Rounding errors of a sum of logarithms, as a share of it. */
const LIKELIHOOD_SLACK = 1e-12

function halved(
  hazards: Hazards,
  from: { readonly estimates: readonly number[]; readonly change: readonly number[]; readonly likelihood: number }
): { estimates: number[]; at: Evaluated } | undefined {
  const least = from.likelihood - LIKELIHOOD_SLACK * Math.abs(from.likelihood)
  for (let times = 0; times <= HALVINGS_MAX; times++) {
    const estimates = from.estimates.map((value, i) => value + (from.change[i] ?? 0) / 2 ** times)
    const at = evaluatedAt(hazards, estimates)
    if (at.likelihood >= least) return { estimates, at }
  }
  return undefined
}

/** The check uses the scale of correlations, so that a rare level is not mistaken for a column that follows from others. */
function dependentIn({ information }: Evaluated): readonly number[] {
  const scale = information.map((row, i) => Math.sqrt(row[i] ?? 0))
  const scaled = information.map((row, i) =>
    row.map((value, j) => (value === 0 ? 0 : value / ((scale[i] ?? 0) * (scale[j] ?? 0))))
  )
  return quadraticForm(scaled, scale).dependent
}

function evaluatedAt({ steps, lines, size }: Hazards, estimates: readonly number[]): Evaluated {
  const predictors = lines.map((line) => line.reduce((sum, column) => sum + (estimates[column] ?? 0), 0))
  const weights = predictors.map(Math.exp)
  const score = new Array<number>(size).fill(0)
  const information = score.map(() => new Array<number>(size).fill(0))
  let likelihood = 0
  for (const { d, n } of steps) {
    const deaths = d.reduce((sum, own) => sum + own, 0)
    const risk = weighted(n, weights, lines, size)
    const dying = weighted(d, weights, lines, size)
    const ties = tiesOf(deaths, risk.sum, dying.sum)
    likelihood += d.reduce((sum, own, g) => sum + own * (predictors[g] ?? 0), 0) - ties.logarithms
    for (const [g, line] of lines.entries()) {
      for (const i of line) score[i] = (score[i] ?? 0) + (d[g] ?? 0)
    }
    addStep({ risk, dying, ties }, score, information)
  }
  return { likelihood, score, information }
}

/** Sums of people's weights: in total (`sum`), by column (`first`), and by pair of columns. */
interface Weighted {
  readonly sum: number
  readonly first: readonly number[]
  readonly second: readonly (readonly number[])[]
}

function weighted(
  people: readonly number[],
  weights: readonly number[],
  lines: Hazards['lines'],
  size: number
): Weighted {
  const first = new Array<number>(size).fill(0)
  const second = first.map(() => new Array<number>(size).fill(0))
  let sum = 0
  for (const [g, line] of lines.entries()) {
    const own = (people[g] ?? 0) * (weights[g] ?? 0)
    if (own === 0) continue
    sum += own
    for (const i of line) {
      first[i] = (first[i] ?? 0) + own
      for (const j of line) (second[i] as number[])[j] = (second[i]?.[j] ?? 0) + own
    }
  }
  return { sum, first, second }
}

/**
 * Sums over the deaths of one interval. For each death, the share of the dying that died before it is taken from those at risk:
 * 0, 1/d, 2/d … `one` is a sum of 1/left, `square` of 1/left²; `share…` and `shares…` have the share and its square in the
 * numerator.
 */
interface Ties {
  readonly logarithms: number
  readonly one: number
  readonly shareOne: number
  readonly square: number
  readonly shareSquare: number
  readonly sharesSquare: number
}

/** The loop over deaths contains only numbers: there can be many deaths, and everything else is the same for all of them. */
function tiesOf(deaths: number, risk: number, dying: number): Ties {
  let [logarithms, one, shareOne, square, shareSquare, sharesSquare] = [0, 0, 0, 0, 0, 0]
  for (let before = 0; before < deaths; before++) {
    const share = before / deaths
    const left = risk - share * dying
    const own = 1 / left
    logarithms += Math.log(left)
    one += own
    shareOne += share * own
    square += own * own
    shareSquare += share * own * own
    sharesSquare += share * share * own * own
  }
  return { logarithms, one, shareOne, square, shareSquare, sharesSquare }
}

/** Subtracts the expected columns from the score, and adds their covariances to the information. */
function addStep(
  { risk, dying, ties }: { readonly risk: Weighted; readonly dying: Weighted; readonly ties: Ties },
  score: number[],
  information: readonly number[][]
): void {
  for (const [i, row] of information.entries()) {
    const [a, b] = [risk.first[i] ?? 0, dying.first[i] ?? 0]
    score[i] = (score[i] ?? 0) - (a * ties.one - b * ties.shareOne)
    for (const j of row.keys()) {
      const [c, d] = [risk.first[j] ?? 0, dying.first[j] ?? 0]
      const both = (risk.second[i]?.[j] ?? 0) * ties.one - (dying.second[i]?.[j] ?? 0) * ties.shareOne
      const product = a * c * ties.square - (a * d + b * c) * ties.shareSquare + b * d * ties.sharesSquare
      row[j] = (row[j] ?? 0) + both - product
    }
  }
}
