import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { seededRandom } from '@stimnet/protocol'
import { type Carried, type CarriedItems, type Catalog, carryEpoch, catalogConfigSchema } from '../src/index.ts'
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
        { name: 'age', type: 'integer', breakpoints: [50] },
        { name: 'sex', type: 'category', levels: ['F', 'M'] }
      ]
    },
    {
      name: 'visits',
      file: 'visits.csv',
      variables: [
        { name: 'visit', type: 'category', levels: ['one', 'two', 'three'] },
        { name: 'score', type: 'number', decimals: 1 }
      ]
    }
  ]
}

type Lines = readonly string[]

/** One catalog whose files change from epoch to epoch. */
class Ward {
  readonly world: World
  config: object = CONFIG

  constructor(world: World) {
    this.world = world
  }

  static async open(): Promise<Ward> {
    return new Ward(await makeWorld(CONFIG))
  }

  async epoch(people: Lines, visits: Lines, seed = 1): Promise<Catalog> {
    await this.world.write('people.csv', `id,age,sex\n${people.join('\n')}\n`)
    await this.world.write('visits.csv', `id,visit,score\n${visits.join('\n')}\n`)
    return this.world.open(this.config, seededRandom(seed))
  }

  carry(from: Catalog, to: Catalog): Promise<Carried> {
    return carryEpoch({
      config: catalogConfigSchema.parse(this.config),
      dataDir: join(this.world.folder, 'data'),
      index: this.world.index,
      from: from.epoch,
      to: to.epoch
    })
  }
}

const PEOPLE = ['a,40,F', 'b,50,M', 'c,60,F', 'd,,M']
const VISITS = ['a,one,1.5', 'a,two,2', 'b,one,3', 'b,one,3', 'c,one,4']

function carried(answer: Carried): Extract<Carried, { ok: true }> {
  if (!answer.ok) throw new Error(answer.why)
  return answer
}
const refusedWith = (answer: Carried, why: RegExp) => assert.match(answer.ok ? 'carried' : answer.why, why)
const facts = ({ before, after: then }: CarriedItems) => [before.items, before.gone, then.items, then.gone]
/** Whether each older item has a position of its own among all newer items. */
const isOneToOne = ({ before, after: then, to }: CarriedItems) =>
  to.length === before.items + before.gone &&
  new Set(to).size === to.length &&
  to.every((at) => at < then.items + then.gone)

/** The people of one epoch in the order of their positions, by age and sex. */
async function peopleOf(catalog: Catalog): Promise<string[]> {
  const tables = await catalog.tables(await catalog.cohort(undefined))
  assert.ok(tables.length === 2)
  const names: string[] = []
  for (const [name, filter] of [
    [
      'F old',
      {
        all: [
          { column: 'sex', op: '=', values: ['F'] },
          { column: 'age', op: '>=', values: [50] }
        ]
      }
    ],
    [
      'F young',
      {
        all: [
          { column: 'sex', op: '=', values: ['F'] },
          { column: 'age', op: '<', values: [50] }
        ]
      }
    ],
    ['M', { column: 'sex', op: '=', values: ['M'] }]
  ] as const) {
    for (const place of await catalog.cohort(filter as never)) names[place] = name
  }
  return names
}

describe('carrying a catalog into a newer epoch', () => {
  test('finds everybody at their new place, and counts who came and who left', async () => {
    const ward = await Ward.open()
    const older = await ward.epoch(PEOPLE, VISITS)
    const newer = await ward.epoch([...PEOPLE.slice(1), 'e,70,F', 'f,30,M'], [...VISITS.slice(2), 'c,two,5'], 2)
    const { people, rows, arrived, left } = carried(await ward.carry(older, newer))
    assert.deepEqual([facts(people), arrived, left], [[4, 0, 5, 1], 2, 1])
    assert.ok(isOneToOne(people))
    const [before, then] = [await peopleOf(older), await peopleOf(newer)]
    for (const [place, at] of people.to.entries()) assert.equal(then[at] ?? 'F young', before[place])
    const visits = rows.get('visits')
    assert.ok(visits && isOneToOne(visits))
    assert.deepEqual(facts(visits), [5, 0, 4, 2])
  })

  test('knows whose rows they are, as the catalogs do', async () => {
    const ward = await Ward.open()
    const older = await ward.epoch(PEOPLE, VISITS)
    const newer = await ward.epoch(PEOPLE.slice(1), VISITS.slice(2), 2)
    const visits = carried(await ward.carry(older, newer)).rows.get('visits')
    assert.ok(visits?.before.owners && visits.after.owners)
    assert.deepEqual(visits.before.owners, await older.owners('visits'))
    assert.deepEqual(visits.after.owners.slice(0, 3), await newer.owners('visits'))
    assert.deepEqual(visits.after.owners.slice(3), await newer.goneOwners('visits'))
    assert.deepEqual([...(await newer.goneOwners('visits'))], [3, 3], 'both of one who is no more in it')
    assert.deepEqual([...(await newer.goneOwners())], [3])
    assert.deepEqual([...(await older.goneOwners())], [], 'nothing was carried there')
  })

  test('equal rows of one subject are counted, not mixed up', async () => {
    const ward = await Ward.open()
    const older = await ward.epoch(PEOPLE, VISITS)
    const three = await ward.epoch(PEOPLE, [...VISITS, 'b,one,3'])
    assert.deepEqual(facts(carried(await ward.carry(older, three)).rows.get('visits') as CarriedItems), [5, 0, 6, 0])
    const one = await ward.epoch(PEOPLE, [...VISITS.slice(0, 3), 'c,one,4'])
    const fewer = carried(await ward.carry(three, one)).rows.get('visits') as CarriedItems
    assert.deepEqual([facts(fewer), isOneToOne(fewer)], [[6, 0, 4, 2], true])
  })

  test('remembers through several epochs who left, and takes them for who they were when they come back', async () => {
    const ward = await Ward.open()
    const one = await ward.epoch(PEOPLE, VISITS)
    const two = await ward.epoch(PEOPLE.slice(1), VISITS.slice(2))
    carried(await ward.carry(one, two))
    const three = await ward.epoch([...PEOPLE.slice(1), 'e,70,F'], VISITS.slice(2), 3)
    const without = carried(await ward.carry(two, three))
    assert.deepEqual(facts(without.people), [3, 1, 4, 1])
    assert.deepEqual(facts(without.rows.get('visits') as CarriedItems), [3, 2, 3, 2])
    const four = await ward.epoch([...PEOPLE, 'e,70,F'], VISITS, 4)
    const back = carried(await ward.carry(three, four))
    assert.deepEqual([facts(back.people), back.arrived], [[4, 1, 5, 0], 0])
    assert.deepEqual(facts(back.rows.get('visits') as CarriedItems), [3, 2, 5, 0])
    assert.ok(isOneToOne(back.people) && isOneToOne(back.rows.get('visits') as CarriedItems))
  })

  test('is refused where a value was changed or removed: its other values would cancel between the epochs', async () => {
    const ward = await Ward.open()
    const older = await ward.epoch(PEOPLE, VISITS)
    const changed = await ward.epoch(['a,41,F', ...PEOPLE.slice(1)], VISITS)
    refusedWith(await ward.carry(older, changed), /values of 1 subject in people were changed/)
    const visit = await ward.epoch(PEOPLE, ['a,one,1.6', ...VISITS.slice(1)])
    refusedWith(await ward.carry(older, visit), /values of 1 subject in visits were changed/)
    const removed = await ward.epoch(['a,,F', ...PEOPLE.slice(1)], VISITS)
    refusedWith(await ward.carry(older, removed), /people were changed/)
    const filledToo = await ward.epoch([...PEOPLE.slice(0, 3), 'd,1,F'], VISITS)
    refusedWith(await ward.carry(older, filledToo), /people were changed/)
  })

  test('a value that was missing and is there now is no other one: the row stays the item that it was', async () => {
    const ward = await Ward.open()
    const older = await ward.epoch(PEOPLE, [...VISITS, 'd,one,', 'd,,', 'd,two,'])
    const newer = await ward.epoch(
      [...PEOPLE.slice(0, 3), 'd,1,M'],
      [...VISITS, 'd,two,7', 'd,three,8', 'd,one,9', 'd,one,6'],
      2
    )
    const { people, rows, filled, arrived } = carried(await ward.carry(older, newer))
    assert.deepEqual([facts(people), filled, arrived], [[4, 0, 4, 0], 1, 0])
    const visits = rows.get('visits') as CarriedItems
    assert.deepEqual(facts(visits), [8, 0, 9, 0])
    assert.ok(isOneToOne(visits))
    // If another row is gone, the filled-in values could be those of the gone row.
    const gone = await ward.epoch(PEOPLE, [...VISITS, 'd,one,9', 'd,,'], 3)
    refusedWith(await ward.carry(older, gone), /values of 1 subject in visits were changed/)
    const back = await ward.epoch(
      [...PEOPLE.slice(0, 3), 'd,2,M'],
      [...VISITS, 'd,two,7', 'd,three,8', 'd,one,9', 'd,one,6'],
      4
    )
    refusedWith(await ward.carry(newer, back), /people were changed/)
  })

  test('a row that comes later in a table with one row per subject counts as filled in, one more visit does not', async () => {
    const ward = await Ward.open()
    const older = await ward.epoch(PEOPLE.slice(0, 3), [...VISITS, 'd,one,2'])
    const visit = await ward.epoch(PEOPLE.slice(0, 3), [...VISITS, 'd,one,2', 'd,two,3'])
    assert.equal(carried(await ward.carry(older, visit)).filled, 0)
    const person = await ward.epoch(PEOPLE, [...VISITS, 'd,one,2', 'd,two,3'])
    const { filled, arrived } = carried(await ward.carry(visit, person))
    assert.deepEqual([filled, arrived], [1, 0])
    const late = await person.late()
    assert.deepEqual([...late.rows.keys(), ...late.values.keys()].sort(), ['people', 'visits'])
    assert.deepEqual(
      late.rows.get('visits')?.map(({ since }) => since),
      [1]
    )
    assert.deepEqual(
      late.rows.get('people')?.map(({ since }) => since),
      [2]
    )
  })

  test('of many rows that a value could belong to, each gets one that has all of its own values', async () => {
    const columns = ['a', 'b', 'c'].map((name) => ({ name, type: 'integer' }))
    const ward = await Ward.open()
    ward.config = { ...CONFIG, tables: [CONFIG.tables[0], { name: 'visits', file: 'visits.csv', variables: columns }] }
    const rowsOf = (lines: Lines) => ward.world.write('visits.csv', `id,a,b,c\n${lines.join('\n')}\n`)
    const next = seededRandom(5)
    const roll = (most: number) => (next.bytes(1)[0] ?? 0) % most
    await ward.world.write('people.csv', 'id,age,sex\na,40,F\nb,50,M\n')
    for (let round = 0; round < 12; round++) {
      const full = Array.from({ length: 1 + roll(6) }, () => columns.map(() => roll(2)))
      const holes = full.map((row) => row.map((value) => (roll(2) === 0 ? '' : value)))
      const line = (row: readonly unknown[]) => `a,${row.join(',')}`
      await rowsOf([...holes.map(line), 'b,1,1,1'])
      const older = await ward.world.open(ward.config, seededRandom(round))
      await rowsOf(['b,1,1,1', ...full.map(line).reverse()])
      const newer = await ward.world.open(ward.config, seededRandom(round + 100))
      if (older.epoch === newer.epoch) continue
      const visits = carried(await ward.carry(older, newer)).rows.get('visits') as CarriedItems
      assert.ok(isOneToOne(visits))
      assert.deepEqual(facts(visits), [full.length + 1, 0, full.length + 1, 0])
    }
  })

  test('is refused where an edit is spread over two epochs', async () => {
    const ward = await Ward.open()
    const one = await ward.epoch(PEOPLE, VISITS)
    const two = await ward.epoch(PEOPLE.slice(1), VISITS.slice(2))
    carried(await ward.carry(one, two))
    const three = await ward.epoch(['a,41,F', ...PEOPLE.slice(1)], VISITS.slice(2))
    refusedWith(await ward.carry(two, three), /people were changed/)
    const other = await ward.epoch(PEOPLE, ['a,three,1.5', ...VISITS.slice(2)])
    refusedWith(await ward.carry(two, other), /visits were changed/)
  })

  test('is refused where values are written otherwise than they were', async () => {
    const ward = await Ward.open()
    const older = await ward.epoch(PEOPLE, VISITS)
    const [people, visits] = CONFIG.tables
    ward.config = {
      ...CONFIG,
      tables: [
        { ...people, variables: [people?.variables[0], { name: 'sex', type: 'category', levels: ['M', 'F'] }] },
        visits
      ]
    }
    refusedWith(await ward.carry(older, await ward.epoch(PEOPLE, VISITS)), /the description of its tables has changed/)
    ward.config = { ...CONFIG, subject_key: 'visit_of' }
    const renamed = { 'people.csv': PEOPLE, 'visits.csv': VISITS }
    for (const [file, lines] of Object.entries(renamed)) {
      const header = file === 'people.csv' ? 'visit_of,age,sex' : 'visit_of,visit,score'
      await ward.world.write(file, `${header}\n${lines.join('\n')}\n`)
    }
    refusedWith(
      await ward.carry(older, await ward.world.open(ward.config)),
      /the description of its tables has changed/
    )
    ward.config = { ...CONFIG, tables: [{ ...people, variables: people?.variables.slice(0, 1) }, visits] }
    refusedWith(await ward.carry(older, await ward.epoch(PEOPLE, VISITS)), /the description of its tables has changed/)
  })

  test('is refused where most keys changed: the same people would be counted as others', async () => {
    const ward = await Ward.open()
    const older = await ward.epoch(PEOPLE, VISITS)
    const [people, visits] = [PEOPLE.slice(0, 3), VISITS].map((lines) => lines.map((line) => `x${line}`))
    refusedWith(await ward.carry(older, await ward.epoch(people ?? [], visits ?? [])), /have their keys changed/)
  })

  test('breakpoints, titles and the lattice may change: they are no values', async () => {
    const ward = await Ward.open()
    const older = await ward.epoch(PEOPLE, VISITS)
    const [people, visits] = CONFIG.tables
    const age = { name: 'age', type: 'integer', breakpoints: [40, 50], description: 'in years' }
    ward.config = {
      ...{ ...CONFIG, title: 'Ward', lattice: [{ variable: 'people.sex' }] },
      tables: [{ ...people, variables: [age, people?.variables[1]] }, visits]
    }
    assert.ok((await ward.carry(older, await ward.epoch(PEOPLE, VISITS))).ok)
  })

  test('a snapshot that is lost stops it', async () => {
    const ward = await Ward.open()
    const older = await ward.epoch(PEOPLE, VISITS)
    const newer = await ward.epoch(PEOPLE.slice(1), VISITS.slice(2))
    const lost = { ...older, epoch: 'f'.repeat(64) }
    await assert.rejects(ward.carry(lost, newer), { code: 'SOURCE_INVALID' })
  })
})
