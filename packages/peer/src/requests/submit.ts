/** From what an account asks for to sealed requests at other peers: store, find, seal, ask, follow. */

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
  readonly events: PeerEvents
}

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

  /** Stores what was asked for and answers; peers are asked after. */
  async submit(submission: Submission, owner: string): Promise<RequestRecord> {
    const earlier = await this.#earlier(owner, submission.idempotencyKey)
    if (earlier) return earlier
    const id = toHex(this.#parts.random.bytes(16))
    const broadcast = submission.targets === '*' || submission.targets.length > 1
    if (submission.where) checkFilter(submission.where)
    const unsealed = messages.JobRequest.encode({
      catalog: submission.catalog,
      purpose: [...submission.purpose],
      project: submission.project,
      ...(submission.where ? { cohort: filterToMessage(submission.where) } : {}),
      program: programToMessage(submission.program),
      parametersJson: JSON.stringify(submission.parameters),
      filtersJson: JSON.stringify(submission.filters),
      custody: 'gateway',
      account: owner,
      title: submission.title,
      broadcast: broadcast ? id : ''
    })
    if (unsealed.length > (LIMITS.envelopeBytesMax * 3) / 4 - 4096) throw new StimnetError('TOO_LARGE', 'a request')
    // A name nobody has is the asker's mistake: said at once, not after a minute of looking.
    const targets =
      submission.targets === '*' ? '*' : submission.targets.map((name) => this.#parts.directory.resolve(name))
    return this.#store(
      {
        id,
        owner,
        broadcast,
        targets,
        unsealed: Buffer.from(unsealed).toString('base64url'),
        catalog: submission.catalog,
        programWord: programWord(submission.program),
        title: submission.title
      },
      submission.idempotencyKey
    )
  }

  /** A request that its author signed: it goes out as it is, to peers its audience names. */
  async submitSigned(submission: SignedSubmission, owner: string): Promise<RequestRecord> {
    const earlier = await this.#earlier(owner, submission.idempotencyKey)
    if (earlier) return earlier
    const opened = await open(submission.envelope, { type: 'job-request', clock: this.#parts.clock })
    const request = messages.JobRequest.decode(opened.body)
    const named = submission.targets === '*' ? opened.audience : submission.targets
    const targets = named.map((name) => this.#parts.directory.resolve(name))
    const stranger = targets.find((peerId) => !opened.audience.includes(peerId))
    if (targets.length === 0 || stranger !== undefined) {
      const reason = 'The signed request must name every target in its audience.'
      throw new StimnetError('AUDIENCE_MISMATCH', reason, { reason })
    }
    return this.#store(
      {
        id: toHex(this.#parts.random.bytes(16)),
        owner,
        broadcast: targets.length > 1,
        targets,
        envelope: Buffer.from(submission.envelope).toString('base64url'),
        requestHash: opened.hash,
        expiresAtMs: opened.expiresAtMs,
        catalog: request.catalog,
        programWord: programWord(programFromMessage(request.program)),
        title: request.title
      },
      submission.idempotencyKey
    )
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

  async #earlier(owner: string, key: string | undefined): Promise<RequestRecord | undefined> {
    if (key === undefined) return undefined
    const id = await this.#parts.requests.idempotent(owner, key)
    return id === undefined ? undefined : this.#parts.requests.get(id)
  }

  async #store(
    fields: Omit<RequestRecord, 'number' | 'parts' | 'submittedAtMs'>,
    idempotencyKey: string | undefined
  ): Promise<RequestRecord> {
    const record = { ...fields, submittedAtMs: this.#parts.clock.now(), parts: [] }
    const stored = await this.#parts.requests.add(record, idempotencyKey)
    this.#begin(stored)
    return stored
  }

  #begin(record: RequestRecord): void {
    const work = this.#deliver(record)
      .catch(async (error) => {
        if (this.#stopping.signal.aborted) return
        const code = codeOf(error)
        const reason = error instanceof StimnetError ? error.reason : CODES[code].meaning
        if (code === 'INTERNAL') this.#parts.events.unexpected(error, record.id)
        await this.#parts.requests.change(record.id, (r) => ({
          ...r,
          code,
          reason,
          endedAtMs: this.#parts.clock.now()
        }))
      })
      .finally(() => this.#work.delete(work))
    this.#work.add(work)
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
    return this.#parts.requests.change(record.id, ({ unsealed: _, ...current }) => ({
      ...current,
      envelope: Buffer.from(envelope).toString('base64url'),
      requestHash: opened.hash,
      expiresAtMs: opened.expiresAtMs,
      parts,
      warnings
    }))
  }

  async #findTargets(record: RequestRecord): Promise<readonly string[]> {
    const found = await this.#parts.directory.search({ words: [], name: record.catalog }, this.#stopping.signal)
    if (found.length > 0) return [...new Set(found.map(({ peerId }) => peerId))]
    const reason = `No peer that can be reached offers the catalog ${JSON.stringify(record.catalog.slice(0, 80))}.`
    throw new StimnetError('NO_PROVIDERS', reason, { reason })
  }

  /** Who once offered the catalog and cannot be asked now: the answer is without them, and says so. */
  #absentFrom(targets: readonly string[], catalog: string): string[] {
    const absent = this.#parts.directory.offering(catalog).filter(({ peerId }) => !targets.includes(peerId))
    return absent.map(
      ({ institution, nodeId }) =>
        `${institution} (${nodeId}) offers ${catalog} but cannot be reached now: this answer is without it.`
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
    if (isEnded(part.state)) return
    this.#expect(record, part)
    if (part.answered) return this.#parts.followers.await(part)
    const decided = await this.#decided(record, part)
    if (decided) await this.#apply(record, part, decided)
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
        const current = (await this.#parts.requests.get(record.id))?.parts.find((p) => p.peerId === part.peerId)
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
    const expected = { peerId: part.peerId, jobId: part.jobId, requestHash: record.requestHash ?? '' }
    const decision = await receiveDecision(sealed, expected, this.#parts.clock).catch((error) => error as unknown)
    if (decision instanceof Error) {
      this.#parts.events.partFailed({
        requestId: record.id,
        peerId: part.peerId,
        code: codeOf(decision),
        cause: decision
      })
      return this.#refused(record, part, {
        code: 'SIGNATURE_INVALID',
        reason: 'The peer answered with a decision that does not verify.',
        state: 'failed'
      })
    }
    const { allowed, code, reason, warnings } = decision as Awaited<ReturnType<typeof receiveDecision>>
    if (!allowed) {
      const known: Code = isCode(code) ? code : 'INTERNAL'
      // The policy's no is a denial; an ask that is wrong in itself has failed.
      const state = CODES[known].fault === 'policy' ? 'denied' : 'failed'
      return this.#refused(record, part, { code: known, reason, state, decision: toText(sealed) })
    }
    await this.#parts.requests.changePart(record.id, part.peerId, this.#parts.clock.now(), (current) => ({
      ...current,
      answered: true,
      decision: toText(sealed),
      warnings
    }))
    this.#parts.followers.await(part)
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

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
