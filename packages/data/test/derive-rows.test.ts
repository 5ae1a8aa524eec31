/** Derived variables over invalid rows, over other sources than CSV, and across epochs. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { type RandomSource, SimulatedClock, StimnetError, seededRandom } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import { carryEpoch } from '../src/open/carry.ts'
import { openEngine } from '../src/engine.ts'
import { quoteText } from '../src/quote.ts'
import {
  type Catalog,
  catalogConfigSchema,
  checkSources,
  type IndexLevel,
  lookAtSources,
  openCatalog,
  parseSql
} from '../src/index.ts'
import { PASSWORDS, startPostgres, withoutPostgres } from './postgres-server.ts'
import { makeWorld, type World, rowsOf } from './world.ts'

const CHANGE = { rule: 'change', of: 'visits.score', by: 'visit', from: 'baseline', to: 'month_12' }
const VISITS = [
  { name: 'visit', type: 'category', levels: ['baseline', 'month_12'] },
  { name: 'score', type: 'number', decimals: 1 },
  { name: 'day', type: 'date' }
]
const change = (more: object = {}, rule: object = {}) => ({
  ...{ name: 'change', type: 'number', decimals: 1, ...more },
  derive: { ...CHANGE, ...rule }
})

const clinic = (
  ofPeople: readonly object[],
  visits: object = { file: 'visits.csv' },
  people: object = { file: 'people.csv' }
) => ({
  ...{ name: 'clinic', subject_key: 'id' },
  tables: [
    {
      name: 'people',
      one_row_per_subject: true,
      ...people,
      variables: [{ name: 'own', type: 'integer' }, ...ofPeople]
    },
    { name: 'visits', ...visits, variables: VISITS }
  ]
})

const PEOPLE = 'id,own\na,1\nb,2\nc,3\nd,4\n'
const ROWS = ['a,baseline,1.5,2024-01-01', 'a,month_12,4,2025-01-01', 'b,baseline,2,', 'c,month_12,7,2025-02-01']
const csv = (...rows: readonly string[]) => `id,visit,score,day\n${rows.join('\n')}\n`

async function world(config: object, visits = csv(...ROWS), people = PEOPLE): Promise<World> {
  const made = await makeWorld(config, { 'people.csv': people, 'visits.csv': visits })
  return made
}

/** Asserts that the files are refused with messages that contain no value, both when they are opened and when they are checked. */
async function refused(
  config: object,
  words: RegExp,
  files: Parameters<typeof world> extends [object, ...infer F] ? F : never
) {
  const at = await world(config, ...files)
  await assert.rejects(at.open(), (error: unknown) => {
    assert.ok(error instanceof StimnetError && error.code === 'SOURCE_INVALID', String(error))
    assert.match(error.message, words)
    return true
  })
  const { faults } = await checkSources(catalogConfigSchema.parse(config), { baseDir: at.folder, placesMax: 3 })
  const said = faults.map(
    (one) => `${one.source}, ${one.places.join(' and ')}, ${one.key}: ${one.fault} (table ${one.table})`
  )
  assert.match(said.join('\n'), words)
  return said
}

test('a change is of the people who have both, and a row of somebody who is in no table of people counts for nobody', async () => {
  const at = await world(clinic([change()]), csv(...ROWS, 'stray,baseline,1,', 'stray,month_12,3,'))
  assert.deepEqual(await rowsOf(await at.open()), ['1,2.5', '2,', '3,', '4,'])
})

test('several rows where one is meant are refused by the line of the further one, and take says which is meant', async () => {
  const twice = csv(...ROWS, 'a,baseline,1.5,2024-01-02')
  const [said = '', ...others] = await refused(
    clinic([change()]),
    /visits\.csv, line 6, change: a further row of one subject with a value at baseline or month_12 of visit\. Which is meant\? Declare take/,
    [twice]
  )
  assert.deepEqual(others, [])
  assert.doesNotMatch(said, /1\.5/)
  const taken = async (rule: object, rows = twice) =>
    rowsOf(await (await world(clinic([change({}, rule)]), rows)).open())
  const other = csv(...ROWS, 'a,baseline,3.5,2024-01-02')
  assert.equal((await taken({ take: 'mean' }, other))[0], '1,1.5')
  assert.equal((await taken({ take: 'minimum' }, other))[0], '1,2.5')
  assert.equal((await taken({ take: 'maximum' }, other))[0], '1,0.5')
  assert.equal((await taken({ take: 'last', order: 'day' }, other))[0], '1,0.5')
  // A row without a value is ignored.
  assert.equal((await taken({}, csv(...ROWS, 'a,baseline,NA,2024-01-02')))[0], '1,2.5')
  // Rows with equal order are still ambiguous. Rows without an order are ignored if another row has one.
  const order = { take: 'last', order: 'day' }
  await refused(clinic([change({}, order)]), /line 6, change: a further row .* and day does not say which is meant/, [
    csv(...ROWS, 'a,baseline,3.5,2024-01-01')
  ])
  await refused(clinic([change({}, order)]), /line 6, change/, [csv(...ROWS, 'b,baseline,3.5,')])
  assert.equal((await taken(order, csv(...ROWS, 'a,baseline,3.5,')))[0], '1,2.5')
})

test('of first and last only rows at that end are too many', async () => {
  const first = { name: 'x', type: 'number', decimals: 1, derive: { rule: 'first', of: 'visits.score', by: 'visit' } }
  const late = csv(...ROWS, 'a,month_12,9,')
  assert.deepEqual(await rowsOf(await (await world(clinic([first]), late)).open()), ['1,1.5', '2,2', '3,7', '4,'])
  const last = { ...first, derive: { ...first.derive, rule: 'last' } }
  await refused(clinic([last]), /line 6, x: a further row of one subject with a value at the last of visit/, [late])
})

test('a result outside of its bounds is refused by the row of the person and its shape, and not by its value', async () => {
  const [said = ''] = await refused(
    clinic([change({ minimum: -2, maximum: 2 })]),
    /people\.csv, line 2, change: outside -2 to 2: "9\.9"\. Widen its minimum and maximum/,
    []
  )
  assert.doesNotMatch(said, /2\.5/)
})

test('a division by zero is missing, and a logarithm of zero or less is refused unless it is declared missing', async () => {
  const people = 'id,own,w,h\na,1,2,0\nb,2,0,4\nc,3,-1,2\nd,4,,1\n'
  const own = [
    { name: 'w', type: 'integer' },
    { name: 'h', type: 'integer' }
  ]
  const ratio = { name: 'x', type: 'number', decimals: 2, derive: { rule: 'ratio', of: ['w', 'h'] } }
  const turned = { ...ratio, name: 'y', derive: { rule: 'ratio', of: ['h', 'w'] } }
  const opened = await (await world(clinic([...own, ratio, turned]), csv(), people)).open()
  assert.deepEqual(await rowsOf(opened), ['1,2,0,,0', '2,0,4,0,', '3,-1,2,-0.5,-2', '4,,1,,'])
  const log = { name: 'x', type: 'number', decimals: 2, derive: { rule: 'log', of: 'w', base: 10 } }
  const words = /people\.csv, line 3.*, x: w is 0 or below there, which has no logarithm: declare nonpositive: missing/
  const [said = ''] = await refused(clinic([...own, log]), words, [csv(), people])
  assert.match(said, /line 3 and line 4/)
  const missing = { ...log, derive: { ...log.derive, nonpositive: 'missing' } }
  const silent = await (await world(clinic([...own, missing]), csv(), people)).open()
  assert.deepEqual(await rowsOf(silent), ['1,2,0,0.3', '2,0,4,', '3,-1,2,', '4,,1,'])
})

test('halves are rounded away from zero, once', async () => {
  const people = 'id,own\na,5\nb,-5\nc,15\nd,149\n'
  const tenth = { name: 'x', type: 'integer', derive: { rule: 'zscore', of: 'own', centre: 0, scale: 10 } }
  const opened = await (await world(clinic([tenth]), csv(), people)).open()
  assert.deepEqual(await rowsOf(opened), ['-5,-1', '149,15', '15,2', '5,1'])
})

test('a number that would not be exact is refused by its line', async () => {
  const scaled = (decimals: number) => ({
    ...{ name: 'x', type: 'number', decimals },
    derive: { rule: 'zscore', of: 'own', centre: 0, scale: 0.000_000_001 }
  })
  const words = /people\.csv, line 3, x: too large to be computed exactly: declare fewer decimals/
  // Beyond the engine's integers, and beyond the integers that are exact in every language.
  for (const decimals of [9, 2]) await refused(clinic([scaled(decimals)]), words, [csv(), 'id,own\na,0\nb,2000000\n'])
})

test('a derived variable can build on others, in any order of writing and over tables; names of columns mean nothing', async () => {
  const rows = 'id,v,made,r\na,V1,10,k\na,V3,25,k\nb,V1,7,p\nb,V2,99,p\nb,V3,4,p\n'
  const config = {
    ...{ name: 'clinic', subject_key: 'id' },
    tables: [
      {
        ...{ name: 'people', file: 'people.csv', one_row_per_subject: true },
        variables: [
          { name: 'own', type: 'integer' },
          { name: 'o', type: 'category', levels: ['worse', 'better'], derive: { rule: 'bands', of: 'k', cuts: [0] } },
          { name: 'k', type: 'number', decimals: 0, derive: { ...CHANGE, of: 'visits.t', by: 'p' } }
        ]
      },
      {
        ...{ name: 'visits', file: 'visits.csv' },
        variables: [
          { name: 't', type: 'integer', derive: { rule: 'sum', of: ['made', 'n'] } },
          { name: 'n', type: 'integer', derive: { rule: 'zscore', of: 'made', centre: 0, scale: 1 }, offered: false },
          {
            ...{ name: 'p', type: 'category', levels: ['month_12', 'baseline'] },
            derive: { rule: 'recode', of: 'v', into: { V1: 'baseline', V2: null, V3: 'month_12' } }
          },
          { name: 'v', type: 'category', levels: ['V1', 'V2', 'V3'], offered: false },
          { name: 'made', type: 'integer' },
          { name: 'r', type: 'category', levels: ['k', 'p'] }
        ]
      }
    ]
  }
  const at = await world(config, rows)
  const opened = await at.open()
  assert.deepEqual(await rowsOf(opened), ['1,better,30', '2,worse,-6', '3,,', '4,,'])
  assert.deepEqual(await rowsOf(opened, 'visits'), [
    '14,baseline,7,p',
    '198,,99,p',
    '20,baseline,10,k',
    '50,month_12,25,k',
    '8,month_12,4,p'
  ])
  // A variable that is not offered is in no snapshot, and no request can name it.
  assert.deepEqual(
    opened.config.tables[1]?.variables.map(({ name }) => name),
    ['t', 'p', 'made', 'r']
  )
  const engine = await openEngine({ threads: 1 })
  const session = await engine.session()
  const snapshot = quoteText(join(at.folder, 'data', 'clinic', opened.epoch, 'visits.parquet'))
  const stored = await session.rows(`DESCRIBE SELECT * FROM read_parquet(${snapshot})`)
  engine.close()
  assert.deepEqual(
    stored.map(([name]) => name),
    ['_subject', 't', 'p', 'made', 'r', '_row']
  )
  assert.throws(() => parseSql('SELECT AVG(n) FROM visits', opened.descriptor), { code: 'VARIABLE_UNKNOWN' })
  assert.throws(() => opened.resolveFilter({ column: 'v', op: '=', values: ['V1'] }), { code: 'VARIABLE_UNKNOWN' })
})

test('a derived variable is filtered, grouped, summed and mapped as any other', async () => {
  const band = {
    ...{ name: 'band', type: 'category', levels: ['low', 'high'] },
    derive: { rule: 'bands', of: 'own', cuts: [3] }
  }
  const opened = await (
    await world(clinic([change(), band]), csv(...ROWS, 'c,baseline,9,', 'd,baseline,1,', 'd,month_12,2,'))
  ).open()
  const high = await opened.cohort({ column: 'band', op: '=', values: ['high'] })
  assert.equal(high.size, 2)
  const { groups } = await opened.reduce(
    parseSql('SELECT band, SUM(change) FROM people GROUP BY band', opened.descriptor),
    await opened.cohort(undefined)
  )
  // c: 7 - 9, d: 2 - 1, a: 4 - 1.5; b has no second visit. In tenths.
  assert.deepEqual(groups.map(({ columns }) => columns.get('people.change')?.sum).toSorted(), [-10n, 25n])
  const levels = [
    { local: 'low', level: 'all' },
    { local: 'high', level: 'all' }
  ]
  const merged = opened.mapped({
    mappings: [{ peer: 'p', variable: 'people.part', local: 'people.band', levels, scale: '' }],
    contract: [{ variable: 'people.part', type: 'category', levels: ['all'], unit: '', breakpoints: [] }]
  })
  const part = merged.descriptor.tables[0]?.variables.find(({ name }) => name === 'part')
  assert.equal(part?.derivation, 'bands of own, cut at 3')
})

test('a lattice, an analysis set and noise take a derived variable as any other', async () => {
  const band = {
    ...{ name: 'band', type: 'category', levels: ['low', 'high'] },
    derive: { rule: 'bands', of: 'own', cuts: [3] }
  }
  const plain = clinic([change({ minimum: -9, maximum: 9 }), band])
  const at = await world(plain)
  const cut = await at.open({ ...plain, lattice: [{ variable: 'people.band' }] })
  assert.deepEqual(
    (await cut.baseCells()).map(({ size }) => size),
    [2, 2]
  )
  const complete = await at.open({ ...plain, analysis_sets: { main: { complete_on: ['people.change'] } } })
  assert.deepEqual(
    complete.descriptor.sets.map(({ completeOn }) => completeOn),
    [['people.change']]
  )
  const noisy = await at.open({ ...plain, mode: 'dp' })
  const { derivation, bounded } = noisy.descriptor.tables[0]?.variables.find(({ name }) => name === 'change') ?? {}
  assert.deepEqual([bounded, derivation?.slice(0, 22)], [true, 'change of visits.score'])
})

test('rules are part of the epoch, and so is what is not offered; a title of a rule is not', async () => {
  const at = await world(clinic([change()]))
  const epochs = new Set<string>()
  for (const config of [
    clinic([]),
    clinic([change()]),
    clinic([change({}, { take: 'mean' })]),
    clinic([change({ decimals: 0 })]),
    clinic([{ ...change(), offered: false }])
  ]) {
    epochs.add((await at.open(config)).epoch)
  }
  assert.equal(epochs.size, 5)
  const described = await at.open(clinic([change({ description: 'Other words', identifying: false })]))
  assert.ok(epochs.has(described.epoch))
})

test('a catalog without rules has the epoch that it had before there were rules', async () => {
  const at = await world(clinic([]))
  assert.equal((await at.open()).epoch, '1ee09e8c2280c66a78a6630115c21da0865821fd0ae48335350489e120fc619a')
})

test('an epoch that stays while files change is served with its rules', async () => {
  const at = await world(clinic([change()]))
  const { epoch } = await at.open()
  await at.write('visits.csv', csv(...ROWS, 'b,month_12,5,'))
  const pinned = await at.open(clinic([change({}, { to: 'baseline', from: 'month_12' })]), seededRandom(1), epoch)
  assert.deepEqual([pinned.epoch, await rowsOf(pinned)], [epoch, ['1,2.5', '2,', '3,', '4,']])
})

test('ledgers are carried where rows only arrive, and not where a later visit changes what is derived from it', async () => {
  const at = await world(clinic([change()]))
  const carried = async (from: Catalog, to: Catalog, config: object) =>
    carryEpoch({
      ...{ config: catalogConfigSchema.parse(config), dataDir: join(at.folder, 'data'), index: at.index },
      ...{ from: from.epoch, to: to.epoch }
    })
  const first = await at.open()
  await at.write('visits.csv', csv(...ROWS, 'd,baseline,5,'))
  const second = await at.open()
  assert.equal((await carried(first, second, clinic([change()]))).ok, true)
  await at.write('visits.csv', csv(...ROWS, 'd,baseline,5,', 'd,month_12,6,'))
  const third = await at.open()
  const filled = await carried(second, third, clinic([change()]))
  assert.equal(filled.ok && filled.filled, 1, 'a change that was missing')
  const other = clinic([change({}, { take: 'mean' })])
  const fourth = await at.open(other)
  const ruled = await carried(third, fourth, other)
  assert.match(ruled.ok ? '' : ruled.why, /the description of its tables has changed/)
  await at.write('visits.csv', csv(...ROWS, 'd,baseline,5,', 'd,month_12,6,', 'd,month_12,9,'))
  const changed = await carried(fourth, await at.open(other), other)
  assert.match(changed.ok ? '' : changed.why, /values of 1 subject in people were changed or removed/)
})

test('a check says everything at once: of files, and of what is derived from what could be read', async () => {
  const config = clinic([
    change({ minimum: 0, maximum: 1 }),
    { name: 'level', type: 'category', levels: ['x', 'y'] },
    { name: 'log', type: 'number', derive: { rule: 'log', of: 'own', base: 10 } },
    { name: 'lost', type: 'integer' },
    { name: 'of_lost', type: 'number', derive: { rule: 'zscore', of: 'lost', centre: 0, scale: 1 } }
  ])
  const at = await world(
    config,
    csv(...ROWS, 'a,month_6,1,', 'b,baseline,3,', ',baseline,1,', ',baseline,2,'),
    'id,own,level\na,1,x\nb,0,z\nc,-1,y\n'
  )
  const { faults } = await checkSources(catalogConfigSchema.parse(config), { baseDir: at.folder, placesMax: 5 })
  assert.deepEqual(
    faults.map(({ table, key, places }) => `${table}, ${key}: ${places.join(' ')}`),
    [
      'people, : ',
      'people, level: line 3',
      // Two rows without a subject do not count as two rows of one person.
      'visits, id: line 8 line 9',
      'visits, visit: line 6',
      'visits, change: line 7',
      'people, change: line 2',
      'people, log: line 3 line 4'
    ]
  )
})

test('a check goes on after a source that could not be read to its end', async () => {
  const visits = { name: 'visits', bids: { folder: '.', list: 'sessions' }, variables: VISITS }
  const [people] = clinic([change()]).tables
  const config = { ...clinic([]), tables: [visits, { ...people, subject_column: 'id' }], subject_key: 'participant_id' }
  const at = await world(config)
  await mkdir(join(at.folder, 'sub-a'))
  await writeFile(
    join(at.folder, 'sub-a/sub-a_sessions.tsv'),
    'participant_id\tvisit\tscore\tday\nsub-b\tbaseline\t1\t\n'
  )
  const { faults } = await checkSources(catalogConfigSchema.parse(config), { baseDir: at.folder, placesMax: 5 })
  assert.equal(faults.length, 1)
  assert.match(faults[0]?.fault ?? '', /its participant_id is not that of its path/)
})

test('looking for columns asks for none of a derived variable', async () => {
  const config = clinic([change()])
  const at = await world(config)
  const look = await lookAtSources(catalogConfigSchema.parse(config), { baseDir: at.folder })
  assert.deepEqual(look.faults, [])
})

test('Parquet, BIDS and FHIR are derived from as CSV is', async () => {
  const parquet = await world(clinic([change()], { file: 'visits.parquet' }))
  const engine = await openEngine({ threads: 1 })
  const session = await engine.session()
  const [from, to] = ['visits.csv', 'visits.parquet'].map((name) => quoteText(join(parquet.folder, name)))
  await session.rows(`COPY (SELECT * FROM read_csv(${from}, nullstr = 'NA')) TO ${to} (FORMAT parquet)`)
  engine.close()
  assert.deepEqual(await rowsOf(await parquet.open()), ['1,2.5', '2,', '3,', '4,'])

  const bids = await world(
    clinic([change()], { bids: { folder: '.', list: 'sessions' }, subject_column: 'participant_id' })
  )
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(bids.folder, file)), { recursive: true })
    await writeFile(join(bids.folder, file), text)
  }
  await write('people.csv', 'id,own\nsub-a,1\nsub-b,2\n')
  await write(
    'sub-a/sub-a_sessions.tsv',
    'visit\tscore\tday\nbaseline\t1\tn/a\nmonth_12\t3\tn/a\n'.replaceAll('n/a', '')
  )
  await write('sub-b/sub-b_sessions.tsv', 'visit\tscore\tday\nbaseline\t1\t\n')
  assert.deepEqual(await rowsOf(await bids.open()), ['1,2', '2,'])

  const loinc = 'http://loinc.org|1'
  const snomed = 'http://snomed.info/sct'
  const scores = (name: string, take: string) => ({ name, observation: [loinc], take, unit: '{score}' })
  const fhir = await world({
    ...{ name: 'clinic', subject_key: 'patient_id' },
    tables: [
      {
        ...{ name: 'people', one_row_per_subject: true },
        fhir: {
          ...{ folder: 'bulk', index: { condition: [`${snomed}|9`] } },
          variables: [scores('early', 'first'), scores('late', 'last')]
        },
        variables: [
          { name: 'early', type: 'integer', offered: false },
          { name: 'late', type: 'integer', offered: false },
          { name: 'change', type: 'integer', derive: { rule: 'difference', of: ['late', 'early'] } }
        ]
      }
    ]
  })
  const day = (at: number) => `2024-01-0${at}`
  const value = (at: number, n: number) => ({
    ...{ resourceType: 'Observation', subject: { reference: 'Patient/p' }, effectiveDateTime: day(at) },
    ...{ code: { coding: [{ system: 'http://loinc.org', code: '1' }] }, valueQuantity: { value: n, code: '{score}' } }
  })
  await mkdir(join(fhir.folder, 'bulk'))
  const lines = {
    'Patient.ndjson': [{ resourceType: 'Patient', id: 'p', gender: 'female' }],
    'Condition.ndjson': [
      {
        ...{ resourceType: 'Condition', subject: { reference: 'Patient/p' }, recordedDate: day(5) },
        code: { coding: [{ system: snomed, code: '9' }] }
      }
    ],
    'Observation.ndjson': [value(2, 7), value(4, 12)]
  }
  for (const [name, all] of Object.entries(lines)) {
    await writeFile(join(fhir.folder, 'bulk', name), all.map((one) => `${JSON.stringify(one)}\n`).join(''))
  }
  assert.deepEqual(await rowsOf(await fhir.open()), ['5'])
})

test('a database is asked for no column of a derived variable, and its rows are derived from', {
  skip: withoutPostgres
}, async () => {
  const server = await startPostgres()
  try {
    await server.run(`CREATE TABLE rows (id text, visit text, score numeric, day date);
      INSERT INTO rows VALUES ('a', 'baseline', 1.5, NULL), ('a', 'month_12', 4, NULL), ('b', 'baseline', 2, NULL)`)
    const at = await world({})
    const postgres = { url: server.url(), password_env: 'READER' }
    const written = { ...clinic([change({ minimum: -9, maximum: 9 })], { relation: 'rows' }), postgres }
    const environment = { READER: PASSWORDS.reader }
    const config = catalogConfigSchema.parse(written)
    const random: RandomSource = seededRandom(1)
    const options = {
      ...{ baseDir: at.folder, dataDir: join(at.folder, 'data'), index: new MemoryLevel() as unknown as IndexLevel },
      ...{ clock: new SimulatedClock(), random, cohortSizeMin: 5, programs: ['sql'], environment }
    }
    const opened = await openCatalog(config, options)
    assert.deepEqual(await rowsOf(opened), ['1,2.5', '2,', '3,', '4,'])
    await opened.close()
    await server.run(`INSERT INTO rows VALUES ('a', 'baseline', 1.5, NULL)`)
    await assert.rejects(openCatalog(config, options), {
      code: 'SOURCE_INVALID',
      message: /PostgreSQL, rows, row 3 by id, change: a further row of one subject/
    })
    const { faults } = await checkSources(config, { baseDir: at.folder, environment, placesMax: 3 })
    assert.deepEqual(
      faults.map(({ table, key, places }) => [table, key, places]),
      [['visits', 'change', ['row 3 by id']]]
    )
  } finally {
    await server.close()
  }
})
