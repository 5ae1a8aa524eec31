/** The log-rank test on a grid, within strata where there are some, of exact counts alone. */
import type { SurvivalTest, TestResult } from '@stimnet/protocol'
import { pOfChiSquared } from '../../distributions.ts'
import { quadraticForm } from '../../linear.ts'
import { exactSum } from '../../moments.ts'
import { poolBins } from '../../quantile.ts'
import { giving, resultOf } from '../given.ts'
import { NOTHING, type TestSite } from '../table.ts'
import { edgeOf, isRounded, onGrid, totalOf } from './counted.ts'
import { LATE } from './life-table.ts'
import { type Split, splitOf, together } from './split.ts'

/** One stratum: by group, the parts of all sites. */
type Stratum = readonly Split[]

/** Of the sites that gave every group of every stratum. */
export function logRank(test: SurvivalTest, sites: readonly TestSite[]): TestResult {
  const { kind, of, by, event, levels, site: across = 'none' } = test
  const groups = levels[0] ?? []
  const strata: readonly (readonly string[])[] = levels[1] === undefined ? [[]] : levels[1].map((level) => [level])
  const givers = giving(sites, (site) => {
    const split = strata.map((stratum) => groups.map((group) => splitOf(site, test, [group, ...stratum])))
    return split.flat().includes(undefined) ? undefined : (split as Split[][])
  })
  const pooled = strata.map((_, i) =>
    groups.map((_, g) => together(givers.map(({ part }) => part[i]?.[g] ?? { events: [], others: [] })))
  )
  const all = across === 'stratum' ? givers.flatMap(({ part }) => part) : pooled
  const units = all.filter((unit) => unit.some(({ events, others }) => events.length + others.length > 0))
  const made = units.map(sumsOf)
  const isOff = units.some((unit) => unit.some(({ events, others }) => isRounded([...events, ...others])))
  const isMade = givers.length > 0 && units.length > 0 && !isOff && !made.includes(null)
  const sums = isMade ? made.flatMap((one) => one ?? []) : []
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
  const notes = isMade ? [...(numbers === null ? [FEW] : [gridNote(sums)])] : isOff ? [OFF] : [NONE]
  const who = { sites, givers, isTogether: across === 'none' }
  return resultOf(shown, who, { ...NOTHING, ...(numbers ?? {}), notes })
}

const OFF = 'Counts are rounded for privacy or hide who lacks a time: no log-rank test can be made of them.'
const NONE = 'A part is withheld, or the grids of the institutions do not fit.'
const FEW = 'Fewer than two groups were ever at risk of an event.'

/** Observed and expected events of one stratum with their covariances, by group. */
interface Sums {
  readonly n: readonly number[]
  readonly observed: readonly number[]
  readonly expected: readonly number[]
  readonly covariances: readonly (readonly number[])[]
  readonly grid: (number | null)[]
}

/** On the edges that all groups have in common. Null where their outer edges differ. */
function sumsOf(unit: Stratum): Sums | null {
  const events = unit.flatMap((one) => one.events)
  const others = unit.flatMap((one) => one.others)
  const left = others.length === 0 ? [] : poolBins(others.map(({ bins }) => bins))
  const grid = events.length === 0 ? left : poolBins(events.map(({ bins }) => bins))
  if (grid === null || left === null) return null
  const tables = unit.map((one) => ({ events: onGrid(one.events, grid), others: onGrid(one.others, left) }))
  const atRisk = tables.map((table) =>
    grid.map((step) => totalOf([...table.events, ...table.others].filter((bin) => LATE(bin, step))))
  )
  const steps = grid.map((_, j) => {
    const d = tables.map((table) => table.events[j]?.rows ?? 0)
    const n = atRisk.map((own) => own[j] ?? 0)
    return { d, n, deaths: exactSum(d), risk: exactSum(n) }
  })
  const share = (own: number, risk: number) => (risk > 0 ? own / risk : 0)
  return {
    n: tables.map((table) => totalOf(table.events) + totalOf(table.others)),
    observed: tables.map((table) => totalOf(table.events)),
    expected: unit.map((_, g) => exactSum(steps.map(({ n, deaths, risk }) => deaths * share(n[g] ?? 0, risk)))),
    covariances: unit.map((_, g) =>
      unit.map((_, h) =>
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

/** Null with fewer than two groups of whom events were expected. The last group follows from the others. */
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

/** Which approximation it is. */
function gridNote(sums: readonly Sums[]): string {
  const sizes = sums.map(({ grid }) => grid.length)
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  const many = least === most ? `${most}` : `${least} to ${most}`
  return `On a grid of ${many} ${most === 1 ? 'interval' : 'intervals'}${sums.length > 1 ? ` in each of ${sums.length} strata` : ''}: events of one interval count as ties.`
}
