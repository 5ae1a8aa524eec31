/** The cohort gate: a cohort must have at least k distinct subjects, as counted by the node itself. */
import type { PrivacySettings } from './settings.ts'

/** Whether a cohort passes the gate. */
export type GateDecision = { readonly ok: true } | { readonly ok: false }

/**
 * `size` is the number of distinct subjects, never of rows. An empty cohort and a small cohort are both refused with
 * COHORT_NOT_RELEASABLE.
 */
export function gateCohort(size: number, settings: Pick<PrivacySettings, 'k'>): GateDecision {
  return { ok: Number.isSafeInteger(size) && size >= settings.k }
}
