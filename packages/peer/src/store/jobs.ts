/** The jobs that other peers asked for, and the feed of changes for each asking peer. */
import { isEnded, type JobState, move, outwardState, type UploadedFile } from '@stimnet/protocol'
import type { Database, Draft } from './database.ts'
import type { Sublevel } from './level.ts'

/** One admitted request. Byte fields are base64url. */
export interface JobRecord {
  readonly id: string
  readonly state: JobState
  /** The sealed JobRequest as received. */
  readonly request: string
  readonly requestHash: string
  readonly issuer: string
  /** `requester`, or `gateway` where the asking peer keeps the key. */
  readonly custody: string
  /** The peer that asked. Only it may follow and cancel the job. */
  readonly askedBy: string
  readonly catalog: string
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
  /** Files that the request names; absent where there are none. */
  readonly uploads?: readonly UploadedFile[]
  /** The verdicts of stewards, where stewards decide. */
  readonly review?: ReviewRecord
  /** Time from which the end may be visible outside, Unix ms. */
  readonly visibleAtMs?: number
  /** The sealed JobResult, once ended. Only these bytes are ever served. */
  readonly result?: string
}

/** The verdicts of stewards on a request, and what exactly they apply to. */
export interface ReviewRecord {
  /** Number of stewards who must approve. */
  readonly needed: number
  readonly approvals: readonly Approval[]
  /** The denial, where there is one. */
  readonly denial?: Approval
  /** Deadline for the stewards' decision and for the run after it, Unix ms. */
  readonly expiresAtMs: number
  /** The image that would have run the script at admission. The run must use the same. */
  readonly image: string
  /** Everything that the run depends on, for a standing approval. */
  readonly run: RunTerms
  /** Id of the standing approval that the request falls under, if any. */
  readonly standing?: string
}

/** Whether a request still waits for stewards. */
export function isPending(review: ReviewRecord | undefined): boolean {
  return review !== undefined && review.approvals.length < review.needed
}

/** Everything that a run depends on. Hashes are in hex. */
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
  /** Hash of the privacy level and its price. */
  readonly privacyHash: string
  /** Hash of the contract and the mappings. */
  readonly schemaHash: string
  /** Hash of name, hash and size of each uploaded file. */
  readonly uploadsHash: string
  /** As requested, ms; 0 where the request sets none. */
  readonly wallTimeMsMax: number
}

/** One steward's verdict. */
export interface Approval {
  /** The steward's account at this peer. */
  readonly by: string
  readonly atMs: number
  readonly notes: string
  /** Canonical JSON of the terms for further runs, where the steward approves those too. */
  readonly standing?: string
}

/** One entry of an asking peer's feed: the latest outward state of one job. */
export interface FeedEntry {
  readonly jobId: string
  readonly state: JobState
  readonly progress: number
}

/** Jobs that one list reads at most. */
const LOOKED_AT_MAX = 10_000

/**
 * Distance by which feed positions jump ahead at each start, so that they exceed all that were given out before.
 * Doubles count
 * to 2^53, which is enough for one start per second for 130 years.
 */
const PLACES_LEAP = 2 ** 20

const sequenceKey = (askedBy: string, sequence: number) => `${askedBy}!${String(sequence).padStart(16, '0')}`

const placeIn = (key: string) => Number(key.slice(key.indexOf('!') + 1))

/** The jobs, and the feed of each asking peer. */
export class JobStore {
  readonly #jobs: Sublevel<JobRecord>
  readonly #feed: Sublevel<FeedEntry>
  /** Ids of jobs that have not ended, and of ended ones whose end was not yet shown. Read at the start. */
  readonly #unfinished: Sublevel<true>
  /** Ids of jobs that stewards decide, by time. */
  readonly #reviewed: Sublevel<string>
  readonly #meta: Sublevel<number>
  /** By job: its current position in the feed. */
  readonly #placed: Sublevel<{ sequence: number; state: JobState }>
  readonly #database: Database
  readonly #watchers = new Map<string, Set<() => void>>()
  /** The first feed position of this run of the node. */
  readonly #firstPlace: number
  /** The last position given, by asking peer. Each feed has its own positions, so that no peer can count what others ask. */
  readonly #places = new Map<string, number>()
  #total: number
  /** Feed positions as of the last change prepared, for jobs that were shown since the start and have not ended. */
  readonly #standing = new Map<string, number>()
  /** Identifies this feed. A peer that followed another one starts from the beginning. */
  readonly log: string

  private constructor(database: Database, log: string, facts: { firstPlace: number; total: number }) {
    this.#database = database
    this.#jobs = database.json('jobs')
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
    // Changes of the feed are not synced: after a loss of power the last ones may be gone although an asking peer has
    // seen them. A
    // position far ahead, stored before any is given out, is greater than all earlier ones. A round number discloses no
    // count.
    const firstPlace = (Math.floor(((await numbers.get('sequence')) ?? 0) / PLACES_LEAP) + 2) * PLACES_LEAP
    await database.commit((draft) => draft.put(numbers, 'sequence', firstPlace))
    return new JobStore(database, log, { firstPlace, total: (await numbers.get('total')) ?? 0 })
  }

  get(id: string): Promise<JobRecord | undefined> {
    return this.#jobs.get(id)
  }

  /** All jobs that have not ended, oldest first. */
  async open(): Promise<JobRecord[]> {
    const records = await this.#unfinishedJobs()
    return records.filter((job) => !isEnded(job.state)).sort((a, b) => a.admittedAtMs - b.admittedAtMs)
  }

  /** Jobs that stewards decide or decided, newest first, filtered while reading. */
  async reviewed(limit: number, fits: (job: JobRecord) => boolean): Promise<JobRecord[]> {
    const found: JobRecord[] = []
    for await (const id of this.#reviewed.values({ reverse: true, limit: LOOKED_AT_MAX })) {
      const job = await this.#jobs.get(id)
      if (job && fits(job)) found.push(job)
      if (found.length >= limit) break
    }
    return found
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
    if (job.review) draft.put(this.#reviewed, `${sequenceKey('', job.admittedAtMs)}!${job.id}`, job.id)
    draft.put(this.#meta, 'total', this.#total)
  }

  /** Changes fields of a job, and its state where `to` is given. */
  amend(draft: Draft, job: JobRecord, changes: Partial<JobRecord>, to?: JobState): JobRecord {
    if (to !== undefined) return this.change(draft, job, to, changes)
    const changed = { ...job, ...changes }
    draft.put(this.#jobs, job.id, changed)
    return changed
  }

  /** Applies one allowed change of state and returns the new record. */
  change(draft: Draft, job: JobRecord, to: JobState, changes: Partial<JobRecord> = {}): JobRecord {
    const changed = { ...job, ...changes, state: move(job.state, to) }
    draft.put(this.#jobs, job.id, changed)
    return changed
  }

  /**
   * Puts a job's outward state into its asking peer's feed and wakes the followers. Not synced: after a crash it is
   * shown again.
   */
  async show(job: JobRecord, progress: number): Promise<void> {
    const state = outwardState(job.state)
    await this.#database.commit(
      async (draft) => {
        // Another change of this job may wait for the same batch, so that the database does not know it yet.
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
    for (const wake of this.#watchers.get(job.askedBy) ?? []) wake()
  }

  /** The last position given in a peer's feed. */
  async lastPlace(askedBy: string): Promise<number> {
    const range = { gt: sequenceKey(askedBy, 0), lt: sequenceKey(askedBy, Number.MAX_SAFE_INTEGER) }
    if (!this.#places.has(askedBy)) {
      const [last] = await this.#feed.keys({ ...range, reverse: true, limit: 1 }).all()
      const stored = last === undefined ? 0 : placeIn(last) + PLACES_LEAP
      // A concurrent call may have set a position meanwhile.
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
    const set = this.#watchers.get(askedBy) ?? new Set()
    this.#watchers.set(askedBy, set.add(wake))
    return () => {
      set.delete(wake)
      if (set.size === 0) this.#watchers.delete(askedBy)
    }
  }

  /** Number of jobs ever admitted. */
  get total(): number {
    return this.#total
  }
}
