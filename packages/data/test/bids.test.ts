/** Catalogs of BIDS datasets: proposed from their tables and sidecars, and read. */
import assert from 'node:assert/strict'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { parse } from 'yaml'
import { type CatalogConfig, catalogConfigSchema, checkSources, proposeFromBids } from '../src/index.ts'
import { makeWorld } from './world.ts'
import { folderWith } from '../../../test/scratch.ts'

const dataset = (files: Readonly<Record<string, string>>) => folderWith({ after }, files)

const propose = (folder: string) => proposeFromBids('.', { baseDir: folder, peopleMin: 10, name: 'study' })

const PEOPLE = Array.from({ length: 60 }, (_, i) => `sub-${String(i + 1).padStart(2, '0')}`)
const lines = (...all: readonly string[]) => `${all.join('\n')}\n`

const PARTICIPANTS = lines(
  'participant_id\tage\tsex\thand\tgroup',
  // One person is left-handed, and one has a code that the sidecar does not contain.
  ...PEOPLE.map((id, i) => {
    const hand = i === 0 ? 'L' : i === 59 ? 'X' : 'R'
    return [id, i === 3 ? 'n/a' : 20 + i, i % 2, hand, i % 3 ? 'pd' : 'hc'].join('\t')
  })
)

const STUDY: Readonly<Record<string, string>> = {
  'participants.tsv': PARTICIPANTS,
  'participants.json': JSON.stringify({
    age: { Description: 'Age at the first\nvisit', Units: 'years' },
    sex: { Levels: { 0: 'female', 1: 'male' } },
    hand: { Levels: { L: { Description: 'left' }, R: { Description: 'right' }, A: { Description: 'ambidextrous' } } },
    group: { Levels: { pd: 'Persons with the disease, by the criteria of the movement disorder society', hc: '' } }
  }),
  'phenotype/updrs.tsv': lines(
    'participant_id\tsession_id\ttotal',
    ...PEOPLE.flatMap((id, i) => [`${id}\tses-1\t${i}`, `${id}\tses-2\t${i / 2}`])
  ),
  'phenotype/updrs.json': JSON.stringify({ MeasurementToolMetadata: { TermURL: 'x' }, total: { Units: 'points' } }),
  'scans.json': JSON.stringify({ quality: { Description: 'Rated', Levels: { good: '', poor: '' } } }),
  ...Object.fromEntries(
    PEOPLE.flatMap((id, i) => [
      [
        `${id}/${id}_sessions.tsv`,
        lines('session_id\tmedication\tday', 'ses-1\ton\t2020-01-01', `ses-2\toff\t2021-0${1 + (i % 9)}-02`)
      ],
      [
        `${id}/ses-1/${id}_ses-1_scans.tsv`,
        lines('filename\tquality', `anat/${id}_T1w.nii.gz\tgood`, `func/${id}_task-rest_bold.nii.gz\tpoor`)
      ]
    ])
  )
}

function levelsOf(config: CatalogConfig, name: string) {
  const variable = config.tables.flatMap(({ variables }) => variables).find((one) => one.name === name)
  return [variable?.levels, variable?.rename ?? {}]
}

test('the tables of a dataset are proposed with the units and levels of their sidecars, and read', async () => {
  const folder = await dataset(STUDY)
  const { yaml, decisions } = await propose(folder)
  const config = catalogConfigSchema.parse(parse(yaml))
  assert.equal(config.subject_key, 'participant_id')
  assert.deepEqual(
    config.tables.map(({ name, file, bids, one_row_per_subject }) => [name, file ?? bids, one_row_per_subject]),
    [
      ['participants', 'participants.tsv', true],
      ['updrs', 'phenotype/updrs.tsv', false],
      ['sessions', { folder: '.', list: 'sessions' }, false],
      ['scans', { folder: '.', list: 'scans' }, false]
    ]
  )
  const [age] = config.tables[0]?.variables ?? []
  assert.deepEqual([age?.type, age?.unit, age?.description], ['integer', 'years', 'Age at the first visit'])
  // The levels come from the code book and disclose nothing about people: nobody is ambidextrous.
  const hands = { L: 'left', R: 'right', A: 'ambidextrous' }
  assert.deepEqual(levelsOf(config, 'hand'), [Object.values(hands), hands])
  assert.deepEqual(levelsOf(config, 'sex'), [['female', 'male'], { 0: 'female', 1: 'male' }])
  assert.deepEqual(levelsOf(config, 'group'), [['pd', 'hc'], {}])
  assert.deepEqual(levelsOf(config, 'datatype'), [['anat', 'func'], {}])
  assert.deepEqual(levelsOf(config, 'quality'), [['good', 'poor'], {}])
  const said = decisions.map(({ about, text }) => `${about}: ${text}`).join('\n')
  assert.match(said, /participants\.hand: Its code book does not have "X" in 1 row/)
  assert.doesNotMatch(yaml, /\bX\b/)
  // After the decision about this code, everything is read.
  const world = await makeWorld({})
  const decided = {
    ...config,
    tables: config.tables.map(({ file, bids, variables, ...table }) => ({
      ...table,
      ...(file === undefined ? { bids: { ...bids, folder } } : { file: join(folder, file) }),
      variables: variables.map((one) => (one.name === 'hand' ? { ...one, missing: ['n/a', 'X'] } : one))
    }))
  }
  const catalog = await world.open(decided)
  assert.equal(catalog.subjects, 60)
  assert.equal((await catalog.itemsOf('scans')).rows, 120)
  const sized = async (column: string, value: string) =>
    (await catalog.cohort({ column, op: '=', values: [value] })).size
  assert.deepEqual(
    [await sized('medication', 'off'), await sized('suffix', 'bold'), await sized('hand', 'left')],
    [60, 60, 1]
  )
  // Changed bytes in one of many files make another epoch.
  await writeFile(
    join(folder, 'sub-07/sub-07_sessions.tsv'),
    lines('session_id\tmedication\tday', 'ses-1\toff\t2020-01-01')
  )
  assert.notEqual((await world.open(decided)).epoch, catalog.epoch)
})

test('a dataset cannot lead out of its folder, and its files and sidecars are bounded', async () => {
  const outside = await dataset({ 'secret.tsv': 'session_id\tnote\nses-1\tx\n', 'secret.json': '{}' })
  const participants = { 'participants.tsv': PARTICIPANTS }
  const linked = async (target: string, at: string) => {
    const folder = await dataset(participants)
    await mkdir(dirname(join(folder, at)), { recursive: true })
    await symlink(target, join(folder, at))
    return folder
  }
  const refused = async (folder: string, words: RegExp) =>
    assert.rejects(propose(folder), { code: 'SOURCE_INVALID', message: words })
  await refused(
    await linked(join(outside, 'secret.tsv'), 'sub-01/sub-01_sessions.tsv'),
    /sub-01_sessions\.tsv: leads out of/
  )
  await refused(await linked(join(outside, 'secret.tsv'), 'phenotype/x.tsv'), /x\.tsv: leads out of/)
  await refused(await linked(join(outside, 'secret.json'), 'participants.json'), /participants\.json: leads out of/)
  await writeFile(join(outside, 'sub-02_scans.tsv'), 'filename\nx\n')
  await refused(await linked(outside, 'sub-02'), /sub-02_scans\.tsv: leads out of/)
  const withSidecar = async (text: string) => dataset({ ...participants, 'participants.json': text })
  await refused(await withSidecar('['.repeat(500_000)), /participants\.json: is no JSON/)
  await refused(await withSidecar(' '.repeat(1024 * 1024 + 1)), /participants\.json: is longer than/)
  await refused(await withSidecar('[1]'), /participants\.json: is no JSON object/)
  const other = { 'sub-01/sub-01_sessions.tsv': 'participant_id\tnote\nsub-02\tx\n' }
  await refused(await dataset(other), /line 2: its participant_id is not that of its path/)
  // Names with a special meaning in JavaScript are only names, and levels beyond a catalog's maximum are not written.
  const levels = Array.from({ length: 20_000 }, (_, i) => `"l${i}":""`).join(',')
  const odd = await withSidecar(`{"__proto__":{"Units":"x"},"constructor":1,"hand":{"Levels":{${levels}}}}`)
  const config = catalogConfigSchema.parse(parse((await propose(odd)).yaml))
  assert.equal(config.tables[0]?.variables.find(({ name }) => name === 'hand')?.levels?.length, 256)
})

test('a check names the file and line of a dataset that does not fit', async () => {
  const folder = await dataset({
    'sub-01/sub-01_sessions.tsv': 'session_id\tscore\nses-1\t1\n',
    'sub-02/sub-02_sessions.tsv': 'session_id\tother\tscore\nses-1\tx\t2\nses-2\ty\tmany\n'
  })
  const config = catalogConfigSchema.parse({
    ...{ name: 'study', subject_key: 'participant_id' },
    tables: [
      { name: 'sessions', bids: { folder: '.', list: 'sessions' }, variables: [{ name: 'score', type: 'integer' }] }
    ]
  })
  const [fault, ...others] = (await checkSources(config, { baseDir: folder, placesMax: 3 })).faults
  assert.deepEqual(others, [])
  assert.deepEqual([fault?.key, fault?.places], ['score', ['sub-02/sub-02_sessions.tsv, line 3']])
  const [missing] = (await checkSources(config, { baseDir: await dataset({ README: '' }), placesMax: 3 })).faults
  assert.match(missing?.fault ?? '', /there are no files sub-\*_sessions\.tsv/)
})
