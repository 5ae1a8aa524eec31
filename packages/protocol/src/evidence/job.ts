/** The states of a job and the permitted transitions, shared by the wire format and the store. */
import { StimnetError } from '../errors.ts'

/**
 * The states of a job. `pending` waits for a steward's decision. `disclosing` is under disclosure control. `blocked` ended without a
 * result because disclosure control or a budget did not allow one.
 */
export const JOB_STATES = [
  'pending',
  'queued',
  'running',
  'disclosing',
  'completed',
  'blocked',
  'failed',
  'cancelled',
  'denied',
  'expired'
] as const

/** One of JOB_STATES. */
export type JobState = (typeof JOB_STATES)[number]

/** For each state, the states that may follow it. An end state has none. */
export const JOB_MOVES: Readonly<Record<JobState, readonly JobState[]>> = {
  pending: ['queued', 'blocked', 'denied', 'expired', 'cancelled'],
  queued: ['running', 'failed', 'cancelled', 'expired', 'blocked'],
  // Back to queued if the node stopped during the run. The job runs again without a new charge.
  running: ['disclosing', 'queued', 'blocked', 'failed', 'cancelled'],
  disclosing: ['completed', 'queued', 'blocked', 'failed', 'cancelled'],
  completed: [],
  blocked: [],
  failed: [],
  cancelled: [],
  denied: [],
  expired: []
}

/** Whether a text from outside is a known state. */
export function isJobState(text: string): text is JobState {
  return Object.hasOwn(JOB_MOVES, text)
}

/** Whether a state is an end state. */
export function isEnded(state: JobState): boolean {
  return JOB_MOVES[state].length === 0
}

/** The only function that changes a state. Throws INTERNAL for a transition that is not permitted, which is a bug. */
export function move(from: JobState, to: JobState): JobState {
  if (!JOB_MOVES[from].includes(to)) throw new StimnetError('INTERNAL', `a job cannot go from ${from} to ${to}`)
  return to
}

/** The state that is shown outside: `disclosing` is shown as `running`, because its duration could disclose data. */
export function outwardState(state: JobState): Exclude<JobState, 'disclosing'> {
  return state === 'disclosing' ? 'running' : state
}
