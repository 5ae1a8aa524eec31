/** The lifetime of the statements that this peer signs. */

/** Lifetime of a signed decision or result, ms. Both are evidence and stay valid for as long as records are kept. */
export const EVIDENCE_LIFETIME_MS = 10 * 365 * 24 * 3_600_000
