/** Names in a query: columns, tables and aliases, and the words that cannot be names. */
import type { Cursor } from './cursor.ts'

/** A column as named in the query. */
export interface ColumnSyntax {
  readonly at: number
  readonly qualifier?: string
  readonly name: string
}

/** Keywords of other dialects that can occur here, with advice on alternatives. */
const NOT_HERE: Readonly<Record<string, string>> = {
  HAVING:
    'HAVING would select groups by their numbers, but every group that may be released is released. Leave it out.',
  LIMIT: 'LIMIT is not needed: an answer has one row a group. Leave it out.',
  OFFSET: 'OFFSET is not needed: an answer has one row a group. Leave it out.',
  FETCH: 'FETCH is not needed: an answer has one row a group. Leave it out.',
  UNION: 'One SELECT at a time: no UNION. Send two queries.',
  INTERSECT: 'One SELECT at a time: no INTERSECT. Put both conditions into WHERE.',
  EXCEPT: 'One SELECT at a time: no EXCEPT. Write AND NOT in WHERE.',
  WINDOW: 'Window functions look at single rows; only aggregates leave. Write GROUP BY.',
  QUALIFY: 'Window functions look at single rows; only aggregates leave. Write GROUP BY.',
  OVER: 'Window functions look at single rows; only aggregates leave. Write GROUP BY.',
  TABLESAMPLE: 'A sample is no cohort: use WHERE.',
  USING: 'A sample is no cohort: use WHERE.',
  FILTER: 'FILTER would count single subjects separately; use WHERE, GROUP BY, or SHARE(v, ’level’).',
  WITHIN: 'WITHIN GROUP is not supported; write QUANTILE(column, q).',
  LEFT: 'Only an inner JOIN on the subject key is supported.',
  RIGHT: 'Only an inner JOIN on the subject key is supported.',
  FULL: 'Only an inner JOIN on the subject key is supported.',
  CROSS: 'Only an inner JOIN on the subject key is supported.',
  NATURAL: 'Only an inner JOIN on the subject key is supported.',
  ASOF: 'Only an inner JOIN on the subject key is supported.',
  POSITIONAL: 'Only an inner JOIN on the subject key is supported.',
  CASE: 'CASE can pick out one person; only declared columns are aggregated. Write SHARE(v, ’level’), or GROUP BY.',
  CAST: 'Values are cast by the catalog; name the column alone.',
  DISTINCT: 'DISTINCT rows are single rows; only aggregates leave. GROUP BY shows which values there are.',
  SELECT: 'One SELECT at a time: no sub-queries. Who is in it is said by WHERE, or by the request’s own cohort.',
  WITH: 'One SELECT at a time: no WITH.',
  INTO: 'A query writes nothing.',
  EXISTS: 'One SELECT at a time: no sub-queries. Who is in it is said by WHERE, or by the request’s own cohort.',
  NULL: 'NULL is compared with IS NULL or IS NOT NULL.'
}

const KEYWORDS = new Set([
  ...Object.keys(NOT_HERE),
  ...['FROM', 'WHERE', 'GROUP', 'BY', 'ORDER', 'JOIN', 'INNER', 'ON', 'AS', 'AND', 'OR', 'NOT', 'IN', 'IS', 'BETWEEN'],
  ...['LIKE', 'ILIKE', 'SIMILAR', 'ALL', 'ANY', 'SOME', 'TRUE', 'FALSE', 'ASC', 'DESC', 'LATERAL']
])

/** Throws SQL_NOT_SUPPORTED with its reason if the current token is a keyword of other dialects that this grammar does not support. */
export function refuseKeyword(cursor: Cursor): void {
  const why = Object.hasOwn(NOT_HERE, cursor.keyword) ? NOT_HERE[cursor.keyword] : undefined
  if (why !== undefined) cursor.refuse(why)
}

/** Parses `name` or `table.name`. */
export function parseColumn(cursor: Cursor): ColumnSyntax {
  const { at } = cursor.token
  const first = parseName(cursor, 'a column')
  if (!cursor.trySign('.')) return { at, name: first }
  if (cursor.isSign('*')) cursor.refuse('* would be rows; name group columns and aggregates.')
  return { at, qualifier: first, name: parseName(cursor, 'a column') }
}

/** Parses a bare or quoted name that is not a keyword. */
export function parseName(cursor: Cursor, what: string): string {
  refuseKeyword(cursor)
  const { kind, text } = cursor.token
  if (kind === 'quoted') {
    // Only simple names are allowed in quotes, since catalogs contain no other names.
    if (!/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(text)) cursor.refuse('A quoted name has letters, digits, _ and - only.')
    return cursor.take().text
  }
  if (kind !== 'word' || KEYWORDS.has(cursor.keyword)) cursor.refuse(`Expected ${what}, found ${cursor.shown}.`)
  return cursor.take().text
}

/** Parses `AS name`, or a name alone. Returns undefined if there is none. */
export function parseAlias(cursor: Cursor): string | undefined {
  const said = cursor.tryKeyword('AS')
  const { kind } = cursor.token
  if (!said && kind !== 'quoted' && (kind !== 'word' || KEYWORDS.has(cursor.keyword))) return undefined
  if (cursor.token.text.length > 64) cursor.refuse('A name has at most 64 characters.')
  return parseName(cursor, 'a name')
}
