/** The rows that a plan over tables with one row per subject reads, from columns in memory. */
import {
  type CatalogDescriptor,
  type Filter,
  isComparison,
  type Plan,
  resolveVariable,
  SubjectSet,
  type VariableDescriptor,
  type VariableRef
} from '@stimnet/protocol'
import type { CatalogConfig, VariableConfig } from '../../catalog/catalog-config.ts'
import type { CatalogView } from '../../catalog/mapped.ts'
import { cellsAs } from '../../columns.ts'
import type { Engine } from '../../engine.ts'
import { chosenCells } from '../../index/domain.ts'
import { quoteName } from '../../quote.ts'
import { type KeptColumn, keptColumn, peopleIn } from './columns.ts'

/** A catalog's view, and the engine with its snapshot. */
export interface KeptSource {
  readonly descriptor: CatalogDescriptor
  readonly config: CatalogConfig
  readonly columnSql?: CatalogView['columnSql'] | undefined
  readonly engine: Engine
  readonly subjects: number
  /** The number of rows of a table with several rows per subject, to read a variable of it. */
  readonly rows?: number | undefined
}

/** A variable with its values. */
export interface KeptVariable {
  readonly ref: VariableRef
  readonly variable: VariableDescriptor
  readonly config: VariableConfig
  readonly column: KeptColumn
}

/** The rows of a plan: one per subject, in ascending order. */
export interface KeptRows {
  readonly universe: number
  readonly people: SubjectSet
  /** Undefined if every subject has a row. */
  readonly places: Uint32Array | undefined
  readonly count: number
}

const ALIAS = 't0'

/** Reads a variable: by subject, or by row if the source has a number of rows. Throws the errors of `resolveVariable`, NODE_ERROR. */
export async function keptVariable(
  name: string,
  { descriptor, config, columnSql, engine, subjects, rows }: KeptSource,
  tables?: readonly string[]
): Promise<KeptVariable> {
  const { ref, table, variable } = resolveVariable(descriptor, name, tables)
  const own = config.tables.find((one) => one.name === table.name)?.variables.find((one) => one.name === variable.name)
  if (own === undefined) throw new TypeError('a description that is not of this configuration')
  const sql = columnSql?.(table.name, variable.name, ALIAS) ?? `${ALIAS}.${quoteName(variable.name)}`
  const column = await keptColumn({ engine, table: table.name, subjects, rows }, { sql, alias: ALIAS })
  return { ref, variable, config: own, column }
}

/** The rows of a plan over a cohort. Throws the errors of `keptVariable`. */
export async function rowsOf({ tables, where }: Plan, cohort: SubjectSet, source: KeptSource): Promise<KeptRows> {
  const { subjects: universe } = source
  let people = cohort
  for (const table of tables) {
    const all = await peopleIn({ ...source, table })
    if (all.size < universe) people = people.and(all)
  }
  if (where !== undefined) {
    const fit = people.and(await fitting(where, tables, source))
    // If nobody is left out, the same object is returned: the code that judges the set recognises it.
    if (fit.size < people.size) people = fit
  }
  const count = people.size
  return { universe, people, places: count === universe ? undefined : Uint32Array.from(people), count }
}

/** The values of some rows. */
export function valuesAt({ values }: KeptColumn, { places }: KeptRows): Float64Array {
  if (places === undefined) return values
  const found = new Float64Array(places.length)
  for (let row = 0; row < found.length; row++) found[row] = values[places[row] as number] as number
  return found
}

/** The subjects whose rows satisfy a condition. A missing value satisfies only `is null`. */
async function fitting(filter: Filter, tables: readonly string[], source: KeptSource): Promise<SubjectSet> {
  if ('not' in filter) return (await fitting(filter.not, tables, source)).complement()
  if (!isComparison(filter)) {
    const isAll = 'all' in filter
    const parts = []
    for (const one of isAll ? filter.all : filter.any) parts.push(await fitting(one, tables, source))
    const none = SubjectSet.none(source.subjects)
    return isAll ? parts.reduce((a, b) => a.and(b), none.complement()) : parts.reduce((a, b) => a.or(b), none)
  }
  const { ref, variable, config, column } = await keptVariable(filter.column, source, tables)
  const chosen = chosenCells(filter, ref, variable)
  if (!chosen.missing) {
    const cellOf = cellsAs(variable, config)
    return subjectsWhere(column.values, (value) => !Number.isNaN(value) && chosen.cells.has(cellOf(value)))
  }
  // Called for each variable of a model. For most columns, everybody has a value.
  return column.present === source.subjects
    ? SubjectSet.none(source.subjects)
    : subjectsWhere(column.values, Number.isNaN)
}

function subjectsWhere(values: Float64Array, holds: (value: number) => boolean): SubjectSet {
  const bytes = new Uint8Array(Math.ceil(values.length / 32) * 4)
  for (let i = 0; i < values.length; i++)
    if (holds(values[i] as number)) bytes[i >>> 3] = (bytes[i >>> 3] as number) | (1 << (i & 7))
  return SubjectSet.fromBytes(values.length, bytes)
}
