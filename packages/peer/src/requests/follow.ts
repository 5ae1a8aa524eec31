/** One follow stream per serving peer, for as long as we wait for anything there. */
import { type Clock, type Code, codeOf, isEnded, isJobState, type Message, StimnetError } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import { toText } from '../store/base64.ts'
import type { RequestPart, RequestRecord, RequestStore } from '../store/requests.ts'
import type { Links } from './links.ts'
import { receiveResult } from './receive.ts'

/** What following needs. */
export interface FollowParts {
  readonly clock: Clock
  readonly requests: RequestStore
  readonly links: Links
  readonly events: PeerEvents
}

/** A job we wait for: where its events go. */
interface Awaited {
  readonly requestId: string
  readonly requestHash: string
  /** The peer has said that it knows the job. */
  admitted: boolean
}

/** The follow streams of this peer, one per serving peer. */
export class Followers {
  readonly #parts: FollowParts
  readonly #awaited = new Map<string, Map<string, Awaited>>()
  readonly #open = new Map<string, { close(): void }>()

  constructor(parts: FollowParts) {
    this.#parts = parts
  }

  /** Before a peer is asked: its events may come before its answer, and what nobody expects is not seen again. */
  expect(record: RequestRecord, part: RequestPart): void {
    const jobs = this.#awaited.get(part.peerId) ?? new Map<string, Awaited>()
    this.#awaited.set(part.peerId, jobs)
    const { id: requestId, requestHash = '' } = record
    jobs.set(part.jobId, { requestId, requestHash, admitted: part.answered })
  }

  forget(part: RequestPart): void {
    this.#awaited.get(part.peerId)?.delete(part.jobId)
  }

  /** Waits for one admitted part; opens the peer's stream where it is not open. */
  await(part: RequestPart): void {
    const { peerId } = part
    const awaited = this.#awaited.get(peerId)?.get(part.jobId)
    if (awaited) awaited.admitted = true
    // Once open a stream stays: it costs nothing, and the next request finds it warm.
    if (this.#open.has(peerId)) return
    const stream = this.#parts.links.to(peerId).follow(
      async () => ({ ...(await this.#parts.requests.followed(peerId)), openJobs: this.#admitted(peerId) }),
      (event) => this.#receive(peerId, event)
    )
    this.#open.set(peerId, stream)
  }

  /** A bounded list: it is for noticing that a peer lost its memory, not for following. */
  #admitted(peerId: string): string[] {
    const jobs = [...(this.#awaited.get(peerId) ?? [])]
    return jobs
      .filter(([, { admitted }]) => admitted)
      .map(([id]) => id)
      .slice(0, 64)
  }

  close(): void {
    for (const stream of this.#open.values()) stream.close()
    this.#open.clear()
    this.#awaited.clear()
  }

  async #receive(peerId: string, event: Message<'FollowEvent'>): Promise<void> {
    const awaited = this.#awaited.get(peerId)?.get(event.jobId)
    if (awaited) {
      const ended = await this.#apply(peerId, event, awaited)
      if (ended) this.#awaited.get(peerId)?.delete(event.jobId)
    }
    // After the event was applied: what is asked again after a crash was not yet applied.
    if (event.sequence > 0) await this.#parts.requests.saw(peerId, { log: event.log, after: event.sequence })
  }

  /** True where the part has reached its end. */
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
    if (event.state === 'unknown') return failedWith('JOB_UNKNOWN', 'The peer no longer knows this job.')
    if (!isJobState(event.state)) return undefined
    const { state } = event
    const progress = Math.min(1, Math.max(0, event.progress || 0))
    if (!isEnded(state)) return (part: RequestPart): RequestPart => ({ ...part, state, progress })
    try {
      const expected = { peerId, jobId: event.jobId, requestHash: awaited.requestHash }
      const { result, code } = await receiveResult(event.result, expected, this.#parts.clock)
      return (part: RequestPart): RequestPart => ({
        ...part,
        state: isJobState(result.state) ? result.state : 'failed',
        progress: 1,
        result: toText(event.result),
        engine: result.receipt?.engine.slice(0, 32) ?? '',
        grade: result.receipt?.grade.slice(0, 32) ?? '',
        ...(code === undefined ? {} : { code, reason: result.reason })
      })
    } catch (cause) {
      const code = cause instanceof StimnetError ? codeOf(cause) : 'INTERNAL'
      this.#parts.events.partFailed({ requestId: awaited.requestId, peerId, code, cause })
      return failedWith(code, 'What the peer sent does not verify.')
    }
  }
}

function failedWith(code: Code, reason: string): (part: RequestPart) => RequestPart {
  return (part) => ({ ...part, state: 'failed', code, reason, progress: 1 })
}
