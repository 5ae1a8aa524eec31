/** Joining of bins until each can be shown: none has fewer than k subjects. */
import type { ReducedBin } from '@stimnet/protocol'

/**
 * Joins each bin of fewer than k subjects with its neighbours, most often in the tails. `withEmpty` also joins empty bins,
 * because an empty bin discloses of everybody that they are not in it.
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

function join(low: ReducedBin, high: ReducedBin): ReducedBin {
  const rowSet = low.rowSet && high.rowSet ? { rowSet: low.rowSet.or(high.rowSet) } : {}
  return { from: low.from, to: high.to, support: low.support.or(high.support), rows: low.rows + high.rows, ...rowSet }
}
