/** Catalogs of CSV files of an OMOP Common Data Model: exact rows per person by declared concepts, and safety against faulty files. */
import assert from 'node:assert/strict'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { StimnetError } from '@stimnet/protocol'
import { parse } from 'yaml'
import { catalogConfigSchema, checkSources, proposeFromOmopFolder } from '../src/index.ts'
import { folderWith } from '../../../test/scratch.ts'
import { makeWorld, rowsOf } from './world.ts'

const SETS = {
  index: { condition: [100] },
  variables: [
    { name: 'depression', condition: [200], take: 'ever', window: [-365, 0] },
    { name: 'levodopa_start', drug: [300], take: 'first_day' },
    { name: 'surgery', procedure: [500], take: 'last_day' },
    { name: 'stays', visit: [9201], take: 'days' },
    { name: 'score', measurement: [400], take: 'last', window: [-400, 0], unit_concept: 8529, unit: '{points}' },
    { name: 'quality', observation: [600], take: 'first', unit_concept: 8529, unit: '{points}' }
  ]
}

const PEOPLE = Array.from({ length: 60 }, (_, i) => i + 1)
const day = (n: number) => new Date(Date.UTC(2020, 0, 1 + n)).toISOString().slice(0, 10)
const plain = (n: number) => day(n).replaceAll('-', '')
const csv = (header: string, rows: readonly string[], separator = ',') =>
  [header, ...rows].map((row) => `${row.replaceAll(',', separator)}\r\n`).join('')

/** Sixty people, in the ways in which such files are written: capitals, tabs, days without signs, whole numbers with a point. */
const FILES: Readonly<Record<string, string>> = {
  'PERSON.csv': csv(
    'PERSON_ID,GENDER_CONCEPT_ID,YEAR_OF_BIRTH,PERSON_SOURCE_VALUE',
    PEOPLE.map((n) => `${n},${n === 9 ? 0 : n % 2 ? '8507' : '8532.0'},${1950 + (n % 40)},MRN ${n}`)
  ),
  'observation_period.csv': csv(
    'observation_period_id,person_id,observation_period_start_date,observation_period_end_date',
    PEOPLE.map((n) => `${n},${n},2019-01-01,${n === 60 ? '2019-12-31' : '2021-12-31'}`)
  ),
  'CONCEPT_ANCESTOR.csv': csv(
    'ancestor_concept_id,descendant_concept_id,min_levels_of_separation',
    ['100,100,0', '100,101,1', '200,201,1', '300,300,0', '400,400,0', '500,500,0', '600,600,0', '9201,9201,0'],
    '\t'
  ),
  'condition_occurrence.csv': csv('condition_occurrence_id,person_id,condition_concept_id,condition_start_date', [
    ...PEOPLE.map((n) => `${n},${n},${n % 3 ? 100 : 101},${day(n)}`),
    ...PEOPLE.map((n) => `${100 + n},${n},100,${day(366 + n)}`),
    '900,7,201,2020-01-07',
    '901,8,201,2020-03-01'
  ]),
  'drug_exposure.csv': csv(
    'person_id,drug_concept_id,drug_exposure_start_date',
    PEOPLE.flatMap((n) => [`${n},300,${plain(n + 5)}`, `${n},300,${plain(n - 10)}`])
  ),
  'procedure_occurrence.csv': csv('person_id,procedure_concept_id,procedure_date', [
    `7,500,${day(17)}`,
    `7,500,${day(27)}`
  ]),
  'visit_occurrence.csv': csv(
    'person_id,visit_concept_id,visit_start_date,visit_end_date',
    PEOPLE.flatMap((n) => [`${n},9201,${day(n)},`, `${n},9201,${day(n)} 00:00:00,`, `${n},9202,${day(n + 1)},`])
  ),
  'measurement.csv': csv(
    'measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number,unit_concept_id',
    PEOPLE.flatMap((n) => [
      `${10 * n + 1},${n},400,${day(n - 30)},${n}.50,8529`,
      `${10 * n},${n},400,${day(n - 30)},1,8529`,
      `${10 * n + 2},${n},400,${day(n - 20)},,8529`,
      `${10 * n + 3},${n},400,${day(n - 20)},77,${n % 4 ? '' : '1'}`
    ])
  ),
  'observation.csv': csv(
    'observation_id,person_id,observation_concept_id,observation_date,value_as_number,unit_concept_id',
    PEOPLE.flatMap((n) => [`${n},${n},600,${day(n + 4)},0.1,8529`, `${100 + n},${n},600,${day(n + 2)},${n % 7},8529`])
  ),
  // Not needed, and not opened.
  'concept.csv': 'no table at all',
  'notes.txt': 'MRN 7'
}

const propose = (folder: string, sets: object = SETS) =>
  proposeFromOmopFolder(folder, sets, { baseDir: folder, peopleMin: 10, name: 'registry' })

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('nothing was refused'),
    (cause: unknown) => cause
  )
  assert.ok(error instanceof StimnetError, String(error))
  return `${error.code}: ${error.message}`
}

test('CSV files of an OMOP model become one row per person by declared concepts, with days in place of dates', async () => {
  const folder = await folderWith({ after }, FILES)
  const { yaml } = await propose(folder)
  const config = catalogConfigSchema.parse(parse(yaml))
  const [table] = config.tables
  assert.equal(table?.one_row_per_subject, true)
  assert.equal(table?.omop?.folder, '.')
  assert.deepEqual(
    table?.variables.map(({ name, type, unit, levels }) => [name, type, unit ?? levels]),
    [
      ['age_at_index', 'integer', 'a'],
      ['sex', 'category', ['female', 'male']],
      ['days_before', 'integer', 'd'],
      ['days_after', 'integer', 'd'],
      ['depression', 'category', ['yes', 'no']],
      ['levodopa_start', 'integer', 'd'],
      ['surgery', 'integer', 'd'],
      ['stays', 'integer', 'd'],
      ['score', 'number', '{points}'],
      ['quality', 'integer', '{points}']
    ]
  )
  const world = await makeWorld(parse(yaml), FILES)
  after(() => world.close())
  const catalog = await world.open()
  // Person 60 has the index date outside of the observation period.
  assert.equal(catalog.subjects, 59)
  const rows = await rowsOf(catalog)
  assert.ok(rows.includes('63,male,372,723,yes,-10,20,1,7.5,0'), rows.join('\n'))
  // Depression of person 8 came later.
  assert.ok(rows.includes('62,female,373,722,no,-10,,1,8.5,1'), rows.join('\n'))
  assert.ok(rows.includes('61,,374,721,no,-10,,1,9.5,2'), rows.join('\n'))
  assert.doesNotMatch(JSON.stringify(catalog.descriptor), /2020|2019|MRN/)
})

test('the files of an OMOP model make another epoch when a needed one changes, and without periods everybody has a row', async () => {
  const { observation_period: _, ...rest } = Object.fromEntries(
    Object.entries(FILES).map(([name, text]) => [name.replace(/\.csv$/, ''), text])
  )
  const files = Object.fromEntries(Object.entries(rest).map(([name, text]) => [`${name}.csv`, text]))
  const folder = await folderWith({ after }, files)
  assert.match(
    await failure(propose(folder)),
    /^SOURCE_INVALID: .*observation_period\.csv: without it, write observation_/
  )
  const { yaml } = await propose(folder, { ...SETS, observation_periods: false })
  const names = parse(yaml).tables[0].variables.map(({ name }: { name: string }) => name)
  assert.deepEqual(names.slice(0, 3), ['age_at_index', 'sex', 'depression'])
  const world = await makeWorld(parse(yaml), files)
  after(() => world.close())
  const first = await world.open()
  assert.equal(first.subjects, 60)
  await writeFile(join(world.folder, 'concept.csv'), 'something else')
  assert.equal((await world.open()).epoch, first.epoch)
  const more = `${files['condition_occurrence.csv']}999,7,100,2021-09-01\r\n`
  await writeFile(join(world.folder, 'condition_occurrence.csv'), more)
  assert.notEqual((await world.open()).epoch, first.epoch)
})

test('CSV files of an OMOP model that cannot be read exactly are refused with file, line and column, and no value', async () => {
  const cases: readonly (readonly [file: string, text: string, expected: RegExp])[] = [
    [
      'PERSON.csv',
      `${FILES['PERSON.csv']}7,8507,1950,\r\n`,
      /PERSON\.csv: 1 of its records have a person_id that another has/
    ],
    [
      'PERSON.csv',
      FILES['PERSON.csv']?.replace('8532.0', '8532.5') ?? '',
      /PERSON\.csv, line 3, gender_concept_id: not a whole number$/
    ],
    [
      'drug_exposure.csv',
      'person_id,drug_concept_id\r\n',
      /drug_exposure\.csv: has no column drug_exposure_start_date/
    ],
    [
      'drug_exposure.csv',
      csv('person_id,drug_concept_id,drug_exposure_start_date', ['1,300,31.12.2020']),
      /line 2, drug_exposure_start_date: not a day/
    ],
    [
      'drug_exposure.csv',
      csv('person_id,drug_concept_id,drug_exposure_start_date', ['1,300,2020-02-30']),
      /line 2, drug_exposure_start_date: not a day/
    ],
    [
      'drug_exposure.csv',
      csv('person_id,drug_concept_id,drug_exposure_start_date', [',300,2020-02-20']),
      /line 2, person_id: .*or empty/
    ],
    [
      'measurement.csv',
      FILES['measurement.csv']?.replace('7.50', '<7') ?? '',
      /measurement\.csv, line \d+, value_as_number: not a number$/
    ],
    ['DRUG_EXPOSURE.CSV', 'x', /DRUG_EXPOSURE\.CSV and drug_exposure\.csv are files of one table/]
  ]
  for (const [file, text, expected] of cases) {
    const folder = await folderWith({ after }, { ...FILES, [file]: text })
    const said = await failure(propose(folder))
    assert.match(said, expected)
    assert.match(said, /^SOURCE_INVALID/)
    assert.doesNotMatch(said, /31\.12|<7|8532\.5/)
  }
  const folder = await folderWith({ after }, FILES)
  await symlink('/etc/hostname', join(folder, 'x'))
  const { yaml } = await propose(folder)
  const config = catalogConfigSchema.parse(parse(yaml))
  await writeFile(join(folder, 'PERSON.csv'), `${FILES['PERSON.csv']}61,x,1950,\r\n`)
  const { faults } = await checkSources(config, { baseDir: folder, placesMax: 3 })
  assert.match(faults.map(({ fault }) => fault).join(), /PERSON\.csv, line 62, gender_concept_id/)
  for (const [wrong, words] of [
    [{ ...SETS, index: {} }, /index: the index has one of/],
    [
      { ...SETS, variables: [{ name: 'x', visit: [1], take: 'last' }] },
      /a value is of a measurement or an observation/
    ],
    [{ ...SETS, index: { drug: [999] } }, /Nobody has a record of the index/]
  ] as const) {
    await writeFile(join(folder, 'PERSON.csv'), FILES['PERSON.csv'] ?? '')
    assert.match(await failure(propose(folder, wrong)), words)
  }
})
