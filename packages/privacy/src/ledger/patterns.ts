/** The items of a ledger by pattern: items that no judged set distinguishes share a pattern. */
import type { SubjectSet } from '@stimnet/protocol'
import { membersOf } from './members.ts'

/** Maximum number of items of a ledger; each item takes four bytes. */
const ITEMS_MAX = 20_000_000

/**
 * For each array of labels: the patterns inside each set that divides no pattern. An answer is judged in several drafts, which share their
 * labels until one of them divides a pattern.
 */
const INSIDE = new WeakMap<Uint32Array, WeakMap<SubjectSet, Uint8Array>>()

/**
 * The patterns of a ledger. The label of each item is its pattern. Patterns are split, never merged: the part of a pattern
 * that lies inside a set becomes a new pattern with a higher number, and `parents` records from which pattern it was split.
 * So everything known about a pattern is also known about its later parts.
 */
export class Patterns {
  /** Number of items that can be in a set. The items after these are gone, but still count for their patterns. */
  readonly universe: number
  /** Shared with the copies of this object until one of them splits a pattern. */
  #labels: Uint32Array
  #isShared = false
  /** Number of items by pattern. */
  readonly sizes: number[]
  /** By pattern, the pattern from which it was split; a first pattern is its own parent. */
  readonly parents: number[]

  private constructor(universe: number, labels: Uint32Array, sizes: number[], parents: number[]) {
    this.universe = universe
    this.#labels = labels
    this.sizes = sizes
    this.parents = parents
  }

  /** All items in one pattern. Throws RangeError for more items than a ledger can have. */
  static whole(universe: number): Patterns {
    return Patterns.of(universe, new Uint32Array(universe))
  }

  /**
   * Patterns from labels that are numbered densely from 0; items from `universe` on are gone. Throws RangeError for other
   * labels, and for more items than a ledger can have.
   */
  static of(universe: number, labels: Uint32Array): Patterns {
    if (!Number.isSafeInteger(universe) || universe < 0 || labels.length < universe || labels.length > ITEMS_MAX) {
      throw new RangeError('no such universe')
    }
    const count = labels.reduce((most, label) => Math.max(most, label + 1), 0)
    if (count > labels.length) throw new RangeError('labels that are not dense')
    const sizes = Array.from({ length: count }, () => 0)
    for (let i = 0; i < labels.length; i++) sizes[labels[i] ?? 0] = (sizes[labels[i] ?? 0] ?? 0) + 1
    if (sizes.includes(0)) throw new RangeError('labels that are not dense')
    return new Patterns(
      universe,
      labels,
      sizes,
      sizes.map((_, i) => i)
    )
  }

  /** The pattern of each item. */
  get labels(): Uint32Array {
    return this.#labels
  }

  /** Number of patterns. */
  get count(): number {
    return this.sizes.length
  }

  /** A copy that can be split without changing the original. */
  copy(): Patterns {
    const copy = new Patterns(this.universe, this.#labels, [...this.sizes], [...this.parents])
    this.#isShared = true
    copy.#isShared = true
    return copy
  }

  /** Splits every pattern that the set divides. Returns, by pattern, 1 if the pattern then lies inside the set and 0 if not. */
  split(set: SubjectSet): Uint8Array {
    const known = INSIDE.get(this.#labels)?.get(set)
    if (known !== undefined) return known
    const isIn = this.#splitBy(set)
    const inside = INSIDE.get(this.#labels) ?? new WeakMap<SubjectSet, Uint8Array>()
    INSIDE.set(this.#labels, inside.set(set, isIn))
    return isIn
  }

  #splitBy(set: SubjectSet): Uint8Array {
    // A set of everybody divides no pattern. Most questions are about everybody.
    if (set.universe === this.universe && set.size === this.#labels.length) return new Uint8Array(this.count).fill(1)
    const members = membersOf(set, this.universe)
    const inside = new Uint32Array(this.count)
    const before = this.#labels
    for (let i = 0; i < members.length; i++) {
      const label = before[members[i] as number] as number
      inside[label] = (inside[label] as number) + 1
    }
    const renamed = new Uint32Array(this.count)
    let cuts = 0
    for (let label = 0; label < inside.length; label++) {
      const [count, size] = [inside[label] ?? 0, this.sizes[label] ?? 0]
      renamed[label] = label
      if (count === 0 || count === size) continue
      renamed[label] = this.sizes.length
      this.sizes.push(count)
      this.sizes[label] = size - count
      this.parents.push(label)
      cuts++
    }
    if (cuts > 0) {
      const labels = this.#isShared ? before.slice() : before
      INSIDE.delete(labels)
      for (let i = 0; i < members.length; i++) {
        const member = members[i] as number
        labels[member] = renamed[labels[member] as number] as number
      }
      this.#labels = labels
      this.#isShared = false
    }
    const isIn = new Uint8Array(this.count)
    for (let label = 0; label < inside.length; label++) if ((inside[label] ?? 0) > 0) isIn[renamed[label] ?? 0] = 1
    return isIn
  }

  /**
   * Extends an array by pattern to the current patterns: each later pattern has the value of the pattern from which it was
   * split.
   */
  extend<T extends Uint8Array | Uint32Array | Float64Array>(known: T): T {
    if (known.length >= this.count) return known
    const all = new (known.constructor as new (length: number) => T)(this.count)
    all.set(known)
    for (let label = known.length; label < this.count; label++) all[label] = all[this.parents[label] ?? 0] ?? 0
    return all
  }
}
