/** Selects the parts of a question that have an answer while others are still awaited. */
import type { Broadcast, verifyAndPool } from '@stimnet/sdk'
import { hasEnded } from '../../words/state.ts'
import type { SignedHere } from '../trust/answer.ts'

/** The answers received so far, as input of `verifyAndPool`. Institutions that are still awaited do not count as failed. */
export function comeSoFar(
  { parts, asked }: Pick<Broadcast, 'parts' | 'asked'>,
  signed: Pick<SignedHere, 'hash' | 'targets' | 'outputs'> | undefined
): Parameters<typeof verifyAndPool> {
  const ended = parts.filter(({ state, peer_id }) => hasEnded(state) && (signed?.targets.includes(peer_id) ?? true))
  const shown = { parts: ended, ...(asked === undefined ? {} : { asked }) }
  return [shown, signed ? { requestHash: signed.hash, outputs: signed.outputs } : {}]
}
