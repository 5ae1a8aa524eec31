/** Texts of the values read off a survival curve. Each estimate has the range of the exact times, so that it is not copied without it. */
import type { SurvivalCurve } from '@stimnet/protocol'
import { medianText, numberText } from '@stimnet/sdk'
import { measured, written } from './number.ts'

/** An estimate with the range of the exact times, and its 95 % interval. */
export interface ReadOffCell {
  readonly estimate: string
  readonly interval: string
}

/** The values read off one curve. */
export interface ReadOffRow {
  readonly group: string
  readonly people: string
  readonly events: string
  /** Median, restricted mean, and survival at each requested time. */
  readonly cells: readonly ReadOffCell[]
}

/** The names of the estimates, and one row per curve. */
export function readOffOf(curves: readonly SurvivalCurve[]): {
  readonly names: readonly string[]
  readonly rows: readonly ReadOffRow[]
} {
  const times = curves[0]?.at.map(({ time }) => `Survival at ${measured(time)}`) ?? []
  const rows = curves.map((curve) => ({
    group: curve.group ?? 'all',
    people: numberText(curve.n, { within: curve.n_within }, written),
    events: numberText(curve.events, { within: curve.events_within }, written),
    cells: [medianCell(curve), meanCell(curve), ...curve.at.map(atCell)]
  }))
  return { names: ['Median', 'Mean', ...times], rows }
}

function medianCell({ median: { interval, range } }: SurvivalCurve): ReadOffCell {
  return { estimate: medianText(range, measured), interval: between(interval) }
}

function meanCell({ restricted_mean: mean }: SurvivalCurve): ReadOffCell {
  if (mean === null) return { estimate: '–', interval: '–' }
  const { estimate, until, interval, range, coarse } = mean
  if (coarse) return { estimate: `${withinRange(range)} up to ${measured(until)}`, interval: between(interval) }
  return { estimate: withRange(`${measured(estimate)} up to ${measured(until)}`, range), interval: between(interval) }
}

function atCell({ survival, interval, range, within }: SurvivalCurve['at'][number]): ReadOffCell {
  if (within !== undefined && range !== null) {
    const [from = 0, to] = within
    const place = to === null ? `${measured(from ?? 0)} on` : between(within)
    const estimate = `${withinRange(range)}; in an interval from ${place} that could not be divided`
    return { estimate, interval: interval === null ? '–' : between(interval) }
  }
  if (survival !== null)
    return { estimate: withRange(measured(survival), range), interval: interval === null ? '–' : between(interval) }
  const where = range === null ? 'beyond the grid' : withRange('within the only interval', range)
  return { estimate: where, interval: '–' }
}

/** The range first. Used if the breakpoints are so coarse that the estimate, the upper end of the range, would mislead. */
function withinRange([low = 0, high = 0]: readonly number[]): string {
  return `between ${measured(low)} and ${measured(high)}`
}

/** An estimate with its range: "1,095 (exact times: 365 to 1,095)". */
function withRange(text: string, range: readonly (number | null)[] | null): string {
  return range === null ? text : `${text} (exact times: ${between(range)})`
}

function between(ends: readonly (number | null)[]): string {
  return ends.map(timeInWords).join(' to ')
}

/** The time by which half of the people had the event; null means later than all known times. */
function timeInWords(time: number | null | undefined): string {
  return time === null || time === undefined ? 'not reached' : measured(time)
}
