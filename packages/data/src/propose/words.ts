/** Distinct texts of a column, and the kinds of value that each could be: a missing value, a number, a date, or a text. */
import { counted } from '@stimnet/protocol'
import { daysOf } from '../dates.ts'

/** One distinct text of a column, as written in the file. */
export interface Word {
  readonly text: string
  readonly rows: number
  /** Number of distinct subjects with this text. */
  readonly people: number
}

/** A number of rows as a phrase. */
export function inRows(rows: number): string {
  return `in ${counted(rows, 'row')}`
}

/** Texts that usually mean a missing value, in lower case. */
const MISSING: ReadonlySet<string> = new Set([
  ...['na', 'n/a', '#n/a', 'nan', 'null', 'none', 'nil', '#null!', '.', '-', '--', '?', 'missing', 'k.a.', 'k. a.'],
  ...['n.a.', 'not available', 'fehlt', 'keine angabe']
])

/** Whether a text usually means a missing value in any column. */
export function isMissingWord(text: string): boolean {
  return MISSING.has(text.trim().toLowerCase())
}

/** Texts for a missing value that can also be a level, such as no mutation, or a test without a finding. */
const DOUBTFUL: ReadonlySet<string> = new Set(['none', 'nil', '-', '--'])

/** Whether a text that usually means a missing value can also be a level. */
export function isDoubtful(text: string): boolean {
  return DOUBTFUL.has(text.trim().toLowerCase())
}

/** Whether a doubtful text contains letters. */
export function isDoubtfulWord(text: string): boolean {
  return isDoubtful(text) && /\p{L}/u.test(text)
}

/** Numbers that often stand for a missing value if no other value is near them. */
const CODES: readonly number[] = [-9, -99, -999, -9999, 99, 999, 9999, 99999]

/** Whether a number often stands for a missing value. */
export function isCode(value: number): boolean {
  return CODES.includes(value)
}

/** Whether a text is a number that often stands for a missing value. It says so of one column, and nothing of the others. */
export function isCodeText(text: string): boolean {
  return numberForm(text) !== undefined && isCode(numberOf(text))
}

/**
 * Whether a number could be a code for a missing value, given the other values: a negative code if no other value is negative, a positive
 * code if all others are less than half as large.
 */
export function isMissingCode(value: number, others: { readonly least: number; readonly most: number }): boolean {
  if (!isCode(value)) return false
  return value < 0 ? others.least >= 0 : others.most < value / 2
}

const WHOLE = /^[+-]?\d{1,18}$/
const POINT = /^[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d{1,3})?$/
const COMMA = /^[+-]?(\d+,\d*|,\d+)([eE][+-]?\d{1,3})?$/

/** How a number is written: without a decimal sign, with a point or with a comma. Undefined for a text that is not a number. */
export function numberForm(text: string): 'whole' | 'point' | 'comma' | undefined {
  const trimmed = text.trim()
  if (WHOLE.test(trimmed)) return 'whole'
  if (POINT.test(trimmed)) return 'point'
  return COMMA.test(trimmed) ? 'comma' : undefined
}

/** The number that a text represents, with a point or a comma as decimal sign. */
export function numberOf(text: string): number {
  return Number(text.trim().replace(',', '.'))
}

/** Number of decimal places that a number needs. */
export function decimalsIn(text: string): number {
  const [, , fraction = '', exponent = '0'] = /^([^.,eE]*)[.,]?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text.trim()) ?? []
  return Math.max(0, fraction.replace(/0+$/, '').length - Number(exponent))
}

/** Whether a sign separates groups of three digits, so that 1.234 could mean 1234. */
export function looksGrouped(text: string, sign: '.' | ','): boolean {
  return new RegExp(`^[+-]?[1-9]\\d{0,2}([${sign}]\\d{3})+$`).test(text.trim())
}

/** A possible reading of a text as a day. */
export interface DayForm {
  /** The format as in `date_format`, without a time of day. */
  readonly format: string
  /** Whether the text has a time of day other than midnight. */
  readonly hasTime: boolean
}

const DAY_FORMS: readonly (readonly [RegExp, string, readonly [year: number, month: number, day: number]])[] = [
  [/^(\d{4})-(\d{2})-(\d{2})$/, 'yyyy-mm-dd', [1, 2, 3]],
  [/^(\d{4})\/(\d{1,2})\/(\d{1,2})$/, 'yyyy/mm/dd', [1, 2, 3]],
  [/^(\d{4})\.(\d{1,2})\.(\d{1,2})$/, 'yyyy.mm.dd', [1, 2, 3]],
  [/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, 'dd.mm.yyyy', [3, 2, 1]],
  [/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, 'dd/mm/yyyy', [3, 2, 1]],
  [/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, 'mm/dd/yyyy', [3, 1, 2]],
  [/^(\d{1,2})-(\d{1,2})-(\d{4})$/, 'dd-mm-yyyy', [3, 2, 1]],
  [/^(\d{1,2})-(\d{1,2})-(\d{4})$/, 'mm-dd-yyyy', [3, 1, 2]],
  [/^((?:19|20)\d{2})(\d{2})(\d{2})$/, 'yyyymmdd', [1, 2, 3]]
]

/** All possible readings of a text as a calendar day; empty if there is none. */
export function dayForms(text: string): DayForm[] {
  const [, day = '', time = ''] = /^(\S+?)(?:[ T](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?$/.exec(text.trim()) ?? []
  const hasTime = time !== '' && !/^00?:00(:00(\.0+)?)?$/.test(time)
  return DAY_FORMS.flatMap(([pattern, format, [year, month, date]]) => {
    const found = pattern.exec(day)
    const iso = found && `${found[year]}-${found[month]?.padStart(2, '0')}-${found[date]?.padStart(2, '0')}`
    return iso && daysOf(iso) !== null ? [{ format, hasTime }] : []
  })
}
