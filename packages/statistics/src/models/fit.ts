/** Fits from the released parts of sites: one entry point for linear models, for models of counts, and for components. */
import type { GramPart, ModelResult } from '@stimnet/protocol'
import { fitCombat, isOfFeatures } from './combat.ts'
import { NO_FIT } from './combine.ts'
import { componentsOf } from './components.ts'
import { fitCounts, isCountTable } from './counts.ts'
import { addGrams, gramOf, isGram } from './gram.ts'
import { fitPeople, fitRandomSites, isOfClusters } from './mixed/mixed.ts'
import { fitNoisyModel, isNoisyPart } from './noisy/result.ts'
import { fitRounds, isRoundPart } from './rounds/result.ts'
import { fitLinear, type SiteGram } from './regression.ts'

/**
 * Fits a model to the released parts of the sites, which must be of one model. `none` fits all rows as one sample and gives the
 * same result as a fit of the pooled rows; `fixed` adds the site as a factor; `random` gives each site its own intercept from a
 * normal distribution (a single site has no such intercept and is fitted as `none`); `meta` fits each site separately and
 * combines each coefficient by random effects (restricted likelihood, interval by Hartung and Knapp). Throws RangeError if there
 * is no site.
 */
export function fitModel(sites: readonly SiteGram[]): ModelResult {
  const [first] = sites
  const family = first?.gram.fit?.family
  if (first?.gram.noisy !== undefined) return fitNoisyModel(sites)
  if (first?.gram.clusters !== undefined) return fitPeople(sites)
  if (family === undefined && first?.gram.site === 'random')
    return sites.length > 1 ? fitRandomSites(sites) : ofOneSite(fitLinear(sites))
  if (family === undefined) return fitLinear(sites)
  if (sites.some(({ gram }) => gram.round !== undefined)) return fitRounds(sites)
  if (family === 'combat') return fitCombat(sites)
  return family === 'components' ? fitComponents(sites) : fitCounts(sites)
}

/** Like `fitModel`, for the answer of one site, without a table of sites. */
export function fitOwnModel(gram: GramPart): ModelResult {
  const { sites: _, ...result } = fitModel([{ site: '', gram }])
  return result
}

/** Whether a part can be the answer of a site for a model: a dishonest site may send anything. */
export function isModelPart(part: GramPart): boolean {
  const family = part.fit?.family
  if (part.noisy !== undefined) return isNoisyPart(part)
  if (part.round !== undefined) return part.site !== 'random' && part.clusters === undefined && isRoundPart(part)
  if (family === 'cox') return false
  if (family === 'binomial' || family === 'poisson')
    return part.site !== 'random' && part.clusters === undefined && isCountTable(part)
  if (family !== undefined && part.site === 'random') return false
  if (!isOfFeatures(part)) return false
  return part.table === undefined && isGram(part) && isOfClusters(part) && (family === undefined || part.intercept)
}

function ofOneSite(fit: ModelResult): ModelResult {
  const why = 'One institution alone has no variance between institutions: it is fitted without their intercepts.'
  return { ...fit, note: [fit.note, why].filter((text) => text !== '').join(' ') }
}

function fitComponents(sites: readonly SiteGram[]): ModelResult {
  const [first] = sites
  const all = addGrams(sites.map(({ gram }) => gramOf(gram)))
  const fit = first?.gram.fit
  if (first === undefined || all === undefined || fit?.family !== 'components')
    throw new RangeError('a model of no site')
  const components = componentsOf(all, fit.scaled)
  return {
    kind: 'pca',
    formula: first.gram.formula,
    outcome: first.gram.outcome,
    site: first.gram.site,
    coefficients: [],
    n: all.n,
    ...NO_FIT,
    ...(components === undefined ? {} : { components }),
    note: components === undefined ? 'A variable does not vary: it cannot be scaled.' : ''
  }
}
