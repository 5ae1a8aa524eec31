import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { before, describe, test } from 'node:test'
import type { GramPart, ModelResult } from '@stimnet/protocol'
import { fitModel } from '../src/index.ts'
import { isModelPart } from '../src/models/fit.ts'
import { type Declared, measureOf, type ModelRow, partOf, partOfPeople, uniform } from './models-fixtures.ts'

/** Relative tolerance: R's own optimizer stops at about this precision. */
const CLOSE = 1e-6

function assertClose(found: number | null | undefined, wanted: number, what: string, close = CLOSE) {
  assert.ok(typeof found === 'number', `${what} is missing`)
  assert.ok(Math.abs(found - wanted) <= close * Math.max(Math.abs(wanted), 1e-3), `${what}: ${found}, not ${wanted}`)
}

/** sleepstudy of lme4: the reaction times of each person on ten days. */
const SLEEP: ModelRow[] = `
249.5600 258.7047 250.8006 321.4398 356.8519 414.6901 382.2038 290.1486 430.5853 466.3535
222.7339 205.2658 202.9778 204.7070 207.7161 215.9618 213.6303 217.7272 224.2957 237.3142
199.0539 194.3322 234.3200 232.8416 229.3074 220.4579 235.4208 255.7511 261.0125 247.5153
321.5426 300.4002 283.8565 285.1330 285.7973 297.5855 280.2396 318.2613 305.3495 354.0487
287.6079 285.0000 301.8206 320.1153 316.2773 293.3187 290.0750 334.8177 293.7469 371.5811
234.8606 242.8118 272.9613 309.7688 317.4629 309.9976 454.1619 346.8311 330.3003 253.8644
283.8424 289.5550 276.7693 299.8097 297.1710 338.1665 332.0265 348.8399 333.3600 362.0428
265.4731 276.2012 243.3647 254.6723 279.0244 284.1912 305.5248 331.5229 335.7469 377.2990
241.6083 273.9472 254.4907 270.8021 251.4519 254.6362 245.4523 235.3110 235.7541 237.2466
312.3666 313.8058 291.6112 346.1222 365.7324 391.8385 404.2601 416.6923 455.8643 458.9167
236.1032 230.3167 238.9256 254.9220 250.7103 269.7744 281.5648 308.1020 336.2806 351.6451
256.2968 243.4543 256.2046 255.5271 268.9165 329.7247 379.4445 362.9184 394.4872 389.0527
250.5265 300.0576 269.8939 280.5891 271.8274 304.6336 287.7466 266.5955 321.5418 347.5655
221.6771 298.1939 326.8785 346.8555 348.7402 352.8287 354.4266 360.4326 375.6406 388.5417
271.9235 268.4369 257.2424 277.6566 314.8222 317.2135 298.1353 348.1229 340.2800 366.5131
225.2640 234.5235 238.9008 240.4730 267.5373 344.1937 281.1481 347.5855 365.1630 372.2288
269.8804 272.4428 277.8989 281.7895 279.1705 284.5120 259.2658 304.6306 350.7807 369.4692
269.4117 273.4740 297.5968 310.6316 287.1726 329.6076 334.4818 343.2199 369.1417 364.1236`
  .trim()
  .split('\n')
  .flatMap((line, person) => line.split(' ').map((value, days) => ({ person, days, reaction: Number(value) })))
const SLEEP_DECLARED: Declared = { days: 0, reaction: 4 }

/** A study in which people have one to seven visits and institutions differ. Some outcomes are far from their person's mean. */
function made(seed: number, people: number, sites: number): ModelRow[] {
  const next = uniform(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
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
