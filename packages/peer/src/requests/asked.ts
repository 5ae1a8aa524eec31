/** The content of an own request for display, decoded from its stored bytes. */
import type { AskedQuestion } from '@stimnet/api'
import {
  type Clock,
  contractFromMessage,
  filterFromMessage,
  messages,
  open,
  type OutputDeclaration,
  parseJsonObject,
  privacyAskFromMessage,
  programFromMessage,
  programText,
  StimnetError,
  schemaTermsFromMessage,
  uploadsFromMessage
} from '@stimnet/protocol'
import { fromText } from '../store/base64.ts'
import type { RequestRecord } from '../store/requests.ts'

/** What was asked, and by whom. */
export interface Asked {
  /** In the form of a submission: sent again, it asks the same. */
  readonly question: AskedQuestion
  readonly outputs: readonly OutputDeclaration[]
  /** The account, or the key where the researcher signed. */
  readonly requester: string
  /** The key that signed; empty until it has. */
  readonly requesterKey: string
}

/** Decodes the stored request. Throws NODE_ERROR where the record has no bytes. */
export async function askedOf(record: RequestRecord, clock: Clock): Promise<Asked> {
  const { body, key } = await bytesOf(record, clock)
  const request = messages.JobRequest.decode(body)
  const { purpose, project, title } = request
  const program = programFromMessage(request.program)
  const parameters = parseJsonObject(request.parametersJson)
  const filters = parseJsonObject(request.filtersJson)
  const outputs = contractFromMessage(request.outputs)
  const { contract, mappings } = schemaTermsFromMessage(request)
  const files = uploadsFromMessage(request.uploads)
  const question: AskedQuestion = {
    targets: record.targets,
    data_catalog_name: request.catalog,
    script_type: program.kind === 'script' ? program.language : program.kind,
    script_content: programText(program),
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    ...(Object.keys(filters).length > 0 ? { filters } : {}),
    ...(request.cohort ? { where: filterFromMessage(request.cohort) } : {}),
    ...(purpose.length > 0 ? { purpose } : {}),
    ...(project === '' ? {} : { project }),
    privacy: privacyAskFromMessage(request.privacy),
    ...(outputs.length > 0 ? { outputs } : {}),
    ...(contract.length > 0 ? { contract } : {}),
    ...(mappings.length > 0 ? { mappings } : {}),
    ...(title === '' ? {} : { title }),
    ...(files.length > 0 ? { files } : {})
  }
  return { question, outputs, requester: request.custody === 'gateway' ? record.owner : key, requesterKey: key }
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
