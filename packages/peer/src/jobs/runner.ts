/** Runs admitted jobs at our own pace: a bounded queue, a bounded number at a time, each to an end. */
import { createHash } from 'node:crypto'
import { type Clock, type Code, codeOf, isEnded, type JobState, programText, StimnetError } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { Database } from '../store/database.ts'
import type { JobRecord, JobStore } from '../store/jobs.ts'
import type { Queue } from './admit.ts'
import { check } from './check.ts'
import { type Executed, type ExecutionParts, execute, NODE_ENGINE } from './execute.ts'
import { visibleAt } from './grid.ts'
import type { CatalogPrivacies, CatalogPrivacy } from './privacy.ts'
import { type Ending, type PublishParts, publish } from './publish.ts'
import { type JobPlan, type ValidationContext, validate } from './validate.ts'

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
  readonly concurrency: number
  readonly events: PeerEvents
}

/** The queue and its workers; one a peer. */
export class Runner implements Queue {
  readonly #parts: RunnerParts
  readonly #queue: JobRecord[] = []
  readonly #running = new Map<string, AbortController>()
  readonly #seats = new Map<string, number>()
  readonly #showing = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #work = new Set<Promise<void>>()

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /** Takes up what an earlier life of this node left: the open jobs, and ends that were not yet shown. */
  async recover(): Promise<void> {
    const { jobs, database } = this.#parts
    for (const job of await jobs.unshown()) this.#show(job)
    for (const job of await jobs.open()) {
      this.takeSeat(job.issuer)
      const interrupted = job.state === 'running' || job.state === 'disclosing'
      const queued = interrupted ? await database.commit((draft) => jobs.change(draft, job, 'queued')) : job
      this.enqueue(queued)
    }
  }

  takeSeat(issuer: string): void {
    this.#seats.set(issuer, (this.#seats.get(issuer) ?? 0) + 1)
  }

  leaveSeat(issuer: string): void {
    const left = (this.#seats.get(issuer) ?? 0) - 1
    if (left > 0) this.#seats.set(issuer, left)
    else this.#seats.delete(issuer)
  }

  /** Seats taken: jobs waiting, running or being admitted. */
  waiting(issuer: string): { total: number; ofRequester: number } {
    let total = 0
    for (const seats of this.#seats.values()) total += seats
    return { total, ofRequester: this.#seats.get(issuer) ?? 0 }
  }

  get counts(): { queued: number; running: number } {
    return { queued: this.#queue.length, running: this.#running.size }
  }

  enqueue(job: JobRecord): void {
    this.#queue.push(job)
    this.#showState(job, 0)
    this.#fill()
  }

  /** Ends a waiting job at once and stops a running one. False where it has already ended. */
  async cancel(id: string): Promise<boolean> {
    const at = this.#queue.findIndex((job) => job.id === id)
    const waiting = this.#queue[at]
    if (waiting) {
      this.#queue.splice(at, 1)
      await this.#end(waiting, { state: 'cancelled', code: 'CANCELLED' }, undefined)
      this.leaveSeat(waiting.issuer)
      return true
    }
    const running = this.#running.get(id)
    running?.abort(new StimnetError('CANCELLED', `cancelling ${id}`))
    return running !== undefined
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

  /** One job to its end. Whatever is thrown ends it as the node's failure; nothing vanishes. */
  async #run(job: JobRecord, signal: AbortSignal): Promise<void> {
    const { clock, events } = this.#parts
    const started = clock.now()
    try {
      const running = await this.#start(job)
      const plan = await this.#planOf(running)
      const privacy = this.#parts.privacy.of(job.catalog)
      const executed =
        job.runs >= RUNS_MAX
          ? { ok: false as const, code: 'NODE_ERROR' as const, why: 'the node stopped each time it ran' }
          : await execute({ id: job.id, plan }, { ...this.#parts.execution, privacy }, signal)
      if (this.#stopping.signal.aborted) return
      if (signal.aborted) await this.#end(running, { state: 'cancelled', code: 'CANCELLED' }, plan)
      else await this.#finish(running, plan, privacy, executed)
    } catch (error) {
      await this.#failed(job, signal, error)
    } finally {
      this.leaveSeat(job.issuer)
      events.ran({ jobId: job.id, program: job.programWord, ms: clock.now() - started })
    }
  }

  /** Ends a job whose run threw: cancelled, left for the next start of the node, or failed by the node's fault. */
  async #failed(job: JobRecord, signal: AbortSignal, error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return
    const current = (await this.#parts.jobs.get(job.id)) ?? job
    if (isEnded(current.state)) return
    const cancelled = signal.aborted
    const code: Code = cancelled ? 'CANCELLED' : codeOf(error) === 'INTERNAL' ? 'NODE_ERROR' : codeOf(error)
    try {
      await this.#end(current, { state: cancelled ? 'cancelled' : 'failed', code }, undefined, error)
    } catch (storeError) {
      // The store cannot take the end either: the job stays admitted and runs again when the node does.
      this.#parts.events.unexpected(storeError, job.id)
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
    this.#showState(running, 0.1)
    return running
  }

  /** The plan is made again from the stored bytes, so that what runs is what was admitted, also after a restart. */
  async #planOf(job: JobRecord): Promise<JobPlan> {
    const sealed = new Uint8Array(Buffer.from(job.request, 'base64url'))
    // It was fresh when it was admitted; now only its bytes count.
    const { request } = await check(sealed, {
      clock: { ...this.#parts.clock, now: () => job.admittedAtMs },
      self: this.#parts.signer.id
    })
    const plan = await validate(request, this.#parts.validation)
    if (plan.catalog.epoch !== job.epoch) throw new StimnetError('NODE_ERROR', 'the epoch it was admitted for is gone')
    return plan
  }

  async #finish(job: JobRecord, plan: JobPlan, privacy: CatalogPrivacy, executed: Executed): Promise<void> {
    if (!executed.ok) {
      const blocked = executed.code === 'COHORT_NOT_RELEASABLE'
      await this.#end(job, { state: blocked ? 'blocked' : 'failed', code: executed.code }, plan, executed.why)
      return
    }
    const { database } = this.#parts
    const disclosing = { ...job, state: 'disclosing' as JobState }
    const { aggregate, cohort, image } = executed
    const door = await privacy.prepare({ aggregate, cohort, image, filter: plan.cohort, codeHash: codeHashOf(plan) })
    // Judged inside the single writer, against the atoms as they are then: there is no race to lose.
    const ended = await database.commit(async (draft) => {
      const disclosed = door.disclose(draft)
      const ending: Ending = disclosed.ok
        ? { state: 'completed', output: disclosed.output }
        : { state: 'blocked', code: disclosed.code }
      const record = await publish(this.#parts, draft, this.#publication(disclosing, ending, plan, image))
      return { record, why: disclosed.ok ? undefined : disclosed.why }
    })
    this.#told(ended.record, ended.why)
  }

  async #end(job: JobRecord, ending: Ending, plan: JobPlan | undefined, why?: unknown): Promise<void> {
    const publication = this.#publication(job, ending, plan, NODE_ENGINE)
    const record = await this.#parts.database.commit((draft) => publish(this.#parts, draft, publication))
    this.#told(record, why)
  }

  #publication(job: JobRecord, ending: Ending, plan: JobPlan | undefined, image: string) {
    const privacy = this.#parts.privacy.of(job.catalog)
    const endedAtMs = this.#parts.clock.now()
    return {
      job,
      ending,
      codeHash: plan ? codeHashOf(plan) : '',
      image,
      policyHash: privacy.policyHash,
      visibleAtMs: visibleAt({
        admittedAtMs: job.admittedAtMs,
        endedAtMs,
        // A gate refusal is on the fine grid for every program: it comes before a program starts.
        script: !['sql', 'statistic'].includes(job.programWord) && !isGateRefusal(ending),
        timing: privacy.timing
      })
    }
  }

  #told(job: JobRecord, why: unknown): void {
    const code = job.code as Code | undefined
    this.#parts.events.ended({
      jobId: job.id,
      state: job.state,
      ...(code === undefined ? {} : { code }),
      ...(typeof why === 'string' ? { why } : why === undefined ? {} : { cause: why })
    })
    this.#show(job)
  }

  /** Shows an end at its boundary, not before. */
  #show(job: JobRecord): void {
    const shown = (async () => {
      const wait = (job.visibleAtMs ?? 0) - this.#parts.clock.now()
      // Stopping leaves it for the next start, which shows it at once.
      if (wait > 0) await this.#parts.clock.sleep(wait, this.#stopping.signal)
      await this.#parts.jobs.show(job, 1)
    })().catch(() => undefined)
    this.#showing.add(shown)
    void shown.finally(() => this.#showing.delete(shown))
  }

  #showState(job: JobRecord, progress: number): void {
    const shown = this.#parts.jobs.show(job, progress).catch(() => undefined)
    this.#showing.add(shown)
    void shown.finally(() => this.#showing.delete(shown))
  }
}

function isGateRefusal(ending: Ending): boolean {
  return ending.state === 'blocked' && ending.code === 'COHORT_NOT_RELEASABLE'
}

function codeHashOf(plan: JobPlan): string {
  return createHash('sha256').update(programText(plan.program)).digest('hex')
}
