import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SubjectSet, seededRandom } from '@stimnet/protocol'
import { parseSql } from '../src/index.ts'
import { CLINIC, CLINIC_FILES, makeWorld } from './world.ts'

const world = await makeWorld(CLINIC, CLINIC_FILES)
const catalog = await world.open()
const everyone = await catalog.cohort(undefined)
const ask = async (sql: string) => (await catalog.reduce(parseSql(sql, catalog.descriptor), everyone)).groups
const members = (set: SubjectSet | undefined) => [...(set ?? [])]

test('each row of a table with several per subject has a place and an owner, and a subject’s places lie together', async () => {
  const owners = await catalog.owners('visits')
  assert.deepEqual(
    [...owners],
    [...owners].sort((a, b) => a - b)
  )
  const counts = new Map<number, number>()
  for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  assert.deepEqual([...counts.values()].sort(), [1, 1, 2, 2])
  const { items } = await catalog.reduce(parseSql('SELECT COUNT(*) FROM visits', catalog.descriptor), everyone)
  assert.deepEqual(items, { table: 'visits', rows: 6, owners })
  for (const table of ['people', 'nothing']) await assert.rejects(catalog.owners(table), { code: 'NODE_ERROR' })
})

test('places stay when the snapshot is made again, so that what a ledger knows of rows stays true', async () => {
  const at = await makeWorld(CLINIC, CLINIC_FILES)
  const first = await at.open(CLINIC, seededRandom(1))
  const rows = async (from: typeof first) => {
    const plan = parseSql("SELECT COUNT(*) FROM visits WHERE visit = 'month_12'", from.descriptor)
    return members((await from.reduce(plan, await from.cohort(undefined))).groups[0]?.rowSet)
  }
  const before = await rows(first)
  const { rm } = await import('node:fs/promises')
  await rm(`${at.folder}/data`, { recursive: true })
  assert.deepEqual(await rows(await at.open(CLINIC, seededRandom(77))), before)
  await at.close()
})

test('two questions about the same people that differ by one row differ by one row', async () => {
  const [all] = await ask('SELECT COUNT(*), SUM(score) FROM visits')
  const [less] = await ask(
    "SELECT COUNT(*), SUM(score) FROM visits WHERE visit = 'baseline' OR day < '2024-02-01' OR day IS NULL"
  )
  assert.ok(all?.rowSet && less?.rowSet)
  assert.ok(all.support.equals(less.support), 'as sets of people they are one')
  assert.equal(all.rowSet.without(less.rowSet).size, 1)
})

test('a value that is missing is in no row of its column', async () => {
  const [group] = await ask('SELECT COUNT(*), SUM(score), COVAR_SAMP(score, Grade) FROM visits')
  const score = group?.columns.get('visits.score')
  const pair = group?.pairs.get('visits.score visits.Grade')
  assert.deepEqual([group?.rowSet?.size, score?.rowSet?.size, pair?.rowSet?.size], [6, 5, 4])
  assert.equal(score?.rowSet?.without(group?.rowSet ?? score.rowSet).size, 0)
  const grade = group?.columns.get('visits.Grade')
  assert.deepEqual(
    [...(grade?.levelRows ?? [])].map(([name, set]) => [name, set.size]),
    [
      ['1', 3],
      ['2', 1],
      ['3', 1]
    ]
  )
})

test('tables with one row per subject alone have no row sets: their rows are their subjects', async () => {
  const { items, groups } = await catalog.reduce(
    parseSql('SELECT sex, AVG(age) FROM people GROUP BY sex', catalog.descriptor),
    everyone
  )
  assert.equal(items, undefined)
  assert.ok(groups.every((group) => group.rowSet === undefined && group.rows === group.support.size))
})

test('rows go to the base cells of their subjects', async () => {
  const at = await makeWorld({ ...CLINIC, lattice: [{ variable: 'people.sex' }] }, CLINIC_FILES)
  const other = await at.open()
  const cells = await other.rowBaseCells('visits')
  assert.deepEqual(cells.map(({ size }) => size).sort(), [1, 2, 3], 'F: two rows; M: three; missing: one')
  assert.deepEqual(await catalog.rowBaseCells('visits'), [])
  await at.close()
})

test('two tables with several rows per subject are not joined, and the reason says what to do', () => {
  const [people, visits] = CLINIC.tables
  const config = { ...CLINIC, tables: [people, visits, { ...visits, name: 'scans', file: 'scans.csv' }] }
  const described = {
    ...catalog.descriptor,
    tables: config.tables.map(({ name }, i) => ({ ...catalog.descriptor.tables[Math.min(i, 1)], name }))
  }
  const sql = 'SELECT COUNT(*) FROM visits v JOIN scans USING (subject_id)'
  assert.throws(() => parseSql(sql, described as typeof catalog.descriptor), {
    code: 'SQL_NOT_SUPPORTED',
    reason: /visits and scans both have several rows per subject: .*Ask about one of them at a time/
  })
})
