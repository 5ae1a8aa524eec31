/** Requests that stewards decide: waiting, approving and denying. An approval is bound to the exact bytes of its request. */
import type { StandingTerms } from '@stimnet/api'
import { type Clock, canonicalJson, isEnded, StimnetError } from '@stimnet/protocol'
import { canonicalHash } from '../../canonical-hash.ts'
import type { Sandbox } from '@stimnet/sandbox'
import type { PeerEvents } from '../../events.ts'
import type { Decision } from '../../policy/decision.ts'
import type { Database, Draft } from '../../store/database.ts'
import type { Approval, JobRecord, JobStore, ReviewRecord, RunTerms } from '../../store/jobs.ts'
import type { StandingApproval, StandingApprovals } from '../../store/standing.ts'
import type { CheckedRequest } from '../admit/check.ts'
import { imageOf } from '../run/approved.ts'
import type { JobFiles } from '../run/files.ts'
import type { Ending } from '../run/publish.ts'
import { SeatCount } from '../run/seats.ts'
import { distinctIn, peopleIn, type Stewards } from '../../people/stewards.ts'
import { codeHashOf, type JobPlan } from '../admit/validate.ts'

type EndingOfWaiting = Exclude<Ending, { state: 'completed' }>

/** Dependencies of `Approvals`. */
export interface ApprovalParts {
  readonly clock: Clock
  readonly database: Database
  readonly jobs: JobStore
  readonly standing: StandingApprovals
  readonly sandbox: Sandbox | undefined
  /** Fetches uploaded files at once: the stewards read them, and the asking peer may be gone when they decide. */
  readonly files: Pick<JobFiles, 'fetch'>
  readonly events: PeerEvents
  readonly stewards: Stewards
  /** Number of stewards who must approve. */
  readonly needed: number
  readonly expireMs: number
  /** The runner, which runs approved jobs and ends all others. */
  readonly runner: {
    readonly seats: Pick<SeatCount, 'take'>
    enqueue(job: JobRecord): void
    cancel(job: JobRecord): Promise<boolean>
    endPending(job: JobRecord, ending: EndingOfWaiting, before?: (draft: Draft) => void): Promise<void>
    objectionTo(job: JobRecord, plan: JobPlan): Promise<string | undefined>
    refusePending(job: JobRecord, plan: JobPlan, why: string): Promise<void>
  }
}

/** One steward's verdict on a waiting request. */
export interface Verdict {
  /** The steward's account at this peer. */
  readonly by: string
  readonly approve: boolean
  /** The steward's own words to the requester. */
  readonly notes: string
  /** Terms under which the same code may run again without a new review. */
  readonly standing?: StandingTerms
}

/** The facts to which approvals of a request are bound, gathered at admission. */
export interface ReviewFacts {
  readonly standing: StandingApproval | undefined
  /** The program that would run, and its inputs. */
  readonly run: RunTerms
}

const NOTES_CHARACTERS_MAX = 1_000

/** The waiting and the approved requests of a peer; one instance per peer. */
export class Approvals {
  readonly #parts: ApprovalParts
  readonly #waiting = new Map<string, JobRecord>()
  /** Approved jobs that have not ended, by the hash of the request. */
  readonly #agreed = new Map<string, JobRecord>()
  readonly seats = new SeatCount()

  private constructor(parts: ApprovalParts) {
    this.#parts = parts
  }

  /** Opens the approvals and registers the requests that were waiting when the node last stopped. */
  static async open(parts: ApprovalParts): Promise<Approvals> {
    const approvals = new Approvals(parts)
    for (const job of await parts.jobs.open()) {
      if (job.state !== 'pending') {
        approvals.agreed(job)
        continue
      }
      approvals.seats.take(job.issuer, job.askedBy)
      approvals.#waiting.set(job.id, job)
      void parts.files.fetch(job)
    }
    return approvals
  }

  /** Gathers the facts before the policy is evaluated. */
  async factsOf(checked: CheckedRequest, plan: JobPlan): Promise<ReviewFacts> {
    const run = termsOf(checked, plan, await imageOf(plan, this.#parts.sandbox))
    return { run, standing: this.#parts.standing.match(run, this.#parts.clock.now(), (one) => this.#holds(one)) }
  }

  /** The review record that is stored with an admitted request; undefined if no steward is asked. */
  reviewOf({ run, standing }: ReviewFacts, decision: Decision): ReviewRecord | undefined {
    const { needed, clock, expireMs } = this.#parts
    const bound = { expiresAtMs: clock.now() + expireMs, image: run.image, run }
    if (decision.allow && decision.review) return { needed, approvals: [], ...bound }
    if (!standing) return undefined
    const { id, approvals } = standing
    return { needed: approvals.length, approvals, ...bound, standing: id }
  }

  /** Uses up one run of a standing approval, in the batch that admits the job. Throws APPROVAL_LAPSED if no run is left. */
  use(draft: Draft, standing: string): void {
    this.#parts.standing.use(draft, standing)
  }

  /** Registers a job that stewards have approved. */
  agreed(job: JobRecord): void {
    if (job.review) this.#agreed.set(job.requestHash, job)
  }

  /** Whether enough of the people who approved are still stewards. Called when the job is about to run. */
  stillAgreed(requestHash: string): boolean {
    const review = this.#agreed.get(requestHash)?.review
    return review !== undefined && peopleIn(accountsIn(review.approvals), this.#parts.stewards) >= review.needed
  }

  #holds({ approvals }: StandingApproval): boolean {
    return peopleIn(accountsIn(approvals), this.#parts.stewards) >= approvals.length
  }

  /** The approvals that count now: those of current stewards, the first per person. */
  counted(approvals: readonly Approval[]): Approval[] {
    const people = distinctIn(accountsIn(approvals), this.#parts.stewards)
    return approvals.filter(({ by }) => people.includes(by))
  }

  /**
   * Registers a request that waits for stewards from now on. A request that would be refused anyway is ended at once, so
   * that no steward reads it in vain. Answers given before it runs can still cause its refusal.
   */
  add(job: JobRecord, plan: JobPlan): void {
    this.#waiting.set(job.id, job)
    const { jobs, events, files } = this.#parts
    void files.fetch(job)
    const unexpected = (error: unknown) => events.unexpected(error, job.id)
    void jobs.show(job, 0).catch(unexpected)
    void this.#refuseInTime(job, plan).catch(unexpected)
  }

  async #refuseInTime(job: JobRecord, plan: JobPlan): Promise<void> {
    const { runner } = this.#parts
    const why = await runner.objectionTo(job, plan)
    const waiting = this.#waiting.get(job.id)
    if (why === undefined || waiting === undefined) return
    await this.#endBy(waiting, () => runner.refusePending(waiting, plan, why))
  }

  /** The waiting requests, oldest first. */
  waiting(): JobRecord[] {
    return [...this.#waiting.values()]
  }

  /**
   * Records a steward's verdict. The first denial ends the request; the last approval needed lets it run. Earlier approvals
   * count if their authors are still stewards. Throws JOB_UNKNOWN; JOB_ENDED if the request was decided in the meantime;
   * PARAMETER_INVALID for a second approval of the same person, a denial without a reason, or standing terms that differ
   * from those of earlier approvals; APPROVAL_LAPSED for an approval that comes too late.
   */
  async decide(jobId: string, verdict: Verdict): Promise<JobRecord> {
    const job = await this.#parts.jobs.get(jobId)
    if (!job?.review) throw new StimnetError('JOB_UNKNOWN', `deciding ${jobId.slice(0, 32)}`)
    if (!verdict.approve && verdict.notes.trim() === '') {
      const reason = 'A denial needs a reason: the requester reads it, and can ask again in another way.'
      throw StimnetError.told('PARAMETER_INVALID', reason)
    }
    const word: Approval = {
      by: verdict.by,
      atMs: this.#parts.clock.now(),
      notes: verdict.notes.slice(0, NOTES_CHARACTERS_MAX)
    }
    return verdict.approve ? this.#approve(jobId, word, verdict.standing) : this.#deny(jobId, word)
  }

  /** Cancels a request on behalf of the asking peer. Returns false if it has ended. */
  async cancel(job: JobRecord): Promise<boolean> {
    const { database, jobs, runner } = this.#parts
    const waiting = this.#waiting.get(job.id)
    if (waiting) {
      await this.#end(waiting, { state: 'cancelled', code: 'CANCELLED' })
      return true
    }
    // The last approval or the end of the job was being written when the cancellation arrived.
    await database.commit(() => undefined)
    const decided = await jobs.get(job.id)
    return decided !== undefined && decided.state !== 'pending' && !isEnded(decided.state) && runner.cancel(decided)
  }

  /** Ends the requests that nobody decided in time. */
  async sweep(): Promise<void> {
    const now = this.#parts.clock.now()
    for (const job of this.waiting()) {
      if ((job.review?.expiresAtMs ?? 0) > now) continue
      // While one request was being ended, another request may have been decided.
      if (this.#waiting.has(job.id)) await this.#end(job, { state: 'expired', code: 'EXPIRED' })
    }
    for (const [hash, { id }] of this.#agreed) {
      const job = await this.#parts.jobs.get(id)
      if (!job || isEnded(job.state)) this.#agreed.delete(hash)
    }
  }

  async #approve(jobId: string, word: Approval, terms: StandingTerms | undefined): Promise<JobRecord> {
    const { database, jobs, runner, standing } = this.#parts
    const decided = await database.commit((draft) => {
      // The job is read from memory: an approval given in the same batch is not on disk yet.
      const job = this.#stillWaiting(jobId)
      const before = job.review && { ...job.review, approvals: this.counted(job.review.approvals) }
      const yes = terms === undefined ? word : { ...word, standing: canonicalJson(terms) }
      const review = withYes(before, yes, this.#parts.stewards)
      const isEnough = review.approvals.length >= review.needed
      draft.audit({ kind: 'approval', actor: word.by, jobId, detail: detailOf(job, review) })
      const changed = jobs.amend(draft, job, { review }, isEnough ? 'queued' : undefined)
      if (isEnough && terms) standing.grant(draft, { job: changed, review, terms, atMs: word.atMs })
      this.#remember(draft, job, changed)
      return changed
    })
    if (decided.state === 'queued') {
      this.seats.leave(decided.issuer, decided.askedBy)
      runner.seats.take(decided.issuer, decided.askedBy)
      this.agreed(decided)
      runner.enqueue(decided)
    }
    return decided
  }

  async #deny(jobId: string, word: Approval): Promise<JobRecord> {
    const job = this.#stillWaiting(jobId)
    const review = { ...(job.review as ReviewRecord), denial: word }
    const denied = { ...job, review }
    // The denial is written in one batch with the end of the job: a stored denial without the end could be overruled after a
    // restart.
    await this.#end(job, { state: 'denied', code: 'DENIED', reason: word.notes }, denied, (draft) => {
      draft.audit({ kind: 'denial', actor: word.by, jobId, code: 'DENIED', detail: detailOf(job, review) })
    })
    return (await this.#parts.jobs.get(jobId)) ?? denied
  }

  #end(
    waiting: JobRecord,
    ending: EndingOfWaiting,
    ended: JobRecord = waiting,
    before?: (draft: Draft) => void
  ): Promise<void> {
    return this.#endBy(waiting, () => this.#parts.runner.endPending(ended, ending, before))
  }

  /**
   * Removes a request from the waiting requests at once, so that only one caller ends it. Puts it back if the end could not
   * be stored.
   */
  async #endBy(waiting: JobRecord, end: () => Promise<void>): Promise<void> {
    this.#waiting.delete(waiting.id)
    try {
      await end()
      this.seats.leave(waiting.issuer, waiting.askedBy)
    } catch (error) {
      this.#waiting.set(waiting.id, waiting)
      throw error
    }
  }

  #stillWaiting(jobId: string): JobRecord {
    const job = this.#waiting.get(jobId)
    if (!job || isEnded(job.state)) throw new StimnetError('JOB_ENDED', `deciding ${jobId}`)
    return job
  }

  #remember(draft: Draft, before: JobRecord, after: JobRecord): void {
    if (after.state === 'pending') this.#waiting.set(after.id, after)
    else this.#waiting.delete(after.id)
    draft.undo(() => void this.#waiting.set(before.id, before))
  }
}

/** The facts with which a standing approval is compared. */
function termsOf(checked: CheckedRequest, plan: JobPlan, image: string): RunTerms {
  return {
    catalog: plan.catalog.descriptor.name,
    epoch: plan.catalog.epoch,
    language: plan.program.kind === 'script' ? plan.program.language : plan.program.kind,
    codeHash: codeHashOf(plan.program),
    cohortHash: canonicalHash(plan.cohort ?? null),
    outputsHash: canonicalHash(plan.outputs),
    filtersHash: canonicalHash(plan.filters),
    image,
    parameters: plan.parameters,
    issuer: checked.opened.issuer,
    purposeHash: canonicalHash([...checked.request.purpose].sort()),
    project: plan.project,
    ...(checked.request.permit ? { permit: checked.request.permit } : {}),
    privacyHash: canonicalHash(plan.privacy),
    schemaHash: canonicalHash(plan.schema),
    uploadsHash: canonicalHash(plan.uploads),
    wallTimeMsMax: checked.request.wallTimeMsMax
  }
}

function accountsIn(approvals: readonly Approval[]): string[] {
  return approvals.map(({ by }) => by)
}

function withYes(review: ReviewRecord | undefined, word: Approval, { isSamePerson }: Stewards): ReviewRecord {
  if (!review) throw new StimnetError('INTERNAL', 'approving what nobody reviews')
  if (review.expiresAtMs < word.atMs) throw new StimnetError('APPROVAL_LAPSED', 'approving too late')
  if (review.approvals.some(({ by }) => isSamePerson(by, word.by))) {
    throw StimnetError.told('PARAMETER_INVALID', 'You have agreed already; another steward must agree as well.')
  }
  // No steward grants further runs alone: earlier approvers must have agreed to the same terms.
  if (word.standing !== undefined && review.approvals.some(({ standing }) => standing !== word.standing)) {
    const reason = 'Whoever agreed before did not agree to these terms of running again. Agree to this one run instead.'
    throw StimnetError.told('PARAMETER_INVALID', reason)
  }
  return { ...review, approvals: [...review.approvals, word] }
}

/** Fixed fields for the audit log. The notes stay with the job. */
function detailOf(job: JobRecord, review: ReviewRecord) {
  return {
    request: job.requestHash,
    catalog: job.catalog,
    epoch: job.epoch,
    image: review.image,
    agreed: review.approvals.length,
    needed: review.needed
  }
}
