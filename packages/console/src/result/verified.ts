/** Whether a result is what the institutions signed: checked in this browser, with the result pooled again from that alone. */
import { canonicalJson, type PooledOutput } from '@stimnet/protocol'
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
      (verified) => show({ state: 'done', verified, agrees: agrees(verified, ended) }),
      (error: unknown) => show({ state: 'failed', error })
    )
    return () => {
      isGone = true
    }
  }, [ended])
  return verification
}

/** Whether the gateway shows what was signed, part by part, and what comes of it; the answer of one alone is not pooled there. */
export function agrees({ parts, pooled }: VerifiedBroadcast, shown: Pick<Broadcast, 'parts' | 'pooled'>): boolean {
  const isAsSigned = parts.every(({ peerId, verified, output }) => {
    const part = shown.parts.find(({ peer_id }) => peer_id === peerId)
    return !verified || isEqual(output, part?.output ?? null)
  })
  const isAlone = shown.pooled === null && shown.parts.length === 1
  return isAsSigned && (isAlone || isSame(pooled, shown.pooled))
}

function isEqual(one: unknown, other: unknown): boolean {
  try {
    return canonicalJson(one) === canonicalJson(other)
  } catch {
    // What cannot even be read is not the same.
    return false
  }
}

/** Whether two pooled answers say the same. Notes are words about it. */
export function isSame(ours: PooledOutput, theirs: PooledOutput | null): boolean {
  // In one order of keys: both sides are read by different means.
  const numbers = ({ columns, rows, outputs = [], tests = [] }: Omit<PooledOutput, 'sites' | 'missing' | 'notes'>) => [
    columns.map(({ name, kind }) => [name, kind]),
    rows.map(({ values }) => values),
    outputs,
    tests
  ]
  try {
    return isEqual(numbers(ours), numbers(theirs ?? { columns: [], rows: [] }))
  } catch {
    return false
  }
}
