/** Whether a result is what the institutions signed: checked in this browser, with the result pooled again from that alone. */
import type { PooledOutput } from '@stimnet/protocol'
import { type Broadcast, type VerifiedBroadcast, verifyAndPool } from '@stimnet/sdk'
import { useEffect, useState } from 'react'
import { hasEnded } from '../words/state.ts'

/** How far the check has come. */
export type Verification =
  | { readonly state: 'waiting' | 'checking' }
  | { readonly state: 'done'; readonly verified: VerifiedBroadcast; readonly agrees: boolean }
  | { readonly state: 'failed'; readonly error: unknown }

/** Checked once a question has ended. */
export function useVerified(broadcast: Broadcast | undefined): Verification {
  const [verification, setVerification] = useState<Verification>({ state: 'waiting' })
  const ended = broadcast !== undefined && hasEnded(broadcast.state) ? broadcast : undefined
  useEffect(() => {
    if (ended === undefined) return
    let isGone = false
    const show = (next: Verification) => {
      if (!isGone) setVerification(next)
    }
    show({ state: 'checking' })
    verifyAndPool(ended).then(
      (verified) => show({ state: 'done', verified, agrees: isSame(verified.pooled, ended.pooled) }),
      (error: unknown) => show({ state: 'failed', error })
    )
    return () => {
      isGone = true
    }
  }, [ended])
  return verification
}

/** Whether the gateway shows what comes of the signed parts. Notes are words about it. */
export function isSame(ours: PooledOutput, theirs: PooledOutput | null): boolean {
  const numbers = ({ columns, rows, outputs = [] }: Pick<PooledOutput, 'columns' | 'rows' | 'outputs'>) =>
    JSON.stringify([columns.map(({ name, kind }) => [name, kind]), rows.map(({ values }) => values), outputs])
  return numbers(ours) === numbers(theirs ?? { columns: [], rows: [] })
}
