/** The log-rank test on a grid, optionally within strata, from exact counts only. */
import type { SurvivalTest, TestResult } from '@stimnet/protocol'
import { pOfChiSquared } from '../../distributions.ts'
import { quadraticForm } from '../../linear.ts'
import { exactSum } from '../../moments.ts'
import { resultOf } from '../given.ts'
import { NOTHING, type TestSite } from '../table.ts'
import { edgeOf } from './counted.ts'
import { combinationsOf, gridNote, type RiskSets, riskSetsOf, strataOf, WHAT_IS_EXACT } from './risk-sets.ts'

/** The log-rank test over the sites that gave every group of every stratum. */
export function logRank(test: SurvivalTest, sites: readonly TestSite[]): TestResult {
  const { kind, of, by, event, levels, site: across = 'none' } = test
  const groups = levels[0] ?? []
  const asked = { groups: combinationsOf(levels.slice(0, 1)), strata: combinationsOf(levels.slice(1)) }
  const { givers, units, isOff, own } = strataOf(test, sites, asked)
  const made = units.map(riskSetsOf)
  const isMade = givers.length > 0 && units.length > 0 && !isOff && !made.includes(null)
  const sums = isMade ? made.flatMap((one) => (one === null ? [] : [sumsOf(one)])) : []
  const counts = groups.map((group, g) => {
    const sum = (pick: (one: Sums) => readonly number[]) => exactSum(sums.map((one) => pick(one)[g] ?? 0))
    return { group, n: sum(({ n }) => n), observed: sum((one) => one.observed), expected: sum((one) => one.expected) }
  })
  const shown = {
    kind,
    of,
    by: [...by],
    groups: groups.map((name, g) => ({ name, n: isMade ? (counts[g]?.n ?? null) : null, mean: null, sd: null })),
    survival: {
      event: { ...event, others: [...event.others] },
      levels: levels.map((one) => [...one]),
      site: across,
      ...(isMade ? { counts, grids: sums.map(({ grid }) => grid) } : {})
    }
  }
  const numbers = isMade ? testOfSums(sums, counts) : null
  const said =
    numbers === null
      ? FEW
      : gridNote(
          sums.map(({ grid }) => grid.length),
          own
        )
  const notes = [isMade ? said : isOff ? OFF : NONE]
  const who = { sites, givers, isTogether: across === 'none' }
  return resultOf(shown, who, { ...NOTHING, ...(numbers ?? {}), notes })
}

const OFF = `Counts are rounded for privacy or hide who lacks a time: no log-rank test can be made of them. ${WHAT_IS_EXACT}`
const NONE = 'A part is withheld, or the grids of the institutions do not fit.'
const FEW = 'Fewer than two groups were ever at risk of an event.'

/** Observed and expected events of one stratum by group, with their covariances. */
interface Sums {
  readonly n: readonly number[]
  readonly observed: readonly number[]
  readonly expected: readonly number[]
  readonly covariances: readonly (readonly number[])[]
  readonly grid: (number | null)[]
}

function sumsOf({ grid, steps: sets, n: people, observed }: RiskSets): Sums {
  const steps = sets.map(({ d, n }) => ({ n, deaths: exactSum(d), risk: exactSum(n) }))
  const share = (own: number, risk: number) => (risk > 0 ? own / risk : 0)
  return {
    n: people,
    observed,
    expected: people.map((_, g) => exactSum(steps.map(({ n, deaths, risk }) => deaths * share(n[g] ?? 0, risk)))),
    covariances: people.map((_, g) =>
      people.map((_, h) =>
        exactSum(
          steps.map(({ n, deaths, risk }) => {
            if (risk <= 1) return 0
            const own = share(n[g] ?? 0, risk)
            return (deaths * (risk - deaths) * own * ((g === h ? 1 : 0) - share(n[h] ?? 0, risk))) / (risk - 1)
          })
        )
      )
    ),
    grid: grid.map(({ to }) => edgeOf(to))
  }
}

/** Null with fewer than two groups with expected events. The last group follows from the others. */
function testOfSums(
  sums: readonly Sums[],
  counts: readonly { readonly observed: number; readonly expected: number }[]
): Pick<TestResult, 'statistic' | 'df' | 'p'> | null {
  const places = [...counts.keys()].filter((g) => (counts[g]?.expected ?? 0) > 0).slice(0, -1)
  const off = places.map((g) => (counts[g]?.observed ?? 0) - (counts[g]?.expected ?? 0))
  const matrix = places.map((g) => places.map((h) => exactSum(sums.map(({ covariances }) => covariances[g]?.[h] ?? 0))))
  const { value, rank } = quadraticForm(matrix, off)
  return rank === 0 ? null : { statistic: value, df: [rank], p: pOfChiSquared(value, rank) }
}
