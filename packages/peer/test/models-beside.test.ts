import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { questionsIn } from '@stimnet/privacy'
import type { Filter } from '@stimnet/protocol'
import { columnsOfModel, gramIn } from '@stimnet/statistics'
import {
  assertRefused,
  centre,
  gramOfAnswer,
  type ModelStudy,
  open,
  people,
  planFor,
  type StudyRow,
  type Told,
  uniform,
  VARIABLES
} from './model-study.ts'

describe('A model beside other answers', () => {
  const ORDINARY: readonly (readonly [string, (study: ModelStudy, where?: Filter) => Promise<Told>])[] = [
    ['the mean', (study, where) => study.statistic('mean', ['marker'], [], where)],
    ['the variance', (study, where) => study.statistic('variance', ['marker'], [], where)],
    ['the covariance', (study, where) => study.statistic('covariance', ['marker', 'score'], [], where)],
    ['the count', (study, where) => study.statistic('count', [], [], where)],
    ['the counts of a level', (study, where) => study.statistic('table', ['grade'], [], where)],
    ['the means by a level', (study, where) => study.statistic('mean', ['marker'], ['grade'], where)],
    ['another model', (study, where) => study.model('score ~ marker', where)]
  ]
  const MODEL = 'score ~ marker + grade'

  for (const few of [1, 4]) {
    test(`over people who differ by ${few} is no model after ordinary answers, and no ordinary answer after a model`, async (t) => {
      const rows = people(400, 20 + few, few)
      for (const [name, ask] of ORDINARY) {
        const before = await open(t, rows)
        const told = await ask(before, centre('A'))
        assert.ok(told.ok, name)
        assertRefused(
          await before.model(MODEL, centre('A', 'C')),
          /single out few people|certain|could be in it/,
          `a model after ${name}`
        )
        const after = await open(t, rows)
        assert.ok((await after.model(MODEL, centre('A', 'C'))).ok)
        const own = await ask(after, centre('A'))
        // If the answer leaves people out, it is over other people than those of the attack.
        const isOver =
          own.ok && own.output.left_out === undefined && own.output.withheld.groups + own.output.withheld.cells === 0
        assert.ok(!isOver, `${name} after a model`)
      }
      // If there are many people, all of these questions are answered.
      for (const [name, ask] of ORDINARY) {
        const apart = await open(t, people(900, 20 + few, 80))
        assert.ok((await apart.model(MODEL, centre('A', 'C'))).ok)
        assert.ok((await ask(apart, centre('A'))).ok, name)
      }
    })
  }

  const LACKING = [null, 60] as const
  for (const own of LACKING) {
    for (const grade of ['low', 'high']) {
      test(`is refused for one more known person who ${own === null ? 'lacks a value' : 'has a value'} and is ${grade}`, async (t) => {
        // Twelve other people lack the value, so that one more would not be noticed by their number.
        const rows = people(500, 33, 1).map((row, i) =>
          i === 0 ? { ...row, marker: own, grade } : i < 13 ? { ...row, marker: null } : row
        )
        const low: Filter = { column: 'grade', op: '=', values: ['low'] }
        for (const [first, second] of [
          [centre('A'), centre('A', 'C')],
          [centre('A', 'C'), centre('A')],
          [low, { all: [low, centre('A', 'B')] }],
          [{ all: [low, centre('A', 'B')] }, low]
        ] as const) {
          const study = await open(t, rows)
          assert.ok((await study.model('score ~ marker', first)).ok, JSON.stringify(first))
          assertRefused(await study.model('score ~ marker', second), /single out few people/, JSON.stringify(second))
        }
      })
    }
  }

  test('tells the same quantities: what it told is not new when it is asked by itself', async (t) => {
    const study = await open(t, people(500, 30))
    assert.ok((await study.model('score ~ marker * sex + grade')).ok)
    const ledger = study.ledger
    for (const ask of [
      () => study.statistic('variance', ['marker']),
      () => study.statistic('variance', ['score']),
      () => study.statistic('covariance', ['marker', 'score']),
      () => study.statistic('mean', ['score'], ['grade']),
      () => study.statistic('mean', ['marker'], ['grade']),
      () => study.statistic('variance', ['marker'], ['sex']),
      () => study.statistic('covariance', ['marker', 'score'], ['sex']),
      () => study.statistic('table', ['grade', 'sex'])
    ]) {
      assert.ok((await ask()).ok)
      for (const quantity of [
        '1',
        'people.marker',
        'people.marker^2',
        'people.score',
        'people.score^2',
        'people.marker*people.score'
      ])
        assert.equal(study.ledger.rankOf(quantity), ledger.rankOf(quantity), quantity)
      for (const variable of ['people.marker', 'people.score', 'people.grade'])
        assert.equal(study.ledger.bitsEach(variable), ledger.bitsEach(variable), variable)
    }
  })

  test('in the words of a mapping is about the institution’s own variables', async (t) => {
    const contract = [
      { variable: 'people.score', type: 'integer', unit: '', levels: [], breakpoints: [] },
      { variable: 'people.index', type: 'number', unit: '', levels: [], breakpoints: [] },
      { variable: 'people.gender', type: 'category', unit: '', levels: ['man', 'woman'], breakpoints: [] },
      { variable: 'people.centre', type: 'category', unit: '', levels: ['A', 'B', 'C'], breakpoints: [] }
    ] as const
    const mappings = [
      { peer: 'p', variable: 'people.index', local: 'people.marker', levels: [], scale: '0.5' },
      {
        ...{ peer: 'p', variable: 'people.gender', local: 'people.sex', scale: '' },
        levels: [
          { local: 'female', level: 'woman' },
          { local: 'male', level: 'man' }
        ]
      }
    ]
    const rows = people(500, 34, 3)
    const study = await open(t, rows)
    const own = study.catalog
    const mapped = own.mapped({
      contract: contract.map((one) => ({ ...one, levels: [...one.levels], breakpoints: [] })),
      mappings
    })
    study.catalog = mapped
    const told = await study.model('score ~ index + gender', centre('A', 'C'))
    const { columns, upper, factors } = gramOfAnswer(told)
    assert.deepEqual(factors, [{ name: 'gender', levels: ['man', 'woman'] }])
    assert.deepEqual(
      columns.map(({ name }) => name),
      ['(Intercept)', 'gender[woman]', 'index', 'score']
    )
    const members = rows.filter((row) => row.centre !== 'B')
    assert.equal(upper[1], String(members.filter(({ sex }) => sex === 'female').length))
    const unit = 10 ** (columns[2]?.decimals ?? 0) / 2
    assert.equal(upper[2], String(members.reduce((sum, { marker }) => sum + Number(marker) * unit, 0)))
    // With the names of the catalog, nothing in the answer is new, and a difference of three people is refused.
    study.catalog = own
    const ledger = study.ledger
    assert.ok((await study.statistic('covariance', ['marker', 'score'], [], centre('A', 'C'))).ok)
    for (const quantity of ['people.marker', 'people.marker^2', 'people.marker*people.score', '1'])
      assert.equal(study.ledger.rankOf(quantity), ledger.rankOf(quantity), quantity)
    assertRefused(await study.model('score ~ marker', centre('A')), /single out few people/)
    study.catalog = mapped
    assertRefused(await study.model('score ~ index', centre('A')), /single out few people/)
  })

  test('costs what its questions cost one by one, to the last bit', async (t) => {
    const rows = people(500, 31)
    for (const formula of ['score ~ marker', 'score ~ marker + grade + sex', 'score ~ marker * grade + dose']) {
      const model = await open(t, rows, { synthetic: false })
      const fitted = await model.model(formula)
      assert.ok(fitted.ok, fitted.ok ? formula : fitted.why)
      const single = await open(t, rows, { synthetic: false })
      for (const plan of questionsIn(planFor(formula, single))) {
        const told = await single.ask(plan)
        assert.ok(told.ok && told.output.withheld.groups + told.output.withheld.cells === 0)
      }
      for (const { name } of VARIABLES) {
        const [together, apart] = [model, single].map(({ ledger }) => ledger.bitsEach(`people.${name}`))
        assert.ok(Math.abs((together ?? 0) - (apart ?? 0)) < 1e-9, `${formula}: ${name} ${together} ${apart}`)
      }
      for (const quantity of single.ledger.parts.spans.keys())
        assert.ok(model.ledger.rankOf(quantity) >= single.ledger.rankOf(quantity), `${formula}: ${quantity}`)
    }
  })

  test('is refused where the information about a variable is used up', async (t) => {
    const study = await open(t, people(150, 32), { synthetic: false })
    const formulas = [
      'score ~ marker + dose',
      'dose ~ marker * sex',
      'marker ~ dose * sex + score',
      'score ~ dose * sex + marker'
    ]
    const told = []
    for (const formula of formulas) told.push(await study.model(formula))
    const last = told.at(-1)
    assert.ok(last && !last.ok)
    assert.ok(
      told.some((one) => !one.ok && /information budget/.test(one.why)),
      JSON.stringify(told.map((one) => (one.ok ? 'told' : one.why)))
    )
  })

  test('a model that is refused is remembered as asked over its people, and as nothing else', async (t) => {
    const study = await open(
      t,
      people(200, 9).map((row, i) => (i === 17 ? { ...row, marker: 175 } : row))
    )
    assertRefused(await study.model('score ~ marker'), /leverage/)
    const { spans, spent, levels } = study.ledger.parts
    assert.deepEqual([...spans.keys()].sort(), ['of whom people.marker', 'of whom people.score'])
    assert.deepEqual([spent.size, levels.size], [0, 0])
    assertRefused(await study.model('score ~ marker'), /leverage/)
  })
})

/** 0/1 vectors over the people, by quantity: the sums that an attacker can add and subtract. */
type ToldSums = Map<string, number[][]>

/** The largest diagonal entry of the projector on the span of the given vectors. */
function largestLeverage(vectors: readonly number[][]): number {
  const basis: number[][] = []
  for (const vector of vectors) {
    let left = vector
    // The step is done twice, so that rounding errors stay small.
    for (const _ of [1, 2])
      for (const one of basis) {
        const along = one.reduce((sum, value, i) => sum + value * (left[i] ?? 0), 0)
        left = left.map((value, i) => value - along * (one[i] ?? 0))
      }
    const length = Math.hypot(...left)
    if (length > 1e-6) basis.push(left.map((value) => value / length))
  }
  return Math.max(0, ...(basis[0] ?? []).map((_, i) => basis.reduce((sum, one) => sum + (one[i] ?? 0) ** 2, 0)))
}

describe('Random models and other questions about groups that differ by few', () => {
  const KEYS = ['grade', 'sex', 'centre'] as const
  const FORMULAS = [
    'score ~ marker',
    'score ~ marker + sex',
    'marker ~ grade',
    'score ~ grade + age',
    'score ~ sex * marker',
    'dose ~ marker + score'
  ]

  // With these seeds at least three models are answered.
  for (const seed of [101, 102, 104]) {
    test(`no sums that were told, added and subtracted, rest on fewer than k people (seed ${seed})`, async (t) => {
      const rows = people(900, seed, 3)
      const study = await open(t, rows)
      const next = uniform(seed)
      const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T
      const told: ToldSums = new Map()
      const note = (numbers: readonly string[], isIn: (row: StudyRow) => boolean) => {
        const quantity = [...numbers].sort().join('*') || '1'
        told.set(quantity, [...(told.get(quantity) ?? []), rows.map((row) => (isIn(row) ? 1 : 0))])
      }
      let models = 0
      for (let round = 0; round < 45; round++) {
        const cohorts: readonly (readonly [Filter, (row: StudyRow) => boolean])[] = [
          [centre('A'), (row) => row.centre === 'A'],
          [centre('A', 'C'), (row) => row.centre !== 'B'],
          [centre('B', 'C'), (row) => row.centre !== 'A'],
          [{ column: 'age', op: '<', values: [60] }, (row) => Number(row.age) < 60],
          [
            { all: [{ column: 'age', op: '>=', values: [60] }, centre('A', 'B')] },
            (row) => Number(row.age) >= 60 && row.centre !== 'C'
          ],
          [{ column: 'sex', op: '=', values: ['male'] }, (row) => row.sex === 'male'],
          [{ column: 'grade', op: '=', values: ['low'] }, (row) => row.grade === 'low']
        ]
        const [where, isIn] = pick(cohorts)
        const formula = pick(FORMULAS)
        const key = pick(KEYS)
        const kind = pick(['model', 'model', 'mean', 'count', 'covariance'])
        if (kind === 'model') {
          const answer = await study.model(formula, where)
          const measure = gramIn(planFor(formula, study))
          if (!answer.ok || !measure) continue
          models += 1
          const columns = columnsOfModel(measure)
          const short = (name: string) => name.slice(7)
          for (const [i, one] of columns.entries())
            for (const other of columns.slice(i)) {
              const levels = [...one.levels, ...other.levels]
              const numbers = [one.number, other.number].flatMap((number) => (number ? [short(number)] : []))
              note(numbers, (row) => isIn(row) && levels.every(([variable, level]) => row[short(variable)] === level))
            }
        } else if (kind === 'covariance') {
          const answer = await study.statistic('covariance', ['marker', 'score'], [], where)
          if (!answer.ok || answer.output.left_out !== undefined || answer.output.rows[0]?.values[0] === null) continue
          for (const numbers of [['marker'], ['score'], ['marker', 'marker'], ['score', 'score'], ['marker', 'score']])
            note(numbers, isIn)
        } else {
          const answer =
            kind === 'mean'
              ? await study.statistic('mean', ['marker'], [key], where)
              : await study.statistic('table', [key], [], where)
          if (!answer.ok || answer.output.left_out !== undefined) continue
          for (const { values } of answer.output.rows) {
            if (values[1] === null) continue
            note(kind === 'mean' ? ['marker'] : [], (row) => isIn(row) && row[key] === values[0])
          }
        }
      }
      assert.ok(models >= 3, `only ${models} models were told`)
      for (const [quantity, vectors] of told)
        assert.ok(largestLeverage(vectors) <= 1 / 5 + 1 / 50 + 1e-9, `${quantity}: ${largestLeverage(vectors)}`)
    })
  }
})
