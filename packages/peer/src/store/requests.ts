/** The requests of this peer's accounts with their parts, and the position up to which each serving peer's feed was read. */
import {
  type Code,
  isEnded,
  type JobState,
  type SchemaReport,
  type StatisticCall,
  StimnetError
} from '@stimnet/protocol'
import type { Database, Draft } from './database.ts'
import { newestFitting, type Sublevel } from './level/level.ts'
import { type Deleted, DeletedStore, deletedError, deletedKey, receiptHash } from './past/deleted.ts'
import { Ended } from './past/ended.ts'
import { REFUSALS_TOLD, type RefusalUse, RefusalsToldStore } from './refusals-told.ts'
import { stateOf } from './request-state.ts'
import { Watchers } from './watchers.ts'

/** One peer's part of a request. Byte fields are base64url. */
export interface RequestPart {
  readonly peerId: string
  readonly nodeId: string
  readonly institution: string
  /** The job id, which is known before the peer answers: a hash of issuer, nonce and peer. */
  readonly jobId: string
  readonly state: JobState
  /** Whether the peer has answered with a decision. */
  readonly answered: boolean
  /** Whether the part never became a job at the peer, whatever its state. */
  readonly refused?: true
  readonly code?: Code
  readonly reason?: string
  readonly progress: number
  readonly decision?: string
  /** The sealed JobResult as received and verified. Stored separately from the rest of the record. */
  readonly result?: string
  /** The engine that ran the part, from its receipt. */
  readonly engine?: string
  readonly grade?: string
  /**
   * The part of the allowance for refusals that the requester had used at the peer when the part ended; absent if the peer
   * does not report it.
   */
  readonly refusals?: RefusalUse
  readonly warnings: readonly string[]
  readonly updatedAtMs: number
}

/** One request of an account, as stored. */
export interface RequestRecord {
  readonly id: string
  readonly number: number
  readonly owner: string
  readonly broadcast: boolean
  /** Whether its owner may use this peer's own private catalogs. */
  readonly mayUsePrivate: boolean
  /** The targets as submitted: PeerIds, or "*". */
  readonly targets: readonly string[] | '*'
  /** An encoded JobRequest to be sealed when the targets are known; absent when it has been sealed. */
  readonly unsealed?: string
  /** The sealed JobRequest. */
  readonly envelope?: string
  readonly requestHash?: string
  readonly expiresAtMs?: number
  readonly catalog: string
  readonly programWord: string
  /** The name, variables and groups of a named statistic: a label for requests without a title. */
  readonly statistic?: Pick<StatisticCall, 'name' | 'variables' | 'by'>
  readonly title: string
  /** The owner's uploads that the request names. */
  readonly uploads?: readonly { readonly id: string; readonly sha256: string }[]
  /** Whether stewards of the serving peer decide about the request. */
  readonly analysis?: boolean
  readonly submittedAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  readonly cancelled?: boolean
  /** Warnings for the owner, for example about a peer that could not be asked. */
  readonly warnings?: readonly string[]
  /** The comparison of the targets' catalogs. */
  readonly schema?: SchemaReport
  /** The code of a request without parts. */
  readonly code?: Code
  readonly reason?: string
  readonly parts: readonly RequestPart[]
  /** The idempotency key of the submission; forgotten with the request. */
  readonly idempotencyKey?: string
  /** Time at which retention deleted the results of the parts, Unix ms. */
  readonly resultsDeletedAtMs?: number
}

/** The index entry of a request, which lists read before the request itself. */
export interface Listed {
  readonly id: string
  readonly state: JobState
  readonly broadcast: boolean
  readonly submittedAtMs: number
  /** The job of an analysis request; empty until its peer is known. Absent for other requests. */
  readonly analysis?: string
}

/** The sublevels that hold the requests, without their results. */
export const REQUEST_SUBLEVELS = [
  ...(['requests', 'request-owners', 'request-meta', 'request-signers', 'requests-open'] as const),
  ...(['idempotency', 'signed-requests', 'followed', REFUSALS_TOLD] as const)
]
/** The sublevel of the results. */
export const REQUEST_RESULTS = 'request-results'

/** The key of the result of one part of a request. */
export function requestResultKey(id: string, peerId: string): string {
  return `${id}!${peerId}`
}

/** The key and the value of a request in the list of its owner. */
export function listedEntry(record: RequestRecord): readonly [key: string, value: Listed] {
  const { id, owner, number, broadcast, submittedAtMs, analysis, parts } = record
  return [
    ownedKey(owner, number),
    {
      id,
      state: stateOf(record),
      broadcast,
      submittedAtMs,
      ...(analysis ? { analysis: parts[0]?.jobId ?? '' } : {})
    }
  ]
}

/**
 * Maximum number of records kept in memory, and maximum size of each, in characters: at most 64 MB together, at one byte per
 * character.
 */
const KEPT_MAX = 256
const KEPT_CHARACTERS_MAX = 256 * 1024

/** The total size of the fields that can be long, in characters. */
function sizeOf({ envelope = '', unsealed = '', targets, schema, parts }: RequestRecord): number {
  const described = JSON.stringify([targets, schema]).length
  const told = parts.reduce((sum, { result = '', decision = '' }) => sum + result.length + decision.length, 0)
  return envelope.length + unsealed.length + described + told
}

function ownedKey(owner: string, number: number): string {
  return `${owner}!${String(number).padStart(16, '0')}`
}

/** The request that an idempotency key identifies. */
interface Remembered {
  readonly id: string
  readonly contentHash: string
}

/** The marks by which a repeated request is recognised: its idempotency key, if any, and the key that signed it. */
interface Marks {
  readonly key: string | undefined
  readonly contentHash: string
  readonly signer?: string
}

/** Maximum number of records that one list reads. Older records can be read by id. */
const LOOKED_AT_MAX = 10_000

/** The position up to which one serving peer's feed was read. */
export interface Followed {
  readonly log: string
  readonly after: number
}

/** The requests of this peer's accounts. */
export class RequestStore {
  readonly #database: Database
  readonly #requests: Sublevel<RequestRecord>
  /** Results by request and peer. */
  readonly #results: Sublevel<string>
  readonly #ended: Ended
  readonly #deleted: DeletedStore
  /** Entries by owner and number, so that an account's list reads only its own requests. */
  readonly #owned: Sublevel<Listed>
  readonly #meta: Sublevel<number>
  readonly #idempotency: Sublevel<Remembered>
  /** The request that a signed envelope became, by the envelope's hash. */
  readonly #signed: Sublevel<string>
  /** Owners, each with the keys that signed for the owner. */
  readonly #signers: Sublevel<true>
  /** Ids of requests that have not ended, with their owners. Read at the start, and used for the limit per account. */
  readonly #open: Sublevel<string>
  readonly #openByOwner = new Map<string, number>()
  /** Records as last written or read. Every write passes through here and is counted. */
  readonly #kept = new Map<string, RequestRecord>()
  #changes = 0
  /** Idempotency keys in use right now, which the database does not have yet. */
  readonly #claimed = new Map<string, Promise<RequestRecord>>()
  readonly #followed: Sublevel<Followed>
  /** The counts of refusals that peers have reported. */
  readonly refusals: RefusalsToldStore
  readonly #watchers = new Watchers()
  readonly #changing = new Map<string, Promise<unknown>>()
  /** The last number by owner: each account numbers its own requests. */
  readonly #numbers = new Map<string, number>()
  #total: number

  private constructor(database: Database, total: number) {
    this.#database = database
    this.#requests = database.json('requests')
    this.#results = database.json(REQUEST_RESULTS)
    this.#ended = new Ended(database)
    this.#deleted = new DeletedStore(database)
    this.#owned = database.json('request-owners')
    this.#meta = database.json('request-meta')
    this.#idempotency = database.json('idempotency')
    this.#signed = database.json('signed-requests')
    this.#signers = database.json('request-signers')
    this.#open = database.json('requests-open')
    this.#followed = database.json('followed')
    this.refusals = new RefusalsToldStore(database)
    this.#total = total
  }

  static async open(database: Database, nowMs = 0): Promise<RequestStore> {
    const store = new RequestStore(database, (await database.json<number>('request-meta').get('number')) ?? 0)
    for await (const owner of store.#open.values()) store.#countOpen(owner, 1)
    await store.refusals.forgetBefore(nowMs)
    return store
  }

  /** Number of requests of all accounts. */
  get total(): number {
    return this.#total
  }

  /** Returns a request; recent ones come from memory. */
  async get(id: string): Promise<RequestRecord | undefined> {
    const kept = this.#kept.get(id)
    if (kept) return kept
    const changes = this.#changes
    const record = await this.#read(id)
    // A record that was written during the read is newer.
    if (record && changes === this.#changes) this.#keep(record)
    return this.#kept.get(id) ?? record
  }

  /** A record from the database, with its results. */
  async #read(id: string): Promise<RequestRecord | undefined> {
    const [record] = await this.#readAll([id])
    return record
  }

  /**
   * Records from the database, with their results; those that are gone are absent. All are read by two calls: one for each would wait for
   * everything else that the peer does in between.
   */
  async #readAll(ids: readonly string[]): Promise<RequestRecord[]> {
    const records = (await this.#requests.getMany([...ids])).filter((record) => record !== undefined)
    const keys = records.flatMap(({ id, parts }) =>
      parts.flatMap(({ peerId, state }) => (isEnded(state) ? [requestResultKey(id, peerId)] : []))
    )
    if (keys.length === 0) return records
    const results = await this.#results.getMany(keys)
    const resultOf = new Map(keys.map((key, i) => [key, results[i]]))
    return records.map((record) => {
      const parts = record.parts.map((part): RequestPart => {
        const result = resultOf.get(requestResultKey(record.id, part.peerId))
        return result === undefined ? part : { ...part, result }
      })
      return { ...record, parts }
    })
  }

  /** Writes a record, and those of its results that are new. */
  #put(draft: Draft, record: RequestRecord, before?: RequestRecord): void {
    const parts = record.parts.map(({ result, ...part }): RequestPart => {
      const known = before?.parts.find(({ peerId }) => peerId === part.peerId)?.result
      if (result !== undefined && result !== known) {
        draft.put(this.#results, requestResultKey(record.id, part.peerId), result)
      }
      return part
    })
    draft.put(this.#requests, record.id, { ...record, parts })
    draft.put(this.#owned, ...listedEntry(record))
  }

  #keep(record: RequestRecord): void {
    this.#changes += 1
    this.#kept.delete(record.id)
    if (sizeOf(record) > KEPT_CHARACTERS_MAX) return
    if (this.#kept.size >= KEPT_MAX) this.#kept.delete(this.#kept.keys().next().value ?? '')
    this.#kept.set(record.id, record)
  }

  /** The id of a request, by its number among the requests of its owner. */
  async idOf(owner: string, number: number): Promise<string | undefined> {
    return (await this.#owned.get(ownedKey(owner, number)))?.id
  }

  /** The remaining data of a deleted request of this owner, by its id or number. */
  async deleted(owner: string, named: string | number): Promise<Deleted | undefined> {
    const key = typeof named === 'number' ? deletedKey.numbered(owner, named) : deletedKey.request(named)
    const deleted = await this.#deleted.get(key)
    return deleted?.owner === owner ? deleted : undefined
  }

  /**
   * The requests of an owner, newest first, below number `before` if given. Filtered while reading, so that `limit` counts
   * matching records.
   */
  async list(
    owner: string,
    limit: number,
    fits: (listed: Listed) => boolean,
    before?: number
  ): Promise<RequestRecord[]> {
    const lt = before === undefined ? `${owner}!~` : ownedKey(owner, before)
    const wanted = { gt: `${owner}!`, lt, limit, lookedAtMax: LOOKED_AT_MAX, fits }
    const listed = await newestFitting(this.#owned, wanted)
    const kept = new Map<string, RequestRecord>()
    for (const { id } of listed) {
      const record = this.#kept.get(id)
      if (record) kept.set(id, record)
    }
    const read = await this.#readAll(listed.flatMap(({ id }) => (kept.has(id) ? [] : [id])))
    for (const record of read) kept.set(record.id, record)
    return listed.flatMap(({ id }) => kept.get(id) ?? [])
  }

  /** Requests that have not ended, without the results of their parts. */
  async open(): Promise<RequestRecord[]> {
    const records = await this.#requests.getMany(await this.#open.keys().all())
    return records.filter((record) => record !== undefined)
  }

  /** Number of open requests of an account. */
  openOf(owner: string): number {
    return this.#openByOwner.get(owner) ?? 0
  }

  #countOpen(owner: string, change: number): void {
    const count = this.openOf(owner) + change
    if (count > 0) this.#openByOwner.set(owner, count)
    else this.#openByOwner.delete(owner)
  }

  /**
   * Returns the request that this key of this owner became, or makes and remembers it. It is made only once, even for
   * concurrent calls. Throws PARAMETER_INVALID if the key was used for something else.
   */
  async once(
    use: { owner: string; key: string | undefined; contentHash: string },
    make: () => Promise<RequestRecord>
  ): Promise<RequestRecord> {
    if (use.key === undefined) return make()
    const name = `${use.owner}!${use.key}`
    const claimed = this.#claimed.get(name)
    if (claimed) await claimed.catch(() => undefined)
    const earlier = await this.#idempotency.get(name)
    if (earlier) return this.#repeated(earlier, use.contentHash)
    if (this.#claimed.has(name)) return this.once(use, make)
    return this.#claim(name, make())
  }

  /** The request that a signed envelope became here. */
  async signedAs(requestHash: string): Promise<RequestRecord | undefined> {
    const id = await this.#signed.get(requestHash)
    return id === undefined ? undefined : this.#read(id)
  }

  /** Whether the account has submitted a request here that this key signed. */
  async hasAskedAs(owner: string, signer: string): Promise<boolean> {
    return (await this.#signers.get(`${owner}!${signer}`)) !== undefined
  }

  /**
   * Returns the request that a signed envelope became, or makes it only once, even for concurrent calls. The same bytes a
   * second time would be the same jobs at the same peers, and only one request can wait for these jobs.
   */
  async onceSigned(requestHash: string, make: () => Promise<RequestRecord>): Promise<RequestRecord> {
    const name = `!signed!${requestHash}`
    await this.#claimed.get(name)?.catch(() => undefined)
    const record = await this.signedAs(requestHash)
    if (record) return record
    if (this.#claimed.has(name)) return this.onceSigned(requestHash, make)
    return this.#claim(name, make())
  }

  async #claim(name: string, making: Promise<RequestRecord>): Promise<RequestRecord> {
    this.#claimed.set(name, making)
    try {
      return await making
    } finally {
      this.#claimed.delete(name)
    }
  }

  async #repeated(earlier: Remembered, contentHash: string): Promise<RequestRecord> {
    const isSame = earlier.contentHash === contentHash
    const record = isSame ? await this.#read(earlier.id) : undefined
    if (record) return record
    const deleted = isSame ? await this.#deleted.get(deletedKey.request(earlier.id)) : undefined
    if (deleted) throw deletedError(`asking ${earlier.id} again by its key`, deleted.atMs)
    throw StimnetError.told('PARAMETER_INVALID', 'This Idempotency-Key was used for another request. Use a fresh one.')
  }

  async #lastNumber(owner: string): Promise<number> {
    const known = this.#numbers.get(owner)
    if (known !== undefined) return known
    const [last] = await this.#owned.keys({ gt: `${owner}!`, lt: `${owner}!~`, reverse: true, limit: 1 }).all()
    const deleted = (await this.#meta.get(lastKey(owner))) ?? 0
    return last === undefined ? deleted : Math.max(deleted, Number(last.slice(owner.length + 1)))
  }

  /** Stores a new request under its owner's next number, in one synced batch with its idempotency key and an audit record. */
  async add(record: Omit<RequestRecord, 'number'>, { signer, ...idempotency }: Marks): Promise<RequestRecord> {
    this.#countOpen(record.owner, 1)
    const added = await this.#database.commit(async (draft) => {
      draft.undo(() => this.#countOpen(record.owner, -1))
      const last = await this.#lastNumber(record.owner)
      const number = last + 1
      draft.undo(() => {
        this.#numbers.set(record.owner, last)
        this.#total -= 1
      })
      this.#numbers.set(record.owner, number)
      this.#total += 1
      draft.put(this.#open, record.id, record.owner)
      const { key, contentHash } = idempotency
      const numbered = {
        ...record,
        number,
        ...(key === undefined ? {} : { idempotencyKey: key })
      }
      this.#put(draft, numbered)
      draft.put(this.#meta, 'number', this.#total)
      if (record.requestHash !== undefined) draft.put(this.#signed, record.requestHash, record.id)
      if (signer !== undefined) draft.put(this.#signers, `${record.owner}!${signer}`, true)
      if (key !== undefined) draft.put(this.#idempotency, `${record.owner}!${key}`, { id: record.id, contentHash })
      draft.audit({
        kind: 'ask',
        actor: record.owner,
        jobId: record.id,
        detail: { catalog: record.catalog, program: record.programWord, broadcast: record.broadcast }
      })
      return numbered
    })
    this.#keep(added)
    return added
  }

  /** Reads, changes and writes one request, and wakes its watchers. Changes of the same request run one after the other. */
  async change(id: string, edit: (record: RequestRecord) => RequestRecord): Promise<RequestRecord | undefined> {
    const before = this.#changing.get(id) ?? Promise.resolve()
    const changed = before.then(async () => {
      const record = await this.get(id)
      if (!record) return undefined
      const edited = edit(record)
      if (edited === record) return record
      const ends = record.endedAtMs === undefined && edited.endedAtMs !== undefined
      await this.#database.commit((draft) => {
        this.#put(draft, edited, record)
        if (!ends) return
        draft.del(this.#open, id)
        for (const kind of endedKinds(edited)) this.#ended.note(draft, endedAs(kind, edited))
      })
      this.#keep(edited)
      if (ends) this.#countOpen(record.owner, -1)
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
      this.#watchers.wake(id)
    }
  }

  /** Changes one part. The request ends with its last part. */
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

  /**
   * Deletes requests that have ended, or only their results. `note` writes the number of deleted requests into the same
   * batch. Numbers are not used again.
   */
  async deleteAll(
    ids: readonly string[],
    { atMs, resultsOnly }: { readonly atMs: number; readonly resultsOnly: boolean },
    note: (draft: Draft, count: number) => void
  ): Promise<number> {
    const read = await Promise.all(ids.map((id) => this.#read(id)))
    const records = read.filter((record) => record?.endedAtMs !== undefined) as RequestRecord[]
    if (records.length === 0) return 0
    await this.#database.commit(
      async (draft) => {
        for (const record of records) {
          if (resultsOnly) this.#deleteResults(draft, record, atMs)
          else await this.#delete(draft, record, atMs)
        }
        note(draft, records.length)
      },
      { sync: false }
    )
    // A reader that read one of the records in the meantime must not keep it.
    for (const { id } of records) this.#kept.delete(id)
    this.#changes += 1
    return records.length
  }

  #deleteResults(draft: Draft, record: RequestRecord, atMs: number): void {
    const { id } = record
    for (const { peerId } of record.parts) draft.del(this.#results, requestResultKey(id, peerId))
    this.#ended.drop(draft, endedAs('request-result', record))
    this.#deleted.note(draft, deletedKey.request(id), leftOf(record, atMs))
    const parts = record.parts.map(({ result: _, ...part }) => part)
    this.#put(draft, { ...record, parts, resultsDeletedAtMs: atMs })
  }

  async #delete(draft: Draft, record: RequestRecord, atMs: number): Promise<void> {
    const { id, owner, number, requestHash, idempotencyKey, analysis } = record
    draft.del(this.#requests, id)
    draft.del(this.#owned, ownedKey(owner, number))
    for (const { peerId } of record.parts) draft.del(this.#results, requestResultKey(id, peerId))
    for (const kind of ['request', 'request-result'] as const) this.#ended.drop(draft, endedAs(kind, record))
    if (requestHash !== undefined) draft.del(this.#signed, requestHash)
    if (idempotencyKey !== undefined) draft.del(this.#idempotency, `${owner}!${idempotencyKey}`)
    draft.put(this.#meta, lastKey(owner), Math.max(number, await this.#lastNumber(owner)))
    // The hashes of results that were deleted earlier are kept.
    const left = (await this.#deleted.get(deletedKey.request(id))) ?? leftOf(record, atMs)
    this.#deleted.note(draft, deletedKey.request(id), left)
    this.#deleted.note(draft, deletedKey.numbered(owner, number), left)
    // An analysis request is also known by its job.
    const job = analysis ? record.parts[0]?.jobId : undefined
    if (job !== undefined) this.#deleted.note(draft, deletedKey.request(job), left)
  }

  watch(id: string, wake: () => void): () => void {
    return this.#watchers.watch(id, wake)
  }

  async followed(peerId: string): Promise<Followed> {
    return (await this.#followed.get(peerId)) ?? { log: '', after: 0 }
  }

  /** Stores the position in a feed. Not synced: events received again after a crash change nothing. */
  saw(peerId: string, followed: Followed): Promise<void> {
    return this.#database.commit((draft) => draft.put(this.#followed, peerId, followed), { sync: false })
  }
}

/** The key that stores the last number of an owner, in case the owner's last requests are deleted. */
function lastKey(owner: string): string {
  return `last!${owner}`
}

/** The kinds of index entries of an ended request, depending on whether it has results that can be deleted. */
export function endedKinds({ parts }: Pick<RequestRecord, 'parts'>): ('request' | 'request-result')[] {
  return parts.some(({ result }) => result !== undefined) ? ['request', 'request-result'] : ['request']
}

function endedAs<K extends string>(kind: K, { id, endedAtMs = 0 }: RequestRecord) {
  return { kind, id, endedAtMs }
}

function leftOf({ owner, parts }: RequestRecord, atMs: number): Deleted {
  return {
    atMs,
    owner,
    results: parts.flatMap(({ result }) => (result === undefined ? [] : [receiptHash(result)]))
  }
}
