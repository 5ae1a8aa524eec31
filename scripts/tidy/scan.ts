/** A minimal scanner for TypeScript that separates code from comments and strings, and finds imports. */

/** Two layers of a file with the same length, so that an index means the same position in both. */
export interface Layers {
  readonly source: string
  /** The source in which comments and the contents of strings, templates and regular expressions are replaced by blanks. */
  readonly code: string
}

export interface Import {
  /** The module specifier, without quotes. */
  readonly from: string
  readonly line: number
  /** Whether the import is type-only, so that it has no effect at run time. */
  readonly typeOnly: boolean
  /** Whether the import is made when the code runs, and not when the file is loaded. */
  readonly isLazy: boolean
}

// After these characters and words, a slash begins a regular expression; after a name or a closing bracket, it is a division.
const BEFORE_REGEX =
  /(?:^|[=(,:;![{}&|?+\-*%~^<>\n]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield))\s*$/

/** Splits a source into its layers. */
export function layersOf(source: string): Layers {
  const out = [...Array(source.length).keys()].map((i) => source.charAt(i))
  const blank = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' '
  }
  // The brace depths at which open templates continue.
  const templates: number[] = []
  let depth = 0
  let at = 0
  const template = (from: number) => {
    const end = endOfTemplatePart(source, from)
    blank(from, end.at)
    at = end.at + (end.opens ? 2 : 1)
    if (end.opens) templates.push(depth)
  }
  while (at < source.length) {
    const two = source.slice(at, at + 2)
    const one = source.charAt(at)
    if (two === '//' || (two === '#!' && at === 0)) {
      const end = indexOrEnd(source, '\n', at)
      blank(at, end)
      at = end
    } else if (two === '/*') {
      const end = Math.min(source.length, indexOrEnd(source, '*/', at + 2) + 2)
      blank(at, end)
      at = end
    } else if (one === '"' || one === "'") {
      const end = endOfQuoted(source, at + 1, one)
      blank(at + 1, end)
      at = end + 1
    } else if (one === '`') {
      template(at + 1)
    } else if (
      one === '/' &&
      !isTagEnd(source, at) &&
      BEFORE_REGEX.test(out.slice(Math.max(0, at - 20), at).join(''))
    ) {
      const end = endOfRegex(source, at + 1)
      blank(at + 1, end)
      at = end + 1
    } else {
      if (one === '{') depth++
      if (one === '}' && templates.at(-1) === depth) {
        templates.pop()
        template(at + 1)
        continue
      }
      if (one === '}') depth--
      at++
    }
  }
  return { source, code: out.join('') }
}

/** Whether a slash belongs to `</b>` or `<br />`. In formatted code, no regular expression follows `<` or begins with `>`. */
function isTagEnd(source: string, at: number): boolean {
  return source[at - 1] === '<' || (source[at - 1] === ' ' && source[at + 1] === '>')
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from)
  return at < 0 ? text.length : at
}

function endOfQuoted(source: string, from: number, quote: string): number {
  let at = from
  while (at < source.length && source[at] !== quote && source[at] !== '\n') at += source[at] === '\\' ? 2 : 1
  return Math.min(at, source.length)
}

function endOfRegex(source: string, from: number): number {
  let at = from
  for (let inClass = false; at < source.length && source[at] !== '\n'; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '[') inClass = true
    else if (source[at] === ']') inClass = false
    else if (source[at] === '/' && !inClass) break
  }
  return Math.min(at, source.length)
}

function endOfTemplatePart(source: string, from: number): { at: number; opens: boolean } {
  let at = from
  while (at < source.length && source[at] !== '`') {
    if (source.startsWith('${', at)) return { at, opens: true }
    at += source[at] === '\\' ? 2 : 1
  }
  return { at: Math.min(at, source.length), opens: false }
}

/** The line of an index in a source, from 1. */
export function lineOf(source: string, at: number): number {
  let line = 1
  for (let i = source.indexOf('\n'); i >= 0 && i < at; i = source.indexOf('\n', i + 1)) line++
  return line
}

const LAZY_CALL = /(?<![\w$.])(?:import|require|import\.meta\.resolve)\s*\(\s*()(["'])/g

const STATEMENTS = [
  /(?<![\w$.])import\s+(type\s+)?[\w$*{},\s]+?\s*\bfrom\s*(["'])/g,
  /(?<![\w$.])export\s+(type\s+)?(?:\*(?:\s*as\s+[\w$]+)?|\{[\w$,\s]*\})\s*from\s*(["'])/g,
  /(?<![\w$.])import\s*()(["'])/g,
  LAZY_CALL
]

/** All imports, re-exports and dynamic imports with a literal specifier, in the order of lines. */
export function importsOf({ source, code }: Layers): Import[] {
  const found: Import[] = []
  for (const statement of STATEMENTS) {
    for (const match of code.matchAll(statement)) {
      const start = match.index + match[0].length
      const end = code.indexOf(match[2] ?? "'", start)
      if (end < 0) continue
      found.push({
        from: source.slice(start, end),
        line: lineOf(source, match.index),
        typeOnly: match[1] !== undefined && match[1] !== '',
        isLazy: statement === LAZY_CALL
      })
    }
  }
  return found.sort((a, b) => a.line - b.line)
}

/** Strings that look like file names, such as the entry of a child process. */
export function fileNamesOf({ source, code }: Layers): string[] {
  return [...code.matchAll(/(["'`])\s*\1/g)]
    .map((match) => source.slice(match.index + 1, match.index + match[0].length - 1))
    .filter((text) => /^[\w./-]+\.\w+$/.test(text))
}
