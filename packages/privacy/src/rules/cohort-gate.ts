/** The first gate: a cohort has at least k distinct subjects, as counted by the node and nobody else. */
import type { PrivacySettings } from './settings.ts'

/** Whether a cohort passes. */
export type GateDecision = { readonly ok: true } | { readonly ok: false }

/** `size` is distinct subjects, never rows. An empty and a small cohort are the same refusal: COHORT_NOT_RELEASABLE. */
export function gateCohort(size: number, settings: Pick<PrivacySettings, 'k'>): GateDecision {
  return { ok: Number.isSafeInteger(size) && size >= settings.k }
}
