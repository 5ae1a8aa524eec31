/**
 * Tests that a coefficient is combined over the institutions at which it has the same meaning, and that the excluded institutions
 * are named.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import type { GramPart, ModelResult } from '@stimnet/protocol'
import { columnsOfModel, fitModel, formulaOf, metaOf, namesIn, ownRound, planOfStatistic } from '../src/index.ts'
import {
  type Declared,
  descriptorOf,
  HAS_R,
  measureOf,
  type ModelRow,
  partOf,
  partOfPeople,
  uniform
} from './models-fixtures.ts'

const DECLARED: Declared = { y: 1, age: 0, fell: ['no', 'yes'], gene: ['none', 'GBA', 'LRRK2'], sex: ['f', 'm'] }
const EFFECTS: Readonly<Record<string, number>> = { none: 0, GBA: 4, LRRK2: 9 }

interface Made {
  readonly genes?: readonly string[]
  readonly sexes?: readonly string[]
  /** A pair of levels that nobody has. */
  readonly without?: readonly [gene: string, sex: string]
}

function rowsOf(at: number, { genes = ['none', 'GBA', 'LRRK2'], sexes = ['f', 'm'], without }: Made = {}): ModelRow[] {
  const random = uniform(40 + at)
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? ''
  return Array.from({ length: 90 + 10 * at }, (_, row): ModelRow => {
    const [gene, sex, age] = [pick(genes), pick(sexes), 40 + Math.floor(random() * 40)]
    const y = Math.round(10 * ((EFFECTS[gene] ?? 0) + (sex === 'm' ? 2 : 0) + 0.2 * age + at + 6 * random())) / 10
    return { person: Math.floor(row / 2), gene, sex, age, y, fell: random() < (sex === 'm' ? 0.6 : 0.4) ? 'yes' : 'no' }
  }).filter(({ gene, sex }) => gene !== without?.[0] || sex !== without?.[1])
}

function linear(formula: string, sites: readonly Made[]): ModelResult {
  const measure = measureOf(formula, DECLARED, 'meta')
  return fitModel(sites.map((made, at) => ({ site: `s${at}`, gram: partOf(measure, rowsOf(at, made), DECLARED) })))
}

/** The combination of the sites' own estimates, restricted to the given sites. */
function combinedOver(model: ModelResult, term: string, places: readonly number[]) {
  const own = places.flatMap((at) => model.sites?.[at]?.coefficients.find((one) => one.term === term) ?? [])
  const effects = own.map(({ estimate, error }) => ({ estimate: estimate ?? Number.NaN, variance: (error ?? 0) ** 2 }))
  return metaOf(effects, { method: 'reml', hartungKnapp: true })
}

/** Asserts over which sites each term is combined; nothing is combined over fewer than two sites. */
function assertOver(model: ModelResult, wanted: Readonly<Record<string, readonly number[]>>) {
  assert.deepEqual(
    model.coefficients.map(({ term }) => term),
    Object.keys(wanted)
  )
  for (const { term, estimate, error, interval, between } of model.coefficients) {
    const made = combinedOver(model, term, wanted[term] ?? [])
    const found = { estimate, error, interval, tau2: between?.tau2 ?? null }
    const { estimate: own = null, error: spread = null, interval: reach = null, tau2 = null } = made ?? {}
    assert.deepEqual(found, { estimate: own, error: spread, interval: reach, tau2 }, term)
  }
}

/** The terms that are marked at each site. */
function markedIn({ sites = [] }: ModelResult): string[][] {
  return sites.map(({ coefficients }) => coefficients.flatMap((one) => (one.not_comparable ? [one.term] : [])))
}

const WITHOUT: Made = { genes: ['GBA', 'LRRK2'] }

describe('Coefficients combined over institutions', () => {
  test('an institution without the reference level is left out of what compares with it, and of nothing else', () => {
    const model = linear('y ~ gene + sex + age', [{}, {}, WITHOUT, {}])
    const all = [0, 1, 2, 3]
    assertOver(model, {
      '(Intercept)': [0, 1, 3],
      age: all,
      'gene[GBA]': [0, 1, 3],
      'gene[LRRK2]': [0, 1, 3],
      'sex[m]': all
    })
    assert.ok(Math.abs((model.coefficients[2]?.estimate ?? 0) - 4) < 1)
    assert.deepEqual(markedIn(model), [[], [], ['(Intercept)', 'gene[GBA]'], []])
    assert.deepEqual(
      markedIn(linear('y ~ gene', [WITHOUT])),
      [[]],
      'of one institution alone there is nothing to compare'
    )
    assert.equal(model.df, null, 'of three institutions and of four')
    assert.equal(linear('y ~ gene + sex + age', [{}, {}, {}, {}]).df, 3)
    assert.equal(linear('y ~ gene', [{}, {}, WITHOUT, {}]).df, 2)
    assert.equal(
      model.note,
      'Not estimated by every institution: gene[LRRK2]. Not combined of s2, where they mean something else than their ' +
        'names say: (Intercept) includes gene[LRRK2]; gene[GBA] compares with gene[LRRK2].'
    )
  })

  test('with an interaction, what its levels compare with counts as well, and a slope of other people', () => {
    const crossed = linear('y ~ gene * sex + age', [{}, {}, WITHOUT, { sexes: ['m'] }])
    assertOver(crossed, {
      '(Intercept)': [0, 1],
      age: [0, 1, 2, 3],
      'gene[GBA]': [0, 1],
      'gene[LRRK2]': [0, 1],
      'sex[m]': [0, 1],
      'gene[GBA]:sex[m]': [0, 1],
      'gene[LRRK2]:sex[m]': [0, 1]
    })
    assert.match(crossed.note, /gene\[GBA\]:sex\[m\] compares with gene\[LRRK2\]:sex\[m\]/)
    assert.match(crossed.note, /of s3, .*: \(Intercept\) includes sex\[m\]; gene\[GBA\] includes gene\[GBA\]:sex\[m\]/)
    const slopes = linear('y ~ age * sex', [{}, {}, { sexes: ['m'] }, { sexes: ['f'] }])
    const women = [0, 1, 3]
    assertOver(slopes, { '(Intercept)': women, age: women, 'sex[m]': [0, 1], 'age:sex[m]': [0, 1] })
  })

  test('two levels that nobody has together change only what they are compared with', () => {
    const some: Made[] = [{}, {}, { without: ['GBA', 'm'] }, { without: ['GBA', 'f'] }]
    assertOver(linear('y ~ gene * sex', some), {
      '(Intercept)': [0, 1, 2, 3],
      'gene[GBA]': [0, 1, 2],
      'gene[LRRK2]': [0, 1, 2, 3],
      'sex[m]': [0, 1, 2, 3],
      'gene[GBA]:sex[m]': [0, 1],
      'gene[LRRK2]:sex[m]': [0, 1, 2, 3]
    })
  })

  test('where fewer than two institutions are left nothing is combined, and the note says so', () => {
    for (const sites of [
      [WITHOUT, WITHOUT, WITHOUT],
      [{}, WITHOUT, WITHOUT]
    ]) {
      const model = linear('y ~ gene + age', sites)
      assertOver(model, { '(Intercept)': [], age: [0, 1, 2], 'gene[GBA]': [], 'gene[LRRK2]': [] })
      assert.match(
        model.note,
        / Not combined, since fewer than two institutions are left: \(Intercept\), gene\[GBA\], gene\[LRRK2\]\./
      )
    }
  })

  test('an interval of two institutions out of more is said to be very wide', () => {
    assert.match(
      linear('y ~ gene + age', [{}, {}, WITHOUT]).note,
      / Of two institutions the interval of .* very wide: \(Intercept\), gene\[GBA\], gene\[LRRK2\]\.$/
    )
    assert.doesNotMatch(linear('y ~ gene + age', [{}, {}, WITHOUT, {}]).note, /very wide/)
  })

  test('a level that is missing but is no reference, and a model without an intercept, change nothing', () => {
    const rest = linear('y ~ gene + sex', [{}, {}, { genes: ['none', 'LRRK2'] }])
    const all = [0, 1, 2]
    assertOver(rest, { '(Intercept)': all, 'gene[GBA]': [0, 1], 'gene[LRRK2]': all, 'sex[m]': all })
    assert.doesNotMatch(rest.note, /something else/)
    const levels = linear('y ~ gene - 1', [{}, {}, WITHOUT])
    assertOver(levels, { 'gene[none]': [0, 1], 'gene[GBA]': all, 'gene[LRRK2]': all })
    assert.doesNotMatch(levels.note, /something else/)
  })

  test('it is so with an intercept of each person, for tables of counts, and for models in rounds', () => {
    const sites = [{}, {}, WITHOUT, {}].map((made, at) => rowsOf(at, made))
    const measure = measureOf('y ~ gene + sex', DECLARED, 'meta')
    const people = sites.map((rows) => partOfPeople(measure, rows, { person: 'person', declared: DECLARED }))
    const [others, all] = [
      [0, 1, 3],
      [0, 1, 2, 3]
    ] as const
    const wanted = { '(Intercept)': others, 'gene[GBA]': others, 'gene[LRRK2]': others, 'sex[m]': all }
    const said = /of s2, where .*: \(Intercept\) includes gene\[LRRK2\]; gene\[GBA\] compares with gene\[LRRK2\]\./
    for (const parts of [people, sites.map(tableOf), roundsOf(sites)]) {
      const model = fitModel(parts.map((gram, at) => ({ site: `s${at}`, gram })))
      assertOver(model, wanted)
      assert.match(model.note, said)
      assert.deepEqual(markedIn(model), [[], [], ['(Intercept)', 'gene[GBA]'], []])
    }
  })

  test('what is left is what R combines by restricted likelihood', { skip: !HAS_R }, () => {
    const model = linear('y ~ gene * sex + age', [{}, {}, WITHOUT, {}, {}, { sexes: ['m'] }])
    for (const [term, places] of [
      ['gene[GBA]', [0, 1, 3, 4]],
      ['sex[m]', [0, 1, 3, 4]],
      ['age', [0, 1, 2, 3, 4, 5]]
    ] as const) {
      const own = places.map((at) => model.sites?.[at]?.coefficients.find((one) => one.term === term))
      const wanted = knappOfR(
        own.map((one) => one?.estimate ?? Number.NaN),
        own.map((one) => one?.error ?? Number.NaN)
      )
      const found = model.coefficients.find((one) => one.term === term)
      const numbers = [found?.estimate, found?.error, ...(found?.interval ?? []), found?.p]
      for (const [i, number] of numbers.entries())
        assert.ok(Math.abs((number ?? Number.NaN) - (wanted[i] ?? 0)) < 1e-6, `${term} ${i}: ${number}, ${wanted[i]}`)
    }
  })
})

/** The table of people by gene, sex and outcome. */
function tableOf(rows: readonly ModelRow[]): GramPart {
  const measure = countMeasure('fell ~ gene + sex')
  const name = namesIn(measure)
  const cells = [...Map.groupBy(rows, ({ gene, sex }) => `${gene} ${sex}`)].map(([levels, own]) => ({
    levels: levels.split(' '),
    n: own.length,
    sum: String(own.filter(({ fell }) => fell === 'yes').length)
  }))
  const terms = measure.terms.map((term) => term.map(name))
  return { ...partOfCounts(measure, rows), table: { by: ['gene', 'sex'], terms, cells } }
}

/** The same people as in a round of a model whose terms are nevertheless categories. */
function roundsOf(sites: readonly (readonly ModelRow[])[]): GramPart[] {
  const measure = countMeasure('fell ~ gene + sex')
  return sites.map((rows) => {
    const is = (of: (row: ModelRow) => boolean) => Float64Array.from(rows, (row) => (of(row) ? 1 : 0))
    const columns = columnsOfModel(measure)
      .filter(({ number }) => number === undefined)
      .filter(({ name }) => name !== 'fell')
      .map(({ levels }) => is((row) => [...levels].every(([variable, level]) => row[variable.slice(2)] === level)))
    const outcome = is(({ fell }) => fell === 'yes')
    const own = ownRound({ family: 'binomial', columns, outcome })
    assert.ok(own !== undefined)
    return {
      ...partOfCounts(measure, rows),
      round: {
        fit: 'f'.repeat(64),
        roster: sites.map((_, at) => `s${at}`),
        round: 0,
        answers: '',
        epochs: [],
        total: String(outcome.reduce((sum, one) => sum + one, 0)),
        ...own.sums
      }
    }
  })
}

function countMeasure(formula: string) {
  const asked = { formula, site: 'meta', family: 'binomial', event: 'yes' }
  const call = { name: 'regression', variables: [], by: [], arguments: asked }
  const [measure] = planOfStatistic(call, descriptorOf(DECLARED)).measures
  assert.ok(measure?.kind === 'gram')
  return measure
}

function partOfCounts(measure: ReturnType<typeof countMeasure>, rows: readonly ModelRow[]): GramPart {
  const name = namesIn(measure)
  return {
    formula: formulaOf(measure),
    outcome: name(measure.outcome),
    factors: measure.factors.map(({ variable, levels }) => ({ name: name(variable), levels })),
    columns: columnsOfModel(measure).map((column) => ({ name: column.name, decimals: 0 })),
    intercept: true,
    n: rows.length,
    upper: [],
    site: measure.site,
    ...(measure.fit === undefined ? {} : { fit: { family: 'binomial', event: 'yes' } })
  }
}

/** Estimate, error, interval and p by restricted likelihood with Hartung and Knapp's interval, as computed by metafor's rma. */
function knappOfR(estimates: readonly number[], errors: readonly number[]): number[] {
  const script = `
y <- c(${estimates.join(',')}); v <- c(${errors.join(',')})^2; k <- length(y)
mean_of <- function(t) { w <- 1 / (v + t); sum(w * y) / sum(w) }
loss <- function(t) { w <- 1 / (v + t); 0.5 * sum(log(v + t)) + 0.5 * log(sum(w)) + 0.5 * sum(w * (y - mean_of(t))^2) }
t <- optimize(loss, c(0, 100 * (var(y) + max(v))), tol = 1e-12)$minimum
if (loss(0) <= loss(t)) t <- 0
w <- 1 / (v + t); m <- mean_of(t); s <- sqrt(sum(w * (y - m)^2) / (k - 1) / sum(w)); q <- qt(0.975, k - 1)
cat(sprintf("%.15g", c(m, s, m - q * s, m + q * s, 2 * pt(-abs(m / s), k - 1))))`
  const { stdout, stderr, status } = spawnSync('Rscript', ['-'], { input: script, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout.trim().split(/\s+/).map(Number)
}
