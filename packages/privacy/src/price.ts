/**
 * Information price of a question per variable, computed before the question is asked, from the question and the catalog
 * description alone.
 */
import {
  type CatalogDescriptor,
  type Filter,
  type GramMeasure,
  type Measure,
  type Plan,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { columnsFitted, gramIn } from '@stimnet/statistics'
import { refsIn } from './judge/defining.ts'
import { type FactsOf, factsIn, variableFacts } from './judge/facts.ts'
import { bitsMaxOf, bitsOfCount, bitsOfSum } from './judge/information.ts'
import { questionsIn, totalsAsked } from './model/questions.ts'
import { fewestOfSize } from './judge/model-people.ts'
import { numbersAbout, numbersEach, roundsIn } from './model/rounds/rounds.ts'
import { isPreset } from './rules/presets.ts'
import { type PrivacySettings, effectiveSettings } from './rules/settings.ts'

/** The information price of a question for one variable. */
export interface InformationPrice {
  readonly variable: VariableRef
  /** Number of values about the variable, over all possible groups. */
  readonly numbers: number
  /** Average bits that these numbers disclose about each person's value. */
  readonly bits: number
  /** Maximum bits that may be disclosed about each person's value. */
  readonly max: number
}

/** The inputs of a price besides the question. */
export interface PriceTerms {
  readonly facts: FactsOf
  readonly settings: PrivacySettings & { readonly synthetic: boolean }
  /** Number of subjects as stated in the description, rounded down. */
  readonly subjectsRounded: number
  /** Number of groups that the keys can make. */
  readonly groups: number
  /** Variables in the conditions of the question. */
  readonly conditions: readonly VariableRef[]
}

/**
 * Number of sums of powers and products that each measure discloses. A share, a quantile and a count disclose numbers of
 * people instead.
 */
const SUMS: Readonly<Partial<Record<Measure['kind'], number>>> = {
  sum: 1,
  mean: 1,
  variance: 2,
  sd: 2,
  skewness: 3,
  kurtosis: 4,
  covariance: 3,
  correlation: 3
}

/**
 * The price at a catalog of which only the description is known. Assumes the preset of the description, or `default` if that
 * preset is unknown, and the default precision.
 */
export function priceByDescription(
  descriptor: CatalogDescriptor,
  { plan, where }: { readonly plan: Plan; readonly where: Filter | undefined }
): InformationPrice[] {
  const settings = effectiveSettings({ preset: isPreset(descriptor.preset) ? descriptor.preset : 'default' })
  const facts = factsIn(variableFacts(descriptor))
  const cells = plan.groupBy.reduce((product, { variable }) => product * ((facts(variable).cells ?? 1) + 1), 1)
  const most = Math.max(1, Math.floor(descriptor.subjectsRounded / settings.k))
  const conditions = [...refsIn(descriptor, where), ...refsIn(descriptor, plan.where, plan.tables)]
  return priceOfQuestion(plan, {
    facts,
    settings: { ...settings, synthetic: descriptor.synthetic },
    subjectsRounded: descriptor.subjectsRounded,
    groups: Math.min(cells, most),
    conditions
  })
}

/** The price for each variable that others are not assumed to know; empty if the question involves no such variable. */
export function priceOfQuestion(plan: Plan, terms: PriceTerms): InformationPrice[] {
  const questions = questionsIn(plan)
  if (questions.length === 0) return priceOfTable(plan, terms)
  const model = gramIn(plan)
  const round = model === undefined ? undefined : roundsIn(model)
  if (model === undefined || round === undefined)
    return priceOfModel([...questions, ...totalsAsked(plan)], { ...terms, sizes: sizesIn(plan, terms) })
  // The first round discloses everything that the questions of the model disclose.
  const first = round.round === 0 ? priceOfModel(questions, { ...terms, sizes: 1 }) : []
  return together([...first, ...priceOfRound(model, terms)])
}

/** Maximum number of different numbers of rows per person in a model; 1 if each person has one row. */
function sizesIn(plan: Plan, { settings, subjectsRounded }: PriceTerms): number {
  const measure = gramIn(plan)
  if (measure?.random === undefined) return 1
  return Math.max(1, Math.floor(subjectsRounded / fewestOfSize(measure, settings.k)))
}

/** The numbers of one round, as they are charged. */
function priceOfRound(
  model: GramMeasure,
  { facts, settings, subjectsRounded, conditions }: PriceTerms
): InformationPrice[] {
  const subjects = Math.max(1, subjectsRounded)
  const about = numbersAbout(model)
  const all = numbersEach(columnsFitted(model).length - 1)
  return [...new Set([...about.keys(), ...conditions])].flatMap((variable) => {
    const one = facts(variable)
    if (one.identifying) return []
    const numbers = (about.get(variable) ?? 0) + (conditions.includes(variable) ? all : 0)
    const bits = (numbers * bitsOfSum([one], subjects, settings)) / subjects
    return [{ variable, numbers, bits, max: bitsMaxOf(one, settings) }]
  })
}

/** The price of a model is the total price of the answers to its questions. */
function priceOfModel(
  questions: readonly Plan[],
  { sizes, ...terms }: PriceTerms & { readonly sizes: number }
): InformationPrice[] {
  return together(
    questions.flatMap((question) => {
      const cells = question.groupBy.reduce((product, { variable }) => product * (terms.facts(variable).cells ?? 1), 1)
      return priceOfTable(question, { ...terms, groups: Math.max(1, cells) * sizes })
    })
  )
}

/** The prices of each variable, added up. */
function together(prices: readonly InformationPrice[]): InformationPrice[] {
  const found = new Map<VariableRef, InformationPrice>()
  for (const one of prices) {
    const before = found.get(one.variable)
    const sum = { numbers: one.numbers + (before?.numbers ?? 0), bits: one.bits + (before?.bits ?? 0) }
    found.set(one.variable, { ...one, ...sum })
  }
  return [...found.values()]
}

function priceOfTable(plan: Plan, terms: PriceTerms): InformationPrice[] {
  const { facts, settings, groups } = terms
  const subjects = Math.max(1, terms.subjectsRounded)
  const each = Math.max(1, subjects / groups)
  const told = new Map<VariableRef, { numbers: number; bits: number }>()
  const add = (variable: VariableRef, numbers: number, bits: number) => {
    if (facts(variable).identifying || numbers === 0) return
    const before = told.get(variable) ?? { numbers: 0, bits: 0 }
    told.set(variable, { numbers: before.numbers + numbers * groups, bits: before.bits + numbers * groups * bits })
  }
  // The number of bins is that of the declared bins, or of the bins that can hold k people if that is lower.
  const binsOf = (variable: VariableRef) =>
    Math.max(1, Math.min(facts(variable).cells ?? 1, Math.floor(each / settings.k)))
  const measured = [...new Set(plan.measures.flatMap(variablesOf))]
  for (const variable of measured) {
    const own = plan.measures.filter((measure) => variablesOf(measure).includes(variable))
    add(variable, Math.max(0, ...own.map(({ kind }) => SUMS[kind] ?? 0)), bitsOfSum([facts(variable)], each, settings))
    if (own.some(({ kind }) => kind === 'share' || kind === 'quantile')) add(variable, 1, bitsOfCount(each))
    if (own.some(({ kind }) => kind === 'bins')) add(variable, binsOf(variable), bitsOfCount(each / binsOf(variable)))
  }
  // Every number, and the count beside it, also discloses something about who is in its group.
  const bins = plan.measures.map((measure) => (measure.kind === 'bins' ? binsOf(measure.variable) : 0))
  const counts = plan.measures.length > 0 ? Math.max(1, ...bins) : 0
  const sums = Math.max(0, ...plan.measures.map(({ kind }) => SUMS[kind] ?? 0))
  for (const variable of new Set([...plan.groupBy.map((key) => key.variable), ...terms.conditions])) {
    add(variable, counts, bitsOfCount(subjects))
    add(variable, sums, bitsOfSum([facts(variable)], each, settings))
  }
  return [...told].map(([variable, { numbers, bits }]) => ({
    variable,
    numbers,
    bits: bits / subjects,
    max: bitsMaxOf(facts(variable), settings)
  }))
}
