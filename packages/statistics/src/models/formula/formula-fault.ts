/** A fault of a formula, with its place, so that it can be shown where the formula is written. */
import { type Code, StimnetError } from '@stimnet/protocol'

/** Where a formula is wrong, and why. */
export interface FormulaFault {
  /** The first character of what is wrong; the first of the formula is 1. One past the last character: something is missing. */
  readonly at: number
  /** Characters that are wrong; at least 1. */
  readonly length: number
  /** The fault without its place, such as `the outcome cannot be a term as well`. */
  readonly why: string
}

/** PARAMETER_INVALID, VARIABLE_UNKNOWN or VARIABLE_AMBIGUOUS of a formula. Its reason names the place too. */
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

/** Characters of a formula that a reason repeats. */
const QUOTED_MAX = 64

/** Throws a fault of a name or sign, with its place. */
export function failAt({ text, at }: { readonly text: string; readonly at: number }, why: string): never {
  const reason = `The formula at character ${at}, ${JSON.stringify(text.slice(0, QUOTED_MAX))}: ${why}.`
  throw new FormulaError({ at, length: Math.max(1, text.length), why }, reason)
}

/** Throws a fault whose reason says the place in words, such as the end. */
export function failWith(place: { readonly at: number; readonly length?: number }, reason: string): never {
  throw new FormulaError({ at: place.at, length: place.length ?? 1, why: reason.replace(/\.$/, '') }, reason)
}
