import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { priceByDescription } from '@stimnet/privacy'
import { type Filter, outputSchema } from '@stimnet/protocol'
import { columnsOfModel, fitOwnModel, gramIn, timesIn } from '@stimnet/statistics'
import {
  assertRefused,
  gramOfAnswer,
  ModelStudy,
  planFor,
  type StudyOptions,
  type StudyRow,
  uniform
} from './model-study.ts'
import { normalFrom } from '../../../test/chance.ts'

const MONTHS = ['0', '6', '12', '24']

interface Made {
  readonly people: StudyRow[]
  readonly visits: StudyRow[]
}

/** People with the visits that `monthsOf` gives each, an arm, and what changes from visit to visit. */
function made(size: number, seed: number, monthsOf: (person: number) => readonly string[]): Made {
  const next = uniform(seed)
  const normal = normalFrom(next)
  const people = Array.from({ length: size }, (_, i) => ({ id: `P${i}`, arm: next() < 0.45 ? 'a' : 'b' }))
  const visits = people.flatMap(({ id, arm }, i) => {
    const [intercept, slope] = [6 * normal(), 0.4 * normal()]
    return monthsOf(i).map((month) => ({
      ...{ id, month, device: 'one', dose: Math.round(10 * (20 + 3 * normal())) / 10 },
      score: Math.max(0, Math.round(60 + intercept + (slope - (arm === 'b' ? 0.3 : 0)) * Number(month) + 4 * normal()))
    }))
  })
  return { people, visits }
}

async function open(
  { people, visits }: Made,
  { levels = MONTHS, ...options }: StudyOptions & { readonly levels?: readonly string[] } = {}
): Promise<ModelStudy> {
  const tables = [
    {
      ...{ name: 'people', one_row_per_subject: true },
      variables: [{ name: 'arm', type: 'category', levels: ['a', 'b'] }]
    },
    {
      name: 'visits',
      variables: [
        { name: 'month', type: 'category', levels },
        { name: 'device', type: 'category', levels: ['one', 'two'] },
        { name: 'dose', type: 'number', decimals: 1, minimum: 0, maximum: 60 },
        { name: 'score', type: 'integer', minimum: 0, maximum: 150 }
      ]
    }
  ]
  return ModelStudy.open(tables, { people, visits }, options)
}

/** Everybody comes at 0 and 6; one in five leaves after that, and one in five misses the third visit. */
const DROPPING = (i: number) => (i % 5 === 0 ? MONTHS.slice(0, 2) : i % 5 === 1 ? ['0', '6', '24'] : MONTHS)

/** The sums by their definition, over the people with one set of visits. */
function sumsBy(formula: string, study: ModelStudy, { people, visits }: Made, months: readonly string[]) {
  const measure = gramIn(planFor(formula, study))
  assert.ok(measure)
  const short = (variable: string) => variable.slice(variable.indexOf('.') + 1)
  const columns = columnsOfModel(measure)
  const { decimals } = timesIn(measure)
  const valueIn = (row: StudyRow, { number, levels, time }: (typeof columns)[number]) => {
    if ([...levels].some(([variable, level]) => row[short(variable)] !== level)) return 0
    const weight = time === undefined ? 1 : Number(row.month) * 10 ** decimals
    return (
      weight * (number === undefined ? 1 : Math.round(Number(row[short(number)]) * (short(number) === 'dose' ? 10 : 1)))
    )
  }
  const [within, totals] = [new Map<string, number>(), new Map<string, number>()]
  for (const [id, own] of Map.groupBy(visits, (row) => row.id)) {
    if (own.map((row) => row.month).join() !== months.join()) continue
    const person = people.find((one) => one.id === id)
    const values = own.map((row) => columns.map((column) => valueIn({ ...person, ...row }, column)))
    const times = own.map((row) => Number(row.month) * 10 ** decimals)
    const both = [0, 1].flatMap((power) =>
      columns.map((_, i) => values.reduce((all, row, at) => all + (row[i] ?? 0) * (times[at] ?? 0) ** power, 0))
    )
    const add = (map: Map<string, number>, key: string, value: number) => map.set(key, (map.get(key) ?? 0) + value)
    for (let i = 0; i < both.length; i++)
      for (let j = i; j < both.length; j++) add(totals, `${i} ${j}`, (both[i] ?? 0) * (both[j] ?? 0))
    for (let i = 0; i < columns.length; i++)
      for (let j = i; j < columns.length; j++)
        add(
          within,
          `${i} ${j}`,
          values.reduce((all, row) => all + (row[i] ?? 0) * (row[j] ?? 0), 0)
        )
  }
  return { within: [...within.values()].map(String), totals: [...totals.values()].map(String) }
}

/** The rows with some levels of a category. */
function rowsWith(column: string, ...values: string[]): Filter {
  return { column, op: 'in', values }
}

describe('A model with a random slope of each person', () => {
  test('is released as exact sums for each set of visits that enough people have, also of real people', async () => {
    const study = made(1000, 1, (i) => (i < 10 ? ['0', '24'] : DROPPING(i)))
    for (const synthetic of [true, false]) {
      const opened = await open(study, { synthetic })
      for (const formula of [
        'score ~ month * arm + (1 + month | subject)',
        ...(synthetic
          ? [
              'score ~ month + arm + (1 + month || subject)',
              'score ~ month + (month | subject)',
              'score ~ month + dose + (1 + month | subject)'
            ]
          : [])
      ]) {
        const told = await opened.model(formula)
        assert.ok(told.ok, `${formula}: ${told.ok ? '' : told.why}`)
        const gram = gramOfAnswer(told)
        const sizes = gram.clusters?.sizes ?? []
        // Of real people, or with a number beside the outcome, as much as may be is told of a small set of visits.
        const isWhole = synthetic && !formula.includes('dose')
        const kinds = sizes.map(({ size, visits, people }) => [size, visits, people])
        const all = [
          [2, [0, 1], 198],
          [3, [0, 1, 3], 198],
          [4, [0, 1, 2, 3], 594]
        ]
        assert.deepEqual(kinds, isWhole ? all : kinds, formula)
        assert.deepEqual(kinds.at(-1), all.at(-1), formula)
        for (const { visits = [], within, totals } of sizes) {
          const months = visits.map((at) => MONTHS[at] ?? '')
          assert.deepEqual({ within, totals }, sumsBy(formula, opened, study, months), `${formula}, ${months}`)
        }
        assert.equal(gram.clusters?.time, 'month')
        assert.equal(outputSchema.parse(told.output).kind, 'table')
        const fit = fitOwnModel(gram)
        assert.deepEqual(told.output.models, [fit])
        if (isWhole) {
          assert.deepEqual([gram.clusters?.left_out, gram.n], [1, 198 * 5 + 594 * 4])
          assert.deepEqual([fit.kind, fit.random?.groups, fit.random?.left_out], ['mixed', 990, 1])
        }
        assert.match(fit.note, /grouped by the visits that they have \(month\)/)
        const slopes = fit.random?.slope?.tau2 ?? 0
        assert.ok(slopes > 0.1 && slopes < 0.25, `variance of slopes ${slopes}`)
      }
    }
  })

  test('what the model of one question tells costs nothing again, and the price was shown before', async () => {
    const opened = await open(made(900, 2, DROPPING))
    const formula = 'score ~ month * arm + (1 + month | subject)'
    const [price] = priceByDescription(opened.catalog.descriptor, {
      plan: planFor(formula, opened),
      where: undefined
    }).filter(({ variable }) => variable === 'visits.score')
    const told = await opened.model(formula)
    assert.ok(told.ok, told.ok ? '' : told.why)
    const card = told.output.disclosure.information?.find(({ variable }) => variable === 'visits.score')
    assert.ok(price !== undefined && card !== undefined && price.bits > 0)
    assert.ok(card.told <= price.bits * 1.5 + 0.05, `told ${card.told}, priced ${price.bits}`)
    const before = opened.ledger
    // Sums of the same people at the same visits: another time course, or slopes that do not correlate, tells nothing new.
    assert.ok((await opened.model('score ~ arm * month + (1 + month || subject)')).ok)
    assert.ok((await opened.model('score ~ arm * month + (month | subject)')).ok)
    assert.equal(opened.ledger, before, 'nothing new was told')
  })

  test('whatever numbers the times are, no more is told: weights that would keep visits apart are those of their parts', async () => {
    // In the digits of one sum, these times would hold the sum of each visit by itself.
    const levels = ['1', '10000', '999999']
    const far = (study: Made): Made => ({
      ...study,
      visits: study.visits.map((row) => ({ ...row, month: levels[MONTHS.indexOf(String(row.month))] ?? '' }))
    })
    // Of one visit, two people have a score that nobody else has; the sums by visit are refused, and so is what is made of them.
    const study = made(300, 3, () => MONTHS.slice(0, 3))
    const same = { ...study, visits: study.visits.map((row) => (row.month === '6' ? { ...row, score: 50 } : row)) }
    for (const [one, isTold] of [
      [study, true],
      [same, false]
    ] as const) {
      for (const [rows, own] of [
        [one, MONTHS],
        [far(one), levels]
      ] as const) {
        const told = await (await open(rows, { levels: own })).model('score ~ month + (1 + month | subject)')
        assert.equal(told.ok, isTold, told.ok ? '' : told.why)
      }
    }
  })

  test('is refused where products of two visits tell what neither does: everybody changed by as much', async () => {
    const study = made(300, 4, () => MONTHS.slice(0, 3))
    const first = new Map(study.visits.flatMap((row) => (row.month === '0' ? [[row.id, Number(row.score)]] : [])))
    const visits = study.visits.map((row) =>
      row.month === '12' ? { ...row, score: Number(first.get(row.id ?? '')) + 7 } : row
    )
    const opened = await open({ ...study, visits })
    assertRefused(await opened.model('score ~ month + (1 + month | subject)'), /one value discloses the other/)
    // The last score follows from the first two together, and from neither by itself.
    const second = new Map(study.visits.flatMap((row) => (row.month === '6' ? [[row.id, Number(row.score)]] : [])))
    const sums = study.visits.map((row) =>
      row.month === '12'
        ? { ...row, score: Number(first.get(row.id ?? '')) + Number(second.get(row.id ?? '')) - 30 }
        : row
    )
    const summed = await (await open({ ...study, visits: sums })).model('score ~ month + (1 + month | subject)')
    assertRefused(summed, /follows: .*score/)
    assert.ok((await (await open(study)).model('score ~ month + (1 + month | subject)')).ok, 'other changes')
  })

  test('is refused where few people lack a value, or where one person weighs too much over time', async () => {
    const study = made(700, 5, DROPPING)
    const lacking = study.visits.map((row) =>
      ['P1', 'P6'].includes(String(row.id)) && row.month === '24' ? { ...row, dose: null } : row
    )
    const opened = await open({ ...study, visits: lacking })
    assertRefused(await opened.model('score ~ month + dose + (1 + month | subject)'), /few people lack a value/)
    // One person's doses add up to those of anybody else, and rise over time as nobody's do.
    const doses: Readonly<Record<string, number>> = { '0': 0, '6': 10, '12': 20, '24': 50 }
    const rising = study.visits.map((row) => (row.id === 'P2' ? { ...row, dose: doses[String(row.month)] ?? 0 } : row))
    assertRefused(
      await (await open({ ...study, visits: rising })).model('score ~ month + dose + (1 + month | subject)'),
      /leverage: somebody weighs more/
    )
  })

  test('a set of visits of few people is left out, with the next rarest where few would be, and is in no word of the answer', async () => {
    // Two people alone have three visits of which the second is missing.
    const few = made(902, 6, (i) => (i < 2 ? ['0', '12', '24'] : i % 3 === 0 ? MONTHS.slice(0, 2) : MONTHS))
    const told = await (await open(few)).model('score ~ month + (1 + month | subject)')
    assert.ok(told.ok, told.ok ? '' : told.why)
    const { clusters } = gramOfAnswer(told)
    assert.deepEqual(
      clusters?.sizes.map(({ visits }) => visits),
      [[0, 1, 2, 3]]
    )
    assert.equal(clusters?.left_out, 2)
    // Without them, everybody is in: the two are told by nothing.
    const alone = made(3, 7, () => MONTHS)
    const all = made(902, 6, (i) => (i % 3 === 0 ? MONTHS.slice(0, 2) : MONTHS))
    assert.equal(alone.people.length, 3)
    const whole = await (await open(all)).model('score ~ month + (1 + month | subject)')
    assert.ok(whole.ok && gramOfAnswer(whole).clusters?.left_out === 0)
  })

  test('people with two rows of one visit are left out like a rare set of visits', async () => {
    const study = made(400, 8, () => MONTHS)
    const twice = study.visits.flatMap((row) =>
      Number(String(row.id).slice(1)) < 120 && row.month === '6' ? [row, { ...row, score: 70 }] : [row]
    )
    const told = await (await open({ ...study, visits: twice })).model('score ~ month + (1 + month | subject)')
    assert.ok(told.ok, told.ok ? '' : told.why)
    const gram = gramOfAnswer(told)
    assert.deepEqual([gram.clusters?.left_out, gram.n], [1, 280 * 4])
  })

  test('people who have one row more or less cannot be told apart by two models', async () => {
    const study = made(400, 9, () => MONTHS)
    // The last visit was on the second device; of two people it was the one before.
    const visits = study.visits.map((row) => ({
      ...row,
      device: (['P0', 'P1'].includes(String(row.id)) ? row.month === '12' : row.month === '24') ? 'two' : 'one'
    }))
    const opened = await open({ ...study, visits })
    const formula = 'score ~ month + (1 + month | subject)'
    const first = await opened.model(formula, rowsWith('visits.month', '0', '6', '12'))
    assert.ok(first.ok, first.ok ? '' : first.why)
    // Those two have other visits on the first device, so that all with their visits there would be told without them.
    assertRefused(
      await opened.model(formula, rowsWith('visits.device', 'one')),
      /no number of rows|single out few people/
    )
  })

  test('patterns and products of visits by arm are those of many: an arm of few at a set of visits is refused', async () => {
    const study = made(1000, 10, DROPPING)
    // Of those who left early, three are in one arm.
    const people = study.people.map((row, i) => (i % 5 === 0 ? { ...row, arm: i < 15 ? 'a' : 'b' } : row))
    const opened = await open({ ...study, people })
    assertRefused(await opened.model('score ~ month * arm + (1 + month | subject)'), /people with 2 rows at 0, 6/)
    assert.ok((await opened.model('score ~ month + (1 + month | subject)')).ok, 'without the arm')
  })

  test('a changed answer to a question is noticed, since the sums are compared with the rows', async () => {
    const opened = await open(made(300, 11, () => MONTHS))
    const aggregate = await opened.aggregate(planFor('score ~ month + (1 + month | subject)', opened))
    const questions = aggregate.questions ?? []
    assert.ok(questions.length > 0)
    for (const changed of [questions.slice(1), [...questions].reverse(), []])
      assertRefused(await opened.judge({ ...aggregate, questions: changed }), /questions are not those/)
  })
})
