/** The jobs that other peers submitted, and the feed of changes for each asking peer. */
import { isEnded, type JobState, move, outwardState, type UploadedFile } from '@stimnet/protocol'
import type { Database, Draft } from './database.ts'
import { newestFitting, type Sublevel } from './level/level.ts'
import { type Deleted, DeletedStore, deletedKey, receiptHash } from './past/deleted.ts'
import { Ended } from './past/ended.ts'
import type { RefusalUse } from './refusals-told.ts'
import { Watchers } from './watchers.ts'

/** One admitted request. Byte fields are base64url. */
export interface JobRecord {
  readonly id: string
  readonly state: JobState
  /** The sealed JobRequest as received. */
  readonly request: string
  readonly requestHash: string
  readonly issuer: string
  /** `requester`, or `gateway` if the asking peer keeps the key. */
  readonly custody: string
  /** The peer that submitted the job. Only this peer may follow and cancel it. */
  readonly askedBy: string
  readonly catalog: string
  /** The data permit that the request names; absent if it names none. */
  readonly permit?: string
  /** The epoch for which the job was admitted. It runs on no other. */
  readonly epoch: string
  readonly programWord: string
  readonly admittedAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  /** Number of starts; more than one after a crash. */
  readonly runs: number
  readonly code?: string
  readonly reason?: string
  readonly warnings: readonly string[]
  /** Files that the request names; absent if there are none. */
  readonly uploads?: readonly UploadedFile[]
  /** The verdicts of stewards, if stewards decide. */
  readonly review?: ReviewRecord
  /** Time from which the end may be visible to others, Unix ms. */
  readonly visibleAtMs?: number
  /**
   * The part of the allowance for refusals that the requester had used when the job ended, and the project whose ledger
   * counts.
   */
  readonly refusals?: RefusalUse & { readonly project: string }
  /**
   * The sealed JobResult, when the job has ended. Only these bytes are ever served. They are stored separately from the rest
   * of the record.
   */
  readonly result?: string
  /** Time at which retention deleted the result, Unix ms. */
  readonly resultDeletedAtMs?: number
}

/** The verdicts of stewards on a request, and exactly what they apply to. */
export interface ReviewRecord {
  /** Number of stewards who must approve. */
  readonly needed: number
  readonly approvals: readonly Approval[]
  /** The denial, if there is one. */
  readonly denial?: Approval
  /** Deadline for the stewards' decision and for the run after it, Unix ms. */
  readonly expiresAtMs: number
  /** The image that would have run the script at admission. The run must use the same image. */
  readonly image: string
  /** Everything on which the run depends, for a standing approval. */
  readonly run: RunTerms
  /** Id of the standing approval that covers the request, if any. */
  readonly standing?: string
}

/** Whether a request still waits for stewards. */
export function isPending(review: ReviewRecord | undefined): boolean {
  return review !== undefined && review.approvals.length < review.needed
}

/** The index entry of a job that stewards decide or have decided, which lists read before the job itself. */
export interface Reviewed {
  readonly id: string
  readonly state: JobState
  /** Whether the job is waiting for, or ended without, the approvals that it needs. */
  readonly isPending: boolean
  readonly admittedAtMs: number
}

/** Everything on which a run depends. Hashes are in hex. */
export interface RunTerms {
  readonly catalog: string
  readonly epoch: string
  /** `python`, `r` or `jupyter`; `sql` or `statistic`. */
  readonly language: string
  readonly codeHash: string
  readonly cohortHash: string
  readonly outputsHash: string
  readonly filtersHash: string
  readonly image: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly issuer: string
  /** Hash of the stated purposes. */
  readonly purposeHash: string
  /** The project whose ledger is charged. */
  readonly project: string
  /** The data permit that the request names; absent if it names none, and in approvals stored before permits existed. */
  readonly permit?: string
  /** Hash of the privacy level and its price. */
  readonly privacyHash: string
  /** Hash of the contract and the mappings. */
  readonly schemaHash: string
  /** Hash of name, hash and size of each uploaded file. */
  readonly uploadsHash: string
  /** The requested wall time, ms; 0 if the request sets none. */
  readonly wallTimeMsMax: number
}

/** One steward's verdict. */
export interface Approval {
  /** The steward's account at this peer. */
  readonly by: string
  readonly atMs: number
  readonly notes: string
  /** Canonical JSON of the terms for further runs, if the steward approves further runs. */
  readonly standing?: string
}

/** One entry of an asking peer's feed: the latest outward state of one job. */
export interface FeedEntry {
  readonly jobId: string
  readonly state: JobState
  readonly progress: number
}

/** Maximum number of jobs that one list reads. */
const LOOKED_AT_MAX = 10_000

/**
 * Distance by which feed positions jump ahead at each start, so that they exceed all positions issued before. Doubles count
 * to 2^53, which is enough for one start per second for 130 years.
 */
const PLACES_LEAP = 2 ** 20

/** The sublevels that hold the jobs, without their results. */
export const JOB_SUBLEVELS = ['jobs', 'feed', 'feed-places', 'jobs-unfinished', 'jobs-reviewed', 'jobs-meta'] as const
/** The sublevel of the results. */
export const JOB_RESULTS = 'job-results'

/** The key and the value of a job in the index of jobs that stewards decide. */
export function reviewedEntry(job: JobRecord): readonly [key: string, value: Reviewed] {
  const { id, state, admittedAtMs } = job
  return [`${sequenceKey('', admittedAtMs)}!${id}`, { id, state, isPending: isPending(job.review), admittedAtMs }]
}

const sequenceKey = (askedBy: string, sequence: number) => `${askedBy}!${String(sequence).padStart(16, '0')}`

const placeIn = (key: string) => Number(key.slice(key.indexOf('!') + 1))

/** The jobs, and the feed of each asking peer. */
export class JobStore {
  readonly #jobs: Sublevel<JobRecord>
  readonly #results: Sublevel<string>
  readonly #ended: Ended
  readonly #deleted: DeletedStore
  readonly #feed: Sublevel<FeedEntry>
  /** Ids of jobs that have not ended, and of ended jobs whose end was not yet shown. Read at the start. */
  readonly #unfinished: Sublevel<true>
  /** Jobs that stewards decide, by time. */
  readonly #reviewed: Sublevel<Reviewed>
  readonly #meta: Sublevel<number>
  /** The current feed position of each job. */
  readonly #placed: Sublevel<{ sequence: number; state: JobState }>
  readonly #database: Database
  readonly #watchers = new Watchers()
  /** The first feed position of this run of the node. */
  readonly #firstPlace: number
  /**
   * The last issued position, by asking peer. Each feed has its own positions, so that no peer can count the requests of
   * others.
   */
  readonly #places = new Map<string, number>()
  #total: number
  /** Feed positions after the last prepared change, for jobs that were shown since the start and have not ended. */
  readonly #standing = new Map<string, number>()
  /** Identifies this feed. A peer that followed another feed starts from the beginning. */
  readonly log: string

  private constructor(database: Database, log: string, facts: { firstPlace: number; total: number }) {
    this.#database = database
    this.#jobs = database.json('jobs')
    this.#results = database.json(JOB_RESULTS)
    this.#ended = new Ended(database)
    this.#deleted = new DeletedStore(database)
    this.#feed = database.json('feed')
    this.#placed = database.json('feed-places')
    this.#unfinished = database.json('jobs-unfinished')
    this.#reviewed = database.json('jobs-reviewed')
    this.#meta = database.json('jobs-meta')
    this.log = log
    this.#firstPlace = facts.firstPlace
    this.#total = facts.total
  }

  static async open(database: Database, freshLog: () => string): Promise<JobStore> {
    const meta = database.json<string>('meta')
    let log = await meta.get('feed-log')
    if (log === undefined) {
      log = freshLog()
      const name = log
      await database.commit((draft) => draft.put(meta, 'feed-log', name))
    }
    const numbers = database.json<number>('jobs-meta')
    // Changes of the feed are not synced: after a loss of power the last changes may be gone although an asking peer has
    // seen them. A position far ahead, stored before any is issued, exceeds all earlier positions. A round number discloses
    // no count.
    const firstPlace = (Math.floor(((await numbers.get('sequence')) ?? 0) / PLACES_LEAP) + 2) * PLACES_LEAP
    await database.commit((draft) => draft.put(numbers, 'sequence', firstPlace))
    return new JobStore(database, log, { firstPlace, total: (await numbers.get('total')) ?? 0 })
  }

  async get(id: string): Promise<JobRecord | undefined> {
    const job = await this.#jobs.get(id)
    if (job === undefined || !isEnded(job.state)) return job
    const result = await this.#results.get(id)
    return result === undefined ? job : { ...job, result }
  }

  /** The remaining data of a deleted job. */
  deleted(id: string): Promise<Deleted | undefined> {
    return this.#deleted.get(deletedKey.job(id))
  }

  /** Whether a job of this id was ever admitted, even if it has been deleted. */
  async isTaken(id: string): Promise<boolean> {
    return (await this.#jobs.get(id)) !== undefined || (await this.deleted(id)) !== undefined
  }

  /** All jobs that have not ended, oldest first. */
  async open(): Promise<JobRecord[]> {
    const records = await this.#unfinishedJobs()
    return records.filter((job) => !isEnded(job.state)).sort((a, b) => a.admittedAtMs - b.admittedAtMs)
  }

  /**
   * Jobs that stewards decide or have decided, newest first, filtered while reading, without their results. If `untilMs` is
   * given, only jobs admitted at or before that time.
   */
  async reviewed(limit: number, fits: (job: Reviewed) => boolean, untilMs?: number): Promise<JobRecord[]> {
    const range = untilMs === undefined ? {} : { lt: `${sequenceKey('', untilMs)}!~` }
    const found = await newestFitting(this.#reviewed, { ...range, limit, lookedAtMax: LOOKED_AT_MAX, fits })
    return (await this.#jobs.getMany(found.map(({ id }) => id))).filter((job) => job !== undefined)
  }

  /** Ended jobs whose end was not yet shown, because the node stopped in between. */
  async unshown(): Promise<JobRecord[]> {
    return (await this.#unfinishedJobs()).filter((job) => isEnded(job.state))
  }

  async #unfinishedJobs(): Promise<JobRecord[]> {
    const records = await this.#jobs.getMany(await this.#unfinished.keys().all())
    return records.filter((job) => job !== undefined)
  }

  add(draft: Draft, job: JobRecord): void {
    this.#total += 1
    draft.undo(() => {
      this.#total -= 1
    })
    draft.put(this.#jobs, job.id, job)
    draft.put(this.#unfinished, job.id, true)
    if (job.review) draft.put(this.#reviewed, ...reviewedEntry(job))
    draft.put(this.#meta, 'total', this.#total)
  }

  /** Changes fields of a job, and its state if `to` is given. */
  amend(draft: Draft, job: JobRecord, changes: Partial<JobRecord>, to?: JobState): JobRecord {
    if (to !== undefined) return this.change(draft, job, to, changes)
    const changed = { ...job, ...changes }
    this.#put(draft, changed)
    return changed
  }

  /** Applies one allowed change of state and returns the new record. */
  change(draft: Draft, job: JobRecord, to: JobState, changes: Partial<JobRecord> = {}): JobRecord {
    const changed = { ...job, ...changes, state: move(job.state, to) }
    this.#put(draft, changed)
    if (changes.result !== undefined) draft.put(this.#results, job.id, changes.result)
    if (!isEnded(to)) return changed
    const ended = { id: job.id, endedAtMs: endOf(changed) }
    this.#ended.note(draft, { ...ended, kind: 'job' })
    if (changed.result !== undefined) this.#ended.note(draft, { ...ended, kind: 'job-result' })
    return changed
  }

  #put(draft: Draft, { result: _, ...stored }: JobRecord): void {
    draft.put(this.#jobs, stored.id, stored)
    if (stored.review) draft.put(this.#reviewed, ...reviewedEntry(stored))
  }

  /** Deletes the result of a job that has ended. */
  deleteResult(draft: Draft, job: JobRecord, atMs: number): void {
    draft.del(this.#results, job.id)
    this.#ended.drop(draft, {
      kind: 'job-result',
      id: job.id,
      endedAtMs: endOf(job)
    })
    this.#deleted.note(draft, deletedKey.job(job.id), leftOf(job, atMs))
    this.#put(draft, { ...job, resultDeletedAtMs: atMs })
  }

  /**
   * Deletes a job that has ended and whose end was shown, with its result and its place in the feed; returns false for any
   * other job. The remaining data prevent the reuse of its id.
   */
  async delete(draft: Draft, job: JobRecord, atMs: number): Promise<boolean> {
    if (!isEnded(job.state) || (await this.#unfinished.get(job.id)) !== undefined) return false
    const place = await this.#placed.get(job.id)
    if (place !== undefined) draft.del(this.#feed, sequenceKey(job.askedBy, place.sequence))
    draft.del(this.#placed, job.id)
    if (job.review) draft.del(this.#reviewed, reviewedEntry(job)[0])
    draft.del(this.#jobs, job.id)
    draft.del(this.#results, job.id)
    for (const kind of ['job', 'job-result'] as const) {
      this.#ended.drop(draft, { kind, id: job.id, endedAtMs: endOf(job) })
    }
    // The hash of a result that was deleted earlier is kept.
    const before = await this.deleted(job.id)
    this.#deleted.note(draft, deletedKey.job(job.id), before ?? leftOf(job, atMs))
    return true
  }

  /**
   * Puts a job's visible state into its asking peer's feed and wakes the followers. Not synced: after a crash the state is
   * shown again.
   */
  async show(job: JobRecord, progress: number): Promise<void> {
    const state = outwardState(job.state)
    await this.#database.commit(
      async (draft) => {
        // Another change of this job may be waiting for the same batch, so that the database does not have it yet.
        const before = this.#standing.get(job.id) ?? (await this.#placed.get(job.id))?.sequence
        const sequence = (await this.lastPlace(job.askedBy)) + 1
        this.#places.set(job.askedBy, sequence)
        if (before !== undefined) draft.del(this.#feed, sequenceKey(job.askedBy, before))
        this.#standing.set(job.id, sequence)
        draft.put(this.#feed, sequenceKey(job.askedBy, sequence), { jobId: job.id, state, progress })
        draft.put(this.#placed, job.id, { sequence, state })
        if (isEnded(state)) draft.del(this.#unfinished, job.id)
      },
      { sync: false }
    )
    if (isEnded(state)) this.#standing.delete(job.id)
    this.#watchers.wake(job.askedBy)
  }

  /** The last issued position in a peer's feed. */
  async lastPlace(askedBy: string): Promise<number> {
    const range = { gt: sequenceKey(askedBy, 0), lt: sequenceKey(askedBy, Number.MAX_SAFE_INTEGER) }
    if (!this.#places.has(askedBy)) {
      const [last] = await this.#feed.keys({ ...range, reverse: true, limit: 1 }).all()
      const stored = last === undefined ? 0 : placeIn(last) + PLACES_LEAP
      // A concurrent call may have set a position in the meantime.
      if (!this.#places.has(askedBy)) this.#places.set(askedBy, Math.max(this.#firstPlace, stored))
    }
    return this.#places.get(askedBy) ?? this.#firstPlace
  }

  /** At most `limit` entries of a peer's feed after a position, oldest first. */
  async feed(askedBy: string, after: number, limit: number): Promise<{ sequence: number; entry: FeedEntry }[]> {
    const range = { gt: sequenceKey(askedBy, after), lt: sequenceKey(askedBy, Number.MAX_SAFE_INTEGER), limit }
    const entries = await this.#feed.iterator(range).all()
    return entries.map(([key, entry]) => ({ sequence: placeIn(key), entry }))
  }

  /** Calls `wake` at each change of that peer's feed, until the returned function is called. */
  watch(askedBy: string, wake: () => void): () => void {
    return this.#watchers.watch(askedBy, wake)
  }

  /** Number of jobs ever admitted. */
  get total(): number {
    return this.#total
  }
}

function leftOf({ result, askedBy }: JobRecord, atMs: number): Deleted {
  return { atMs, owner: askedBy, results: result === undefined ? [] : [receiptHash(result)] }
}

/** The time from which the age of an ended job is counted, Unix ms. */
export function endOf({ endedAtMs, admittedAtMs }: Pick<JobRecord, 'endedAtMs' | 'admittedAtMs'>): number {
  return endedAtMs ?? admittedAtMs
}

/** All jobs of a stopped peer with their results; there may be many. Only reads. */
export async function allJobs(database: Database): Promise<JobRecord[]> {
  const results = new Map(await database.json<string>(JOB_RESULTS).iterator().all())
  const jobs = await database.json<JobRecord>('jobs').values().all()
  return jobs.map((job) => {
    const result = results.get(job.id)
    return result === undefined ? job : { ...job, result }
  })
}
