/** Runs admitted jobs at our own pace: a bounded queue, a bounded number at a time, each to an end. */
import { type Clock, type Code, codeOf, isEnded, type JobState, StimnetError } from '@stimnet/protocol'
import type { PeerEvents } from '../../events.ts'
import { fromText } from '../../store/base64.ts'
import type { Database, Draft } from '../../store/database.ts'
import type { JobRecord, JobStore } from '../../store/jobs.ts'
import type { Queue } from '../admit/admit.ts'
import { reasonOf } from '../admit/advice.ts'
import { isApproved } from '../approve/approvals.ts'
import type { Charges } from '../release/charge.ts'
import { check, type Trust } from '../admit/check.ts'
import { type Executed, type ExecutionParts, execute, RAN_BY_NODE, type RanBy } from './execute.ts'
import type { JobFiles } from './files.ts'
import { endVisibleAt } from './grid.ts'
import type { CatalogPrivacies, CatalogPrivacy } from '../release/privacy.ts'
import { type Ending, type Publication, type PublishParts, publish } from './publish.ts'
import { SeatCount } from './seats.ts'
import type { Seats, SignOff } from '../admit/sign-off.ts'
import { codeHashOf, type JobPlan, type ValidationContext, validate } from '../admit/validate.ts'

/** A job caught running more often than this takes the node down with it: it ends as the node's failure. */
const RUNS_MAX = 3

/** What running needs. */
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
  /** Institutions whose word for a requester counts here. */
  readonly trust: Trust
  readonly events: PeerEvents
}

/** The queue and its workers; one a peer. */
export class Runner implements Queue {
  readonly #parts: RunnerParts
  readonly #queue: JobRecord[] = []
  readonly #running = new Map<string, AbortController>()
  readonly #seats = new SeatCount()
  readonly #showing = new Set<Promise<void>>()
  readonly #work = new Set<Promise<void>>()
  /** Whose files are on their way: they queue when those are here, so that a slow asker keeps no worker waiting. */
  readonly #fetching = new Map<string, { job: JobRecord; control: AbortController }>()
  /** Cancelled after they were stored and before they reached the queue. */
  readonly #doomed = new Set<string>()
  readonly #stopping = new AbortController()

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /** Takes up what an earlier life of this node left: the open jobs, and ends that were not yet shown. */
  async recover(): Promise<void> {
    const { jobs, database } = this.#parts
    for (const job of await jobs.unshown()) void this.#show(job)
    for (const job of await jobs.open()) {
      // It waits for people, not for us.
      if (job.state === 'pending') continue
      this.takeSeat(job.issuer, job.askedBy)
      const interrupted = job.state === 'running' || job.state === 'disclosing'
      this.enqueue(interrupted ? await database.commit((draft) => jobs.change(draft, job, 'queued')) : job)
    }
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

  get counts(): { queued: number; running: number } {
    return { queued: this.#queue.length + this.#fetching.size, running: this.#running.size }
  }

  enqueue(job: JobRecord): void {
    this.#keepShowing(this.#parts.jobs.show(job, 0))
    if (job.uploads) void this.#awaitFiles(job)
    else this.#queue.push(job)
    if (this.#doomed.delete(job.id)) void this.cancel(job)
    this.#fill()
  }

  /** Also one whose files do not come queues: it says so when it runs. */
  async #awaitFiles(job: JobRecord): Promise<void> {
    const control = new AbortController()
    this.#fetching.set(job.id, { job, control })
    await this.#parts.files.fetch(job, AbortSignal.any([control.signal, this.#stopping.signal]))
    if (!this.#fetching.delete(job.id) || this.#stopping.signal.aborted) return
    this.#queue.push(job)
    this.#fill()
  }

  /** Ends a waiting job at once and stops a running one. False where its end has been shown. */
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
    // Until its end is shown a job has not ended, as far as anybody outside can tell.
    return !isEnded(job.state) || this.#parts.clock.now() < (job.visibleAtMs ?? 0)
  }

  /** Of the queue, or of those whose files are on their way. */
  #takeOut(id: string): JobRecord | undefined {
    const fetching = this.#fetching.get(id)
    this.#fetching.delete(id)
    fetching?.control.abort()
    const at = this.#queue.findIndex((job) => job.id === id)
    return fetching?.job ?? (at < 0 ? undefined : this.#queue.splice(at, 1)[0])
  }

  /** Stops starting jobs, interrupts those running (they stay admitted and run again at the next start), and waits. */
  async stop(): Promise<void> {
    this.#stopping.abort(new StimnetError('NODE_ERROR', 'the node is stopping'))
    this.#queue.length = 0
    for (const controller of this.#running.values()) controller.abort(this.#stopping.signal.reason)
    await Promise.all([...this.#work, ...this.#showing])
  }

  #fill(): void {
    while (this.#running.size < this.#parts.concurrency && !this.#stopping.signal.aborted) {
      const job = this.#queue.shift()
      if (!job) return
      const controller = new AbortController()
      this.#running.set(job.id, controller)
      const work = this.#run(job, controller.signal).finally(() => {
        this.#running.delete(job.id)
        this.#work.delete(work)
        this.#fill()
      })
      this.#work.add(work)
    }
  }

  /**
   * One job to its end. Whatever is thrown ends it as the node's failure; nothing vanishes. The worker and the seat are
   * free when the end is shown, not before: when the next job starts would tell how long this one took.
   */
  async #run(job: JobRecord, signal: AbortSignal): Promise<void> {
    const { clock, events } = this.#parts
    const started = clock.now()
    try {
      const { shown } = await this.#toItsEnd(job, signal)
      await shown
    } catch (error) {
      // The store cannot take the end either: the job stays admitted and runs again when the node does.
      events.unexpected(error, job.id)
    } finally {
      this.leaveSeat(job.issuer, job.askedBy)
      events.ran({ jobId: job.id, program: job.programWord, ms: clock.now() - started })
    }
  }

  /** Resolves when the end is stored; what it resolves to, when the end is shown. */
  async #toItsEnd(job: JobRecord, signal: AbortSignal): Promise<{ shown: Promise<void> }> {
    let running = job
    try {
      running = await this.#start(job)
      const plan = await this.#planOf(running)
      const privacy = this.#parts.privacy.of(job.catalog)
      // Before anything is known of the cohort: how long it takes says nothing of it.
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
      if (this.#stopping.signal.aborted) return this.#putBack(job, running)
      if (signal.aborted) return this.#end(running, { state: 'cancelled', code: 'CANCELLED' }, plan)
      return await this.#finish(running, plan, privacy, executed)
    } catch (error) {
      if (this.#stopping.signal.aborted) return this.#putBack(job, running)
      return this.#failed(job, signal, error)
    }
  }

  /** As above, for what is paid before it is computed: charge.ts. */
  async #toNoisyEnd(
    job: JobRecord,
    running: JobRecord,
    plan: JobPlan,
    signal: AbortSignal
  ): Promise<{ shown: Promise<void> }> {
    const { charges, database, privacy } = this.#parts
    const answer = await charges.run(running, plan, privacy.of(job.catalog), signal).catch((error: unknown) => {
      if (codeOf(error) === 'BUDGET_EXCEEDED') return undefined
      throw error
    })
    // Others spent what was left while it waited in the queue.
    if (!answer) return this.#end(running, { state: 'blocked', code: 'BUDGET_EXCEEDED' }, plan)
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

  /** A run that the node itself interrupted to stop does not count: the job did not bring the node down. */
  async #putBack(job: JobRecord, running: JobRecord): Promise<{ shown: Promise<void> }> {
    const { database, jobs } = this.#parts
    if (running.state === 'running') {
      await database.commit((draft) => jobs.change(draft, running, 'queued', { runs: job.runs }))
    }
    return { shown: Promise.resolve() }
  }

  /** Ends a job whose run threw: cancelled, or failed by the node's fault. */
  async #failed(job: JobRecord, signal: AbortSignal, error: unknown): Promise<{ shown: Promise<void> }> {
    const current = (await this.#parts.jobs.get(job.id)) ?? job
    if (isEnded(current.state)) return { shown: Promise.resolve() }
    const code: Code = signal.aborted ? 'CANCELLED' : codeOf(error) === 'INTERNAL' ? 'NODE_ERROR' : codeOf(error)
    try {
      return await this.#end(current, { state: signal.aborted ? 'cancelled' : 'failed', code }, undefined, error)
    } catch (again) {
      if (this.#stopping.signal.aborted) return this.#putBack(job, current)
      throw again
    }
  }

  /**
   * Ends a job that waited for people: with their no, or because nobody spoke in time, or its asker gave it up. `before`
   * writes into the same batch.
   */
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

  async #endWaiting(job: JobRecord): Promise<void> {
    try {
      const { shown } = await this.#end(job, { state: 'cancelled', code: 'CANCELLED' }, undefined)
      await shown
    } catch (error) {
      this.#parts.events.unexpected(error, job.id)
    } finally {
      this.leaveSeat(job.issuer, job.askedBy)
    }
  }

  async #start(job: JobRecord): Promise<JobRecord> {
    const { database, jobs, clock, signer } = this.#parts
    const running = await database.commit(
      (draft) => {
        draft.audit({ kind: 'run', actor: signer.id, jobId: job.id, detail: { run: job.runs + 1, epoch: job.epoch } })
        return jobs.change(draft, job, 'running', { startedAtMs: clock.now(), runs: job.runs + 1 })
      },
      // As durable as the batch that ends the job: a crash before it finds the job queued, which is as good.
      { sync: false }
    )
    this.#keepShowing(this.#parts.jobs.show(running, 0.1))
    return running
  }

  /** The plan is made again from the stored bytes, so that what runs is what was admitted, also after a restart. */
  async #planOf(job: JobRecord): Promise<JobPlan> {
    const sealed = fromText(job.request)
    // It was fresh when it was admitted; now only its bytes count.
    const clock = { ...this.#parts.clock, now: () => job.admittedAtMs }
    const { signer, trust, clock: credentialClock } = this.#parts
    const checked = await check(sealed, { clock, credentialClock, self: signer.id, trust })
    const plan = await validate(checked.request, this.#parts.validation)
    if (plan.catalog.epoch !== job.epoch) throw new StimnetError('NODE_ERROR', 'the epoch it was admitted for is gone')
    // The policy may have changed since it was admitted, as when the node was restarted.
    const approved = await isApproved(job, plan, {
      sandbox: this.#parts.validation.sandbox,
      now: this.#parts.clock.now()
    })
    const standing = this.#parts.signOff.standing({ checked, askedBy: job.askedBy, approved }, plan)
    if (!standing.allow) throw new StimnetError(standing.code, 'no longer permitted')
    if (standing.review) throw new StimnetError('APPROVAL_LAPSED', 'what was approved is not what would run')
    return plan
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
    const disclosing = { ...job, state: 'disclosing' as JobState }
    const visibleAtMs = await this.#boundary(job, plan)
    // Judged inside the single writer, against the ledgers as they are then: there is no race to lose.
    const ended = await this.#parts.database.commit(async (draft) => {
      const disclosed = door.disclose(draft)
      const ending: Ending = disclosed.ok
        ? { state: 'completed', output: disclosed.output }
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

  async #end(
    job: JobRecord,
    ending: Ending,
    plan: JobPlan | undefined,
    why?: unknown,
    ranBy: RanBy = RAN_BY_NODE
  ): Promise<{ shown: Promise<void> }> {
    // When somebody cancels is their own doing: it is written at once, so that it is never lost.
    const isOwnDoing = ending.state === 'cancelled'
    const visibleAtMs = isOwnDoing ? this.#visibleAt(job, plan) : await this.#boundary(job, plan)
    const publication = this.#publication(job, ending, { plan, ranBy, visibleAtMs })
    const record = await this.#parts.database.commit((draft) => publish(this.#parts, draft, publication))
    return { shown: this.#told(record, why) }
  }

  /**
   * The boundary at which an end may be seen, when it has come: nothing of it is written before, because its number in the
   * log would tell when it happened. A node that stops meanwhile runs the job again, on the same price.
   */
  async #boundary(job: JobRecord, plan: JobPlan | undefined): Promise<number> {
    const { clock } = this.#parts
    const visibleAtMs = this.#visibleAt(job, plan)
    const wait = visibleAtMs - clock.now()
    if (wait > 0) await clock.sleep(wait, this.#stopping.signal)
    return visibleAtMs
  }

  #visibleAt(job: JobRecord, plan: JobPlan | undefined): number {
    const isScript = !['sql', 'statistic'].includes(job.programWord)
    return endVisibleAt(job, {
      endedAtMs: this.#parts.clock.now(),
      // Refusals leave on the grid of answers: on a finer one they would say at once that there is none.
      // Noise has no fine grid: larger draws take longer, and so does reading more people.
      script: isScript || plan?.noise !== undefined,
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
      ...{ job, ending, ranBy, visibleAtMs },
      codeHash: plan ? codeHashOf(plan.program) : '',
      policyHash: privacy.policyHash,
      charge: (draft: Draft) => (plan ? privacy.meter(plan.project).charge(draft, plan, ending, job) : {})
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

  /** Shows an end at its boundary, not before. Stopping leaves it for the next start, which shows it at once. */
  #show(job: JobRecord): Promise<void> {
    const { clock, jobs } = this.#parts
    const wait = (job.visibleAtMs ?? 0) - clock.now()
    const due = wait > 0 ? clock.sleep(wait, this.#stopping.signal) : Promise.resolve()
    return this.#keepShowing(due.then(() => jobs.show(job, 1)))
  }

  /** A show that fails is made again at the next start: the job is there, only its feed is behind. */
  #keepShowing(showing: Promise<void>): Promise<void> {
    const shown = showing.catch(() => undefined)
    this.#showing.add(shown)
    void shown.then(() => this.#showing.delete(shown))
    return shown
  }
}
