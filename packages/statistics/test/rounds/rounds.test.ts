import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { ModelResult, TableOutput } from '@stimnet/protocol'
import {
  fitModel,
  fractionOf,
  modelRuledOut,
  planOfStatistic,
  pool,
  ratioToNumber,
  stepAfter
} from '../../src/index.ts'
import { isModelPart } from '../../src/models/fit.ts'
import { decimalOf, decimalText, fractionOfDecimal } from '../../src/models/rounds/decimal.ts'
import { type Declared, descriptorOf, HAS_R, type ModelRow, uniform } from '../models-fixtures.ts'
import { fitsOf, partIn, PEERS, roundMeasure } from './fixtures.ts'

/** Cases and controls of oesophageal cancer by age, alcohol and tobacco (esoph of R), each a score from 1: `agt:cases/controls`. */
const ESOPH =
  '111:0/40 112:0/10 113:0/6 114:0/5 121:0/27 122:0/7 123:0/4 124:0/7 131:0/2 132:0/1 134:0/2 141:0/1 142:1/0 143:0/1 144:0/2 ' +
  '211:0/60 212:1/13 213:0/7 214:0/8 221:0/35 222:3/20 223:1/13 224:0/8 231:0/11 232:0/6 233:0/2 234:0/1 241:2/1 242:0/3 ' +
  '243:2/2 311:1/45 312:0/18 313:0/10 314:0/4 321:6/32 322:4/17 323:5/10 324:5/2 331:3/13 332:6/8 333:1/4 334:2/2 341:4/0 ' +
  '342:3/1 343:2/1 344:4/0 411:2/47 412:3/19 413:3/9 414:4/2 421:9/31 422:6/15 423:4/13 424:3/3 431:9/9 432:8/7 433:3/3 434:4/0 ' +
  '441:5/5 442:6/1 443:2/1 444:5/1 511:5/43 512:4/10 513:2/5 514:0/2 521:17/17 522:3/7 523:5/4 531:6/7 532:4/8 533:2/1 534:1/0 ' +
  '541:3/1 542:1/1 543:1/0 544:1/0 611:1/17 612:2/4 614:1/2 621:2/3 622:1/2 623:0/3 624:1/0 631:1/0 632:1/0 641:2/0 642:1/0'
const PEOPLE: ModelRow[] = ESOPH.split(' ').flatMap((cell) => {
  const [scores = '', counts = ''] = cell.split(':')
  const [age, alcohol, tobacco] = scores.split('').map(Number)
  const [cases = 0, controls = 0] = counts.split('/').map(Number)
  const row = { age: age ?? 0, alcohol: alcohol ?? 0, tobacco: tobacco ?? 0 }
  return [
    ...Array.from({ length: cases }, () => ({ ...row, cancer: 'case' })),
    ...Array.from({ length: controls }, () => ({ ...row, cancer: 'control' }))
  ]
})
const DECLARED: Declared = { age: 0, alcohol: 0, tobacco: 0, cancer: ['control', 'case'] }
const ASKED = { formula: 'cancer ~ age + tobacco + alcohol', family: 'binomial' }
const FORMULA = { ...ASKED, declared: DECLARED }
/** glm(cancer ~ age + tobacco + alcohol, binomial) of R: estimates and standard errors, in canonical order. */
const WANTED: Readonly<Record<string, readonly [number, number]>> = {
  '(Intercept)': [-7.163952764135981, 0.5093253928959461],
  age: [0.743751363847848, 0.0817881147244608],
  alcohol: [1.102554715797295, 0.1031700942683439],
  tobacco: [0.430850760394344, 0.0939375960711753]
}

/** The largest relative distance of estimates and standard errors from the expected ones. */
function distance({ coefficients }: ModelResult, wanted: Readonly<Record<string, readonly [number, number]>>): number {
  assert.deepEqual(coefficients.map(({ term }) => term).sort(), Object.keys(wanted).sort())
  return coefficients.reduce((most, { term, estimate, error }) => {
    const [b = 0, se = 0] = wanted[term] ?? []
    return Math.max(most, Math.abs((estimate ?? Number.NaN) / b - 1), Math.abs((error ?? Number.NaN) / se - 1))
  }, 0)
}

const byIndex = (rows: readonly ModelRow[], sites = 3) =>
  Array.from({ length: sites }, (_, site) => rows.filter((_row, i) => i % sites === site))

describe('Models that are fitted in rounds', () => {
  test('cancer by three scores over three institutions is glm of all rows after round 3, each round nearer', () => {
    const fits = fitsOf(byIndex(PEOPLE), FORMULA)
    const distances = fits.map((fit) => distance(fit, WANTED))
    assert.ok((distances[0] ?? 0) > 1e-3, `after round 0: ${distances[0]}`)
    assert.ok((distances[1] ?? 1) < 1e-2 && (distances[2] ?? 1) < 1e-3, `after rounds 1 and 2: ${distances}`)
    assert.ok((distances[3] ?? 1) < 1e-7, `after round 3: ${distances[3]}`)
    const last = fits.at(-1)
    assert.ok(Math.abs((last?.deviance ?? 0) - 730.31350697632) < 1e-6, String(last?.deviance))
    assert.ok(Math.abs((last?.null_deviance ?? 0) - 989.488426328899) < 1e-6)
    assert.ok(Math.abs((last?.aic ?? 0) - 738.31350697632) < 1e-6)
    assert.deepEqual([last?.n, last?.df, last?.event, last?.rounds?.last], [975, 971, 'case', 3])
    assert.ok((last?.rounds?.change ?? 1) < 1e-6)
    // The table of the institutions is that of round 0.
    assert.equal(fits[0]?.sites?.length, 3)
  })

  test('institutions that differ: those with little alcohol, and those with much, of whom nobody has the same', () => {
    const by = (low: number, high: number) =>
      PEOPLE.filter(({ alcohol }) => Number(alcohol) >= low && Number(alcohol) <= high)
    const fits = fitsOf([by(1, 1), by(2, 2), by(3, 4)], FORMULA)
    // At the first two institutions, everybody has the same score: their own fits have no estimate for it, and the pooled fit
    // has.
    assert.equal(fits[0]?.sites?.[0]?.coefficients.find(({ term }) => term === 'alcohol')?.estimate, null)
    assert.ok(distance(fits[3] as ModelResult, WANTED) < 1e-6, `${fits.map((fit) => distance(fit, WANTED))}`)
  })

  test('the estimates after a round are the same text whatever the order of the institutions', () => {
    const measure = roundMeasure(DECLARED, ASKED, PEERS)
    const parts = byIndex(PEOPLE).map((rows) => partIn(measure, rows, { round: 0, roster: PEERS }).round)
    const rounds = parts.flatMap((round) => round ?? [])
    assert.deepEqual(stepAfter([...rounds].reverse()).estimates, stepAfter(rounds).estimates)
  })

  test('a later round without one of its institutions says nothing', () => {
    const measure = roundMeasure(DECLARED, ASKED, PEERS)
    const at = { round: 1, roster: PEERS, estimates: [-7, 0.7, 1.1, 0.4].map(decimalText) }
    const [one, other] = byIndex(PEOPLE)
    const parts = [one, other].map((rows, i) => ({ site: PEERS[i] ?? '', gram: partIn(measure, rows ?? [], at) }))
    const fit = fitModel(parts)
    assert.ok(fit.coefficients.every(({ estimate, p }) => estimate === null && p === null))
    assert.match(fit.note, /Round 1 of a model of 3 institutions: without all of them/)
  })

  test('sums at other estimates are not added: the institution is named and left out', () => {
    const measure = roundMeasure(DECLARED, ASKED, PEERS)
    const table = (at: number, intercept: number) => {
      const estimates = [intercept, 0.7, 1.1, 0.4].map(decimalText)
      const gram = partIn(measure, byIndex(PEOPLE)[at] ?? [], { round: 1, roster: PEERS, estimates })
      return { site: PEERS[at] ?? '', output: tableWith(gram) }
    }
    const pooled = pool([table(0, -7), table(1, -7), table(2, -5)])
    assert.match(pooled.notes.join(' '), new RegExp(`${PEERS[2]} answered with another round or other estimates`))
    assert.ok(pooled.models?.[0]?.coefficients.every(({ estimate }) => estimate === null))
  })

  test('an institution where the outcome follows from the terms has no fit', () => {
    const measure = roundMeasure(DECLARED, ASKED, PEERS)
    const told = PEOPLE.map((row) => ({ ...row, cancer: Number(row.age) > 3 ? 'case' : 'control' }))
    assert.throws(() => partIn(measure, told, { round: 0, roster: PEERS }), /separated/)
    const counts: Declared = { arm: ['a', 'b'], dose: 1, falls: 0 }
    const nobody = Array.from({ length: 60 }, (_, i) => ({
      arm: i % 2 ? 'a' : 'b',
      dose: i % 7,
      falls: i % 2 ? 0 : i % 3
    }))
    const poisson = roundMeasure(counts, { formula: 'falls ~ arm + dose', family: 'poisson' }, PEERS)
    assert.throws(() => partIn(poisson, nobody, { round: 0, roster: PEERS }), /separated/)
  })

  test('numbers that cannot be those of a round are no part of it', () => {
    const measure = roundMeasure(DECLARED, ASKED, PEERS)
    const part = partIn(measure, PEOPLE, { round: 0, roster: PEERS })
    assert.ok(isModelPart(part) && part.round !== undefined)
    const { round } = part
    const wrong = [
      { ...round, score: [...round.score.slice(1), decimalText(1)] },
      { ...round, information: round.information.slice(1) },
      { ...round, information: [decimalText(244), ...round.information.slice(1)] },
      { ...round, information: [...round.information.slice(0, -1), decimalText(0)] },
      { ...round, roster: [...PEERS].reverse() },
      { ...round, total: '976' },
      { ...round, answers: 'a'.repeat(64) },
      { ...round, deviance: decimalText(-1) }
    ]
    for (const [i, one] of wrong.entries()) assert.ok(!isModelPart({ ...part, round: one }), `number ${i}`)
  })

  test('what is asked: a roster, sorted, no start values, and no more than three rounds', () => {
    const ask = (more: Record<string, unknown>, formula = FORMULA.formula) =>
      roundMeasure(DECLARED, { family: 'binomial', formula, ...more }, PEERS).fit
    assert.deepEqual(ask({ round: 1, receipts: ['x'] }), {
      ...{ family: 'binomial', event: 'case' },
      rounds: { roster: PEERS, round: 1 }
    })
    const refused: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{ roster: [...PEERS].reverse() }, /each PeerId once, in order/],
      [{ roster: ['me'] }, /PeerIds/],
      [{ round: 4, receipts: [] }, /from 0 to 3/],
      [{ round: 1 }, /signed answers to the round before/],
      [{ receipts: ['x'] }, /in each round but the first/],
      [{ start: [1, 2, 3, 4] }, /no argument "start"/],
      [{ weights: 'age' }, /no argument "weights"/],
      [{ offset: 'age' }, /no argument "offset"/],
      [{ site: 'fixed' }, /none or meta/],
      [{ site: 'meta', round: 1, receipts: ['x'] }, /round 0 alone/],
      [{ roster: undefined }, /fitted in rounds, which need a roster/]
    ]
    for (const [more, reason] of refused)
      assert.throws(
        () => ask(more),
        (error: Error & { reason?: string }) => {
          assert.match(String(error.reason), reason)
          return true
        }
      )
  })

  test('over real people the description of a catalog rules it out, and a model of categories it does not', () => {
    const reason = (formula: string, synthetic: boolean) => {
      const descriptor = { ...descriptorOf({ ...DECLARED, arm: ['a', 'b'] }), precision: 'exact', synthetic } as const
      const asked = { formula, family: 'binomial', roster: PEERS }
      const plan = planOfStatistic({ name: 'glm', variables: [], by: [], arguments: asked }, descriptor)
      return modelRuledOut(plan, descriptor) ?? ''
    }
    assert.match(reason('cancer ~ age', false), /fitted in rounds, and these are for synthetic data alone/)
    assert.deepEqual([reason('cancer ~ age', true), reason('cancer ~ arm', false)], ['', ''])
  })

  test('with site meta each coefficient is combined over the fits of the institutions', () => {
    const [fit] = fitsOf(byIndex(PEOPLE), { ...FORMULA, site: 'meta', last: 0 })
    const age = fit?.coefficients.find(({ term }) => term === 'age')
    assert.ok(age?.between !== undefined && age.interval !== null && Math.abs((age.estimate ?? 0) - 0.74) < 0.1)
  })

  test('decimal text: a double comes back, and a fraction is rounded alike', () => {
    const random = uniform(5)
    for (let i = 0; i < 200; i++) {
      const value = (random() - 0.5) * 10 ** Math.floor(random() * 24 - 12)
      const { top, bottom } = fractionOfDecimal(decimalText(value))
      assert.ok(Math.abs(ratioToNumber(top, bottom) / value - 1) < 1e-15)
      assert.equal(decimalOf(fractionOf(value)), decimalText(value))
    }
    assert.equal(decimalOf({ top: 99999999999999999n, bottom: 10n ** 17n }), '1.000000000000000e+0')
    assert.equal(decimalOf({ top: 0n, bottom: 3n }), '0.000000000000000e+0')
    assert.equal(decimalOf({ top: -2n, bottom: 3n }), '-6.666666666666667e-1')
  })

  test('seeded studies beside R: logistic and Poisson, split evenly and by a covariate', { skip: !HAS_R }, () => {
    const random = uniform(11)
    const declared: Declared = { dose: 2, year: 1, arm: ['a', 'b', 'c'], fell: ['no', 'yes'], falls: 0 }
    const rows = Array.from({ length: 900 }, (): ModelRow => {
      const [dose, year, arm] = [random() * 4, 2000 + random() * 20, 'abc'[Math.floor(random() * 3)] ?? 'a']
      const rate = 0.4 * dose - 0.06 * (year - 2010) + (arm === 'b' ? 0.5 : 0) - 0.6
      const fell = random() < 1 / (1 + Math.exp(-rate)) ? 'yes' : 'no'
      let [falls, left] = [0, Math.exp(rate) - -Math.log(random())]
      while (left > 0) [falls, left] = [falls + 1, left + Math.log(random())]
      return { dose: Math.round(dose * 100) / 100, year: Math.round(year * 10) / 10, arm, fell, falls }
    })
    const byDose = [0, 1.3, 2.6].map((low, i) =>
      rows.filter(({ dose }) => Number(dose) >= low && (i === 2 || Number(dose) < low + 1.3))
    )
    const models = [
      { formula: 'fell ~ dose + year + arm', family: 'binomial' },
      { formula: 'falls ~ dose * arm + year', family: 'poisson' },
      { formula: 'fell ~ dose + arm - 1', family: 'binomial' }
    ]
    const wanted = glmOf(models, rows)
    for (const [i, model] of models.entries()) {
      for (const [how, sites] of Object.entries({ evenly: byIndex(rows), 'by dose': byDose })) {
        const fits = fitsOf(sites, { ...model, declared })
        const away = distance(fits[3] as ModelResult, wanted[i] ?? {})
        assert.ok(away < 1e-6, `${model.formula}, ${how}: ${fits.map((fit) => distance(fit, wanted[i] ?? {}))}`)
      }
    }
  })
})

function tableWith(gram: ReturnType<typeof partIn>): TableOutput {
  const disclosure = {
    ...{
      level: 'P1' as const,
      claim: '',
      preset: 'default',
      policy_hash: '',
      k: 5,
      round_base: 1,
      epoch: 'e',
      cohort_hash: ''
    },
    ...{ subjects: null, suppressed_cells: 0, bits: null, code_hash: '', image: '' }
  } as const
  const columns = [{ name: 'n', role: 'measure' as const, kind: 'gram', variables: [] }]
  const rows = [{ values: [gram.n], parts: { n: { gram } } }]
  return { kind: 'table', columns, rows, withheld: { groups: 0, cells: 0 }, disclosure }
}

/** Estimates and standard errors of `glm` in R, under the names of this project. */
function glmOf(models: readonly { readonly formula: string; readonly family: string }[], rows: readonly ModelRow[]) {
  const folder = mkdtempSync(join(tmpdir(), 'stimnet-r-'))
  try {
    const names = Object.keys(rows[0] ?? {})
    const lines = rows.map((row) => names.map((name) => row[name]).join(','))
    writeFileSync(join(folder, 'd.csv'), `${[names.join(','), ...lines].join('\n')}\n`)
    const fits = models.map(
      ({ formula, family }, i) =>
        `s <- summary(glm(${formula}, ${family}, d, control = list(epsilon = 1e-15, maxit = 50)))$coefficients
for (n in rownames(s)) cat(${i}, n, sprintf("%.17g", s[n, 1:2]), "\\n")`
    )
    const script = `d <- read.csv("${join(folder, 'd.csv')}"); d$arm <- factor(d$arm); d$fell <- as.integer(d$fell == "yes")
${fits.join('\n')}`
    const { stdout, stderr, status } = spawnSync('Rscript', ['-'], { input: script, encoding: 'utf8' })
    if (status !== 0) throw new Error(`R failed: ${stderr}`)
    return models.map((_, i) =>
      Object.fromEntries(
        stdout.split('\n').flatMap((line) => {
          const [at, name = '', estimate, error] = line.trim().split(' ')
          if (at !== String(i)) return []
          const term = name
            .replace(/arm([abc])/, 'arm[$1]')
            .split(':')
            .sort((a, b) => a.localeCompare(b))
            .join(':')
          return [[inOwnWords(term), [Number(estimate), Number(error)] as const]]
        })
      )
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The parts of a product in the order of this project. */
function inOwnWords(term: string): string {
  return term.split(':').sort().join(':')
}
