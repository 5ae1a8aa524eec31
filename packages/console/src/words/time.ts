/** Moments and spans for people. */
import { systemClock } from '@stimnet/protocol'

const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' })

/** 25 Nov 2026, 01:00; the reader's own time zone. */
export function moment(iso: string): string {
  return MOMENT.format(new Date(iso))
}

/** 25 Nov 2026. */
export function day(iso: string): string {
  return DAY.format(new Date(iso))
}

const STEPS = [
  { most: 60, per: 1, unit: 's' },
  { most: 3_600, per: 60, unit: 'min' },
  { most: 86_400, per: 3_600, unit: 'h' },
  { most: Number.POSITIVE_INFINITY, per: 86_400, unit: 'd' }
] as const

/** 12 s, 4 min, 3 h, 2 d. */
export function span(seconds: number): string {
  const { per, unit } = STEPS.find(({ most }) => seconds < most) ?? STEPS[3]
  return `${Math.floor(seconds / per)} ${unit}`
}

/** "4 min ago", "in 3 d". */
export function fromNow(iso: string, nowMs = systemClock.now()): string {
  const seconds = (nowMs - Date.parse(iso)) / 1_000
  if (Math.abs(seconds) < 5) return 'just now'
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`
}
