/** The families of models, each with the statistic that fits it. */
import { type ModelResult, type SiteEffects, type StatisticCall, statisticSchema } from '@stimnet/protocol'

/** A family by its name in R. */
export interface ModelFamily {
  readonly name: 'gaussian' | 'binomial' | 'poisson' | 'cox'
  /** Name of the statistic that fits models of this family. */
  readonly statistic: string
  /** Title such as `Linear regression`. */
  readonly title: string
  /** The required kind of outcome. */
  readonly outcome: 'number' | 'category' | 'count'
}

/** All families. The first one is the default. */
export const MODEL_FAMILIES: readonly ModelFamily[] = [
  { name: 'gaussian', statistic: 'regression', title: 'Linear regression', outcome: 'number' },
  { name: 'binomial', statistic: 'regression', title: 'Logistic regression', outcome: 'category' },
  { name: 'poisson', statistic: 'regression', title: 'Poisson regression', outcome: 'count' },
  { name: 'cox', statistic: 'regression', title: 'Cox regression', outcome: 'category' }
]

/** The title of a fitted model, such as `Logistic regression of yes`. */
export function modelTitle({ kind, family, event }: ModelResult): string {
  if (kind === 'pca') return 'Principal components'
  if (kind === 'combat') return 'ComBat harmonisation'
  if (kind === 'mixed') return 'Linear mixed model'
  const { title } = familyOf(family === undefined ? {} : { family })
  return event === undefined ? title : `${title} of ${event}`
}

/** The name of the exponential of a coefficient by family. */
export const RATIO_WORDS = { binomial: 'odds ratio', poisson: 'rate ratio', cox: 'hazard ratio' } as const

/** How institutions enter a model, as a phrase. */
export const SITE_WORDS: Readonly<Record<SiteEffects, string>> = {
  none: 'all institutions as one sample',
  fixed: 'with the institution as a factor',
  random: 'with a random intercept of each institution',
  meta: 'one fit per institution, combined by random effects'
}

/** Methods of combining the fits of institutions. */
export const COMBINING = ['reml', 'dl', 'pm', 'fixed'] as const
/** Types of intervals of a combined coefficient. */
export const INTERVALS = ['hartung_knapp', 'wald'] as const

/** How a model with `(1 | subject)` can be estimated: by restricted or by maximum likelihood. */
export const LIKELIHOODS = ['reml', 'ml'] as const

/** A model as it is asked for. */
export interface ModelAsked {
  readonly formula: string
  /** How institutions enter the model. Default: `none`. */
  readonly site?: SiteEffects
  /** For `site: meta`: `reml` (default), `dl` (DerSimonian and Laird), `pm` (Paule and Mandel), or `fixed` (one effect everywhere). */
  readonly method?: (typeof COMBINING)[number]
  /** For `site: meta`: `hartung_knapp` (default) or `wald`. The method `fixed` always uses `wald`. */
  readonly interval?: (typeof INTERVALS)[number]
  /** For a model with `(1 | subject)`: `reml` (default) or `ml`. Use `ml` to compare models with different terms. */
  readonly likelihood?: (typeof LIKELIHOODS)[number]
  /** `gaussian` unless given. */
  readonly family?: ModelFamily['name']
  /** For `binomial` and `cox`: the level that is modelled. Default: the second level. */
  readonly event?: string
  /** For `cox`: the number that says until when each person was seen. */
  readonly time?: string
  /** The table of variables whose names occur in several tables. */
  readonly table?: string
  /** For a model that is fitted in rounds: PeerIds of all its institutions, sorted. Required for such a model. */
  readonly roster?: readonly string[]
  /** With `roster`: the round, default 0, and from round 1 on the receipts of all institutions for the previous round. */
  readonly round?: { readonly round: number; readonly receipts: readonly string[] }
}

/** The family of a model. Throws RangeError for an unknown one. */
export function familyOf({ family = 'gaussian' }: Pick<ModelAsked, 'family'>): ModelFamily {
  const found = MODEL_FAMILIES.find(({ name }) => name === family)
  if (found === undefined) throw new RangeError(`a family ${family}`)
  return found
}

/** The call of the statistic that fits the model. */
export function modelCall(asked: ModelAsked): StatisticCall {
  const { formula, site = 'none', event, time, table, method, interval, likelihood, roster, round } = asked
  const { statistic, name: family } = familyOf(asked)
  const more = {
    ...(method === undefined ? {} : { method }),
    ...(interval === undefined ? {} : { interval }),
    ...(likelihood === undefined || likelihood === 'reml' ? {} : { likelihood }),
    ...(family === 'gaussian' ? {} : { family }),
    ...(event === undefined ? {} : { event }),
    ...(time === undefined ? {} : { time }),
    ...(roster === undefined || family === 'gaussian' ? {} : { roster: [...roster] }),
    ...(round === undefined || round.round === 0 ? {} : { round: round.round, receipts: [...round.receipts] })
  }
  return statisticSchema.parse({
    name: statistic,
    arguments: { formula, site, ...more },
    ...(table === undefined ? {} : { table })
  })
}

/** Whether a statistic is a model. */
export function isModelName(name: string): boolean {
  return MODEL_FAMILIES.some(({ statistic }) => statistic === name)
}
