/** Check whether the role that reads a database can also write to it. */
import type { PostgresConfig } from '../../catalog/postgres-config.ts'
import { quoteText } from '../../quote.ts'
import type { Database } from './connect.ts'
import { nameShown, unfit } from './faults.ts'

/** Predefined roles that can access files and programs of the server's machine, or write to every table. */
const STRONG = ['pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program']

/**
 * Finds write permissions of a connection's role, directly and through each role of which it is a member. Temporary tables, and functions
 * that run with other privileges, are not checked.
 */
const POWERS = `
  WITH mine AS (SELECT oid, rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER'))
  SELECT 'all', '', '' FROM pg_roles JOIN mine USING (oid)
    WHERE rolsuper OR pg_roles.rolcreaterole OR pg_roles.rolcreatedb
  UNION ALL SELECT 'role', rolname::text, '' FROM mine WHERE rolname IN (${STRONG.map(quoteText).join(', ')})
  UNION ALL (SELECT 'table', n.nspname::text, c.relname::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
      AND EXISTS (SELECT FROM mine WHERE has_table_privilege(mine.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_any_column_privilege(mine.oid, c.oid, 'INSERT, UPDATE'))
    ORDER BY n.nspname, c.relname LIMIT 1)
  LIMIT 1`

/** A description of the role's write permission; undefined if it has none. Throws the errors of the database. */
export async function writingPower(database: Database): Promise<string | undefined> {
  const [found] = await database.rows(POWERS, [], 'the privileges of its role')
  if (found === undefined) return undefined
  const [kind, name, relation] = found.map((text) => nameShown(text ?? ''))
  if (kind === 'role') return `has the role ${name}`
  if (kind === 'table') return `may write to ${name}.${relation}`
  return 'is a superuser, or may make roles or databases'
}

/** The setting that accepts a role with write permission, for messages. */
export const ACCEPTED_BY = 'writing_role: warn'

/**
 * A sentence about a role with write permission, if the catalog accepts such a role; undefined for a read-only role. Otherwise throws
 * SOURCE_INVALID with the setting that accepts such a role.
 */
export async function assertReader(
  { writing_role }: Pick<PostgresConfig, 'writing_role'>,
  database: Database,
  acceptedBy = ACCEPTED_BY
): Promise<string | undefined> {
  const power = await writingPower(database)
  if (power === undefined) return undefined
  const sentence = `its role ${power}. A role that reads is enough: CREATE ROLE … LOGIN, and GRANT SELECT on what the catalog names`
  if (writing_role === 'warn') return `${database.place}: ${sentence}`
  throw unfit(database.place, `${sentence}; or accept it with ${acceptedBy}`)
}
