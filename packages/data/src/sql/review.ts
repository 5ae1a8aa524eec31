/**
 * Review of a query: the data that it reads and returns, with line numbers, for the researcher who sends it and the steward who reviews it.
 */
import type { FilterValue } from '@stimnet/protocol'
import { Cursor } from './cursor.ts'
import type { ColumnSyntax } from './names.ts'
import { parseSelect, type SelectSyntax } from './syntax.ts'
import type { Condition } from './where.ts'

/** The use of a name in a query. `key` means that tables are joined on it. */
export type SqlUse = 'table' | 'key' | 'group' | 'aggregate' | 'filter'

/** A finding at one line of a query. */
export interface SqlFinding {
  readonly kind: SqlUse
  /** For example `visits.score`, `AVG(visits.score)` or `visits.arm in placebo, active`; at most 200 characters. */
  readonly what: string
  /** Line number, from 1. */
  readonly line: number
}

const WHAT_CHARACTERS_MAX = 200

/**
 * Reviews a query by its syntax alone; `parseSql` checks with a catalog whether the names exist. Throws TOO_LARGE and SQL_NOT_SUPPORTED
 * (with line and column).
 */
export function reviewOfSql(text: string): SqlFinding[] {
  const select = parseSelect(new Cursor(text))
  const found: { kind: SqlUse; what: string; at: number }[] = []
  const name = namesIn(select)
  for (const table of [select.from, ...select.joins.map((join) => join.table)]) {
    found.push({ kind: 'table', what: table.name, at: table.at })
  }
  for (const column of select.joins.flatMap(({ columns }) => columns)) {
    found.push({ kind: 'key', what: name(column), at: column.at })
  }
  for (const column of select.groupBy) found.push({ kind: 'group', what: name(column), at: column.at })
  for (const { value } of select.items) {
    if (value.kind === 'column') continue
    const { call } = value
    const inside = call.arguments.map((one) => {
      if (one.kind === 'column') return name(one.column)
      return one.kind === 'text' ? JSON.stringify(one.text) : String(one.number)
    })
    const words = `${call.distinct ? 'DISTINCT ' : ''}${call.star ? '*' : inside.join(', ')}`
    found.push({ kind: 'aggregate', what: `${call.name}(${words})`, at: call.at })
  }
  for (const { column, words } of select.where ? comparisonsIn(select.where) : []) {
    found.push({ kind: 'filter', what: `${name(column)} ${words}`, at: column.at })
  }
  return found
    .sort((a, b) => a.at - b.at)
    .map(({ kind, what, at }) => ({ kind, what: what.slice(0, WHAT_CHARACTERS_MAX), line: lineAt(text, at) }))
}

/** Returns a function that names a column with the table of its alias, or with the only table if it has no qualifier. */
function namesIn(select: SelectSyntax): (column: ColumnSyntax) => string {
  const tables = [select.from, ...select.joins.map((join) => join.table)]
  const byAlias = new Map(tables.map((table) => [(table.alias ?? table.name).toLowerCase(), table.name]))
  const only = tables.length === 1 ? select.from.name : undefined
  return ({ qualifier, name }) => {
    const table = qualifier === undefined ? only : (byAlias.get(qualifier.toLowerCase()) ?? qualifier)
    return table === undefined ? name : `${table}.${name}`
  }
}

function comparisonsIn(condition: Condition): { column: ColumnSyntax; words: string }[] {
  if ('parts' in condition) return condition.parts.flatMap(comparisonsIn)
  if (condition.kind === 'is not null') return [{ column: condition.column, words: condition.kind }]
  const values = condition.values.map((value: FilterValue) => String(value)).join(', ')
  return [{ column: condition.column, words: `${condition.op} ${values}`.trim() }]
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}
