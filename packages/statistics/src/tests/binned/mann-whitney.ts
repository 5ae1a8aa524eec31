/** The Mann–Whitney–Wilcoxon test of two groups whose values are known by their bins, from exact counts only. */
import type { RankTest, TestResult } from '@stimnet/protocol'
import { pOfNormal } from '../../distributions.ts'
import { exactSum } from '../../moments.ts'
import { type Bin, poolBins } from '../../quantile.ts'
import { giving, resultOf } from '../given.ts'
import { NOTHING, type TestSite } from '../table.ts'
import { isRounded, type MeasuredBins, onGrid } from './counted.ts'

/** The result of R's wilcox.test(exact = FALSE) for values that are rounded to the bins. */
export interface Ranks {
  /** The number of pairs in which the first value is larger; equal values count half. */
  readonly w: number
  readonly z: number
  readonly p: number
}

/** The Mann–Whitney test over the sites that gave both groups, with all values together. */
export function mannWhitney(test: RankTest, sites: readonly TestSite[]): TestResult {
  const { kind, of, by, groups: names, corrected } = test
  const told = giving(sites, (site): Pair | undefined => {
    const [one, other] = names.map((name) => site.rows.find(({ keys }) => keys[by] === name)?.cells.get(of)?.bins)
    return one && other ? [one, other] : undefined
  })
  // An institution whose two groups have no edge in common would leave a single bin for all.
  const givers = told.filter(({ part }) => !isOneBin(part))
  const parts = givers.flatMap(({ part }) => part)
  const grid = parts.length === 0 ? null : poolBins(parts.map(({ bins }) => bins))
  const [x, y] = ([0, 1] as const).map((at) =>
    onGrid(
      givers.map(({ part }) => part[at]),
      grid ?? []
    ).map(({ rows }) => rows)
  )
  const isOff = isRounded(parts)
  const made = grid === null || isOff ? null : ranksOf(x ?? [], y ?? [], corrected)
  const n = [x, y].map((counts) => (grid === null ? null : exactSum(counts ?? [])))
  const pairs = (n[0] ?? 0) * (n[1] ?? 0)
  const shown = {
    kind,
    of,
    by: [by],
    groups: names.map((name, i) => ({ name, n: n[i] ?? null, mean: null, sd: null })),
    ranks: { w: made?.w ?? null, corrected, grid: innerEdges(grid ?? []) },
    ...(made === null
      ? {}
      : {
          estimates: [
            {
              measure: 'superiority' as const,
              groups: [...names],
              n: exactSum([...(x ?? []), ...(y ?? [])]),
              estimate: made.w / pairs,
              interval: null
            }
          ]
        })
  }
  const apart = told.filter(({ part }) => isOneBin(part)).map(({ site }) => site.site)
  const isSaid = givers.length === 0 && apart.length > 0
  const why = isSaid ? [FINER] : [isOff ? OFF : whyNone(givers.length, grid, n)]
  const notes = made === null ? why : [gridNote(grid ?? [], givers.length)]
  const who = { sites, givers, isTogether: true, unusable: { sites: apart, because: ONE_BIN } }
  return resultOf(shown, who, { ...NOTHING, ...(made === null ? {} : { statistic: made.z, p: made.p }), notes })
}

const OFF =
  'Counts are rounded for privacy or hide who lacks a value: no test of ranks can be made of them. `compare` can be made of rounded means. ' +
  'For exact counts, ask an analysis set of people who have a value, or ask the steward for a policy that does not round.'
const ONE_BIN = 'the bins of the two groups have no inner edge in common, so that all values are in one bin'
const FINER = 'Groups of more people, as of a wider cohort, have finer bins. `compare` of the means needs no bins.'

/** The bins of the two groups of one site. */
type Pair = readonly [MeasuredBins, MeasuredBins]

function isOneBin(pair: Pair): boolean {
  return poolBins(pair.map(({ bins }) => bins))?.length === 1
}

/** The reason why there is no test from exact counts. */
function whyNone(givers: number, grid: readonly Bin[] | null, [one, other]: readonly (number | null)[]): string {
  if (givers === 0) return 'A group is withheld or missing.'
  if (grid === null) return 'The outer edges of the bins differ.'
  if (!one || !other) return 'Nobody is in one of the groups.'
  if (grid.length > 1) return 'All values are in one bin.'
  return 'The bins of the institutions have no inner edge in common, so that all values are in one bin: ask one institution at a time (--peers).'
}

function gridNote(grid: readonly Bin[], sites: number): string {
  const between = sites > 1 ? ' Differences between institutions are not adjusted for.' : ''
  return `On a grid of ${grid.length} bins: values of one bin count as ties.${between}`
}

function innerEdges(grid: readonly Bin[]): number[] {
  return grid.slice(1).map(({ from }) => from)
}

/** The rank test from the numbers of values by bin. Null for an empty group, and if all values are in one bin. */
export function ranksOf(x: readonly number[], y: readonly number[], corrected: boolean): Ranks | null {
  const [m, n] = [exactSum(x), exactSum(y)]
  const total = m + n
  if (m <= 0 || n <= 0) return null
  let [below, w] = [0, 0]
  for (const [at, own] of x.entries()) {
    const other = y[at] ?? 0
    w += own * (below + other / 2)
    below += other
  }
  const ties = exactSum(x.map((own, at) => (own + (y[at] ?? 0)) ** 3 - (own + (y[at] ?? 0))))
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)))
  if (!(variance > 0)) return null
  const off = w - (m * n) / 2
  const z = (off - (corrected ? Math.sign(off) * 0.5 : 0)) / Math.sqrt(variance)
  return { w, z, p: Math.min(1, pOfNormal(z)) }
}
