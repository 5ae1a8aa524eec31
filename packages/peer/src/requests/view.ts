/** The view of a stored request for the gateway: states, verified outputs and the pooled answer. */
import type { PartView, RequestView } from '@stimnet/gateway'
import {
  type Clock,
  CODES,
  codeOf,
  isEnded,
  type JobState,
  messages,
  type Output,
  type OutputDeclaration,
  open
} from '@stimnet/protocol'
import { pool } from '@stimnet/statistics'
import { fromText } from '../store/base64.ts'
import type { RequestPart, RequestRecord } from '../store/requests.ts'
import { askedOf } from './asked.ts'

/** Views of ended requests kept at most. They never change again, and clients ask for them many times. */
const KEPT_MAX = 512

/** Views of requests. The view of an ended request is made once. */
export class Views {
  readonly #clock: Clock
  readonly #ended = new Map<string, Promise<RequestView>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  of(record: RequestRecord): Promise<RequestView> {
    if (record.endedAtMs === undefined) return viewOf(record, this.#clock)
    const kept = this.#ended.get(record.id)
    if (kept) return kept
    const view = viewOf(record, this.#clock)
    if (this.#ended.size >= KEPT_MAX) this.#ended.delete(this.#ended.keys().next().value ?? '')
    this.#ended.set(record.id, view)
    view.catch(() => this.#ended.delete(record.id))
    return view
  }
}

/** Reads the stored results, which were verified on receipt. A part without a result has no output. */
async function viewOf(record: RequestRecord, clock: Clock): Promise<RequestView> {
  const parts = await Promise.all(record.parts.map((part) => partView(part, clock)))
  const asked =
    record.envelope === undefined && record.unsealed === undefined ? undefined : await askedOf(record, clock)
  const state = stateOf(record)
  const only = parts.length === 1 ? parts[0] : undefined
  const code = record.code ?? only?.code
  const reason = record.reason ?? only?.reason
  const ended = record.endedAtMs !== undefined
  return {
    id: record.id,
    number: record.number,
    broadcast: record.broadcast,
    owner: record.owner,
    catalog: record.catalog,
    programWord: record.programWord,
    ...(record.statistic === undefined ? {} : { statistic: record.statistic }),
    title: record.title,
    submittedAtMs: record.submittedAtMs,
    ...(record.startedAtMs === undefined ? {} : { startedAtMs: record.startedAtMs }),
    ...(record.endedAtMs === undefined ? {} : { endedAtMs: record.endedAtMs }),
    state,
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    progress: ended ? 1 : parts.length === 0 ? 0 : parts.reduce((sum, part) => sum + part.progress, 0) / parts.length,
    parts,
    ...pooledOf(parts, ended, asked?.outputs ?? []),
    ...(asked === undefined ? {} : { asked }),
    ...(record.schema === undefined ? {} : { schema: record.schema }),
    warnings: [...new Set([...(record.warnings ?? []), ...parts.flatMap((part) => part.warnings)])]
  }
}

function pooledOf(
  parts: readonly PartView[],
  ended: boolean,
  outputs: readonly OutputDeclaration[]
): Pick<RequestView, 'pooled'> {
  if (!ended || parts.length < 2 || !parts.some((part) => part.output)) return {}
  try {
    const shares = parts.map(({ peerId, output, code }) => ({
      site: peerId,
      output: output ?? null,
      ...(code ? { code } : {})
    }))
    return { pooled: pool(shares, { outputs }) }
  } catch (error) {
    // Parts that do not pool are shown side by side, with a note.
    const notes = [`The parts do not pool: ${CODES[codeOf(error)].meaning}`]
    return { pooled: { columns: [], rows: [], sites: [], missing: [], notes } }
  }
}

/**
 * The state of a request. With one part, that of the part; with several, running until all have ended, and completed
 * where at
 * least one completed.
 */
export function stateOf(record: RequestRecord): JobState {
  const states = record.parts.map((part) => part.state)
  const [only] = states
  if (record.parts.length === 0) {
    if (record.cancelled) return 'cancelled'
    return record.endedAtMs === undefined ? 'queued' : 'failed'
  }
  if (states.length === 1 && only !== undefined) return only
  if (states.some((state) => !isEnded(state))) return states.every((state) => state === 'queued') ? 'queued' : 'running'
  if (states.includes('completed')) return 'completed'
  // Of several ends, the most informative one: withheld before refused before failed.
  const order: readonly JobState[] = ['blocked', 'denied', 'failed', 'cancelled', 'expired']
  return order.find((state) => states.includes(state)) ?? 'failed'
}

async function partView(part: RequestPart, clock: Clock): Promise<PartView> {
  const output = await outputOf(part, clock)
  return {
    peerId: part.peerId,
    nodeId: part.nodeId,
    institution: part.institution,
    jobId: part.jobId,
    state: part.state,
    ...(part.code === undefined ? {} : { code: part.code }),
    ...(part.reason === undefined ? {} : { reason: part.reason }),
    progress: part.progress,
    ...(output === undefined ? {} : { output }),
    ...(part.engine === undefined ? {} : { engine: part.engine }),
    ...(part.grade === undefined ? {} : { grade: part.grade }),
    ...(part.result === undefined ? {} : { receipt: jwsOf(part.result) }),
    ...(part.decision === undefined ? {} : { decision: jwsOf(part.decision) }),
    warnings: [...part.warnings, ...(output?.kind === 'table' ? (output.left_out ?? []) : [])],
    updatedAtMs: part.updatedAtMs
  }
}

/** The compact JWS of stored bytes. It is ASCII. */
function jwsOf(stored: string): string {
  return Buffer.from(stored, 'base64url').toString('ascii')
}

async function outputOf(part: RequestPart, clock: Clock): Promise<Output | undefined> {
  if (part.result === undefined || part.state !== 'completed') return undefined
  const sealed = fromText(part.result)
  const opened = await open(sealed, { type: 'job-result', issuer: part.peerId, clock, atAnyTime: true })
  const { outputJson } = messages.JobResult.decode(opened.body)
  // The shape was checked on receipt, before the result was stored.
  return JSON.parse(new TextDecoder().decode(outputJson)) as Output
}
