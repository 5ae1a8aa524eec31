import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { isOfCounted } from '@stimnet/protocol'
import type { GramPart, ModelResult, SiteEffects } from '@stimnet/protocol'
import {
  fitModel,
  fitOwnModel,
  formulaOf,
  columnsOfModel,
  hasIntercept,
  metaOf,
  namesIn,
  planOfStatistic
} from '../src/index.ts'
import { isModelPart } from '../src/models/fit.ts'
import { type Declared, descriptorOf, HAS_R, type ModelRow, partOf, uniform } from './models-fixtures.ts'

/** The measure of a call over one table. */
function measureOf(
  name: string,
  declared: Declared,
  call: { variables?: string[]; arguments: Record<string, unknown> }
) {
  const asked = { name, variables: [], by: [], ...call }
  const [measure] = planOfStatistic(asked, descriptorOf(declared)).measures
  assert.ok(measure?.kind === 'gram')
  return measure
}

/** The table of rows, by its definition. `weight` is the number of people that a row stands for. */
function tableOf(
  rows: readonly ModelRow[],
  declared: Declared,
  asked: Record<string, unknown>,
  weight: (row: ModelRow) => number = () => 1
): GramPart {
  const measure = measureOf('regression', declared, { arguments: asked })
  const { fit } = measure
  assert.ok(isOfCounted(fit))
  const name = namesIn(measure)
  const by = [...new Set(measure.terms.flat())].sort().map(name)
  const cells = new Map<string, { levels: string[]; n: number; sum: number }>()
  for (const row of rows) {
    const levels = by.map((one) => String(row[one]))
    const own = cells.get(levels.join()) ?? { levels, n: 0, sum: 0 }
    const outcome = row[name(measure.outcome)]
    own.n += weight(row)
    own.sum += weight(row) * (fit.family === 'poisson' ? Number(outcome) : outcome === fit.event ? 1 : 0)
    if (own.n > 0) cells.set(levels.join(), own)
  }
  return {
    formula: formulaOf(measure),
    outcome: name(measure.outcome),
    factors: measure.factors.map(({ variable, levels }) => ({ name: name(variable), levels })),
    columns: columnsOfModel(measure).map((column) => ({ name: column.name, decimals: 0 })),
    intercept: hasIntercept(measure),
    n: rows.reduce((sum, row) => sum + weight(row), 0),
    upper: [],
    site: measure.site,
    fit,
    table: {
      by,
      terms: measure.terms.map((term) => term.map(name)),
      cells: [...cells.values()].map((cell) => ({ ...cell, sum: String(cell.sum) }))
    }
  }
}

function near(found: number | null | undefined, wanted: number, what: string) {
  assert.ok(found !== null && found !== undefined, `${what} is not there`)
  assert.ok(Math.abs(found - wanted) <= 1e-8 * Math.max(1, Math.abs(wanted)), `${what}: ${found}, not ${wanted}`)
}

function assertNear({ coefficients }: Pick<ModelResult, 'coefficients'>, wanted: Record<string, [number, number]>) {
  assert.deepEqual(
    coefficients.map(({ term }) => term),
    Object.keys(wanted)
  )
  for (const { term, estimate, error } of coefficients) {
    near(estimate, wanted[term]?.[0] ?? Number.NaN, term)
    near(error, wanted[term]?.[1] ?? Number.NaN, `error of ${term}`)
  }
}

// R's own iteration ends at 1e-8, where its errors are those of the previous step: the expected numbers were computed with
// list(epsilon = 1e-15).

/** Applicants by department and gender: admitted and rejected (UCBAdmissions of R). */
const ADMITTED: Record<string, readonly [number, number, number, number]> = {
  ...{ A: [512, 313, 89, 19], B: [353, 207, 17, 8], C: [120, 205, 202, 391] },
  ...{ D: [138, 279, 131, 244], E: [53, 138, 94, 299], F: [22, 351, 24, 317] }
}
const DEPARTMENTS = Object.keys(ADMITTED)
const UCB: Declared = { admit: ['Rejected', 'Admitted'], gender: ['Male', 'Female'], dept: DEPARTMENTS, people: 0 }
const APPLICANTS: ModelRow[] = DEPARTMENTS.flatMap((dept) =>
  (ADMITTED[dept] ?? []).map((people, i) => ({
    ...{ dept, people, gender: i < 2 ? 'Male' : 'Female' },
    admit: i % 2 === 0 ? 'Admitted' : 'Rejected'
  }))
)
const people = ({ people: own }: ModelRow) => Number(own)
/** The applicants at three sites, in shares that add up. */
function applicantsAt(asked: Record<string, unknown>) {
  const third = (row: ModelRow, site: number) => Math.floor((people(row) + site) / 3)
  return [0, 1, 2].map((site) => ({
    site: `${site}`,
    gram: tableOf(APPLICANTS, UCB, { family: 'binomial', ...asked }, (row) => third(row, site))
  }))
}

describe('Logistic regression from tables of counts', () => {
  test('admissions by department and gender, split over sites: glm(admit ~ dept + gender, binomial)', () => {
    const fit = fitModel(applicantsAt({ formula: 'admit ~ gender + dept' }))
    assertNear(fit, {
      '(Intercept)': [0.58205139527603, 0.0689925968758311],
      'dept[B]': [-0.0433979312092467, 0.10983889832203],
      'dept[C]': [-1.26259802237917, 0.106632885911473],
      'dept[D]': [-1.29460646874817, 0.105823423656776],
      'dept[E]': [-1.73930573781552, 0.126113496005263],
      'dept[F]': [-3.30648005588716, 0.169981808613564],
      'gender[Female]': [0.0998700881593491, 0.0808464665323692]
    })
    near(fit.deviance, 5187.48849417136, 'deviance')
    near(fit.null_deviance, 6044.3406320639, 'null deviance')
    near(fit.aic, 5187.48849417136 + 14, 'AIC')
    assert.deepEqual([fit.kind, fit.family, fit.event, fit.n, fit.df], ['glm', 'binomial', 'Admitted', 4526, 4519])
    const [intercept, second] = fit.coefficients
    assert.equal(intercept?.ratio, undefined)
    near(second?.ratio?.estimate, Math.exp(-0.043397931209246), 'odds ratio')
    near(second?.p, 0.692765175340286, 'p')
    near(second?.ratio?.interval[1], Math.exp(-0.043397931209246 + 1.95996398454005 * 0.10983889832203), 'its interval')
    assert.deepEqual(
      fit.sites?.map(({ n }) => n).reduce((a, b) => a + b),
      4526
    )
  })

  test('a saturated model has the log odds of its cells, and is fitted exactly', () => {
    const fit = fitOwnModel(
      tableOf(APPLICANTS, UCB, { family: 'binomial', formula: 'admit ~ gender * dept - 1' }, people)
    )
    const odds = (at: number, dept: string) => Math.log((ADMITTED[dept]?.[at] ?? 0) / (ADMITTED[dept]?.[at + 1] ?? 1))
    const of = (term: string) => fit.coefficients.find((one) => one.term === term)
    for (const dept of DEPARTMENTS) near(of(`dept[${dept}]`)?.estimate, odds(0, dept), dept)
    near(of('gender[Female]')?.estimate, odds(2, 'A') - odds(0, 'A'), 'gender')
    const cross = odds(2, 'F') - odds(0, 'F') - (odds(2, 'A') - odds(0, 'A'))
    near(of('dept[F]:gender[Female]')?.estimate, cross, 'interaction')
    const error = Math.sqrt([...(ADMITTED.F ?? []), ...(ADMITTED.A ?? [])].reduce((sum, count) => sum + 1 / count, 0))
    near(of('dept[F]:gender[Female]')?.error, error, 'its error')
    assert.equal(fit.dispersion, null)
  })

  test('the site as a factor is a column for each site but the first; meta combines the fits of the sites', () => {
    const rows = (site: number) =>
      APPLICANTS.filter(({ dept }) => (site === 0 ? 'AB' : site === 1 ? 'CD' : 'EF').includes(`${dept}`))
    const at = (site: SiteEffects) =>
      [0, 1, 2].map((one) => ({
        site: `${one}`,
        gram: tableOf(rows(one), UCB, { family: 'binomial', formula: 'admit ~ gender', site }, people)
      }))
    const fixed = fitModel(at('fixed'))
    // The same data with the site as a variable of the rows.
    const sited = APPLICANTS.map((row) => ({ ...row, site: `${'ABCDEF'.indexOf(`${row.dept}`) >> 1}` }))
    const whole = fitOwnModel(
      tableOf(
        sited,
        { ...UCB, site: ['0', '1', '2'] },
        { family: 'binomial', formula: 'admit ~ site + gender' },
        people
      )
    )
    const named = (term: string) => fixed.coefficients.find((one) => one.term === term)
    for (const { term, estimate, error } of whole.coefficients) {
      near(named(term)?.estimate, estimate ?? Number.NaN, term)
      near(named(term)?.error, error ?? Number.NaN, term)
    }
    const meta = fitModel(at('meta'))
    const effects = (meta.sites ?? []).map(({ coefficients }) => {
      const own = coefficients.find(({ term }) => term === 'gender[Female]')
      return { estimate: own?.estimate ?? 0, variance: (own?.error ?? 0) ** 2 }
    })
    const wanted = metaOf(effects, { method: 'reml', hartungKnapp: true })
    const found = meta.coefficients.find(({ term }) => term === 'gender[Female]')
    near(found?.estimate, wanted?.estimate ?? Number.NaN, 'combined')
    near(found?.between?.tau2, wanted?.tau2 ?? Number.NaN, 'between')
    near(found?.ratio?.estimate, Math.exp(wanted?.estimate ?? Number.NaN), 'combined ratio')
    assert.equal(meta.deviance, null)
  })

  test('separation is named with its code, and terms that follow from others are not estimated', () => {
    const rows = APPLICANTS.map((row) => (row.dept === 'F' ? { ...row, admit: 'Rejected' } : row))
    const apart = fitOwnModel(tableOf(rows, UCB, { family: 'binomial', formula: 'admit ~ dept' }, people))
    assert.equal(apart.code, 'SEPARATED')
    assert.match(apart.note, /^Separation: /)
    assert.ok(
      apart.coefficients.length === 6 && apart.coefficients.every(({ estimate, p }) => estimate === null && p === null)
    )
    // Nobody has department F.
    const without = APPLICANTS.filter(({ dept }) => dept !== 'F')
    const fit = fitOwnModel(tableOf(without, UCB, { family: 'binomial', formula: 'admit ~ dept' }, people))
    assert.equal(fit.code, undefined)
    assert.match(fit.note, /Not estimated.*dept\[F\]/)
    near(fit.coefficients[1]?.estimate, Math.log(370 / 215) - Math.log(601 / 332), 'dept B')
  })
})

/** Breaks of yarn by wool and tension (warpbreaks of R), nine looms each. */
const BREAKS = {
  ...{ 'A L': [26, 30, 54, 25, 70, 52, 51, 26, 67], 'A M': [18, 21, 29, 17, 12, 18, 35, 30, 36] },
  ...{ 'A H': [36, 21, 24, 18, 10, 43, 28, 15, 26], 'B L': [27, 14, 29, 19, 29, 31, 41, 20, 44] },
  ...{ 'B M': [42, 26, 19, 16, 39, 28, 21, 39, 29], 'B H': [20, 21, 24, 17, 13, 15, 15, 16, 28] }
}
const LOOMS: ModelRow[] = Object.entries(BREAKS).flatMap(([key, counts]) =>
  counts.map((breaks) => ({ breaks, wool: key.slice(0, 1), tension: key.slice(2) }))
)
const YARN: Declared = { breaks: 0, wool: ['A', 'B'], tension: ['L', 'M', 'H'] }

describe('Poisson regression from sums of counts', () => {
  const at = (formula: string) =>
    [0, 1].map((site) => ({
      site: `${site}`,
      gram: tableOf(
        LOOMS.filter((_, i) => i % 2 === site),
        YARN,
        { family: 'poisson', formula }
      )
    }))

  test('breaks of yarn, split over sites: glm(breaks ~ tension + wool, poisson)', () => {
    const fit = fitModel(at('breaks ~ wool + tension'))
    assertNear(fit, {
      '(Intercept)': [3.6919631449408, 0.0454107943425578],
      'tension[M]': [-0.321320431600612, 0.0602659166952204],
      'tension[H]': [-0.518488496511561, 0.0639595193957469],
      'wool[B]': [-0.205988442638622, 0.0515712427835752]
    })
    // The deviances of the sums in the cells: glm(breaks ~ wool + tension + offset(log(n)), poisson, aggregate(…, sum)).
    near(fit.deviance, 28.0867574766073, 'deviance')
    near(fit.null_deviance, 115.067080518759, 'null deviance')
    near(fit.dispersion, 14.0511432234329, 'dispersion')
    assert.deepEqual([fit.deviance_df, fit.aic], [2, null])
  })

  test('with an interaction: glm(breaks ~ tension * wool, poisson)', () => {
    assertNear(fitModel(at('breaks ~ wool * tension')), {
      '(Intercept)': [3.79673684997035, 0.0499376169437279],
      'tension[M]': [-0.618683019622404, 0.0844002086232245],
      'tension[H]': [-0.595798725788816, 0.0837773982874019],
      'wool[B]': [-0.456627160288032, 0.0801921034767891],
      'tension[M]:wool[B]': [0.638176814303405, 0.122153210971552],
      'tension[H]:wool[B]': [0.188363173693353, 0.12989541986203]
    })
  })

  test('without any event at a level there is no finite estimate', () => {
    const none = LOOMS.map((row) => (row.wool === 'B' ? { ...row, breaks: 0 } : row))
    assert.equal(fitOwnModel(tableOf(none, YARN, { family: 'poisson', formula: 'breaks ~ wool' })).code, 'SEPARATED')
  })
})

describe('What a model of counts takes', () => {
  const fails = (declared: Declared, asked: Record<string, unknown>, why: RegExp) =>
    assert.throws(
      () => measureOf('regression', declared, { arguments: asked }),
      (error: { code?: string; reason?: string }) => error.code === 'PARAMETER_INVALID' && why.test(error.reason ?? '')
    )

  test('is a category with an event, or a count, and categories as terms', () => {
    fails(
      UCB,
      { formula: 'admit ~ people', family: 'binomial' },
      /people is a number. A binomial model of numbers is fitted in rounds/
    )
    fails(UCB, { formula: 'people ~ gender', family: 'binomial' }, /people is no category/)
    fails(UCB, { formula: 'dept ~ gender', family: 'binomial' }, /more than two levels/)
    fails(UCB, { formula: 'dept ~ gender', family: 'binomial', event: 'Z' }, /event: one of A, B/)
    fails(UCB, { formula: 'people ~ gender', family: 'poisson', event: 'A' }, /only of the families binomial and cox/)
    fails({ ...UCB, weight: 1 }, { formula: 'weight ~ gender', family: 'poisson' }, /weight is no count/)
    fails(UCB, { formula: 'admit ~ gender', family: 'gamma' }, /family: one of gaussian, binomial, poisson/)
    fails(
      { ...UCB, site: ['0', '1'] },
      { formula: 'admit ~ gender + dept + site', family: 'binomial' },
      /at most 2 categories/
    )
    assert.deepEqual(
      measureOf('glm', UCB, { arguments: { formula: 'dept ~ gender', family: 'binomial', event: 'C' } }).fit,
      {
        ...{ family: 'binomial', event: 'C' }
      }
    )
  })

  test('is not a table that no rows can make', () => {
    const part = tableOf(APPLICANTS, UCB, { family: 'binomial', formula: 'admit ~ gender + dept' }, people)
    assert.ok(isModelPart(part))
    const { table } = part
    assert.ok(table)
    const [cell, ...others] = table.cells
    assert.ok(cell)
    const changed = (more: Partial<typeof cell>) => ({
      ...part,
      table: { ...table, cells: [{ ...cell, ...more }, ...others] }
    })
    for (const more of [
      { n: cell.n + 1 },
      { n: 1.5 },
      { n: 0 },
      { sum: String(cell.n + 1) },
      { levels: ['A'] },
      { levels: ['A', 'x'] }
    ])
      assert.ok(!isModelPart(changed(more)), JSON.stringify(more))
    assert.ok(!isModelPart({ ...part, table: { ...table, cells: [cell, ...table.cells], by: table.by } }))
    assert.ok(!isModelPart({ ...part, table: { ...table, by: ['dept', 'wool'] } }))
    assert.ok(!isModelPart({ ...part, upper: ['1'] }))
    assert.ok(!isModelPart({ ...part, intercept: false, site: 'fixed' }))
    const { fit: _, ...linear } = part
    assert.ok(!isModelPart(linear))
  })
})

/** Arrests in fifty states: murder, assault, urban population, rape (USArrests of R). */
const ARRESTS: ModelRow[] =
  `13.2,236,58,21.2 10,263,48,44.5 8.1,294,80,31 8.8,190,50,19.5 9,276,91,40.6 7.9,204,78,38.7 3.3,110,77,11.1
5.9,238,72,15.8 15.4,335,80,31.9 17.4,211,60,25.8 5.3,46,83,20.2 2.6,120,54,14.2 10.4,249,83,24 7.2,113,65,21
2.2,56,57,11.3 6,115,66,18 9.7,109,52,16.3 15.4,249,66,22.2 2.1,83,51,7.8 11.3,300,67,27.8 4.4,149,85,16.3
12.1,255,74,35.1 2.7,72,66,14.9 16.1,259,44,17.1 9,178,70,28.2 6,109,53,16.4 4.3,102,62,16.5 12.2,252,81,46
2.1,57,56,9.5 7.4,159,89,18.8 11.4,285,70,32.1 11.1,254,86,26.1 13,337,45,16.1 0.8,45,44,7.3 7.3,120,75,21.4
6.6,151,68,20 4.9,159,67,29.3 6.3,106,72,14.9 3.4,174,87,8.3 14.4,279,48,22.5 3.8,86,45,12.8 13.2,188,59,26.9
12.7,201,80,25.5 3.2,120,80,22.9 2.2,48,32,11.2 8.5,156,63,20.7 4,145,73,26.2 5.7,81,39,9.3 2.6,53,66,10.8
6.8,161,60,15.6`
    .split(/\s+/)
    .map((line) => {
      const [murder = 0, assault = 0, urban = 0, rape = 0] = line.split(',').map(Number)
      return { murder, assault, urban, rape }
    })
const STATES: Declared = { murder: 1, assault: 0, urban: 0, rape: 1 }

describe('Principal components', () => {
  const fitted = (scale: boolean) => {
    const measure = measureOf('pca', STATES, {
      variables: ['murder', 'assault', 'urban', 'rape'],
      arguments: { scale }
    })
    const parts = [0, 1, 2].map((site) => ({
      site: `${site}`,
      gram: {
        ...partOf(
          measure,
          ARRESTS.filter((_, i) => i % 3 === site),
          STATES
        ),
        fit: { family: 'components' as const, scaled: scale }
      }
    }))
    assert.ok(parts.every(({ gram }) => isModelPart(gram)))
    return fitModel(parts)
  }
  const loadingsOf = (fit: ModelResult, at: number) =>
    ['murder', 'assault', 'urban', 'rape'].map((name) => {
      const all = fit.components?.[at]?.loadings ?? []
      return all.find(({ term }) => term === name)?.loading ?? Number.NaN
    })

  test('of arrests, scaled, split over sites: prcomp(USArrests, scale. = TRUE)', () => {
    const fit = fitted(true)
    const variances = [2.48024157915, 0.98976515254, 0.356563180581, 0.17343008773]
    for (const [i, variance] of variances.entries()) {
      assert.ok(Math.abs((fit.components?.[i]?.sd ?? 0) ** 2 - variance) < 1e-11, `variance ${i}`)
      assert.ok(Math.abs((fit.components?.[i]?.proportion ?? 0) - variance / 4) < 1e-11, `proportion ${i}`)
    }
    near(fit.components?.[1]?.cumulative, 0.86750168217, 'cumulative')
    // The signs are those of the largest weights.
    const rotation = [
      [0.535899474938155, 0.58318363490967, 0.278190874619433, 0.543432091445683],
      [-0.418180865420955, -0.187985604231939, 0.872806193060425, 0.167318635401746],
      [-0.341232727952829, -0.268148427832885, -0.378015793087, 0.817777907626166],
      [-0.649227804341944, 0.74340747993671, -0.133877730824247, -0.0890243227036251]
    ]
    for (const [at, wanted] of rotation.entries())
      for (const [i, loading] of loadingsOf(fit, at).entries()) near(loading, wanted[i] ?? Number.NaN, `${at} ${i}`)
    assert.deepEqual([fit.kind, fit.n, fit.formula], ['pca', 50, '~ assault + murder + rape + urban'])
  })

  test('and of the covariances: prcomp(USArrests)', () => {
    const fit = fitted(false)
    const sds = [83.7324002464017, 14.2124018491813, 6.48942607287723, 2.48279000001273]
    for (const [i, sd] of sds.entries()) near(fit.components?.[i]?.sd, sd, `sd ${i}`)
    const wanted = [0.0417043206282872, 0.995221281426497, 0.046335746119711, 0.075155500585547]
    for (const [i, loading] of loadingsOf(fit, 0).entries()) near(loading, wanted[i] ?? Number.NaN, `${i}`)
  })

  test('of a variable that does not vary cannot be scaled', () => {
    const measure = measureOf('pca', STATES, { variables: ['murder', 'urban'], arguments: {} })
    const same = ARRESTS.map((row) => ({ ...row, urban: 50 }))
    const fit = fitOwnModel({ ...partOf(measure, same, STATES), fit: { family: 'components', scaled: true } })
    assert.equal(fit.components, undefined)
    assert.match(fit.note, /does not vary/)
  })
})

describe('Models of counts beside R', { skip: HAS_R ? false : 'Rscript is not installed' }, () => {
  const MADE: Declared = { event: ['no', 'yes'], falls: 0, arm: ['placebo', 'low', 'high'], sex: ['female', 'male'] }
  const made = (seed: number): ModelRow[] => {
    const next = uniform(seed)
    return Array.from({ length: 300 }, () => {
      const [arm, sex] = [['placebo', 'low', 'high'][Math.floor(next() * 3)] ?? '', next() < 0.4 ? 'female' : 'male']
      const risk = 0.3 + (arm === 'high' ? 0.25 : 0) + (sex === 'male' ? 0.1 : 0)
      const falls = [next(), next(), next(), next()].filter((value) => value < risk).length
      return { arm, sex, falls, event: next() < risk ? 'yes' : 'no' }
    })
  }
  /** `glm(formula, family)` in R, iterated to the precision of doubles. */
  const glmOf = (formula: string, family: string, rows: readonly ModelRow[]) => {
    const names = ['arm', 'sex', 'falls', 'event'] as const
    const columns = names.map((name) => `${name} = c(${rows.map((row) => JSON.stringify(row[name])).join(',')})`)
    const script = `
d <- data.frame(${columns.join(', ')})
d$arm <- factor(d$arm, levels = c("placebo", "low", "high")); d$sex <- factor(d$sex); d$event <- d$event == "yes"
f <- glm(${formula}, ${family}, d, control = list(epsilon = 1e-15, maxit = 100)); s <- summary(f)$coefficients; i <- confint.default(f)
for (n in rownames(s)) cat(n, sprintf("%.17g", c(s[n, 1:4], i[n, ])), "\\n")
cat("F", sprintf("%.17g", c(deviance(f), f$null.deviance, AIC(f))), "\\n")`
    const { stdout, status, stderr } = spawnSync('Rscript', ['-'], { input: script, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    return new Map(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.trim().split(' '))
        .map(([name = '', ...numbers]) => [name, numbers.map(Number)] as const)
    )
  }

  for (const [formula, family] of [
    ['event ~ arm + sex', 'binomial'],
    ['event ~ arm * sex', 'binomial'],
    ['falls ~ arm + sex', 'poisson']
  ] as const) {
    test(`glm(${formula}, ${family}) on the pooled rows, split over three sites`, () => {
      const rows = made(formula.length)
      const wanted = glmOf(formula, family, rows)
      const parts = [0, 1, 2].map((site) => ({
        site: `${site}`,
        gram: tableOf(
          rows.filter(({ falls }, i) => (family === 'binomial' ? i % 3 : Math.min(2, Number(falls))) === site),
          MADE,
          { formula, family }
        )
      }))
      const fit = fitModel(parts)
      for (const { term, estimate, error, statistic, p, interval } of fit.coefficients) {
        const own = wanted.get(term.replaceAll(/\[(.*?)\]/g, '$1')) ?? []
        for (const [i, value] of [estimate, error, statistic, p, ...(interval ?? [])].entries())
          near(value, own[i] ?? Number.NaN, `${term} ${i}`)
      }
      assert.equal(fit.coefficients.length, wanted.size - 1)
      if (family === 'poisson') return
      for (const [i, value] of [fit.deviance, fit.null_deviance, fit.aic].entries())
        near(value, wanted.get('F')?.[i] ?? Number.NaN, `fit ${i}`)
    })
  }
})
