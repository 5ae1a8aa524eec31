/** Catalogs of FHIR bulk data: exact rows per person by declared codes, and safety against hostile files. */
import assert from 'node:assert/strict'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { StimnetError } from '@stimnet/protocol'
import { parse } from 'yaml'
import { catalogConfigSchema, checkSources, proposeFromFhir } from '../src/index.ts'
import { makeWorld, rowsOf } from './world.ts'
import { folderWith } from '../../../test/scratch.ts'

const SNOMED = 'http://snomed.info/sct'
const CODES = {
  index: { condition: [`${SNOMED}|49049000`] },
  variables: [
    { name: 'depression', condition: [`${SNOMED}|35489007`], take: 'ever', window: [-365, 0] },
    { name: 'score', observation: ['http://loinc.org|77717-7'], take: 'last', window: [-100, 0], unit: '{score}' },
    { name: 'first_score', observation: ['http://loinc.org|77717-7'], take: 'first_day' },
    { name: 'score_days', observation: ['http://loinc.org|77717-7'], take: 'days' }
  ]
} as const

const coding = (system: string, code: string) => ({
  coding: [
    { system: 'urn:local', code: 'x' },
    { system, code }
  ]
})
const subject = (i: number, how = 'Patient/') => ({ reference: `${how}p${i}` })
const condition = (i: number, code: string, when: object, more: object = {}) => ({
  ...{ resourceType: 'Condition', subject: subject(i), code: coding(SNOMED, code), ...when, ...more }
})
const observation = (i: number, when: string, valueQuantity: object, more: object = {}) => ({
  ...{ resourceType: 'Observation', status: 'final', subject: subject(i, 'https://fhir.example/r4/Patient/') },
  ...{ code: coding('http://loinc.org', '77717-7'), effectiveDateTime: when, valueQuantity, ...more }
})
const day = (i: number) => `2020-02-${String(1 + (i % 28)).padStart(2, '0')}`
const points = (value: number) => ({ value, code: '{score}', system: 'http://unitsofmeasure.org' })
const ndjson = (rows: readonly (object | string)[]) =>
  `${rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\r\n')}\n`

/** Sixty people. Some records of p0 to p3 must be ignored, others must be read exactly. */
const FILES: Readonly<Record<string, string>> = {
  'Patient.000.ndjson': ndjson(
    Array.from({ length: 60 }, (_, i) => ({
      ...{
        resourceType: 'Patient',
        id: `p${i}`,
        gender: i === 5 ? 'other' : i % 2 ? 'female' : 'male',
        birthDate: i === 6 ? '1950' : `${1940 + (i % 30)}-05-01`
      },
      name: [{ family: `Family${i}` }]
    }))
  ),
  'Condition.ndjson': ndjson([
    ...Array.from({ length: 59 }, (_, i) => condition(i, '49049000', { onsetDateTime: `${day(i)}T23:30:00+01:00` })),
    // A later record does not change the index date. Records without a day, or that were ruled out, do not count.
    condition(0, '49049000', { onsetDateTime: '2021-01-01' }),
    condition(59, '49049000', { onsetDateTime: '2020-03' }),
    condition(59, '49049000', { onsetDateTime: '2020-03-01' }, { verificationStatus: coding('x', 'refuted') }),
    ...Array.from({ length: 20 }, (_, i) => condition(i * 2, '35489007', { recordedDate: '2020-01-15' })),
    condition(999, '49049000', { onsetDateTime: '2020-01-01' })
  ]),
  'Observation.1.ndjson': ndjson(
    Array.from({ length: 59 }, (_, i) => [
      observation(i, '2020-01-20', points(10 + (i % 20) / 2)),
      observation(i, '2020-01-10', points(99))
    ]).flat()
  ),
  'Observation.2.ndjson': ndjson([
    // Another unit, a bound, a mistake, and a record after the window.
    observation(1, '2020-01-25', { value: 1, code: '%' }),
    observation(1, '2020-01-25', { ...points(2), comparator: '<' }),
    observation(1, '2020-01-25', points(3), { status: 'entered-in-error' }),
    observation(1, '2020-12-25', points(4)),
    // More digits than a double can represent.
    JSON.stringify(observation(2, '2020-01-26', points(0))).replace('"value":0', '"value":12.000000000000000001'),
    ''
  ]),
  'Observation-notes.txt': 'no data',
  'DocumentReference.ndjson': 'not read'
}

const exported = (files: Readonly<Record<string, string>>) => folderWith({ after }, files)

const propose = (folder: string, codes: unknown = CODES) =>
  proposeFromFhir('.', codes, { baseDir: folder, peopleMin: 10, name: 'study' })

test('people are read by declared codes, with days from the index date in place of dates', async () => {
  const exact = await exported(FILES)
  // Nothing is rounded: the number with too many digits is refused when it is read, with its place.
  const strict = catalogConfigSchema.parse({
    ...{ name: 'study', subject_key: 'patient_id' },
    tables: [
      { name: 'people', fhir: { folder: exact, ...CODES }, variables: [{ name: 'score', type: 'number', decimals: 1 }] }
    ]
  })
  const [fault] = (await checkSources(strict, { baseDir: exact, placesMax: 2 })).faults
  assert.match(`${fault?.key} ${fault?.places} ${fault?.fault}`, /^score person 3 more than 1 decimal/)
  await writeFile(
    join(exact, 'Observation.2.ndjson'),
    (FILES['Observation.2.ndjson'] ?? '').replace('12.000000000000000001', '12.5')
  )
  const { yaml } = await propose(exact)
  const config = catalogConfigSchema.parse(parse(yaml))
  assert.deepEqual(
    config.tables[0]?.variables.map(({ name, type, unit, levels }) => [name, type, unit ?? levels]),
    [
      ['age_at_index', 'integer', 'a'],
      ['sex', 'category', ['female', 'male']],
      ['depression', 'category', ['yes', 'no']],
      ['score', 'number', '{score}'],
      ['first_score', 'integer', 'd'],
      ['score_days', 'integer', 'd']
    ]
  )
  assert.doesNotMatch(yaml, /Family|2020/)
  const world = await makeWorld({})
  const at = { ...config, tables: config.tables.map((table) => ({ ...table, fhir: { folder: exact, ...CODES } })) }
  const catalog = await world.open(at)
  assert.equal(catalog.subjects, 59)
  const rows = await rowsOf(catalog)
  // p1: index date 2 February in local time; a value in the right unit on 10 and 20 January, and records on two more days.
  assert.ok(rows.includes('79,female,no,10.5,-23,4'), rows.join('\n'))
  // p2: index date 3 February, an earlier depression, the latest score on 26 January.
  assert.ok(rows.includes('78,male,yes,12.5,-24,3'), rows.join('\n'))
  // p5 has a gender that is not a level, p6 has only a year of birth.
  assert.ok(rows.includes('75,,no,12.5,-27,2') && rows.includes('70,male,yes,13,-28,2'), rows.join('\n'))
  // Other codes with the same files make another epoch.
  const [first, ...others] = CODES.variables
  const narrower = {
    ...at,
    tables: at.tables.map((one) => ({
      ...one,
      fhir: { ...one.fhir, variables: [{ ...first, window: [-1, 0] }, ...others] }
    }))
  }
  assert.notEqual((await world.open(narrower)).epoch, catalog.epoch)
})

test('files that are no bulk data, too long, deep or outside are refused by name and line, without their words', async () => {
  const refused = async (files: Readonly<Record<string, string>>, words: RegExp) => {
    const folder = await exported({ ...FILES, ...files })
    await assert.rejects(propose(folder), (error: unknown) => {
      assert.ok(error instanceof StimnetError && error.code === 'SOURCE_INVALID')
      assert.match(error.message, words)
      assert.doesNotMatch(error.message, /Meier/)
      return true
    })
  }
  const name = 'Observation.3.ndjson'
  await refused(
    { [name]: '{"resourceType":"Observation","note":"Meier' },
    /Observation\.3\.ndjson, line 1: is no JSON$/
  )
  await refused({ [name]: `\n${'['.repeat(900_000)}1234567890123456\n` }, /line 2: is no JSON/)
  await refused({ [name]: `${'{"a":'.repeat(100_000)}1234567890123456${'}'.repeat(100_000)}\n` }, /line 1: is no/)
  await refused({ [name]: `"${'Meier'.repeat(300_000)}"` }, /line 1: is longer than 1048576 bytes/)
  await refused({ [name]: '{"resourceType":"Patient","id":"Meier"}' }, /line 1: is no Observation/)
  await refused(
    { 'Patient.1.ndjson': '{"resourceType":"Patient","id":"p1"}' },
    /Patient\.1\.ndjson, line 1: a second Patient of one id/
  )
  const outside = await exported({ 'x.ndjson': '' })
  const folder = await exported(FILES)
  await symlink(join(outside, 'x.ndjson'), join(folder, 'Condition.9.ndjson'))
  await assert.rejects(propose(folder), { code: 'SOURCE_INVALID', message: /Condition\.9\.ndjson: leads out of/ })
  const { 'Patient.000.ndjson': _, ...nobody } = FILES
  await assert.rejects(propose(await exported(nobody)), {
    code: 'SOURCE_INVALID',
    message: /there is no file Patient\.ndjson/
  })
  for (const [codes, words] of [
    [{ ...CODES, index: { condition: ['49049000'] } }, /index\.condition\.0: a code is SYSTEM\|CODE/],
    [{ ...CODES, index: { condition: [`${SNOMED}|1`] } }, /No Patient has a record of the index/],
    [
      { ...CODES, variables: [{ ...CODES.variables[1], unit: undefined }] },
      /a value is of an observation and in one unit/
    ]
  ] as const) {
    const clean = await exported(FILES)
    await assert.rejects(propose(clean, codes), { code: 'PARAMETER_INVALID', message: words })
  }
})
