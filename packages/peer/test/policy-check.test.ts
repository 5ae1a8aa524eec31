import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { catalogConfigSchema, noteRows } from '@stimnet/data'
import { parseConfig } from '../src/config/config.ts'
import { checkPolicy } from '../src/catalogs/policy-check.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const VARIABLES = [
  { name: 'sex', type: 'category', levels: ['f', 'm'], identifying: true },
  { name: 'diagnosis', type: 'category', levels: ['yes', 'no'] },
  { name: 'stage', type: 'integer', identifying: false }
]

const PEOPLE = { name: 'people', file: 'people.csv', one_row_per_subject: true }

interface Written {
  readonly privacy?: object
  readonly catalog?: object
  readonly variables?: readonly object[]
  readonly baseDir?: string
}

/** The keys of findings that only weaken the rules, for a peer with one catalog. */
async function weakIn({ privacy = {}, catalog = {}, variables = VARIABLES, baseDir = '/nowhere' }: Written) {
  const config = parseConfig({
    ...{ node_id: 'a', institution: 'A', data_dir: '.', privacy },
    catalogs: [
      {
        ...{ name: 'trial', subject_key: 'id', tables: [{ ...PEOPLE, variables }] },
        ...catalog
      }
    ]
  })
  const findings = await checkPolicy({ config, baseDir, file: join(baseDir, 'stimnet.yaml') })
  assert.ok(findings.every(({ grade }) => grade === 'weak'))
  return findings
}

describe('what a steward is warned of', () => {
  const keysOf = async (written: Written) => (await weakIn(written)).map(({ key }) => key)

  test('is nothing where what is written only tightens', async () => {
    assert.deepEqual(await keysOf({}), [])
    const tighter = { refusal_bits_max: 20, precision: 'statistical' }
    assert.deepEqual(await keysOf({ privacy: { refusal_bits_max: 200 }, catalog: { privacy: tighter } }), [])
  })

  test('every digit of real people’s numbers, not of synthetic data and not where noise is told', async () => {
    const privacy = { precision: 'exact' }
    assert.deepEqual(await keysOf({ catalog: { privacy } }), ['catalogs.trial.privacy.precision'])
    assert.deepEqual(await keysOf({ catalog: { privacy, synthetic: true } }), [])
    assert.deepEqual(await keysOf({ catalog: { privacy, mode: 'dp' } }), [])
  })

  test('more bits of refusals than a preset gives, of the peer and of a catalog', async () => {
    const [finding, ...others] = await weakIn({ privacy: { refusal_bits_max: 1_000 } })
    assert.equal(finding?.key, 'privacy.refusal_bits_max')
    assert.match(finding?.detail ?? '', /1000 .* in place of 200/)
    assert.deepEqual(others, [])
    const catalog = { privacy: { refusal_bits_max: 201 } }
    assert.deepEqual(await keysOf({ catalog }), ['catalogs.trial.privacy.refusal_bits_max'])
  })

  test('a variable that others are taken to know, though its name does not say so', async () => {
    const variables = VARIABLES.map((variable) => ({ ...variable, identifying: true }))
    assert.deepEqual(await keysOf({ variables }), [
      'catalogs.trial.tables.people.diagnosis.identifying',
      'catalogs.trial.tables.people.stage.identifying'
    ])
    assert.deepEqual(await keysOf({ variables, catalog: { synthetic: true } }), [])
  })

  test('tables in which few people have a row, or one of a visit, unless it says who knows that', async (t) => {
    const baseDir = await scratchFolder(t)
    const ids = Array.from({ length: 40 }, (_, i) => `P${i}`)
    const csv = (name: string, lines: readonly string[]) => writeFile(join(baseDir, name), `${lines.join('\n')}\n`)
    await csv('people.csv', [
      'id,sex,diagnosis,stage',
      ...ids.map((id, i) => `${id},${i % 2 ? 'f' : 'm'},yes,${i % 3}`)
    ])
    const visits = ids.flatMap((id, i) => [`${id},baseline`, ...(i < 15 ? [`${id},month_24`] : [])])
    await csv('visits.csv', ['id,visit', ...visits])
    await csv('events.csv', ['id,grade', ...ids.slice(0, 10).map((id) => `${id},3`)])
    const visit = { name: 'visit', type: 'category', levels: ['baseline', 'month_24'], identifying: true }
    const tables = (presence?: string) => [
      { ...PEOPLE, variables: VARIABLES },
      { name: 'visits', file: 'visits.csv', variables: [visit], ...(presence ? { presence } : {}) },
      {
        ...{ name: 'events', file: 'events.csv', variables: [{ name: 'grade', type: 'integer' }] },
        ...(presence ? { presence } : {})
      }
    ]
    const found = await weakIn({ baseDir, catalog: { tables: tables() } })
    assert.deepEqual(
      found.map(({ key, detail }) => [key.split('.').at(-2), detail.slice(0, detail.indexOf(':'))]),
      [
        ['visits', 'absent, and fewer than half of the people have a row whose visit is month_24'],
        ['events', 'absent, and fewer than half of the people have a row']
      ]
    )
    // The files alone give the same note when a catalog is checked or proposed.
    const { few } = await noteRows(
      catalogConfigSchema.parse({ name: 'trial', subject_key: 'id', tables: tables() }),
      baseDir
    )
    assert.deepEqual(few, [
      { table: 'visits', people: 15, all: 40, at: { category: 'visit', level: 'month_24' } },
      { table: 'events', people: 10, all: 40 }
    ])
    assert.deepEqual(await keysOf({ baseDir, catalog: { tables: tables('unknown') } }), [])
    // The statement that others know who has a row although few people have one weakens the protection, and is reported like
    // an identifying diagnosis.
    const known = await weakIn({ baseDir, catalog: { tables: tables('known') } })
    assert.deepEqual(
      known.map(({ key, detail }) => [key, detail.slice(0, detail.indexOf(':'))]),
      [
        [
          'catalogs.trial.tables.visits.presence',
          'known, though fewer than half of the people have a row whose visit is month_24'
        ],
        ['catalogs.trial.tables.events.presence', 'known, though fewer than half of the people have a row']
      ]
    )
    for (const said of [undefined, 'known'])
      assert.deepEqual(await keysOf({ baseDir, catalog: { tables: tables(said), synthetic: true } }), [])
    // A variable that says who has a row is named where that is protected.
    const derive = { rule: 'count', of: 'events.grade' }
    const events = { name: 'events_n', type: 'integer', minimum: 0, maximum: 20, identifying: false, derive }
    const withCount = (presence?: string, more: object = {}) => {
      const [people, ...others] = tables(presence)
      return {
        baseDir,
        catalog: { tables: [{ ...people, variables: [...VARIABLES, { ...events, ...more }] }, ...others] }
      }
    }
    const said = (await weakIn(withCount('unknown'))).filter(({ key }) => key === 'catalogs.trial.tables.events')
    assert.match(said[0]?.detail ?? '', /^people\.events_n: derived from its rows, so it discloses who has a row/)
    assert.ok((await keysOf(withCount())).includes('catalogs.trial.tables.events'))
    for (const quiet of [withCount('unknown', { offered: false }), withCount('known')])
      assert.ok(!(await keysOf(quiet)).includes('catalogs.trial.tables.events'))
  })

  test('a derived variable that is offered beside what it is derived from, unless others know that or it is not offered', async () => {
    const early = { name: 'early', type: 'category', levels: ['yes', 'no'] }
    const recode = { rule: 'recode', of: 'diagnosis', into: { yes: 'yes', no: 'no' } }
    const written = (more: object) => VARIABLES.map((one) => (one.name === 'diagnosis' ? { ...one, ...more } : one))
    const derived = { ...early, derive: recode }
    const [finding, ...others] = await weakIn({ variables: [...VARIABLES, derived] })
    assert.equal(finding?.key, 'catalogs.trial.tables.people.diagnosis')
    assert.match(finding?.detail ?? '', /^people\.early: derived from it, and offered as well\. .* \(offered: false\)/)
    assert.deepEqual(others, [])
    assert.deepEqual(await keysOf({ variables: [...written({ offered: false }), derived] }), [])
    assert.deepEqual(await keysOf({ variables: [...VARIABLES, derived], catalog: { synthetic: true } }), [])
    const hidden = written({ offered: false })
    const byName = { ...derived, name: 'visit' }
    const [named] = await weakIn({ variables: [...hidden, byName] })
    assert.match(`${named?.key}: ${named?.detail}`, /people\.visit\.identifying: by its name others know it/)
    assert.deepEqual(await keysOf({ variables: [...hidden, { ...byName, identifying: false }] }), [])
    const [sibling] = await weakIn({ variables: [...hidden, derived, { ...derived, name: 'late' }] })
    assert.match(
      `${sibling?.key}: ${sibling?.detail}`,
      /people\.diagnosis: people\.early, people\.late: all derived from it/
    )
    const known = { ...derived, derive: { rule: 'recode', of: 'sex', into: { f: 'yes', m: 'no' } } }
    assert.deepEqual(
      await keysOf({
        variables: [
          ...VARIABLES.map(({ name, ...one }) =>
            name === 'sex' ? { name, ...one, identifying: undefined } : { name, ...one }
          ),
          known
        ]
      }),
      []
    )
  })

  test('variables of which one follows from the other for nearly everybody', async (t) => {
    const baseDir = await scratchFolder(t)
    // The improvement decides the response, but for one person. The side effect has nothing to do with either, and few have the allergy.
    const lines = Array.from({ length: 200 }, (_, i) => {
      const improvement = (i * 37) % 100
      const response = improvement >= 40 === (i !== 11) ? 'yes' : 'no'
      return `P${i},${improvement},${response},${i % 7 < 3 ? 'yes' : 'no'},${i < 3 ? 'yes' : 'no'}`
    })
    const file = `id,improvement,response,effect,allergy\n${lines.join('\n')}\n`
    await writeFile(join(baseDir, 'people.csv'), file)
    const yesNo = (name: string) => ({ name, type: 'category', levels: ['yes', 'no'] })
    const improvement = { name: 'improvement', type: 'integer', breakpoints: [20, 40, 70] }
    const others = [yesNo('response'), yesNo('effect'), yesNo('allergy')]
    const found = await weakIn({ variables: [improvement, ...others], baseDir })
    assert.deepEqual(
      found.map(({ key }) => key),
      ['catalogs.trial.tables.people.response']
    )
    assert.match(found[0]?.detail ?? '', /people\.response follows from people\.improvement for nearly everybody/)
    const two = { ...improvement, breakpoints: [40] }
    const [same, ...more] = await weakIn({ variables: [two, ...others], baseDir })
    assert.match(
      same?.detail ?? '',
      /people\.improvement and people\.response have the same content for nearly everybody/
    )
    assert.deepEqual(more, [])
    const known = { ...yesNo('response'), identifying: true }
    const keys = await keysOf({ variables: [two, known], baseDir })
    assert.deepEqual(keys, ['catalogs.trial.tables.people.response.identifying'])
    assert.deepEqual(await keysOf({ variables: [two, ...others], baseDir, catalog: { synthetic: true } }), [])
  })
})
