/** A request for the wire, with each peer's share and the pooled answer. */
import { isoOf, type AskedQuestion, type Broadcast, type BroadcastPart } from '@stimnet/api'
import { type Filter, filterFromPairs, outwardState, programText } from '@stimnet/protocol'
import type { AskedView, PartView, RequestView } from '../peer.ts'
import { messageOf, restStatus } from './result.ts'
import { schemaOf } from './schema.ts'
import { bodyOf } from './submission.ts'

/** `withOutputs`: false in lists and in events before the end, which tell the state alone. */
export function broadcastOf(view: RequestView, options: { withOutputs: boolean }): Broadcast {
  return {
    id: view.id,
    number: view.number,
    title: view.title,
    data_catalog_name: view.catalog,
    script_type: view.programWord,
    cohort: view.asked ? cohortOf(view.asked) : null,
    opening: view.asked ? programText(view.asked.program).slice(0, OPENING_CHARACTERS) : '',
    statistic: view.statistic === undefined ? null : statisticOf(view.statistic),
    status: restStatus(view.state),
    state: outwardState(view.state),
    code: view.code ?? null,
    reason: messageOf(view),
    progress: Math.min(1, Math.max(0, view.progress)),
    submitted_at: isoOf(view.submittedAtMs),
    started_at: view.startedAtMs === undefined ? null : isoOf(view.startedAtMs),
    completed_at: view.endedAtMs === undefined ? null : isoOf(view.endedAtMs),
    warnings: view.warnings,
    parts: view.parts.map((part) => partOf(part, options.withOutputs)),
    pooled: options.withOutputs ? (view.pooled ?? null) : null,
    schema: options.withOutputs ? schemaOf(view.schema) : null,
    asked: options.withOutputs && view.asked ? askedOf(view.asked) : null
  }
}

/** Enough to know a query again in a list. */
const OPENING_CHARACTERS = 200

function cohortOf({ where, filters }: AskedView): Filter | null {
  const parts = [where, plainFilter(filters)]
  const [first, second] = parts.filter((part) => part !== undefined)
  return first && second ? { all: [first, second] } : (first ?? null)
}

/** What only a script reads of `filters` is no cohort. */
function plainFilter(filters: AskedView['filters']): Filter | undefined {
  try {
    return filterFromPairs(filters)
  } catch {
    return undefined
  }
}

function askedOf(view: AskedView): AskedQuestion {
  const { files = [] } = view
  return { ...bodyOf(view), ...(files.length > 0 ? { files } : {}) }
}

function statisticOf({ name, variables, by }: NonNullable<RequestView['statistic']>): Broadcast['statistic'] {
  return { name, variables, by }
}

function partOf(part: PartView, withOutput: boolean): BroadcastPart {
  return {
    peer_id: part.peerId,
    node_id: part.nodeId,
    institution: part.institution,
    job_id: part.jobId,
    status: restStatus(part.state),
    state: outwardState(part.state),
    code: part.code ?? null,
    reason: messageOf(part),
    progress: Math.min(1, Math.max(0, part.progress)),
    output: withOutput ? (part.output ?? null) : null,
    engine: part.engine ?? null,
    sandbox_grade: part.grade || null,
    receipt: withOutput ? (part.receipt ?? null) : null,
    decision: withOutput ? (part.decision ?? null) : null,
    warnings: part.warnings,
    updated_at: isoOf(part.updatedAtMs)
  }
}
