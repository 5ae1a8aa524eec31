/** Intervals (95 %) of quantiles by order statistics, as wide as the bins that contain these. */
import { pOfF } from '../../distributions.ts'
import { OPEN_END } from '../../quantile.ts'
import { ERROR_SHARE } from '../table.ts'
import { type MeasuredBins, poolCounted, totalOf } from './counted.ts'

/** The interval of one quantile; null if an end lies in an open bin, or beyond the least or greatest value. */
export function quantileInterval(parts: readonly MeasuredBins[], q: number): readonly [number, number] | null {
  const bins = poolCounted(parts)
  if (bins === null) return null
  const off = parts.reduce((sum, { within }) => sum + within.sum, 0)
  const n = totalOf(bins)
  const most = Math.ceil(n + off)
  // For rounded counts, the smallest possible number of values gives the lowest rank, and the largest gives the highest.
  const low = leastRank(Math.max(0, Math.floor(n - off)), q)
  const high = leastRank(most, 1 - q)
  if (low < 1 || high < 1) return null
  const belowEnd = bins.map((_, at) => totalOf(bins.slice(0, at + 1)))
  // The value of the lower rank is certainly not before this bin, and that of the upper rank certainly not after the other bin.
  const first = bins.findLastIndex((_, at) => at === 0 || (belowEnd[at - 1] ?? 0) + off < low)
  const last = bins.findIndex((_, at) => at === bins.length - 1 || (belowEnd[at] ?? 0) - off >= most + 1 - high)
  const [from = OPEN_END, to = OPEN_END] = [bins[first]?.from, bins[last]?.to]
  return Math.abs(from) >= OPEN_END || Math.abs(to) >= OPEN_END ? null : [from, to]
}

/**
 * The largest rank whose value is below the quantile with at least the required probability, which leaves half of the error
 * probability; 0 if there is none.
 */
function leastRank(n: number, q: number): number {
  let [low, high] = [0, n]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (atMost(middle - 1, n, q) <= ERROR_SHARE / 2) low = middle
    else high = middle - 1
  }
  return low
}

/** Probability of at most `many` successes in n trials, each with probability q. */
function atMost(many: number, n: number, q: number): number {
  if (many >= n) return 1
  const [above, below] = [2 * (many + 1), 2 * (n - many)]
  return pOfF((below * q) / (above * (1 - q)), above, below)
}
