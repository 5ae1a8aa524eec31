import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { before, describe, test } from 'node:test'
import type { GramPart, ModelResult } from '@stimnet/protocol'
import { fitModel } from '../src/index.ts'
import { isModelPart } from '../src/models/fit.ts'
import {
  assertClose,
  CLOSE,
  type Declared,
  measureOfRows,
  type ModelRow,
  partOfVisits,
  SLEEP,
  uniform
} from './models-fixtures.ts'
import { normalFrom } from '../../../test/chance.ts'

const DAYS = Array.from({ length: 10 }, (_, day) => String(day))
const SLEEP_DECLARED: Declared = { days: DAYS, reaction: 4 }
const NIGHTS = SLEEP.map((row) => ({ ...row, days: String(row.days) }))

const MONTHS = ['0', '1.5', '6', '12', '24']

/** A study over months with an intercept and a line of each person; many miss visits or drop out, and institutions differ. */
function made(seed: number, people: number, sites: number): ModelRow[] {
  const next = uniform(seed)
  const normal = normalFrom(next)
  const own = Array.from({ length: sites }, () => 3 * normal())
  return Array.from({ length: people }, (_, person) => {
    const site = Math.floor(next() * sites)
    const arm = next() < 0.4 ? 'a' : next() < 0.5 ? 'b' : 'c'
    const first = normal()
    const [intercept, slope] = [4 * first + (own[site] ?? 0), 0.25 * (-0.4 * first + normal())]
    const last = next() < 0.3 ? 1 + Math.floor(next() * MONTHS.length) : MONTHS.length
    return MONTHS.slice(0, last).flatMap((month, at) => {
      if (at > 0 && next() < 0.12) return []
      const time = Number(month)
      const dose = Math.round(Math.exp(1 + 0.5 * normal()) * 10) / 10
      const y = 30 + intercept + (slope - (arm === 'a' ? 0 : 0.15)) * time + 0.4 * dose + 2.5 * normal()
      return [{ person, site, arm, month, dose, y: Math.round(y * 100) / 100 }]
    })
  }).flat()
}

const MADE: Declared = { month: MONTHS, dose: 1, arm: ['a', 'b', 'c'], y: 2 }

type SiteOf = (row: ModelRow) => number

interface Asked {
  readonly formula: string
  readonly rows: readonly ModelRow[]
  readonly declared?: Declared
  readonly siteOf?: SiteOf
  readonly site?: 'none' | 'fixed' | 'meta'
  readonly likelihood?: string
}

function partsOf({ formula, rows, declared = MADE, siteOf = () => 0, site = 'none', likelihood }: Asked) {
  const measure = measureOfRows(formula, declared, { site, ...(likelihood === undefined ? {} : { likelihood }) })
  const time = measure.random?.slope?.variable.slice(2) ?? ''
  return [...Map.groupBy(rows, siteOf)]
    .sort(([a], [b]) => a - b)
    .map(([name, own]) => ({ site: `${name}`, gram: partOfVisits(measure, own, { person: 'person', time, declared }) }))
}

const fitOf = (asked: Asked): ModelResult => fitModel(partsOf(asked))

/** Of the sites: evenly, and by a number of the person. */
const SPLITS: readonly SiteOf[] = [({ person }) => Number(person) % 3, ({ person }) => (Number(person) < 9 ? 0 : 1)]

describe('A random slope of each person', () => {
  test('the reaction times of lme4, however people lie at the institutions', () => {
    // lmer(Reaction ~ Days + (Days | Subject), sleepstudy), with steps as small as below.
    const wanted = { estimates: [251.405104848, 10.4672859596], errors: [6.82455577628, 1.54578893243] }
    for (const siteOf of [() => 0, ...SPLITS]) {
      for (const effects of ['days', '1 + days']) {
        const formula = `reaction ~ days + (${effects} | subject)`
        const fit = fitOf({ formula, rows: NIGHTS, declared: SLEEP_DECLARED, siteOf })
        for (const [at, { estimate, error }] of fit.coefficients.entries()) {
          assertClose(estimate, wanted.estimates[at] ?? 0, `estimate ${at}`)
          assertClose(error, wanted.errors[at] ?? 0, `error ${at}`)
        }
        const { random } = fit
        assertClose(random?.sigma2, 654.941040682, 'variance within')
        assertClose(random?.tau2, 612.089748275, 'variance of intercepts')
        assertClose(random?.slope?.tau2, 35.0716623442, 'variance of slopes')
        assertClose(random?.slope?.correlation, 9.60433547476 / Math.sqrt(612.089748275 * 35.0716623442), 'correlation')
        assertClose(fit.log_likelihood, -871.814135979, 'log-likelihood')
        assert.deepEqual([fit.kind, fit.n, random?.groups, random?.icc], ['mixed', 180, 18, undefined])
        assert.equal(fit.formula, 'reaction ~ days + (1 + days | subject)')
      }
    }
  })

  test('a singular fit is named, as lme4 names it', () => {
    const declared: Declared = { month: ['0', '1', '2', '3'], y: 2 }
    const lines = (seed: number, slope: number) => {
      const next = uniform(seed)
      return Array.from({ length: 60 }, (_, person) => {
        const own = 10 * next()
        return ['0', '1', '2', '3'].map((month) => ({
          ...{ person, month },
          y: Math.round(100 * (40 + own * (1 + slope * Number(month)) + 4 * (next() - 0.5))) / 100
        }))
      }).flat()
    }
    for (const seed of [2, 3, 4, 6]) {
      const fit = fitOf({ formula: 'y ~ month + (1 + month | subject)', rows: lines(seed, 0.5), declared })
      assert.equal(fit.random?.singular, true)
      assertClose(fit.random?.slope?.correlation, 1, 'correlation')
      assert.match(fit.note, /Singular fit.*take \(1 \| subject\)/)
      const flat = fitOf({ formula: 'y ~ month + (1 + month || subject)', rows: lines(seed, 0), declared })
      assert.deepEqual([flat.random?.singular, flat.random?.slope?.tau2], [true, 0])
      assert.equal(flat.random?.slope?.correlation, null)
    }
    const fit = fitOf({ formula: 'y ~ month + (1 + month | subject)', rows: lines(1, 0.5), declared })
    assert.equal(fit.random?.singular, undefined)
    assert.doesNotMatch(fit.note, /Singular/)
  })

  test('without a correlation it says that the origin of time matters, unless zero is within the visits', () => {
    const about = (by: number) => NIGHTS.map((row: ModelRow) => ({ ...row, days: `${Number(row.days) - by}` }))
    const fitAbout = (by: number, bar: string, site: 'none' | 'meta' = 'none') => {
      const rows = about(by)
      const days = [...new Set(rows.map((row) => String(row.days)))]
      const formula = `reaction ~ days + (1 + days ${bar} subject)`
      const declared: Declared = { ...SLEEP_DECLARED, days }
      return fitOf({ formula, rows, declared, site, siteOf: ({ person }) => Number(person) % 2 })
    }
    const said = /taken to be zero where days is 0, which is not between .* \(0, 1, .*, 9\).*such as -4, -3, .*, 5\./
    assert.match(fitAbout(0, '||').note, said)
    assert.match(fitAbout(0, '||', 'meta').note, said)
    for (const fit of [fitAbout(4, '||'), fitAbout(0, '|')]) assert.doesNotMatch(fit.note, /taken to be zero/)
    // What the note says: uncorrelated at another time is another model, correlated is the same one.
    const likelihoods = (bar: string) => [0, 4].map((by) => fitAbout(by, bar).log_likelihood ?? 0)
    const [apart = 0, apartAbout4 = 0] = likelihoods('||')
    assert.ok(Math.abs(apart - apartAbout4) > 0.1, `${apart} and ${apartAbout4}`)
    const [both = 0, bothAbout4 = 0] = likelihoods('|')
    assertClose(both, bothAbout4, 'log-likelihood')
  })

  test('no fit, and what to do, where nobody has three visits or rows have no error', () => {
    const twice = NIGHTS.filter(({ days }) => Number(days) < 2)
    const lines = NIGHTS.map((row: ModelRow) => ({ ...row, reaction: Number(row.person) * Number(row.days) }))
    for (const rows of [twice, lines]) {
      const fit = fitOf({ formula: 'reaction ~ days + (1 + days | subject)', rows, declared: SLEEP_DECLARED })
      assert.deepEqual([fit.coefficients[0]?.estimate, fit.random, fit.aic], [null, undefined, null])
      assert.match(fit.note, /No fit.*three visits or more: take \(1 \| subject\)/)
    }
  })

  test('what cannot be sums of people at visits is no part of a model', () => {
    const [one] = partsOf({ formula: 'y ~ month * arm + (1 + month | subject)', rows: made(4, 60, 1) })
    assert.ok(one !== undefined && isModelPart(one.gram))
    const { gram } = one
    const { clusters } = gram
    assert.ok(clusters !== undefined)
    const [first, ...others] = clusters.sizes
    assert.ok(first !== undefined)
    const lying = (own: Partial<typeof first>): GramPart => ({
      ...gram,
      clusters: { ...clusters, sizes: [{ ...first, ...own }, ...others] }
    })
    const { visits: _, ...unvisited } = first
    const parts: [what: string, part: GramPart][] = [
      ['a set of visits twice', { ...gram, clusters: { ...clusters, sizes: [first, first, ...others] } }],
      ['no visits', { ...gram, clusters: { ...clusters, sizes: [unvisited, ...others] } }],
      ['visits out of order', lying({ visits: [...(first.visits ?? [])].reverse() })],
      ['other visits than rows', lying({ visits: [0] })],
      ['a visit that there is not', lying({ visits: (first.visits ?? []).map((at) => at + 1) })],
      ['another time', { ...gram, clusters: { ...clusters, time: 'arm' } }],
      ['no time', { ...gram, clusters: { left_out: 0, sizes: clusters.sizes } }],
      ['totals of no people', lying({ totals: first.totals.map((sum, i) => (i === 1 ? `${BigInt(sum) * 9n}` : sum)) })],
      ['too few totals', lying({ totals: first.totals.slice(1) })]
    ]
    for (const [what, part] of parts) assert.equal(isModelPart(part), false, what)
  })

  test('institutions are pooled by the names of their times: with other levels it is another model', () => {
    const formula = 'y ~ month + (1 + month | subject)'
    const meta = fitOf({ formula, rows: made(6, 300, 1), siteOf: SPLITS[0] ?? (() => 0), site: 'meta' })
    assert.equal(meta.sites?.length, 3)
    assert.ok(meta.coefficients.every(({ between }) => between !== undefined))
  })
})

describe('The formula of a random slope', () => {
  const faults: [formula: string, why: RegExp][] = [
    ['y ~ month + (1 + dose | subject)', /character 18, "dose": t\.dose is no time of visits.*levels are all numbers/],
    ['y ~ month + (1 + arm | subject)', /t\.arm is no time of visits/],
    ['y ~ month + (1 + month + dose | subject)', /character 24, "\+": before \| there is 1.*no more random terms/],
    ['y ~ month + (1 + month | subject) + (1 | subject)', /one random intercept can be in a model, with one slope/],
    ['y ~ month + (1 + month | site)', /a random slope is of each person/],
    ['y ~ month + (0 + month | subject)', /before \| there is 1/],
    ['y ~ month + (1 + | subject)', /before \| there is 1/],
    ['y ~ month + (1 + month | subject', /and \) after it/],
    ['y ~ month + (1 + half | subject)', /t\.half has 2 visits.*take \(1 \| subject\)/],
    ['y ~ month - 1 + (1 + month | subject)', /needs the intercept/]
  ]
  test('says what is wrong, where, and what to ask instead', () => {
    const declared: Declared = { ...MADE, half: ['0', '6'] }
    for (const [formula, why] of faults) assert.throws(() => measureOfRows(formula, declared), why, formula)
    assert.throws(() => measureOfRows('y ~ dose', MADE, { likelihood: 'ml' }), /likelihood: ml is of a model with/)
    assert.throws(() => measureOfRows('y ~ (1 | subject)', MADE, { likelihood: 'mle' }), /likelihood: reml or ml/)
    const same = ['y ~ arm * month + (month | subject)', 'y ~ (1+month|subject) + month:arm + arm + month']
    const [one, other] = same.map((formula) => measureOfRows(formula, MADE))
    assert.deepEqual(one, other)
  })
})

interface AskedOfR {
  readonly rows: readonly ModelRow[]
  readonly formula: string
  readonly isMl: boolean
}

interface ModelOfR {
  readonly terms: Readonly<Record<string, readonly [estimate: number, error: number]>>
  readonly numbers: readonly number[]
}

/** What lmer says, in one process: estimates and errors, and both variances, their correlation, the one within and the likelihood. */
function lmerOf(asked: readonly AskedOfR[]): ModelOfR[] {
  const fits = asked.map(({ rows, formula, isMl }) => {
    const names = Object.keys(rows[0] ?? {})
    const text = [names.join(','), ...rows.map((row) => names.map((name) => row[name]).join(','))].join('\n')
    return `fit(read.csv(text = "${text}", stringsAsFactors = TRUE), "${formula}", ${isMl ? 'FALSE' : 'TRUE'})`
  })
  const script = `suppressMessages(library(lme4))
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-13, maxfun = 1e5), calc.derivs = FALSE, check.conv.singular = "ignore")
fit <- function(d, f, reml) {
  m <- lmer(as.formula(f), d, REML = reml, control = control)
  m <- update(m, start = getME(m, "theta"))
  b <- fixef(m); s <- sqrt(diag(as.matrix(vcov(m)))); v <- as.data.frame(VarCorr(m))
  own <- v[is.na(v$var2) & v$grp != "Residual", "vcov"]; r <- v[!is.na(v$var2), "sdcor"]; if (length(r) == 0) r <- NA
  for (n in names(b)) cat("C", n, sprintf("%.17g %.17g", b[[n]], s[[n]]), "\\n")
  cat("V", sprintf("%.17g", c(own, r, sigma(m)^2, as.numeric(logLik(m)))), "\\n") }
${fits.join('\n')}`
  const { stdout, stderr, status } = spawnSync('Rscript', ['-'], { input: script, encoding: 'utf8' })
  if (status !== 0) throw new Error(`R failed: ${stderr}`)
  const models: ModelOfR[] = []
  let terms: ModelOfR['terms'] = {}
  for (const line of stdout.trim().split('\n')) {
    const [kind, ...rest] = line.trim().split(' ')
    if (kind === 'C') terms = { ...terms, [termOf(rest[0] ?? '')]: [Number(rest[1]), Number(rest[2])] }
    else {
      models.push({ terms, numbers: rest.map(Number) })
      terms = {}
    }
  }
  return models
}

function termOf(name: string): string {
  return name
    .replaceAll(/\[(.*?)\]/g, '$1')
    .replace('factor(site)', 'site')
    .split(':')
    .sort()
    .join(':')
}

const HAS_LME4 = spawnSync('Rscript', ['-e', 'stopifnot(nzchar(system.file(package = "lme4")))']).status === 0

describe('Random slopes beside lmer', { skip: HAS_LME4 ? false : 'lme4 of R is not installed' }, () => {
  const site: SiteOf = (row) => Number(row.site)
  const uneven: SiteOf = ({ dose, person }) => (Number(person) % 17 < 2 ? 2 : Number(dose) < 0 ? 1 : 0)
  const studies = [made(3, 240, 4), made(8, 600, 3)]
  const formulas = [
    ['y ~ month * arm + (1 + month | subject)', 'y ~ month * arm + (1 + month | person)'],
    ['y ~ month + arm + dose + (1 + month || subject)', 'y ~ month + arm + dose + (1 + month || person)'],
    ['y ~ arm + (month | subject)', 'y ~ arm + (month | person)']
  ] as const
  const cases = studies.flatMap((rows) =>
    formulas.flatMap(([formula, ofR]) => [false, true].map((isMl) => ({ rows, formula, ofR, isMl })))
  )
  const fixed = { rows: studies[0] ?? [], ofR: 'y ~ factor(site) + month + dose + (1 + month | person)', isMl: false }
  let wanted: ModelOfR[]
  before(() => {
    wanted = lmerOf([...cases, fixed].map(({ rows, ofR, isMl }) => ({ rows, formula: ofR, isMl })))
  })

  function assertAsR(fit: ModelResult, of: ModelOfR | undefined, what: string) {
    assert.ok(of !== undefined)
    const found = Object.fromEntries(fit.coefficients.map((one) => [termOf(one.term), one]))
    assert.deepEqual(Object.keys(found).sort(), Object.keys(of.terms).sort(), what)
    for (const [name, [estimate, error]] of Object.entries(of.terms)) {
      // A coefficient near zero is known to a part of its standard error.
      const scale = Math.max(1, error / Math.abs(estimate))
      assertClose(found[name]?.estimate, estimate, `${what}: ${name}`, CLOSE * scale)
      assertClose(found[name]?.error, error, `${what}: error of ${name}`)
    }
    const [intercepts = 0, slopes = 0, correlation = 0, within = 0, likelihood = 0] = of.numbers
    assertClose(Math.sqrt(fit.random?.tau2 ?? 0), Math.sqrt(intercepts), `${what}: sd of intercepts`)
    assertClose(Math.sqrt(fit.random?.slope?.tau2 ?? 0), Math.sqrt(slopes), `${what}: sd of slopes`)
    if (fit.random?.slope?.correlated) assertClose(fit.random.slope.correlation, correlation, `${what}: correlation`)
    assertClose(fit.random?.sigma2, within, `${what}: variance within`)
    assertClose(fit.log_likelihood, likelihood, `${what}: likelihood`)
  }

  test('studies with drop-outs, split evenly and unevenly over institutions, restricted or not, correlated or not', () => {
    for (const [at, { rows, formula, isMl }] of cases.entries()) {
      for (const siteOf of [site, ...SPLITS, uneven]) {
        const fit = fitOf({ formula, rows, siteOf, ...(isMl ? { likelihood: 'ml' } : {}) })
        assertAsR(fit, wanted[at], `${at} ${formula}${isMl ? ' ml' : ''}`)
        assert.equal(fit.random?.likelihood, isMl ? 'ml' : undefined)
      }
    }
  })

  test('with the institution as a factor', () => {
    const fit = fitOf({
      ...{ formula: 'y ~ month + dose + (1 + month | subject)', rows: fixed.rows },
      ...{ siteOf: site, site: 'fixed' }
    })
    assertAsR(fit, wanted.at(-1), 'factor')
  })
})
