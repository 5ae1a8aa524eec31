/** Survival curves as step functions: constant from each time of the grid to the next. */
import type { SurvivalCurve } from '@stimnet/protocol'
import type { Scale } from './scale.ts'

/** One step of a curve. */
export interface Step {
  readonly time: number
  readonly value: number
}

/** The steps of a curve that have a time, and of its band those that have an interval. */
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

/** The area between two curves of steps. */
export function bandPath(low: readonly Step[], high: readonly Step[], scales: { x: Scale; y: Scale }): string {
  const { x, y } = scales
  const back = low.toReversed().flatMap(({ time, value }, i, all) => {
    const before = all[i + 1]?.value ?? 1
    return [`L${round(x.at(time))} ${round(y.at(value))}`, `V${round(y.at(before))}`]
  })
  return `${stepPath(high, scales)}${back.join('')}H${round(x.at(0))}Z`
}

/**
 * How many can be at risk at a time, from the least to the most; null after the last step. Within an interval they are between those at
 * its beginning and those at its end. Those without the event may be on a coarser grid, and count as staying as long as they can; at the
 * least, everybody of an interval that has begun before has left.
 */
export function atRisk({ steps }: SurvivalCurve, time: number): readonly [number, number] | null {
  const at = steps.findIndex((step) => step.time === null || step.time > time)
  const step = steps[at]
  if (step === undefined) return null
  const begin = at === 0 ? 0 : (steps[at - 1]?.time ?? 0)
  return [leftAtLeast(steps, time > begin ? at + 1 : at), step.at_risk]
}

/** The least number of people who are left at the beginning of a step. */
function leftAtLeast(steps: SurvivalCurve['steps'], from: number): number {
  // The place of the step in which the interval of those without the event begins.
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
