/** Round bounds and breakpoints for numbers and days, so that a description contains no value of a person. */

/** Numbers of people by value. Each person is counted once, so that sums of these counts are numbers of distinct people. */
export type Heads = readonly (readonly [value: number, people: number])[]

/** Bounds as integers in the unit of the values. */
export interface RoundBounds {
  readonly minimum: number
  readonly maximum: number
  /** The distance between the round numbers. */
  readonly step: number
}

/** Minimum number of steps between the bounds. */
const STEPS_MIN = 8
/** Maximum number of parts into which breakpoints divide people, and into which the breakpoints of a fine grid do. */
const PARTS_MAX = 10
const FINE_PARTS_MAX = 13

/** The bounds, rounded outward to multiples of 1, 2 or 5 times a power of ten. The values are integers. */
export function roundBounds(least: number, most: number): RoundBounds {
  const step = roundStep((most - least) / STEPS_MIN)
  const low = Math.floor(least / step) * step
  // If zero is near, zero is the bound that discloses least.
  const minimum = least >= 0 && low <= 2 * step ? 0 : low
  const up = Math.ceil(most / step) * step
  const maximum = most <= 0 && up >= -2 * step ? 0 : up
  return maximum > minimum ? { minimum, maximum, step } : { minimum, maximum: minimum + step, step }
}

/** The round numbers between two bounds at which values could be divided, with at least `partsMin` steps between `least` and `most`. */
export function roundGrid(
  { minimum, maximum }: RoundBounds,
  { least, most, partsMin }: { readonly least: number; readonly most: number; readonly partsMin: number }
): number[] {
  const step = roundStep((most - least) / partsMin)
  const first = Math.floor(minimum / step) + 1
  const count = Math.ceil(maximum / step) - first
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step)
}

function roundStep(least: number): number {
  if (least <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5].map((digit) => digit * power).find((step) => step >= least) ?? 10 * power
}

/** Numbers of people within one step of a bound: `below` of the minimum, `above` of the maximum. */
export function peopleAtBounds(
  heads: Heads,
  { minimum, maximum, step }: RoundBounds
): { below: number; above: number } {
  const count = (fits: (value: number) => boolean) => heads.reduce((sum, [v, n]) => sum + (fits(v) ? n : 0), 0)
  return { below: count((value) => value < minimum + step), above: count((value) => value >= maximum - step) }
}

/**
 * Breakpoints from the ascending `grid`, with at most ten parts and at least `peopleMin` people in each part. If there are enough people
 * for four parts of ten times that number, the parts have at least that size.
 */
export function roundBreakpoints(heads: Heads, grid: readonly number[], peopleMin: number): number[] {
  const all = peopleIn(heads)
  const wanted = Math.max(peopleMin, Math.min(10 * peopleMin, Math.floor(all / 4)), Math.floor(all / PARTS_MAX))
  return breakpointsOf(heads, grid, wanted)
}

/**
 * The breakpoints of a grid for survival and medians: at most twelve, with at least twice `peopleMin` people in each part, so that two
 * groups can be compared.
 */
export function fineBreakpoints(heads: Heads, grid: readonly number[], peopleMin: number): number[] {
  return breakpointsOf(heads, grid, Math.max(2 * peopleMin, Math.floor(peopleIn(heads) / FINE_PARTS_MAX)))
}

function peopleIn(heads: Heads): number {
  return heads.reduce((sum, [, people]) => sum + people, 0)
}

function breakpointsOf(heads: Heads, grid: readonly number[], wanted: number): number[] {
  const sorted = [...heads].sort(([a], [b]) => a - b)
  const all = peopleIn(sorted)
  const cuts: number[] = []
  let before = 0
  let below = 0
  let at = 0
  for (const cut of grid) {
    for (; at < sorted.length && (sorted[at]?.[0] ?? 0) < cut; at++) below += sorted[at]?.[1] ?? 0
    if (below - before < wanted || all - below < wanted) continue
    cuts.push(cut)
    before = below
  }
  return cuts
}
