/** Follow streams: one per serving peer, through which the states and results of jobs arrive. */
import {
  type Clock,
  CODES,
  type Code,
  codeOf,
  isEnded,
  isJobState,
  type Message,
  StimnetError
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import { toText } from '../store/base64.ts'
import type { RefusalUse } from '../store/refusals-told.ts'
import type { RequestPart, RequestRecord, RequestStore } from '../store/requests.ts'
import type { Links } from './links.ts'
import { receiveResult } from './receive.ts'

/** Dependencies of `Followers`. */
export interface FollowParts {
  readonly clock: Clock
  readonly requests: RequestStore
  readonly links: Links
  readonly events: PeerEvents
  /** Time for which a stream stays open although nothing is awaited, ms. Default 30 s. */
  readonly restMs?: number
}

const REST_MS = 30_000

/** Maximum length of a project name, as for requests; see jobs/admit/validate.ts. */
const PROJECT_CHARACTERS_MAX = 128

/** A job whose events are awaited, and the request that it belongs to. */
interface Awaited {
  readonly requestId: string
  readonly requestHash: string
  /** Whether the peer has admitted the job. */
  admitted: boolean
}

/** The follow streams of this peer, one per serving peer. */
export class Followers {
  readonly #parts: FollowParts
  readonly #awaited = new Map<string, Map<string, Awaited>>()
  readonly #open = new Map<string, { close(): Promise<void> }>()
  /** Streams that are being closed. The next stream to the same peer waits until they are closed. */
  readonly #closing = new Map<string, Promise<void>>()
  readonly #stopping = new AbortController()

  constructor(parts: FollowParts) {
    this.#parts = parts
  }

  /**
   * Registers a job before its peer is asked: events may arrive before the answer, and an event of an unregistered job is
   * dropped.
   */
  expect(record: RequestRecord, part: RequestPart): void {
    const jobs = this.#awaited.get(part.peerId) ?? new Map<string, Awaited>()
    this.#awaited.set(part.peerId, jobs)
    const { id: requestId, requestHash = '' } = record
    jobs.set(part.jobId, { requestId, requestHash, admitted: part.answered })
  }

  forget(part: RequestPart): void {
    this.#done(part.peerId, part.jobId)
  }

  /** Waits for one admitted part. Opens the peer's stream if none is open. */
  await(part: RequestPart): void {
    const { peerId } = part
    const awaited = this.#awaited.get(peerId)?.get(part.jobId)
    if (awaited) awaited.admitted = true
    // An open stream is kept for a while, so that the next request can use it at once.
    if (this.#open.has(peerId)) return
    const closing = this.#closing.get(peerId)
    if (closing) void closing.then(() => this.#isAwaited(peerId) && this.await(part))
    else this.#follow(peerId)
  }

  #follow(peerId: string): void {
    const stream = this.#parts.links.to(peerId).follow(
      async () => ({ ...(await this.#parts.requests.followed(peerId)), openJobs: this.#admitted(peerId) }),
      (event) => this.#receive(peerId, event)
    )
    this.#open.set(peerId, stream)
  }

  /** At most 64 admitted jobs. The list only serves to notice that a peer has lost its jobs; events do not depend on it. */
  #admitted(peerId: string): string[] {
    const jobs = [...(this.#awaited.get(peerId) ?? [])]
    return jobs
      .filter(([, { admitted }]) => admitted)
      .map(([id]) => id)
      .slice(0, 64)
  }

  close(): void {
    this.#stopping.abort(new StimnetError('INTERRUPTED', 'following no more'))
    for (const stream of this.#open.values()) void stream.close()
    this.#open.clear()
    this.#awaited.clear()
  }

  async #receive(peerId: string, event: Message<'FollowEvent'>): Promise<void> {
    const awaited = this.#awaited.get(peerId)?.get(event.jobId)
    if (awaited) {
      const ended = await this.#apply(peerId, event, awaited)
      if (ended) this.#done(peerId, event.jobId)
    }
    // The position is stored only after the event was applied. After a crash in between, the event is sent and applied
    // again.
    if (event.sequence > 0) await this.#parts.requests.saw(peerId, { log: event.log, after: event.sequence })
  }

  #isAwaited(peerId: string): boolean {
    return (this.#awaited.get(peerId)?.size ?? 0) > 0
  }

  /** Ends waiting for this job. The stream of its peer is closed if nothing else is awaited for a while. */
  #done(peerId: string, jobId: string): void {
    this.#awaited.get(peerId)?.delete(jobId)
    if (this.#isAwaited(peerId) || !this.#open.has(peerId)) return
    const { clock, restMs = REST_MS } = this.#parts
    clock.sleep(restMs, this.#stopping.signal).then(
      () => this.#isAwaited(peerId) || this.#end(peerId),
      () => undefined
    )
  }

  #end(peerId: string): void {
    const stream = this.#open.get(peerId)
    if (!stream) return
    this.#open.delete(peerId)
    this.#closing.set(
      peerId,
      stream.close().finally(() => this.#closing.delete(peerId))
    )
  }

  /** Applies an event to its part. Returns true if the part has ended. */
  async #apply(peerId: string, event: Message<'FollowEvent'>, awaited: Awaited): Promise<boolean> {
    const edit = await this.#editOf(peerId, event, awaited)
    if (!edit) return false
    let ended = false
    await this.#parts.requests.changePart(awaited.requestId, peerId, this.#parts.clock.now(), (part) => {
      const edited = edit(part)
      ended = isEnded(edited.state)
      return edited
    })
    return ended
  }

  async #editOf(peerId: string, event: Message<'FollowEvent'>, awaited: Awaited) {
    if (event.state === 'unknown') {
      const isDeleted = event.code === 'RESULT_DELETED'
      if (isDeleted) return failedWith('RESULT_DELETED', CODES.RESULT_DELETED.meaning)
      return failedWith('JOB_UNKNOWN', 'The peer no longer knows this job.')
    }
    if (!isJobState(event.state)) return undefined
    const { state } = event
    const progress = Math.min(1, Math.max(0, event.progress || 0))
    if (!isEnded(state)) return (part: RequestPart): RequestPart => ({ ...part, state, progress })
    try {
      const expected = { peerId, jobId: event.jobId, requestHash: awaited.requestHash }
      const { result, code } = await receiveResult(event.result, expected, this.#parts.clock)
      const refusals = await this.#noteRefusals(peerId, event, {
        requestId: awaited.requestId,
        receipt: result.receipt
      })
      return (part: RequestPart): RequestPart => ({
        ...part,
        state: isJobState(result.state) ? result.state : 'failed',
        progress: 1,
        result: toText(event.result),
        engine: result.receipt?.engine.slice(0, 32) ?? '',
        grade: result.receipt?.grade.slice(0, 32) ?? '',
        ...(refusals === undefined ? {} : { refusals }),
        ...(code === undefined ? {} : { code, reason: result.reason })
      })
    } catch (cause) {
      const code = cause instanceof StimnetError ? codeOf(cause) : 'INTERNAL'
      this.#parts.events.partFailed({ requestId: awaited.requestId, peerId, code, cause })
      return failedWith(code, 'What the peer sent does not verify.')
    }
  }

  /** Stores the peer's report about the requester's refusals. Undefined if there is no report, or an impossible one. */
  async #noteRefusals(
    peerId: string,
    { refusals }: Message<'FollowEvent'>,
    { requestId, receipt }: { readonly requestId: string; readonly receipt: Message<'JobResult'>['receipt'] }
  ): Promise<RefusalUse | undefined> {
    if (refusals === null || receipt === null || refusals.bitsMax === 0 || refusals.bits > refusals.bitsMax)
      return undefined
    const { requests } = this.#parts
    const record = await requests.get(requestId)
    if (record === undefined) return undefined
    const { bits, bitsMax, project } = refusals
    const { owner, catalog } = record
    const counted = {
      owner,
      issuer: receipt.requester,
      peerId,
      catalog,
      project: project.slice(0, PROJECT_CHARACTERS_MAX)
    }
    await requests.refusals.note(counted, { bits, bitsMax, atMs: receipt.releasedAtMs })
    return { bits, bitsMax }
  }
}

function failedWith(code: Code, reason: string): (part: RequestPart) => RequestPart {
  return (part) => ({ ...part, state: 'failed', code, reason, progress: 1 })
}
