import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { GramMeasure, GramPart, SiteEffects } from '@stimnet/protocol'
import { fitModel, isModelPart, planOfStatistic, pool, sumsOfModel } from '../../src/index.ts'
import { type Declared, descriptorOf, measureOf, type ModelRow, partOf } from '../models-fixtures.ts'
import { type Bounds, coverage, type Drawing, type Held, noisyPart, normalFrom, numbersFrom } from './fixtures.ts'

/** `npm run test:long` repeats each study ten times as often, which finds smaller faults. */
const RUNS = process.env.STIMNET_LONG === '1' ? 3_000 : 300

const DECLARED: Declared = {
  y: 1,
  age: 1,
  dose: 1,
  arm: ['a', 'b', 'c', 'd'],
  sex: ['f', 'm'],
  fell: ['no', 'yes']
}
const BOUNDS: Bounds = { y: [-30, 30], age: [20, 100], dose: [0, 10] }

/** Effects in the units of the rows; age counts from 60. */
const EFFECTS = {
  age: 0.1,
  'arm[b]': 4,
  'arm[c]': -2,
  'arm[d]': 3,
  'sex[m]': 2
}
const TRUTH = { '(Intercept)': -3 - 60 * EFFECTS.age, ...EFFECTS }

interface Study {
  readonly people: number
  /** Share of the last arm. */
  readonly rare?: number
}

function rowsOf({ people, rare = 0.2 }: Study, next: () => number): ModelRow[] {
  const normal = normalFrom(next)
  return Array.from({ length: people }, () => {
    const age = Math.min(100, Math.max(20, 60 + 12 * normal()))
    const draw = next()
    const arm = draw < rare ? 'd' : draw < 0.45 ? 'a' : draw < 0.7 ? 'b' : 'c'
    const sex = next() < 0.5 ? 'f' : 'm'
    const effect = (name: string) => (EFFECTS as Record<string, number>)[name] ?? 0
    const y = -3 + EFFECTS.age * (age - 60) + effect(`arm[${arm}]`) + effect(`sex[${sex}]`) + 5 * normal()
    return {
      age,
      dose: 10 * next(),
      arm,
      sex,
      y: Math.min(30, Math.max(-30, y))
    }
  })
}

/** The noise that ρ buys for a model: one person moves each of its numbers by at most one. */
const gaussian = (measure: GramMeasure, rho: number, next: () => number): Drawing => ({
  ...{ bounds: BOUNDS, mechanism: 'discrete-gaussian', next },
  sd: Math.sqrt(sumsOfModel(measure).length / (2 * rho))
})
const laplace = (measure: GramMeasure, epsilon: number, next: () => number): Drawing => ({
  ...{ bounds: BOUNDS, mechanism: 'discrete-laplace', next },
  sd: (Math.SQRT2 * sumsOfModel(measure).length) / epsilon
})

const all = (held: Record<string, Held>) => {
  const every = Object.values(held)
  return every.reduce((sum, one) => sum + one.held, 0) / every.length
}

function assertHonest(held: Record<string, Held>, { least = 0.94, most = 0.975 } = {}) {
  const said = JSON.stringify(held)
  assert.ok(all(held) >= least && all(held) <= most, said)
  // Of 300 intervals, 3 standard errors below 95 %.
  for (const { held: one } of Object.values(held)) assert.ok(one >= 0.95 - 3 * Math.sqrt((0.95 * 0.05) / RUNS), said)
}

describe('a linear regression from noisy sums', () => {
  const formulas = [
    'y ~ age + arm',
    'y ~ age * sex + dose',
    'y ~ arm * sex',
    'y ~ age - 1',
    'y ~ sex + arm + age - 1',
    'y ~ 1'
  ]
  for (const formula of formulas) {
    for (const site of ['none', 'fixed'] as const) {
      if (site === 'fixed' && formula.endsWith('- 1')) continue
      test(`is that of lm where there is hardly any noise: ${formula}, site ${site}`, () => {
        const next = numbersFrom(3)
        const measure = measureOf(formula, DECLARED, site)
        const rows = [200, 300, 150].map((people) =>
          rowsOf({ people }, next).map((row) => {
            const rounded = (name: string) => Math.round(Number(row[name]) * 10) / 10
            return {
              ...row,
              age: rounded('age'),
              dose: rounded('dose'),
              y: rounded('y')
            }
          })
        )
        const exact = fitModel(
          rows.map((own, i) => ({
            site: `s${i}`,
            gram: partOf(measure, own, DECLARED)
          }))
        )
        // Each institution has bounds of its own, and so other points about which it sums.
        const sites = rows.map((own, i) => {
          const bounds = {
            y: [-30 - i, 30],
            age: [20, 100 + 5 * i],
            dose: [-i, 10]
          } as const
          const drawing = {
            bounds,
            mechanism: 'discrete-gaussian',
            sd: 1e-7,
            next
          } as const
          return { site: `s${i}`, gram: noisyPart(measure, own, drawing) }
        })
        for (const { gram } of sites) assert.ok(isModelPart(gram), formula)
        const noisy = fitModel(sites)
        assert.deepEqual(
          noisy.coefficients.map(({ term }) => term),
          exact.coefficients.map(({ term }) => term)
        )
        for (const [i, { term, estimate, error, interval }] of noisy.coefficients.entries()) {
          const one = exact.coefficients[i]
          for (const [a, b] of [
            [estimate, one?.estimate],
            [error, one?.error],
            [interval?.[1], one?.interval?.[1]]
          ])
            assert.ok(
              Math.abs((a ?? Number.NaN) - (b ?? 0)) <= 1e-5 * Math.max(1, Math.abs(b ?? 0)),
              `${term}: ${a} ${b}`
            )
        }
        assert.ok(Math.abs(Number(noisy.sigma) - Number(exact.sigma)) < 1e-5)
      })
    }
  }

  const studies: readonly [string, Study, number, (m: GramMeasure, next: () => number) => Drawing][] = [
    ['2,000 people at one institution, ρ = 0.1', { people: 2_000 }, 1, (m, next) => gaussian(m, 0.1, next)],
    ['2,000 people over four, ρ = 0.1 at each', { people: 500 }, 4, (m, next) => gaussian(m, 0.1, next)],
    ['2,000 people, ε = 1', { people: 2_000 }, 1, (m, next) => laplace(m, 1, next)]
  ]
  for (const [what, study, sites, drawing] of studies) {
    test(`has intervals that hold 19 times of 20: ${what}`, () => {
      const next = numbersFrom(11)
      const measure = measureOf('y ~ age + arm + sex', DECLARED)
      const held = coverage(RUNS, TRUTH, () =>
        fitModel(
          Array.from({ length: sites }, (_, i) => ({
            site: `s${i}`,
            gram: noisyPart(measure, rowsOf(study, next), drawing(measure, next))
          }))
        )
      )
      assertHonest(held)
      // Noise is most of the error here: intervals of the people alone hold far less often, so that the test would notice.
      assert.ok(
        Object.values(held).every(({ heldWithoutNoise }) => heldWithoutNoise < 0.75),
        JSON.stringify(held)
      )
      for (const [term, { mean, sd, told }] of Object.entries(held)) {
        const truth = TRUTH[term as keyof typeof TRUTH]
        assert.ok(Math.abs(mean - truth) < (4 * sd) / Math.sqrt(told) + 0.02 * sd, `${term}: ${mean}`)
      }
    })
  }

  test('tells nothing of a level that hardly anybody has, and its other intervals hold whatever that level does', () => {
    for (const rare of [0, 0.004]) {
      const next = numbersFrom(5)
      const measure = measureOf('y ~ age + arm + sex', DECLARED)
      const held = coverage(RUNS / 3, TRUTH, () =>
        fitModel([
          {
            site: 's',
            gram: noisyPart(measure, rowsOf({ people: 2_000, rare }, next), gaussian(measure, 0.1, next))
          }
        ])
      )
      const { 'arm[d]': lost, ...others } = held
      assert.ok((lost?.lost ?? 0) > 0.95 * (RUNS / 3), JSON.stringify(held))
      assertHonest(others, { least: 0.97, most: 1 })
      assert.ok(
        Object.values(others).every(({ lost: none }) => none < 0.05 * RUNS),
        JSON.stringify(held)
      )
    }
  })

  test('says that the noise leaves nothing, where it does', () => {
    const next = numbersFrom(1)
    const measure = measureOf('y ~ age + arm + sex', DECLARED)
    const fit = fitModel([
      {
        site: 's',
        gram: noisyPart(measure, rowsOf({ people: 40 }, next), gaussian(measure, 0.01, next))
      }
    ])
    assert.equal(fit.code, 'TOO_NOISY')
    assert.ok(fit.coefficients.every(({ estimate, interval }) => estimate === null && interval === null))
    assert.match(fit.note, /^Too noisy to be estimated: \(Intercept\), age/)
  })

  test('combines the fits of institutions with errors that have the noise of each', () => {
    const next = numbersFrom(8)
    const measure = measureOf('y ~ age + sex', DECLARED, 'meta')
    const sites = [3_000, 2_000, 4_000].map((people, i) => ({
      site: `s${i}`,
      gram: noisyPart(measure, rowsOf({ people }, next), gaussian(measure, 0.3, next))
    }))
    const fit = fitModel(sites)
    assert.equal(fit.df, 2)
    const [, age] = fit.coefficients
    assert.ok(age?.between && Math.abs(Number(age.estimate) - EFFECTS.age) < 0.05)
    assert.ok(
      fit.sites?.every(({ coefficients }) => coefficients.every(({ noise, error }) => Number(error) > (noise ?? 9)))
    )
  })
})

function logistic(formula: string, site: SiteEffects = 'none'): GramMeasure {
  const call = {
    name: 'glm',
    variables: [],
    by: [],
    arguments: { formula, site, family: 'binomial', event: 'yes' }
  }
  const [measure] = planOfStatistic(call, descriptorOf(DECLARED)).measures
  if (measure?.kind !== 'gram') throw new TypeError('no model')
  return measure
}

const LOG_ODDS = {
  '(Intercept)': -1,
  'arm[b]': 0.8,
  'arm[c]': -0.5,
  'arm[d]': 1,
  'sex[m]': 0.4
}

function fallsOf(study: Study, next: () => number): ModelRow[] {
  return rowsOf(study, next).map((row) => {
    const of = (name: string) => (LOG_ODDS as Record<string, number>)[name] ?? 0
    const odds = of('(Intercept)') + of(`arm[${row.arm}]`) + of(`sex[${row.sex}]`)
    return { ...row, fell: next() < 1 / (1 + Math.exp(-odds)) ? 'yes' : 'no' }
  })
}

describe('a logistic regression of categories from a noisy table', () => {
  const studies: readonly [string, Study, number, number, number][] = [
    ['500 people, ε = 1', { people: 500 }, 1, Math.SQRT2, 0.97],
    ['1,000 people over four institutions, ρ = 0.02 at each', { people: 250 }, 4, 5, 0.985]
  ]
  for (const [what, study, sites, sd, most] of studies) {
    test(`has intervals that hold 19 times of 20: ${what}`, () => {
      const next = numbersFrom(21)
      const measure = logistic('fell ~ arm + sex')
      const mechanism = sites === 1 ? 'discrete-laplace' : 'discrete-gaussian'
      const held = coverage(2 * RUNS, LOG_ODDS, () =>
        fitModel(
          Array.from({ length: sites }, (_, i) => {
            const gram = noisyPart(measure, fallsOf(study, next), {
              bounds: {},
              mechanism,
              sd,
              next
            })
            assert.ok(isModelPart(gram))
            return { site: `s${i}`, gram }
          })
        )
      )
      assertHonest(held, { most })
    })
  }

  test('is that of glm where there is hardly any noise, and leaves out the people of a level that hardly anybody has', () => {
    const next = numbersFrom(2)
    const measure = logistic('fell ~ arm + sex')
    const rows = fallsOf({ people: 3_000, rare: 0.001 }, next)
    const quiet = {
      bounds: {},
      mechanism: 'discrete-gaussian',
      sd: 1e-9,
      next
    } as const
    const whole = fitModel([
      {
        site: 's',
        gram: noisyPart(measure, fallsOf({ people: 3_000 }, next), quiet)
      }
    ])
    for (const { term, estimate } of whole.coefficients)
      assert.ok(Math.abs(Number(estimate) - LOG_ODDS[term as keyof typeof LOG_ODDS]) < 0.5, term)
    const without = fitModel([{ site: 's', gram: noisyPart(measure, rows, { ...quiet, sd: 3 }) }])
    assert.deepEqual([without.coefficients[3]?.estimate, without.code], [null, 'TOO_NOISY'])
    assert.match(without.note, /arm\[d\]\. The others are estimated without the people who have these\./)
    assert.ok(Math.abs(Number(without.coefficients[4]?.estimate) - 0.4) < 0.5)
  })
})

describe('a noisy part of a model', () => {
  const next = numbersFrom(4)
  const measure = measureOf('y ~ age + arm', DECLARED)
  const part = noisyPart(measure, rowsOf({ people: 100 }, next), gaussian(measure, 1, next))

  test('is not what a site that lies may send', () => {
    assert.ok(isModelPart(part))
    const { noisy } = part
    const [first, ...others] = noisy.sums
    assert.ok(first)
    const wrong: readonly [string, GramPart][] = [
      ['another number of people', { ...part, n: part.n + 1 }],
      ['a matrix beside it', { ...part, upper: ['1'] }],
      ['a sum less', { ...part, noisy: { ...noisy, sums: others } }],
      [
        'a value less',
        {
          ...part,
          noisy: { ...noisy, sums: [{ ...first, values: [] }, ...others] }
        }
      ],
      [
        'no noise',
        {
          ...part,
          noisy: { ...noisy, sums: [{ ...first, sd: 0 }, ...others] }
        }
      ],
      [
        'no number',
        {
          ...part,
          noisy: {
            ...noisy,
            sums: [{ ...first, values: [Number.NaN] }, ...others]
          }
        }
      ],
      ['other columns', { ...part, columns: part.columns.slice(1) }],
      ['another formula', { ...part, formula: 'y ~ age' }],
      ['no formula', { ...part, formula: 'y ~' }],
      ['no bounds', { ...part, noisy: { ...noisy, variables: [] } }],
      ['a random intercept', { ...part, site: 'random' }],
      [
        'ten million levels',
        {
          ...part,
          factors: [
            {
              name: 'arm',
              levels: Array.from({ length: 1e5 }, (_, i) => `${i}`)
            }
          ]
        }
      ]
    ]
    for (const [why, one] of wrong) assert.ok(!isModelPart(one), why)
  })

  test('is pooled with no exact one, and its people are shown with no less than nobody', () => {
    const column = {
      name: 'n',
      role: 'measure' as const,
      kind: 'gram',
      variables: []
    }
    const table = (gram: GramPart, n: number) => ({
      ...{
        kind: 'table' as const,
        columns: [column],
        withheld: { groups: 0, cells: 0 }
      },
      rows: [{ values: [n], parts: { n: { gram } } }],
      disclosure: {
        level: 'P2',
        dp: { mechanism: 'discrete-gaussian' }
      } as never
    })
    const exact = partOf(measure, rowsOf({ people: 100 }, next), DECLARED)
    const pooled = pool([
      { site: 'a', output: table(part, part.n) },
      { site: 'b', output: table(part, part.n) },
      { site: 'c', output: table(exact, exact.n) }
    ])
    assert.deepEqual([pooled.sites, pooled.missing], [['a', 'b'], [{ site: 'c', code: 'PARAMETER_INVALID' }]])
    assert.ok(Math.abs(Number(pooled.rows[0]?.noise?.[0]) - Math.SQRT2 * (part.noisy.sums[0]?.sd ?? 0)) < 1e-9)
    const none = {
      ...part,
      n: -3,
      noisy: {
        ...part.noisy,
        sums: part.noisy.sums.map((one, i) => (i === 0 ? { ...one, values: [-3] } : one))
      }
    }
    assert.deepEqual(pool([{ site: 'a', output: table(none, 0) }]).rows[0]?.values, [0])
  })
})

describe('an estimate whose interval would not hold is not shown', () => {
  const next = numbersFrom(51)
  const normal = normalFrom(next)

  test('beside a number that fills a small part of its bounds, on which it depends', () => {
    const measure = measureOf('y ~ dose + sex', DECLARED)
    const sd = Math.sqrt(sumsOfModel(measure).length / 0.2)
    const person = () => {
      const sex = next() < 0.5 ? 'f' : 'm'
      const dose = Math.max(0, 8 + (sex === 'm' ? 4 : 0) + 4 * normal())
      const y = -12.6 + 1.2 * dose + (sex === 'm' ? 1 : 0) + 3 * normal()
      return { dose, sex, y: Math.max(-30, Math.min(30, y)) }
    }
    const drawing = { bounds: { y: [-30, 30], dose: [0, 500] }, mechanism: 'discrete-gaussian', sd, next } as const
    let told = 0
    for (let i = 0; i < 40; i++) {
      const rows = Array.from({ length: 2_000 }, person)
      const { coefficients, note } = fitModel([{ site: 's', gram: noisyPart(measure, rows, drawing) }])
      if (coefficients.find(({ term }) => term === 'sex[m]')?.estimate !== null) told += 1
      else assert.match(note, /^Too noisy to be estimated/)
    }
    assert.ok(told <= 2, `${told} of 40`)
  })

  test('of events that are fewer than their noise', () => {
    const call = {
      name: 'regression',
      variables: [],
      by: [],
      arguments: { formula: 'fell ~ sex', family: 'binomial', event: 'yes' }
    }
    const [measure] = planOfStatistic(call, descriptorOf(DECLARED)).measures
    const drawing = { bounds: {}, mechanism: 'discrete-gaussian', sd: 5, next } as const
    const truth = Math.log((0.0005 / 0.9995) * (0.98 / 0.02))
    let wrong = 0
    for (let i = 0; i < 60; i++) {
      const rows = Array.from({ length: 10_000 }, () => {
        const sex = next() < 0.5 ? 'f' : 'm'
        return { sex, fell: next() < (sex === 'm' ? 0.0005 : 0.02) ? 'yes' : 'no' }
      })
      const { coefficients } = fitModel([{ site: 's', gram: noisyPart(measure as GramMeasure, rows, drawing) }])
      const [low = -99, high = 99] = coefficients.find(({ term }) => term === 'sex[m]')?.interval ?? []
      if (truth < low || truth > high) wrong += 1
    }
    assert.ok(wrong <= 4, `${wrong} of 60 intervals are shown and wrong`)
  })
})
