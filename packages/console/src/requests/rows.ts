/** A description of exactly what would run, and under which terms: everything that an approval is bound to. */
import {
  type Filter,
  filterSchema,
  type VariableMapping,
  variableContractSchema,
  variableMappingSchema
} from '@stimnet/protocol'
import type { AnalysisRequest } from '@stimnet/sdk'
import { contractInWords } from '../words/question/contract.ts'
import { filterInWords } from '../words/question/filter.ts'
import { mappingInWords } from '../words/question/mapping.ts'
import { promisedInWords } from '../words/question/promised.ts'
import { wordsOfTerm } from '../words/purpose.ts'
import { signedBy } from './status.ts'

/** A name and its value. */
export interface Row {
  readonly name: string
  /** The value, one string per line. */
  readonly said: readonly string[]
  /** Whether the value is shown in a monospaced font. */
  readonly isCode?: true
  /** Whether the row takes the whole width. */
  readonly isWide?: true
}

/**
 * The rows that describe a request. A basic property without a value is shown as absent; an optional one has no row. `institutionOf` returns the name of an institution by
 * PeerId.
 */
export function rowsOf(request: AnalysisRequest, institutionOf: (peerId: string) => string): Row[] {
  return [
    { name: 'Catalog', said: [request.data_catalog_name], isCode: true },
    { name: 'Snapshot', said: [request.epoch ?? 'not fixed yet'], isCode: true },
    { name: 'Language', said: [request.script_type] },
    { name: 'Purpose', said: [request.purpose.map(wordsOfTerm).join('; ') || 'not stated'] },
    { name: 'Project', said: [request.project ?? 'none'] },
    { name: 'Data permit', said: [request.permit ?? 'none'] },
    ...optional('Time limit', timeOf(request)),
    { name: 'Cohort', said: [cohortOf(request.cohort)], isWide: true },
    ...optional(
      'Analysis set',
      request.set ? [`${request.set}: only people with a value of each of its variables`] : []
    ),
    ...optional('Filters as sent', filtersOf(request), { isCode: true, isWide: true }),
    { name: 'Parameters', said: orNone(assigned(request.parameters)), isCode: true, isWide: true },
    { name: 'Declared outputs', said: outputsOf(request), isWide: true },
    ...optional('Expected variables', request.contract.map(contractOf), { isWide: true }),
    ...optional(
      'Mappings, which change the meaning of the cohort',
      request.mappings.map((mapping) => mappingOf(mapping, institutionOf)),
      { isWide: true }
    ),
    { name: 'Claim', said: [claimOf(request)], isWide: true },
    { name: 'Run by', said: [request.image ?? 'the peer’s own code'], isCode: true, isWide: true },
    { name: 'Asked by', said: [signedBy(request)], isWide: true },
    { name: 'Signed by', said: [request.requester_key], isCode: true, isWide: true },
    { name: 'Request', said: [request.request_hash], isCode: true, isWide: true }
  ]
}

function optional(name: string, said: readonly string[], how: Pick<Row, 'isCode' | 'isWide'> = {}): Row[] {
  return said.length === 0 ? [] : [{ name, said, ...how }]
}

function orNone(said: readonly string[]): readonly string[] {
  return said.length === 0 ? ['none'] : said
}

function assigned(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
}

/** The filters as they were sent. The cohort shows only those that select people; a script receives all of them. */
function filtersOf({ filters, filters_unapplied: unapplied }: AnalysisRequest): string[] {
  return Object.entries(filters).map(([name, value]) => {
    const written = `${name} = ${JSON.stringify(value)}`
    return unapplied.includes(name) ? `${written}: not a variable, selects nobody, is passed to the script` : written
  })
}

function timeOf({ wall_time_ms_max: ms }: AnalysisRequest): string[] {
  return ms === null ? [] : [`at most ${ms / 1_000} s`]
}

function outputsOf({ outputs }: AnalysisRequest): readonly string[] {
  return outputs.length === 0 ? ['none: the default contract applies'] : outputs.map(promisedInWords)
}

function contractOf(variable: unknown): string {
  const parsed = variableContractSchema.safeParse(variable)
  return parsed.success ? contractInWords(parsed.data) : JSON.stringify(variable)
}

function mappingOf(mapping: unknown, institutionOf: (peerId: string) => string): string {
  const parsed = variableMappingSchema.safeParse(mapping)
  if (!parsed.success) return JSON.stringify(mapping)
  const { peer, ...read }: VariableMapping = parsed.data
  return mappingInWords(read, institutionOf(peer))
}

function claimOf({ privacy, script_type: type, outputs }: AnalysisRequest): string {
  if (type !== 'sql' && type !== 'statistic') {
    return outputs.length > 0 ? 'P0 once two stewards have read it' : 'none: the script declares no outputs'
  }
  if (privacy?.level !== 'P2') return 'P1: numbers without noise, disclosure-controlled'
  const charge = privacy.epsilon === undefined ? `ρ = ${String(privacy.rho)}` : `ε = ${String(privacy.epsilon)}`
  return `P2: differentially private, ${charge}, ${privacy.groups_per_subject} groups per person and ${privacy.rows_per_subject} rows in each`
}

function cohortOf(cohort: unknown): string {
  if (cohort === null) return 'everybody in the catalog'
  const parsed = filterSchema.safeParse(cohort)
  return parsed.success ? `Those with ${filterInWords(parsed.data as Filter)}` : JSON.stringify(cohort)
}
