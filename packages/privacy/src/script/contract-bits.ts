/**
 * Upper bound on the information of typed outputs: the logarithm of the number of
 * different outputs that the node would release.
 */
import type { OutputDeclaration } from '@stimnet/protocol'

/** Numbers without declared bounds are released if their absolute value is from 10^-12 to 10^12; smaller numbers become 0. */
export const DECADES_EACH_WAY = 12
/**
 * Significant digits of released standard errors and p values. With more digits, a covariance
 * matrix could be inverted to the cross table.
 */
export const ERROR_DIGITS = 3
/** The smallest p value that is released. Smaller p values lie in the tail, where one person can change them. */
export const P_MIN = 1e-4
/** Significant digits of degrees of freedom, which can be fractional (Welch) and need not be exact. */
export const DF_DIGITS = 4

/** Bits for the outcome of the run, which is disclosed as well: one of at most eight outcomes. */
const OUTCOME_BITS = 3

/** The facts on which the number of possible outputs depends. */
export interface BitsContext {
  /** Number of distinct subjects of the cohort. */
  readonly subjects: number
  readonly roundBase: number
  readonly significantDigits: number
}

/**
 * Bits of everything that a contract can release, whatever the script writes. The result depends on no data except the
 * cohort size.
 */
export function bitsOfContract(outputs: readonly OutputDeclaration[], context: BitsContext): number {
  return Math.ceil(outputs.reduce((sum, output) => sum + bitsOf(output, context), OUTCOME_BITS))
}

/** Bits of one output. Each value has one additional state besides its possible numbers: withheld. */
function bitsOf(output: OutputDeclaration, context: BitsContext): number {
  const digits = digitsOf(output, context)
  const free = (lower: number, upper: number, kept = digits) => Math.log2(numbersWithin(lower, upper, kept) + 1)
  const count = Math.log2(Math.floor(context.subjects / context.roundBase) + 2)
  const far = 10 ** DECADES_EACH_WAY
  switch (output.kind) {
    case 'count':
      return count
    case 'table':
      return count * output.categories.length
    case 'histogram':
      return count * (output.edges.length - 1)
    case 'sum':
    case 'mean':
    case 'sd':
      return free(Number(output.lower), Number(output.upper))
    case 'proportion':
      return free(0, 1)
    case 'quantile':
      return Math.log2(output.edges.length + 1)
    case 'coefficients':
      return output.terms.length * (free(-far, far) + free(0, far, errorDigitsOf(digits)))
    case 'test':
      return free(-far, far) + free(0, context.subjects, DF_DIGITS) + free(P_MIN, 1, ERROR_DIGITS)
    case 'curve':
      return output.edges.length * free(0, 1)
  }
}

/** Significant digits that are released: the declared number, but never more than the rules allow. */
export function digitsOf({ digits }: OutputDeclaration, { significantDigits }: Pick<BitsContext, 'significantDigits'>) {
  return Math.min(digits, significantDigits)
}

/** Significant digits of a standard error. */
export function errorDigitsOf(digits: number): number {
  return Math.min(digits, ERROR_DIGITS)
}

/** Number of different values with `digits` significant digits between the bounds, including zero if zero is between them. */
export function numbersWithin(lower: number, upper: number, digits: number): number {
  if (lower > 0) return numbersUpTo(upper, digits) - numbersUpTo(lower, digits) + 1
  if (upper < 0) return numbersWithin(-upper, -lower, digits)
  return numbersUpTo(upper, digits) + numbersUpTo(-lower, digits) + 1
}

/** Number of these values above zero and up to a bound: those of all full decades, and of part of the last decade. */
function numbersUpTo(bound: number, digits: number): number {
  if (bound < 10 ** -DECADES_EACH_WAY) return 0
  const [mantissa = '', exponent = ''] = bound.toExponential(digits - 1).split('e')
  const least = 10 ** (digits - 1)
  return (Number(exponent) + DECADES_EACH_WAY) * 9 * least + Number(mantissa.replace('.', '')) - least + 1
}
