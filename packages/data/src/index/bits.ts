/** Conversion of subject sets to and from DuckDB's BIT type, which numbers the bits of each byte in the opposite order. */
import { SubjectSet } from '@stimnet/protocol'

const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let out = 0
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) out |= 128 >> bit
  return out
})

/** Number of bits for a universe, rounded up to whole words, so that neither format needs padding. */
export function bitsOf(universe: number): number {
  return Math.max(1, Math.ceil(universe / 32)) * 32
}

/** The data of a DuckDB bit value of `bitsOf(universe)` bits: one byte that means "no padding", followed by the bits. */
export function bitData(set: SubjectSet): Uint8Array {
  const data = new Uint8Array(1 + bitsOf(set.universe) / 8)
  const bytes = set.toBytes()
  for (let i = 0; i < bytes.length; i++) data[i + 1] = REVERSED[bytes[i] ?? 0] ?? 0
  return data
}

/** The set of a DuckDB bit value. Null, the result of an aggregate over no rows, gives the empty set. */
export function setOfBits(universe: number, value: unknown): SubjectSet {
  if (value === null || value === undefined || universe === 0) return SubjectSet.none(universe)
  const { data } = value as { data: Uint8Array }
  const bytes = new Uint8Array(Math.ceil(universe / 32) * 4)
  for (let i = 0; i < bytes.length; i++) bytes[i] = REVERSED[data[i + 1] ?? 0] ?? 0
  return SubjectSet.fromBytes(universe, bytes)
}
