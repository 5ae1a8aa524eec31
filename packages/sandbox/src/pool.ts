/** Sandboxes that are started and waiting: each is used once, and another is started after the answer has gone out. */
import type { Clock } from '@stimnet/protocol'

/** A started sandbox with no job yet. */
export interface Slot {
  /** Whether it could still take a job. */
  readonly isAlive: boolean
  /** Ends it; resolves when nothing of it is left. */
  destroy(): Promise<void>
}

/** How many wait, how long, and how they are made. */
export interface PoolSettings<S extends Slot> {
  /** Starts one and resolves when it waits for a job. The signal aborts when the pool closes. */
  start(signal: AbortSignal): Promise<S>
  /** How many wait. 0: each is started when a job comes. */
  readonly size: number
  /** How long one waits before it is replaced, ms: what has waited long may have lost its memory to swap. */
  readonly waitMsMax: number
  readonly clock: Clock
}

/** The first pause after a failed start, ms; it doubles up to the longest. */
const PAUSE_MS_FIRST = 500
const PAUSE_MS_MAX = 60_000

/** Sandboxes that wait for a job, each for one. */
export class Pool<S extends Slot> {
  readonly #settings: PoolSettings<S>
  readonly #closing = new AbortController()
  readonly #waiting: S[] = []
  /** Jobs that wait for a start under way: half of it is done, and a second start would slow both. */
  readonly #takers: PromiseWithResolvers<S | undefined>[] = []
  /** What is on its way into the pool, and what is being destroyed: close waits for both. */
  readonly #underWay = new Set<Promise<unknown>>()
  #starting = 0
  #pauseMs = 0

  constructor(settings: PoolSettings<S>) {
    this.#settings = settings
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** How many wait when it is full. */
  get waitingMax(): number {
    return this.#settings.size
  }

  /**
   * A waiting one, or one that is on its way already; undefined: the caller starts one of its own. Never hands out the
   * same one twice.
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

  /** Brings the pool back to its size in the background. Called after an answer, never before. */
  refill(): void {
    while (!this.#closing.signal.aborted && this.#waiting.length + this.#starting < this.#settings.size) {
      this.#starting++
      this.#keep(
        this.#add().finally(() => {
          this.#starting--
          // Whoever waits for a start that failed, or that an earlier one got, starts one of its own.
          while (this.#takers.length > this.#starting) this.#takers.pop()?.resolve(undefined)
        })
      )
    }
  }

  /** Resolves when everything now on its way waits or has failed. For tests and for a start that wants to be warm. */
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
      // A start that fails is told to whoever runs a job, which starts one of its own; here it only slows the next try.
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
