/** Verifies that a gateway shows what the peers signed, and pools the answer from the signed parts only. */
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

/** The requirements on a receipt. */
export interface ReceiptExpectation {
  /** The peer that must have signed the receipt. */
  readonly expectedPeer: string
  /** `SignedRequest.hash`. Without it, the receipt may belong to any request. */
  readonly requestHash?: string
  readonly clock?: Clock
}

/** Maximum length of a reason that another institution wrote, characters. */
const REASON_CHARACTERS_MAX = 1_000

/** A result with verified signature and hashes. */
export interface VerifiedReceipt {
  readonly result: Message<'JobResult'>
  readonly receipt: NonNullable<Message<'JobResult'>['receipt']>
  /** Null if the job did not complete. */
  readonly output: Output | null
  readonly code: Code | undefined
  /** Time of the signature, Unix ms. */
  readonly issuedAtMs: number
  /** The verified log entry about the end of the job; undefined for a peer that does not prove it. */
  readonly logged: ProvenEntry | undefined
}

/**
 * Opens a sealed JobResult: a compact JWS, or base64url of it. Throws SIGNATURE_INVALID if another key signed, the bytes were
 * changed, or it belongs to another request; MALFORMED if it is not a result.
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

/** Verifies that this end of the job is in the log; for a release, also its output, rules and request. */
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

/** A peer's decision about a request, with verified signature. */
export interface VerifiedDecision {
  readonly allowed: boolean
  /** Code of a refusal. */
  readonly code: Code | undefined
  readonly reason: string
}

/**
 * Opens a sealed Decision. Throws the errors of `verifyReceipt`, also for a decision about another request, or one without a request
 * hash, which a peer signs if it could not read the request.
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

/** Facts that the researcher knows independently of the gateway. */
export interface PoolOptions {
  /** `SignedRequest.hash`; to be given if the researcher signed. */
  readonly requestHash?: string
  /** PeerIds that were asked; parts of other peers are left out. Otherwise the gateway could sign parts with keys of its own. */
  readonly peers?: readonly string[]
  /**
   * The output contract of the script that was signed, by which means and proportions pool. Default: the contract that the gateway
   * states.
   */
  readonly outputs?: readonly OutputDeclarationInput[]
  /**
   * The program that was signed, with its contract. Default: the program that the gateway states. A part that answers another program
   * is left out.
   */
  readonly asked?: AskedProgram
  readonly clock?: Clock
}

/** The part of one peer: verified, or left out with the code of the reason. */
export interface VerifiedPart {
  readonly peerId: string
  readonly institution: string
  /** Whether the receipt is valid, including a receipt that nothing was released. */
  readonly verified: boolean
  readonly output: Output | null
  readonly code: string | undefined
  readonly receipt: VerifiedReceipt | undefined
  /** Without a valid receipt: the peer's signed decision, if it is shown. Other reasons are stated by the gateway only. */
  readonly decision: VerifiedDecision | undefined
}

/** The pooled answer, with the verification of each part. */
export interface VerifiedBroadcast {
  /** Pooled from verified outputs only. */
  readonly pooled: PooledOutput
  readonly parts: readonly VerifiedPart[]
  /** Whether every peer that was asked has a valid receipt. */
  readonly complete: boolean
}

/** Pools again from what each peer signed. The gateway's own outputs and pooled answer are not read. */
export async function verifyAndPool(
  broadcast: Pick<Broadcast, 'parts'> & Partial<Pick<Broadcast, 'asked'>>,
  options: PoolOptions = {}
): Promise<VerifiedBroadcast> {
  const seen = new Set<string>()
  const parts: VerifiedPart[] = []
  for (const part of broadcast.parts) {
    // A peer that occurs twice would be counted twice.
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
  // Only the gateway states the names; the pooled numbers do not depend on them.
  const named = parts.map(({ peerId: site, institution }) => ({ site, institution }))
  const asked = options.asked ?? (broadcast.asked ? askedProgramOf(broadcast.asked) : undefined)
  const pooled = withInstitutions(pooledOf(sites, { outputs: contract.data ?? [], asked }), named)
  return { pooled, parts, complete: parts.length > 0 && parts.every(({ verified }) => verified) }
}

/** Pools the parts. Parts that do not fit together are not pooled, only shown side by side, as at the gateway. */
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
    // Reported with the answer instead of thrown: one invalid receipt must not hide the valid ones.
    return unverified(part, codeOf(error))
  }
}

/** A part without a receipt. The peer's signed decision is more reliable than the gateway's statement. */
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
