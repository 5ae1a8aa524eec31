/** Whether the gateway shows what the institutions signed. */
import { canonicalJson, type PooledOutput } from '@stimnet/protocol'
import type { Broadcast, VerifiedBroadcast } from '@stimnet/sdk'

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
  const numbers = ({
    columns,
    rows,
    outputs = [],
    tests = [],
    models = []
  }: Omit<PooledOutput, 'sites' | 'missing' | 'notes'>) => [
    columns.map(({ name, kind }) => [name, kind]),
    rows.map(({ values }) => values),
    outputs,
    tests,
    models
  ]
  try {
    return isEqual(numbers(ours), numbers(theirs ?? { columns: [], rows: [] }))
  } catch {
    return false
  }
}
