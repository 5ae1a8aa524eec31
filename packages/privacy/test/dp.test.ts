import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type BoundedReduction,
  type CatalogDescriptor,
  type Measure,
  type Plan,
  type PrivacyAskInput,
  privacyAskSchema,
  type StimnetError,
  seededRandom,
  type TableOutput
} from '@stimnet/protocol'
import { pool, quantileOf } from '@stimnet/statistics'
import {
  costOf,
  type DpPlan,
  type DpTerms,
  deltaFor,
  discloseNoisy,
  NoisyTable,
  planNoise,
  releaseNoisy,
  variableFacts
} from '../src/index.ts'
import { CATALOG } from './fixtures.ts'

const AGE = 'subjects.age'
const SCORE = 'outcomes.UPDRS_total'

const subjects: Measure = { kind: 'subjects', name: 'n' }
type Kind = 'count' | 'sum' | 'mean' | 'variance' | 'sd' | 'skewness' | 'kurtosis'
const of = (kind: Kind, variable: typeof AGE | typeof SCORE = AGE): Measure => ({
  kind,
  name: `${kind}_of`,
  variable
})
const median: Measure = { kind: 'quantile', name: 'median', variable: SCORE, q: 0.5 }

interface More extends Partial<Omit<PrivacyAskInput, 'level'>> {
  readonly groupBy?: Plan['groupBy']
  readonly tables?: readonly string[]
  readonly sites?: number
  readonly descriptor?: CatalogDescriptor
}

function terms(measures: readonly Measure[], more: More = {}): DpTerms {
  const { groupBy = [], tables = ['subjects'], sites = 1, descriptor = CATALOG, ...rest } = more
  const amount = rest.rho === undefined ? { epsilon: '1' } : {}
  return {
    plan: { tables, groupBy, measures },
    ask: privacyAskSchema.parse({ level: 'P2', ...amount, ...rest }),
    descriptor,
    sitesPerPerson: sites
  }
}

const sds = (measures: readonly Measure[], more: More = {}) => costOf(terms(measures, more)).columns.map(({ sd }) => sd)

function near(found: number | null | undefined, expected: number, tolerance = 1e-6) {
  assert.ok(found !== null && found !== undefined)
  assert.ok(Math.abs(found - expected) <= tolerance * Math.abs(expected), `${found} is not ${expected}`)
}

const refused = (reason: RegExp) => (error: StimnetError) =>
  error.code === 'PARAMETER_INVALID' && reason.test(error.reason)

describe('what a question costs', () => {
  test('is what was asked for, in billionths of ρ, rounded up', () => {
    assert.equal(costOf(terms([subjects], { epsilon: '0.1' })).nanoRho, 5_000_000n)
    assert.equal(costOf(terms([subjects], { epsilon: undefined, rho: '0.005' })).nanoRho, 5_000_000n)
    assert.equal(costOf(terms([subjects], { epsilon: '0.000000001' })).nanoRho, 1n, 'nothing is free')
  })

  test('of several pure numbers is the sum of what each of them costs', () => {
    const one = costOf(terms([subjects], { epsilon: '0.3' }))
    const three = costOf(terms([of('variance')], { epsilon: '0.3' }))
    assert.deepEqual([one.numbers, three.numbers], [1, 3])
    assert.deepEqual([one.nanoRho, three.nanoRho], [45_000_000n, 15_000_000n])
  })

  test('is divided among the institutions that somebody may be at', () => {
    const cost = costOf(terms([subjects], { epsilon: '0.2', sites: 2 }))
    assert.deepEqual([cost.epsilon, cost.nanoRho], [0.1, 5_000_000n])
    near(cost.columns[0]?.sd, sds([subjects], { epsilon: '0.1' })[0] ?? 0)
  })

  test('tells ε at a δ that is never large for the size of the catalog', () => {
    assert.equal(deltaFor(150), 1e-6)
    assert.equal(deltaFor(1_000_000), 1e-7)
    near(costOf(terms([subjects], { epsilon: undefined, rho: '0.02435597' })).epsilonAtDelta, 1, 1e-4)
  })
})

describe('how far off an answer is', () => {
  test('follows the formulas: how far one person moves a number, over its share of the charge', () => {
    near(sds([subjects])[0], Math.sqrt(1.841347188416))
    near(sds([subjects], { epsilon: undefined, rho: '0.5' })[0], 1)
    // The age is declared from 0 to 120, so one person moves a sum by at most 120.
    near(sds([of('sum')])[0], Math.SQRT2 * 120, 1e-4)
    near(sds([of('sum')], { bounds: [{ variable: 'age', lower: '18', upper: '90' }] })[0], Math.SQRT2 * 90, 1e-4)
    const [mean] = costOf(terms([of('mean')])).columns
    assert.equal(mean?.assumesRows, 150)
    assert.equal(mean?.range, 120)
    assert.equal(costOf(terms([subjects])).columns[0]?.range, null)
    near(mean?.sd, Math.hypot(Math.SQRT2 * 2 * 60, 60 * Math.sqrt(7.835396178)) / 150, 1e-3)
  })

  test('is useless where it leaves half or more of the possible values possible', () => {
    const useless = (measures: readonly Measure[], epsilon: string, tables = ['subjects']) =>
      costOf(terms(measures, { epsilon, tables })).columns.map(({ isUseless }) => isUseless)
    const share: Measure = { kind: 'share', name: 'share', variable: 'subjects.sex', level: 'F' }
    const all = [subjects, of('sum'), of('mean'), of('variance'), of('sd'), share]
    assert.ok(!useless([subjects, of('mean'), share], '2').includes(true))
    assert.deepEqual(useless(all, '0.01'), [true, true, true, true, true, true])
    // The error of the mean of 150 people reaches a quarter of 120 years between these two values of ε.
    assert.deepEqual([useless([of('mean')], '0.16'), useless([of('mean')], '0.1')], [[false], [true]])
    assert.deepEqual([useless([median], '1', ['outcomes']), useless([median], '0.01', ['outcomes'])], [[false], [true]])
  })

  test('grows with the groups and rows that a person may count in', () => {
    const byVisit = [{ name: 'visit', variable: 'outcomes.visit' as const }]
    const rows: Measure = { kind: 'rows', name: 'rows' }
    const long = { tables: ['outcomes'], groupBy: byVisit }
    const gaussian = { ...long, epsilon: undefined, rho: '0.5' }
    near(sds([rows], { ...gaussian, groups_per_subject: 3, rows_per_subject: 2 })[0], 2 * Math.sqrt(3))
    near(sds([subjects], { ...gaussian, groups_per_subject: 2, rows_per_subject: 2 })[0], Math.sqrt(2))
    // Discrete Laplace noise of scale 3 · 2.
    const decay = Math.exp(-1 / 6)
    near(sds([rows], { ...long, groups_per_subject: 3, rows_per_subject: 2 })[0], Math.sqrt(2 * decay) / (1 - decay))
    const rank = (groups: number, more: More) =>
      costOf(terms([median], { ...more, epsilon: more.rho ? undefined : '0.05', groups_per_subject: groups }))
        .columns[0]?.rankError95
    near(rank(2, long), 2 * (rank(1, long) ?? 0), 0.01)
    near(rank(2, { ...gaussian, rho: '0.001' }), Math.SQRT2 * (rank(1, { ...gaussian, rho: '0.001' }) ?? 0), 0.01)
    // Three possible groups: baseline, month_12 and missing.
    assert.equal(costOf(terms([rows], { ...long, groups_per_subject: 900 })).groupsPerSubject, 3)
    // Each person has one row, in one group, so nothing is multiplied, whatever the request states.
    const short = { groupBy: [{ name: 'sex', variable: 'subjects.sex' as const }] }
    near(sds([rows], { ...short, groups_per_subject: 9, rows_per_subject: 9 })[0], Math.sqrt(1.841347188416))
  })

  test('columns that need the same numbers share them', () => {
    const cost = costOf(terms([of('count'), of('mean'), of('variance'), of('sd'), { ...of('mean'), name: 'again' }]))
    assert.equal(cost.numbers, 3)
  })
})

describe('a question that has no bounded answer is refused before anything is read', () => {
  const cases: readonly [string, Measure[], More, RegExp][] = [
    [
      'a correlation with a number without declared bounds',
      [{ kind: 'correlation', name: 'r', variables: [AGE, SCORE] }],
      { tables: ['subjects', 'outcomes'] },
      /no declared minimum/
    ],
    ['a kurtosis', [of('kurtosis')], {}, /no differentially private form/],
    ['a number without declared bounds', [of('sum', SCORE)], { tables: ['outcomes'] }, /no declared minimum/],
    ['bounds in the wrong order', [of('sum')], { bounds: [{ variable: AGE, lower: '90', upper: '18' }] }, /below/],
    ['bounds that are one point', [of('sum')], { bounds: [{ variable: AGE, lower: '18', upper: '18' }] }, /below/],
    ['bounds beyond the declared', [of('sum')], { bounds: [{ variable: AGE, lower: '0', upper: '121' }] }, /narrower/],
    [
      'bounds given twice, under two names',
      [of('sum')],
      {
        bounds: [
          { variable: 'age', lower: '18', upper: '90' },
          { variable: AGE, lower: '18', upper: '20' }
        ]
      },
      /twice/
    ],
    [
      'bounds of what is not asked for',
      [subjects],
      { bounds: [{ variable: AGE, lower: '1', upper: '2' }] },
      /does not ask for this variable/
    ],
    [
      'more groups than an answer holds',
      Array.from({ length: 30 }, (_, i) => ({ ...of('mean'), name: `mean_${i}` })),
      {
        groupBy: [
          { name: 'a', variable: 'subjects.sex' },
          { name: 'b', variable: 'subjects.site' }
        ]
      },
      /more than one answer can hold/
    ]
  ]
  for (const [name, measures, more, reason] of cases) {
    test(name, () => assert.throws(() => planNoise(terms(measures, more)), refused(reason)))
  }

  test('a test, which would take the noise for an effect', () => {
    const asked = terms([of('mean')], { groupBy: [{ name: 'sex', variable: 'subjects.sex' }] })
    const tests = [{ kind: 'anova' as const, of: 'mean_of', by: 'sex' }]
    assert.throws(() => planNoise({ ...asked, plan: { ...asked.plan, tests } }), refused(/noise for an effect/))
  })

  test('a name that only looks like a variable', () => {
    const lookalike = [{ variable: 'аge', lower: '18', upper: '90' }]
    assert.throws(() => planNoise(terms([of('sum')], { bounds: lookalike })), { code: 'VARIABLE_UNKNOWN' })
  })

  test('amounts that are no plain decimal number above zero', () => {
    for (const epsilon of ['1e308', '-0', '0', '0.000', 'NaN', 'Infinity', '+1', '1,0', ' 1', '٣', '1e-5', '']) {
      assert.ok(!privacyAskSchema.safeParse({ level: 'P2', epsilon }).success, epsilon)
    }
    for (const odd of [{ epsilon: 0.1 }, { epsilon: '1', rho: '1' }, {}, { epsilon: '1', groups_per_subject: 1e9 }]) {
      assert.ok(!privacyAskSchema.safeParse({ level: 'P2', ...odd }).success)
    }
    assert.ok(!privacyAskSchema.safeParse(JSON.parse('{"level":"P2","epsilon":"1","__proto__":{"rho":"9"}}')).success)
  })

  test('a minus before a zero is the same bound', () => {
    const bounds = (lower: string) =>
      planNoise(terms([of('sum')], { bounds: [{ variable: AGE, lower, upper: '90' }] })).bounds
    assert.deepEqual(bounds('-0'), bounds('0'))
  })
})

/** A reduction with these numbers in one group. */
function data(...values: (bigint | readonly bigint[])[]): BoundedReduction {
  return { groups: [{ key: [], values: values.map((value) => (typeof value === 'bigint' ? [value] : value)) }] }
}

const random = seededRandom(20_26)
const release = (plan: DpPlan, reduction: BoundedReduction, source = random) =>
  releaseNoisy(plan, reduction, {
    descriptor: CATALOG,
    variables: variableFacts(CATALOG),
    scope: 'catalog',
    random: source
  })

/** A released table as pooling receives it, without the parts that are irrelevant here. */
function bareOutput(plan: DpPlan, reduction: BoundedReduction): TableOutput {
  const { columns, rows, dp } = release(plan, reduction)
  const disclosure = { level: 'P2', dp } as TableOutput['disclosure']
  return { kind: 'table', columns: [...columns], rows: [...rows], withheld: { groups: 0, cells: 0 }, disclosure }
}

/** `npm run test:long` draws three times as many releases, which finds smaller excesses. */
const RUNS = process.env.STIMNET_LONG === '1' ? 60_000 : 20_000
/** Each group has its own draws, so one release gives many draws. */
const GROUPS = 2_000

/** The values of the first column in many releases of the same data. */
function drawn(plan: DpPlan, { groups: [group] }: BoundedReduction): number[] {
  assert.ok(group)
  const many = { groups: Array.from({ length: GROUPS }, () => group) }
  const releases = Array.from({ length: RUNS / GROUPS }, () => release(plan, many))
  return releases.flatMap(({ rows }) => rows.map(({ values }) => Number(values[0])))
}

/** How often each value of the first column occurs. */
function histogram(plan: DpPlan, reduction: BoundedReduction, bin: (value: number) => number): Map<number, number> {
  const counts = new Map<number, number>()
  for (const value of drawn(plan, reduction).map(bin)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** The largest excess of a log ratio over ε, in standard errors, over the bins that are frequent enough in both. */
function excess(a: Map<number, number>, b: Map<number, number>, epsilon: number): number {
  const found = [...a].flatMap(([value, count]) => {
    const other = b.get(value) ?? 0
    if (count <= 100 || other <= 100) return []
    return [(Math.abs(Math.log(count / other)) - epsilon) / Math.sqrt(1 / count + 1 / other)]
  })
  assert.ok(found.length > 1)
  return Math.max(...found)
}

describe('one person more or less changes no answer by more than ε, as an outsider measures it', () => {
  const whole = (value: number) => value
  const cases: readonly [string, Measure, More, BoundedReduction, BoundedReduction, (value: number) => number][] = [
    ['a count', subjects, {}, data(40n), data(41n), whole],
    ['a sum', of('sum'), { bounds: [{ variable: AGE, lower: '0', upper: '6' }] }, data(100n), data(106n), whole],
    // Count and sum of offsets from the middle. The additional person is at the upper bound.
    [
      'a mean',
      of('mean'),
      { bounds: [{ variable: AGE, lower: '0', upper: '4' }] },
      data(20n, 0n),
      data(21n, 4n),
      (v) => Math.round(v * 4)
    ],
    [
      'a median',
      median,
      { tables: ['outcomes'] },
      data([3n, 2n, 3n, 2n]),
      data([3n, 2n, 3n, 3n]),
      (v) => Math.round(v / 4)
    ],
    // Count, sums of offsets of both variables and of their products. The additional person is at both upper bounds.
    [
      'a covariance',
      { kind: 'covariance', name: 'c', variables: [AGE, 'subjects.height'] },
      { bounds: [AGE, 'subjects.height'].map((variable) => ({ variable, lower: '0', upper: '2' })) },
      data(6n, 0n, 0n, 0n),
      data(7n, 2n, 2_000_000n, 4_000_000n),
      (v) => Math.round(v * 4)
    ]
  ]
  for (const [name, measure, more, without, within, bin] of cases) {
    test(name, () => {
      const plan = planNoise(terms([measure], more))
      const [a, b] = [histogram(plan, without, bin), histogram(plan, within, bin)]
      assert.ok(excess(a, b, 1) < 4, `${excess(a, b, 1)} standard errors over`)
    })
  }

  test('and noise of half the size is found out by the same measure', () => {
    const plan = planNoise(terms([subjects], { epsilon: '2' }))
    assert.ok(excess(histogram(plan, data(40n), whole), histogram(plan, data(41n), whole), 1) > 4)
  })

  test('Gaussian noise has the variance that was paid for', () => {
    const plan = planNoise(terms([subjects], { epsilon: undefined, rho: '0.02' }))
    const values = drawn(plan, data(1000n)).map((value) => value - 1000)
    const mean = values.reduce((x, y) => x + y, 0) / RUNS
    const variance = values.reduce((x, y) => x + (y - mean) ** 2, 0) / RUNS
    assert.ok(Math.abs(mean) < (6 * 5) / Math.sqrt(RUNS))
    assert.ok(Math.abs(variance / 25 - 1) < 6 * Math.sqrt(2 / RUNS), `variance ${variance}`)
  })
})

describe('a noisy table', () => {
  const context = {
    settings: { preset: 'default', k: 5 } as never,
    ...{ policyHash: '', epoch: '', cohortHash: '', codeHash: '', image: '', synthetic: false }
  }

  test('of nobody is answered for like any other, and nothing in it is below zero or beyond the bounds', () => {
    const measures = [
      subjects,
      of('mean'),
      of('sd'),
      { kind: 'share', name: 's', variable: 'subjects.sex', level: 'F' } as const
    ]
    const plan = planNoise(terms(measures, { epsilon: '0.5' }))
    const empty = data(...plan.numbers.map(() => 0n))
    for (let i = 0; i < 300; i++) {
      const [n = -1, mean = -1, sd = -1, share = -1] = release(plan, empty).rows[0]?.values.map(Number) ?? []
      assert.ok(
        n >= 0 && Number.isInteger(n) && mean >= 0 && mean <= 120 && sd >= 0 && sd <= 85 && share >= 0 && share <= 1
      )
    }
  })

  test('that is not refused for its size fits into a safe output, however large the noise', () => {
    const groupBy = [
      { name: 'first_grouping_column', variable: 'subjects.sex' as const },
      { name: 'second_grouping_column', variable: 'subjects.site' as const }
    ]
    const measures = (n: number): Measure[] =>
      Array.from({ length: n }, (_, i) => ({
        ...of(i % 2 === 0 ? 'sd' : 'sum'),
        name: `a_rather_long_column_name_${i}`
      }))
    const planOf = (n: number) => planNoise(terms(measures(n), { groupBy, epsilon: '0.000000000000000001' }))
    const fits = (n: number) => {
      try {
        return planOf(n).groups > 0
      } catch {
        return false
      }
    }
    const most = Array.from({ length: 33 }, (_, n) => n).findLast((n) => n > 0 && fits(n)) ?? 0
    assert.ok(most > 9 && most < 32, `${most} columns`)
    const plan = planOf(most)
    const groups = Array.from({ length: plan.groups }, () => ({
      key: ['M', 'south'],
      values: plan.numbers.map(() => [1n])
    }))
    assert.ok(discloseNoisy(release(plan, { groups }), context).bytes.length <= 65_536)
  })

  test('names what it promises, and nothing that rests on the data', () => {
    const { output } = discloseNoisy(release(planNoise(terms([subjects])), data(3n)), context)
    const { disclosure } = output
    assert.deepEqual([disclosure.level, disclosure.subjects, disclosure.k], ['P2', null, 0])
    assert.match(disclosure.claim, /ε = 1\. .*covers this release only/)
    assert.equal(disclosure.dp?.mode, 'sdc')
    const other = discloseNoisy(release(planNoise(terms([subjects])), data(99n)), context).output
    assert.deepEqual(other.disclosure, disclosure)
  })

  test('cannot be made of numbers that have no noise', () => {
    const real = release(planNoise(terms([subjects])), data(3n))
    const forged = { columns: real.columns, rows: [{ values: [3], parts: {} }], dp: real.dp }
    assert.throws(() => discloseNoisy(forged as never, context), /releaseNoisy/)
    assert.throws(() => new NoisyTable(Symbol('made by releaseNoisy'), forged as never), /releaseNoisy/)
  })

  test('of every kind pools with others, and says how much noise there is in all of them', () => {
    const measures = [subjects, of('sum'), of('mean'), of('variance'), of('sd')]
    const plan = planNoise(terms(measures, { epsilon: '1' }))
    const site = (name: string) => ({
      site: name,
      output: discloseNoisy(
        release(plan, data(...plan.numbers.map((_, i) => [200n, 12_000n, 200n, 0n, 400_000n][i] ?? 0n))),
        context
      ).output
    })
    const parts = [site('a'), site('b')]
    const pooled = pool(parts)
    assert.deepEqual([pooled.sites, pooled.missing], [['a', 'b'], []])
    const values = parts.map(({ output }) => (output.kind === 'table' ? Number(output.rows[0]?.values[0]) : 0))
    assert.equal(pooled.rows[0]?.values[0], (values[0] ?? 0) + (values[1] ?? 0))
    const [n, sum, mean, variance] = pooled.rows[0]?.noise ?? []
    near(n, Math.SQRT2 * (costOf(terms(measures)).columns[0]?.sd ?? 0))
    near(sum, Math.SQRT2 * (costOf(terms(measures)).columns[1]?.sd ?? 0))
    assert.ok(typeof mean === 'number' && mean > 0 && typeof variance === 'number' && variance > 0)
    // For columns that add up, this is reported before the answer as well.
    const within = pooled.rows[0]?.error_95 ?? []
    assert.ok(within.length === 5 && within.every((error, i) => Number(error) > (pooled.rows[0]?.noise?.[i] ?? 0)))
  })

  test('of large groups has the moments of what is in them', () => {
    const values = Array.from({ length: 40_000 }, (_, i) => [20, 30, 30, 90][i % 4] ?? 0)
    const offsets = values.map((x) => 2 * x - 120)
    const power = (p: number) => offsets.reduce((sum, y) => sum + BigInt(y) ** BigInt(p), 0n)
    const measures = [of('mean'), of('variance'), of('sd'), of('skewness')]
    const plan = planNoise(terms(measures, { epsilon: '4' }))
    const [row] = release(plan, data(40_000n, power(1), power(2), power(3))).rows
    const [mean, variance, sd, skewness] = (row?.values ?? []).map(Number)
    near(mean, 42.5, 0.01)
    near(variance, 768.77, 0.02)
    near(sd, Math.sqrt(768.77), 0.01)
    // (20, 30, 30, 90): third moment 22031.25 about the mean, over 768.75^1.5.
    near(skewness, 22_031.25 / 768.75 ** 1.5, 0.05)
  })

  test('pools counts as they were drawn: what is below nobody at one site evens out over all', () => {
    const share: Measure = { kind: 'share', name: 's', variable: 'subjects.sex', level: 'F' }
    const plan = planNoise(terms([subjects, of('mean'), of('variance'), share], { epsilon: '0.2' }))
    // The numbers of the plan: subjects, rows with an age, offsets, squares, people of known sex, women.
    const exact = data(2n, 2n, -100n, 6_800n, 2n, 1n)
    const [SITES, RUNS_OF_ALL] = [200, 6]
    let below = 0
    const people: number[] = []
    for (let run = 0; run < RUNS_OF_ALL; run++) {
      const sites = Array.from({ length: SITES }, (_, i) => ({
        site: `s${i}`,
        output: bareOutput(plan, exact)
      }))
      for (const { output } of sites) {
        const [row] = output.kind === 'table' ? output.rows : []
        assert.ok(Number(row?.values[0]) >= 0, 'what a site shows is no less than nobody')
        if (row?.parts.n && 'add' in row.parts.n && row.parts.n.add < 0) below += 1
      }
      const pooled = pool(sites)
      assert.deepEqual(pooled.missing, [])
      people.push(Number(pooled.rows[0]?.values[0]))
    }
    assert.ok(below > 300, `${below} parts were below zero`)
    // If each site clamped its counts at zero, the total would be thousands too high, with six numbers at ε = 0.2.
    const sd = costOf(terms([subjects, of('mean'), of('variance'), share], { epsilon: '0.2' })).columns[0]?.sd ?? 0
    const mean = people.reduce((a, b) => a + b, 0) / RUNS_OF_ALL
    const off = (mean - 2 * SITES) / (sd * Math.sqrt(SITES / RUNS_OF_ALL))
    // A pooled count below zero is shown as zero, which raises the mean by at most a third of a standard deviation.
    assert.ok(Math.abs(off) < 5, `${mean} people, ${off} standard errors off`)
  })

  describe('with the error that is told', () => {
    const RELEASES = 500
    const height = 'subjects.height'
    const bounds = [
      { variable: AGE, lower: '0', upper: '100' },
      { variable: height, lower: '150', upper: '200' }
    ]
    /** People whose height increases with their age. Both variables are spread evenly. */
    const people = Array.from({ length: 4_000 }, (_, i) => {
      const age = (i * 37) % 101
      return { age, height: 150 + ((age / 2 + ((i * 13) % 50)) / 100) * 50 }
    })
    const exactOf = (plan: DpPlan): BoundedReduction =>
      data(
        ...plan.numbers.map((number): bigint => {
          const offset = (variable: string, row: (typeof people)[number]) =>
            variable === AGE ? BigInt(2 * row.age - 100) : BigInt(Math.round(row.height * 2e6)) - 350_000_000n
          const add = (term: (row: (typeof people)[number]) => bigint) =>
            people.reduce((sum, row) => sum + term(row), 0n)
          if (number.kind === 'offsets') return add((row) => offset(number.variable, row))
          if (number.kind === 'squares') return add((row) => offset(number.variable, row) ** 2n)
          if (number.kind === 'products') return add((row) => offset(AGE, row) * offset(height, row))
          return BigInt(people.length)
        })
      )
    const pair = (kind: 'covariance' | 'correlation'): Measure => ({ kind, name: kind, variables: [AGE, height] })
    const share: Measure = { kind: 'share', name: 'share', variable: 'subjects.sex', level: 'F' }
    const cases: readonly [string, Measure, More, number][] = [
      ...['1', '3'].flatMap((epsilon): [string, Measure, More, number][] => [
        [`a count at ε = ${epsilon}`, subjects, { epsilon }, 1],
        [`a mean at ε = ${epsilon}`, of('mean'), { epsilon, bounds: bounds.slice(0, 1) }, 2],
        [`an sd at ε = ${epsilon}`, of('sd'), { epsilon, bounds: bounds.slice(0, 1) }, 2],
        [`a covariance at ε = ${epsilon}`, pair('covariance'), { epsilon, bounds }, 2],
        [`a correlation at ε = ${epsilon}`, pair('correlation'), { epsilon, bounds }, 2],
        [`a share at ε = ${epsilon}`, share, { epsilon }, 2]
      ]),
      ['a count at ρ = 0.5', subjects, { epsilon: undefined, rho: '0.5' }, 3],
      ['a correlation at ρ = 0.05', pair('correlation'), { epsilon: undefined, rho: '0.05', bounds }, 2]
    ]
    for (const [name, measure, more, sites] of cases) {
      test(`${name} is within it nineteen times of twenty, at one site and over ${sites}`, () => {
        const asked = { ...terms([measure], more), descriptor: { ...CATALOG, subjectsRounded: people.length } }
        const plan = planNoise(asked)
        const exact = exactOf(plan)
        const without = { ...plan, share: { top: 10n ** 12n, bottom: 1n } }
        const truth = Number(release(without, exact).rows[0]?.values[0])
        const told = costOf(asked).columns[0]?.error95 ?? Number.NaN
        let [before, after] = [0, 0]
        for (let i = 0; i < RELEASES; i++) {
          const tables = Array.from({ length: sites }, (_, site) => ({
            site: `s${site}`,
            output: bareOutput(plan, exact)
          }))
          const own = tables[0]?.output
          if (own?.kind === 'table' && Math.abs(Number(own.rows[0]?.values[0]) - truth) <= told * (1 + 1e-9))
            before += 1
          const [row] = pool(tables).rows
          const pooledTruth = measure.kind === 'subjects' ? sites * truth : truth
          const error = row?.error_95?.[0] ?? Number.NaN
          if (Math.abs(Number(row?.values[0]) - pooledTruth) <= error * (1 + 1e-9)) after += 1
        }
        const least = 0.95 - 4 * Math.sqrt((0.95 * 0.05) / RELEASES)
        assert.ok(before / RELEASES >= least, `told before: ${before / RELEASES}`)
        assert.ok(after / RELEASES >= least, `pooled: ${after / RELEASES}`)
        // The error after pooling is no wider than necessary. Counts and shares are excluded.
        if (measure.kind !== 'subjects' && measure.kind !== 'share') {
          assert.ok(after / RELEASES <= 0.975, `pooled: ${after / RELEASES}`)
        }
      })
    }
  })

  test('with a quantile pools the bins of all, and says how far off the noise puts it', () => {
    const scores = Array.from({ length: 13 }, (_, i) => 10 * (i - 1)).slice(2)
    const descriptor = {
      ...CATALOG,
      tables: CATALOG.tables.map((table) => ({
        ...table,
        variables: table.variables.map((one) =>
          one.name === 'UPDRS_total' ? { ...one, breakpoints: scores, bounded: true, minimum: 0, maximum: 120 } : one
        )
      }))
    }
    const lower: Measure = { kind: 'quantile', name: 'lower', variable: SCORE, q: 0.25 }
    const plan = planNoise(terms([median, lower], { tables: ['outcomes'], epsilon: '0.5', descriptor }))
    assert.equal(plan.numbers.length, 1, 'all quantiles of a variable are made of the same counts')
    const own = (at: number) => [0n, 5n, 20n, 60n, 90n, 120n, 90n, 60n, 20n, 5n, 0n, 0n].map((n) => n + BigInt(at))
    const releaseOf = (at: number, source = random) =>
      discloseNoisy(
        releaseNoisy(plan, data(own(at)), {
          ...{ descriptor, variables: variableFacts(descriptor), scope: 'catalog', random: source }
        }),
        context
      ).output
    const [together] = [own(0).map((n, i) => n + (own(1)[i] ?? 0n) + (own(2)[i] ?? 0n))]
    const bins = together.map((rows, i) => ({ from: 10 * i, to: 10 * (i + 1), rows: Number(rows) }))
    let [within, runs] = [0, 400]
    for (let i = 0; i < runs; i++) {
      const { rows, columns, notes, missing } = pool([0, 1, 2].map((at) => ({ site: `s${at}`, output: releaseOf(at) })))
      assert.deepEqual([missing, notes, columns.map(({ pools }) => pools)], [[], [], [true, true]])
      const [value = 0, error = 0] = [rows[0]?.values[0], rows[0]?.error_95?.[0]].map(Number)
      if (Math.abs(value - (quantileOf(bins, 0.5) ?? 0)) <= error) within += 1
      assert.ok(Number(rows[0]?.values[1]) < value)
    }
    assert.ok(within / runs >= 0.95 - 4 * Math.sqrt((0.95 * 0.05) / runs), `${within} of ${runs}`)
  })

  test('of integers has bins that part halfway between two of them, between the declared ends', () => {
    const ofAge: Measure = { kind: 'quantile', name: 'median', variable: AGE, q: 0.5 }
    const [row] = bareOutput(planNoise(terms([ofAge])), data([500n, 300n])).rows
    const part = row?.parts.median
    assert.deepEqual(part && 'bins' in part ? part.bins.map(({ from, to }) => [from, to]) : [], [
      [0, 64.5],
      [64.5, 120]
    ])
  })

  test('with a quantile of nobody has a value only where noise leaves somebody to find it', () => {
    const plan = planNoise(terms([median], { tables: ['outcomes'], epsilon: '0.5' }))
    for (let i = 0; i < 200; i++) {
      const { output } = discloseNoisy(release(plan, data([0n, 0n, 0n, 0n])), context)
      const value = output.kind === 'table' ? output.rows[0]?.values[0] : undefined
      assert.ok(value === null || (Number(value) >= 20 && Number(value) <= 60))
      assert.deepEqual(pool([{ site: 'a', output }]).missing, [])
    }
  })
})
