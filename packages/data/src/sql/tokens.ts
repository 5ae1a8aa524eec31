/** Conversion of SQL text to tokens: names, numbers, texts and signs with their positions. Comments are dropped. */
import { LIMITS, misleadingIn, StimnetError } from '@stimnet/protocol'

/** A word, number, text or sign of a query. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'number' | 'text' | 'sign' | 'end'
  /** A word as written, the content of a quoted name or text, or a sign. */
  readonly text: string
  /** Position in the query, from 0. */
  readonly at: number
}

/** Maximum number of tokens, far more than any query of this grammar needs. */
const TOKENS_MAX = 4096

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?/y
const SIGN = /<=|>=|<>|!=|::|\|\||[-=<>(),.*;+/%]/y
const SPACE = /[ \t\r\n\f]+/y

/** The tokens of a query. Throws TOO_LARGE, and SQL_NOT_SUPPORTED with line and column. */
export function tokenize(query: string): readonly Token[] {
  if (query.length > LIMITS.scriptBytesMax || new TextEncoder().encode(query).length > LIMITS.scriptBytesMax) {
    throw new StimnetError('TOO_LARGE', 'a query', {
      reason: `A query has at most ${LIMITS.scriptBytesMax / 1024} KiB.`
    })
  }
  const misleading = misleadingIn(query)
  if (misleading)
    refuseAt(query, misleading.at, `The character ${misleading.codePoint} makes it read otherwise than it is.`)
  const tokens: Token[] = []
  let at = 0
  while (at < query.length) {
    const next = afterBlank(query, at)
    if (next > at) {
      at = next
      continue
    }
    if (tokens.length >= TOKENS_MAX) refuseAt(query, at, `A query has at most ${TOKENS_MAX} words and signs.`)
    const token = tokenAt(query, at)
    tokens.push(token.token)
    at = token.end
  }
  tokens.push({ kind: 'end', text: '', at })
  return tokens
}

/** The position after the white space or the comment that begins here. */
function afterBlank(query: string, at: number): number {
  const space = matchAt(SPACE, query, at)
  if (space !== null) return at + space.length
  if (query.startsWith('--', at)) {
    const end = query.indexOf('\n', at)
    return end < 0 ? query.length : end + 1
  }
  if (query.startsWith('/*', at)) {
    const end = query.indexOf('*/', at + 2)
    if (end < 0) refuseAt(query, at, 'A comment that never ends.')
    return end + 2
  }
  return at
}

function tokenAt(query: string, at: number): { token: Token; end: number } {
  const plain = (kind: Token['kind'], text: string) => ({ token: { kind, text, at }, end: at + text.length })
  const word = matchAt(WORD, query, at)
  if (word !== null) return plain('word', word)
  const number = matchAt(NUMBER, query, at)
  if (number !== null) {
    if (matchAt(WORD, query, at + number.length) !== null) refuseAt(query, at, 'A number with letters in it.')
    return plain('number', number)
  }
  if (query[at] === "'") return enclosed(query, at, 'text')
  if (query[at] === '"') return enclosed(query, at, 'quoted')
  const sign = matchAt(SIGN, query, at)
  if (sign !== null) return plain('sign', sign)
  const point = query.codePointAt(at) ?? 0
  const shown =
    point > 0x20 && point < 0x7f
      ? String.fromCodePoint(point)
      : `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
  return refuseAt(query, at, `The character ${shown} has no meaning here.`)
}

/** Reads a quoted text or name, in which a doubled quote stands for one quote. */
function enclosed(query: string, at: number, kind: 'text' | 'quoted'): { token: Token; end: number } {
  const quote = query[at] ?? ''
  let text = ''
  for (let i = at + 1; i < query.length; i++) {
    const char = query[i] ?? ''
    if (char !== quote) text += char
    else if (query[i + 1] === quote) text += query[++i]
    else return { token: { kind, text, at }, end: i + 1 }
  }
  return refuseAt(query, at, `A quote ${quote} that never closes.`)
}

function matchAt(pattern: RegExp, query: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(query)?.[0] ?? null
}

/** Throws SQL_NOT_SUPPORTED with line and column, both counted from 1. */
export function refuseAt(query: string, at: number, why: string): never {
  const before = query.slice(0, at)
  const line = before.split('\n').length
  const column = at - (before.lastIndexOf('\n') + 1) + 1
  throw StimnetError.told('SQL_NOT_SUPPORTED', `Line ${line}, column ${column}: ${why}`)
}
