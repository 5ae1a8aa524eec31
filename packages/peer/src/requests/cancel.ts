/** Cancelling what we asked for: here at once, and at every peer that still works on it. */
import { type Clock, isEnded, messages, type Signer, StimnetError, seal } from '@stimnet/protocol'
import type { RequestPart, RequestRecord, RequestStore } from '../store/requests.ts'
import type { Links } from './links.ts'

const CANCEL_MS = 10_000

/** Signed by the asking peer itself: it may cancel what came through it, whoever signed the request. */
export async function cancelRequest(
  parts: { clock: Clock; requests: RequestStore; links: Links; signer: Signer },
  record: RequestRecord
): Promise<RequestRecord> {
  if (record.endedAtMs !== undefined) throw new StimnetError('JOB_ENDED', `cancelling ${record.id}`)
  const open = record.parts.filter((part) => !isEnded(part.state))
  await Promise.all(open.map((part) => cancelPart(parts, record, part)))
  const now = parts.clock.now()
  const changed = await parts.requests.change(record.id, (current) => ({
    ...current,
    cancelled: true,
    ...(current.parts.length === 0 ? { endedAtMs: now, code: 'CANCELLED' as const } : {})
  }))
  return changed ?? record
}

async function cancelPart(
  parts: { clock: Clock; requests: RequestStore; links: Links; signer: Signer },
  record: RequestRecord,
  part: RequestPart
): Promise<void> {
  if (part.answered) {
    const sealed = await seal({
      type: 'cancel',
      body: messages.CancelRequest.encode({ jobId: part.jobId }),
      signer: parts.signer,
      clock: parts.clock,
      audience: [part.peerId],
      lifetimeMs: CANCEL_MS * 6
    })
    // Where the peer cannot be told now, its result is dropped when it comes: the part has ended here.
    await parts.links
      .to(part.peerId)
      .cancel(sealed, AbortSignal.timeout(CANCEL_MS))
      .catch(() => undefined)
  }
  await parts.requests.changePart(record.id, part.peerId, parts.clock.now(), (current) => ({
    ...current,
    state: 'cancelled',
    code: 'CANCELLED',
    reason: 'Cancelled by its owner.',
    answered: true,
    progress: 1
  }))
}
