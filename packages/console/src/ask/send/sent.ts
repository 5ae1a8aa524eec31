/** A question that was sent but not answered, stored with the draft. If it is sent again, also after a reload, it is the same question. */
import { type Code, codeOf } from '@stimnet/protocol'
import { ApiError, type SignedRequest } from '@stimnet/sdk'
import { type Kept, ofTab } from '../../session/storage.ts'

/** A question that was sent and not answered yet. */
export interface Sent {
  /** Everything that identifies the question. */
  readonly text: string
  /** The idempotency key of a question that the gateway signs. */
  readonly key: string
  /** The signed bytes of a question that was signed here. */
  readonly signed?: SignedRequest
  /** Whether a gateway may have received the question without confirming it. */
  readonly mayBeTaken: boolean
}

const KEY = 'stimnet-sent'

/** The stored question; undefined if there is none or its format differs. */
export function storedSent(kept: Pick<Kept, 'get'> = ofTab): Sent | undefined {
  try {
    const { text, key, signed, mayBeTaken } = JSON.parse(kept.get(KEY) ?? '{}')
    if (typeof text !== 'string' || typeof key !== 'string') return undefined
    const sent = { text, key, mayBeTaken: mayBeTaken === true }
    return typeof signed?.text === 'string'
      ? { ...sent, signed: { ...signed, envelope: new TextEncoder().encode(signed.text) } }
      : sent
  } catch {
    return undefined
  }
}

/** Stores a question in place of the last one. */
export function storeSent({ signed, ...sent }: Sent, kept: Pick<Kept, 'set'> = ofTab): void {
  const { envelope: _, ...asText } = signed ?? { envelope: undefined }
  kept.set(KEY, JSON.stringify(signed === undefined ? sent : { ...sent, signed: asText }))
}

/** Removes the stored question after the gateway has answered. */
export function forgetSent(kept: Pick<Kept, 'remove'> = ofTab): void {
  kept.remove(KEY)
}

const LOST: readonly Code[] = ['PEER_UNREACHABLE', 'DEADLINE', 'INTERRUPTED']

/** Whether a request that failed may have been received: its answer was lost, or the error came from a proxy. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof ApiError ? error.status >= 500 : LOST.includes(codeOf(error))
}
