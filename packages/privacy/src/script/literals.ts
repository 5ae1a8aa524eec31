/** Strings that a script's result may contain: text from the signed request or the public catalog, which discloses no data. */
import type { CatalogDescriptor } from '@stimnet/protocol'

/** Maximum number of literals; a larger number is not plausible. */
const LITERALS_MAX = 4096
const LITERAL_LENGTH_MAX = 256

/**
 * The complete string literals of a Python script: `'…'`, `"…"`, `'''…'''` and `"""…"""`, including raw strings. F-strings,
 * bytes and literals with an escape are left out. This is a scanner, not a parser: if it misjudges the end of a string, its
 * result is still text of the signed code.
 */
export function literalsOfPython(code: string): ReadonlySet<string> {
  const literals = new Set<string>()
  let at = 0
  while (at < code.length && literals.size < LITERALS_MAX) {
    const mark = code[at]
    if (mark === '#') {
      at = lineEnd(code, at)
    } else if (mark === '"' || mark === "'") {
      const quote = code.startsWith(mark.repeat(3), at) ? mark.repeat(3) : mark
      const start = at + quote.length
      const end = closing(code, start, quote)
      const text = code.slice(start, end)
      if (!/[fb]/i.test(prefixBefore(code, at)) && isWord(text)) literals.add(text)
      at = end + quote.length
    } else {
      at += 1
    }
  }
  return literals
}

function lineEnd(code: string, at: number): number {
  const end = code.indexOf('\n', at)
  return end < 0 ? code.length : end
}

/**
 * The index at which a string ends: its closing quote or, for a string on one line, the end of
 * the line, where Python would refuse it.
 */
function closing(code: string, start: number, quote: string): number {
  for (let at = start; at < code.length; at++) {
    if (code.startsWith(quote, at)) return at
    if (quote.length === 1 && code[at] === '\n') return at
    if (code[at] === '\\') at += 1
  }
  return code.length
}

/** The letters directly before a quote, if they are a prefix (r, b, u, f and pairs of these letters) and not a name. */
function prefixBefore(code: string, at: number): string {
  const before = code.slice(Math.max(0, at - 3), at)
  return /(?:^|[^A-Za-z0-9_])([rbuf]{1,2})$/i.exec(before)?.[1] ?? ''
}

function isWord(text: string): boolean {
  return text !== '' && text.length <= LITERAL_LENGTH_MAX && !text.includes('\\') && text.isWellFormed()
}

/** Names of tables and variables, and declared levels. They are public, so a script may use them in its result. */
export function publicWordsOf(descriptor: CatalogDescriptor): ReadonlySet<string> {
  return new Set(
    descriptor.tables.flatMap((table) => [
      table.name,
      ...table.variables.flatMap((variable) => [variable.name, ...variable.levels])
    ])
  )
}
