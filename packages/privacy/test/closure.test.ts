import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SubjectSet } from '@stimnet/protocol'
import { closeOver } from '../src/closure.ts'
import { isDominated, unionOf } from '../src/dominance.ts'
import { ask, measure, people, planOf, ref, SETTINGS, SUBJECTS, tableOf } from './fixtures.ts'

const cell = (from: number, to: number, ...sums: [total: number, first: number, second: number][]) => ({
  name: `${from}-${to}`,
  support: SubjectSet.of(
    100,
    Array.from({ length: to - from }, (_, i) => from + i)
  ),
  sums: sums.map(([total, first, second], i) => ({
    of: ref(`x${i}`),
    total: BigInt(total),
    largest: [BigInt(first), BigInt(second)] as const
  }))
})
const names = (cells: readonly { name: string }[]) => cells.map(({ name }) => name)

test('nothing withheld needs nothing more withheld', () => {
  assert.deepEqual(closeOver([], [cell(0, 10)], SETTINGS), [])
  assert.deepEqual(closeOver([cell(0, 5)], [cell(5, 50)], SETTINGS), [])
})

test('a withheld group of three takes the smallest other with it, the first of two equal ones', () => {
  const shown = [cell(30, 60), cell(10, 20), cell(20, 30)]
  assert.deepEqual(names(closeOver([cell(0, 3)], shown, SETTINGS)), ['10-20'])
})

test('a group whose members are in the withheld one already does not help to hide it', () => {
  assert.deepEqual(names(closeOver([cell(0, 4)], [cell(0, 4), cell(10, 50)], SETTINGS)), ['0-4', '10-50'])
})

test('where all is withheld in the end, all is named', () => {
  assert.deepEqual(names(closeOver([cell(0, 1)], [cell(1, 3)], SETTINGS)), ['1-3'])
})

test('a withheld sum takes others with it until nobody dominates them together', () => {
  const dominated = cell(0, 20, [1000, 900, 20])
  const others = [cell(20, 40, [300, 30, 30]), cell(40, 80, [600, 30, 30])]
  assert.deepEqual(names(closeOver([dominated], others, SETTINGS)), ['20-40'])
})

test('one subject in two withheld groups may dominate both together', () => {
  const [first, second] = [cell(0, 20, [1000, 460, 10]), cell(0, 20, [1000, 460, 10])]
  const more = cell(20, 40, [1000, 50, 50])
  assert.deepEqual(closeOver([first, cell(20, 40, [1000, 460, 10])], [more], SETTINGS), [])
  const tight = [cell(0, 20, [1000, 460, 445]), cell(0, 20, [1000, 460, 445])]
  assert.deepEqual(names(closeOver(tight, [more], SETTINGS)), ['20-40'])
  assert.deepEqual(closeOver([first, second], [more], SETTINGS), [])
})

test('the second variable of a pair is judged like the first', () => {
  const pair = cell(0, 20, [1000, 50, 50], [1000, 950, 10])
  assert.deepEqual(names(closeOver([pair], [cell(20, 40, [1000, 50, 50], [1000, 50, 50])], SETTINGS)), ['20-40'])
})

test('sums are joined with their like: one group that has none below zero does not shift another’s', () => {
  const signed = { ...cell(0, 20), sums: [{ of: ref('x0'), power: 2, total: 1000n, largest: [500n, 460n] as const }] }
  const plain = cell(20, 40, [1000, 50, 50])
  assert.deepEqual(names(closeOver([signed, plain], [cell(40, 60, [1000, 50, 50])], SETTINGS)), ['40-60'])
  const apart = unionOf([...signed.sums], { disjoint: true })
  assert.equal(apart && isDominated(apart, SETTINGS), true)
})

test('a small group without a single value still takes another group with it', () => {
  const rows = people(43, (i) => ({ arm: i < 3 ? 'rare' : i < 18 ? 'b' : 'a', x: i < 3 || i >= 33 ? null : 20 + i }))
  const table = tableOf(ask(planOf([measure('mean', 'x')], 'arm'), 43, rows))
  assert.deepEqual(names(table.rows.map((row) => ({ name: String(row.values[0]) }))), ['a'])
  assert.deepEqual(table.withheld, { groups: 2, cells: 0 })
})

test('withheld cells are counted', () => {
  const rows = people(40, (i) => ({ x: i < 2 ? null : i + 20 }))
  const table = tableOf(ask(planOf([SUBJECTS, measure('mean', 'x'), measure('sd', 'x')]), 40, rows))
  assert.deepEqual(table.withheld, { groups: 0, cells: 2 })
  assert.equal(table.disclosure.suppressed_cells, 2)
})
