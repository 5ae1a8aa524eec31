/** The states of a job in words for the researcher. */
import { CODES, isCode } from '@stimnet/protocol'
import type { BroadcastPart, OutwardState } from '@stimnet/sdk'

/** Colours of states. The word of a state is always shown too. */
export type Tone = 'calm' | 'busy' | 'good' | 'warn' | 'bad'

interface StateWords {
  readonly word: string
  readonly meaning: string
  readonly tone: Tone
}

/** The words for each state. */
export const STATES: Readonly<Record<OutwardState, StateWords>> = {
  pending: { word: 'waits for stewards', meaning: 'Stewards of the institution read it first.', tone: 'warn' },
  queued: { word: 'queued', meaning: 'Accepted; it waits for its turn to run.', tone: 'calm' },
  running: { word: 'running', meaning: 'The institution is computing on its own data.', tone: 'busy' },
  completed: { word: 'completed', meaning: 'The result passed disclosure control and was signed.', tone: 'good' },
  blocked: { word: 'not released', meaning: 'Nothing may be released in answer to this question.', tone: 'warn' },
  failed: { word: 'failed', meaning: 'It ended with an error; nothing was released.', tone: 'bad' },
  cancelled: { word: 'cancelled', meaning: 'It was cancelled.', tone: 'calm' },
  denied: { word: 'refused', meaning: 'The institution refused, by its rules or its stewards.', tone: 'bad' },
  expired: { word: 'expired', meaning: 'No steward decided in time.', tone: 'calm' }
}

/** The state of one institution's part in words. A part that has not reached its institution is not called admitted. */
export function wordsOfPart({ state, code, reason }: Pick<BroadcastPart, 'state' | 'code' | 'reason'>): StateWords {
  const isUnreached = !hasEnded(state) && code !== null && isCode(code) && CODES[code].fault === 'network'
  if (isUnreached) return { word: 'unreachable', meaning: reason ?? CODES[code].meaning, tone: 'warn' }
  return STATES[state]
}

/** Whether a text from outside is a known state. */
export function isState(text: string): text is OutwardState {
  return Object.hasOwn(STATES, text)
}

const ENDED: readonly OutwardState[] = ['completed', 'blocked', 'failed', 'cancelled', 'denied', 'expired']

/** Whether the state is final. */
export function hasEnded(state: OutwardState): boolean {
  return ENDED.includes(state)
}
