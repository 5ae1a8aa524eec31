/** Reads a question from the signed bytes of a request, so that it is known whoever shows the answer. */
import { type Clock, messages, open, questionFromMessage, systemClock } from '@stimnet/protocol'

/** A question with signer, targets and times, read from a signed request. */
export type SignedQuestion = Awaited<ReturnType<typeof readSignedRequest>>

/** Reads `SignedRequest.text`, at any later time. Throws the errors of `open`, for example SIGNATURE_INVALID if a byte was changed. */
export async function readSignedRequest(text: string, { clock = systemClock }: { clock?: Clock } = {}) {
  const bytes = new TextEncoder().encode(text)
  const opened = await open(bytes, { type: 'job-request', clock, atAnyTime: true })
  const request = messages.JobRequest.decode(opened.body)
  return {
    /** Hash by which receipts refer to the request. */
    hash: opened.hash,
    /** The id of the key that signed. */
    key: opened.issuer,
    /** PeerIds of the peers that may run the request. */
    targets: opened.audience,
    /** PeerId of the only peer that may deliver the request; empty if the request names none. */
    carrier: request.carrier,
    signedAtMs: opened.issuedAtMs,
    ...questionFromMessage(request)
  }
}
