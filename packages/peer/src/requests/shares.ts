/** What other peers may fetch of what was uploaded here: the files of requests that were sent to them and have not ended. */
import { isEnded, LIMITS, type Message, StimnetError } from '@stimnet/protocol'
import type { RequestRecord, RequestStore } from '../store/requests.ts'
import type { UploadStore } from '../store/uploads.ts'

/** What sharing needs. */
export interface ShareParts {
  readonly requests: Pick<RequestStore, 'get' | 'open'>
  readonly uploads: Pick<UploadStore, 'read' | 'sweep' | 'hasExpired'>
}

/** One a peer. */
export class Shares {
  readonly #parts: ShareParts
  /** Ids of requests with files, by the hash that peers know them by. */
  readonly #offered = new Map<string, string>()

  constructor(parts: ShareParts) {
    this.#parts = parts
  }

  /** Before any peer is asked: it may fetch as soon as it has read the request. */
  offer({ id, requestHash, uploads = [] }: RequestRecord): void {
    if (requestHash !== undefined && uploads.length > 0) this.#offered.set(requestHash, id)
  }

  /**
   * One piece. Throws JOB_UNKNOWN, the same for a request that is not there, one that was not sent to whoever asks, one that
   * has ended, and a file that it does not name; UPLOAD_UNAVAILABLE where the file is gone.
   */
  async answer(ask: Message<'UploadAsk'>, from: string): Promise<{ piece: Uint8Array }> {
    const id = this.#offered.get(ask.requestHash)
    const record = id === undefined ? undefined : await this.#parts.requests.get(id)
    const part = record?.parts.find(({ peerId }) => peerId === from)
    const file = record?.uploads?.find(({ sha256 }) => sha256 === ask.sha256)
    if (!part || isEnded(part.state) || !file) throw new StimnetError('JOB_UNKNOWN', `${from} fetches a file`)
    const range = { offset: ask.offset, length: LIMITS.uploadPieceBytesMax }
    return { piece: await this.#parts.uploads.read(file.id, range) }
  }

  /** Drops files that have expired, unless an open request needs them; forgets requests that have ended. */
  async sweep(): Promise<void> {
    // To look at every open request costs something, and mostly there is nothing to do.
    if (this.#offered.size === 0 && !this.#parts.uploads.hasExpired) return
    const open = await this.#parts.requests.open()
    const ids = new Set(open.map(({ id }) => id))
    for (const [hash, id] of this.#offered) if (!ids.has(id)) this.#offered.delete(hash)
    const used = new Set(open.flatMap(({ uploads = [] }) => uploads.map(({ id }) => id)))
    await this.#parts.uploads.sweep((id) => used.has(id))
  }
}
