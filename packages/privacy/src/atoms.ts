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
 * added up over rows, would be weighed by how many rows the subject has. It also needs one value for each item, as long as
 * the ledger lives: from epoch to epoch an item may go and come back, and never change.
 * Comparing sets two by two does not give this: three of them can have large differences and single out one person.
 */
import { StimnetError, type SubjectSet } from '@stimnet/protocol'
import { membersOf, ownersByLabel, Refinement } from './refinement.ts'

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

/** What of earlier epochs a ledger still knows: items that are in no set any more, and are counted with those that are. */
export interface Gone {
  readonly items: number
  /** Of rows: whose they are; never falling. Subjects are their own. */
  readonly owners?: Uint32Array
}

/** How the items of a ledger go on into another epoch. */
export interface Passage {
  /** Items of the newer epoch. */
  readonly universe: number
  readonly gone: Gone
  /** By older item, with the gone ones last: where it is among the newer, with the gone ones last. Each its own. */
  readonly to: Uint32Array
  /** Of rows: whose those of the newer epoch are; never falling. */
  readonly owners?: Uint32Array
}

/**
 * 'SNA1' for subjects and 'SNR1' for rows, before the little-endian 32-bit words of `#header`, then a label an item. 'SNA2'
 * and 'SNR2' once an epoch was carried, with two words more: how many items are gone, and the untouched atom.
 */
const MAGIC = { subjects: 0x31414e53, rows: 0x31524e53 } as const
const CARRIED = 0x01000000
const WORDS = 4
const WORDS_CARRIED = 6

interface Labelled {
  readonly labels: Uint32Array
  readonly owners: Uint32Array | undefined
  readonly atomsMax: number
  readonly past: Past | undefined
}

/** Of an epoch that was carried: which items are gone, and which atom no release was ever about. */
interface Past {
  /** Items from here on are gone. */
  readonly universe: number
  /** Of those that arrived and were in no release yet; -1 where there is none. They wait together until they are k. */
  readonly untouched: number
}

/** An immutable partition of a ledger's items into atoms. */
export class Partition {
  /** Items that can be in a set. */
  readonly universe: number
  readonly #labels: Uint32Array
  /** Subjects by atom. */
  readonly #sizes: Uint32Array
  /** Items by atom. */
  readonly #items: Uint32Array
  readonly #owners: Uint32Array | undefined
  /** Undefined where nothing was carried. */
  readonly #past: Past | undefined

  private constructor(labels: Uint32Array, owners: Uint32Array | undefined, atoms: number, past?: Past) {
    this.universe = past?.universe ?? labels.length
    this.#labels = labels
    this.#owners = owners
    this.#past = past
    this.#items = itemsByLabel(labels, atoms)
    this.#sizes = owners === undefined ? this.#items : ownersByLabel({ labels, owners, universe: this.universe }, atoms)
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

  /**
   * The same ledger over the items of a newer epoch. What stayed keeps its atom; what is gone stays in its own, unseen, so
   * that no atom shrinks; what arrived was in no release and is one atom, which nothing can be released about until it is of k.
   */
  carry({ universe, gone, to, owners }: Passage): Partition {
    const all = universe + gone.items
    // A ledger begun in a carried epoch knows nothing of what had gone before: it reads the first places alone.
    if (to.length < this.#labels.length || universe > UNIVERSE_MAX) throw new RangeError('a passage of other items')
    const together = joined(owners, gone.owners)
    if (owners !== undefined) assertOwners(owners, universe)
    if (gone.owners !== undefined) assertOwners(gone.owners, gone.items)
    if ((owners === undefined) !== (this.#owners === undefined))
      throw new RangeError('a passage of another kind of items')
    const waiting = this.#past?.untouched ?? -1
    const arrivals = waiting >= 0 ? waiting : this.atoms
    const labels = new Uint32Array(all).fill(arrivals)
    const taken = new Uint8Array(all)
    for (const [item, label] of this.#labels.entries()) {
      const place = to[item] ?? all
      if (place >= all || taken[place] === 1) throw new RangeError('two items in one place')
      taken[place] = 1
      labels[place] = label
    }
    return Partition.#canonical({
      labels,
      owners: together,
      atomsMax: this.atoms + 1,
      past: { universe, untouched: arrivals }
    })
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
      owners: this.#owners,
      universe: this.universe,
      untouched: this.#past?.untouched ?? -1
    })
  }

  /** What a draft from `refine` has become; this very partition where nothing was split, so that nothing need be stored. */
  refinedBy(draft: Refinement): Partition {
    const past = this.#past && { universe: this.universe, untouched: draft.untouched }
    if (draft.atoms === this.atoms && past?.untouched === this.#past?.untouched) return this
    return Partition.#canonical({ labels: draft.labels, owners: this.#owners, atomsMax: draft.atoms, past })
  }

  /** Whether releasing something about this set would split nothing. */
  isUnionOfAtoms(set: SubjectSet): boolean {
    const isWhole = this.#labels.length === this.universe
    if (isWhole && set.universe === this.universe && set.size === this.universe) return true
    const inside = new Uint32Array(this.#items.length)
    for (const member of membersOf(set, this.universe)) {
      const label = this.#labels[member] ?? 0
      inside[label] = (inside[label] ?? 0) + 1
    }
    return inside.every((count, label) => count === 0 || count === this.#items[label])
  }

  equals(other: Partition): boolean {
    const [a, b] = [this.#labels, other.#labels]
    return this.universe === other.universe && a.length === b.length && a.every((label, i) => label === b[i])
  }

  toBytes(): Uint8Array {
    const header = this.#header()
    const bytes = new Uint8Array((header.length + this.#labels.length) * 4)
    const view = new DataView(bytes.buffer)
    for (const [i, word] of header.entries()) view.setUint32(i * 4, word, true)
    for (const [i, label] of this.#labels.entries()) view.setUint32((header.length + i) * 4, label, true)
    return bytes
  }

  /** Whether stored atoms were carried from an earlier epoch, so that `fromBytes` needs to know what is gone. */
  static isCarried(bytes: Uint8Array): boolean {
    const magic = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
    return magic === MAGIC.subjects + CARRIED || magic === MAGIC.rows + CARRIED
  }

  /**
   * From `toBytes`, for an epoch of that many items; of rows, with the same owners; of a carried epoch, with what is gone.
   * Throws NODE_ERROR for anything else: a broken ledger refuses.
   */
  static fromBytes(bytes: Uint8Array, universe: number, owners?: Uint32Array, gone?: Gone): Partition {
    const broken = (why: string): never => {
      throw new StimnetError('NODE_ERROR', `reading stored atoms: ${why}`)
    }
    const isCarried = Partition.isCarried(bytes)
    if (isCarried !== (gone !== undefined)) return broken('another form')
    const header = 4 * (isCarried ? WORDS_CARRIED : WORDS)
    const all = universe + (gone?.items ?? 0)
    if (bytes.length !== header + all * 4 || universe > UNIVERSE_MAX) return broken('wrong length')
    if (owners !== undefined) assertOwners(owners, universe)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const labels = new Uint32Array(all)
    let atoms = 0
    for (let i = 0; i < all; i++) {
      const label = view.getUint32(header + i * 4, true)
      // Labels are numbered by first appearance, so that one partition has one form.
      if (label > atoms) return broken('labels out of order')
      if (label === atoms) atoms++
      labels[i] = label
    }
    const untouched = isCarried ? view.getUint32(header - 4, true) - 1 : -1
    if (untouched >= atoms) return broken('an untouched atom that there is not')
    const past = isCarried ? { universe, untouched } : undefined
    const partition = new Partition(labels, joined(owners, gone?.owners), atoms, past)
    const sound = partition.#header().every((word, i) => view.getUint32(i * 4, true) === word)
    return sound ? partition : broken('wrong header')
  }

  /** What the items are, how many, in how many atoms, and a check of the owners: other owners would count wrongly. */
  #header(): readonly number[] {
    const magic = this.#owners === undefined ? MAGIC.subjects : MAGIC.rows
    const words = [this.universe, this.atoms, this.#owners === undefined ? 0 : checkOf(this.#owners)]
    if (this.#past === undefined) return [magic, ...words]
    return [magic + CARRIED, ...words, this.#labels.length - this.universe, this.#past.untouched + 1]
  }

  /** All atoms of fewer than k subjects as one, and that one, should it be small still, with the next smallest. */
  #withoutSmall(k: number): Partition {
    if (this.atoms < 2 || this.smallestAtom >= k) return this
    const bySize = [...this.#sizes.keys()].sort((a, b) => (this.#sizes[a] ?? 0) - (this.#sizes[b] ?? 0))
    const small = bySize.filter((label) => (this.#sizes[label] ?? 0) < k)
    const together = new Set(small.length > 1 ? small : bySize.slice(0, 2))
    const first = bySize[0] ?? 0
    const labels = this.#labels.map((label) => (together.has(label) ? first : label))
    const { atoms: atomsMax } = this
    return Partition.#canonical({ labels, owners: this.#owners, atomsMax, past: this.#past }).#withoutSmall(k)
  }

  /** Labels renumbered by first appearance; not all of the old ones need occur. */
  static #canonical({ labels: old, owners, atomsMax, past }: Labelled): Partition {
    const names = new Int32Array(atomsMax).fill(-1)
    const labels = new Uint32Array(old.length)
    let atoms = 0
    // A plain loop: at a million items a function for each would take longer than all the rest.
    for (let i = 0; i < old.length; i++) {
      const label = old[i] ?? 0
      if ((names[label] ?? -1) < 0) names[label] = atoms++
      labels[i] = names[label] ?? 0
    }
    const untouched = past === undefined || past.untouched < 0 ? -1 : (names[past.untouched] ?? -1)
    return new Partition(labels, owners, atoms, past && { ...past, untouched })
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

function joined(owners: Uint32Array | undefined, gone: Uint32Array | undefined): Uint32Array | undefined {
  if (owners === undefined || gone === undefined) return owners
  const all = new Uint32Array(owners.length + gone.length)
  all.set(owners)
  all.set(gone, owners.length)
  return all
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
