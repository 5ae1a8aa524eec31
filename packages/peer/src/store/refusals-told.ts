/** The last count of refusals that each serving peer has reported for a requester; see proto/job.proto, RefusalUse. */
import { REFUSALS_WINDOW_MS } from '@stimnet/privacy'
import type { Database } from './database.ts'
import type { Sublevel } from './level/level.ts'

/** The bits that refusals and withheld numbers have disclosed to a requester in thirty days, rounded up to tens. */
export interface RefusalUse {
  readonly bits: number
  readonly bitsMax: number
}

/** A count with its time: that of the answer with which it came, Unix ms. */
export interface RefusalsTold extends RefusalUse {
  readonly atMs: number
}

/** The identity of a count: an account with a key, at a peer, for a catalog; `project` if ledgers are kept per project. */
export interface CountedFor {
  readonly owner: string
  readonly issuer: string
  readonly peerId: string
  readonly catalog: string
  readonly project: string
}

/** The sublevel of the counts. */
export const REFUSALS_TOLD = 'refusals-told'

/** The share of the allowance from which an answer carries a warning. */
const WARNED_FROM = 0.8

/** Whether so much is used that requesters should be warned. */
export function isNearlyUsed({ bits, bitsMax }: RefusalUse): boolean {
  return bits >= WARNED_FROM * bitsMax
}

/** The counts that other peers have reported, and this peer's own counts. */
export class RefusalsToldStore {
  readonly #database: Database
  readonly #told: Sublevel<RefusalsTold>

  constructor(database: Database) {
    this.#database = database
    this.#told = database.json(REFUSALS_TOLD)
  }

  /** Forgets counts that are older than thirty days. */
  async forgetBefore(nowMs: number): Promise<void> {
    for await (const [key, { atMs }] of this.#told.iterator()) {
      if (atMs <= nowMs - REFUSALS_WINDOW_MS) await this.#told.del(key)
    }
  }

  /** The newest count; undefined if none arrived in thirty days. */
  async of(counted: CountedFor, nowMs: number): Promise<RefusalsTold | undefined> {
    const { project } = counted
    const found = await Promise.all(
      [...new Set([project, ''])].map((one) => this.#told.get(keyOf({ ...counted, project: one })))
    )
    const recent = found.filter((told) => told !== undefined && told.atMs > nowMs - REFUSALS_WINDOW_MS)
    return recent.reduce((newest, told) => ((told?.atMs ?? 0) > (newest?.atMs ?? 0) ? told : newest), undefined)
  }

  /** Stores a count, unless there is a newer one. Not synced: the next answer brings the count again. */
  async note(counted: CountedFor, told: RefusalsTold): Promise<void> {
    const key = keyOf(counted)
    await this.#database.commit(
      async (draft) => {
        const before = await this.#told.get(key)
        if (before === undefined || before.atMs <= told.atMs) draft.put(this.#told, key, told)
      },
      { sync: false }
    )
  }
}

function keyOf({ owner, issuer, peerId, catalog, project }: CountedFor): string {
  return JSON.stringify([owner, issuer, peerId, catalog, project])
}
