/** A model on the form: its formula is what is kept, and the controls read and write it. */
import type { SiteEffects } from '@stimnet/protocol'
import {
  type CheckedModel,
  checkModel,
  type FoundCatalog,
  type FormulaTerms,
  type ModelAsked,
  type ModelFamily,
  modelCall,
  readFormula,
  writeFormula
} from '@stimnet/sdk'
import { isNumeric, type SharedVariable } from '../../words/variable.ts'

/** The model part of the form. */
export interface ModelDraft {
  readonly formula: string
  readonly site: SiteEffects
  readonly family: ModelFamily['name']
  /** Of a logistic model: the level that is modelled; empty for the second one. */
  readonly event: string
}

/** No model yet. */
export const NO_MODEL: ModelDraft = { formula: '', site: 'none', family: 'gaussian', event: '' }

/** The numeric variables that a model can use besides its outcome. */
export const NUMBERS_MAX = 7
/** The categorical variables; each adds at least one coefficient. */
export const FACTORS_MAX = 24

/** The form's words for how institutions enter the model. */
export const SITE_CHOICES: readonly { readonly value: SiteEffects; readonly label: string; readonly hint: string }[] = [
  {
    value: 'none',
    label: 'One sample',
    hint: 'All people as if in one file. Differences between institutions are not adjusted for.'
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
    hint: 'Each institution by itself; each coefficient is combined by random effects, and says how institutions differ in it.'
  }
]

/** The formula in `table.variable`; names that the catalog does not have stay as they are written. Undefined for a text that is none. */
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

/** A model that the controls can show: its names are all variables of the catalog. Undefined for any other text. */
export function shownModel(formula: string, variables: readonly SharedVariable[]): FormulaTerms | undefined {
  const read = readModel(formula, variables)
  const names = read === undefined ? [] : [read.outcome, ...read.terms.flat()]
  return names.every((name) => variables.some(({ ref }) => ref === name)) ? read : undefined
}

/** The formula with the short names of variables, where the catalog has one of that name alone. */
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

/** `table.variable`, where the catalog has one variable of that name. */
export function fullName(name: string, table: string | undefined, variables: readonly SharedVariable[]): string {
  if (variables.some(({ ref }) => ref === name)) return name
  const alike = variables.filter((one) => one.variable.name === name && (table === undefined || one.table === table))
  return alike.length === 1 ? (alike[0]?.ref ?? name) : name
}

/** The model with another outcome, which is no term any more. */
export function withOutcome(terms: FormulaTerms | undefined, outcome: string): FormulaTerms {
  const { intercept = true, terms: all = [] } = terms ?? {}
  return { ...terms, outcome, intercept, terms: all.filter((term) => !term.includes(outcome)) }
}

/** The model with these of the offered variables in it, and no others of them; a product goes with its variables. */
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

/** The variables that are terms by themselves. */
export function singlesIn({ terms }: FormulaTerms): string[] {
  return terms.flatMap((term) => (term.length === 1 ? term : []))
}

/** A product of two that can be in a model. */
export interface Pair {
  readonly refs: readonly [string, string]
  readonly isChosen: boolean
}

/** The products of two of the chosen variables; of two numbers there is none. */
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

/** The model with or without a product. One of three that it is in cannot stay without it. */
export function withPair(model: FormulaTerms, { refs, isChosen }: Pair): FormulaTerms {
  const [one, other] = refs
  const terms = isChosen
    ? model.terms.filter((term) => !(term.includes(one) && term.includes(other)))
    : [...model.terms, [one, other]]
  return { ...model, terms }
}

/** Products of more than two, which only the text of a formula can hold. */
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

/** Whether the institutions would fit a model of this family together in rounds if a number were among its terms. */
export function isInRoundsOfNumbers({ family }: Pick<ModelDraft, 'family'>): boolean {
  return family !== 'gaussian'
}

/** The model with another family. What only the other one had goes with it. */
export function withFamily(model: ModelDraft, family: ModelDraft['family']): ModelDraft {
  const site = family !== 'gaussian' && model.site === 'random' ? 'none' : model.site
  return { formula: '', site, family, event: '' }
}

/** The call of a model, with the arguments that it knows. */
export function callOfModel(model: ModelDraft) {
  const { name, variables, by, arguments: given } = modelCall(askedOf(model))
  return { name, variables: [...variables], by: [...by], arguments: { ...given } }
}

function askedOf({ formula, site, family, event }: ModelDraft): ModelAsked {
  return { formula, site, family, ...(family === 'binomial' && event !== '' ? { event } : {}) }
}

/** The model against the catalogs of those who are asked; undefined before there is a formula, or where nobody is asked. */
export function checkedModel(model: ModelDraft, asked: readonly FoundCatalog[]): CheckedModel | undefined {
  return model.formula.trim() === '' || asked.length === 0 ? undefined : checkModel(asked, askedOf(model))
}

/** What a model still lacks, in words. */
export function missingInModel(model: ModelDraft, asked: readonly FoundCatalog[]): string[] {
  if (model.formula.trim() === '') return ['Choose the outcome of the model, or write its formula.']
  const checked = checkedModel(model, asked)
  return checked === undefined || checked.ok ? [] : [checked.error.reason]
}
