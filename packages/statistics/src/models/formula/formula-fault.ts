/** A fault of a formula, with its position, so that it can be shown where the formula is written. */
import { type Code, StimnetError } from '@stimnet/protocol'

/** The position and the reason of a fault in a formula. */
export interface FormulaFault {
  /** The position of the first wrong character, beginning with 1. One past the last character: something is missing. */
  readonly at: number
  /** Number of wrong characters; at least 1. */
  readonly length: number
  /** The fault without its position, such as `the outcome cannot be a term as well`. */
  readonly why: string
}

/** PARAMETER_INVALID, VARIABLE_UNKNOWN or VARIABLE_AMBIGUOUS for a formula. Its reason also names the position. */
export class FormulaError extends StimnetError implements FormulaFault {
  readonly at: number
  readonly length: number
  readonly why: string

  constructor(
    fault: FormulaFault,
    reason: string,
    { code = 'PARAMETER_INVALID', cause }: { code?: Code; cause?: unknown } = {}
  ) {
    super(code, reason, { reason, cause })
    this.at = fault.at
    this.length = fault.length
    this.why = fault.why
  }
}

/** Maximum number of characters of a formula that a reason quotes. */
const QUOTED_MAX = 64

/** Throws a fault of a name or sign, with its position. */
export function failAt({ text, at }: { readonly text: string; readonly at: number }, why: string): never {
  const reason = `The formula at character ${at}, ${JSON.stringify(text.slice(0, QUOTED_MAX))}: ${why}.`
  throw new FormulaError({ at, length: Math.max(1, text.length), why }, reason)
}

/** Throws a fault whose reason states the position in words, such as the end. */
export function failWith(place: { readonly at: number; readonly length?: number }, reason: string): never {
  throw new FormulaError({ at: place.at, length: place.length ?? 1, why: reason.replace(/\.$/, '') }, reason)
}
