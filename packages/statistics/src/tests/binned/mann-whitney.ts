/** The test of Mann, Whitney and Wilcoxon of two groups whose values are known by their bins, of exact counts alone. */
import type { RankTest, TestResult } from '@stimnet/protocol'
import { pOfNormal } from '../../distributions.ts'
import { exactSum } from '../../moments.ts'
import { type Bin, poolBins } from '../../quantile.ts'
import { giving, resultOf } from '../given.ts'
import { NOTHING, type TestSite } from '../table.ts'
import { isRounded, type MeasuredBins, onGrid } from './counted.ts'

/** As R's wilcox.test(exact = FALSE) of values that are rounded to the bins. */
export interface Ranks {
  /** For how many pairs the first value is the larger; equal ones count half. */
  readonly w: number
  readonly z: number
  readonly p: number
}

/** Of the sites that gave both groups, all values together. */
export function mannWhitney(test: RankTest, sites: readonly TestSite[]): TestResult {
  const { kind, of, by, groups: names, corrected } = test
  const givers = giving(sites, (site): readonly [MeasuredBins, MeasuredBins] | undefined => {
    const [one, other] = names.map((name) => site.rows.find(({ keys }) => keys[by] === name)?.cells.get(of)?.bins)
    return one && other ? [one, other] : undefined
  })
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
  const notes = made === null ? [isOff ? OFF : NONE] : [gridNote(grid ?? [], givers.length)]
  const who = { sites, givers, isTogether: true }
  return resultOf(shown, who, { ...NOTHING, ...(made === null ? {} : { statistic: made.z, p: made.p }), notes })
}

const OFF = 'Counts are rounded for privacy or hide who lacks a value: no test of ranks can be made of them.'
const NONE = 'A group is withheld or empty, or all values are in one bin, or the grids of the institutions do not fit.'

function gridNote(grid: readonly Bin[], sites: number): string {
  const between = sites > 1 ? ' Differences between institutions are not adjusted for.' : ''
  return `On a grid of ${grid.length} bins: values of one bin count as ties.${between}`
}

function innerEdges(grid: readonly Bin[]): number[] {
  return grid.slice(1).map(({ from }) => from)
}

/** Of the numbers of values by bin. Null for an empty group, and where all values are in one bin. */
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
