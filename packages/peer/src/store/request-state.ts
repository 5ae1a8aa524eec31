/** The state of a request that has several parts. */
import { isEnded, type JobState } from '@stimnet/protocol'

/**
 * The state of a request. With one part, the state of that part; with several parts, running until all have ended, and
 * completed if at least one completed.
 */
export function stateOf(record: {
  readonly parts: readonly { readonly state: JobState }[]
  readonly cancelled?: boolean
  readonly endedAtMs?: number
}): JobState {
  const states = record.parts.map((part) => part.state)
  const [only] = states
  if (record.parts.length === 0) {
    if (record.cancelled) return 'cancelled'
    return record.endedAtMs === undefined ? 'queued' : 'failed'
  }
  if (states.length === 1 && only !== undefined) return only
  if (states.some((state) => !isEnded(state))) return states.every((state) => state === 'queued') ? 'queued' : 'running'
  if (states.includes('completed')) return 'completed'
  // Among several ends, the most informative one: withheld before refused before failed.
  const order: readonly JobState[] = ['blocked', 'denied', 'failed', 'cancelled', 'expired']
  return order.find((state) => states.includes(state)) ?? 'failed'
}
