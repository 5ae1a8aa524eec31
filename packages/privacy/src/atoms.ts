/**
 * The atom rule: what was released so far partitions the subjects, and no part is ever smaller than k.
 *
 * Theorem. Let C1…Cq be admitted sets and w = Σ αj·1[Cj] for any real α. Every Cj is a union of atoms of the final
 * partition, so w is constant on each atom, and where w is not zero it covers whole atoms: nobody, or at least k subjects.
 * So no combination of released counts or sums, by differences, complements or trackers, singles out fewer than k.
 * Comparing sets two by two does not give this: three of them can have large differences and single out one person.
 */
import { StimnetError, type SubjectSet } from '@stimnet/protocol'

export type Admission = { readonly ok: true; readonly next: Partition } | { readonly ok: false }

/** Subjects of one epoch that a stored partition can have at most; four bytes each. */
const UNIVERSE_MAX = 20_000_000

/** 'SNA1', before the universe and the number of atoms, each a little-endian 32-bit word, then a label a subject. */
const MAGIC = 0x31414e53
const HEADER_BYTES = 12

/** An immutable partition of an epoch's subjects into atoms. */
export class Partition {
  readonly universe: number
  readonly #labels: Uint32Array
  readonly #sizes: Uint32Array

  private constructor(labels: Uint32Array, sizes: Uint32Array) {
    this.universe = labels.length
    this.#labels = labels
    this.#sizes = sizes
  }

  /**
   * Nothing released yet: everyone is one atom, or, with the base cells of a lattice, each cell is. A cell that is too
   * small makes `smallestAtom` tell; a catalog with such a lattice must not be offered.
   */
  static start(universe: number, baseCells: readonly SubjectSet[] = []): Partition {
    if (!Number.isSafeInteger(universe) || universe < 0 || universe > UNIVERSE_MAX)
      throw new RangeError('no such universe')
    const labels = new Uint32Array(universe)
    const draft = new Refinement(labels, universe === 0 ? [] : [universe])
    // One is "0 or at least 1", so nothing is refused here.
    for (const cell of baseCells) draft.admit([cell], 1)
    return Partition.#canonical(draft)
  }

  /** How many atoms there are. */
  get atoms(): number {
    return this.#sizes.length
  }

  /** Subjects in the smallest atom; 0 for an empty epoch. */
  get smallestAtom(): number {
    return this.#sizes.reduce((least, size) => Math.min(least, size), this.#sizes[0] ?? 0)
  }

  /** All of the sets or none. The answer does not depend on their order. */
  admit(sets: readonly SubjectSet[], k: number): Admission {
    const draft = this.refine()
    return draft.admit(sets, k) ? { ok: true, next: this.refinedBy(draft) } : { ok: false }
  }

  /** For judging many candidates one after the other, each all or nothing. */
  refine(): Refinement {
    return new Refinement(this.#labels.slice(), [...this.#sizes])
  }

  /** What a draft from `refine` has become; this very partition where nothing was split, so that nothing need be stored. */
  refinedBy(draft: Refinement): Partition {
    return draft.atoms === this.atoms ? this : Partition.#canonical(draft)
  }

  /** Whether releasing something about this set would split nothing. */
  isUnionOfAtoms(set: SubjectSet): boolean {
    const inside = new Uint32Array(this.#sizes.length)
    for (const member of membersOf(set, this.universe)) {
      const label = this.#labels[member] ?? 0
      inside[label] = (inside[label] ?? 0) + 1
    }
    return inside.every((count, label) => count === 0 || count === this.#sizes[label])
  }

  equals(other: Partition): boolean {
    return this.universe === other.universe && this.#labels.every((label, i) => label === other.#labels[i])
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(HEADER_BYTES + this.universe * 4)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, MAGIC, true)
    view.setUint32(4, this.universe, true)
    view.setUint32(8, this.atoms, true)
    for (const [i, label] of this.#labels.entries()) view.setUint32(HEADER_BYTES + i * 4, label, true)
    return bytes
  }

  /** From `toBytes`, for an epoch of that many subjects. Throws NODE_ERROR for anything else: a broken ledger refuses. */
  static fromBytes(bytes: Uint8Array, universe: number): Partition {
    const broken = (why: string): never => {
      throw new StimnetError('NODE_ERROR', `reading stored atoms: ${why}`)
    }
    if (bytes.length !== HEADER_BYTES + universe * 4 || universe > UNIVERSE_MAX) return broken('wrong length')
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== universe) return broken('wrong header')
    const atoms = view.getUint32(8, true)
    const labels = new Uint32Array(universe)
    const sizes: number[] = []
    for (let i = 0; i < universe; i++) {
      const label = view.getUint32(HEADER_BYTES + i * 4, true)
      // Labels are numbered by first appearance, so that one partition has one form.
      if (label > sizes.length) return broken('labels out of order')
      labels[i] = label
      sizes[label] = (sizes[label] ?? 0) + 1
    }
    if (sizes.length !== atoms) return broken('wrong number of atoms')
    return new Partition(labels, Uint32Array.from(sizes))
  }

  static #canonical(draft: Refinement): Partition {
    const names = new Int32Array(draft.atoms).fill(-1)
    const sizes: number[] = []
    const labels = draft.labels.map((label) => {
      let name = names[label] ?? -1
      if (name < 0) {
        name = sizes.push(0) - 1
        names[label] = name
      }
      sizes[name] = (sizes[name] ?? 0) + 1
      return name
    })
    return new Partition(labels, Uint32Array.from(sizes))
  }
}

/** A partition being refined; what is refused leaves it as it was. */
export class Refinement {
  readonly labels: Uint32Array
  readonly #sizes: number[]
  /** From which atom each was split off. */
  readonly #parents: number[] = []
  /** Room for counting by atom; zero between calls. */
  #counts = new Uint32Array(64)

  constructor(labels: Uint32Array, sizes: number[]) {
    this.labels = labels
    this.#sizes = sizes
  }

  get atoms(): number {
    return this.#sizes.length
  }

  /** Whether all sets can be released together with everything before; if so they are part of it from now on. */
  admit(sets: readonly SubjectSet[], k: number): boolean {
    const mark = this.#sizes.length
    if (sets.every((set) => this.#split(set, k))) return true
    this.#rollBack(mark)
    return false
  }

  /** Splits each atom that the set cuts. False, with nothing changed, where a part of one would be smaller than k. */
  #split(set: SubjectSet, k: number): boolean {
    const members = membersOf(set, this.labels.length)
    const inside = this.#countInside(members)
    for (const [label, count] of inside) {
      const outside = (this.#sizes[label] ?? 0) - count
      if (count < k || (outside !== 0 && outside < k)) return false
    }
    const renamed = new Map<number, number>()
    for (const [label, count] of inside) {
      if (count === this.#sizes[label]) continue
      renamed.set(label, this.#sizes.length)
      this.#parents[this.#sizes.length] = label
      this.#sizes.push(count)
      this.#sizes[label] = (this.#sizes[label] ?? 0) - count
    }
    if (renamed.size > 0) this.#relabel(members, renamed)
    return true
  }

  /** How many members each atom has that has any. */
  #countInside(members: Uint32Array): [label: number, count: number][] {
    if (this.#counts.length < this.#sizes.length) this.#counts = new Uint32Array(2 * this.#sizes.length)
    const touched: number[] = []
    for (let i = 0; i < members.length; i++) {
      const label = this.labels[members[i] ?? 0] ?? 0
      const before = this.#counts[label] ?? 0
      if (before === 0) touched.push(label)
      this.#counts[label] = before + 1
    }
    return touched.map((label) => {
      const count = this.#counts[label] ?? 0
      this.#counts[label] = 0
      return [label, count]
    })
  }

  #relabel(members: Uint32Array, renamed: ReadonlyMap<number, number>): void {
    for (let i = 0; i < members.length; i++) {
      const member = members[i] ?? 0
      const label = this.labels[member] ?? 0
      this.labels[member] = renamed.get(label) ?? label
    }
  }

  #rollBack(mark: number): void {
    if (this.#sizes.length === mark) return
    for (let label = this.#sizes.length - 1; label >= mark; label--) {
      const parent = this.#parents[label] ?? 0
      this.#sizes[parent] = (this.#sizes[parent] ?? 0) + (this.#sizes[label] ?? 0)
    }
    this.#sizes.length = mark
    for (let i = 0; i < this.labels.length; i++) {
      let label = this.labels[i] ?? 0
      while (label >= mark) label = this.#parents[label] ?? 0
      this.labels[i] = label
    }
  }
}

/** The members in order. Twenty times faster than walking the set, which matters at a million subjects. */
function membersOf(set: SubjectSet, universe: number): Uint32Array {
  if (set.universe !== universe) throw new RangeError('a subject set of another epoch')
  const bytes = set.toBytes()
  const members = new Uint32Array(set.size)
  let found = 0
  for (let at = 0; at < bytes.length; at++) {
    for (let byte = bytes[at] ?? 0; byte !== 0; byte &= byte - 1) {
      members[found++] = at * 8 + (31 - Math.clz32(byte & -byte))
    }
  }
  return members
}
