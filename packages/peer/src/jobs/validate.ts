/** Whether what is asked exists and fits: the catalog, its variables, the program and its libraries. Data-free. */
import type { Catalog } from '@stimnet/data'
import { parseSql, rowFilter } from '@stimnet/data'
import { assertOnLattice } from '@stimnet/privacy'
import {
  checkFilter,
  codeOf,
  contractFromMessage,
  type Filter,
  filterFromMessage,
  filterFromPairs,
  LIMITS,
  type Message,
  type OutputDeclaration,
  type Plan,
  type PrivacyAsk,
  type Program,
  parseJsonObject,
  privacyAskFromMessage,
  programFromMessage,
  resolveVariable,
  type SchemaTerms,
  StimnetError,
  schemaTermsFromMessage
} from '@stimnet/protocol'
import { importsOf, type Sandbox } from '@stimnet/sandbox'
import { planOfStatistic } from '@stimnet/statistics'

/** What will be done, in full; nothing in it depends on data. */
export interface JobPlan {
  readonly catalog: Catalog
  readonly program: Program
  /** For SQL and statistics. */
  readonly plan?: Plan
  /** Resolved; absent: everyone. */
  readonly cohort?: Filter
  readonly parameters: Readonly<Record<string, unknown>>
  readonly filters: Readonly<Record<string, unknown>>
  /** Which claim is asked for, and what it may spend. */
  readonly privacy: PrivacyAsk
  /** Typed outputs of a script; empty: the default contract. */
  readonly outputs: readonly OutputDeclaration[]
  readonly schema: SchemaTerms
  readonly wallTimeMsMax: number
  readonly warnings: readonly string[]
}

/** What a request is held against. */
export interface ValidationContext {
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly sandbox: Sandbox | undefined
  readonly wallTimeMsMax: number
}

/** Throws a StimnetError with a code and a reason about the request alone. */
export async function validate(request: Message<'JobRequest'>, context: ValidationContext): Promise<JobPlan> {
  const catalog = context.catalogs.get(request.catalog)
  if (!catalog)
    throw new StimnetError('CATALOG_UNKNOWN', `a request for ${JSON.stringify(request.catalog.slice(0, 80))}`)
  const program = programFromMessage(request.program)
  const parameters = parseJsonObject(request.parametersJson)
  const filters = parseJsonObject(request.filtersJson)
  const { pairs, warnings } = knownFilters(catalog, filters, program.kind === 'script' && request.broadcast === '')
  const asked = joined(request.cohort ? filterFromMessage(request.cohort) : undefined, filterFromPairs(pairs))
  const cohort = asked === undefined ? undefined : catalog.resolveFilter(asked)
  const plan = program.kind === 'script' ? undefined : planOf(program, catalog, cohort)
  if (program.kind === 'script') await checkScript(program, context.sandbox)
  assertAnswerable(catalog, cohort, plan)
  return {
    catalog,
    program,
    ...(plan === undefined ? {} : { plan }),
    ...(cohort === undefined ? {} : { cohort }),
    parameters,
    filters,
    privacy: privacyAskFromMessage(request.privacy),
    outputs: contractFromMessage(request.outputs),
    schema: schemaTermsFromMessage(request),
    wallTimeMsMax: Math.min(
      request.wallTimeMsMax || context.wallTimeMsMax,
      context.wallTimeMsMax,
      LIMITS.wallTimeMsMax
    ),
    warnings
  }
}

/** A key that is no variable is an error; for a script of one peer it is handed on and named, never silently dropped. */
function knownFilters(catalog: Catalog, filters: Readonly<Record<string, unknown>>, lenient: boolean) {
  const pairs: Record<string, unknown> = {}
  const warnings: string[] = []
  const entries = Object.entries(filters)
  if (entries.length > LIMITS.filterLiteralsMax) {
    const reason = `At most ${LIMITS.filterLiteralsMax} filters.`
    throw new StimnetError('FILTER_INVALID', reason, { reason })
  }
  for (const [column, value] of entries) {
    try {
      resolveVariable(catalog.descriptor, column)
      pairs[column] = value
    } catch (error) {
      if (!lenient || !['VARIABLE_UNKNOWN', 'VARIABLE_AMBIGUOUS'].includes(codeOf(error))) throw error
      warnings.push(
        `The filter ${JSON.stringify(column.slice(0, 80))} is no single variable of the catalog: it was given to the script, not applied to the cohort.`
      )
    }
  }
  return { pairs, warnings }
}

function joined(a: Filter | undefined, b: Filter | undefined): Filter | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return checkFilter({ all: [a, b] })
}

/** The plan of SQL or a statistic, with the part of the cohort filter that speaks of its own tables' rows. */
function planOf(program: Exclude<Program, { kind: 'script' }>, catalog: Catalog, cohort: Filter | undefined): Plan {
  const plan =
    program.kind === 'sql'
      ? parseSql(program.sql, catalog.descriptor)
      : planOfStatistic(program.statistic, catalog.descriptor)
  const own = plan.where === undefined ? undefined : catalog.resolveFilter(plan.where, plan.tables)
  const rows = cohort === undefined ? undefined : rowFilter(cohort, plan.tables)
  const where = own && rows ? { all: [own, rows] } : (own ?? rows)
  return where === undefined ? plan : { ...plan, where }
}

function assertAnswerable(catalog: Catalog, cohort: Filter | undefined, plan: Plan | undefined): void {
  assertOnLattice(catalog.descriptor, { ...(cohort ? { cohort } : {}), ...(plan ? { plan } : {}) })
}

/** Language and libraries, by parsing alone: a missing one is refused before any data are touched. */
async function checkScript(program: Extract<Program, { kind: 'script' }>, sandbox: Sandbox | undefined): Promise<void> {
  const description = await sandbox?.describe()
  if (!sandbox || !description?.languages.includes(program.language)) {
    const has = description?.languages.join(', ') ?? 'no scripts at all'
    const reason = `No sandbox here runs ${program.language}. This peer runs: ${has}.`
    throw new StimnetError('LANGUAGE_NOT_AVAILABLE', reason, { reason })
  }
  const imports = await importsOf(program.language, program.code)
  if (!imports.ok) {
    const reason = `The script cannot be parsed (line ${imports.line}).`
    throw new StimnetError('SCRIPT_INVALID', reason, { reason })
  }
  const libraries = description.libraries(program.language)
  const missing = [...new Set(imports.modules.map(({ name }) => name))].filter((name) => !libraries.has(name))
  if (missing.length > 0) {
    const reason = `${missing.slice(0, 8).join(', ')}: not in the sandbox of this peer (${description.engine}).`
    throw new StimnetError('LIBRARY_NOT_AVAILABLE', reason, { reason })
  }
}
