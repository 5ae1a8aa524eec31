import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Output,
  type OutputDeclaration,
  outputContractSchema,
  type PooledTyped,
  type TypedOutput,
  type TypedValue
} from '@stimnet/protocol'
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

const ARMS: OutputDeclaration[] = outputContractSchema.parse([
  { name: 'arms', kind: 'table', categories: ['drug', 'placebo'] },
  { name: 'drug', kind: 'mean', lower: '0', upper: '30', of: 'arms', category: 'drug' },
  { name: 'placebo', kind: 'mean', lower: '0', upper: '30', of: 'arms', category: 'placebo' },
  { name: 'responders', kind: 'proportion' }
])
const arms = (n: number, [drug, placebo]: (number | null)[], means: (number | null)[], k = 5): TypedOutput => ({
  ...typed(n, {
    arms: { kind: 'table', categories: ['drug', 'placebo'], counts: [drug, placebo] },
    drug: { kind: 'mean', value: means[0] },
    placebo: { kind: 'mean', value: means[1] },
    responders: { kind: 'proportion', value: 0.25 }
  }),
  disclosure: { ...disclosure, k }
})
const ofArms = (...outputs: TypedOutput[]) =>
  pool(
    outputs.map((output, i) => ({ site: `s${i}`, output })),
    { outputs: ARMS }
  )
const meansOf = (answer: ReturnType<typeof pool>) =>
  answer.outputs?.slice(1, 3).map(({ output }) => ('value' in output ? output.value : undefined))

test('the mean of an arm is weighted by that arm, as its count says, and not by the cohort', () => {
  // One trial gave the drug to nearly all people, the other to few. Weighted by the cohorts, which are equally large, both arms
  // would be 11.2.
  const answer = ofArms(arms(100, [90, 10], [15, 4]), arms(100, [10, 90], [7.4, 18.4]))
  near(meansOf(answer)?.[0], (90 * 15 + 10 * 7.4) / 100)
  near(meansOf(answer)?.[1], (10 * 4 + 90 * 18.4) / 100)
  assert.deepEqual(
    answer.outputs?.slice(1, 3).map(({ output, method, sites }) => [output.of, output.n, method, sites]),
    Array(2).fill([100, 200, 'weighted by its count', ['s0', 's1']])
  )
})

test('a mean or proportion that names no count does not pool, and says what it lacks', () => {
  const [, , , responders] = ofArms(arms(100, [90, 10], [15, 4]), arms(100, [10, 90], [7.4, 18.4])).outputs ?? []
  assert.deepEqual([responders?.method, responders?.sites], ['none', []])
  const answer = pooled(typed(100, { m: { kind: 'mean', value: 60 } }), typed(300, { m: { kind: 'mean', value: 70 } }))
  assert.deepEqual([only(answer).method, only(answer).output.of], ['none', undefined])
  assert.match(
    answer.notes.join(),
    /m: shown site by site\. A mean or proportion pools where the contract says in `of`/
  )
})

test('a site that withheld the count, or gives one that cannot be, is not weighed in, and is named', () => {
  const fine = arms(100, [60, 40], [15, 4])
  for (const other of [
    arms(100, [null, 40], [99, 4]),
    arms(100, [3, 40], [99, 4]),
    arms(50, [60, 40], [99, 4]),
    arms(100, [60, 40], [null, 4])
  ]) {
    const answer = ofArms(fine, other)
    assert.equal(meansOf(answer)?.[0], 15)
    assert.match(answer.notes.join(), /drug: without s1, which withheld it or its count/)
  }
  assert.equal(meansOf(ofArms(arms(100, [null, 40], [99, 4]), arms(100, [null, 40], [99, 4])))?.[0], null)
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
  // The weights are 4 and 1.
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
    output: arms(100 + i, [50 + i, 50], [value, value])
  }))
  assert.deepEqual(pool(parts, { outputs: ARMS }), pool([...parts].reverse(), { outputs: ARMS }))
})
