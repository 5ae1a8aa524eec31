/**
 * The steps from each format to the next: for each record of the older format, the values to write in the newer format. They
 * are pure and give the same result when applied to a record twice, so that a machine that stops in between loses nothing.
 * They know the records as they were then, and use nothing of the stores, which change later.
 */
import { isEnded, type JobState } from '@stimnet/protocol'

/** A value to be written. */
export interface Written {
  readonly sublevel: string
  readonly key: string
  readonly value: unknown
}

/** A step from one format to the next. */
export interface Step {
  /** The format to which the step leads. */
  readonly to: number
  /** By sublevel: the values that follow from one of its records. */
  readonly from: Readonly<Record<string, (key: string, value: never) => readonly Written[]>>
}

/** The fields of a job that the step from format 1 reads. */
interface Job1 {
  readonly state: JobState
  readonly admittedAtMs: number
  readonly endedAtMs?: number
  readonly result?: string
  readonly review?: { readonly needed: number; readonly approvals: readonly unknown[] }
}

/** The fields of a request that the step from format 1 reads. */
interface Request1 {
  readonly owner: string
  readonly number: number
  readonly broadcast: boolean
  readonly submittedAtMs: number
  readonly endedAtMs?: number
  readonly cancelled?: boolean
  readonly analysis?: boolean
  readonly parts: readonly {
    readonly peerId: string
    readonly jobId: string
    readonly state: JobState
    readonly result?: string
  }[]
}

/** All steps, in order. */
export const STEPS: readonly Step[] = [
  {
    // Format 2 stores separately: results, so that lists read less and a result can be deleted before its record; ended
    // records by time; the filter fields of lists beside the ids; and the question of each job that gave a first answer.
    to: 2,
    from: {
      jobs: jobTo2,
      requests: requestTo2,
      answered: (key, jobId: string | 1) => (jobId === 1 ? [] : [{ sublevel: 'answered-jobs', key: jobId, value: key }])
    }
  }
]

function jobTo2(id: string, job: Job1): Written[] {
  const { result, ...stored } = job
  const { state, review, admittedAtMs, endedAtMs = admittedAtMs } = stored
  const written: Written[] = [{ sublevel: 'jobs', key: id, value: stored }]
  if (review) {
    const isPending = review.approvals.length < review.needed
    const value = { id, state, isPending, admittedAtMs }
    written.push({ sublevel: 'jobs-reviewed', key: `!${sixteen(admittedAtMs)}!${id}`, value })
  }
  if (isEnded(state)) written.push(ended('job', endedAtMs, id))
  if (result !== undefined) {
    written.push({ sublevel: 'job-results', key: id, value: result }, ended('job-result', endedAtMs, id))
  }
  return written
}

function requestTo2(id: string, record: Request1): Written[] {
  const { owner, number, broadcast, submittedAtMs, endedAtMs, analysis, parts } = record
  const listed = {
    id,
    state: requestState(record),
    broadcast,
    submittedAtMs,
    ...(analysis ? { analysis: parts[0]?.jobId ?? '' } : {})
  }
  const results = parts.flatMap(({ peerId, result }) =>
    result === undefined ? [] : [{ sublevel: 'request-results', key: `${id}!${peerId}`, value: result }]
  )
  const stored = { ...record, parts: parts.map(({ result: _, ...part }) => part) }
  const written: Written[] = [
    { sublevel: 'requests', key: id, value: stored },
    { sublevel: 'request-owners', key: `${owner}!${sixteen(number)}`, value: listed },
    ...results
  ]
  if (endedAtMs === undefined) return written
  written.push(ended('request', endedAtMs, id))
  if (results.length > 0) written.push(ended('request-result', endedAtMs, id))
  return written
}

/** The state of a request, derived from those of its parts, as lists show it. */
function requestState({ parts, cancelled, endedAtMs }: Request1): JobState {
  const states = parts.map(({ state }) => state)
  const [only] = states
  if (only === undefined) return cancelled ? 'cancelled' : endedAtMs === undefined ? 'queued' : 'failed'
  if (states.length === 1) return only
  if (states.some((state) => !isEnded(state))) return states.every((state) => state === 'queued') ? 'queued' : 'running'
  const order: readonly JobState[] = ['completed', 'blocked', 'denied', 'failed', 'cancelled', 'expired']
  return order.find((state) => states.includes(state)) ?? 'failed'
}

function ended(kind: string, endedAtMs: number, id: string): Written {
  return { sublevel: 'ended', key: `${kind}!${sixteen(endedAtMs)}!${id}`, value: true }
}

/** Sixteen digits sort like numbers up to 2^53. */
function sixteen(number: number): string {
  return String(number).padStart(16, '0')
}
