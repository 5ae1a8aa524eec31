/** Canonical JSON (RFC 8785): each value has exactly one byte sequence, so that equal values have equal hashes. */
import { StimnetError } from './errors.ts'

/** Maximum nesting depth. Legitimate values have less, and the recursion must not exhaust the stack. */
const DEPTH_MAX = 100

/**
 * The canonical text of a value. Throws MALFORMED for values that JSON cannot represent (NaN, infinities, functions, lone
 * surrogates, instances of a class) and for more than 100 levels of nesting.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

function write(value: unknown, depth: number): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new StimnetError('MALFORMED', 'a number JSON cannot say')
    // RFC 8785 uses ECMAScript's number format; -0 is written as 0.
    return JSON.stringify(value)
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new StimnetError('MALFORMED', 'a text that is not Unicode')
    return JSON.stringify(value)
  }
  if (depth >= DEPTH_MAX) throw new StimnetError('MALFORMED', 'a value nested too deep')
  // Array.from also visits holes, which JSON writes as null.
  if (Array.isArray(value)) return `[${Array.from(value, (item) => write(item ?? null, depth + 1)).join(',')}]`
  if (isPlainObject(value)) {
    // RFC 8785 sorts by UTF-16 code units, which is how < compares strings here.
    const entries = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, inner]) => `${write(key, depth)}:${write(inner, depth + 1)}`).join(',')}}`
  }
  throw new StimnetError('MALFORMED', `a ${typeof value} JSON cannot say`)
}

// Other objects are refused: a Map or a Date would be written as {}, so that all of them would have the same hash.
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** The canonical JSON of a value as UTF-8. Throws MALFORMED. */
export function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value))
}
