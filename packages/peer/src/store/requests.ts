/** The requests we sent to others, each with its parts; and how far we followed each serving peer. */
import {
  type Code,
  isEnded,
  type JobState,
  type SchemaReport,
  type StatisticCall,
  StimnetError
} from '@stimnet/protocol'
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
  /** It never became a job there: whatever its state, nobody agreed to it. */
  readonly refused?: true
  readonly code?: Code
  readonly reason?: string
  readonly progress: number
  readonly decision?: string
  /** The sealed JobResult as received and verified. */
  readonly result?: string
  /** From its receipt: what ran it. */
  readonly engine?: string
  readonly grade?: string
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
  /** Of a statistic by name: what it is of, by which people call the question. */
  readonly statistic?: Pick<StatisticCall, 'name' | 'variables' | 'by'>
  readonly title: string
  /** What of its owner's uploads it brings along. */
  readonly uploads?: readonly { readonly id: string; readonly sha256: string }[]
  /** People at the serving peer decide about it. */
  readonly analysis?: boolean
  readonly submittedAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  readonly cancelled?: boolean
  /** What its owner should know, such as a peer that could not be asked. */
  readonly warnings?: readonly string[]
  /** Whether the peers it goes to mean the same by what it uses. */
  readonly schema?: SchemaReport
  /** Where no part could even be made. */
  readonly code?: Code
  readonly reason?: string
  readonly parts: readonly RequestPart[]
}

/** Records at hand, and how large one may be to be among them: 64 MB in all at the most, where each character takes one byte. */
const KEPT_MAX = 256
const KEPT_CHARACTERS_MAX = 256 * 1024

/** Of all that can be long. */
function sizeOf({ envelope = '', unsealed = '', targets, schema, parts }: RequestRecord): number {
  const described = JSON.stringify([targets, schema]).length
  const told = parts.reduce((sum, { result = '', decision = '' }) => sum + result.length + decision.length, 0)
  return envelope.length + unsealed.length + described + told
}

const ownedKey = (owner: string, number: number): string => `${owner}!${String(number).padStart(16, '0')}`

/** What an idempotency key stands for. */
interface Remembered {
  readonly id: string
  readonly contentHash: string
}

/** What a request is known again by: its idempotency key, if it has one, and the key of whoever signed it. */
interface Marks {
  readonly key: string | undefined
  readonly contentHash: string
  readonly signer?: string
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
  readonly #idempotency: Sublevel<Remembered>
  /** By the hash of a request that its author signed: the request that it became. */
  readonly #signed: Sublevel<string>
  /** Owners with the keys that signed for them. */
  readonly #signers: Sublevel<true>
  /** Ids of requests that have not ended, with their owners: what a start looks at, and what bounds an account. */
  readonly #open: Sublevel<string>
  readonly #openByOwner = new Map<string, number>()
  /** As last written or read: whatever is written comes by here, and is counted. */
  readonly #kept = new Map<string, RequestRecord>()
  #changes = 0
  /** Idempotency keys being used right now: the database does not know them yet. */
  readonly #claimed = new Map<string, Promise<RequestRecord>>()
  readonly #followed: Sublevel<Followed>
  readonly #watchers = new Map<string, Set<() => void>>()
  readonly #changing = new Map<string, Promise<unknown>>()
  /** By owner the last number: an account counts its own requests, and nobody else's. */
  readonly #numbers = new Map<string, number>()
  #total: number

  private constructor(database: Database, total: number) {
    this.#database = database
    this.#requests = database.json('requests')
    this.#owned = database.json('request-owners')
    this.#meta = database.json('request-meta')
    this.#idempotency = database.json('idempotency')
    this.#signed = database.json('signed-requests')
    this.#signers = database.json('request-signers')
    this.#open = database.json('requests-open')
    this.#followed = database.json('followed')
    this.#total = total
  }

  static async open(database: Database): Promise<RequestStore> {
    const store = new RequestStore(database, (await database.json<number>('request-meta').get('number')) ?? 0)
    for await (const owner of store.#open.values()) store.#countOpen(owner, 1)
    return store
  }

  /** Of all accounts. */
  get total(): number {
    return this.#total
  }

  /** Those written or asked for lately are at hand. */
  async get(id: string): Promise<RequestRecord | undefined> {
    const kept = this.#kept.get(id)
    if (kept) return kept
    const changes = this.#changes
    const record = await this.#requests.get(id)
    // What was written while it was read is newer.
    if (record && changes === this.#changes) this.#keep(record)
    return this.#kept.get(id) ?? record
  }

  #keep(record: RequestRecord): void {
    this.#changes += 1
    this.#kept.delete(record.id)
    if (sizeOf(record) > KEPT_CHARACTERS_MAX) return
    if (this.#kept.size >= KEPT_MAX) this.#kept.delete(this.#kept.keys().next().value ?? '')
    this.#kept.set(record.id, record)
  }

  /** The id behind an account's number for it. */
  idOf(owner: string, number: number): Promise<string | undefined> {
    return this.#owned.get(ownedKey(owner, number))
  }

  /**
   * An owner's, newest first (from below a number, where one is given), filtered while reading, so that a limit is a limit
   * of what fits.
   */
  async list(
    owner: string,
    limit: number,
    fits: (record: RequestRecord) => boolean,
    before?: number
  ): Promise<RequestRecord[]> {
    const found: RequestRecord[] = []
    const lt = before === undefined ? `${owner}!~` : ownedKey(owner, before)
    const range = { gt: `${owner}!`, lt, reverse: true, limit: LOOKED_AT_MAX }
    for await (const id of this.#owned.values(range)) {
      const record = this.#kept.get(id) ?? (await this.#requests.get(id))
      if (record && fits(record)) found.push(record)
      if (found.length >= limit) break
    }
    return found
  }

  /** Those with a part that has not ended, or that were not yet sealed. */
  async open(): Promise<RequestRecord[]> {
    const records = await this.#requests.getMany(await this.#open.keys().all())
    return records.filter((record) => record !== undefined)
  }

  /** Requests of an account that have not ended. */
  openOf(owner: string): number {
    return this.#openByOwner.get(owner) ?? 0
  }

  #countOpen(owner: string, change: number): void {
    const count = this.openOf(owner) + change
    if (count > 0) this.#openByOwner.set(owner, count)
    else this.#openByOwner.delete(owner)
  }

  /**
   * The request that this key of this owner became, or `make` and remember it: once, also for asks that come together.
   * Throws PARAMETER_INVALID where the key was used for something else.
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
    const making = make()
    this.#claimed.set(name, making)
    try {
      return await making
    } finally {
      this.#claimed.delete(name)
    }
  }

  /** The request that a signed envelope became here. */
  async signedAs(requestHash: string): Promise<RequestRecord | undefined> {
    const id = await this.#signed.get(requestHash)
    return id === undefined ? undefined : this.#requests.get(id)
  }

  /** Whether the account has asked something here that this key signed. */
  async hasAskedAs(owner: string, signer: string): Promise<boolean> {
    return (await this.#signers.get(`${owner}!${signer}`)) !== undefined
  }

  /**
   * The request that a signed envelope became, or `make`: once, also for two that come together. The same bytes a second time
   * are the same jobs at the same peers, and only one request can wait for them.
   */
  async onceSigned(requestHash: string, make: () => Promise<RequestRecord>): Promise<RequestRecord> {
    const name = `!signed!${requestHash}`
    await this.#claimed.get(name)?.catch(() => undefined)
    const record = await this.signedAs(requestHash)
    if (record) return record
    if (this.#claimed.has(name)) return this.onceSigned(requestHash, make)
    const making = make()
    this.#claimed.set(name, making)
    try {
      return await making
    } finally {
      this.#claimed.delete(name)
    }
  }

  async #repeated(earlier: Remembered, contentHash: string): Promise<RequestRecord> {
    const record = earlier.contentHash === contentHash ? await this.#requests.get(earlier.id) : undefined
    if (record) return record
    const reason = 'This Idempotency-Key was used for another request. Use a fresh one.'
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }

  async #lastNumber(owner: string): Promise<number> {
    const known = this.#numbers.get(owner)
    if (known !== undefined) return known
    const [last] = await this.#owned.keys({ gt: `${owner}!`, lt: `${owner}!~`, reverse: true, limit: 1 }).all()
    return last === undefined ? 0 : Number(last.slice(owner.length + 1))
  }

  /** Stores a new request under its owner's next number, in one synced batch with its idempotency key and an audit record. */
  async add(record: Omit<RequestRecord, 'number'>, { signer, ...idempotency }: Marks): Promise<RequestRecord> {
    this.#countOpen(record.owner, 1)
    const added = await this.#database.commit(async (draft) => {
      const number = (await this.#lastNumber(record.owner)) + 1
      this.#numbers.set(record.owner, number)
      this.#total += 1
      draft.put(this.#open, record.id, record.owner)
      const numbered = { ...record, number }
      draft.put(this.#requests, record.id, numbered)
      draft.put(this.#meta, 'number', this.#total)
      draft.put(this.#owned, ownedKey(record.owner, number), record.id)
      const { key, contentHash } = idempotency
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

  /** Reads, changes and writes one request, one change after the other; wakes its watchers. */
  async change(id: string, edit: (record: RequestRecord) => RequestRecord): Promise<RequestRecord | undefined> {
    const before = this.#changing.get(id) ?? Promise.resolve()
    const changed = before.then(async () => {
      const record = await this.get(id)
      if (!record) return undefined
      const edited = edit(record)
      if (edited === record) return record
      const ends = record.endedAtMs === undefined && edited.endedAtMs !== undefined
      await this.#database.commit((draft) => {
        draft.put(this.#requests, id, edited)
        if (ends) draft.del(this.#open, id)
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
