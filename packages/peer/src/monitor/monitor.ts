/** Watches what is asked of this peer, and raises an alert where people should look: told, counted, and in the audit log. */
import type { Clock, Code } from '@stimnet/protocol'
import type { Alert, PeerEvents } from '../events.ts'
import type { Database } from '../store/database.ts'
import { contentOf, likenessOf, type Question } from './likeness.ts'
import { Variants } from './variants.ts'

/** When somebody should look. */
export interface MonitorLimits {
  /** Variants of one question within a day. */
  readonly nearIdentical: number
  /** Refusals of what one peer carried, within ten minutes. */
  readonly refused: number
  /** Share of a budget or of a counted allowance. */
  readonly usedShare: number
}

/** How much of something a scope has used. */
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
/** The same alert about the same one is raised once in this time: the log must not be filled by whoever causes it. */
const QUIET_MS = 10 * MINUTE_MS
const RAISED_MAX = 5_000

/** One a peer. */
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

  /** A question that is well formed, whether it is answered or not: whoever takes differences is refused a lot. */
  asked(catalog: string, actor: string, question: Question): void {
    const key = `${catalog} ${likenessOf(question)}`
    // About this question: another one that was told of lately must not keep it quiet.
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

  /** A member over its quota of an exchange. */
  overQuota(peerId: string, exchange: string): void {
    this.raise({ kind: 'quota', actor: peerId, detail: exchange }, exchange)
  }

  /** Somebody who may not connect. A key costs nothing, so all of them are one: the next alert says how many there were. */
  turnedAway(peerId: string): void {
    this.#turnedAway += 1
    const detail = `${this.#turnedAway} connections since the last alert`
    if (this.#raise({ kind: 'connection-refused', actor: peerId, detail }, 'connection-refused')) this.#turnedAway = 0
  }

  /** Raises one alert for each share that is nearly used up, and one more when it is. */
  looked(usages: Iterable<Usage>): void {
    for (const { catalog, scope, what, used, max } of usages) {
      if (max <= 0 || used < max * this.#parts.limits.usedShare) continue
      const share = used >= max ? 'used up' : `${Math.floor((100 * used) / max)} % used`
      const detail = `${what} of ${catalog}${scope === '' ? '' : ` for ${scope}`}: ${share}`
      // Told again when it is gone, and not with every percent; never forgotten, however much else there is to remember.
      const key = `${catalog} ${scope} ${what} ${used >= max}`
      if (this.#usedUp.has(key)) continue
      this.#usedUp.add(key)
      this.#tell({ kind: 'nearly-used-up', actor: scope, detail })
    }
  }

  /** Told at once; of the same one about the same subject again after a while. */
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
    // A log that cannot be written is told by the database.
    void database
      .commit((draft) => draft.audit({ kind: 'alert', actor: actor.slice(0, 80), detail: { alert: kind, detail } }))
      .catch(() => undefined)
  }
}
