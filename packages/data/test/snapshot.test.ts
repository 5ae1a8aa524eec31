import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { StimnetError, seededRandom } from '@stimnet/protocol'
import { openEngine } from '../src/engine.ts'
import { type Catalog, noteRows, parseSql } from '../src/index.ts'
import { quoteText } from '../src/quote.ts'
import { CLINIC, CLINIC_FILES, clinicWorld, type World } from './world.ts'

const snapshotOf = (at: World, catalog: Catalog, file: string) => join(at.folder, 'data', 'clinic', catalog.epoch, file)
const mean = async (catalog: Catalog) => {
  const reduction = await catalog.reduce(
    parseSql('SELECT SUM(age) FROM people', catalog.descriptor),
    await catalog.cohort(undefined)
  )
  return reduction.groups[0]?.columns.get('people.age')?.sum
}

test('a catalog says what it has: variables, levels, breakpoints, and its subjects rounded down to tens', async () => {
  const { descriptor, subjects } = await (await clinicWorld()).open()
  assert.equal(subjects, 6)
  assert.equal(descriptor.subjectsRounded, 0)
  assert.equal(descriptor.cohortSizeMin, 5)
  assert.deepEqual(descriptor.programs, ['statistic', 'sql', 'python'])
  assert.deepEqual(descriptor.tables[1]?.variables.find(({ name }) => name === 'day')?.breakpoints, [19723, 19754])
  const people = `subject_id,age,sex,note,height\n${Array.from({ length: 29 }, (_, i) => `p${i},50,F,,1`).join('\n')}`
  const larger = await (await clinicWorld(CLINIC, { ...CLINIC_FILES, 'people.csv': people })).open({
    ...CLINIC,
    programs: ['sql'],
    min_cohort_size: 9
  })
  assert.equal(larger.subjects, 33)
  assert.equal(larger.descriptor.subjectsRounded, 30)
  assert.deepEqual(larger.descriptor.programs, ['sql'])
  assert.equal(larger.descriptor.cohortSizeMin, 9)
})

test('rows of people who are in no table of people are named with file, line and count, at each start', async () => {
  const files = { ...CLINIC_FILES, 'visits.csv': `${CLINIC_FILES['visits.csv']}\r\ng,baseline,1,,1\r\nf,month_12,,,` }
  const at = await clinicWorld(CLINIC, files)
  const stray = { table: 'visits', file: join(at.folder, 'visits.csv'), first: 'line 7', rows: 3, subjects: 2 }
  const catalog = await at.open()
  assert.deepEqual([catalog.strays, (await at.open()).strays], [[stray], [stray]])
  assert.deepEqual((await noteRows(catalog.config, at.folder)).strays, [stray])
  // Stray rows count in requests over their own table, but not in requests that also read a table of people.
  const count = async (sql: string) => {
    const { groups } = await catalog.reduce(parseSql(sql, catalog.descriptor), await catalog.cohort(undefined))
    return groups[0]?.rows
  }
  assert.deepEqual(
    [
      await count('SELECT COUNT(*) FROM visits'),
      await count('SELECT COUNT(*) FROM visits JOIN people USING (subject_id)')
    ],
    [8, 5]
  )
  const complete = {
    ...CLINIC_FILES,
    'visits.csv': CLINIC_FILES['visits.csv'].replace('\r\nf,baseline,7.3,2024-03-01,1', '')
  }
  assert.deepEqual((await (await clinicWorld(CLINIC, complete)).open()).strays, [])
})

test('a missing value is an empty field, NA, or what the variable declares; anything else must fit its variable', async () => {
  const config = (missing?: readonly string[]) => ({
    ...{ name: 'clinic', subject_key: 'id' },
    tables: [{ name: 't', file: 't.csv', variables: [{ name: 'x', type: 'integer', ...(missing ? { missing } : {}) }] }]
  })
  const file = (...values: string[]) => ({
    't.csv': `id,x\n${values.map((value, i) => `p${i},${value}`).join('\n')}\n`
  })
  const csvOf = async (catalog: Catalog) => {
    const [table] = await catalog.tables(await catalog.cohort(undefined))
    return new TextDecoder()
      .decode(table?.csv)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[1])
      .sort()
  }
  assert.deepEqual(await csvOf(await (await clinicWorld(config(), file('1', '', 'NA', '""', '-9'))).open()), [
    '',
    '',
    '',
    '-9',
    '1'
  ])
  const declared = config(['-9', 'unknown'])
  assert.deepEqual(await csvOf(await (await clinicWorld(declared, file('1', '', 'unknown', '-9'))).open()), [
    '',
    '',
    '',
    '1'
  ])
  await assert.rejects((await clinicWorld(declared, file('1', 'NA'))).open(), { code: 'SOURCE_INVALID' })
  for (const other of ['NULL', '.', 'na'])
    await assert.rejects((await clinicWorld(config(), file('1', other))).open(), { code: 'SOURCE_INVALID' }, other)
})

test('the same files give the same epoch, and a second start makes nothing anew', async () => {
  const at = await clinicWorld()
  const first = await at.open()
  const written = await stat(snapshotOf(at, first, 'people.parquet'))
  const second = await at.open(CLINIC, seededRandom(2))
  assert.equal(second.epoch, first.epoch)
  assert.equal((await stat(snapshotOf(at, first, 'people.parquet'))).mtimeMs, written.mtimeMs)
  const titled = await at.open({ ...CLINIC, title: 'A clinic', access_level: 'public' })
  assert.equal(titled.epoch, first.epoch, 'a title changes no row')
})

test('a changed file makes a new epoch at the next start, and the old one stays as it was', async () => {
  const at = await clinicWorld()
  const first = await at.open()
  const bytes = await readFile(snapshotOf(at, first, 'people.parquet'))
  await at.write('people.csv', CLINIC_FILES['people.csv'].replace('a,39', 'a,38'))
  assert.equal(await mean(first), 204n, 'an open catalog goes on with its own epoch')
  const second = await at.open()
  assert.notEqual(second.epoch, first.epoch)
  assert.equal(await mean(second), 203n)
  assert.deepEqual(await readFile(snapshotOf(at, first, 'people.parquet')), bytes)
  assert.equal(await mean(first), 204n)
})

test('a change is seen even where size and time of the file are set back', async () => {
  const at = await clinicWorld()
  const path = join(at.folder, 'people.csv')
  const then = new Date('2024-01-01')
  await utimes(path, then, then)
  const first = await at.open()
  await writeFile(path, CLINIC_FILES['people.csv'].replace('a,39', 'a,38'))
  await utimes(path, then, then)
  assert.notEqual((await at.open()).epoch, first.epoch)
})

test('other levels or breakpoints make another epoch', async () => {
  const at = await clinicWorld()
  const { epoch } = await at.open()
  const [people, visits] = CLINIC.tables
  const [, ...others] = people.variables
  const other = {
    ...CLINIC,
    tables: [{ ...people, variables: [{ ...people.variables[0], breakpoints: [50] }, ...others] }, visits]
  }
  assert.notEqual((await at.open(other)).epoch, epoch)
})

test('a snapshot that was lost or damaged is made again, and every subject keeps its place', async () => {
  const at = await clinicWorld()
  const first = await at.open(CLINIC, seededRandom(1))
  const women = await first.cohort({ column: 'sex', op: '=', values: ['F'] })
  for (const damage of [(path: string) => unlink(path), (path: string) => writeFile(path, 'PAR1')]) {
    await damage(snapshotOf(at, first, 'people.parquet'))
    const again = await at.open(CLINIC, seededRandom(99))
    assert.equal(again.epoch, first.epoch)
    assert.ok((await again.cohort({ column: 'sex', op: '=', values: ['F'] })).equals(women))
    assert.equal(await mean(again), 204n)
  }
})

test('places in the index do not follow the order of the keys or of the file', async () => {
  const keys = Array.from({ length: 200 }, (_, i) => `p${String(i).padStart(3, '0')}`)
  const config = {
    name: 'clinic',
    subject_key: 'id',
    tables: [{ name: 't', file: 't.csv', variables: [{ name: 'half', type: 'category', levels: ['first', 'second'] }] }]
  }
  const at = await clinicWorld(config, {
    't.csv': `id,half\n${keys.map((key, i) => `${key},${i < 100 ? 'first' : 'second'}`).join('\n')}`
  })
  const first = [...(await (await at.open()).cohort({ column: 'half', op: '=', values: ['first'] }))]
  const low = first.filter((place) => place < 100).length
  assert.ok(low > 20 && low < 80, `${low} of the first hundred stand in the first half`)
})

test('a snapshot holds no subject keys, and nothing unfinished stays behind', async () => {
  const files = { ...CLINIC_FILES, 'people.csv': CLINIC_FILES['people.csv'].replace('\na,', '\nPATIENT-4711,') }
  const at = await clinicWorld(CLINIC, files)
  const catalog = await at.open()
  assert.deepEqual(await readdir(join(at.folder, 'data', 'clinic')), [catalog.epoch])
  const engine = await openEngine({ threads: 1 })
  const session = await engine.session()
  const path = quoteText(snapshotOf(at, catalog, 'people.parquet'))
  const columns = await session.rows(`DESCRIBE SELECT * FROM read_parquet(${path})`)
  assert.deepEqual(
    columns.map(([name]) => name),
    ['_subject', 'age', 'sex', 'note', 'height']
  )
  const rows = await session.rows(`SELECT CAST(t AS VARCHAR) FROM read_parquet(${path}) t`)
  assert.ok(!rows.join().includes('4711'))
  engine.close()
})

test('a snapshot keeps nothing of the order of its file', async () => {
  const at = await clinicWorld()
  const catalog = await at.open()
  const engine = await openEngine({ threads: 1 })
  const session = await engine.session()
  const path = quoteText(snapshotOf(at, catalog, 'visits.parquet'))
  const rows = await session.rows(`SELECT _subject, visit FROM read_parquet(${path})`)
  engine.close()
  const places = rows.map(([place, visit]) => Number(place) * 2 + Number(visit))
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b)
  )
})

test('what a killed node left half written is cleared away at the next snapshot', async () => {
  const at = await clinicWorld()
  await mkdir(join(at.folder, 'data', 'clinic', 'unfinished-x'), { recursive: true })
  const { epoch } = await at.open()
  assert.deepEqual(await readdir(join(at.folder, 'data', 'clinic')), [epoch])
})

test('an empty table makes an empty catalog that answers with nothing', async () => {
  const files = { 'people.csv': 'subject_id,age,sex,note,height\n', 'visits.csv': 'subject_id,visit,score,day,Grade\n' }
  const catalog = await (await clinicWorld(CLINIC, files)).open()
  assert.equal(catalog.subjects, 0)
  const everyone = await catalog.cohort(undefined)
  assert.equal(everyone.size, 0)
  assert.deepEqual(
    (await catalog.reduce(parseSql('SELECT COUNT(*), AVG(age) FROM people', catalog.descriptor), everyone)).groups,
    []
  )
  assert.deepEqual(
    (await catalog.tables(everyone)).map(({ name }) => name),
    ['people', 'visits']
  )
})

test('Parquet files are read as CSV files are', async () => {
  const at = await clinicWorld()
  const engine = await openEngine({ threads: 1 })
  const session = await engine.session()
  const to = quoteText(join(at.folder, 'people.parquet'))
  await session.rows(
    `COPY (SELECT * FROM (VALUES ('a', 39, 'F', 'x', 1.7::DOUBLE, DATE '2024-01-01'), ('b', 40, NULL, NULL, 1.81, NULL)) t(subject_id, age, sex, note, height, day)) TO ${to} (FORMAT parquet)`
  )
  engine.close()
  const [people] = CLINIC.tables
  const config = {
    ...CLINIC,
    tables: [{ ...people, file: 'people.parquet', variables: [...people.variables, { name: 'day', type: 'date' }] }]
  }
  const catalog = await at.open(config)
  const [table] = await catalog.tables(await catalog.cohort({ column: 'sex', op: '=', values: ['F'] }))
  assert.equal(
    new TextDecoder().decode(table?.csv),
    'subject_id,age,sex,note,height,day\nS0001,39,F,x,1.7,2024-01-01\n'
  )
  const wrong = {
    ...config,
    tables: [{ ...config.tables[0], variables: [{ name: 'sex', type: 'category', levels: ['M'] }] }]
  }
  await assert.rejects(at.open(wrong), {
    code: 'SOURCE_INVALID',
    message: /people\.parquet, row 1, sex: none of the declared levels \(M\)/
  })
})

const people = (lines: string) => ({ ...CLINIC_FILES, 'people.csv': `subject_id,age,sex,note,height\n${lines}\n` })
const tableWith = (change: object) => ({ ...CLINIC, tables: [{ ...CLINIC.tables[0], ...change }, CLINIC.tables[1]] })

const REFUSED: readonly (readonly [string, object, Readonly<Record<string, string>>, RegExp])[] = [
  [
    'a missing file',
    tableWith({ file: 'none.csv' }),
    CLINIC_FILES,
    /none\.csv: cannot be read \(tables\.people\.file\)/
  ],
  ['a folder instead of a file', tableWith({ file: '.', format: 'csv' }), CLINIC_FILES, /cannot be read/],
  [
    'a file of unknown format',
    tableWith({ file: 'people.xlsx' }),
    CLINIC_FILES,
    /people\.xlsx: set tables\.people\.format/
  ],
  [
    'a pattern instead of a file',
    tableWith({ file: 'people[1].csv' }),
    { ...CLINIC_FILES, 'people[1].csv': '' },
    /a path has no \* \? or \[ \(tables\.people\.file\)/
  ],
  ['a ragged line', CLINIC, people('a,39,F,,1\nb,40,M,1'), /people\.csv, line 3: 4 fields, while the header has 5/],
  [
    'a file without the subject key',
    { ...CLINIC, subject_key: 'person' },
    CLINIC_FILES,
    /people\.csv, line 1: no column "person" \(for subject_key\)/
  ],
  [
    'a variable that the file does not have',
    tableWith({ variables: [{ name: 'weight', type: 'number' }] }),
    CLINIC_FILES,
    /people\.csv, line 1: no column "weight" \(for weight\)\. The file has: subject_id, age/
  ],
  [
    'a column in other capitals',
    tableWith({ variables: [{ name: 'Age', type: 'integer' }] }),
    CLINIC_FILES,
    /no column "Age"/
  ],
  [
    'a column twice',
    CLINIC,
    { ...CLINIC_FILES, 'people.csv': 'subject_id,age,age,sex,note,height\n' },
    /line 1: the column "age" comes twice/
  ],
  ['a row without a subject', CLINIC, people('a,39,F,,1\n,40,M,,1'), /people\.csv, line 3, subject_id: no subject/],
  ['a subject with a space after it', CLINIC, people('a,39,F,,1\n"a ",40,M,,1'), /line 3, subject_id: spaces around/],
  [
    'an undeclared level',
    CLINIC,
    people('a,39,F,,1\nb,40,f,,1'),
    /people\.csv, line 3, sex: none of the declared levels \(F, M\)/
  ],
  [
    'a word for a number',
    CLINIC,
    people('a,39,F,"two\nlines",1\nb,forty,M,,1'),
    /people\.csv, line 4, age: not a whole number/
  ],
  ['a fraction of a whole number', CLINIC, people('a,39.5,F,,1'), /line 2, age: not a whole number/],
  ['infinity', CLINIC, people('a,39,F,,inf'), /line 2, height: not a number/],
  ['not-a-number', CLINIC, people('a,39,F,,NaN'), /line 2, height: not a number/],
  ['a decimal comma', CLINIC, people('a,39,F,,"1,7"'), /line 2, height: not a number/],
  ['a hexadecimal number', CLINIC, people('a,0x20,F,,1'), /line 2, age: not a whole number/],
  [
    'a number too large to be exact',
    CLINIC,
    people('a,39,F,,100000000000000'),
    /line 2, height: too large to be counted exactly/
  ],
  [
    'more decimals than are kept',
    CLINIC,
    people('a,39,F,,1.5\nb,40,M,,1.2345678'),
    /line 3, height: more than [0-9] decimals/
  ],
  ['more decimals, in powers of ten', CLINIC, people('a,39,F,,1.7e-8'), /line 2, height: more than [0-9] decimals/],
  ['what is next to nothing', CLINIC, people('a,39,F,,1e-40'), /line 2, height: more than [0-9] decimals/],
  ['a digit far behind', CLINIC, people('a,39,F,,0.50000000000000000000000000000001'), /line 2, height: more than/],
  ['a subject that stands for none', CLINIC, people('a,39,F,,1\nNA,40,M,,1'), /line 3, subject_id: "NA" and the like/],
  ['a subject in decomposed letters', CLINIC, people('Zoe\u0308,39,F,,1'), /line 2, subject_id: not in Unicode’s NFC/],
  [
    'a subject with an invisible character',
    CLINIC,
    people('a\u200b,39,F,,1'),
    /line 2, subject_id: a character that nobody sees/
  ],
  ['a subject with a wide space', CLINIC, people('a\u00a0,39,F,,1'), /line 2, subject_id: spaces around/],
  ['a number beyond 18 digits', CLINIC, people('a,39,F,,1e30'), /line 2, height: not a number that fits/],
  ['an age outside its declared bounds', CLINIC, people('a,39,F,,1\nb,140,M,,1'), /line 3, age: outside 18 to 110/],
  [
    'a day that the calendar does not have',
    CLINIC,
    { ...CLINIC_FILES, 'visits.csv': 'subject_id,visit,score,day,Grade\na,baseline,1,2024-02-30,1\n' },
    /visits\.csv, line 2, day: not a date written YYYY-MM-DD/
  ],
  [
    'a second row where one was promised',
    tableWith({ one_row_per_subject: true }),
    people('a,39,F,,1\nb,40,M,,1\na,41,F,,1'),
    /line 4, subject_id: a second row of one subject/
  ]
]

for (const [why, config, files, words] of REFUSED) {
  test(`${why} is refused at the start, naming where`, async () => {
    const at = await clinicWorld(config, files)
    await assert.rejects(at.open(), (error: unknown) => {
      assert.ok(error instanceof StimnetError)
      assert.equal(error.code, 'SOURCE_INVALID')
      assert.match(error.message, words)
      assert.doesNotMatch(error.reason, /people|visits/, 'only the steward is told')
      return true
    })
  })
}

test('a wrong value far down a large file is found on its own line', async () => {
  const lines = Array.from({ length: 250_000 }, (_, i) => `p${i},50,${i === 199_998 ? 'X' : 'F'},,1`)
  const at = await clinicWorld(CLINIC, people(lines.join('\n')))
  await assert.rejects(at.open(), { message: /people\.csv, line 200000, sex/ })
})

test('a message about a wrong value does not repeat the value, which may be somebody’s', async () => {
  const at = await clinicWorld(CLINIC, people('a,39,HANS-MEIER,,1'))
  await assert.rejects(at.open(), (error: Error) => !error.message.includes('MEIER'))
})

test('one table alone, in which people have several rows, has as many subjects as people (mutation: rows for subjects)', async () => {
  const config = {
    name: 'visits',
    subject_key: 'id',
    tables: [{ name: 'visits', file: 'v.csv', variables: [{ name: 'pain', type: 'integer' }] }]
  }
  const rows = ['a,1', 'b,2', 'a,3', 'a,5', 'c,8', 'b,13']
  const at = await clinicWorld(config, { 'v.csv': `id,pain\n${rows.join('\n')}` })
  const catalog = await at.open()
  assert.equal(catalog.subjects, 3)
  const plan = parseSql('SELECT COUNT(*), COUNT(DISTINCT id) AS n, SUM(pain) FROM visits', catalog.descriptor)
  const { groups } = await catalog.reduce(plan, await catalog.cohort(undefined))
  const [group] = groups
  assert.deepEqual([group?.rows, group?.support.size, group?.columns.get('visits.pain')?.sum], [6, 3, 32n])
  await at.close()
})
