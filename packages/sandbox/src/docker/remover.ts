/** Removes the containers of one sandbox, and tries again for as long as the engine fails to. */
import type { Clock } from '@stimnet/protocol'
import type { Engine } from './engine.ts'

/** The first pause after a failed removal, ms; it doubles up to the longest. */
const PAUSE_MS_FIRST = 500
const PAUSE_MS_MAX = 60_000

export class Remover {
  readonly #engine: Engine
  readonly #clock: Clock
  /** When it aborts, the try in progress is the last. */
  readonly #signal: AbortSignal
  readonly #leaving = new Map<string, Promise<void>>()

  constructor(engine: Engine, { clock, signal }: { clock: Clock; signal: AbortSignal }) {
    this.#engine = engine
    this.#clock = clock
    this.#signal = signal
  }

  /** Number of containers that are not removed yet. A program may still run in each, and uses memory. */
  get size(): number {
    return this.#leaving.size
  }

  /** Ends and removes a container. Resolves when it is gone, or when the last try after the signal has failed. */
  remove(id: string): Promise<void> {
    const before = this.#leaving.get(id)
    if (before) return before
    const leaving = this.#untilGone(id).finally(() => this.#leaving.delete(id))
    this.#leaving.set(id, leaving)
    return leaving
  }

  /** Resolves when one of the containers has been removed; at once if there is none. */
  async one(): Promise<void> {
    if (this.size > 0) await Promise.race(this.#leaving.values())
  }

  /** Resolves when all containers have been removed, or their last tries have failed. */
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
