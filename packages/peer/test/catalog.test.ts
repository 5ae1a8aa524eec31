import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { parseSql, proposeCatalog } from '@stimnet/data'
import { runCommand } from '@stimnet/machine'
import fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { checkCatalogs } from '../src/catalogs/catalog-check.ts'
import { catalogsText, readCatalogs } from '../src/catalogs/described.ts'
import { withScratchCatalog } from '../src/catalogs/scratch.ts'
import { dataFindings } from '../src/checkup/data.ts'
import { catalogCommand } from '../src/cli/catalog/catalog.ts'
import { parseConfig } from '../src/config/config.ts'
import { recordingIo } from '../../../test/recording-io.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const parent = await scratchFolder({ after })
let number = 0

async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = join(parent, String(number++))
  await mkdir(folder)
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return folder
}

/** The format of an export. */
interface Form {
  readonly separator: string
  readonly decimal: string
  /** A day in the format of the export. */
  readonly day: (day: { d: number; m: number; y: number }) => string
  readonly missing: string
  /** The labels for female and male. */
  readonly sexes: readonly [string, string]
  readonly lineEnd: string
  readonly encode: (text: string) => string | Uint8Array
}

const two = (n: number) => String(n).padStart(2, '0')
const PLAIN: Form = {
  ...{ separator: ',', decimal: '.', missing: '', sexes: ['female', 'male'], lineEnd: '\n' },
  day: ({ d, m, y }) => `${y}-${two(m)}-${two(d)}`,
  encode: (text) => text
}
const in1252 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

const FORMS: Readonly<Record<string, Partial<Form>>> = {
  'semicolons, decimal commas and windows-1252': {
    separator: ';',
    decimal: ',',
    sexes: ['weiblich', 'männlich'],
    encode: in1252
  },
  'tabs, American dates and a byte order mark': {
    ...{ separator: '\t', day: ({ d, m, y }) => `${m}/${d}/${y}`, encode: (text) => `\ufeff${text}` }
  },
  'pipes, German dates and carriage returns': {
    ...{ separator: '|', lineEnd: '\r\n', day: ({ d, m, y }) => `${two(d)}.${two(m)}.${y}`, sexes: ['W', 'M'] }
  },
  'UTF-16 with times of day': {
    ...{ separator: '\t', day: ({ d, m, y }) => `${y}-${two(m)}-${two(d)} 07:${two(d)}` },
    encode: (text) => Buffer.from(`\ufeff${text}`, 'utf16le')
  },
  'NULL for missing': { missing: 'NULL' },
  'a full stop for missing': { missing: '.' },
  'NA for missing and days without separators': { missing: 'NA', day: ({ d, m, y }) => `${y}${two(m)}${two(d)}` },
  '-999 for missing': { missing: '-999' }
}

const PEOPLE = 120

/** An export of people with known totals. The note contains the separator in quotes. */
function exportOf(form: Partial<Form>): string | Uint8Array {
  const { separator, decimal, day, missing, sexes, lineEnd, encode } = { ...PLAIN, ...form }
  const quoted = (text: string) => (text.includes(separator) ? `"${text}"` : text)
  const lines = Array.from({ length: PEOPLE }, (_, i) => {
    const weight = i % 12 === 5 ? missing : quoted(`${60 + (i % 40)}.${i % 10}`.replace('.', decimal))
    const date = day({ d: 1 + (i % 28), m: 1 + (i % 12), y: 2020 + (i % 3) })
    return [
      `P${1000 + i}`,
      `"comment ${i}${separator} ""quoted"""`,
      sexes[i % 3 === 0 ? 0 : 1],
      weight,
      quoted(date)
    ].join(separator)
  })
  const header = ['patient_id', 'comment', 'sex', 'weight_kg', 'admission'].join(separator)
  return encode([header, ...lines, ''].join(lineEnd))
}

/** The true values of these people. */
const WOMEN = 40
const WEIGHT_TENTHS = Array.from({ length: PEOPLE }, (_, i) =>
  i % 12 === 5 ? 0 : 10 * (60 + (i % 40)) + (i % 10)
).reduce((a, b) => a + b)
const OF_2021 = 40

describe('from a messy export to a right count', () => {
  for (const [name, form] of Object.entries(FORMS)) {
    test(`${name}: what is proposed is checked, opened and answers as it should`, async () => {
      const folder = await folderWith({ 'export.txt': exportOf(form) })
      const { yaml, decisions } = await proposeCatalog(['export.txt'], { baseDir: folder, peopleMin: 10 })
      assert.doesNotMatch(yaml, /quoted|P10/, 'no free text and no key is written')
      assert.ok(decisions.some(({ about, text }) => about === 'subject_key' && text.includes('one row each')))
      const file = join(folder, 'catalog.yaml')
      await writeFile(file, yaml)
      const found = await checkCatalogs(file, 5)
      assert.deepEqual([found.configuration, found.sources], [[], []])
      const [config] = await readCatalogs(file)
      assert.ok(config)
      await withScratchCatalog(config, folder, async (catalog) => {
        assert.equal(catalog.subjects, PEOPLE)
        const women = await catalog.cohort({ column: 'sex', op: '=', values: [form.sexes ? 'female' : 'female'] })
        assert.equal(women.size, WOMEN)
        const everyone = await catalog.cohort(undefined)
        const plan = parseSql('SELECT SUM(weight_kg) FROM export', catalog.descriptor)
        const [group] = (await catalog.reduce(plan, everyone)).groups
        assert.equal(group?.columns.get('export.weight_kg')?.sum, BigInt(WEIGHT_TENTHS))
        const later = await catalog.cohort({ column: 'admission', op: '>=', values: ['2021-01-01'] })
        const latest = await catalog.cohort({ column: 'admission', op: '>=', values: ['2022-01-01'] })
        assert.equal(later.size - latest.size, OF_2021)
      })
    })
  }
})

describe('a proposal', () => {
  test('writes no level of fewer people than asked, and lists such words for the steward', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `p${i},${i < 60 ? 'one' : i < 91 ? 'two' : 'rare-thing'}`)
    const folder = await folderWith({ 'a.csv': `subject_id,diagnosis\n${rows.join('\n')}\n` })
    const { yaml, decisions } = await proposeCatalog(['a.csv'], { baseDir: folder, peopleMin: 10 })
    assert.doesNotMatch(yaml, /rare-thing/)
    const about = decisions.find(({ text }) => text.includes('"rare-thing" (9 people)'))
    assert.equal(about?.about, 'a.diagnosis')
    assert.match(yaml.split('\n')[(about?.line ?? 0) - 1] ?? '', /name: diagnosis/, 'the line is that of the variable')
    const written = await proposeCatalog(['a.csv'], { baseDir: folder, peopleMin: 9 })
    assert.match(written.yaml, /rare-thing/)
  })

  test('says of words that can be no level why, and not that few people have them', async () => {
    const word = (i: number) => (i < 60 ? 'one' : i < 90 ? 'two\u001b[2J' : i < 95 ? 'rare' : 'l'.repeat(129))
    const rows = Array.from({ length: 110 }, (_, i) => `p${i},${word(i)}`)
    const folder = await folderWith({ 'a.csv': `subject_id,diagnosis\n${rows.join('\n')}\n` })
    const { yaml, decisions } = await proposeCatalog(['a.csv'], { baseDir: folder, peopleMin: 10 })
    assert.match(yaml, /levels: \[one\]/)
    const said = decisions.filter(({ about }) => about === 'a.diagnosis').map(({ text }) => text)
    assert.ok(
      said.some((text) => /fewer than 10 people have it and levels are public: "rare" \(5 people\)\./.test(text))
    )
    const unfit = said.find((text) => text.includes('control characters')) ?? ''
    assert.match(
      unfit,
      /: "l{60}" \(15 people\), "two\\u001b\[2J" \(30 people\)\. Until you name its level in `rename`/
    )
  })

  test('counts people and not rows, so that one person’s many rows make no level', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `p${i % 30},${i % 30 === 7 ? 'odd' : 'common'}`)
    const more = Array.from({ length: 20 }, () => 'p7,odd')
    const folder = await folderWith({ 'a.csv': `subject_id,event\n${[...rows, ...more].join('\n')}\n` })
    const { yaml } = await proposeCatalog(['a.csv'], { baseDir: folder, peopleMin: 10 })
    assert.match(yaml, /levels: \[common\]/)
    assert.match(yaml, /one_row_per_subject: false/)
  })

  test('takes a code for missing in one column and for a value in another, by what stands beside it', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `p${i},${i % 6 === 0 ? -999 : 50 + i},${-1029 + i}`)
    const folder = await folderWith({ 'a.csv': `subject_id,weight,balance\n${rows.join('\n')}\n` })
    const { yaml, decisions } = await proposeCatalog(['a.csv'], { baseDir: folder, peopleMin: 10 })
    assert.ok(decisions.some(({ about, text }) => about === 'a.weight' && text.includes('"-999" in 10 rows')))
    await writeFile(join(folder, 'c.yaml'), yaml)
    const [config] = await readCatalogs(join(folder, 'c.yaml'))
    assert.ok(config)
    await withScratchCatalog(config, folder, async (catalog) => {
      const missing = async (column: string) => (await catalog.cohort({ column, op: 'is null', values: [] })).size
      assert.deepEqual([await missing('weight'), await missing('balance')], [10, 0])
    })
  })

  test('takes 999 for missing only where it stands out and is repeated, and of that column alone', async () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      [
        `p${i}`,
        i % 6 === 0 ? 999 : i === 7 ? 'k.A.' : 50 + (i % 40),
        i === 3 ? 999 : 100 + i,
        i % 6 === 0 ? 999 : 700 + 10 * i,
        i % 6 === 0 ? 999 : 2000 - i,
        i === 8 ? 'k.A.' : 10 + i
      ].join()
    )
    const folder = await folderWith({ 'a.csv': `subject_id,weight,once,dose,far,age\n${rows.join('\n')}\n` })
    const { yaml, decisions } = await proposeCatalog(['a.csv'], { baseDir: folder, peopleMin: 10 })
    const [{ variables, reading }] = parse(yaml).tables
    assert.deepEqual(reading.missing, ['k.A.'], 'a number is no missing value of a whole file')
    const missing = variables.map(({ name, missing }: { name: string; missing?: string[] }) => [name, missing])
    assert.deepEqual(missing, [
      ['weight', ['999', 'k.A.']],
      ['once', undefined],
      ['dose', undefined],
      ['far', undefined],
      ['age', undefined]
    ])
    const asked = decisions.filter(({ text }) => text.includes('999')).map(({ about }) => about)
    assert.deepEqual([...new Set(asked)], ['a.weight'])
    assert.ok(decisions.some(({ about, text }) => about === 'a.once' && text.includes('near the maximum')))
  })

  test('names the lines of rows that somebody has twice', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `p${i}`)
    const rows = ids.flatMap((id, i) => [`${id},baseline,${i}`, `${id},month_6,${i + 1}`])
    rows.splice(8, 0, rows[7] ?? '')
    const folder = await folderWith({
      'people.csv': `subject_id,sex\n${ids.map((id, i) => `${id},${i % 2 ? 'f' : 'm'}`).join('\n')}\n`,
      'visits.csv': `subject_id,visit,score\n${[...rows, 'p5,baseline,90'].join('\n')}\n`
    })
    const { yaml, decisions } = await proposeCatalog(['people.csv', 'visits.csv'], { baseDir: folder, peopleMin: 10 })
    const about = decisions.filter(({ text }) => text.includes('entered twice'))
    assert.deepEqual(
      about.map(({ about, text }) => [about, text.slice(0, text.indexOf('.'))]),
      [
        ['visits', 'line 10: 1 row is equal in every column to an earlier one of the same person'],
        ['visits', 'line 83: 1 person has more than one row with the same visit']
      ]
    )
    assert.match(yaml.split('\n')[(about[0]?.line ?? 0) - 1] ?? '', /one_row_per_subject: false/)
  })

  test('keeps "none" as a level beside other words where enough people have it, and asks; elsewhere asks whether it is one', async () => {
    const gene = (i: number) => (i < 60 ? (i % 3 > 0 ? 'none' : 'None') : i < 80 ? 'GBA' : i < 92 ? 'LRRK2' : 'NA')
    const rows = Array.from({ length: 100 }, (_, i) =>
      [
        `p${i}`,
        i < 96 ? 'none' : `kind ${i}`,
        gene(i),
        i < 60 ? 'none' : 50 + i,
        i < 95 ? ['left', 'right'][i % 2] : 'nil',
        i < 60 ? '-' : 'found'
      ].join()
    )
    const folder = await folderWith({ 'a.csv': `subject_id,rare,gene,dose,side,sign\n${rows.join('\n')}\n` })
    const { yaml, decisions } = await proposeCatalog(['a.csv'], { baseDir: folder, peopleMin: 10 })
    const [{ variables, reading }] = parse(yaml).tables
    const named = (name: string) => variables.find((one: { name: string }) => one.name === name)
    const missing = (name: string): string[] => named(name).missing ?? reading.missing
    assert.deepEqual([named('gene').levels, named('gene').rename], [['GBA', 'LRRK2', 'none'], { None: 'none' }])
    assert.deepEqual(missing('gene'), ['NA'])
    const said = (about: string, part: string) =>
      decisions.some((one) => one.about === about && one.text.includes(part))
    assert.ok(
      said('a.gene', '"None" or "none" in 60 rows often means a missing value. Is it a level? It is written as one')
    )
    assert.deepEqual([named('dose').type, missing('dose').includes('none')], ['integer', true])
    assert.ok(said('a.dose', '"none" in 60 rows is taken for a missing value. Is it a level, or a value?'))
    assert.deepEqual([named('side').levels, missing('side').includes('nil')], [['left', 'right'], true])
    assert.ok(
      said(
        'a',
        '"rare" (of its 4 different values 0 can be levels of 10 people or more; "none" in 96 rows is taken for'
      )
    )
    assert.ok(!said('a.side', 'Is it a level'), 'few have it')
    assert.ok(named('sign').levels.length === 1 && said('a.sign', '"-" in 60 rows is taken for a missing value.'))
    parseConfig({ institution: '-', catalogs: [parse(yaml)] })
  })

  test('takes words that differ by an invisible character alone for one level', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${['left', 'left\u200b', 'l\u200beft', 'right'][i % 4]}`)
    const folder = await folderWith({ 'a.csv': `patient_no,side\n${rows.join('\n')}\n` })
    const { yaml } = await proposeCatalog(['a.csv'], { baseDir: folder, peopleMin: 10 })
    const [{ levels, rename }] = parse(yaml).tables[0].variables
    assert.deepEqual(levels, ['left', 'right'])
    assert.deepEqual(rename, { 'left\u200b': 'left', 'l\u200beft': 'left' })
    parseConfig({ institution: '-', catalogs: [parse(yaml)] })
  })

  test('leaves out what identifies people, and says so', async () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i},Name ${i},0${i + 100},1960-01-${two(1 + (i % 28))},${900 + i},f`
    )
    const folder = await folderWith({
      'a.csv': `patient_no,Nachname,PLZ,date_of_birth,case_id,sex\n${rows.join('\n')}\n`
    })
    const { yaml, decisions } = await proposeCatalog(['a.csv'], { baseDir: folder, peopleMin: 10 })
    assert.deepEqual(
      parse(yaml).tables[0].variables.map(({ name }: { name: string }) => name),
      ['sex']
    )
    assert.match(
      decisions.map(({ text }) => text).join('\n'),
      /"Nachname" \(by its name it identifies.*"date_of_birth" \(a date of birth/
    )
  })

  test('takes codes with a stray word for a category, and publishes no names of staff', async () => {
    const staff = ['Behandler', 'Oberarzt', 'rater']
    const rows = Array.from({ length: 120 }, (_, i) => {
      const names = staff.map((_, at) => ['Berger', 'Klein', 'Sommer'][(i + at) % 3])
      return [`p${i}`, i === 7 ? 'unklar' : 1 + (i % 2), ...names, i % 9].join(',')
    })
    const folder = await folderWith({
      'a.csv': `subject_id,arm,${staff.join(',')},doctor_visits\n${rows.join('\n')}\np121\n`
    })
    const { yaml, decisions } = await proposeCatalog(['a.csv'], { baseDir: folder, peopleMin: 10 })
    assert.match(yaml, /\{ name: arm, type: category, levels: \["1", "2"\] \}\n/)
    assert.doesNotMatch(yaml, /Berger|Klein|Sommer/)
    assert.match(yaml, /name: doctor_visits, type: integer/, 'a number of visits is no name')
    const said = decisions.map(({ about, text }) => `${about}: ${text}`).join('\n')
    assert.match(said, /a\.arm: Not written.*"unklar" \(1 person\)/)
    assert.match(said, /a: A fault in a\.csv, in line 122: /)
    assert.match(said, /a\.arm: 1, 2 are codes: put their words into levels/)
    for (const name of staff) assert.match(said, new RegExp(`"${name}" \\(by its name it says who treated or examined`))
  })

  test('gives times and scores a grid of eight to twelve breakpoints where there are enough people, and says what for', async () => {
    const columns = ['Tage bis Ereignis', 'updrs_iii', 'weight']
    const exported = (people: number) => {
      const rows = Array.from({ length: people }, (_, i) => [
        `p${i}`,
        Math.floor((i * 730) / people),
        (i * 7) % 71,
        50 + (i % 61)
      ])
      return `subject_id,${columns.join(',')}\n${rows.join('\n')}\n`
    }
    const folder = await folderWith({ 'many.csv': exported(600), 'few.csv': exported(60) })
    const proposed = async (file: string) => {
      const { yaml, decisions } = await proposeCatalog([file], { baseDir: folder, peopleMin: 10 })
      const { variables } = parse(yaml).tables[0] as { variables: { breakpoints?: number[] }[] }
      return { counts: variables.map(({ breakpoints = [] }) => breakpoints.length), decisions }
    }
    const many = await proposed('many.csv')
    for (const count of many.counts.slice(0, 2)) assert.ok(count >= 8 && count <= 12, String(many.counts))
    assert.ok((many.counts[2] ?? 0) < 8)
    const grid = many.decisions.filter(({ text }) => text.includes('the grid at which survival, medians and quantiles'))
    assert.deepEqual(
      grid.map(({ about }) => about),
      ['many.Tage_bis_Ereignis', 'many.updrs_iii']
    )
    // Each part of a grid has at least twice the people that a part needs.
    assert.ok(Math.max(...(await proposed('few.csv')).counts.slice(0, 2)) <= 2)
  })

  test('names each doubt about keys, numbers and dates that a person must settle', async () => {
    const rows = Array.from({ length: 80 }, (_, i) => {
      const day = `0${1 + (i % 9)}/0${1 + (i % 7)}/2021`
      return `${i === 3 ? '' : `00${i}`},1.${200 + i},${day},${i === 5 ? '<0.5' : (i % 7) / 8},${i % 2},${i % 4}`
    })
    const other = Array.from({ length: 40 }, (_, i) => `${i + 60},${i}`)
    const folder = await folderWith({
      'a.csv': `Patient ID,count,seen,crp,smoker,grade\n${[...rows, '001,1.300,01/01/2021,0.5,1,2'].join('\n')}\n`,
      'b.csv': `Pat-ID,score\n${[...other, ...rows.slice(10, 60).map((row) => `${row.split(',')[0]},3`)].join('\n')}\n`
    })
    const { yaml, decisions } = await proposeCatalog(['a.csv', 'b.csv'], { baseDir: folder, peopleMin: 10 })
    const said = decisions.map(({ about, text }) => `${about}: ${text}`).join('\n')
    for (const words of [
      /a: 1 row has no subject key, of 81:/,
      /a: 1 person has several rows, of 79: are they doubles\?/,
      /a: 20 people would be in b\.csv too but for leading zeros/,
      /a: 9 people are not in b\.csv/,
      /a\.count: All its numbers with "\." could be written with thousands separators/,
      /a\.seen: Every day could be dd\/mm\/yyyy or mm\/dd\/yyyy/,
      /a\.crp: Not read by this: "<0\.5" in 1 row\./,
      /a\.smoker: 0, 1 are codes/,
      /a\.grade: It has 4 different values\. If they are codes/
    ]) {
      assert.match(said, words)
    }
    assert.match(yaml, /subject_column: "Patient ID"/)
    assert.match(yaml, /subject_key: Pat-ID/)
  })

  test('compares all files with those of people, whatever their order', async () => {
    const events = Array.from({ length: 30 }, (_, i) => `p${i * 3},${i % 2 === 0 ? 'fall' : 'mood'}`)
    const people = Array.from({ length: 100 }, (_, i) => `p${i},${40 + (i % 30)}`)
    const visits = [...Array.from({ length: 100 }, (_, i) => `p${i}`), 'p900', 'p901'].flatMap((id, i) =>
      ['BL', 'M6'].map((visit) => `${id},${visit},${i % 17}`)
    )
    const files = {
      'adverse.csv': `patient_id,event\n${events.join('\n')}\n${events.join('\n')}\n`,
      'patients.csv': `patient_id,age\n${people.join('\n')}\n`,
      'visits.txt': `subject,visit,score\n${visits.join('\n')}\n`
    }
    const baseDir = await folderWith(files)
    const [a = '', b = '', c = ''] = Object.keys(files)
    const orders = [
      [a, b, c],
      [a, c, b],
      [b, a, c],
      [b, c, a],
      [c, a, b],
      [c, b, a]
    ]
    const found = []
    for (const order of orders) {
      const { yaml, decisions } = await proposeCatalog(order, { baseDir, peopleMin: 10, name: 'study' })
      const { tables, ...rest } = parse(yaml) as { tables: { name: string }[] }
      found.push({
        rest,
        tables: tables.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
        // The sentence about the key lists the files in their order.
        said: decisions.flatMap(({ about, text }) => (about === 'subject_key' ? [] : [`${about}: ${text}`])).sort()
      })
    }
    for (const one of found) assert.deepEqual(one, found[0])
    assert.deepEqual(
      found[0]?.tables.map(({ name }) => name),
      ['adverse', 'patients', 'visits']
    )
    const between = found[0]?.said.filter((sentence) => sentence.includes(' not in '))
    assert.equal(between?.length, 1)
    assert.match(
      between?.[0] ?? '',
      /^visits: 2 people are not in patients\.csv\. Is that so\? Correct or remove their rows/
    )
    // If no two headers are alike and no table has one row per person, the name of the key is also the same in each order.
    const other = await folderWith({
      'few.csv': `patient_id,event\n${[...events, ...events].join('\n')}\n`,
      'many.csv': `subject,visit,score\n${visits.join('\n')}\n`
    })
    for (const order of [
      ['few.csv', 'many.csv'],
      ['many.csv', 'few.csv']
    ]) {
      const { yaml } = await proposeCatalog(order, { baseDir: other, peopleMin: 10 })
      assert.match(yaml, /subject_key: subject\n/)
      assert.equal(parse(yaml).tables.length, 2)
    }
  })

  test('says once of which tables and visits fewer than half of the people have a row, and what to write', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `p${i}`)
    const visits = ids.flatMap((id, i) => [`${id},BL,${i % 17}`, ...(i < 30 ? [`${id},UNS,${i % 13}`] : [])])
    const events = ids.slice(0, 40).flatMap((id, i) => [`${id},fall,${i % 5}`, `${id},mood,${i % 5}`])
    const folder = await folderWith({
      'events.csv': `id,event,grade\n${events.join('\n')}\n`,
      'patients.csv': `id,age\n${ids.map((id, i) => `${id},${40 + (i % 30)}`).join('\n')}\n`,
      'visits.csv': `id,visit,score\n${visits.join('\n')}\n`
    })
    const options = { baseDir: folder, peopleMin: 10 }
    const { yaml, decisions } = await proposeCatalog(['events.csv', 'patients.csv', 'visits.csv'], options)
    const said = decisions.flatMap(({ about, text }) => (/half|not in/.test(text) ? [`${about}: ${text}`] : []))
    assert.equal(said.length, 2)
    assert.match(
      said[0] ?? '',
      /^events: Fewer than half of the people have a row \(40 of 100\)\. .*Write presence: unknown to keep that, .*presence: known is right only if /
    )
    assert.match(
      said[1] ?? '',
      /^visits: Fewer than half of the people have a row whose visit is UNS \(30 of 100\)\. .*Leave presence out/
    )
    assert.doesNotMatch(yaml, /presence|40|30 of/)
    // The check reports it as well, until the catalog states it.
    await writeFile(join(folder, 'c.yaml'), yaml)
    const noted = await checkCatalogs(join(folder, 'c.yaml'), 5)
    assert.deepEqual([noted.configuration, noted.sources], [[], []])
    assert.deepEqual(
      noted.notes,
      said.map((sentence) => `events.${sentence}`)
    )
    const declared = { ...parse(yaml) }
    declared.tables = declared.tables.map((table: object) => ({ ...table, presence: 'unknown' }))
    await writeFile(join(folder, 'c.yaml'), stringify(declared))
    assert.deepEqual((await checkCatalogs(join(folder, 'c.yaml'), 5)).notes, [])
  })

  test('says which columns could be the subject key, takes the named one, and refuses where none could be', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => `a${i},b${i},${i % 5}.5`)
    const folder = await folderWith({
      'a.csv': `patient_id,sample_id,x\n${rows.join('\n')}\n`,
      'c.csv': 'x,y\n1.5,2.5\n'
    })
    const options = { baseDir: folder, peopleMin: 10 }
    const first = await proposeCatalog(['a.csv'], options)
    assert.match(first.yaml, /subject_key: patient_id/)
    assert.match(first.decisions.map(({ text }) => text).join(), /"sample_id" could be it too/)
    assert.match(
      (await proposeCatalog(['a.csv'], { ...options, subjectKey: 'sample_id' })).yaml,
      /subject_key: sample_id/
    )
    const stays = Array.from({ length: 90 }, (_, i) => `c${i},n${i % 40},${i % 7}`)
    await writeFile(join(folder, 'stays.csv'), `case_id,patient,days\n${stays.join('\n')}\n`)
    const { yaml } = await proposeCatalog(['stays.csv'], options)
    assert.match(yaml, /subject_key: patient\n/, 'a stay in hospital is no person, though each row has its own')
    // A number that several people share is not a key, whatever its name; here "fall" could be a case.
    const falls = Array.from({ length: 90 }, (_, i) => `p${i},${(i * 7) % 60}`)
    await writeFile(join(folder, 'falls.csv'), `patient_id,fall_days\n${falls.join('\n')}\n`)
    const found = await proposeCatalog(['falls.csv'], options)
    assert.match(found.yaml, /subject_key: patient_id/)
    assert.doesNotMatch(found.decisions.map(({ text }) => text).join(), /could be it too/)
    await assert.rejects(proposeCatalog(['c.csv'], options), {
      code: 'PARAMETER_INVALID',
      message: /could be the subject key/
    })
    await assert.rejects(proposeCatalog(['a.csv'], { ...options, subjectKey: 'none' }), { code: 'PARAMETER_INVALID' })
  })

  test('always loads, whatever a file has, and never has a level of fewer people than asked', async () => {
    const cell = fc.oneof(
      fc.constantFrom(
        '',
        'NA',
        'NULL',
        '.',
        '-999',
        '999',
        '0',
        '1',
        '-1',
        '007',
        'yes',
        'No',
        'true',
        'null',
        '__proto__'
      ),
      fc.constantFrom(
        '1,5',
        '1.5',
        '-2,25',
        '1e3',
        '1.234',
        '31.12.2020',
        '12/31/2020',
        '2020-01-05',
        '20200105',
        ' a ',
        'A',
        'a'
      ),
      fc.constantFrom(
        '1234567890123456789',
        '0.12345678901',
        'a: b',
        '# x',
        '[',
        '{',
        "'",
        '"',
        '\\',
        'ä',
        'a\u0308',
        'a\u200b',
        'line\nbreak'
      ),
      fc.string({ maxLength: 12, unit: 'binary' })
    )
    const header = fc.oneof(
      fc.constantFrom('age', 'sex', 'name', 'date of birth', '', 'x', 'X', 'weight [kg]', 'true', 'id'),
      fc.string({ maxLength: 20 })
    )
    const column = fc.record({ header, pool: fc.array(cell, { minLength: 1, maxLength: 6 }) })
    const cells = (text: string) => `"${text.replaceAll('\0', '').replaceAll('"', '""')}"`
    await fc.assert(
      fc.asyncProperty(
        fc.array(column, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.integer({ min: 0, max: 1_000_000 }),
        async (columns, separator, salt) => {
          const headers = ['subject_id', ...columns.map((one) => one.header.replaceAll(/[\r\n]/g, ' '))]
          const rows = Array.from({ length: 40 }, (_, i) => [
            `s${i % 35}`,
            ...columns.map(
              ({ pool }, c) => pool[(i * (c + 1) + salt * c + ((i * i) % 7)) % pool.length]?.replaceAll('\r', ' ') ?? ''
            )
          ])
          const text = [headers, ...rows].map((row) => row.map(cells).join(separator)).join('\n')
          const folder = await folderWith({ 't.csv': text })
          const options = { baseDir: folder, peopleMin: 8, subjectKey: 'subject_id' }
          const proposed = await proposeCatalog(['t.csv'], options).catch((error: { code?: string }) => {
            assert.equal(error.code, 'PARAMETER_INVALID', String(error))
            return undefined
          })
          if (proposed === undefined) return
          const { catalogs } = parseConfig({ institution: '-', catalogs: [parse(proposed.yaml)] })
          for (const variable of catalogs[0]?.tables[0]?.variables ?? []) {
            const at = headers.indexOf(variable.column ?? variable.name)
            for (const level of variable.levels ?? []) {
              const words = [
                level,
                ...Object.entries(variable.rename ?? {}).flatMap(([word, to]) => (to === level ? [word] : []))
              ]
              const people = new Set(
                rows.filter((row) => words.includes(row[at]?.replaceAll('\0', '') ?? '')).map(([key]) => key)
              )
              assert.ok(people.size >= 8, `${level}: ${people.size}`)
            }
          }
        }
      ),
      { numRuns: process.env.STIMNET_LONG ? 500 : 15 }
    )
  })
})

const DESCRIBED = {
  ...{ name: 'c', subject_key: 'id' },
  tables: [
    {
      ...{ name: 'people', file: 'people.csv', reading: { separator: ';', decimal: ',', missing: ['NA'] } },
      one_row_per_subject: true,
      variables: [
        { name: 'age', type: 'integer', minimum: 0, maximum: 120 },
        { name: 'sex', type: 'category', levels: ['f', 'm'] },
        { name: 'height', type: 'number', decimals: 1 },
        { name: 'gone', type: 'integer' }
      ]
    },
    { name: 'visits', file: 'visits.csv', variables: [{ name: 'day', type: 'date' }] },
    { name: 'absent', file: 'absent.csv', variables: [{ name: 'x', type: 'integer' }] }
  ]
}

const FAULTY = {
  'people.csv': [
    'id;age;sex;height;height2;height2',
    'a;41;f;1,5;;',
    'b;140;m;1.5;;',
    'c;x;w;1,55;;',
    'a;50;f;1,5;;',
    ';50;f;1,5;;',
    'd;50;f;1,5',
    'e;50;"f;1,5;;'
  ].join('\n'),
  'visits.csv': 'id,day\r\na,01.02.2024\r\nb,2024-02-30\nc,2024-01-01\r\n\r\nd,01.02.2024\r\n'
}

async function run(args: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  const io = recordingIo()
  const exit = await runCommand(catalogCommand, args, io)
  return { exit, ...io.said }
}

describe('stimnet catalog check', () => {
  test('says of rows without a subject that alone, and not that they are second rows of one', async () => {
    const catalog = { name: 'trial', subject_key: 'id', tables: [{ ...DESCRIBED.tables[1], name: 'p', file: 'p.csv' }] }
    const tables = [{ ...catalog.tables[0], one_row_per_subject: true }]
    const folder = await folderWith({
      'p.csv': 'id,day\na,2024-01-01\n,2024-01-02\n,2024-01-03\nb,2024-01-04\nb,2024-01-05\n',
      'catalog.yaml': stringify({ ...catalog, tables })
    })
    const { out } = await run(['check', join(folder, 'catalog.yaml')])
    assert.match(out, /line 3, line 4, id: no subject/)
    assert.match(out, /p\.csv, line 6, id: a second row of one subject/)
  })

  test('says everything that is wrong in one run: all files, all lines, and the configuration too; and writes nothing', async () => {
    const broken = { ...DESCRIBED, name: 'other', tables: [{ ...DESCRIBED.tables[1], file: 'x.csv', colour: 'red' }] }
    const folder = await folderWith({
      ...FAULTY,
      'stimnet.yaml': stringify({ institution: 'x', catalogs: [DESCRIBED, broken] })
    })
    const { exit, out, err } = await run(['check', '--config', join(folder, 'stimnet.yaml')])
    assert.equal(exit, 1)
    const said = out.trimEnd().split('\n')
    for (const words of [
      /stimnet\.yaml: line \d+: catalogs\.1\.tables\.0\.colour: there is no such key/,
      /people\.csv: line 1: no column "gone" \(for gone\)/,
      /people\.csv, line 7: 4 fields, while the header has 6/,
      /people\.csv, line 8: a quote that never closes/,
      /people\.csv, line 6, id: no subject/,
      /people\.csv, line 5, id: a second row of one subject/,
      /people\.csv, line 4, age: not a whole number.*"a"/,
      /people\.csv, line 3, age: outside 0 to 120/,
      /people\.csv, line 4, sex: none of the declared levels \(f, m\): "a"/,
      /people\.csv, line 3, height: .*"9\.9"\. It has a decimal point/,
      /people\.csv, line 4, height: more than 1 decimal: "9,99"/,
      /visits\.csv, line 3: ends without a carriage return/,
      /visits\.csv, line 5: an empty line in the middle/,
      /visits\.csv, line 2, line 6, day: .*Declare date_format: dd\.mm\.yyyy/,
      /visits\.csv, line 3, day: .*There is no such day/,
      /absent\.csv: there is no such file/
    ]) {
      assert.equal(said.filter((line) => words.test(line)).length, 1, `${words}\n${out}`)
    }
    assert.equal(said.length, 16, out)
    assert.match(err, /16 faults in 2 catalogs with 3 tables\. Nothing was started or written/)
    assert.deepEqual((await readdir(folder)).sort(), ['people.csv', 'stimnet.yaml', 'visits.csv'])
    assert.equal(JSON.parse((await run(['check', join(folder, 'stimnet.yaml'), '--json'])).out).sources.length, 15)
  })

  test('names as many lines of a fault as asked, and counts the others', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `p${i},x`)
    const described = {
      ...DESCRIBED,
      tables: [{ ...DESCRIBED.tables[1], variables: [{ name: 'day', type: 'integer' }] }]
    }
    const folder = await folderWith({ 'visits.csv': `id,day\n${rows.join('\n')}`, 'c.yaml': stringify(described) })
    const { out } = await run(['check', join(folder, 'c.yaml'), '--lines', '2'])
    assert.match(out, /visits\.csv, line 2, line 3 and 28 more, day: not a whole number/)
  })

  test('names rows that somebody has twice, as doctor does, and that is no fault', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `p${i}`)
    const rows = ids.flatMap((id, i) => [`${id},baseline,${i}`, `${id},month_6,${i + 1}`])
    // Person 3 has a duplicate row; person 5 has two different rows at baseline, and person 6 has two rows of an unknown
    // visit.
    rows.splice(8, 0, rows[7] ?? '')
    const sides = ids.flatMap((id) => [`${id},baseline,1`, `${id},baseline,2`])
    const visit = { name: 'visit', type: 'category', levels: ['baseline', 'month_6'] }
    const table = (name: string, variables: object[]) => ({ name, file: `${name}.csv`, variables })
    const folder = await folderWith({
      'visits.csv': `id,visit,score\n${[...rows, 'p5,baseline,90', 'p6,,8', 'p6,,9'].join('\n')}\n`,
      'sides.csv': `id,visit,volt\n${sides.join('\n')}\n`,
      'c.yaml': stringify({
        ...{ name: 'c', subject_key: 'id' },
        tables: [
          table('visits', [visit, { name: 'score', type: 'integer' }]),
          table('sides', [visit, { name: 'volt', type: 'integer' }])
        ]
      })
    })
    const { exit, err } = await run(['check', join(folder, 'c.yaml')])
    assert.equal(exit, 0)
    const notes = err.split('\n').filter((line) => line.includes('more than one') || line.includes('equal'))
    assert.equal(notes.length, 2, err)
    assert.match(notes[0] ?? '', /c\.visits: .*visits\.csv, line 10: 1 row is equal in every column to an earlier one/)
    assert.match(
      notes[1] ?? '',
      /c\.visits: .*visits\.csv, line 43: 1 person has more than one row with the same visit\./
    )
    const catalogs = await readCatalogs(join(folder, 'c.yaml'))
    const found = (await dataFindings([...catalogs], folder)).filter(({ name }) => name === 'rows')
    assert.deepEqual(
      found.map(({ ok, note, detail }) => [ok, note, `Note: ${detail}`]),
      notes.map((line) => [true, true, line])
    )
  })

  test('names people who are in no table of people, as doctor does, and says what they cost and what to do', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `p${i}`)
    const visits = [...ids, ...ids, 'x1', 'x2', 'x1'].map((id, i) => `${id},${i}`)
    const table = (name: string, more: object) => ({
      ...{ name, file: `${name}.csv`, variables: [{ name: 'score', type: 'integer' }] },
      ...more
    })
    const folder = await folderWith({
      'people.csv': `id,score\n${ids.map((id) => `${id},1`).join('\n')}\n`,
      'visits.csv': `id,score\n${visits.join('\n')}\n`,
      'c.yaml': stringify({
        ...{ name: 'c', subject_key: 'id' },
        tables: [table('people', { one_row_per_subject: true }), table('visits', {})]
      })
    })
    const { exit, err } = await run(['check', join(folder, 'c.yaml')])
    assert.equal(exit, 0)
    const notes = err.split('\n').filter((line) => line.startsWith('Note: '))
    assert.equal(notes.length, 1)
    assert.match(
      notes[0] ?? '',
      /c\.visits: .*visits\.csv, line 42: the first of 3 rows of 2 people who are in no table with/
    )
    assert.match(
      notes[0] ?? '',
      /questions that join the tables leave these people out: .*groups are withheld\. Correct or remove/
    )
    const found = (await dataFindings([...(await readCatalogs(join(folder, 'c.yaml')))], folder)).slice(1)
    assert.deepEqual(
      found.map(({ name, ok, note, detail }) => [name, ok, note, `Note: ${detail}`]),
      [['rows', true, true, notes[0]]]
    )
  })

  test('ends with 0 where nothing is wrong, and with 2 where nothing can be checked', async () => {
    const good = { ...DESCRIBED, tables: [DESCRIBED.tables[1]] }
    const folder = await folderWith({
      'visits.csv': 'id,day\na,2024-01-01\n',
      'c.yaml': stringify([good]),
      'd.yaml': 'a: ['
    })
    const { exit, err } = await run(['check', join(folder, 'c.yaml')])
    assert.deepEqual([exit, err], [0, 'Nothing is wrong: 1 catalog with 1 table.\n'])
    for (const file of ['d.yaml', 'none.yaml']) {
      await assert.rejects(run(['check', join(folder, file)]), { code: 'CONFIG_INVALID' })
    }
    await assert.rejects(run(['check', 'a.yaml', 'b.yaml']), { code: 'PARAMETER_INVALID' })
  })

  test('reports two tables over one file', async () => {
    const [, visits] = DESCRIBED.tables
    const twice = { ...DESCRIBED, tables: [visits, { ...visits, name: 'again' }] }
    const folder = await folderWith({ 'visits.csv': 'id,day\na,2024-01-01\n', 'c.yaml': stringify(twice) })
    assert.match((await run(['check', join(folder, 'c.yaml')])).out, /c\.visits and c\.again read one file/)
  })
})

describe('stimnet catalog dummy', () => {
  test('makes up rows that fit the description, from it alone, and the same rows again', async () => {
    const [people, visits] = DESCRIBED.tables
    const described = { ...DESCRIBED, tables: [{ ...people, reading: {} }, visits] }
    const folder = await folderWith({ 'c.yaml': stringify(described) })
    const args = (out: string) => [
      'dummy',
      'c',
      '--config',
      join(folder, 'c.yaml'),
      '--rows',
      '200',
      '--out',
      join(folder, out)
    ]
    assert.equal((await run(args('.'))).exit, 0)
    const found = await checkCatalogs(join(folder, 'c.yaml'), 5)
    assert.deepEqual(found.sources, [], 'a peer would open them')
    const text = await readFile(join(folder, 'people.csv'), 'utf8')
    assert.match(text, /^id,age,sex,height,gone\nS0001,/)
    assert.equal(text.trimEnd().split('\n').length, 201)
    for (const value of [',f,', ',m,', ',,']) assert.ok(text.includes(value), `${value} is in it`)
    await run(args('again'))
    assert.equal(await readFile(join(folder, 'again', 'people.csv'), 'utf8'), text)
    await assert.rejects(run(args('again')), { code: 'PARAMETER_INVALID', message: /is there already/ })
    await assert.rejects(run(['dummy', 'd', '--config', join(folder, 'c.yaml')]), { code: 'CATALOG_UNKNOWN' })
  })

  test('makes up derived variables as a script sees them, and nothing that is not offered', async () => {
    const variables = [
      { name: 'height', type: 'integer', minimum: 140, maximum: 200, offered: false },
      {
        name: 'size',
        type: 'category',
        levels: ['short', 'tall'],
        derive: { rule: 'bands', of: 'height', cuts: [170] }
      }
    ]
    const people = { name: 'people', file: 'people.csv', one_row_per_subject: true, variables }
    const described = { name: 'c', subject_key: 'id', tables: [people] }
    const folder = await folderWith({ 'c.yaml': stringify(described) })
    assert.equal(
      (await run(['dummy', 'c', '--config', join(folder, 'c.yaml'), '--rows', '50', '--out', folder])).exit,
      0
    )
    const text = await readFile(join(folder, 'people.csv'), 'utf8')
    assert.match(text, /^id,size\nS0001,/)
    for (const value of [',short\n', ',tall\n']) assert.ok(text.includes(value), `${value} is in it`)
  })
})

describe('stimnet catalog check of derived variables', () => {
  test('names line and key of a rule, and says at once what is wrong with rules and with rows', async () => {
    const x = (derive: object) => ({ name: 'x', type: 'number', derive })
    const variables = (derive: object) => [{ name: 'n', type: 'integer' }, x(derive)]
    const of = (derive: object) => ({
      ...{ name: 'c', subject_key: 'id' },
      tables: [{ name: 'people', file: 'people.csv', one_row_per_subject: true, variables: variables(derive) }]
    })
    const folder = await folderWith({
      'people.csv': 'id,n\na,0\nb,many\n',
      'wrong.yaml': stringify(of({ rule: 'log', of: 'm', base: 10 })),
      'c.yaml': stringify(of({ rule: 'log', of: 'n', base: 10 }))
    })
    assert.throws(() => parseConfig({ institution: 'A', catalogs: [of({ rule: 'log', of: 'm', base: 10 })] }), {
      code: 'CONFIG_INVALID'
    })
    const wrong = await run(['check', join(folder, 'wrong.yaml')])
    assert.equal(wrong.exit, 1)
    assert.match(wrong.out, /wrong\.yaml: line \d+: .*variables\.1\.derive\.of: people has no variable "m"/)
    const { exit, out } = await run(['check', join(folder, 'c.yaml')])
    assert.equal(exit, 1)
    assert.match(out, /people\.csv, line 3, n: not a whole number/)
    assert.match(
      out,
      /people\.csv, line 2, x: n is 0 or below there, which has no logarithm: declare nonpositive: missing/
    )
  })
})

describe('stimnet catalog propose', () => {
  test('writes the catalog to standard output and the decisions to standard error', async () => {
    const folder = await folderWith({ 'a.csv': exportOf({}) })
    const { exit, out, err } = await run(['propose', join(folder, 'a.csv'), '--name', 'trial', '--at-least', '20'])
    assert.equal(exit, 0)
    assert.equal(parse(out).name, 'trial')
    assert.match(err, /^Decide, line by line[^\n]*\nline 3, name: /)
    assert.match(err, /line \d+, a\.weight_kg: Is its unit kg\? Then write unit: kg\./)
    assert.match(out, /# unit: kg\? A guess by the name\./)
    for (const args of [['propose'], ['propose', 'a.csv', '--name', '1 x'], ['propose', 'a.csv', '--at-least', '2']]) {
      await assert.rejects(run(args), { code: 'PARAMETER_INVALID' })
    }
  })

  test('takes files, a BIDS dataset or a database, and a URL without a password', async () => {
    const folder = await folderWith({
      'participants.tsv': `participant_id\tage\n${Array.from({ length: 30 }, (_, i) => `sub-${i}\t${40 + i}`).join('\n')}\n`,
      'participants.json': '{"age":{"Units":"years"}}'
    })
    const { exit, out } = await run(['propose', '--bids', folder, '--name', 'study'])
    assert.equal(exit, 0)
    assert.match(out, /\{ name: age, type: integer, unit: years, /)
    // Moved into a configuration elsewhere, the catalog names the same files.
    await writeFile(join(folder, 'c.yaml'), out.replace(/file: .*/, 'file: participants.tsv'))
    const elsewhere = await folderWith({})
    const [moved] = parse(await catalogsText(join(folder, 'c.yaml'), elsewhere)).catalogs
    assert.equal(join(elsewhere, moved.tables[0].file), join(folder, 'participants.tsv'))
    await assert.rejects(run(['propose', '--omop', 'postgresql://reader@127.0.0.1:1/x']), {
      message: /need --concepts/
    })
    await writeFile(
      join(folder, 'concepts.yaml'),
      'index: { condition: [1] }\nvariables: [{ name: x, drug: [2], take: sometimes }]\n'
    )
    const omop = ['--omop', 'postgresql://reader@127.0.0.1:1/x', '--concepts', join(folder, 'concepts.yaml')]
    await assert.rejects(run(['propose', ...omop]), { code: 'PARAMETER_INVALID', message: /^variables\.0\.take: / })
    await writeFile(
      join(folder, 'concepts.yaml'),
      'index: { condition: [1] }\nvariables: [{ name: x, drug: [2], take: ever }]\n'
    )
    await assert.rejects(run(['propose', '--omop', folder, '--concepts', join(folder, 'concepts.yaml')]), {
      code: 'SOURCE_INVALID',
      message: /there is no file person\.csv/
    })
    const secret = 'postgresql://reader:hunter2@127.0.0.1:1/registry'
    for (const args of [
      ['a.csv', '--bids', folder],
      ['--bids', folder, '--postgres', secret]
    ]) {
      await assert.rejects(run(['propose', ...args]), { code: 'PARAMETER_INVALID', message: /only one of them/ })
    }
    await assert.rejects(run(['propose', '--postgres', secret]), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'PARAMETER_INVALID')
      assert.match(error.message, /^url: a password is in password_file or password_env/)
      assert.ok(!error.message.includes('hunter2'))
      return true
    })
    const known = ['propose', '--postgres', secret.replace(':hunter2', '')]
    await assert.rejects(run([...known, '--writing-role', 'warn']), { code: 'SOURCE_UNAVAILABLE' })
    await assert.rejects(run([...known, '--writing-role', 'yes']), {
      code: 'PARAMETER_INVALID',
      message: /writing-role/
    })
  })
})

describe('a catalog whose database does not answer', () => {
  const config = () =>
    stringify({
      ...{ name: 'registry', subject_key: 'id' },
      postgres: { url: 'postgresql://reader@127.0.0.1:1/registry', password_file: 'secret' },
      tables: [{ name: 'people', relation: 'clinic.people', variables: [{ name: 'age', type: 'integer' }] }]
    })

  test('is reported by the check and by doctor in one sentence, without the password', async () => {
    const folder = await folderWith({ 'c.yaml': config(), secret: 'hunter2\n' })
    await chmod(join(folder, 'secret'), 0o600)
    const { exit, out } = await run(['check', join(folder, 'c.yaml')])
    assert.equal(exit, 1)
    assert.match(out, /^the database: PostgreSQL 127\.0\.0\.1:1\/registry: nobody listens there/)
    const { catalogs } = parseConfig({ institution: 'A', catalogs: [parse(config())] })
    const findings = await dataFindings(catalogs, folder)
    assert.deepEqual(
      findings.map(({ ok, detail }) => [ok, detail.slice(0, 60)]),
      [[false, 'registry: PostgreSQL 127.0.0.1:1/registry: nobody listens th']]
    )
    assert.ok(!JSON.stringify([out, findings]).includes('hunter2'))
  })

  test('has no password in the configuration, which is refused without repeating it', () => {
    const raw = { ...parse(config()), postgres: { url: 'postgresql://reader:hunter2@db.example/registry' } }
    assert.throws(
      () => parseConfig({ institution: 'A', catalogs: [raw] }),
      (error: Error) =>
        /catalogs\.0\.postgres\.url: a password is in/.test(error.message) && !error.message.includes('hunter2')
    )
  })
})
