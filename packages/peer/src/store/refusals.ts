/** How many questions of each ledger scope were refused because of data, lately: each refusal tells something too. */
import { REFUSALS_WINDOW_MS } from '@stimnet/privacy'
import type { Database, Draft } from './database.ts'
import type { Sublevel } from './level.ts'

/** Times kept for one scope; no limit is above it. */
const TIMES_MAX = 10_000

/** Times of refusals by scope, in memory and stored. */
export class RefusalStore {
  readonly #stored: Sublevel<readonly number[]>
  readonly #times: Map<string, readonly number[]>

  private constructor(stored: Sublevel<readonly number[]>, times: Map<string, readonly number[]>) {
    this.#stored = stored
    this.#times = times
  }

  static async open(database: Database): Promise<RefusalStore> {
    const stored = database.json<readonly number[]>('refusals')
    return new RefusalStore(stored, new Map(await stored.iterator().all()))
  }

  /** In the thirty days before `nowMs`; a time after it counts as well: a clock set back forgets nothing. */
  count(scope: string, nowMs: number): number {
    return this.#recent(scope, nowMs).length
  }

  /** One more, in the batch of the end that tells it; gives how many there are now. */
  note(draft: Draft, scope: string, atMs: number): number {
    const before = this.#times.get(scope)
    const times = [...this.#recent(scope, atMs), atMs].slice(-TIMES_MAX)
    draft.undo(() => {
      if (before === undefined) this.#times.delete(scope)
      else this.#times.set(scope, before)
    })
    draft.put(this.#stored, scope, times)
    this.#times.set(scope, times)
    return times.length
  }

  #recent(scope: string, nowMs: number): readonly number[] {
    return (this.#times.get(scope) ?? []).filter((time) => time > nowMs - REFUSALS_WINDOW_MS)
  }
}
