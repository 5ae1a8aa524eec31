/** Whether what a gateway shows is what the peers signed; and the pooled answer from that alone. */
import type { Broadcast, BroadcastPart } from '@stimnet/api'
import {
  type AuditProof,
  CODES,
  type Clock,
  type Code,
  codeOf,
  isCode,
  isEnded,
  isJobState,
  LIMITS,
  type Message,
  messages,
  type Output,
  type OutputDeclaration,
  type OutputDeclarationInput,
  open,
  outputContractSchema,
  outputSchema,
  type PooledOutput,
  type ProvenEntry,
  parseJsonObject,
  StimnetError,
  sha256Hex,
  systemClock,
  verifyAuditProof,
  withInstitutions
} from '@stimnet/protocol'
import { type AskedProgram, pool } from '@stimnet/statistics'
import { askedProgramOf } from '../asked.ts'

/** Whose receipt it must be, and of what. */
export interface ReceiptExpectation {
  /** The peer that must have signed. */
  readonly expectedPeer: string
  /** `SignedRequest.hash`; without it, any request of anybody may be the one answered. */
  readonly requestHash?: string
  readonly clock?: Clock
}

/** Of another institution's words no more is kept. */
const REASON_CHARACTERS_MAX = 1_000

/** A result whose signature and hashes were checked. */
export interface VerifiedReceipt {
  readonly result: Message<'JobResult'>
  readonly receipt: NonNullable<Message<'JobResult'>['receipt']>
  /** Null where the job did not complete. */
  readonly output: Output | null
  readonly code: Code | undefined
  /** Unix time, ms: when it was signed. */
  readonly issuedAtMs: number
  /** Where the end stands in the peer's log; undefined for a peer that does not prove it. */
  readonly logged: ProvenEntry | undefined
}

/**
 * Opens a sealed JobResult: a compact JWS, or base64url around it. Throws SIGNATURE_INVALID where another key signed, the
 * bytes were changed or it answers another request; MALFORMED where it is no result.
 */
export async function verifyReceipt(receiptText: string, expected: ReceiptExpectation): Promise<VerifiedReceipt> {
  const { expectedPeer, requestHash } = expected
  const clock = expected.clock ?? systemClock
  const jws = jwsBytesOf(receiptText)
  const opened = await open(jws, { type: 'job-result', issuer: expectedPeer, clock, atAnyTime: true })
  const result = messages.JobResult.decode(opened.body)
  const { receipt, state } = result
  if (!receipt || !isJobState(state) || !isEnded(state)) throw new StimnetError('MALFORMED', 'a result without an end')
  if (receipt.outputHash !== (await sha256Hex(result.outputJson))) {
    throw new StimnetError('SIGNATURE_INVALID', 'a receipt of another output')
  }
  if (requestHash !== undefined && receipt.requestHash !== requestHash) {
    throw new StimnetError('SIGNATURE_INVALID', 'a receipt of another request')
  }
  const logged = receipt.audit ? await verifyLogged(receipt, receipt.audit, result) : undefined
  return {
    result,
    receipt,
    output: state === 'completed' ? parseOutput(result.outputJson) : null,
    code: isCode(result.code) ? result.code : undefined,
    issuedAtMs: opened.issuedAtMs,
    logged
  }
}

/** That this very end stands in the log: a release also with what it released, under which rules, for which request. */
async function verifyLogged(
  receipt: VerifiedReceipt['receipt'],
  proof: AuditProof,
  { jobId, state }: VerifiedReceipt['result']
): Promise<ProvenEntry> {
  const proven = await verifyAuditProof(proof)
  const { record } = proven
  const detail = record === undefined ? undefined : parseJsonObject(record.detailJson)
  const fits =
    proven.leaf === receipt.auditHead &&
    proven.index + 1 === receipt.auditSequence &&
    (detail === undefined ||
      (record?.jobId === jobId &&
        (record.kind === 'release') === (state === 'completed') &&
        detail.state === state &&
        detail.output === receipt.outputHash &&
        detail.request === receipt.requestHash &&
        detail.policy === receipt.policyHash &&
        (detail.permit ?? '') === receipt.permit))
  if (!fits) throw new StimnetError('SIGNATURE_INVALID', 'a receipt that its log entry does not speak of')
  return proven
}

/** What a peer said when it was asked. */
export interface VerifiedDecision {
  readonly allowed: boolean
  /** With a refusal. */
  readonly code: Code | undefined
  readonly reason: string
}

/**
 * Opens a sealed Decision. Throws as `verifyReceipt`, also for one of another request; a peer that could not read what it was
 * sent names none, and that is no decision about this one.
 */
export async function verifyDecision(decisionText: string, expected: ReceiptExpectation): Promise<VerifiedDecision> {
  const { expectedPeer, requestHash, clock = systemClock } = expected
  const jws = jwsBytesOf(decisionText)
  const opened = await open(jws, { type: 'decision', issuer: expectedPeer, clock, atAnyTime: true })
  const { allowed, code, reason, requestHash: about } = messages.Decision.decode(opened.body)
  if (requestHash !== undefined && about !== requestHash) {
    throw new StimnetError('SIGNATURE_INVALID', 'a decision about another request')
  }
  return { allowed, code: isCode(code) ? code : undefined, reason: reason.slice(0, REASON_CHARACTERS_MAX) }
}

function jwsBytesOf(text: string): Uint8Array {
  if (text.length > 2 * LIMITS.envelopeBytesMax) throw new StimnetError('TOO_LARGE', 'reading a receipt')
  if (text.includes('.')) return new TextEncoder().encode(text)
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(binary, (character) => character.charCodeAt(0))
  } catch (cause) {
    throw new StimnetError('MALFORMED', 'reading a receipt', { cause })
  }
}

function parseOutput(bytes: Uint8Array): Output {
  if (bytes.length > LIMITS.outputBytesMax) throw new StimnetError('TOO_LARGE', 'reading an output')
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

/** What the researcher knows better than the gateway. */
export interface PoolOptions {
  /** `SignedRequest.hash`; give it wherever you signed yourself. */
  readonly requestHash?: string
  /** PeerIds that were asked; a part of anybody else is left out. A gateway could sign with keys of its own. */
  readonly peers?: readonly string[]
  /** The contract of the script that you signed; else what the gateway says was asked. By it means and proportions pool. */
  readonly outputs?: readonly OutputDeclarationInput[]
  /** The program that you signed, with its contract; else what the gateway says was asked. A part that answers another is left out. */
  readonly asked?: AskedProgram
  readonly clock?: Clock
}

/** One peer's share: verified, or left out with the code that says why. */
export interface VerifiedPart {
  readonly peerId: string
  readonly institution: string
  /** Whether its receipt holds, also one that says that nothing was released. */
  readonly verified: boolean
  readonly output: Output | null
  readonly code: string | undefined
  readonly receipt: VerifiedReceipt | undefined
  /** Where there is no receipt that holds: what the peer signed when it was asked, if it is shown. Why else is the gateway's word. */
  readonly decision: VerifiedDecision | undefined
}

/** The pooled answer, and how far it can be trusted. */
export interface VerifiedBroadcast {
  /** From verified outputs alone. */
  readonly pooled: PooledOutput
  readonly parts: readonly VerifiedPart[]
  /** Every peer that was asked has a receipt that holds. */
  readonly complete: boolean
}

/** Pools again from what each peer signed; what the gateway says of outputs and pooling is not read. */
export async function verifyAndPool(
  broadcast: Pick<Broadcast, 'parts'> & Partial<Pick<Broadcast, 'asked'>>,
  options: PoolOptions = {}
): Promise<VerifiedBroadcast> {
  const seen = new Set<string>()
  const parts: VerifiedPart[] = []
  for (const part of broadcast.parts) {
    // The same peer twice would count its people twice.
    if (!seen.has(part.peer_id)) parts.push(await verifyPart(part, options))
    seen.add(part.peer_id)
  }
  for (const peerId of options.peers ?? []) {
    if (!seen.has(peerId)) parts.push(unverified({ peer_id: peerId, institution: '' }, 'PEER_UNREACHABLE'))
    seen.add(peerId)
  }
  const sites = parts.map(({ peerId, output, code }) => ({
    site: peerId,
    output,
    ...(code === undefined ? {} : { code })
  }))
  const contract = outputContractSchema.safeParse(options.outputs ?? broadcast.asked?.outputs ?? [])
  // The names are the gateway's word; what was pooled does not depend on them.
  const named = parts.map(({ peerId: site, institution }) => ({ site, institution }))
  const asked = options.asked ?? (broadcast.asked ? askedProgramOf(broadcast.asked) : undefined)
  const pooled = withInstitutions(pooledOf(sites, { outputs: contract.data ?? [], asked }), named)
  return { pooled, parts, complete: parts.length > 0 && parts.every(({ verified }) => verified) }
}

/** Parts that do not fit together stand side by side, as the gateway shows them. */
function pooledOf(
  sites: Parameters<typeof pool>[0],
  question: { readonly outputs: readonly OutputDeclaration[]; readonly asked: AskedProgram | undefined }
): PooledOutput {
  try {
    return pool(sites, question)
  } catch (error) {
    const notes = [`The parts do not pool: ${CODES[codeOf(error)].meaning}`]
    return { columns: [], rows: [], sites: [], missing: [], notes }
  }
}

async function verifyPart(part: BroadcastPart, options: PoolOptions): Promise<VerifiedPart> {
  if (options.peers && !options.peers.includes(part.peer_id)) return unverified(part, 'PEER_UNKNOWN')
  const { requestHash, clock } = options
  const expected = {
    expectedPeer: part.peer_id,
    ...(requestHash === undefined ? {} : { requestHash }),
    ...(clock === undefined ? {} : { clock })
  }
  if (part.receipt === null) return undecided(part, expected)
  try {
    const receipt = await verifyReceipt(part.receipt, expected)
    const { output, code } = receipt
    const { peer_id: peerId, institution } = part
    return { peerId, institution, verified: true, output, code, receipt, decision: undefined }
  } catch (error) {
    // Named beside the answer and not thrown: one bad receipt must not hide the good ones.
    return unverified(part, codeOf(error))
  }
}

/** No receipt: what the peer signed when it was asked tells more than the gateway does. */
async function undecided(part: BroadcastPart, expected: ReceiptExpectation): Promise<VerifiedPart> {
  const plain = unverified(part, part.code ?? 'PEER_UNREACHABLE')
  if (!part.decision) return plain
  const decision = await verifyDecision(part.decision, expected).catch(() => undefined)
  return { ...plain, decision, code: decision?.code ?? plain.code }
}

function unverified(part: Pick<BroadcastPart, 'peer_id' | 'institution'>, code: string): VerifiedPart {
  const { peer_id: peerId, institution } = part
  return { peerId, institution, verified: false, output: null, code, receipt: undefined, decision: undefined }
}
