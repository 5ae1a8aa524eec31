/** A request as the documented API shows it: a job. */
import { isEnded, outwardState } from '@stimnet/protocol'
import { z } from 'zod'
import type { RequestView } from '../peer.ts'
import { isoOf, output, timestamp } from './named.ts'
import { messageOf, OUTWARD_STATES, REST_STATUSES, restStatus, resultDataOf } from './result.ts'
import { schemaOf, schemaShape } from './schema.ts'
import { SCRIPT_TYPES } from './submission.ts'

/** A job as answered. */
export const jobShape = output(
  'Job',
  z.object({
    id: z.number().int(),
    job_id: z.string(),
    script_type: z.string().describe(`One of ${SCRIPT_TYPES.join(', ')}`),
    status: z.enum(REST_STATUSES),
    state: z.enum(OUTWARD_STATES),
    progress: z.number().min(0).max(1),
    result_data: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe(
        'A table: { columns, rows, withheld, disclosure }, rows being objects by column; a script: its values, with ' +
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
    schema: schemaShape.nullable(),
    engine: z
      .string()
      .nullable()
      .describe('What ran it: node, wasm or docker; null before the end and for several peers'),
    sandbox_grade: z.string().nullable().describe('Its isolation grade; null where no sandbox was needed'),
    receipt: z.string().nullable().describe("The sealed result of the one peer asked; see a broadcast's parts for many")
  })
)

/** A job as answered. */
export type JobShape = z.output<typeof jobShape>

/** `withParts`: false in lists. */
export function jobOf(view: RequestView, options: { withParts: boolean }): JobShape {
  const ended = isEnded(view.state)
  const message = messageOf(view)
  const [only, second] = view.parts
  return {
    id: view.number,
    job_id: view.id,
    script_type: view.programWord,
    status: restStatus(view.state),
    state: outwardState(view.state),
    progress: Math.min(1, Math.max(0, view.progress)),
    result_data: resultDataOf(view, options),
    error_message: view.state === 'completed' || message === null ? null : withCode(view.code, message),
    execution_time: ended ? executionSeconds(view) : null,
    // Exact values are a side channel, see rest-api: clients read null.
    memory_used_mb: null,
    records_processed: null,
    submitted_at: isoOf(view.submittedAtMs),
    started_at: view.startedAtMs === undefined ? null : isoOf(view.startedAtMs),
    completed_at: view.endedAtMs === undefined ? null : isoOf(view.endedAtMs),
    code: view.code ?? null,
    title: view.title,
    data_catalog_name: view.catalog,
    warnings: [...view.warnings],
    schema: options.withParts ? schemaOf(view.schema) : null,
    engine: second ? null : (only?.engine ?? null),
    sandbox_grade: second ? null : only?.grade || null,
    receipt: second ? null : (only?.receipt ?? null)
  }
}

function withCode(code: string | undefined, message: string): string {
  return code === undefined ? message : `${code}: ${message}`
}

/** From the times that the serving peer published, which already lie on its release grid. */
function executionSeconds({ startedAtMs, submittedAtMs, endedAtMs }: RequestView): number {
  const from = startedAtMs ?? submittedAtMs
  return Math.max(0, (endedAtMs ?? from) - from) / 1_000
}

/** What answers a submission. */
export const acceptedShape = output(
  'JobAccepted',
  z.object({ job_id: z.string(), status: z.enum(REST_STATUSES), message: z.string() })
)

/** The answer to a submission or cancellation. */
export function acceptedOf(view: RequestView, message: string): z.output<typeof acceptedShape> {
  return { job_id: view.id, status: restStatus(view.state), message }
}
