/** Reading of the tables that a catalog has in a database: all in one transaction, and no column that the catalog does not name. */
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

/** An open database with a note about its role, where there is one. */
export interface Reading {
  readonly database: Database
  readonly note?: string
}

/**
 * Opens the database of a catalog for `use`, and closes it. Throws as `openDatabase`, and SOURCE_INVALID for a role that may write,
 * with what accepts it.
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
    const note = await assertReader(postgres, database, acceptedBy)
    return await use({ database, ...(note === undefined ? {} : { note }) })
  } catch (error) {
    throw database.isProven ? error : unproven(error)
  } finally {
    await database.close()
  }
}

/** The relations of a catalog, loaded, and what the institution's log should say about their database. */
export interface LoadedRelations {
  /** By the name of the table; the rows are in the engine's table that `rawOf` names. */
  readonly tables: ReadonlyMap<string, LoadedRelation>
  readonly note?: string
  /** Whether the server has shown that it is the one that is meant. */
  readonly isProven: boolean
}

/**
 * Loads all relations of a catalog as they are at one moment. Throws SOURCE_UNAVAILABLE if the database cannot be reached or breaks
 * off, SOURCE_INVALID if it does not fit, CONFIG_INVALID for secrets that cannot be read.
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

/** Names of columns shown at most. */
const SHOWN_MAX = 20

/** The columns that a table names, each once, and what is wrong with them. */
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
 * What is wrong with the database of a catalog, by its role and its columns and without reading rows: one sentence each. `note` is
 * about a role that may write where the catalog accepts one.
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

/** The message of an expected fault of a source. Throws any other error on. */
export function messageOfSource(error: unknown): string {
  const isExpected = ['SOURCE_INVALID', 'SOURCE_UNAVAILABLE', 'CONFIG_INVALID'].includes(codeOf(error))
  if (!isExpected || !(error instanceof Error)) throw error
  return error.message
}
