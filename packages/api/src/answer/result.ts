/** Results, and the states and statuses of jobs. */
import {
  type DisclosureCard,
  disclosureCardSchema,
  type JobState,
  outputSchema,
  type outwardState,
  pooledOutputSchema
} from '@stimnet/protocol'
import { z } from 'zod'
import { output, typed } from '../named.ts'

output('DisclosureCard', disclosureCardSchema)
/** The schema of one peer's safe output, with its name in the OpenAPI document. */
export const safeOutputShape = output('SafeOutput', outputSchema)
/** The schema of a pooled answer, with its name in the OpenAPI document. */
export const pooledOutputShape = output('PooledOutput', pooledOutputSchema)

/** Statuses that existing clients know. They stop waiting at the last four. */
export const REST_STATUSES = ['queued', 'running', 'completed', 'failed', 'cancelled', 'blocked'] as const
/** A status of the documented API. */
export type JobStatus = (typeof REST_STATUSES)[number]

const STATUS_OF: Readonly<Record<JobState, JobStatus>> = {
  pending: 'queued',
  queued: 'queued',
  running: 'running',
  disclosing: 'running',
  completed: 'completed',
  blocked: 'blocked',
  failed: 'failed',
  cancelled: 'cancelled',
  denied: 'blocked',
  expired: 'cancelled'
}

/** The documented status for a state. */
export function restStatus(state: JobState): JobStatus {
  return STATUS_OF[state]
}

/** The states behind a documented status; a state stands for itself. */
export function statesOf(status: JobStatus | JobState): JobState[] {
  const behind = (Object.keys(STATUS_OF) as JobState[]).filter((state) => STATUS_OF[state] === status)
  const itself = status in STATUS_OF && !(REST_STATUSES as readonly string[]).includes(status)
  return itself ? [status as JobState] : behind
}

/** States in answers. `disclosing` is shown as running, because its duration could disclose data. */
export const OUTWARD_STATES = [
  'pending',
  'queued',
  'running',
  'completed',
  'blocked',
  'failed',
  'cancelled',
  'denied',
  'expired'
] as const satisfies readonly ReturnType<typeof outwardState>[]
/** A state as shown in answers. */
export type OutwardState = (typeof OUTWARD_STATES)[number]

/** A table, the values of a script, a pooled table with its parts, or `{ message }` of a blocked job. */
export interface ResultData {
  readonly columns?: readonly string[]
  readonly rows?: readonly Readonly<Record<string, string | number | null>>[]
  readonly disclosure?: DisclosureCard | null
  readonly message?: string
  readonly [key: string]: unknown
}

/** Schema of `result_data`. It has no fixed fields in the OpenAPI document, since a script chooses the names of its values. */
export const resultDataShape = typed<ResultData>(z.record(z.string(), z.unknown())).nullable()
