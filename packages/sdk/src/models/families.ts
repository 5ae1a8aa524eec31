/** The families of models that can be fitted, each with the statistic that fits it. */
import { type SiteEffects, type StatisticCall, statisticSchema } from '@stimnet/protocol'

/** A family by its name in R, and what it is for. */
export interface ModelFamily {
  readonly name: 'gaussian'
  /** The name of the statistic that fits it. */
  readonly statistic: string
  /** Such as `Linear regression`. */
  readonly title: string
  /** What its outcome must be. */
  readonly outcome: 'number'
}

/** The families that there are. The first is taken unless another is given. */
export const MODEL_FAMILIES: readonly ModelFamily[] = [
  { name: 'gaussian', statistic: 'regression', title: 'Linear regression', outcome: 'number' }
]

/** How institutions enter a model, in words. */
export const SITE_WORDS: Readonly<Record<SiteEffects, string>> = {
  none: 'all institutions as one sample',
  fixed: 'with the institution as a factor',
  meta: 'one fit per institution, combined by random effects'
}

/** A model as it is asked for. */
export interface ModelAsked {
  readonly formula: string
  /** `none` unless given. */
  readonly site?: SiteEffects
  /** `gaussian` unless given. */
  readonly family?: ModelFamily['name']
  /** The table of names that several tables have. */
  readonly table?: string
}

/** The family that a model is of. Throws RangeError for one that there is not. */
export function familyOf({ family = 'gaussian' }: Pick<ModelAsked, 'family'>): ModelFamily {
  const found = MODEL_FAMILIES.find(({ name }) => name === family)
  if (found === undefined) throw new RangeError(`a family ${family}`)
  return found
}

/** The statistic that is asked for. */
export function modelCall(asked: ModelAsked): StatisticCall {
  const { formula, site = 'none', table } = asked
  const { statistic: name } = familyOf(asked)
  return statisticSchema.parse({ name, arguments: { formula, site }, ...(table === undefined ? {} : { table }) })
}

/** Whether a statistic of that name is a model. */
export function isModelName(name: string): boolean {
  return MODEL_FAMILIES.some(({ statistic }) => statistic === name)
}
