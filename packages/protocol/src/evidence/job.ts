/** The states of a job and the moves between them, as data: one vocabulary for wire and store. */
import { StimnetError } from '../errors.ts'

/** Where a job can be. `pending` waits for a person, `blocked` ran into the walls, the rest say what they mean. */
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

/** From a state to every state that may follow it. No move leads out of an end. */
export const JOB_MOVES: Readonly<Record<JobState, readonly JobState[]>> = {
  pending: ['queued', 'denied', 'expired', 'cancelled'],
  queued: ['running', 'failed', 'cancelled', 'expired', 'blocked'],
  // back to queued: caught running when the node stopped, run again on the same price
  running: ['disclosing', 'queued', 'blocked', 'failed', 'cancelled'],
  disclosing: ['completed', 'queued', 'blocked', 'failed', 'cancelled'],
  completed: [],
  blocked: [],
  failed: [],
  cancelled: [],
  denied: [],
  expired: []
}

/** Whether a text from outside is a state we know. */
export function isJobState(text: string): text is JobState {
  return Object.hasOwn(JOB_MOVES, text)
}

/** Whether nothing can follow. */
export function isEnded(state: JobState): boolean {
  return JOB_MOVES[state].length === 0
}

/** The one way to change a state. A move that is not in the table is our own mistake: it throws, nothing is stored. */
export function move(from: JobState, to: JobState): JobState {
  if (!JOB_MOVES[from].includes(to)) throw new StimnetError('INTERNAL', `a job cannot go from ${from} to ${to}`)
  return to
}

/** What is shown outside: disclosing looks like running, because how long disclosure takes is a channel. */
export function outwardState(state: JobState): Exclude<JobState, 'disclosing'> {
  return state === 'disclosing' ? 'running' : state
}
