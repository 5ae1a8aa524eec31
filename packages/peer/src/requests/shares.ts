/** Uploaded files that other peers may fetch: those of open requests that were sent to them. */
import { isEnded, LIMITS, type Message, StimnetError } from '@stimnet/protocol'
import type { RequestRecord, RequestStore } from '../store/requests.ts'
import type { UploadStore } from '../store/uploads.ts'

/** Dependencies of `Shares`. */
export interface ShareParts {
  readonly requests: Pick<RequestStore, 'get' | 'open'>
  readonly uploads: Pick<UploadStore, 'read' | 'sweep' | 'expired'>
}

/** The shared files of a peer; one instance per peer. */
export class Shares {
  readonly #parts: ShareParts
  /** Ids of requests with files, by the request hash that peers know. */
  readonly #offered = new Map<string, string>()

  constructor(parts: ShareParts) {
    this.#parts = parts
  }

  /**
   * Offers the files of a request. Call it before any peer is asked, because a peer may fetch as soon as it has read the
   * request.
   */
  offer({ id, requestHash, uploads = [] }: RequestRecord): void {
    if (requestHash !== undefined && uploads.length > 0) this.#offered.set(requestHash, id)
  }

  /**
   * Returns one piece of a file. Throws the same JOB_UNKNOWN for an unknown request, a request that was not sent to the
   * fetching peer, an ended request, and a file that the request does not name; UPLOAD_UNAVAILABLE if the file is gone.
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

  /** Removes expired files that no open request needs, and forgets requests that have ended. Returns the number of files. */
  async sweep(): Promise<number> {
    // Reading all open requests is costly, and usually there is nothing to do.
    if (this.#offered.size === 0 && this.#parts.uploads.expired === 0) return 0
    const open = await this.#parts.requests.open()
    const ids = new Set(open.map(({ id }) => id))
    for (const [hash, id] of this.#offered) if (!ids.has(id)) this.#offered.delete(hash)
    const used = new Set(open.flatMap(({ uploads = [] }) => uploads.map(({ id }) => id)))
    return this.#parts.uploads.sweep((id) => used.has(id))
  }
}
