/** Interruptions of a long computation, in which the node does other work. */
import { setImmediate } from 'node:timers/promises'
import { StimnetError } from '@stimnet/protocol'

/** Number of values that are read between two interruptions: some milliseconds. */
const VALUES_EACH = 2 ** 21

/** Counts the values that a computation has read. */
export class Breath {
  readonly #signal: AbortSignal | undefined
  #values = 0

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
  }

  /** Lets other work run if many values were read since the last time. Throws the signal's reason if it is a StimnetError, else CANCELLED. */
  async after(values: number): Promise<void> {
    this.#values += values
    if (this.#values < VALUES_EACH) return
    this.#values = 0
    await setImmediate()
    if (!this.#signal?.aborted) return
    const { reason } = this.#signal
    throw reason instanceof StimnetError
      ? reason
      : new StimnetError('CANCELLED', 'the data were being read', { cause: reason })
  }
}
