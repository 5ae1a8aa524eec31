/**
 * Restricted or plain maximum likelihood of a linear model with a random intercept by group, from sums over the groups of each size: the
 * variance of the groups is found in one dimension. Formulas as in Bates et al., J. Stat. Softw. 67(1), 2015, whose package lme4 the
 * tests compare with.
 */
import { fractionOf, ratioToNumber, rootOfRatioToNumber } from '../../rational.ts'
import { independentIn, type IntegerMatrix, partAt, solveExactly } from '../solve.ts'

/** The groups of one size. The outcome is the last column. */
export interface GroupsOfSize {
  /** Number of rows of each group. */
  readonly size: number
  readonly groups: number
  /** The sum of products of two columns over all rows. */
  readonly within: IntegerMatrix
  /** The sum over the groups of the products of their two column totals. */
  readonly totals: IntegerMatrix
}

/** The estimates. Numbers that belong to columns are in the units of the sums. */
export interface RemlFit {
  /** The indices of the estimated columns. */
  readonly kept: readonly number[]
  /** Estimates and standard errors (`errors`), by index in `kept`. */
  readonly estimates: readonly number[]
  readonly errors: readonly number[]
  /** The variance within the groups, and the variance between groups divided by it (`ratio`). */
  readonly residual: number
  readonly ratio: number
  /** The log-likelihood, restricted unless it is maximum likelihood, for sums in units of 10^-decimals of each column. */
  readonly logLikelihood: number
}

/** Number of bits of the weights of the group totals. */
const WEIGHT_BITS = 96n
/** Ratios of the two variances between which the best ratio is searched. */
const RATIOS = Array.from({ length: 13 }, (_, i) => 10 ** (i - 6))
const STEPS_MAX = 100

interface Profile {
  readonly ratio: number
  readonly deviance: number
  /** Slope of the deviance with respect to the ratio. */
  readonly slope: number
  readonly bottom: bigint
  readonly solution: readonly bigint[]
  readonly inverse: IntegerMatrix
  /** The weighted sum of squared residuals, times `bottom` and 2^WEIGHT_BITS. */
  readonly left: bigint
}

/**
 * The fit; undefined if the sums do not show how groups differ: no group with two rows, fewer than two groups, not more rows than
 * columns, or rows that do not differ within any group. `decimals` holds the decimals of each column.
 */
export function remlOf(
  classes: readonly GroupsOfSize[],
  { decimals, isRestricted }: { readonly decimals: readonly number[]; readonly isRestricted: boolean }
): RemlFit | undefined {
  const rows = classes.reduce((sum, { size, groups }) => sum + size * groups, 0)
  const groups = classes.reduce((sum, one) => sum + one.groups, 0)
  const last = decimals.length - 1
  const all = sumOf(classes.map(({ within }) => ({ matrix: within, weight: 1n })))
  const kept = independentIn(all.slice(0, last).map((row) => row.slice(0, last)))
  if (groups < 2 || groups === rows || rows <= kept.length) return undefined
  const at = (ratio: number) => profileAt(ratio, { classes, kept, rows, decimals, isRestricted })
  const best = bestOf(at)
  if (best === undefined) return undefined
  const { bottom, solution, inverse, left, ratio, deviance } = best
  const unit = (place: number) => 10n ** BigInt(decimals[place] ?? 0)
  const own = unit(last)
  const df = BigInt(isRestricted ? rows - kept.length : rows)
  return {
    kept,
    estimates: kept.map((place, i) => ratioToNumber((solution[i] ?? 0n) * unit(place), bottom * own)),
    errors: kept.map((place, i) =>
      rootOfRatioToNumber(left * (inverse[i]?.[i] ?? 0n) * unit(place) ** 2n, bottom ** 2n * df * own ** 2n)
    ),
    residual: ratioToNumber(left, (bottom << WEIGHT_BITS) * df * own ** 2n),
    ratio,
    logLikelihood: -deviance / 2
  }
}

/** The profile with the lowest deviance: where its slope changes from falling to rising, or at zero variance between the groups. */
function bestOf(at: (ratio: number) => Profile | undefined): Profile | undefined {
  const found: Profile[] = []
  let before = at(0)
  if (before === undefined) return undefined
  if (before.slope >= 0) found.push(before)
  for (const ratio of RATIOS) {
    const next = at(ratio)
    if (next === undefined) return undefined
    if (before.slope < 0 && next.slope >= 0) {
      const turn = turnBetween(before, next, at)
      if (turn !== undefined) found.push(turn)
    }
    before = next
  }
  // The deviance still falls at the largest ratio: the rows of a group hardly differ, so that the ratio has no bound.
  if (before.slope < 0 || found.length === 0) return undefined
  return found.reduce((a, b) => (b.deviance < a.deviance ? b : a))
}

/** The ratio at which the slope is zero, by false position; an end that stays in place gets half weight (the Illinois rule). */
function turnBetween(from: Profile, to: Profile, at: (ratio: number) => Profile | undefined): Profile | undefined {
  let [low, high] = [from, to]
  let [lowSlope, highSlope] = [from.slope, to.slope]
  let side = 0
  for (let step = 0; step < STEPS_MAX; step++) {
    const width = high.ratio - low.ratio
    const guess = low.ratio - (lowSlope * width) / (highSlope - lowSlope)
    // False position is slow where the slope bends, so every fourth step bisects.
    const next = at(step % 4 === 3 || !(guess > low.ratio && guess < high.ratio) ? low.ratio + width / 2 : guess)
    if (next === undefined) return undefined
    if (next.slope === 0 || width <= 1e-13 * high.ratio) return next
    if (next.slope < 0) {
      ;[low, lowSlope] = [next, next.slope]
      if (side < 0) highSlope /= 2
      side = -1
    } else {
      ;[high, highSlope] = [next, next.slope]
      if (side > 0) lowSlope /= 2
      side = 1
    }
  }
  return low
}

interface Profiled {
  readonly classes: readonly GroupsOfSize[]
  readonly kept: readonly number[]
  readonly rows: number
  readonly decimals: readonly number[]
  readonly isRestricted: boolean
}

/** The best fit with a ratio of the variances; undefined if it leaves no error. In whole numbers up to the last step. */
function profileAt(ratio: number, { classes, kept, rows, decimals, isRestricted }: Profiled): Profile | undefined {
  const last = decimals.length - 1
  const { top, bottom: under } = fractionOf(ratio)
  // Except for a factor, the inverse of the variance of a group of size s is 1 - ratio/(1 + s·ratio) of the products of totals.
  const weighted = sumOf(
    classes.flatMap(({ size, within, totals }) => [
      { matrix: within, weight: 1n << WEIGHT_BITS },
      { matrix: totals, weight: -((top << WEIGHT_BITS) / (under + BigInt(size) * top)) }
    ])
  )
  const turned = sumOf(
    classes.map(({ size, totals }) => ({
      matrix: totals,
      weight: -(((under ** 2n) << WEIGHT_BITS) / (under + BigInt(size) * top) ** 2n)
    }))
  )
  const right = kept.map((place) => weighted[place]?.[last] ?? 0n)
  const { bottom, solution, inverse } = solveExactly(partAt(weighted, kept), right)
  const left =
    (weighted[last]?.[last] ?? 0n) * bottom - right.reduce((sum, value, i) => sum + value * (solution[i] ?? 0n), 0n)
  if (left <= 0n || bottom <= 0n) return undefined
  const df = isRestricted ? rows - kept.length : rows
  const turnedOfKept = partAt(turned, kept)
  const trace = turnedOfKept.reduce((sum, row, i) => sum + dot(row, inverse[i] ?? []), 0n)
  const contrast = [...solution.map((value) => -value), bottom]
  const places = [...kept, last]
  const bend = dot(
    contrast,
    partAt(turned, places).map((row) => dot(row, contrast))
  )
  const slope =
    classes.reduce((sum, { size, groups }) => sum + (groups * size) / (1 + size * ratio), 0) +
    (isRestricted ? ratioToNumber(trace, bottom) : 0) +
    df * ratioToNumber(bend, bottom * left)
  const unit = (place: number) => 10n ** BigInt(decimals[place] ?? 0)
  const error = ratioToNumber(left, (bottom << WEIGHT_BITS) * unit(last) ** 2n)
  const determinant =
    logOf(bottom) -
    kept.length * Number(WEIGHT_BITS) * Math.LN2 -
    2 * kept.reduce((sum, place) => sum + (decimals[place] ?? 0) * Math.LN10, 0)
  const deviance =
    classes.reduce((sum, one) => sum + one.groups * Math.log1p(one.size * ratio), 0) +
    (isRestricted ? determinant : 0) +
    df * (1 + Math.log((2 * Math.PI * error) / df))
  return { ratio, deviance, slope, bottom, solution, inverse, left }
}

function dot(one: readonly bigint[], other: readonly bigint[]): bigint {
  return one.reduce((sum, value, i) => sum + value * (other[i] ?? 0n), 0n)
}

function sumOf(parts: readonly { readonly matrix: IntegerMatrix; readonly weight: bigint }[]): bigint[][] {
  const [first] = parts
  return (first?.matrix ?? []).map((row, i) =>
    row.map((_, j) => parts.reduce((sum, { matrix, weight }) => sum + weight * (matrix[i]?.[j] ?? 0n), 0n))
  )
}

/** The natural logarithm of a positive whole number of any length. */
function logOf(value: bigint): number {
  const shift = Math.max(0, value.toString(2).length - 60)
  return Math.log(Number(value >> BigInt(shift))) + shift * Math.LN2
}
