import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { ModelResult } from '@stimnet/protocol'
import { fitModel, modelRuledOut, planOfStatistic } from '../../src/index.ts'
import { unlikeAsked } from '../../src/models/answers.ts'
import { isModelPart } from '../../src/models/fit.ts'
import { decimalText } from '../../src/models/rounds/decimal.ts'
import { type Declared, descriptorOf, HAS_R, type ModelRow, uniform } from '../models-fixtures.ts'
import { fitsOf, partIn, PEERS, roundMeasure } from './fixtures.ts'

const DECLARED: Declared = { age: 0, dose: 1, days: 0, arm: ['a', 'b', 'c'], died: ['no', 'yes'] }
const ASKED = { formula: 'died ~ age + dose + arm', family: 'cox', time: 'days' }
const TERMS = ['age', 'arm[b]', 'arm[c]', 'dose']

/** Made-up people: the hazard of each institution is another one, a third leave before the event, and days are tied. */
function studyOf(seed: number, size: number, site: number): ModelRow[] {
  const chance = uniform(seed)
  return Array.from({ length: size }, () => {
    const age = 40 + Math.floor(chance() * 40)
    const dose = Math.round(chance() * 80) / 10
    const arm = ['a', 'b', 'c'][Math.floor(chance() * 3)] ?? 'a'
    const hazard = 0.002 * (1 + site) * Math.exp(0.04 * (age - 60) - 0.15 * dose + (arm === 'c' ? 0.7 : 0))
    const event = Math.ceil(-Math.log(1 - chance()) / hazard)
    const leaving = Math.ceil(chance() * 700)
    return { age, dose, arm, days: Math.min(event, leaving), died: event <= leaving ? 'yes' : 'no' }
  })
}

const STUDY = [150, 220, 180].map((size, site) => studyOf(31 + site, size, site))

/** Newton's steps with the sums over everybody at risk at each event, as the partial likelihood is defined; Breslow's method for ties. */
function hazardsOf(sites: readonly (readonly ModelRow[])[]): Readonly<Record<string, readonly [number, number]>> {
  const lineOf = ({ age, arm, dose }: ModelRow) => [Number(age), arm === 'b' ? 1 : 0, arm === 'c' ? 1 : 0, Number(dose)]
  let estimates = [0, 0, 0, 0]
  let inverse: number[][] = []
  for (let step = 0; step < 12; step++) {
    const score = estimates.map(() => 0)
    const information = estimates.map(() => estimates.map(() => 0))
    for (const rows of sites) {
      for (const one of rows.filter(({ died }) => died === 'yes')) {
        const atRisk = rows.filter(({ days }) => Number(days) >= Number(one.days)).map(lineOf)
        const weights = atRisk.map((line) => Math.exp(line.reduce((sum, x, i) => sum + x * (estimates[i] ?? 0), 0)))
        const sum = weights.reduce((a, b) => a + b, 0)
        const mean = estimates.map(
          (_, i) => atRisk.reduce((all, line, r) => all + (weights[r] ?? 0) * (line[i] ?? 0), 0) / sum
        )
        for (const [i, x] of lineOf(one).entries()) {
          score[i] = (score[i] ?? 0) + x - (mean[i] ?? 0)
          const line = information[i] ?? []
          for (let j = 0; j < line.length; j++)
            line[j] =
              (line[j] ?? 0) +
              atRisk.reduce(
                (all, own, r) =>
                  all + (weights[r] ?? 0) * ((own[i] ?? 0) - (mean[i] ?? 0)) * ((own[j] ?? 0) - (mean[j] ?? 0)),
                0
              ) /
                sum
        }
      }
    }
    inverse = invertedOf(information)
    estimates = estimates.map((value, i) => value + score.reduce((sum, s, j) => sum + s * (inverse[i]?.[j] ?? 0), 0))
  }
  return Object.fromEntries(
    TERMS.map((term, i) => [term, [estimates[i] ?? 0, Math.sqrt(inverse[i]?.[i] ?? 0)] as const])
  )
}

function invertedOf(matrix: readonly (readonly number[])[]): number[][] {
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (let at = 0; at < rows.length; at++) {
    const pivot = rows[at]?.[at] ?? 1
    rows[at] = (rows[at] ?? []).map((value) => value / pivot)
    for (let i = 0; i < rows.length; i++) {
      const factor = rows[i]?.[at] ?? 0
      if (i !== at) rows[i] = (rows[i] ?? []).map((value, j) => value - factor * (rows[at]?.[j] ?? 0))
    }
  }
  return rows.map((row) => row.slice(matrix.length))
}

/** The largest relative distance of estimates and standard errors from the expected ones. */
function distance({ coefficients }: ModelResult, wanted: Readonly<Record<string, readonly [number, number]>>): number {
  assert.deepEqual(coefficients.map(({ term }) => term).sort(), Object.keys(wanted).sort())
  return coefficients.reduce((most, { term, estimate, error }) => {
    const [b = 0, se = 0] = wanted[term] ?? []
    return Math.max(most, Math.abs((estimate ?? Number.NaN) / b - 1), Math.abs((error ?? Number.NaN) / se - 1))
  }, 0)
}

describe('A Cox model in rounds', () => {
  const fits = fitsOf(STUDY, { ...ASKED, declared: DECLARED })
  const last = fits.at(-1)

  test('after round 3 it is the partial likelihood of all rows with a baseline of each institution, each round nearer', () => {
    const wanted = hazardsOf(STUDY)
    const apart = fits.map((fit) => distance(fit, wanted))
    assert.ok((apart[3] ?? 1) < 1e-8, `${apart}`)
    assert.ok((apart[1] ?? 1) < (apart[0] ?? 0) && (apart[2] ?? 1) < (apart[1] ?? 0), `${apart}`)
    assert.deepEqual([last?.kind, last?.family, last?.event, last?.n], ['glm', 'cox', 'yes', 550])
    assert.ok(last?.coefficients.every(({ ratio }) => ratio !== undefined))
  })

  test('beside R: coxph with strata and ties after Breslow, institutions alike and split by age', {
    skip: !HAS_R
  }, () => {
    const all = STUDY.flat()
    const byAge = [0, 1, 2].map((third) =>
      all.filter(({ age }) => Math.min(2, Math.floor((Number(age) - 40) / 14)) === third)
    )
    for (const sites of [STUDY, byAge]) {
      const [fit] = fitsOf(sites, { ...ASKED, declared: DECLARED }).slice(-1)
      const { likelihood, ...wanted } = coxOf(sites)
      assert.ok(fit !== undefined && distance(fit, wanted) < 1e-6)
      assert.ok(Math.abs((fit.log_likelihood ?? 0) - (likelihood?.[0] ?? 1)) < 1e-5)
    }
  })

  test('one institution alone, and combined fits of institutions', () => {
    const [alone] = fitsOf(STUDY.slice(0, 1), { ...ASKED, declared: DECLARED, last: 0 })
    assert.ok(alone !== undefined && distance(alone, hazardsOf(STUDY.slice(0, 1))) < 1e-8)
    const [meta] = fitsOf(STUDY, { ...ASKED, site: 'meta', declared: DECLARED, last: 0 })
    assert.deepEqual([meta?.site, meta?.family, meta?.sites?.length], ['meta', 'cox', 3])
  })

  test('where a term tells who has the event first, and where nobody has it, there is no fit', () => {
    const measure = roundMeasure(DECLARED, ASKED, PEERS.slice(0, 1))
    const at = { round: 0, roster: PEERS.slice(0, 1) }
    const rows = STUDY[0] ?? []
    assert.throws(
      () =>
        partIn(
          measure,
          rows.map((one) => ({ ...one, died: 'no' })),
          at
        ),
      /separated/
    )
    const parted = rows.map((one) => ({ ...one, arm: one.died === 'yes' ? 'c' : 'a' }))
    assert.throws(() => partIn(measure, parted, at), /separated/)
  })

  test('a part that cannot be a round of it, or is of another time, is left out', () => {
    const measure = roundMeasure(DECLARED, ASKED, PEERS.slice(0, 1))
    const part = partIn(measure, STUDY[0] ?? [], { round: 0, roster: PEERS.slice(0, 1) })
    assert.equal(isModelPart(part), true)
    assert.equal(part.formula, 'died ~ age + arm + dose')
    const { round: _, ...withoutRound } = part
    assert.equal(isModelPart(withoutRound), false)
    assert.equal(isModelPart({ ...part, intercept: true }), false)
    assert.equal(isModelPart({ ...part, round: { ...part.round, total: '151' } as typeof part.round }), false)
    const call = { name: 'regression', variables: [], by: [], arguments: { ...ASKED, roster: PEERS.slice(0, 1) } }
    assert.equal(unlikeAsked(part, call, { contract: [] }), undefined)
    const other = { ...part, fit: { family: 'cox', event: 'yes', time: 'weeks' } as const }
    assert.equal(unlikeAsked(other, call, { contract: [] }), 'another time')
    const event = { ...part, fit: { family: 'cox', event: 'no', time: 'days' } as const }
    assert.equal(
      unlikeAsked(event, { ...call, arguments: { ...call.arguments, event: 'yes' } }, { contract: [] }),
      'another event'
    )
  })

  test('a member that lies moves the pooled estimates as far as it likes; only its own fit beside the others shows it', () => {
    const measure = roundMeasure(DECLARED, ASKED, PEERS)
    const parts = STUDY.map((rows, i) => ({
      site: PEERS[i] ?? '',
      gram: partIn(measure, rows, { round: 0, roster: PEERS })
    }))
    const honest = fitModel(parts).coefficients.map(({ estimate }) => estimate ?? 0)
    const [first, ...others] = parts
    assert.ok(first?.gram.round)
    const { information, estimates } = first.gram.round
    const [heavy, moved] = [
      information.map((one) => decimalText(Number(one) * 1e6)),
      estimates.map(() => decimalText(5))
    ]
    const lie = { ...first.gram, round: { ...first.gram.round, information: heavy, estimates: moved } }
    assert.equal(isModelPart(lie), true)
    const fit = fitModel([{ site: first.site, gram: lie }, ...others])
    assert.ok(fit.coefficients.every(({ estimate }) => Math.abs((estimate ?? 0) - 5) < 1e-3))
    const own = fit.sites?.map(({ coefficients }) => coefficients[0]?.estimate ?? 0) ?? []
    assert.ok(Math.abs((own[0] ?? 0) - 5) < 1e-9 && own.slice(1).every((one) => Math.abs(one - (honest[0] ?? 0)) < 0.1))
  })

  test('what is asked: a time that is no term, a term, a roster, and no random effects', () => {
    const refused = (given: object, why: RegExp) =>
      assert.throws(() => roundMeasure(DECLARED, { ...ASKED, ...given }, PEERS), {
        code: 'PARAMETER_INVALID',
        reason: why
      })
    refused({ time: undefined }, /needs the argument `time`/)
    refused({ time: 'arm' }, /is no number/)
    refused({ formula: 'died ~ age + days' }, /is the time/)
    refused({ formula: 'died ~ 1' }, /a term at least/)
    refused({ formula: 'died ~ age - 1' }, /no intercept/)
    refused({ formula: 'died ~ age + (1 | subject)' }, /no random effects/)
    refused({ formula: 'age ~ dose' }, /no category/)
    refused({ site: 'fixed' }, /none or meta/)
    refused({ roster: undefined }, /need a roster/)
    refused({ family: 'binomial' }, /only of the family cox/)
    assert.throws(() => roundMeasure(DECLARED, { ...ASKED, time: 'dayz' }, PEERS), { code: 'VARIABLE_UNKNOWN' })
  })

  test('over real people the description of a catalog rules it out', () => {
    const call = { name: 'regression', variables: [], by: [], arguments: { ...ASKED, roster: PEERS } }
    const plan = planOfStatistic(call, descriptorOf(DECLARED))
    assert.match(modelRuledOut(plan, { ...descriptorOf(DECLARED), synthetic: false }) ?? '', /synthetic data alone/)
    assert.equal(modelRuledOut(plan, { ...descriptorOf(DECLARED), synthetic: true }), undefined)
  })
})

/** Estimates and standard errors of R's `coxph`, and its likelihood. */
function coxOf(sites: readonly (readonly ModelRow[])[]): Record<string, readonly [number, number]> {
  const folder = mkdtempSync(join(tmpdir(), 'stimnet-r-'))
  try {
    const lines = sites.flatMap((rows, site) =>
      rows.map(({ age, dose, arm, days, died }) => [age, dose, arm, days, died === 'yes' ? 1 : 0, site].join(','))
    )
    writeFileSync(join(folder, 'd.csv'), `${['age,dose,arm,days,died,site', ...lines].join('\n')}\n`)
    const script = `suppressMessages(library(survival)); d <- read.csv("${join(folder, 'd.csv')}")
f <- coxph(Surv(days, died) ~ age + arm + dose + strata(site), d, ties = "breslow", control = coxph.control(eps = 1e-14, iter.max = 50))
b <- coef(f); se <- sqrt(diag(vcov(f)))
for (n in names(b)) cat(n, sprintf("%.17g", c(b[n], se[n])), "\\n")
cat("likelihood", sprintf("%.17g", rev(f$loglik)), "\\n")`
    const { stdout, stderr, status } = spawnSync('Rscript', ['-'], { input: script, encoding: 'utf8' })
    if (status !== 0) throw new Error(`R failed: ${stderr}`)
    return Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => {
          const [name = '', estimate, error] = line.trim().split(' ')
          return [name.replace(/arm([abc])/, 'arm[$1]'), [Number(estimate), Number(error)] as const]
        })
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
