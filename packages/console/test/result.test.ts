/** Exports and comparisons of a result: tables for spreadsheets, values by institution, and equality of two answers. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Output } from '@stimnet/protocol'
import { pool } from '@stimnet/sdk'
import { agrees, isSame } from '../src/result/trust/agrees.ts'
import { csvOf, tableRows } from '../src/result/files/csv.ts'
import { typedCells, typedRows } from '../src/result/tables/typed-rows.ts'
import { leavesOf, pathsOf } from '../src/result/tables/values.ts'
import { columnParts } from '../src/result/tables/sites.ts'
import { CARD, pooledOf, siteOf } from './outputs.ts'

const SITES = ['institutions', 'institutions asked']

describe('a result as CSV', () => {
  it('quotes what would break a row, and leaves withheld cells empty', () => {
    assert.equal(csvOf([['a,b', 'say "x"', 'two\nlines', 1.5, null]]), '"a,b","say ""x""","two\nlines",1.5,\r\n')
  })

  it('holds no text that a spreadsheet would run', () => {
    const text = csvOf([['=1+1', '+1', '-1', '@SUM(A1)', '\tx', -1, '<65']])
    assert.equal(text, "'=1+1,'+1,'-1,'@SUM(A1),'\tx,-1,<65\r\n")
  })

  it('has each pooled row followed by those of the institutions', () => {
    const sites = [siteOf('North', [1, 3]), siteOf('South', null)]
    const rows = tableRows(pooledOf(sites), sites, 3)
    assert.deepEqual(rows, [
      ['institution', 'sex', 'sd_age', 'institutions', 'institutions asked'],
      ['pooled', 'female', 4, 2, 3],
      ['North', 'female', Math.SQRT2, null, null],
      ['South', 'female', null, null, null]
    ])
  })

  it('marks a column that people were left out of, with how far off it can be about who remains', () => {
    const sites = [siteOf('North', [1, 3])]
    const whole = pooledOf(sites)
    const columns = whole.columns.map((one) => (one.role === 'key' ? one : { ...one, left_out: true as const }))
    const rows = whole.rows.map((row) => ({ ...row, within_remaining: [null, 0.2] }))
    const [head, pooled, north, , legend] = tableRows({ ...whole, columns, rows }, sites, 1)
    assert.deepEqual(head, ['institution', 'sex', '≈ sd_age', 'sd_age ± of those who remain', ...SITES])
    assert.deepEqual(pooled, ['pooled', 'female', 4, 0.2, 1, 1])
    assert.deepEqual(north, ['North', 'female', Math.SQRT2, null, null, null])
    assert.match(String(legend?.[0]), /left out for privacy/)
  })
})

describe('a quantile in a result', () => {
  const columns = [
    { name: 'sex', role: 'key' as const, kind: 'key', variables: [] },
    { name: 'p90', role: 'measure' as const, kind: 'quantile', variables: [], argument: 0.9 }
  ]
  const bins = [0, 10, 20, 30].map((from, i) => ({ from, to: [10, 20, 30, 90][i] ?? 0, rows: 10 }))
  const rows = [{ values: ['female', null], parts: { p90: { bins } } }]
  const table = { kind: 'table' as const, columns, rows, withheld: { groups: 0, cells: 0 }, disclosure: CARD }
  const sites = [{ peerId: 'p', name: 'North', table }]
  const pooled = pool([{ site: 'p', output: table }])

  it('has the ends between which it lies in the CSV and in plots, of each institution too', () => {
    const [head, whole, north] = tableRows(pooled, sites, 2)
    assert.deepEqual(head, ['institution', 'sex', 'p90', 'p90 from', 'p90 to', ...SITES])
    assert.deepEqual(whole, ['pooled', 'female', null, 30, 90, 1, 2])
    assert.deepEqual(north, ['North', 'female', null, 30, 90, null, null])
    const [cell] = columnParts(pooled, sites, 1)
    assert.deepEqual([cell?.instead, cell?.sites[0]?.instead], ['30 to 90', '30 to 90'])
  })

  it('is compared with its range when a gateway’s answer is checked', () => {
    const other = {
      ...pooled,
      rows: pooled.rows.map((row) => ({ ...row, ranges: [null, [0, 10] as [number, number]] }))
    }
    assert.ok(isSame(pooled, structuredClone(pooled)))
    assert.ok(!isSame(pooled, other))
  })
})

describe('a script’s values', () => {
  it('stand by their paths, whatever their shape', () => {
    const leaves = leavesOf({ model: { age: 1.5, 'a b': [1, { c: 'x' }] }, ok: true, none: null })
    assert.deepEqual(leaves, [
      { path: 'model.age', value: 1.5 },
      { path: 'model.a b[0]', value: 1 },
      { path: 'model.a b[1].c', value: 'x' },
      { path: 'ok', value: true },
      { path: 'none', value: null }
    ])
    assert.deepEqual(leavesOf(7), [{ path: 'result', value: 7 }])
    assert.deepEqual(pathsOf([leavesOf({ a: 1 }), leavesOf({ b: 1, a: 2 })]), ['a', 'b'])
  })

  it('are bounded, however many there are', () => {
    assert.equal(leavesOf(Array.from({ length: 5_000 }, (_, i) => i)).length, 500)
  })
})

it('declared outputs are rows under their own names', () => {
  const common = { name: 'x', unit: '', class: '', n: 10 }
  assert.deepEqual(typedRows({ kind: 'histogram', ...common, edges: [0, 5, 10], counts: [7, null] }), [
    { label: '0 to 5', value: 7 },
    { label: '5 to 10', value: null }
  ])
  assert.deepEqual(typedRows({ kind: 'coefficients', ...common, terms: [{ term: 'age', estimate: 0.5, se: null }] }), [
    { label: 'age', value: 0.5 },
    { label: 'age, standard error', value: null }
  ])
})

it('declared outputs are drawn with each institution’s part, and no bar for what does not pool', () => {
  const common = { unit: '', class: '', n: 10 }
  const sd = { kind: 'sd' as const, name: 'spread', value: 2, ...common }
  const named = ['North', 'South'].map((name, at) => {
    const output: Output = {
      kind: 'typed',
      outputs: [{ ...sd, value: 2 + at }],
      withheld: { values: 0 },
      disclosure: CARD
    }
    return { name, output }
  })
  const drawn = typedCells({ output: sd, method: 'none', sites: [] }, 0, named)
  const sites = [
    { name: 'North', value: 2 },
    { name: 'South', value: 3 }
  ]
  assert.deepEqual(drawn, [{ row: 'sd', pooled: undefined, sites, behind: { sites: ['North', 'South'], of: 2 } }])
  const test = { kind: 'test' as const, name: 't', statistic: 1, df: 2, p: 0.5, ...common }
  assert.deepEqual(typedCells({ output: test, method: 'none', sites: [] }, 0, named), [])
})

describe('what the gateway shows and what was signed', () => {
  const sites = [siteOf('North', [1, 3])]

  it('are the same where every number is', () => {
    assert.equal(isSame(pooledOf(sites), { ...pooledOf(sites), notes: ['other words'] }), true)
    const output = { kind: 'mean' as const, name: 'age', unit: 'a', class: '', n: 20, value: 61.5 }
    const typed = { ...pooledOf([]), rows: [], outputs: [{ output, method: 'added' as const, sites: ['x'] }] }
    const otherOrder = {
      sites: ['x'],
      method: 'added' as const,
      output: { value: 61.5, n: 20, class: '', unit: 'a', name: 'age', kind: 'mean' as const }
    }
    assert.equal(isSame(typed, { ...typed, outputs: [otherOrder] }), true)
    assert.equal(isSame(typed, { ...typed, outputs: [{ ...otherOrder, output: { ...output, value: 61.6 } }] }), false)
    // A browser and Node compute the same p to different last digits.
    const near = (value: number) => ({ ...typed, outputs: [{ ...otherOrder, output: { ...output, value } }] })
    assert.equal(isSame(typed, near(61.5 * (1 + 4e-15))), true)
    assert.equal(isSame(typed, near(61.5 * (1 + 1e-7))), false)
    assert.equal(isSame(typed, near(-61.5)), false)
  })

  it('are the same for one institution alone, whose answer the gateway does not pool', () => {
    const { table } = siteOf('North', [1, 3])
    const part = {
      peerId: 'x',
      institution: 'North',
      verified: true,
      output: table,
      code: undefined,
      receipt: undefined,
      decision: undefined
    }
    const verified = { pooled: pooledOf(sites), parts: [part], complete: true }
    const shown = (output: Output | null) => ({ pooled: null, parts: [{ peer_id: 'x', output }] }) as never
    assert.equal(agrees(verified, shown(structuredClone(table))), true)
    assert.equal(agrees(verified, shown(siteOf('North', [1, 4]).table)), false)
    assert.equal(agrees(verified, shown(null)), false)
    // A part that was left out of the result is not compared.
    assert.equal(agrees({ ...verified, parts: [{ ...part, verified: false }] }, shown(null)), true)
  })

  it('differ where a number, a row or a name differs, or nothing is shown', () => {
    const ours = pooledOf(sites)
    assert.equal(isSame(ours, { ...ours, rows: [{ values: ['female', 5], sites: [] }] }), false)
    assert.equal(isSame(ours, { ...ours, rows: [] }), false)
    assert.equal(isSame(ours, { ...ours, columns: [] }), false)
    assert.equal(isSame(ours, null), false)
    assert.equal(isSame(ours, { rows: 'x' } as never), false)
  })
})
