import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { before, describe, test } from 'node:test'
import type { GramPart, ModelResult } from '@stimnet/protocol'
import { fitModel } from '../src/index.ts'
import { isModelPart } from '../src/models/fit.ts'
import {
  assertClose,
  type Declared,
  measureOf,
  type ModelRow,
  partOf,
  partOfPeople,
  SLEEP,
  uniform
} from './models-fixtures.ts'
import { normalFrom } from '../../../test/chance.ts'

const SLEEP_DECLARED: Declared = { days: 0, reaction: 4 }

/** A study in which people have one to seven visits and institutions differ. Some outcomes are far from their person's mean. */
function made(seed: number, people: number, sites: number): ModelRow[] {
  const next = uniform(seed)
  const normal = normalFrom(next)
  const own = Array.from({ length: sites }, () => 3 * normal())
  return Array.from({ length: people }, (_, person) => {
    const site = Math.floor(next() * sites)
    const arm = next() < 0.4 ? 'a' : next() < 0.5 ? 'b' : 'c'
    const intercept = 4 * normal() + (own[site] ?? 0)
    return Array.from({ length: 1 + Math.floor(next() * 7) }, (__, visit) => {
      const dose = Math.round(Math.exp(1 + 0.5 * normal()) * 10) / 10
      const y = 30 + intercept + 0.7 * visit + 0.4 * dose + (arm === 'a' ? 0 : 2 + 0.3 * visit) + 2.5 * normal()
      return { person, site, arm, visit, dose, y: Math.round(y * 100) / 100 }
    })
  }).flat()
}

const MADE: Declared = { visit: 0, dose: 1, arm: ['a', 'b', 'c'], y: 2 }

type SiteOf = (row: ModelRow) => number
type Effects = 'none' | 'fixed' | 'random' | 'meta'

function bySite(rows: readonly ModelRow[], siteOf: SiteOf): [string, ModelRow[]][] {
  return [...Map.groupBy(rows, siteOf)].sort(([a], [b]) => a - b).map(([site, own]) => [`${site}`, own])
}

function ofPeople(formula: string, rows: readonly ModelRow[], declared: Declared, siteOf: SiteOf, site: Effects) {
  const measure = measureOf(formula, declared, site)
  return fitModel(
    bySite(rows, siteOf).map(([name, own]) => ({
      site: name,
      gram: partOfPeople(measure, own, { person: 'person', declared })
    }))
  )
}

function ofSites(formula: string, rows: readonly ModelRow[], declared: Declared, siteOf: SiteOf) {
  const measure = measureOf(formula, declared, 'random')
  return fitModel(bySite(rows, siteOf).map(([site, own]) => ({ site, gram: partOf(measure, own, declared) })))
}

/** Assignments of rows to sites, from the column `person`: evenly, and by the person's number. */
const SPLITS: readonly SiteOf[] = [({ person }) => Number(person) % 3, ({ person }) => (Number(person) < 5 ? 0 : 1)]

describe('A random intercept of each person', () => {
  test('the reaction times of lme4, however people lie at the institutions', () => {
    // lmer(Reaction ~ Days + (1 | Subject), sleepstudy)
    const wanted = { estimates: [251.405104848, 10.4672859596], errors: [9.74671626921, 0.804221428945] }
    for (const siteOf of [() => 0, ...SPLITS]) {
      const fit = ofPeople('reaction ~ days', SLEEP, SLEEP_DECLARED, siteOf, 'none')
      for (const [at, { estimate, error }] of fit.coefficients.entries()) {
        assertClose(estimate, wanted.estimates[at] ?? 0, `estimate ${at}`)
        assertClose(error, wanted.errors[at] ?? 0, `error ${at}`)
      }
      assertClose(fit.random?.sigma2, 960.45657856, 'variance within')
      assertClose(fit.random?.tau2, 1378.17851381, 'variance between')
      assertClose(fit.log_likelihood, -893.232542697, 'log-likelihood')
      assertClose(fit.random?.icc, 1378.17851381 / (1378.17851381 + 960.45657856), 'ICC')
      assert.deepEqual([fit.kind, fit.n, fit.random?.groups], ['mixed', 180, 18])
    }
  })

  test('no fit, and a note, where no person has a second row or rows of a person do not differ', () => {
    const once = SLEEP.filter(({ days }) => days === 3)
    const alike = SLEEP.map((row) => ({ ...row, reaction: Number(row.person) ** 2 }))
    for (const [rows, formula] of [
      [once, 'reaction ~ 1'],
      [alike, 'reaction ~ 1']
    ] as const) {
      const fit = ofPeople(formula, rows, SLEEP_DECLARED, () => 0, 'none')
      assert.deepEqual([fit.coefficients[0]?.estimate, fit.random, fit.aic], [null, undefined, null])
      assert.match(fit.note, /No fit/)
    }
  })

  test('no variance between people is estimated where they differ less than their rows let expect', () => {
    const rows = SLEEP.map((row, at) => ({ ...row, reaction: (at * 7) % 10 }))
    const fit = ofPeople('reaction ~ 1', rows, SLEEP_DECLARED, () => 0, 'none')
    assert.equal(fit.random?.tau2, 0)
    assert.match(fit.note, /No variance between the people/)
  })

  test('the note says what share of the rows was left out, where each institution that left some out tells it', () => {
    const measure = measureOf('reaction ~ days', SLEEP_DECLARED)
    const part = partOfPeople(measure, SLEEP.slice(0, 175), { person: 'person', declared: SLEEP_DECLARED })
    const { sizes = [] } = part.clusters ?? {}
    const leaving = (left_out: number, rows?: number): GramPart => ({
      ...part,
      clusters: { left_out, sizes, ...(rows === undefined ? {} : { rows }) }
    })
    const fitted = (...grams: GramPart[]) => fitModel(grams.map((gram, i) => ({ site: `s${i}`, gram })))
    const both = fitted(leaving(1, part.n + 15), leaving(0))
    assert.deepEqual([both.random?.left_out, both.random?.left_out_rows], [1, 15])
    assert.match(
      both.note,
      /groups of too few people are left out, here 1 group: 15 of 365 rows \(4\.1 %\)\. Where only a few/
    )
    const silent = fitted(leaving(1, part.n + 15), leaving(2))
    assert.deepEqual([silent.random?.left_out, silent.random?.left_out_rows], [3, undefined])
    assert.match(silent.note, /left out, here 3 groups; not every institution says how many rows these are\./)
    assert.doesNotMatch(fitted(leaving(0), leaving(0)).note, /Left out/)
  })

  test('a site that sends sums of no people is noticed', () => {
    const measure = measureOf('reaction ~ days', SLEEP_DECLARED)
    const part = partOfPeople(measure, SLEEP.slice(0, 175), { person: 'person', declared: SLEEP_DECLARED })
    assert.ok(isModelPart(part))
    const [first, ...others] = part.clusters?.sizes ?? []
    assert.ok(first !== undefined && others.length === 1)
    const of = (own: Partial<typeof first>): GramPart => ({
      ...part,
      clusters: { left_out: 0, sizes: [{ ...first, ...own }, ...others] }
    })
    const changed = (list: readonly string[], at: number, by: bigint) =>
      list.map((value, i) => (i === at ? String(BigInt(value) + by) : value))
    const lies: [string, GramPart][] = [
      ['another number of people', of({ people: first.people + 1 })],
      ['another size', of({ size: first.size + 1 })],
      ['a size twice', { ...part, clusters: { left_out: 0, sizes: [first, first] } }],
      ['rows that are not in the whole', of({ within: changed(first.within, 5, 1n) })],
      ['totals that vary more than their rows', of({ totals: changed(first.totals, 5, 10n ** 17n) })],
      ['a square below zero', of({ totals: changed(first.totals, 3, -(10n ** 9n)) })],
      ['too few sums', of({ totals: first.totals.slice(1) })]
    ]
    const { sizes = [] } = part.clusters ?? {}
    const rowsOf = (left_out: number, rows: number): GramPart => ({ ...part, clusters: { left_out, rows, sizes } })
    assert.ok(isModelPart(rowsOf(1, part.n + 1)))
    lies.push(['no row was left out with people', rowsOf(1, part.n)], ['rows of nobody', rowsOf(0, part.n + 1)])
    for (const [what, lie] of lies) assert.ok(!isModelPart(lie), what)
  })
})

/** Models that R fits to one data frame. */
interface AskedOfR {
  readonly rows: readonly ModelRow[]
  readonly formulas: readonly string[]
}

/** The results of lmer, and the data set ChickWeight of R as text: all in one process, because loading lme4 takes seconds. */
function lmerOf(asked: readonly AskedOfR[]): { readonly models: readonly ModelOfR[]; readonly chicks: string } {
  const fits = asked.map(({ rows, formulas }) => {
    const names = Object.keys(rows[0] ?? {})
    const text = [names.join(','), ...rows.map((row) => names.map((name) => row[name]).join(','))].join('\n')
    const of = formulas.map((one) => `"${one}"`).join(',')
    return `fit(read.csv(text = "${text}", stringsAsFactors = TRUE), c(${of}))`
  })
  const script = `suppressMessages(library(lme4))
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12), calc.derivs = FALSE)
fit <- function(d, formulas) for (f in formulas) {
  m <- lmer(as.formula(f), d, control = control); b <- fixef(m); s <- sqrt(diag(as.matrix(vcov(m)))); v <- as.data.frame(VarCorr(m))$vcov
  for (n in names(b)) cat("C", n, sprintf("%.17g %.17g", b[[n]], s[[n]]), "\\n")
  cat("V", sprintf("%.17g %.17g %.17g", v[1], v[2], as.numeric(logLik(m))), "\\n") }
${fits.join('\n')}
d <- as.data.frame(ChickWeight); d$Chick <- factor(d$Chick, ordered = FALSE); fit(d, "weight ~ Time * Diet + (1 | Chick)")
write.csv(d, row.names = FALSE)`
  const { stdout, stderr, status } = spawnSync('Rscript', ['-'], { input: script, encoding: 'utf8' })
  if (status !== 0) throw new Error(`R failed: ${stderr}`)
  const models: ModelOfR[] = []
  let terms: ModelOfR['terms'] = {}
  const [told = '', chicks = ''] = stdout.split('"weight"')
  for (const line of told.trim().split('\n')) {
    const [kind, ...rest] = line.trim().split(' ')
    if (kind === 'C') terms = { ...terms, [termOf(rest[0] ?? '')]: [Number(rest[1]), Number(rest[2])] }
    else {
      models.push({ terms, tau2: Number(rest[0]), sigma2: Number(rest[1]), likelihood: Number(rest[2]) })
      terms = {}
    }
  }
  return { models, chicks }
}

interface ModelOfR {
  readonly terms: Readonly<Record<string, readonly [estimate: number, error: number]>>
  readonly tau2: number
  readonly sigma2: number
  readonly likelihood: number
}

function termOf(name: string): string {
  return name
    .replaceAll(/\[(.*?)\]/g, '$1')
    .split(':')
    .sort()
    .join(':')
}

function assertAsR(fit: ModelResult, wanted: ModelOfR | undefined, what: string) {
  assert.ok(wanted !== undefined)
  const found = Object.fromEntries(fit.coefficients.map((one) => [termOf(one.term), one]))
  assert.deepEqual(Object.keys(found).sort(), Object.keys(wanted.terms).sort(), what)
  for (const [name, [estimate, error]] of Object.entries(wanted.terms)) {
    assertClose(found[name]?.estimate, estimate, `${what}: ${name}`)
    assertClose(found[name]?.error, error, `${what}: error of ${name}`)
  }
  assertClose(fit.random?.tau2, wanted.tau2, `${what}: variance between`)
  assertClose(fit.random?.sigma2, wanted.sigma2, `${what}: variance within`)
  assertClose(fit.log_likelihood, wanted.likelihood, `${what}: likelihood`)
}

const HAS_LME4 = spawnSync('Rscript', ['-e', 'stopifnot(nzchar(system.file(package = "lme4")))']).status === 0

describe('Random intercepts beside lmer', { skip: HAS_LME4 ? false : 'lme4 of R is not installed' }, () => {
  const [visits, institutions] = [made(3, 240, 4), made(8, 400, 12)]
  const site: SiteOf = (row) => Number(row.site)
  let ofR: ReturnType<typeof lmerOf>
  before(() => {
    const formulas = ['y ~ visit * arm + dose + (1 | person)', 'y ~ factor(site) + visit + dose + (1 | person)']
    ofR = lmerOf([
      { rows: visits, formulas },
      { rows: institutions, formulas: ['y ~ visit + arm + dose + (1 | site)'] }
    ])
  })

  test('people with one to seven visits, over institutions as one sample and as a factor', () => {
    for (const siteOf of [site, ...SPLITS])
      assertAsR(ofPeople('y ~ visit * arm + dose', visits, MADE, siteOf, 'none'), ofR.models[0], 'one sample')
    const fixed = ofPeople('y ~ visit + dose', visits, MADE, site, 'fixed')
    const named = fixed.coefficients.map((one) => ({ ...one, term: one.term.replace('site[', 'factor(site)[') }))
    assertAsR({ ...fixed, coefficients: named }, ofR.models[1], 'factor')
  })

  test('an intercept of each institution, from the matrices of a linear regression alone', () => {
    const fit = ofSites('y ~ visit + arm + dose', institutions, MADE, site)
    assertAsR(fit, ofR.models[2], 'sites')
    assert.deepEqual([fit.kind, fit.site, fit.random?.by, fit.random?.groups], ['mixed', 'random', 'site', 12])
    assert.equal(fit.sites?.length, 12)
  })

  test('the weights of the chicks of R, five of which were weighed less often than all others', () => {
    const rows = ofR.chicks
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.replaceAll('"', '').split(','))
      .map(([weight, time, person, diet]) => ({
        ...{ weight: Number(weight), Time: Number(time), person: person ?? '', Diet: diet ?? '' }
      }))
    const declared: Declared = { weight: 0, Time: 0, Diet: ['1', '2', '3', '4'] }
    const fit = ofPeople('weight ~ Time * Diet', rows, declared, ({ person }) => Number(person) % 4, 'none')
    assertAsR(fit, ofR.models[3], 'chicks')
    assertClose(fit.random?.sigma2, 643.307667534, 'variance within')
    assertClose(fit.log_likelihood, -2733.4523462, 'likelihood')
  })
})
