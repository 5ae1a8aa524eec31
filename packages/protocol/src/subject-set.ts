/** Sets of subjects. Disclosure control counts subjects, never rows. */

/** A bitset over the dense, randomly permuted subject index of one epoch. */
export class SubjectSet {
  /** Number of subjects in the epoch. */
  readonly universe: number
  /** Counted when it is first asked for. */
  #size: number | undefined
  readonly #words: Uint32Array

  private constructor(universe: number, words: Uint32Array) {
    this.universe = universe
    this.#words = words
  }

  static none(universe: number): SubjectSet {
    return new SubjectSet(universe, new Uint32Array(Math.ceil(universe / 32)))
  }

  static everyone(universe: number): SubjectSet {
    return SubjectSet.none(universe).complement()
  }

  static of(universe: number, members: Iterable<number>): SubjectSet {
    const set = SubjectSet.none(universe)
    for (const member of members) set.add(member)
    return set
  }

  /** Reads bytes from `toBytes`. Throws RangeError if the bytes are not a set over that universe. */
  static fromBytes(universe: number, bytes: Uint8Array): SubjectSet {
    const words = new Uint32Array(Math.ceil(universe / 32))
    if (bytes.length !== words.length * 4) throw new RangeError('not a subject set of this epoch')
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let i = 0; i < words.length; i++) words[i] = view.getUint32(i * 4, true)
    const spare = universe % 32
    if (spare !== 0 && (words[words.length - 1] ?? 0) >>> spare !== 0) {
      throw new RangeError('a subject set with members beyond its universe')
    }
    return new SubjectSet(universe, words)
  }

  /** Little-endian words, four bytes each. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#words.length * 4)
    const view = new DataView(bytes.buffer)
    for (let i = 0; i < this.#words.length; i++) view.setUint32(i * 4, this.#words[i] as number, true)
    return bytes
  }

  /** Adds a member. Only for building a set: a set must not change after it was handed out. */
  add(member: number): void {
    if (!this.#holds(member)) throw new RangeError('no such subject')
    const at = member >>> 5
    this.#size = undefined
    this.#words[at] = ((this.#words[at] ?? 0) | (1 << (member & 31))) >>> 0
  }

  has(member: number): boolean {
    // Without the first check, 2^32 would be treated as member 0.
    return this.#holds(member) && (((this.#words[member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1
  }

  #holds(member: number): boolean {
    return Number.isInteger(member) && member >= 0 && member < this.universe
  }

  get size(): number {
    if (this.#size === undefined) {
      let count = 0
      for (let i = 0; i < this.#words.length; i++) count += bitsIn(this.#words[i] as number)
      this.#size = count
    }
    return this.#size
  }

  and(other: SubjectSet): SubjectSet {
    const words = this.#wordsFor(other)
    for (let i = 0; i < words.length; i++) words[i] = (this.#words[i] as number) & (other.#words[i] as number)
    return new SubjectSet(this.universe, words)
  }

  or(other: SubjectSet): SubjectSet {
    const words = this.#wordsFor(other)
    for (let i = 0; i < words.length; i++) words[i] = (this.#words[i] as number) | (other.#words[i] as number)
    return new SubjectSet(this.universe, words)
  }

  /** The members of this set that are not members of the other set. */
  without(other: SubjectSet): SubjectSet {
    const words = this.#wordsFor(other)
    for (let i = 0; i < words.length; i++) words[i] = (this.#words[i] as number) & ~(other.#words[i] as number)
    return new SubjectSet(this.universe, words)
  }

  complement(): SubjectSet {
    const words = new Uint32Array(this.#words.length)
    for (let i = 0; i < words.length; i++) words[i] = ~(this.#words[i] as number)
    const spare = this.universe % 32
    if (spare !== 0) words[words.length - 1] = ((words[words.length - 1] ?? 0) & ((1 << spare) - 1)) >>> 0
    return new SubjectSet(this.universe, words)
  }

  equals(other: SubjectSet): boolean {
    return this.universe === other.universe && this.#words.every((word, i) => word === other.#words[i])
  }

  *[Symbol.iterator](): Generator<number> {
    for (let at = 0; at < this.#words.length; at++) {
      let word = this.#words[at] ?? 0
      while (word !== 0) {
        const bit = 31 - Math.clz32(word & -word)
        yield at * 32 + bit
        word = (word & (word - 1)) >>> 0
      }
    }
  }

  /** An array for the words of a set that is made of this set and another one. */
  #wordsFor(other: SubjectSet): Uint32Array {
    if (this.universe !== other.universe) throw new RangeError('subject sets of two epochs')
    return new Uint32Array(this.#words.length)
  }
}

/** Number of ones in a 32-bit word (the SWAR method). */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return (((fours + (fours >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
