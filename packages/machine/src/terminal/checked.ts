/** Checks of command-line values. An invalid value is refused with what to write instead. */
import { StimnetError } from '@stimnet/protocol'
import { didYouMean } from '@stimnet/protocol'

/** Throws PARAMETER_INVALID with this reason. */
export function refuse(reason: string, cause?: unknown): never {
  throw new StimnetError('PARAMETER_INVALID', reason, { reason, cause })
}

/**
 * A value that must be one of a list. `name` is its name on the command line, e.g. `--engine`. Throws PARAMETER_INVALID
 * naming the list.
 */
export function oneOf<T extends string>(name: string, value: string, among: readonly T[]): T {
  const found = among.find((candidate) => candidate === value)
  if (found !== undefined) return found
  return refuse(`${name} must be one of ${among.join(', ')}, not ${quoted(value)}.${didYouMean(value, among)}`)
}

/** A value that must be given. Throws PARAMETER_INVALID naming it. */
export function given(name: string, value: string | undefined, more = ''): string {
  return value === undefined || value === '' ? refuse(`${name} is missing${more}`) : value
}

/** A whole number within bounds; undefined where none is given. Throws PARAMETER_INVALID with the bounds. */
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
