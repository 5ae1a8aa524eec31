/**
 * Comparison of the targets' catalogs before any peer is asked: the variables that the program uses must have the same
 * meaning.
 */
import {
  eachUse,
  type AnalysisSet,
  analysisSetFromMessage,
  columnsOf,
  compareSchemas,
  differencesInWords,
  filterFromMessage,
  type Message,
  parseJsonObject,
  type Program,
  programFromMessage,
  type SchemaReport,
  type SchemaTerms,
  schemaTermsFromMessage,
  type SiteCatalog,
  StimnetError,
  usesOfCohort,
  usesOfKey,
  usesOfPlan,
  usesOfTables,
  type VariableUse
} from '@stimnet/protocol'
import { planRead } from '../jobs/admit/read-plan.ts'
import type { FoundCatalog } from './directory.ts'

/** Compares the catalogs found for a request to several peers. Throws the errors of `schemaTermsFromMessage`. */
export function compareFound(request: Message<'JobRequest'>, found: readonly FoundCatalog[]): SchemaReport {
  const terms = schemaTermsFromMessage(request)
  const program = programFromMessage(request.program)
  const cohort = [
    ...(request.cohort ? columnsOf(filterFromMessage(request.cohort)) : []),
    ...Object.keys(parseJsonObject(request.filtersJson))
  ]
  const set = request.set ? analysisSetFromMessage(request.set) : undefined
  return compareCatalogs({ program, cohort, terms, found, set })
}

/** The input of a comparison: a program and the columns of a cohort, over the catalogs as their peers describe them. */
export interface CatalogComparison {
  readonly program: Program
  /** Columns as named by the filters. */
  readonly cohort: readonly string[]
  readonly terms: SchemaTerms
  readonly found: readonly FoundCatalog[]
  /** The analysis set of the question. */
  readonly set?: AnalysisSet | undefined
}

/** Compares catalogs. Does not throw for a program that fits no catalog: each peer will refuse it itself. */
export function compareCatalogs({ program, cohort, terms, found, set }: CatalogComparison): SchemaReport {
  const sites = found.map(({ peerId, descriptor }): Site => ({ site: peerId, descriptor }))
  const tables = program.kind === 'script'
  const named = terms.contract.map(({ variable, breakpoints }) => ({ variable, binned: breakpoints.length > 0 }))
  const used =
    program.kind !== 'script' ? usesOfProgram(program, sites, terms) : named.length > 0 ? [] : everything(sites, terms)
  // A variable that a mapping produces must be in the contract, used or not, so that the mapping's target is defined.
  const mapped = terms.mappings.map(({ variable }) => ({ variable, binned: false }))
  const chosenBy = usesOfCohort(
    cohort,
    found.map(({ descriptor }) => descriptor)
  )
  const uses = eachUse([...named, ...used, ...chosenBy, ...mapped])
  return compareSchemas(sites, { uses, tables, ...terms, set })
}

interface Site extends SiteCatalog {
  readonly descriptor: FoundCatalog['descriptor']
}

/**
 * The variables that the program uses, read with the first catalog with whose names the program can be parsed. Catalogs
 * without a mapping are tried first.
 */
function usesOfProgram(program: Program, sites: readonly Site[], { mappings }: SchemaTerms): VariableUse[] {
  const isMapped = ({ site }: Site) => mappings.some(({ peer }) => peer === site)
  for (const { descriptor } of [...sites].sort((a, b) => Number(isMapped(a)) - Number(isMapped(b)))) {
    try {
      const plan = planRead(program, descriptor)
      if (!plan) return []
      return [...usesOfPlan(plan), ...(namesKey(program, descriptor) ? usesOfKey(descriptor, plan.tables[0]) : [])]
    } catch (error) {
      // Either the request is wrong or this catalog differs. The next catalog decides which of the two.
      if (!(error instanceof StimnetError)) throw error
    }
  }
  return []
}

/** Whether the SQL mentions the subject key. If so, every site must use that name. */
function namesKey(program: Program, { subjectKey }: Site['descriptor']): boolean {
  return program.kind === 'sql' && program.sql.toLowerCase().includes(subjectKey.toLowerCase())
}

/** All variables of all sites, because a script may read any of them. A variable renamed by a mapping counts under its new name. */
function everything(sites: readonly Site[], { mappings }: SchemaTerms): VariableUse[] {
  return sites.flatMap(({ site, descriptor }) => {
    const own = mappings.filter(({ peer }) => peer === site)
    const kept = usesOfTables(descriptor).filter(({ variable }) => !own.some(({ local }) => local === variable))
    return [...kept, ...own.map(({ variable }) => ({ variable, binned: false }))]
  })
}

/** The refusal, with the differences of each site. */
export function schemaMismatch(report: SchemaReport, nameOf: (site: string) => string): StimnetError {
  const reason =
    `The peers do not mean the same by what the program uses, so nothing was sent. ${differencesInWords(report.differences, nameOf)}. ` +
    'Give a mapping, say in `contract` what is used, or ask only those that agree.'
  return new StimnetError('SCHEMA_MISMATCH', 'comparing catalogs', { reason })
}
