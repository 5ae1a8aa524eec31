import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { disclose, type KnownVariable, type Ledgers, variableFacts } from '@stimnet/privacy'
import { type Measure, type Plan, SubjectSet } from '@stimnet/protocol'
import { conditionsOf, isSpreadOver } from '../src/judge/known.ts'
import type { RowLevel } from '../src/judge/possible.ts'
import {
  CATALOG,
  contextOf,
  factsOf,
  ledgersOf,
  measure,
  people,
  planOf,
  type Row,
  reduce,
  ref,
  SUBJECTS,
  tableOf
} from './fixtures.ts'

const SIZE = 60
const EVERYBODY = SubjectSet.everyone(SIZE)
const setOf = (some: readonly Row[]) =>
  SubjectSet.of(
    SIZE,
    some.map(({ subject }) => subject)
  )
const numbers = (values: readonly number[]): KnownVariable => ({
  values: Float64Array.from(values),
  levels: [],
  unit: 1
})

describe('the distances of known values from their mean', () => {
  const spread = (values: readonly number[], powers: 1 | 2) =>
    isSpreadOver(SubjectSet.everyone(values.length), Float64Array.from(values), { k: 5, powers })
  const alternating = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 40 : 60))

  test('are not spread over k people where one person is far from all others', () => {
    assert.equal(spread([...alternating, 50], 1), true)
    assert.equal(spread([...Array.from({ length: 20 }, (_, i) => 40 + (i % 2)), 80], 1), false)
  })

  test('are spread in their squares as well only where nobody is much nearer to the mean than all others', () => {
    assert.equal(spread(alternating, 2), true)
    assert.equal(spread([...alternating, 50], 2), false)
  })

  test('do not depend on people whose value is missing, and single out nobody where all are alike', () => {
    assert.equal(spread([...alternating, Number.NaN], 2), true)
    const alike = Array.from({ length: 20 }, () => 50)
    assert.equal(spread(alike, 2), true)
  })
})

test('a number of few values, a share and a quantile count those who have each value', () => {
  const few = numbers([1, 2, 3, Number.NaN, 2])
  const counted = (one: Measure, known: KnownVariable, bins?: Parameters<typeof conditionsOf>[2]) =>
    conditionsOf(one, known, bins).map((isIt) => [...known.values].filter(isIt).length)
  assert.deepEqual(counted(measure('mean', 'age'), few), [1, 2, 1])
  assert.deepEqual(counted(measure('count', 'age'), few), [])
  assert.deepEqual(counted(measure('mean', 'age'), numbers(Array.from({ length: 11 }, (_, i) => i))), [])
  const bins = [
    { from: 0, to: 2 },
    { from: 2, to: 9 }
  ].map((bin) => ({ ...bin, support: SubjectSet.none(5), rows: 0 }))
  const quantile: Measure = { kind: 'quantile', name: 'q', variable: ref('age'), q: 0.5 }
  assert.deepEqual(counted(quantile, few, bins), [1, 3])
  const sex = { ...numbers([0, 1, 1, 0, 1]), levels: ['f', 'm'] }
  assert.deepEqual(counted({ kind: 'share', name: 's', variable: ref('sex'), level: 'm' }, sex), [3])
})

/** Asks about the people who are rigid. Others know age and sex of everybody, and who is in `could`, but not who is rigid. */
function asked(
  one: Measure,
  rows: readonly Row[],
  more: {
    could?: SubjectSet
    ledgers?: Ledgers
    /** Whether the values that others know are given. */
    isGiven?: boolean
    isDefining?: boolean
    isKnown?: boolean
    row?: RowLevel
    /** The variables that others do not know. */
    unknown?: readonly string[]
  } = {}
) {
  const { could = setOf(rows), isGiven = true, isDefining = false, isKnown = false, row, unknown = ['rigid'] } = more
  const plan: Plan = planOf([one])
  const own = isKnown ? rows : rows.filter(({ rigid }) => rigid === 'yes')
  const valuesOf = (name: string, levels: readonly string[] = []) => {
    const values = new Float64Array(SIZE).fill(Number.NaN)
    for (const each of rows) {
      const value = each[name] ?? null
      values[each.subject] = levels.length > 0 ? levels.indexOf(String(value)) : Number(value)
    }
    return { ...numbers([...values]), levels }
  }
  const known = new Map([
    [ref('age'), valuesOf('age')],
    [ref('sex'), valuesOf('sex', ['f', 'm'])]
  ])
  const possible = {
    ...{ unknown: unknown.map(ref), keys: [], otherCells: 1, levelsLeft: new Map(), groups: [] },
    sets: [{ ...(row === undefined ? {} : { row }), people: could }]
  }
  const defining = [{ variable: ref('rigid'), without: reduce(plan, SIZE, rows), level: ';["=",["yes"]]' }]
  const variables = new Map([
    factsOf('age', { identifying: true, bounded: true }),
    factsOf('sex', { identifying: true, cells: 2 }),
    factsOf('rigid', { cells: 2, values: 2 }),
    factsOf('cost', { bounded: true, values: 200 })
  ])
  const aggregate = {
    ...{ kind: 'table' as const, plan, reduction: reduce(plan, SIZE, own) },
    defining: isDefining ? defining : [],
    ...(isKnown ? {} : { possible }),
    ...(isGiven ? { known } : {})
  }
  return disclose(
    aggregate,
    contextOf(SIZE, { cohort: setOf(own), variables, ledgers: more.ledgers ?? ledgersOf(SIZE) })
  )
}

const why = (disclosed: ReturnType<typeof asked>) => (disclosed.ok ? '' : disclosed.why)
const WEIGHS_FEW = /known values weigh few/

/** Thirty women and thirty men of similar age; every second person is rigid. */
const ALIKE = people(SIZE, (i) => ({
  sex: i < 30 ? 'f' : 'm',
  rigid: i % 2 === 0 ? 'yes' : 'no',
  age: 50 + (i % 3),
  cost: 20 + ((i * 7) % 31)
}))

describe('a number of values that others know, over people whom they do not', () => {
  // This person is not rigid, so the mean is the same without this person.
  const far = ALIKE.map((row) => (row.subject === 7 ? { ...row, age: 90 } : row))

  test('is withheld where one person of very different age could be among them, whether or not this person is', () => {
    assert.equal(why(asked(measure('mean', 'age'), ALIKE)), '')
    assert.match(why(asked(measure('mean', 'age'), far)), WEIGHS_FEW)
    const isRigid = far.map((row) => (row.subject === 7 ? { ...row, rigid: 'yes' } : row))
    assert.match(why(asked(measure('mean', 'age'), isRigid)), WEIGHS_FEW)
    assert.equal(why(asked(measure('mean', 'age'), far, { isKnown: true })), '', 'of people whom others know')
  })

  test('is withheld where the values are not given: a check that cannot judge refuses', () => {
    assert.match(why(asked(measure('mean', 'age'), ALIKE, { isGiven: false })), WEIGHS_FEW)
  })

  test('is withheld beside another that they do not know, where one person’s age weighs most, in any group', () => {
    const pair: Measure = { kind: 'covariance', name: 'c', variables: [ref('age'), ref('cost')] }
    assert.equal(why(asked(pair, ALIKE, { isKnown: true })), '')
    // The age is not so extreme that this person dominates the sum of the squares.
    const older = ALIKE.map((row) => (row.subject === 7 ? { ...row, age: 56 } : row))
    assert.match(why(asked(pair, older, { isKnown: true })), WEIGHS_FEW)
  })
})

describe('a share of what others know, over people whom they do not', () => {
  const women: Measure = { kind: 'share', name: 'women', variable: ref('sex'), level: 'f' }
  const WOMEN = ALIKE.slice(0, 30)

  test('is a count of the rigid women: one of all women but one does not stand beside it', () => {
    const first = asked(women, ALIKE)
    assert.ok(first.ok, why(first))
    // This woman is not rigid, so the same people are counted.
    const butOne = setOf(WOMEN.filter(({ subject }) => subject !== 1))
    const again = asked(SUBJECTS, WOMEN, { could: butOne, ledgers: first.ledgers })
    assert.match(why(again), /single out few people/)
    assert.equal(why(asked(SUBJECTS, WOMEN, { could: butOne })), '')
  })

  test('is withheld where it says that all women are rigid, or all but few', () => {
    for (const others of [0, 1, 4, 5]) {
      const rows = ALIKE.map((row) => (row.sex === 'f' ? { ...row, rigid: row.subject < others ? 'no' : 'yes' } : row))
      const found = why(asked(women, rows, { isDefining: true }))
      if (others < 5) assert.match(found, /rigid certain/, `${others} women are not rigid`)
      else assert.equal(found, '')
    }
  })
})

test('a number of rows at a visit and one of the people who have such a row are of the same people', () => {
  const row: RowLevel = { variable: ref('visit'), level: 'month_12' }
  const first = asked(SUBJECTS, ALIKE, { could: EVERYBODY, row })
  assert.ok(first.ok, why(first))
  const butOne = EVERYBODY.without(SubjectSet.of(SIZE, [1]))
  assert.match(why(asked(SUBJECTS, ALIKE, { could: butOne, ledgers: first.ledgers })), /single out few people/)
  const later = { could: butOne, ledgers: first.ledgers, row: { ...row, level: 'baseline' } }
  assert.match(why(asked(SUBJECTS, ALIKE, later)), /single out few people/, 'at another visit')
  assert.equal(tableOf(asked(SUBJECTS, ALIKE, { ledgers: first.ledgers, could: EVERYBODY })).rows.length, 1)
})

test('a mean of those with a level is a number of the people with the level and such a value', () => {
  const first = asked(measure('mean', 'cost'), ALIKE)
  assert.ok(first.ok, why(first))
  const butOne = EVERYBODY.without(SubjectSet.of(SIZE, [1]))
  const both = { could: butOne, unknown: ['cost', 'rigid'] }
  assert.match(why(asked(SUBJECTS, ALIKE, { ...both, ledgers: first.ledgers })), /single out few people/)
  assert.equal(why(asked(SUBJECTS, ALIKE, both)), '')
})

test('how many levels a variable has, and whether others know it, is what the site says, not the request', () => {
  const [subjects] = CATALOG.tables
  const sex = subjects?.variables.find(({ name }) => name === 'sex')
  assert.ok(subjects && sex)
  const mapped = { ...sex, levels: ['F', 'M', 'other', 'nobody'], identifying: true }
  const descriptor = { ...CATALOG, tables: [{ ...subjects, variables: [mapped] }] }
  const source = { own: 'subjects.sex', factor: 1, decimals: 0, variable: sex } as const
  const facts = variableFacts(descriptor, () => source).get('subjects.sex')
  assert.deepEqual([facts?.cells, facts?.values, facts?.identifying], [2, 2, false])
})
