/** Countermeasures against misbehaving peers: they are disconnected and blocked for growing times. */
import type { Clock } from '@stimnet/protocol'

/** Number of marks within a minute at which a peer is blocked. An honest peer on a bad connection gets a mark occasionally. */
const MARKS_MAX = 10
const MINUTE_MS = 60_000
const SHUT_OUT_MS = MINUTE_MS
const SHUT_OUT_MS_MAX = 60 * MINUTE_MS
/** Maximum number of peers that are remembered. Only members can get marks. */
const PEERS_MAX = 2_000

interface Marked {
  marks: number
  sinceMs: number
  times: number
  untilMs: number
}

/** Called for each peer that is disconnected and blocked. */
export type ShutOut = (peerId: string, why: string) => void

/** Counts marks and connections. A mesh has one instance. */
export class Discipline {
  readonly #clock: Clock
  readonly #peers = new Map<string, Marked>()
  #shutOut: ShutOut = () => undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  onShutOut(told: ShutOut): void {
    this.#shutOut = told
  }

  isShutOut(peerId: string): boolean {
    return (this.#peers.get(peerId)?.untilMs ?? 0) > this.#clock.now()
  }

  /** Records misbehaviour. `marks` is its gravity; a peer with ten marks within a minute is disconnected and blocked. */
  mark(peerId: string, why: string, marks = 1): void {
    const now = this.#clock.now()
    const marked = this.#markedOf(peerId, now)
    if (marked.untilMs > now) return
    if (now - marked.sinceMs >= MINUTE_MS) Object.assign(marked, { marks: 0, sinceMs: now })
    marked.marks += marks
    if (marked.marks < MARKS_MAX) return
    marked.untilMs = now + Math.min(SHUT_OUT_MS_MAX, SHUT_OUT_MS * 2 ** Math.min(marked.times, 10))
    marked.times += 1
    marked.marks = 0
    this.#shutOut(peerId, why)
  }

  #markedOf(peerId: string, now: number): Marked {
    const known = this.#peers.get(peerId)
    if (known) return known
    const oldest = this.#peers.size >= PEERS_MAX ? this.#peers.keys().next().value : undefined
    if (oldest !== undefined) this.#peers.delete(oldest)
    const marked = { marks: 0, sinceMs: now, times: 0, untilMs: 0 }
    this.#peers.set(peerId, marked)
    return marked
  }
}
