/** Joining of bins until each bin can be shown: no bin has fewer than k subjects. */
import type { ReducedBin } from '@stimnet/protocol'

/**
 * Joins each bin of fewer than k subjects, most often in the tails, with its neighbours. `withEmpty` also joins empty bins,
 * because an empty bin discloses that nobody is in it.
 */
export function joinSmallBins(bins: readonly ReducedBin[], k: number, withEmpty = false): ReducedBin[] {
  const joined: ReducedBin[] = []
  const isSmall = (bin: ReducedBin | undefined) =>
    bin !== undefined && (withEmpty || bin.support.size > 0) && bin.support.size < k
  for (const bin of bins) {
    const last = joined.at(-1)
    if (last && isSmall(last)) joined[joined.length - 1] = join(last, bin)
    else joined.push(bin)
  }
  while (joined.length > 1 && isSmall(joined.at(-1))) {
    const [low, high] = joined.splice(-2)
    if (low && high) joined.push(join(low, high))
  }
  return joined
}

/**
 * Bins with as many of the declared edges as can be kept, so that each bin holds at least k subjects or, unless `withEmpty`,
 * nobody. Edges are tried in an order that depends on their position alone: the middle edge, then the edges in the middle of
 * each half, and so on. Institutions that try edges in the same order keep edges in common, unlike institutions that join
 * bins from one end.
 */
export function sharedBins(bins: readonly ReducedBin[], k: number, withEmpty = false): ReducedBin[] {
  const isFit = (bin: ReducedBin) => bin.support.size >= k || (!withEmpty && bin.support.size === 0)
  const [first, ...others] = bins
  if (first === undefined) return []
  let kept: readonly ReducedBin[] = [others.reduce(join, first)]
  for (const at of byRank(bins.length)) {
    const edge = bins[at]?.from ?? 0
    const place = kept.findIndex(({ from, to }) => from < edge && edge < to)
    const whole = kept[place]
    if (whole === undefined) continue
    const inside = bins.filter(({ from, to }) => from >= whole.from && to <= whole.to)
    const [low, high] = [inside.filter(({ to }) => to <= edge), inside.filter(({ from }) => from >= edge)].map((part) =>
      part.reduce(join)
    )
    if (low && high && isFit(low) && isFit(high)) kept = kept.toSpliced(place, 1, low, high)
  }
  return [...kept]
}

/** The indices of inner edges. Indices that are divisible by a higher power of two come first. */
function byRank(count: number): number[] {
  const rank = (place: number) => place & -place
  return Array.from({ length: Math.max(0, count - 1) }, (_, i) => i + 1).sort((a, b) => rank(b) - rank(a) || a - b)
}

function join(low: ReducedBin, high: ReducedBin): ReducedBin {
  const rowSet = low.rowSet && high.rowSet ? { rowSet: low.rowSet.or(high.rowSet) } : {}
  return { from: low.from, to: high.to, support: low.support.or(high.support), rows: low.rows + high.rows, ...rowSet }
}
