/** The data permits that stewards entered: their terms, which never change, the days on which they hold, and whether they were revoked. */
import type { PermitState, PermitTerms } from '@stimnet/api'
import { StimnetError } from '@stimnet/protocol'
import { canonicalHash } from '../canonical-hash.ts'
import type { Database, Draft } from './database.ts'
import type { Sublevel } from './level/level.ts'

const DAY_MS = 24 * 3_600_000

/** Permits are never deleted: all of them are in memory, since admission looks one up for every request. */
const PERMITS_MAX = 10_000

/** A permit as stored. */
export interface DataPermit {
  readonly terms: PermitTerms
  /** The steward's account. */
  readonly grantedBy: string
  readonly grantedAtMs: number
  readonly revoked?: { readonly by: string; readonly atMs: number }
  /** Whether the database is an older copy, which may lack a revocation of this permit: closed until a steward confirms the permit. */
  readonly doubted?: true
  /** The last steward who confirmed the permit after such a copy. */
  readonly confirmed?: { readonly by: string; readonly atMs: number }
}

/** Whether requests under a permit are admitted. The days of a permit are days of UTC, the last day included. */
export function stateOf({ terms, revoked, doubted }: DataPermit, nowMs: number): PermitState {
  if (revoked) return 'revoked'
  if (doubted) return 'unconfirmed'
  if (nowMs < Date.parse(terms.from)) return 'not_begun'
  return nowMs < Date.parse(terms.until) + DAY_MS ? 'in_force' : 'expired'
}

/** The permits of a peer, one instance per peer. */
export class DataPermits {
  readonly #stored: Sublevel<DataPermit>
  readonly #held = new Map<string, DataPermit>()

  private constructor(database: Database) {
    this.#stored = database.json('data-permits')
  }

  static async open(database: Database): Promise<DataPermits> {
    const permits = new DataPermits(database)
    for await (const [id, permit] of permits.#stored.iterator()) permits.#held.set(id, permit)
    return permits
  }

  get(id: string): DataPermit | undefined {
    return this.#held.get(id)
  }

  /** A permit with its state at a given time. */
  at(id: string, nowMs: number): { readonly terms: PermitTerms; readonly state: PermitState } | undefined {
    const permit = this.#held.get(id)
    return permit && { terms: permit.terms, state: stateOf(permit, nowMs) }
  }

  list(): DataPermit[] {
    return [...this.#held.values()]
  }

  /** Throws PARAMETER_INVALID for an id that was used before: records under it refer to the terms of the earlier permit. */
  grant(draft: Draft, permit: DataPermit): DataPermit {
    const { terms, grantedBy: actor } = permit
    if (this.#held.has(terms.id)) {
      throw invalid(
        `There is a permit ${terms.id}, and terms do not change: revoke it, and give the new one another id.`
      )
    }
    if (this.#held.size >= PERMITS_MAX) throw invalid(`At most ${PERMITS_MAX} permits are kept.`)
    this.#put(draft, permit)
    const detail = { permit: terms.id, terms: canonicalHash(terms), until: terms.until, granted: true }
    draft.audit({ kind: 'permit', actor, detail })
    return permit
  }

  /** Revokes a permit at once, also for waiting jobs. Undefined if there is no such permit; a second revocation changes nothing. */
  revoke(draft: Draft, id: string, revoked: NonNullable<DataPermit['revoked']>): DataPermit | undefined {
    const permit = this.#held.get(id)
    if (!permit || permit.revoked) return permit
    const changed = { ...permit, revoked }
    this.#put(draft, changed)
    draft.audit({ kind: 'permit', actor: revoked.by, detail: { permit: id, revoked: true } })
    return changed
  }

  /**
   * Opens a permit that was closed because the database is an older copy. Undefined if there is no such permit; any other permit is
   * unchanged.
   */
  confirm(draft: Draft, id: string, confirmed: NonNullable<DataPermit['confirmed']>): DataPermit | undefined {
    const permit = this.#held.get(id)
    if (!permit?.doubted || permit.revoked) return permit
    const { doubted: _, ...rest } = permit
    const changed = { ...rest, confirmed }
    this.#put(draft, changed)
    draft.audit({ kind: 'permit', actor: confirmed.by, detail: { permit: id, confirmed: true } })
    return changed
  }

  #put(draft: Draft, permit: DataPermit): void {
    const { id } = permit.terms
    const before = this.#held.get(id)
    draft.put(this.#stored, id, permit)
    this.#held.set(id, permit)
    draft.undo(() => (before === undefined ? this.#held.delete(id) : this.#held.set(id, before)))
  }
}

function invalid(reason: string): StimnetError {
  return StimnetError.told('PARAMETER_INVALID', reason)
}
