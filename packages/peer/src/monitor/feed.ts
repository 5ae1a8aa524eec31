/** What happens at this peer, for those who watch it: the latest events in memory, numbered, and whoever waits for more. */
import type { EventView } from '@stimnet/gateway'
import type { Clock } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'

/** A morning's worth; what must last is in the audit log. */
const KEPT_MAX = 2_000
/** Whoever lags behind this many has lost some, and sees it by the numbers. */
const BATCH_MAX = 500

/** One a peer. */
export class EventFeed {
  readonly #clock: Clock
  readonly #events: EventView[] = []
  #sequence = 0
  #woken = Promise.withResolvers<void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  publish(event: Omit<EventView, 'sequence' | 'atMs'>): void {
    this.#sequence += 1
    this.#events.push({ sequence: this.#sequence, atMs: this.#clock.now(), ...event })
    if (this.#events.length > KEPT_MAX) this.#events.shift()
    this.#woken.resolve()
    this.#woken = Promise.withResolvers()
  }

  /** The newest first. */
  recent(options: { limit: number; alertsOnly: boolean }): EventView[] {
    const kept = options.alertsOnly ? this.#events.filter(({ alert }) => alert) : this.#events
    return kept.slice(-options.limit).reverse()
  }

  /** Everything after a number, and then as it comes. A number from before a restart is one from the future: all are new. */
  async *watch(after: number, signal: AbortSignal): AsyncGenerator<EventView> {
    let seen = after > this.#sequence ? 0 : after
    const stopped = Promise.withResolvers<void>()
    const stop = () => stopped.resolve()
    signal.addEventListener('abort', stop, { once: true })
    try {
      while (!signal.aborted) {
        const woken = this.#woken.promise
        const due = this.#events.filter(({ sequence }) => sequence > seen).slice(0, BATCH_MAX)
        for (const event of due) {
          yield event
          seen = event.sequence
        }
        if (due.length === 0) await Promise.race([woken, stopped.promise])
      }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

/** The same events, told on the feed as well. */
export function toldOn(feed: EventFeed, events: PeerEvents): PeerEvents {
  const tell = (kind: string, told: Partial<Omit<EventView, 'kind' | 'sequence' | 'atMs'>> = {}) =>
    feed.publish({ kind, alert: false, actor: '', jobId: '', code: '', detail: '', ...told })
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
      tell('admitted', { actor: facts.askedBy, jobId: facts.jobId, detail: `${facts.program} on ${facts.catalog}` })
    },
    refused: (facts) => {
      events.refused(facts)
      tell('refused', { actor: facts.askedBy, code: facts.code, detail: facts.catalog ?? '' })
    },
    ended: (facts) => {
      events.ended(facts)
      tell('ended', { jobId: facts.jobId, code: facts.code ?? '', detail: facts.state })
    },
    asked: (facts) => {
      events.asked(facts)
      tell('asked', { jobId: facts.requestId, detail: `${facts.peers} peers` })
    },
    alert: (alert) => {
      events.alert(alert)
      tell(alert.kind, { alert: true, actor: alert.actor, detail: alert.detail ?? '' })
    },
    unexpected: (error, incident) => {
      events.unexpected(error, incident)
      // What it was stands in the log of this machine; it could name a patient's file.
      tell('unexpected', { alert: true, detail: incident })
    }
  }
}
