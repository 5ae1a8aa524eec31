/**
 * The people at risk and the people with the event in each interval of a grid, by group and stratum, over the sites that gave all
 * of these numbers.
 */
import type { SurvivalTest } from '@stimnet/protocol'
import { exactSum } from '../../moments.ts'
import { type Bin, poolBins } from '../../quantile.ts'
import { type Giving, giving } from '../given.ts'
import type { TestSite } from '../table.ts'
import { isRounded, onGrid, totalOf } from './counted.ts'
import { finerNote, intervalsOf, type OwnGrids } from './finer.ts'
import { LATE } from './life-table.ts'
import { type Split, splitsOf, together } from './split.ts'

/** The next step where a test of times is not made because of rounded counts. */
export const WHAT_IS_EXACT =
  '`kaplan_meier` gives curves with what rounding hides. For exact counts, fill the times at the institution, ask an analysis set of ' +
  'people who have one, or ask the steward for a policy that does not round.'

/** One stratum: the parts of all sites, by group. */
export type Stratum = readonly Split[]

/** The strata that contain anybody, and the sites behind them. */
export interface Strata {
  readonly givers: readonly Giving<unknown>[]
  readonly units: readonly Stratum[]
  /** Whether a count may have an error. */
  readonly isOff: boolean
  /** For strata with people of several sites: the number of intervals that each site has by itself. */
  readonly own: readonly OwnGrids[]
}

/**
 * The strata of a test, from the sites that gave every group of every stratum. `groups` and `strata` are the labels of each, in
 * the order of the test's columns. If people are compared within their institution, each stratum of each site is a separate
 * stratum.
 */
export function strataOf(
  test: SurvivalTest,
  sites: readonly TestSite[],
  { groups, strata }: { readonly groups: Labels; readonly strata: Labels }
): Strata {
  const givers = giving(sites, (site) => {
    const splitOf = splitsOf(site, test)
    const split = strata.map((stratum) => groups.map((group) => splitOf([...group, ...stratum])))
    return split.flat().includes(undefined) ? undefined : (split as Split[][])
  })
  const all =
    test.site === 'stratum'
      ? givers.flatMap(({ part }) => part)
      : strata.map((_, i) =>
          groups.map((_, g) => together(givers.map(({ part }) => part[i]?.[g] ?? { events: [], others: [] })))
        )
  const units = all.filter((unit) => unit.some(({ events, others }) => events.length + others.length > 0))
  const isOff = units.some((unit) => unit.some(({ events, others }) => isRounded([...events, ...others])))
  // The indices are in the order of the units, from which empty strata are excluded.
  const places = [...all.keys()].filter((i) => units.includes(all[i] ?? []))
  const own = givers.map(({ site, part }) => ({
    site: site.site,
    sizes: places.map((i) => riskSetsOf(part[i] ?? [])?.grid.length)
  }))
  return { givers, units, isOff, own: test.site === 'stratum' ? [] : own }
}

/** Lists of levels. */
export type Labels = readonly (readonly string[])[]

/** Every combination of one level of each column; without columns, one empty combination. */
export function combinationsOf(levels: readonly (readonly string[])[]): Labels {
  return levels.reduce<Labels>((all, own) => all.flatMap((before) => own.map((level) => [...before, level])), [[]])
}

/** One interval of a grid. */
export interface RiskSet {
  /** By group, the people with the event in the interval (`d`), and the people at risk at its beginning (`n`). */
  readonly d: readonly number[]
  readonly n: readonly number[]
}

/** The people of one stratum. */
export interface RiskSets {
  readonly grid: readonly Bin[]
  readonly steps: readonly RiskSet[]
  /** By group, all people (`n`) and the people with the event (`observed`). */
  readonly n: readonly number[]
  readonly observed: readonly number[]
}

/** The risk sets on the edges that all groups have in common. Null if their outer edges differ. */
export function riskSetsOf(unit: Stratum): RiskSets | null {
  const events = unit.flatMap((one) => one.events)
  const others = unit.flatMap((one) => one.others)
  const left = others.length === 0 ? [] : poolBins(others.map(({ bins }) => bins))
  const grid = events.length === 0 ? left : poolBins(events.map(({ bins }) => bins))
  if (grid === null || left === null) return null
  const tables = unit.map((one) => ({ events: onGrid(one.events, grid), others: onGrid(one.others, left) }))
  const atRisk = tables.map((table) =>
    grid.map((step) => totalOf([...table.events, ...table.others].filter((bin) => LATE(bin, step))))
  )
  return {
    grid,
    steps: grid.map((_, j) => ({
      d: tables.map((table) => table.events[j]?.rows ?? 0),
      n: atRisk.map((own) => own[j] ?? 0)
    })),
    n: tables.map((table) => exactSum([totalOf(table.events), totalOf(table.others)])),
    observed: tables.map((table) => totalOf(table.events))
  }
}

/** A note on the approximation by the grids. */
export function gridNote(sizes: readonly number[], own: readonly OwnGrids[]): string {
  const strata = sizes.length > 1 ? ` in each of ${sizes.length} strata` : ''
  const isOne = Math.max(...sizes) <= 1
  const what = isOne ? SHARES_ONLY : 'events of one interval count as ties.'
  const finer = finerNote(own, sizes)
  return `On a grid of ${intervalsOf(sizes)}${strata}: ${what}${finer === '' ? '' : ` ${finer}`}`
}

const SHARES_ONLY = 'it compares the shares of people with the event, and not when they had it.'
