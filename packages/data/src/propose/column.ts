/**
 * The proposal for one column: a type with its reading rules, or the reason why the column is left out, and the decisions left to a person.
 */
import { type LevelDraft, levelsOf } from './levels.ts'
import { isBirthDate, isDirectIdentifier, isOfStaff, keyLikeness } from './names.ts'
import { askedOf, keptAsLevels, keptSentence } from './doubtful.ts'
import {
  dayForms,
  decimalsIn,
  inRows,
  isCode,
  isMissingCode,
  isMissingWord,
  looksGrouped,
  numberForm,
  numberOf,
  type Word
} from './words.ts'

/** The content of a column. */
export interface ColumnFacts {
  readonly header: string
  /** All distinct texts that are not empty. */
  readonly words: readonly Word[]
  /** Number of rows with an empty field. */
  readonly emptyRows: number
  /** Whether a code book gives the column a unit, so that a few distinct numbers are measurements and not codes. */
  readonly isMeasured?: boolean
  /** Whether the column's type in the source is a binary float, which does not store decimals. */
  readonly isFloat?: boolean
  /** The place where the column's values can be changed, such as `in the export`. */
  readonly changed: string
  /** Number of distinct subjects who have one of these texts. */
  peopleOf(texts: readonly string[]): Promise<number>
}

/** The proposed way to read a column's values. */
export type ColumnDraft =
  | { readonly type: 'integer' | 'number'; readonly decimals: number; readonly decimal: '.' | ',' | undefined }
  | { readonly type: 'date'; readonly format: string }
  | ({ readonly type: 'category' } & LevelDraft)
  | { readonly type: 'left out'; readonly why: string }

/** A proposal for a column. */
export interface ProposedColumn {
  readonly draft: ColumnDraft
  /** The texts that mean a missing value in the file. */
  readonly missing: readonly Word[]
  /** Decisions for a person, one or more sentences each. They contain words and counts from the data. */
  readonly decisions: readonly string[]
}

/** Minimum share of rows that must be numbers, or dates, so that other texts count as mistakes. */
const SHARE_MIN = 0.95
/** Maximum number of distinct integers that may be codes, about which the proposal asks. */
const CODES_MAX = 10
/** Minimum number of rows in which a positive number stands so that it counts as a code for a missing value. */
const CODE_ROWS_MIN = 2
/** Maximum number of decimals that can be declared. */
const DECIMALS_MAX = 9
/** Integers beyond this are identifiers rather than measurements, and not exact everywhere. */
const WHOLE_MAX = 2 ** 50

/** Proposes a column. `peopleMin` is the smallest number of people with a public level. */
export async function proposeColumn(facts: ColumnFacts, peopleMin: number): Promise<ProposedColumn> {
  const plain = await plainColumn(facts, peopleMin)
  if (plain.draft.type === 'left out') {
    const [why, asked] = [plain.draft.why, await askedOf(plain, facts, peopleMin)]
    return { ...plain, draft: { type: 'left out', why: [why, ...asked].join('; ') } }
  }
  const kept = plain.draft.type === 'category' ? await keptAsLevels(plain, facts, peopleMin) : []
  if (kept.length === 0)
    return { ...plain, decisions: [...plain.decisions, ...(await askedOf(plain, facts, peopleMin))] }
  const words = without(facts.words, without(plain.missing, kept))
  const { draft, decisions } = await levelsOf({ ...facts, words }, peopleMin)
  if (draft.type === 'left out') return plain
  return { draft, missing: without(plain.missing, kept), decisions: [...keptSentence(kept), ...decisions] }
}

/** The proposal in which every text that usually means a missing value is read as missing. */
async function plainColumn(facts: ColumnFacts, peopleMin: number): Promise<ProposedColumn> {
  const missing = facts.words.filter(({ text }) => isMissingWord(text))
  const words = facts.words.filter(({ text }) => !isMissingWord(text))
  const leave = (why: string): ProposedColumn => ({ draft: { type: 'left out', why }, missing, decisions: [] })
  if (words.length === 0) return leave('it has no values')
  if (isDirectIdentifier(facts.header)) return leave('by its name it identifies people directly')
  const dates = proposeDate(facts, words)
  if (dates !== undefined) return { missing, ...dates }
  const numbers = proposeNumber(facts, words)
  if (numbers === undefined || (await isTwoCodes(numbers, facts, peopleMin))) {
    if (isOfStaff(facts.header)) return leave(STAFF)
    const { draft, decisions } = await levelsOf({ ...facts, words: without(words, numbers?.missing ?? []) }, peopleMin)
    return { draft, missing: [...missing, ...(numbers?.missing ?? [])], decisions }
  }
  return { ...numbers, missing: [...missing, ...numbers.missing] }
}

function rowsOf(words: readonly Word[]): number {
  return words.reduce((sum, { rows }) => sum + rows, 0)
}

function without(words: readonly Word[], others: readonly Word[]): readonly Word[] {
  const left = new Set(others)
  return words.filter((word) => !left.has(word))
}

/**
 * Whether integers are two codes, such as 0 and 1, rather than measurements. A stray text beside two codes is a level that too few people
 * have.
 */
async function isTwoCodes(
  numbers: ProposedColumn,
  { words, isMeasured = false, peopleOf }: ColumnFacts,
  peopleMin: number
) {
  if (numbers.draft.type !== 'integer' || isMeasured) return false
  const read = without(words, numbers.missing).filter(({ text }) => !isMissingWord(text))
  const codes = read.filter(({ text }) => numberForm(text) !== undefined)
  if (codes.length > 2 || (codes.length < 2 && codes.length < read.length)) return false
  const people = await Promise.all(codes.map(({ text }) => peopleOf([text])))
  return people.every((count) => count >= peopleMin)
}

const STAFF =
  'by its name it says who treated or examined people, and levels are public: if questions need it, declare codes in place of the names'

function straysSentence(strays: readonly Word[], changed: string): string[] {
  if (strays.length === 0) return []
  const shown = strays.slice(0, 8).map(({ text, rows }) => `${quoted(text)} ${inRows(rows)}`)
  const more = strays.length > 8 ? ` and ${strays.length - 8} more` : ''
  return [
    `Not read by this: ${shown.join(', ')}${more}. Mend them ${changed}, or add what means a missing value to \`missing\`.`
  ]
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}

function proposeNumber(
  { header, isMeasured = false, isFloat = false, changed }: ColumnFacts,
  words: readonly Word[]
): ProposedColumn | undefined {
  const numbers = words.filter(({ text }) => numberForm(text) !== undefined)
  if (numbers.length === 0 || rowsOf(numbers) < SHARE_MIN * rowsOf(words)) return undefined
  const strays = without(words, numbers)
  const codes = missingCodes(numbers)
  const values = without(numbers, codes)
  const forms = new Set(values.map(({ text }) => numberForm(text)))
  const leave = (why: string): ProposedColumn => ({ draft: { type: 'left out', why }, missing: codes, decisions: [] })
  if (values.length === 0) return leave('it has no values')
  if (forms.has('point') && forms.has('comma'))
    return leave('some of its numbers have a decimal point, others a decimal comma')
  const hasZeros = values.some(({ text }) => /^0\d/.test(text.trim()))
  if (hasZeros && !forms.has('point') && !forms.has('comma')) return undefined
  if (values.some(({ text }) => Math.abs(numberOf(text)) > WHOLE_MAX))
    return leave('its numbers are too long for measurements')
  const isEach = values.length > 20 && values.length === rowsOf(values) && !forms.has('point') && !forms.has('comma')
  if (isEach && keyLikeness(header) > 0) return leave('by its name it is a number of a person, a case or a row')
  const decimal = forms.has('comma') ? ',' : forms.has('point') ? '.' : undefined
  const decimals = decimalsOf(values)
  const decisions = [
    ...codes.map(
      ({ text, rows }) =>
        `${quoted(text)} ${inRows(rows)} is taken for a missing value, since no other value is near it. Is it?`
    ),
    ...groupedSentence(values, decimal),
    ...(decimals > DECIMALS_MAX ? [isFloat ? floatSentence(values, changed) : fineSentence(decimals, changed)] : []),
    ...straysSentence(strays, changed)
  ]
  const type = decimals > 0 ? 'number' : 'integer'
  if (type === 'integer' && values.length <= CODES_MAX && !isMeasured) {
    decisions.push(
      `It has ${values.length} different values. If they are codes, it is a category: write type and levels.`
    )
  }
  return { draft: { type, decimals: Math.min(decimals, DECIMALS_MAX), decimal }, missing: codes, decisions }
}

function decimalsOf(values: readonly Word[]): number {
  return values.reduce((most, { text }) => Math.max(most, decimalsIn(text)), 0)
}

function fineSentence(decimals: number, changed: string): string {
  return `Some values have ${decimals} decimals, and ${DECIMALS_MAX} can be declared: round them ${changed}.`
}

/**
 * Significant digits of a binary float that arithmetic preserves. A float has 15 to 17 digits, of which the last ones are rounding errors.
 */
const SOUND_DIGITS = 12

function floatSentence(values: readonly Word[], changed: string): string {
  const sound = values.map((word) => ({ ...word, text: numberOf(word.text).toPrecision(SOUND_DIGITS) }))
  const enough = decimalsOf(sound)
  const how =
    enough > DECIMALS_MAX
      ? 'Decide how many decimals were measured, write them as `decimals`'
      : `decimals: ${enough} keeps the first ${SOUND_DIGITS} digits of every value: write it if no more were measured`
  return (
    `Its type is a binary float, which keeps no decimals: its values have up to ${decimalsOf(values)}, and ${DECIMALS_MAX} can be ` +
    `declared. ${how}, and round to them ${changed}: until then the table is refused. Rounding to N decimals moves a value by at ` +
    'most half of 10^-N.'
  )
}

function groupedSentence(values: readonly Word[], decimal: '.' | ',' | undefined): string[] {
  if (decimal === undefined) return []
  const signed = values.filter(({ text }) => numberForm(text) !== 'whole')
  if (!signed.every(({ text }) => looksGrouped(text, decimal))) return []
  return [
    `All its numbers with "${decimal}" could be written with thousands separators (1${decimal}234 for 1234). Are they decimals?`
  ]
}

function missingCodes(numbers: readonly Word[]): Word[] {
  const codes = numbers.filter(({ text }) => isCode(numberOf(text)))
  if (codes.length === 0) return []
  return codes.filter(({ text }) => {
    const code = numberOf(text)
    // A single large number is more likely a mistake than a code, and the question about the bounds shows it.
    if (code > 0 && rowsOf(codes.filter((one) => numberOf(one.text) === code)) < CODE_ROWS_MIN) return false
    // There may be several codes, so the code is compared with all numbers except codes of the same sign.
    const others = numbers
      .map((other) => numberOf(other.text))
      .filter((value) => value !== code && !(isCode(value) && Math.sign(value) === Math.sign(code)))
    return others.length > 0 && isMissingCode(code, rangeOf(others))
  })
}

function rangeOf(values: readonly number[]): { readonly least: number; readonly most: number } {
  return values.reduce(({ least, most }, value) => ({ least: Math.min(least, value), most: Math.max(most, value) }), {
    least: Infinity,
    most: -Infinity
  })
}

function proposeDate(
  { header, changed }: ColumnFacts,
  words: readonly Word[]
): Omit<ProposedColumn, 'missing'> | undefined {
  const days = words.flatMap((word) => {
    const forms = dayForms(word.text)
    return forms.length > 0 ? [{ word, forms }] : []
  })
  if (days.length === 0 || days.reduce((sum, { word }) => sum + word.rows, 0) < SHARE_MIN * rowsOf(words))
    return undefined
  if (isBirthDate(header)) {
    const why = 'a date of birth identifies people: an age or a year of birth can be declared instead'
    return { draft: { type: 'left out', why }, decisions: [] }
  }
  const formats = [...new Set(days.flatMap(({ forms }) => forms.map(({ format }) => format)))]
  const common = formats.filter((format) => days.every(({ forms }) => forms.some((one) => one.format === format)))
  const [first, second] = common
  if (first === undefined) {
    const why = `its dates are written in several ways (${formats.join(', ')})`
    return { draft: { type: 'left out', why }, decisions: [] }
  }
  const hasTime = days.some(({ forms }) => forms.some((one) => one.hasTime))
  const strays = without(
    words,
    days.map(({ word }) => word)
  )
  const decisions = [
    ...(second === undefined
      ? []
      : [`Every day could be ${first} or ${second}: ask who wrote the data. ${first} is written.`]),
    ...(hasTime ? ['Its times of day are dropped. Is the day enough?'] : []),
    ...straysSentence(strays, changed)
  ]
  return { draft: { type: 'date', format: hasTime ? `${first} hh:mm` : first }, decisions }
}
