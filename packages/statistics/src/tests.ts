/** Tests over the answers of the sites: Welch's t, analysis of variance, χ². They read only released numbers. */
import type { MetaTest, PlanTest, SurvivalTest, TestResult } from '@stimnet/protocol'
import { pOfNormal, pOfT, zOfP } from './distributions.ts'
import { anovaOver } from './tests/anova.ts'
import { associationOf } from './tests/counts/association.ts'
import type { AccuracyOf } from './tests/accuracy.ts'
import { PRODUCTS_MAX, productsOf } from './tests/binned/asked-binned.ts'
import { cox } from './tests/binned/cox.ts'
import { kaplanMeier } from './tests/binned/kaplan-meier.ts'
import { logRank } from './tests/binned/log-rank.ts'
import { mannWhitney } from './tests/binned/mann-whitney.ts'
import { effectOf, inOwnUnit } from './tests/effects.ts'
import {
  countsOf,
  giving,
  groupOf,
  groupShown,
  namesIn,
  notesOn,
  ROUNDED,
  resultOf,
  withoutHidden
} from './tests/given.ts'
import { fisher } from './tests/counts/fisher.ts'
import { intervals } from './tests/intervals.ts'
import { mcNemar } from './tests/counts/mcnemar.ts'
import { oneSample, paired } from './tests/mean.ts'
import { knappNotes, type Meta } from './tests/meta.ts'
import { metaOfRounded } from './tests/meta-rounded.ts'
import {
  type Computed,
  DF_MIN,
  ERROR_SHARE,
  FEW_FREEDOMS,
  NOTHING,
  type TestedTable,
  type TestSite,
  testSite
} from './tests/table.ts'
import { pairwise } from './tests/pairwise.ts'
import { partialCorrelation } from './tests/partial.ts'
import { twoByTwo } from './tests/counts/two-by-two.ts'
import { type Pair, welchOver } from './tests/welch.ts'

export { type Accuracy, type AccuracyOf, accuracyOfCard, EXACT } from './tests/accuracy.ts'
export { type Anova, anovaOf } from './tests/anova.ts'
export { type ChiSquared, type CountCell, chiSquaredOf } from './tests/counts/chi-squared.ts'
export { type Counts, type Fisher, fisherOf } from './tests/counts/fisher.ts'
export { type Meta, META_METHODS, type MetaMethod, metaOf, type SiteEffect } from './tests/meta.ts'
export { holm } from './tests/pairwise.ts'
export { estimateName, testName, testSubject } from './tests/name.ts'
export { type TestSite, testSite } from './tests/table.ts'
export { type Welch, welchOf } from './tests/welch.ts'

/** The tests over one site's own answer. They allow for rounding if the answer comes with its card. */
export function testsOfOutput(asked: readonly PlanTest[], output: TestedTable, accuracyOf?: AccuracyOf): TestResult[] {
  return asked.map((test) => {
    const { sites: _, estimates, ...result } = testOf(test, [testSite('', output, accuracyOf)])
    return { ...result, ...(estimates && { estimates: estimates.map(({ sites: _, ...estimate }) => estimate) }) }
  })
}

/**
 * A test over the sites that gave every part of it. `sites` names these sites, and the note names the others. With several sites,
 * people are compared only within their site (`adjusted_for`), so that a difference between sites does not count as a difference
 * between groups.
 */
export function testOf(test: PlanTest, sites: readonly TestSite[]): TestResult {
  const result = withClusters(withoutHidden(madeOf(test, sites)), test.clustered)
  if (test.repeated === undefined) return result
  const note = result.survival
    ? `${test.repeated} has several rows per person, and survival is of one time of each person: filter to one row of each.`
    : `${test.by} is a column of ${test.repeated}, which has several rows per person: the groups can hold the same people, ` +
      'and a test of two groups of people would be wrong. Ask for a variable that holds each person’s change from baseline, ' +
      'or filter to one row of each person, such as one visit.'
  // Intervals of several estimates would also assume independent groups.
  const { meta: made, estimates: _, heterogeneity: __, survival, ranks, ...rest } = result
  const unmade = {
    ...(made && { meta: { ...made, ...NO_META } }),
    ...(survival && { survival: unmadeSurvival(survival) }),
    ...(ranks && { ranks: { ...ranks, w: null } })
  }
  return { ...rest, ...NOTHING, ...unmade, difference: made ? null : result.difference, note, repeated: test.repeated }
}

function unmadeSurvival({ curves: _, counts: __, grids: ___, ...asked }: NonNullable<TestResult['survival']>) {
  return asked
}

/** Adds a note if one person can have several values: a test assumes that values are independent. */
function withClusters(result: TestResult, clustered: string | undefined): TestResult {
  if (clustered === undefined) return result
  const { p, interval, estimates = [] } = result
  const isMade = p !== null || interval !== null || estimates.some((one) => one.interval !== null)
  const hasP = p !== null || estimates.some((one) => one.p != null)
  const tooSure = !hasP ? 'the interval is too narrow' : 'p is too small'
  const note =
    `${clustered} has several rows per person. Where a person has several values in a group, the test takes them for ` +
    `independent, and ${tooSure}: filter to one row of each person, such as one visit.`
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
    case 'two_by_two':
      return twoByTwo(test, sites)
    case 'mcnemar':
      return mcNemar(test, sites)
    case 'fisher':
      return fisher(test, sites)
    case 'one_sample':
      return oneSample(test, sites)
    case 'paired':
      return paired(test, sites)
    case 'pairwise':
      return pairwise(test, sites)
    case 'partial_correlation':
      return partialCorrelation(test, sites)
    case 'mean_interval':
    case 'share_interval':
    case 'correlation_interval':
    case 'quantile_interval':
      return intervals(test, sites)
    case 'kaplan_meier':
      return kaplanMeier(test, sites)
    case 'log_rank':
      return logRank(test, sites)
    case 'cox':
      return cox(test, sites)
    case 'mann_whitney':
      return mannWhitney(test, sites)
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

function plainTestAsked(result: TestResult): PlanTest | undefined {
  const { kind, of, by, groups, value } = result
  const [first, second] = by
  const [one, other] = groups
  switch (kind) {
    case 'meta':
      return metaAsked(result)
    case 'mean_interval':
    case 'share_interval':
    case 'correlation_interval':
      return { kind, of, by }
    case 'quantile_interval':
      return value === undefined ? undefined : { kind, of, by, q: value }
    case 'kaplan_meier':
    case 'log_rank':
    case 'cox':
      return survivalAsked(kind, result)
    case 'mann_whitney': {
      const { ranks } = result
      if (first === undefined || !one || !other || ranks === undefined) return undefined
      return { kind, of, by: first, groups: [one.name, other.name], corrected: ranks.corrected }
    }
    case 'paired':
      return one && other ? { kind, of, by, groups: [one.name, other.name] } : undefined
    case 'one_sample':
      return value === undefined ? undefined : { kind, of, by, value }
    case 'anova':
    case 'pairwise':
      return first === undefined ? undefined : { kind, of, by: first }
    case 'partial_correlation':
      return partialAsked(result)
    case 'mcnemar':
    case 'fisher':
      return countsAsked(result)
    case 'chi_squared':
      return first === undefined || second === undefined ? undefined : { kind, of, by: [first, second] }
    case 'welch':
    case 'two_by_two':
      return first !== undefined && one && other ? { kind, of, by: first, groups: [one.name, other.name] } : undefined
  }
}

/**
 * Maximum number of groups: that of two categories with as many levels as a catalog may declare. A dishonest institution may send
 * any levels.
 */
const GROUPS_MAX = 256 ** 2

function survivalAsked(kind: SurvivalTest['kind'], { of, by, survival }: TestResult): PlanTest | undefined {
  if (survival === undefined) return undefined
  const { event, levels, times, until, strata, interaction, site } = survival
  if (levels.reduce((groups, own) => groups * Math.max(1, own.length), 1) > GROUPS_MAX) return undefined
  if (interaction && (kind !== 'cox' || productsOf(levels) > PRODUCTS_MAX)) return undefined
  const optional = {
    ...(times === undefined ? {} : { times }),
    ...(until === undefined ? {} : { until }),
    ...(strata === undefined ? {} : { strata }),
    ...(interaction === undefined ? {} : { interaction }),
    ...(site === undefined ? {} : { site })
  }
  return { kind, of, by, event, levels, ...optional }
}

function countsAsked({ kind, of, by: [row, column], groups }: TestResult): PlanTest | undefined {
  const [one, other, third, fourth] = groups.map(({ name }) => name)
  if (row === undefined || column === undefined || one === undefined || other === undefined) return undefined
  if (kind === 'mcnemar') return { kind, of, by: [row, column], groups: [one, other] }
  if (kind !== 'fisher' || third === undefined || fourth === undefined) return undefined
  return { kind, of, by: [row, column], groups: [one, other, third, fourth] }
}

function partialAsked({ of, by, columns: [xz, yz, ...counts] = [], groups }: TestResult): PlanTest | undefined {
  const [x, y, z] = groups.map(({ name }) => name)
  if (x === undefined || y === undefined || z === undefined || xz === undefined || yz === undefined) return undefined
  return { kind: 'partial_correlation', of, by, columns: [xz, yz, ...counts], groups: [x, y, z] }
}

function metaAsked({ of, by, groups, meta: combined }: TestResult): PlanTest | undefined {
  if (combined === undefined) return undefined
  const { effect, method, interval } = combined
  return { kind: 'meta', of, by, groups: groups.map(({ name }) => name), effect, method, interval }
}

function welch(test: Extract<PlanTest, { kind: 'welch' }>, sites: readonly TestSite[]): TestResult {
  const { kind, of, by } = test
  const givers = giving(sites, (site) => {
    const [one, other] = test.groups.map((name) => groupOf(site, { by, name, of }))
    return one && other ? ([one, other] as Pair) : undefined
  })
  // If no site gave both groups, the available numbers of each group are shown beside the note.
  const shown = {
    kind,
    of,
    by: [by],
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
  const { numbers, notes } = associationOf(givers.map(({ part }) => part))
  return resultOf(shown, who, { ...NOTHING, ...numbers, notes })
}

/** The result if nothing was combined. */
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
      site: site.site,
      estimate: own(estimate),
      interval: [own(estimate - half), own(estimate + half)],
      weight: made?.weights[i] ?? null
    }
  })
  const groups = test.groups.map((name) => ({ name, n: null, mean: null, sd: null }))
  const shown = (combined: Partial<NonNullable<TestResult['meta']>>) => ({
    kind,
    of,
    by: [...by],
    groups,
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
      tau2: made.tau2,
      i2: made.i2,
      q: made.q,
      prediction: made.prediction && [own(made.prediction[0]), own(made.prediction[1])]
    }),
    who,
    {
      difference: own(made.estimate),
      interval: [own(low), own(high)],
      ...(hasNull(effect) ? testedBy(made) : { statistic: null, df: [], p: null }),
      notes: [...knappNotes(made), ...(made.isRounded ? [ROUNDED] : [])]
    }
  )
}

/** Whether the effect has a value that means no effect: a mean or a share has none. */
function hasNull(effect: MetaTest['effect']): boolean {
  return effect !== 'mean' && effect !== 'proportion'
}

function testedBy({ df, statistic }: Meta): Pick<Computed, 'statistic' | 'df' | 'p'> {
  return { statistic, df: df === null ? [] : [df], p: df === null ? pOfNormal(statistic) : pOfT(statistic, df) }
}

/** The cells of the compared groups, or the only cell. */
function cellsOf({ rows }: TestSite, { of, by: [key], groups }: MetaTest) {
  if (key === undefined) return [rows.length === 1 ? rows[0]?.cells.get(of) : undefined]
  return groups.map((name) => rows.find(({ keys }) => keys[key] === name)?.cells.get(of))
}
