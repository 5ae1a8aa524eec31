/** A request for the wire as the documented API shows it: a job. */
import { isoOf, type Job, type JobAccepted } from '@stimnet/api'
import { isEnded, outwardState } from '@stimnet/protocol'
import type { RequestView } from '../peer.ts'
import { messageOf, restStatus, resultDataOf } from './result.ts'
import { schemaOf } from './schema.ts'

/** `withParts`: false in lists. */
export function jobOf(view: RequestView, options: { withParts: boolean }): Job {
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
    // Exact values are a side channel: clients read null.
    memory_used_mb: null,
    records_processed: null,
    submitted_at: isoOf(view.submittedAtMs),
    started_at: view.startedAtMs === undefined ? null : isoOf(view.startedAtMs),
    completed_at: view.endedAtMs === undefined ? null : isoOf(view.endedAtMs),
    code: view.code ?? null,
    title: view.title,
    data_catalog_name: view.catalog,
    warnings: view.warnings,
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

/** The answer to a submission or cancellation. */
export function acceptedOf(view: RequestView, message: string): JobAccepted {
  return { job_id: view.id, status: restStatus(view.state), message }
}
