/** Checks of command line values. The message for an invalid value says what is allowed. */
import { StimnetError } from '@stimnet/protocol'
import { didYouMean } from '@stimnet/protocol'

/** Throws PARAMETER_INVALID with this reason. */
export function refuse(reason: string, cause?: unknown): never {
  throw StimnetError.told('PARAMETER_INVALID', reason, cause)
}

/**
 * A value that must be in a list. `name` is the name of the value on the command line, such as `--engine`. Throws PARAMETER_INVALID with
 * the list.
 */
export function oneOf<T extends string>(name: string, value: string, among: readonly T[]): T {
  const found = among.find((candidate) => candidate === value)
  if (found !== undefined) return found
  return refuse(`${name} must be one of ${among.join(', ')}, not ${quoted(value)}.${didYouMean(value, among)}`)
}

/** A value that is required. Throws PARAMETER_INVALID with its name. */
export function given(name: string, value: string | undefined, more = ''): string {
  return value === undefined || value === '' ? refuse(`${name} is missing${more}`) : value
}

/** An integer within bounds; undefined if no value is given. Throws PARAMETER_INVALID with the bounds. */
export function wholeNumber(
  name: string,
  text: string | undefined,
  { least = 1, most = 1_000_000 }: { readonly least?: number; readonly most?: number } = {}
): number | undefined {
  if (text === undefined) return undefined
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  return refuse(`${name} must be a whole number from ${least} to ${most}, not ${quoted(text)}`)
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
