/** Hazard ratios on a grid by Cox's proportional hazards, optionally within strata, from exact counts only. */
import type { SurvivalTest, TestEstimate, TestResult } from '@stimnet/protocol'
import { pOfChiSquared, pOfNormal, zOfP } from '../../distributions.ts'
import { exactSum } from '../../moments.ts'
import { resultOf } from '../given.ts'
import { ERROR_SHARE, NOTHING, type TestSite } from '../table.ts'
import { edgeOf } from './counted.ts'
import { aliasedIn, type Hazards, type Maximum, maximumOf, type RunningAway } from './partial-likelihood.ts'
import {
  combinationsOf,
  gridNote,
  type Labels,
  type RiskSets,
  riskSetsOf,
  strataOf,
  WHAT_IS_EXACT
} from './risk-sets.ts'

/** Cox regression over the sites that gave every group of every stratum. Each combination of levels of the covariates is a group. */
export function cox(test: SurvivalTest, sites: readonly TestSite[]): TestResult {
  const { kind, of, by, event, levels, strata = 0, interaction = false, site: across = 'none' } = test
  const covariates = levels.slice(0, Math.max(0, levels.length - strata))
  const groups = combinationsOf(covariates)
  const asked = { groups, strata: combinationsOf(levels.slice(covariates.length)) }
  const { givers, units, isOff, own } = strataOf(test, sites, asked)
  const all = units.map(riskSetsOf)
  const made = all.flatMap((one) => one ?? [])
  const isMade = givers.length > 0 && units.length > 0 && !isOff && !all.includes(null)
  const fit = isMade ? fitOf(made, designOf({ by, covariates, groups, interaction }, made)) : isOff ? OFF : NONE
  const grids = made.map(({ grid }) => grid.map(({ to }) => edgeOf(to)))
  const shown = {
    kind,
    of,
    by: [...by],
    groups: [],
    survival: {
      event: { ...event, others: [...event.others] },
      levels: levels.map((one) => [...one]),
      strata,
      ...(interaction ? { interaction } : {}),
      site: across,
      ...(isMade ? { grids } : {})
    },
    ...(typeof fit === 'string' ? {} : { estimates: fit.estimates })
  }
  const who = { sites, givers, isTogether: across === 'none' }
  if (typeof fit === 'string') return resultOf(shown, who, { ...NOTHING, notes: [fit] })
  const { ratio, estimates, references, empty, reading } = fit
  const notes = [
    gridNote(
      grids.map(({ length }) => length),
      own
    ),
    `Ties after Efron. Compared with ${references.join(', ')}.`,
    ...(empty.length === 0 ? [] : [`Nobody has ${listed(empty, ', ')}.`]),
    ...reading,
    ...(grids.every(({ length }) => length <= 1) ? [PULLED] : []),
    PROPORTIONAL
  ]
  const df = estimates.length
  return resultOf(shown, who, { ...NOTHING, statistic: ratio, df: [df], p: pOfChiSquared(ratio, df), notes })
}

const OFF = `Counts are rounded for privacy or hide who lacks a time: no hazard ratio can be made of them. ${WHAT_IS_EXACT}`
const NONE = 'A part is withheld, or the grids of the institutions do not fit.'
const NO_EVENT = 'Nobody had the event.'
const FALSE_COUNTS = 'A number of people is not whole, or larger than any institution has.'
const PULLED = 'One interval of time: each hazard ratio is pulled towards 1, compared with that of the exact times.'
const PROPORTIONAL = 'A hazard ratio is taken to be the same at all times.'
const WHAT_HELPS = 'Leave the level out by a filter, or join levels.'

/** One level of a covariate. */
interface Level {
  readonly column: string
  readonly level: string
  readonly n: number
  readonly observed: number
}

/** One column of the design: a level, compared with the first level of its covariate that somebody has. */
interface Column extends Level {
  readonly reference: string
  /** For a product: the level of the other covariate, with its reference. */
  readonly among?: Omit<Column, 'n' | 'observed' | 'among'>
}

interface Design {
  readonly columns: readonly Column[]
  readonly references: readonly Level[]
  readonly empty: readonly Level[]
  /** The covariates for which everybody has the same level. */
  readonly constant: readonly string[]
  /** By group, the indices of the columns that are 1. */
  readonly lines: readonly (readonly number[])[]
  readonly isOfProducts: boolean
}

interface Asked {
  readonly by: readonly string[]
  readonly covariates: Labels
  readonly groups: Labels
  readonly interaction: boolean
}

function designOf({ by, covariates, groups, interaction }: Asked, made: readonly RiskSets[]): Design {
  const people = groups.map((_, g) => exactSum(made.map(({ n }) => n[g] ?? 0)))
  const events = groups.map((_, g) => exactSum(made.map(({ observed }) => observed[g] ?? 0)))
  const told = covariates.map((levels, c) => {
    const placesOf = Map.groupBy(groups.keys(), (g) => groups[g]?.[c])
    return levels.map((level): Level => {
      const sum = (counts: readonly number[]) => exactSum((placesOf.get(level) ?? []).map((g) => counts[g] ?? 0))
      return { column: by[c] ?? '', level, n: sum(people), observed: sum(events) }
    })
  })
  const present = told.map((levels) => levels.filter((one) => one.n > 0))
  const perCovariate = present.map(([reference, ...others]) =>
    others.map((one): Column => ({ ...one, reference: reference?.level ?? '' }))
  )
  const products = interaction ? productsIn(perCovariate, { groups, people, events }) : []
  const columns = [...perCovariate.flat(), ...products.filter(({ n }) => n > 0)]
  const isIn = ({ column, level }: Omit<Level, 'n' | 'observed'>, group: readonly string[]) =>
    group[by.indexOf(column)] === level
  return {
    columns,
    references: present.flatMap((levels) => levels.slice(0, 1)),
    empty: [...told.flat(), ...products].filter((one) => one.n <= 0),
    constant: by.filter((_, c) => (present[c]?.length ?? 2) < 2),
    lines: groups.map((group) =>
      columns.flatMap((one, i) => (isIn(one, group) && (one.among === undefined || isIn(one.among, group)) ? [i] : []))
    ),
    isOfProducts: interaction
  }
}

/** The products of the columns of two covariates, the first of which varies fastest, as in R. */
function productsIn(
  [first = [], second = []]: readonly (readonly Column[])[],
  {
    groups,
    people,
    events
  }: { readonly groups: Labels; readonly people: readonly number[]; readonly events: readonly number[] }
): Column[] {
  return second.flatMap(({ n: _, observed: __, ...among }) =>
    first.map((one): Column => {
      const at = groups.findIndex(([level, other]) => level === one.level && other === among.level)
      return { ...one, n: people[at] ?? 0, observed: events[at] ?? 0, among }
    })
  )
}

/** A completed fit. */
interface Fit {
  readonly estimates: TestEstimate[]
  readonly ratio: number
  readonly references: readonly string[]
  readonly empty: readonly string[]
  /** How the estimates are read, if covariates interact. */
  readonly reading: readonly string[]
}

/** The fit, or the reason in words why there is none. */
function fitOf(made: readonly RiskSets[], design: Design): Fit | string {
  const steps = made.flatMap((one) => one.steps.filter(({ d }) => exactSum(d) > 0))
  const hazards: Hazards = { steps, lines: design.lines, size: design.columns.length }
  const why = reasonAgainst(made, design)
  if (why !== undefined) return why
  const aliased = aliasedIn(hazards).map((i) => nameOf(design.columns[i]))
  if (aliased.length > 0) return `The data do not tell ${listed(aliased, ', ')} apart from other levels. ${WHAT_HELPS}`
  const without = [...design.references, ...design.columns].filter(({ observed }) => observed === 0)
  if (without.length > 0) return withoutEvent(without, design)
  const maximum = maximumOf(hazards)
  if ('steps' in maximum) return runningAway(maximum, design)
  return {
    estimates: design.columns.map((column, i) => estimateOf(column, maximum, i)),
    ratio: Math.max(0, maximum.ratio),
    references: design.references.map(nameOf),
    empty: design.empty.map(nameOf),
    reading: design.isOfProducts ? [readingOf(design)] : []
  }
}

/** For two covariates that interact, each hazard ratio is that of the people with the reference level of the other covariate. */
function readingOf({ references }: Design): string {
  const [first, second] = references
  return (
    `The hazard ratios of ${first?.column} are those of people with ${nameOf(second)}, and those of ${second?.column} of people with ` +
    `${nameOf(first)}; the ratios of hazard ratios say how many times as large they are among the others.`
  )
}

/**
 * Maximum number of events, more than in any federation. A dishonest institution may send any number, and each event of an
 * interval costs time.
 */
const EVENTS_MAX = 1e7

function reasonAgainst(made: readonly RiskSets[], { constant, columns }: Design): string | undefined {
  const counts = made.flatMap(({ steps }) => steps.flatMap(({ d, n }) => [...d, ...n]))
  const events = exactSum(made.flatMap(({ observed }) => observed))
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0) || events > EVENTS_MAX) return FALSE_COUNTS
  if (events === 0) return NO_EVENT
  if (constant.length > 0) return `Everybody has the same level of ${constant.join(', ')}: there is nobody to compare.`
  return columns.length === 0 ? 'There is nobody to compare.' : undefined
}

/** The name of a level, such as "arm test"; of a product "arm test and sex male". */
function nameOf(level: (Level & Pick<Column, 'among'>) | undefined): string {
  const own = `${level?.column} ${level?.level}`
  return level?.among === undefined ? own : `${own} and ${level.among.column} ${level.among.level}`
}

const NAMES_MAX = 10

/** The first names, followed by the number of remaining names. */
function listed(texts: readonly string[], between: string): string {
  const others = texts.length - NAMES_MAX
  return [...texts.slice(0, NAMES_MAX), ...(others > 0 ? [`(and ${others} more)`] : [])].join(between)
}

function withoutEvent(levels: readonly Level[], { references }: Design): string {
  const said = levels.map((one) => {
    const ratio = references.includes(one) ? 'each hazard ratio to it is infinite' : 'its hazard ratio is 0'
    return `Nobody with ${nameOf(one)} had the event: ${ratio}.`
  })
  return `${listed(said, ' ')} ${WHAT_HELPS}`
}

/** Minimum change in the last step of an estimate that has no finite maximum: it moves by about one, and the others hardly move. */
const MOVED_MIN = 0.1

function runningAway({ steps }: RunningAway, { columns }: Design): string {
  const moved = columns.flatMap((column, i) => {
    const step = steps[i] ?? 0
    const end = step > 0 ? 'infinite' : '0'
    if (Math.abs(step) <= MOVED_MIN) return []
    return column.among === undefined
      ? [`The hazard ratio of ${nameOf(column)} to ${column.reference} is ${end}.`]
      : [`The ratio of hazard ratios of ${nameOf(column)} is ${end}.`]
  })
  const said = moved.length > 0 ? moved : ['Hazard ratios are 0 or infinite.']
  return `${listed(said, ' ')} Those with the event differ in it from all others at risk. ${WHAT_HELPS}`
}

function estimateOf({ column, level, reference, n, among }: Column, maximum: Maximum, at: number): TestEstimate {
  const estimate = maximum.estimates[at] ?? Number.NaN
  const error = Math.sqrt(maximum.covariance[at]?.[at] ?? Number.NaN)
  const half = zOfP(ERROR_SHARE) * error
  const interval = [estimate - half, estimate + half].map(Math.exp)
  return {
    measure: among === undefined ? 'hazard_ratio' : 'hazard_ratio_factor',
    column,
    groups: [level, reference],
    ...(among === undefined ? {} : { among: { column: among.column, groups: [among.level, among.reference] } }),
    n,
    estimate: Math.exp(estimate),
    interval: interval.every(Number.isFinite) ? interval : null,
    p: pOfNormal(estimate / error)
  }
}
