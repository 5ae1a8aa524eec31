/** The relation of a table (a table, view or query) and its columns: the SQL of each column's text, or the reason why it cannot be read. */
import { relationParts } from '../../catalog/postgres-config.ts'
import { quoteName, quoteText } from '../../quote.ts'
import type { Database } from './connect.ts'
import { nameShown, unfit } from './faults.ts'

/** A table that is read from a database, by `relation` or `query`. */
export interface RelationTable {
  readonly name: string
  readonly relation?: string | undefined
  readonly query?: string | undefined
}

/** The name of a relation in messages. */
export function relationName({ name, relation }: RelationTable): string {
  return relation ?? `the query of the table ${name}`
}

/** The relation in SQL, for a FROM clause. The text of a query comes from the steward. Names are always quoted. */
export function relationSql({ relation, query }: RelationTable): string {
  // The line break ends a comment that may be at the end of the query.
  if (relation === undefined) return `(\n${query ?? ''}\n) AS stimnet_source`
  const { schema, name } = relationParts(relation) ?? { schema: '', name: '' }
  return `${quoteName(schema)}.${quoteName(name)}`
}

/** Maximum length of a cell's text, in characters. A longer text is refused, not truncated. */
export const CELL_CHARACTERS_MAX = 8192
/** Maximum length of a number, in characters. Values that fit a catalog have 18 digits. */
const NUMBER_CHARACTERS_MAX = 128

/** A column that can be read as text. */
export interface ReadableColumn {
  readonly name: string
  /** SQL for the column's text. The text is cut at `charactersMax` + 1 characters, so that longer values can be recognised. */
  readonly sql: string
  readonly charactersMax: number
  /** Whether the column's type is a binary float, `real` or `double precision`, which does not store decimals. */
  readonly isFloat: boolean
}

/** A column that cannot be read, with the reason. */
export interface UnreadableColumn {
  readonly name: string
  readonly why: string
}

/** The columns of a relation, in their order in the relation. */
export interface RelationColumns {
  readonly all: readonly string[]
  readonly readable: ReadonlyMap<string, ReadableColumn>
  readonly unreadable: ReadonlyMap<string, UnreadableColumn>
}

/**
 * Reads the columns of a relation. Afterwards nobody can change its columns until the transaction ends. Throws the errors of the database.
 */
export async function columnsOfRelation(
  database: Database,
  table: RelationTable,
  timeZone: string | undefined
): Promise<RelationColumns> {
  const { all, granted } = await columnNames(database, table)
  const selected = granted?.map(quoteName).join(', ') ?? '*'
  const columns = await database.columns(`SELECT ${selected} FROM ${relationSql(table)}`, relationName(table))
  const types = await database.rows(
    'SELECT oid::text, typname::text, typcategory::text, typtype::text FROM pg_type WHERE oid = ANY($1::oid[])',
    [columns.map(({ type }) => type)],
    'the types of its columns'
  )
  const known = new Map(types.map(([oid, ...facts]) => [Number(oid), facts.map(String)]))
  const readable = new Map<string, ReadableColumn>()
  const unreadable = new Map<string, UnreadableColumn>()
  for (const { name, type } of columns) {
    const [typeName = '', category = '', form = ''] = known.get(type) ?? []
    const isTwice = columns.filter((column) => column.name === name).length > 1
    const read = isTwice
      ? 'several columns have this name'
      : readingOf(quoteName(name), { typeName, category, form, timeZone })
    if (typeof read === 'string') unreadable.set(name, { name, why: read })
    else readable.set(name, { name, ...read, isFloat: /^float[48]$/.test(typeName) })
  }
  for (const name of all ?? []) {
    if (!granted?.includes(name)) unreadable.set(name, { name, why: 'the role may not read it: GRANT SELECT' })
  }
  return { all: all ?? columns.map(({ name }) => name), readable, unreadable }
}

const NAMES = `
  SELECT a.attname, has_column_privilege(c.oid, a.attnum, 'SELECT')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`

/**
 * The names of a relation's columns, and of the columns that the role may read, since a role may have access to single columns. Empty for a
 * query, which has exactly the columns that it names.
 */
async function columnNames(
  database: Database,
  { name, relation }: RelationTable
): Promise<{ readonly all?: readonly string[]; readonly granted?: readonly string[] }> {
  const parts = relation === undefined ? undefined : relationParts(relation)
  if (parts === undefined) return {}
  const what = relationName({ name, relation })
  const found = await database.rows(NAMES, [parts.schema, parts.name], what)
  const at = `${database.place}, ${what}`
  if (found.length === 0) throw unfit(at, 'there is no such table or view, or it has gone')
  const granted = found.flatMap(([column, mayRead]) => (mayRead === 't' ? [column ?? ''] : []))
  if (granted.length === 0) throw unfit(at, 'the role may not read it: GRANT SELECT')
  return { all: found.map(([column]) => column ?? ''), granted }
}

interface ColumnType {
  readonly typeName: string
  /** pg_type.typcategory: A for arrays, S for texts. */
  readonly category: string
  /** pg_type.typtype: b for base types, e for enums. */
  readonly form: string
  readonly timeZone: string | undefined
}

/** The SQL for a column's text, or the reason why the column cannot be read. */
function readingOf(
  column: string,
  { typeName, category, form, timeZone }: ColumnType
): Pick<ReadableColumn, 'sql' | 'charactersMax'> | string {
  const bounded = (sql: string, charactersMax: number) => ({ sql: `left(${sql}, ${charactersMax + 1})`, charactersMax })
  if (form === 'e' || category === 'S' || typeName === 'uuid') return bounded(`${column}::text`, CELL_CHARACTERS_MAX)
  switch (typeName) {
    case 'numeric':
      // Trailing zeros of the scale are removed, since 1.50 and 1.5 are the same number.
      return bounded(`trim_scale(${column})::text`, NUMBER_CHARACTERS_MAX)
    case 'int2':
    case 'int4':
    case 'int8':
    case 'float4':
    case 'float8':
    case 'bool':
    case 'date':
    case 'timestamp':
      return { sql: `${column}::text`, charactersMax: NUMBER_CHARACTERS_MAX }
    case 'timestamptz':
      return timeZone === undefined
        ? 'a timestamp with time zone has a date only in a time zone: declare postgres.time_zone'
        : { sql: `(${column} AT TIME ZONE ${quoteText(timeZone)})::text`, charactersMax: NUMBER_CHARACTERS_MAX }
    default:
      return `a column of type ${typeName === '' ? 'unknown' : nameShown(typeName)} has no single value: name its parts in a query`
  }
}
