/** Removes the containers of one sandbox, and retries until the engine succeeds. */
import type { Clock } from '@stimnet/protocol'
import type { Engine } from './engine.ts'

/** The first pause after a failed removal, ms. It doubles up to the maximum. */
const PAUSE_MS_FIRST = 500
const PAUSE_MS_MAX = 60_000

export class Remover {
  readonly #engine: Engine
  readonly #clock: Clock
  /** After this signal aborts, removals are not retried. */
  readonly #signal: AbortSignal
  readonly #leaving = new Map<string, Promise<void>>()

  constructor(engine: Engine, { clock, signal }: { clock: Clock; signal: AbortSignal }) {
    this.#engine = engine
    this.#clock = clock
    this.#signal = signal
  }

  /** Number of containers that are not removed yet. A program may still run in each of them and use memory. */
  get size(): number {
    return this.#leaving.size
  }

  /** Ends and removes a container. Resolves when it is gone, or when the last attempt after the abort has failed. */
  remove(id: string): Promise<void> {
    const before = this.#leaving.get(id)
    if (before) return before
    const leaving = this.#untilGone(id).finally(() => this.#leaving.delete(id))
    this.#leaving.set(id, leaving)
    return leaving
  }

  /** Resolves when one of the containers is removed; at once if there is none. */
  async one(): Promise<void> {
    if (this.size > 0) await Promise.race(this.#leaving.values())
  }

  /** Resolves when each container is removed or its last attempt has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#leaving.values())
  }

  async #untilGone(id: string): Promise<void> {
    for (let pauseMs = PAUSE_MS_FIRST; ; pauseMs = Math.min(PAUSE_MS_MAX, 2 * pauseMs)) {
      if (await this.#engine.remove(id).catch(() => false)) return
      if (this.#signal.aborted) return
      await this.#clock.sleep(pauseMs, this.#signal).catch(() => {})
    }
  }
}
