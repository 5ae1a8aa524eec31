/** Comparison of this machine's clock with those of other peers, using the time in each peer's signed description. */
import { LIMITS } from '@stimnet/protocol'
import type { Monitor } from './monitor.ts'

/** A peer's signed time, and this machine's times before and after the request for it. Unix ms. */
export interface ClockReading {
  readonly askedAtMs: number
  readonly saidMs: number
  readonly heardAtMs: number
}

/** The verdict on this machine's clock. */
export interface ClockVerdict {
  /** Number of peers that were compared. */
  readonly compared: number
  /** Number of compared peers whose clock differs by more than half of the tolerated difference. */
  readonly differing: number
  /**
   * By how much most peers' clocks are ahead of this machine's clock, ms; negative if they are behind. Null unless at least
   * two peers, and more than half of all, differ in the same direction: with one peer, nobody can say which clock is wrong.
   */
  readonly ownOffMs: number | null
}

/** Difference above which an alert is raised, ms: half of what signatures tolerate, so that there is time to act. */
export const CLOCK_REPORTED_MS = LIMITS.clockSkewMs / 2
/** Maximum number of peers that are remembered; the peer compared longest ago is forgotten. */
const PEERS_MAX = 1_000

/** The clocks of other peers; one instance per peer. Raises the alert `clock-skew`. */
export class Clocks {
  readonly #monitor: Pick<Monitor, 'raise'>
  readonly #self: string
  readonly #isPermitted: (peerId: string) => boolean
  readonly #offsets = new Map<string, number>()
  #isOwnOff = false

  /** The clocks of peers that are no longer permitted are not counted. */
  constructor(monitor: Pick<Monitor, 'raise'>, self: string, isPermitted: (peerId: string) => boolean = () => true) {
    this.#monitor = monitor
    this.#self = self
    this.#isPermitted = isPermitted
  }

  /** Compares one reading. An alert is raised when the clocks begin to differ, and again only after they have agreed. */
  compare(peerId: string, reading: ClockReading): void {
    const offsetMs = offsetOf(reading)
    const before = this.#offsets.get(peerId) ?? 0
    this.#offsets.delete(peerId)
    if (this.#offsets.size >= PEERS_MAX) this.#offsets.delete(this.#offsets.keys().next().value ?? '')
    this.#offsets.set(peerId, offsetMs)
    if (isOff(offsetMs) && !isOff(before)) {
      const detail = `its clock is ${spanText(offsetMs)} this machine’s: one of both is wrong. ${EFFECT}`
      this.#monitor.raise({ kind: 'clock-skew', actor: peerId, detail })
    }
    this.#judgeOwn()
  }

  /** How far a peer's clock was ahead of this machine's when they were last compared, ms; undefined if they never were. */
  offsetOf(peerId: string): number | undefined {
    return this.#offsets.get(peerId)
  }

  get verdict(): ClockVerdict {
    const offsets = [...this.#offsets].flatMap(([peerId, offset]) => (this.#isPermitted(peerId) ? [offset] : []))
    const off = offsets.filter(isOff)
    const ahead = off.filter((offset) => offset > 0).sort((a, b) => a - b)
    const behind = off.filter((offset) => offset < 0).sort((a, b) => a - b)
    const most = ahead.length >= behind.length ? ahead : behind
    const isOwn = most.length >= 2 && most.length > offsets.length / 2
    return {
      compared: offsets.length,
      differing: off.length,
      ownOffMs: isOwn ? (most[Math.floor(most.length / 2)] ?? null) : null
    }
  }

  #judgeOwn(): void {
    const { ownOffMs, compared, differing } = this.verdict
    const isOff = ownOffMs !== null
    if (isOff && !this.#isOwnOff) {
      const detail = `${differing} of ${compared} peers’ clocks are ${spanText(ownOffMs)} this machine’s: set it, and keep it with NTP. ${EFFECT}`
      this.#monitor.raise({ kind: 'clock-skew', actor: this.#self, detail })
    }
    this.#isOwnOff = isOff
  }
}

const EFFECT = 'Beyond a minute, what one side signs is refused by the other'

/**
 * How far the other clock is ahead, ms. The peer signed at some moment between request and answer; only the excess over that
 * span counts.
 */
export function offsetOf({ askedAtMs, saidMs, heardAtMs }: ClockReading): number {
  if (saidMs > heardAtMs) return saidMs - heardAtMs
  return saidMs < askedAtMs ? saidMs - askedAtMs : 0
}

/** Whether a difference is large enough to be reported. */
export function isOff(offsetMs: number): boolean {
  return Math.abs(offsetMs) > CLOCK_REPORTED_MS
}

/** A difference in words: `4 min 10 s ahead of` or `35 s behind`. */
export function spanText(offsetMs: number): string {
  const seconds = Math.round(Math.abs(offsetMs) / 1000)
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600), Math.floor(seconds / 60)]
  const long = days > 0 ? `${days} d ${hours % 24} h` : hours > 0 ? `${hours} h ${minutes % 60} min` : ''
  const span = long || (minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`)
  return offsetMs > 0 ? `${span} ahead of` : `${span} behind`
}
