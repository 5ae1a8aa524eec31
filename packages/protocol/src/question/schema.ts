/**
 * Whether several sites mean the same by the variables that one program uses: by name, type, unit, levels and their order,
 * breakpoints, and for a script the order of columns. Numbers of sites that do not agree must not be put together.
 */
import { type CatalogDescriptor, resolveVariable, type VariableDescriptor } from '../catalog.ts'
import { columnsOf } from './cohort.ts'
import { StimnetError } from '../errors.ts'
import type { Plan } from './plan.ts'
import type { VariableContract, VariableMapping } from './variable-contract.ts'
import { mapVariable, type SchemaFault } from './variable-mapping.ts'

/** The type under which a contract names a subject key. */
export const KEY_TYPE = 'key'

/** More differences than this are not read any more. */
const DIFFERENCES_TOLD_MAX = 6

/** A variable that a program uses. */
export interface VariableUse {
  /** `table.variable`. */
  readonly variable: string
  /** Whether it is cut at its declared breakpoints: as a group, or for a quantile. */
  readonly binned: boolean
}

/** A site and the catalog that it offers. */
export interface SiteCatalog {
  /** PeerId. */
  readonly site: string
  readonly descriptor: Pick<CatalogDescriptor, 'tables' | 'subjectKey'>
}

/** One thing in which a site differs from the contract. */
export interface SchemaDifference extends SchemaFault {
  readonly site: string
  /** `table.variable`; `table` for the order of its columns. */
  readonly variable: string
}

/** What the sites agree on, and where they do not. */
export interface SchemaReport {
  /** What each used variable is taken to be: the given contract, or what most sites say. */
  readonly contract: readonly VariableContract[]
  readonly differences: readonly SchemaDifference[]
  /** For each difference that a mapping can settle, one to fill in. */
  readonly skeleton: readonly VariableMapping[]
}

/** What a comparison is about. */
export interface SchemaQuestion {
  readonly uses: readonly VariableUse[]
  /** Whether a script reads the tables themselves: then the order of columns counts. */
  readonly tables: boolean
  /** What the requester takes the variables to be; where it says nothing, most sites decide. */
  readonly contract: readonly VariableContract[]
  readonly mappings: readonly VariableMapping[]
}

/** The variables of a plan; those of a cohort filter count as the plan's. */
export function usesOfPlan({ where, groupBy, measures }: Plan): VariableUse[] {
  const binned = [
    ...groupBy.map(({ variable }) => variable),
    ...measures.flatMap((measure) => (measure.kind === 'quantile' ? [measure.variable] : []))
  ]
  const measured = measures.flatMap((m) => ('variable' in m ? [m.variable] : 'variables' in m ? [...m.variables] : []))
  const named = [...binned, ...measured, ...(where === undefined ? [] : columnsOf(where))]
  return [...new Set(named)].map((variable) => ({ variable, binned: binned.some((other) => other === variable) }))
}

/** Every variable of a catalog, and its subject key: what a script may read. */
export function usesOfTables(descriptor: SiteCatalog['descriptor']): VariableUse[] {
  const variables = descriptor.tables.flatMap((table) =>
    table.variables.map(({ name }) => ({ variable: `${table.name}.${name}`, binned: false }))
  )
  return [...usesOfKey(descriptor, descriptor.tables[0]?.name), ...variables]
}

/** The subject key under the name of one table: it is the same in all. */
export function usesOfKey({ subjectKey }: SiteCatalog['descriptor'], table: string | undefined): VariableUse[] {
  return table === undefined || subjectKey === '' ? [] : [{ variable: `${table}.${subjectKey}`, binned: false }]
}

/** The variables that a cohort is chosen by, each as the first catalog reads it that knows it. */
export function usesOfCohort(columns: readonly string[], catalogs: readonly CatalogDescriptor[]): VariableUse[] {
  return columns.flatMap((column) => {
    for (const descriptor of catalogs) {
      try {
        return [{ variable: resolveVariable(descriptor, column).ref, binned: false }]
      } catch (error) {
        if (!(error instanceof StimnetError)) throw error
      }
    }
    return []
  })
}

/** Differences in a sentence, each with the site's name where one is given. Made of catalogs and request alone. */
export function differencesInWords(
  differences: readonly SchemaDifference[],
  nameOf?: (site: string) => string
): string {
  const told = differences.slice(0, DIFFERENCES_TOLD_MAX).map(({ site, variable, field, expected, found }) => {
    const where = nameOf ? `${nameOf(site)}: ` : ''
    const clipped = (text: string) => JSON.stringify(text.length > 160 ? `${text.slice(0, 159)}…` : text)
    return `${where}${variable}, ${field} ${clipped(found)} instead of ${clipped(expected)}`
  })
  const more = differences.length - told.length
  return more > 0 ? `${told.join('; ')}; and ${more} more` : told.join('; ')
}

/** Pure, and the same wherever it is asked: at the asking peer, at each serving one, in a browser. */
export function compareSchemas(sites: readonly SiteCatalog[], question: SchemaQuestion): SchemaReport {
  const contract = question.uses.flatMap((use) => referenceOf(use, sites, question) ?? [])
  const differences = [
    ...sites.flatMap((at) => contract.flatMap((wanted) => variableDifferences(at, wanted, question.mappings))),
    ...(question.tables ? orderDifferences(sites, contract, question.mappings) : [])
  ]
  return { contract, differences, skeleton: skeletonOf(sites, differences, contract) }
}

function variableAt({ descriptor }: SiteCatalog, ref: string): VariableDescriptor | undefined {
  const [table = '', name = ''] = ref.split('.')
  const found = descriptor.tables.find((one) => one.name === table)
  if (found && name === descriptor.subjectKey) return keyVariable(name)
  return found?.variables.find((one) => one.name === name)
}

/** The subject key is no variable. It is compared as if it were one of a type that nothing else has. */
function keyVariable(name: string): VariableDescriptor {
  const plain = { unit: '', description: '', levels: [], breakpoints: [], minimum: 0, maximum: 0, bounded: false }
  return { name, type: KEY_TYPE, ...plain, missingShare: 0, missingTold: false, identifying: false }
}

function mappingAt(site: string, ref: string, mappings: readonly VariableMapping[]): VariableMapping | undefined {
  return mappings.find(({ peer, variable }) => peer === site && variable === ref)
}

/** What was given; else what most of the sites without a mapping say, of equals the first; else what a mapping makes of it. */
function referenceOf(
  { variable, binned }: VariableUse,
  sites: readonly SiteCatalog[],
  { contract, mappings }: SchemaQuestion
): VariableContract | undefined {
  const given = contract.find((one) => one.variable === variable)
  if (given) return given
  const own = sites.filter(({ site }) => mappingAt(site, variable, mappings) === undefined)
  const said = own.flatMap((at) => variableAt(at, variable) ?? []).map((local) => wordsOf(variable, local, binned))
  return mostCommon(said) ?? sites.flatMap((at) => mappedWords(at, variable, mappings) ?? [])[0]
}

function wordsOf(variable: string, local: VariableDescriptor, binned: boolean): VariableContract {
  const { type, unit, levels, breakpoints } = local
  return { variable, type, unit, levels: [...levels], breakpoints: binned ? [...breakpoints] : [] }
}

/** Where every site has a mapping, the levels in the order in which the first one names them. */
function mappedWords(
  at: SiteCatalog,
  variable: string,
  mappings: readonly VariableMapping[]
): VariableContract | undefined {
  const mapping = mappingAt(at.site, variable, mappings)
  const local = mapping && variableAt(at, mapping.local)
  if (!mapping || !local || mapping.scale !== '') return undefined
  const named = new Map(mapping.levels.map((pair) => [pair.local, pair.level]))
  const levels = [...new Set(local.levels.map((level) => named.get(level) ?? level))]
  return { variable, type: local.type, unit: local.unit, levels, breakpoints: [] }
}

function mostCommon<T>(items: readonly T[]): T | undefined {
  const found = new Map<string, { readonly item: T; times: number }>()
  for (const item of items) {
    const text = JSON.stringify(item)
    const known = found.get(text)
    if (known) known.times += 1
    else found.set(text, { item, times: 1 })
  }
  // Sorting keeps the order of equals: the first one wins.
  return [...found.values()].sort((a, b) => b.times - a.times)[0]?.item
}

/** Everything in which one site's variable is not what is wanted. */
function variableDifferences(
  at: SiteCatalog,
  wanted: VariableContract,
  mappings: readonly VariableMapping[]
): SchemaDifference[] {
  const named = (fault: SchemaFault): SchemaDifference => ({ site: at.site, variable: wanted.variable, ...fault })
  const mapping = mappingAt(at.site, wanted.variable, mappings)
  const name = mapping?.local ?? wanted.variable
  const local = variableAt(at, name)
  if (!local) return [named({ field: 'name', expected: name, found: 'no such variable' })]
  if (!mapping) return plainFaults(local, wanted).map(named)
  if (tableOf(name) !== tableOf(wanted.variable)) {
    return [named({ field: 'mapping', expected: `a variable of ${tableOf(wanted.variable)}`, found: name })]
  }
  const read = mapVariable(local, mapping, wanted)
  return read.ok ? [] : read.faults.map(named)
}

function plainFaults(local: VariableDescriptor, wanted: VariableContract): SchemaFault[] {
  const faults: SchemaFault[] = []
  const check = (field: SchemaFault['field'], expected: string, found: string) => {
    if (expected !== found) faults.push({ field, expected: expected || 'none', found: found || 'none' })
  }
  check('type', wanted.type, local.type)
  check('unit', wanted.unit, local.unit)
  check('levels', wanted.levels.join(', '), local.levels.join(', '))
  // A contract without breakpoints does not cut.
  if (wanted.breakpoints.length > 0) check('breakpoints', wanted.breakpoints.join(', '), local.breakpoints.join(', '))
  return faults
}

/** A table with a mapping is laid out in the order of the contract; any other must be in it already. */
function orderDifferences(
  sites: readonly SiteCatalog[],
  contract: readonly VariableContract[],
  mappings: readonly VariableMapping[]
): SchemaDifference[] {
  // What few have is a difference of its own, and has no place among the others.
  const common = contract
    .map(({ variable }) => variable)
    .filter((variable) => 2 * sites.filter((at) => variableAt(at, variable)).length > sites.length)
  const tables = [...new Set(common.map(tableOf))]
  return sites.flatMap(({ site, descriptor }) =>
    tables.flatMap((table) => {
      const isMapped = mappings.some(({ peer, variable }) => peer === site && tableOf(variable) === table)
      const own = descriptor.tables.find((one) => one.name === table)?.variables.map(({ name }) => name) ?? []
      const wanted = common.filter((variable) => tableOf(variable) === table)
      const names = wanted.map((variable) => variable.slice(table.length + 1)).filter((name) => own.includes(name))
      const found = own.filter((name) => names.includes(name))
      if (isMapped || found.join(' ') === names.join(' ')) return []
      return [{ site, variable: table, field: 'column order', expected: names.join(', '), found: found.join(', ') }]
    })
  )
}

function tableOf(ref: string): string {
  return ref.slice(0, Math.max(0, ref.indexOf('.')))
}

/**
 * What can be told stands there already. What only people know is left empty, and an empty name, level or factor is
 * refused: nothing runs by accident on a guess of ours.
 */
function skeletonOf(
  sites: readonly SiteCatalog[],
  differences: readonly SchemaDifference[],
  contract: readonly VariableContract[]
): VariableMapping[] {
  const found = new Map<string, VariableMapping>()
  for (const { site, variable, field, expected } of differences) {
    const ref = field === 'column order' ? `${variable}.${expected.split(', ')[0] ?? ''}` : variable
    const at = sites.find((one) => one.site === site)
    const local = at && variableAt(at, ref)
    const levels = contract.find((one) => one.variable === ref)?.levels ?? []
    found.set(`${site} ${ref}`, {
      peer: site,
      variable: ref,
      local: local ? ref : '',
      levels: (local?.levels ?? []).map((level) => ({ local: level, level: levels.includes(level) ? level : '' })),
      scale: ''
    })
  }
  return [...found.values()]
}
