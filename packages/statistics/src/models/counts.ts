/**
 * Logistic and Poisson regression on categories, from tables of counts. The table of people by all categories, with the number of
 * events or the sum of outcomes in each cell, gives the same estimates as the rows, so one round is enough.
 */
import { type GramPart, isOfCounted, type ModelResult } from '@stimnet/protocol'
import { pOfNormal, zOfP } from '../distributions.ts'
import { solveWithInverse } from '../linear.ts'
import { ERROR_SHARE } from '../tests/table.ts'
import { combinedOver, followsIn, NOTHING, type OwnFit, sitesShown } from './combine.ts'
import { independentIn, type IntegerMatrix } from './solve.ts'

type Coefficient = ModelResult['coefficients'][number]
/** A fit of a logistic or Poisson model. */
export type CountFit = Omit<ModelResult, 'kind' | 'formula' | 'outcome' | 'site' | 'sites' | 'event'>

/** One cell of the table: its row of the design, its number of people, and their events or the sum of their outcomes. */
interface Cell {
  readonly line: readonly number[]
  readonly n: number
  readonly sum: number
}

interface CountModel {
  readonly family: 'binomial' | 'poisson'
  readonly names: readonly string[]
  readonly cells: readonly Cell[]
}

const STEPS_MAX = 60
/** Change of all linear predictors below which the iteration ends. */
const CHANGE_MIN = 1e-13
/** Expected shares or means that are nearer to the end of their range than this count as the end itself. */
const END = 1e-9

/** Fits the tables of the sites, which must be of one model, as `fitModel` does. Throws RangeError if there is no site or no table. */
export function fitCounts(sites: readonly { readonly site: string; readonly gram: GramPart }[]): ModelResult {
  const [first] = sites
  const fit = first?.gram.fit
  if (first === undefined || !isOfCounted(fit)) throw new RangeError('a model of no table')
  const { formula, outcome, site } = first.gram
  const each = sites.map(({ site: name, gram }) => {
    const model = modelOf(gram)
    return { site: name, fit: fitOf(model), follows: followsIn(designOf(model.names.length, model.cells)) }
  })
  const all =
    site === 'meta' && sites.length > 1
      ? combined(each, { family: fit.family, meta: first.gram.meta })
      : fitOf(site === 'fixed' ? withSites(sites) : joined(sites.map(({ gram }) => modelOf(gram))))
  return {
    kind: 'glm',
    formula,
    outcome,
    site,
    ...all,
    ...(fit.family === 'binomial' ? { event: fit.event } : {}),
    sites: sitesShown(each)
  }
}

/** Whether a part can be a table of counts of its model. */
export function isCountTable({ fit, table, upper, columns, factors, n, intercept, site }: GramPart): boolean {
  if (!isOfCounted(fit) || table === undefined || upper.length > 0) return false
  if (site === 'fixed' && !intercept) return false
  const levelsOf = (name: string) => factors.find((one) => one.name === name)?.levels
  if (table.terms.some((term) => term.some((name) => !table.by.includes(name) || levelsOf(name) === undefined)))
    return false
  const seen = new Set<string>()
  let people = 0
  for (const { levels, n: own, sum } of table.cells) {
    if (levels.length !== table.by.length || !Number.isSafeInteger(own) || own <= 0) return false
    if (levels.some((level, i) => !levelsOf(table.by[i] ?? '')?.includes(level))) return false
    if (fit.family === 'binomial' && BigInt(sum) > BigInt(own)) return false
    seen.add(JSON.stringify(levels))
    people += own
  }
  return seen.size === table.cells.length && people === n && columns.length >= 2
}

/** The table with the row of the design for each cell. */
function modelOf({ fit, table, factors, columns, intercept }: GramPart): CountModel {
  if (!isOfCounted(fit) || table === undefined) throw new RangeError('a model of no table')
  const levelsOf = (name: string) => factors.find((one) => one.name === name)?.levels ?? []
  // Without an intercept, the first category that is a term by itself has a column for each level, as in R.
  const whole = intercept ? undefined : table.terms.find((term) => term.length === 1)
  const lineOf = (levels: readonly string[]) =>
    table.terms.flatMap((term) => {
      if (term.length === 0) return [1]
      const isIn = term.map((name) => {
        const own = levels[table.by.indexOf(name)]
        return levelsOf(name)
          .slice(term === whole ? 0 : 1)
          .map((level) => (level === own ? 1 : 0))
      })
      // The first variable varies fastest, as in the names of the columns.
      return isIn.reduceRight<number[]>((rest, one) => rest.flatMap((value) => one.map((own) => value * own)), [1])
    })
  return {
    family: fit.family,
    names: columns.slice(0, -1).map(({ name }) => name),
    cells: table.cells.map(({ levels, n, sum }) => ({ line: lineOf(levels), n, sum: Number(sum) }))
  }
}

function joined(models: readonly CountModel[]): CountModel {
  const [first] = models
  if (first === undefined) throw new RangeError('a model of no table')
  const cells = new Map<string, Cell>()
  for (const { line, n, sum } of models.flatMap((one) => one.cells)) {
    const known = cells.get(line.join())
    cells.set(line.join(), { line, n: n + (known?.n ?? 0), sum: sum + (known?.sum ?? 0) })
  }
  return { ...first, cells: [...cells.values()] }
}

/** The tables with a column for each site except the first, after the intercept. */
function withSites(sites: readonly { readonly site: string; readonly gram: GramPart }[]): CountModel {
  const models = sites.map(({ gram }) => modelOf(gram))
  const [first] = models
  const others = sites.slice(1).map(({ site }) => `site[${site}]`)
  if (first === undefined || sites[0]?.gram.intercept === false)
    throw new RangeError('the site as a factor, without an intercept')
  return {
    ...first,
    names: [...first.names.slice(0, 1), ...others, ...first.names.slice(1)],
    cells: models.flatMap(({ cells }, at) =>
      cells.map(({ line, ...cell }) => ({
        ...cell,
        line: [...line.slice(0, 1), ...others.map((_, i) => (i + 1 === at ? 1 : 0)), ...line.slice(1)]
      }))
    )
  }
}

/** Maximum likelihood by iteratively reweighted least squares. */
/** The numbers of a fit without a common likelihood. */
export const UNKNOWN_FIT = {
  sigma: null,
  r2: null,
  adjusted_r2: null,
  log_likelihood: null,
  aic: null,
  deviance: null,
  null_deviance: null,
  deviance_df: null,
  dispersion: null
} as const

function fitOf({ family, names, cells }: CountModel): CountFit {
  const kept = independentIn(designOf(names.length, cells))
  const own = cells.map((cell) => ({ ...cell, line: kept.map((at) => cell.line[at] ?? 0) }))
  const n = cells.reduce((sum, cell) => sum + cell.n, 0)
  const df = n - kept.length
  const made = maximised(family, own, kept.length)
  if (made === undefined) {
    return {
      family,
      n,
      df,
      coefficients: names.map((term) => ({ term, ...NOTHING })),
      ...UNKNOWN_FIT,
      code: 'SEPARATED' as const,
      note: 'Separation: for some levels the outcome is the same for everybody, so there are no finite estimates. Leave a term out, or join levels.'
    }
  }
  const reach = zOfP(ERROR_SHARE)
  const coefficients = names.map((term, at): Coefficient => {
    const place = kept.indexOf(at)
    const estimate = made.estimates[place]
    const error = Math.sqrt(made.covariance[place]?.[place] ?? Number.NaN)
    if (estimate === undefined) return { term, ...NOTHING }
    return testedBy({ term, estimate, error, reach, statistic: estimate / error, p: pOfNormal(estimate / error) })
  })
  const deviances = deviancesOf(family, own, made.means)
  const freedoms = cells.length - kept.length
  const pearson = cells.reduce((sum, cell, i) => sum + pearsonOf(family, cell, made.means[i] ?? 0), 0)
  const likelihood = family === 'binomial' ? -deviances.deviance / 2 : null
  const aliased = coefficients.filter(({ estimate }) => estimate === null).map(({ term }) => term)
  return {
    family,
    n,
    df,
    coefficients,
    sigma: null,
    r2: null,
    adjusted_r2: null,
    log_likelihood: likelihood,
    aic: likelihood === null ? null : 2 * kept.length - 2 * likelihood,
    ...deviances,
    deviance_df: family === 'binomial' ? df : freedoms,
    dispersion: freedoms > 0 ? pearson / freedoms : null,
    note:
      aliased.length === 0
        ? ''
        : `Not estimated, because they follow from the terms before them: ${aliased.join(', ')}.`
  }
}

/** A coefficient with its interval and, unless it is the intercept, as a ratio. */
export function testedBy({
  reach,
  ...one
}: {
  readonly term: string
  readonly estimate: number
  readonly error: number
  readonly statistic: number
  readonly p: number
  readonly reach: number
}): Coefficient {
  const interval = [one.estimate - reach * one.error, one.estimate + reach * one.error]
  const ratio = { estimate: Math.exp(one.estimate), interval: interval.map(Math.exp) }
  return { ...one, interval, ...(one.term === '(Intercept)' ? {} : { ratio }) }
}

/** The sums of products of the columns over the people in the cells. */
function designOf(size: number, cells: readonly Cell[]): IntegerMatrix {
  const whole = cells.map(({ line, n }) => ({ line: line.map(BigInt), n: BigInt(n) }))
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) =>
      whole.reduce((sum, { line, n }) => sum + n * (line[i] ?? 0n) * (line[j] ?? 0n), 0n)
    )
  )
}

interface Maximum {
  readonly estimates: readonly number[]
  readonly covariance: readonly (readonly number[])[]
  /** The expected share or mean in each cell. */
  readonly means: readonly number[]
}

/** Undefined if the estimates have no finite maximum, because of separation. */
function maximised(family: CountModel['family'], cells: readonly Cell[], size: number): Maximum | undefined {
  const isBinomial = family === 'binomial'
  const linked = (mean: number) => (isBinomial ? Math.log(mean / (1 - mean)) : Math.log(mean))
  const meanOf = (predictor: number) => (isBinomial ? 1 / (1 + Math.exp(-predictor)) : Math.exp(predictor))
  const weightOf = (mean: number) => (isBinomial ? mean * (1 - mean) : mean)
  let predictors = cells.map(({ n, sum }) => linked(isBinomial ? (sum + 0.5) / (n + 1) : (sum + 0.1) / n))
  let solved: { solution: number[]; inverse: number[][] } | undefined
  for (let step = 0; step < STEPS_MAX; step++) {
    const parts = cells.map(({ n, sum, line }, i) => {
      const mean = meanOf(predictors[i] ?? 0)
      const weight = n * weightOf(mean)
      return { line, weight, response: (predictors[i] ?? 0) + (sum / n - mean) / weightOf(mean) }
    })
    solved = weightedLeastSquares(parts, size)
    if (solved === undefined) return undefined
    const { solution } = solved
    const next = cells.map(({ line }) => line.reduce((sum, value, j) => sum + value * (solution[j] ?? 0), 0))
    const change = Math.max(...next.map((value, i) => Math.abs(value - (predictors[i] ?? 0)) / (1 + Math.abs(value))))
    predictors = next
    const means = next.map(meanOf)
    if (means.some((mean) => mean < END || (isBinomial && mean > 1 - END))) return undefined
    if (change < CHANGE_MIN) return { estimates: solution, covariance: solved.inverse, means }
  }
  if (solved === undefined) return undefined
  return { estimates: solved.solution, covariance: solved.inverse, means: predictors.map(meanOf) }
}

/** Undefined if the normal equations are singular. */
function weightedLeastSquares(
  parts: readonly { readonly line: readonly number[]; readonly weight: number; readonly response: number }[],
  size: number
): { solution: number[]; inverse: number[][] } | undefined {
  const places = Array.from({ length: size }, (_, i) => i)
  return solveWithInverse(
    places.map((i) =>
      places.map((j) => parts.reduce((sum, { line, weight }) => sum + weight * (line[i] ?? 0) * (line[j] ?? 0), 0))
    ),
    places.map((i) => parts.reduce((sum, { line, weight, response }) => sum + weight * (line[i] ?? 0) * response, 0))
  )
}

/** For `binomial` the deviances of single people; for `poisson` the deviances of the sums in the cells. */
function deviancesOf(family: CountModel['family'], cells: readonly Cell[], means: readonly number[]) {
  const all = cells.reduce(({ n, sum }, cell) => ({ n: n + cell.n, sum: sum + cell.sum }), { n: 0, sum: 0 })
  const of = (meanIn: (at: number) => number) =>
    2 * cells.reduce((sum, cell, i) => sum + apart(family, cell, meanIn(i)), 0)
  return { deviance: of((i) => means[i] ?? 0), null_deviance: of(() => all.sum / all.n) }
}

function apart(family: CountModel['family'], { n, sum }: Cell, mean: number): number {
  if (family === 'binomial') return -(times(sum, Math.log(mean)) + times(n - sum, Math.log1p(-mean)))
  return times(sum, Math.log(sum / (n * mean))) - (sum - n * mean)
}

/** 0 times anything is 0. */
function times(count: number, value: number): number {
  return count === 0 ? 0 : count * value
}

function pearsonOf(family: CountModel['family'], { n, sum }: Cell, mean: number): number {
  const variance = family === 'binomial' ? n * mean * (1 - mean) : n * mean
  return (sum - n * mean) ** 2 / variance
}

/** The combined fit of institutions. */
export function combined(
  fits: readonly OwnFit<CountFit>[],
  { family, meta }: { readonly family: CountFit['family']; readonly meta: GramPart['meta'] }
): CountFit {
  const { coefficients, n, df, note } = combinedOver(fits, meta)
  return { family, coefficients: coefficients.map(withRatio), n, df, ...UNKNOWN_FIT, note }
}

/** A combined coefficient as a ratio as well, unless it is the intercept. */
export function withRatio({ between, ...one }: Coefficient): Coefficient {
  const { term, estimate, interval } = one
  if (estimate === null || interval === null || between === undefined) return one
  const ratio = { estimate: Math.exp(estimate), interval: interval.map(Math.exp) }
  return { ...one, ...(term === '(Intercept)' ? {} : { ratio }), between }
}
