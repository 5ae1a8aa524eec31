import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outputSchema, pairKey, pooledOutputSchema } from '../src/index.ts'

const disclosure = {
  level: 'P1',
  claim: 'Disclosure-controlled.',
  preset: 'standard',
  policy_hash: 'a',
  k: 10,
  round_base: 1,
  epoch: 'b',
  cohort_hash: 'c',
  subjects: null,
  suppressed_cells: 0,
  bits: null,
  code_hash: 'd',
  image: 'e'
}
const table = {
  kind: 'table',
  columns: [
    { name: 'sex', role: 'key', kind: 'key', variables: ['subjects.sex'] },
    { name: 'n', role: 'measure', kind: 'subjects' },
    { name: 'age', role: 'measure', kind: 'mean', variables: ['subjects.age'], unit: 'a' }
  ],
  rows: [
    { values: ['F', 20, 61.5], parts: { n: { add: 20 }, age: { moments: { n: 20, sum: 1230 } } } },
    { values: ['M', null, null], parts: {} }
  ],
  withheld: { groups: 1, cells: 2 },
  disclosure
}

test('a table is read with its card, withheld cells as null, and absent variables as none', () => {
  const output = outputSchema.parse(table)
  assert.equal(output.kind, 'table')
  assert.deepEqual(output.kind === 'table' && output.columns[1]?.variables, [])
  assert.deepEqual(output.kind === 'table' && output.rows[1]?.values, ['M', null, null])
})

test('the values of a script are read with their card', () => {
  const output = outputSchema.parse({ kind: 'values', values: { mean: 61.5 }, withheld: { leaves: 0 }, disclosure })
  assert.deepEqual(output.kind === 'values' && output.values, { mean: 61.5 })
})

test('what comes from another peer without a card, of another kind, or with a number that is none, is refused', () => {
  const { disclosure: _, ...bare } = table
  const wrong: unknown[] = [
    bare,
    { ...table, kind: 'rows' },
    { ...table, disclosure: { ...disclosure, level: 'P9' } },
    { ...table, rows: [{ values: [Number.NaN], parts: {} }] },
    { ...table, rows: [{ values: [{}], parts: {} }] },
    { ...table, rows: [{ values: ['F'], parts: { n: { other: 1 } } }] },
    null,
    'table'
  ]
  for (const output of wrong) assert.equal(outputSchema.safeParse(output).success, false)
})

test('a pooled answer names the sites that went in and those that are missing', () => {
  const pooled = {
    columns: [{ name: 'n', role: 'measure', kind: 'subjects', variables: [], pools: true }],
    rows: [{ values: [40], sites: ['a', 'b'] }],
    sites: ['a', 'b'],
    missing: [{ site: 'c', code: 'DEADLINE' }],
    notes: []
  }
  assert.deepEqual(pooledOutputSchema.parse(pooled), pooled)
  assert.equal(pooledOutputSchema.safeParse({ ...pooled, missing: undefined }).success, false)
})

test('a pair of variables has one key, in the order of the plan', () => {
  assert.equal(pairKey('a.x', 'b.y'), 'a.x b.y')
})
