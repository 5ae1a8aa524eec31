/** Views of a catalog in the variables of a request, with other names, levels and units. The stored rows do not change. */
import {
  type CatalogDescriptor,
  type MappedVariable,
  mapVariable,
  type SchemaTerms,
  StimnetError,
  type VariableContract,
  type VariableMapping,
  type VariableRef
} from '@stimnet/protocol'
import { type CatalogConfig, decimalsOf, type TableConfig, type VariableConfig } from './catalog-config.ts'
import { quoteName } from '../quote.ts'

/** The description of a catalog for requests, and its mapping to the snapshot. */
export interface CatalogView {
  readonly descriptor: CatalogDescriptor
  readonly config: CatalogConfig
  /** The tables whose variables a script receives. */
  readonly tables: readonly TableConfig[]
  /** SQL for the values of a variable of the view, over the snapshot’s table with the given alias. */
  columnSql(table: string, name: string, alias: string): string
  /** An SQL condition on the rows of a table that the view has; absent if it has all rows. */
  rowsSql?(table: string, alias: string): string | undefined
  /** The site's own variable behind a variable of the view, and the number of units of the view in one unit of the site. */
  sourceOf(table: string, name: string): { readonly own: VariableRef; readonly factor: number }
  /** The name and cells in the index that correspond to cells of a variable of the view. */
  indexed(ref: string, cells: ReadonlySet<number>): { readonly ref: string; readonly cells: Iterable<number> }
}

/** The declarations of a request about the variables of a site. */
export interface ViewTerms extends SchemaTerms {
  /** The mappings for this site only. */
  readonly mappings: readonly VariableMapping[]
}

/** Largest scaled value. Sums of squares of such values fit the engine’s wide integers, for any number of rows. */
const SCALED_MAX = 2 ** 50

/** The view without mappings, in the catalog's own names and units. */
export function plainView(descriptor: CatalogDescriptor, config: CatalogConfig): CatalogView {
  return {
    descriptor,
    config,
    tables: config.tables,
    columnSql: (_table, name, alias) => `${alias}.${quoteName(name)}`,
    sourceOf: (table, name) => ({ own: `${table}.${name}`, factor: 1 }),
    indexed: (ref, cells) => ({ ref, cells })
  }
}

interface Seen {
  readonly table: string
  readonly mapped: MappedVariable
  readonly config: VariableConfig
}

/**
 * The view of a catalog in the variables of a request. With a contract, a script receives the variables of the contract in their order.
 * Reads no data. Throws SCHEMA_MISMATCH or VARIABLE_UNKNOWN for a mapping that does not fit, PARAMETER_INVALID for a factor that cannot be
 * exact for the variable.
 */
export function mappedView(descriptor: CatalogDescriptor, config: CatalogConfig, terms: ViewTerms): CatalogView {
  const isKey = ({ local }: VariableMapping) =>
    config.tables.some(({ name }) => local === `${name}.${config.subject_key}`)
  const seen = terms.mappings
    .filter((one) => !isKey(one))
    .map((mapping) => seeAs(mapping, terms.contract, { config, descriptor }))
  const found = (table: string, name: string) =>
    seen.find((one) => one.table === table && one.mapped.variable.name === name)
  const tables = config.tables.map((table) => ({ ...table, variables: variablesOf(table, seen) }))
  const described = descriptor.tables.map((table) => ({
    ...table,
    variables: replaced(table.name, table.variables, seen, ({ mapped }) => mapped.variable)
  }))
  const key = keyOf(terms.mappings.filter(isKey), tables) ?? config.subject_key
  return {
    descriptor: { ...descriptor, subjectKey: key, tables: described, lattice: latticeIn(descriptor, seen) },
    config: { ...config, subject_key: key, tables },
    tables: terms.contract.length === 0 ? tables : laidOut(tables, terms.contract),
    columnSql: (table, name, alias) => columnSql(found(table, name), name, alias),
    sourceOf: (table, name) => {
      const one = found(table, name)?.mapped
      if (one === undefined) return { own: `${table}.${name}`, factor: 1 }
      return { own: `${table}.${one.local}`, factor: one.scale.units / 10 ** one.scale.decimals }
    },
    indexed: (ref, cells) => {
      const [table = '', name = ''] = ref.split('.')
      const one = found(table, name)
      if (one === undefined) return { ref, cells }
      const own = one.mapped.cells.flatMap((cell, i) => (cells.has(cell) ? [i] : []))
      return { ref: `${table}.${one.mapped.local}`, cells: own }
    }
  }
}

/** The request's name for the subject key. No variable may have the same name. */
function keyOf(mappings: readonly VariableMapping[], tables: readonly TableConfig[]): string | undefined {
  const [first, second] = mappings
  if (first === undefined) return undefined
  const [, name = ''] = first.variable.split('.')
  const isTaken = tables.some(({ variables }) => variables.some((one) => one.name.toLowerCase() === name.toLowerCase()))
  if (second || isTaken) {
    refuse('PARAMETER_INVALID', `The subject key has one name, which no variable has: not ${JSON.stringify(name)}.`)
  }
  return name
}

function seeAs(
  mapping: VariableMapping,
  contract: readonly VariableContract[],
  { config, descriptor }: Pick<CatalogView, 'config' | 'descriptor'>
): Seen {
  const [table = '', name = ''] = mapping.local.split('.')
  const own = variableNamed(config.tables, table, name)
  const described = variableNamed(descriptor.tables, table, name)
  if (own === undefined || described === undefined) {
    refuse('VARIABLE_UNKNOWN', `A mapping names ${JSON.stringify(mapping.local)}, which this catalog does not have.`)
  }
  const wanted = contract.find(({ variable }) => variable === mapping.variable)
  if (wanted === undefined) {
    refuse('PARAMETER_INVALID', `${mapping.variable} is mapped, so the contract must say what it is.`)
  }
  if (!wanted.variable.startsWith(`${table}.`)) {
    refuse('SCHEMA_MISMATCH', `${mapping.local} cannot stand for ${wanted.variable}: a mapping stays within a table.`)
  }
  const read = mapVariable(described, mapping, wanted)
  if (!read.ok) {
    const [first] = read.faults
    const why = `${first?.field} ${first?.expected} expected, ${first?.found} found`
    refuse('SCHEMA_MISMATCH', `${mapping.local} cannot stand for ${wanted.variable}: ${why}.`)
  }
  assertExact(own, read.mapped, mapping)
  return { table, mapped: read.mapped, config: mappedConfig(own, read.mapped) }
}

function variableNamed<V extends { readonly name: string }>(
  tables: readonly { readonly name: string; readonly variables: readonly V[] }[],
  table: string,
  name: string
): V | undefined {
  return tables.find((one) => one.name === table)?.variables.find((one) => one.name === name)
}

/**
 * Throws PARAMETER_INVALID unless a factor is exact. A factor adds digits, and the scaled value must fit exact integers for every possible
 * value, which only declared bounds can guarantee.
 */
function assertExact(own: VariableConfig, { scale }: MappedVariable, { local }: VariableMapping): void {
  if (scale.units === 1 && scale.decimals === 0) return
  const largest = Math.max(Math.abs(own.minimum ?? Number.NaN), Math.abs(own.maximum ?? Number.NaN))
  if (largest * 10 ** decimalsOf(own) * scale.units <= SCALED_MAX) return
  const reason = Number.isNaN(largest)
    ? `${local} has no declared bounds, so that no factor can be applied to it.`
    : `The factor for ${local} has more digits than can be exact there: shorten it.`
  refuse('PARAMETER_INVALID', reason)
}

function mappedConfig(own: VariableConfig, { variable, scale }: MappedVariable): VariableConfig {
  const { minimum, maximum, breakpoints } = variable
  const type = variable.type as VariableConfig['type']
  const isNumber = type === 'integer' || type === 'number'
  return {
    ...own,
    name: variable.name,
    type,
    unit: variable.unit,
    ...(type === 'category' ? { levels: [...variable.levels] } : {}),
    ...(isNumber ? { breakpoints: [...breakpoints], decimals: decimalsOf(own) + scale.decimals } : {}),
    ...(own.minimum === undefined ? {} : { minimum, maximum })
  }
}

/**
 * Replaces the site's variables by the variables that are mapped from them. Other variables with the name of a mapped variable are hidden.
 */
function replaced<V extends { readonly name: string }>(
  table: string,
  variables: readonly V[],
  seen: readonly Seen[],
  make: (one: Seen) => V
): V[] {
  const here = seen.filter((one) => one.table === table)
  return variables.flatMap((variable) => {
    const mapped = here.filter(({ mapped: { local } }) => local === variable.name)
    if (mapped.length > 0) return mapped.map(make)
    return here.some(({ mapped }) => mapped.variable.name === variable.name) ? [] : [variable]
  })
}

function variablesOf(table: TableConfig, seen: readonly Seen[]): VariableConfig[] {
  return replaced(table.name, table.variables, seen, ({ config }) => config)
}

/**
 * The base cells of the lattice under the names of the view. A lattice variable that the view hides stays in the lattice under a name that
 * no request can write, so that no other variable can take its place and the lattice stays complete.
 */
function latticeIn({ lattice }: CatalogDescriptor, seen: readonly Seen[]): CatalogDescriptor['lattice'] {
  return lattice.flatMap((entry) => {
    const [table = '', name = ''] = entry.variable.split('.')
    const here = seen.filter((one) => one.table === table)
    const mapped = here.filter(({ mapped: { local } }) => local === name)
    if (mapped.length > 0) return mapped.map((one) => latticeEntry(table, one, entry.breakpoints))
    const isHidden = here.some((one) => one.mapped.variable.name === name)
    return [isHidden ? { ...entry, variable: `${entry.variable} of the site` } : entry]
  })
}

/**
 * A lattice variable with its breakpoints in the unit of the view. Rounding makes the breakpoints equal to those of the view's variable,
 * since a request can use only those.
 */
function latticeEntry(table: string, { mapped }: Seen, cuts: readonly number[]): CatalogDescriptor['lattice'][number] {
  const { units, decimals } = mapped.scale
  const near = (cut: number) => Number((cut * units * 10 ** -decimals).toPrecision(15))
  return { variable: `${table}.${mapped.variable.name}`, breakpoints: cuts.map(near) }
}

/** The tables with only the variables that the contract lists. */
function laidOut(tables: readonly TableConfig[], contract: readonly VariableContract[]): TableConfig[] {
  return tables.flatMap((table) => {
    const variables = contract.flatMap(({ variable }) => {
      const [within, name] = variable.split('.')
      return within === table.name ? table.variables.filter((one) => one.name === name) : []
    })
    return variables.length === 0 ? [] : [{ ...table, variables }]
  })
}

function columnSql(one: Seen | undefined, name: string, alias: string): string {
  if (one === undefined) return `${alias}.${quoteName(name)}`
  const { local, cells, scale, variable } = one.mapped
  const column = `${alias}.${quoteName(local)}`
  if (variable.type === 'category') {
    const cases = cells.map((cell, i) => `WHEN ${i} THEN ${cell}`)
    return `CAST(CASE ${column} ${cases.join(' ')} END AS USMALLINT)`
  }
  return scale.units === 1 ? column : `(${column} * ${scale.units})`
}

function refuse(code: 'VARIABLE_UNKNOWN' | 'SCHEMA_MISMATCH' | 'PARAMETER_INVALID', reason: string): never {
  throw StimnetError.told(code, reason)
}
