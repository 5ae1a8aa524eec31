/**
 * The life table of one group on a grid: Kaplan and Meier's estimate, as it would be of times that are rounded up to the ends of
 * their intervals, with Greenwood's error and bounds for the curve of the exact times and counts.
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
  /** Greenwood's sum, of d / (n·(n - d)); infinite where nobody is left. */
  readonly variance: number
  /** The same, as large as rounding of the counts allows. */
  readonly varianceMax: number
  /** The same, as large as the exact times and counts allow. */
  readonly varianceExact: number
  /** As many events as there can have been in the interval, and as few people as can have been at risk after the last of them. */
  readonly worst: Worst
  /** From the least to the greatest that rounding of the counts allows. */
  readonly rounded: readonly [number, number]
  /** From the least to the greatest that the exact times and counts can give. */
  readonly range: readonly [number, number]
}

interface Worst {
  readonly events: number
  readonly left: number
}

/** Whether somebody who was censored in one interval counts as at risk in the interval of events. */
type Stays = (censored: Bin, events: Bin) => boolean

/** As late as they can have been, after the events of the interval in which theirs ends. */
export const LATE: Stays = (censored, events) => censored.to > events.from
/** As early as they can have been. */
const EARLY: Stays = (censored, events) => censored.from >= events.to

/**
 * The steps, one for each interval of events. Censored people may be on another grid with the same outer edges. They leave after the
 * events of the interval in which theirs ends.
 *
 * Survival at a step falls with each event up to it, and rises with each event after it and with each censored person, the later
 * they leave. For the risk r left after a step is at least the number n at risk at the next, so that one event more at step m changes
 * the logarithm by -1/n_m and, through the steps before, by at most the sum of 1/r - 1/n, which is less than 1/n_m. So the least and
 * the greatest survival are at ends of what the counts and times can be.
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
    // Events up to the step are off to one side, and those after it to the other.
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
 * Each term d / (r·(r + d)) rises with its own events and falls with all who are left after them. So it is also at least the sum over
 * events at single times, of which the last leaves r people at risk.
 */
export function greenwoodMax(worst: readonly Worst[]): number {
  return worst
    .map(({ events, left }) => (events === 0 ? 0 : events / (left * (left + events))))
    .reduce((a, b) => a + b, 0)
}

/**
 * The 95 % interval on the scale of log(-log), as R's `conf.type = "log-log"`; of rounded counts the widest that exact ones can
 * have. Null where nobody is left.
 */
export function intervalAt({ survival, varianceMax, rounded }: LifeStep): [number, number] | null {
  return survival <= 0 ? null : band(rounded, varianceMax)
}

/**
 * The same for the exact times: it holds the interval of every curve of exact times and counts at the end of the step. Null where nobody
 * is left.
 */
export function exactIntervalAt({ range, varianceExact }: LifeStep): [number, number] | null {
  return range[1] <= 0 ? null : band(range, varianceExact)
}

function band([low, high]: readonly [number, number], variance: number): [number, number] {
  const width = Z * Math.sqrt(variance)
  if (width === Number.POSITIVE_INFINITY) return [0, 1]
  const [least, most] = [-Math.log(high), -Math.log(low)]
  // Downwards the widest is at one of the ends, upwards at the greatest survival.
  const down = Math.max(
    ...[least, most].map((size) =>
      size > 0 ? size * Math.exp(width / size) : width > 0 ? Number.POSITIVE_INFINITY : 0
    )
  )
  const up = least > 0 ? least * Math.exp(-width / least) : 0
  return [Math.exp(-down), Math.exp(-up)]
}
