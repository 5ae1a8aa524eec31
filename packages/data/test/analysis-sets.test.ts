import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { codeOf, seededRandom } from '@stimnet/protocol'
import { type Catalog, catalogConfigSchema, proposeSet } from '../src/index.ts'
import { makeWorld } from './world.ts'

const VARIABLES = [
  { name: 'age', type: 'integer', breakpoints: [50] },
  { name: 'sex', type: 'category', levels: ['F', 'M'] },
  { name: 'score', type: 'number', decimals: 1 },
  { name: 'note', type: 'text' }
]
const config = (sets: object, more: object = {}) => ({
  ...{ name: 'clinic', subject_key: 'id', analysis_sets: sets, ...more },
  tables: [
    { name: 'people', file: 'people.csv', one_row_per_subject: true, variables: VARIABLES },
    {
      ...{ name: 'visits', file: 'visits.csv' },
      variables: [
        { name: 'visit', type: 'category', levels: ['first', 'last'] },
        { name: 'grip', type: 'integer' }
      ]
    }
  ]
})

/** Persons 1 to `size`. The score of the persons in `lacking` is missing; the youngest ten are below 50. */
const peopleCsv = (size: number, lacking: readonly number[]) =>
  [
    'id,age,sex,score,note',
    ...Array.from({ length: size }, (_, i) => {
      const id = i + 1
      return `P${id},${id <= 10 ? 40 : 60},${id % 2 === 0 ? 'F' : 'M'},${lacking.includes(id) ? '' : id / 10},x`
    })
  ].join('\n')
/** Everybody has both visits, except person 3, who has only the first. Persons 1 and 2 have no grip at the first visit. */
const visitsCsv = (size: number) =>
  [
    'id,visit,grip',
    ...Array.from({ length: size }, (_, i) => [
      `P${i + 1},first,${i < 2 ? '' : 20 + i}`,
      ...(i === 2 ? [] : [`P${i + 1},last,${30 + i}`])
    ]).flat()
  ].join('\n')

const SCORED = { main: { complete_on: ['age', 'score'] } }
const sizeOf = async (catalog: Catalog, name = 'main') => (await catalog.cohort(catalog.setFilter(name))).size
/** The scores of the people whom a set leaves out; null for people without a score. */
async function leftOut(catalog: Catalog, name = 'main'): Promise<(number | null)[]> {
  const scores = await catalog.valuesOf('people.score')
  const out = (await catalog.cohort(undefined)).without(await catalog.cohort(catalog.setFilter(name)))
  return Array.from(out, (place) => (Number.isNaN(scores[place]) ? null : (scores[place] ?? null))).sort(
    (a, b) => (a ?? 0) - (b ?? 0)
  )
}

describe('An analysis set', () => {
  test('is who has a value of each of its variables, where at least k have none', async () => {
    const lacking = [3, 7, 20, 21, 22]
    const world = await makeWorld(config(SCORED), { 'people.csv': peopleCsv(60, lacking), 'visits.csv': visitsCsv(60) })
    const catalog = await world.open()
    assert.deepEqual(await leftOut(catalog), [null, null, null, null, null])
    assert.deepEqual(catalog.descriptor.sets, [
      { name: 'main', completeOn: ['people.age', 'people.score'], where: null }
    ])
    assert.throws(() => catalog.setFilter('other'), { code: 'PARAMETER_INVALID', reason: /no analysis set.*has: main/ })
  })

  test('is everybody where nobody lacks a value', async () => {
    const world = await makeWorld(config(SCORED), { 'people.csv': peopleCsv(60, []), 'visits.csv': visitsCsv(60) })
    assert.equal(await sizeOf(await world.open()), 60)
  })

  test('leaves out people of a secret order where fewer than k lack a value, the same ones as long as it can', async () => {
    const files = { 'people.csv': peopleCsv(60, [3, 7]), 'visits.csv': visitsCsv(60) }
    const world = await makeWorld(config(SCORED), files)
    const catalog = await world.open()
    const first = await leftOut(catalog)
    assert.equal(first.length, 5)
    assert.deepEqual(first.slice(0, 2), [null, null])
    assert.deepEqual(await leftOut(await world.open()), first, 'opened again')
    // A newer epoch with more people and other positions leaves out the same people.
    await world.write('people.csv', peopleCsv(70, [3, 7]))
    await world.write('visits.csv', visitsCsv(70))
    const newer = await world.open()
    assert.notEqual(newer.epoch, catalog.epoch)
    const kept = (await leftOut(newer)).filter((score) => first.includes(score))
    assert.ok(kept.length >= 4, `${kept.length} of 5`)
    // The selection depends on the peer's secret: with other secrets, everybody is left out sometimes.
    const chosen = new Set<number | null>()
    for (let seed = 2; seed < 8; seed++) {
      const other = await makeWorld(config(SCORED), files)
      for (const score of await leftOut(await other.open(undefined, seededRandom(seed)))) chosen.add(score)
    }
    assert.ok(chosen.size > 9, `${chosen.size} different people`)
  })

  test('leaves k out as well where its conditions would leave few of the catalog outside', async () => {
    const sets = {
      men: { complete_on: ['score'], where: { sex: 'M' } },
      old: { complete_on: ['score'], where: { age: [] } }
    }
    assert.ok(!catalogConfigSchema.safeParse(config(sets)).success)
    const world = await makeWorld(config({ men: sets.men }), {
      // Three women; no score is missing.
      'people.csv': peopleCsv(60, [])
        .replaceAll(',F,', ',M,')
        .replaceAll(/^(P[123],\d+),M/gm, '$1,F'),
      'visits.csv': visitsCsv(60)
    })
    const catalog = await world.open()
    // The men outside of the set are k, and so are all people outside of it.
    assert.equal(await sizeOf(catalog, 'men'), 60 - 3 - 5)
  })

  test('of a table with several rows is who has a value in each row that its conditions choose', async () => {
    const sets = {
      first: { complete_on: ['grip'], where: { visit: 'first' } },
      last: { complete_on: ['grip'], where: { 'visits.visit': ['last'] } },
      both: { complete_on: ['visits.grip'] }
    }
    const size = 60
    const lines = visitsCsv(size)
      .split('\n')
      // Ten people have no visit at all.
      .filter((line) => !/^P(5[1-9]|60),/.test(line))
    const world = await makeWorld(config(sets), { 'people.csv': peopleCsv(size, []), 'visits.csv': lines.join('\n') })
    const catalog = await world.open()
    // Of the 50 people with a first visit, two lack a grip, so three others are left out. Person 3 has no last visit.
    assert.deepEqual(await Promise.all(['first', 'last', 'both'].map((name) => sizeOf(catalog, name))), [45, 49, 48])
  })

  test('is refused where it is not one of the catalog', () => {
    const fault = (sets: object, more: object = {}) => {
      const parsed = catalogConfigSchema.safeParse(config(sets, more))
      assert.ok(!parsed.success, JSON.stringify(sets))
      return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
    }
    assert.match(fault({ main: { complete_on: ['weight'] } }), /main.complete_on.0: no such variable/)
    assert.match(fault({ main: { complete_on: ['note'] } }), /free text/)
    assert.match(fault({ main: { complete_on: ['age', 'people.age'] } }), /complete_on.1: it is named twice/)
    assert.match(fault({ main: { complete_on: [] } }), /complete_on/)
    assert.match(fault({ main: { complete_on: ['age'], where: { weight: 1 } } }), /where.weight: no such variable/)
    assert.match(fault({ 'a b': { complete_on: ['age'] } }), /analysis_sets.a b: Invalid key/)
    assert.match(fault(SCORED, { mode: 'dp' }), /mode: dp has none/)
  })

  test('with a value that is not declared does not open', async () => {
    const sets = { main: { complete_on: ['score'], where: { sex: 'X' } } }
    const world = await makeWorld(config(sets), { 'people.csv': peopleCsv(60, []), 'visits.csv': visitsCsv(60) })
    await assert.rejects(world.open(), (error) => {
      assert.equal(codeOf(error), 'SOURCE_INVALID')
      assert.match((error as Error).message, /analysis_sets.main.*"X" is no level of people.sex/)
      return true
    })
  })

  test('cannot be written by a request', async () => {
    const world = await makeWorld(config(SCORED), { 'people.csv': peopleCsv(60, []), 'visits.csv': visitsCsv(60) })
    const catalog = await world.open()
    const id = JSON.stringify(catalog.setFilter('main'))
    assert.match(id, /:set\.main~/)
    const column = JSON.parse(id).column as string
    for (const op of ['=', 'is null', '!='] as const)
      assert.throws(() => catalog.resolveFilter({ column, op, values: op === 'is null' ? [] : ['x'] }), /no variable/)
  })

  test('is proposed of the variables that most people have, without a number of few people', async () => {
    const lacking = Array.from({ length: 20 }, (_, i) => i + 1)
    const world = await makeWorld(config({}), {
      'people.csv': peopleCsv(60, lacking).replace('P30,60,F', 'P30,60,'),
      'visits.csv': visitsCsv(60)
    })
    assert.deepEqual(await proposeSet(await world.open(), 5), {
      completeOn: ['people.age', 'people.sex'],
      costly: ['people.score'],
      several: ['visits.visit', 'visits.grip'],
      keptTenths: 9
    })
  })

  test('is proposed with what nobody lacks, and without all of what the same people lack', async () => {
    // The same 30 of 100 people lack outcome and responder. Of these, 25 lack the weight too, as do five others.
    const columns = ['arm', 'age', 'outcome', 'responder', 'event', 'weight', 'stage', 'height']
    const lacks = (id: number): Readonly<Record<string, boolean>> => ({
      outcome: id <= 30,
      responder: id <= 30,
      weight: id > 5 && id <= 35,
      stage: id > 40 && id <= 50,
      height: id > 40 && id <= 50
    })
    const ids = Array.from({ length: 100 }, (_, i) => i + 1)
    const rows = ids.map((id) => [`P${id}`, ...columns.map((name) => (lacks(id)[name] ? '' : '7'))].join(','))
    // A person who has only a visit lacks all of these variables.
    const visits = [...ids, 999].map((id) => `P${id},first,20`)
    const people = config({}).tables[0]
    const variables = columns.map((name) => ({ name, type: 'integer' }))
    const world = await makeWorld(
      { ...config({}), tables: [{ ...people, variables }, ...config({}).tables.slice(1)] },
      {
        'people.csv': [`id,${columns.join(',')}`, ...rows].join('\n'),
        'visits.csv': ['id,visit,grip', ...visits].join('\n')
      }
    )
    const { completeOn, costly, keptTenths } = await proposeSet(await world.open(), 5)
    assert.deepEqual(
      completeOn,
      ['arm', 'age', 'event', 'stage', 'height'].map((name) => `people.${name}`)
    )
    assert.deepEqual(
      costly,
      ['outcome', 'responder', 'weight'].map((name) => `people.${name}`)
    )
    assert.equal(keptTenths, 8)
  })
})
