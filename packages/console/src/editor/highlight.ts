/** Finds keywords, strings, numbers and comments of a program for syntax colours. It is not a parser. */

/** Languages with syntax colours; programs in other languages are shown without. */
export type Language = 'sql' | 'python' | 'r' | 'json'

/** A piece of a program; all pieces joined are the program again. */
export interface Piece {
  readonly text: string
  readonly kind: 'plain' | 'comment' | 'text' | 'number' | 'keyword' | 'name'
}

const SQL_WORDS =
  'select from where group by having order limit join inner left using on as and or not in is null between like distinct case when then else end count sum avg min max stddev variance corr median quantile'
const PYTHON_WORDS =
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda None nonlocal not or pass raise return True False try while with yield'
const R_WORDS = 'if else for while repeat function return next break TRUE FALSE NULL NA Inf NaN in library'

const NUMBER = String.raw`\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b`
const QUOTED = String.raw`"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?`

interface Grammar {
  readonly pattern: RegExp
  readonly words: ReadonlySet<string>
  readonly foldsCase: boolean
}

const grammar = (comment: string, text: string, words: string, foldsCase = false): Grammar => ({
  pattern: new RegExp(`(?<comment>${comment})|(?<text>${text})|(?<number>${NUMBER})|(?<word>[A-Za-z_][\\w.]*)`, 'g'),
  words: new Set(words.split(' ')),
  foldsCase
})

const GRAMMARS: Readonly<Record<Language, Grammar>> = {
  sql: grammar(String.raw`--[^\n]*|/\*[\s\S]*?(?:\*/|$)`, `'(?:''|[^'])*'?|"[^"\n]*"?`, SQL_WORDS, true),
  python: grammar('#[^\\n\\r]*', `"""[\\s\\S]*?(?:"""|$)|'''[\\s\\S]*?(?:'''|$)|${QUOTED}`, PYTHON_WORDS),
  r: grammar('#[^\\n\\r]*', QUOTED, R_WORDS),
  json: grammar('(?!)', QUOTED, 'true false null')
}

/** Longer programs are shown without colours, which would make the page slow. */
const CHARACTERS_MAX = 60_000

/** The pieces in order, without gaps. */
export function piecesOf(source: string, language: Language): Piece[] {
  if (source.length > CHARACTERS_MAX) return [{ text: source, kind: 'plain' }]
  const { pattern, words, foldsCase } = GRAMMARS[language]
  const pieces: Piece[] = []
  let at = 0
  for (const match of source.matchAll(pattern)) {
    if (match.index > at) pieces.push({ text: source.slice(at, match.index), kind: 'plain' })
    const { comment, text, number, word = '' } = match.groups ?? {}
    const known = words.has(foldsCase ? word.toLowerCase() : word)
    const kind = comment ? 'comment' : text ? 'text' : number ? 'number' : known ? 'keyword' : 'name'
    pieces.push({ text: match[0], kind })
    at = match.index + match[0].length
  }
  if (at < source.length) pieces.push({ text: source.slice(at), kind: 'plain' })
  return pieces
}

/** The language of a script type of the API. */
export function languageOf(scriptType: string): Language {
  if (scriptType === 'sql' || scriptType === 'python' || scriptType === 'r') return scriptType
  return 'json'
}

/** The pieces of each line, for a listing with line numbers. */
export function linesOf(source: string, language: Language): Piece[][] {
  const lines: Piece[][] = [[]]
  for (const { text, kind } of piecesOf(source, language)) {
    for (const [at, part] of text.split('\n').entries()) {
      if (at > 0) lines.push([])
      if (part !== '') lines.at(-1)?.push({ text: part, kind })
    }
  }
  return lines
}
