/** Sources of random bytes, passed as arguments: cryptographic, or seeded in tests. Math.random is never used. */

/** A source of random bytes. */
export interface RandomSource {
  /** Fresh bytes. */
  bytes(length: number): Uint8Array
}

/** The platform's cryptographic generator. */
export const cryptographicRandom: RandomSource = {
  bytes: (length) => {
    const bytes = new Uint8Array(length)
    // The platform returns at most 65,536 bytes per call.
    for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
    return bytes
  }
}

/** A source that gives the same bytes for the same seed (mulberry32). Only for tests and demo data. */
export function seededRandom(seed: number): RandomSource {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  return { bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff) }
}

/** A random number with 53 bits, from 0 (included) to 1 (excluded). */
export function randomUnit(source: RandomSource): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = source.bytes(7)
  return ((a & 31) * 2 ** 48 + b * 2 ** 40 + c * 2 ** 32 + d * 2 ** 24 + e * 2 ** 16 + f * 256 + g) / 2 ** 53
}
