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
    // Values that cannot be read are not equal.
    return false
  }
}

/** Whether two pooled answers say the same, up to the last digits. Notes are words about it. */
export function isSame(ours: PooledOutput, theirs: PooledOutput | null): boolean {
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
    return isNear(numbers(ours), numbers(theirs ?? { columns: [], rows: [] }))
  } catch {
    return false
  }
}

/** Two engines compute logarithms and powers, and so a p, to different last digits. What this leaves open nobody would read. */
const SHARE_APART_MAX = 1e-9

/** Whether two values are the same, in any order of keys, with numbers as near as two engines compute them. */
function isNear(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number') {
    return one === other || Math.abs(one - other) <= SHARE_APART_MAX * Math.max(Math.abs(one), Math.abs(other))
  }
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [ours, theirs] = [definedIn(one), definedIn(other)]
  return (
    ours.size === theirs.size && [...ours].every(([name, value]) => theirs.has(name) && isNear(value, theirs.get(name)))
  )
}

/** The keys that JSON would keep. */
function definedIn(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).filter(([, own]) => own !== undefined))
}
