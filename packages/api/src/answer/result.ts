/** Results, and the states and statuses of what they are waited for. */
import {
  type DisclosureCard,
  disclosureCardSchema,
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
