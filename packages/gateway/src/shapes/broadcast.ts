/** A request with each peer's share: state, safe output, receipt; and the pooled answer. */
import { type Filter, filterFromPairs, outwardState, programText, type ReadonlyDeep } from '@stimnet/protocol'
import { z } from 'zod'
import type { AskedView, PartView, RequestView } from '../peer.ts'
import { isoOf, output, timestamp } from './named.ts'
import { messageOf, OUTWARD_STATES, pooledOutputShape, REST_STATUSES, restStatus, safeOutputShape } from './result.ts'
import { schemaOf, schemaShape } from './schema.ts'
import { asked, bodyOf, targets } from './submission.ts'

const partShape = output(
  'BroadcastPart',
  z.object({
    peer_id: z.string(),
    node_id: z.string(),
    institution: z.string(),
    job_id: z.string(),
    status: z.enum(REST_STATUSES),
    state: z.enum(OUTWARD_STATES),
    code: z.string().nullable(),
    reason: z.string().nullable(),
    progress: z.number().min(0).max(1),
    output: safeOutputShape.nullable(),
    engine: z.string().nullable().describe('What ran it: node, wasm or docker; null before the end'),
    sandbox_grade: z.string().nullable().describe('Its isolation grade; null where no sandbox was needed'),
    receipt: z.string().nullable().describe('The sealed JobResult (compact JWS): evidence anybody can verify'),
    decision: z
      .string()
      .nullable()
      .describe('The sealed Decision (compact JWS): that the peer took the question, or why it did not'),
    warnings: z.array(z.string()),
    updated_at: timestamp
  })
)

const statisticShape = z.object({ name: z.string(), variables: z.array(z.string()), by: z.array(z.string()) })

/** What was asked, in the form of a submission: sent again, it asks the same. */
const fileShape = z.object({ name: z.string(), sha256: z.string(), size: z.number() })
const askedShape = output(
  'AskedQuestion',
  z.object({ targets, ...asked, files: z.array(fileShape).optional().describe('Files that its script reads, by hash') })
)

/** A broadcast as answered. */
export const broadcastShape = output(
  'Broadcast',
  z.object({
    id: z.string(),
    number: z.number().int(),
    title: z.string(),
    data_catalog_name: z.string(),
    script_type: z.string(),
    cohort: z.unknown().describe('Whom it is about: its filter, with what `filters` add; null for everybody'),
    opening: z.string().describe('The first characters of its program'),
    statistic: statisticShape.nullable().describe('What a statistic by name is of; null for SQL and scripts'),
    status: z.enum(REST_STATUSES),
    state: z.enum(OUTWARD_STATES),
    code: z.string().nullable(),
    reason: z.string().nullable(),
    progress: z.number().min(0).max(1),
    submitted_at: timestamp,
    started_at: timestamp.nullable(),
    completed_at: timestamp.nullable(),
    warnings: z.array(z.string()),
    parts: z.array(partShape),
    pooled: pooledOutputShape.nullable(),
    schema: schemaShape.nullable(),
    asked: askedShape.nullable().describe('What was asked, as it was signed; null in lists and before it is known')
  })
)

/** A broadcast as answered. */
export type BroadcastShape = ReadonlyDeep<z.output<typeof broadcastShape>>

/** `withOutputs`: false in lists and in events before the end, which tell the state alone. */
export function broadcastOf(view: RequestView, options: { withOutputs: boolean }): BroadcastShape {
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
    warnings: [...view.warnings],
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

function askedOf(view: AskedView): z.output<typeof askedShape> {
  const { files = [] } = view
  return { ...(bodyOf(view) as z.output<typeof askedShape>), ...(files.length > 0 ? { files: [...files] } : {}) }
}

function statisticOf({ name, variables, by }: NonNullable<RequestView['statistic']>): z.output<typeof statisticShape> {
  return { name, variables: [...variables], by: [...by] }
}

function partOf(part: PartView, withOutput: boolean): ReadonlyDeep<z.output<typeof partShape>> {
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
    warnings: [...part.warnings],
    updated_at: isoOf(part.updatedAtMs)
  }
}
