/**
 * An index of ended records by the time of their end, so that records old enough to be deleted are found without reading all
 * others.
 */
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/** The kinds of ended records: jobs for others and requests of accounts here, and their results, which may be deleted earlier. */
export type EndedKind = 'job' | 'job-result' | 'request' | 'request-result'

/** One entry of the index. */
export interface EndedOne {
  readonly kind: EndedKind
  readonly id: string
  /** Time of the end, Unix ms. */
  readonly endedAtMs: number
}

/** The sublevel of the index. */
export const ENDED = 'ended'

/** The key of an entry: within a kind, keys sort by time. */
export function endedKey({ kind, endedAtMs, id }: EndedOne): string {
  return `${kind}!${String(endedAtMs).padStart(16, '0')}!${id}`
}

/** The index. Its entries are written and removed together with the records. */
export class Ended {
  readonly #stored: Sublevel<true>

  constructor(database: Database) {
    this.#stored = database.json(ENDED)
  }

  note(draft: Draft, one: EndedOne): void {
    draft.put(this.#stored, endedKey(one), true)
  }

  drop(draft: Draft, one: EndedOne): void {
    draft.del(this.#stored, endedKey(one))
  }

  /** At most `limit` ids of a kind that ended before `beforeMs`, earliest first. */
  async before(kind: EndedKind, beforeMs: number, limit: number): Promise<string[]> {
    const keys = await this.#stored.keys({ ...rangeOf(kind, beforeMs), limit }).all()
    return keys.map((key) => key.slice(key.lastIndexOf('!') + 1))
  }

  /** The number of ids of a kind that ended before `beforeMs`, counted up to `max`. */
  async count(kind: EndedKind, beforeMs: number, max: number): Promise<number> {
    const keys = this.#stored.keys({ ...rangeOf(kind, beforeMs), limit: max })
    let count = 0
    try {
      for (;;) {
        const piece = await keys.nextv(PIECE)
        if (piece.length === 0) return count
        count += piece.length
      }
    } finally {
      await keys.close()
    }
  }
}

/** Number of keys counted at a time. */
const PIECE = 1_000

function rangeOf(kind: EndedKind, beforeMs: number): { gt: string; lt: string } {
  return {
    gt: `${kind}!`,
    lt: endedKey({ kind, endedAtMs: Math.max(0, beforeMs), id: '' })
  }
}
