/** The jobs others asked of us, and for each asking peer the feed of their changes. */
import { isEnded, type JobState, move, outwardState, type UploadedFile } from '@stimnet/protocol'
import type { Database, Draft } from './database.ts'
import type { Sublevel } from './level.ts'

/** One admitted request. Bytes are base64url. */
export interface JobRecord {
  readonly id: string
  readonly state: JobState
  /** The sealed JobRequest as received. */
  readonly request: string
  readonly requestHash: string
  readonly issuer: string
  /** requester, or gateway where the asking peer keeps the key. */
  readonly custody: string
  /** The peer that asked, and that may follow and cancel. */
  readonly askedBy: string
  readonly catalog: string
  /** The epoch it was admitted for; it runs on no other. */
  readonly epoch: string
  readonly programWord: string
  readonly admittedAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  /** How often it was started; more than one after a crash. */
  readonly runs: number
  readonly code?: string
  readonly reason?: string
  readonly warnings: readonly string[]
  /** Files that its request brought along; absent where there are none. */
  readonly uploads?: readonly UploadedFile[]
  /** Where people decide: what they have said. */
  readonly review?: ReviewRecord
  /** When its end may be seen outside. */
  readonly visibleAtMs?: number
  /** The sealed JobResult, once ended. Once stored, only these bytes are ever served. */
  readonly result?: string
}

/** What stewards said of a request, and what exactly they said it of. */
export interface ReviewRecord {
  /** How many must agree. */
  readonly needed: number
  readonly approvals: readonly Approval[]
  /** Who said no, where somebody did. */
  readonly denial?: Approval
  /** Until then people may decide, and afterwards it may run, Unix ms. */
  readonly expiresAtMs: number
  /** What would have run it when it was asked: what runs must be the same. */
  readonly image: string
  /** What the run depends on, for a standing approval. */
  readonly run: RunTerms
  /** The standing approval that it falls under, if any. */
  readonly standing?: string
}

/** Whether it waits for people. */
export function isPending(review: ReviewRecord | undefined): boolean {
  return review !== undefined && review.approvals.length < review.needed
}

/** All that a run depends on. Hashes in hex. */
export interface RunTerms {
  readonly catalog: string
  readonly epoch: string
  /** python, r or jupyter; sql or statistic. */
  readonly language: string
  readonly codeHash: string
  readonly cohortHash: string
  readonly outputsHash: string
  readonly filtersHash: string
  readonly image: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly issuer: string
  /** What it is for, as it says itself. */
  readonly purposeHash: string
  /** Whose ledger it spends from. */
  readonly project: string
  /** Which claim it asks for, and at what price. */
  readonly privacyHash: string
  /** What it takes variables to be, and how a site's own read in its words. */
  readonly schemaHash: string
  /** Name, hash and size of each file that it brings along. */
  readonly uploadsHash: string
  /** As asked, ms; 0 where it asks for none. */
  readonly wallTimeMsMax: number
}

/** One steward's word. */
export interface Approval {
  /** Account of this peer. */
  readonly by: string
  readonly atMs: number
  readonly notes: string
  /** Canonical JSON of the terms within which it may run again without asking, where the steward agrees to that too. */
  readonly standing?: string
}

/** One line of an asking peer's feed: the latest outward state of one job. */
export interface FeedEntry {
  readonly jobId: string
  readonly state: JobState
  readonly progress: number
}

/** Jobs that one list looks at. */
const LOOKED_AT_MAX = 10_000

/** Places of a feed are far beyond all that were given, at each start; doubles count to 2^53, enough for a start a second for 130 years. */
const PLACES_LEAP = 2 ** 20

const sequenceKey = (askedBy: string, sequence: number) => `${askedBy}!${String(sequence).padStart(16, '0')}`

const placeIn = (key: string) => Number(key.slice(key.indexOf('!') + 1))

/** Jobs, and the feed of each asking peer. */
export class JobStore {
  readonly #jobs: Sublevel<JobRecord>
  readonly #feed: Sublevel<FeedEntry>
  /** Ids of jobs that have not ended, and of ends that were not yet shown: what a start looks at. */
  readonly #unfinished: Sublevel<true>
  /** Ids of jobs that people decide, by time. */
  readonly #reviewed: Sublevel<string>
  readonly #meta: Sublevel<number>
  /** By job: where in the feed it stands now. */
  readonly #placed: Sublevel<{ sequence: number; state: JobState }>
  readonly #database: Database
  readonly #watchers = new Map<string, Set<() => void>>()
  /** The first place of this life. */
  readonly #firstPlace: number
  /** By asking peer the last place given: each feed has its own, so that nobody can count what others ask. */
  readonly #places = new Map<string, number>()
  #total: number
  /** Where jobs stand by the last change prepared, of those shown in this life and not at their end. */
  readonly #standing = new Map<string, number>()
  /** Names this feed; an asker that followed another starts from the beginning. */
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
    // Shows are not synced: after a loss of power the last ones may be gone, and an asker may have seen them. Kept before any
    // is given, a place far beyond is after every one of all lives; a round one tells nothing of how many there were.
    const firstPlace = (Math.floor(((await numbers.get('sequence')) ?? 0) / PLACES_LEAP) + 2) * PLACES_LEAP
    await database.commit((draft) => draft.put(numbers, 'sequence', firstPlace))
    return new JobStore(database, log, { firstPlace, total: (await numbers.get('total')) ?? 0 })
  }

  get(id: string): Promise<JobRecord | undefined> {
    return this.#jobs.get(id)
  }

  /** All that have not ended, oldest first. */
  async open(): Promise<JobRecord[]> {
    const records = await this.#unfinishedJobs()
    return records.filter((job) => !isEnded(job.state)).sort((a, b) => a.admittedAtMs - b.admittedAtMs)
  }

  /** Jobs that people decide or decided, newest first, filtered while reading. */
  async reviewed(limit: number, fits: (job: JobRecord) => boolean): Promise<JobRecord[]> {
    const found: JobRecord[] = []
    for await (const id of this.#reviewed.values({ reverse: true, limit: LOOKED_AT_MAX })) {
      const job = await this.#jobs.get(id)
      if (job && fits(job)) found.push(job)
      if (found.length >= limit) break
    }
    return found
  }

  /** Ended jobs whose end was not yet shown: a crash came between. */
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

  /** Changes what a job carries, and its state where `to` says so. */
  amend(draft: Draft, job: JobRecord, changes: Partial<JobRecord>, to?: JobState): JobRecord {
    if (to !== undefined) return this.change(draft, job, to, changes)
    const changed = { ...job, ...changes }
    draft.put(this.#jobs, job.id, changed)
    return changed
  }

  /** Applies one allowed move; the record comes back as it now is. */
  change(draft: Draft, job: JobRecord, to: JobState, changes: Partial<JobRecord> = {}): JobRecord {
    const changed = { ...job, ...changes, state: move(job.state, to) }
    draft.put(this.#jobs, job.id, changed)
    return changed
  }

  /** Puts a job's outward state into its asker's feed and wakes the follower. Not synced: a crash shows it again. */
  async show(job: JobRecord, progress: number): Promise<void> {
    const state = outwardState(job.state)
    await this.#database.commit(
      async (draft) => {
        // Another show of this job may wait for the same batch: the database does not know of it yet.
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

  /** The last place given in a peer's feed. */
  async lastPlace(askedBy: string): Promise<number> {
    const range = { gt: sequenceKey(askedBy, 0), lt: sequenceKey(askedBy, Number.MAX_SAFE_INTEGER) }
    if (!this.#places.has(askedBy)) {
      const [last] = await this.#feed.keys({ ...range, reverse: true, limit: 1 }).all()
      const stored = last === undefined ? 0 : placeIn(last) + PLACES_LEAP
      // Another may have looked meanwhile, and given one.
      if (!this.#places.has(askedBy)) this.#places.set(askedBy, Math.max(this.#firstPlace, stored))
    }
    return this.#places.get(askedBy) ?? this.#firstPlace
  }

  /** A peer's feed after a sequence, oldest first, a bounded piece at a time. */
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

  /** All jobs ever admitted. */
  get total(): number {
    return this.#total
  }
}
