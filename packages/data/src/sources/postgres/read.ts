/** Reads a catalog's tables from its database, in one transaction. Columns that the catalog does not name are not read. */
import { codeOf, StimnetError } from '@stimnet/protocol'
import { type CatalogConfig, isRelation, readVariables, type TableConfig } from '../../catalog/catalog-config.ts'
import { subjectColumnOf } from '../../catalog/reading.ts'
import type { Session } from '../../engine.ts'
import { type Database, openDatabase } from './connect.ts'
import { nameShown, unfit, unproven } from './faults.ts'
import { type LoadedRelation, loadRelation } from './load.ts'
import { columnsOfRelation, type ReadableColumn, type RelationColumns, relationName } from './relation.ts'
import type { SourcePlaces } from './secrets.ts'
import { assertReader } from './role.ts'

/** The tables of a catalog that are read from its database. */
export function relationTables({ tables }: Pick<CatalogConfig, 'tables'>): readonly TableConfig[] {
  return tables.filter(isRelation)
}

/** An open database, and a note about its connection or its role if there is one. */
export interface Reading {
  readonly database: Database
  readonly note?: string
}

/**
 * Opens the database of a catalog for `use`, and closes it afterwards. Throws the errors of `openDatabase`, and SOURCE_INVALID for a role
 * with write permission, with the option that accepts such a role.
 */
export async function withDatabase<T>(
  { postgres }: Pick<CatalogConfig, 'postgres'>,
  places: SourcePlaces,
  use: (reading: Reading) => Promise<T>,
  acceptedBy?: string
): Promise<T> {
  if (postgres === undefined) throw new StimnetError('CONFIG_INVALID', 'postgres: is missing')
  const database = await openDatabase(postgres, places)
  try {
    const notes = [opennessNote(database), await assertReader(postgres, database, acceptedBy)]
    const note = notes.filter((one) => one !== undefined).join('. ')
    return await use({ database, ...(note === '' ? {} : { note }) })
  } catch (error) {
    throw database.isProven ? error : unproven(error)
  } finally {
    await database.close()
  }
}

/** A sentence about a connection that anybody in between can read; undefined for any other. Only `tls: off` makes one. */
function opennessNote({ place, isPrivate }: Database): string | undefined {
  if (isPrivate) return undefined
  return `${place}: not encrypted (tls: off), so others on the network can read and change the rows. Use tls: verify`
}

/** The loaded relations of a catalog, and a note about their database for the institution's log. */
export interface LoadedRelations {
  /** By table name. The rows are in the engine's table that `rawOf` gives. */
  readonly tables: ReadonlyMap<string, LoadedRelation>
  readonly note?: string
  /** Whether the server has proved its identity. */
  readonly isProven: boolean
}

/**
 * Loads all relations of a catalog in one consistent state. Throws SOURCE_UNAVAILABLE if the database cannot be reached or the connection
 * breaks, SOURCE_INVALID if the database does not fit the catalog, CONFIG_INVALID for unreadable secrets.
 */
export async function loadRelations(
  config: CatalogConfig,
  places: SourcePlaces,
  { session, rawOf }: { readonly session: Session; readonly rawOf: (table: string) => string }
): Promise<LoadedRelations> {
  return withDatabase(config, places, async ({ database, note }) => {
    const tables = new Map<string, LoadedRelation>()
    for (const table of relationTables(config)) {
      const found = await columnsOfRelation(database, table, config.postgres?.time_zone)
      const { columns, faults } = declaredColumns(table, config.subject_key, found)
      const [fault] = faults
      if (fault !== undefined)
        throw unfit(`${database.place}, ${relationName(table)}`, `${fault} (table ${table.name})`)
      tables.set(table.name, await loadRelation(database, table, columns, { session, raw: rawOf(table.name) }))
    }
    return { tables, isProven: database.isProven, ...(note === undefined ? {} : { note }) }
  })
}

/** Maximum number of column names in a message. */
const SHOWN_MAX = 20

/** The columns that a table's configuration names, without repetition, and the faults of these columns. */
export function declaredColumns(
  table: TableConfig,
  subjectKey: string,
  { all, readable, unreadable }: RelationColumns
): { readonly columns: readonly ReadableColumn[]; readonly faults: readonly string[] } {
  const named = [subjectColumnOf(table, subjectKey), ...readVariables(table).map(({ name, column }) => column ?? name)]
  const columns: ReadableColumn[] = []
  const faults: string[] = []
  for (const name of new Set(named)) {
    const column = readable.get(name)
    const fault = unreadable.get(name)
    if (column !== undefined) columns.push(column)
    else if (fault !== undefined) faults.push(`column ${JSON.stringify(name)}: ${fault.why}`)
    else
      faults.push(
        `no column ${JSON.stringify(name)}. It has ${all.slice(0, SHOWN_MAX).map(nameShown).join(', ').slice(0, 500)}`
      )
  }
  return { columns, faults }
}

/**
 * The faults of a catalog's database that are visible from its role and columns, without reading rows, as sentences. `note` is about a role
 * with write permission if the catalog accepts such a role.
 */
export async function relationFaults(
  config: CatalogConfig,
  places: SourcePlaces
): Promise<{ readonly faults: readonly string[]; readonly note?: string }> {
  const faults: string[] = []
  try {
    return await withDatabase(config, places, async ({ database, note }) => {
      for (const table of relationTables(config)) {
        const found = await columnsOfRelation(database, table, config.postgres?.time_zone)
        const at = `${database.place}, ${relationName(table)}`
        faults.push(...declaredColumns(table, config.subject_key, found).faults.map((fault) => `${at}: ${fault}`))
      }
      return { faults, ...(note === undefined ? {} : { note }) }
    })
  } catch (error) {
    return { faults: [...faults, messageOfSource(error)] }
  }
}

/** The message of an expected fault of a source. Rethrows any other error. */
export function messageOfSource(error: unknown): string {
  const isExpected = ['SOURCE_INVALID', 'SOURCE_UNAVAILABLE', 'CONFIG_INVALID'].includes(codeOf(error))
  if (!isExpected || !(error instanceof Error)) throw error
  return error.message
}
