/**
 * Words such as none that mean a missing value in one column and are a level of another. The number of people with the word decides, or a
 * person.
 */
import { inRows, isDoubtful, isDoubtfulWord, numberForm, type Word } from './words.ts'

/** A column as read if doubtful words mean a missing value. */
interface Read {
  readonly draft: { readonly type: string; readonly levels?: readonly string[] }
  readonly missing: readonly Word[]
}

interface Facts {
  readonly words: readonly Word[]
  readonly emptyRows: number
  peopleOf(texts: readonly string[]): Promise<number>
}

/** The doubtful words of a category that stay levels, because there are other levels and enough people have the word. */
export async function keptAsLevels({ draft, missing }: Read, { peopleOf }: Facts, peopleMin: number): Promise<Word[]> {
  if (draft.levels === undefined || draft.levels.every((level) => numberForm(level) !== undefined)) return []
  const kinds = kindsOf(missing.filter(({ text }) => isDoubtfulWord(text)))
  const kept = await Promise.all(kinds.map(async (kind) => ((await peopleOf(textsOf(kind))) >= peopleMin ? kind : [])))
  return kept.flat()
}

/** Questions about words that are read as missing although most rows have them or, in a category, enough people for a level. */
export async function askedOf(
  { draft, missing }: Read,
  { words, emptyRows, peopleOf }: Facts,
  peopleMin: number
): Promise<string[]> {
  const all = rowsOf(words) + emptyRows
  const asked = await Promise.all(
    kindsOf(missing.filter(({ text }) => isDoubtful(text))).map(async (kind) => {
      const isMost = 2 * rowsOf(kind) > all
      const isFrequent = draft.type === 'category' && (await peopleOf(textsOf(kind))) >= peopleMin
      return isMost || isFrequent ? kind : []
    })
  )
  return asked
    .filter((kind) => kind.length > 0)
    .map((kind) => `${listOf(kind)} ${inRows(rowsOf(kind))} is taken for a missing value. Is it a level, or a value?`)
}

/** Questions about doubtful words that were kept as levels. */
export function keptSentence(kept: readonly Word[]): string[] {
  return kindsOf(kept).map(
    (kind) =>
      `${listOf(kind)} ${inRows(rowsOf(kind))} often means a missing value. Is it a level? It is written as one; if it is not, ` +
      'take it out of `levels` and add it to `missing`.'
  )
}

/** Groups words that differ only in case and surrounding spaces. */
function kindsOf(words: readonly Word[]): Word[][] {
  return [...Map.groupBy(words, ({ text }) => text.trim().toLowerCase()).values()]
}

function rowsOf(words: readonly Word[]): number {
  return words.reduce((sum, { rows }) => sum + rows, 0)
}

function textsOf(words: readonly Word[]): string[] {
  return words.map(({ text }) => text)
}

function listOf(words: readonly Word[]): string {
  return words.map(({ text }) => JSON.stringify(text)).join(' or ')
}
