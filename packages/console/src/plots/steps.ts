/** Survival curves as step functions, constant between the breakpoints of the time. */
import type { SurvivalCurve } from '@stimnet/protocol'
import type { Scale } from './scale.ts'

/** One step of a curve. */
export interface Step {
  readonly time: number
  readonly value: number
}

/** The steps of a curve that have a time, and the steps of its confidence band that have an interval. */
export function stepsOf({ steps }: SurvivalCurve): { curve: Step[]; low: Step[]; high: Step[] } {
  const timed = steps.flatMap((step) => (step.time === null ? [] : [{ ...step, time: step.time }]))
  const ends = (at: 0 | 1) =>
    timed.flatMap(({ time, interval }) => {
      const end = interval?.[at]
      return end === undefined ? [] : [{ time, value: end }]
    })
  return { curve: timed.map(({ time, survival }) => ({ time, value: survival })), low: ends(0), high: ends(1) }
}

/** The SVG path of a curve, from 1 at time 0 to its last step. */
export function stepPath(steps: readonly Step[], { x, y }: { x: Scale; y: Scale }): string {
  const lines = steps.map(({ time, value }) => `H${round(x.at(time))}V${round(y.at(value))}`)
  return `M${round(x.at(0))} ${round(y.at(1))}${lines.join('')}`
}

/** The SVG path of the area between two step functions. */
export function bandPath(low: readonly Step[], high: readonly Step[], scales: { x: Scale; y: Scale }): string {
  const { x, y } = scales
  const back = low.toReversed().flatMap(({ time, value }, i, all) => {
    const before = all[i + 1]?.value ?? 1
    return [`L${round(x.at(time))} ${round(y.at(value))}`, `V${round(y.at(before))}`]
  })
  return `${stepPath(high, scales)}${back.join('')}H${round(x.at(0))}Z`
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
