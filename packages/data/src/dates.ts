/** Dates as days since 1970-01-01, written YYYY-MM-DD. */
import { isoDate } from '@stimnet/protocol'

const DAY_MS = 86_400_000

/** The number of days since 1970-01-01; null if the text is not a valid date. */
export function daysOf(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const ms = Date.parse(`${text}T00:00:00Z`)
  // Some engines read 2023-02-30 as a day in March, so the date must give the same text when it is formatted again.
  if (!Number.isFinite(ms) || isoDate(ms / DAY_MS) !== text) return null
  return ms / DAY_MS
}

export { isoDate }
