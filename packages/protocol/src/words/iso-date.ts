/** Dates, stored as days since 1970-01-01, in the format of people and filters. */

const DAY_MS = 86_400_000

/** A number of days since 1970-01-01 as YYYY-MM-DD; the number itself if it is not a valid date. */
export function isoDate(days: number): string {
  const date = new Date(days * DAY_MS)
  return Number.isFinite(date.getTime()) ? date.toISOString().slice(0, 10) : String(days)
}
