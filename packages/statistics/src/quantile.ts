/** Quantiles from counts on a public grid: linear within a bin, and bins of several sites on the grid they share. */

/** How an open end is written: JSON has no infinity. The first bin may begin at its negative, the last may end at it. */
export const OPEN_END = Number.MAX_VALUE

/** Rows in [from, to). */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly rows: number
}

/** The value below which the share q of the rows lies, linear within its bin. Null without rows or with an open-ended bin there. */
export function quantileOf(bins: readonly Bin[], q: number): number | null {
  const total = bins.reduce((sum, bin) => sum + bin.rows, 0)
  if (total <= 0) return null
  let below = 0
  for (const bin of bins) {
    if (bin.rows > 0 && below + bin.rows >= q * total) {
      if (Math.abs(bin.from) >= OPEN_END || Math.abs(bin.to) >= OPEN_END) return null
      return bin.from + ((q * total - below) / bin.rows) * (bin.to - bin.from)
    }
    below += bin.rows
  }
  return null
}

/**
 * Adds the bins of several sites. A site may have joined neighbouring bins that were too small, so the union is taken on
 * the edges that all have in common. Null where no grid is common: the outer edges differ.
 */
export function poolBins(sites: readonly (readonly Bin[])[]): Bin[] | null {
  const [first, ...others] = sites
  if (!first || !sites.every(isGrid)) return null
  const theirs = others.map(edgesOf)
  const edges = edgesOf(first).filter((edge) => theirs.every((other) => other.includes(edge)))
  const ends = (bins: readonly Bin[]) => [bins[0]?.from, bins.at(-1)?.to]
  const [low, high] = ends(first)
  if (others.some((bins) => ends(bins)[0] !== low || ends(bins)[1] !== high)) return null
  return edges.slice(1).map((to, i) => {
    const from = edges[i] ?? to
    const inside = sites.flatMap((bins) => bins.filter((bin) => bin.from >= from && bin.to <= to))
    return { from, to, rows: inside.reduce((sum, bin) => sum + bin.rows, 0) }
  })
}

/** Ascending. */
function edgesOf(bins: readonly Bin[]): number[] {
  return [...bins.map((bin) => bin.from), ...bins.slice(-1).map((bin) => bin.to)]
}

/** Whether bins follow one another without gap, and count something that can be counted. */
function isGrid(bins: readonly Bin[]): boolean {
  return (
    bins.length > 0 &&
    bins.every((bin, i) => bin.from < bin.to && bin.rows >= 0 && (i === 0 || bins[i - 1]?.to === bin.from))
  )
}
