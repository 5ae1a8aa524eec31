/** The Merkle tree of RFC 6962 over an append-only log: the ranges in a proof, and the verification of proofs. */

const HASH_BYTES = 32
/** Maximum number of hashes in a proof; more than the longest log needs. */
const PATH_MAX = 128

/** A range of leaves: `from` is included, `to` is not. */
export interface LeafRange {
  readonly from: number
  readonly to: number
}

/** A full subtree: 2^level leaves, beginning with leaf `index · 2^level`. */
export interface Subtree {
  readonly level: number
  readonly index: number
}

/** The bytes that are hashed for a leaf: a zero byte, then the entry. */
export function leafInput(entry: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined([Uint8Array.of(0), entry])
}

/** The bytes that are hashed for an inner node: the byte 1, then its children. The first byte distinguishes nodes from leaves. */
export function nodeInput(children: { left: Uint8Array; right: Uint8Array }): Uint8Array<ArrayBuffer> {
  return joined([Uint8Array.of(1), children.left, children.right])
}

/**
 * The ranges whose roots prove that leaf `index` is in the tree of `size` leaves, lowest level first (RFC 6962, 2.1.1).
 * Throws RangeError if there is no such leaf.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!(index >= 0 && index < size)) throw new RangeError('no such leaf')
  const ranges: LeafRange[] = []
  let { from, to }: LeafRange = { from: 0, to: size }
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    const left = index < middle
    ranges.push(left ? { from: middle, to } : { from, to: middle })
    if (left) to = middle
    else from = middle
  }
  return ranges.reverse()
}

/**
 * The ranges whose roots prove that the tree of `oldSize` leaves is the beginning of the tree of `size` leaves (RFC 6962, 2.1.2).
 * Throws RangeError unless 0 < oldSize <= size.
 */
export function consistencyRanges(oldSize: number, size: number): LeafRange[] {
  if (!(oldSize > 0 && oldSize <= size)) throw new RangeError('no such sizes')
  const ranges: LeafRange[] = []
  let { from, to }: LeafRange = { from: 0, to: size }
  while (to !== oldSize) {
    const middle = from + splitOf(to - from)
    const left = oldSize <= middle
    ranges.push(left ? { from: middle, to } : { from, to: middle })
    if (left) to = middle
    else from = middle
  }
  // If the descent ends at the old root (from is 0), the verifier already knows that hash; otherwise the proof must contain it.
  if (from > 0) ranges.push({ from, to })
  return ranges.reverse()
}

/** The full subtrees that a range consists of, left to right. Hashes are stored only for full subtrees. */
export function subtreesOf({ from, to }: LeafRange): Subtree[] {
  const subtrees: Subtree[] = []
  for (let at = from; at < to; ) {
    let level = 0
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level++
    subtrees.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return subtrees
}

/** Whether `leaf` (the hash of a leaf) is leaf `index` of the tree of `size` leaves with that root. */
export async function provesInclusion(claim: {
  readonly leaf: Uint8Array
  readonly index: number
  readonly size: number
  readonly path: readonly Uint8Array[]
  readonly root: Uint8Array
}): Promise<boolean> {
  const { leaf, index, size, path, root } = claim
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, root, ...path])) return false
  let [node, last, hash] = [index, size - 1, leaf]
  for (const sibling of path) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = await nodeHash({ left: sibling, right: hash })
      while (node % 2 === 0 && node !== 0) [node, last] = halved(node, last)
    } else {
      hash = await nodeHash({ left: hash, right: sibling })
    }
    ;[node, last] = halved(node, last)
  }
  return last === 0 && isSame(hash, root)
}

/** Whether the log of `oldSize` entries with `oldRoot` is the beginning of the log of `size` entries with `root`. */
export async function provesConsistency(claim: {
  readonly oldSize: number
  readonly oldRoot: Uint8Array
  readonly size: number
  readonly root: Uint8Array
  readonly path: readonly Uint8Array[]
}): Promise<boolean> {
  const { oldSize, oldRoot, size, root } = claim
  if (!isCount(oldSize) || !isCount(size) || oldSize > size || !areHashes([oldRoot, root, ...claim.path])) return false
  if (oldSize === size) return claim.path.length === 0 && isSame(oldRoot, root)
  // The empty log is the beginning of every log.
  if (oldSize === 0) return claim.path.length === 0
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...claim.path] : [...claim.path]
  const [first, ...rest] = path
  if (!first) return false
  let [node, last] = [oldSize - 1, size - 1]
  while (node % 2 === 1) [node, last] = halved(node, last)
  let [oldHash, hash] = [first, first]
  for (const sibling of rest) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      oldHash = await nodeHash({ left: sibling, right: oldHash })
      hash = await nodeHash({ left: sibling, right: hash })
      while (node % 2 === 0 && node !== 0) [node, last] = halved(node, last)
    } else {
      hash = await nodeHash({ left: hash, right: sibling })
    }
    ;[node, last] = halved(node, last)
  }
  return last === 0 && isSame(oldHash, oldRoot) && isSame(hash, root)
}

/** The hash of a leaf with that entry. */
export async function leafHash(entry: Uint8Array): Promise<Uint8Array> {
  return sha256(leafInput(entry))
}

async function nodeHash(children: { left: Uint8Array; right: Uint8Array }): Promise<Uint8Array> {
  return sha256(nodeInput(children))
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

/** The largest power of two below a length of two or more. */
function splitOf(length: number): number {
  let split = 1
  while (split * 2 < length) split *= 2
  return split
}

// Division instead of shifts, because a log may hold more than 2^31 entries.
function halved(node: number, last: number): [number, number] {
  return [Math.floor(node / 2), Math.floor(last / 2)]
}

function isPowerOfTwo(value: number): boolean {
  return value === 1 || (value > 1 && splitOf(value + 1) === value)
}

/** Whether all values have the length of a hash. Otherwise the concatenation of two values could be split at a different position. */
function areHashes(values: readonly Uint8Array[]): boolean {
  return values.length <= PATH_MAX && values.every(({ length }) => length === HASH_BYTES)
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

/** Whether two hashes or other bytes are the same. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
