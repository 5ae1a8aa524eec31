/** Before anybody is asked: whether the chosen peers mean the same by the variables that the program uses. */
import { parseSql } from '@stimnet/data'
import {
  columnsOf,
  compareSchemas,
  differencesInWords,
  filterFromMessage,
  type Message,
  type Program,
  parseJsonObject,
  programFromMessage,
  type SchemaReport,
  type SchemaTerms,
  type SiteCatalog,
  StimnetError,
  schemaTermsFromMessage,
  usesOfCohort,
  usesOfKey,
  usesOfPlan,
  usesOfTables,
  type VariableUse
} from '@stimnet/protocol'
import { planOfStatistic } from '@stimnet/statistics'
import type { FoundCatalog } from './directory.ts'

/** Compares what was found for a request that goes to several peers. Throws as `schemaTermsFromMessage`. */
export function compareFound(request: Message<'JobRequest'>, found: readonly FoundCatalog[]): SchemaReport {
  const terms = schemaTermsFromMessage(request)
  const program = programFromMessage(request.program)
  const cohort = [
    ...(request.cohort ? columnsOf(filterFromMessage(request.cohort)) : []),
    ...Object.keys(parseJsonObject(request.filtersJson))
  ]
  return compareCatalogs({ program, cohort, terms, found })
}

/** What is compared: a program and a cohort's columns, over the catalogs as their peers describe them. */
export interface CatalogComparison {
  readonly program: Program
  /** Columns as the filters name them. */
  readonly cohort: readonly string[]
  readonly terms: SchemaTerms
  readonly found: readonly FoundCatalog[]
}

/** Throws nothing for a program that fits no catalog: each peer will say so itself. */
export function compareCatalogs({ program, cohort, terms, found }: CatalogComparison): SchemaReport {
  const sites = found.map(({ peerId, descriptor }): Site => ({ site: peerId, descriptor }))
  const tables = program.kind === 'script'
  const named = terms.contract.map(({ variable, breakpoints }) => ({ variable, binned: breakpoints.length > 0 }))
  const used =
    program.kind !== 'script' ? usesOfProgram(program, sites, terms) : named.length > 0 ? [] : everything(sites, terms)
  // Whoever reads a mapping must find in the contract what it maps to, used or not.
  const mapped = terms.mappings.map(({ variable }) => ({ variable, binned: false }))
  const chosenBy = usesOfCohort(
    cohort,
    found.map(({ descriptor }) => descriptor)
  )
  const uses = joined([...named, ...used, ...chosenBy, ...mapped])
  return compareSchemas(sites, { uses, tables, ...terms })
}

interface Site extends SiteCatalog {
  readonly descriptor: FoundCatalog['descriptor']
}

/** The program as the first catalog reads it that speaks its words: others may be mapped, or lack what it names. */
function usesOfProgram(
  program: Exclude<Program, { kind: 'script' }>,
  sites: readonly Site[],
  { mappings }: SchemaTerms
): VariableUse[] {
  const isMapped = ({ site }: Site) => mappings.some(({ peer }) => peer === site)
  for (const { descriptor } of [...sites].sort((a, b) => Number(isMapped(a)) - Number(isMapped(b)))) {
    try {
      const plan =
        program.kind === 'sql' ? parseSql(program.sql, descriptor) : planOfStatistic(program.statistic, descriptor)
      return [...usesOfPlan(plan), ...(namesKey(program, descriptor) ? usesOfKey(descriptor, plan.tables[0]) : [])]
    } catch (error) {
      // The request's own mistake, or this catalog's difference: the next one tells which.
      if (!(error instanceof StimnetError)) throw error
    }
  }
  return []
}

/** Where SQL counts or joins by the subject key, each site must call it that. */
function namesKey(program: Program, { subjectKey }: Site['descriptor']): boolean {
  return program.kind === 'sql' && program.sql.toLowerCase().includes(subjectKey.toLowerCase())
}

/** A script may read all there is; a variable that a mapping renames goes by its new name. */
function everything(sites: readonly Site[], { mappings }: SchemaTerms): VariableUse[] {
  return sites.flatMap(({ site, descriptor }) => {
    const own = mappings.filter(({ peer }) => peer === site)
    const kept = usesOfTables(descriptor).filter(({ variable }) => !own.some(({ local }) => local === variable))
    return [...kept, ...own.map(({ variable }) => ({ variable, binned: false }))]
  })
}

/** Each variable once, and cut where any use cuts it. */
function joined(uses: readonly VariableUse[]): VariableUse[] {
  const cut = new Set(uses.filter(({ binned }) => binned).map(({ variable }) => variable))
  return [...new Set(uses.map(({ variable }) => variable))].map((variable) => ({ variable, binned: cut.has(variable) }))
}

/** The refusal, site by site. */
export function schemaMismatch(report: SchemaReport, nameOf: (site: string) => string): StimnetError {
  const reason =
    `The peers do not mean the same by what the program uses, so nothing was sent. ${differencesInWords(report.differences, nameOf)}. ` +
    'Give a mapping, say in `contract` what is used, or ask only those that agree.'
  return new StimnetError('SCHEMA_MISMATCH', 'comparing catalogs', { reason })
}
