/** Scheduling of submissions and deliveries: a submission, whose client waits, goes before deliveries. */
import type { Clock } from '@stimnet/protocol'

/** Interval at which some deliveries proceed although submissions are running, ms, so that none starves. */
const EVERY_MS = 25
/** At each interval this fraction of the waiting deliveries proceeds, rounded up: one fortieth. */
const SHARE = 40
/** A burst of submissions counts as over after this time without a new one, ms. */
const QUIET_MS = 5

/**
 * Puts submissions before deliveries: a burst of requests is accepted first and delivered afterwards. After a single
 * submission
 * nothing is delayed.
 */
export class Turns {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  /** Submissions running now, and the largest number at once since the last time there were none. */
  #first = 0
  #most = 0
  #pacing = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Runs a submission at once. */
  async first<T>(work: () => Promise<T>): Promise<T> {
    this.#first += 1
    this.#most = Math.max(this.#most, this.#first)
    try {
      return await work()
    } finally {
      this.#first -= 1
      if (this.#first === 0) void this.#rest()
    }
  }

  /** Resolves when no submission is running, or when the delivery's share of the interval has come. */
  async take(): Promise<void> {
    if (this.#most === 0) return
    const turn = new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
    })
    if (!this.#pacing) void this.#pace()
    await turn
  }

  async #rest(): Promise<void> {
    if (this.#most > 1) await this.#clock.sleep(QUIET_MS)
    if (this.#first > 0) return
    this.#most = 0
    for (const go of this.#waiting.splice(0)) go()
  }

  async #pace(): Promise<void> {
    this.#pacing = true
    while (this.#waiting.length > 0) {
      await this.#clock.sleep(EVERY_MS)
      for (const go of this.#waiting.splice(0, Math.ceil(this.#waiting.length / SHARE))) go()
    }
    this.#pacing = false
  }
}
