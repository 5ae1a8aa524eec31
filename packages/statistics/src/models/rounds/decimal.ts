/**
 * Decimal text in one canonical form, and exact arithmetic with it. Institutions that compute from the same texts get the same
 * texts, on any machine.
 */
import type { Fraction } from '../../rational.ts'

/** Number of significant digits after the first: with 16 digits nearly every double is restored exactly. */
const DIGITS = 15
/** Largest exponent. Smaller numbers are written as zero and larger numbers are refused, so that exact sums stay short. */
const EXPONENT_MAX = 60

/**
 * A number with 16 significant digits, such as `-1.250000000000000e+1`. Throws RangeError for a number that is not finite, or too
 * large.
 */
export function decimalText(value: number): string {
  const size = Math.abs(value)
  if (!(size < 10 ** EXPONENT_MAX)) throw new RangeError('no number of a model')
  return (size < 10 ** -EXPONENT_MAX ? 0 : value).toExponential(DIGITS)
}

/** The canonical text of a fraction, rounded half away from zero. Throws RangeError for a fraction that is too large. */
export function decimalOf({ top, bottom }: Fraction): string {
  const size = top < 0n ? -top : top
  // The estimate has up to one digit too many or too few, which the loop below corrects.
  let exponent = String(size).length - String(bottom).length
  if (size === 0n || exponent < -EXPONENT_MAX) return decimalText(0)
  if (exponent > EXPONENT_MAX) throw new RangeError('no number of a model')
  for (;;) {
    const digits = rounded(size, bottom, DIGITS - exponent)
    if (digits.length === DIGITS + 1) {
      const sign = top < 0n ? '-' : ''
      return `${sign}${digits[0]}.${digits.slice(1)}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
    }
    exponent += digits.length > DIGITS + 1 ? 1 : -1
  }
}

/** The digits of size/bottom·10^shift, rounded to a whole number. */
function rounded(size: bigint, bottom: bigint, shift: number): string {
  const [top, under] = shift < 0 ? [size, bottom * 10n ** BigInt(-shift)] : [size * 10n ** BigInt(shift), bottom]
  return String((2n * top + under) / (2n * under))
}

/** The exact value of a canonical text. */
export function fractionOfDecimal(text: string): Fraction {
  const [mantissa = '', exponent = '0'] = text.split('e')
  const digits = BigInt(mantissa.replace('.', ''))
  const power = Number(exponent) - DIGITS
  return power < 0 ? { top: digits, bottom: 10n ** BigInt(-power) } : { top: digits * 10n ** BigInt(power), bottom: 1n }
}

/** Whether the number in a canonical text is within the permitted range. */
export function isDecimal(text: string): boolean {
  return Math.abs(Number(text.slice(text.indexOf('e') + 1))) <= EXPONENT_MAX
}
