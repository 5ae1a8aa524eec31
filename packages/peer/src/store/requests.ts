/** The requests we sent to others, each with its parts; and how far we followed each serving peer. */
import { type Code, isEnded, type JobState } from '@stimnet/protocol'
import type { Database } from './database.ts'
import type { Sublevel } from './level.ts'

/** One peer's share of a request. Bytes are base64url. */
export interface RequestPart {
  readonly peerId: string
  readonly nodeId: string
  readonly institution: string
  /** Known before the peer answers: a hash of issuer, nonce and peer. */
  readonly jobId: string
  readonly state: JobState
  /** Whether the peer has answered with a decision. */
  readonly answered: boolean
  readonly code?: Code
  readonly reason?: string
  readonly progress: number
  readonly decision?: string
  /** The sealed JobResult as received and verified. */
  readonly result?: string
  readonly warnings: readonly string[]
  readonly updatedAtMs: number
}

/** One request of an account, as stored. */
export interface RequestRecord {
  readonly id: string
  readonly number: number
  readonly owner: string
  readonly broadcast: boolean
  /** What the account asked for: names, or "*". */
  readonly targets: readonly string[] | '*'
  /** An encoded JobRequest to seal once the targets are known; absent once sealed. */
  readonly unsealed?: string
  /** The sealed JobRequest. */
  readonly envelope?: string
  readonly requestHash?: string
  readonly expiresAtMs?: number
  readonly catalog: string
  readonly programWord: string
  readonly title: string
  readonly submittedAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  readonly cancelled?: boolean
  /** What its owner should know, such as a peer that could not be asked. */
  readonly warnings?: readonly string[]
  /** Where no part could even be made. */
  readonly code?: Code
  readonly reason?: string
  readonly parts: readonly RequestPart[]
}

/** Records one list looks at: who wants older ones asks for them by id. */
const LOOKED_AT_MAX = 10_000

/** How far one serving peer's feed was seen. */
export interface Followed {
  readonly log: string
  readonly after: number
}

/** Requests of this peer’s accounts. */
export class RequestStore {
  readonly #database: Database
  readonly #requests: Sublevel<RequestRecord>
  /** By owner and number: an account's list reads its own requests and nobody else's. */
  readonly #owned: Sublevel<string>
  readonly #meta: Sublevel<number>
  readonly #idempotency: Sublevel<string>
  readonly #followed: Sublevel<Followed>
  readonly #watchers = new Map<string, Set<() => void>>()
  readonly #changing = new Map<string, Promise<unknown>>()
  #number: number

  private constructor(database: Database, number: number) {
    this.#database = database
    this.#requests = database.json('requests')
    this.#owned = database.json('request-owners')
    this.#meta = database.json('request-meta')
    this.#idempotency = database.json('idempotency')
    this.#followed = database.json('followed')
    this.#number = number
  }

  static async open(database: Database): Promise<RequestStore> {
    return new RequestStore(database, (await database.json<number>('request-meta').get('number')) ?? 0)
  }

  get total(): number {
    return this.#number
  }

  get(id: string): Promise<RequestRecord | undefined> {
    return this.#requests.get(id)
  }

  /** An owner's, newest first, filtered while reading, so that a limit is a limit of what fits. */
  async list(owner: string, limit: number, fits: (record: RequestRecord) => boolean): Promise<RequestRecord[]> {
    const found: RequestRecord[] = []
    const range = { gt: `${owner}!`, lt: `${owner}!~`, reverse: true, limit: LOOKED_AT_MAX }
    for await (const id of this.#owned.values(range)) {
      const record = await this.#requests.get(id)
      if (record && fits(record)) found.push(record)
      if (found.length >= limit) break
    }
    return found
  }

  /** Those with a part that has not ended, or that were not yet sealed. */
  async open(): Promise<RequestRecord[]> {
    const records = await this.#requests.values().all()
    return records.filter((record) => record.endedAtMs === undefined)
  }

  idempotent(owner: string, key: string): Promise<string | undefined> {
    return this.#idempotency.get(`${owner}!${key}`)
  }

  /** Stores a new request under the next number, in one synced batch with its idempotency key and an audit record. */
  add(record: Omit<RequestRecord, 'number'>, idempotencyKey: string | undefined): Promise<RequestRecord> {
    return this.#database.commit((draft) => {
      this.#number += 1
      const numbered = { ...record, number: this.#number }
      draft.put(this.#requests, record.id, numbered)
      draft.put(this.#meta, 'number', this.#number)
      draft.put(this.#owned, `${record.owner}!${String(this.#number).padStart(16, '0')}`, record.id)
      if (idempotencyKey !== undefined) draft.put(this.#idempotency, `${record.owner}!${idempotencyKey}`, record.id)
      draft.audit({
        kind: 'ask',
        actor: record.owner,
        jobId: record.id,
        detail: { catalog: record.catalog, program: record.programWord, broadcast: record.broadcast }
      })
      return numbered
    })
  }

  /** Reads, changes and writes one request, one change after the other; wakes its watchers. */
  async change(id: string, edit: (record: RequestRecord) => RequestRecord): Promise<RequestRecord | undefined> {
    const before = this.#changing.get(id) ?? Promise.resolve()
    const changed = before.then(async () => {
      const record = await this.#requests.get(id)
      if (!record) return undefined
      const edited = edit(record)
      if (edited === record) return record
      await this.#database.commit((draft) => draft.put(this.#requests, id, edited))
      return edited
    })
    const settled = changed.then(
      () => undefined,
      () => undefined
    )
    this.#changing.set(id, settled)
    try {
      return await changed
    } finally {
      if (this.#changing.get(id) === settled) this.#changing.delete(id)
      for (const wake of this.#watchers.get(id) ?? []) wake()
    }
  }

  /** Changes one part; the request ends with its last part. */
  changePart(id: string, peerId: string, nowMs: number, edit: (part: RequestPart) => RequestPart): Promise<unknown> {
    return this.change(id, (record) => {
      const parts = record.parts.map((part) => {
        if (part.peerId !== peerId || isEnded(part.state)) return part
        const edited = edit(part)
        return edited === part ? part : { ...edited, updatedAtMs: nowMs }
      })
      if (parts.every((part, i) => part === record.parts[i])) return record
      const ended = parts.every((part) => isEnded(part.state))
      const started = parts.some((part) => part.state !== 'queued' && part.state !== 'pending')
      return {
        ...record,
        parts,
        ...(started && record.startedAtMs === undefined ? { startedAtMs: nowMs } : {}),
        ...(ended && record.endedAtMs === undefined ? { endedAtMs: nowMs } : {})
      }
    })
  }

  watch(id: string, wake: () => void): () => void {
    const set = this.#watchers.get(id) ?? new Set()
    this.#watchers.set(id, set.add(wake))
    return () => {
      set.delete(wake)
      if (set.size === 0) this.#watchers.delete(id)
    }
  }

  async followed(peerId: string): Promise<Followed> {
    return (await this.#followed.get(peerId)) ?? { log: '', after: 0 }
  }

  /** Not synced: events seen again after a crash change nothing. */
  saw(peerId: string, followed: Followed): Promise<void> {
    return this.#database.commit((draft) => draft.put(this.#followed, peerId, followed), { sync: false })
  }
}
