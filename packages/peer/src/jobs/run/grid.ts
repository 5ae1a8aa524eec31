/** When an end may be seen outside: on a grid, so that how long it took says nothing. */
import { LIMITS } from '@stimnet/protocol'
import type { JobRecord } from '../../store/jobs.ts'

/**
 * The first boundary at or after `endedAtMs`, counted from the admission: multiples of 25 ms for what the node
 * computes itself, 250 ms times a power of two for scripts; refusals as answers. `prompt` (synthetic catalogs
 * alone) is at once.
 */
export function visibleAt(facts: {
  admittedAtMs: number
  endedAtMs: number
  script: boolean
  timing: 'padded' | 'prompt'
}): number {
  const took = Math.max(0, facts.endedAtMs - facts.admittedAtMs)
  if (facts.timing === 'prompt') return facts.endedAtMs
  if (!facts.script) return facts.admittedAtMs + Math.ceil(took / LIMITS.releaseGridMs) * LIMITS.releaseGridMs
  const doublings = Math.max(0, Math.ceil(Math.log2(Math.max(took, 1) / LIMITS.scriptGridMs)))
  return facts.admittedAtMs + LIMITS.scriptGridMs * 2 ** doublings
}

/**
 * The same for a job, which may have waited for people: it is counted from their last word, since after days the next
 * boundary would be days away. An end that people themselves made depends on no data, and is seen at once.
 */
export function endVisibleAt(
  { state, admittedAtMs, review }: Pick<JobRecord, 'state' | 'admittedAtMs' | 'review'>,
  end: { endedAtMs: number; script: boolean; timing: 'padded' | 'prompt' }
): number {
  if (state === 'pending') return end.endedAtMs
  // Under a standing approval it waited for nobody.
  const lastWordMs = review?.standing === undefined ? (review?.approvals.at(-1)?.atMs ?? 0) : 0
  return visibleAt({ ...end, admittedAtMs: Math.max(admittedAtMs, lastWordMs) })
}
