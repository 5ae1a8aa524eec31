import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '@stimnet/protocol'
import fc from 'fast-check'
import { type Catalog, latticeOf, proposeLattice } from '../src/index.ts'
import { makeWorld } from './world.ts'

interface Person {
  /** Whether the person has rows only among the visits. */
  readonly absent?: boolean
  readonly age: number | ''
  readonly sex: string
  readonly site: string
}

const CONFIG = {
  name: 'small',
  subject_key: 'id',
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'site', type: 'category', levels: ['north', 'south', 'west'] },
        { name: 'age', type: 'integer', breakpoints: [40, 50, 60, 70, 80] },
        { name: 'sex', type: 'category', levels: ['F', 'M'] },
        { name: 'height', type: 'integer' }
      ]
    },
    {
      name: 'visits',
      file: 'visits.csv',
      variables: [{ name: 'visit', type: 'category', levels: ['one', 'two'] }]
    }
  ]
}

async function opened(people: readonly Person[], lattice?: object[]): Promise<Catalog> {
  const rows = people.flatMap(({ absent, age, sex, site }, i) => (absent ? [] : [`p${i},${site},${age},${sex},170`]))
  const visits = people.map((_, i) => `p${i},one`)
  const world = await makeWorld(lattice === undefined ? CONFIG : { ...CONFIG, lattice }, {
    'people.csv': `id,site,age,sex,height\n${rows.join('\n')}\n`,
    'visits.csv': `id,visit\n${visits.join('\n')}\n`
  })
  return world.open(undefined, seededRandom(1))
}

const person = (i: number): Person => ({
  age: 30 + (i % 60),
  sex: i % 2 === 0 ? 'F' : 'M',
  site: i % 10 === 0 ? 'west' : 'north'
})

test('the variables most asked for come first, and ages are cut as finely as every base cell still has enough people', async () => {
  const catalog = await opened(Array.from({ length: 120 }, (_, i) => person(i)))
  const proposal = await proposeLattice(catalog, { subjectsMin: 10 })
  assert.deepEqual(
    proposal.variables.map(({ variable }) => variable),
    ['people.sex', 'people.age']
  )
  assert.ok(proposal.variables[1]?.breakpoints?.length, 'ages are cut somewhere')
  assert.deepEqual(proposal.leftOut, ['people.site'], 'twelve people of one site would be told apart')
  const finer = await proposeLattice(catalog, { subjectsMin: 2 })
  assert.ok(finer.cells > proposal.cells, 'fewer people a cell make more cells')
})

test('nothing is proposed where everything would tell somebody apart', async () => {
  const people = Array.from({ length: 12 }, (_, i): Person => ({ ...person(i), age: 65, sex: i === 0 ? 'M' : 'F' }))
  const { variables, cells } = await proposeLattice(await opened(people), { subjectsMin: 5 })
  assert.deepEqual([variables.filter(({ variable }) => variable === 'people.sex'), cells], [[], 1])
})

test('whatever the people, each base cell of a proposal that is not empty has enough of them', async () => {
  const somebody = fc.record({
    absent: fc.boolean(),
    age: fc.oneof(fc.constant('' as const), fc.integer({ min: 30, max: 90 })),
    sex: fc.constantFrom('F', 'M', ''),
    site: fc.constantFrom('north', 'south', '')
  })
  await fc.assert(
    fc.asyncProperty(fc.array(somebody, { minLength: 5, maxLength: 80 }), async (people) => {
      const { variables } = await proposeLattice(await opened(people), { subjectsMin: 5 })
      if (variables.length === 0) return
      const lattice = variables.map(({ variable, breakpoints }) => ({
        variable,
        ...(breakpoints ? { breakpoints } : {})
      }))
      const catalog = await opened(people, lattice)
      assert.equal(latticeOf(catalog.config).length, variables.length)
      for (const { size } of await catalog.baseCells()) assert.ok(size >= 5, `a base cell of ${size}`)
    }),
    { numRuns: 12 }
  )
})
