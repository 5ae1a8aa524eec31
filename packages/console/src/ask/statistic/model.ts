/** A model on the form. The formula is what is stored; the controls read and write it. */
import type { SiteEffects } from '@stimnet/protocol'
import {
  type CheckedModel,
  checkModel,
  type FoundCatalog,
  type FormulaTerms,
  type LIKELIHOODS,
  type ModelAsked,
  type ModelFamily,
  modelCall,
  readFormula,
  writeFormula
} from '@stimnet/sdk'
import { isNumeric, type SharedVariable } from '../../words/variable.ts'
import { personIn } from './random.ts'

/** The model part of the form. */
export interface ModelDraft {
  readonly formula: string
  readonly site: SiteEffects
  readonly family: ModelFamily['name']
  /** For a logistic model: the level that is modelled; empty for the second level. */
  readonly event: string
  /** For random effects of each person: restricted or maximum likelihood. */
  readonly likelihood: (typeof LIKELIHOODS)[number]
}

/** No model yet. */
export const NO_MODEL: ModelDraft = { formula: '', site: 'none', family: 'gaussian', event: '', likelihood: 'reml' }

/** Maximum number of numeric variables in a model besides the outcome. */
export const NUMBERS_MAX = 7
/** Maximum number of categorical variables; each adds at least one coefficient. */
export const FACTORS_MAX = 24

/** How institutions can enter the model, with texts for the form. */
export const SITE_CHOICES: readonly { readonly value: SiteEffects; readonly label: string; readonly hint: string }[] = [
  {
    value: 'none',
    label: 'One sample',
    hint: 'All people as one sample. Differences between institutions are not adjusted for.'
  },
  { value: 'fixed', label: 'Institution as a factor', hint: 'People are compared within their own institution.' },
  {
    value: 'random',
    label: 'Random intercept of each institution',
    hint: 'Institutions differ by an intercept from a normal distribution; the result has its variance and the ICC. For five institutions or more.'
  },
  {
    value: 'meta',
    label: 'One fit each, combined',
    hint: 'One fit per institution; each coefficient is combined by random effects, with the differences between institutions.'
  }
]

/**
 * Parses a formula and writes names as `table.variable`. Names that the catalog does not have stay unchanged. Undefined if the text
 * is not a formula.
 */
export function readModel(
  formula: string,
  variables: readonly SharedVariable[],
  table?: string
): FormulaTerms | undefined {
  const read = readFormula(formula)
  if (read === undefined) return undefined
  const refOf = (name: string) => fullName(name, table, variables)
  const terms = read.terms.map((term) => [...new Set(term.map(refOf))])
  return { ...read, outcome: refOf(read.outcome), terms, ...slopesOf(read, refOf) }
}

/** The random terms with another name for the time of a slope. */
function slopesOf({ random }: FormulaTerms, nameOf: (name: string) => string): Pick<FormulaTerms, 'random'> {
  if (random === undefined) return {}
  return { random: random.map((one) => (one.slope === undefined ? one : { ...one, slope: nameOf(one.slope) })) }
}

/** A model that the controls can show, because the catalog has all of its variables. Undefined for any other text. */
export function shownModel(formula: string, variables: readonly SharedVariable[]): FormulaTerms | undefined {
  const read = readModel(formula, variables)
  const slopes = (read?.random ?? []).flatMap(({ slope }) => slope ?? [])
  const names = read === undefined ? [] : [read.outcome, ...read.terms.flat(), ...slopes]
  return names.every((name) => variables.some(({ ref }) => ref === name)) ? read : undefined
}

/** Writes the formula with short names of variables; with `table.variable` if several tables have the name. */
export function writeModel(model: FormulaTerms, variables: readonly SharedVariable[]): string {
  const nameOf = (ref: string) => {
    const known = variables.find((one) => one.ref === ref)
    if (known === undefined) return ref
    const alike = variables.filter(({ variable }) => variable.name === known.variable.name)
    return alike.length === 1 ? known.variable.name : ref
  }
  const written = onceEach(model.terms).map((term) => term.map(nameOf))
  return writeFormula({ ...model, outcome: nameOf(model.outcome), terms: written, ...slopesOf(model, nameOf) })
}

/** The name as `table.variable` if exactly one variable has that name; otherwise the name unchanged. */
export function fullName(name: string, table: string | undefined, variables: readonly SharedVariable[]): string {
  if (variables.some(({ ref }) => ref === name)) return name
  const alike = variables.filter((one) => one.variable.name === name && (table === undefined || one.table === table))
  return alike.length === 1 ? (alike[0]?.ref ?? name) : name
}

/** The model with another outcome; terms that contain the new outcome are removed. */
export function withOutcome(terms: FormulaTerms | undefined, outcome: string): FormulaTerms {
  const { intercept = true, terms: all = [] } = terms ?? {}
  return { ...terms, outcome, intercept, terms: all.filter((term) => !term.includes(outcome)) }
}

/** The model with the chosen ones of the offered variables. A variable that is not chosen is removed with its products. */
export function withVariables(
  model: FormulaTerms,
  offered: readonly string[],
  chosen: readonly string[]
): FormulaTerms {
  const left = offered.filter((ref) => !chosen.includes(ref))
  const kept = model.terms.filter((term) => !term.some((ref) => left.includes(ref)))
  const singles = new Set(singlesIn({ ...model, terms: kept }))
  const added = chosen.filter((ref) => !singles.has(ref)).map((ref) => [ref])
  const [own, products] = [kept.filter((term) => term.length === 1), kept.filter((term) => term.length > 1)]
  return { ...model, terms: [...own, ...added, ...products] }
}

/** The variables that are terms on their own, not only in products. */
export function singlesIn({ terms }: FormulaTerms): string[] {
  return terms.flatMap((term) => (term.length === 1 ? term : []))
}

/** A product of two variables that a model can have. */
export interface Pair {
  readonly refs: readonly [string, string]
  readonly isChosen: boolean
}

/** The possible products of two chosen variables; two numbers have no product. */
export function pairsIn(model: FormulaTerms, variables: readonly SharedVariable[]): Pair[] {
  const singles = [...new Set(singlesIn(model))]
  const isNumber = (ref: string) => variables.some((one) => one.ref === ref && isNumeric(one.variable))
  return singles.flatMap((one, at) =>
    singles.slice(at + 1).flatMap((other): Pair[] => {
      if (isNumber(one) && isNumber(other)) return []
      const isChosen = model.terms.some((term) => term.length === 2 && term.includes(one) && term.includes(other))
      return [{ refs: [one, other], isChosen }]
    })
  )
}

/** The model with or without a product. A larger product that contains the removed one is removed with it. */
export function withPair(model: FormulaTerms, { refs, isChosen }: Pair): FormulaTerms {
  const [one, other] = refs
  const terms = isChosen
    ? model.terms.filter((term) => !(term.includes(one) && term.includes(other)))
    : [...model.terms, [one, other]]
  return { ...model, terms }
}

/** Products of more than two variables, which only the text of the formula can express. */
export function largerIn({ terms }: FormulaTerms): string[] {
  return onceEach(terms.filter((term) => term.length > 2)).map((term) => term.join(' × '))
}

function onceEach(terms: FormulaTerms['terms']): FormulaTerms['terms'] {
  return [...new Map(terms.map((term) => [[...term].sort().join(':'), term])).values()]
}

/** Whether a variable can be the outcome of a family: a number, a category with two levels or more, or a count. */
export function isOutcome({ outcome }: Pick<ModelFamily, 'outcome'>, { variable }: SharedVariable): boolean {
  if (outcome === 'number') return isNumeric(variable)
  if (outcome === 'category') return variable.type === 'category' && variable.levels.length > 1
  return variable.type === 'integer' && variable.minimum !== null && variable.minimum >= 0
}

/** Whether a number among the terms of a family makes the institutions fit the model in rounds. */
export function isOfCounts({ family }: Pick<ModelDraft, 'family'>): boolean {
  return family !== 'gaussian'
}

/** Whether the institutions fit the model together in rounds: a logistic or Poisson model with a number as a term. */
export function isInRounds(model: ModelDraft, asked: readonly FoundCatalog[]): boolean {
  const checked = isOfCounts(model) ? checkedModel(model, asked) : undefined
  return checked?.ok === true && checked.inRounds
}

/** The model with another family. Settings that only the old family has are reset. */
export function withFamily(model: ModelDraft, family: ModelDraft['family']): ModelDraft {
  const site = family !== 'gaussian' && model.site === 'random' ? 'none' : model.site
  return { ...NO_MODEL, site, family }
}

/**
 * The call of a model, with only the arguments that the statistic has. A model in rounds names its institutions; its first question is
 * round 0.
 */
export function callOfModel(model: ModelDraft, asked: readonly FoundCatalog[]) {
  const roster = isInRounds(model, asked) ? { roster: rosterOf(asked) } : {}
  const { name, variables, by, arguments: given } = modelCall({ ...askedOf(model), ...roster })
  return { name, variables: [...variables], by: [...by], arguments: { ...given } }
}

/** The PeerIds of all institutions of a fit, as its roster has them. */
export function rosterOf(asked: readonly FoundCatalog[]): string[] {
  return asked.map(({ peer_id }) => peer_id).sort()
}

function askedOf({ formula, site, family, event, likelihood }: ModelDraft): ModelAsked {
  const isOfPeople = personIn(readFormula(formula)) !== undefined
  return {
    formula,
    site,
    family,
    ...(family === 'binomial' && event !== '' ? { event } : {}),
    ...(isOfPeople ? { likelihood } : {})
  }
}

/** The model checked against the catalogs of the institutions asked; undefined if there is no formula or no institution. */
export function checkedModel(model: ModelDraft, asked: readonly FoundCatalog[]): CheckedModel | undefined {
  if (model.formula.trim() === '' || asked.length === 0) return undefined
  return checkModel(asked, { ...askedOf(model), roster: rosterOf(asked) })
}

/** Missing parts of a model, as sentences. */
export function missingInModel(model: ModelDraft, asked: readonly FoundCatalog[]): string[] {
  if (model.formula.trim() === '') return ['Choose the outcome of the model, or write its formula.']
  const checked = checkedModel(model, asked)
  return checked === undefined || checked.ok ? [] : [checked.error.reason]
}
