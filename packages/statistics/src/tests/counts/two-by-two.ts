/**
 * Two groups and one level of an outcome: odds ratio, risk ratio and risk difference, over several sites by Mantel and Haenszel.
 * Variances by Robins, Breslow and Greenland (1986), Greenland and Robins (1985), and Sato, Greenland and Robins (1989).
 */
import type { PlanTest, TestEstimate, TestResult } from '@stimnet/protocol'
import { pOfChiSquared, zOfP } from '../../distributions.ts'
import { exactSum } from '../../moments.ts'
import { associationOf } from './association.ts'
import type { CountCell } from './chi-squared.ts'
import { giving, ROUNDED, resultOf } from '../given.ts'
import { around, minus, notNegative, over, plus, type Range, times } from '../range.ts'
import { ERROR_SHARE, type MeasuredShare, NOTHING, type TestSite } from '../table.ts'

/** The counts of one site: a people of the first group have the level and b lack it; c and d are these counts for the second group. */
export interface FourCells {
  readonly a: Range
  readonly b: Range
  readonly c: Range
  readonly d: Range
}

/** The released counts (`told`), and the possible exact counts (`ranges`). */
interface Told {
  readonly told: FourCells
  readonly ranges: FourCells
}

type TwoByTwo = Extract<PlanTest, { kind: 'two_by_two' }>

/** p value below which the note says that the odds ratios of the sites may differ. */
const DIFFERING = 0.1
/** p value below which the note leaves no doubt. */
const CLEAR = 0.05

/** The effects over the sites that gave both groups. */
export function twoByTwo(test: TwoByTwo, sites: readonly TestSite[]): TestResult {
  const { kind, of, by } = test
  const [one, other] = test.groups
  const givers = giving(sites, (site) => cellsOf(site, test))
  const tables = givers.map(({ part }) => part)
  const isRounded = tables.some(({ ranges }) => Object.values(ranges).some(({ low, high }) => low < high))
  const made = associationOf(tables.map((table) => countsOf(table)))
  const differing = isRounded ? null : breslowDayOf(tables.map(({ told }) => told))
  const shown = {
    kind,
    of,
    by: [by],
    groups: [shownGroup(one, tables, ['a', 'b']), shownGroup(other, tables, ['c', 'd'])],
    estimates: tables.length === 0 ? [] : estimatesOf(tables),
    ...(differing ? { heterogeneity: differing } : {})
  }
  const who = { sites, givers }
  if (tables.length === 0) return resultOf(shown, who, { ...NOTHING, notes: ['A group is missing or withheld.'] })
  const notes = [
    ...made.notes,
    ...(isRounded ? [ROUNDED] : []),
    ...(differing && differing.p < DIFFERING ? [differ(differing.p)] : []),
    ...(isRounded && tables.length > 1 ? [UNKNOWN] : [])
  ]
  return resultOf(shown, who, { ...NOTHING, ...made.numbers, notes: [...new Set(notes)] })
}

/** A p value of up to a tenth is a hint alone, as the test finds little with few institutions. */
function differ(p: number): string {
  const [much, hides] = p < CLEAR ? ['differ by more than chance explains', 'hides'] : ['may differ', 'would hide']
  return `The odds ratios of the institutions ${much} (p = ${p.toPrecision(2)}): one ratio for all ${hides} that. Ask for \`meta\`.`
}

const UNKNOWN = 'Whether the odds ratios of the institutions differ is not tested of rounded counts.'

function shownGroup(name: string, tables: readonly Told[], cells: readonly (keyof FourCells)[]) {
  const n = exactSum(tables.flatMap(({ told }) => cells.map((cell) => told[cell].low)))
  return { name, n: tables.length === 0 ? null : n, mean: null, sd: null }
}

/** The counts of both groups; undefined if one is withheld. */
function cellsOf({ rows }: TestSite, { of, by, groups }: TwoByTwo): Told | undefined {
  const [one, other] = groups.map((name) => {
    const cell = rows.find(({ keys }) => keys[by] === name)?.cells.get(of)
    return cell?.share === undefined || cell.value === null ? undefined : cell.share
  })
  if (one === undefined || other === undefined) return undefined
  const told = ({ having, of }: MeasuredShare) => [around(having), around(of - having)] as const
  const ranges = ({ having, of, within }: MeasuredShare) => [
    notNegative(around(having, within.having)),
    notNegative(around(of - having, within.lacking))
  ]
  return { told: fourOf([...told(one), ...told(other)]), ranges: fourOf([...ranges(one), ...ranges(other)]) }
}

function fourOf([a, b, c, d]: readonly Range[]): FourCells {
  const none = around(Number.NaN)
  return { a: a ?? none, b: b ?? none, c: c ?? none, d: d ?? none }
}

function countsOf({ told, ranges }: Told): CountCell[] {
  return (['a', 'b', 'c', 'd'] as const).map((cell, i) => {
    const [count, { low, high }] = [told[cell].low, ranges[cell]]
    return { row: String(i >> 1), column: String(i % 2), count, within: Math.max(high - count, count - low) }
  })
}

function estimatesOf(tables: readonly Told[]): TestEstimate[] {
  const [told, whole] = [effectsOf(tables.map((one) => one.told)), effectsOf(tables.map((one) => one.ranges))]
  const n = exactSum(tables.flatMap((one) => Object.values(one.told).map(({ low }) => low)))
  return (['odds_ratio', 'risk_ratio', 'risk_difference'] as const).map((measure) => {
    const isRatio = measure !== 'risk_difference'
    const estimate = told[measure].estimate.low
    const { estimate: range, variance } = whole[measure]
    const half = zOfP(ERROR_SHARE) * Math.sqrt(Math.max(0, variance.high))
    const ends = isRatio
      ? [Math.exp(Math.log(range.low) - half), Math.exp(Math.log(range.high) + half)]
      : [range.low - half, range.high + half]
    // If nobody or everybody of a group has the level, there is no ratio, or a ratio without an error.
    const isKnown =
      [estimate, ...ends].every((end) => Number.isFinite(end)) && (!isRatio || (ends[0] ?? 0) > 0) && half > 0
    return { measure, groups: [], n, estimate: isKnown ? estimate : null, interval: isKnown ? ends : null }
  })
}

interface Effect {
  readonly estimate: Range
  /** The variance of the effect; for a ratio, of its logarithm. */
  readonly variance: Range
}

/** A table with its margins. */
type Stratum = FourCells & Readonly<Record<'first' | 'second' | 'n', Range>>

const HALF = around(0.5)

/** Each formula is written once, over ranges: for exact counts, both ends are the estimate. */
function effectsOf(tables: readonly FourCells[]): Record<'odds_ratio' | 'risk_ratio' | 'risk_difference', Effect> {
  const strata = tables.map((cells): Stratum => {
    const [first, second] = [plus(cells.a, cells.b), plus(cells.c, cells.d)]
    return { ...cells, first, second, n: plus(first, second) }
  })
  const sum = (of: (stratum: Stratum) => Range) => plus(...strata.map(of))
  const [concordant, discordant] = [sum(concordantIn), sum(discordantIn)]
  const [top, bottom] = [
    sum(({ a, second, n }) => over(times(a, second), n)),
    sum(({ c, first, n }) => over(times(c, first), n))
  ]
  const ofRisk = over(
    sum(({ a, b, c, d, first, second, n }) => over(plus(times(a, d, first), times(b, c, second)), times(n, n))),
    times(top, bottom)
  )
  const weight = sum(({ first, second, n }) => over(times(first, second), n))
  const difference = over(minus(concordant, discordant), weight)
  const lean = sum(({ a, c, first, second, n }) =>
    over(
      plus(minus(times(c, first, first), times(a, second, second)), times(HALF, first, second, minus(second, first))),
      times(n, n)
    )
  )
  const ofDifference = over(
    plus(times(difference, lean), times(HALF, plus(concordant, discordant))),
    times(weight, weight)
  )
  return {
    odds_ratio: { estimate: over(concordant, discordant), variance: varianceOfLogOdds(sum, concordant, discordant) },
    risk_ratio: { estimate: over(top, bottom), variance: ofRisk },
    risk_difference: { estimate: difference, variance: ofDifference }
  }
}

const concordantIn = ({ a, d, n }: Stratum): Range => over(times(a, d), n)
const discordantIn = ({ b, c, n }: Stratum): Range => over(times(b, c), n)

/** The variance by Robins, Breslow and Greenland. */
function varianceOfLogOdds(
  sum: (of: (stratum: Stratum) => Range) => Range,
  concordant: Range,
  discordant: Range
): Range {
  const same = ({ a, d, n }: Stratum) => over(plus(a, d), n)
  const differing = ({ b, c, n }: Stratum) => over(plus(b, c), n)
  const bothSame = sum((one) => times(same(one), concordantIn(one)))
  const mixed = sum((one) => plus(times(same(one), discordantIn(one)), times(differing(one), concordantIn(one))))
  const bothDiffering = sum((one) => times(differing(one), discordantIn(one)))
  return plus(
    over(times(HALF, bothSame), times(concordant, concordant)),
    over(times(HALF, mixed), times(concordant, discordant)),
    over(times(HALF, bothDiffering), times(discordant, discordant))
  )
}

/**
 * Breslow and Day's test that all sites have one odds ratio, with Tarone's correction. Null for one site, and without an odds
 * ratio. The counts must be exact.
 */
export function breslowDayOf(tables: readonly FourCells[]): { statistic: number; df: number; p: number } | null {
  const { low: odds } = effectsOf(tables).odds_ratio.estimate
  if (tables.length < 2 || !Number.isFinite(odds) || !(odds > 0)) return null
  const terms = tables.map(({ a, b, c, d }) => {
    const [first, second, having] = [a.low + b.low, c.low + d.low, a.low + c.low]
    const expected = expectedAt(odds, first, second, having)
    const others = [first - expected, having - expected, second - having + expected]
    return { away: a.low - expected, precision: 1 / expected + exactSum(others.map((one) => 1 / one)) }
  })
  const squares = exactSum(terms.map(({ away, precision }) => away ** 2 * precision))
  const tarone = exactSum(terms.map(({ away }) => away)) ** 2 / exactSum(terms.map(({ precision }) => 1 / precision))
  const statistic = squares - tarone
  const df = tables.length - 1
  return Number.isFinite(statistic) ? { statistic, df, p: pOfChiSquared(statistic, df) } : null
}

/**
 * The expected number of people of the first group with the level, given the margins and an odds ratio: a root of a quadratic
 * equation.
 */
function expectedAt(odds: number, first: number, second: number, having: number): number {
  if (odds === 1) return (first * having) / (first + second)
  const [square, linear, constant] = [1 - odds, second - having + odds * (first + having), -odds * first * having]
  const root = Math.sqrt(linear ** 2 - 4 * square * constant)
  // The other root is outside the table. The formula is written so that no similar numbers are subtracted.
  return (-2 * constant) / (linear + root)
}
