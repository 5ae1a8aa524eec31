/** Whether an ask is what it says: sealed, for us, fresh. What is in it is judged after. */
import { type Clock, type Message, messages, type Opened, open, StimnetError } from '@stimnet/protocol'

/** A request whose envelope holds. */
export interface CheckedRequest {
  readonly opened: Opened
  readonly request: Message<'JobRequest'>
}

/** Opens a sealed JobRequest. Throws what `open` throws, and AUDIENCE_MISMATCH for a request addressed to anyone. */
export async function check(sealed: Uint8Array, facts: { clock: Clock; self: string }): Promise<CheckedRequest> {
  const opened = await open(sealed, { type: 'job-request', clock: facts.clock, audience: facts.self })
  // A request to nobody in particular could be carried to peers that its author never chose.
  if (opened.audience.length === 0) throw new StimnetError('AUDIENCE_MISMATCH', 'a request without an audience')
  return { opened, request: messages.JobRequest.decode(opened.body) }
}
