/**
 * Quantiles from counts in bins of a public grid, interpolated linearly, and the bins of several sites: laid over one another
 * with the edges of all sites, or on the edges that they share.
 */

/** The value of an open end, because JSON has no infinity. The first bin may begin at its negative, and the last bin may end at it. */
export const OPEN_END = Number.MAX_VALUE

/** Number of rows in [from, to). */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly rows: number
}

/**
 * Edges of the bins of integers, half a unit below the declared edges, so that each value is spread over half a unit to both
 * sides (continuity correction). With the declared edges, a quantile would be half a unit too high. The outer ends stay
 * unchanged.
 */
export function edgesOfIntegers(edges: readonly number[]): number[] {
  return edges.map((edge, i) => (i === 0 || i === edges.length - 1 ? edge : edge - 0.5))
}

/**
 * The value below which the share q of the rows lies, interpolated linearly within its bin. Null without rows, or if it lies in an
 * open bin or in a loose one: then only its range is known.
 */
export function quantileOf(bins: readonly Bin[], q: number): number | null {
  const found = placeOf(bins, q)
  const bin = found && bins[found.at]
  if (!found || !bin || isOpen(bin) || isLoose(bins, found.at)) return null
  return bin.from + (found.rows / bin.rows) * (bin.to - bin.from)
}

/** The bin below whose end the share q of the rows lies, and the number of its rows that are below the quantile. Null without rows. */
export function placeOf(bins: readonly Bin[], q: number): { readonly at: number; readonly rows: number } | null {
  const total = bins.reduce((sum, bin) => sum + bin.rows, 0)
  if (total <= 0) return null
  let below = 0
  for (const [at, bin] of bins.entries()) {
    if (bin.rows > 0 && below + bin.rows >= q * total) return { at, rows: q * total - below }
    below += bin.rows
  }
  return null
}

/**
 * The bins of several sites laid over one another. The rows of each site are spread evenly over its own bins, so that the number
 * below an edge is the sum of the sites' own piecewise linear numbers below that edge. The quantile of the result lies between
 * the smallest and the largest quantile of the sites. The result has the edges of all sites except those inside an open bin of a
 * site, where the position of the rows is not known. Numbers of rows can be fractional. A loose bin counts as open. Null if the outer edges differ.
 */
export function layBins(sites: readonly (readonly Bin[])[]): Bin[] | null {
  const shared = poolBins(sites)
  const grids = sites.map(edgesOf)
  if (shared === null || grids.every((grid) => grid.length === shared.length + 1)) return shared
  const opened = sites.flatMap((bins) => bins.filter((bin, at) => bin.rows > 0 && (isOpen(bin) || isLoose(bins, at))))
  const isHidden = (edge: number) => opened.some(({ from, to }) => from < edge && edge < to)
  const edges = [...new Set(grids.flat())].filter((edge) => !isHidden(edge)).sort((a, b) => a - b)
  return edges.slice(1).map((to, i) => {
    const from = edges[i] ?? to
    return { from, to, rows: sites.flat().reduce((sum, bin) => sum + rowsBetween(bin, from, to), 0) }
  })
}

function isOpen({ from, to }: Pick<Bin, 'from' | 'to'>): boolean {
  return Math.abs(from) >= OPEN_END || Math.abs(to) >= OPEN_END
}

/** An outermost bin is loose if it is wider than its neighbour by more than this factor: two joined bins of one width are not. */
const LOOSE = 2

/**
 * Whether an outermost bin ends at a declared bound far from the breakpoints. Such a bound shows which values are plausible, and not where
 * people are. It is therefore like an open end, and a linear interpolation up to it would mislead.
 */
function isLoose(bins: readonly Bin[], at: number): boolean {
  const widthOf = (bin: Bin | undefined) => (bin === undefined ? 0 : bin.to - bin.from)
  const neighbours = [...(at === 0 ? [bins[1]] : []), ...(at === bins.length - 1 ? [bins[at - 1]] : [])]
  return neighbours.some((next) => widthOf(bins[at]) > LOOSE * widthOf(next))
}

/** The number of rows of a bin between two values, if the rows are spread evenly. For an open bin, none or all rows. */
function rowsBetween(bin: Bin, from: number, to: number): number {
  const [low, high] = [Math.max(from, bin.from), Math.min(to, bin.to)]
  if (bin.rows === 0 || low >= high) return 0
  return low === bin.from && high === bin.to ? bin.rows : (bin.rows * (high - low)) / (bin.to - bin.from)
}

/**
 * Adds the bins of several sites. A site may have joined neighbouring bins that were too small, so the result has the edges that
 * all sites have in common. Null if the outer edges differ. With `drawn` the bins are noisy and can be below zero; their outer
 * edges are the bounds between which values count, and the widest bounds of all sites are used.
 */
export function poolBins(sites: readonly (readonly Bin[])[], { drawn = false } = {}): Bin[] | null {
  const [first, ...others] = sites
  const isCounted = sites.every((bins) => drawn || bins.every(({ rows }) => rows >= 0))
  if (!first || !isCounted || !sites.every(isGrid)) return null
  const theirs = others.map(edgesOf)
  const shared = edgesOf(first).filter((edge) => theirs.every((other) => other.includes(edge)))
  const lows = sites.flatMap(([bin]) => (bin ? [bin.from] : []))
  const highs = sites.flatMap((bins) => bins.slice(-1).map((bin) => bin.to))
  const [low, high] = [Math.min(...lows), Math.max(...highs)]
  if (!drawn && !(shared.includes(low) && shared.includes(high))) return null
  const edges = [low, ...shared.filter((edge) => edge > Math.max(...lows) && edge < Math.min(...highs)), high]
  return edges.slice(1).map((to, i) => {
    const from = edges[i] ?? to
    const inside = sites.flatMap((bins) => bins.filter((bin) => bin.from >= from && bin.to <= to))
    return { from, to, rows: inside.reduce((sum, bin) => sum + bin.rows, 0) }
  })
}

/**
 * The bins nearest to noisy bins that have no number below zero, so that the number of rows below each edge never falls. Computed
 * by least squares: neighbours that fall are replaced by their mean (pool adjacent violators; Barlow and others 1972).
 */
export function risingBins(bins: readonly Bin[]): Bin[] {
  const total = Math.max(
    0,
    bins.reduce((sum, bin) => sum + bin.rows, 0)
  )
  const blocks: { mean: number; many: number }[] = []
  let below = 0
  for (const { rows } of bins.slice(0, -1)) {
    below += rows
    let block = { mean: below, many: 1 }
    for (let last = blocks.at(-1); last && last.mean > block.mean; last = blocks.at(-1)) {
      const many = last.many + block.many
      block = { mean: (last.mean * last.many + block.mean * block.many) / many, many }
      blocks.pop()
    }
    blocks.push(block)
  }
  const edges = blocks.flatMap(({ mean, many }) =>
    Array.from({ length: many }, () => Math.min(total, Math.max(0, mean)))
  )
  return bins.map(({ from, to }, i) => ({ from, to, rows: (edges[i] ?? total) - (i === 0 ? 0 : (edges[i - 1] ?? 0)) }))
}

/** The edges of the bins, in ascending order. */
function edgesOf(bins: readonly Bin[]): number[] {
  return [...bins.map((bin) => bin.from), ...bins.slice(-1).map((bin) => bin.to)]
}

/** Whether bins follow one another without a gap. */
function isGrid(bins: readonly Bin[]): boolean {
  return bins.length > 0 && bins.every((bin, i) => bin.from < bin.to && (i === 0 || bins[i - 1]?.to === bin.from))
}
