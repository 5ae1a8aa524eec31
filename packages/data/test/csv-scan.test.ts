import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { lineOfRecord, scanCsv } from '../src/sources/csv-scan.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const folder = await scratchFolder({ after })
let number = 0

async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${number++}.csv`)
  await writeFile(path, content)
  return path
}

const refused = async (content: string | Uint8Array, words: RegExp) => {
  const path = await file(content)
  await assert.rejects(scanCsv(path, { separator: ',' }), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'SOURCE_INVALID')
    assert.match(error.message, words)
    assert.ok(error.message.includes(path), 'the file is named')
    return true
  })
}

test('a well-formed file gives its header and the number of its records', async () => {
  const shape = await scanCsv(await file('\ufeff"a","b ""c""",d\r\n1,"x\ny",\r\n2,,"z"\r\n\r\n'), { separator: ',' })
  assert.deepEqual(shape.header, ['a', 'b "c"', 'd'])
  assert.equal(shape.records, 2)
})

test('tabs separate the fields of a TSV file, and commas are text there', async () => {
  assert.deepEqual((await scanCsv(await file('a\tb,c\n1\t2\n'), { separator: '\t' })).header, ['a', 'b,c'])
})

test('a record with too few or too many fields is refused by its line', async () => {
  await refused('a,b\n1,2\n3\n', /line 3: 1 fields, while the header has 2/)
  await refused('a,b\n1,2,3\n', /line 2: 3 fields/)
  await refused('a,b\n"1\n2",3\n4,5,6', /line 4: 3 fields/)
  await refused('a,b\n1,2\n\n3,4\n', /line 3: an empty line in the middle/)
})

test('quotes that do not pair, lone carriage returns, zero bytes and other encodings are refused by their line', async () => {
  await refused('a,b\n"1,2\n3,4\n', /line 2: a quote that never closes/)
  await refused('a,b\n1,2"3\n', /line 2: a quote in the middle/)
  await refused('a,b\n"1"2,3\n', /line 2: a quote in the middle/)
  await refused('a,b\r1,2\r', /line 1: a carriage return without a line feed/)
  await refused('a,b\n1,2\r', /line 2: a carriage return without a line feed/)
  await refused('a,b\n1,\u00002\n', /line 2: a zero byte/)
  await refused(Uint8Array.of(0x61, 0x2c, 0x62, 0x0a, 0xe9, 0x2c, 0x31, 0x0a), /not UTF-8/)
  await refused(Uint8Array.of(0x61, 0x2c, 0x62, 0x0a, 0x31, 0x2c, 0xc3), /not UTF-8/)
  await refused('', /line 1: no header/)
  await refused(`${'x'.repeat(300_000)}\n`, /header that is too long/)
})

test('line ends of two kinds are refused by the first line that ends otherwise', async () => {
  await refused('a,b\n1,2\r\n3,4\n', /line 2: ends with a carriage return, and the lines before do not/)
  await refused('a,b\r\n1,2\r\n3,4\n', /line 3: ends without a carriage return, and the lines before have one/)
  assert.equal(
    (await scanCsv(await file('a,b\r\n"1\n",2\r\n'), { separator: ',' })).records,
    1,
    'within quotes a line end is text'
  )
})

test('the line of a record is found even where fields hold line breaks', async () => {
  const path = await file('a,b\n1,"x\n\ny"\n2,z\n"3\n",w\n')
  assert.deepEqual(
    await Promise.all([1, 2, 3].map((record) => lineOfRecord(path, { separator: ',' }, record))),
    [2, 5, 6]
  )
})
