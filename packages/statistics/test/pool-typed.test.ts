import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Output, PooledTyped, TypedOutput, TypedValue } from '@stimnet/protocol'
import { pool } from '@stimnet/statistics'

const disclosure: TypedOutput['disclosure'] = {
  level: 'unreviewed',
  claim: '',
  preset: 'default',
  policy_hash: '',
  k: 5,
  round_base: 1,
  epoch: '',
  cohort_hash: '',
  subjects: null,
  suppressed_cells: 0,
  bits: 10,
  code_hash: '',
  image: ''
}

type Fields = { readonly kind: TypedValue['kind']; readonly [field: string]: unknown }

const typed = (n: number, outputs: Readonly<Record<string, Fields>>, withheld = 0): TypedOutput => ({
  kind: 'typed',
  outputs: Object.entries(outputs).map(
    ([name, fields]) => ({ name, unit: '', class: '', n, ...fields }) as unknown as TypedValue
  ),
  withheld: { values: withheld },
  disclosure
})

function pooled(...outputs: readonly Output[]) {
  return pool(outputs.map((output, i) => ({ site: `s${i}`, output })))
}
const only = (answer: ReturnType<typeof pool>): PooledTyped => {
  assert.equal(answer.outputs?.length, 1)
  return answer.outputs?.[0] as PooledTyped
}
const near = (actual: unknown, expected: number) =>
  assert.ok(Math.abs(Number(actual) - expected) <= 1e-12 * Math.abs(expected), `${String(actual)} is not ${expected}`)

test('counts, tables, histograms and sums add', () => {
  const answer = pooled(
    typed(
      100,
      {
        c: { kind: 'count', value: 10 },
        t: { kind: 'table', categories: ['a', 'b'], counts: [60, 40] },
        h: { kind: 'histogram', edges: [0, 1, 2], counts: [50, null] },
        s: { kind: 'sum', value: 0.1 }
      },
      1
    ),
    typed(50, {
      c: { kind: 'count', value: 20 },
      t: { kind: 'table', categories: ['a', 'b'], counts: [30, 20] },
      h: { kind: 'histogram', edges: [0, 1, 2], counts: [25, 25] },
      s: { kind: 'sum', value: 0.2 }
    })
  )
  const values = answer.outputs?.map(({ output, method }) => [
    'counts' in output ? output.counts : 'value' in output ? output.value : null,
    output.n,
    method
  ])
  assert.deepEqual(values, [
    [30, 150, 'added'],
    [[90, 60], 150, 'added'],
    [[75, 25], 150, 'added'],
    [0.30000000000000004, 150, 'added']
  ])
  assert.match(answer.notes.join(), /s0 withheld 1 value/)
})

test('means and proportions are weighted by the n that each node counted, and say so', () => {
  const answer = pooled(
    typed(100, { m: { kind: 'mean', value: 60 } }),
    typed(300, { m: { kind: 'mean', value: 70 } }),
    typed(50, { m: { kind: 'mean', value: null } }, 1)
  )
  const { output, method, sites } = only(answer)
  assert.deepEqual([output.kind === 'mean' && output.value, method, sites], [67.5, 'weighted by n', ['s0', 's1']])
  assert.match(answer.notes.join(), /m: weighted by the size/)
})

test('coefficients pool by inverse variance, term by term', () => {
  const model = (terms: Record<string, [number | null, number | null]>) => ({
    kind: 'coefficients' as const,
    terms: Object.entries(terms).map(([term, [estimate, se]]) => ({ term, estimate, se }))
  })
  const answer = pooled(
    typed(100, { b: model({ a: [1, 0.5], b: [null, null] }) }, 2),
    typed(100, { b: model({ a: [2, 1], b: [3, 0.1] }) })
  )
  const { output, method } = only(answer)
  assert.ok(output.kind === 'coefficients' && method === 'fixed effect, inverse variance')
  // Weights 4 and 1.
  near(output.terms[0]?.estimate, (4 * 1 + 1 * 2) / 5)
  near(output.terms[0]?.se, 1 / Math.sqrt(5))
  assert.deepEqual(output.terms[1]?.estimate, 3)
  assert.match(answer.notes.join(), /fixed-effect meta-analysis/)
})

test('tests, spreads, quantiles and curves stand beside each other and are not made one', () => {
  const outputs = {
    t: { kind: 'test', statistic: 2, df: 40, p: 0.05 },
    s: { kind: 'sd', value: 3 },
    q: { kind: 'quantile', value: 60 },
    c: { kind: 'curve', edges: [0, 1], values: [1, 0.5] }
  } as const
  const answer = pooled(typed(100, outputs), typed(100, outputs))
  assert.deepEqual(
    answer.outputs?.map(({ method, sites }) => [method, sites]),
    Array(4).fill(['none', []])
  )
  for (const { output } of answer.outputs ?? []) {
    assert.doesNotMatch(JSON.stringify({ ...output, n: 0, edges: [] }), /[1-9]/)
  }
  assert.match(answer.notes.join(), /t, s, q, c: shown site by site/)
})

test('a site whose outputs are others, or contradict themselves, is left out by name', () => {
  const fine = typed(100, { c: { kind: 'count', value: 10 } })
  const strange: Output[] = [
    typed(100, { d: { kind: 'count', value: 10 } }),
    typed(100, { c: { kind: 'sum', value: 10 } }),
    typed(100, { c: { kind: 'count', value: 10, unit: 'dozen' } }),
    typed(100, { c: { kind: 'count', value: -10 } }),
    { kind: 'values', values: { c: 10 }, withheld: { leaves: 0 }, disclosure },
    { kind: 'table', columns: [], rows: [], withheld: { groups: 0, cells: 0 }, disclosure }
  ]
  for (const other of strange) {
    const answer = pooled(fine, fine, other)
    const { output } = only(answer)
    assert.ok(output.kind === 'count' && output.value === 20)
    assert.deepEqual(answer.missing, [{ site: 's2', code: 'PARAMETER_INVALID' }])
  }
  const split = pooled(fine, typed(100, { d: { kind: 'count', value: 10 } }))
  assert.deepEqual([split.outputs, split.sites], [[], []], 'with no majority nobody is right')
})

test('one site cannot make the others’ tables vanish by answering in another form', () => {
  const table: Output = { kind: 'table', columns: [], rows: [], withheld: { groups: 0, cells: 0 }, disclosure }
  const answer = pooled(table, table, typed(100, { c: { kind: 'count', value: 10 } }))
  assert.deepEqual([answer.sites, answer.missing[0]?.site], [['s0', 's1'], 's2'])
})

test('the answer does not depend on the order of the sites', () => {
  const parts = [60.1, 61.7, 59.3].map((value, i) => ({
    site: `s${i}`,
    output: typed(100 + i, { m: { kind: 'mean', value } })
  }))
  assert.deepEqual(pool(parts), pool([...parts].reverse()))
})
