/** Standardised differences of two groups, with the largest error that the rounding of their numbers leaves. */
import { quadraticForm } from './linear.ts'

/** A number with its largest error. */
export interface Rounded {
  readonly value: number | null
  readonly within: number
}

/** A standardised difference with its largest error. */
export interface Difference {
  readonly value: number
  readonly within: number
}

/** One of two groups. */
interface Side {
  readonly mean: Difference
  readonly sd: Difference
}

/** The difference of the means divided by the root of the mean variance, without its sign. Null if nothing varies. */
export function differenceOfMeans(one: Side, other: Side): Difference | null {
  const rootOf = (sds: readonly number[]) => Math.sqrt(sds.reduce((sum, sd) => sum + sd ** 2, 0) / 2)
  const sds = [one.sd, other.sd]
  const spread = rootOf(sds.map(({ value }) => value))
  const least = rootOf(sds.map(({ value, within }) => Math.max(0, value - within)))
  const most = rootOf(sds.map(({ value, within }) => value + within))
  if (!(spread > 0) || !(least > 0)) return null
  const apart = Math.abs(one.mean.value - other.mean.value)
  const off = one.mean.within + other.mean.within
  return differenceIn(apart / spread, [Math.max(0, apart - off) / most, (apart + off) / least])
}

function differenceIn(value: number, [low, high]: readonly [number, number]): Difference {
  const within = Math.max(value - low, high - value)
  return { value, within: within <= 1e-12 * Math.max(1, value) ? 0 : Number(roundUp(within)) }
}

/** Rounded up to two digits, as bounds of pooled numbers are. */
function roundUp(within: number): string {
  const unit = 10 ** (Math.floor(Math.log10(within)) - 1)
  return (Math.ceil(within / unit - 1e-9) * unit).toPrecision(2)
}

/** Safety factor for the joint effect of changes to several shares, beyond the sum of their separate effects. */
const TOGETHER = 1.25

/**
 * The distance over the levels of a category, whose shares may each have an error. With two levels, the distance grows with the difference
 * of the shares in either direction, so its extremes are at the extremes of the shares. With more levels, each share is moved to both of
 * its extremes, and the changes are added.
 */
export function differenceOfShares(shares: readonly (readonly Rounded[])[]): Difference | null {
  const known = shares.slice(0, -1)
  if (shares.length < 2 || shares.some((pair) => pair.length !== 2)) return null
  const value = distanceOf(known)
  if (value === null || shares.some((pair) => pair.some((one) => one.value === null))) return null
  const moved = known.flatMap((pair, level) =>
    pair.flatMap(({ value: share, within }, group) => {
      if (within === 0 || share === null) return []
      const ends = [Math.max(0, share - within), Math.min(1, share + within)]
      return [ends.map((end) => distanceOf(known.with(level, pair.with(group, { value: end, within }))))]
    })
  )
  if (moved.flat().includes(null)) return null
  const moves = moved.map((ends) => Math.max(...ends.map((end) => Math.abs((end ?? 0) - value))))
  const off = TOGETHER * moves.reduce((sum, move) => sum + move, 0)
  const [low, high] = known.length === 1 ? endsOfTwo(known[0] ?? []) : [Math.max(0, value - off), value + off]
  return Number.isFinite(high) ? differenceIn(value, [low, high]) : null
}

/** The smallest and the largest distance for two levels, from the extremes of the shares of one level. */
function endsOfTwo([one, other]: readonly Rounded[]): readonly [number, number] {
  const endsOf = ({ value, within }: Rounded) => [
    Math.max(0, (value ?? 0) - within),
    Math.min(1, (value ?? 0) + within)
  ]
  if (!one || !other) return [0, Number.POSITIVE_INFINITY]
  const corners = endsOf(one).flatMap((p) =>
    endsOf(other).map(
      (q) => distanceOf([[p, q].map((value) => ({ value, within: 0 }))]) ?? (p === q ? 0 : Number.POSITIVE_INFINITY)
    )
  )
  const isSame = Math.abs((one.value ?? 0) - (other.value ?? 0)) <= one.within + other.within
  return [isSame ? 0 : Math.min(...corners), Math.max(...corners)]
}

/** The Mahalanobis distance of two distributions over all levels but the last, whose share follows from the other shares. */
function distanceOf(known: readonly (readonly Rounded[])[]): number | null {
  const pairs = known.map(([one, other]): [number | null, number | null] => [one?.value ?? null, other?.value ?? null])
  if (pairs.some((pair) => pair.includes(null))) return null
  const both = pairs as [number, number][]
  const covariances = both.map(([one, other], i) =>
    both.map(([p, q], j) => ((i === j ? one + other : 0) - (one * p + other * q)) / 2)
  )
  const { value, rank } = quadraticForm(
    covariances,
    both.map(([one, other]) => one - other)
  )
  return rank < both.length ? null : Math.sqrt(Math.max(0, value))
}
