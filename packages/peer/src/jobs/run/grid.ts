/** The time grid on which ends become visible, so that the duration of a job discloses nothing about data. */
import { LIMITS } from '@stimnet/protocol'
import type { JobRecord } from '../../store/jobs.ts'

/**
 * The first boundary at or after `endedAtMs`, in ms, counted from the admission: multiples of 25 ms for computations of the
 * node itself, 250 ms times a power of two for scripts. Refusals use the same boundaries as answers. With `prompt`
 * (synthetic catalogs only), `endedAtMs` itself.
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
 * The boundary for a job that may have waited for stewards. It is then counted from their last approval: if it were counted
 * from an admission days ago, the next boundary could be days away. An end decided by people does not depend on data and is
 * visible at once.
 */
export function endVisibleAt(
  { state, admittedAtMs, review }: Pick<JobRecord, 'state' | 'admittedAtMs' | 'review'>,
  end: { endedAtMs: number; script: boolean; timing: 'padded' | 'prompt' }
): number {
  if (state === 'pending') return end.endedAtMs
  // Under a standing approval, the job did not wait.
  const lastWordMs = review?.standing === undefined ? (review?.approvals.at(-1)?.atMs ?? 0) : 0
  return visibleAt({ ...end, admittedAtMs: Math.max(admittedAtMs, lastWordMs) })
}
