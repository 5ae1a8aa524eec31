/** Texts of numbers with everything that is known about them: digits, largest error, range, and people who were left out. */
import { measured } from './text-table.ts'

/** The legend for ≈ and ±, shown once below a table with numbers that people were left out of. */
export const LEFT_OUT_WORDS =
  '≈: people were left out for privacy. How far the number is from that of all people is not known; ± behind it is about those who remain.'

/** The legend for ranges of quantiles, shown once below a table that has some. */
export const RANGE_WORDS =
  '[a to b]: a quantile is read off bins, and the exact one is from a to b. No number is before it where the bin goes on to a declared bound far from the breakpoints.'

/** "≈ 62" if people were left out, otherwise the text unchanged. */
export function aboutText(text: string, isLeftOut: boolean | undefined): string {
  return isLeftOut ? `≈ ${text}` : text
}

/** Facts about a number. */
export interface NumberFacts {
  /** The largest error. */
  readonly within?: number | null | undefined
  /** The range of a quantile; null for an open end. */
  readonly range?: readonly [number | null, number | null] | null | undefined
  readonly isLeftOut?: boolean | undefined
}

/** Writes a number, with a given number of decimals if it has an error. */
export type WriteNumber = (value: number, decimals?: number) => string

/** "≈ 62.1 ± 0.4", "1250 [1000 to 1500]", "[1500 or more]". Empty without a number and a range. */
export function numberText(value: number | null, facts: NumberFacts, write: WriteNumber = plain): string {
  const number = value === null ? '' : aboutText(withError(value, facts.within, write), facts.isLeftOut)
  const range = facts.range ? `[${rangeText(facts.range, write)}]` : ''
  return [number, value === null && range !== '' ? aboutText(range, facts.isLeftOut) : range].filter(Boolean).join(' ')
}

/** "1000 to 1500", "1500 or more", "at most 40". */
export function rangeText([low, high]: readonly [number | null, number | null], write: WriteNumber = plain): string {
  if (low !== null && high !== null) return `${write(low)} to ${write(high)}`
  if (low === null) return high === null ? 'anywhere' : `at most ${write(high)}`
  return `${write(low)} or more`
}

/**
 * "between 0 and 366", "not before 1,095", "not reached": the median of a survival curve as the exact times allow it. The grid's own
 * median is only the end of an interval, and would mislead as the first number.
 */
export function medianText([low = null, high = null]: readonly (number | null)[], write: WriteNumber = plain): string {
  if (low !== null && high !== null) return low === high ? write(low) : `between ${write(low)} and ${write(high)}`
  if (high !== null) return `at most ${write(high)}`
  if (low === null) return 'not reached'
  return low > 0 ? `not before ${write(low)}` : 'not known: at any time, or not reached'
}

/**
 * A number as it is printed, and an error that also covers the digits that are not. The error is rounded up to two digits, and the
 * number has all decimals of the error.
 */
export function printedNumber(value: number, within: number) {
  const unit = 1 - Math.floor(Math.log10(within))
  const decimals = Math.min(15, Math.max(0, unit, decimalsOf(value)))
  const off = Math.abs(Number(value.toFixed(decimals)) - value)
  return { decimals, within: roundedUp(off <= 1e-12 * Math.abs(value) ? within : within + off) }
}

function withError(value: number, within: number | null | undefined, write: WriteNumber): string {
  if (within === null || within === undefined || !(within > 0) || !Number.isFinite(within)) return write(value)
  const printed = printedNumber(value, within)
  return `${write(value, printed.decimals)} ± ${write(printed.within)}`
}

/** The decimals of four significant digits. */
function decimalsOf(value: number): number {
  return Number.isInteger(value) ? 0 : 3 - Math.floor(Math.log10(Math.abs(value)))
}

function roundedUp(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1)
  return Number((Math.ceil(value / unit - 1e-9) * unit).toPrecision(2))
}

function plain(value: number, decimals?: number): string {
  return decimals === undefined ? measured(value) : String(Number(value.toFixed(decimals)))
}
