/** A question that was sent and of which no answer came, kept beside the draft: sent again, also after a reload, it is the same. */
import { type Code, codeOf } from '@stimnet/protocol'
import { ApiError, type SignedRequest } from '@stimnet/sdk'
import { type Kept, ofTab } from '../../session/storage.ts'

/** One question on its way. */
export interface Sent {
  /** All that makes it this question. */
  readonly text: string
  /** Of what the gateway signs: the key by which it knows it again. */
  readonly key: string
  /** Of what was signed here: the same bytes. */
  readonly signed?: SignedRequest
  /** Whether a gateway may have it, though none said so. */
  readonly mayBeTaken: boolean
}

const KEY = 'stimnet-sent'

/** The one that waits for an answer; undefined where there is none, or it is of another make. */
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

/** In place of the last. */
export function storeSent({ signed, ...sent }: Sent, kept: Pick<Kept, 'set'> = ofTab): void {
  const { envelope: _, ...asText } = signed ?? { envelope: undefined }
  kept.set(KEY, JSON.stringify(signed === undefined ? sent : { ...sent, signed: asText }))
}

/** Once somebody has answered for it. */
export function forgetSent(kept: Pick<Kept, 'remove'> = ofTab): void {
  kept.remove(KEY)
}

const LOST: readonly Code[] = ['PEER_UNREACHABLE', 'DEADLINE', 'INTERRUPTED']

/** Whether a failed sending may have arrived: its answer was lost, or came from something in between. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof ApiError ? error.status >= 500 : LOST.includes(codeOf(error))
}
