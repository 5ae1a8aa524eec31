import assert from 'node:assert/strict'
import { link, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { seededRandom } from '@stimnet/protocol'
import { assertSourcesApart, type Catalog, catalogConfigSchema, parseSql } from '../src/index.ts'
import { CLINIC, CLINIC_FILES, clinicWorld } from './world.ts'

const ages = async (catalog: Catalog) => {
  const plan = parseSql('SELECT SUM(age) FROM people', catalog.descriptor)
  const { groups } = await catalog.reduce(plan, await catalog.cohort(undefined))
  return groups[0]?.columns.get('people.age')?.sum
}
const ADDED = `${CLINIC_FILES['people.csv']}z,73,F,,1.7\n`

test('a catalog that was answered from stays with its epoch when its files change, and says that there is a newer one', async () => {
  const at = await clinicWorld()
  const { epoch } = await at.open()
  const same = await at.open(CLINIC, seededRandom(1), epoch)
  assert.deepEqual([same.epoch, same.newer], [epoch, undefined])
  await at.write('people.csv', ADDED)
  const pinned = await at.open(CLINIC, seededRandom(1), epoch)
  assert.deepEqual([pinned.epoch, pinned.descriptor.epoch, pinned.subjects], [epoch, epoch, 6])
  assert.equal(await ages(pinned), 204n, 'the added patient is not in it')
  const accepted = await at.open(CLINIC, seededRandom(1), pinned.newer)
  assert.deepEqual([accepted.epoch, accepted.newer, await ages(accepted)], [pinned.newer, undefined, 277n])
  assert.equal((await at.open()).epoch, pinned.newer)
})

test('a pinned epoch keeps its own tables and lattice, and takes words for people from today', async () => {
  const at = await clinicWorld()
  const lattice = [{ variable: 'people.sex' }]
  const { epoch } = await at.open(CLINIC)
  await at.open({ ...CLINIC, lattice, min_cohort_size: 9 })
  const [people, visits] = CLINIC.tables
  const described = {
    ...CLINIC,
    title: 'Clinic',
    keywords: ['gait'],
    tables: [{ ...people, variables: people.variables.filter(({ name }) => name !== 'age') }, visits]
  }
  const pinned = await at.open(described, seededRandom(1), epoch)
  assert.equal(pinned.epoch, epoch)
  assert.deepEqual(pinned.descriptor.lattice, [{ variable: 'people.sex', breakpoints: [] }], 'as it was last served')
  assert.equal(pinned.descriptor.tables[0]?.variables[0]?.name, 'age')
  assert.deepEqual([pinned.descriptor.title, pinned.descriptor.keywords], ['Clinic', ['gait']])
  assert.equal(pinned.descriptor.cohortSizeMin, 9)
})

test('people do not become synthetic because their file was replaced: the more careful policy holds', async () => {
  const at = await clinicWorld()
  const { epoch } = await at.open()
  await at.write('people.csv', ADDED)
  const open = async (more: object) => (await at.open({ ...CLINIC, ...more }, seededRandom(1), epoch)).config
  const invented = await open({ synthetic: true })
  assert.deepEqual([invented.synthetic, invented.scripts, invented.timing], [false, 'review', 'padded'])
  const reviewed = await open({ scripts: 'review', timing: 'prompt' })
  assert.deepEqual([reviewed.scripts, reviewed.timing], ['review', 'padded'])
  assert.equal((await open({ scripts: 'deny' })).scripts, 'deny')
  const other = await clinicWorld({ ...CLINIC, synthetic: true })
  const { epoch: synthetic } = await other.open()
  await other.write('people.csv', ADDED)
  const stricter = await other.open({ ...CLINIC, synthetic: true, scripts: 'review' }, seededRandom(1), synthetic)
  assert.deepEqual(
    [stricter.config.synthetic, stricter.config.scripts, stricter.config.timing],
    [true, 'review', 'prompt']
  )
})

test('what a steward forbids today holds for a pinned epoch too, and what is allowed today only where it was before', async () => {
  const hashes = ['a', 'b', 'c'].map((letter) => letter.repeat(64))
  const before = {
    ...{ ...CLINIC, sandbox_grade_min: 'wasm', code_hashes: hashes.slice(0, 2), refuse_programs_that: ['time'] },
    ...{ requesters: ['12D3KooWBmwkafWE2fqfzS96VoTZgpGp6aJsF4N6AsmrwrdNc6NU'], images: ['one', 'two'] }
  }
  const at = await clinicWorld(before)
  const { epoch } = await at.open()
  await at.write('people.csv', ADDED)
  const open = async (more: object) => (await at.open({ ...CLINIC, ...more }, seededRandom(1), epoch)).config
  const stricter = await open({
    ...{ sandbox_grade_min: 'docker', code_hashes: hashes.slice(1), refuse_programs_that: ['process'] },
    ...{ images: ['two', 'three'], data_use: { permission: 'DUO:0000042' } }
  })
  assert.equal(stricter.sandbox_grade_min, 'docker')
  assert.deepEqual(stricter.code_hashes, hashes.slice(1, 2))
  assert.deepEqual(stricter.refuse_programs_that, ['time', 'process'])
  assert.deepEqual([stricter.images, stricter.requesters], [['two'], undefined])
  assert.ok(stricter.data_use)
  const laxer = await open({})
  assert.deepEqual([laxer.sandbox_grade_min, laxer.code_hashes], ['wasm', []])
  assert.deepEqual(laxer.refuse_programs_that, ['time'])
})

test('a pinned epoch that is lost or damaged is not replaced by another one', async () => {
  const at = await clinicWorld()
  const { epoch } = await at.open()
  await at.write('people.csv', ADDED)
  const lost = {
    code: 'SOURCE_INVALID',
    message: /catalog clinic has answered is lost or damaged.*accept the new epoch/
  }
  await assert.rejects(at.open(CLINIC, seededRandom(1), 'f'.repeat(64)), lost)
  await writeFile(join(at.folder, 'data', 'clinic', epoch, 'people.parquet'), 'PAR1')
  await assert.rejects(at.open(CLINIC, seededRandom(1), epoch), lost)
  await rm(join(at.folder, 'data', 'clinic', epoch), { recursive: true })
  await assert.rejects(at.open(CLINIC, seededRandom(1), epoch), lost)
  await at.write('people.csv', CLINIC_FILES['people.csv'])
  assert.equal((await at.open(CLINIC, seededRandom(1), epoch)).epoch, epoch, 'with its files it is made again')
})

test('one file is not offered twice: by two catalogs, by two tables, by a link', async () => {
  const at = await clinicWorld()
  const parse = (config: object) => catalogConfigSchema.parse(config)
  const [people, visits] = CLINIC.tables
  await assertSourcesApart([parse(CLINIC)], at.folder)
  const second = { ...CLINIC, name: 'second' }
  const twice = { code: 'CONFIG_INVALID', message: /clinic\.people and second\.people read one file, .*people\.csv/ }
  await assert.rejects(assertSourcesApart([parse(CLINIC), parse(second)], at.folder), twice)
  await symlink(join(at.folder, 'people.csv'), join(at.folder, 'soft.csv'))
  await link(join(at.folder, 'visits.csv'), join(at.folder, 'hard.csv'))
  for (const [table, file] of [
    [people, 'soft.csv'],
    [visits, 'hard.csv'],
    [visits, `../${at.folder.split('/').at(-1)}/visits.csv`]
  ] as const) {
    const other = parse({ ...CLINIC, name: 'second', tables: [{ ...table, file }] })
    await assert.rejects(assertSourcesApart([parse(CLINIC), other], at.folder), { code: 'CONFIG_INVALID' })
  }
  const tables = parse({ ...CLINIC, tables: [people, { ...people, name: 'again' }] })
  await assert.rejects(assertSourcesApart([tables], at.folder), { message: /clinic\.people and clinic\.again/ })
  await assertSourcesApart([parse({ ...CLINIC, tables: [{ ...people, file: 'none.csv' }] })], at.folder)
})
