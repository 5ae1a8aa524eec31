/** Survival curves as step functions, constant between the breakpoints of the time, where the exact times permit that. */
import type { SurvivalCurve } from '@stimnet/protocol'
import { type SurvivalSpan, survivalSpans } from '@stimnet/sdk'
import type { Scale } from './scale.ts'

/** Both axes of a plot. */
export interface Scales {
  readonly x: Scale
  readonly y: Scale
}

/**
 * The SVG path of a curve, from 1 at time 0. It is interrupted where the exact times can put the curve far from it, and has a last step
 * only if the interval before it is known.
 */
export function linePath(curve: SurvivalCurve, { x, y }: Scales): string {
  const spans = survivalSpans(curve)
  const lines = spans.flatMap(({ from, to, survival, isKnown }, at) => {
    if (!isKnown) return []
    const level = round(y.at(survival))
    const start = spans[at - 1]?.isKnown ? `V${level}` : `M${round(x.at(from))} ${level}`
    const end =
      spans[at + 1] === undefined && to !== null ? `V${round(y.at(curve.steps[at]?.survival ?? survival))}` : ''
    return to === null ? [] : [`${start}H${round(x.at(to))}${end}`]
  })
  return lines.join('')
}

/** The SVG path of the 95 % intervals, where the line is drawn. */
export function bandPath(curve: SurvivalCurve, scales: Scales): string {
  const spans = survivalSpans(curve).filter(({ isKnown, to }) => isKnown && to !== null)
  return spans.map(({ interval, ...span }) => (interval === null ? '' : boxOf(span, interval, scales))).join('')
}

/**
 * The SVG path of what exact times can give: of the intervals in which the curve is known, or of the others. An interval without an
 * end reaches to the end of the plot.
 */
export function rangePath(curve: SurvivalCurve, scales: Scales, isKnown: boolean): string {
  const spans = survivalSpans(curve).filter((span) => span.isKnown === isKnown && span.from < scales.x.high)
  return spans.map((span) => boxOf(span, span.range, scales)).join('')
}

function boxOf(
  { from, to }: Pick<SurvivalSpan, 'from' | 'to'>,
  [low, high]: readonly [number, number],
  { x, y }: Scales
): string {
  return `M${round(x.at(from))} ${round(y.at(high))}H${round(x.at(to ?? x.high))}V${round(y.at(low))}H${round(x.at(from))}Z`
}

/**
 * The range of the number of people at risk at a time; null after the last step. Within an interval, the number lies between the
 * numbers at its beginning and its end. People without the event may be on a coarser grid: the maximum assumes that they stay until
 * the end of their interval, the minimum that they have left an interval as soon as it has begun.
 */
export function atRisk({ steps }: SurvivalCurve, time: number): readonly [number, number] | null {
  const at = steps.findIndex((step) => step.time === null || step.time > time)
  const step = steps[at]
  if (step === undefined) return null
  const begin = at === 0 ? 0 : (steps[at - 1]?.time ?? 0)
  return [leftAtLeast(steps, time > begin ? at + 1 : at), step.at_risk]
}

/** The minimum number of people at risk at the beginning of a step. */
function leftAtLeast(steps: SurvivalCurve['steps'], from: number): number {
  // Index of the step at which the current interval of people without the event begins.
  let begin = 0
  return steps.reduce((sum, { events, censored }, at) => {
    const staying = at >= from && begin >= from ? censored : 0
    if (censored > 0) begin = at + 1
    return sum + staying + (at >= from ? events : 0)
  }, 0)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
