/** A meta-analysis of numbers that were rounded for privacy: the weakest result that the exact numbers can give. */
import { exactSum } from '../moments.ts'
import type { MeasuredEffect } from './effects.ts'
import { type Meta, type MetaOptions, metaOf } from './meta.ts'

/**
 * The combined effect computed from the released numbers; interval, prediction and statistic allow for the largest error due to
 * rounding.
 */
export interface RoundedMeta extends Meta {
  /** Whether anything was rounded. */
  readonly isRounded: boolean
}

/** Maximum number of sites for which the squared errors are tried at all combinations of their ends. */
const CORNERS_SITES_MAX = 6

/**
 * Null in the cases of `metaOf`. The squared errors are taken at the ends of their possible ranges; the estimates are taken as
 * they are, as far apart as possible, and as close together as possible. The variance between sites, the weights and the interval
 * of Hartung and Knapp depend on both, and not in one direction. The interval spans all of these results, shifted by the largest
 * joint error of the estimates; the statistic is the smallest.
 */
export function metaOfRounded(effects: readonly MeasuredEffect[], options: MetaOptions): RoundedMeta | null {
  const told = metaOf(effects, options)
  if (told === null) return null
  const isRounded = effects.some(({ hidden, variances: [least, most] }) => hidden > 0 || most > least)
  if (!isRounded) return { ...told, isRounded }
  const corners = cornersOf(effects)
  const at = (away: 0 | 1 | -1) => corners.map((corner) => metaOf(movedBy(corner, away, told.estimate), options))
  const wide = [...at(0), ...at(1)]
  if (wide.includes(null)) return null
  // If the estimates are moved towards each other, the sites may not differ at all. Then there is no error to be widened.
  const all = [told, ...wide, ...at(-1)].filter((one) => one !== null)
  const shifts = all.map(({ weights }) => exactSum(effects.map(({ hidden }, i) => (weights[i] ?? 0) * hidden)))
  const ends = (of: (one: Meta) => readonly [number, number]): readonly [number, number] => [
    Math.min(...all.map((one, i) => of(one)[0] - (shifts[i] ?? 0))),
    Math.max(...all.map((one, i) => of(one)[1] + (shifts[i] ?? 0)))
  ]
  const sizes = all.map(({ estimate, error }, i) => Math.max(0, Math.abs(estimate) - (shifts[i] ?? 0)) / error)
  const isOneSided = all.every(({ estimate }) => Math.sign(estimate) === Math.sign(told.estimate))
  return {
    ...told,
    interval: ends(({ interval }) => interval),
    prediction: told.prediction && ends(({ prediction, interval }) => prediction ?? interval),
    statistic: isOneSided ? Math.sign(told.estimate) * Math.min(...sizes) : 0,
    isRounded
  }
}

/** The effects with their squared errors at the ends of their possible ranges. */
function cornersOf(effects: readonly MeasuredEffect[]): readonly (readonly MeasuredEffect[])[] {
  const at = (endOf: (site: number) => 0 | 1) =>
    effects.map((effect, site) => ({ ...effect, variance: effect.variances[endOf(site)] }))
  if (effects.length <= CORNERS_SITES_MAX)
    return Array.from({ length: 2 ** effects.length }, (_, bits) => at((site) => ((bits >> site) & 1 ? 1 : 0)))
  const alone = effects.flatMap((_, one) => [
    at((site) => (site === one ? 1 : 0)),
    at((site) => (site === one ? 0 : 1))
  ])
  return [at(() => 0), at(() => 1), ...alone]
}

/** Each estimate moved away from the middle (1), or towards it (-1) but not beyond it, by its largest error. */
function movedBy(effects: readonly MeasuredEffect[], away: 0 | 1 | -1, middle: number): readonly MeasuredEffect[] {
  if (away === 0) return effects
  return effects.map((effect) => {
    const off = effect.estimate - middle
    const by = away === 1 ? effect.hidden : -Math.min(effect.hidden, Math.abs(off))
    return { ...effect, estimate: effect.estimate + (off < 0 ? -by : by) }
  })
}
