/** From what an account asks for to sealed requests at other peers: store, find, seal, ask, follow. */
import { createHash } from 'node:crypto'

import type { SignedSubmission, Submission } from '@stimnet/gateway'
import {
  type Clock,
  CODES,
  type Code,
  checkFilter,
  codeOf,
  filterToMessage,
  isCode,
  isEnded,
  jobIdOf,
  LIMITS,
  messages,
  open,
  programFromMessage,
  programToMessage,
  programWord,
  type RandomSource,
  type Signer,
  StimnetError,
  seal,
  toHex
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { RequestPart, RequestRecord, RequestStore } from '../store/requests.ts'
import { cancelPart } from './cancel.ts'
import type { Directory } from './directory.ts'
import type { Followers } from './follow.ts'
import type { Links } from './links.ts'
import { receiveDecision } from './receive.ts'

/** What submitting needs. */
export interface SubmitParts {
  readonly clock: Clock
  readonly random: RandomSource
  readonly self: string
  readonly requests: RequestStore
  readonly directory: Directory
  readonly links: Links
  readonly followers: Followers
  /** The custodial key of an account. */
  readonly signerOf: (account: string) => Promise<Signer>
  /** This peer's own key: it cancels what came through it. */
  readonly signer: Signer
  /** Whether this peer has a private catalog of that name. */
  readonly isPrivate: (catalog: string) => boolean
  readonly events: PeerEvents
}

/** An account that asks. */
export interface Owner {
  readonly name: string
  /** Whether this peer's own private catalogs are there for it. */
  readonly mayUsePrivate: boolean
}

/** Sealed and in base64 it must still fit an envelope. */
const UNSEALED_BYTES_MAX = (LIMITS.envelopeBytesMax * 3) / 4 - 4096
/** Requests of one account that have not ended. */
const OPEN_REQUESTS_MAX = 100
/** Peers asked at the same time. */
const CONCURRENCY = 64
/** Between two attempts at a peer that could not be reached: doubles from the first to the last. */
const RETRY_MS = 500
const RETRY_MS_MAX = 15_000
const ASK_MS = 15_000

/** Takes requests in and carries them out; one a peer. */
export class Submitter {
  readonly #parts: SubmitParts
  readonly #stopping = new AbortController()
  readonly #work = new Set<Promise<void>>()

  constructor(parts: SubmitParts) {
    this.#parts = parts
  }

  /** Stores what was asked for and answers; peers are asked after. Throws what is wrong with the ask itself. */
  submit(submission: Submission, owner: Owner): Promise<RequestRecord> {
    const id = toHex(this.#parts.random.bytes(16))
    const broadcast = submission.targets === '*' || submission.targets.length > 1
    if (submission.where) checkFilter(submission.where)
    // A name nobody has is the asker's mistake: said at once, not after a minute of looking.
    const targets = submission.targets === '*' ? '*' : this.#resolve(submission.targets)
    this.#assertVisible(submission.catalog, targets, owner)
    const request = {
      catalog: submission.catalog,
      purpose: [...submission.purpose],
      project: submission.project,
      ...(submission.where ? { cohort: filterToMessage(submission.where) } : {}),
      program: programToMessage(submission.program),
      parametersJson: JSON.stringify(submission.parameters),
      filtersJson: JSON.stringify(submission.filters),
      custody: 'gateway',
      account: owner.name,
      title: submission.title
    }
    const unsealed = messages.JobRequest.encode({ ...request, broadcast: broadcast ? id : '' })
    if (unsealed.length > UNSEALED_BYTES_MAX) throw new StimnetError('TOO_LARGE', 'a request')
    const contentHash = hashOf([messages.JobRequest.encode(request), JSON.stringify(targets)])
    return this.#store(
      {
        id,
        owner: owner.name,
        mayUsePrivate: owner.mayUsePrivate,
        broadcast,
        targets,
        unsealed: toText(unsealed),
        catalog: submission.catalog,
        programWord: programWord(submission.program),
        title: submission.title
      },
      { key: submission.idempotencyKey, contentHash }
    )
  }

  /** A request that its author signed: it goes out as it is, to peers its audience names. */
  async submitSigned(submission: SignedSubmission, owner: Owner): Promise<RequestRecord> {
    const opened = await open(submission.envelope, { type: 'job-request', clock: this.#parts.clock })
    const request = messages.JobRequest.decode(opened.body)
    // Custody is ours to declare: an owner who trusts this gateway's accounts must not be told of one that is not.
    if (request.custody === 'gateway' || request.account !== '') {
      const reason = 'A request that you sign yourself says custody: requester, and names no account.'
      throw new StimnetError('PARAMETER_INVALID', reason, { reason })
    }
    const targets = this.#resolve(submission.targets === '*' ? opened.audience : submission.targets)
    const stranger = targets.find((peerId) => !opened.audience.includes(peerId))
    if (targets.length === 0 || stranger !== undefined) {
      const reason = 'The signed request must name every target in its audience.'
      throw new StimnetError('AUDIENCE_MISMATCH', reason, { reason })
    }
    this.#assertVisible(request.catalog, targets, owner)
    return this.#store(
      {
        id: toHex(this.#parts.random.bytes(16)),
        owner: owner.name,
        mayUsePrivate: owner.mayUsePrivate,
        broadcast: targets.length > 1,
        targets,
        envelope: toText(submission.envelope),
        requestHash: opened.hash,
        expiresAtMs: opened.expiresAtMs,
        catalog: request.catalog,
        programWord: programWord(programFromMessage(request.program)),
        title: request.title
      },
      { key: submission.idempotencyKey, contentHash: hashOf([submission.envelope, JSON.stringify(targets)]) }
    )
  }

  #resolve(names: readonly string[]): string[] {
    return [...new Set(names.map((name) => this.#parts.directory.resolve(name)))]
  }

  /** This peer's own private catalogs are for its stewards and operators; for other accounts they do not exist. */
  #assertVisible(catalog: string, targets: readonly string[] | '*', owner: Owner): void {
    if (targets === '*' || owner.mayUsePrivate || !targets.includes(this.#parts.self)) return
    if (this.#parts.isPrivate(catalog)) throw new StimnetError('CATALOG_UNKNOWN', `${owner.name} asks for ${catalog}`)
  }

  /** Goes on with what an earlier life of this peer left open. */
  async recover(): Promise<void> {
    const records = await this.#parts.requests.open()
    // All are expected before the first stream opens: its events may be about any of them.
    for (const record of records) for (const part of record.parts) this.#expect(record, part)
    for (const record of records) this.#begin(record)
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new StimnetError('NODE_ERROR', 'the node is stopping'))
    await Promise.all(this.#work)
  }

  #store(
    fields: Omit<RequestRecord, 'number' | 'parts' | 'submittedAtMs'>,
    idempotency: { key: string | undefined; contentHash: string }
  ): Promise<RequestRecord> {
    const { requests, clock } = this.#parts
    return requests.once({ owner: fields.owner, ...idempotency }, async () => {
      if (requests.openOf(fields.owner) >= OPEN_REQUESTS_MAX) {
        const reason = `At most ${OPEN_REQUESTS_MAX} requests of one account are under way. Wait for some to end.`
        throw new StimnetError('QUEUE_FULL', reason, { reason })
      }
      const stored = await requests.add({ ...fields, submittedAtMs: clock.now(), parts: [] }, idempotency)
      this.#begin(stored)
      return stored
    })
  }

  #begin(record: RequestRecord): void {
    const work = this.#deliver(record)
      .catch((error) => this.#undelivered(record, error))
      // The store itself failed: what was asked for is stored and goes on at the next start.
      .catch((error) => this.#parts.events.unexpected(error, record.id))
      .finally(() => this.#work.delete(work))
    this.#work.add(work)
  }

  async #undelivered(record: RequestRecord, error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return
    const code = codeOf(error)
    const reason = error instanceof StimnetError ? error.reason : CODES[code].meaning
    if (code === 'INTERNAL') this.#parts.events.unexpected(error, record.id)
    const endedAtMs = this.#parts.clock.now()
    await this.#parts.requests.change(record.id, (current) =>
      current.endedAtMs === undefined ? { ...current, code, reason, endedAtMs } : current
    )
  }

  /** Targets, parts and seal where they are still missing; then each part to its decision. */
  async #deliver(record: RequestRecord): Promise<void> {
    const sealed = record.parts.length > 0 ? record : await this.#seal(record)
    if (!sealed) return
    this.#parts.events.asked({ requestId: sealed.id, peers: sealed.parts.length })
    const waiting = [...sealed.parts]
    const worker = async () => {
      for (let part = waiting.shift(); part; part = waiting.shift()) await this.#ask(sealed, part)
    }
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, waiting.length) }, worker))
  }

  async #seal(record: RequestRecord): Promise<RequestRecord | undefined> {
    const targets = record.targets === '*' ? await this.#findTargets(record) : record.targets
    const warnings = record.targets === '*' ? this.#absentFrom(targets, record.catalog) : []
    const envelope = record.envelope ? fromBase64(record.envelope) : await this.#sealCustodial(record, targets)
    const opened = await open(envelope, { type: 'job-request', clock: this.#parts.clock, atAnyTime: true })
    const parts = await Promise.all(targets.map((peerId) => this.#newPart(peerId, opened)))
    const sealed = await this.#parts.requests.change(record.id, ({ unsealed, ...current }) => {
      // Cancelled while we looked for peers: nobody is asked.
      if (current.endedAtMs !== undefined) return { ...current, ...(unsealed === undefined ? {} : { unsealed }) }
      return {
        ...current,
        envelope: Buffer.from(envelope).toString('base64url'),
        requestHash: opened.hash,
        expiresAtMs: opened.expiresAtMs,
        parts,
        warnings
      }
    })
    return sealed?.endedAtMs === undefined ? sealed : undefined
  }

  async #findTargets(record: RequestRecord): Promise<readonly string[]> {
    const query = { words: [], name: record.catalog, includePrivate: record.mayUsePrivate }
    const found = await this.#parts.directory.search(query, this.#stopping.signal)
    if (found.length > 0) return [...new Set(found.map(({ peerId }) => peerId))]
    const reason = `No peer that can be reached offers the catalog ${JSON.stringify(record.catalog.slice(0, 80))}.`
    throw new StimnetError('NO_PROVIDERS', reason, { reason })
  }

  /** Who once offered the catalog and cannot be asked now: the answer is without them, and says so. */
  #absentFrom(targets: readonly string[], catalog: string): string[] {
    const absent = this.#parts.directory.offering(catalog).filter(({ peerId }) => !targets.includes(peerId))
    return absent.map(
      ({ institution, nodeId }) =>
        `${institution} (${nodeId}) offers ${catalog} but did not answer: this result is without it.`
    )
  }

  async #sealCustodial(record: RequestRecord, audience: readonly string[]): Promise<Uint8Array> {
    return seal({
      type: 'job-request',
      body: fromBase64(record.unsealed ?? ''),
      signer: await this.#parts.signerOf(record.owner),
      clock: this.#parts.clock,
      audience,
      lifetimeMs: LIMITS.requestLifetimeMsMax,
      nonce: this.#parts.random.bytes(16)
    })
  }

  async #newPart(peerId: string, opened: { issuer: string; nonce: Uint8Array }): Promise<RequestPart> {
    const neighbour = this.#parts.directory.get(peerId)
    return {
      peerId,
      nodeId: neighbour?.nodeId ?? '',
      institution: neighbour?.institution ?? '',
      jobId: await jobIdOf({ ...opened, servingPeer: peerId }),
      state: 'queued',
      answered: false,
      progress: 0,
      warnings: [],
      updatedAtMs: this.#parts.clock.now()
    }
  }

  /** Asks one peer until it has decided or the request has expired; an admitted part is then followed. */
  async #ask(record: RequestRecord, part: RequestPart): Promise<void> {
    const current = await this.#current(record, part)
    if (!current || isEnded(current.state)) return
    this.#expect(record, current)
    if (current.answered) return this.#parts.followers.await(current)
    const decided = await this.#decided(record, part)
    if (decided) await this.#apply(record, part, decided)
  }

  async #current(record: RequestRecord, part: RequestPart): Promise<RequestPart | undefined> {
    return (await this.#parts.requests.get(record.id))?.parts.find(({ peerId }) => peerId === part.peerId)
  }

  #expect(record: RequestRecord, part: RequestPart): void {
    if (!isEnded(part.state)) this.#parts.followers.expect(record, part)
  }

  async #decided(record: RequestRecord, part: RequestPart): Promise<Uint8Array | undefined> {
    const { clock, links, random } = this.#parts
    const request = fromBase64(record.envelope ?? '')
    for (let wait = RETRY_MS; ; wait = Math.min(wait * 2, RETRY_MS_MAX)) {
      try {
        const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(ASK_MS)])
        return await links.to(part.peerId).job(request, signal)
      } catch (error) {
        if (this.#stopping.signal.aborted) return undefined
        const code = codeOf(error)
        this.#parts.events.partFailed({ requestId: record.id, peerId: part.peerId, code, cause: error })
        const current = await this.#current(record, part)
        if (!current || isEnded(current.state)) return undefined
        const expired = clock.now() + wait > (record.expiresAtMs ?? 0)
        if (!CODES[code].retry || expired) {
          await this.#refused(record, part, {
            code,
            reason: CODES[code].meaning,
            state: expired ? 'expired' : 'failed'
          })
          return undefined
        }
      }
      // Half of it by chance, so that many waiting requests do not return at the same moment.
      await clock.sleep(wait / 2 + ((random.bytes(1)[0] ?? 0) / 256) * (wait / 2), this.#stopping.signal)
    }
  }

  async #apply(record: RequestRecord, part: RequestPart, sealed: Uint8Array): Promise<void> {
    const decision = await this.#verified(record, part, sealed)
    if (!decision) {
      const reason = 'The peer answered with a decision that does not verify.'
      return this.#refused(record, part, { code: 'SIGNATURE_INVALID', reason, state: 'failed' })
    }
    const { allowed, code, reason, warnings } = decision
    if (!allowed) {
      const known: Code = isCode(code) ? code : 'INTERNAL'
      // The policy's no is a denial; an ask that is wrong in itself has failed.
      const state = CODES[known].fault === 'policy' ? 'denied' : 'failed'
      return this.#refused(record, part, { code: known, reason, state, decision: toText(sealed) })
    }
    const { requests, clock, followers } = this.#parts
    await requests.changePart(record.id, part.peerId, clock.now(), (current) => ({
      ...current,
      answered: true,
      decision: toText(sealed),
      warnings
    }))
    const current = await this.#current(record, part)
    // Cancelled while the peer was being asked: it is told now.
    if (current?.state === 'cancelled') return cancelPart(this.#parts, part)
    followers.await(part)
  }

  async #verified(record: RequestRecord, part: RequestPart, sealed: Uint8Array) {
    const expected = { peerId: part.peerId, jobId: part.jobId, requestHash: record.requestHash ?? '' }
    try {
      return await receiveDecision(sealed, expected, this.#parts.clock)
    } catch (cause) {
      const { id: requestId } = record
      this.#parts.events.partFailed({ requestId, peerId: part.peerId, code: codeOf(cause), cause })
      return undefined
    }
  }

  async #refused(
    record: RequestRecord,
    part: RequestPart,
    end: { code: Code; reason: string; state: 'failed' | 'denied' | 'expired'; decision?: string }
  ): Promise<void> {
    this.#parts.followers.forget(part)
    await this.#parts.requests.changePart(record.id, part.peerId, this.#parts.clock.now(), (current) => ({
      ...current,
      ...end,
      answered: true,
      progress: 1
    }))
  }
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'))
}

function hashOf(pieces: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece).update('\n')
  return hash.digest('hex')
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
