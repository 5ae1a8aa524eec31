/** Days since 1970-01-01 as people and filters write them. */

const DAY_MS = 86_400_000

/** A number of days since 1970-01-01 as YYYY-MM-DD; the number itself where that is no day of the calendar. */
export function isoDate(days: number): string {
  const date = new Date(days * DAY_MS)
  return Number.isFinite(date.getTime()) ? date.toISOString().slice(0, 10) : String(days)
}
