/** Tests over the answers of the sites: Welch's t, analysis of variance, χ². They read released numbers and nothing else. */
import type { MetaTest, MomentsPart, PlanTest, TestResult } from '@stimnet/protocol'
import { pOfNormal, pOfT, zOfP } from './distributions.ts'
import { poolMoments, valueOfMoments } from './moments.ts'
import { anovaOver } from './tests/anova.ts'
import { type CountCell, chiSquaredOf, mantelHaenszelOf } from './tests/chi-squared.ts'
import type { AccuracyOf } from './tests/accuracy.ts'
import { effectOf, inOwnUnit } from './tests/effects.ts'
import type { Meta } from './tests/meta.ts'
import { metaOfRounded } from './tests/meta-rounded.ts'
import {
  type Computed,
  DF_MIN,
  ERROR_SHARE,
  FEW_FREEDOMS,
  type Measured,
  NOTHING,
  type TestedTable,
  type TestSite,
  testSite
} from './tests/table.ts'
import { type Pair, welchOver } from './tests/welch.ts'

export { type Accuracy, type AccuracyOf, accuracyOfCard, EXACT } from './tests/accuracy.ts'
export { type Anova, anovaOf } from './tests/anova.ts'
export { type ChiSquared, type CountCell, chiSquaredOf } from './tests/chi-squared.ts'
export { type Meta, META_METHODS, type MetaMethod, metaOf, type SiteEffect } from './tests/meta.ts'
export { testName } from './tests/name.ts'
export { type TestSite, testSite } from './tests/table.ts'
export { type Welch, welchOf } from './tests/welch.ts'

/** The tests over one site's own answer. They allow for rounding if the answer comes with its card. */
export function testsOfOutput(asked: readonly PlanTest[], output: TestedTable, accuracyOf?: AccuracyOf): TestResult[] {
  return asked.map((test) => {
    const { sites: _, ...result } = testOf(test, [testSite('', output, accuracyOf)])
    return result
  })
}

/**
 * A test over the sites that gave every part of it. `sites` names these, and the note names the others. With
 * several sites, people are compared within their site only (`adjusted_for`), so that a difference between
 * sites is no difference between groups.
 */
export function testOf(test: PlanTest, sites: readonly TestSite[]): TestResult {
  const result = withClusters(madeOf(test, sites), test.clustered)
  if (test.repeated === undefined) return result
  const note =
    `${test.by} is a column of ${test.repeated}, which has several rows per person: the groups can hold the same people, ` +
    'and a test of two groups of people would be wrong. Ask for a variable that holds each person’s change from baseline, ' +
    'or filter to one row of each person, such as one visit.'
  const { meta: made, ...rest } = result
  const unmade = made && { meta: { ...made, ...NO_META } }
  return { ...rest, ...NOTHING, ...unmade, difference: made ? null : result.difference, note, repeated: test.repeated }
}

/** The note, where one person can have several values: a test takes values for independent. */
function withClusters(result: TestResult, clustered: string | undefined): TestResult {
  if (clustered === undefined) return result
  const isMade = result.p !== null || result.interval !== null
  const note =
    `${clustered} has several rows per person. Where a person has several values in a group, the test takes them for ` +
    'independent, and p is too small: filter to one row of each person, such as one visit.'
  return { ...result, note: [result.note, ...(isMade ? [note] : [])].filter((one) => one !== '').join(' '), clustered }
}

function madeOf(test: PlanTest, sites: readonly TestSite[]): TestResult {
  switch (test.kind) {
    case 'welch':
      return welch(test, sites)
    case 'anova':
      return anova(test, sites)
    case 'chi_squared':
      return chiSquared(test, sites)
    case 'meta':
      return meta(test, sites)
  }
}

/** The test that a result answers; undefined if it is none of the known tests. */
export function testAsked(result: TestResult): PlanTest | undefined {
  const test = plainTestAsked(result)
  const { repeated, clustered } = result
  return (
    test && {
      ...test,
      ...(repeated === undefined ? {} : { repeated }),
      ...(clustered === undefined ? {} : { clustered })
    }
  )
}

function plainTestAsked({ kind, of, by, groups, meta: combined }: TestResult): PlanTest | undefined {
  const [first, second] = by
  if (kind === 'meta') {
    if (combined === undefined) return undefined
    const { effect, method, interval } = combined
    return { kind, of, by, groups: groups.map(({ name }) => name), effect, method, interval }
  }
  if (first === undefined) return undefined
  if (kind === 'anova') return { kind, of, by: first }
  if (kind === 'chi_squared') return second === undefined ? undefined : { kind, of, by: [first, second] }
  const [one, other] = groups
  return one && other ? { kind, of, by: first, groups: [one.name, other.name] } : undefined
}

/** A site with its part of a test. */
interface Giving<Part> {
  readonly site: TestSite
  readonly part: Part
}

function giving<Part>(
  sites: readonly TestSite[],
  partOf: (site: TestSite) => Part | undefined
): readonly Giving<Part>[] {
  return sites.flatMap((site) => {
    const part = partOf(site)
    return part === undefined ? [] : [{ site, part }]
  })
}

type Shown = Pick<TestResult, 'kind' | 'of' | 'by' | 'groups' | 'meta'>

/** The result of a test, with the sites behind it. */
function resultOf(
  shown: Shown,
  { sites, givers }: { sites: readonly TestSite[]; givers: readonly Giving<unknown>[] },
  computed: Computed & { readonly notes: readonly string[] }
): TestResult {
  const { notes, ...numbers } = computed
  const behind = givers.map(({ site }) => site.site)
  const others = sites.map(({ site }) => site).filter((site) => !behind.includes(site))
  const isAdjusted = behind.length > 1
  const said = [
    ...(sites.length > 1 && behind.length === 0 ? ['No institution gave every part of it.'] : []),
    ...(behind.length > 0 && others.length > 0
      ? [`${others.join(', ')} did not give every part of it and is not in it.`]
      : []),
    ...notes
  ]
  return {
    ...{ ...shown, ...numbers, note: said.join(' '), sites: behind },
    ...(isAdjusted ? { adjusted_for: 'site' as const } : {})
  }
}

function welch(test: Extract<PlanTest, { kind: 'welch' }>, sites: readonly TestSite[]): TestResult {
  const { kind, of, by } = test
  const givers = giving(sites, (site) => {
    const [one, other] = test.groups.map((name) => groupOf(site, { by, name, of }))
    return one && other ? ([one, other] as Pair) : undefined
  })
  // If no site gave both groups, what there is of each is shown beside the note.
  const shown = {
    ...{ kind, of, by: [by] },
    groups: test.groups.map((name, i) =>
      groupShown(
        name,
        givers.length > 0
          ? givers.flatMap(({ part }) => part[i] ?? [])
          : sites.flatMap((site) => groupOf(site, { by, name, of }) ?? [])
      )
    )
  }
  const who = { sites, givers }
  const result = welchOver(givers.map(({ part }) => part))
  if (result === null) {
    return resultOf(shown, who, { ...NOTHING, notes: ['A group is missing, withheld, or does not vary.'] })
  }
  const { difference, interval, statistic, df, p } = result
  if (df < DF_MIN) return resultOf(shown, who, { ...NOTHING, difference, notes: [FEW_FREEDOMS] })
  return resultOf(shown, who, {
    difference,
    interval: [...interval],
    statistic,
    df: [df],
    p,
    notes: notesOn(givers, of)
  })
}

function anova(test: Extract<PlanTest, { kind: 'anova' }>, sites: readonly TestSite[]): TestResult {
  const { kind, of, by } = test
  const givers = giving(sites, (site) => {
    const named = namesIn(site, by).map((name) => [name, groupOf(site, { by, name, of })] as const)
    const groups = new Map(named.flatMap(([name, group]) => (group ? [[name, group] as const] : [])))
    return site.isWhole(of) && groups.size === named.length ? groups : undefined
  })
  const behind = givers.length > 0 ? givers.map(({ site }) => site) : sites
  const names = [...new Set(behind.flatMap((site) => namesIn(site, by)))]
  const groups = names.map((name) =>
    groupShown(
      name,
      behind.flatMap((site) => groupOf(site, { by, name, of }) ?? [])
    )
  )
  const shown = { kind, of, by: [by], groups }
  const who = { sites, givers }
  if (givers.length === 0) {
    return resultOf(shown, who, { ...NOTHING, notes: ['A group is withheld: the groups shown are not all there are.'] })
  }
  const result = anovaOver(givers.map(({ part }) => part))
  if (result === null) {
    return resultOf(shown, who, {
      ...NOTHING,
      notes: ['Fewer than two groups at one institution, or none that varies.']
    })
  }
  const { statistic, between, within, p } = result
  if (within < DF_MIN) return resultOf(shown, who, { ...NOTHING, notes: [FEW_FREEDOMS] })
  return resultOf(shown, who, { ...NOTHING, statistic, df: [between, within], p, notes: notesOn(givers, of) })
}

function chiSquared(test: Extract<PlanTest, { kind: 'chi_squared' }>, sites: readonly TestSite[]): TestResult {
  const { kind, of, by } = test
  const givers = giving(sites, (site) => countsOf(site, of, by))
  const shown = { kind, of, by: [...by], groups: [] }
  const who = { sites, givers }
  if (givers.length === 0) {
    return resultOf(shown, who, { ...NOTHING, notes: ['A cell of the table is withheld: χ² needs all of them.'] })
  }
  const tables = givers.map(({ part }) => part)
  const result = tables.length > 1 ? mantelHaenszelOf(tables) : chiSquaredOf(tables[0] ?? [])
  if (result === null) return resultOf(shown, who, { ...NOTHING, notes: ['Fewer than two rows or columns.'] })
  const { statistic, df, p, least } = result
  const isRounded = tables.some((cells) => cells.some(({ within = 0 }) => within > 0))
  if (isRounded && least < EXPECTED_MIN) {
    const why = 'Counts are rounded for privacy, and too few are expected in a cell.'
    return resultOf(shown, who, { ...NOTHING, notes: [why] })
  }
  const notes = [
    ...(least < EXPECTED_MIN ? ['Fewer than five are expected in a cell: the p value is rough.'] : []),
    ...(isRounded ? [ROUNDED] : [])
  ]
  return resultOf(shown, who, { ...NOTHING, statistic, df: [df], p, notes })
}

/** Nothing combined. */
const NO_META = { tau2: null, i2: null, q: null, prediction: null, sites: [] }

function meta(test: MetaTest, sites: readonly TestSite[]): TestResult {
  const { kind, of, by, effect, method, interval } = test
  const givers = giving(sites, (site) => effectOf(effect, cellsOf(site, test)))
  const effects = givers.map(({ part }) => part)
  const made = metaOfRounded(effects, { method, hartungKnapp: interval === 'hartung_knapp' })
  const own = (value: number) => inOwnUnit(effect, value)
  const shownSites = givers.map(({ site, part: { estimate, variances, hidden } }, i) => {
    const half = zOfP(ERROR_SHARE) * Math.sqrt(variances[1]) + hidden
    return {
      ...{ site: site.site, estimate: own(estimate), interval: [own(estimate - half), own(estimate + half)] },
      weight: made?.weights[i] ?? null
    }
  })
  const groups = test.groups.map((name) => ({ name, n: null, mean: null, sd: null }))
  const shown = (combined: Partial<NonNullable<TestResult['meta']>>) => ({
    ...{ kind, of, by: [...by], groups },
    meta: { effect, method, interval, ...NO_META, sites: shownSites, ...combined }
  })
  const who = { sites, givers }
  if (made === null) {
    return resultOf(shown({}), who, {
      ...NOTHING,
      notes: ['A meta-analysis needs the effects of two institutions or more.']
    })
  }
  const [low, high] = made.interval
  return resultOf(
    shown({
      ...{ tau2: made.tau2, i2: made.i2, q: made.q },
      prediction: made.prediction && [own(made.prediction[0]), own(made.prediction[1])]
    }),
    who,
    {
      ...{ difference: own(made.estimate), interval: [own(low), own(high)] },
      ...(hasNull(effect) ? testedBy(made) : { statistic: null, df: [], p: null }),
      notes: made.isRounded ? [ROUNDED] : []
    }
  )
}

/** Whether there is a value of the effect that means nothing: a mean or a share has none. */
function hasNull(effect: MetaTest['effect']): boolean {
  return effect !== 'mean' && effect !== 'proportion'
}

function testedBy({ df, statistic }: Meta): Pick<Computed, 'statistic' | 'df' | 'p'> {
  return { statistic, df: df === null ? [] : [df], p: df === null ? pOfNormal(statistic) : pOfT(statistic, df) }
}

/** The cells of the groups that are compared, or the only one. */
function cellsOf({ rows }: TestSite, { of, by: [key], groups }: MetaTest) {
  if (key === undefined) return [rows.length === 1 ? rows[0]?.cells.get(of) : undefined]
  return groups.map((name) => rows.find(({ keys }) => keys[key] === name)?.cells.get(of))
}

/** Expected in each cell at least; below it p is rough. */
const EXPECTED_MIN = 5

/** The note of a test of rounded numbers. */
const ROUNDED = 'Numbers are rounded for privacy: interval and p allow for all that rounding can hide.'

/** The counts of one site; undefined if a cell is withheld. People who lack one of the two keys are in no cell of the table. */
function countsOf(site: TestSite, of: string, [row, column]: readonly [string, string]): CountCell[] | undefined {
  const cells = site.rows.flatMap(({ keys, cells }) => {
    const [one, other] = [keys[row] ?? null, keys[column] ?? null]
    return one === null || other === null
      ? []
      : [{ row: one, column: other, count: cells.get(of)?.value, within: cells.get(of)?.accuracy.count ?? 0 }]
  })
  const counts = cells.flatMap((cell) => (typeof cell.count === 'number' ? [{ ...cell, count: cell.count }] : []))
  return site.isWhole(of) && counts.length === cells.length ? counts : undefined
}

function namesIn({ rows }: TestSite, by: string): string[] {
  return rows.flatMap(({ keys }) => keys[by] ?? [])
}

/** The moments of a group; undefined if they are withheld, or if there are too few values for a spread. */
function groupOf(
  { rows }: TestSite,
  { by, name, of }: { readonly by: string; readonly name: string; readonly of: string }
): Measured | undefined {
  const cell = rows.find(({ keys }) => keys[by] === name)?.cells.get(of)
  return cell?.value === null ? undefined : cell?.moments
}

function groupShown(name: string, parts: readonly MomentsPart[]): TestResult['groups'][number] {
  const moments = poolMoments(parts)
  if (moments === null) return { name, n: null, mean: null, sd: null }
  return { name, n: moments.n, mean: moments.sum / moments.n, sd: valueOfMoments('sd', moments) }
}

/** Notes on the numbers behind a test. */
function notesOn(givers: readonly Giving<unknown>[], of: string): string[] {
  const isRounded = givers.some(({ site }) => site.rows.some(({ cells }) => (cells.get(of)?.accuracy.count ?? 0) > 0))
  return isRounded ? [ROUNDED] : []
}
