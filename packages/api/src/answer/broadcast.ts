/** Broadcasts: a request, the state, output and receipt of each peer, and the pooled answer. */
import { z } from 'zod'
import { output, timestamp, typed } from '../named.ts'
import { asked, targets } from '../question/submission.ts'
import type { Answered, Sent } from '../readonly.ts'
import { OUTWARD_STATES, pooledOutputShape, REST_STATUSES, safeOutputShape } from './result.ts'
import { schemaShape } from './schema.ts'

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
    engine: z.string().nullable().describe('The engine: node, wasm or docker; null before the end'),
    sandbox_grade: z.string().nullable().describe('Its isolation grade; null where no sandbox was needed'),
    receipt: z.string().nullable().describe('The sealed JobResult (compact JWS), which anybody can verify'),
    decision: z
      .string()
      .nullable()
      .describe('The sealed Decision (compact JWS): the peer accepted the question, or refused it with a reason'),
    warnings: z.array(z.string()),
    updated_at: timestamp
  })
)
/** The part of one peer in a broadcast. */
export type BroadcastPart = Answered<typeof partShape>

const statisticShape = z.object({ name: z.string(), variables: z.array(z.string()), by: z.array(z.string()) })

const fileShape = z.object({ name: z.string(), sha256: z.string(), size: z.number() })
const askedShape = output(
  'AskedQuestion',
  z.object({
    targets,
    ...asked,
    files: z.array(fileShape).optional().describe('The files that the script reads, by hash')
  })
)
/** A question as it was signed, in the format of a submission. Submitting it again asks the same question. */
export type AskedQuestion = Sent<typeof askedShape>

/** The schema of a broadcast in answers. */
export const broadcastShape = output(
  'Broadcast',
  z.object({
    id: z.string(),
    number: z.number().int(),
    title: z.string(),
    data_catalog_name: z.string(),
    script_type: z.string(),
    cohort: z.unknown().describe('The cohort as one filter, `filters` included; null for everybody'),
    opening: z.string().describe('The first characters of the program'),
    statistic: statisticShape
      .nullable()
      .describe('For a statistic by name: its name, variables and groups; null for SQL and scripts'),
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
    pooled: pooledOutputShape
      .nullable()
      .describe(
        'The result as the gateway pooled it; a client can repeat the pooling from the results that the peers signed'
      ),
    schema: schemaShape
      .nullable()
      .describe(
        'Whether the peers define the variables of the question alike; null before the comparison, and for one peer'
      ),
    // As in a submission, fields with a default may be absent.
    asked: typed<AskedQuestion>(askedShape)
      .nullable()
      .describe(
        'The signed question in the form of a submission; null in lists, in events before the last, and before it is known'
      )
  })
)
/** A request to one or several peers, with their answers. */
export type Broadcast = Answered<typeof broadcastShape>
