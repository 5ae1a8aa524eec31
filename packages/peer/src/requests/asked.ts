/** The content of an own request for display, decoded from its stored bytes. */
import type { AskedView } from '@stimnet/gateway'
import {
  type Clock,
  contractFromMessage,
  filterFromMessage,
  messages,
  open,
  parseJsonObject,
  privacyAskFromMessage,
  programFromMessage,
  StimnetError,
  schemaTermsFromMessage,
  uploadsFromMessage
} from '@stimnet/protocol'
import { fromText } from '../store/base64.ts'
import type { RequestRecord } from '../store/requests.ts'

/** Decodes the stored request. Throws NODE_ERROR where the record has no bytes. */
export async function askedOf(record: RequestRecord, clock: Clock): Promise<AskedView> {
  const { body, key } = await bytesOf(record, clock)
  const request = messages.JobRequest.decode(body)
  return {
    targets: record.targets,
    catalog: request.catalog,
    program: programFromMessage(request.program),
    parameters: parseJsonObject(request.parametersJson),
    filters: parseJsonObject(request.filtersJson),
    ...(request.cohort ? { where: filterFromMessage(request.cohort) } : {}),
    purpose: request.purpose,
    project: request.project,
    privacy: privacyAskFromMessage(request.privacy),
    outputs: contractFromMessage(request.outputs),
    ...schemaTermsFromMessage(request),
    title: request.title,
    ...(request.uploads.length > 0 ? { files: uploadsFromMessage(request.uploads) } : {}),
    requester: request.custody === 'gateway' ? record.owner : key,
    requesterKey: key
  }
}

/** The body of the request, sealed or still to be sealed, and the key that signed; empty before sealing. */
async function bytesOf(record: RequestRecord, clock: Clock): Promise<{ body: Uint8Array; key: string }> {
  if (record.envelope !== undefined) {
    // The request was fresh when it was accepted. Now only its content is checked.
    const { body, issuer } = await open(fromText(record.envelope), { type: 'job-request', clock, atAnyTime: true })
    return { body, key: issuer }
  }
  if (record.unsealed !== undefined) return { body: fromText(record.unsealed), key: '' }
  throw new StimnetError('NODE_ERROR', 'a request without its bytes')
}
