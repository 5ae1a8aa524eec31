/** Requests that people decide: they wait, stewards speak, and what was agreed to is bound to its very bytes. */
import { createHash } from 'node:crypto'
import { type Clock, canonicalBytes, canonicalJson, isEnded, StimnetError } from '@stimnet/protocol'
import type { Sandbox } from '@stimnet/sandbox'
import type { PeerEvents } from '../../events.ts'
import type { Decision } from '../../policy/decision.ts'
import type { Database, Draft } from '../../store/database.ts'
import {
  type Approval,
  isPending,
  type JobRecord,
  type JobStore,
  type ReviewRecord,
  type RunTerms
} from '../../store/jobs.ts'
import type { StandingApproval, StandingApprovals, StandingTerms } from '../../store/standing.ts'
import type { CheckedRequest } from '../admit/check.ts'
import { RAN_BY_NODE } from '../run/execute.ts'
import type { JobFiles } from '../run/files.ts'
import type { Ending } from '../run/publish.ts'
import { SeatCount } from '../run/seats.ts'
import type { Seats } from '../admit/sign-off.ts'
import { distinctIn, peopleIn, type Stewards } from '../../gateway/stewards.ts'
import { codeHashOf, type JobPlan } from '../admit/validate.ts'

type EndingOfWaiting = Exclude<Ending, { state: 'completed' }>

/** What deciding needs. */
export interface ApprovalParts {
  readonly clock: Clock
  readonly database: Database
  readonly jobs: JobStore
  readonly standing: StandingApprovals
  readonly sandbox: Sandbox | undefined
  /** Whoever decides reads the files too, and the asker may be gone by then: they are fetched at once. */
  readonly files: Pick<JobFiles, 'fetch'>
  readonly events: PeerEvents
  readonly stewards: Stewards
  /** Stewards who must agree. */
  readonly needed: number
  readonly expireMs: number
  /** The runner: takes up what was agreed to, ends what was not. */
  readonly runner: {
    takeSeat(issuer: string, askedBy: string): void
    enqueue(job: JobRecord): void
    cancel(job: JobRecord): Promise<boolean>
    endPending(job: JobRecord, ending: EndingOfWaiting, before?: (draft: Draft) => void): Promise<void>
  }
}

/** One steward's word on a waiting request. */
export interface Verdict {
  /** Account of this peer. */
  readonly by: string
  readonly approve: boolean
  /** To the requester, in the steward's own words. */
  readonly notes: string
  /** The same code may run again without asking, within these terms. */
  readonly standing?: StandingTerms
}

/** What a request is bound by when it is asked. */
export interface ReviewFacts {
  readonly standing: StandingApproval | undefined
  /** What would run, and on what. */
  readonly run: RunTerms
}

const NOTES_CHARACTERS_MAX = 1_000

/** One a peer. */
export class Approvals {
  readonly #parts: ApprovalParts
  readonly #waiting = new Map<string, JobRecord>()
  /** Agreed to and not ended, by the hash of the request. */
  readonly #agreed = new Map<string, JobRecord>()
  readonly #seats = new SeatCount()

  private constructor(parts: ApprovalParts) {
    this.#parts = parts
  }

  /** Takes up what an earlier life of this node left waiting. */
  static async open(parts: ApprovalParts): Promise<Approvals> {
    const approvals = new Approvals(parts)
    for (const job of await parts.jobs.open()) {
      if (job.state !== 'pending') {
        approvals.agreed(job)
        continue
      }
      approvals.takeSeat(job.issuer, job.askedBy)
      approvals.#waiting.set(job.id, job)
      void parts.files.fetch(job)
    }
    return approvals
  }

  takeSeat(issuer: string, askedBy: string): void {
    this.#seats.take(issuer, askedBy)
  }

  leaveSeat(issuer: string, askedBy: string): void {
    this.#seats.leave(issuer, askedBy)
  }

  seats(issuer: string, askedBy: string): Seats {
    return this.#seats.of(issuer, askedBy)
  }

  /** Gathered before the policy is asked. */
  async factsOf(checked: CheckedRequest, plan: JobPlan): Promise<ReviewFacts> {
    const run = termsOf(checked, plan, await imageOf(plan, this.#parts.sandbox))
    return { run, standing: this.#parts.standing.match(run, this.#parts.clock.now(), (one) => this.#holds(one)) }
  }

  /** What is stored with an admitted request; undefined where nobody is asked. */
  reviewOf({ run, standing }: ReviewFacts, decision: Decision): ReviewRecord | undefined {
    const { needed, clock, expireMs } = this.#parts
    const bound = { expiresAtMs: clock.now() + expireMs, image: run.image, run }
    if (decision.allow && decision.review) return { needed, approvals: [], ...bound }
    if (!standing) return undefined
    const { id, approvals } = standing
    return { needed: approvals.length, approvals, ...bound, standing: id }
  }

  /** Inside the batch that admits a job under a standing approval. Throws APPROVAL_LAPSED where its last run is gone. */
  use(draft: Draft, standing: string): void {
    this.#parts.standing.use(draft, standing)
  }

  /** A job that stewards have agreed to, from now on. */
  agreed(job: JobRecord): void {
    if (job.review) this.#agreed.set(job.requestHash, job)
  }

  /** Whether as many people as agreed to it are stewards still: asked when it is about to run. */
  stillAgreed(requestHash: string): boolean {
    const review = this.#agreed.get(requestHash)?.review
    return review !== undefined && peopleIn(accountsIn(review.approvals), this.#parts.stewards) >= review.needed
  }

  #holds({ approvals }: StandingApproval): boolean {
    return peopleIn(accountsIn(approvals), this.#parts.stewards) >= approvals.length
  }

  /** The words that count now, the first of each person. */
  counted(approvals: readonly Approval[]): Approval[] {
    const people = distinctIn(accountsIn(approvals), this.#parts.stewards)
    return approvals.filter(({ by }) => people.includes(by))
  }

  /** A request that waits from now on. */
  add(job: JobRecord): void {
    this.#waiting.set(job.id, job)
    const { jobs, events, files } = this.#parts
    void files.fetch(job)
    void jobs.show(job, 0).catch((error) => events.unexpected(error, job.id))
  }

  /** Oldest first. */
  waiting(): JobRecord[] {
    return [...this.#waiting.values()]
  }

  /**
   * Takes a steward's word: the first no ends it, the last yes that is needed lets it run. Throws JOB_UNKNOWN, JOB_ENDED
   * where somebody was faster, PARAMETER_INVALID for a second yes of the same person or a no without a
   * reason, APPROVAL_LAPSED. Of earlier words those
   * count whose stewards are stewards still.
   */
  async decide(jobId: string, verdict: Verdict): Promise<JobRecord> {
    const job = await this.#parts.jobs.get(jobId)
    if (!job?.review) throw new StimnetError('JOB_UNKNOWN', `deciding ${jobId.slice(0, 32)}`)
    if (!verdict.approve && verdict.notes.trim() === '') {
      const reason = 'A denial needs a reason: the requester reads it, and can ask again in another way.'
      throw new StimnetError('PARAMETER_INVALID', reason, { reason })
    }
    const word: Approval = {
      by: verdict.by,
      atMs: this.#parts.clock.now(),
      notes: verdict.notes.slice(0, NOTES_CHARACTERS_MAX)
    }
    return verdict.approve ? this.#approve(jobId, word, verdict.standing) : this.#deny(jobId, word)
  }

  /** The asker gives it up. False where it has ended. */
  async cancel(job: JobRecord): Promise<boolean> {
    const { database, jobs, runner } = this.#parts
    const waiting = this.#waiting.get(job.id)
    if (waiting) {
      await this.#end(waiting, { state: 'cancelled', code: 'CANCELLED' })
      return true
    }
    // Its last yes, or its end, was on the way to the disk when the asker spoke.
    await database.commit(() => undefined)
    const decided = await jobs.get(job.id)
    return decided !== undefined && decided.state !== 'pending' && !isEnded(decided.state) && runner.cancel(decided)
  }

  /** Ends what nobody decided in time. */
  async sweep(): Promise<void> {
    const now = this.#parts.clock.now()
    for (const job of this.waiting()) {
      if ((job.review?.expiresAtMs ?? 0) > now) continue
      // While one was being ended another may have been decided.
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
      // In memory, since a word given in the same batch is not on disk yet.
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
      this.leaveSeat(decided.issuer, decided.askedBy)
      runner.takeSeat(decided.issuer, decided.askedBy)
      this.agreed(decided)
      runner.enqueue(decided)
    }
    return decided
  }

  async #deny(jobId: string, word: Approval): Promise<JobRecord> {
    const job = this.#stillWaiting(jobId)
    const review = { ...(job.review as ReviewRecord), denial: word }
    const denied = { ...job, review }
    // In one batch with its end: a no that is stored and ends nothing could be overruled after a restart.
    await this.#end(job, { state: 'denied', code: 'DENIED', reason: word.notes }, denied, (draft) => {
      draft.audit({ kind: 'denial', actor: word.by, jobId, code: 'DENIED', detail: detailOf(job, review) })
    })
    return (await this.#parts.jobs.get(jobId)) ?? denied
  }

  /** Out of the waiting room at once, for one caller alone; back into it where the end could not be stored. */
  async #end(
    waiting: JobRecord,
    ending: EndingOfWaiting,
    ended: JobRecord = waiting,
    before?: (draft: Draft) => void
  ): Promise<void> {
    this.#waiting.delete(waiting.id)
    try {
      await this.#parts.runner.endPending(ended, ending, before)
      this.leaveSeat(waiting.issuer, waiting.askedBy)
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

/** Whether stewards agreed to this job, it is not too late, and what would run it is what they saw. */
export async function isApproved(
  job: JobRecord,
  plan: JobPlan,
  { sandbox, now }: { sandbox: Sandbox | undefined; now: number }
): Promise<boolean> {
  const { review } = job
  if (!review || review.denial || isPending(review) || review.expiresAtMs < now) return false
  return review.image === (await imageOf(plan, sandbox))
}

/** The image that runs a script, with its digest; for all else the node itself. */
async function imageOf({ program }: JobPlan, sandbox: Sandbox | undefined): Promise<string> {
  if (program.kind !== 'script') return RAN_BY_NODE.image
  return (await sandbox?.describe())?.image(program.language) ?? 'none'
}

/** What a standing approval is held against. */
function termsOf(checked: CheckedRequest, plan: JobPlan, image: string): RunTerms {
  return {
    catalog: plan.catalog.descriptor.name,
    epoch: plan.catalog.epoch,
    language: plan.program.kind === 'script' ? plan.program.language : plan.program.kind,
    codeHash: codeHashOf(plan.program),
    cohortHash: hashOf(plan.cohort ?? null),
    outputsHash: hashOf(plan.outputs),
    filtersHash: hashOf(plan.filters),
    image,
    parameters: plan.parameters,
    issuer: checked.opened.issuer,
    purposeHash: hashOf([...checked.request.purpose].sort()),
    project: plan.project,
    privacyHash: hashOf(plan.privacy),
    schemaHash: hashOf(plan.schema),
    uploadsHash: hashOf(plan.uploads),
    wallTimeMsMax: checked.request.wallTimeMsMax
  }
}

function accountsIn(approvals: readonly Approval[]): string[] {
  return approvals.map(({ by }) => by)
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalBytes(value)).digest('hex')
}

function withYes(review: ReviewRecord | undefined, word: Approval, { isSamePerson }: Stewards): ReviewRecord {
  if (!review) throw new StimnetError('INTERNAL', 'approving what nobody reviews')
  if (review.expiresAtMs < word.atMs) throw new StimnetError('APPROVAL_LAPSED', 'approving too late')
  if (review.approvals.some(({ by }) => isSamePerson(by, word.by))) {
    const reason = 'You have agreed already; another steward must agree as well.'
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
  // Nobody lets it run again alone: whoever agreed before agreed to that too, or to one run.
  if (word.standing !== undefined && review.approvals.some(({ standing }) => standing !== word.standing)) {
    const reason = 'Whoever agreed before did not agree to these terms of running again. Agree to this one run instead.'
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
  return { ...review, approvals: [...review.approvals, word] }
}

/** Closed fields: the notes stay with the job. */
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
