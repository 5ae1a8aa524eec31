/** Queues for requests: only as many streams are open at once as a peer permits, and further requests wait for their turn. */
import { unlessAborted } from '../connect/unless-aborted.ts'

interface Lane {
  inside: number
  readonly waiting: (() => void)[]
}

/** Counts the running requests per name, which stands for a peer with an exchange, and queues further requests. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()

  /**
   * Runs `work` as soon as fewer than `most` of that name are running. Throws the reason of the signal if the signal aborts
   * first.
   */
  async run<T>(name: string, most: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(name) ?? { inside: 0, waiting: [] }
    this.#lanes.set(name, lane)
    if (lane.inside < most) lane.inside += 1
    else await this.#turn(name, lane, signal)
    try {
      return await work()
    } finally {
      this.#leave(name, lane)
    }
  }

  async #turn(name: string, lane: Lane, signal: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>()
    lane.waiting.push(turn.resolve)
    try {
      await unlessAborted(turn.promise, signal)
    } catch (error) {
      const at = lane.waiting.indexOf(turn.resolve)
      if (at >= 0) lane.waiting.splice(at, 1)
      // The place was handed to this waiter at the same moment, so it is passed on.
      else this.#leave(name, lane)
      throw error
    }
  }

  // A finished request hands its place to the first waiter, so that no new request can take the place before.
  #leave(name: string, lane: Lane): void {
    const next = lane.waiting.shift()
    if (next) {
      next()
      return
    }
    lane.inside -= 1
    if (lane.inside === 0) this.#lanes.delete(name)
  }
}
