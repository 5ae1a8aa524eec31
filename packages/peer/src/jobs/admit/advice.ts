/**
 * Reasons of refusals: the rules in force and a question that could be asked instead. They depend only on the question,
 * never on data.
 */
import { planFault } from '@stimnet/data'
import { costOf, type PrivacySettings } from '@stimnet/privacy'
import { CODES, type Code, type OutputDeclaration, privacyAskSchema } from '@stimnet/protocol'
import { gramIn, repeatedValueAdvice } from '@stimnet/statistics'
import { groupAdvice } from './group-advice.ts'
import { modelAdvice } from './model-advice.ts'
import { setAdvice } from './set-advice.ts'
import type { JobPlan } from './validate.ts'

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
  const sets = setAdvice(plan, asked)
  const model = gramIn(asked)
  if (model !== undefined)
    return [sets.first, modelAdvice(plan, { asked, model, k }), sets.none, noiseAdvice(plan)].flat().join(' ')
  const repeated = repeatedValueAdvice(asked, {
    descriptor: plan.catalog.descriptor,
    filters: [plan.cohort, asked.where]
  })
  return [repeated ?? [], sets.first, general, groupAdvice(plan, asked), sets.none, noiseAdvice(plan)].flat().join(' ')
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
