import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { priceByDescription } from '@stimnet/privacy'
import { type Filter, outputSchema } from '@stimnet/protocol'
import { columnsOfModel, fitOwnModel, gramIn } from '@stimnet/statistics'
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

const VISITS = ['start', 'middle', 'end']

interface Made {
  readonly people: StudyRow[]
  readonly visits: StudyRow[]
}

/** People with the number of visits that `visitsOf` returns for each, and values that change from visit to visit. */
function made(size: number, seed: number, visitsOf: (person: number) => number): Made {
  const next = uniform(seed)
  const normal = normalFrom(next)
  const people = Array.from({ length: size }, (_, i) => ({
    ...{ id: `P${i}`, sex: next() < 0.45 ? 'female' : 'male' },
    response: next() < 0.5 ? 'yes' : 'no'
  }))
  const visits = people.flatMap(({ id, sex }, i) => {
    const own = 6 * normal()
    return VISITS.slice(0, visitsOf(i)).map((visit, at) => ({
      ...{ id, visit, device: 'one', dose: Math.round(10 * (20 + 3 * normal())) / 10 },
      score: Math.max(0, Math.round(60 + own + 3 * at + (sex === 'male' ? 4 : 0) + 5 * normal()))
    }))
  })
  return { people, visits }
}

/** The rows with some levels of a category. */
function rowsWith(column: string, ...values: string[]): Filter {
  return { column, op: 'in', values }
}

async function open({ people, visits }: Made, options: StudyOptions = {}): Promise<ModelStudy> {
  const tables = [
    {
      name: 'people',
      one_row_per_subject: true,
      variables: [
        { name: 'sex', type: 'category', levels: ['female', 'male'] },
        { name: 'response', type: 'category', levels: ['no', 'yes'] }
      ]
    },
    {
      name: 'visits',
      variables: [
        { name: 'visit', type: 'category', levels: VISITS },
        { name: 'device', type: 'category', levels: ['one', 'two'] },
        { name: 'dose', type: 'number', decimals: 1, minimum: 0, maximum: 60 },
        { name: 'score', type: 'integer', minimum: 0, maximum: 150 }
      ]
    }
  ]
  return ModelStudy.open(tables, { people, visits }, options)
}

/** The sums by their definition, over the people with a certain number of rows. */
function sumsBy(formula: string, study: ModelStudy, { people, visits }: Made, size: number) {
  const measure = gramIn(planFor(formula, study))
  assert.ok(measure)
  const short = (variable: string) => variable.slice(variable.indexOf('.') + 1)
  const columns = columnsOfModel(measure)
  const valueIn = (row: StudyRow, { number, levels }: (typeof columns)[number]) => {
    if ([...levels].some(([variable, level]) => row[short(variable)] !== level)) return 0
    return number === undefined ? 1 : Math.round(Number(row[short(number)]) * (short(number) === 'dose' ? 10 : 1))
  }
  const within = new Map<string, number>()
  const totals = new Map<string, number>()
  let count = 0
  for (const [id, own] of Map.groupBy(visits, (row) => row.id)) {
    if (own.length !== size) continue
    count += 1
    const person = people.find((one) => one.id === id)
    const values = own.map((row) => columns.map((column) => valueIn({ ...person, ...row }, column)))
    for (let i = 0; i < columns.length; i++) {
      for (let j = i; j < columns.length; j++) {
        const key = `${i} ${j}`
        const sum = (at: number) => values.reduce((all, row) => all + (row[at] ?? 0), 0)
        within.set(key, (within.get(key) ?? 0) + values.reduce((all, row) => all + (row[i] ?? 0) * (row[j] ?? 0), 0))
        totals.set(key, (totals.get(key) ?? 0) + sum(i) * sum(j))
      }
    }
  }
  return { count, within: [...within.values()].map(String), totals: [...totals.values()].map(String) }
}

describe('A model with a random intercept of each person', () => {
  test('is released as exact sums for each number of rows that enough people have', async () => {
    const study = made(420, 1, (i) => (i < 12 ? 1 : i < 180 ? 2 : 3))
    const opened = await open(study)
    for (const formula of [
      'score ~ visit + sex + (1 | subject)',
      'score ~ (1 | subject)',
      'score ~ sex + dose + (1 | subject)',
      'score ~ visit * sex + (1 | subject)'
    ]) {
      const told = await opened.model(formula)
      assert.ok(told.ok, `${formula}: ${told.ok ? '' : told.why}`)
      const gram = gramOfAnswer(told)
      const sizes = gram.clusters?.sizes ?? []
      assert.deepEqual(
        sizes.map(({ size, people }) => [size, people]),
        [
          [2, 168],
          [3, 240]
        ],
        formula
      )
      for (const { size, within, totals } of sizes) {
        const wanted = sumsBy(formula, opened, study, size)
        assert.deepEqual(
          { within, totals },
          { within: wanted.within, totals: wanted.totals },
          `${formula}, ${size} rows`
        )
      }
      assert.deepEqual([gram.clusters?.left_out, gram.clusters?.rows], [1, 12 + 2 * 168 + 3 * 240])
      assert.equal(gram.n, 2 * 168 + 3 * 240)
      assert.equal(outputSchema.parse(told.output).kind, 'table')
      const fit = fitOwnModel(gram)
      assert.deepEqual(told.output.models, [fit])
      assert.deepEqual(
        [fit.kind, fit.random?.by, fit.random?.groups, fit.random?.left_out],
        ['mixed', 'subject', 408, 1]
      )
      assert.equal(fit.random?.left_out_rows, 12)
      assert.ok((fit.random?.tau2 ?? 0) > 15 && (fit.random?.tau2 ?? 0) < 70, `variance ${fit.random?.tau2}`)
      assert.match(told.output.disclosure.claim, /\S/)
      // The people whose rows are counted follow from what was disclosed.
      assert.equal(told.output.disclosure.subjects, 420)
    }
    const real = await open(study, { synthetic: false })
    const ofPeople = await real.model('score ~ sex + visit + (1 | subject)')
    assert.ok(ofPeople.ok, ofPeople.ok ? '' : ofPeople.why)
    assert.equal(gramOfAnswer(ofPeople).clusters?.rows, 12 + 2 * 168 + 3 * 240)
    assert.equal(ofPeople.output.disclosure.subjects, null)
  })

  test('what the model of one question tells costs nothing again, and the price was shown before', async () => {
    const opened = await open(made(400, 2, (i) => (i % 2 === 0 ? 2 : 3)))
    const plan = planFor('score ~ visit + sex + (1 | subject)', opened)
    const [price] = priceByDescription(opened.catalog.descriptor, { plan, where: undefined }).filter(
      ({ variable }) => variable === 'visits.score'
    )
    const told = await opened.model('score ~ visit + sex + (1 | subject)')
    assert.ok(told.ok, told.ok ? '' : told.why)
    const card = told.output.disclosure.information?.find(({ variable }) => variable === 'visits.score')
    assert.ok(price !== undefined && card !== undefined && price.bits > 0)
    assert.ok(card.told <= price.bits * 1.5 + 0.05, `told ${card.told}, priced ${price.bits}`)
    const before = opened.ledger
    assert.ok((await opened.model('score ~ (1 | subject) + sex + visit')).ok)
    assert.equal(opened.ledger, before, 'nothing new was told')
  })

  test('does not say how many rows were left out where that and an earlier answer would single out few people', async () => {
    const study = made(420, 1, (i) => (i < 12 ? 1 : i < 180 ? 2 : 3))
    const opened = await open(study)
    // Two people have a row without a value.
    const visits = study.visits.map((row) => (['P0', 'P1'].includes(String(row.id)) ? { ...row, dose: null } : row))
    const lacking = await open({ ...study, visits })
    const counted = 'SELECT COUNT(*) AS n FROM visits'
    for (const [one, rows] of [
      [opened, 12 + 2 * 168 + 3 * 240],
      [lacking, undefined]
    ] as const) {
      const before = await one.sql(counted)
      assert.ok(before.ok && before.output.rows[0]?.values[0] === 12 + 2 * 168 + 3 * 240)
      const told = await one.model('score ~ sex + dose + (1 | subject)')
      assert.ok(told.ok, told.ok ? '' : told.why)
      assert.deepEqual([gramOfAnswer(told).clusters?.left_out, gramOfAnswer(told).clusters?.rows], [1, rows])
    }
  })

  test('of real people who miss visits and values leaves numbers of rows out where it must, and is answered', async () => {
    for (const [people, lost] of [
      [1500, 0.05],
      [1500, 0.1],
      [600, 0.1]
    ] as const) {
      const next = uniform(people + 7)
      const study = made(people, 3, () => (next() < lost ? 1 : next() < lost ? 2 : 3))
      const visits = study.visits.map((row) => ({ ...row, score: next() < 0.06 ? null : (row.score ?? null) }))
      const opened = await open({ ...study, visits }, { synthetic: false, precision: 'exact' })
      for (const formula of ['score ~ visit + sex + (1 | subject)', 'score ~ visit + (1 | subject)']) {
        const told = await opened.model(formula)
        assert.ok(told.ok, told.ok ? '' : `${people} ${lost} ${formula}: ${told.why}`)
      }
    }
  })

  test('is refused where few people have another number of rows, lack a value, or are alone with a level', async () => {
    const few = made(400, 3, (i) => (i < 3 ? 2 : 3))
    // Only one number of rows is in the model, and these three people would be singled out, so nobody is left out.
    assertRefused(
      await (await open(few)).model('score ~ sex + (1 | subject)'),
      /no number of rows that enough people have/
    )
    // Two people with three visits lack a value at the last visit, so they have as many rows as other people.
    const lacking = made(400, 4, (i) => (i % 2 === 0 ? 2 : 3))
    const visits = lacking.visits.map((row) =>
      ['P1', 'P3'].includes(String(row.id)) && row.visit === 'end' ? { ...row, dose: null } : row
    )
    const study = await open({ ...lacking, visits })
    assertRefused(await study.model('score ~ dose + (1 | subject)'), /few people lack a value/)
    assert.ok((await study.model('score ~ sex + (1 | subject)')).ok, 'of values that nobody lacks')
    const alone = made(400, 5, () => 3)
    const people = alone.people.map((row, i) => ({ ...row, sex: i < 3 ? 'female' : 'male' }))
    assertRefused(await (await open({ ...alone, people })).model('score ~ sex + (1 | subject)'), /people with 3 rows/)
  })

  test('is refused where the rows of one person together weigh too much, though none of them does', async () => {
    const study = made(250, 6, () => 3)
    // The doses of this person are far apart, but their total equals that of other people.
    const doses = [44, 0, 16]
    const visits = study.visits.map((row, at) => (at < 3 ? { ...row, dose: doses[at] ?? 0 } : row))
    const opened = await open({ ...study, visits })
    assertRefused(await opened.model('score ~ dose + (1 | subject)'), /leverage: somebody weighs more/)
    assert.ok((await opened.model('score ~ visit + (1 | subject)')).ok)
    const control = await (await open(study)).model('score ~ dose + (1 | subject)')
    assert.ok(control.ok, control.ok ? '' : control.why)
  })

  test('is refused where totals tell what no row does: all people have the same total', async () => {
    const study = made(300, 7, () => 2)
    const next = uniform(11)
    const visits = study.people.flatMap(({ id }) => {
      const first = Math.floor(next() * 40)
      return [first, 40 - first].map((score, at) => ({
        ...{ id: id ?? '', visit: VISITS[at] ?? '', device: 'one' },
        ...{ dose: 20, score }
      }))
    })
    const told = await (await open({ ...study, visits })).model('score ~ visit + (1 | subject)')
    assertRefused(told, /totals: .*everyone has the same value/)
  })

  test('is refused where few people have rows with two levels, each of which many have', async () => {
    const study = made(400, 12, () => 3)
    // Each person has two visits: three people have the first and the last.
    const left = (person: number) => (person < 3 ? 'middle' : person < 200 ? 'end' : 'start')
    const visits = study.visits.filter(({ id, visit }) => visit !== left(Number(String(id).slice(1))))
    assertRefused(
      await (await open({ ...study, visits })).model('score ~ visit + (1 | subject)'),
      /single out few people|few people have rows/
    )
  })

  test('people who have one row more or less cannot be told apart by two models', async () => {
    const study = made(400, 8, () => 3)
    // The last visit was on the second device; for two people it was the visit before.
    const visits = study.visits.map((row, i) => ({
      ...row,
      device: (i < 6 ? row.visit === 'middle' : row.visit === 'end') ? 'two' : 'one'
    }))
    const alone = await open({ ...study, visits })
    assert.ok((await alone.model('score ~ sex + (1 | subject)', rowsWith('visits.device', 'one'))).ok, 'by itself')
    const opened = await open({ ...study, visits })
    assert.ok((await opened.model('score ~ sex + (1 | subject)', rowsWith('visits.visit', 'start', 'middle'))).ok)
    const second = await opened.model('score ~ sex + (1 | subject)', rowsWith('visits.device', 'one'))
    assertRefused(second, /single out few people/)
  })

  test('numbers are not rounded, so where a catalog rounds there is no model', async () => {
    const opened = await open(
      made(400, 9, () => 3),
      { precision: 'statistical' }
    )
    assertRefused(await opened.model('score ~ sex + (1 | subject)'), /rounded numbers/)
  })

  test('a changed answer to a question is noticed, since the matrix is compared with the rows', async () => {
    const opened = await open(made(300, 10, () => 3))
    const aggregate = await opened.aggregate(planFor('score ~ sex + (1 | subject)', opened))
    const questions = aggregate.questions ?? []
    for (const changed of [questions.slice(1), [...questions].reverse(), []])
      assertRefused(await opened.judge({ ...aggregate, questions: changed }), /questions are not those/)
  })
})

describe('The formula of a model with a random intercept', () => {
  const faults: [formula: string, why: RegExp][] = [
    [
      'score ~ sex + (visit | subject)',
      /character 16, "visit": visits.visit is no time of visits. A random slope is of a category/
    ],
    ['score ~ sex + (1 | centre)', /of each person or each institution/],
    ['score ~ sex + (1 | subject) + (1 | site)', /one random intercept/],
    ['score ~ sex - 1 + (1 | subject)', /needs the intercept/],
    ['score ~ log(dose)', /no functions and no brackets/],
    ['score ~ (1 | subject', /one group alone/],
    ['score ~ sex - (1 | subject)', /only 1 can be taken away|character/]
  ]
  test('says what is wrong and where', async () => {
    const opened = await open(made(60, 1, () => 2))
    for (const [formula, why] of faults) assert.throws(() => planFor(formula, opened), why, formula)
    assert.deepEqual(
      planFor('score ~ (1 | subject) + visit + sex', opened),
      planFor('score ~ sex + visit + ( 1|subject )', opened)
    )
  })
})
