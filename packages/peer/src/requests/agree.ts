/** Agreement of catalogs: a request is sent to several peers only if their descriptions of the variables it uses agree. */
import {
  analysisSetFromMessage,
  type Clock,
  compareSchemas,
  CONTRACT_VARIABLES_MAX,
  LIMITS,
  type Message,
  messages,
  open,
  type SchemaReport,
  type Sealed,
  schemaTermsToMessage
} from '@stimnet/protocol'
import { fromText } from '../store/base64.ts'
import type { RequestRecord, RequestStore } from '../store/requests.ts'
import type { Directory, FoundCatalog } from './directory.ts'
import { compareFound, schemaMismatch } from './schema.ts'

/** A request on which the catalogs of its targets agree. */
export interface Agreed {
  /** The body to seal, if this peer seals. It carries the contract, so that each peer compares its own catalog again. */
  readonly body: Uint8Array
  /** The statement, if the requester signed it. */
  readonly signed?: Sealed
  readonly warnings: readonly string[]
}

interface AgreeParts {
  readonly clock: Clock
  readonly requests: RequestStore
  readonly directory: Directory
}

/** Maximum size of an unsealed body, bytes: sealed and in base64 it must still fit into an envelope. */
const UNSEALED_BYTES_MAX = (LIMITS.envelopeBytesMax * 3) / 4 - 4096

/** Maximum number of differences that are kept and shown: with more, the catalogs are simply different. */
const DIFFERENCES_KEPT_MAX = 256
const TEXT_KEPT_MAX = 1_000

const NOT_CARRIED =
  'The catalogs were compared, but have more variables than a request can carry: the peers do not compare again. Name ' +
  'what the program uses in `contract`.'

/**
 * Compares the catalogs of the targets and stores the report. Throws SCHEMA_MISMATCH, so that nothing is sent. Undefined if
 * the request has ended.
 */
export async function assertAgreed(
  parts: AgreeParts,
  record: RequestRecord,
  { targets, found }: { targets: readonly string[]; found: readonly FoundCatalog[] }
): Promise<Agreed | undefined> {
  const signed = record.envelope === undefined ? undefined : await signedIn(parts, fromText(record.envelope))
  const given = signed ? { signed } : {}
  const body = signed ? signed.body : fromText(record.unsealed ?? '')
  const request = messages.JobRequest.decode(body)
  const asked = found.filter(({ peerId }) => targets.includes(peerId))
  if (targets.length < 2) {
    assertHasSet(parts, request, asked)
    return { body, ...given, warnings: [] }
  }
  const schema = compareFound(request, asked)
  const stored = await parts.requests.change(record.id, (current) => ({ ...current, schema: bounded(schema) }))
  if (stored?.endedAtMs !== undefined) return undefined
  if (schema.differences.length > 0) throw schemaMismatch(schema, (site) => nameOf(parts.directory, site))
  const carried = signed ? body : withContract(withSet(body, request, asked), request, schema)
  const isSilent = signed !== undefined || carried === undefined || schema.contract.length === 0
  const unseen = targets.filter((target) => !asked.some(({ peerId }) => peerId === target))
  const warnings = [
    ...(isSilent && request.contract.length === 0 && unseen.length > 0 ? [notCompared(parts.directory, unseen)] : []),
    ...(carried === undefined ? [NOT_CARRIED] : [])
  ]
  return { body: carried ?? body, ...given, warnings }
}

/**
 * Throws SCHEMA_MISMATCH if the only queried peer lacks the analysis set: a peer that knows no sets would answer about
 * everybody.
 */
function assertHasSet({ directory }: AgreeParts, { set }: Message<'JobRequest'>, asked: readonly FoundCatalog[]): void {
  if (set === null) return
  const sites = asked.map(({ peerId, descriptor }) => ({ site: peerId, descriptor }))
  const none = { uses: [], tables: false, contract: [], mappings: [] }
  const report = compareSchemas(sites, { ...none, set: analysisSetFromMessage(set) })
  if (report.differences.length > 0) throw schemaMismatch(report, (site) => nameOf(directory, site))
}

/** Adds the definition of the analysis set on which the peers agree, so that each peer compares its own definition with it. */
function withSet(body: Uint8Array, request: Message<'JobRequest'>, asked: readonly FoundCatalog[]): Uint8Array {
  const set = asked[0]?.descriptor.sets.find(({ name }) => name === request.set?.name)
  // With mappings, each site has its own definition of the set.
  if (set === undefined || request.mappings.length > 0 || request.set?.completeOn.length !== 0) return body
  return messages.JobRequest.encode({ ...request, set })
}

/**
 * Adds the contract to an encoded request: in protobuf, two consecutive messages merge, and repeated fields are joined.
 * Undefined if the result would be too large.
 */
function withContract(
  body: Uint8Array,
  request: { readonly contract: readonly { readonly variable: string }[] },
  { contract }: Pick<SchemaReport, 'contract'>
): Uint8Array | undefined {
  const more = contract.filter(({ variable }) => !request.contract.some((given) => given.variable === variable))
  if (contract.length > CONTRACT_VARIABLES_MAX) return undefined
  if (more.length === 0) return body
  const added = messages.JobRequest.encode(schemaTermsToMessage({ contract: more, mappings: [] }))
  return body.length + added.length > UNSEALED_BYTES_MAX ? undefined : Buffer.concat([body, added])
}

/** Limits the stored report: catalog descriptions come from other institutions and can be of any length. */
function bounded({ contract, differences, skeleton }: SchemaReport): SchemaReport {
  const clipped = (text: string) => text.slice(0, TEXT_KEPT_MAX)
  return {
    contract: contract.slice(0, CONTRACT_VARIABLES_MAX),
    differences: differences
      .slice(0, DIFFERENCES_KEPT_MAX)
      .map((one) => ({ ...one, expected: clipped(one.expected), found: clipped(one.found) })),
    skeleton: skeleton.slice(0, DIFFERENCES_KEPT_MAX)
  }
}

async function signedIn({ clock }: AgreeParts, bytes: Uint8Array): Promise<Sealed> {
  return { ...(await open(bytes, { type: 'job-request', clock, atAnyTime: true })), bytes }
}

function nameOf(directory: Directory, peerId: string): string {
  const { institution, nodeId } = directory.get(peerId) ?? { institution: '', nodeId: '' }
  return institution || nodeId || peerId
}

/**
 * The warning about peers that could not be compared. Without a contract in the request, these peers do not check anything
 * either.
 */
function notCompared(directory: Directory, unseen: readonly string[]): string {
  const names = unseen.map((peerId) => nameOf(directory, peerId)).join(', ')
  return `${names}: not compared with the others, since the peer could not be asked and the request has no contract.`
}
