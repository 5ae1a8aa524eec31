/**
 * The atom rule: what was released so far partitions the items of a ledger, and no part belongs to fewer than k subjects.
 * Items are the subjects of an epoch, or the rows of a table that has several per subject; each row has an owner.
 *
 * Theorem. Let C1…Cq be admitted sets of items and w = Σ αj·1[Cj] for any real α. Every Cj is a union of atoms of the
 * final partition, so w is constant on each atom, and where w is not zero it covers whole atoms: nothing, or items of at
 * least k subjects. A count or sum over Cj is Σ over its items of 1 or of the item's own value, so a combination of such
 * numbers is Σ w(i)·v(i): no combination of released counts or sums, by differences, complements or trackers, singles
 * out fewer than k subjects. For rows this needs rows as items: sets of rows that belong to the same subjects can differ
 * in one row, and as sets of subjects they would be equal. And it needs one weight for each item: a value of the subject,
 * added up over rows, would be weighed by how many rows the subject has.
 * Comparing sets two by two does not give this: three of them can have large differences and single out one person.
 */
import { StimnetError, type SubjectSet } from '@stimnet/protocol'

/** The partition after a release, or that there is none. */
export type Admission = { readonly ok: true; readonly next: Partition } | { readonly ok: false }

/** Whose the items are, where they are rows. */
export interface RowOwners {
  /** The subject of each row; never falling, so that a subject's rows lie together. */
  readonly owners: Uint32Array
  /** Base cells of fewer subjects than this are put together at the start. */
  readonly k: number
}

/** Items of one epoch that a stored partition can have at most; four bytes each. */
const UNIVERSE_MAX = 20_000_000

/** 'SNA1' for subjects and 'SNR1' for rows, before the little-endian 32-bit words of `Header`, then a label an item. */
const MAGIC = { subjects: 0x31414e53, rows: 0x31524e53 } as const
const HEADER_BYTES = 16

/** An immutable partition of a ledger's items into atoms. */
export class Partition {
  readonly universe: number
  readonly #labels: Uint32Array
  /** Subjects by atom. */
  readonly #sizes: Uint32Array
  /** Items by atom. */
  readonly #items: Uint32Array
  readonly #owners: Uint32Array | undefined

  private constructor(labels: Uint32Array, owners: Uint32Array | undefined, atoms: number) {
    this.universe = labels.length
    this.#labels = labels
    this.#owners = owners
    this.#items = itemsByLabel(labels, atoms)
    this.#sizes = owners === undefined ? this.#items : ownersByLabel(labels, owners, atoms)
  }

  /**
   * Nothing released yet: everything is one atom, or, with the base cells of a lattice, each cell is. A cell of subjects
   * that is too small makes `smallestAtom` tell; a catalog with such a lattice must not be offered. Of rows, where few
   * subjects of a cell may have any, cells that are too small start as one.
   */
  static start(universe: number, baseCells: readonly SubjectSet[] = [], rows?: RowOwners): Partition {
    if (!Number.isSafeInteger(universe) || universe < 0 || universe > UNIVERSE_MAX)
      throw new RangeError('no such universe')
    if (rows !== undefined) assertOwners(rows.owners, universe)
    const labels = new Uint32Array(universe)
    const whole = new Partition(labels, rows?.owners, universe === 0 ? 0 : 1)
    const draft = whole.refine()
    // One is "0 or at least 1", so nothing is refused here.
    for (const cell of baseCells) draft.admit([cell], 1)
    const cells = whole.refinedBy(draft)
    return rows === undefined ? cells : cells.#withoutSmall(rows.k)
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
    return new Refinement({
      labels: this.#labels.slice(),
      sizes: [...this.#sizes],
      items: [...this.#items],
      owners: this.#owners
    })
  }

  /** What a draft from `refine` has become; this very partition where nothing was split, so that nothing need be stored. */
  refinedBy(draft: Refinement): Partition {
    return draft.atoms === this.atoms ? this : this.#canonical(draft.labels, draft.atoms)
  }

  /** Whether releasing something about this set would split nothing. */
  isUnionOfAtoms(set: SubjectSet): boolean {
    const inside = new Uint32Array(this.#items.length)
    for (const member of membersOf(set, this.universe)) {
      const label = this.#labels[member] ?? 0
      inside[label] = (inside[label] ?? 0) + 1
    }
    return inside.every((count, label) => count === 0 || count === this.#items[label])
  }

  equals(other: Partition): boolean {
    return this.universe === other.universe && this.#labels.every((label, i) => label === other.#labels[i])
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(HEADER_BYTES + this.universe * 4)
    const view = new DataView(bytes.buffer)
    for (const [i, word] of this.#header().entries()) view.setUint32(i * 4, word, true)
    for (const [i, label] of this.#labels.entries()) view.setUint32(HEADER_BYTES + i * 4, label, true)
    return bytes
  }

  /**
   * From `toBytes`, for an epoch of that many items; of rows, with the same owners. Throws NODE_ERROR for anything else:
   * a broken ledger refuses.
   */
  static fromBytes(bytes: Uint8Array, universe: number, owners?: Uint32Array): Partition {
    const broken = (why: string): never => {
      throw new StimnetError('NODE_ERROR', `reading stored atoms: ${why}`)
    }
    if (bytes.length !== HEADER_BYTES + universe * 4 || universe > UNIVERSE_MAX) return broken('wrong length')
    if (owners !== undefined) assertOwners(owners, universe)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const labels = new Uint32Array(universe)
    let atoms = 0
    for (let i = 0; i < universe; i++) {
      const label = view.getUint32(HEADER_BYTES + i * 4, true)
      // Labels are numbered by first appearance, so that one partition has one form.
      if (label > atoms) return broken('labels out of order')
      if (label === atoms) atoms++
      labels[i] = label
    }
    const partition = new Partition(labels, owners, atoms)
    const sound = partition.#header().every((word, i) => view.getUint32(i * 4, true) === word)
    return sound ? partition : broken('wrong header')
  }

  /** What the items are, how many, in how many atoms, and a check of the owners: other owners would count wrongly. */
  #header(): readonly number[] {
    const magic = this.#owners === undefined ? MAGIC.subjects : MAGIC.rows
    return [magic, this.universe, this.atoms, this.#owners === undefined ? 0 : checkOf(this.#owners)]
  }

  /** All atoms of fewer than k subjects as one, and that one, should it be small still, with the next smallest. */
  #withoutSmall(k: number): Partition {
    if (this.atoms < 2 || this.smallestAtom >= k) return this
    const bySize = [...this.#sizes.keys()].sort((a, b) => (this.#sizes[a] ?? 0) - (this.#sizes[b] ?? 0))
    const small = bySize.filter((label) => (this.#sizes[label] ?? 0) < k)
    const joined = new Set(small.length > 1 ? small : bySize.slice(0, 2))
    const first = bySize[0] ?? 0
    const labels = this.#labels.map((label) => (joined.has(label) ? first : label))
    return this.#canonical(labels, this.atoms).#withoutSmall(k)
  }

  /** Labels renumbered by first appearance; not all of the old ones need occur. */
  #canonical(old: Uint32Array, atomsMax: number): Partition {
    const names = new Int32Array(atomsMax).fill(-1)
    let atoms = 0
    const labels = old.map((label) => {
      let name = names[label] ?? -1
      if (name < 0) {
        name = atoms++
        names[label] = name
      }
      return name
    })
    return new Partition(labels, this.#owners, atoms)
  }
}

interface Draft {
  readonly labels: Uint32Array
  readonly sizes: number[]
  readonly items: number[]
  readonly owners: Uint32Array | undefined
}

/** An atom as it was before a new one was split off. */
interface Split {
  readonly parent: number
  readonly size: number
  readonly items: number
}

/** A partition being refined; what is refused leaves it as it was. */
export class Refinement {
  readonly labels: Uint32Array
  readonly #sizes: number[]
  readonly #items: number[]
  readonly #owners: Uint32Array | undefined
  /** By new atom, from which it was split off. */
  readonly #splits: Split[] = []
  readonly #firstNew: number
  /** Room for counting by atom; zero between calls. */
  #counts = new Uint32Array(64)

  constructor({ labels, sizes, items, owners }: Draft) {
    this.labels = labels
    this.#sizes = sizes
    this.#items = items
    this.#owners = owners
    this.#firstNew = sizes.length
  }

  /** Also a mark to roll back to. */
  get atoms(): number {
    return this.#sizes.length
  }

  /** Whether all sets can be released together with everything before; if so they are part of it from now on. */
  admit(sets: readonly SubjectSet[], k: number): boolean {
    const mark = this.atoms
    if (sets.every((set) => this.#split(set, k))) return true
    this.rollBack(mark)
    return false
  }

  /** Undoes all splits since there were that many atoms. */
  rollBack(mark: number): void {
    if (this.atoms === mark) return
    for (let label = this.atoms - 1; label >= mark; label--) {
      const { parent, size, items } = this.#splitOf(label)
      this.#sizes[parent] = size
      this.#items[parent] = items
    }
    for (let i = 0; i < this.labels.length; i++) {
      let label = this.labels[i] ?? 0
      while (label >= mark) label = this.#splitOf(label).parent
      this.labels[i] = label
    }
    this.#sizes.length = mark
    this.#items.length = mark
    this.#splits.length = mark - this.#firstNew
  }

  #splitOf(label: number): Split {
    return this.#splits[label - this.#firstNew] ?? { parent: 0, size: 0, items: 0 }
  }

  /** Splits each atom that the set cuts. False where a part of one would be of fewer than k subjects; `admit` undoes it. */
  #split(set: SubjectSet, k: number): boolean {
    const members = membersOf(set, this.labels.length)
    const inside = this.#countInside(members)
    const cut: [label: number, count: number][] = []
    for (const [label, count] of inside) {
      const outside = (this.#items[label] ?? 0) - count
      if (outside === 0 && (this.#sizes[label] ?? 0) < k) return false
      // No part has more subjects than items.
      if (outside !== 0 && (count < k || outside < k)) return false
      if (outside !== 0) cut.push([label, count])
    }
    if (cut.length === 0) return true
    const renamed = new Map(cut.map(([label, count]) => [label, this.#splitOff(label, count)]))
    this.#relabel(members, renamed)
    return this.#countSubjects(renamed, k)
  }

  #splitOff(parent: number, count: number): number {
    const [size, items] = [this.#sizes[parent] ?? 0, this.#items[parent] ?? 0]
    const label = this.atoms
    this.#splits.push({ parent, size, items })
    this.#items[parent] = items - count
    this.#items[label] = count
    this.#sizes[parent] = items - count
    this.#sizes[label] = count
    return label
  }

  /** Where items have owners, the sizes of both parts anew: a subject can have rows in each. */
  #countSubjects(renamed: ReadonlyMap<number, number>, k: number): boolean {
    if (this.#owners === undefined) return true
    const sizes = ownersByLabel(this.labels, this.#owners, this.atoms)
    for (const label of [...renamed.keys(), ...renamed.values()]) {
      this.#sizes[label] = sizes[label] ?? 0
      if ((sizes[label] ?? 0) < k) return false
    }
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
}

function itemsByLabel(labels: Uint32Array, atoms: number): Uint32Array {
  const items = new Uint32Array(atoms)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0
    items[label] = (items[label] ?? 0) + 1
  }
  return items
}

/** Distinct owners by label: a subject's rows lie together, so that it is enough to know whom a label saw last. */
function ownersByLabel(labels: Uint32Array, owners: Uint32Array, atoms: number): Uint32Array {
  const found = new Uint32Array(atoms)
  const last = new Float64Array(atoms).fill(-1)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0
    const owner = owners[i] ?? 0
    if (last[label] === owner) continue
    last[label] = owner
    found[label] = (found[label] ?? 0) + 1
  }
  return found
}

function assertOwners(owners: Uint32Array, universe: number): void {
  if (owners.length !== universe) throw new RangeError('owners of other rows')
  for (let i = 1; i < owners.length; i++) {
    if ((owners[i] ?? 0) < (owners[i - 1] ?? 0)) throw new RangeError('the rows of a subject lie apart')
  }
}

/** FNV-1a over words. Against owners of another epoch or table by mistake; who can write the store needs no collision. */
function checkOf(words: Uint32Array): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] ?? 0), 0x01000193)
  return hash >>> 0
}

/** The members in order. Twenty times faster than walking the set, which matters at a million subjects. */
export function membersOf(set: SubjectSet, universe: number): Uint32Array {
  if (set.universe !== universe) throw new RangeError('a set over another universe')
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
