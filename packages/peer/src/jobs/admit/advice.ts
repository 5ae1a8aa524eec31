/**
 * Reasons of refusals: the rules in force and a question that could be asked instead. They depend only on the question,
 * never on data.
 */
import { groupCells, planFault } from '@stimnet/data'
import { costOf, fewestFor, fewestOfSize, type PrivacySettings } from '@stimnet/privacy'
import {
  analysisSetFromMessage,
  type CatalogDescriptor,
  CODES,
  type Code,
  type Comparison,
  type Filter,
  type GramMeasure,
  isComparison,
  type OutputDeclaration,
  type Plan,
  privacyAskSchema,
  resolveVariable,
  setIn
} from '@stimnet/protocol'
import { columnsOfModel, gramIn, repeatedValueAdvice, severalRowsAdvice } from '@stimnet/statistics'
import type { JobPlan } from './validate.ts'

function comparisonsIn(filter: Filter): Comparison[] {
  if (isComparison(filter)) return [filter]
  return ('not' in filter ? [filter.not] : 'all' in filter ? filter.all : filter.any).flatMap(comparisonsIn)
}

/** Epsilon of the noisy alternative that a refusal offers. */
const EPSILON_OFFERED = '0.5'

/** Maximum number of characters of a script's log that a reason quotes: a receipt should not carry a whole log. */
const WHY_MAX = 1_500

/** The reason of a refusal that depends on data. `why` is disclosed only for synthetic data, which contain no real people. */
export function reasonOf(plan: JobPlan, settings: PrivacySettings, code: Code, why: string | undefined): string {
  const { descriptor } = plan.catalog
  const words =
    code === 'COHORT_NOT_RELEASABLE' ? adviceFor(plan, settings) : `${CODES[code].meaning}${contractAdvice(plan, code)}`
  if (!descriptor.synthetic || why === undefined || why === '') return words
  return `${words} The data are synthetic, so that the reason is disclosed: ${why.slice(-WHY_MAX)}${why.endsWith('.') ? '' : '.'}`
}

/** Maximum number of outputs that a reason spells out, and of entries of each. */
const OUTPUTS_SPELT_MAX = 8
const ENTRIES_SPELT_MAX = 4

/**
 * The calls of `release` that a contract expects, if a script with a contract failed or released something else. The text
 * depends only on the contract and is the same for each such end, so it does not disclose the cause.
 */
function contractAdvice({ outputs = [] }: Partial<JobPlan>, code: Code): string {
  if (outputs.length === 0 || (code !== 'PROGRAM_FAILED' && code !== 'OUTPUT_NOT_RELEASABLE')) return ''
  const more = outputs.length > OUTPUTS_SPELT_MAX ? `; and ${outputs.length - OUTPUTS_SPELT_MAX} more` : ''
  const spelt = `${outputs.slice(0, OUTPUTS_SPELT_MAX).map(releaseOf).join('; ')}${more}.`
  return ` Its contract expects exactly, in this order: ${spelt.length > WHY_MAX ? `${spelt.slice(0, WHY_MAX)}…` : spelt}`
}

function releaseOf({ name, kind, categories, edges, terms }: OutputDeclaration): string {
  const fields: Partial<Record<OutputDeclaration['kind'], string>> = {
    table: `counts={${entriesOf(categories, '…')}}`,
    histogram: `counts=[…] (${edges.length - 1} whole numbers, one for each bin)`,
    coefficients: `terms={${entriesOf(terms, '{"estimate": …, "se": …}')}}`,
    test: 'statistic=…, df=…, p=…',
    curve: `values=[…] (${edges.length} numbers, one for each edge)`
  }
  return `release(${JSON.stringify(name)}, "${kind}", ${fields[kind] ?? 'value=…'})`
}

function entriesOf(names: readonly string[], value: string): string {
  const spelt = names.slice(0, ENTRIES_SPELT_MAX).map((name) => `${JSON.stringify(name)}: ${value}`)
  return [...spelt, ...(names.length > spelt.length ? [`… (${names.length} in all)`] : [])].join(', ')
}

function adviceFor(plan: JobPlan, { k, spreadSubjectsMin, shapeSubjectsMin }: PrivacySettings): string {
  const asked = plan.plan
  const general =
    `No part of this can be answered: each number rests on at least ${k} people (a spread on ${spreadSubjectsMin}, a ` +
    `skewness on ${shapeSubjectsMin}), may not differ from earlier answers by fewer, and tells no more of a variable than ` +
    'it may. Which of these it was is not disclosed.'
  if (asked === undefined)
    return `${general} A script needs a cohort that is the same as, or ${k} people apart from, earlier ones.`
  const model = gramIn(asked)
  if (model !== undefined) return [modelAdvice(plan, { asked, model, k }), noiseAdvice(plan)].flat().join(' ')
  const repeated = repeatedValueAdvice(asked, {
    descriptor: plan.catalog.descriptor,
    filters: [plan.cohort, asked.where]
  })
  return [repeated ?? [], general, groupAdvice(plan, asked), noiseAdvice(plan)].flat().join(' ')
}

/**
 * The rules of a model, and what to ask instead. The rule that refused is not disclosed. Objections that follow from the
 * question and the description alone come first; they are the same whichever rule refused.
 */
function modelAdvice(
  { catalog: { descriptor }, cohort }: JobPlan,
  { asked, model, k }: { readonly asked: Plan; readonly model: GramMeasure; readonly k: number }
): string {
  const several = severalRowsAdvice(asked, { descriptor, filters: [cohort, asked.where] })
  const columns = columnsOfModel(model).length - 1
  if (model.random !== undefined) return peopleAdvice(model, k)
  return (
    `${several === undefined ? '' : `${several} `}The model is not released. All of it or nothing is: its ${columns} columns need at least ${fewestFor(columns, k)} people with a ` +
    `value of every variable and one row each; nobody or at least ${k} people may lack a value, or have a level or two levels ` +
    `together; nobody may weigh more than one in ${k} in the fit, or one in ${2 * k} without the outcome; no value may follow from the others; and its means, variances and ` +
    'covariances must be answerable one by one beside earlier answers. Which of these it was is not disclosed. ' +
    nearestModel(model, { isOfAll: cohort === undefined && asked.where === undefined })
  )
}

/** The nearest questions that can be asked in place of a model. They contain only variables of the model. */
function nearestModel(model: GramMeasure, { isOfAll }: { readonly isOfAll: boolean }): string {
  const { outcome, factors, terms, fit } = model
  const named = terms.filter((term) => term.length > 0)
  const numbers = new Set(named.flat().filter((variable) => factors.every((factor) => factor.variable !== variable)))
  const [factor] = factors
  const isOfOne = named.length === 1 && named[0]?.length === 1
  const has = { event: fit?.family === 'binomial' ? fit.event : undefined, groups: factor?.levels.length ?? 0 }
  const by = isOfOne && factor ? `of ${outcome} by ${factor.variable}` : undefined
  const found = [
    ...(by && has.event !== undefined && has.groups === 2
      ? [`two_by_two ${by} (level ${has.event}), whose odds ratio is that of this model`]
      : []),
    ...(by && has.event !== undefined && has.groups > 2 ? [`the shares of ${outcome} by ${factor?.variable}`] : []),
    ...(by && fit === undefined ? [`compare ${by}, which needs no more than the mean and spread of each group`] : []),
    ...(named.length > 1 ? ['the same model with fewer terms, without an interaction or a rare level'] : []),
    ...(isOfAll ? [] : ['the same over a wider cohort']),
    ...(fit === undefined && numbers.size > 0 ? ['its correlations by themselves'] : [])
  ]
  return found.length === 0
    ? 'Another way: an analysis set of people who have every value.'
    : `Nearest: ${found.join('; or ')}.`
}

/** Like `modelAdvice`, for a model with an intercept per person. */
function peopleAdvice(model: GramMeasure, k: number): string {
  const slope = model.random?.slope
  const [kind, fewer] =
    slope === undefined
      ? ['number of rows per person', '']
      : ['set of visits', ', without the random slope (1 | subject)']
  return (
    `The model is not released. All of it or nothing is. Of each ${kind} it needs at least ${fewestOfSize(model, k)} ` +
    `people with a value of every variable; others are left out, and are nobody or at least ${k}. Of each such ${slope ? 'set' : 'number of rows'}, nobody ` +
    `or at least ${k} people may have rows with a level or with two levels together, each of them as many; nobody may weigh more than ` +
    `one in ${k} in the fit, all rows together, or one in ${2 * k} without the outcome; no value may follow from the others; the ` +
    'people may be chosen only by what others know of them; and means, variances and covariances of the rows, and of the totals of ' +
    'people, must be answerable one by one beside earlier answers. Which of these it was is not disclosed. Nearest: the same model with ' +
    `fewer terms or without an interaction${fewer}, over a wider cohort, or of one visit without (1 | subject).`
  )
}

function groupAdvice({ catalog: { descriptor }, cohort }: JobPlan, asked: NonNullable<JobPlan['plan']>): string[] {
  const keys = asked.groupBy.map(({ name, variable }) => ({ name, cells: cellsOf(descriptor, variable) }))
  const groups = keys.reduce((product, { cells }) => product * cells, 1)
  const people = descriptor.subjectsRounded
  const size = Math.floor(people / groups)
  const found: string[] = []
  if (groups > 1) {
    found.push(`It asks for ${groups} groups of about ${people} people: some ${size} in each, were they alike.`)
    // The key of the event is part of a question about times; it is not a grouping.
    const events = (asked.tests ?? []).flatMap((test) => ('event' in test ? [test.event.key] : []))
    const free = keys.filter(({ name }) => !events.includes(name))
    if (free.length > 1) found.push(`Nearest: by one of ${free.map(({ name }) => name).join(' or ')} alone.`)
    else if (free.length === 1) found.push('Nearest: the same over all groups together.')
  }
  found.push(...missingAdvice({ descriptor, asked, filters: [cohort, asked.where] }))
  if (cohort !== undefined || asked.where !== undefined)
    found.push('Another way: leave a condition out, or make it wider.')
  return found
}

/**
 * People without a value form a separate group. If there are few of them, other groups can be affected too. The advice does not state
 * whether there are such people: it depends on the question and the description alone.
 */
function missingAdvice(of: {
  readonly descriptor: CatalogDescriptor
  readonly asked: Plan
  readonly filters: readonly (Filter | undefined)[]
}): string[] {
  const { descriptor, asked, filters } = of
  const conditioned = filters.flatMap((filter) => (filter === undefined ? [] : comparisonsIn(filter)))
  const set = conditioned.some(({ column }) => setIn(column) !== undefined)
  const keys = asked.groupBy.filter(({ variable }) => conditioned.every(({ column }) => column !== variable))
  if (set || keys.length === 0) return []
  const refs = keys.map(({ variable }) => variable)
  const sets = (descriptor.sets ?? []).flatMap((message) => {
    const { name, completeOn } = analysisSetFromMessage(message)
    return refs.every((ref) => completeOn.includes(ref)) ? [name] : []
  })
  const named = sets.length === 0 ? '' : `, or the analysis set ${sets.join(' or ')}`
  const condition = refs.map((ref) => `${ref} is not null`).join(' and ')
  return [`Another way, if few people lack a value: those who have one, by the condition ${condition}${named}.`]
}

function cellsOf(descriptor: CatalogDescriptor, variable: string): number {
  return Math.max(1, groupCells(resolveVariable(descriptor, variable).variable) - 1)
}

/**
 * The error of each column of the same question with noise, over the whole catalog, because the size of the cohort is not
 * disclosed. Columns whose noise would hide everything are not offered. Empty if the question has no noisy form.
 */
function noiseAdvice({ catalog, plan, schema, cohort, sitesPerPerson }: JobPlan): string[] {
  const { descriptor } = catalog
  if (plan === undefined || schema.mappings.length > 0 || planFault(plan, descriptor) !== null) return []
  try {
    const ask = privacyAskSchema.parse({ level: 'P2', epsilon: EPSILON_OFFERED })
    const { columns } = costOf({ plan, ask, descriptor, sitesPerPerson, decimalsOf: (one) => catalog.decimalsOf(one) })
    const known = columns.filter(({ error95, isUseless }) => error95 !== null || isUseless)
    if (known.length === 0) return []
    const noise = `With noise (privacy level P2, epsilon ${EPSILON_OFFERED})`
    const useless = known.filter(({ isUseless }) => isUseless).map(({ name }) => name)
    const errors = known
      .filter(({ isUseless }) => !isUseless)
      .map(({ name, error95 }) => `${name} to about ${Number((error95 ?? 0).toPrecision(2))}`)
    if (errors.length === 0) return [`${noise} the answer would be useless at this size: the noise would hide it.`]
    const isPart = cohort !== undefined || plan.where !== undefined
    const who = isPart ? ', if all people of the catalog are meant (of fewer people it is farther off)' : ''
    // Each institution of a broadcast spends its share of the amount, and the sum of their answers has the noise of all.
    const where =
      sitesPerPerson > 1 ? ' at each institution, as they share epsilon; what they add up is farther off together' : ''
    const rest = useless.length === 0 ? '' : ` Useless at this size: ${useless.join(', ')}.`
    return [`${noise} it is answered: ${errors.join(', ')}, 19 times of 20${where}${who}.${rest}`]
  } catch {
    return []
  }
}
