/** The families of models that can be fitted, each with the statistic that fits it. */
import { type ModelResult, type SiteEffects, type StatisticCall, statisticSchema } from '@stimnet/protocol'

/** A family by its name in R, and what it is for. */
export interface ModelFamily {
  readonly name: 'gaussian' | 'binomial' | 'poisson'
  /** The name of the statistic that fits it. */
  readonly statistic: string
  /** Such as `Linear regression`. */
  readonly title: string
  /** What its outcome must be. */
  readonly outcome: 'number' | 'category' | 'count'
}

/** The families that there are. The first is taken unless another is given. */
export const MODEL_FAMILIES: readonly ModelFamily[] = [
  { name: 'gaussian', statistic: 'regression', title: 'Linear regression', outcome: 'number' },
  { name: 'binomial', statistic: 'regression', title: 'Logistic regression', outcome: 'category' },
  { name: 'poisson', statistic: 'regression', title: 'Poisson regression', outcome: 'count' }
]

/** What a fitted model is, such as `Logistic regression of yes`. */
export function modelTitle({ kind, family, event }: ModelResult): string {
  if (kind === 'pca') return 'Principal components'
  if (kind === 'combat') return 'ComBat harmonisation'
  if (kind === 'mixed') return 'Linear mixed model'
  const { title } = familyOf(family === undefined ? {} : { family })
  return event === undefined ? title : `${title} of ${event}`
}

/** How institutions enter a model, in words. */
export const SITE_WORDS: Readonly<Record<SiteEffects, string>> = {
  none: 'all institutions as one sample',
  fixed: 'with the institution as a factor',
  random: 'with a random intercept of each institution',
  meta: 'one fit per institution, combined by random effects'
}

/** How the fits of institutions can be combined. */
export const COMBINING = ['reml', 'dl', 'pm', 'fixed'] as const
/** The intervals that a combined coefficient can have. */
export const INTERVALS = ['hartung_knapp', 'wald'] as const

/** How a model with `(1 | subject)` can be estimated: by restricted or by maximum likelihood. */
export const LIKELIHOODS = ['reml', 'ml'] as const

/** A model as it is asked for. */
export interface ModelAsked {
  readonly formula: string
  /** `none` unless given. */
  readonly site?: SiteEffects
  /** Of `site: meta`: `reml` unless given, `dl` (DerSimonian and Laird), `pm` (Paule and Mandel), or `fixed`: one effect everywhere. */
  readonly method?: (typeof COMBINING)[number]
  /** Of `site: meta`: `hartung_knapp` unless given, or `wald`; of the method `fixed` always `wald`. */
  readonly interval?: (typeof INTERVALS)[number]
  /** Of a model with `(1 | subject)`: `reml` unless given. Models with different terms are compared by `ml`. */
  readonly likelihood?: (typeof LIKELIHOODS)[number]
  /** `gaussian` unless given. */
  readonly family?: ModelFamily['name']
  /** Of `binomial`: the level that is modelled; the second one unless given. */
  readonly event?: string
  /** The table of names that several tables have. */
  readonly table?: string
  /** Of a model that is fitted in rounds: PeerIds of all its institutions, sorted. Without it no such model is asked for. */
  readonly roster?: readonly string[]
  /** With `roster`: the round, 0 unless given, and from round 1 on the receipt of each institution for the round before. */
  readonly round?: { readonly round: number; readonly receipts: readonly string[] }
}

/** The family that a model is of. Throws RangeError for one that there is not. */
export function familyOf({ family = 'gaussian' }: Pick<ModelAsked, 'family'>): ModelFamily {
  const found = MODEL_FAMILIES.find(({ name }) => name === family)
  if (found === undefined) throw new RangeError(`a family ${family}`)
  return found
}

/** The statistic that is asked for. */
export function modelCall(asked: ModelAsked): StatisticCall {
  const { formula, site = 'none', event, table, method, interval, likelihood, roster, round } = asked
  const { statistic, name: family } = familyOf(asked)
  const more = {
    ...(method === undefined ? {} : { method }),
    ...(interval === undefined ? {} : { interval }),
    ...(likelihood === undefined || likelihood === 'reml' ? {} : { likelihood }),
    ...(family === 'gaussian' ? {} : { family }),
    ...(event === undefined ? {} : { event }),
    ...(roster === undefined || family === 'gaussian' ? {} : { roster: [...roster] }),
    ...(round === undefined || round.round === 0 ? {} : { round: round.round, receipts: [...round.receipts] })
  }
  return statisticSchema.parse({
    name: statistic,
    arguments: { formula, site, ...more },
    ...(table === undefined ? {} : { table })
  })
}

/** Whether a statistic of that name is a model. */
export function isModelName(name: string): boolean {
  return MODEL_FAMILIES.some(({ statistic }) => statistic === name)
}
