/**
 * A linear model with a random intercept and slope per person, by restricted or by maximum likelihood, from sums over the people with each
 * set of visits. The tests compare it with lme4.
 */
import { type PeopleAtVisits, prepared, type Transformed } from './prepared.ts'
import { type Factor, type Profile, profileAt, type Profiled } from './profile.ts'

/** The estimates; numbers of columns are in the units of the sums. */
export interface SlopeFit {
  /** The places of the estimated columns. */
  readonly kept: readonly number[]
  /** The estimates and standard errors, by index in `kept`. */
  readonly estimates: readonly number[]
  readonly errors: readonly number[]
  /** The variance within people, the variances of intercepts and of slopes, and the covariance of the two. */
  readonly residual: number
  readonly intercepts: number
  readonly slopes: number
  readonly covariance: number
  /** Whether some combination of intercept and slope has no variance. */
  readonly isSingular: boolean
  readonly logLikelihood: number
}

/** The model to fit, and the units: `decimals` of each column, `timeDecimals` of the times. */
export interface SlopeAsked {
  readonly decimals: readonly number[]
  readonly timeDecimals: number
  readonly isCorrelated: boolean
  readonly isRestricted: boolean
}

/** As in lme4: a standard deviation below this share of the one within people counts as zero. */
const SINGULAR = 1e-4
const NOTHING = 1e-9
/** Covariances from which the best is looked for. */
const STARTS: readonly Factor[] = [0.1, 0.5, 2, 8].flatMap((a) =>
  [0.1, 0.5, 2].flatMap((c) => [-0.5, 0, 0.5].map((b): Factor => [a, b * c, c]))
)
const STARTS_KEPT = 3
const STEPS_MAX = 200
/** Maximum ratio of the standard deviations between and within people. Above it, the rows of a person are assumed to have no error. */
const FACTOR_MAX = 1e3

/** The fit; undefined if the sums do not determine it: fewer than two people, no more rows than random effects or columns, or no error. */
export function slopeFitOf(people: readonly PeopleAtVisits[], asked: SlopeAsked): SlopeFit | undefined {
  const count = people.reduce((sum, one) => sum + one.people, 0)
  const rows = people.reduce((sum, one) => sum + one.people * one.times.length, 0)
  if (count < 2 || rows <= 2 * count) return undefined
  const made = prepared(people, asked.isCorrelated)
  if (made === undefined) return undefined
  const { isRestricted } = asked
  const best = bestOf({ groups: made.groups, rows, columns: made.kept.length, isRestricted }, asked.isCorrelated)
  if (best === undefined || best.at.some((one) => Math.abs(one) > FACTOR_MAX)) return undefined
  return inUnits(best, { ...made, ...asked, rows })
}

/** The lowest deviance found from several starting points. */
function bestOf(profiled: Profiled, isCorrelated: boolean): Profile | undefined {
  const starts = STARTS.filter(([, b]) => isCorrelated || b === 0)
    .flatMap((at) => profileAt(at, profiled) ?? [])
    .sort((x, y) => x.deviance - y.deviance)
    .slice(0, STARTS_KEPT)
  const found = starts.map((start) => descended(start, { profiled, isCorrelated }))
  return found.reduce<Profile | undefined>((a, b) => (a === undefined || b.deviance < a.deviance ? b : a), undefined)
}

interface Descent {
  readonly profiled: Profiled
  readonly isCorrelated: boolean
}

/** Newton's steps, with second derivatives from differences of first derivatives; damped where the deviance is not convex. */
function descended(start: Profile, { profiled, isCorrelated }: Descent): Profile {
  const free = isCorrelated ? [0, 1, 2] : [0, 2]
  let best = start
  let damping = 1e-3
  for (let step = 0; step < STEPS_MAX; step++) {
    const slopes = free.map((i) => best.slope[i] ?? 0)
    const curvature = curvatureAt(best.at, { profiled, free })
    if (curvature === undefined) return best
    const move = stepOf(curvature, slopes, damping)
    const next = move && profileAt(moved(best.at, free, move), profiled)
    const size = Math.max(0, ...(move ?? []).map(Math.abs))
    // A smaller decrease of the deviance is lost in its rounding errors. Then the derivative decides.
    const isBetter =
      next !== undefined &&
      (next.deviance < best.deviance || (size < 1e-5 && steepness(next, free) < steepness(best, free)))
    if (isBetter) {
      best = next
      damping = Math.max(damping / 10, 1e-12)
      if (size < 1e-12 * (1 + Math.max(...best.at.map(Math.abs)))) return best
    } else if (damping > 1e8) return best
    else damping = Math.max(damping * 10, 1e-9)
  }
  return best
}

function steepness({ slope }: Profile, free: readonly number[]): number {
  return Math.hypot(...free.map((i) => slope[i] ?? 0))
}

function moved(at: Factor, free: readonly number[], by: readonly number[]): Factor {
  const next: [number, number, number] = [...at]
  for (const [place, i] of free.entries()) next[i] = (next[i] ?? 0) + (by[place] ?? 0)
  return next
}

/** The second derivatives of the deviance, by central differences of the first. */
function curvatureAt(
  at: Factor,
  { profiled, free }: { readonly profiled: Profiled; readonly free: readonly number[] }
): number[][] | undefined {
  const rows = free.map((i, place) => {
    const width = 1e-5 * Math.max(1e-2, Math.abs(at[i] ?? 0))
    const by = free.map((_, j) => (j === place ? width : 0))
    const high = profileAt(moved(at, free, by), profiled)
    const low = profileAt(
      moved(
        at,
        free,
        by.map((one) => -one)
      ),
      profiled
    )
    return high && low && free.map((j) => ((high.slope[j] ?? 0) - (low.slope[j] ?? 0)) / (2 * width))
  })
  if (rows.some((row) => row === undefined)) return undefined
  const found = rows as number[][]
  return found.map((row, i) => row.map((value, j) => (value + (found[j]?.[i] ?? 0)) / 2))
}

/**
 * Solves (H + damping·D)·step = -slope by elimination, where D has the absolute values of the diagonal; undefined if the matrix is not
 * positive definite.
 */
function stepOf(
  curvature: readonly (readonly number[])[],
  slopes: readonly number[],
  damping: number
): number[] | undefined {
  const largest = Math.max(1e-300, ...curvature.flat().map(Math.abs))
  const rows = curvature.map((row, i) => [
    ...row.map((value, j) => (i === j ? value + damping * Math.max(Math.abs(value), 1e-3 * largest) : value)),
    -(slopes[i] ?? 0)
  ])
  for (let at = 0; at < rows.length; at++) {
    const line = rows[at] ?? []
    const pivot = line[at] ?? 0
    if (!(pivot > 1e-14 * largest)) return undefined
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? []
      const times = i === at ? 0 : (row[at] ?? 0) / pivot
      for (let j = at; j < row.length; j++) row[j] = (row[j] ?? 0) - times * (line[j] ?? 0)
    }
  }
  return rows.map((row, i) => (row.at(-1) ?? 0) / (row[i] ?? 1))
}

/** The fit in the units of the sums, with the original origin of time. */
function inUnits(best: Profile, made: Transformed & SlopeAsked & { readonly rows: number }): SlopeFit {
  const { basis, kept, factor, decimals, timeDecimals, isRestricted, rows, centre, scale } = made
  const unit = (place: number) => 10 ** (decimals[place] ?? 0)
  const own = unit(decimals.length - 1)
  const freedom = isRestricted ? rows - kept.length : rows
  const variance = best.left / freedom
  const estimates = kept.map((place, i) => {
    const moved = dot(basis[i] ?? [], best.estimates) / factor
    return (((made.start[i] ?? 0) + moved) * unit(place)) / own
  })
  const errors = kept.map((place, i) => {
    const line = basis[i] ?? []
    const spread = dot(
      line,
      best.inverse.map((row) => dot(row, line))
    )
    return (Math.sqrt(spread * variance) / factor / own) * unit(place)
  })
  // The remainder of a variance of zero after the last step.
  const [a = 0, b = 0, c = 0] = best.at.map((one) => (Math.abs(one) < NOTHING ? 0 : one))
  const residual = variance / (factor * own) ** 2
  // u + v·(t - centre)/scale, in units of time: t = 10^decimals·time.
  const turn = 10 ** timeDecimals / scale
  const shift = centre / scale
  const [first, mixed, second] = [a * a, a * b, b * b + c * c]
  const determinant =
    best.logDeterminant -
    2 * kept.reduce((sum, place, i) => sum + Math.log(Math.abs(basis[i]?.[i] ?? 1)) + Math.log(unit(place)), 0)
  const left = best.left / (factor * own) ** 2
  const determinants = best.deviance - (isRestricted ? best.logDeterminant : 0) - likelihoodOf(best.left, freedom)
  return {
    kept,
    estimates,
    errors,
    residual,
    intercepts: residual * (first - 2 * shift * mixed + shift * shift * second),
    slopes: residual * second * turn * turn,
    covariance: residual * turn * (mixed - shift * second),
    isSingular: Math.abs(a) < SINGULAR || Math.abs(c) < SINGULAR,
    logLikelihood: -(determinants + (isRestricted ? determinant : 0) + likelihoodOf(left, freedom)) / 2
  }
}

function likelihoodOf(left: number, freedom: number): number {
  return freedom * (1 + Math.log((2 * Math.PI * left) / freedom))
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0)
}
