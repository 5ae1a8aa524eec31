/** Standing approvals: code that stewards allow to run again without a new review, within terms that they set. */
import type { StandingTerms } from '@stimnet/api'
import { type RandomSource, StimnetError, toHex } from '@stimnet/protocol'
import type { Database, Draft } from './database.ts'
import type { Approval, JobRecord, ReviewRecord, RunTerms } from './jobs.ts'
import type { Sublevel } from './level/level.ts'

const DAY_MS = 24 * 3_600_000

/** A standing approval as stored. */
export interface StandingApproval {
  readonly id: string
  /** The job for which it was granted; absent in approvals stored before this field existed. */
  readonly jobId?: string
  readonly run: RunTerms
  readonly terms: StandingTerms
  readonly approvals: readonly Approval[]
  readonly runsLeft: number
  readonly expiresAtMs: number
}

/**
 * The standing approvals of a peer, one instance per peer. They are kept in memory, because admission searches them for
 * every request.
 */
export class StandingApprovals {
  readonly #stored: Sublevel<StandingApproval>
  readonly #random: RandomSource
  readonly #granted = new Map<string, StandingApproval>()

  private constructor(database: Database, random: RandomSource) {
    this.#stored = database.json('standing-approvals')
    this.#random = random
  }

  static async open(database: Database, random: RandomSource): Promise<StandingApprovals> {
    const standing = new StandingApprovals(database, random)
    for await (const [id, approval] of standing.#stored.iterator()) standing.#granted.set(id, approval)
    return standing
  }

  list(): StandingApproval[] {
    return [...this.#granted.values()]
  }

  /** An approval that covers the run, has runs left, and for whose stewards `holds` is true. */
  match(run: RunTerms, nowMs: number, holds: (one: StandingApproval) => boolean): StandingApproval | undefined {
    return this.list().find((one) => one.runsLeft > 0 && one.expiresAtMs > nowMs && covers(one, run) && holds(one))
  }

  grant(
    draft: Draft,
    granted: { job: JobRecord; review: ReviewRecord; terms: StandingTerms; atMs: number }
  ): StandingApproval {
    const { review, terms, atMs, job } = granted
    const { run } = review
    const id = toHex(this.#random.bytes(16))
    const approval: StandingApproval = {
      id,
      jobId: job.id,
      run,
      terms,
      approvals: review.approvals,
      runsLeft: terms.runs,
      expiresAtMs: atMs + terms.days * DAY_MS
    }
    draft.put(this.#stored, id, approval)
    draft.audit({
      kind: 'approval',
      actor: review.approvals.at(-1)?.by ?? '',
      jobId: job.id,
      detail: { standing: id, runs: terms.runs, days: terms.days, cohort: terms.cohort, requester: terms.requester }
    })
    this.#set(draft, id, approval)
    return approval
  }

  /** Uses up one run. Throws APPROVAL_LAPSED if none is left. */
  use(draft: Draft, id: string): void {
    const approval = this.#granted.get(id)
    if (!approval || approval.runsLeft < 1) throw new StimnetError('APPROVAL_LAPSED', `standing approval ${id}`)
    const used = { ...approval, runsLeft: approval.runsLeft - 1 }
    draft.put(this.#stored, id, used)
    this.#set(draft, id, used)
  }

  /** Revokes an approval at once. Returns false if there is no such approval. */
  revoke(draft: Draft, id: string, actor: string): boolean {
    const approval = this.#granted.get(id)
    if (!approval) return false
    draft.del(this.#stored, id)
    draft.audit({ kind: 'denial', actor, detail: { standing: id, revoked: true } })
    this.#granted.delete(id)
    draft.undo(() => void this.#granted.set(id, approval))
    return true
  }

  #set(draft: Draft, id: string, approval: StandingApproval): void {
    const before = this.#granted.get(id)
    this.#granted.set(id, approval)
    draft.undo(() => (before === undefined ? this.#granted.delete(id) : this.#granted.set(id, before)))
  }
}

function covers({ run, terms }: StandingApproval, asked: RunTerms): boolean {
  const { cohortHash, issuer, parameters } = run
  const { cohortHash: _cohort, issuer: _issuer, parameters: _parameters, permit, ...bound } = asked
  // Compares every term of the new run: an approval that lacks a term has not approved it.
  const isSame = Object.entries(bound).every(([name, value]) => run[name as keyof typeof bound] === value)
  return (
    isSame &&
    // A permit may be absent, but then from both: an approval under a permit covers only runs under the same permit.
    run.permit === permit &&
    (terms.cohort === 'any' || asked.cohortHash === cohortHash) &&
    (terms.requester === 'any' || asked.issuer === issuer) &&
    parametersFit(terms, { approved: parameters, asked: asked.parameters })
  )
}

type Parameters = Readonly<Record<string, unknown>>

/** Whether each parameter is within its bounds or as approved, and none is missing: a default in the code is also a value. */
function parametersFit(
  terms: StandingTerms,
  { approved, asked }: { approved: Parameters; asked: Parameters }
): boolean {
  const names = new Set([...Object.keys(approved), ...Object.keys(asked)])
  return [...names].every((name) => {
    if (!Object.hasOwn(asked, name) || !Object.hasOwn(approved, name)) return false
    const value = asked[name]
    if (!Object.hasOwn(terms.parameters, name)) return JSON.stringify(value) === JSON.stringify(approved[name])
    const allowed = terms.parameters[name]
    if (allowed && 'one_of' in allowed) return allowed.one_of.some((one) => one === value)
    return allowed !== undefined && typeof value === 'number' && value >= allowed.minimum && value <= allowed.maximum
  })
}
