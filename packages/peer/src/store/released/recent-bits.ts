/** Bits disclosed to each requester of a ledger scope in the last thirty days. */
import { REFUSALS_WINDOW_MS } from '@stimnet/privacy'
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/** A number of bits and the time at which they were disclosed. */
type Told = readonly [atMs: number, bits: number]

/** Maximum number of entries kept per requester. Older entries are added to the oldest kept entry. */
const ENTRIES_MAX = 1_000

/**
 * The counted bits: those disclosed by refusals and withheld, left-out, rounded or joined parts, or those disclosed by
 * answers about a variable. The latter are counted under the name from `takenBy`.
 */
export type Counted = 'refusal-bits' | 'taken-bits'

/** The name under which the bits that a requester took of a variable are counted. */
export function takenBy(requester: string, variable: string): string {
  return `${requester} ${variable}`
}

/** Disclosed bits by scope and requester, in memory and stored. */
export class RecentBits {
  readonly #stored: Sublevel<readonly Told[]>
  readonly #told: Map<string, readonly Told[]>

  private constructor(stored: Sublevel<readonly Told[]>, told: Map<string, readonly Told[]>) {
    this.#stored = stored
    this.#told = told
  }

  /**
   * Opens the store. Forgets requesters without entries in the thirty days before `nowMs`: keys are free to make, and there
   * may be many.
   */
  static async open(database: Database, counted: Counted, nowMs = 0): Promise<RecentBits> {
    const stored = database.json<readonly Told[]>(counted)
    const told = new Map<string, readonly Told[]>()
    for await (const [key, entries] of stored.iterator()) {
      if (recentOf(entries, nowMs).length > 0) told.set(key, entries)
      else await stored.del(key)
    }
    return new RecentBits(stored, told)
  }

  /** Bits in the thirty days before `nowMs`. Later times count too, so that nothing is forgotten if the clock is set back. */
  bits(scope: string, requester: string, nowMs: number): number {
    return sum(this.#recent(keyOf(scope, requester), nowMs))
  }

  /** The bits of each requester of a scope. */
  told(scope: string, nowMs: number): { requester: string; bits: number }[] {
    const prefix = keyOf(scope, '')
    const own = [...this.#told.keys()].filter((key) => key.startsWith(prefix))
    return own.map((key) => ({ requester: key.slice(prefix.length), bits: sum(this.#recent(key, nowMs)) }))
  }

  /** Adds bits, in the batch of the end that discloses them. Returns the requester's new total. */
  note(draft: Draft, told: { scope: string; requester: string; bits: number; atMs: number }): number {
    const key = keyOf(told.scope, told.requester)
    const before = this.#told.get(key)
    const recent = this.#recent(key, told.atMs)
    const [kept, over] = [recent.slice(-ENTRIES_MAX + 1), recent.slice(0, -ENTRIES_MAX + 1)]
    const entries: readonly Told[] = [
      ...kept.map(([atMs, bits], i): Told => [atMs, i === 0 ? bits + sum(over) : bits]),
      [told.atMs, told.bits]
    ]
    draft.undo(() => {
      if (before === undefined) this.#told.delete(key)
      else this.#told.set(key, before)
    })
    draft.put(this.#stored, key, entries)
    this.#told.set(key, entries)
    return sum(entries)
  }

  #recent(key: string, nowMs: number): readonly Told[] {
    return recentOf(this.#told.get(key) ?? [], nowMs)
  }
}

function recentOf(told: readonly Told[], nowMs: number): readonly Told[] {
  return told.filter(([atMs]) => atMs > nowMs - REFUSALS_WINDOW_MS)
}

function keyOf(scope: string, requester: string): string {
  return `${scope}!!${requester}`
}

function sum(told: readonly Told[]): number {
  return told.reduce((all, [, bits]) => all + bits, 0)
}
