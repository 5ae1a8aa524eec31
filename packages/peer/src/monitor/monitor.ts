/** The monitor of questions to this peer. It raises alerts, which are logged, counted and recorded in the audit log. */
import type { Clock, Code } from '@stimnet/protocol'
import type { Alert, PeerEvents } from '../events.ts'
import type { Database } from '../store/database.ts'
import { contentOf, likenessOf, type Question } from './likeness.ts'
import { Variants } from './variants.ts'

/** The limits above which an alert is raised. */
export interface MonitorLimits {
  /** Number of variants of one question within a day. */
  readonly nearIdentical: number
  /** Number of refusals of requests carried by one peer, within ten minutes. */
  readonly refused: number
  /** Used share of a budget or an allowance, 0 to 1. */
  readonly usedShare: number
}

/** The amount of a limit that a scope has used. */
export interface Usage {
  readonly catalog: string
  readonly scope: string
  readonly what: 'privacy budget' | 'refusals' | 'script bits'
  readonly used: number
  readonly max: number
}

interface MonitorParts {
  readonly clock: Clock
  readonly database: Database
  readonly events: PeerEvents
  readonly limits: MonitorLimits
}

const MINUTE_MS = 60_000
/**
 * Time within which the same alert about the same subject is raised only once, ms. Otherwise the cause of the alert could
 * fill the log.
 */
const QUIET_MS = 10 * MINUTE_MS
const RAISED_MAX = 5_000

/** The monitor of a peer; one instance per peer. */
export class Monitor {
  readonly #parts: MonitorParts
  readonly #questions: Variants
  readonly #refusals: Variants
  readonly #raised = new Map<string, number>()
  readonly #usedUp = new Set<string>()
  #counter = 0
  #turnedAway = 0

  constructor(parts: MonitorParts) {
    this.#parts = parts
    const { nearIdentical, refused } = parts.limits
    this.#questions = new Variants({ max: nearIdentical, withinMs: 24 * 60 * MINUTE_MS })
    this.#refusals = new Variants({ max: refused, withinMs: QUIET_MS })
  }

  /** Counts a well-formed question, whether it is answered or not: a differencing attack is often refused. */
  asked(catalog: string, actor: string, question: Question): void {
    const key = `${catalog} ${likenessOf(question)}`
    // The key names this question, so that a recent alert about another question does not suppress this alert.
    if (!this.#questions.note(key, contentOf(question), this.#parts.clock.now())) return
    const detail = `${this.#parts.limits.nearIdentical} variants of one question about ${catalog} within a day`
    this.raise({ kind: 'near-identical', actor, detail }, key)
  }

  refused(askedBy: string, code: Code): void {
    this.#counter += 1
    if (!this.#refusals.note(askedBy, String(this.#counter), this.#parts.clock.now())) return
    const detail = `${this.#parts.limits.refused} requests refused within ten minutes, the last with ${code}`
    this.raise({ kind: 'refused-often', actor: askedBy, detail })
  }

  /** Raises an alert for a member that exceeded its quota of an exchange. */
  overQuota(peerId: string, exchange: string): void {
    this.raise({ kind: 'quota', actor: peerId, detail: exchange }, exchange)
  }

  /**
   * Counts a refused connection. Keys are free to make, so all such peers share one alert; the next alert states how many
   * there were.
   */
  turnedAway(peerId: string): void {
    this.#turnedAway += 1
    const detail = `${this.#turnedAway} connections since the last alert`
    if (this.#raise({ kind: 'connection-refused', actor: peerId, detail }, 'connection-refused')) this.#turnedAway = 0
  }

  /** Raises one alert for each limit that is nearly used up, and another when it is used up. */
  looked(usages: Iterable<Usage>): void {
    for (const { catalog, scope, what, used, max } of usages) {
      if (max <= 0 || used < max * this.#parts.limits.usedShare) continue
      const share = used >= max ? 'used up' : `${Math.floor((100 * used) / max)} % used`
      const detail = `${what} of ${catalog}${scope === '' ? '' : ` for ${scope}`}: ${share}`
      // The alert is raised again when the limit is used up, not with every percent. These keys are never dropped, however
      // many alerts there are.
      const key = `${catalog} ${scope} ${what} ${used >= max}`
      if (this.#usedUp.has(key)) continue
      this.#usedUp.add(key)
      this.#tell({ kind: 'nearly-used-up', actor: scope, detail })
    }
  }

  /** Raises an alert at once. The same alert about the same subject is raised again only after QUIET_MS. */
  raise(alert: Alert, subject = ''): void {
    this.#raise(alert, `${alert.kind} ${alert.actor} ${subject}`)
  }

  #raise(alert: Alert, key: string): boolean {
    const nowMs = this.#parts.clock.now()
    if (nowMs - (this.#raised.get(key) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return false
    this.#raised.delete(key)
    if (this.#raised.size >= RAISED_MAX) this.#raised.delete(this.#raised.keys().next().value ?? '')
    this.#raised.set(key, nowMs)
    this.#tell(alert)
    return true
  }

  #tell(alert: Alert): void {
    const { database, events } = this.#parts
    events.alert(alert)
    const { kind, actor, detail = '' } = alert
    // The database reports a log that cannot be written.
    void database
      .commit((draft) => draft.audit({ kind: 'alert', actor: actor.slice(0, 80), detail: { alert: kind, detail } }))
      .catch(() => undefined)
  }
}
