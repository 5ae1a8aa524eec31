/** Kaplan and Meier's curves over the sites, each on the edges that its parts have in common. */
import type { SurvivalCurve, SurvivalTest, TestResult } from '@stimnet/protocol'
import { exactSum } from '../../moments.ts'
import { ROUNDED } from '../given.ts'
import { NOTHING, type TestSite } from '../table.ts'
import { type Counted, edgeOf, isRounded, poolCounted, totalOf } from './counted.ts'
import { lastTime, medianOf, restrictedMean, stepsShown, survivalAt } from './curve.ts'
import { finerNote, intervalsOf, type OwnGrids } from './finer.ts'
import { type LifeStep, lifeTable } from './life-table.ts'
import { type Split, type SplitOf, splitsOf, together } from './split.ts'

interface Table {
  readonly group: string | null
  readonly steps: readonly LifeStep[]
  readonly events: readonly Counted[]
  readonly censored: readonly Counted[]
  /** The largest errors of the number of people and of events. */
  readonly off: { readonly n: number; readonly events: number }
  readonly sites: readonly string[]
  /** The number of intervals that each of these sites has by itself. */
  readonly own: readonly (number | undefined)[]
}

/** Kaplan–Meier curves over the sites that gave every group, both with and without the event. */
export function kaplanMeier(test: SurvivalTest, sites: readonly TestSite[]): TestResult {
  const { kind, of, by, event, levels, times, until } = test
  const groups: (string | null)[] = by.length === 0 ? [null] : [...(levels[0] ?? [])]
  const found = sites.map((site) => {
    const splitOf = splitsOf(site, test)
    return { site: site.site, splits: groups.map((group) => peopleIn(splitOf, group)) }
  })
  // A group that contains nobody, or that every site withheld, is not part of any comparison.
  const given = groups.map((_, g) => found.filter(({ splits }) => splits[g] !== undefined))
  const givers = found.filter(({ splits }) => given.every((some, g) => some.length === 0 || splits[g] !== undefined))
  const behind = given.some((some) => some.length > 0) ? givers.map(({ site }) => site) : []
  const splits = groups.map((_, g) => together(givers.flatMap((one) => one.splits[g] ?? [])))
  const tables = groups.flatMap((group, g): Table[] => {
    const split = splits[g]
    const table = split && split.events.length + split.others.length > 0 ? tableOf(split) : null
    const own = givers.map((one) => one.splits[g] && tableOf(one.splits[g])?.steps.length)
    const offOf = (parts: Split['events']) => exactSum(parts.map(({ within }) => within.sum))
    const off = { n: offOf([...(split?.events ?? []), ...(split?.others ?? [])]), events: offOf(split?.events ?? []) }
    return table === null ? [] : [{ group, ...table, off, sites: behind, own }]
  })
  const last = Math.min(...tables.map(({ steps }) => lastTime(steps) ?? Number.POSITIVE_INFINITY))
  const end = until ?? (Number.isFinite(last) ? last : undefined)
  const curves = tables.map((table) => curveOf(table, times ?? [], end))
  const others = sites.map(({ site }) => site).filter((site) => !behind.includes(site))
  const isApart = given.some((some) => some.length > 0) && behind.length === 0
  const isOff = splits.some((split) => isRounded([...split.events, ...split.others]))
  const notes = [
    ...(isApart ? [apartNote(groups, given)] : tables.length === 0 ? [NONE] : [gridNote(tables)]),
    ...(tables.length > 0 && others.length > 0
      ? [`${others.join(', ')} did not give every group and is in no curve.`]
      : []),
    ...(tables.length > 0 && tables.length < groups.length ? [FEWER] : []),
    ...(isOff && tables.length > 0 ? [ROUNDED] : []),
    ...(until !== undefined && curves.some((curve) => curve.restricted_mean === null) ? [BEYOND] : [])
  ]
  return {
    kind,
    of,
    by: [...by],
    groups: [],
    ...NOTHING,
    note: notes.join(' '),
    sites: tables.length === 0 ? [] : [...behind],
    survival: {
      event: { ...event, others: [...event.others] },
      levels: levels.map((one) => [...one]),
      ...(times === undefined ? {} : { times: [...times] }),
      ...(until === undefined ? {} : { until }),
      curves
    }
  }
}

const NONE = 'No institution gave both those with the event and those without it, on grids that fit.'
const FEWER = 'A group has no curve: nobody is in it, or too few had the event, or too few had not.'
const BEYOND = 'A curve has no restricted mean: its grid ends before, or has one interval.'

/** A note about which sites gave which group, if no site gave all groups. */
function apartNote(
  groups: readonly (string | null)[],
  given: readonly (readonly { readonly site: string }[])[]
): string {
  const told = groups.flatMap((group, g) => {
    const names = (given[g] ?? []).map(({ site }) => site)
    return names.length === 0 ? [] : [`${group ?? 'all'} is of ${names.join(', ')}`]
  })
  return `No institution gave every group, and curves of different institutions are not compared: ${told.join('; ')}.`
}

/** The people of one group; undefined if the site did not release all of the group, or has nobody in it. */
function peopleIn(splitOf: SplitOf, group: string | null): Split | undefined {
  const split = splitOf(group === null ? [] : [group])
  return split && split.events.length + split.others.length > 0 ? split : undefined
}

/** Null if the outer edges of the parts differ. */
function tableOf({ events, others }: Split): Pick<Table, 'steps' | 'events' | 'censored'> | null {
  const censored = others.length === 0 ? [] : poolCounted(others)
  const grid = events.length === 0 ? emptied(censored ?? []) : poolCounted(events)
  if (censored === null || grid === null) return null
  return { steps: lifeTable(grid, censored), events: grid, censored }
}

function emptied(bins: readonly Counted[]): Counted[] {
  return bins.map(({ from, to }) => ({ from, to, rows: 0, within: 0 }))
}

function curveOf(
  { group, steps, events, censored, off, sites }: Table,
  times: readonly number[],
  until: number | undefined
): SurvivalCurve {
  return {
    group,
    n: totalOf(events) + totalOf(censored),
    events: totalOf(events),
    ...(off.n > 0 ? { n_within: off.n } : {}),
    ...(off.events > 0 ? { events_within: off.events } : {}),
    steps: stepsShown(steps, censored),
    median: medianOf(steps),
    restricted_mean: until === undefined ? null : restrictedMean(steps, until),
    at: times.map((time) => survivalAt(steps, time)),
    ...(sites.every((site) => site === '') ? {} : { sites: [...sites] })
  }
}

/** The grids by site, in the order of the curves. */
function ownGridsOf(tables: readonly Table[]): OwnGrids[] {
  const sites = tables[0]?.sites ?? []
  return sites.map((site, i) => ({ site, sizes: tables.map(({ own }) => own[i]) }))
}

/** A note on the approximation of the curves by the grid. */
function gridNote(tables: readonly Table[]): string {
  const steps = tables.map((table) => table.steps.length)
  const others = tables.some(
    ({ events, censored }) =>
      censored.some(({ to }) => !events.some((one) => one.to === to)) || censored.length < events.length
  )
  const ends = tables.some((table) => table.steps.some(({ to }) => edgeOf(to) === null))
  return [
    `On a grid of ${intervalsOf(steps)}: as if every time were the end of its interval.`,
    'The intervals of what is read off hold for the exact times.',
    finerNote(ownGridsOf(tables), steps),
    others ? 'The grid of those without the event is another; what it hides is in the range.' : '',
    ends ? 'The last interval has no end.' : ''
  ]
    .filter((part) => part !== '')
    .join(' ')
}
