import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cryptographicRandom, type Filter, SubjectSet } from '@stimnet/protocol'
import { openEngine } from '../src/engine.ts'
import { cohortTables } from '../src/tables.ts'
import { CLINIC, CLINIC_FILES, makeWorld } from './world.ts'

const world = await makeWorld(CLINIC, CLINIC_FILES)
const catalog = await world.open(CLINIC, cryptographicRandom)

const text = (csv: Uint8Array | undefined) => new TextDecoder().decode(csv)
const lines = (csv: Uint8Array | undefined) => text(csv).trimEnd().split('\n')
const women: Filter = { column: 'sex', op: '=', values: ['F'] }

test('a program sees the rows of its cohort and of nobody else', async () => {
  const [people, visits] = await catalog.tables(await catalog.cohort(women))
  assert.deepEqual(people?.columns, [
    { name: 'subject_id', type: 'text' },
    { name: 'age', type: 'integer' },
    { name: 'sex', type: 'category' },
    { name: 'note', type: 'text' },
    { name: 'height', type: 'number' }
  ])
  const withoutSubject = (line: string) => line.slice(line.indexOf(',') + 1)
  assert.deepEqual(lines(people?.csv).map(withoutSubject).sort(), [
    '39,F,"says ""hi"", twice",1.7',
    '60,F,plain,',
    'age,sex,note,height'
  ])
  assert.deepEqual(lines(visits?.csv).map(withoutSubject).sort(), [
    'baseline,-5.5,2024-01-31,1',
    'month_12,3,2024-02-01,2',
    'visit,score,day,Grade'
  ])
})

test('an empty cohort gives headers alone', async () => {
  const tables = await catalog.tables(SubjectSet.none(catalog.subjects))
  assert.deepEqual(
    tables.map(({ csv }) => lines(csv).length),
    [1, 1]
  )
})

test('the same person has the same pseudonym in every table of a call, and another in the next', async () => {
  const everyone = await catalog.cohort(undefined)
  const seen = new Set<string>()
  for (let i = 0; i < 40; i++) {
    const [people, visits] = await catalog.tables(everyone)
    const nameOf = (csv: Uint8Array | undefined, part: string) =>
      lines(csv)
        .find((line) => line.includes(part))
        ?.split(',')[0] ?? ''
    assert.equal(nameOf(people?.csv, ',65,M,'), nameOf(visits?.csv, '10.5'))
    assert.match(nameOf(people?.csv, ',65,M,'), /^S000[1-6]$/)
    seen.add(nameOf(people?.csv, ',65,M,'))
    assert.deepEqual(lines(people?.csv), lines(people?.csv).slice(0, 1).concat(lines(people?.csv).slice(1).sort()))
  }
  assert.ok(seen.size >= 4, 'a name says nothing about a place')
})

test('real subject keys never reach a program', async () => {
  const at = await makeWorld(CLINIC, {
    ...CLINIC_FILES,
    'people.csv': 'subject_id,age,sex,note,height\nPATIENT-4711,39,F,,1\n'
  })
  const other = await at.open()
  const tables = await other.tables(await other.cohort(undefined))
  await at.close()
  assert.ok(tables.every(({ csv }) => !text(csv).includes('4711')))
})

test('a cohort of another epoch is refused', async () => {
  await assert.rejects(catalog.tables(SubjectSet.none(7)), { code: 'NODE_ERROR' })
})

test('tables larger than a sandbox takes are not handed out', async () => {
  const engine = await openEngine({ threads: 1 })
  const session = await engine.session()
  await session.rows('CREATE TABLE people AS SELECT 0 AS _subject, 1 AS age, 0 AS sex, $1 AS note, 1 AS height', [
    'x'.repeat(500)
  ])
  await session.rows('CREATE TABLE visits AS SELECT 0 AS _subject, 0 AS visit, 1 AS score, 1 AS day, 1 AS Grade')
  const ask = (bytesMax: number) =>
    cohortTables({
      cohort: SubjectSet.everyone(1),
      config: catalog.config,
      engine,
      random: cryptographicRandom,
      signal: undefined,
      bytesMax
    })
  assert.equal((await ask(700)).length, 2)
  await assert.rejects(ask(560), { code: 'NODE_ERROR', message: /larger than a sandbox takes/ })
  await assert.rejects(ask(400), { code: 'NODE_ERROR', message: /larger than a sandbox takes/ })
  engine.close()
})

test('reading stops when the job is cancelled', async () => {
  const everyone = await catalog.cohort(undefined)
  await assert.rejects(catalog.tables(everyone, AbortSignal.abort()), { code: 'CANCELLED' })
})
