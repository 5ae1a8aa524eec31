/** The grammar: one SELECT of group columns and aggregates. Anything else is refused with a reason. */
import type { Cursor } from './cursor.ts'
import { type ColumnSyntax, parseAlias, parseColumn, parseName, refuseKeyword } from './names.ts'
import { type Condition, parseCondition } from './where.ts'

/** An argument of an aggregate. */
export type ArgumentSyntax =
  | { readonly kind: 'column'; readonly column: ColumnSyntax }
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly number: number; readonly at: number }

/** An aggregate with its arguments. */
export interface CallSyntax {
  readonly at: number
  /** Name of the aggregate, in upper case. */
  readonly name: string
  readonly star: boolean
  readonly distinct: boolean
  readonly arguments: readonly ArgumentSyntax[]
}

/** One item of SELECT. */
export interface ItemSyntax {
  readonly at: number
  readonly alias?: string
  readonly value:
    | { readonly kind: 'column'; readonly column: ColumnSyntax }
    | { readonly kind: 'call'; readonly call: CallSyntax }
}

/** A table with its alias. */
export interface TableSyntax {
  readonly at: number
  readonly name: string
  readonly alias?: string
}

/** A JOIN with its columns. */
export interface JoinSyntax {
  readonly table: TableSyntax
  readonly at: number
  /** One column for USING, two columns for ON. */
  readonly columns: readonly ColumnSyntax[]
}

/** A whole query, before any name is resolved. */
export interface SelectSyntax {
  readonly items: readonly ItemSyntax[]
  readonly from: TableSyntax
  readonly joins: readonly JoinSyntax[]
  readonly where?: Condition
  readonly groupBy: readonly ColumnSyntax[]
  readonly orderBy: readonly ColumnSyntax[]
}

const LIST_MAX = 64

/** Parses one statement, after which nothing may follow. Throws SQL_NOT_SUPPORTED. */
export function parseSelect(cursor: Cursor): SelectSyntax {
  if (!cursor.tryKeyword('SELECT')) cursor.refuse('A query is one SELECT of aggregates and begins with SELECT.')
  const items = list(cursor, parseItem)
  cursor.expectKeyword('FROM')
  const from = parseTable(cursor)
  const joins: JoinSyntax[] = []
  while (cursor.keyword === 'JOIN' || cursor.keyword === 'INNER') joins.push(parseJoin(cursor))
  if (cursor.isSign(',')) cursor.refuse('Tables are joined with JOIN … USING (subject key), not with a comma.')
  const where = cursor.tryKeyword('WHERE') ? parseCondition(cursor) : undefined
  const groupBy = parseBy(cursor, 'GROUP')
  const orderBy = parseBy(cursor, 'ORDER')
  endStatement(cursor)
  return { items, from, joins, ...(where === undefined ? {} : { where }), groupBy, orderBy }
}

function endStatement(cursor: Cursor): void {
  if (cursor.trySign(';') && cursor.token.kind !== 'end') cursor.refuse('One statement at a time.')
  if (cursor.token.kind === 'end') return
  refuseKeyword(cursor)
  cursor.refuse(`The query should end here, but there is ${cursor.shown}.`)
}

function list<T>(cursor: Cursor, parse: (cursor: Cursor) => T): T[] {
  const found = [parse(cursor)]
  while (cursor.trySign(',')) {
    if (found.length >= LIST_MAX) cursor.refuse(`A list has at most ${LIST_MAX} entries.`)
    found.push(parse(cursor))
  }
  return found
}

function parseItem(cursor: Cursor): ItemSyntax {
  const { at, kind } = cursor.token
  if (cursor.isSign('*')) cursor.refuse('* would be rows; name group columns and aggregates.')
  if (cursor.isSign('(')) cursor.refuse('No expressions and no sub-queries: name group columns and aggregates.')
  if (kind === 'number' || kind === 'text')
    cursor.refuse('A fixed value is no aggregate: name group columns and aggregates.')
  const isCall = kind === 'word' && cursor.following.kind === 'sign' && cursor.following.text === '('
  const value = isCall
    ? ({ kind: 'call', call: parseCall(cursor) } as const)
    : ({ kind: 'column', column: parseColumn(cursor) } as const)
  refuseExpression(cursor)
  const alias = parseAlias(cursor)
  return { at, value, ...(alias === undefined ? {} : { alias }) }
}

function refuseExpression(cursor: Cursor): void {
  refuseKeyword(cursor)
  const { kind, text } = cursor.token
  if (kind === 'sign' && ['+', '-', '*', '/', '%', '||', '::', '<', '>', '=', '('].includes(text)) {
    cursor.refuse('No expressions: an item is a group column or an aggregate of a column.')
  }
}

function parseCall(cursor: Cursor): CallSyntax {
  refuseKeyword(cursor)
  const { text, at } = cursor.take()
  cursor.expectSign('(')
  const call = { at, name: text.toUpperCase() }
  if (cursor.trySign('*')) {
    cursor.expectSign(')')
    return { ...call, star: true, distinct: false, arguments: [] }
  }
  const distinct = cursor.tryKeyword('DISTINCT')
  const inside = cursor.isSign(')') ? [] : list(cursor, parseArgument)
  if (cursor.keyword === 'ORDER') cursor.refuse('An aggregate has no order here.')
  cursor.expectSign(')', ' An aggregate takes columns alone, no expressions.')
  return { ...call, star: false, distinct, arguments: inside }
}

function parseArgument(cursor: Cursor): ArgumentSyntax {
  const { kind, text, at } = cursor.token
  if (kind === 'text' || kind === 'number') {
    cursor.take()
    return kind === 'text' ? { kind, text, at } : { kind, number: Number(text), at }
  }
  const column = parseColumn(cursor)
  refuseExpression(cursor)
  return { kind: 'column', column }
}

function parseTable(cursor: Cursor): TableSyntax {
  const { at, kind } = cursor.token
  if (kind === 'text') cursor.refuse('A table of the catalog is named, never a file.')
  if (cursor.isSign('(')) cursor.refuse('One SELECT at a time: no sub-queries. Name a table, and JOIN others.')
  const name = parseName(cursor, 'a table')
  if (cursor.isSign('(')) cursor.refuse('A table of the catalog is named; there are no table functions.')
  if (cursor.isSign('.')) cursor.refuse('A table of the catalog is named without schema.')
  const alias = parseAlias(cursor)
  return { at, name, ...(alias === undefined ? {} : { alias }) }
}

function parseJoin(cursor: Cursor): JoinSyntax {
  cursor.tryKeyword('INNER')
  cursor.expectKeyword('JOIN')
  const table = parseTable(cursor)
  const { at } = cursor.token
  if (cursor.tryKeyword('USING')) {
    cursor.expectSign('(')
    const columns = list(cursor, parseColumn)
    cursor.expectSign(')')
    return { table, at, columns }
  }
  if (!cursor.tryKeyword('ON')) cursor.refuse('A JOIN needs USING (subject key).')
  const left = parseColumn(cursor)
  cursor.expectSign('=', ' Tables are joined on the subject key alone.')
  return { table, at, columns: [left, parseColumn(cursor)] }
}

function parseBy(cursor: Cursor, word: 'GROUP' | 'ORDER'): ColumnSyntax[] {
  if (!cursor.tryKeyword(word)) return []
  cursor.expectKeyword('BY')
  const columns = list(cursor, (at) => {
    if (at.token.kind === 'number') at.refuse(`${word} BY names columns, not their positions.`)
    const column = parseColumn(at)
    if (at.isSign('(')) at.refuse(`${word} BY names columns; numbers are grouped by their declared breakpoints.`)
    if (word === 'ORDER') at.tryKeyword('ASC')
    return column
  })
  if (cursor.keyword === 'DESC') cursor.refuse('Rows come in the order of the group columns, rising. Leave DESC out.')
  return columns
}
