/** What a question tells of each variable, before it is asked: from the question and the description alone. */
import type { CatalogDescriptor, Filter, Measure, Plan, VariableRef } from '@stimnet/protocol'
import { refsIn } from './judge/defining.ts'
import { type FactsOf, factsIn, variableFacts } from './judge/facts.ts'
import { bitsMaxOf, bitsOfCount, bitsOfSum } from './judge/information.ts'
import { isPreset } from './rules/presets.ts'
import { type PrivacySettings, effectiveSettings } from './rules/settings.ts'

/** The price of a question in one variable. */
export interface InformationPrice {
  readonly variable: VariableRef
  /** Numbers about it, over all groups that there can be. */
  readonly numbers: number
  /** Bits that they tell of each person's value, on average. */
  readonly bits: number
  /** Bits that may be told of it. */
  readonly max: number
}

/** What a price is worked out from beside the question. */
export interface PriceTerms {
  readonly facts: FactsOf
  readonly settings: PrivacySettings & { readonly synthetic: boolean }
  /** As the description says: rounded down. */
  readonly subjectsRounded: number
  /** Groups that the keys can make. */
  readonly groups: number
  /** Variables in the conditions of the question. */
  readonly conditions: readonly VariableRef[]
}

/** Powers and products that each measure sums; a share, a quantile and a count tell how many. */
const SUMS: Readonly<Partial<Record<Measure['kind'], number>>> = {
  ...{ sum: 1, mean: 1, variance: 2, sd: 2, skewness: 3, kurtosis: 4, covariance: 3, correlation: 3 }
}

/** At a catalog of which only the description is known: under its preset, with the precision that catalogs have by default. */
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

/** Of each variable that others are not taken to know; none where the question is about none. */
export function priceOfQuestion(plan: Plan, terms: PriceTerms): InformationPrice[] {
  const { facts, settings, groups } = terms
  const subjects = Math.max(1, terms.subjectsRounded)
  const each = Math.max(1, subjects / groups)
  const told = new Map<VariableRef, { numbers: number; bits: number }>()
  const add = (variable: VariableRef, numbers: number, bits: number) => {
    if (facts(variable).identifying || numbers === 0) return
    const before = told.get(variable) ?? { numbers: 0, bits: 0 }
    told.set(variable, { numbers: before.numbers + numbers * groups, bits: before.bits + numbers * groups * bits })
  }
  const measured = [...new Set(plan.measures.flatMap(variablesOf))]
  for (const variable of measured) {
    const own = plan.measures.filter((measure) => variablesOf(measure).includes(variable))
    add(variable, Math.max(0, ...own.map(({ kind }) => SUMS[kind] ?? 0)), bitsOfSum([facts(variable)], each, settings))
    if (own.some(({ kind }) => kind === 'share' || kind === 'quantile')) add(variable, 1, bitsOfCount(each))
  }
  // Every number tells who it is of as well, and how many stand beside it.
  const counts = plan.measures.length > 0 ? 1 : 0
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

function variablesOf(measure: Measure): readonly VariableRef[] {
  return 'variables' in measure ? measure.variables : 'variable' in measure ? [measure.variable] : []
}
