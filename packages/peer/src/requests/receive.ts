/** Whether what a peer sent is what it signed: the decision and the result, each against the request they answer. */
import {
  type Clock,
  type Code,
  isCode,
  isEnded,
  isJobState,
  type Message,
  messages,
  type Output,
  open,
  outputSchema,
  StimnetError,
  sha256Hex
} from '@stimnet/protocol'

/** A verified end of one peer's job. */
export interface ReceivedResult {
  readonly result: Message<'JobResult'>
  readonly output?: Output
  readonly code?: Code
}

interface Expected {
  readonly peerId: string
  readonly jobId: string
  readonly requestHash: string
}

/** Opens a sealed Decision. Throws what `open` throws, and SIGNATURE_INVALID where it answers another request. */
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

/** Opens a sealed JobResult and checks hashes and shape. Throws SIGNATURE_INVALID or MALFORMED. */
export async function receiveResult(sealed: Uint8Array, expected: Expected, clock: Clock): Promise<ReceivedResult> {
  const opened = await open(sealed, { type: 'job-result', issuer: expected.peerId, clock, atAnyTime: true })
  const result = messages.JobResult.decode(opened.body)
  const { receipt } = result
  if (
    result.jobId !== expected.jobId ||
    receipt?.requestHash !== expected.requestHash ||
    receipt.outputHash !== (await sha256Hex(result.outputJson))
  ) {
    throw new StimnetError('SIGNATURE_INVALID', 'a result of another request')
  }
  if (!isJobState(result.state) || !isEnded(result.state)) throw new StimnetError('MALFORMED', 'a result without an end')
  const code = isCode(result.code) ? { code: result.code } : {}
  if (result.state !== 'completed') return { result, ...code }
  return { result, output: parseOutput(result.outputJson) }
}

function parseOutput(bytes: Uint8Array): Output {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new StimnetError('MALFORMED', 'reading an output', { cause })
  }
  const parsed = outputSchema.safeParse(value)
  if (!parsed.success) throw new StimnetError('MALFORMED', 'reading an output', { cause: parsed.error })
  return parsed.data
}
