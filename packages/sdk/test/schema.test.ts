import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Program } from '@stimnet/protocol'
import { type CatalogVariable, compareFoundCatalogs, descriptorOf, type FoundCatalog } from '@stimnet/sdk'

const variable = (name: string, more: Partial<CatalogVariable> = {}): CatalogVariable => ({
  ...{ name, type: 'number', unit: '', description: '', levels: [], breakpoints: [], minimum: null, maximum: null },
  missing_share: null,
  identifying: false,
  ...more
})
const SEX = variable('sex', { type: 'category', levels: ['F', 'M'] })
const AGE = variable('age', { type: 'integer', unit: 'year', breakpoints: [40, 65], minimum: 18, maximum: 100 })

const found = (peer_id: string, ...variables: CatalogVariable[]): FoundCatalog =>
  ({
    ...{ peer_id, node_id: peer_id, institution: peer_id, name: 'trial', title: '', description: null, data_type: '' },
    ...{ access_level: 'public', total_records: 100, last_updated: '2026-01-01T00:00:00Z', keywords: [], epoch: '' },
    ...{ synthetic: false, programs: [], cohort_size_min: 5, mode: 'sdc', scripts: 'auto', sandbox_grade_min: null },
    ...{ preset: 'default', policy_hash: '', data_use: [] },
    schema_definition: {
      subject_key: 'id',
      lattice: [{ variable: 'people.sex', breakpoints: [] }],
      tables: [{ name: 'people', description: '', one_row_per_subject: true, variables }]
    }
  }) as unknown as FoundCatalog

const statistic = (name: string, variables: string[], by: string[] = []): Program => ({
  kind: 'statistic',
  statistic: { name, variables, by, arguments: {} }
})
const SCRIPT: Program = { kind: 'script', language: 'python', code: '' }
const fieldsOf = (report: ReturnType<typeof compareFoundCatalogs>) =>
  report.differences.map(({ site, variable: name, field }) => [site, name, field])

test('a catalog from a gateway reads as its peer describes it', () => {
  const { name, subjectKey, lattice, tables } = descriptorOf(found('a', SEX, AGE))
  assert.deepEqual([name, subjectKey, lattice], ['trial', 'id', [{ variable: 'people.sex', breakpoints: [] }]])
  const [sex, age] = tables[0]?.variables ?? []
  assert.deepEqual([sex?.levels, sex?.bounded, age?.bounded, age?.maximum], [['F', 'M'], false, true, 100])
})

test('a researcher can compare before signing, over what the statistic uses', () => {
  const catalogs = [found('a', SEX, AGE), found('b', SEX, AGE), found('c', { ...SEX, levels: ['M', 'F'] }, AGE)]
  assert.deepEqual(compareFoundCatalogs(catalogs, { program: statistic('mean', ['age']) }).differences, [])
  const bySex = compareFoundCatalogs(catalogs, { program: statistic('mean', ['age'], ['sex']) })
  assert.deepEqual(fieldsOf(bySex), [['c', 'people.sex', 'levels']])
  const mappings = [{ peer: 'c', variable: 'people.sex', local: 'people.sex' }]
  const settled = compareFoundCatalogs(catalogs, { program: statistic('mean', ['age'], ['sex']), mappings })
  assert.deepEqual(settled.differences, [])
  assert.deepEqual(
    settled.contract.map(({ variable: name }) => name),
    ['people.sex', 'people.age']
  )
})

test('a script is compared over all there is, or over what its contract names', () => {
  const catalogs = [found('a', SEX, AGE), found('b', SEX, AGE, variable('extra'))]
  assert.deepEqual(fieldsOf(compareFoundCatalogs(catalogs, { program: SCRIPT })), [['a', 'people.extra', 'name']])
  const contract = [{ variable: 'people.age', type: 'integer', unit: 'year' }]
  assert.deepEqual(compareFoundCatalogs(catalogs, { program: SCRIPT, contract }).differences, [])
  const wrong = [{ variable: 'age', type: 'integer' }]
  assert.throws(() => compareFoundCatalogs(catalogs, { program: SCRIPT, contract: wrong }), {
    code: 'PARAMETER_INVALID'
  })
})

test('a query is compared over what it names, with breakpoints where it may group by them', () => {
  const other = { ...AGE, breakpoints: [50] }
  const catalogs = [found('a', SEX, AGE), found('b', SEX, other, variable('extra')), found('c', SEX, AGE)]
  const differences = (sql: string) => fieldsOf(compareFoundCatalogs(catalogs, { program: { kind: 'sql', sql } }))
  const cut = [['b', 'people.age', 'breakpoints']]
  assert.deepEqual(differences('SELECT sex, COUNT(DISTINCT id), AVG(age) AS "extra age" FROM people GROUP BY sex'), [])
  assert.deepEqual(differences("SELECT COUNT(*) FROM people WHERE sex = 'extra'"), [])
  for (const sql of [
    'SELECT AGE a, AVG("age") FROM people GROUP BY a',
    'SELECT MEDIAN(age) FROM people',
    'select quantile (age, 0.25) from people'
  ]) {
    assert.deepEqual(differences(sql), cut, sql)
  }
  assert.deepEqual(differences('SELECT AVG(extra) FROM people'), [
    ['a', 'people.extra', 'name'],
    ['c', 'people.extra', 'name']
  ])
  assert.deepEqual(differences('SELECT AVG(extra) FROM visits'), [])
  const sql = 'SELECT COUNT(DISTINCT id) FROM people'
  const told = [{ variable: 'people.age', type: 'integer', unit: 'year' }]
  const { contract } = compareFoundCatalogs(catalogs, { program: { kind: 'sql', sql }, contract: told })
  assert.deepEqual(
    contract.map(({ variable: name, type }) => [name, type]),
    [
      ['people.age', 'integer'],
      ['people.id', 'key']
    ]
  )
})
