/** McNemar's test: whether two categories of the same people, such as before and after, have a level equally often. */
import type { PlanTest, TestEstimate, TestResult } from '@stimnet/protocol'
import { pOfChiSquared, zOfP } from '../../distributions.ts'
import { exactSum } from '../../moments.ts'
import { countsOf, EXPECTED_MIN, giving, ROUNDED, resultOf } from '../given.ts'
import { ERROR_SHARE, NOTHING, type TestSite } from '../table.ts'

/** The people who changed from the first level to the second, and back. */
interface Changed {
  readonly there: number
  readonly back: number
  /** Largest distance of each count from the exact count. */
  readonly within: number
}

/**
 * McNemar's test without continuity correction, over the changes at all sites that gave whole tables. Each person is compared
 * with themselves, so that differences between sites have no effect. For rounded counts, χ² is the smallest that the exact counts
 * can give.
 */
export function mcNemar(test: Extract<PlanTest, { kind: 'mcnemar' }>, sites: readonly TestSite[]): TestResult {
  const { kind, of, by } = test
  const [one, other] = test.groups
  const givers = giving(sites, (site): Changed | undefined => {
    const counts = countsOf(site, of, by)
    if (counts === undefined) return undefined
    const count = (row: string, column: string) =>
      exactSum(counts.map((cell) => (cell.row === row && cell.column === column ? cell.count : 0)))
    return {
      there: count(one, other),
      back: count(other, one),
      within: Math.max(0, ...counts.map((cell) => cell.within ?? 0))
    }
  })
  const sum = (of: (changed: Changed) => number) => exactSum(givers.map(({ part }) => of(part)))
  const [there, back, hidden] = [sum((part) => part.there), sum((part) => part.back), sum((part) => part.within)]
  const groups = [
    { name: one, n: there, mean: null, sd: null },
    { name: other, n: back, mean: null, sd: null }
  ]
  const shown = {
    kind,
    of,
    by: [...by],
    groups: givers.length > 0 ? groups : groups.map((one) => ({ ...one, n: null }))
  }
  const who = { sites, givers, isTogether: true }
  if (givers.length === 0) return resultOf(shown, who, { ...NOTHING, notes: ['A cell of the table is withheld.'] })
  const changed = there + back
  if (changed === 0) return resultOf(shown, who, { ...NOTHING, notes: ['Nobody changed.'] })
  const isRough = changed < 2 * EXPECTED_MIN
  if (isRough && hidden > 0) {
    return resultOf(shown, who, { ...NOTHING, notes: ['Counts are rounded for privacy, and too few changed.'] })
  }
  const statistic = Math.max(0, Math.abs(there - back) - 2 * hidden) ** 2 / changed
  const numbers = { statistic, df: [1], p: pOfChiSquared(statistic, 1) }
  const notes = [...(isRough ? [FEW] : []), ...(hidden > 0 ? [ROUNDED] : [])]
  return resultOf({ ...shown, estimates: [oddsOf({ there, back, within: hidden })] }, who, {
    ...NOTHING,
    ...numbers,
    notes
  })
}

const FEW = 'Fewer than ten people changed: the p value is rough.'

/**
 * The ratio of the people who changed from the first level to the second to those who changed back, with an interval from its
 * logarithm.
 */
function oddsOf({ there, back, within }: Changed): TestEstimate {
  const [fewer, less] = [there - within, back - within]
  const shown = { measure: 'odds_ratio', groups: [], n: there + back } as const
  if (!(fewer > 0) || !(less > 0)) return { ...shown, estimate: null, interval: null }
  const half = zOfP(ERROR_SHARE) * Math.sqrt(1 / fewer + 1 / less)
  const ends = [Math.log(fewer / (back + within)) - half, Math.log((there + within) / less) + half]
  return { ...shown, estimate: there / back, interval: ends.map(Math.exp) }
}
