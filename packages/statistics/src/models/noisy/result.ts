/** Models from noisy sums: of one site, of all sites together, and of each site separately. Sums are pooled as they were drawn. */
import type { GramPart, ModelResult, NoisyModel } from '@stimnet/protocol'
import { columnsOfModel, measureIn } from '../design.ts'
import { combinedOver, NO_FIT, type OwnFit, sitesShown } from '../combine.ts'
import { withRatio } from '../counts.ts'
import type { SiteGram } from '../regression.ts'
import { noisyGramOf, type NoisySite } from './gram.ts'
import { fitNoisy } from './linear.ts'
import { fitNoisyCounts } from './logistic.ts'
import { cellsOfSums, type ModelSums, orderIn, sumsOfModel } from './sums.ts'
import type { NoisyFit } from './told.ts'

/** Fits the noisy sums of the sites, which must be of one model; see `fitModel`. Throws RangeError without a site. */
export function fitNoisyModel(sites: readonly SiteGram[]): ModelResult {
  const noisy = sites.filter(isNoisySite)
  const [first] = noisy
  if (first === undefined) throw new RangeError('a model of no site')
  const {
    formula,
    outcome,
    site,
    fit,
    noisy: { mechanism, sums }
  } = first.gram
  const each = noisy.map((one) => ({ site: one.site, fit: fitOf([one], false), follows: [] }))
  const all =
    site === 'meta' && noisy.length > 1
      ? combined(each, first.gram)
      : fitOf(noisy, site === 'fixed' && noisy.length > 1)
  return {
    kind: fit?.family === 'binomial' ? 'glm' : 'regression',
    formula,
    outcome,
    site,
    ...all,
    ...(fit?.family === 'binomial' ? { family: fit.family, event: fit.event } : {}),
    noise: { mechanism, sums: sums.reduce((all, { values }) => all + values.length, 0) },
    sites: sitesShown(each)
  }
}

function combined(each: readonly OwnFit<NoisyFit>[], { meta, fit }: GramPart): NoisyFit {
  const { coefficients, n, df, note } = combinedOver(each, meta)
  return {
    ...NO_FIT,
    coefficients: fit === undefined ? coefficients : coefficients.map(withRatio),
    n,
    df,
    note
  }
}

function isNoisySite(one: SiteGram): one is NoisySite {
  return one.gram.noisy !== undefined
}

function fitOf(sites: readonly NoisySite[], fixed: boolean): NoisyFit {
  return sites[0]?.gram.fit?.family === 'binomial'
    ? fitNoisyCounts(sites, { fixed })
    : fitNoisy(noisyGramOf(sites, { fixed }))
}

/** Whether a part can be the noisy sums of its model: a dishonest site may send anything. */
export function isNoisyPart(part: GramPart): boolean {
  const { noisy, fit, site, intercept, upper, table, round, clusters, columns } = part
  if (noisy === undefined || (fit !== undefined && fit.family !== 'binomial')) return false
  if (site === 'random' || (site === 'fixed' && !intercept)) return false
  if (upper.length > 0 || table !== undefined || round !== undefined || clusters !== undefined) return false
  return Number.isFinite(part.n) && isOfSums(part, noisy) && hasColumns(part, columns)
}

function hasColumns(part: GramPart, columns: GramPart['columns']): boolean {
  const names = columnsOfModel(measureIn(part)).map(({ name }) => name)
  return JSON.stringify(names) === JSON.stringify(columns.map(({ name }) => name))
}

function isOfSums(part: GramPart, { sums, variables }: NoisyModel): boolean {
  const expected = sumsIn(part)
  if (expected === undefined || expected.length !== sums.length) return false
  const numbers = new Set(expected.flatMap((one) => one.numbers))
  const isKnown = [...numbers].every((name) => variables.filter((one) => one.name === name).length === 1)
  const areBounds = variables.every(({ centre, width, step }) => Number.isFinite(centre) && width > 0 && step > 0)
  const people = sums.find(({ numbers: of, by }) => of.length === 0 && (by.length === 0 || part.fit !== undefined))
  const counted = people?.values.reduce((sum, value) => sum + value, 0)
  return (
    isKnown &&
    areBounds &&
    counted === part.n &&
    expected.every((one, at) => {
      const drawn = sums[at]
      const by = one.by.map(({ variable }) => variable)
      return (
        drawn !== undefined &&
        JSON.stringify([drawn.numbers, drawn.by]) === JSON.stringify([one.numbers, by]) &&
        drawn.values.length === cellsOfSums(one).length &&
        drawn.values.every(Number.isFinite) &&
        Number.isFinite(drawn.sd) &&
        drawn.sd > 0
      )
    })
  )
}

/**
 * Maximum numbers of columns and cells of a model: more than any question needs, and few enough to be counted for the part of a dishonest
 * site.
 */
const [COLUMNS_MAX, CELLS_MAX] = [50, 4096]

/** The sums that the formula of a part needs; undefined for a formula that cannot be read, or that no question can have. */
function sumsIn(part: GramPart): ModelSums[] | undefined {
  try {
    const measure = measureIn(part)
    const many = (variables: readonly string[]) =>
      variables.reduce(
        (all, one) => all * (measure.factors.find(({ variable }) => variable === one)?.levels.length ?? 1),
        1
      )
    const columns = measure.terms.reduce((sum, term) => sum + many(term), 0)
    const isTable = part.fit?.family === 'binomial'
    if (columns > COLUMNS_MAX || (isTable && many(orderIn(measure)) > CELLS_MAX)) return undefined
    return sumsOfModel(measure)
  } catch {
    return undefined
  }
}
