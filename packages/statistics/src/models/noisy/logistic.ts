/**
 * Logistic regression on categories from a noisy table of people by all categories and the outcome. The equations of the likelihood are
 * linear in the counts, so noise with mean zero leaves the equations unbiased. Errors cover people and noise together.
 */
import { solveWithInverse } from '../../linear.ts'
import { NO_FIT, NOTHING } from '../combine.ts'
import { columnsOfModel, measureIn } from '../design.ts'
import type { NoisySite } from './gram.ts'
import { cellsOfSums, sumsOfModel } from './sums.ts'
import { type Coefficient, dot, type Matrix, nothingLeft, notesOf, type NoisyFit, tested, times } from './told.ts'

/** The people with some levels: the number with the event and the number without it, each with the variance of its noise. */
interface Cell {
  readonly line: readonly number[]
  readonly events: number
  readonly others: number
  readonly varianceOfEvents: number
  readonly varianceOfOthers: number
}

const STEPS_MAX = 50
/** Change of an estimate at which the steps end, and the largest change of one step. */
const [CHANGE_MIN, CHANGE_MAX] = [1e-10, 2]
/** Estimates beyond this value tend to infinity: it corresponds to a share of one in 3,000. */
const ESTIMATE_MAX = 8
/**
 * The minimum information about a column beyond the other columns, in standard deviations of its noise, and in people with a share of one
 * half. With less, intervals by the normal distribution do not hold.
 */
const [OWN_SDS_MIN, OWN_MIN] = [4, 2]
/** An estimate whose error due to noise alone is above a third of a unit has no valid interval. */
const NOISE_SDS_MIN = 3

/** Fits the table of all sites. Levels that are lost in the noise are left out, with their people. */
export function fitNoisyCounts(sites: readonly NoisySite[], { fixed = false } = {}): NoisyFit {
  const [first] = sites
  if (first === undefined) throw new RangeError('a model of no site')
  const others = fixed ? sites.slice(1).map(({ site }) => `site[${site}]`) : []
  const own = columnsOfModel(measureIn(first.gram))
    .slice(0, -1)
    .map(({ name }) => name)
  const names = [...own.slice(0, 1), ...others, ...own.slice(1)]
  const cells = sites.flatMap(({ gram }, at) =>
    cellsOf(gram).map((cell) => {
      const [intercept = 0, ...rest] = cell.line
      return { ...cell, line: [intercept, ...others.map((_, i) => (i === at - 1 ? 1 : 0)), ...rest] }
    })
  )
  const n = sites.reduce((sum, { gram }) => sum + gram.n, 0)
  const found = fitted(
    cells,
    names.map((_, at) => at),
    first.gram.intercept
  )
  if (found === undefined) return nothingLeft(names, n)
  const { kept, estimates, inverse, noise, information } = found
  const kurtosis = first.gram.noisy.mechanism === 'discrete-laplace' ? 3 : 0
  const coefficients = names.map((term, at): Coefficient => {
    const place = kept.indexOf(at)
    if (place < 0) return { term, ...NOTHING }
    const line = inverse[place] ?? []
    const drawn = noise.map((one) => dot(line, one))
    const ofNoise = dot(drawn, drawn)
    const variance = Math.max(0, dot(line, times(information, line))) + ofNoise
    const fourth = drawn.reduce((sum, one) => sum + one ** 4, 0)
    const known = { estimate: estimates[place] ?? 0, error: Math.sqrt(variance) }
    const told = tested(known, { df: Number.POSITIVE_INFINITY, kurtosis: (kurtosis * fourth) / variance ** 2 })
    const ratio = { estimate: Math.exp(known.estimate), interval: (told.interval ?? []).map(Math.exp) }
    const isIntercept = at === 0 && first.gram.intercept
    return { term, ...told, noise: Math.sqrt(ofNoise), ...(isIntercept ? {} : { ratio }) }
  })
  return { coefficients, n, ...NO_FIT, ...notesOf(coefficients, OTHERS) }
}

const OTHERS = 'The others are estimated without the people who have these.'

function cellsOf(gram: NoisySite['gram']): Cell[] {
  const measure = measureIn(gram)
  const [sum] = sumsOfModel(measure)
  const event = gram.fit?.family === 'binomial' ? gram.fit.event : ''
  const [drawn] = gram.noisy.sums
  if (sum === undefined || drawn === undefined) return []
  const design = columnsOfModel(measure).slice(0, -1)
  const names = sum.by.map(({ variable }) => variable)
  const found = new Map<string, Cell>()
  for (const [at, levels] of cellsOfSums(sum).entries()) {
    const line = design.map((column) =>
      [...column.levels].every(([variable, level]) => levels[names.indexOf(variable)] === level) ? 1 : 0
    )
    const [value, variance] = [drawn.values[at] ?? 0, drawn.sd ** 2]
    const key = JSON.stringify(levels.slice(0, -1))
    const known = found.get(key) ?? { line, events: 0, others: 0, varianceOfEvents: 0, varianceOfOthers: 0 }
    const isEvent = levels.at(-1) === event
    found.set(key, {
      line,
      events: known.events + (isEvent ? value : 0),
      others: known.others + (isEvent ? 0 : value),
      varianceOfEvents: known.varianceOfEvents + (isEvent ? variance : 0),
      varianceOfOthers: known.varianceOfOthers + (isEvent ? 0 : variance)
    })
  }
  return [...found.values()]
}

interface Fitted {
  readonly kept: readonly number[]
  readonly estimates: readonly number[]
  /** The inverse of the information with its noise. */
  readonly inverse: Matrix
  /** The information of the people; a cell counts at least zero people. */
  readonly information: Matrix
  /** The change of the equations by one standard deviation of each noise term. */
  readonly noise: readonly (readonly number[])[]
}

/** The fit without columns whose independent part is too small, and without their people; undefined if nothing is left. */
function fitted(all: readonly Cell[], columns: readonly number[], intercept: boolean): Fitted | undefined {
  let kept = columns
  while (kept.length > 0) {
    const isOut = ({ line }: Cell) => columns.some((at) => !kept.includes(at) && line[at] !== 0)
    const cells = all
      .filter((cell) => !isOut(cell))
      .map((cell) => ({ ...cell, line: kept.map((at) => cell.line[at] ?? 0) }))
    const { estimates, inverse } = solved(cells, kept.length)
    const shares = kept.map((_, at) => ownShare(at, { cells, estimates, inverse }))
    const least = Math.min(...shares)
    if (inverse !== undefined && least > 1) return { kept, estimates, inverse, ...partsOf(cells, estimates) }
    const next = kept.filter((_, at) => (shares[at] ?? 0) > least)
    if (intercept && !next.includes(0)) return undefined
    kept = next
  }
  return undefined
}

/** Newton's steps from no effect at all. */
function solved(
  cells: readonly Cell[],
  size: number
): { readonly estimates: readonly number[]; readonly inverse: Matrix | undefined } {
  let estimates: readonly number[] = Array.from({ length: size }, () => 0)
  let inverse: Matrix | undefined
  for (let step = 0; step < STEPS_MAX; step++) {
    const weighed = cells.map((cell) => ({ cell, mean: meanOf(cell, estimates) }))
    const score = estimates.map((_, i) =>
      weighed.reduce((sum, { cell: { line, events, others }, mean }) => {
        return sum + (line[i] ?? 0) * (events * (1 - mean) - others * mean)
      }, 0)
    )
    const at = solveWithInverse(
      informationOf(cells, estimates, ({ events, others }) => events + others),
      score
    )
    if (at === undefined) return { estimates, inverse: undefined }
    inverse = at.inverse
    const most = Math.max(...at.solution.map(Math.abs))
    const shorter = Math.min(1, CHANGE_MAX / most)
    estimates = estimates.map((one, i) => one + shorter * (at.solution[i] ?? 0))
    if (most < CHANGE_MIN || estimates.some((one) => !(Math.abs(one) < 3 * ESTIMATE_MAX))) break
  }
  return { estimates, inverse }
}

function meanOf({ line }: Cell, estimates: readonly number[]): number {
  return 1 / (1 + Math.exp(-dot(line, estimates)))
}

function informationOf(
  cells: readonly Cell[],
  estimates: readonly number[],
  peopleOf: (cell: Cell) => number
): number[][] {
  const parts = cells.map((cell) => {
    const mean = meanOf(cell, estimates)
    return { line: cell.line, weight: peopleOf(cell) * mean * (1 - mean) }
  })
  return estimates.map((_, i) =>
    estimates.map((__, j) => parts.reduce((sum, { line, weight }) => sum + weight * (line[i] ?? 0) * (line[j] ?? 0), 0))
  )
}

/** The independent part of a column, as a share of the required minimum. The column is fitted above 1. */
function ownShare(
  at: number,
  {
    cells,
    estimates,
    inverse
  }: { readonly cells: readonly Cell[]; readonly estimates: readonly number[]; readonly inverse: Matrix | undefined }
): number {
  const line = inverse?.[at] ?? []
  const own = 1 / (line[at] ?? 0)
  if (!(own > 0)) return own > Number.NEGATIVE_INFINITY ? own : 0
  if (!(Math.abs(estimates[at] ?? 0) < ESTIMATE_MAX)) return 0
  const direction = line.map((one) => one * own)
  const variance = cells.reduce((sum, cell) => {
    const mean = meanOf(cell, estimates)
    return (
      sum + (cell.varianceOfEvents + cell.varianceOfOthers) * (mean * (1 - mean) * dot(direction, cell.line) ** 2) ** 2
    )
  }, 0)
  // The number of people with the event, or without it, can be smaller than its noise even if there are many people.
  const ofNoise = cells.reduce((sum, cell) => {
    const mean = meanOf(cell, estimates)
    const one = cell.varianceOfEvents * (1 - mean) ** 2 + cell.varianceOfOthers * mean ** 2
    return sum + one * dot(direction, cell.line) ** 2
  }, 0)
  return Math.min(own / (OWN_SDS_MIN * Math.sqrt(variance)), own / OWN_MIN, own / (NOISE_SDS_MIN * Math.sqrt(ofNoise)))
}

function partsOf(cells: readonly Cell[], estimates: readonly number[]): Pick<Fitted, 'information' | 'noise'> {
  return {
    information: informationOf(cells, estimates, ({ events, others }) => Math.max(0, events + others)),
    noise: cells.flatMap((cell) => {
      const mean = meanOf(cell, estimates)
      const sds = [Math.sqrt(cell.varianceOfEvents) * (1 - mean), Math.sqrt(cell.varianceOfOthers) * mean]
      return sds.map((sd) => cell.line.map((one) => one * sd))
    })
  }
}
