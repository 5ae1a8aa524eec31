/** Conversion of privacy parameters from decimal text to exact ratios and to integer billionths of ρ, never through a double. */
import { StimnetError } from '@stimnet/protocol'
import type { Ratio } from '../mechanisms/exact-bernoulli.ts'

/**
 * Digits, optionally with a point and more digits. A sign, an exponent and all other forms that `Number` would accept are
 * excluded.
 */
const DECIMAL = /^(\d{1,9})(?:\.(\d{1,18}))?$/

/** The exact value of a positive decimal number such as "0.05". Throws PARAMETER_INVALID for any other text. */
export function ratioOfDecimal(text: string): Ratio {
  const match = DECIMAL.exec(text)
  const [, whole = '', fraction = ''] = match ?? []
  const top = match ? BigInt(whole + fraction) : 0n
  if (top === 0n) {
    const reason = 'A privacy parameter is a decimal number above zero, such as 0.05.'
    throw new StimnetError('PARAMETER_INVALID', 'reading a privacy parameter', { reason })
  }
  return { top, bottom: 10n ** BigInt(fraction.length) }
}

/** ρ in billionths, rounded up, which is to the disadvantage of the requester. Integers add without drift and compare exactly. */
export function nanoRhoOf({ top, bottom }: Ratio): bigint {
  return (top * 1_000_000_000n + bottom - 1n) / bottom
}

/** A decimal number with an optional minus sign. */
const SIGNED = /^(-?)(\d{1,9})(?:\.(\d{1,18}))?$/

/**
 * A decimal number in whole units of 10^-decimals. A number between two units is rounded in the given direction. Throws
 * PARAMETER_INVALID for text that is not digits with an optional point and minus sign.
 */
export function scaledDecimal(text: string, decimals: number, direction: 'up' | 'down'): bigint {
  const match = SIGNED.exec(text)
  if (!match) {
    const reason = 'A bound is a decimal number, such as 18 or -0.5.'
    throw new StimnetError('PARAMETER_INVALID', 'reading a bound', { reason })
  }
  const [, sign = '', whole = '', fraction = ''] = match
  const digits = BigInt(whole + fraction)
  const top = (sign === '-' ? -digits : digits) * 10n ** BigInt(decimals)
  const bottom = 10n ** BigInt(fraction.length)
  const towardsZero = top / bottom
  if (towardsZero * bottom === top) return towardsZero
  if (direction === 'up') return top > 0n ? towardsZero + 1n : towardsZero
  return top < 0n ? towardsZero - 1n : towardsZero
}

/** Decimal text of a whole number of units of 10^-decimals: 20 at 9 decimals is "0.00000002". */
export function decimalText(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0')
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return `${digits.slice(0, digits.length - decimals)}${fraction === '' ? '' : `.${fraction}`}`
}
