import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Filter, type SubjectSet, seededRandom } from '@stimnet/protocol'
import fc from 'fast-check'
import type { Catalog } from '../src/index.ts'
import { filter, isMember, MODEL_CONFIG, type Model, model, modelFiles, subjectsOf } from './model.ts'
import { CLINIC, CLINIC_FILES, makeWorld } from './world.ts'

/** The person at each position of the index. */
async function nameOfPlace(catalog: Catalog, data: Model): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>()
  for (const who of subjectsOf(data)) {
    const places = await Promise.all(
      ['people.who', 'visits.who'].map((column) => catalog.cohort({ column, op: '=', values: [who] }))
    )
    const [place, second] = new Set(places.flatMap((set) => [...set]))
    assert.ok(place !== undefined && second === undefined, 'one person has one place')
    names.set(place, who)
  }
  return names
}

const named = (set: SubjectSet, names: ReadonlyMap<number, string>) => [...set].map((place) => names.get(place)).sort()

test('a cohort is who a reader of every row would choose, whatever the filter', async () => {
  await fc.assert(
    fc.asyncProperty(
      model,
      fc.array(filter(['people', 'visits']), { minLength: 25, maxLength: 25 }),
      async (data, filters) => {
        const world = await makeWorld(MODEL_CONFIG, modelFiles(data))
        try {
          const catalog = await world.open()
          const names = await nameOfPlace(catalog, data)
          for (const asked of filters) {
            const expected = subjectsOf(data)
              .filter((who) => isMember(who, asked, data))
              .sort()
            assert.deepEqual(named(await catalog.cohort(asked), names), expected)
            assert.deepEqual(named(await catalog.cohort(catalog.resolveFilter(asked)), names), expected)
          }
        } finally {
          await world.close()
        }
      }
    ),
    { numRuns: 10, endOnFailure: true }
  )
})

/** Whether a filter uses only groups, and ages below 1 or from 1. */
function isOnLattice(filter: Filter): boolean {
  if ('all' in filter) return filter.all.every(isOnLattice)
  if ('any' in filter) return filter.any.every(isOnLattice)
  if ('not' in filter) return isOnLattice(filter.not)
  if (filter.column === 'people.group' || filter.op === 'is null') return true
  return ['>=', '<'].includes(filter.op) && filter.values[0] === 1
}

test('base cells are the parts that the lattice cuts everyone into, and each cohort on it is made of them', async () => {
  const config = {
    ...MODEL_CONFIG,
    lattice: [{ variable: 'people.group' }, { variable: 'people.age', breakpoints: [1] }]
  }
  await fc.assert(
    fc.asyncProperty(model, fc.array(filter(['people']), { minLength: 30, maxLength: 30 }), async (data, filters) => {
      const world = await makeWorld(config, modelFiles(data))
      try {
        const catalog = await world.open()
        const cells = await catalog.baseCells()
        assert.ok(cells.every(({ size }) => size > 0))
        assert.equal(
          cells.reduce((sum, { size }) => sum + size, 0),
          catalog.subjects
        )
        for (const asked of filters.filter(isOnLattice)) {
          const cohort = await catalog.cohort(asked)
          for (const cell of cells)
            assert.ok([0, cell.size].includes(cell.and(cohort).size), 'a cell is in whole or not')
        }
      } finally {
        await world.close()
      }
    }),
    { numRuns: 8, endOnFailure: true }
  )
})

test('a cohort is counted without touching the data', async () => {
  const world = await makeWorld(CLINIC, CLINIC_FILES)
  const catalog = await world.open(CLINIC, seededRandom(3))
  await rm(join(world.folder, 'data'), { recursive: true })
  await rm(join(world.folder, 'people.csv'))
  assert.equal((await catalog.cohort({ column: 'sex', op: '=', values: ['F'] })).size, 2)
  assert.equal((await catalog.cohort({ not: { column: 'visit', op: '=', values: ['baseline'] } })).size, 3)
  assert.equal((await catalog.cohort(undefined)).size, 6)
  assert.deepEqual(await catalog.baseCells(), [])
  await world.close()
})
