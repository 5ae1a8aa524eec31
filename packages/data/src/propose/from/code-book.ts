/** The content of a code book about columns: units, descriptions, and the labels of codes. A code book contains no data. */
import type { ProposedColumn } from '../column.ts'
import { isLevelText } from '../levels.ts'
import { inRows, isDoubtful, isMissingWord, type Word } from '../words.ts'

/** The code book's entry for one column. */
export interface ColumnCode {
  readonly unit?: string
  readonly description?: string
  /** Each text that a cell may have, with its label, which may be empty. */
  readonly levels?: readonly (readonly [text: string, words: string])[]
}

/** The code book's entries, by column header. */
export type CodeBook = ReadonlyMap<string, ColumnCode>

/** Maximum length of a label that is used as a level. Longer labels are explanations. */
const WORDS_MAX = 40
const LEVELS_MAX = 256

/**
 * The levels that a code book declares. They disclose nothing about people, since they do not depend on the data. Levels are named by the
 * labels if each code has a short label of its own, else by the codes.
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
    // The label of one code must not be the text of another code.
    declared.every(([text], i) => names.every((name, at) => at === i || name !== text))
  const levels = areNames ? names : declared.map(([text]) => text)
  const rename = areNames
    ? declared.flatMap(([text], i) => (text === names[i] ? [] : [[text, names[i] ?? ''] as const]))
    : []
  const known = new Set([...declared.map(([text]) => text), ...levels])
  const strays = words.filter(({ text }) => !isMissingWord(text) && !known.has(text))
  return { draft: { type: 'category', levels, rename }, missing, decisions: strayCodes(strays) }
}

/** Whether a text means a missing value even if a code book lists it. A doubtful word such as "none" in a code book is a level. */
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
