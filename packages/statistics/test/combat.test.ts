/** Harmonisation from sums, compared with sva::ComBat on the rows. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import type { GramMeasure, GramPart, ModelResult } from '@stimnet/protocol'
import { fitModel, fitOwnModel, isModelPart, planOfStatistic } from '../src/index.ts'
import { type Declared, descriptorOf, HAS_R, type ModelRow, partOf, uniform } from './models-fixtures.ts'
import { normalFrom } from '../../../test/chance.ts'

const DECLARED: Declared = { age: 0, sex: ['f', 'm'], thick: 3, area: 0, volume: 1, depth: 2, copy: 0 }
const FEATURES = ['thick', 'area', 'volume', 'depth']
const CLOSE = 1e-8

/** People of sites whose scanners differ in location and scale, and whose people differ in age. */
function made(seed: number, sizes: readonly number[]): ModelRow[] {
  const next = uniform(seed)
  const normal = normalFrom(next)
  return sizes.flatMap((size, site) =>
    Array.from({ length: size }, () => {
      const age = Math.round(40 + 6 * site + 12 * normal())
      const sex = next() < 0.5 ? 'f' : 'm'
      const of = (at: number) =>
        0.4 * site * (at - 1) + (1 + 0.25 * site) * normal() - 0.01 * age * at + (sex === 'm' ? 0.3 : 0)
      return {
        ...{
          site: `s${site}`,
          age,
          sex,
          thick: Math.round(1000 * (6 + of(1))) / 1000,
          area: Math.round(900 + 60 * of(2))
        },
        ...{ volume: Math.round(10 * (500 + 80 * of(3))) / 10, depth: Math.round(100 * (9 + of(0))) / 100 }
      }
    })
  )
}

function measureOf(covariates: readonly string[], features = FEATURES): GramMeasure {
  const call = { name: 'combat', variables: [...features], by: [], arguments: { covariates: [...covariates] } }
  const [measure] = planOfStatistic(call, descriptorOf(DECLARED)).measures
  if (measure?.kind !== 'gram') throw new TypeError('no harmonisation')
  return measure
}

/** The released part of each site. */
function partsOf(rows: readonly ModelRow[], covariates: readonly string[], features = FEATURES) {
  const measure = measureOf(covariates, features)
  assert.ok(measure.fit)
  return [...Map.groupBy(rows, ({ site }) => String(site))].map(([site, own]) => {
    const gram: GramPart = { ...partOf(measure, own, DECLARED), fit: { family: 'combat', features: features.length } }
    return { site, gram }
  })
}

interface OfR {
  /** Means and standard deviations of the harmonised rows, by site and feature. */
  readonly sites: Readonly<Record<string, readonly [mean: number, sd: number]>>
  readonly terms: Readonly<Record<string, readonly [estimate: number, error: number]>>
}

/**
 * The results of `ComBat`, and of `lm` on its output, for all cases in one process, because loading sva takes seconds; undefined
 * if sva is not installed.
 */
function combatOf(
  cases: readonly { readonly rows: readonly ModelRow[]; readonly covariates: readonly string[] }[]
): OfR[] | undefined {
  const script = cases.map(({ rows, covariates }) => {
    const names = Object.keys(rows[0] ?? {})
    const text = [names.join(','), ...rows.map((row) => names.map((name) => row[name]).join(','))].join('\n')
    return `one(read.csv(text = "${text}", stringsAsFactors = TRUE), "~ ${covariates.join(' + ') || '1'}")`
  })
  const input = `suppressMessages(library(sva))
features <- c(${FEATURES.map((one) => `"${one}"`).join(', ')})
show <- function(...) cat(..., "\\n")
one <- function(d, covariates) {
  m <- model.matrix(as.formula(covariates), d)
  invisible(capture.output(h <- suppressMessages(ComBat(t(as.matrix(d[features])), d$site, mod = m))))
  for (f in features) {
    y <- h[f, ]
    for (s in levels(d$site)) show("S", s, f, sprintf("%.17g %.17g", mean(y[d$site == s]), sd(y[d$site == s])))
    b <- summary(lm(y ~ m - 1))$coefficients
    for (i in seq_len(nrow(b))) show("T", colnames(m)[i], f, sprintf("%.17g %.17g", b[i, 1], b[i, 2]))
  }
  show("E") }
${script.join('\n')}`
  const { stdout, stderr, status } = spawnSync('Rscript', ['-'], { input, encoding: 'utf8' })
  if (status !== 0) {
    if (/no package called/.test(stderr)) return undefined
    throw new Error(`R failed: ${stderr}`)
  }
  return stdout
    .split('E \n')
    .slice(0, cases.length)
    .map((block) => {
      const lines = block.split('\n').map((line) => line.trim().split(/\s+/))
      const of = (kind: string) =>
        Object.fromEntries(
          lines
            .filter(([own]) => own === kind)
            .map(([, name, feature, a, b]) => [`${name} ${feature}`, [Number(a), Number(b)] as const])
        )
      return { sites: of('S'), terms: of('T') }
    })
}

function assertNear(found: number | null | undefined, wanted: number | undefined, what: string) {
  assert.ok(typeof found === 'number' && wanted !== undefined, `${what} is missing`)
  assert.ok(Math.abs(found - wanted) <= CLOSE * Math.max(1, Math.abs(wanted)), `${what}: ${found}, not ${wanted}`)
}

const CASES = [
  { rows: made(3, [60, 45, 80]), covariates: ['age', 'sex'] },
  { rows: made(11, [40, 40]), covariates: [] },
  { rows: made(29, [200, 30, 90, 55]), covariates: ['sex'] }
]

describe('A harmonisation', () => {
  test('is that of sva::ComBat on the rows of all sites, and so is the regression on it', (t) => {
    const ofR = HAS_R ? combatOf(CASES) : undefined
    if (ofR === undefined) return t.skip('no sva here')
    let compared = 0
    for (const [i, { rows, covariates }] of CASES.entries()) {
      const result = fitModel(partsOf(rows, covariates))
      assert.deepEqual([result.kind, result.n, result.note], ['combat', rows.length, ''])
      for (const { feature, sites, coefficients } of result.harmonised ?? []) {
        for (const { site, mean, sd } of sites) {
          const [wanted, spread] = ofR[i]?.sites[`${site} ${feature}`] ?? []
          assertNear(mean, wanted, `mean of ${feature} at ${site}`)
          assertNear(sd, spread, `sd of ${feature} at ${site}`)
        }
        for (const { term, estimate, error } of coefficients) {
          const [wanted, spread] = ofR[i]?.terms[`${term.replaceAll(/[[\]]/g, '')} ${feature}`] ?? []
          assertNear(estimate, wanted, `${term} of ${feature}`)
          assertNear(error, spread, `error of ${term} of ${feature}`)
          compared += 1
        }
      }
    }
    assert.equal(compared, 4 * (3 + 1 + 2))
  })

  test('shrinks each location and scale towards those of the other features, and says what was before', () => {
    const { harmonised = [], formula } = fitModel(partsOf(CASES[0]?.rows ?? [], ['age', 'sex']))
    assert.equal(formula, 'area + depth + thick + volume ~ age + sex')
    const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    for (const at of [0, 1, 2]) {
      const own = harmonised.flatMap(({ sites }) => sites[at] ?? [])
      const middle = meanOf(own.map(({ location }) => location))
      for (const one of own) {
        assert.ok(Math.abs(one.shrunk_location - middle) <= Math.abs(one.location - middle))
        assert.ok(one.shrunk_scale > 0)
      }
    }
    const [area] = harmonised
    const rows = (CASES[0]?.rows ?? []).filter(({ site }) => site === 's1').map((row) => Number(row.area))
    assertNear(area?.sites[1]?.mean_before, meanOf(rows), 'the mean before')
  })

  test('does not depend on the units of a site or on the order of sites', () => {
    const parts = partsOf(CASES[0]?.rows ?? [], ['age'])
    const [first, ...others] = parts
    assert.ok(first)
    // In tenths of its unit, the sums are ten or a hundred times as large.
    const scaled = (gram: GramPart): GramPart => {
      const columns = gram.columns.map((one) => (one.name === 'area' ? { ...one, decimals: one.decimals + 1 } : one))
      let at = 0
      const upper = columns.flatMap((one, i) =>
        columns.slice(i).map((other) => {
          const times = (one.name === 'area' ? 10n : 1n) * (other.name === 'area' ? 10n : 1n)
          return String(BigInt(gram.upper[at++] ?? '0') * times)
        })
      )
      return { ...gram, columns, upper }
    }
    const plain = fitModel(parts)
    const other = fitModel([...others, { ...first, gram: scaled(first.gram) }])
    const sorted = (result: ModelResult) =>
      (result.harmonised ?? []).map(({ sites, mean, sd }) => ({
        mean,
        sd,
        sites: [...sites].sort((a, b) => (a.site < b.site ? -1 : 1))
      }))
    for (const [i, { mean, sites }] of sorted(plain).entries()) {
      assertNear(sorted(other)[i]?.mean, mean, 'the mean')
      for (const [j, one] of sites.entries())
        assertNear(sorted(other)[i]?.sites[j]?.shrunk_location, one.shrunk_location, one.site)
    }
  })

  test('is not made, and says why, of one site, of what follows from the sites, and of a feature that does not vary', () => {
    const rows = made(5, [40, 40])
    const [first] = partsOf(rows, ['age'])
    assert.ok(first && isModelPart(first.gram))
    const alone = fitOwnModel(first.gram)
    assert.deepEqual([alone.kind, alone.harmonised], ['combat', undefined])
    assert.match(alone.note, /One institution alone/)
    const split = rows.map((row) => ({ ...row, sex: row.site === 's0' ? 'f' : 'm' }))
    assert.match(
      fitModel(partsOf(split, ['sex'])).note,
      /follow from the institution and the terms before them: sex\[m\]/
    )
    const flat = rows.map((row) => ({ ...row, area: row.site === 's0' ? 900 : (row.area ?? 0) }))
    assert.match(fitModel(partsOf(flat, [])).note, /does not vary at an institution/)
    const twins = rows.map((row) => ({ ...row, copy: row.area ?? 0 }))
    const alike = partsOf(twins, [], ['area', 'copy'])
    assert.match(fitModel(alike).note, /do not differ enough/)
  })

  test('takes numbers as features and declared variables as covariates', () => {
    const ask = (variables: string[], args: object = {}) =>
      planOfStatistic({ name: 'combat', variables, by: [], arguments: { ...args } }, descriptorOf(DECLARED))
    assert.throws(() => ask(['thick', 'sex']), /t\.sex is no number/)
    assert.throws(() => ask(['thick', 'thick']), /two numbers or more/)
    assert.throws(() => ask(['thick', 'area'], { covariates: ['thick'] }), /is a feature, and cannot be a covariate/)
    assert.throws(() => ask(['thick', 'area'], { covariates: [3] }), /names of variables/)
    assert.deepEqual(ask(['thick', 'area'], { covariates: 'sex' }).tables, ['t'])
    const [one] = partsOf(made(5, [40]), [])
    assert.ok(one)
    assert.ok(!isModelPart({ ...one.gram, fit: { family: 'combat', features: 5 } }), 'more features than columns')
  })
})
