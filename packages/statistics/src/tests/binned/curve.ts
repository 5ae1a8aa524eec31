/** Results derived from a life table: the steps as shown, median, restricted mean, and survival at single times. */
import type { SurvivalCurve } from '@stimnet/protocol'
import { zOfP } from '../../distributions.ts'
import { exactSum } from '../../moments.ts'
import { ERROR_SHARE } from '../table.ts'
import { type Counted, edgeOf } from './counted.ts'
import { exactIntervalAt, greenwoodMax, intervalAt, type LifeStep } from './life-table.ts'

/** The steps of a curve in the form in which they are shown. */
export function stepsShown(steps: readonly LifeStep[], censored: readonly Counted[]): SurvivalCurve['steps'] {
  return steps.map((step) => {
    const leaving = censored.filter(({ to }) => to > step.from && to <= step.to)
    return {
      time: edgeOf(step.to),
      at_risk: step.atRisk,
      events: step.events,
      censored: exactSum(leaving.map(({ rows }) => rows)),
      survival: step.survival,
      error: errorOf(step),
      interval: intervalAt(step),
      range: [...step.range]
    }
  })
}

function errorOf({ survival, variance }: LifeStep): number | null {
  return survival > 0 ? survival * Math.sqrt(variance) : null
}

const HALF = 0.5
/** The tolerance with which R compares numbers. */
const ALIKE = Number.EPSILON ** HALF

/**
 * The median at which the curve crosses one half, as R's `survfit` prints it. Its interval contains the interval of every curve
 * of exact times, which can cross at the beginning of an interval of the grid, and its range contains every median of such
 * curves.
 */
export function medianOf(steps: readonly LifeStep[]): SurvivalCurve['median'] {
  const estimate = crossing(
    steps,
    steps.map(({ survival }) => survival)
  )
  const bands = steps.map(exactIntervalAt)
  return {
    estimate,
    interval: [
      crossingLeast(
        steps,
        bands.map((ends) => ends?.[0] ?? 0)
      ),
      crossingMost(
        steps,
        bands.map((ends) => ends?.[1] ?? 1)
      )
    ],
    range: [
      crossingLeast(
        steps,
        steps.map(({ range }) => range[0])
      ),
      crossingMost(
        steps,
        steps.map(({ range }) => range[1])
      )
    ]
  }
}

/** The earliest time at which a curve of exact times can be half or less, from the smallest possible value at each step. */
function crossingLeast(steps: readonly LifeStep[], least: readonly number[]): number | null {
  const first = steps.find((_, i) => (least[i] ?? 1) < HALF + ALIKE)
  return first === undefined ? null : edgeOf(first.from)
}

/**
 * The latest time at which a curve of exact times can be half or less, from the largest possible value at each step. A curve that
 * is exactly half continues to its next event, and its median is in the middle of both times.
 */
function crossingMost(steps: readonly LifeStep[], most: readonly number[]): number | null {
  const first =
    steps.find((_, i) => (most[i] ?? 1) < HALF - ALIKE) ?? steps.find((_, i) => (most[i] ?? 1) < HALF + ALIKE)
  return first === undefined ? null : edgeOf(first.to)
}

/** The first time at which the values are half or less; if they are exactly half, the middle of the flat part. */
function crossing(steps: readonly LifeStep[], values: readonly (number | null)[]): number | null {
  const below = steps.flatMap(({ to }, i) => {
    const value = values[i] ?? null
    return value !== null && value < HALF + ALIKE ? [{ time: edgeOf(to), value }] : []
  })
  const [first] = below
  if (first === undefined || first.time === null) return null
  const next = Math.abs(first.value - HALF) < ALIKE ? below.find(({ value }) => value < first.value) : undefined
  if (next === undefined) return first.time
  return next.time === null ? null : (first.time + next.time) / 2
}

/** The last time of the grid; null if it has none. */
export function lastTime(steps: readonly LifeStep[]): number | null {
  const times = steps.flatMap(({ to }) => edgeOf(to) ?? [])
  return times.at(-1) ?? null
}

/**
 * The area under the curve up to a time, with its error as in R. Its interval contains the interval of every curve of exact
 * times. Null beyond the grid, and for a grid of one interval.
 */
export function restrictedMean(steps: readonly LifeStep[], until: number): SurvivalCurve['restricted_mean'] {
  const last = lastTime(steps)
  if (last === null || until > last || until <= 0 || steps.length < 2) return null
  // Within an interval, the curve lies between its value at the beginning and its value at the end.
  const range: [number, number] = [lowerArea(steps, until), areaUnder(steps, until, ({ range: [, most] }) => most)]
  const most = zOfP(ERROR_SHARE) * meanErrorMax(steps, until)
  const error = meanError(steps, until)
  return {
    until,
    estimate: areaUnder(steps, until, ({ survival }) => survival),
    error,
    interval: [Math.max(0, range[0] - most), Math.min(until, range[1] + most)],
    range,
    ...(isCoarse(range, error) ? { coarse: true as const } : {})
  }
}

/** Whether the unknown exact times cause more uncertainty than chance: the range is wider than a 95 % interval would be. */
export function isCoarse([low, high]: readonly [number, number], error: number | null): boolean {
  return high - low > 2 * zOfP(ERROR_SHARE) * (error ?? 0) + ALIKE
}

/** The area under steps that hold from each time to the next; the height before the first step is 1. */
function areaUnder(steps: readonly LifeStep[], until: number, heightOf: (step: LifeStep) => number, since = 0): number {
  let [area, from, height] = [0, 0, 1]
  const wide = (to: number) => Math.max(0, Math.min(to, until) - Math.max(from, since))
  for (const step of steps) {
    if (step.to > until) break
    area += wide(step.to) * height
    from = step.to
    height = heightOf(step)
  }
  return area + wide(until) * height
}

function lowerArea(steps: readonly LifeStep[], until: number): number {
  let [area, from] = [0, 0]
  for (const { to, range } of steps) {
    area += Math.max(0, Math.min(to, until) - from) * range[0]
    from = Math.min(to, until)
  }
  return area
}

/** Each step contributes its part of Greenwood's sum, multiplied by the square of the area after the step. */
function meanError(steps: readonly LifeStep[], until: number): number {
  let [sum, before] = [0, 0]
  for (const { to, variance } of steps) {
    if (to > until) break
    const own = variance - before
    before = variance
    const after = areaUnder(steps, until, ({ survival }) => survival, to)
    // If nobody is left, nothing follows.
    if (after > 0) sum += after ** 2 * own
  }
  return Math.sqrt(sum)
}

/**
 * The largest error that curves of exact times can have. After an event in an interval, the remaining area is at most the area
 * from the beginning of the interval. It is also at most the survival that the event leaves, S·(r - 1)/r with r at risk,
 * multiplied by the time up to the end, so that the event adds at most the square of S times this time, multiplied by (r - 1)/r³
 * < 1/(r·(r + 1)). This bound also holds if nobody may be left.
 */
function meanErrorMax(steps: readonly LifeStep[], until: number): number {
  let [sum, before] = [0, 1]
  for (const { from, range, worst } of steps) {
    if (from >= until) break
    const area = areaUnder(steps, until, (step) => step.range[1], from)
    const least = 1 / (Math.max(1, worst.left) + 1)
    const leaving = Math.max(0, least - 1 / (worst.left + worst.events + 1))
    const own = [greenwoodMax([worst]) * area ** 2, leaving * (before * (until - from)) ** 2]
    if (area > 0) sum += Math.min(...own)
    before = range[1]
  }
  return Math.sqrt(sum)
}

/**
 * Survival at a time: that of the last step before the time, with an interval that holds for the exact times and reaches to the
 * next step. Null beyond the grid, and within the only interval of a grid, of which only the end is known.
 */
export function survivalAt(steps: readonly LifeStep[], time: number): SurvivalCurve['at'][number] {
  const unknown = { time, survival: null, error: null, interval: null, range: null }
  const last = lastTime(steps)
  if (last === null || time > last) return unknown
  const place = steps.findLastIndex(({ to }) => to <= time)
  const step = steps[place]
  const next = step?.to === time ? step : steps[place + 1]
  const range: [number, number] = [next?.range[0] ?? 0, step?.range[1] ?? 1]
  if (step === undefined && steps.length < 2) return { ...unknown, range }
  const [least] = (next && exactIntervalAt(next)) ?? [0]
  const most = step === undefined ? 1 : exactIntervalAt(step)?.[1]
  const error = step === undefined ? 0 : errorOf(step)
  return {
    time,
    survival: step?.survival ?? 1,
    error,
    interval: most === undefined ? null : [least, most],
    range,
    ...(next && isCoarse(range, error) ? { within: [next.from, edgeOf(next.to)] } : {})
  }
}
