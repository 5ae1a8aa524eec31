/** A catalog proposed for the tables and views of a PostgreSQL database. */
import { StimnetError } from '@stimnet/protocol'
import type { TableConfig } from '../../catalog/catalog-config.ts'
import { type PostgresConfig, postgresSchema, relationParts } from '../../catalog/postgres-config.ts'
import { withSession, type Session } from '../../engine.ts'
import { quoteName } from '../../quote.ts'
import type { Database } from '../../sources/postgres/connect.ts'
import type { SourcePlaces } from '../../sources/postgres/secrets.ts'
import { loadRelation } from '../../sources/postgres/load.ts'
import { type Reading, withDatabase } from '../../sources/postgres/read.ts'
import { columnsOfRelation, type ReadableColumn, relationName, relationSql } from '../../sources/postgres/relation.ts'
import { assertFewTables } from './from-files.ts'
import { isDirectIdentifier, keyLikeness, nameFor } from '../names.ts'
import { type Proposal, type ProposalOptions, type ProposalTable, proposeTables } from '../propose.ts'

/** The command line option that accepts a role with write permission, for messages. */
export const ACCEPTED_BY = '--writing-role warn'

/** Options of a proposal for a database. */
export interface DatabaseProposalOptions extends ProposalOptions, SourcePlaces {
  /** Tables and views as `schema.name`. Default: all relations that the role may read. */
  readonly relations: readonly string[]
}

/**
 * Proposes a catalog for a database. `postgres` is the section of a configuration. Columns that identify people directly are not read.
 * Throws PARAMETER_INVALID, SOURCE_INVALID, SOURCE_UNAVAILABLE, CONFIG_INVALID, NODE_ERROR.
 */
export async function proposeFromDatabase(
  postgres: Readonly<Record<string, unknown>>,
  options: DatabaseProposalOptions
): Promise<Proposal> {
  const section = sectionOf(postgres)
  return withSession({ threads: 2 }, async (session) => {
    const read = async ({ database, note }: Reading) => {
      const relations = options.relations.length > 0 ? options.relations : await readableRelations(database)
      assertFewTables(relations.length, 'tables and views: choose some with --table')
      const tables: ProposalTable[] = []
      for (const relation of relations) {
        tables.push(await load(relation, tables, { database, session, timeZone: section.time_zone }))
      }
      return { tables, ...(note === undefined ? {} : { note }) }
    }
    const { tables, ...said } = await withDatabase({ postgres: section }, options, read, ACCEPTED_BY)
    return proposeTables(tables, session, { ...options, postgres, ...said })
  })
}

/** The parsed `postgres` section. Throws PARAMETER_INVALID. */
export function sectionOf(postgres: Readonly<Record<string, unknown>>): PostgresConfig {
  const parsed = postgresSchema.safeParse(postgres)
  if (parsed.success) return parsed.data
  const reason = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  throw StimnetError.told('PARAMETER_INVALID', reason)
}

const READABLE = `
  SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
    AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
  ORDER BY n.nspname, c.relname LIMIT 1000`

async function readableRelations(database: Database): Promise<string[]> {
  const found = await database.rows(READABLE, [], 'its tables and views')
  if (found.length === 0) {
    const reason = 'The role may read no table or view: GRANT SELECT on them, and USAGE on their schema.'
    throw StimnetError.told('PARAMETER_INVALID', reason)
  }
  return found.map((parts) => parts.map((part) => (/[".]/.test(part ?? '') ? quoteName(part ?? '') : part)).join('.'))
}

async function load(
  relation: string,
  before: readonly ProposalTable[],
  at: { readonly database: Database; readonly session: Session; readonly timeZone: string | undefined }
): Promise<ProposalTable> {
  const parts = relationParts(relation)
  if (parts === undefined) {
    throw StimnetError.told('PARAMETER_INVALID', `--table ${JSON.stringify(relation)} is no name as schema.name.`)
  }
  const taken = before.map(({ table }) => table.name)
  const table: TableConfig = {
    name: nameFor(parts.name, taken, 'table'),
    relation,
    description: '',
    one_row_per_subject: false,
    variables: []
  }
  const { readable, unreadable } = await columnsOfRelation(at.database, table, at.timeZone)
  const isNaming = (name: string) => isDirectIdentifier(name) && keyLikeness(name) === 0
  const wanted = [...readable.values()].filter(({ name }) => !isNaming(name))
  const long = await longColumns(at.database, table, wanted)
  const columns = wanted.filter(({ name }) => !long.includes(name))
  const named = [...readable.keys()].filter(isNaming)
  const unread = [
    ...[...unreadable.values()].map(({ name, why }) => ({ header: name, why })),
    ...long.map((header) => ({ header, why: 'it has longer texts than can be read' })),
    ...named.map((header) => ({ header, why: 'by its name it identifies people directly' }))
  ]
  const raw = `raw_${before.length}`
  if (columns.length === 0) return { label: relation, raw, table, columns: [], rows: 0, faults: [], unread }
  const loaded = await loadRelation(at.database, table, columns, { session: at.session, raw })
  const [count] = await at.session.rows(`SELECT count(*) FROM ${quoteName(raw)}`)
  return {
    label: relation,
    raw,
    table,
    columns: loaded.columns,
    floats: loaded.floats,
    rows: Number(count?.[0]),
    faults: [],
    unread
  }
}

/**
 * The columns that contain a text that is too long. They are left out, so that a long report does not prevent the proposal of its table.
 */
async function longColumns(
  database: Database,
  table: TableConfig,
  columns: readonly ReadableColumn[]
): Promise<readonly string[]> {
  if (columns.length === 0) return []
  const facts = columns.map(({ sql, charactersMax }) => `coalesce(max(length(${sql})), 0) > ${charactersMax}`)
  const [row = []] = await database.rows(
    `SELECT ${facts.join(', ')} FROM ${relationSql(table)}`,
    [],
    relationName(table)
  )
  return columns.flatMap(({ name }, i) => (row[i] === 't' ? [name] : []))
}
