import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Filter, type Plan, StimnetError, type VariableContract, type VariableMapping } from '@stimnet/protocol'
import { type Catalog, parseSql } from '../src/index.ts'
import { makeWorld } from './world.ts'

/** Weights in pounds, and levels with other names, in another order, and more of them than in the request. */
const SITE = {
  name: 'clinic',
  subject_key: 'subject_id',
  lattice: [{ variable: 'people.gender' }],
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        {
          name: 'lbs',
          type: 'number',
          unit: 'lb',
          decimals: 1,
          breakpoints: [100, 150, 200],
          minimum: 50,
          maximum: 500
        },
        { name: 'gender', type: 'category', levels: ['man', 'woman', 'girl'] },
        { name: 'postcode', type: 'category', levels: ['N1', 'S2'] },
        { name: 'grade', type: 'integer' }
      ]
    }
  ]
} as const
const FILE = [
  'subject_id,lbs,gender,postcode,grade',
  'a,100,woman,N1,1',
  'b,149.9,man,N1,2',
  'c,150,girl,S2,3',
  'd,220.5,man,S2,4',
  'e,,woman,N1,5',
  'f,99.9,woman,S2,',
  ''
].join('\n')

const CONTRACT: VariableContract[] = [
  { variable: 'people.sex', type: 'category', unit: '', levels: ['female', 'male'], breakpoints: [] },
  { variable: 'people.weight', type: 'number', unit: 'kg', levels: [], breakpoints: [50, 100] }
]
const SEX: VariableMapping = {
  peer: 'p',
  variable: 'people.sex',
  local: 'people.gender',
  levels: [
    { local: 'man', level: 'male' },
    { local: 'woman', level: 'female' },
    { local: 'girl', level: 'female' }
  ],
  scale: ''
}
// Half a kilogram per pound, so that the numbers are easy to check.
const WEIGHT: VariableMapping = { peer: 'p', variable: 'people.weight', local: 'people.lbs', levels: [], scale: '0.5' }

const at = await makeWorld(SITE, { 'people.csv': FILE })
const own = await at.open()
const view = own.mapped({ contract: CONTRACT, mappings: [SEX, WEIGHT] })

async function rowsOf(catalog: Catalog, sql: string, filter?: Filter) {
  const plan: Plan = parseSql(sql, catalog.descriptor)
  const { groups } = await catalog.reduce(plan, await catalog.cohort(filter))
  return groups.map(({ key, support, columns }) => [
    ...key,
    support.size,
    ...[...columns.values()].map(({ sum, decimals }) => Number(sum) / 10 ** decimals)
  ])
}

const codeOf = (terms: Partial<Parameters<Catalog['mapped']>[0]>): unknown => {
  try {
    own.mapped({ contract: CONTRACT, mappings: [], ...terms })
  } catch (error) {
    return error instanceof StimnetError ? error.code : error
  }
}

test('a mapped catalog is described in the words of the request', () => {
  const { variables } = view.descriptor.tables[0] ?? { variables: [] }
  assert.deepEqual(
    variables.map(({ name, unit, levels, breakpoints, maximum }) => ({ name, unit, levels, breakpoints, maximum })),
    [
      { name: 'weight', unit: 'kg', levels: [], breakpoints: [50, 100], maximum: 250 },
      { name: 'sex', unit: '', levels: ['female', 'male'], breakpoints: [], maximum: 0 },
      { name: 'postcode', unit: '', levels: ['N1', 'S2'], breakpoints: [], maximum: 0 },
      { name: 'grade', unit: '', levels: [], breakpoints: [], maximum: 0 }
    ]
  )
  assert.throws(() => parseSql('SELECT AVG(lbs) AS m FROM people', view.descriptor), { code: 'VARIABLE_UNKNOWN' })
})

test('levels and units of a site are read as those of the request, and merged levels are one group', async () => {
  const sql = 'SELECT sex, COUNT(DISTINCT subject_id) AS n, SUM(weight) AS kg FROM people GROUP BY sex'
  assert.deepEqual(await rowsOf(view, sql), [
    ['female', 4, 174.95],
    ['male', 2, 185.2]
  ])
  assert.deepEqual(await rowsOf(view, 'SELECT weight, COUNT(*) AS n FROM people GROUP BY weight'), [
    ['<50', 1],
    ['[50,100)', 3],
    ['>=100', 1],
    [null, 1]
  ])
})

test('a cohort in the words of the request has the same people by the index as by the rows', async () => {
  const filters: Filter[] = [
    { column: 'sex', op: '=', values: ['female'] },
    { column: 'sex', op: '!=', values: ['female'] },
    { column: 'weight', op: '>=', values: [50] },
    { column: 'weight', op: '<', values: [100] },
    { not: { column: 'weight', op: 'is null', values: [] } }
  ]
  for (const filter of filters) {
    const cohort = await view.cohort(filter)
    const where = view.resolveFilter(filter, ['people'])
    const plan: Plan = { ...parseSql('SELECT COUNT(*) AS n FROM people', view.descriptor), where }
    const { groups } = await view.reduce(plan, await view.cohort(undefined))
    assert.deepEqual([...(groups[0]?.support ?? [])], [...cohort], JSON.stringify(filter))
    assert.ok(cohort.size > 0 && cohort.size < 6)
  }
})

test('a script is given the variables of the contract, in its order and words, and no others', async () => {
  const [table] = await view.tables(await view.cohort(undefined))
  const lines = new TextDecoder().decode(table?.csv).trim().split('\n')
  assert.equal(lines[0], 'subject_id,sex,weight')
  const rows = lines.slice(1).map((line) => line.split(',').slice(1).join(','))
  assert.deepEqual(rows.sort(), ['female,', 'female,49.95', 'female,50', 'female,75', 'male,110.25', 'male,74.95'])
  assert.deepEqual(
    table?.columns.map(({ name }) => name),
    ['subject_id', 'sex', 'weight']
  )
})

test('another variable cannot pass for one of the lattice by taking its name', () => {
  const contract: VariableContract[] = [
    { variable: 'people.gender', type: 'category', unit: '', levels: ['N1', 'S2'], breakpoints: [] }
  ]
  const mapping = { peer: 'p', variable: 'people.gender', local: 'people.postcode', levels: [], scale: '' }
  const { lattice, tables } = own.mapped({ contract, mappings: [mapping] }).descriptor
  const names = tables[0]?.variables.map(({ name }) => name)
  assert.deepEqual(names, ['lbs', 'gender', 'grade'], 'and the one whose name was taken is not seen')
  assert.equal(lattice.length, 1)
  assert.ok(lattice.every(({ variable }) => variable !== 'people.gender' && variable !== 'people.postcode'))
  assert.deepEqual(view.descriptor.lattice, [{ variable: 'people.sex', breakpoints: [] }])
})

test('the subject key has the name that the request gives it, and no variable’s', async () => {
  const key = { variable: 'people.patient', type: 'key', unit: '', levels: [], breakpoints: [] }
  const mapping = { peer: 'p', variable: 'people.patient', local: 'people.subject_id', levels: [], scale: '' }
  const renamed = own.mapped({ contract: [...CONTRACT, key], mappings: [SEX, mapping] })
  const rows = await rowsOf(renamed, 'SELECT sex, COUNT(DISTINCT patient) AS n FROM people GROUP BY sex')
  assert.deepEqual(
    rows.map(([sex, n]) => [sex, n]),
    [
      ['female', 4],
      ['male', 2]
    ]
  )
  assert.throws(() => parseSql('SELECT COUNT(DISTINCT subject_id) AS n FROM people', renamed.descriptor))
  const [table] = await renamed.tables(await renamed.cohort(undefined))
  assert.match(new TextDecoder().decode(table?.csv), /^patient,sex\n/)
  const taken = { ...mapping, variable: 'people.grade' }
  assert.equal(codeOf({ contract: [{ ...key, variable: 'people.grade' }], mappings: [taken] }), 'PARAMETER_INVALID')
})

test('a mapping that does not fit is refused in words about catalog and request', () => {
  const weight = (more: Partial<VariableMapping>) => codeOf({ mappings: [{ ...WEIGHT, ...more }] })
  assert.equal(weight({ local: 'people.stone' }), 'VARIABLE_UNKNOWN')
  assert.equal(weight({ scale: '' }), 'SCHEMA_MISMATCH', 'another unit without a factor')
  assert.equal(weight({ scale: '0.4' }), 'SCHEMA_MISMATCH', 'breakpoints that do not meet')
  assert.equal(weight({ local: 'people.gender' }), 'SCHEMA_MISMATCH')
  assert.equal(weight({ variable: 'people.mass' }), 'PARAMETER_INVALID', 'nothing says what it is')
  const sex = (levels: VariableMapping['levels']) => codeOf({ mappings: [{ ...SEX, levels }] })
  assert.equal(sex(SEX.levels.slice(0, 2)), 'SCHEMA_MISMATCH', 'a level that would be lost')
  assert.equal(sex([...SEX.levels, { local: 'man', level: 'female' }]), 'SCHEMA_MISMATCH', 'a level in two places')
  const grade = { variable: 'people.grade', type: 'integer', unit: '', levels: [], breakpoints: [] }
  const mapping = { peer: 'p', variable: 'people.grade', local: 'people.grade', levels: [], scale: '2' }
  assert.equal(codeOf({ contract: [grade], mappings: [mapping] }), 'PARAMETER_INVALID', 'no declared bounds')
  const fine = { ...WEIGHT, scale: '0.500000000', local: 'people.lbs' }
  assert.equal(codeOf({ mappings: [fine] }), undefined)
})
