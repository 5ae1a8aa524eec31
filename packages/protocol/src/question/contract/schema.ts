/**
 * Compares the variables that a program uses between sites: name, type, unit, levels and their order, breakpoints and, for a script,
 * the order of columns. Numbers of sites that differ must not be pooled.
 */
import { type CatalogDescriptor, resolveVariable, type VariableDescriptor } from '../../catalog.ts'
import { StimnetError } from '../../errors.ts'
import { type AnalysisSet, analysisSetFromMessage, setInWords } from '../analysis-set.ts'
import { columnsOf } from '../cohort.ts'
import { isoDate } from '../../words/iso-date.ts'
import { type Plan, variablesOf } from '../plan.ts'
import type { VariableContract, VariableMapping } from './variable-contract.ts'
import { mapVariable, type SchemaFault } from './variable-mapping.ts'

/** The type of a subject key in a contract. */
export const KEY_TYPE = 'key'

/** Maximum number of differences in one sentence. */
const DIFFERENCES_TOLD_MAX = 6

/** A variable that a program uses. */
export interface VariableUse {
  /** `table.variable`. */
  readonly variable: string
  /** Whether the variable is divided at its declared breakpoints, as a grouping key or for a quantile. */
  readonly binned: boolean
}

/** A site and its catalog. */
export interface SiteCatalog {
  /** PeerId. */
  readonly site: string
  readonly descriptor: Pick<CatalogDescriptor, 'tables' | 'subjectKey' | 'sets'>
}

/** One difference between a site and the contract. */
export interface SchemaDifference extends SchemaFault {
  readonly site: string
  /** `table.variable`; only the table if the order of columns differs; the name of the set for an analysis set. */
  readonly variable: string
}

/** The result of a comparison. */
export interface SchemaReport {
  /** The definition of each used variable: the given one or, if none is given, that of most sites. */
  readonly contract: readonly VariableContract[]
  readonly differences: readonly SchemaDifference[]
  /** Mappings to complete, one for each site and differing variable. */
  readonly skeleton: readonly VariableMapping[]
}

/** The program's use of variables, and the requester's terms. */
export interface SchemaQuestion {
  readonly uses: readonly VariableUse[]
  /** Whether a script reads whole tables. Then the order of columns is compared too. */
  readonly tables: boolean
  /** The requester's definitions of variables. A variable without one is defined by most sites. */
  readonly contract: readonly VariableContract[]
  readonly mappings: readonly VariableMapping[]
  /** The analysis set of the question. If it lists no variables, its definition is that of most sites. */
  readonly set?: AnalysisSet | undefined
}

/** The variables of a plan, including those in its `where` filter. */
export function usesOfPlan({ where, groupBy, measures }: Plan): VariableUse[] {
  const binned = [
    ...groupBy.map(({ variable }) => variable),
    ...measures.flatMap((measure) =>
      measure.kind === 'quantile' || measure.kind === 'bins' ? [measure.variable] : []
    ),
    ...measures.flatMap((measure) => (measure.kind === 'gram' ? measure.factors.map(({ variable }) => variable) : []))
  ]
  const named = [...binned, ...measures.flatMap(variablesOf), ...(where === undefined ? [] : columnsOf(where))]
  return [...new Set(named)].map((variable) => ({ variable, binned: binned.some((other) => other === variable) }))
}

/** The variables without duplicates. A variable counts as binned if any use bins it. */
export function eachUse(uses: readonly VariableUse[]): VariableUse[] {
  const cut = new Set(uses.filter(({ binned }) => binned).map(({ variable }) => variable))
  return [...new Set(uses.map(({ variable }) => variable))].map((variable) => ({ variable, binned: cut.has(variable) }))
}

/** The variables that a script may read: all variables of a catalog and the subject key. */
export function usesOfTables(descriptor: SiteCatalog['descriptor']): VariableUse[] {
  const variables = descriptor.tables.flatMap((table) =>
    table.variables.map(({ name }) => ({ variable: `${table.name}.${name}`, binned: false }))
  )
  return [...usesOfKey(descriptor, descriptor.tables[0]?.name), ...variables]
}

/** The subject key, prefixed with the given table. The key has the same name in all tables. */
export function usesOfKey({ subjectKey }: SiteCatalog['descriptor'], table: string | undefined): VariableUse[] {
  return table === undefined || subjectKey === '' ? [] : [{ variable: `${table}.${subjectKey}`, binned: false }]
}

/** The variables of a cohort filter. Each column is resolved by the first catalog that has it; unresolved columns are skipped. */
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

/**
 * The differences as one sentence, with the names of sites if `nameOf` is given. The sentence contains only facts from catalogs and
 * request.
 */
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

/** Compares the sites. A pure function, so that the asking peer, each serving peer and a browser get the same result. */
export function compareSchemas(sites: readonly SiteCatalog[], question: SchemaQuestion): SchemaReport {
  const contract = question.uses.flatMap((use) => referenceOf(use, sites, question) ?? [])
  const own = sites.flatMap((at) => contract.flatMap((wanted) => variableDifferences(at, wanted, question.mappings)))
  const differences = [
    ...withoutMirrors(own, { sites, contract, mappings: question.mappings }),
    ...(question.tables ? orderDifferences(sites, contract, question.mappings) : []),
    ...(question.set === undefined ? [] : setDifferences(sites, question.set, question.mappings))
  ]
  return { contract, differences, skeleton: skeletonOf(sites, differences, contract) }
}

function variableAt({ descriptor }: SiteCatalog, ref: string): VariableDescriptor | undefined {
  const [table = '', name = ''] = ref.split('.')
  const found = descriptor.tables.find((one) => one.name === table)
  if (found && name === descriptor.subjectKey) return keyVariable(name)
  return found?.variables.find((one) => one.name === name)
}

/** The subject key as a variable with a type of its own, so that it is compared like other variables. */
function keyVariable(name: string): VariableDescriptor {
  const plain = { unit: '', description: '', levels: [], breakpoints: [], minimum: 0, maximum: 0, bounded: false }
  return { name, type: KEY_TYPE, ...plain, missingShare: 0, missingTold: false, identifying: false, derivation: '' }
}

function mappingAt(site: string, ref: string, mappings: readonly VariableMapping[]): VariableMapping | undefined {
  return mappings.find(({ peer, variable }) => peer === site && variable === ref)
}

/**
 * The definition of a variable: the given one; otherwise the most common one among sites without a mapping (the first of equally
 * common ones); otherwise the result of the first usable mapping.
 */
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

/** The definition that a mapping gives a site's variable, for the case that every site has a mapping. Levels are in the site's order. */
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
  // Sorting is stable, so the first of equally common items wins.
  return [...found.values()].sort((a, b) => b.times - a.times)[0]?.item
}

/** All differences between a site's variable and its definition in the contract. */
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
  // Without breakpoints in the contract, the program does not divide the variable.
  if (wanted.breakpoints.length > 0) check('breakpoints', pointsInWords(wanted), pointsInWords(local))
  return faults
}

/**
 * Removes each difference that only repeats another one in reverse. If most sites have `sex` and one site has `gender` instead, that
 * site lacks `sex`; the difference that the other sites lack `gender` would ask for a second, redundant mapping. The name used at
 * most sites is kept; of equally common names, the one that comes first. Each name can replace only one other, so some difference
 * always remains.
 */
function withoutMirrors(
  differences: readonly SchemaDifference[],
  { sites, contract, mappings }: { sites: readonly SiteCatalog[] } & Pick<SchemaQuestion, 'contract' | 'mappings'>
): SchemaDifference[] {
  const mirrors = mirrorsOf(differences, sites, contract)
  return differences.filter(({ site, variable, field }) => {
    const kept = mirrors.get(variable)
    const here = sites.find((one) => one.site === site)
    if (field !== 'name' || kept === undefined || !here || mappingAt(site, variable, mappings)) return true
    return !variableAt(here, kept)
  })
}

/**
 * For each variable that may be another name of a more common one: the more common variable, which is of the same kind and missing
 * at all sites that have the first.
 */
function mirrorsOf(
  differences: readonly SchemaDifference[],
  sites: readonly SiteCatalog[],
  contract: readonly VariableContract[]
): ReadonlyMap<string, string> {
  const lacking = new Set(
    differences.flatMap(({ site, variable, field }) => (field === 'name' ? [`${site} ${variable}`] : []))
  )
  const holders = new Map(contract.map(({ variable }) => [variable, sites.filter((at) => variableAt(at, variable))]))
  const sitesOf = ({ variable }: VariableContract) => holders.get(variable) ?? []
  // Sorting is stable, so the first of equally common variables stays first.
  const preferred = [...contract].sort((a, b) => sitesOf(b).length - sitesOf(a).length)
  const mirrors = new Map<string, string>()
  const taken = new Set<string>()
  for (const [at, one] of preferred.entries()) {
    const own = sitesOf(one)
    const kept = preferred
      .slice(0, at)
      .filter((other) => isOfKind(one, other) && !taken.has(other.variable) && !mirrors.has(other.variable))
      .find(({ variable }) => own.length > 0 && own.every(({ site }) => lacking.has(`${site} ${variable}`)))
    if (!kept) continue
    taken.add(kept.variable)
    mirrors.set(one.variable, kept.variable)
  }
  return mirrors
}

/** Whether two variables could be the same under different names, because table and type fit. */
function isOfKind(one: VariableContract, other: VariableContract): boolean {
  const kindOf = ({ type }: VariableContract) => (type === 'integer' ? 'number' : type)
  return tableOf(one.variable) === tableOf(other.variable) && kindOf(one) === kindOf(other)
}

/** Differences in the order of columns. A table with a mapping is reordered to fit the contract; other tables must fit already. */
function orderDifferences(
  sites: readonly SiteCatalog[],
  contract: readonly VariableContract[],
  mappings: readonly VariableMapping[]
): SchemaDifference[] {
  // A variable that at most half of the sites have is reported as a separate difference and ignored in the order.
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

/** Differences in the definition of an analysis set, with the variable names of the request. */
function setDifferences(
  sites: readonly SiteCatalog[],
  set: AnalysisSet,
  mappings: readonly VariableMapping[]
): SchemaDifference[] {
  const own = sites.map((at) => ({ site: at.site, found: setAt(at, set.name, mappings) }))
  const expected = set.completeOn.length > 0 ? setInWords(set) : mostCommon(own.flatMap(({ found }) => found ?? []))
  return own.flatMap(({ site, found = 'no such set' }): SchemaDifference[] =>
    found === expected
      ? []
      : [{ site, variable: set.name, field: 'analysis set', expected: expected ?? 'a set of that name', found }]
  )
}

/** A site's definition of a set with the variable names of the request; undefined if the site does not have the set. */
function setAt(
  { site, descriptor }: SiteCatalog,
  name: string,
  mappings: readonly VariableMapping[]
): string | undefined {
  const message = descriptor.sets.find((one) => one.name === name)
  if (message === undefined) return undefined
  const { completeOn, where } = analysisSetFromMessage(message)
  const asNamed = (ref: string) => mappings.find((one) => one.peer === site && one.local === ref)?.variable ?? ref
  return setInWords({ completeOn: completeOn.map(asNamed), ...(where === undefined ? {} : { where }) })
}

function tableOf(ref: string): string {
  return ref.slice(0, Math.max(0, ref.indexOf('.')))
}

/**
 * Mappings for a person to complete. Known parts are filled in, the others are empty. An empty name or level is refused, and so is
 * an empty factor between different units, so that nothing runs on a guess.
 */
function skeletonOf(
  sites: readonly SiteCatalog[],
  differences: readonly SchemaDifference[],
  contract: readonly VariableContract[]
): VariableMapping[] {
  const found = new Map<string, VariableMapping>()
  for (const { site, variable, field, expected } of differences) {
    // A mapping cannot resolve a difference between sets.
    if (field === 'analysis set') continue
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

/** Breakpoints as a catalog writes them; those of a date as calendar days. */
function pointsInWords({ type, breakpoints }: Pick<VariableContract, 'type' | 'breakpoints'>): string {
  return breakpoints.map((point) => (type === 'date' ? isoDate(point) : String(point))).join(', ')
}
