/** So many at once, the others in turn: what a peer would reset as too many streams waits here instead. */
import { unlessAborted } from './stream.ts'

interface Lane {
  inside: number
  readonly waiting: (() => void)[]
}

/** Counts open streams by peer and exchange, and lets the next ask wait its turn. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()

  /** Runs `work` when fewer than `most` of that name run. Throws the signal's reason when that takes too long. */
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
      // The place was handed over in the same moment: somebody else may have it.
      else this.#leave(name, lane)
      throw error
    }
  }

  // Who leaves hands the place to the next, so that nobody slips in between.
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
