/** What an outsider sees of an answer, without what is random or counted by nature: ids, nonces, hashes over these, clocks. */
import { codeOf, isCode, StimnetError } from '@stimnet/protocol'
import { type Broadcast, type BroadcastPart, type Job, verifyDecision, verifyReceipt } from '@stimnet/sdk'

/** One answer as it is compared between the worlds. */
export interface Answer {
  /** The documented status, or `refused` where the gateway took nothing on. */
  readonly status: string
  readonly state: string
  readonly code: string | null
  readonly reason: string | null
  /** Cells and groups, or leaves of a script, that were withheld, and parts without some people. */
  readonly withheld: number
  readonly warnings: readonly string[]
  readonly result: unknown
  /** What stands in the receipts, beside the output. */
  readonly receipts: readonly unknown[]
  readonly progress: number
  readonly rest: Readonly<Record<string, unknown>>
}

/** A receipt as sealed, with the job it answers: for the checks that need the true time. */
export interface Evidence {
  readonly peerId: string
  readonly jobId: string
  readonly receipt: string
}

/** Random or a name of the data: hashes of the files as they are (see the attack on epochs), of request and audit record. */
const BY_NATURE = new Set(['epoch', 'request_hash', 'job_id', 'id', 'number'])

/** Times and ids are dropped by name, and nothing else. */
const TIMES = /(_at|^at|last_seen|last_updated)$/

/** A copy without what differs by nature. */
export function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => !BY_NATURE.has(key) && !TIMES.test(key))
  return Object.fromEntries(kept.map(([key, inner]) => [key, normal(inner)]))
}

/** A job as the REST API shows it at its end. */
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

/** A broadcast at its end, its parts in the order of their node. */
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

/** With what its decision says; its seal differs by nature, as that of the receipt. */
async function partSeen({ receipt: _, decision, ...part }: BroadcastPart): Promise<unknown> {
  const said = decision === null ? null : await verifyDecision(decision, { expectedPeer: part.peer_id })
  return { ...part, decision: said }
}

/** What the gateway answered instead of a job. */
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

/** The exact bytes of the output, but for the epoch's name. */
function withoutEpoch(text: string): string {
  return text.replace(/"epoch":"[0-9a-f]{64}"/g, '"epoch":""')
}

/** Withheld groups and cells of a table, leaves of a script; and parts of the answer that some people were left out of. */
function withheldIn(result: unknown): number {
  if (typeof result !== 'object' || result === null || !('withheld' in result)) return 0
  const withheld = result.withheld as Record<string, number>
  const leftOut = 'left_out' in result ? (result.left_out as readonly string[]).length : 0
  return Object.values(withheld).reduce((sum, count) => sum + count, leftOut)
}
