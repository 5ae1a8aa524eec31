import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Catalog, parseSql } from '@stimnet/data'
import { knownValues } from '../src/jobs/run/table.ts'
import { disclose, effectiveSettings, type Ledgers, SpanLedger, startLedger, variableFacts } from '@stimnet/privacy'
import { makeWorld } from '../../../test/data-world.ts'

const LATTICE = [{ variable: 'people.sex' }]
const CONFIG = {
  name: 'trial',
  subject_key: 'id',
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'age', type: 'integer', breakpoints: [65], minimum: 18, maximum: 100 },
        { name: 'sex', type: 'category', levels: ['F', 'M'] }
      ]
    },
    {
      name: 'visits',
      file: 'visits.csv',
      variables: [
        { name: 'visit', type: 'category', levels: ['baseline', 'month_6', 'month_12'] },
        { name: 'response', type: 'category', levels: ['yes', 'no'] },
        { name: 'score', type: 'integer', minimum: 0, maximum: 100 },
        { name: 'change', type: 'integer', minimum: -100, maximum: 100 }
      ]
    }
  ],
  lattice: LATTICE
}

/** Sixty people of a trial. Only the target did not respond at month 12. */
async function world(more: readonly string[] = []) {
  const people = Array.from({ length: 60 }, (_, i) => `p${i},${40 + (i % 40)},${i % 2 === 0 ? 'F' : 'M'}`)
  const visits = people.flatMap((_, i) =>
    ['baseline', 'month_6', 'month_12'].map(
      (visit, j) =>
        `p${i},${visit},${i === 7 && j === 2 ? 'no' : 'yes'},${30 + ((i * 7 + j * 11) % 50)},${((i * 3 + j) % 31) - 15}`
    )
  )
  const made = await makeWorld(CONFIG, {
    'people.csv': `id,age,sex\n${people.join('\n')}\n`,
    'visits.csv': `id,visit,response,score,change\n${[...visits, ...more].join('\n')}\n`
  })
  return asking(await made.open())
}

/** Questions asked one after the other, as by the peer: each is judged by what earlier answers disclosed. */
async function asking(catalog: Catalog) {
  const settings = effectiveSettings({ preset: 'default' })
  const weights = new Map([
    ['people.age', { by: 'subject', values: await catalog.valuesOf('people.age') }],
    ['visits.change', { by: 'row', values: await catalog.valuesOf('visits.change') }]
  ] as const)
  const owners = await catalog.owners('visits')
  let ledgers: Ledgers = {
    subjects: startLedger(catalog.subjects, await catalog.baseCells()),
    rows: { table: 'visits', ledger: SpanLedger.start(owners.length, owners) }
  }
  const texts = { policyHash: '', epoch: catalog.epoch, cohortHash: '', codeHash: '', image: '' }
  return async (sql: string): Promise<readonly (readonly unknown[])[]> => {
    const plan = parseSql(sql, catalog.descriptor)
    const cohort = await catalog.cohort(undefined)
    const reduction = await catalog.reduce(plan, cohort)
    const variables = variableFacts(catalog.descriptor, catalog.sourceOf)
    const context = { ...texts, settings, cohort, ledgers, synthetic: false, variables }
    const known = await knownValues(catalog, plan)
    const disclosed = disclose({ kind: 'table', plan, reduction, defining: [], known, weights }, context)
    if (!disclosed.ok) return []
    ledgers = disclosed.ledgers
    const { output } = disclosed.output
    return output.kind === 'table' ? output.rows.map(({ values }) => values) : []
  }
}

test('a filter over rows that leaves everyone in and one row out does not tell that row', async () => {
  const ask = await world()
  const numbers = 'SELECT COUNT(DISTINCT id) AS n, COUNT(*) AS r, SUM(score) AS s FROM visits'
  assert.deepEqual((await ask(numbers))[0]?.slice(0, 2), [60, 180])
  const rest = `${numbers} WHERE NOT (visit = 'month_12' AND response = 'no')`
  assert.deepEqual(await ask(rest), [[60, null, null]])
  assert.deepEqual((await ask(`${numbers} WHERE visit = 'month_12'`))[0]?.slice(0, 2), [60, 60])
})

test('an age is not added up once a visit: whoever has one more would be told', async () => {
  const ask = await world(['p7,month_6,yes,50,1'])
  assert.equal((await ask('SELECT SUM(age) FROM people'))[0]?.length, 1)
  assert.deepEqual(await ask('SELECT COUNT(DISTINCT id) AS n, SUM(age) AS s FROM people JOIN visits USING (id)'), [
    [60, null]
  ])
  const month = "FROM people JOIN visits USING (id) WHERE visit = 'month_12'"
  const [[sum, r] = []] = await ask(`SELECT SUM(age) AS s, CORR(age, change) AS r ${month}`)
  assert.ok(typeof sum === 'number' && typeof r === 'number', 'at one visit everyone has one row')
})

test('a patient who has most of the rows is in no number over rows', async () => {
  const more = Array.from({ length: 500 }, (_, i) => `p7,month_6,yes,${40 + (i % 5)},-2`)
  const ask = await world(more)
  const sql =
    'SELECT COUNT(DISTINCT id) AS n, COUNT(*) AS r, COUNT(score) AS c, AVG(score) AS a, SUM(change) AS s FROM visits'
  assert.deepEqual(await ask(sql), [[60, null, null, null, null]])
})

test('ordinary questions are answered in full, and answered again', async () => {
  const ask = await world()
  for (const sql of Array.from({ length: 2 }, () => [
    'SELECT visit, COUNT(DISTINCT id) AS n, AVG(score) AS a, STDDEV(score) AS d FROM visits GROUP BY visit',
    "SELECT sex, AVG(change) AS a FROM people JOIN visits USING (id) WHERE visit = 'month_12' GROUP BY sex",
    "SELECT CORR(age, change) AS r FROM people JOIN visits USING (id) WHERE visit = 'month_12'"
  ]).flat()) {
    const rows = await ask(sql)
    assert.ok(rows.length > 0 && rows.flat().every((value) => value !== null), sql)
  }
})
