/**
 * The steps from each format to the next: for each record of the older format, what is written in the newer one. They are pure, and
 * applied to a record a second time they write the same, so that a machine that stops in between loses nothing. They know the records
 * as they were then, and use nothing of the stores, which change later.
 */
import { isEnded, type JobState } from '@stimnet/protocol'

/** A value to be written. */
export interface Written {
  readonly sublevel: string
  readonly key: string
  readonly value: unknown
}

/** One step. */
export interface Step {
  /** The format that it leads to. */
  readonly to: number
  /** By sublevel: what follows from one of its records. */
  readonly from: Readonly<Record<string, (key: string, value: never) => readonly Written[]>>
}

/** What the step from format 1 reads of a job. */
interface Job1 {
  readonly state: JobState
  readonly admittedAtMs: number
  readonly endedAtMs?: number
  readonly result?: string
  readonly review?: { readonly needed: number; readonly approvals: readonly unknown[] }
}

/** What the step from format 1 reads of a request. */
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
    // Results apart from records, so that lists read less and a result can be deleted before its record; what has ended by its time;
    // what lists filter by beside the ids; the question of each job that gave a first answer.
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

/** The state of a request from those of its parts, as lists show it. */
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
