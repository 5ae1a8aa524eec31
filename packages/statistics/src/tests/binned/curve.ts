/** What is read off a life table: the steps as shown, median, restricted mean, survival at single times. */
import type { SurvivalCurve } from '@stimnet/protocol'
import { zOfP } from '../../distributions.ts'
import { exactSum } from '../../moments.ts'
import { ERROR_SHARE } from '../table.ts'
import { type Counted, edgeOf } from './counted.ts'
import { intervalAt, type LifeStep } from './life-table.ts'

/** The steps of a curve as shown. */
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
/** As R compares numbers. */
const ALIKE = Number.EPSILON ** HALF

/** The median with its interval, where the curve and the ends of its band cross one half, as R's `survfit` prints them. */
export function medianOf(steps: readonly LifeStep[]): SurvivalCurve['median'] {
  const bands = steps.map(intervalAt)
  const at = (values: readonly (number | null)[]) => crossing(steps, values)
  const first = steps.find(({ range: [low] }) => low < HALF + ALIKE)
  const last = steps.find(({ range: [, high] }) => high < HALF + ALIKE)
  return {
    estimate: at(steps.map(({ survival }) => survival)),
    interval: [at(bands.map((band) => band?.[0] ?? null)), at(bands.map((band) => band?.[1] ?? null))],
    range: [first === undefined ? null : edgeOf(first.from), last === undefined ? null : edgeOf(last.to)]
  }
}

/** The first time at which the values are half or less; the middle of the flat part where they are exactly half. */
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

/** The area under the curve up to a time, with its error as in R; null beyond the grid, and of a grid of one interval. */
export function restrictedMean(steps: readonly LifeStep[], until: number): SurvivalCurve['restricted_mean'] {
  const last = lastTime(steps)
  if (last === null || until > last || until <= 0 || steps.length < 2) return null
  const areaOf = (heightOf: (step: LifeStep) => number) => areaUnder(steps, until, heightOf)
  const estimate = areaOf(({ survival }) => survival)
  const [low, high] = [areaOf(({ rounded }) => rounded[0]), areaOf(({ rounded }) => rounded[1])]
  const half = zOfP(ERROR_SHARE)
  const isExact = steps.every(({ rounded }) => rounded[0] === rounded[1])
  const error = meanError(steps, until, ({ survival, variance }) => ({ survival, variance }))
  const most = isExact
    ? error
    : meanError(steps, until, ({ rounded, varianceMax }) => ({ survival: rounded[1], variance: varianceMax }))
  return {
    ...{ until, estimate, error },
    interval: Number.isFinite(most) ? [low - half * most, high + half * most] : [0, until],
    // Within an interval the curve lies below its beginning and above its end.
    range: [lowerArea(steps, until), areaOf(({ range }) => range[1])]
  }
}

/** The area under steps that hold from each time to the next; 1 before the first. */
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

interface Spread {
  readonly survival: number
  readonly variance: number
}

/** Each step's part of Greenwood's sum, times the square of the area after it. */
function meanError(steps: readonly LifeStep[], until: number, of: (step: LifeStep) => Spread): number {
  let [sum, before] = [0, 0]
  for (const step of steps) {
    if (step.to > until) break
    const { variance } = of(step)
    const own = variance - before
    before = variance
    const after = areaUnder(steps, until, (one) => of(one).survival, step.to)
    // Where nobody is left nothing comes after.
    if (after > 0) sum += after ** 2 * own
  }
  return Math.sqrt(sum)
}

/** Survival at a time: that of the last step before it, with an interval that reaches to the next one. Null beyond the grid. */
export function survivalAt(steps: readonly LifeStep[], time: number): SurvivalCurve['at'][number] {
  const last = lastTime(steps)
  if (last === null || time > last) return { time, survival: null, error: null, interval: null, range: null }
  const place = steps.findLastIndex(({ to }) => to <= time)
  const step = steps[place]
  const next = step?.to === time ? step : steps[place + 1]
  const [least] = (next && intervalAt(next)) ?? [0]
  const most = step === undefined ? 1 : intervalAt(step)?.[1]
  return {
    time,
    survival: step?.survival ?? 1,
    error: step === undefined ? 0 : errorOf(step),
    interval: most === undefined ? null : [least, most],
    range: [next?.range[0] ?? 0, step?.range[1] ?? 1]
  }
}
