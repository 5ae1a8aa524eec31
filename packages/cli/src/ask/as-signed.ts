/**
 * The verified answer to a request that the researcher signed, taken only from the institutions' receipts and not from the answer that the
 * gateway shows.
 */
import { type Clock, systemClock } from '@stimnet/protocol'
import {
  type Broadcast,
  type BroadcastPart,
  readSignedRequest,
  type SignedRequest,
  type VerifiedPart,
  verifyAndPool
} from '@stimnet/sdk'

/** The verified answer and the result of the verification. */
export interface AsSigned {
  /** Outputs and pooled answer from receipts for this request. A part that claims an answer without such a receipt counts as failed. */
  readonly broadcast: Broadcast
  /** Institutions that did not sign, for this request, the answer that the gateway shows. */
  readonly wrong: readonly string[]
  /** Number of verified receipts. */
  readonly holding: number
}

const REASON = 'The gateway shows an answer that this institution did not sign for this request.'

/** Verifies the answer that the gateway shows against the request that was sent. */
export async function asSigned(
  shown: Broadcast,
  { hash, targets, text }: Pick<SignedRequest, 'hash' | 'targets' | 'text'>,
  { clock = systemClock }: { readonly clock?: Clock } = {}
): Promise<AsSigned> {
  const { outputs, program, contract } = await readSignedRequest(text, { clock })
  const asked = { program, contract }
  const verified = await verifyAndPool(shown, { requestHash: hash, peers: targets, outputs, asked, clock })
  const parts = shown.parts
    .filter(({ peer_id }) => targets.includes(peer_id))
    .map((part) =>
      asVerified(
        part,
        verified.parts.find(({ peerId }) => peerId === part.peer_id)
      )
    )
  const wrong = parts.filter(({ reason }) => reason === REASON)
  // The answer of a single institution is not pooled.
  const pooled = targets.length > 1 && verified.pooled.sites.length > 0 ? verified.pooled : null
  return {
    broadcast: { ...shown, parts, pooled },
    wrong: wrong.map(({ institution, peer_id }) => institution || peer_id),
    holding: verified.parts.filter((part) => part.verified).length
  }
}

/** One part after verification. A refusal has neither a receipt nor an output that would need one. */
function asVerified(part: BroadcastPart, checked: VerifiedPart | undefined): BroadcastPart {
  const { state } = part
  const claims = state === 'completed' || part.output !== null || part.receipt !== null
  if (checked?.verified) {
    // The verified receipt may state that nothing was released although the gateway shows a number.
    if (state !== 'completed' || checked.output !== null) return { ...part, output: checked.output }
  } else if (!claims) return part
  const code = checked?.code ?? 'SIGNATURE_INVALID'
  return { ...part, state: 'failed', status: 'failed', code, reason: REASON, output: null }
}
