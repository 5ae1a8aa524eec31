/** What a signed request says, read from its own bytes: what was asked stays known, whoever shows the answer. */
import { type Clock, messages, open, questionFromMessage, systemClock } from '@stimnet/protocol'

/** A request as its signature holds it. */
export type SignedQuestion = Awaited<ReturnType<typeof readSignedRequest>>

/** `SignedRequest.text`, at any later time. Throws what `open` throws: SIGNATURE_INVALID where a byte of it was changed. */
export async function readSignedRequest(text: string, { clock = systemClock }: { clock?: Clock } = {}) {
  const bytes = new TextEncoder().encode(text)
  const opened = await open(bytes, { type: 'job-request', clock, atAnyTime: true })
  const request = messages.JobRequest.decode(opened.body)
  return {
    /** By this a receipt names the request it answers. */
    hash: opened.hash,
    /** The id of the key that signed. */
    key: opened.issuer,
    /** PeerIds; nobody else may run it. */
    targets: opened.audience,
    /** PeerId of the peer that alone may bring it; empty where it names none. */
    carrier: request.carrier,
    signedAtMs: opened.issuedAtMs,
    ...questionFromMessage(request)
  }
}
