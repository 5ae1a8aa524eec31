import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Measure } from '@stimnet/protocol'
import { ask, measure, people, planOf, type Row, SUBJECTS } from './fixtures.ts'

const ROWS: Measure = { kind: 'rows', name: 'rows' }
/** Forty people with a row at each of two visits. */
const BOTH: Row[] = people(40, (i) => ({ x: 20 + ((i * 7) % 31) })).flatMap((row) => [
  { ...row, row: 0 },
  { ...row, row: 1, x: Number(row.x) + 3 }
])
const why = (disclosed: ReturnType<typeof ask>) => (disclosed.ok ? '' : disclosed.why)

test('two sums over the same people, of which one has a row less of one of them, are not both told', () => {
  const first = ask(planOf([measure('sum', 'x')]), 40, BOTH)
  assert.ok(first.ok)
  const butOne = BOTH.filter(({ subject, row }) => subject !== 7 || row !== 1)
  assert.match(why(ask(planOf([measure('sum', 'x')]), 40, butOne, { ledgers: first.ledgers })), /single out few people/)
  const visits = ask(
    planOf([measure('sum', 'x')]),
    40,
    BOTH.filter(({ row }) => row === 1),
    { ledgers: first.ledgers }
  )
  assert.ok(visits.ok, 'one visit of all of them is')
})

test('a number of rows, one of each, is a number of people too', () => {
  const visit = BOTH.filter(({ row }) => row === 0)
  const first = ask(planOf([ROWS]), 40, visit)
  assert.ok(first.ok)
  const fewer = people(38, () => ({}))
  assert.match(why(ask(planOf([SUBJECTS]), 40, fewer, { ledgers: first.ledgers })), /single out few people/)
  assert.ok(ask(planOf([SUBJECTS]), 40, fewer).ok)
})
