/** Checksums of what is stored, and of sets. */
import type { SubjectSet } from '@stimnet/protocol'

const OF_SETS = new WeakMap<SubjectSet, number>()

/** The checksum of a set's bytes, computed once for each set. */
export function checksumOfSet(set: SubjectSet): number {
  const found = OF_SETS.get(set) ?? checksumOf(set.toBytes())
  OF_SETS.set(set, found)
  return found
}

/**
 * FNV-1a checksum of 32 bits. It detects mistakes and flipped bits, not attacks: an attacker who can write to the store
 * needs no collision.
 */
export function checksumOf(values: ArrayLike<number>): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < values.length; i++) hash = Math.imul(hash ^ (values[i] ?? 0), 0x01000193)
  return hash >>> 0
}
