/** The state of an analysis request in words. */
import type { AnalysisRequest, AnalysisStatus } from '@stimnet/sdk'
import { short } from '../words/id.ts'
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

/** The documented status, or the state of the request's job if that is more specific. */
export function standingOf({ status, state }: Pick<AnalysisRequest, 'status' | 'state'>): Standing {
  const isFurther = status === 'approved' && isState(state) && hasEnded(state)
  return isFurther ? STATES[state] : STATUSES[status]
}

type Asker = Pick<
  AnalysisRequest,
  'requester_name' | 'requester_institution' | 'requester_key' | 'custody' | 'account' | 'asked_by'
>

/** The requester's name and institution as stated by the requester, which nobody has verified. */
export function saysToBe({ requester_name: name, requester_institution: institution }: Asker): string {
  if (name === '') return 'gives no name'
  return `says they are ${institution === '' ? name : `${name}, ${institution}`}`
}

/**
 * The verified facts about the requester: the institution that submitted the request, and the account or key that signed according
 * to that institution.
 */
export function signedBy({ custody, account, asked_by: brought, requester_key: key }: Asker): string {
  const institution = brought === null ? 'an unknown institution' : brought.institution || short(brought.peer_id)
  if (custody === 'gateway') return `account ${account ?? ''} of ${institution}`
  return `own key ${short(key)}, delivered by ${institution}`
}

/** The stewards' decisions; undefined if there are none. */
export function saidSoFar({ status, state, approved_by: by }: AnalysisRequest): string | undefined {
  switch (status) {
    case 'approved':
      return `Approved${by === null ? '' : ` by ${by}`}.${isState(state) && hasEnded(state) ? '' : ' It runs now.'}`
    case 'denied':
      return by === null && state === 'failed'
        ? 'Refused before a steward decided.'
        : `Denied${by === null ? '' : ` by ${by}`}.`
    case 'pending':
      return by === null ? undefined : `Agreed so far: ${by}.`
    case 'expired':
      return undefined
  }
}
