/** An outsider's view of an answer, without parts that differ by nature: ids, nonces, hashes over these, times. */
import { codeOf, isCode, StimnetError } from '@stimnet/protocol'
import { type Broadcast, type BroadcastPart, type Job, verifyDecision, verifyReceipt } from '@stimnet/sdk'

/** One answer in the form in which the two worlds are compared. */
export interface Answer {
  /** The documented status, or `refused` if the gateway did not accept the question. */
  readonly status: string
  readonly state: string
  readonly code: string | null
  readonly reason: string | null
  /** Number of withheld cells and groups, or leaves of a script's result, and of statements that people were left out. */
  readonly withheld: number
  readonly warnings: readonly string[]
  readonly result: unknown
  /** The contents of the receipts, except the output. */
  readonly receipts: readonly unknown[]
  readonly progress: number
  readonly rest: Readonly<Record<string, unknown>>
}

/** A sealed receipt with its job, for checks that need the true time. */
export interface Evidence {
  readonly peerId: string
  readonly jobId: string
  readonly receipt: string
}

/** Fields that are random or hashes: of the data files (see the attack on epochs), of the request and of the audit record. */
const BY_NATURE = new Set(['epoch', 'request_hash', 'job_id', 'id', 'number'])

/** Fields with times, by name. */
const TIMES = /(_at|^at|last_seen|last_updated)$/

/** A copy without the parts that differ by nature. */
export function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => !BY_NATURE.has(key) && !TIMES.test(key))
  return Object.fromEntries(kept.map(([key, inner]) => [key, normal(inner)]))
}

/** The view of an ended job of the REST API. */
export async function answerOfJob(job: Job, evidence: readonly Evidence[]): Promise<Answer> {
  const { result_data, receipt: _, execution_time: __, ...rest } = job
  return {
    status: job.status,
    state: job.state,
    code: job.code,
    reason: job.error_message,
    withheld: withheldIn(result_data),
    warnings: job.warnings,
    result: normal(result_data),
    receipts: await Promise.all(evidence.map(receiptSeen)),
    progress: job.progress,
    rest: normal(rest) as Record<string, unknown>
  }
}

/** The view of an ended broadcast, its parts in the order of their nodes. */
export async function answerOfBroadcast(broadcast: Broadcast, evidence: readonly Evidence[]): Promise<Answer> {
  const parts = [...broadcast.parts].sort((a, b) => a.node_id.localeCompare(b.node_id))
  return {
    status: broadcast.status,
    state: broadcast.state,
    code: broadcast.code,
    reason: broadcast.reason,
    withheld: parts.reduce((sum, part) => sum + withheldIn(part.output), 0),
    warnings: [...broadcast.warnings].sort(),
    result: normal({ pooled: broadcast.pooled, parts: await Promise.all(parts.map(partSeen)) }),
    receipts: await Promise.all(evidence.map(receiptSeen)),
    progress: broadcast.progress,
    rest: {}
  }
}

/** The view of one part, with the contents of its decision. The seals of decision and receipt differ by nature. */
async function partSeen({ receipt: _, decision, ...part }: BroadcastPart): Promise<unknown> {
  const said = decision === null ? null : await verifyDecision(decision, { expectedPeer: part.peer_id })
  return { ...part, decision: said }
}

/** The view of an error that the gateway returned instead of a job. */
export function answerOfError(error: unknown): Answer {
  const code = codeOf(error)
  if (!(error instanceof StimnetError) || !isCode(code)) throw error
  const { reason } = error
  return {
    ...{ status: 'refused', state: 'refused', code, reason, withheld: 0, warnings: [], result: null, receipts: [] },
    progress: 0,
    rest: {}
  }
}

async function receiptSeen({ peerId, receipt }: Evidence): Promise<unknown> {
  const { result, receipt: own } = await verifyReceipt(receipt, { expectedPeer: peerId })
  return {
    state: result.state,
    code: result.code,
    reason: result.reason,
    outputBytes: withoutEpoch(new TextDecoder().decode(result.outputJson)),
    codeHash: own.codeHash,
    image: own.image,
    policyHash: own.policyHash,
    custody: own.custody
  }
}

/** The exact text of the output, except for the hash of the epoch. */
function withoutEpoch(text: string): string {
  return text.replace(/"epoch":"[0-9a-f]{64}"/g, '"epoch":""')
}

/** Number of withheld groups and cells, or leaves of a script's result, plus the statements that people were left out. */
function withheldIn(result: unknown): number {
  if (typeof result !== 'object' || result === null || !('withheld' in result)) return 0
  const withheld = result.withheld as Record<string, number>
  const leftOut = 'left_out' in result ? (result.left_out as readonly string[]).length : 0
  return Object.values(withheld).reduce((sum, count) => sum + count, leftOut)
}
