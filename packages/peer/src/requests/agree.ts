/** A request goes to several peers only where they agree on what it uses; what that is goes with it. */
import {
  type Clock,
  CONTRACT_VARIABLES_MAX,
  LIMITS,
  messages,
  open,
  type SchemaReport,
  schemaTermsToMessage
} from '@stimnet/protocol'
import { fromText } from '../store/base64.ts'
import type { RequestRecord, RequestStore } from '../store/requests.ts'
import type { Directory, FoundCatalog } from './directory.ts'
import { compareFound, schemaMismatch } from './schema.ts'

/** A request whose peers agree. */
export interface Agreed {
  /** To seal, where this peer seals: with the contract, so that each peer compares its own catalog again. */
  readonly body: Uint8Array
  readonly warnings: readonly string[]
}

interface AgreeParts {
  readonly clock: Clock
  readonly requests: RequestStore
  readonly directory: Directory
}

/** Sealed and in base64 it must still fit an envelope. */
const UNSEALED_BYTES_MAX = (LIMITS.envelopeBytesMax * 3) / 4 - 4096

/** Differences that are kept and shown; whoever has more has another catalog altogether. */
const DIFFERENCES_KEPT_MAX = 256
const TEXT_KEPT_MAX = 1_000

const NOT_CARRIED =
  'The catalogs were compared, but have more variables than a request can carry: the peers do not compare again. Name ' +
  'what the program uses in `contract`.'

/** Stores the comparison. Throws SCHEMA_MISMATCH, so that nothing is sent; undefined where the request has ended. */
export async function assertAgreed(
  parts: AgreeParts,
  record: RequestRecord,
  { targets, found }: { targets: readonly string[]; found: readonly FoundCatalog[] }
): Promise<Agreed | undefined> {
  const isSigned = record.envelope !== undefined
  const body = isSigned ? await bodyOf(parts, fromText(record.envelope ?? '')) : fromText(record.unsealed ?? '')
  if (targets.length < 2) return { body, warnings: [] }
  const request = messages.JobRequest.decode(body)
  const asked = found.filter(({ peerId }) => targets.includes(peerId))
  const schema = compareFound(request, asked)
  const stored = await parts.requests.change(record.id, (current) => ({ ...current, schema: bounded(schema) }))
  if (stored?.endedAtMs !== undefined) return undefined
  if (schema.differences.length > 0) throw schemaMismatch(schema, (site) => nameOf(parts.directory, site))
  const carried = isSigned ? body : withContract(body, request, schema)
  const isSilent = isSigned || carried === undefined || schema.contract.length === 0
  const unseen = targets.filter((target) => !asked.some(({ peerId }) => peerId === target))
  const warnings = [
    ...(isSilent && request.contract.length === 0 && unseen.length > 0 ? [notCompared(parts.directory, unseen)] : []),
    ...(carried === undefined ? [NOT_CARRIED] : [])
  ]
  return { body: carried ?? body, warnings }
}

/** A message with more of a repeated field is the two written one after the other. Undefined where it is too large. */
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

/** Descriptions are other institutions' words: what is kept of them has an end. */
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

async function bodyOf({ clock }: AgreeParts, envelope: Uint8Array): Promise<Uint8Array> {
  return (await open(envelope, { type: 'job-request', clock, atAnyTime: true })).body
}

function nameOf(directory: Directory, peerId: string): string {
  const { institution, nodeId } = directory.get(peerId) ?? { institution: '', nodeId: '' }
  return institution || nodeId || peerId
}

/** Where no contract goes along either: such a peer checks nothing, and we could not. */
function notCompared(directory: Directory, unseen: readonly string[]): string {
  const names = unseen.map((peerId) => nameOf(directory, peerId)).join(', ')
  return `${names}: not compared with the others, since the peer could not be asked and the request has no contract.`
}
