/** Results, and the states and statuses of what they are waited for. */
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
/** One peer's safe output, named for the document. */
export const safeOutputShape = output('SafeOutput', outputSchema)
/** A pooled answer, named for the document. */
export const pooledOutputShape = output('PooledOutput', pooledOutputSchema)

/** What existing clients know; they stop waiting at the last four. */
export const REST_STATUSES = ['queued', 'running', 'completed', 'failed', 'cancelled', 'blocked'] as const
/** The status of the documented API. */
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

/** The documented status of a state. */
export function restStatus(state: JobState): JobStatus {
  return STATUS_OF[state]
}

/** The true states behind a documented status, or a true state itself. */
export function statesOf(status: JobStatus | JobState): JobState[] {
  const behind = (Object.keys(STATUS_OF) as JobState[]).filter((state) => STATUS_OF[state] === status)
  const itself = status in STATUS_OF && !(REST_STATUSES as readonly string[]).includes(status)
  return itself ? [status as JobState] : behind
}

/** `disclosing` is shown as running: how long it takes is a channel. */
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
/** The true word behind a status. */
export type OutwardState = (typeof OUTWARD_STATES)[number]

/** A table, a script's values, a pooled table with its parts, or `{ message }` of a blocked job. */
export interface ResultData {
  readonly columns?: readonly string[]
  readonly rows?: readonly Readonly<Record<string, string | number | null>>[]
  readonly disclosure?: DisclosureCard | null
  readonly message?: string
  readonly [key: string]: unknown
}

/** `result_data`: the document leaves it open, for a script calls its values as it likes. */
export const resultDataShape = typed<ResultData>(z.record(z.string(), z.unknown())).nullable()
