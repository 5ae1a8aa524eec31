import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyIdOf } from '@stimnet/protocol'
import { valueReading } from '../src/catalog/reading.ts'
import { catalogConfigSchema } from '../src/index.ts'
import { CLINIC } from './world.ts'

const withVariable = (variable: object) => ({ ...CLINIC, tables: [{ ...CLINIC.tables[0], variables: [variable] }] })

test('a catalog is described in a few lines, and everything else has a careful default', () => {
  const config = catalogConfigSchema.parse(CLINIC)
  assert.equal(config.access_level, 'private')
  assert.equal(config.synthetic, false)
  const [people] = config.tables
  assert.ok(people?.variables[0])
  const { missing, decimal, dateFormat } = valueReading(people, people.variables[0])
  assert.deepEqual([missing, decimal, dateFormat], [['NA', ''], '.', 'yyyy-mm-dd'])
  assert.equal(config.tables[1]?.one_row_per_subject, false)
})

test('levels written as numbers or truth values in YAML are levels all the same', () => {
  const config = catalogConfigSchema.parse(withVariable({ name: 'x', type: 'category', levels: [0, 1, true] }))
  assert.deepEqual(config.tables[0]?.variables[0]?.levels, ['0', '1', 'true'])
})

test('whoever has the answers of two projects has their differences: a key is in one of them', () => {
  const [ada, ben] = [keyIdOf(new Uint8Array(32).fill(1)), keyIdOf(new Uint8Array(32).fill(2))]
  const parsed = (...requesters: string[][]) =>
    catalogConfigSchema.safeParse({
      ...CLINIC,
      privacy: { scope: 'project', projects: requesters.map((own, i) => ({ name: `p${i}`, requesters: own })) }
    })
  assert.ok(parsed([ada], [ben]).success)
  assert.ok(parsed([ada, ada, ben]).success, 'twice in one is once')
  assert.match(String(parsed([ada], [ben, ada]).error), /is in two projects/)
  assert.equal(parsed().success, false)
})

const REFUSED: readonly (readonly [why: string, config: object, key: string])[] = [
  ['an unknown key', { ...CLINIC, acess_level: 'public' }, ''],
  ['the place of a row as a variable', withVariable({ name: 'RowID', type: 'integer' }), 'tables.0.variables.0.name'],
  ['a name with a slash', { ...CLINIC, name: 'a/b' }, 'name'],
  ['a cohort size below three', { ...CLINIC, min_cohort_size: 2 }, 'min_cohort_size'],
  [
    'a table twice, in capitals',
    { ...CLINIC, tables: [CLINIC.tables[0], { ...CLINIC.tables[1], name: 'PEOPLE' }] },
    'tables.1.name'
  ],
  [
    'a variable twice',
    {
      ...CLINIC,
      tables: [{ ...CLINIC.tables[0], variables: [...CLINIC.tables[0].variables, { name: 'Age', type: 'integer' }] }]
    },
    'tables.0.variables.4.name'
  ],
  ['the subject key as a variable', withVariable({ name: 'subject_id', type: 'text' }), 'tables.0.variables.0.name'],
  [
    'the subject key under another name',
    withVariable({ name: 'x', column: 'subject_id', type: 'text' }),
    'tables.0.variables.0.name'
  ],
  ['a category without levels', withVariable({ name: 'x', type: 'category' }), 'tables.0.variables.0.levels'],
  ['a number with levels', withVariable({ name: 'x', type: 'number', levels: ['1'] }), 'tables.0.variables.0.levels'],
  ['a level twice', withVariable({ name: 'x', type: 'category', levels: ['1', 1] }), 'tables.0.variables.0.levels'],
  [
    'a level with an invisible character',
    withVariable({ name: 'x', type: 'category', levels: ['M\u200b'] }),
    'tables.0.variables.0.levels.0'
  ],
  [
    'a level that is not in NFC',
    withVariable({ name: 'x', type: 'category', levels: ['e\u0301'] }),
    'tables.0.variables.0.levels.0'
  ],
  [
    'a level that also means missing',
    withVariable({ name: 'x', type: 'category', levels: ['NA', 'DE'] }),
    'tables.0.variables.0.missing'
  ],
  [
    'breakpoints that fall',
    withVariable({ name: 'x', type: 'integer', breakpoints: [2, 1] }),
    'tables.0.variables.0.breakpoints'
  ],
  [
    'a breakpoint between whole numbers',
    withVariable({ name: 'x', type: 'integer', breakpoints: [1.5] }),
    'tables.0.variables.0.breakpoints'
  ],
  [
    'a date as breakpoint of a number',
    withVariable({ name: 'x', type: 'integer', breakpoints: ['2024-01-01'] }),
    'tables.0.variables.0.breakpoints'
  ],
  [
    'a day that is none',
    withVariable({ name: 'x', type: 'date', breakpoints: ['2024-02-30'] }),
    'tables.0.variables.0.breakpoints.0'
  ],
  [
    'breakpoints of a text',
    withVariable({ name: 'x', type: 'text', breakpoints: [1] }),
    'tables.0.variables.0.breakpoints'
  ],
  ['a minimum alone', withVariable({ name: 'x', type: 'integer', minimum: 1 }), 'tables.0.variables.0.minimum'],
  [
    'a minimum above the maximum',
    withVariable({ name: 'x', type: 'integer', minimum: 2, maximum: 1 }),
    'tables.0.variables.0.minimum'
  ],
  [
    'decimals of a whole number',
    withVariable({ name: 'x', type: 'integer', decimals: 2 }),
    'tables.0.variables.0.decimals'
  ],
  ['a lattice over nothing', { ...CLINIC, lattice: [{ variable: 'people.size' }] }, 'lattice.0.variable'],
  [
    'a lattice over a number without breakpoints',
    { ...CLINIC, lattice: [{ variable: 'people.height' }] },
    'lattice.0.variable'
  ],
  [
    'a lattice cut that is no breakpoint',
    { ...CLINIC, lattice: [{ variable: 'people.age', breakpoints: [50] }] },
    'lattice.0.variable'
  ],
  [
    'a lattice variable twice',
    { ...CLINIC, lattice: [{ variable: 'people.sex' }, { variable: 'people.sex' }] },
    'lattice'
  ]
]

for (const [why, config, key] of REFUSED) {
  test(`${why} is refused by its key`, () => {
    const parsed = catalogConfigSchema.safeParse(config)
    assert.equal(parsed.success, false)
    assert.ok(
      parsed.error?.issues.some(({ path }) => path.join('.') === key),
      JSON.stringify(parsed.error?.issues)
    )
  })
}

test('bounds have no more decimals than the values: rounded, they would let other values in', () => {
  const weight = (more: object) => ({
    ...{ name: 'registry', subject_key: 'id' },
    tables: [{ name: 'people', file: 'people.csv', variables: [{ name: 'weight', type: 'number', ...more }] }]
  })
  assert.ok(catalogConfigSchema.safeParse(weight({ decimals: 2, minimum: 0.05, maximum: 400 })).success)
  for (const bounds of [
    { minimum: 0.05, maximum: 400 },
    { minimum: 0, maximum: 99.95 }
  ]) {
    const parsed = catalogConfigSchema.safeParse(weight({ decimals: 1, ...bounds }))
    assert.match(parsed.error?.issues[0]?.message ?? '', /has at most 1 decimal here/)
  }
})
