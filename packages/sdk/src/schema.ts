/** Checks, before a researcher signs, whether the chosen peers describe variables alike, and makes the contract to sign. */
import type { FoundCatalog } from '@stimnet/api'
import {
  eachUse,
  type CatalogDescriptor,
  columnsOf,
  compareSchemas,
  contractListSchema,
  describedSets,
  type Filter,
  mappingListSchema,
  messages,
  type Program,
  type SchemaReport,
  StimnetError,
  usesOfCohort,
  usesOfKey,
  usesOfPlan,
  usesOfTables,
  type VariableContractInput,
  type VariableMappingInput,
  type VariableUse
} from '@stimnet/protocol'
import { planOfStatistic } from '@stimnet/statistics'

/** The input of a comparison. */
export interface CompareOptions {
  readonly program: Program
  /** The requester's definitions of variables; for scripts, only these are compared. Default: all variables. */
  readonly contract?: readonly VariableContractInput[]
  readonly mappings?: readonly VariableMappingInput[]
  /** The cohort; its variables are compared too. */
  readonly where?: Filter
  /** Name of the analysis set of the question, which must be defined alike at all sites. */
  readonly set?: string
}

/**
 * Compares catalogs from `Client.meshCatalogs`; runs in browsers too. If `differences` is empty, sign with `contract`, with which
 * each peer then compares its own catalog. Throws PARAMETER_INVALID.
 */
export function compareFoundCatalogs(found: readonly FoundCatalog[], options: CompareOptions): SchemaReport {
  const contract = contractListSchema.safeParse(options.contract ?? [])
  const mappings = mappingListSchema.safeParse(options.mappings ?? [])
  if (!contract.success || !mappings.success) {
    throw new StimnetError('PARAMETER_INVALID', 'comparing catalogs', { cause: contract.error ?? mappings.error })
  }
  const sites = found.map((catalog) => ({ site: catalog.peer_id, descriptor: descriptorOf(catalog) }))
  const named = contract.data.map(({ variable, breakpoints }) => ({ variable, binned: breakpoints.length > 0 }))
  const renamed = new Set(mappings.data.map(({ peer, local }) => `${peer} ${local}`))
  const all = sites.flatMap(({ site, descriptor }) =>
    usesOf(options.program, descriptor, named).filter(({ variable }) => !renamed.has(`${site} ${variable}`))
  )
  const descriptors = sites.map(({ descriptor }) => descriptor)
  const chosenBy = options.where === undefined ? [] : usesOfCohort(columnsOf(options.where), descriptors)
  const mapped = mappings.data.map(({ variable }) => ({ variable, binned: false }))
  return compareSchemas(sites, {
    uses: eachUse([...named, ...all, ...chosenBy, ...mapped]),
    tables: options.program.kind === 'script',
    contract: contract.data,
    mappings: mappings.data,
    ...(options.set === undefined ? {} : { set: { name: options.set, completeOn: [] } })
  })
}

function usesOf(program: Program, descriptor: CatalogDescriptor, named: readonly VariableUse[]): VariableUse[] {
  if (program.kind === 'script') return named.length > 0 ? [] : usesOfTables(descriptor)
  if (program.kind === 'sql') return usesOfQuery(program.sql, descriptor)
  try {
    return usesOfPlan(planOfStatistic(program.statistic, descriptor))
  } catch {
    // The program does not fit this catalog. If it fits none, each peer reports that.
    return []
  }
}

/** A call of a function that does not divide a variable at its breakpoints. */
const PLAIN_CALL = /\b(?!(?:MEDIAN|QUANTILE)\b)[A-Za-z_]+\s*\([^()]*\)/gi

/**
 * The variables whose names occur in a query, since only peers parse SQL. These are all variables of the query, rarely more. If a
 * variable occurs outside a plain call, the query may group by it, so its breakpoints are compared.
 */
function usesOfQuery(sql: string, descriptor: CatalogDescriptor): VariableUse[] {
  const [named, outside] = [namesIn(sql), namesIn(sql.replace(PLAIN_CALL, ' '))]
  const tables = descriptor.tables.filter(({ name }) => named.has(name.toLowerCase()))
  const variables = tables.flatMap((table) =>
    table.variables
      .filter(({ name }) => named.has(name.toLowerCase()))
      .map(({ name }) => ({ variable: `${table.name}.${name}`, binned: outside.has(name.toLowerCase()) }))
  )
  const isKeyNamed = named.has(descriptor.subjectKey.toLowerCase())
  return [...(isKeyNamed ? usesOfKey(descriptor, tables[0]?.name) : []), ...variables]
}

/** The names in a query, bare and quoted, in lower case, without string literals. */
function namesIn(sql: string): ReadonlySet<string> {
  const words = sql.matchAll(/'[^']*'|"([^"]*)"|([A-Za-z_][A-Za-z0-9_]*)/g)
  return new Set([...words].map(([, quoted, bare]) => (quoted ?? bare ?? '').toLowerCase()))
}

/** Converts a catalog from the REST API to the format against which programs are checked. */
export function descriptorOf(found: FoundCatalog): CatalogDescriptor {
  const { subject_key = '', tables = [], lattice = [], analysis_sets = [] } = found.schema_definition ?? {}
  return {
    ...messages.CatalogDescriptor.decode(new Uint8Array()),
    name: found.name,
    subjectKey: subject_key,
    synthetic: found.synthetic,
    mode: found.mode,
    precision: found.precision ?? '',
    lattice: lattice.map((one) => ({ ...one, breakpoints: [...one.breakpoints] })),
    sets: describedSets(
      analysis_sets.map(({ name, complete_on: completeOn, where }) => ({
        name,
        completeOn,
        ...(where ? { where } : {})
      }))
    ),
    tables: tables.map(({ name, description, one_row_per_subject, variables }) => ({
      name,
      description,
      oneRowPerSubject: one_row_per_subject,
      variables: variables.map(({ minimum, maximum, missing_share: missing = null, levels, breakpoints, ...rest }) => ({
        ...rest,
        identifying: rest.identifying ?? false,
        derivation: rest.derivation ?? '',
        levels: [...levels],
        breakpoints: [...breakpoints],
        minimum: minimum ?? 0,
        maximum: maximum ?? 0,
        bounded: minimum !== null,
        missingShare: missing ?? 0,
        missingTold: missing !== null
      }))
    }))
  }
}
