/** Clocks, which are passed as arguments: the system's clock, and one that tests advance by hand. */

/** A source of time. */
export interface Clock {
  /** Unix time, ms. */
  now(): number
  /** Waits for `ms`; rejects with the signal's reason if the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Maximum delay of the platform's timers, ms. A timer with a longer delay would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      let left = Math.max(0, ms)
      let timer = setTimeout(step, Math.min(left, TIMER_MS_MAX))
      function step() {
        left -= TIMER_MS_MAX
        if (left > 0) {
          timer = setTimeout(step, Math.min(left, TIMER_MS_MAX))
          return
        }
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      function abort() {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
    })
}

/** A clock that stands still until `advance` moves it. Sleepers wake in the order of their wake-up times. */
export class SimulatedClock implements Clock {
  #now: number
  #sleepers: { at: number; wake: () => void }[] = []

  constructor(startMs = 1_700_000_000_000) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sleeper = { at: this.#now + Math.max(0, ms), wake }
      this.#sleepers.push(sleeper)
      // As with the system's clock, the listener is removed when the sleep ends, since the signal may live longer.
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        reject(signal?.reason)
      }
      function wake() {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** Moves time forward by `ms` and wakes every sleeper that is due, in the order of their wake-up times. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const due = this.#sleepers.filter((s) => s.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#sleepers = this.#sleepers.filter((s) => s !== due)
      this.#now = Math.max(this.#now, due.at)
      due.wake()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#now = end
  }
}
