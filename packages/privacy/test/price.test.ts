import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { disclose, effectiveSettings, priceByDescription } from '@stimnet/privacy'
import type { Measure, Plan, VariableRef } from '@stimnet/protocol'
import { bitsMaxOf, bitsOfCount, bitsOfSum } from '../src/judge/information.ts'
import { type PriceTerms, priceOfQuestion } from '../src/price.ts'
import {
  CATALOG,
  completeIn,
  contextOf,
  factsOf,
  measure,
  people,
  planOf,
  reduce,
  ref,
  SUBJECTS,
  weightsIn
} from './fixtures.ts'

const settings = { ...effectiveSettings({ preset: 'default' }), synthetic: false }
const known = new Map([
  factsOf('x', { values: 101 }),
  factsOf('y', { values: 1_000 }),
  factsOf('response', { values: 2 }),
  factsOf('sex', { values: 2, identifying: true })
])
const facts = (variable: VariableRef) => known.get(variable) ?? factsOf('none')[1]
const terms = (more: Partial<PriceTerms> = {}): PriceTerms => ({
  ...{ facts, settings, subjectsRounded: 150, groups: 1, conditions: [] },
  ...more
})
const STATISTICAL = Math.log2(10 * Math.sqrt(2 * Math.PI * Math.E))
const priced = (plan: Plan, more: Partial<PriceTerms> = {}) =>
  Object.fromEntries(
    priceOfQuestion(plan, terms(more)).map(({ variable, numbers, bits }) => [variable, [numbers, bits]])
  )
const share: Measure = { kind: 'share', name: 'share', variable: ref('response'), level: 'yes' }

describe('what a question tells of each variable', () => {
  test('is so many numbers as the highest power needs, each to a tenth of its standard error', () => {
    for (const [kind, numbers] of [
      ['mean', 1],
      ['sd', 2],
      ['skewness', 3],
      ['kurtosis', 4]
    ] as const) {
      assert.deepEqual(priced(planOf([measure(kind, 'x')])), { [ref('x')]: [numbers, (numbers * STATISTICAL) / 150] })
    }
    const both = priced(planOf([measure('mean', 'x'), measure('sd', 'x')]))
    assert.deepEqual(both[ref('x')]?.[0], 2, 'the mean is one of both')
    const r: Measure = { kind: 'correlation', name: 'r', variables: [ref('x'), ref('y')] }
    assert.deepEqual(
      Object.values(priced(planOf([r]))).map(([numbers]) => numbers),
      [3, 3]
    )
  })

  test('is as many times that as there are groups', () => {
    const plan = planOf([measure('mean', 'x')], 'sex')
    assert.deepEqual(priced(plan, { groups: 2 }), { [ref('x')]: [2, (2 * STATISTICAL) / 150] })
  })

  test('is a number of people for a share, and for a count by a key or condition that others do not know', () => {
    assert.deepEqual(priced(planOf([share])), { [ref('response')]: [1, bitsOfCount(150) / 150] })
    assert.deepEqual(priced(planOf([SUBJECTS], 'response'), { groups: 2 }), {
      [ref('response')]: [2, (2 * bitsOfCount(150)) / 150]
    })
    assert.deepEqual(Object.keys(priced(planOf([SUBJECTS]), { conditions: [ref('response')] })), [ref('response')])
    assert.deepEqual(priced(planOf([SUBJECTS], 'sex'), { groups: 2 }), {}, 'sex they know')
  })

  test('by an unknown key is about the key as well, of known values about it alone', () => {
    const age = new Map([...known, factsOf('x', { values: 101, identifying: true })])
    const plan = planOf([measure('mean', 'x')], 'response')
    const found = priced(plan, { groups: 2, facts: (variable) => age.get(variable) ?? facts(variable) })
    assert.deepEqual(Object.keys(found), [ref('response')])
    assert.deepEqual(priced(plan, { groups: 2 })[ref('response')], [4, (2 * STATISTICAL + 2 * bitsOfCount(150)) / 150])
    assert.deepEqual(priced(plan, { groups: 2 })[ref('x')], [2, (2 * STATISTICAL) / 150])
  })
})

test('as many bits may be told as half of what it takes to write a value down, two for any that has more values', () => {
  const max = (values?: number) => bitsMaxOf({ ...facts(ref('x')), ...(values ? { values } : {}) }, settings)
  assert.deepEqual([max(2), max(4), max(64), max(1e6), max(1)], [0.5, 1, 1, 1, 0.5])
  assert.equal(bitsMaxOf(factsOf('none')[1], settings), 1, 'of which nothing is declared')
  const share = effectiveSettings({ preset: 'default', overrides: { informationShareMax: 0.25 } })
  assert.equal(bitsMaxOf(facts(ref('x')), share), 0.5)
  const [price] = priceOfQuestion(planOf([measure('mean', 'x')]), terms())
  assert.equal(price?.max, 1)
})

test('every digit costs what the exact sum tells, of made-up people what a rounded one would', () => {
  const exact = { ...effectiveSettings({ preset: 'default', precision: 'exact' }), synthetic: false }
  const of = [facts(ref('x'))]
  assert.equal(bitsOfSum(of, 150, settings), STATISTICAL)
  assert.equal(bitsOfSum(of, 150, { ...exact, synthetic: true }), STATISTICAL)
  const bits = bitsOfSum(of, 150, exact)
  // A sum of 150 values spread evenly over 0 to 100 has a standard deviation of 357: log2(357·√(2πe)) bits.
  assert.ok(Math.abs(bits - Math.log2(Math.sqrt((150 * (101 ** 2 - 1)) / 12) * Math.sqrt(2 * Math.PI * Math.E))) < 0.01)
  assert.ok(bitsOfSum([...of, facts(ref('y'))], 150, exact) > bits + 9, 'of products more')
  assert.ok(bitsOfSum([factsOf('none')[1]], 150, exact) > 20, 'of what has no bounds most')
  assert.ok(bitsOfCount(1) < 1.1 && bitsOfCount(150) > 4 && bitsOfCount(150) < 5)
})

test('a question costs what it was said to cost', () => {
  const rows = people(150, (i) => ({
    x: 20 + ((i * 37) % 61),
    y: (i * 53) % 97,
    response: i % 2 ? 'yes' : 'no',
    sex: i % 3 ? 'F' : 'M'
  }))
  const r: Measure = { kind: 'correlation', name: 'r', variables: [ref('x'), ref('y')] }
  for (const plan of [
    planOf([measure('mean', 'x'), measure('sd', 'x')]),
    planOf([measure('mean', 'x')], 'sex'),
    planOf([measure('mean', 'x')], 'response'),
    planOf([share]),
    planOf([r])
  ]) {
    const groups = plan.groupBy.length > 0 ? 2 : 1
    const defining = plan.groupBy
      .map(({ variable }) => ({ variable }))
      .filter(({ variable }) => !facts(variable).identifying)
    const aggregate = {
      kind: 'table',
      plan,
      reduction: reduce(plan, 150, rows),
      defining,
      complete: completeIn(plan, rows),
      weights: weightsIn(plan, rows, 150)
    } as const
    const told = disclose(aggregate, contextOf(150, { settings, synthetic: false, variables: known }))
    assert.ok(told.ok)
    for (const { variable, bits } of priceOfQuestion(plan, terms({ groups }))) {
      const spent = told.ledgers.subjects.bitsEach(variable)
      assert.ok(Math.abs(spent - bits) < 0.01, `${plan.measures[0]?.kind}: ${spent} of ${variable}, not ${bits}`)
    }
  }
})

test('at a catalog of which the description alone is known, groups are those that can be, and conditions count', () => {
  const age: Measure = { kind: 'mean', name: 'mean', variable: 'subjects.age' }
  const plan: Plan = { tables: ['subjects'], groupBy: [], measures: [age] }
  const priced = (by: Plan['groupBy'], where?: Parameters<typeof priceByDescription>[1]['where']) =>
    priceByDescription(CATALOG, { plan: { ...plan, groupBy: by }, where }).map(({ variable, numbers }) => [
      variable,
      numbers
    ])
  assert.deepEqual(priced([]), [['subjects.age', 1]])
  assert.deepEqual(
    priced([{ name: 'sex', variable: 'subjects.sex' }]),
    [
      ['subjects.age', 3],
      ['subjects.sex', 6]
    ],
    'F, M and missing'
  )
  const count = { ...plan, measures: [{ kind: 'subjects', name: 'n' } as const] }
  const where = { column: 'subjects.site', op: 'in', values: ['north'] } as const
  assert.deepEqual(
    priceByDescription(CATALOG, { plan: count, where }).map(({ variable }) => variable),
    ['subjects.site']
  )
})
