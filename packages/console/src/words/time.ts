/** Times and durations in words. */
import { systemClock } from '@stimnet/protocol'
import { plural } from './number.ts'

const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' })

/** "25 Nov 2026, 01:00" in the reader's time zone. */
export function moment(iso: string): string {
  return MOMENT.format(new Date(iso))
}

/** "25 Nov 2026" in the reader's time zone. */
export function day(iso: string): string {
  return DAY.format(new Date(iso))
}

const STEPS = [
  { most: 60, per: 1, unit: 's', word: 'second' },
  { most: 3_600, per: 60, unit: 'min', word: 'minute' },
  { most: 86_400, per: 3_600, unit: 'h', word: 'hour' },
  { most: Number.POSITIVE_INFINITY, per: 86_400, unit: 'd', word: 'day' }
] as const

/** A duration: "12 s", "4 min", "3 h", "2 d". */
export function span(seconds: number): string {
  const { per, unit } = STEPS.find(({ most }) => seconds < most) ?? STEPS[3]
  return `${Math.floor(seconds / per)} ${unit}`
}

/** A past or future time: "4 min ago", "in 3 d". */
export function fromNow(iso: string, nowMs = systemClock.now()): string {
  const seconds = (nowMs - Date.parse(iso)) / 1_000
  if (Math.abs(seconds) < 5) return 'just now'
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`
}

/** A future time: "in 6 days", "in 1 hour"; "now" if it has passed. */
export function ahead(iso: string, nowMs = systemClock.now()): string {
  const seconds = (Date.parse(iso) - nowMs) / 1_000
  if (seconds < 1) return 'now'
  const { per, word } = STEPS.find(({ most }) => seconds < most) ?? STEPS[3]
  return `in ${plural(Math.floor(seconds / per), word)}`
}
