/** Scheduling of submissions and deliveries: a submission, whose client is waiting, has priority over deliveries. */
import type { Clock } from '@stimnet/protocol'

/** Interval at which some deliveries proceed although submissions are running, ms, so that no delivery starves. */
const EVERY_MS = 25
/** The divisor of the number of waiting deliveries: at each interval one fortieth of them proceeds, rounded up. */
const SHARE = 40
/** A burst of submissions counts as over after this time without a new one, ms. */
const QUIET_MS = 5

/**
 * Gives submissions priority over deliveries: a burst of requests is accepted first and delivered afterwards. After a single
 * submission nothing is delayed.
 */
export class Turns {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  /** Number of submissions running now (`#first`), and the maximum number since none was last running (`#most`). */
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

  /** Resolves when no submission is running, or when the delivery may proceed in its interval. */
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
