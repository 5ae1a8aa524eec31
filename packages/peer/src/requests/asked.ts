/** The content of one of this peer's own requests for display, decoded from its stored bytes. */
import type { AskedQuestion } from '@stimnet/api'
import {
  type Clock,
  messages,
  type OutputDeclaration,
  open,
  questionFromMessage,
  StimnetError
} from '@stimnet/protocol'
import { askedQuestionOf } from '@stimnet/sdk'
import { fromText } from '../store/base64.ts'
import type { RequestRecord } from '../store/requests.ts'

/** The question of a request, and its requester. */
export interface Asked {
  /** The question as a submission: sent again, it asks the same question. */
  readonly question: AskedQuestion
  readonly outputs: readonly OutputDeclaration[]
  /** The account, or the key if the researcher signed. */
  readonly requester: string
  /** The key that signed; empty before signing. */
  readonly requesterKey: string
}

/** Decodes the stored request. Throws NODE_ERROR if the record has no bytes. */
export async function askedOf(record: RequestRecord, clock: Clock): Promise<Asked> {
  const { body, key } = await bytesOf(record, clock)
  const request = messages.JobRequest.decode(body)
  const question = questionFromMessage(request)
  const requester = request.custody === 'gateway' ? record.owner : key
  return {
    question: askedQuestionOf(question, record.targets),
    outputs: question.outputs,
    requester,
    requesterKey: key
  }
}

/** The body of the request, sealed or not yet sealed, and the key that signed; the key is empty before sealing. */
async function bytesOf(record: RequestRecord, clock: Clock): Promise<{ body: Uint8Array; key: string }> {
  if (record.envelope !== undefined) {
    // The request was fresh when it was accepted. Now only its content is checked.
    const { body, issuer } = await open(fromText(record.envelope), { type: 'job-request', clock, atAnyTime: true })
    return { body, key: issuer }
  }
  if (record.unsealed !== undefined) return { body: fromText(record.unsealed), key: '' }
  throw new StimnetError('NODE_ERROR', 'a request without its bytes')
}
