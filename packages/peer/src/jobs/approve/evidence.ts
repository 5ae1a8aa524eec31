/** How long what this peer signs stays verifiable. */

/** A decision or a result is evidence: it holds for as long as records are kept, ms. */
export const EVIDENCE_LIFETIME_MS = 10 * 365 * 24 * 3_600_000
