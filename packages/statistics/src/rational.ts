/** Conversion of exact integer ratios to the nearest double: the only place where a statistic is rounded. */

/** An exact rational number. */
export interface Fraction {
  readonly top: bigint
  /** Above zero. */
  readonly bottom: bigint
}

/** The exact value of a double or of decimal text. Throws RangeError for a double that is not finite. */
export function fractionOf(value: number | string): Fraction {
  if (typeof value === 'string') {
    const [whole = '', decimals = ''] = value.split('.')
    return { top: BigInt(`${whole}${decimals}`), bottom: 10n ** BigInt(decimals.length) }
  }
  if (!Number.isFinite(value)) throw new RangeError('no number')
  let [scaled, bottom] = [value, 1n]
  // A double is a whole number divided by a power of two: doubling loses no digit.
  while (!Number.isInteger(scaled)) [scaled, bottom] = [scaled * 2, bottom * 2n]
  return { top: BigInt(scaled), bottom }
}

/** The sum of two fractions. */
export function plus(a: Fraction, b: Fraction): Fraction {
  // The denominators are usually powers of two, so one is a multiple of the other.
  if (a.bottom % b.bottom === 0n) return { top: a.top + b.top * (a.bottom / b.bottom), bottom: a.bottom }
  if (b.bottom % a.bottom === 0n) return plus(b, a)
  return { top: a.top * b.bottom + b.top * a.bottom, bottom: a.bottom * b.bottom }
}

/** The fraction `a` minus `b`. */
export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { top: -b.top, bottom: b.bottom })
}

/** The fraction `a` divided by `b`. Throws RangeError if `b` is zero. */
export function over(a: Fraction, b: Fraction): Fraction {
  if (b.top === 0n) throw new RangeError('a ratio over zero')
  const [top, bottom] = [a.top * b.bottom, a.bottom * b.top]
  return bottom < 0n ? { top: -top, bottom: -bottom } : { top, bottom }
}

/** The double nearest to numerator / denominator, ties to even. Throws RangeError for a zero denominator. */
export function ratioToNumber(numerator: bigint, denominator: bigint): number {
  if (denominator === 0n) throw new RangeError('a ratio over zero')
  if (numerator === 0n) return 0
  const negative = numerator < 0n !== denominator < 0n
  const top = magnitude(numerator)
  const bottom = magnitude(denominator)
  const magnitudeOfRatio = roundedQuotient(top, bottom)
  return negative ? -magnitudeOfRatio : magnitudeOfRatio
}

/** The double nearest to the square root of numerator / denominator. Throws RangeError if the ratio is negative. */
export function rootOfRatioToNumber(numerator: bigint, denominator: bigint): number {
  if (denominator === 0n || numerator < 0n !== denominator < 0n) {
    if (numerator === 0n && denominator !== 0n) return 0
    throw new RangeError('a root of no number')
  }
  if (numerator === 0n) return 0
  const top = magnitude(numerator)
  const bottom = magnitude(denominator)
  // An even shift, so that the root shifts by half of it; 160 bits under the root give 80 bits in the root, more than a double
  // has.
  const shift = Math.max(0, 2 * Math.ceil((160 + bits(bottom) - bits(top)) / 2))
  const scaled = top << BigInt(shift)
  const quotient = scaled / bottom
  const root = integerRoot(quotient)
  const exact = root * root === quotient && quotient * bottom === scaled
  // The lowest bit only records whether there is a remainder, which is sufficient for rounding.
  return scaledDown((root << 1n) | (exact ? 0n : 1n), shift / 2 + 1)
}

/** The largest integer whose square is at most `value`. */
export function integerRoot(value: bigint): bigint {
  if (value < 0n) throw new RangeError('a root of no number')
  if (value < 2n) return value
  let root = 1n << BigInt(Math.ceil(bits(value) / 2))
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

function roundedQuotient(top: bigint, bottom: bigint): number {
  const shift = Math.max(0, bits(bottom) - bits(top) + 72)
  const scaled = top << BigInt(shift)
  const quotient = scaled / bottom
  const rest = quotient * bottom === scaled ? 0n : 1n
  return scaledDown((quotient << 1n) | rest, shift + 1)
}

/** `value` times 2^-shift. `Number()` of a bigint rounds to nearest, ties to even; a power of two changes no digit. */
function scaledDown(value: bigint, shift: number): number {
  const half = Math.floor(shift / 2)
  return Number(value) * 2 ** -half * 2 ** -(shift - half)
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

/** The number of bits of a positive integer, or up to three more. */
function bits(value: bigint): number {
  return value.toString(16).length * 4
}
