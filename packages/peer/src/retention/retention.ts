/**
 * Retention: deletes, in small batches, records that are older than the configured age. It never deletes ledgers, the audit
 * log, the list of answered questions, or the hashes of receipts.
 */
import type { Clock } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import { outputJsonOf } from '../jobs/run/publish.ts'
import type { Shares } from '../requests/shares.ts'
import type { Draft } from '../store/database.ts'
import type { JobRecord, JobStore } from '../store/jobs.ts'
import type { Sublevel } from '../store/level/level.ts'
import { Ended, type EndedKind } from '../store/past/ended.ts'
import type { AnsweredStore } from '../store/released/answered.ts'
import type { RequestStore } from '../store/requests.ts'
import type { UploadStore } from '../store/uploads.ts'
import { added, type Ages, type Counts, dueBefore, isAny, type Kind, NONE } from './ages.ts'
import { Since } from './since.ts'
import { type Deletable, dueOf, lockedAccounts, type StandingParts, supersededEpochs } from './standing.ts'

/** Number of jobs or requests deleted in one batch: other changes wait no longer than one batch takes. */
const BATCH = 50
/** Maximum number of entries counted for a preview. */
const COUNTED_MAX = 1_000_000
/** Time between two sweeps, ms. Ages are in days. */
const EVERY_MS = 3_600_000

/** Dependencies of `Retention`. */
export interface RetentionParts extends StandingParts {
  readonly clock: Clock
  readonly ages: Ages
  readonly jobs: JobStore
  readonly requests: RequestStore
  readonly answered: AnsweredStore
  readonly uploads: Pick<UploadStore, 'expired'>
  readonly shares: Pick<Shares, 'sweep'>
  readonly events: Pick<PeerEvents, 'unexpected'>
}

/** The retention of a peer; one instance per peer. */
export class Retention {
  readonly #parts: RetentionParts
  readonly #ended: Ended
  readonly #since: Since
  /** Deleted amounts that are not yet in the audit log. */
  readonly #pending: Sublevel<Counts>
  readonly #stopping = new AbortController()
  #counts: Counts = NONE
  #lastMs: number | undefined
  #sweeping: Promise<Counts> | undefined

  private constructor(parts: RetentionParts) {
    this.#parts = parts
    this.#ended = new Ended(parts.database)
    this.#since = new Since(parts.database)
    this.#pending = parts.database.json('retention-pending')
  }

  static async open(parts: RetentionParts): Promise<Retention> {
    const retention = new Retention(parts)
    // Deletions of an interrupted sweep are recorded by the next sweep.
    retention.#counts = (await retention.#pending.get('counts')) ?? NONE
    return retention
  }

  get ages(): Ages {
    return this.#parts.ages
  }

  /**
   * The amounts that a sweep would delete now. An epoch or account counts from the sweep that first noticed it. Changes
   * nothing.
   */
  async due(): Promise<Counts> {
    const { ages, uploads } = this.#parts
    const count = async (kind: EndedKind, days: number | undefined) =>
      days === undefined ? 0 : this.#ended.count(kind, this.#cutoff(days), COUNTED_MAX)
    return {
      results: (await count('job-result', ages.results)) + (await count('request-result', ages.results)),
      jobs: await count('job', ages.jobs),
      requests: await count('request', ages.requests),
      uploads: uploads.expired,
      epochs: (await this.#dueEpochs(false)).length,
      accounts: (await this.#dueAccounts(false)).length
    }
  }

  /** Removes expired uploads, and sweeps everything else if the last sweep was an hour ago or more. */
  async sweepIfDue(): Promise<void> {
    const { clock, shares } = this.#parts
    await this.#one('uploads', await shares.sweep())
    const nowMs = clock.now()
    // A clock that was set back does not stop retention.
    if (this.#lastMs !== undefined && Math.abs(nowMs - this.#lastMs) < EVERY_MS) return
    this.#lastMs = nowMs
    await this.sweep()
  }

  /**
   * Deletes everything that is due, and records it in the audit log. Returns the deleted amounts. Only one sweep runs at a
   * time.
   */
  sweep(): Promise<Counts> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined
    })
    return this.#sweeping
  }

  /** Ends a running sweep after its current batch. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#sweeping?.catch(() => undefined)
  }

  async #sweep(): Promise<Counts> {
    const { ages, shares, database } = this.#parts
    if (ages.jobs !== undefined) await this.#each('job', ages.jobs, (ids) => this.#deleteJobs(ids, 'jobs'))
    if (ages.requests !== undefined) await this.#each('request', ages.requests, (ids) => this.#delete(ids, 'requests'))
    if (ages.results !== undefined) {
      await this.#each('job-result', ages.results, (ids) => this.#deleteJobs(ids, 'results'))
      await this.#each('request-result', ages.results, (ids) => this.#delete(ids, 'results'))
    }
    await this.#one('uploads', await shares.sweep())
    await this.#eachOf('epochs', await this.#dueEpochs(true))
    await this.#eachOf('accounts', await this.#dueAccounts(true))
    if (!isAny(this.#counts)) return NONE
    return database.commit((draft) => {
      const deleted = this.#counts
      draft.audit({ kind: 'retention', actor: 'node', detail: deleted })
      draft.del(this.#pending, 'counts')
      draft.undo(() => {
        this.#counts = deleted
      })
      this.#counts = NONE
      return deleted
    })
  }

  #cutoff(days: number): number {
    return dueBefore(days, this.#parts.clock.now())
  }

  /** Deletes batch after batch, until nothing more can be deleted. */
  async #each(kind: EndedKind, days: number, deleteAll: (ids: readonly string[]) => Promise<number>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const deleted = await deleteAll(await this.#ended.before(kind, this.#cutoff(days), BATCH))
      if (deleted === 0) return
      // Yields so that other work can proceed.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async #deleteJobs(ids: readonly string[], what: 'jobs' | 'results'): Promise<number> {
    const { clock, database, jobs, answered } = this.#parts
    const found = (await Promise.all(ids.map((id) => this.#readJob(id)))).filter((one) => one !== undefined)
    if (found.length === 0) return 0
    return database.commit(
      async (draft) => {
        let count = 0
        for (const { job, kept } of found) {
          if (what === 'jobs' && !(await jobs.delete(draft, job, clock.now()))) continue
          if (what === 'results') jobs.deleteResult(draft, job, clock.now())
          // The same question always gets the same answer, even after the job that gave it first is deleted.
          if (kept !== undefined) answered.keep(draft, job.id, kept)
          count += 1
        }
        this.#note(draft, what, count)
        return count
      },
      { sync: false }
    )
  }

  /**
   * A job, and its released output if that will be given to others. Undefined for a job that cannot be read, which is not
   * deleted.
   */
  async #readJob(id: string): Promise<{ job: JobRecord; kept: string | undefined } | undefined> {
    const { clock, jobs, answered, events } = this.#parts
    try {
      const job = await jobs.get(id)
      if (job === undefined) return undefined
      return { job, kept: (await answered.isFirst(id)) ? await outputJsonOf(job, clock) : undefined }
    } catch (error) {
      events.unexpected(error, `deleting ${id}`)
      return undefined
    }
  }

  #delete(ids: readonly string[], what: 'requests' | 'results'): Promise<number> {
    const { clock, requests } = this.#parts
    const options = { atMs: clock.now(), resultsOnly: what === 'results' }
    return requests.deleteAll(ids, options, (draft, count) => this.#note(draft, what, count))
  }

  #dueEpochs(note: boolean): Promise<Deletable[]> {
    return this.#dueOf('epoch', this.#parts.ages.epochs, () => supersededEpochs(this.#parts), note)
  }

  #dueAccounts(note: boolean): Promise<Deletable[]> {
    return this.#dueOf('account', this.#parts.ages.accounts, async () => lockedAccounts(this.#parts), note)
  }

  async #dueOf(
    kind: 'epoch' | 'account',
    days: number | undefined,
    all: () => Promise<Deletable[]>,
    note: boolean
  ): Promise<Deletable[]> {
    if (days === undefined) return []
    return dueOf(kind, { all: await all(), days, since: this.#since, nowMs: this.#parts.clock.now(), note })
  }

  async #eachOf(what: 'epochs' | 'accounts', due: readonly Deletable[]): Promise<void> {
    for (const one of due) {
      if (this.#stopping.signal.aborted) return
      await one.delete()
      await this.#one(what, 1)
    }
  }

  /** Records a deletion that is not part of a batch of the database. */
  async #one(what: Kind, count: number): Promise<void> {
    if (count > 0) await this.#parts.database.commit((draft) => this.#note(draft, what, count), { sync: false })
  }

  #note(draft: Draft, what: Kind, count: number): void {
    const before = this.#counts
    draft.undo(() => {
      this.#counts = before
    })
    this.#counts = added(before, { [what]: count })
    draft.put(this.#pending, 'counts', this.#counts)
  }
}
