/** A request as a job of the documented API. */
import type { Job, JobAccepted } from '@stimnet/api'
import { isEnded } from '@stimnet/protocol'
import type { OwnRequest } from '../peer.ts'
import { resultDataOf } from './result.ts'

/** The job of a request. `withParts`: false in lists. */
export function jobOf(request: OwnRequest, options: { withParts: boolean }): Job {
  const { id, number, code, parts, reason, schema, script_type, state, status, title, warnings } = request.broadcast
  const { data_catalog_name, progress, submitted_at, started_at, completed_at } = request.broadcast
  // For several peers, engines and receipts are in the parts.
  const only = parts.length === 1 ? parts[0] : undefined
  return {
    id: number,
    job_id: id,
    script_type,
    status,
    state,
    progress,
    result_data: resultDataOf(request, options),
    error_message: state === 'completed' || reason === null ? null : withCode(code, reason),
    execution_time: isEnded(state) ? executionSeconds(request.broadcast) : null,
    // Exact values are a side channel, so clients get null.
    memory_used_mb: null,
    records_processed: null,
    submitted_at,
    started_at,
    completed_at,
    code,
    title,
    data_catalog_name,
    warnings,
    schema: options.withParts ? schema : null,
    engine: only?.engine ?? null,
    sandbox_grade: only?.sandbox_grade ?? null,
    receipt: only?.receipt ?? null
  }
}

function withCode(code: string | null, message: string): string {
  return code === null ? message : `${code}: ${message}`
}

/** Duration by the times that the serving peer published, which are on its release grid already. */
function executionSeconds({ started_at, submitted_at, completed_at }: OwnRequest['broadcast']): number {
  const from = started_at ?? submitted_at
  return Math.max(0, Date.parse(completed_at ?? from) - Date.parse(from)) / 1_000
}

/** The answer to a submission or cancellation. */
export function acceptedOf({ broadcast: { id, status } }: OwnRequest, message: string): JobAccepted {
  return { job_id: id, status, message }
}
