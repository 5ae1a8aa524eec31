/**
 * Detection of dead connections by silence. The multiplexer of each side sends a keep-alive of a few bytes at intervals and
 * answers those of the other side, so a connection without a single byte for several intervals is dead. libp2p's own monitor
 * opens a stream on every connection at the same moment, and closes connections that do not answer at once: on a busy
 * machine it cuts healthy connections, and the resulting dials make the machine busier.
 */
import type { Clock } from '@stimnet/protocol'

/** Interval of keep-alives on each connection, ms. */
export const KEEP_ALIVE_MS = 10_000
const LOOK_MS = 5_000
/**
 * A connection is dead after this many checks in a row without a byte, half a minute. Checks are counted, not elapsed time: a
 * process that was suspended must first read what has arrived.
 */
const SILENT_LOOKS_MAX = 6

interface Watched {
  abort(error: Error): void
  addEventListener(kind: 'close', listener: () => void): void
}

/** Watches the connections of a node. */
export class Pulse {
  readonly #silentLooks = new Map<Watched, number>()

  /** Watches a connection until it closes. The returned function is called for each arrival of bytes. */
  watch(connection: Watched): () => void {
    this.#silentLooks.set(connection, 0)
    connection.addEventListener('close', () => this.#silentLooks.delete(connection))
    return () => {
      if (this.#silentLooks.has(connection)) this.#silentLooks.set(connection, 0)
    }
  }

  /** Aborts connections that became silent, until the signal. */
  async run(clock: Clock, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal).catch(() => {})
      if (!signal.aborted) this.look()
    }
  }

  /** Counts one look at all connections. */
  look(): void {
    for (const [connection, looks] of [...this.#silentLooks]) {
      this.#silentLooks.set(connection, looks + 1)
      if (looks < SILENT_LOOKS_MAX) continue
      this.#silentLooks.delete(connection)
      connection.abort(new Error('nothing arrived for half a minute'))
    }
  }
}
