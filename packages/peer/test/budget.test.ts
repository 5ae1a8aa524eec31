import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BUDGET_PRESETS, catalogConfigSchema, parseSql } from '@stimnet/data'
import { costOf, epsilonOf } from '@stimnet/privacy'
import { type CatalogDescriptor, privacyAskSchema, statisticSchema } from '@stimnet/protocol'
import { planOfStatistic } from '@stimnet/statistics'
import { capsOf } from '../src/jobs/release/charge.ts'

const DELTA = 1e-6

const CATALOG = {
  ...{ name: 'trial', subject_key: 'id' },
  tables: [{ name: 'people', file: 'people.csv', variables: [{ name: 'sex', type: 'category', levels: ['F', 'M'] }] }]
}
const configWith = (budget?: object) => catalogConfigSchema.parse({ ...CATALOG, ...(budget ? { budget } : {}) })

const number = { type: 'integer', levels: [], bounded: true, breakpoints: [40, 50, 60, 70, 80], unit: '' }
const category = { type: 'category', breakpoints: [], bounded: false, minimum: 0, maximum: 0, unit: '' }
const DESCRIPTOR = {
  ...{ name: 'trial', subjectKey: 'id', subjectsRounded: 150, lattice: [] },
  tables: [
    {
      ...{ name: 'people', oneRowPerSubject: true },
      variables: [
        { ...number, name: 'age', minimum: 18, maximum: 100 },
        { ...number, name: 'score', minimum: 0, maximum: 199 },
        { ...category, name: 'sex', levels: ['F', 'M'] },
        { ...category, name: 'arm', levels: ['active', 'sham'] }
      ]
    }
  ]
} as unknown as CatalogDescriptor

describe('a budget by name', () => {
  test('is the largest of three digits that keeps the ε which it is named after', () => {
    const epsilons = { cautious: 1, standard: 4, census: 17 } as const
    for (const [name, epsilon] of Object.entries(epsilons) as [keyof typeof epsilons, number][]) {
      const project = Number(BUDGET_PRESETS[name].project_rho)
      const step = 10 ** (Math.floor(Math.log10(project)) - 2)
      const [kept, beyond] = [epsilonOf(project, DELTA), epsilonOf(project + step, DELTA)]
      assert.ok(kept <= epsilon && beyond > epsilon, `${name}: ${kept}, ${beyond}`)
    }
  })

  test('holds ten projects over the life of the catalog, which is about four times the ε of one', () => {
    const life = Object.values(BUDGET_PRESETS).map(({ project_rho: project, lifetime_rho: lifetime }) => {
      assert.equal(Number(lifetime), Number((10 * Number(project)).toPrecision(6)))
      return Math.round(epsilonOf(Number(lifetime), DELTA) * 10) / 10
    })
    assert.deepEqual(life, [3.5, 15.3, 80.3], 'as docs/differential-privacy.md says')
  })

  test('is standard unless another is chosen, and amounts of one’s own stand in its place', () => {
    const caps = (budget?: object) => capsOf({ config: configWith(budget) })
    assert.deepEqual(caps(), { lifetime: 3_110_000_000n, project: 311_000_000n })
    assert.deepEqual(caps({ preset: 'cautious' }), { lifetime: 243_000_000n, project: 24_300_000n })
    assert.deepEqual(caps({ preset: 'census', project_rho: '0.5' }), {
      lifetime: 36_900_000_000n,
      project: 500_000_000n
    })
    assert.deepEqual(caps({ lifetime_rho: '0.5' }), { lifetime: 500_000_000n, project: 311_000_000n })
    // The configuration is stored by a snapshot and read again in this way.
    const once = configWith({ preset: 'cautious' })
    assert.deepEqual(catalogConfigSchema.parse(JSON.parse(JSON.stringify(once))), once)
  })

  test('that no longer makes sense is refused by the key that is wrong', () => {
    const wrong = (budget: object) => catalogConfigSchema.safeParse({ ...CATALOG, budget }).error?.issues[0]
    assert.deepEqual(wrong({ preset: 'generous' })?.path, ['budget', 'preset'])
    assert.deepEqual(wrong({ project_rho: '4' })?.path, ['budget', 'lifetime_rho'])
    assert.deepEqual(wrong({ preset: 'census', lifetime_rho: '3' })?.path, ['budget', 'lifetime_rho'])
    assert.deepEqual(wrong({ project_rho: '0' })?.path, ['budget', 'project_rho'])
  })

  test('standard holds a first hour of a dozen ordinary questions at ε 0.2 to 0.3 each, asked of one institution', () => {
    const sql = [
      ['SELECT COUNT(*) AS n FROM people', '0.2'],
      ['SELECT sex, COUNT(*) AS n FROM people GROUP BY sex', '0.2'],
      ['SELECT AVG(age) AS mean FROM people', '0.25'],
      ['SELECT sex, AVG(age) AS mean FROM people GROUP BY sex', '0.3'],
      ['SELECT AVG(score) AS mean, STDDEV_SAMP(score) AS sd FROM people', '0.3'],
      ['SELECT arm, AVG(score) AS mean, STDDEV_SAMP(score) AS sd FROM people GROUP BY arm', '0.3'],
      ["SELECT arm, SHARE(sex, 'F') AS women FROM people GROUP BY arm", '0.25'],
      ['SELECT COUNT(*) AS n FROM people WHERE age >= 60', '0.2'],
      ["SELECT AVG(score) AS mean FROM people WHERE sex = 'F'", '0.3']
    ] as const
    const statistics = [
      [{ name: 'quantile', variables: ['age'] }, '0.2'],
      [{ name: 'sd', variables: ['age', 'score'] }, '0.3'],
      [{ name: 'moments', variables: ['score'], by: ['sex'] }, '0.3']
    ] as const
    const plans = [
      ...sql.map(([text, epsilon]) => [parseSql(text, DESCRIPTOR), epsilon] as const),
      ...statistics.map(
        ([call, epsilon]) => [planOfStatistic(statisticSchema.parse(call), DESCRIPTOR), epsilon] as const
      )
    ]
    const spent = plans.reduce((sum, [plan, epsilon]) => {
      const ask = privacyAskSchema.parse({ level: 'P2', epsilon })
      return sum + costOf({ plan, ask, descriptor: DESCRIPTOR, sitesPerPerson: 1 }).nanoRho
    }, 0n)
    assert.equal(plans.length, 12)
    assert.ok(spent <= capsOf({ config: configWith() }).project, `${spent} billionths of ρ`)
  })
})
