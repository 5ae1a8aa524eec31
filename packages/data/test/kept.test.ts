import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Filter,
  type GramMeasure,
  type Measure,
  type Plan,
  type ReducedPart,
  type Reduction,
  SubjectSet
} from '@stimnet/protocol'
import fc from 'fast-check'
import type { Catalog } from '../src/index.ts'
import { makeWorld } from './world.ts'

const LEVELS = { arm: ['a', 'b', 'c'], sex: ['F', 'M'] }
const CONFIG = {
  name: 'kept',
  subject_key: 'id',
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'arm', type: 'category', levels: LEVELS.arm },
        { name: 'sex', type: 'category', levels: LEVELS.sex },
        { name: 'age', type: 'integer', breakpoints: [3, 6] },
        { name: 'dose', type: 'number', decimals: 2, minimum: -1e6, maximum: 1e6 },
        { name: 'income', type: 'integer' },
        { name: 'count', type: 'integer', minimum: 0, maximum: 5 }
      ]
    },
    {
      name: 'scans',
      file: 'scans.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'volume', type: 'integer', breakpoints: [50] },
        { name: 'scanner', type: 'category', levels: ['x', 'y'] }
      ]
    }
  ]
}

const orNone = <T>(value: fc.Arbitrary<T>) => fc.oneof({ weight: 4, arbitrary: value }, fc.constant(''))
const person = fc.record({
  arm: orNone(fc.constantFrom(...LEVELS.arm)),
  sex: fc.constantFrom(...LEVELS.sex),
  age: orNone(fc.integer({ min: 0, max: 40 })),
  dose: orNone(fc.integer({ min: -50_000, max: 50_000 }).map((n) => n / 100)),
  // Products beyond 2^53, and beyond what the halves of a value can be summed to.
  income: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(3_000_000_000, 2 ** 39, 2 ** 45 + 1)),
  count: orNone(fc.integer({ min: 0, max: 3 })),
  scan: fc.option(fc.record({ volume: fc.integer({ min: 0, max: 99 }), scanner: orNone(fc.constantFrom('x', 'y')) }))
})
const people = fc.array(person, { minLength: 1, maxLength: 40 })

const csv = (names: readonly string[], rows: readonly (readonly unknown[])[]) =>
  [names, ...rows].map((row) => row.join(',')).join('\n')
const filesOf = (all: readonly (typeof people extends fc.Arbitrary<readonly (infer T)[]> ? T : never)[]) => ({
  'people.csv': csv(
    ['id', 'arm', 'sex', 'age', 'dose', 'income', 'count'],
    all.map(({ arm, sex, age, dose, income, count }, i) => [`s${i}`, arm, sex, age, dose, income, count])
  ),
  'scans.csv': csv(
    ['id', 'volume', 'scanner'],
    all.flatMap(({ scan }, i) => (scan === null ? [] : [[`s${i}`, scan.volume, scan.scanner]]))
  )
})

const NUMBERS = ['people.age', 'people.dose', 'people.income', 'people.count'] as const
const measures: fc.Arbitrary<readonly Measure[]> = fc
  .uniqueArray(
    fc.oneof(
      fc.constant({ kind: 'subjects' as const }),
      fc.record({
        kind: fc.constantFrom('count' as const, 'sum' as const, 'mean' as const, 'variance' as const, 'sd' as const),
        variable: fc.constantFrom(...NUMBERS)
      }),
      fc.record({ kind: fc.constant('count' as const), variable: fc.constantFrom('people.arm' as const) }),
      fc.record({
        kind: fc.constant('covariance' as const),
        variables: fc
          .uniqueArray(fc.constantFrom(...NUMBERS), { minLength: 2, maxLength: 2 })
          .map(([x, y]) => [x ?? 'people.age', y ?? 'people.dose'] as const)
      })
    ),
    { selector: (one) => JSON.stringify(one), minLength: 1, maxLength: 6 }
  )
  .map((all) => all.map((one, i) => ({ ...one, name: `m_${i}` }) as Measure))

const isNull = (column: string): Filter => ({ column, op: 'is null', values: [] })
const condition: fc.Arbitrary<Filter> = fc.constantFrom<Filter>(
  { column: 'people.sex', op: '=', values: ['F'] },
  { column: 'people.arm', op: '!=', values: ['a'] },
  { column: 'people.age', op: '>=', values: [3] },
  { not: { column: 'people.age', op: '<', values: [6] } },
  { not: isNull('people.dose') },
  { all: [{ not: isNull('people.age') }, { not: isNull('people.income') }] },
  { any: [isNull('people.arm'), { column: 'people.arm', op: 'in', values: ['b', 'c'] }] }
)

const plan: fc.Arbitrary<Plan> = fc
  .record({
    tables: fc.constantFrom(['people'], ['people', 'scans'], ['scans', 'people']),
    keys: fc.uniqueArray(fc.constantFrom('people.arm' as const, 'people.sex' as const), { maxLength: 2 }),
    measures,
    where: fc.option(condition, { nil: undefined })
  })
  .map(({ tables, keys, measures: all, where }) => ({
    tables,
    groupBy: keys.map((variable, i) => ({ name: `k_${i}`, variable })),
    measures: all,
    ...(where === undefined ? {} : { where })
  }))

const gram: GramMeasure = {
  kind: 'gram',
  name: 'model',
  outcome: 'people.dose',
  terms: [[], ['people.age'], ['people.arm'], ['people.income']],
  factors: [{ variable: 'people.arm', levels: LEVELS.arm }],
  site: 'none'
}

const ENDS = ['aboveLeast', 'belowMost', 'aboveSecond', 'belowLastButOne']
/** A part that is the whole column can have the sums of the column as well. */
const partOf = ({ support, rows }: ReducedPart) => ({ support, rows })

/** In a form that can be compared: sets as their members. */
const plainly = (value: unknown): unknown => {
  if (value instanceof SubjectSet) return [...value]
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, plainly(one)]))
  if (Array.isArray(value)) return value.map(plainly)
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, plainly(ENDS.includes(key) ? partOf(one) : one)])
    )
  return value
}

/** Nobody is left out, but the plan is reduced by queries. */
const BY_QUERIES = { leftOut: { columns: new Map(), pairs: new Map() } }

async function bothWays(catalog: Catalog, asked: Plan, cohort: SubjectSet): Promise<[Reduction, Reduction]> {
  return [await catalog.reduce(asked, cohort, { inMemory: true }), await catalog.reduce(asked, cohort, BY_QUERIES)]
}

test('a plan has the same answer in memory as by queries', async () => {
  await fc.assert(
    fc.asyncProperty(people, fc.array(plan, { minLength: 1, maxLength: 4 }), fc.integer(), async (all, plans, seed) => {
      const world = await makeWorld(CONFIG, filesOf(all))
      try {
        const catalog = await world.open()
        const some = SubjectSet.of(
          catalog.subjects,
          Array.from({ length: catalog.subjects }, (_, i) => i).filter((i) => (seed >> (i % 31)) & 1)
        )
        for (const asked of plans) {
          for (const cohort of [await catalog.cohort(undefined), some]) {
            const [kept, queried] = await bothWays(catalog, asked, cohort)
            assert.deepEqual(plainly(kept), plainly(queried))
          }
        }
      } finally {
        await world.close()
      }
    }),
    { numRuns: 30 }
  )
})

test('the rows of a model are the same in memory as by queries', async () => {
  await fc.assert(
    fc.asyncProperty(people, fc.constantFrom(['people'], ['people', 'scans']), async (all, tables) => {
      const world = await makeWorld(CONFIG, filesOf(all))
      try {
        const catalog = await world.open()
        const asked: Plan = { tables, groupBy: [], measures: [gram] }
        const [kept, queried] = await bothWays(catalog, asked, await catalog.cohort(undefined))
        assert.deepEqual(plainly(kept), plainly(queried))
      } finally {
        await world.close()
      }
    }),
    { numRuns: 15 }
  )
})
