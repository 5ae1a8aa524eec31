/** Canonical JSON (RFC 8785): one byte sequence for one value, so that a hash of it means something. */
import { StimnetError } from './errors.ts'

/** Throws MALFORMED for what JSON cannot say: NaN, infinities, functions, lone surrogates. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new StimnetError('MALFORMED', 'a number JSON cannot say')
    // -0 is written 0, as RFC 8785 wants; ECMAScript's own number form is the canonical one.
    return JSON.stringify(value === 0 ? 0 : value)
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new StimnetError('MALFORMED', 'a text that is not Unicode')
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value === 'object') {
    // RFC 8785 sorts by UTF-16 code units, which is what < does for strings here.
    const entries = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, inner]) => `${canonicalJson(key)}:${canonicalJson(inner)}`).join(',')}}`
  }
  throw new StimnetError('MALFORMED', `a ${typeof value} JSON cannot say`)
}

export function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value))
}
