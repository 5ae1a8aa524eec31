/** Intervals between the steps of a survival curve, each with what exact times can give within it. */
import type { SurvivalCurve } from '@stimnet/protocol'
import { isCoarse } from './curve.ts'

/** One interval between two breakpoints of the time. */
export interface SurvivalSpan {
  readonly from: number
  /** Null for the last interval, if it has no end. */
  readonly to: number | null
  /** Survival at the beginning, as if every time were the end of its interval. */
  readonly survival: number
  /** The 95 % interval at the beginning, on the same assumption; null if nobody is left. */
  readonly interval: readonly [number, number] | null
  /** The least and the greatest survival that exact times can give within the interval. */
  readonly range: readonly [number, number]
  /**
   * Whether `survival` describes the interval. If not, exact times can put the curve far below, by more than chance at either end of
   * the interval, and only the range may be shown.
   */
  readonly isKnown: boolean
}

/** Largest distance below the line: a fifth of all people. A reader of the line would be that far off. */
const BELOW_MAX = 0.2

/** The intervals of a curve, in the order of time. The only interval of a curve is never known. */
export function survivalSpans({ steps }: Pick<SurvivalCurve, 'steps'>): SurvivalSpan[] {
  return steps.map((step, at) => {
    const before = steps[at - 1]
    const range = [step.range[0] ?? 0, before?.range[1] ?? 1] as const
    const [low = 1, high = 1] = before?.interval ?? []
    return {
      from: before?.time ?? 0,
      to: step.time,
      survival: before?.survival ?? 1,
      interval: before?.interval === null ? null : [low, high],
      range,
      isKnown: steps.length > 1 && !isFarBelow(range, Math.max(before?.error ?? 0, step.error ?? 0))
    }
  })
}

function isFarBelow(range: readonly [number, number], error: number): boolean {
  return range[1] - range[0] > BELOW_MAX && isCoarse(range, error)
}
