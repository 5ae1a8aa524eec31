/** Verification of sealed decisions and results against the request that they answer. */
import { type Clock, type Message, messages, open, StimnetError } from '@stimnet/protocol'
import { type VerifiedReceipt, verifyReceipt } from '@stimnet/sdk'

interface Expected {
  readonly peerId: string
  readonly jobId: string
  readonly requestHash: string
}

/** Opens a sealed Decision. Throws the errors of `open`, and SIGNATURE_INVALID if it answers another request. */
export async function receiveDecision(
  sealed: Uint8Array,
  expected: Expected,
  clock: Clock
): Promise<Message<'Decision'>> {
  const opened = await open(sealed, { type: 'decision', issuer: expected.peerId, clock, atAnyTime: true })
  const decision = messages.Decision.decode(opened.body)
  // A refusal of bytes that could not be opened names no request.
  const fits = decision.allowed
    ? decision.jobId === expected.jobId && decision.requestHash === expected.requestHash
    : decision.requestHash === '' || decision.requestHash === expected.requestHash
  if (!fits) throw new StimnetError('SIGNATURE_INVALID', 'a decision about another request')
  return decision
}

/** Verifies the JobResult of exactly this job. Throws SIGNATURE_INVALID or MALFORMED. */
export async function receiveResult(sealed: Uint8Array, expected: Expected, clock: Clock): Promise<VerifiedReceipt> {
  const verified = await verifyReceipt(new TextDecoder().decode(sealed), {
    expectedPeer: expected.peerId,
    requestHash: expected.requestHash,
    clock
  })
  if (verified.result.jobId !== expected.jobId) throw new StimnetError('SIGNATURE_INVALID', 'a result of another job')
  return verified
}
