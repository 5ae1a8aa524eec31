/** Where an analysis request stands, in words. */
import type { AnalysisRequest, AnalysisStatus } from '@stimnet/sdk'
import { hasEnded, isState, STATES, type Tone } from '../words/state.ts'

interface Standing {
  readonly word: string
  readonly tone: Tone
}

const STATUSES: Readonly<Record<AnalysisStatus, Standing>> = {
  pending: { word: 'waits for a decision', tone: 'warn' },
  approved: { word: 'approved', tone: 'good' },
  denied: { word: 'denied', tone: 'bad' },
  expired: { word: 'expired', tone: 'calm' }
}

/** The documented status, and the state of its job where that says more. */
export function standingOf({ status, state }: Pick<AnalysisRequest, 'status' | 'state'>): Standing {
  const isFurther = status === 'approved' && isState(state) && hasEnded(state)
  return isFurther ? STATES[state] : STATUSES[status]
}

/** Who asks: by name where they gave one, by key where not. */
export function requesterOf(request: AnalysisRequest): string {
  const { requester_name: name, requester_institution: institution, requester_key: key } = request
  if (name === '') return `key ${key.slice(0, 16)}…`
  return institution === '' ? name : `${name}, ${institution}`
}
