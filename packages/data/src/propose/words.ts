/** Words of a column, and what each of them could be by itself: a missing value, a number, a date, or a text. */
import { counted } from '@stimnet/protocol'
import { daysOf } from '../dates.ts'

/** One distinct text of a column, as it stands in the file. */
export interface Word {
  readonly text: string
  readonly rows: number
  /** Number of distinct subjects who have it. */
  readonly people: number
}

/** A number of rows in words. */
export function inRows(rows: number): string {
  return `in ${counted(rows, 'row')}`
}

/** Texts that usually mean a missing value, in lower case. */
const MISSING: ReadonlySet<string> = new Set([
  ...['na', 'n/a', '#n/a', 'nan', 'null', 'none', 'nil', '#null!', '.', '-', '--', '?', 'missing', 'k.a.', 'k. a.'],
  ...['n.a.', 'not available', 'fehlt', 'keine angabe']
])

/** Whether a text usually means a missing value, whatever its column is about. */
export function isMissingWord(text: string): boolean {
  return MISSING.has(text.trim().toLowerCase())
}

/** Those of them that can be a level as well: no mutation, a test without a finding. */
const DOUBTFUL: ReadonlySet<string> = new Set(['none', 'nil', '-', '--'])

/** Whether a word for a missing value can be a level as well. */
export function isDoubtful(text: string): boolean {
  return DOUBTFUL.has(text.trim().toLowerCase())
}

/** Whether such a word is a word, and no sign. */
export function isDoubtfulWord(text: string): boolean {
  return isDoubtful(text) && /\p{L}/u.test(text)
}

/** Numbers that often stand for a missing value, if no other value is near them. */
const CODES: readonly number[] = [-9, -99, -999, -9999, 99, 999, 9999, 99999]

/** Whether a number often stands for a missing value. */
export function isCode(value: number): boolean {
  return CODES.includes(value)
}

/** Whether a number could be a code for a missing value among the others: nothing else is negative, or half as large. */
export function isMissingCode(value: number, others: { readonly least: number; readonly most: number }): boolean {
  if (!isCode(value)) return false
  return value < 0 ? others.least >= 0 : others.most < value / 2
}

const WHOLE = /^[+-]?\d{1,18}$/
const POINT = /^[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d{1,3})?$/
const COMMA = /^[+-]?(\d+,\d*|,\d+)([eE][+-]?\d{1,3})?$/

/** How a number is written: without a decimal sign, or with which. Undefined for a text that is no number. */
export function numberForm(text: string): 'whole' | 'point' | 'comma' | undefined {
  const trimmed = text.trim()
  if (WHOLE.test(trimmed)) return 'whole'
  if (POINT.test(trimmed)) return 'point'
  return COMMA.test(trimmed) ? 'comma' : undefined
}

/** The number that a text is, with whichever decimal sign. */
export function numberOf(text: string): number {
  return Number(text.trim().replace(',', '.'))
}

/** Number of decimal places that a number needs. */
export function decimalsIn(text: string): number {
  const [, , fraction = '', exponent = '0'] = /^([^.,eE]*)[.,]?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text.trim()) ?? []
  return Math.max(0, fraction.replace(/0+$/, '').length - Number(exponent))
}

/** Whether groups of three digits are set apart by this sign, so that 1.234 could mean 1234. */
export function looksGrouped(text: string, sign: '.' | ','): boolean {
  return new RegExp(`^[+-]?[1-9]\\d{0,2}([${sign}]\\d{3})+$`).test(text.trim())
}

/** A way to read a text as a day. */
export interface DayForm {
  /** As in `date_format`, without a time of day. */
  readonly format: string
  /** Whether a time of day that is not midnight follows. */
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

/** All ways to read a text as a day of the calendar; none if it is not one. */
export function dayForms(text: string): DayForm[] {
  const [, day = '', time = ''] = /^(\S+?)(?:[ T](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?$/.exec(text.trim()) ?? []
  const hasTime = time !== '' && !/^00?:00(:00(\.0+)?)?$/.test(time)
  return DAY_FORMS.flatMap(([pattern, format, [year, month, date]]) => {
    const found = pattern.exec(day)
    const iso = found && `${found[year]}-${found[month]?.padStart(2, '0')}-${found[date]?.padStart(2, '0')}`
    return iso && daysOf(iso) !== null ? [{ format, hasTime }] : []
  })
}
