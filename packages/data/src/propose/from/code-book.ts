/** What a code book says of columns, beside their values: units, descriptions, and the words for codes. It is no data. */
import type { ProposedColumn } from '../column.ts'
import { isLevelText } from '../levels.ts'
import { inRows, isDoubtful, isMissingWord, type Word } from '../words.ts'

/** What is said of one column. */
export interface ColumnCode {
  readonly unit?: string
  readonly description?: string
  /** Each text that its cells may have, with the words for it, which may be empty. */
  readonly levels?: readonly (readonly [text: string, words: string])[]
}

/** What is said of columns, by header. */
export type CodeBook = ReadonlyMap<string, ColumnCode>

/** Longest words for a code that are used as a level; longer ones are explanations. */
const WORDS_MAX = 40
const LEVELS_MAX = 256

/**
 * The levels that a code book declares, whether anybody has them: they say nothing about people. Words name the levels where each code
 * has short words of its own, else the codes do.
 */
export function levelsByCodeBook(
  words: readonly Word[],
  codes: readonly (readonly [text: string, words: string])[]
): ProposedColumn {
  const declared = codes.filter(([text]) => isLevelText(text) && !isNoLevel(text)).slice(0, LEVELS_MAX)
  const isDeclared = new Set(declared.map(([text]) => text))
  const missing = words.filter(({ text }) => isMissingWord(text) && !isDeclared.has(text))
  if (declared.length === 0) {
    return { draft: { type: 'left out', why: 'its code book declares no level' }, missing, decisions: [] }
  }
  const names = declared.map(([, said]) => said.trim())
  const areNames =
    new Set(names).size === names.length &&
    names.every((name) => isLevelText(name) && name.length <= WORDS_MAX && !isNoLevel(name)) &&
    // A word for one code must not be the text of another.
    declared.every(([text], i) => names.every((name, at) => at === i || name !== text))
  const levels = areNames ? names : declared.map(([text]) => text)
  const rename = areNames
    ? declared.flatMap(([text], i) => (text === names[i] ? [] : [[text, names[i] ?? ''] as const]))
    : []
  const known = new Set([...declared.map(([text]) => text), ...levels])
  const strays = words.filter(({ text }) => !isMissingWord(text) && !known.has(text))
  return { draft: { type: 'category', levels, rename }, missing, decisions: strayCodes(strays) }
}

/** Whether a text means a missing value also where a code book names it. "none" that a code book declares is a level. */
function isNoLevel(text: string): boolean {
  return isMissingWord(text) && !isDoubtful(text)
}

function strayCodes(strays: readonly Word[]): string[] {
  if (strays.length === 0) return []
  const shown = strays.slice(0, 8).map(({ text, rows }) => `${JSON.stringify(text.slice(0, 60))} ${inRows(rows)}`)
  const more = strays.length > 8 ? ` and ${strays.length - 8} more` : ''
  return [
    `Its code book does not have ${shown.join(', ')}${more}. Until you declare it as a level, name its level in \`rename\`, or add it ` +
      'to `missing`, the table is refused.'
  ]
}
