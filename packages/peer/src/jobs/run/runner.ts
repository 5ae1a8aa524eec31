/** The runner of admitted jobs: a bounded queue and a bounded number of concurrent runs. Every job reaches an end. */
import { discloseAgain, type SafeOutput } from '@stimnet/privacy'
import { type Clock, CODES, type Code, codeOf, isEnded, type JobState, StimnetError } from '@stimnet/protocol'
import type { PeerEvents } from '../../events.ts'
import { fromText } from '../../store/base64.ts'
import type { Database, Draft } from '../../store/database.ts'
import type { JobRecord, JobStore } from '../../store/jobs.ts'
import type { Prepared, Queue } from '../admit.ts'
import { reasonOf } from '../admit/advice.ts'
import { isApproved } from './approved.ts'
import type { Charges } from '../release/charge.ts'
import { type CheckedRequest, check, type Trust } from '../admit/check.ts'
import { type Executed, type ExecutionParts, execute, RAN_BY_NODE, type RanBy, refusedNow } from './execute.ts'
import type { JobFiles } from './files.ts'
import { endVisibleAt } from './grid.ts'
import type { CatalogPrivacies, CatalogPrivacy } from '../release/privacy.ts'
import { type Ending, outputJsonOf, type Publication, type PublishParts, publish } from './publish.ts'
import { SeatCount } from './seats.ts'
import type { SignOff } from '../admit/sign-off.ts'
import { codeHashOf, type JobPlan, type ValidationContext, validate } from '../admit/validate.ts'

/**
 * Number of node stops during a job's run after which the job is assumed to be their cause. It then ends as a failure of the
 * node.
 */
const RUNS_MAX = 3

/** Pause between two checks of a sandbox that did not answer, ms. */
const SANDBOX_PAUSE_MS = 2_000

/** A job in the queue. `made` is the result of its admission, if the job was not read back from the store in the meantime. */
interface Queued {
  readonly job: JobRecord
  readonly made: Prepared | undefined
}

/** A run. `shown` resolves when its end is shown; `later` is the job if it did not end and waits for the sandbox. */
interface Run {
  readonly shown: Promise<void>
  readonly later?: JobRecord
}

const DONE = Promise.resolve()

/** Dependencies of `Runner`. */
export interface RunnerParts extends PublishParts {
  readonly clock: Clock
  readonly database: Database
  readonly jobs: JobStore
  readonly validation: ValidationContext
  readonly privacy: CatalogPrivacies
  readonly execution: Omit<ExecutionParts, 'privacy'>
  readonly signOff: Pick<SignOff, 'standing'>
  readonly charges: Pick<Charges, 'run'>
  readonly files: Pick<JobFiles, 'fetch' | 'read' | 'drop'>
  readonly concurrency: number
  /** The institutions whose credentials for a requester are accepted here. */
  readonly trust: Trust
  readonly events: PeerEvents
}

/** The queue and its workers; one instance per peer. */
export class Runner implements Queue {
  readonly #parts: RunnerParts
  readonly #queue: Queued[] = []
  readonly #running = new Map<string, AbortController>()
  readonly seats = new SeatCount()
  readonly #showing = new Set<Promise<void>>()
  readonly #work = new Set<Promise<void>>()
  /**
   * Jobs that wait for their files, or for a sandbox that does not answer. They enter the queue afterwards, so that slow
   * external parts block no worker.
   */
  readonly #aside = new Map<string, Queued & { readonly control: AbortController }>()
  /** Jobs that were cancelled after they were stored and before they entered the queue. */
  readonly #doomed = new Set<string>()
  readonly #stopping = new AbortController()

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /** Resumes the work that was left when the node last stopped: open jobs, and ends that were not yet shown. */
  async recover(): Promise<void> {
    const { jobs, database } = this.#parts
    for (const job of await jobs.unshown()) void this.#show(job)
    for (const job of await jobs.open()) {
      // A pending job waits for stewards, not for the runner.
      if (job.state === 'pending') continue
      this.seats.take(job.issuer, job.askedBy)
      const interrupted = job.state === 'running' || job.state === 'disclosing'
      this.enqueue(interrupted ? await database.commit((draft) => jobs.change(draft, job, 'queued')) : job)
    }
  }

  get counts(): { queued: number; running: number } {
    return { queued: this.#queue.length + this.#aside.size, running: this.#running.size }
  }

  enqueue(job: JobRecord, made?: Prepared): void {
    this.#keepShowing(this.#parts.jobs.show(job, 0))
    // A job whose files do not arrive is also queued, and fails when it runs.
    if (job.uploads) void this.#setAside({ job, made }, (signal) => this.#parts.files.fetch(job, signal))
    else this.#queue.push({ job, made })
    if (this.#doomed.delete(job.id)) void this.cancel(job)
    this.#fill()
  }

  /** Queues a job when the condition that it waits for is met. */
  async #setAside(queued: Queued, until: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { job } = queued
    const control = new AbortController()
    this.#aside.set(job.id, { ...queued, control })
    await until(AbortSignal.any([control.signal, this.#stopping.signal]))
    if (!this.#aside.delete(job.id) || this.#stopping.signal.aborted) return
    this.#queue.push(queued)
    this.#fill()
  }

  /** Resolves when the sandbox answers again, when the approval of the job has expired, or when the signal aborts. */
  async #sandboxBack(job: JobRecord, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts
    while (!signal.aborted) {
      const left = (job.review?.expiresAtMs ?? 0) - clock.now()
      await clock.sleep(Math.min(SANDBOX_PAUSE_MS, Math.max(0, left) + 1), signal).catch(() => undefined)
      if (left <= 0 || (await this.#isSandboxThere(job))) return
    }
  }

  /**
   * Whether an approved job must wait for a sandbox that does not answer. Its approval would otherwise be lost. A job
   * without approval fails with SANDBOX_UNAVAILABLE and can be submitted again.
   */
  async #mustWait(job: JobRecord, signal: AbortSignal): Promise<boolean> {
    const { clock, events } = this.#parts
    if (!job.review || job.review.expiresAtMs <= clock.now() || !isScript(job)) return false
    if ((await this.#isSandboxThere(job)) || signal.aborted) return false
    events.sandboxAway({ jobId: job.id })
    return true
  }

  /**
   * Whether the sandbox that stewards saw is available, or never will be. The embedded sandbox that replaces Docker is not
   * the one that they saw.
   */
  async #isSandboxThere({ review }: JobRecord): Promise<boolean> {
    const { sandbox, isStandIn } = this.#parts.execution
    if (isStandIn && review?.image.startsWith('docker ')) return false
    return (await sandbox?.isAvailable()) ?? true
  }

  /** Ends a waiting job at once and stops a running job. Returns false if its end has been shown. */
  async cancel(job: JobRecord): Promise<boolean> {
    const waiting = this.#takeOut(job.id)
    if (waiting) {
      const ending = this.#endWaiting(waiting).finally(() => this.#work.delete(ending))
      this.#work.add(ending)
      return true
    }
    const running = this.#running.get(job.id)
    running?.abort(new StimnetError('CANCELLED', `cancelling ${job.id}`))
    if (running) return true
    if (!isEnded(job.state)) this.#doomed.add(job.id)
    // To others, a job has not ended until its end is shown.
    return !isEnded(job.state) || this.#parts.clock.now() < (job.visibleAtMs ?? 0)
  }

  /** Removes a job from the queue, or from the jobs that are set aside. */
  #takeOut(id: string): JobRecord | undefined {
    const aside = this.#aside.get(id)
    this.#aside.delete(id)
    aside?.control.abort()
    const at = this.#queue.findIndex(({ job }) => job.id === id)
    return aside?.job ?? (at < 0 ? undefined : this.#queue.splice(at, 1)[0]?.job)
  }

  /** Starts no more jobs, interrupts running jobs (they stay admitted and run again at the next start), and waits for them. */
  async stop(): Promise<void> {
    this.#stopping.abort(new StimnetError('NODE_ERROR', 'the node is stopping'))
    this.#queue.length = 0
    for (const controller of this.#running.values()) controller.abort(this.#stopping.signal.reason)
    await Promise.all([...this.#work, ...this.#showing])
  }

  #fill(): void {
    while (this.#running.size < this.#parts.concurrency && !this.#stopping.signal.aborted) {
      const next = this.#queue.shift()
      if (!next) return
      const { job } = next
      const controller = new AbortController()
      this.#running.set(job.id, controller)
      const work = this.#run(next, controller.signal).finally(() => {
        this.#running.delete(job.id)
        this.#work.delete(work)
        this.#fill()
      })
      this.#work.add(work)
    }
  }

  /**
   * Runs one job to its end. A thrown error ends the job as a failure of the node, so that no job is lost. Worker and seat
   * become free only when the end is shown: the start of the next job would otherwise disclose how long this job took.
   */
  async #run({ job, made }: Queued, signal: AbortSignal): Promise<void> {
    const { clock, events } = this.#parts
    const started = clock.now()
    try {
      const { shown, later } = await this.#toItsEnd({ job, made }, signal)
      if (later) return void this.#setAside({ job: later, made }, (waiting) => this.#sandboxBack(later, waiting))
      await shown
    } catch (error) {
      // The end could not be stored either. The job stays admitted and runs again when the node restarts.
      events.unexpected(error, job.id)
    }
    this.seats.leave(job.issuer, job.askedBy)
    events.ran({ jobId: job.id, program: job.programWord, ms: clock.now() - started })
  }

  /** Resolves when the end is stored, or when the job must wait. */
  async #toItsEnd({ job, made }: Queued, signal: AbortSignal): Promise<Run> {
    let running = job
    try {
      if (await this.#mustWait(job, signal)) return { shown: DONE, later: job }
      running = await this.#start(job)
      const plan = await this.#planOf(running, made)
      const privacy = this.#parts.privacy.of(job.catalog)
      // The files are read before the cohort is evaluated, so that the duration of reading discloses nothing about the
      // cohort.
      const uploads = await this.#parts.files.read(job.id, plan.uploads)
      if (plan.noise !== undefined && job.runs < RUNS_MAX) return await this.#toNoisyEnd(job, running, plan, signal)
      const executed =
        job.runs >= RUNS_MAX
          ? {
              ok: false as const,
              code: 'NODE_ERROR' as const,
              why: 'the node stopped each time it ran',
              ranBy: RAN_BY_NODE
            }
          : await execute({ id: job.id, plan, uploads }, { ...this.#parts.execution, privacy }, signal)
      const isAway = !executed.ok && executed.code === 'SANDBOX_UNAVAILABLE' && (await this.#mustWait(job, signal))
      if (this.#stopping.signal.aborted) return this.#putBack(job, running)
      if (signal.aborted) return this.#end(running, { state: 'cancelled', code: 'CANCELLED' }, plan)
      if (isAway) return { shown: DONE, later: await this.#requeue(running) }
      return await this.#finish(running, plan, privacy, executed)
    } catch (error) {
      if (this.#stopping.signal.aborted) return this.#putBack(job, running)
      return this.#failed(job, signal, error)
    }
  }

  /** Like `#toItsEnd`, for a noisy answer, which is paid for before it is computed; see release/charge.ts. */
  async #toNoisyEnd(
    job: JobRecord,
    running: JobRecord,
    plan: JobPlan,
    signal: AbortSignal
  ): Promise<{ shown: Promise<void> }> {
    const { charges, database, privacy } = this.#parts
    const code = 'BUDGET_EXCEEDED'
    const answer = await charges.run(running, plan, privacy.of(job.catalog), signal).catch((error: unknown) => {
      if (codeOf(error) === code) return saidBy(error, code)
      throw error
    })
    // Other jobs spent the remaining budget while this job waited in the queue.
    if (!('disclose' in answer)) return this.#end(running, { state: 'blocked', code, ...answer }, plan)
    if (this.#stopping.signal.aborted) return this.#putBack(job, running)
    if (signal.aborted) return this.#end(running, { state: 'cancelled', code: 'CANCELLED' }, plan)
    const disclosing = { ...running, state: 'disclosing' as JobState }
    const visibleAtMs = await this.#boundary(running, plan)
    const ended = await database.commit(async (draft) => {
      const ending: Ending = { state: 'completed', output: await answer.disclose(draft) }
      return publish(this.#parts, draft, this.#publication(disclosing, ending, { plan, visibleAtMs }))
    })
    answer.settled()
    return { shown: this.#told(ended, undefined) }
  }

  /** Puts a job back into the queue when the node stops. The run does not count, because the job did not stop the node. */
  async #putBack(job: JobRecord, running: JobRecord): Promise<{ shown: Promise<void> }> {
    const { database, jobs } = this.#parts
    if (running.state === 'running') {
      await database.commit((draft) => jobs.change(draft, running, 'queued', { runs: job.runs }))
    }
    return { shown: Promise.resolve() }
  }

  /** Puts a job whose sandbox became unavailable back into the queue. The run counts, because the job may be the cause. */
  async #requeue(running: JobRecord): Promise<JobRecord> {
    const { database, jobs } = this.#parts
    const queued = await database.commit((draft) => jobs.change(draft, running, 'queued'))
    this.#keepShowing(jobs.show(queued, 0))
    return queued
  }

  /** Ends a job whose run threw: cancelled, or failed through the node's fault. */
  async #failed(job: JobRecord, signal: AbortSignal, error: unknown): Promise<{ shown: Promise<void> }> {
    const current = (await this.#parts.jobs.get(job.id)) ?? job
    if (isEnded(current.state)) return { shown: Promise.resolve() }
    const code: Code = signal.aborted ? 'CANCELLED' : codeOf(error) === 'INTERNAL' ? 'NODE_ERROR' : codeOf(error)
    try {
      const state = signal.aborted ? 'cancelled' : 'failed'
      return await this.#end(current, { state, code, ...saidBy(error, code) }, undefined, error)
    } catch (again) {
      if (this.#stopping.signal.aborted) return this.#putBack(job, current)
      throw again
    }
  }

  /** Ends a job that waited for stewards: denied, expired or cancelled. `before` writes into the same batch. */
  async endPending(
    job: JobRecord,
    ending: Exclude<Ending, { state: 'completed' }>,
    before: (draft: Draft) => void = () => undefined
  ): Promise<void> {
    const visibleAtMs = this.#visibleAt(job, undefined)
    const publication = this.#publication(job, ending, { plan: undefined, visibleAtMs })
    const record = await this.#parts.database.commit((draft) => {
      before(draft)
      return publish(this.#parts, draft, publication)
    })
    await this.#told(record, undefined)
  }

  /** The reason why a request that waits for stewards would be refused if it ran now; undefined if it would run. */
  async objectionTo(job: JobRecord, plan: JobPlan): Promise<string | undefined> {
    return (await refusedNow(plan, this.#parts.privacy.of(job.catalog)))?.aggregate.why
  }

  /** Ends a request that waits for stewards in the same way as its run would end: at the same boundary, and at the same price. */
  async refusePending(job: JobRecord, plan: JobPlan, why: string): Promise<void> {
    const privacy = this.#parts.privacy.of(job.catalog)
    const refused = await refusedNow(plan, privacy)
    if (refused !== undefined) return void (await this.#finish(job, plan, privacy, refused))
    const code = 'COHORT_NOT_RELEASABLE'
    const reason = reasonOf(plan, privacy.settings, code, why)
    await this.#end(job, { state: 'blocked', code, reason }, plan, why)
  }

  async #endWaiting(job: JobRecord): Promise<void> {
    try {
      const { shown } = await this.#end(job, { state: 'cancelled', code: 'CANCELLED' }, undefined)
      await shown
    } catch (error) {
      this.#parts.events.unexpected(error, job.id)
    } finally {
      this.seats.leave(job.issuer, job.askedBy)
    }
  }

  async #start(job: JobRecord): Promise<JobRecord> {
    const { database, jobs, clock, signer } = this.#parts
    const running = await database.commit(
      (draft) => {
        draft.audit({ kind: 'run', actor: signer.id, jobId: job.id, detail: { run: job.runs + 1, epoch: job.epoch } })
        return jobs.change(draft, job, 'running', { startedAtMs: clock.now(), runs: job.runs + 1 })
      },
      // The change becomes durable with the batch that ends the job. After an earlier crash the job is still queued, which
      // is equally correct.
      { sync: false }
    )
    this.#keepShowing(this.#parts.jobs.show(running, 0.1))
    return running
  }

  /** The plan from admission, or made again from the stored bytes after a restart or a wait, if the job may still run. */
  async #planOf(job: JobRecord, made: Prepared | undefined): Promise<JobPlan> {
    const checked = await this.#checkedOf(job, made)
    const plan = made?.plan ?? (await validate(checked.request, this.#parts.validation))
    if (plan.catalog.epoch !== job.epoch) throw new StimnetError('NODE_ERROR', 'the epoch it was admitted for is gone')
    // The policy may have changed since the admission, for example with a restart of the node.
    const approved = await isApproved(job, plan, {
      sandbox: this.#parts.validation.sandbox,
      now: this.#parts.clock.now()
    })
    const privacy = this.#parts.privacy.of(job.catalog)
    const overShare = await privacy.overShare(plan, job)
    const isRepeated = await privacy.meter(plan.project).isRepeated(plan)
    const ask = {
      checked,
      askedBy: job.askedBy,
      approved,
      overShare,
      isRepeated
    }
    const standing = this.#parts.signOff.standing(ask, plan)
    if (!standing.allow) throw new StimnetError(standing.code, 'no longer permitted', { reason: standing.reason })
    if (standing.review) throw new StimnetError('APPROVAL_LAPSED', 'what was approved is not what would run')
    return plan
  }

  /** The request as it counts now: credentials may have expired since its admission, and their issuers may have been revoked. */
  async #checkedOf(job: JobRecord, made: Prepared | undefined): Promise<CheckedRequest> {
    if (made && made.checked.request.credentials.length === 0) return made.checked
    const { signer, trust, clock: credentialClock } = this.#parts
    // The request was fresh when it was admitted. Now only its content is checked.
    const clock = { ...credentialClock, now: () => job.admittedAtMs }
    return check(fromText(job.request), { clock, credentialClock, self: signer.id, trust })
  }

  async #finish(
    job: JobRecord,
    plan: JobPlan,
    privacy: CatalogPrivacy,
    executed: Executed
  ): Promise<{ shown: Promise<void> }> {
    if (!executed.ok) {
      const state = executed.code === 'COHORT_NOT_RELEASABLE' ? 'blocked' : 'failed'
      const reason = reasonOf(plan, privacy.settings, executed.code, executed.why)
      return this.#end(job, { state, code: executed.code, reason }, plan, executed.why, executed.ranBy)
    }
    const { aggregate, cohort, ranBy } = executed
    const { image } = ranBy
    const { cohort: filter, project } = plan
    const { descriptor: described, sourceOf } = plan.catalog
    const reviewers = job.review?.approvals.length ?? 0
    const facts = {
      aggregate,
      cohort,
      image,
      reviewers,
      filter,
      project,
      described,
      sourceOf,
      codeHash: codeHashOf(plan.program)
    }
    const door = await privacy.prepare(facts)
    const before = await this.#answerBefore(plan, privacy)
    const disclosing = { ...job, state: 'disclosing' as JobState }
    const visibleAtMs = await this.#boundary(job, plan)
    // The answer is judged inside the single writer against the current ledgers, so that there is no race with another
    // release.
    const ended = await this.#parts.database.commit(async (draft) => {
      // The same question has the same answer. If it were judged again after other answers, other people would be left out
      // of it.
      const disclosed = before === undefined ? door.disclose(draft) : ({ ok: true, output: before, shown: [] } as const)
      const ending: Ending = disclosed.ok
        ? { state: 'completed', output: disclosed.output, shown: disclosed.shown }
        : {
            state: 'blocked',
            code: disclosed.code,
            reason: reasonOf(plan, privacy.settings, disclosed.code, disclosed.why)
          }
      const publication = this.#publication(disclosing, ending, { plan, ranBy, visibleAtMs })
      const why = disclosed.ok ? {} : { why: disclosed.why }
      const record = await publish(this.#parts, draft, { ...publication, ...why })
      return { record, why: disclosed.ok ? undefined : disclosed.why }
    })
    return { shown: this.#told(ended.record, ended.why) }
  }

  /**
   * The answer to the same question under the same rules; undefined if there is none. Throws RESULT_DELETED if there was an
   * answer that is no longer stored: judged again, it could differ, and nobody would be charged for the difference.
   */
  async #answerBefore(plan: JobPlan, privacy: CatalogPrivacy): Promise<SafeOutput | undefined> {
    if (plan.plan === undefined) return undefined
    const meter = privacy.meter(plan.project)
    const id = await meter.answeredBy(plan)
    if (id === undefined) return undefined
    const answered = await this.#parts.jobs.get(id)
    const json = (answered && (await outputJsonOf(answered, this.#parts.clock))) ?? (await meter.keptAnswer(id))
    if (json === undefined) throw new StimnetError('RESULT_DELETED', `answering again what ${id} answered`)
    const output = discloseAgain(json)
    return output?.output.disclosure.policy_hash === privacy.policyHash ? output : undefined
  }

  async #end(
    job: JobRecord,
    ending: Ending,
    plan: JobPlan | undefined,
    why?: unknown,
    ranBy: RanBy = RAN_BY_NODE
  ): Promise<{ shown: Promise<void> }> {
    // The time of a cancellation is the requester's own choice. The cancellation is written at once, so that it is never
    // lost.
    const isOwnDoing = ending.state === 'cancelled'
    const visibleAtMs = isOwnDoing ? this.#visibleAt(job, plan) : await this.#boundary(job, plan)
    const publication = this.#publication(job, ending, { plan, ranBy, visibleAtMs })
    const record = await this.#parts.database.commit((draft) => publish(this.#parts, draft, publication))
    return { shown: this.#told(record, why) }
  }

  /**
   * Waits for the boundary at which an end becomes visible. Nothing is written before: the end's number in the audit log
   * would disclose when the job ended. If the node stops in the meantime, the job runs again without a second charge.
   */
  async #boundary(job: JobRecord, plan: JobPlan | undefined): Promise<number> {
    const { clock } = this.#parts
    const visibleAtMs = this.#visibleAt(job, plan)
    const wait = visibleAtMs - clock.now()
    if (wait > 0) await clock.sleep(wait, this.#stopping.signal)
    return visibleAtMs
  }

  #visibleAt(job: JobRecord, plan: JobPlan | undefined): number {
    return endVisibleAt(job, {
      endedAtMs: this.#parts.clock.now(),
      // Refusals use the grid of answers: on a finer grid, an early end would show that there is no answer. Noisy answers
      // use the coarse grid: larger noise takes longer to draw, and more subjects take longer to read.
      script: isScript(job) || plan?.noise !== undefined,
      timing: this.#parts.privacy.of(job.catalog).timing
    })
  }

  #publication(
    job: JobRecord,
    ending: Ending,
    facts: { plan: JobPlan | undefined; visibleAtMs: number; ranBy?: RanBy }
  ): Publication {
    const { plan, visibleAtMs, ranBy = RAN_BY_NODE } = facts
    const privacy = this.#parts.privacy.of(job.catalog)
    return {
      job,
      ending,
      ranBy,
      visibleAtMs,
      codeHash: plan ? codeHashOf(plan.program) : '',
      policyHash: privacy.policyHash,
      charge: (draft: Draft) =>
        plan ? privacy.meter(plan.project).charge(draft, plan, ending, { ...job, jobId: job.id }) : Promise.resolve({}),
      refusals: () => {
        const used = plan && privacy.meter(plan.project).refusalsOf(job)
        // The project is chosen as for the ledgers; see ledgerOf in release/privacy.ts.
        return used && { ...used, project: privacy.settings.scope === 'global' ? '' : plan.project }
      }
    }
  }

  #told(job: JobRecord, why: unknown): Promise<void> {
    void this.#parts.files.drop(job).catch((error) => this.#parts.events.unexpected(error, job.id))
    const code = job.code as Code | undefined
    this.#parts.events.ended({
      jobId: job.id,
      state: job.state,
      ...(code === undefined ? {} : { code }),
      ...(typeof why === 'string' ? { why } : why === undefined ? {} : { cause: why })
    })
    return this.#show(job)
  }

  /** Shows an end at its boundary, not before. If the node stops first, the next start shows the end at once. */
  #show(job: JobRecord): Promise<void> {
    const { clock, jobs } = this.#parts
    const wait = (job.visibleAtMs ?? 0) - clock.now()
    const due = wait > 0 ? clock.sleep(wait, this.#stopping.signal) : Promise.resolve()
    return this.#keepShowing(due.then(() => jobs.show(job, 1)))
  }

  /**
   * Keeps track of a pending show. A show that fails is repeated at the next start: the job is stored, and only its feed is
   * behind.
   */
  #keepShowing(showing: Promise<void>): Promise<void> {
    const shown = showing.catch(() => undefined)
    this.#showing.add(shown)
    void shown.then(() => this.#showing.delete(shown))
    return shown
  }
}

/**
 * The reason of an error that ends a job with its own code. The reason depends on the request, the description, and one public fact about
 * the data: which rows fewer than half of the people have (decision 097).
 */
function saidBy(error: unknown, code: Code): { readonly reason?: string } {
  return error instanceof StimnetError && error.code === code && CODES[code].fault !== 'node'
    ? { reason: error.reason }
    : {}
}

function isScript({ programWord }: JobRecord): boolean {
  return !['sql', 'statistic'].includes(programWord)
}
