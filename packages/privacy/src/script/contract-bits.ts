/** How much a typed output can tell: the logarithm of how many different ones the node would let pass. */
import type { OutputDeclaration } from '@stimnet/protocol'

/** Unbounded numbers are told from 10^-12 (below it: 0) up to 10^12. */
export const DECADES_EACH_WAY = 12
/** Standard errors and p values leave with this many digits: a covariance matrix inverts to the cross table. */
export const ERROR_DIGITS = 3
/** The smallest p that is told: below it lies the tail, which one person moves. */
export const P_MIN = 1e-4
/** Degrees of freedom need not be whole (Welch), and need not be exact. */
export const DF_DIGITS = 4

/** How it ended is told too: one of at most eight ways. */
const OUTCOME_BITS = 3

/** What the number of possible outputs depends on. */
export interface BitsContext {
  /** Distinct subjects of the cohort. */
  readonly subjects: number
  readonly roundBase: number
  readonly significantDigits: number
}

/** Bits of everything a contract can release, whatever the script wrote: static but for the size of the cohort. */
export function bitsOfContract(outputs: readonly OutputDeclaration[], context: BitsContext): number {
  return Math.ceil(outputs.reduce((sum, output) => sum + bitsOf(output, context), OUTCOME_BITS))
}

/** One way more than there are numbers: withheld. */
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

/** Significant digits that leave: what is declared, and never more than the rules allow. */
export function digitsOf({ digits }: OutputDeclaration, { significantDigits }: Pick<BitsContext, 'significantDigits'>) {
  return Math.min(digits, significantDigits)
}

/** Digits of a standard error. */
export function errorDigitsOf(digits: number): number {
  return Math.min(digits, ERROR_DIGITS)
}

/** How many different numbers of so many significant digits lie between the bounds, zero among them. */
export function numbersWithin(lower: number, upper: number, digits: number): number {
  if (lower > 0) return numbersUpTo(upper, digits) - numbersUpTo(lower, digits) + 1
  if (upper < 0) return numbersWithin(-upper, -lower, digits)
  return numbersUpTo(upper, digits) + numbersUpTo(-lower, digits) + 1
}

/** Above zero: so many full decades, and the part of the last one. */
function numbersUpTo(bound: number, digits: number): number {
  if (bound < 10 ** -DECADES_EACH_WAY) return 0
  const [mantissa = '', exponent = ''] = bound.toExponential(digits - 1).split('e')
  const least = 10 ** (digits - 1)
  return (Number(exponent) + DECADES_EACH_WAY) * 9 * least + Number(mantissa.replace('.', '')) - least + 1
}
