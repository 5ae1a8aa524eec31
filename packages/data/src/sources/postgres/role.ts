/** Whether the role that reads a database could also write to it. */
import type { PostgresConfig } from '../../catalog/postgres-config.ts'
import { quoteText } from '../../quote.ts'
import type { Database } from './connect.ts'
import { nameShown, unfit } from './faults.ts'

/** Roles of the server with which files and programs of its machine can be reached, or every table be written. */
const STRONG = ['pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program']

/**
 * What the role of a connection could write: through each role that it has, or may become. Temporary tables, and what a function
 * does for whoever calls it, are not looked at.
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

/** What the role could write, in words; undefined if nothing. Throws as the database does. */
export async function writingPower(database: Database): Promise<string | undefined> {
  const [found] = await database.rows(POWERS, [], 'the privileges of its role')
  if (found === undefined) return undefined
  const [kind, name, relation] = found.map((text) => nameShown(text ?? ''))
  if (kind === 'role') return `has the role ${name}`
  if (kind === 'table') return `may write to ${name}.${relation}`
  return 'is a superuser, or may make roles or databases'
}

/** How such a role is accepted in a configuration. */
export const ACCEPTED_BY = 'writing_role: warn'

/**
 * The sentence about a role that may write, where the catalog accepts one; undefined for a role that only reads. Throws
 * SOURCE_INVALID where it is refused, with what accepts it.
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
