/** The public description of a catalog, and the resolution of variable names in it. */
import { StimnetError } from './errors.ts'
import { didYouMean } from './words/nearest.ts'
import type { VariableRef } from './question/plan.ts'
import type { Message } from './wire/wire.ts'

/** An institution's description of one catalog. It contains no rows. */
export type CatalogDescriptor = Message<'CatalogDescriptor'>
/** One table of a catalog. */
export type TableDescriptor = CatalogDescriptor['tables'][number]
/** One variable of a table: its type, unit, and levels or breakpoints. */
export type VariableDescriptor = TableDescriptor['variables'][number]
/** A variable whose levels or bins make the base cells of a lattice. */
export type LatticeVariable = CatalogDescriptor['lattice'][number]

/** The types of a variable. */
export const VARIABLE_TYPES = ['integer', 'number', 'category', 'date', 'text'] as const

/**
 * Visibility of a catalog. `public`: also listed without a login. `restricted`: listed to member peers and to accounts.
 * `private`: hidden from all other peers, and listed to the institution's own staff only.
 */
export const ACCESS_LEVELS = ['public', 'restricted', 'private'] as const

/** A variable found by name, with its table. */
export interface ResolvedVariable {
  readonly ref: VariableRef
  readonly table: TableDescriptor
  readonly variable: VariableDescriptor
}

/**
 * Finds `variable` or `table.variable` in the given tables (default: all tables of the catalog).
 * Throws VARIABLE_UNKNOWN or VARIABLE_AMBIGUOUS; the reasons name the variables that exist.
 */
export function resolveVariable(
  descriptor: CatalogDescriptor,
  name: string,
  tables: readonly string[] = descriptor.tables.map((table) => table.name)
): ResolvedVariable {
  const dot = name.indexOf('.')
  const wanted = dot < 0 ? name : name.slice(dot + 1)
  const within = dot < 0 ? tables : tables.filter((table) => table === name.slice(0, dot))
  const found = descriptor.tables
    .filter((table) => within.includes(table.name))
    .flatMap((table) =>
      table.variables
        .filter((variable) => variable.name === wanted)
        .map((variable) => ({ ref: `${table.name}.${variable.name}` as VariableRef, table, variable }))
    )
  const [first, second] = found
  if (first && !second) return first
  const shown = JSON.stringify(name.slice(0, 80))
  if (first) {
    const reason = `${shown} is in several tables; write one of ${found.map(({ ref }) => ref).join(', ')}.`
    throw StimnetError.told('VARIABLE_AMBIGUOUS', reason)
  }
  const read = descriptor.tables.filter((table) => tables.includes(table.name))
  const known = [...new Set(read.flatMap((table) => table.variables.map((variable) => variable.name)))]
  const meant =
    dot < 0 ? known : read.flatMap((table) => table.variables.map(({ name: own }) => `${table.name}.${own}`))
  const reason = `The catalog ${descriptor.name} has no variable ${shown}.${didYouMean(name, meant)} It has: ${known.join(', ').slice(0, 500)}.`
  throw StimnetError.told('VARIABLE_UNKNOWN', reason)
}

/**
 * Adds the table to a variable's name if exactly one of the tables in `near` has such a variable; otherwise returns the name
 * unchanged. In a query that reads one table, `visit` thus means that table's `visit`, even if other tables have one too.
 */
export function nearName(descriptor: CatalogDescriptor, name: string, near: readonly string[]): string {
  const holders = descriptor.tables.filter(
    (table) => near.includes(table.name) && table.variables.some((variable) => variable.name === name)
  )
  const [only, other] = holders
  return only && !other ? `${only.name}.${name}` : name
}
