import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Output, OutputColumn, OutputRow, PlanTest, TestResult } from '@stimnet/protocol'
import { pool, testsOfOutput, valueOfMoments } from '@stimnet/statistics'
import { column, exactSums, IRIS, momentsOf, near, table } from './fixtures.ts'

const COLUMNS: OutputColumn[] = [column('arm', 'key'), column('subjects', 'subjects'), column('sd_score', 'sd')]
const WELCH: PlanTest = { kind: 'welch', of: 'sd_score', by: 'arm', groups: ['drug', 'placebo'] }
const ANOVA: PlanTest = { kind: 'anova', of: 'sd_score', by: 'arm' }

type Groups = Readonly<Record<string, readonly number[]>>
interface More {
  readonly withheldGroups?: number
  /** Groups whose spread is withheld. */
  readonly hidden?: readonly string[]
}

/** The answer of one site: a row for each group, as the node would give it. */
function answer(groups: Groups, asked: readonly PlanTest[], { withheldGroups = 0, hidden = [] }: More = {}): Output {
  const rows = Object.entries(groups).map(([name, values]): OutputRow => {
    const moments = momentsOf(exactSums(values, 1))
    const isHidden = hidden.includes(name)
    return {
      values: [name, values.length, isHidden ? null : valueOfMoments('sd', moments)],
      parts: { subjects: { add: values.length }, ...(isHidden ? {} : { sd_score: { moments } }) }
    }
  })
  const output = table(COLUMNS, rows, { groups: withheldGroups, cells: hidden.length })
  assert.ok(output.kind === 'table')
  return { ...output, tests: testsOfOutput(asked, output) }
}

const sites = (...outputs: Output[]) => pool(outputs.map((output, i) => ({ site: `s${i}`, output })))
const only = (tests: readonly TestResult[] | undefined): TestResult => {
  assert.equal(tests?.length, 1)
  return tests?.[0] as TestResult
}
const flowers = (species: string) => IRIS.filter((flower) => flower.species === species).map(({ length }) => length)
const half = (values: readonly number[], at: number) => values.filter((_, i) => i % 2 === at)
const [SETOSA, VERSICOLOR, VIRGINICA] = ['setosa', 'versicolor', 'virginica'].map(flowers) as [
  number[],
  number[],
  number[]
]

// Everybody at the third institution scores far higher, and it shows only its drug arm.
const HIGH = SETOSA.map((value) => value + 40)

test('a comparison leaves out a site that gave one of the two groups, and says so', () => {
  const both = [0, 1].map((at) => answer({ drug: half(SETOSA, at), placebo: half(VERSICOLOR, at) }, [WELCH]))
  const whole = only(sites(...both).tests)
  for (const partial of [
    answer({ drug: HIGH }, [WELCH], { withheldGroups: 1 }),
    answer({ drug: HIGH, placebo: VERSICOLOR }, [WELCH], { hidden: ['placebo'] })
  ]) {
    const found = only(sites(...both, partial).tests)
    assert.deepEqual([found.statistic, found.p, found.interval], [whole.statistic, whole.p, whole.interval])
    assert.deepEqual(found.groups, whole.groups)
    assert.deepEqual(found.sites, ['s0', 's1'])
    assert.match(found.note, /s2 did not give every part/)
  }
})

test('an analysis of variance is made over the sites that gave every group', () => {
  const groups = (at: number): Groups => ({ a: half(SETOSA, at), b: half(VERSICOLOR, at), c: half(VIRGINICA, at) })
  const both = [0, 1].map((at) => answer(groups(at), [ANOVA]))
  const found = only(sites(...both, answer({ a: HIGH, b: VERSICOLOR }, [ANOVA], { withheldGroups: 1 })).tests)
  assert.equal(found.statistic, only(sites(...both).tests).statistic)
  assert.deepEqual(found.sites, ['s0', 's1'])
  assert.match(found.note, /s2 did not give every part/)
})

test('where no site gave both groups there is no comparison of one site’s drug with another’s placebo', () => {
  const found = only(sites(answer({ drug: SETOSA }, [WELCH]), answer({ placebo: VERSICOLOR }, [WELCH])).tests)
  assert.deepEqual([found.difference, found.statistic, found.p, found.sites], [null, null, null, []])
  assert.match(
    found.note,
    /No institution gave every part of it: ask for larger groups, a wider cohort, or an analysis set/
  )
})

test('the sites of a row are those behind its numbers, column by column where they differ', () => {
  const groups = { drug: SETOSA, placebo: VERSICOLOR }
  const pooled = sites(answer(groups, []), answer(groups, [], { hidden: ['drug'] }))
  const [drug, placebo] = pooled.rows
  assert.deepEqual(drug?.sites, ['s0', 's1'])
  assert.deepEqual(drug?.column_sites, [null, ['s0', 's1'], ['s0']])
  assert.deepEqual([placebo?.sites, placebo?.column_sites], [['s0', 's1'], undefined])
})

test('a site that shows the row and none of its numbers is not behind it', () => {
  const rows: OutputRow[] = [{ values: ['drug', null, null], parts: {} }]
  const empty = table(COLUMNS, rows, { groups: 0, cells: 2 })
  assert.deepEqual(sites(answer({ drug: SETOSA }, []), empty).rows[0]?.sites, ['s0'])
})

// R: d <- data.frame(y, g, site); the estimate of lm(y ~ g + site), which ours equals whatever the weights.
test('over several sites a comparison is of people of the same site: what divides the sites does not enter it', () => {
  const one = { drug: half(SETOSA, 0), placebo: half(VERSICOLOR, 0) }
  const other = {
    drug: half(SETOSA, 1)
      .slice(0, 12)
      .map((v) => v + 40),
    placebo: half(VERSICOLOR, 1).map((v) => v + 40)
  }
  const found = only(sites(answer(one, [WELCH]), answer(other, [WELCH])).tests)
  assert.equal(found.adjusted_for, 'site')
  assert.ok(
    near(found.difference, -0.9333770491803288) &&
      near(found.statistic, -9.40354069084872) &&
      near(found.df[0], 69.28233432863878)
  )
  const alone = only(sites(answer(one, [WELCH])).tests)
  assert.equal(alone.adjusted_for, undefined)
})

test('over several sites the analysis of variance has the site as a factor, as R’s lm(y ~ site + group)', () => {
  const groups = (at: number, shift: number, take: number): Groups => ({
    a: half(SETOSA, at)
      .slice(0, take)
      .map((v) => v + shift),
    b: half(VERSICOLOR, at).map((v) => v + shift),
    c: half(VIRGINICA, at).map((v) => v + shift)
  })
  const found = only(sites(answer(groups(0, 0, 25), [ANOVA]), answer(groups(1, 40, 12), [ANOVA])).tests)
  assert.deepEqual([found.adjusted_for, found.df], ['site', [2, 133]])
  assert.ok(near(found.statistic, 90.00456005032827) && near(found.p, 1.91246799461793e-25))
})

const CHI: PlanTest = { kind: 'chi_squared', of: 'subjects', by: ['arm', 'outcome'] }
function counts(cells: readonly (readonly [string, string, number])[]): Output {
  const columns = [column('arm', 'key'), column('outcome', 'key'), column('subjects', 'subjects')]
  const rows = cells.map(
    ([arm, outcome, n]): OutputRow => ({ values: [arm, outcome, n], parts: { subjects: { add: n } } })
  )
  const output = table(columns, rows)
  assert.ok(output.kind === 'table')
  return { ...output, tests: testsOfOutput([CHI], output) }
}

test('over several sites χ² is Cochran, Mantel and Haenszel’s: two sites that differ make no association', () => {
  const first = [
    ['drug', 'well', 90],
    ['drug', 'ill', 10],
    ['placebo', 'well', 18],
    ['placebo', 'ill', 2]
  ] as const
  const second = [
    ['drug', 'well', 2],
    ['drug', 'ill', 18],
    ['placebo', 'well', 10],
    ['placebo', 'ill', 90]
  ] as const
  const found = only(sites(counts(first), counts(second)).tests)
  assert.deepEqual([found.adjusted_for, found.df], ['site', [1]])
  assert.ok(Number(found.statistic) < 1e-12, 'each site alone has none; added up they would have χ² = 83')
})

test('the generalized test of two tables of 2 × 3 agrees with R’s mantelhaen.test', () => {
  const make = (n: readonly number[]) =>
    counts(
      ['a', 'b'].flatMap((arm, i) => ['x', 'y', 'z'].map((outcome, j) => [arm, outcome, n[i * 3 + j] ?? 0] as const))
    )
  const found = only(sites(make([20, 15, 11, 9, 14, 22]), make([31, 12, 18, 15, 25, 10])).tests)
  assert.deepEqual(found.df, [2])
  assert.ok(near(found.statistic, 11.03507194594137) && near(found.p, 0.004015730630300317))
})

// Twenty people before and after. R: t.test(before, after, paired = TRUE) gives t = 14.3, and p = .12 if they are treated as
// forty people.
const REPEATED: PlanTest = { ...WELCH, repeated: 'visits' }

test('before and after are not compared as if they were two groups of people: what to ask instead is said', () => {
  const site = answer({ drug: SETOSA, placebo: SETOSA.map((v) => v - 0.2) }, [REPEATED])
  const [own] = site.kind === 'table' ? (site.tests ?? []) : []
  for (const found of [own, only(sites(site).tests), only(sites(site, site).tests)]) {
    assert.ok(near(found?.difference, 0.2, 1e-6))
    assert.deepEqual([found?.statistic, found?.p, found?.interval, found?.df], [null, null, null, []])
    assert.match(found?.note ?? '', /same people.*change from baseline.*one row/)
  }
})

test('one site that says so is enough, and an older one that says nothing is not left out', () => {
  const older = answer({ drug: SETOSA, placebo: VERSICOLOR }, [WELCH])
  const pooled = sites(older, answer({ drug: SETOSA, placebo: VERSICOLOR }, [REPEATED]))
  assert.deepEqual([pooled.sites.length, only(pooled.tests).p], [2, null])
})
