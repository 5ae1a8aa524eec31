/** Whose turn it is: what somebody waits for comes before what can wait. */
import type { Clock } from '@stimnet/protocol'

/** While somebody waits, some of those who can wait go on this often, ms, so that nothing starves. */
const EVERY_MS = 25
/** As many as make all who wait now go on within a second, and one at least: however many come, nobody waits for long. */
const SHARE = 40
/** After several came at once, this long without another is their end, ms. */
const QUIET_MS = 5

/** Submissions before deliveries: a burst of questions is accepted first, and then taken out. One alone waits for nothing. */
export class Turns {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  /** Being done for somebody who waits; and the most at once since there was last nobody. */
  #first = 0
  #most = 0
  #pacing = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Does at once what somebody waits for. */
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

  /** Resolves when nobody waits, or when it is one's turn all the same. */
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
