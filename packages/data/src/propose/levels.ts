/** Levels of a category: only texts of enough people become public, and texts that differ only in writing become one level. */
import { counted } from '@stimnet/protocol'
import type { Word } from './words.ts'

/** Proposed levels, and the texts of the file that stand for them. */
export interface LevelDraft {
  /** In alphabetical order, since an order by frequency would disclose which levels are frequent. */
  readonly levels: readonly string[]
  /** Pairs of a text of the file and its level. */
  readonly rename: readonly (readonly [word: string, level: string])[]
}

interface LevelFacts {
  readonly header: string
  readonly words: readonly Word[]
  peopleOf(texts: readonly string[]): Promise<number>
}

/** Levels of a category, or the reason why the column is left out. */
export interface ProposedLevels {
  readonly draft: ({ readonly type: 'category' } & LevelDraft) | { readonly type: 'left out'; readonly why: string }
  readonly decisions: readonly string[]
}

/** Maximum number of distinct texts of a category. A column with more is free text or a list of codes. */
const WORDS_MAX = 60
/** Maximum number of proposed levels. */
const LEVELS_MAX = 24
/** Maximum length of a renamed text, and of a level, in characters. */
const WORD_CHARACTERS_MAX = 256
const LEVEL_CHARACTERS_MAX = 128
/** Minimum share of rows that the proposed levels must cover. */
const SHARE_MIN = 0.5

const SEX: Readonly<Record<string, string>> = {
  m: 'male',
  male: 'male',
  man: 'male',
  mann: 'male',
  männlich: 'male',
  maennlich: 'male',
  f: 'female',
  w: 'female',
  female: 'female',
  woman: 'female',
  frau: 'female',
  weiblich: 'female'
}

/** Proposes levels. `peopleMin` is the smallest number of people with a level, because descriptions are public. */
export async function levelsOf({ header, words, peopleOf }: LevelFacts, peopleMin: number): Promise<ProposedLevels> {
  const leave = (why: string): ProposedLevels => ({ draft: { type: 'left out', why }, decisions: [] })
  if (words.length > WORDS_MAX) return leave(`it has ${words.length} different values: free text, or a code`)
  const isSex = /^(sex|gender|geschlecht)/i.test(header.trim())
  const groups = Map.groupBy(words, ({ text }) => levelKey(text, isSex))
  const sized = await Promise.all(
    [...groups].map(async ([key, group]) => {
      const level = isSex ? (SEX[key] ?? levelOf(group)) : levelOf(group)
      return { level, group, people: await peopleOf(group.map(({ text }) => text)) }
    })
  )
  const rare = sized.filter(({ people }) => people < peopleMin)
  const unfit = sized.filter(
    ({ level, people, group }) =>
      people >= peopleMin && !(isLevelText(level) && group.every(({ text }) => text.length <= WORD_CHARACTERS_MAX))
  )
  const fit = sized.filter((one) => !rare.includes(one) && !unfit.includes(one))
  const share = rowsIn(fit.flatMap(({ group }) => group)) / rowsIn(words)
  if (fit.length === 0 || fit.length > LEVELS_MAX || share < SHARE_MIN) {
    return leave(`of its ${words.length} different values ${fit.length} can be levels of ${peopleMin} people or more`)
  }
  const rename = fit.flatMap(({ level, group }) =>
    group.filter(({ text }) => text !== level).map(({ text }) => [text, level] as const)
  )
  return {
    draft: { type: 'category', levels: fit.map(({ level }) => level).sort(), rename },
    decisions: [
      ...rareSentence(rare, peopleMin),
      ...unfitSentence(unfit),
      ...codeSentence(
        fit.map(({ level }) => level),
        isSex
      )
    ]
  }
}

function levelKey(text: string, isSex: boolean): string {
  const plain = visible(text).replace(/\s+/g, ' ').toLowerCase()
  return isSex ? (SEX[plain] ?? plain) : plain
}

/** The most frequent spelling of a level. */
function levelOf(group: readonly Word[]): string {
  const [first] = [...group].sort((a, b) => b.rows - a.rows || (a.text < b.text ? -1 : 1))
  return visible(first?.text ?? '')
}

/** A text without the characters that a level may not contain. */
function visible(text: string): string {
  return text
    .replace(/\p{Cf}/gu, '')
    .normalize('NFC')
    .trim()
}

/** Whether a text can be a level: canonical, without invisible characters, and not too long. */
export function isLevelText(text: string): boolean {
  return (
    text !== '' &&
    text.length <= LEVEL_CHARACTERS_MAX &&
    text === text.normalize('NFC').trim() &&
    !/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u.test(text)
  )
}

function rowsIn(words: readonly Word[]): number {
  return words.reduce((sum, { rows }) => sum + rows, 0)
}

/** The texts of one level, and the number of people with it. */
interface Sized {
  readonly group: readonly Word[]
  readonly people: number
}

function rareSentence(rare: readonly Sized[], peopleMin: number): string[] {
  if (rare.length === 0) return []
  return [
    `Not written, because fewer than ${peopleMin} people have it and levels are public: ${wordsShown(rare)}. Until you ` +
      'declare it as a level, name its level in `rename`, or add it to `missing`, the table is refused.'
  ]
}

function unfitSentence(unfit: readonly Sized[]): string[] {
  if (unfit.length === 0) return []
  return [
    `Not written, because a level has at most ${LEVEL_CHARACTERS_MAX} characters, and none that nobody sees, such as control characters: ` +
      `${wordsShown(unfit)}. Until you name its level in \`rename\`, add it to \`missing\`, or correct the data, the table is refused.`
  ]
}

/** Maximum number of texts in a sentence, and maximum length of each. */
const SHOWN_MAX = 12
const SHOWN_CHARACTERS_MAX = 60

/** Texts as written in YAML, with invisible characters escaped. */
function wordsShown(sized: readonly Sized[]): string {
  const shown = sized
    .slice(0, SHOWN_MAX)
    .map(
      ({ group, people }) =>
        `${group.map(({ text }) => escaped(text.slice(0, SHOWN_CHARACTERS_MAX))).join(' or ')} (${counted(people, 'person', 'people')})`
    )
  const more = sized.length - SHOWN_MAX
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function escaped(text: string): string {
  const code = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, (one) => one.split('').map(code).join(''))
}

function codeSentence(levels: readonly string[], isSex: boolean): string[] {
  const codes = levels.filter((level) => /^[+-]?\d+$/.test(level))
  if (codes.length === 0) return []
  const words = isSex ? ' In ISO 5218, 1 is male and 2 is female; other lists differ.' : ''
  const rename = codes.map((code) => `${JSON.stringify(code)}: WORD`).join(', ')
  const beside = codes.length < levels.length ? ' beside words' : ''
  return [
    `${codes.join(', ')} ${codes.length === 1 ? 'is a code' : 'are codes'}${beside}: put their words into levels, and rename: { ${rename} }.${words}`
  ]
}
