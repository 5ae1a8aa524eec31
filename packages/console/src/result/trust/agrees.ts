/** Compares the answer that the gateway shows with what the institutions signed. */
import { canonicalJson, type PooledOutput } from '@stimnet/protocol'
import type { Broadcast, VerifiedBroadcast } from '@stimnet/sdk'

/**
 * Whether the gateway shows the parts that were signed and the pooled answer that follows from them. The answer of a single
 * institution is not pooled by the gateway.
 */
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

/** Whether two pooled answers are equal up to the last digits. Notes are not compared. */
export function isSame(ours: PooledOutput, theirs: PooledOutput | null): boolean {
  const numbers = ({
    columns,
    rows,
    outputs = [],
    tests = [],
    models = []
  }: Omit<PooledOutput, 'sites' | 'missing' | 'notes'>) => [
    columns.map(({ name, kind }) => [name, kind]),
    rows.map(({ values, ranges = [] }) => [values, ranges]),
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

/**
 * Two JavaScript engines compute logarithms and powers, and therefore p values, with different last digits. A smaller difference is
 * not visible to a reader.
 */
const SHARE_APART_MAX = 1e-9

/** Whether two values are equal, in any order of keys, with numbers within the difference between two engines. */
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

/** The keys that JSON would keep, that is, without undefined values. */
function definedIn(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).filter(([, own]) => own !== undefined))
}
