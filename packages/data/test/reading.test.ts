import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Catalog, catalogConfigSchema } from '../src/index.ts'
import { openEngine } from '../src/engine.ts'
import { quoteText } from '../src/quote.ts'
import { CLINIC, CLINIC_FILES, makeWorld, type World, rowsOf } from './world.ts'

type Table = Readonly<Record<string, unknown>>

/** A catalog with one file of these bytes. */
async function opened(bytes: string | Uint8Array, table: Table): Promise<Catalog> {
  const at = await world(bytes, table)
  return at.open()
}

async function world(bytes: string | Uint8Array, table: Table): Promise<World> {
  const at = await makeWorld({ name: 'c', subject_key: 'id', tables: [{ name: 't', file: 'export.csv', ...table }] })
  await writeFile(join(at.folder, 'export.csv'), bytes)
  return at
}

/** The text in windows-1252, one byte per character. */
const in1252 = (text: string) =>
  Uint8Array.from(text, (letter) => (letter === '€' ? 0x80 : letter === '’' ? 0x92 : letter.charCodeAt(0)))

const MESSY = [
  'Pat-Nr;Größe;Geschlecht;Aufnahme;Wert;Bemerkung',
  '7;1,5;M;01.02.2024;-999;"a;b €"',
  '8;1,25;männlich;31.12.2023;0;’',
  '9;.;W;1.3.2024;12;x',
  '10;2;1;29.02.2024 00:00:00;NULL;'
].join('\r\n')

const MESSY_TABLE = {
  reading: {
    encoding: 'windows-1252',
    separator: ';',
    decimal: ',',
    date_format: 'dd.mm.yyyy',
    missing: ['.', 'NULL', '-999']
  },
  subject_column: 'Pat-Nr',
  one_row_per_subject: true,
  variables: [
    { name: 'height', column: 'Größe', type: 'number', decimals: 2, unit: 'm' },
    {
      ...{ name: 'sex', column: 'Geschlecht', type: 'category', levels: ['female', 'male'] },
      rename: { M: 'male', männlich: 'male', '1': 'male', W: 'female' }
    },
    { name: 'admitted', column: 'Aufnahme', type: 'date' },
    { name: 'value', column: 'Wert', type: 'integer' },
    { name: 'note', column: 'Bemerkung', type: 'text' }
  ]
}

test('a German export is read as it is: encoding, separator, decimal comma, dates, words for missing, levels and columns', async () => {
  const catalog = await opened(in1252(MESSY), MESSY_TABLE)
  assert.deepEqual(await rowsOf(catalog), [
    ',female,2024-03-01,12,x',
    '1.25,male,2023-12-31,0,’',
    '1.5,male,2024-02-01,,a;b €',
    '2,male,2024-02-29,,'
  ])
  const women = await catalog.cohort({ column: 'sex', op: '=', values: ['female'] })
  assert.equal(women.size, 1)
  const told = JSON.stringify(catalog.descriptor)
  for (const word of ['männlich', 'Geschlecht', 'Pat-Nr', '-999', '1252']) {
    assert.ok(!told.includes(word), `the public description does not have ${word}`)
  }
})

test('each encoding gives the same rows, and the line of a fault is found in each', async () => {
  const utf8 = { ...MESSY_TABLE, reading: { ...MESSY_TABLE.reading, encoding: 'utf-8' } }
  const utf16 = { ...MESSY_TABLE, reading: { ...MESSY_TABLE.reading, encoding: 'utf-16le' } }
  const latin = { ...MESSY_TABLE, reading: { ...MESSY_TABLE.reading, encoding: 'latin1' } }
  const expected = await rowsOf(await opened(in1252(MESSY), MESSY_TABLE))
  assert.deepEqual(await rowsOf(await opened(`\ufeff${MESSY}`, utf8)), expected)
  assert.deepEqual(await rowsOf(await opened(Buffer.from(`\ufeff${MESSY}`, 'utf16le'), utf16)), expected)
  assert.deepEqual(await rowsOf(await opened(in1252(MESSY), latin)), expected)
  const euro = { ...MESSY_TABLE, reading: { ...MESSY_TABLE.reading, encoding: 'iso-8859-15' } }
  const with15 = Uint8Array.from(in1252(MESSY.replace('’', 'x')), (byte) => (byte === 0x80 ? 0xa4 : byte))
  assert.deepEqual(
    await rowsOf(await opened(with15, euro)),
    expected.map((row) => row.replace('’', 'x'))
  )
  const wrong = MESSY.replace('12;x', 'zwölf;x')
  for (const [bytes, table] of [
    [in1252(wrong), MESSY_TABLE],
    [Buffer.from(wrong, 'utf16le'), utf16],
    [wrong, utf8]
  ] as const) {
    await assert.rejects(opened(bytes, table), { message: /line 4, value: not a whole number .*: "aaaaa"/ })
  }
})

test('a file of another encoding than declared is refused', async () => {
  const utf8 = { ...MESSY_TABLE, reading: { ...MESSY_TABLE.reading, encoding: 'utf-8' } }
  await assert.rejects(opened(in1252(MESSY), utf8), { message: /not UTF-8: declare its encoding in `reading`/ })
  const undefinedByte = Uint8Array.from(in1252(MESSY), (byte) => (byte === 0x80 ? 0x81 : byte))
  await assert.rejects(opened(undefinedByte, MESSY_TABLE), { message: /text that is not windows-1252/ })
  const utf16 = { ...MESSY_TABLE, reading: { ...MESSY_TABLE.reading, encoding: 'utf-16le' } }
  await assert.rejects(opened(Uint8Array.of(0x00, 0xd8, 0x00, 0xd8), utf16), { message: /text that is not utf-16le/ })
})

const DATES: readonly (readonly [format: string, text: string, day: string | null])[] = [
  ['yyyy-mm-dd', '2024-02-29', '2024-02-29'],
  ['yyyy-mm-dd', '2024-02-29T00:00:00.000', '2024-02-29'],
  ['yyyy-mm-dd', '2024-2-29', null],
  ['yyyy-mm-dd', '2024-02-29 07:30', null],
  ['yyyy-mm-dd hh:mm', '2024-02-29 07:30:59', '2024-02-29'],
  ['dd.mm.yyyy', '9.2.2024', '2024-02-09'],
  ['dd.mm.yyyy', '30.02.2024', null],
  ['dd.mm.yyyy', '09.02.24', null],
  ['mm/dd/yyyy', '2/9/2024', '2024-02-09'],
  ['mm/dd/yyyy', '13/9/2024', null],
  ['dd/mm/yyyy', '13/9/2024', '2024-09-13'],
  ['dd-mm-yyyy', '13-09-2024', '2024-09-13'],
  ['yyyymmdd', '20240209', '2024-02-09'],
  ['DD.MM.YYYY hh:mm', '09.02.2024 7:05', '2024-02-09']
]

test('a date is read by its declared format alone, and a time of day is never dropped unless it is declared', async () => {
  const variables = [{ name: 'day', type: 'date' }]
  for (const [format, text, day] of DATES) {
    const table = { reading: { date_format: format }, variables }
    const file = `id,day\na,${text}\n`
    if (day === null)
      await assert.rejects(opened(file, table), { message: /line 2, day: not a date/ }, `${format} ${text}`)
    else assert.deepEqual(await rowsOf(await opened(file, table)), [day], `${format} ${text}`)
  }
})

const REMEDIES: readonly (readonly [variable: object, text: string, words: RegExp])[] = [
  [{ type: 'number' }, '"1,5"', /: "9,9"\. It has a decimal comma: declare decimal: ","/],
  [{ type: 'number', decimal: ',' }, '1.5', /: "9\.9"\. It has a decimal point: declare decimal: "\."/],
  [{ type: 'integer' }, '1.5', /Declare type: number/],
  [{ type: 'number', decimal: ',' }, '"1.234,5"', /Remove thousands separators in the export/],
  [{ type: 'number' }, '<5', /a limit of detection is no number|A limit of detection is no number/],
  [{ type: 'number' }, '5 mg', /without its unit in the export/],
  [{ type: 'integer' }, 'k.A.', /: "a\.A\."\. If it means a missing value, declare it in `missing`/],
  [{ type: 'date' }, '01.02.2024', /: "99\.99\.9999"\. Declare date_format: dd\.mm\.yyyy/],
  [{ type: 'date' }, '2024-02-01 08:15', /Declare date_format: yyyy-mm-dd hh:mm, which drops the time of day/],
  [{ type: 'date' }, '2024-02-30', /There is no such day/],
  [{ type: 'category', levels: ['male'] }, 'Male ', /capitals or spaces differ from male: use `rename`/],
  [{ type: 'category', levels: ['male'] }, 'Anna', /: "Aaaa"\. Declare the level, or name the level/]
]

test('a refusal shows the shape of the value and what to declare, and never the value', async () => {
  for (const [variable, text, words] of REMEDIES) {
    const refused = opened(`id,x\na,${text}\n`, { variables: [{ name: 'x', ...variable }] })
    await assert.rejects(refused, (error: Error & { reason?: string }) => {
      assert.match(error.message, words)
      assert.doesNotMatch(error.message, /Anna|1,5|1\.234|01\.02/)
      assert.doesNotMatch(error.reason ?? '', /9|Aaaa/, 'nothing of it leaves')
      return true
    })
  }
})

test('with a decimal comma too, more decimals than declared are refused by their line', async () => {
  const table = { reading: { decimal: ',', separator: ';' }, variables: [{ name: 'x', type: 'number', decimals: 1 }] }
  await assert.rejects(opened('id;x\na;1,5\nb;1,55\n', table), { message: /line 3, x: more than 1 decimal: "9,99"/ })
  assert.deepEqual(await rowsOf(await opened('id;x\na;1,50\nb;-2e1\n', table)), ['-20', '1.5'])
})

test('words of a variable go before those of its file, and those before the default', async () => {
  const variables = [
    { name: 'x', type: 'integer', missing: ['-1'] },
    { name: 'y', type: 'integer' }
  ]
  const table = { reading: { missing: ['-9'] }, variables }
  assert.deepEqual(await rowsOf(await opened('id,x,y\na,-9,-1\nb,-1,-9\nc, -1 ,2\n', table)), [',', ',2', '-9,-1'])
  await assert.rejects(opened('id,x,y\na,1,NA\n', table), { message: /line 2, y: not a whole number/ })
})

test('a subject key that is a word for missing in its file stands for nobody', async () => {
  const table = { reading: { missing: ['-999'] }, variables: [{ name: 'x', type: 'integer' }] }
  await assert.rejects(opened('id,x\na,1\n-999,2\n', table), {
    message: /line 3, id: "NA" and the like stand for nobody/
  })
})

test('a column that nobody declares may come twice, or have no name', async () => {
  const table = { variables: [{ name: 'x', type: 'integer' }] }
  assert.deepEqual(await rowsOf(await opened('id,x,y,y,,\na,1,2,3,,\n', table)), ['1'])
  await assert.rejects(opened('id,x,x\na,1,2\n', table), { message: /line 1: the column "x" comes twice/ })
})

test('reading rules decide what a row is, so that others make another epoch; the defaults make none', async () => {
  const category = { name: 'x', type: 'category', levels: ['a'] }
  const at = await world('id,x\n1,a\n', { variables: [category] })
  const epochOf = async (table: object, variable: object = {}) => {
    const variables = [{ ...category, ...variable }]
    const tables = [{ name: 't', file: 'export.csv', ...table, variables }]
    return (await at.open({ name: 'c', subject_key: 'id', tables })).epoch
  }
  const epoch = await epochOf({})
  const same = { separator: ',', encoding: 'utf-8', decimal: ',', date_format: 'dd.mm.yyyy', missing: ['NA', ''] }
  assert.equal(await epochOf({ reading: {} }), epoch)
  assert.equal(await epochOf({ reading: same, subject_column: 'id' }), epoch, 'a category has no decimal sign')
  const others = [
    await epochOf({ reading: { encoding: 'latin1' } }),
    await epochOf({ reading: { missing: ['x'] } }),
    await epochOf({}, { rename: { b: 'a' } })
  ]
  assert.equal(new Set([epoch, ...others]).size, 4)
  const numbers = await world('id,x\n1,1\n', { variables: [{ name: 'x', type: 'integer' }] })
  const plain = await numbers.open()
  const comma = { name: 'c', subject_key: 'id', tables: [{ name: 't', file: 'export.csv', reading: { decimal: ',' } }] }
  const variables = [{ name: 'x', type: 'integer' }]
  const other = await numbers.open({ ...comma, tables: comma.tables.map((table) => ({ ...table, variables })) })
  assert.notEqual(other.epoch, plain.epoch, 'a number has one')
})

test('the epoch of a catalog without reading rules has the name that it had before there were any', async () => {
  const at = await makeWorld(CLINIC, CLINIC_FILES)
  assert.equal((await at.open()).epoch, EPOCH_BEFORE)
})

const EPOCH_BEFORE = '6ae1857d6986131e793a74f6534d5732cf350d324ee762dce58494d1ab3002a6'

const WRONG: readonly (readonly [table: object, key: RegExp])[] = [
  [{ reading: { separator: '\t' } }, /reading/],
  [{ reading: { decimal: ';' } }, /reading/],
  [{ reading: { date_format: 'yyyy-dd-mm' } }, /date_format/],
  [{ reading: { date_format: 'dd.mm-yyyy' } }, /date_format/],
  [{ reading: { encoding: 'ebcdic' } }, /encoding/],
  [{ reading: { quote: "'" } }, /reading/],
  [{ file: 'x.parquet', reading: { encoding: 'utf-8' } }, /encoding/],
  [{ subject_column: 'x' }, /variables/],
  [{ variables: [{ name: 'x', type: 'integer', rename: { a: 'b' } }] }, /rename/],
  [{ variables: [{ name: 'x', type: 'category', levels: ['a'], rename: { b: 'c' } }] }, /rename/],
  [{ variables: [{ name: 'x', type: 'category', levels: ['a', 'b'], rename: { b: 'a' } }] }, /rename/],
  [{ variables: [{ name: 'x', type: 'category', levels: ['a'], rename: { NA: 'a' } }] }, /missing/],
  [{ reading: { missing: ['a'] }, variables: [{ name: 'x', type: 'category', levels: ['a'] }] }, /missing/],
  [{ variables: [{ name: 'x', type: 'date', decimal: ',' }] }, /decimal/],
  [{ variables: [{ name: 'x', type: 'number', date_format: 'dd.mm.yyyy' }] }, /date_format/]
]

test('reading rules that contradict each other are refused by their key', () => {
  for (const [table, key] of WRONG) {
    const parsed = catalogConfigSchema.safeParse({
      ...{ name: 'c', subject_key: 'id' },
      tables: [{ name: 't', file: 'x.csv', variables: [{ name: 'x', type: 'integer' }], ...table }]
    })
    assert.ok(!parsed.success, JSON.stringify(table))
    assert.match(parsed.error.issues.map(({ path }) => path.join('.')).join(' '), key, JSON.stringify(table))
  }
})

test('decimals of a binary float in Parquet are refused with what to do about them', async () => {
  const variables = [{ name: 'dose', type: 'number', decimals: 1 }]
  const at = await world('', { file: 'export.parquet', variables })
  const path = quoteText(join(at.folder, 'export.parquet'))
  const engine = await openEngine({ threads: 1 })
  const session = await engine.session()
  await session.rows(`COPY (SELECT 'a' AS id, 0.1::DOUBLE + 0.2 AS dose) TO ${path} (FORMAT parquet)`)
  engine.close()
  await assert.rejects(at.open(), {
    code: 'SOURCE_INVALID',
    message: /row 1, dose: more than 1 decimal.*binary float.*round to them in the export.*at most 0\.05 /
  })
})
