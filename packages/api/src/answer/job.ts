/** Jobs: requests as the documented API shows them. */
import { z } from 'zod'
import { output, timestamp } from '../named.ts'
import { SCRIPT_TYPES } from '../question/submission.ts'
import type { Answered } from '../readonly.ts'
import { OUTWARD_STATES, REST_STATUSES, resultDataShape } from './result.ts'
import { schemaShape } from './schema.ts'

/** The schema of a job in answers. */
export const jobShape = output(
  'Job',
  z.object({
    id: z.number().int(),
    job_id: z.string(),
    script_type: z.string().describe(`One of ${SCRIPT_TYPES.join(', ')}`),
    status: z.enum(REST_STATUSES),
    state: z.enum(OUTWARD_STATES),
    progress: z.number().min(0).max(1),
    result_data: resultDataShape.describe(
      'A table: { columns, rows, withheld, disclosure }, each row an object by column; a script: its values, with ' +
        'withheld and disclosure; several peers: the pooled table, with parts; blocked: { message }'
    ),
    error_message: z.string().nullable(),
    execution_time: z.number().nullable().describe('Seconds; a number once the job has ended'),
    memory_used_mb: z.number().nullable(),
    records_processed: z.number().int().nullable(),
    submitted_at: timestamp,
    started_at: timestamp.nullable(),
    completed_at: timestamp.nullable(),
    code: z.string().nullable(),
    title: z.string(),
    data_catalog_name: z.string(),
    warnings: z.array(z.string()),
    schema: schemaShape.nullable().describe('As in a broadcast'),
    engine: z
      .string()
      .nullable()
      .describe('The engine: node, wasm or docker; null before the end and for several peers'),
    sandbox_grade: z.string().nullable().describe('Its isolation grade; null where no sandbox was needed'),
    receipt: z.string().nullable().describe("The sealed result of the one peer asked; see a broadcast's parts for many")
  })
)
/** A job with its result. */
export type Job = Answered<typeof jobShape>

/** The schema of the answer to a submission. */
export const acceptedShape = output(
  'JobAccepted',
  z.object({ job_id: z.string(), status: z.enum(REST_STATUSES), message: z.string() })
)
/** The answer to a submission or cancellation. */
export type JobAccepted = Answered<typeof acceptedShape>
