/** Delivery of a stored request: addresses it, asks each peer for its decision, and follows admitted parts. */
import { CODES, type Code, codeOf, isCode, isEnded, type Signer, StimnetError } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import { fromText, toText } from '../store/base64.ts'
import type { RequestPart, RequestRecord } from '../store/requests.ts'
import { type AddressParts, address } from './address.ts'
import { cancelPart } from './cancel.ts'
import type { Followers } from './follow.ts'
import type { Links } from './links.ts'
import { receiveDecision } from './receive.ts'
import type { Shares } from './shares.ts'
import type { Turns } from './turns.ts'
import { VERSION } from '../version.ts'

/** Dependencies of `Delivery`. */
export interface DeliveryParts extends AddressParts {
  readonly links: Links
  /** Whether a peer may still connect here. */
  readonly isPermitted: (peerId: string) => boolean
  readonly followers: Followers
  readonly shares: Pick<Shares, 'offer'>
  readonly turns: Pick<Turns, 'take'>
  /** This peer's own key, which signs cancellations of requests that came through this peer. */
  readonly signer: Signer
  readonly events: PeerEvents
}

/** Peers asked at the same time. */
const CONCURRENCY = 64
/** Wait between two attempts at a peer that could not be reached, ms. It doubles from the first value up to the second. */
const RETRY_MS = 500
const RETRY_MS_MAX = 15_000
const ASK_MS = 15_000

/** Why a peer gave no decision. Peers of versions that have grown apart are named, with what to do. */
export function whyUnanswered(code: Code, theirVersion: string): string {
  const { meaning } = CODES[code]
  if (code !== 'UNIMPLEMENTED') return meaning
  const theirs = theirVersion === '' ? 'a version that is not known here' : `version ${theirVersion}`
  return `${meaning} It runs ${theirs}, and this peer version ${VERSION}: the one with the older version has to be updated.`
}

/** Delivers the requests of this peer's accounts; one instance per peer. */
export class Delivery {
  readonly #parts: DeliveryParts
  readonly #stopping = new AbortController()
  readonly #work = new Set<Promise<void>>()

  constructor(parts: DeliveryParts) {
    this.#parts = parts
  }

  /** Continues the deliveries that were open when this peer last stopped. */
  async recover(): Promise<void> {
    const records = await this.#parts.requests.open()
    // All jobs are registered before the first stream opens, because its events may concern any of them.
    for (const record of records) for (const part of record.parts) this.#expect(record, part)
    for (const record of records) this.begin(record)
  }

  /** Ends the parts that are awaited from peers that may no longer connect: nothing will arrive from these peers. */
  async membersChanged(): Promise<void> {
    for (const record of await this.#parts.requests.open()) {
      const open = record.parts.filter(({ state, peerId }) => !isEnded(state) && this.#isPutOut(peerId))
      for (const part of open) await this.#putOut(record, part)
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new StimnetError('NODE_ERROR', 'the node is stopping'))
    await Promise.all(this.#work)
  }

  /**
   * Starts the delivery of a stored request; the outcome is written to the store. An analysis request is delivered without
   * delay, because its author waits until it is sealed.
   */
  begin({ id, analysis }: Pick<RequestRecord, 'id' | 'analysis'>): void {
    const turn = analysis ? Promise.resolve() : this.#parts.turns.take()
    const work = turn
      // The request is read only when its turn comes: many requests may wait, and each may be large.
      .then(() => this.#parts.requests.get(id))
      .then((record) => record && this.#deliver(record))
      .catch((error) => this.#undelivered(id, error))
      // The store itself failed. The request is stored, and its delivery continues at the next start.
      .catch((error) => this.#parts.events.unexpected(error, id))
      .finally(() => this.#work.delete(work))
    this.#work.add(work)
  }

  async #undelivered(id: string, error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return
    const code = codeOf(error)
    const reason = error instanceof StimnetError ? error.reason : CODES[code].meaning
    if (code === 'INTERNAL') this.#parts.events.unexpected(error, id)
    const endedAtMs = this.#parts.clock.now()
    await this.#parts.requests.change(id, (current) =>
      current.endedAtMs === undefined ? { ...current, code, reason, endedAtMs } : current
    )
  }

  /** Adds missing targets, parts and seal, then asks each peer for its decision. */
  async #deliver(record: RequestRecord): Promise<void> {
    const sealed = record.parts.length > 0 ? record : await address(this.#parts, record, this.#stopping.signal)
    if (!sealed) return
    this.#parts.shares.offer(sealed)
    this.#parts.events.asked({ requestId: sealed.id, peers: sealed.parts.length })
    const waiting = [...sealed.parts]
    const worker = async () => {
      for (let part = waiting.shift(); part; part = waiting.shift()) await this.#ask(sealed, part)
    }
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, waiting.length) }, worker))
  }

  /** Asks one peer until it has decided or the request has expired. An admitted part is then followed. */
  async #ask(record: RequestRecord, part: RequestPart): Promise<void> {
    const current = await this.#current(record, part)
    if (!current || isEnded(current.state)) return
    if (this.#isPutOut(part.peerId)) return this.#putOut(record, part)
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
    const request = fromText(record.envelope ?? '')
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
            reason: whyUnanswered(code, this.#parts.directory.get(part.peerId)?.version ?? ''),
            state: expired ? 'expired' : 'failed'
          })
          return undefined
        }
        await this.#unreached(record, current, code)
      }
      // Half of the wait is random, so that many waiting requests do not return at the same moment.
      await clock.sleep(wait / 2 + ((random.bytes(1)[0] ?? 0) / 256) * (wait / 2), this.#stopping.signal)
    }
  }

  /** Shows the reason while further attempts are made to reach the peer. There is no job at the peer yet. */
  async #unreached(record: RequestRecord, part: RequestPart, code: Code): Promise<void> {
    if (part.code === code) return
    const reason = `It has not been reached: ${CODES[code].meaning} It is tried again until the request expires.`
    await this.#parts.requests.changePart(record.id, part.peerId, this.#parts.clock.now(), (current) => ({
      ...current,
      ...(isEnded(current.state) || current.answered ? {} : { code, reason })
    }))
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
      // A refusal by policy is a denial. A request that is itself invalid has failed.
      const state = CODES[known].fault === 'policy' ? 'denied' : 'failed'
      return this.#refused(record, part, { code: known, reason, state, decision: toText(sealed) })
    }
    const { requests, clock, followers } = this.#parts
    await requests.changePart(record.id, part.peerId, clock.now(), ({ code: _, reason: __, ...current }) => ({
      ...current,
      answered: true,
      decision: toText(sealed),
      warnings
    }))
    const current = await this.#current(record, part)
    // The part was cancelled while the peer was being asked, so the peer is informed now.
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

  #isPutOut(peerId: string): boolean {
    return peerId !== this.#parts.links.self && !this.#parts.isPermitted(peerId)
  }

  #putOut(record: RequestRecord, part: RequestPart): Promise<void> {
    const reason = 'It was revoked, or is listed here no more: nothing is asked of it, and nothing from it is awaited.'
    return this.#refused(record, part, { code: 'PEER_NOT_PERMITTED', reason, state: 'failed' })
  }

  async #refused(
    record: RequestRecord,
    part: RequestPart,
    end: { code: Code; reason: string; state: 'failed' | 'denied' | 'expired'; decision?: string }
  ): Promise<void> {
    this.#parts.followers.forget(part)
    await this.#parts.requests.changePart(record.id, part.peerId, this.#parts.clock.now(), (current) =>
      // The result of the part may have arrived in the meantime.
      isEnded(current.state) ? current : { ...current, ...end, answered: true, refused: true, progress: 1 }
    )
  }
}
