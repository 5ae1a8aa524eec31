/** Verifies in this browser that a result is what the institutions signed, and pools it again from the signed parts only. */
import type { Broadcast } from '@stimnet/sdk'
import { useEffect, useState } from 'react'
import { findAsked } from '../../key/asked.ts'
import { useAccount } from '../../session/session.tsx'
import { hasEnded } from '../../words/state.ts'
import { type CheckedAnswer, checkAnswer } from './answer.ts'

/** The state of the check. */
export type Verification =
  | { readonly state: 'waiting' | 'checking' }
  | ({ readonly state: 'done' } & CheckedAnswer)
  | { readonly state: 'failed'; readonly error: unknown }

/** Starts the check when the question has ended. */
export function useVerified(id: string, broadcast: Broadcast | undefined): Verification {
  const { name } = useAccount()
  const [verification, setVerification] = useState<Verification>({ state: 'waiting' })
  const ended = broadcast !== undefined && hasEnded(broadcast.state) ? broadcast : undefined
  useEffect(() => {
    if (ended === undefined) return
    let isGone = false
    const show = (next: Verification) => {
      if (!isGone) setVerification(next)
    }
    show({ state: 'checking' })
    // A browser that cannot store anything has signed nothing; then only the gateway states the question, and the page says so.
    const find = (by: Parameters<typeof findAsked>[1]) => findAsked(name, by).catch(() => undefined)
    checkAnswer(ended, { id, find }).then(
      (checked) => show({ state: 'done', ...checked }),
      (error: unknown) => show({ state: 'failed', error })
    )
    return () => {
      isGone = true
    }
  }, [ended, id, name])
  return verification
}
