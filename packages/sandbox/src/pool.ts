/** A pool of started sandboxes that wait for a job. Each is used once, and a new one is started after its answer. */
import type { Clock } from '@stimnet/protocol'

/** A started sandbox without a job. */
export interface Slot {
  /** Whether the sandbox can still take a job. */
  readonly isAlive: boolean
  /** Ends the sandbox. Resolves when all its processes and files are gone. */
  destroy(): Promise<void>
}

/** Settings of a pool. */
export interface PoolSettings<S extends Slot> {
  /** Starts a sandbox and resolves when it is ready for a job. The signal aborts when the pool closes. */
  start(signal: AbortSignal): Promise<S>
  /** Number of waiting sandboxes. 0: each sandbox is started when a job comes. */
  readonly size: number
  /** Maximum waiting time of a sandbox before it is replaced, ms: after a long wait its memory may be in swap. */
  readonly waitMsMax: number
  readonly clock: Clock
}

/** The first pause after a failed start, ms. It doubles up to the maximum. */
const PAUSE_MS_FIRST = 500
const PAUSE_MS_MAX = 60_000

/** A pool of sandboxes, each of which takes one job. */
export class Pool<S extends Slot> {
  readonly #settings: PoolSettings<S>
  readonly #closing = new AbortController()
  readonly #waiting: S[] = []
  /** Jobs that wait for a start in progress. Such a start is partly done, and a second start would slow down both. */
  readonly #takers: PromiseWithResolvers<S | undefined>[] = []
  /** Starts and destructions in progress. `close` waits for all of them. */
  readonly #underWay = new Set<Promise<unknown>>()
  #starting = 0
  #pauseMs = 0

  constructor(settings: PoolSettings<S>) {
    this.#settings = settings
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Number of waiting sandboxes when the pool is full. */
  get waitingMax(): number {
    return this.#settings.size
  }

  /**
   * Takes a waiting sandbox, or one that is being started. Undefined if there is none: the caller then starts a sandbox itself. No sandbox
   * is given out twice.
   */
  async take(signal: AbortSignal): Promise<S | undefined> {
    for (let slot = this.#waiting.shift(); slot; slot = this.#waiting.shift()) {
      if (slot.isAlive) return slot
      this.#keep(slot.destroy())
    }
    if (signal.aborted || this.#starting <= this.#takers.length) return undefined
    const taker = Promise.withResolvers<S | undefined>()
    const leave = () => {
      const at = this.#takers.indexOf(taker)
      if (at >= 0) this.#takers.splice(at, 1)
      taker.resolve(undefined)
    }
    this.#takers.push(taker)
    signal.addEventListener('abort', leave, { once: true })
    return taker.promise.finally(() => signal.removeEventListener('abort', leave))
  }

  /** Fills the pool up to its size in the background. It must be called after the answer, never before. */
  refill(): void {
    while (!this.#closing.signal.aborted && this.#waiting.length + this.#starting < this.#settings.size) {
      this.#starting++
      this.#keep(
        this.#add().finally(() => {
          this.#starting--
          // A job whose awaited start failed, or was given to an earlier job, gets undefined and starts a sandbox itself.
          while (this.#takers.length > this.#starting) this.#takers.pop()?.resolve(undefined)
        })
      )
    }
  }

  /** Resolves when all starts in progress have succeeded or failed. For tests, and for callers that need a filled pool. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#underWay])
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const taker of this.#takers.splice(0)) taker.resolve(undefined)
    const gone = this.#waiting.splice(0).map((slot) => slot.destroy())
    await Promise.allSettled([...gone, ...this.#underWay])
  }

  async #add(): Promise<void> {
    const { clock, start } = this.#settings
    const signal = this.#closing.signal
    try {
      if (this.#pauseMs > 0) await clock.sleep(this.#pauseMs, signal)
      const slot = await start(signal)
      this.#pauseMs = 0
      if (signal.aborted) return await slot.destroy()
      const taker = this.#takers.shift()
      if (taker) return taker.resolve(slot)
      this.#waiting.push(slot)
      this.#expire(slot)
    } catch {
      // A job that needs a sandbox starts one itself and reports the error. A failure here only delays the next attempt.
      this.#pauseMs = Math.min(PAUSE_MS_MAX, Math.max(PAUSE_MS_FIRST, 2 * this.#pauseMs))
    }
  }

  #expire(slot: S): void {
    this.#settings.clock.sleep(this.#settings.waitMsMax, this.#closing.signal).then(
      () => {
        const at = this.#waiting.indexOf(slot)
        if (at < 0) return
        this.#waiting.splice(at, 1)
        this.#keep(slot.destroy())
        this.refill()
      },
      () => {}
    )
  }

  #keep(work: Promise<unknown>): void {
    const kept = work.catch(() => {}).finally(() => this.#underWay.delete(kept))
    this.#underWay.add(kept)
  }
}
