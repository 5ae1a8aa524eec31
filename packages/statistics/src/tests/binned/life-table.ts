/**
 * The life table of one group on a grid: Kaplan and Meier's estimate for times that are rounded up to the ends of their
 * intervals, with Greenwood's error and bounds for the curve of the exact times and counts.
 */
import { zOfP } from '../../distributions.ts'
import { exactSum } from '../../moments.ts'
import type { Bin } from '../../quantile.ts'
import { ERROR_SHARE } from '../table.ts'
import type { Counted } from './counted.ts'

const Z = zOfP(ERROR_SHARE)

/** One interval. */
export interface LifeStep {
  readonly from: number
  readonly to: number
  readonly atRisk: number
  readonly events: number
  readonly survival: number
  /** Greenwood's sum of d / (n·(n - d)); infinite if nobody is left. */
  readonly variance: number
  /** Greenwood's sum at its largest value that rounding of the counts allows. */
  readonly varianceMax: number
  /** Greenwood's sum at its largest value that the exact times and counts allow. */
  readonly varianceExact: number
  /**
   * The largest possible number of events in the interval, and the smallest possible number of people at risk after the last of
   * them.
   */
  readonly worst: Worst
  /** The smallest and the largest survival that rounding of the counts allows. */
  readonly rounded: readonly [number, number]
  /** The smallest and the largest survival that the exact times and counts allow. */
  readonly range: readonly [number, number]
}

interface Worst {
  readonly events: number
  readonly left: number
}

/** Whether somebody who was censored in one interval counts as at risk in the interval of events. */
type Stays = (censored: Bin, events: Bin) => boolean

/** Censoring as late as possible: after the events of the interval in which the censored interval ends. */
export const LATE: Stays = (censored, events) => censored.to > events.from
/** Censoring as early as possible. */
const EARLY: Stays = (censored, events) => censored.from >= events.to

/**
 * The steps, one for each interval of events. Censored people may be on another grid with the same outer edges. They leave after
 * the events of the interval in which their interval ends.
 *
 * Survival at a step falls with each event up to the step. It rises with each event after it and with each censored person, the
 * more so the later the person leaves. For the number r left at risk after a step is at least the number n at risk at the next
 * step, so that one more event at step m changes the logarithm by -1/n_m and, through the earlier steps, by at most the sum of
 * 1/r - 1/n, which is less than 1/n_m. So the smallest and the largest survival are reached at the ends of the possible counts
 * and times.
 */
export function lifeTable(events: readonly Counted[], censored: readonly Counted[]): LifeStep[] {
  const shown = events.map(({ rows }) => rows)
  const staying = (stays: Stays, off: -1 | 0 | 1) =>
    events.map((one) =>
      exactSum(censored.map((bin) => (stays(bin, one) ? Math.max(0, bin.rows + off * bin.within) : 0)))
    )
  const own = curveOf(shown, staying(LATE, 0))
  const ends = { low: staying(LATE, -1), high: staying(LATE, 1), early: staying(EARLY, -1) }
  const [worstLate, worstEarly] = [worstOf(events, ends.low), worstOf(events, ends.early)]
  return events.map(({ from, to, rows, within }, at) => {
    // The errors of the events up to the step have one sign, and those after the step the other.
    const moved = (off: -1 | 1) => events.map((one, i) => Math.max(0, one.rows + (i <= at ? off : -off) * one.within))
    const survivalAt = (off: -1 | 1, risk: readonly number[]) => curveOf(moved(off), risk)[at]?.survival ?? 1
    const { atRisk = 0, survival = 1, variance = 0 } = own[at] ?? {}
    const step = { from, to, atRisk, events: rows, survival, variance }
    const isExact = within === 0 && events.every((one) => one.within === 0) && censored.every((one) => one.within === 0)
    return {
      ...step,
      varianceMax: isExact ? variance : greenwoodMax(worstLate.slice(0, at + 1)),
      varianceExact: greenwoodMax(worstEarly.slice(0, at + 1)),
      worst: worstEarly[at] ?? { events: 0, left: 0 },
      rounded: isExact ? [survival, survival] : [survivalAt(1, ends.low), survivalAt(-1, ends.high)],
      range: [survivalAt(1, ends.early), survivalAt(-1, ends.high)]
    }
  })
}

interface Point {
  readonly atRisk: number
  readonly survival: number
  readonly variance: number
}

function curveOf(events: readonly number[], staying: readonly number[]): Point[] {
  let left = exactSum(events)
  let [survival, variance] = [1, 0]
  return events.map((many, i) => {
    const atRisk = left + (staying[i] ?? 0)
    left -= many
    if (many > 0) {
      survival *= (atRisk - many) / atRisk
      variance += many / (atRisk * (atRisk - many))
    }
    return { atRisk, survival, variance }
  })
}

function worstOf(events: readonly Counted[], staying: readonly number[]): Worst[] {
  const least = events.map(({ rows, within }) => Math.max(0, rows - within))
  return events.map(({ rows, within }, i) => ({
    events: rows + within,
    left: exactSum(least.slice(i + 1)) + (staying[i] ?? 0)
  }))
}

/**
 * Each term d / (r·(r + d)) rises with its own events and falls with the number of people left after them. So it is also at least
 * the sum over events at single times, of which the last leaves r people at risk.
 */
export function greenwoodMax(worst: readonly Worst[]): number {
  return worst
    .map(({ events, left }) => (events === 0 ? 0 : events / (left * (left + events))))
    .reduce((a, b) => a + b, 0)
}

/**
 * The 95 % interval on the scale of log(-log), as R's `conf.type = "log-log"`; for rounded counts the widest interval that the
 * exact counts can have. Null if nobody is left.
 */
export function intervalAt({ survival, varianceMax, rounded }: LifeStep): [number, number] | null {
  return survival <= 0 ? null : band(rounded, varianceMax)
}

/**
 * The 95 % interval for the exact times: it contains the interval of every curve of exact times and counts at the end of the
 * step. Null if nobody is left.
 */
export function exactIntervalAt({ range, varianceExact }: LifeStep): [number, number] | null {
  return range[1] <= 0 ? null : band(range, varianceExact)
}

function band([low, high]: readonly [number, number], variance: number): [number, number] {
  const width = Z * Math.sqrt(variance)
  if (width === Number.POSITIVE_INFINITY) return [0, 1]
  const [least, most] = [-Math.log(high), -Math.log(low)]
  // The widest lower end is at one of the two ends of the range, the widest upper end at the greatest survival.
  const down = Math.max(
    ...[least, most].map((size) =>
      size > 0 ? size * Math.exp(width / size) : width > 0 ? Number.POSITIVE_INFINITY : 0
    )
  )
  const up = least > 0 ? least * Math.exp(-width / least) : 0
  return [Math.exp(-down), Math.exp(-up)]
}
