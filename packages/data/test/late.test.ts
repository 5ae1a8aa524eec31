/** A catalog without the data that came with a newer epoch is compared with the catalog of the older epoch. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Filter, type Plan, seededRandom, type VariableContract, type VariableMapping } from '@stimnet/protocol'
import { type Catalog, carryEpoch, catalogConfigSchema } from '../src/index.ts'
import { makeWorld, type World } from './world.ts'

const CONFIG = {
  name: 'ward',
  subject_key: 'id',
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'age', type: 'integer', breakpoints: [40, 60] },
        { name: 'sex', type: 'category', levels: ['F', 'M'] }
      ]
    },
    {
      name: 'visits',
      file: 'visits.csv',
      variables: [
        { name: 'visit', type: 'category', levels: ['one', 'two'] },
        { name: 'score', type: 'integer', breakpoints: [50] }
      ]
    }
  ],
  analysis_sets: { aged: { complete_on: ['age'] } }
}

const worlds: World[] = []
after(async () => {
  for (const world of worlds) await world.close()
})

const compare = (column: string, op: '=' | '>=' | 'is null', ...values: (string | number)[]): Filter => {
  return { column, op, values }
}
const FILTERS: readonly (Filter | undefined)[] = [
  undefined,
  compare('people.sex', '=', 'F'),
  compare('people.age', '>=', 40),
  { not: compare('people.age', '>=', 40) },
  compare('people.age', 'is null'),
  compare('visits.visit', '=', 'two'),
  compare('visits.score', '>=', 50),
  compare('visits.score', 'is null'),
  { any: [{ not: compare('visits.score', '>=', 50) }, compare('people.age', '>=', 60)] }
]
const PLANS: readonly Plan[] = [
  {
    tables: ['people'],
    groupBy: [{ name: 'sex', variable: 'people.sex' }],
    measures: [
      { kind: 'subjects', name: 'n' },
      { kind: 'mean', name: 'm', variable: 'people.age' }
    ]
  },
  {
    tables: ['people', 'visits'],
    groupBy: [{ name: 'visit', variable: 'visits.visit' }],
    where: { not: compare('visits.score', '>=', 50) },
    measures: [
      { kind: 'rows', name: 'n' },
      { kind: 'mean', name: 'm', variable: 'visits.score' }
    ]
  }
]

/** What the questions see, without the positions of people, which are drawn anew for each epoch. */
async function seen(catalog: Catalog) {
  const sets = [...FILTERS, catalog.setFilter('aged')]
  const found = []
  for (const filter of sets) {
    const cohort = await catalog.cohort(filter)
    found.push(cohort.size)
    for (const plan of PLANS) {
      const { groups } = await catalog.reduce(plan, cohort)
      const lines = groups.map(({ key, support, rows, columns }) => {
        const values = [...columns.values()].map((column) => [
          column.rows,
          String(column.sum),
          String(column.sumSquares)
        ])
        return JSON.stringify([key, support.size, rows, values])
      })
      found.push(lines.sort())
    }
  }
  return found
}

const line = (...values: (string | number | null)[]) => values.map((value) => value ?? '').join(',')

test('all cohorts and sums are those of the older epoch, through several epochs and in a mapped view', async () => {
  const world = await makeWorld(CONFIG)
  worlds.push(world)
  const random = seededRandom(7)
  const roll = (most: number) => (random.bytes(1)[0] ?? 0) % most
  const full = Array.from({ length: 60 }, (_, i) => ({ id: `p${i}`, age: 20 + roll(60), sex: 'FM'[roll(2)] ?? 'F' }))
  const visits = full.flatMap(({ id }) => ['one', 'two'].map((visit) => ({ id, visit, score: roll(100) })))
  // The epoch in which each value and each visit is there; 3 means never.
  const ageIn = full.map(() => [0, 0, 0, 1, 2, 3][roll(6)] ?? 0)
  const scoreIn = visits.map(() => [0, 0, 0, 1, 2, 3][roll(6)] ?? 0)
  const visitIn = visits.map((_, i) => (i % 2 === 0 ? 0 : ([0, 0, 1, 2][roll(4)] ?? 0)))
  const epoch = async (now: number, more: readonly string[] = []) => {
    const people = full.map(({ id, age, sex }, i) => line(id, (ageIn[i] ?? 0) <= now ? age : null, sex))
    const rows = visits.flatMap(({ id, visit, score }, i) =>
      (visitIn[i] ?? 0) <= now ? [line(id, visit, (scoreIn[i] ?? 0) <= now ? score : null)] : []
    )
    await world.write('people.csv', `id,age,sex\n${[...people, ...more].join('\n')}\n`)
    await world.write('visits.csv', `id,visit,score\n${rows.join('\n')}\n`)
    return world.open(CONFIG, seededRandom(now))
  }
  const carry = async (from: Catalog, to: Catalog) => {
    const config = catalogConfigSchema.parse(CONFIG)
    const dataDir = join(world.folder, 'data')
    const carried = await carryEpoch({ config, dataDir, index: world.index, from: from.epoch, to: to.epoch })
    assert.ok(carried.ok, JSON.stringify(carried))
  }
  const zero = await epoch(0)
  assert.equal((await zero.late()).values.size, 0)
  const one = await epoch(1)
  await carry(zero, one)
  const two = await epoch(2)
  await carry(one, two)
  const late = await two.late()
  assert.deepEqual([...late.values.keys(), ...late.rows.keys()].sort(), ['people.age', 'visits', 'visits.score'])
  assert.deepEqual(await seen(two.without(late)), await seen(zero))
  const newest = ({ since }: { readonly since: number }) => since === 2
  const of = <K>(all: ReadonlyMap<K, readonly { item: number; subject: number; since: number }[]>) =>
    new Map([...all].map(([name, items]) => [name, items.filter(newest)]))
  assert.deepEqual(await seen(two.without({ values: of(late.values), rows: of(late.rows) })), await seen(one))
  assert.notDeepEqual(await seen(two), await seen(one))
  assert.deepEqual(await seen(two.without({ values: new Map(), rows: new Map() })), await seen(two))

  const years: VariableMapping = { peer: 'p', variable: 'people.years', local: 'people.age', levels: [], scale: '' }
  const contract: VariableContract[] = [
    { variable: 'people.years', type: 'integer', unit: '', levels: [], breakpoints: [40, 60] }
  ]
  const mapped = two.mapped({ contract, mappings: [years] })
  const lacking = ageIn.filter((at) => at > 0).length
  assert.equal((await mapped.without(late).cohort(compare('people.years', 'is null'))).size, lacking)
  assert.notEqual((await mapped.cohort(compare('people.years', 'is null'))).size, lacking)
})
