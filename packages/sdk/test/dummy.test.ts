import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '@stimnet/protocol'
import { type DescribedTables, dummyTables } from '../src/index.ts'

const plain = { levels: [], breakpoints: [], minimum: null, maximum: null }
const DESCRIBED: DescribedTables = {
  subject_key: 'id',
  tables: [
    {
      name: 'people',
      one_row_per_subject: true,
      variables: [
        { ...plain, name: 'sex', type: 'category', levels: ['f', 'm, or "x"'] },
        { ...plain, name: 'age', type: 'integer', minimum: 18, maximum: 20 },
        { ...plain, name: 'crp', type: 'number', minimum: 0, maximum: 0.25 },
        { ...plain, name: 'score', type: 'number', breakpoints: [10, 20], decimals: 0 },
        { ...plain, name: 'seen', type: 'date', breakpoints: [19_000, 19_100] },
        { ...plain, name: 'note', type: 'text' }
      ]
    },
    { name: 'visits', one_row_per_subject: false, variables: [{ ...plain, name: 'x', type: 'integer' }] }
  ]
}
const made = (rows: number, seed = 1) => dummyTables(DESCRIBED, { rows, random: seededRandom(seed) })
const columns = (csv: string | undefined) =>
  (csv ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => line.replace('"m, or ""x"""', 'M').split(','))

test('made-up rows have every level, keep bounds and decimals, and some values are missing', () => {
  const [header, ...rows] = columns(made(600)[0]?.csv)
  assert.deepEqual(header, ['id', 'sex', 'age', 'crp', 'score', 'seen', 'note'])
  const distinct = (at: number) => new Set(rows.map((row) => row[at] ?? ''))
  assert.equal(distinct(0).size, 600)
  assert.deepEqual([...distinct(1)].sort(), ['', 'M', 'f'])
  assert.deepEqual([...distinct(2)].sort(), ['', '18', '19', '20'])
  for (const crp of distinct(3)) assert.match(crp, /^(|0|0\.(0[1-9]|1\d?|2[0-5]?))$/)
  const scores = [...distinct(4)].filter((text) => text !== '').map(Number)
  assert.ok(scores.every((score) => Number.isInteger(score) && score >= 5 && score <= 25))
  assert.ok(scores.some((score) => score < 10) && scores.some((score) => score >= 20), 'each part between breakpoints')
  const days = [...distinct(5)].filter((text) => text !== '').map((day) => Date.parse(day) / 86_400_000)
  assert.ok(days.some((day) => day < 19_000) && days.some((day) => day >= 19_100))
})

test('in a table with several rows per subject people have several, and are those of the other tables', () => {
  const [people, visits] = made(90)
  const ids = new Set(columns(people?.csv).map(([id]) => id))
  const [, ...rows] = columns(visits?.csv)
  assert.equal(rows.length, 90)
  assert.equal(new Set(rows.map(([id]) => id)).size, 30)
  assert.ok(rows.every(([id]) => ids.has(id)))
})

test('the same seed makes the same rows, and another other ones', () => {
  assert.deepEqual(made(50), made(50))
  assert.notDeepEqual(made(50, 2), made(50))
})

test('no number of rows but a whole one within bounds is taken', () => {
  for (const rows of [0, -1, 1.5, 1_000_001, Number.NaN]) assert.throws(() => made(rows), { code: 'PARAMETER_INVALID' })
})
