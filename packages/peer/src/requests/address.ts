/** Addressing of a request: finds its targets and seals it for them, so that no other peer may run it. */
import {
  type Clock,
  jobIdOf,
  LIMITS,
  type RandomSource,
  type Sealed,
  type Signer,
  StimnetError,
  seal
} from '@stimnet/protocol'
import { toText } from '../store/base64.ts'
import type { RequestPart, RequestRecord, RequestStore } from '../store/requests.ts'
import { assertAgreed } from './agree.ts'
import type { Directory, FoundCatalog } from './directory.ts'

/** Dependencies of addressing. */
export interface AddressParts {
  readonly clock: Clock
  readonly random: RandomSource
  readonly requests: RequestStore
  readonly directory: Directory
  /** The custodial key of an account. */
  readonly signerOf: (account: string) => Promise<Signer>
}

/**
 * Finds the targets, checks that their catalogs agree, seals the request and stores one part per target. Undefined if the
 * request was cancelled in the meantime. Throws NO_PROVIDERS if no reachable peer offers the catalog, and SCHEMA_MISMATCH.
 */
export async function address(
  parts: AddressParts,
  record: RequestRecord,
  signal: AbortSignal
): Promise<RequestRecord | undefined> {
  const found = record.targets === '*' || record.targets.length > 1 ? await searchFor(parts, record, signal) : []
  const targets = record.targets === '*' ? targetsIn(found, record) : record.targets
  const agreed = await assertAgreed(parts, record, { targets, found })
  if (!agreed) return undefined
  const absent = record.broadcast ? absentFrom(parts.directory, targets, record.catalog) : []
  const warnings = [...absent, ...agreed.warnings]
  const sent = agreed.signed ?? (await sealCustodial(parts, record, targets, agreed.body))
  const shares = await Promise.all(targets.map((peerId) => newPart(parts, peerId, sent)))
  const sealed = await parts.requests.change(record.id, ({ unsealed, ...current }) => {
    // The request was cancelled during the search for peers, so no peer is asked.
    if (current.endedAtMs !== undefined) return { ...current, ...(unsealed === undefined ? {} : { unsealed }) }
    return {
      ...current,
      envelope: toText(sent.bytes),
      requestHash: sent.hash,
      expiresAtMs: sent.expiresAtMs,
      parts: shares,
      warnings
    }
  })
  return sealed?.endedAtMs === undefined ? sealed : undefined
}

function searchFor(parts: AddressParts, record: RequestRecord, signal: AbortSignal): Promise<readonly FoundCatalog[]> {
  const query = { words: [], name: record.catalog, includePrivate: record.mayUsePrivate }
  return parts.directory.search(query, signal)
}

function targetsIn(found: readonly FoundCatalog[], record: RequestRecord): readonly string[] {
  if (found.length > 0) return [...new Set(found.map(({ peerId }) => peerId))]
  const reason = `No peer that can be reached offers the catalog ${JSON.stringify(record.catalog.slice(0, 80))}.`
  throw StimnetError.told('NO_PROVIDERS', reason)
}

/** Warnings about peers that are known to offer the catalog and cannot be asked now: the result lacks their data. */
function absentFrom(directory: Directory, targets: readonly string[], catalog: string): string[] {
  const absent = directory.offering(catalog).filter(({ peerId }) => !targets.includes(peerId))
  return absent.map(
    ({ institution, nodeId }) =>
      `${institution} (${nodeId}) offers ${catalog} and was not asked or did not answer: this result is without it.`
  )
}

async function sealCustodial(
  parts: AddressParts,
  record: RequestRecord,
  audience: readonly string[],
  body: Uint8Array
): Promise<Sealed> {
  return seal({
    type: 'job-request',
    body,
    signer: await parts.signerOf(record.owner),
    clock: parts.clock,
    audience,
    lifetimeMs: LIMITS.requestLifetimeMsMax,
    nonce: parts.random.bytes(16)
  })
}

async function newPart(
  parts: AddressParts,
  peerId: string,
  sent: { issuer: string; nonce: Uint8Array }
): Promise<RequestPart> {
  const neighbour = parts.directory.get(peerId)
  return {
    peerId,
    nodeId: neighbour?.nodeId ?? '',
    institution: neighbour?.institution ?? '',
    jobId: await jobIdOf({ ...sent, servingPeer: peerId }),
    state: 'queued',
    answered: false,
    progress: 0,
    warnings: [],
    updatedAtMs: parts.clock.now()
  }
}
