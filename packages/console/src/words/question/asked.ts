/** A question in words. Every result begins with it, on the page and in files. */
import { type Filter, filterFromPairs, statisticSchema } from '@stimnet/protocol'
import type { AskedQuestion } from '@stimnet/sdk'
import { filterInWords } from './filter.ts'
import { plural } from '../number.ts'
import { mappingInWords } from './mapping.ts'
import { promisedInWords } from './promised.ts'
import { wordsOfTerm } from '../purpose.ts'
import { statisticName } from './question.ts'

/** One part of a question: its name and its text. */
export type AskedPair = readonly [name: string, text: string]

/** The cohort: "Everybody", or "Those with sex is female and visit is month_12", of the analysis set if there is one. */
export function cohortInWords({ where, filters, set }: Pick<AskedQuestion, 'where' | 'filters' | 'set'>): string {
  const parts = [where, plainFilter(filters)].flatMap((filter) => (filter ? [filterInWords(filter)] : []))
  const of = set ? ` of the analysis set ${set}` : ''
  return parts.length === 0 ? `Everybody${of}` : `Those${of} with ${parts.join(' and ')}`
}

/** The filter. If a script interprets the filters itself, a placeholder condition with the filters as JSON. */
function plainFilter(filters: AskedQuestion['filters']): Filter | undefined {
  try {
    return filterFromPairs(filters ?? {})
  } catch {
    return { column: JSON.stringify(filters), op: '=', values: ['as the script reads it'] }
  }
}

/** "mean UPDRS_change by sex" for a statistic; the text of a query; "python script of 12 lines" for a script. */
export function programInWords({ script_type: type, script_content: content }: AskedQuestion): string {
  if (type === 'sql') return content
  if (type !== 'statistic') return `${type} script of ${content.split('\n').length} lines`
  try {
    const call = statisticSchema.parse(JSON.parse(content))
    const given = Object.entries(call.arguments).map(([name, value]) => argumentInWords(name, value))
    return [statisticName(call), ...given].join(', ')
  } catch {
    return content
  }
}

/** An argument in words. Of a model in rounds, the institutions and their receipts of the previous round are only counted. */
function argumentInWords(name: string, value: unknown): string {
  if (Array.isArray(value) && name === 'roster') return `roster of ${plural(value.length, 'institution')}`
  if (Array.isArray(value) && name === 'receipts') return `from ${plural(value.length, 'receipt')} of the round before`
  return `${name} ${JSON.stringify(value)}`
}

/** All parts of a question, cohort and program first. `names`: institutions by PeerId. */
export function askedInWords(asked: AskedQuestion, names: Readonly<Record<string, string>> = {}): AskedPair[] {
  const { purpose, project, permit, outputs, mappings, parameters, files } = asked
  const pair = (name: string, texts: readonly string[]): AskedPair[] =>
    texts.length === 0 ? [] : [[name, texts.join('; ')]]
  return [
    ['Cohort', cohortInWords(asked)],
    ['Question', programInWords(asked)],
    ['Catalog', asked.data_catalog_name],
    ['Purpose', (purpose ?? []).map(wordsOfTerm).join('; ') || 'not stated'],
    ...pair('Project', project ? [project] : []),
    ...pair('Data permit', permit ? [permit] : []),
    ['Claim', claimOf(asked)],
    ...pair('Declared outputs', (outputs ?? []).map(promisedInWords)),
    ...pair('Parameters', Object.keys(parameters ?? {}).length > 0 ? [JSON.stringify(parameters)] : []),
    ...pair(
      'Mappings',
      (mappings ?? []).map((one) =>
        mappingInWords({ ...one, levels: one.levels ?? [], scale: one.scale ?? '' }, names[one.peer] ?? one.peer)
      )
    ),
    ...pair(
      'Files',
      (files ?? []).map(({ name, sha256 }) => `${name} (${sha256})`)
    )
  ]
}

function claimOf({ script_type: type, privacy }: AskedQuestion): string {
  if (type !== 'sql' && type !== 'statistic') return 'depends on whether stewards read the script'
  if (privacy?.level !== 'P2') return 'P1: numbers without noise, disclosure-controlled'
  return `P2: differentially private, ${privacy.epsilon === undefined ? `ρ = ${privacy.rho}` : `ε = ${privacy.epsilon}`}`
}
