/** The WHERE clause: Boolean algebra over comparisons, in which every NOT is moved inward to its comparison. */
import type { ComparisonOp, FilterValue } from '@stimnet/protocol'
import type { Cursor } from './cursor.ts'
import { type ColumnSyntax, parseColumn, refuseKeyword } from './names.ts'

/**
 * A condition in which only `IS NULL` can be negated. SQL keeps a row if its condition is true. For a missing value, both a < b and NOT (a
 * < b) are unknown. With NOT moved inward, both become comparisons that a missing value does not satisfy, so that the two-valued filters
 * here have the same result as SQL.
 */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Condition[] }
  | { readonly kind: 'is not null'; readonly column: ColumnSyntax }
  | {
      readonly kind: 'comparison'
      readonly column: ColumnSyntax
      readonly op: ComparisonOp
      readonly values: readonly FilterValue[]
    }

/** Maximum nesting of parentheses and NOTs. Filters have a lower limit of their own. */
const NESTING_MAX = 32

const OPPOSITE = { '=': '!=', '!=': '=', '<': '>=', '>=': '<', '>': '<=', '<=': '>' } as const
type PlainOp = keyof typeof OPPOSITE

/** Parses a condition. Throws SQL_NOT_SUPPORTED. */
export function parseCondition(cursor: Cursor, negated = false, nesting = 0): Condition {
  if (nesting > NESTING_MAX) cursor.refuse('Too many parentheses inside one another.')
  return joined(cursor, 'OR', negated ? 'all' : 'any', () =>
    joined(cursor, 'AND', negated ? 'any' : 'all', () => parseFactor(cursor, negated, nesting))
  )
}

function joined(cursor: Cursor, word: 'AND' | 'OR', kind: 'all' | 'any', parse: () => Condition): Condition {
  const first = parse()
  const parts = [first]
  while (cursor.tryKeyword(word)) parts.push(parse())
  return parts.length === 1 ? first : { kind, parts: parts.flatMap((part) => flat(part, kind)) }
}

function flat(part: Condition, kind: 'all' | 'any'): readonly Condition[] {
  return part.kind === kind && 'parts' in part ? part.parts : [part]
}

function parseFactor(cursor: Cursor, negated: boolean, nesting: number): Condition {
  if (nesting > NESTING_MAX) cursor.refuse('Too many NOTs or parentheses inside one another.')
  if (cursor.tryKeyword('NOT')) return parseFactor(cursor, !negated, nesting + 1)
  if (cursor.isSign('(')) {
    cursor.take()
    if (cursor.keyword === 'SELECT') refuseKeyword(cursor)
    const inner = parseCondition(cursor, negated, nesting + 1)
    cursor.expectSign(')')
    return inner
  }
  return parseComparison(cursor, negated)
}

function parseComparison(cursor: Cursor, negated: boolean): Condition {
  const { kind } = cursor.token
  if (kind === 'number' || kind === 'text' || ['TRUE', 'FALSE'].includes(cursor.keyword)) {
    cursor.refuse('A comparison begins with a column.')
  }
  const column = parseColumn(cursor)
  if (cursor.isSign('(')) cursor.refuse('No functions in WHERE: compare a column with declared values.')
  if (cursor.tryKeyword('IS')) return parseIsNull(cursor, column, negated)
  if (cursor.tryKeyword('NOT')) return parseListed(cursor, column, !negated)
  if (cursor.keyword === 'IN' || cursor.keyword === 'BETWEEN') return parseListed(cursor, column, negated)
  const sign = cursor.token.text === '<>' ? '!=' : cursor.token.text
  if (cursor.token.kind !== 'sign' || !Object.hasOwn(OPPOSITE, sign)) return refuseOperator(cursor)
  cursor.take()
  const op = sign as PlainOp
  return { kind: 'comparison', column, op: negated ? OPPOSITE[op] : op, values: [parseValue(cursor)] }
}

function refuseOperator(cursor: Cursor): never {
  refuseKeyword(cursor)
  if (['LIKE', 'ILIKE', 'SIMILAR'].includes(cursor.keyword)) {
    cursor.refuse('No text patterns: compare with declared levels, by = or IN.')
  }
  return cursor.refuse(`Expected a comparison (= <> < <= > >= IN BETWEEN IS), found ${cursor.shown}.`)
}

function parseIsNull(cursor: Cursor, column: ColumnSyntax, negated: boolean): Condition {
  const isNot = cursor.tryKeyword('NOT') !== negated
  if (!cursor.tryKeyword('NULL')) cursor.refuse('IS is followed by NULL or NOT NULL.')
  return isNot ? { kind: 'is not null', column } : { kind: 'comparison', column, op: 'is null', values: [] }
}

/** Parses IN and BETWEEN. */
function parseListed(cursor: Cursor, column: ColumnSyntax, negated: boolean): Condition {
  const compare = (op: ComparisonOp, values: readonly FilterValue[]): Condition => ({
    kind: 'comparison',
    column,
    op,
    values
  })
  if (cursor.tryKeyword('BETWEEN')) {
    const from = parseValue(cursor)
    cursor.expectKeyword('AND')
    const to = parseValue(cursor)
    return negated
      ? { kind: 'any', parts: [compare('<', [from]), compare('>', [to])] }
      : { kind: 'all', parts: [compare('>=', [from]), compare('<=', [to])] }
  }
  if (!cursor.tryKeyword('IN')) return refuseOperator(cursor)
  cursor.expectSign('(')
  if (cursor.keyword === 'SELECT') refuseKeyword(cursor)
  const values = [parseValue(cursor)]
  while (cursor.trySign(',')) values.push(parseValue(cursor))
  cursor.expectSign(')')
  if (!negated) return compare('in', values)
  const others = values.map((value) => compare('!=', [value]))
  return others.length === 1 && others[0] ? others[0] : { kind: 'all', parts: others }
}

function parseValue(cursor: Cursor): FilterValue {
  // DATE '2024-01-01' is read as the text alone, since the type of a column is declared in the catalog.
  if (cursor.keyword === 'DATE' && cursor.following.kind === 'text') cursor.take()
  const minus = cursor.trySign('-')
  if (!minus) cursor.trySign('+')
  const { kind, text } = cursor.token
  if (kind === 'number') {
    cursor.take()
    const number = Number(text)
    if (!Number.isFinite(number)) cursor.refuse('A number that is too large.')
    refuseArithmetic(cursor)
    return minus ? -number : number
  }
  if (minus) cursor.refuse('A minus stands before a number.')
  if (kind === 'text') {
    cursor.take()
    refuseArithmetic(cursor)
    return text
  }
  if (cursor.tryKeyword('TRUE')) return true
  if (cursor.tryKeyword('FALSE')) return false
  refuseKeyword(cursor)
  return cursor.refuse(`Expected a number or a text in single quotes, found ${cursor.shown}.`)
}

function refuseArithmetic(cursor: Cursor): void {
  const { kind, text } = cursor.token
  if (kind === 'sign' && ['+', '-', '*', '/', '%', '||', '::'].includes(text)) {
    cursor.refuse('No arithmetic: compare a column with declared values.')
  }
}
