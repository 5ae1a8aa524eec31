/** When an end may be seen outside: on a grid, so that how long it took says nothing. */
import { LIMITS } from '@stimnet/protocol'

/**
 * The first boundary at or after `endedAtMs`, counted from the admission: multiples of 25 ms for what the node
 * computes itself and for every gate refusal, 250 ms times a power of two for scripts. `prompt` (synthetic catalogs
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
