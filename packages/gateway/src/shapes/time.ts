/** Times as the REST API writes them. */

/** Of Unix time in ms; what is no time is the epoch, never an error in the middle of an answer. */
export function isoOf(ms: number): string {
  return new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString()
}
