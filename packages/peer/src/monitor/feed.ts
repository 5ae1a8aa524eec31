/**
 * The feed of events of this peer for its watchers: the latest events in memory, numbered, and the watchers that wait for
 * more.
 */
import { isoOf, type NodeEvent } from '@stimnet/api'
import { type Clock, type RandomSource, toHex, counted } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'

/** Maximum number of events kept in memory, enough for some hours. Lasting records are in the audit log. */
const KEPT_MAX = 2_000
/**
 * Maximum number of alerts kept per kind. They are kept separately, so that alerts that anybody can cause, such as failed
 * logins, displace no others.
 */
const ALERTS_OF_KIND_MAX = 100
/** Maximum number of events delivered to a watcher at once. A slow watcher gets the rest when it continues. */
const BATCH_MAX = 500

/** The event feed of a peer; one instance per peer. */
export class EventFeed {
  readonly #clock: Clock
  /** Identifies this run of the peer: numbers begin again with each start. */
  readonly #life: string
  readonly #events: NodeEvent[] = []
  readonly #alerts = new Map<string, NodeEvent[]>()
  readonly #waiting = new Set<() => void>()
  #sequence = 0

  constructor(clock: Clock, random: RandomSource) {
    this.#clock = clock
    this.#life = toHex(random.bytes(4))
  }

  publish(event: Omit<NodeEvent, 'sequence' | 'at'>): void {
    this.#sequence += 1
    const told = { sequence: this.#sequence, at: isoOf(this.#clock.now()), ...event }
    keep(this.#events, told, KEPT_MAX)
    if (event.alert) {
      const alike = this.#alerts.get(event.kind) ?? []
      this.#alerts.set(event.kind, alike)
      keep(alike, told, ALERTS_OF_KIND_MAX)
    }
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /** The latest events, newest first. */
  recent(options: { limit: number; alertsOnly: boolean }): NodeEvent[] {
    return (options.alertsOnly ? this.#keptAlerts() : this.#events).slice(-options.limit).reverse()
  }

  /**
   * Yields all events after the event with this id, then each new event, with their ids. After an id of an earlier run: all
   * events that are kept.
   */
  async *watch(after: string, signal: AbortSignal): AsyncGenerator<{ id: string; event: NodeEvent }> {
    const [life, sequence] = after.split('-')
    let seen = life === this.#life ? Number(sequence) : 0
    while (!signal.aborted) {
      const due = this.#after(seen)
      for (const event of due) {
        yield { id: `${this.#life}-${event.sequence}`, event }
        seen = event.sequence
      }
      if (due.length === 0) await this.#next(signal)
    }
  }

  /** Events after a number, oldest first. Of the events that are no longer kept, only the alerts are included. */
  #after(seen: number): NodeEvent[] {
    const first = this.#events[0]?.sequence ?? this.#sequence + 1
    const lost = seen + 1 < first ? this.#keptAlerts().filter((one) => one.sequence > seen && one.sequence < first) : []
    return [...lost, ...this.#events.slice(Math.max(0, seen + 1 - first))].slice(0, BATCH_MAX)
  }

  #keptAlerts(): NodeEvent[] {
    return [...this.#alerts.values()].flat().sort((a, b) => a.sequence - b.sequence)
  }

  /** Waits for the next event and then removes its listeners, because a watcher stays for hours and sees thousands of events. */
  #next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
      if (signal.aborted) wake()
    })
  }
}

function keep(kept: NodeEvent[], event: NodeEvent, max: number): void {
  kept.push(event)
  if (kept.length > max) kept.shift()
}

/** Wraps the events of a peer so that they are also published on the feed. */
export function toldOn(feed: EventFeed, events: PeerEvents): PeerEvents {
  const tell = (kind: string, told: Partial<Omit<NodeEvent, 'kind' | 'sequence' | 'at'>> = {}) =>
    feed.publish({ kind, alert: false, actor: '', job_id: '', code: '', detail: '', ...told })
  return {
    ...events,
    started: (facts) => {
      events.started(facts)
      tell('started', { actor: facts.peerId })
    },
    peerConnected: (peerId) => {
      events.peerConnected(peerId)
      tell('peer-connected', { actor: peerId })
    },
    peerDisconnected: (peerId) => {
      events.peerDisconnected(peerId)
      tell('peer-disconnected', { actor: peerId })
    },
    admitted: (facts) => {
      events.admitted(facts)
      tell('admitted', { actor: facts.askedBy, job_id: facts.jobId, detail: `${facts.program} on ${facts.catalog}` })
    },
    refused: (facts) => {
      events.refused(facts)
      tell('refused', { actor: facts.askedBy, code: facts.code, detail: facts.catalog ?? '' })
    },
    ended: (facts) => {
      events.ended(facts)
      tell('ended', { job_id: facts.jobId, code: facts.code ?? '', detail: facts.state })
    },
    asked: (facts) => {
      events.asked(facts)
      tell('asked', { job_id: facts.requestId, detail: counted(facts.peers, 'peer') })
    },
    alert: (alert) => {
      events.alert(alert)
      tell(alert.kind, { alert: true, actor: alert.actor, detail: alert.detail ?? '' })
    },
    unexpected: (error, incident) => {
      events.unexpected(error, incident)
      // The error itself is only in the log of this machine: it could name a patient's file.
      tell('unexpected', { alert: true, detail: incident })
    }
  }
}
