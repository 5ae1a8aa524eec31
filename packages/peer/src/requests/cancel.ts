/** Cancellation of one of this peer's own requests: here at once, and at every peer that still works on it. */
import { type Clock, isEnded, messages, type Signer, StimnetError, seal } from '@stimnet/protocol'
import type { RequestPart, RequestRecord, RequestStore } from '../store/requests.ts'
import type { Links } from './links.ts'

const CANCEL_MS = 10_000

/** Dependencies of cancelling. */
export interface CancelParts {
  readonly clock: Clock
  readonly links: Links
  readonly signer: Signer
}

/** Ends a request here and informs the peers that have admitted it. Throws JOB_ENDED. */
export async function cancelRequest(
  parts: CancelParts & { requests: RequestStore },
  record: RequestRecord
): Promise<RequestRecord> {
  if (record.endedAtMs !== undefined) throw new StimnetError('JOB_ENDED', `cancelling ${record.id}`)
  const now = parts.clock.now()
  const open = new Set<string>()
  const changed = await parts.requests.change(record.id, (current) => {
    if (current.endedAtMs !== undefined) return current
    const ended = current.parts.map((part): RequestPart => {
      if (isEnded(part.state)) return part
      if (part.answered) open.add(part.peerId)
      return {
        ...part,
        state: 'cancelled',
        code: 'CANCELLED',
        reason: 'Cancelled by its owner.',
        progress: 1,
        updatedAtMs: now
      }
    })
    return { ...current, parts: ended, cancelled: true, endedAtMs: now }
  })
  const told = record.parts.filter((part) => open.has(part.peerId))
  await Promise.all(told.map((part) => cancelPart(parts, part)))
  return changed ?? record
}

/** Sends a cancellation signed by the asking peer, which may cancel requests that came through it, whoever signed them. */
export async function cancelPart(parts: CancelParts, part: RequestPart): Promise<void> {
  const sealed = await seal({
    type: 'cancel',
    body: messages.CancelRequest.encode({ jobId: part.jobId }),
    signer: parts.signer,
    clock: parts.clock,
    audience: [part.peerId],
    lifetimeMs: CANCEL_MS * 6
  })
  // The part has ended here. If the peer cannot be reached now, its result is dropped when it arrives.
  await parts.links
    .to(part.peerId)
    .cancel(sealed.bytes, AbortSignal.timeout(CANCEL_MS))
    .catch(() => undefined)
}
