import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ModelResult } from '@stimnet/protocol'
import { fitModel, fitOwnModel, metaOf, planOfStatistic } from '../src/index.ts'
import { isGram } from '../src/models/gram.ts'
import {
  type Declared,
  descriptorOf,
  HAS_R,
  inWordsOfR,
  lmOf,
  type ModelRow,
  measureOf,
  partOf,
  uniform
} from './models-fixtures.ts'
import { normalFrom } from '../../../test/chance.ts'

/** Relative tolerance; for numbers near zero, relative to the largest number in the same position. */
const CLOSE = 1e-8

function assertClose(found: number | null | undefined, wanted: number | null | undefined, what: string, close = CLOSE) {
  if (wanted === null || wanted === undefined) return assert.equal(found ?? null, null, what)
  assert.ok(typeof found === 'number', `${what} is missing`)
  assert.ok(Math.abs(found - wanted) <= close * Math.max(Math.abs(wanted), 1e-300), `${what}: ${found}, not ${wanted}`)
}

function rowsOf(text: string): ModelRow[] {
  const [head = '', ...lines] = text.trim().split('\n')
  const names = head.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i] ?? '', Number(value)])))
}

/** mtcars of R: write.csv(mtcars[, c("mpg", "cyl", "hp", "wt")], row.names = FALSE) */
const CARS = rowsOf(`mpg,cyl,hp,wt
21,6,110,2.62
21,6,110,2.875
22.8,4,93,2.32
21.4,6,110,3.215
18.7,8,175,3.44
18.1,6,105,3.46
14.3,8,245,3.57
24.4,4,62,3.19
22.8,4,95,3.15
19.2,6,123,3.44
17.8,6,123,3.44
16.4,8,180,4.07
17.3,8,180,3.73
15.2,8,180,3.78
10.4,8,205,5.25
10.4,8,215,5.424
14.7,8,230,5.345
32.4,4,66,2.2
30.4,4,52,1.615
33.9,4,65,1.835
21.5,4,97,2.465
15.5,8,150,3.52
15.2,8,150,3.435
13.3,8,245,3.84
19.2,8,175,3.845
27.3,4,66,1.935
26,4,91,2.14
30.4,4,113,1.513
15.8,8,264,3.17
19.7,6,175,2.77
15,8,335,3.57
21.4,4,109,2.78`)
const CARS_DECLARED: Declared = { mpg: 1, cyl: ['4', '6', '8'], hp: 0, wt: 3 }

/** longley of R, the usual test of badly conditioned designs. */
const LONGLEY = rowsOf(`deflator,gnp,unemployed,forces,population,year,employed
83,234.289,235.6,159,107.608,1947,60.323
88.5,259.426,232.5,145.6,108.632,1948,61.122
88.2,258.054,368.2,161.6,109.773,1949,60.171
89.5,284.599,335.1,165,110.929,1950,61.187
96.2,328.975,209.9,309.9,112.075,1951,63.221
98.1,346.999,193.2,359.4,113.27,1952,63.639
99,365.385,187,354.7,115.094,1953,64.989
100,363.112,357.8,335,116.219,1954,63.761
101.2,397.469,290.4,304.8,117.388,1955,66.019
104.6,419.18,282.2,285.7,118.734,1956,67.857
108.4,442.769,293.6,279.8,120.445,1957,68.169
110.8,444.546,468.1,263.7,121.95,1958,66.513
112.6,482.704,381.3,255.2,123.366,1959,68.655
114.2,502.601,393.1,251.4,125.368,1960,69.564
115.7,518.173,480.6,257.2,127.852,1961,69.331
116.9,554.894,400.7,282.7,130.081,1962,70.551`)
const LONGLEY_DECLARED: Declared = {
  ...{ deflator: 1, gnp: 3, unemployed: 1, forces: 1, population: 3, year: 0, employed: 3 }
}

function bySite(rows: readonly ModelRow[], siteOf: (row: ModelRow, at: number) => number): ModelRow[][] {
  return [
    ...Map.groupBy(
      rows.map((row, at) => ({ row, at })),
      ({ row, at }) => siteOf(row, at)
    )
  ]
    .sort(([a], [b]) => a - b)
    .map(([, own]) => own.map(({ row }) => row))
}

function pooled(formula: string, declared: Declared, sites: readonly ModelRow[][], site?: 'none' | 'fixed' | 'meta') {
  const measure = measureOf(formula, declared, site)
  return fitModel(sites.map((rows, i) => ({ site: `${i}`, gram: partOf(measure, rows, declared) })))
}

describe('Regression from Gram matrices', () => {
  test('the cars of R, numbers and a factor with an interaction: lm(mpg ~ cyl + hp + wt + cyl:wt)', () => {
    // m <- mtcars; m$cyl <- factor(m$cyl); f <- lm(mpg ~ cyl + hp + wt + cyl:wt, m); summary(f); confint(f); logLik(f); AIC(f)
    const fit = pooled('mpg ~ cyl * wt + hp', CARS_DECLARED, [CARS])
    const found = inWordsOfR(fit)
    const wanted: Record<string, number[]> = {
      '(Intercept)': [41.113944768042799, 3.1374068373807242, 13.104435254678966, 1.06365224877505e-12],
      cyl6: [-8.530303410596488, 8.9936882950457093, -0.948476657268133, 3.5196598688641e-1],
      cyl8: [-12.687435078494362, 4.8536515318771745, -2.613997934373223, 1.49400283248349e-2],
      hp: [-0.022292534707604, 0.0114592104749372, -1.945381381759292, 6.3056813211587e-2],
      wt: [-5.516027458905414, 1.2938226011185396, -4.263356857529526, 2.51314675038112e-4],
      'cyl6:wt': [2.271156707648988, 2.978501316561192, 0.762516603575363, 4.52886714120744e-1],
      'cyl8:wt': [3.349953739154997, 1.5474870350470755, 2.164770148819431, 4.01534924388972e-2]
    }
    assert.deepEqual(Object.keys(found).sort(), Object.keys(wanted).sort())
    for (const [name, numbers] of Object.entries(wanted))
      for (const [i, number] of numbers.entries()) assertClose(found[name]?.[i], number, `${name} ${i}`)
    assertClose(found.hp?.[4], -0.0458932204648517, 'interval of hp')
    assertClose(fit.sigma, 2.327169662434244, 'sigma')
    assertClose(fit.r2, 0.879762617901963, 'R²')
    assertClose(fit.adjusted_r2, 0.850905646198434, 'adjusted R²')
    assertClose(fit.log_likelihood, -68.485161160724175, 'log-likelihood')
    assertClose(fit.aic, 152.97032232144835, 'AIC')
    assert.deepEqual([fit.n, fit.df, fit.note], [32, 25, ''])
  })

  test('a badly conditioned design has all its digits, whatever the split over sites', () => {
    // Certified by NIST (StRD, Longley), in the units of R's data set.
    const wanted: Record<string, readonly [number, number]> = {
      '(Intercept)': [-3482.25863459582, 890.420383607373],
      deflator: [0.0150618722713733, 0.0849149257747669],
      gnp: [-0.035819179292591, 0.0334910077722432],
      unemployed: [-0.0202022980381683, 0.00488399681651699],
      forces: [-0.0103322686717359, 0.00214274163161675],
      population: [-0.0511041056535807, 0.22607320006937],
      year: [1.82915146461355, 0.455478499142212]
    }
    const formula = 'employed ~ deflator + gnp + unemployed + forces + population + year'
    for (const sites of [
      [LONGLEY],
      bySite(LONGLEY, (_, at) => at % 3),
      bySite(LONGLEY, ({ gnp }) => (Number(gnp) < 400 ? 0 : 1))
    ]) {
      const found = inWordsOfR(pooled(formula, LONGLEY_DECLARED, sites))
      for (const [name, [estimate, error]] of Object.entries(wanted)) {
        assertClose(found[name]?.[0], estimate, name, 1e-13)
        assertClose(found[name]?.[1], error, `error of ${name}`, 1e-13)
      }
    }
  })

  test('how the rows lie at the sites does not change the pooled model by a digit', () => {
    const whole = pooled('mpg ~ cyl * wt + hp', CARS_DECLARED, [CARS])
    const { sites: _, ...numbers } = whole
    for (const siteOf of [(_row: ModelRow, at: number) => at % 3, ({ wt }: ModelRow) => (Number(wt) < 3.2 ? 0 : 1)]) {
      const { sites: each = [], ...found } = pooled('mpg ~ cyl * wt + hp', CARS_DECLARED, bySite(CARS, siteOf))
      assert.deepEqual(found, numbers)
      assert.equal(
        each.reduce((sum, { n }) => sum + n, 0),
        32
      )
    }
  })

  test('sites that store a number to other decimals add up', () => {
    const measure = measureOf('mpg ~ wt', CARS_DECLARED)
    const [one = [], other = []] = bySite(CARS, (_, at) => at % 2)
    const coarse = other.map((row) => ({ ...row, wt: Math.round(Number(row.wt) * 10) / 10 }))
    const parts = [partOf(measure, one, CARS_DECLARED), partOf(measure, coarse, { ...CARS_DECLARED, wt: 1 })]
    const { coefficients } = fitModel(parts.map((gram, i) => ({ site: `${i}`, gram })))
    const whole = fitOwnModel(partOf(measure, [...one, ...coarse], CARS_DECLARED))
    assert.deepEqual(coefficients, whole.coefficients)
  })

  test('a term that follows from others is named and left out, never guessed', () => {
    const rows = CARS.map((row) => ({ ...row, weight: Number(row.wt) * 2 }))
    const declared = { ...CARS_DECLARED, weight: 3 }
    const fit = pooled('mpg ~ hp + weight + wt', declared, [rows])
    assert.deepEqual(
      fit.coefficients.map(({ estimate }) => estimate === null),
      [false, false, false, true]
    )
    assert.match(fit.note, /follow from the terms before them: wt\./)
    const { coefficients } = pooled('mpg ~ hp + weight', declared, [rows])
    assert.deepEqual(fit.coefficients.slice(0, 3), coefficients)
    assert.equal(fit.df, 29)
  })

  test('terms that depend on each other at one site are estimated where another site tells them apart', () => {
    const [one = [], other = []] = bySite(CARS, ({ cyl }) => (cyl === 4 ? 0 : 1))
    const fit = pooled('mpg ~ cyl + hp', CARS_DECLARED, [one, other])
    const own = fit.sites?.[0]?.coefficients.map(({ term, estimate }) => [term, estimate === null])
    assert.deepEqual(own, [
      ['(Intercept)', false],
      ['cyl[6]', true],
      ['cyl[8]', true],
      ['hp', false]
    ])
    assert.ok(fit.coefficients.every(({ estimate }) => estimate !== null))
  })

  test('a fit without any error has estimates, but no standard errors and no p', () => {
    const rows = CARS.map(({ hp }) => ({ hp: hp ?? 0, y: 3 + 2 * Number(hp) }))
    const fit = pooled('y ~ hp', { y: 0, hp: 0 }, [rows])
    assert.deepEqual(
      fit.coefficients.map(({ estimate, error, p }) => [estimate, error, p]),
      [
        [3, null, null],
        [2, null, null]
      ]
    )
    assert.match(fit.note, /fits without any error/)
    assert.equal(fit.log_likelihood, null)
  })

  test('a constant outcome has no R²', () => {
    const fit = pooled('y ~ hp', { y: 0, hp: 0 }, [CARS.map(({ hp }) => ({ hp: hp ?? 0, y: 4 }))])
    assert.equal(fit.r2, null)
  })

  test('one fit per site, each coefficient combined by random effects as meta-analyses are (see meta.test.ts)', () => {
    const sites = bySite(CARS, (_, at) => at % 3)
    const fit = pooled('mpg ~ wt', CARS_DECLARED, sites, 'meta')
    const own = sites.map((rows) => pooled('mpg ~ wt', CARS_DECLARED, [rows]).coefficients)
    for (const [at, { estimate, error, interval, p, between }] of fit.coefficients.entries()) {
      const effects = own.map((one) => ({ estimate: one[at]?.estimate ?? 0, variance: (one[at]?.error ?? 0) ** 2 }))
      const wanted = metaOf(effects, { method: 'reml', hartungKnapp: true })
      assert.ok(wanted !== null && wanted.error > 0)
      assert.deepEqual([estimate, error, interval, p], [wanted.estimate, wanted.error, wanted.interval, wanted.p])
      const { tau2, i2, q, prediction } = wanted
      assert.deepEqual(between, { tau2, i2, q: q.statistic, q_p: q.p, prediction })
    }
    assert.deepEqual([fit.df, fit.sigma, fit.r2, fit.n], [2, null, null, 32])
    assert.equal(fit.sites?.length, 3)
    assert.equal(fit.note, '')
    for (const method of ['dl', 'pm', 'fixed', 'reml'] as const) {
      const call = { name: 'regression', variables: [], by: [] }
      const given = { formula: 'mpg ~ wt', site: 'meta', method, interval: 'wald' }
      const [measure] = planOfStatistic({ ...call, arguments: given }, descriptorOf(CARS_DECLARED)).measures
      assert.ok(measure?.kind === 'gram')
      const grams = sites.map((rows, i) => ({
        site: `${i}`,
        gram: { ...partOf(measure, rows, CARS_DECLARED), meta: { method, interval: 'wald' as const } }
      }))
      assert.deepEqual(measure.meta, { method, interval: 'wald' })
      const combined = fitModel(grams)
      assert.equal(combined.df, null)
      for (const [at, { estimate, error }] of combined.coefficients.entries()) {
        const effects = own.map((one) => ({ estimate: one[at]?.estimate ?? 0, variance: (one[at]?.error ?? 0) ** 2 }))
        const wanted = metaOf(effects, { method, hartungKnapp: false })
        assert.deepEqual([estimate, error], [wanted?.estimate, wanted?.error], method)
      }
    }
    assert.throws(
      () =>
        planOfStatistic(
          { name: 'regression', variables: [], by: [], arguments: { formula: 'mpg ~ wt', method: 'dl' } },
          descriptorOf(CARS_DECLARED)
        ),
      /of `site: meta`/
    )
    const two = pooled('mpg ~ wt', CARS_DECLARED, sites.slice(0, 2), 'meta')
    assert.match(two.note, /one degree of freedom/)
  })

  test('a site that sends no matrix of squares is noticed', () => {
    const part = partOf(measureOf('mpg ~ wt', CARS_DECLARED), CARS, CARS_DECLARED)
    assert.ok(isGram(part))
    const upper = [...part.upper]
    for (const [at, value] of [
      [0, '31'],
      [3, '-1'],
      [5, '0'],
      [1, '99999999']
    ] as const) {
      const changed = { ...part, upper: upper.map((one, i) => (i === at ? value : one)) }
      assert.ok(!isGram(changed), `entry ${at}`)
    }
    assert.ok(!isGram({ ...part, upper: upper.slice(1) }))
    assert.ok(!isGram({ ...part, n: 31 }))
    assert.ok(!isGram({ ...part, intercept: false, site: 'fixed' }))
  })
})

/** A made-up study of numbers and categories, with a skewed covariate, so that sites differ. */
function made(seed: number, size: number): ModelRow[] {
  const next = uniform(seed)
  const normal = normalFrom(next)
  return Array.from({ length: size }, (_, at) => {
    const age = Math.round(60 + 9 * normal())
    const dose = Math.round(Math.exp(2 + 0.7 * normal()) * 100) / 100
    const sex = next() < 0.4 ? 'female' : 'male'
    const arm = next() < 0.3 ? 'a' : next() < 0.5 ? 'b' : 'c'
    const effect = arm === 'a' ? 0 : arm === 'b' ? 2 : -1.5
    const y = 40 + 0.2 * age - 0.1 * dose + effect + (sex === 'male' ? 1 + 0.05 * dose : 0) + 4 * normal()
    return { age, dose, sex, arm, site: at % 4, y: Math.round(y * 10) / 10 }
  })
}

const MADE: Declared = { age: 0, dose: 2, sex: ['female', 'male'], arm: ['a', 'b', 'c'], y: 1 }

describe('Regression beside R', { skip: HAS_R ? false : 'Rscript is not installed' }, () => {
  const formulas = [
    'y ~ age + dose',
    'y ~ age + arm + sex',
    'y ~ arm * sex + dose',
    'y ~ age + sex + dose + dose:sex',
    'y ~ age + arm - 1',
    'y ~ age - 1'
  ]
  for (const [seed, formula] of formulas.entries()) {
    test(`lm(${formula}) on the pooled rows, split evenly and by a covariate`, () => {
      const rows = made(seed + 1, 160 + 40 * seed)
      const wanted = lmOf(formula, rows, MADE)
      for (const siteOf of [
        ({ site }: ModelRow) => Number(site),
        ({ dose }: ModelRow) => (Number(dose) < 5 ? 0 : Number(dose) < 9 ? 1 : 2)
      ])
        assertAsR(pooled(formula, MADE, bySite(rows, siteOf)), wanted)
    })
  }

  test('the site as a factor', () => {
    const rows = made(77, 240)
    const fit = pooled(
      'y ~ age + sex',
      MADE,
      bySite(rows, ({ site }) => Number(site)),
      'fixed'
    )
    const wanted = lmOf('y ~ site + age + sex', rows, { ...MADE, site: ['0', '1', '2', '3'] })
    assertAsR(fit, wanted)
  })

  test('aliased terms are those of R', () => {
    const rows = made(5, 200).map((row) => ({ ...row, twice: Number(row.age) * 2 }))
    const formula = 'y ~ age + sex + twice'
    assertAsR(pooled(formula, { ...MADE, twice: 0 }, [rows]), lmOf(formula, rows, { ...MADE, twice: 0 }))
  })
})

function assertAsR(fit: ModelResult, wanted: ReturnType<typeof lmOf>) {
  const found = inWordsOfR(fit)
  assert.deepEqual(Object.keys(found).sort(), Object.keys(wanted.coefficients).sort())
  for (const [name, numbers] of Object.entries(wanted.coefficients))
    for (const [i, number] of numbers.entries()) assertClose(found[name]?.[i], number, `${name} ${i}`)
  assertClose(fit.sigma, wanted.sigma, 'sigma')
  assertClose(fit.r2, wanted.r2, 'R²')
  assertClose(fit.adjusted_r2, wanted.adjusted, 'adjusted R²')
  assertClose(fit.log_likelihood, wanted.likelihood, 'log-likelihood')
  assertClose(fit.aic, wanted.aic, 'AIC')
  assert.equal(fit.df, wanted.df)
}
