import assert from 'node:assert/strict'
import { test } from 'node:test'
import { poolBins, quantileOf, risingBins } from '@stimnet/statistics'
import fc from 'fast-check'

const bins = (edges: number[], rows: number[]) =>
  rows.map((count, i) => ({ from: edges[i] ?? 0, to: edges[i + 1] ?? 0, rows: count }))

test('a quantile is linear within its bin', () => {
  const ages = bins([20, 40, 60, 80], [10, 20, 10])
  assert.equal(quantileOf(ages, 0.5), 50)
  assert.equal(quantileOf(ages, 0.25), 40)
  assert.equal(quantileOf(ages, 0.05), 24)
  assert.equal(quantileOf([], 0.5), null)
  assert.equal(quantileOf(bins([0, 1], [0]), 0.5), null)
})

test('a quantile in a bin without end is not made up', () => {
  assert.equal(quantileOf([{ from: 60, to: Number.POSITIVE_INFINITY, rows: 5 }], 0.5), null)
})

test('sites that joined different bins pool on the edges they share, and lose no row', () => {
  const pooled = poolBins([bins([0, 10, 20, 30], [5, 6, 7]), bins([0, 20, 30], [9, 8])])
  assert.deepEqual(pooled, bins([0, 20, 30], [20, 15]))
})

test('grids with other ends, gaps or negative counts do not pool', () => {
  assert.equal(poolBins([bins([0, 10], [5]), bins([0, 20], [5])]), null)
  assert.equal(
    poolBins([
      [
        { from: 0, to: 1, rows: 5 },
        { from: 2, to: 3, rows: 5 }
      ]
    ]),
    null
  )
  assert.equal(poolBins([bins([0, 1], [-5])]), null)
  assert.equal(poolBins([[]]), null)
  assert.equal(poolBins([]), null)
})

test('pooling bins never makes or loses a row, whatever the sites joined', () => {
  const grid = [0, 1, 2, 3, 4, 5, 6]
  const site = fc.record({
    cuts: fc.subarray([1, 2, 3, 4, 5]),
    rows: fc.array(fc.nat(50), { minLength: 6, maxLength: 6 })
  })
  fc.assert(
    fc.property(fc.array(site, { minLength: 1, maxLength: 5 }), (sites) => {
      const answers = sites.map(({ cuts, rows }) => bins([0, ...cuts, 6], rows.slice(0, cuts.length + 1)))
      const pooled = poolBins(answers)
      const all = answers.flat().reduce((sum, bin) => sum + bin.rows, 0)
      assert.equal(
        pooled?.reduce((sum, bin) => sum + bin.rows, 0),
        all
      )
      assert.ok(pooled?.every((bin) => grid.includes(bin.from)))
    })
  )
})

test('counts with noise pool below nobody, between the widest bounds, and are read as counts that only rise', () => {
  const [narrow, wide] = [bins([20, 40, 60, 80], [3, -2, 5]), bins([0, 40, 60, 100], [1, -3, 4])]
  assert.equal(poolBins([narrow, wide]), null)
  const pooled = poolBins([narrow, wide], { drawn: true })
  assert.deepEqual(pooled, bins([0, 40, 60, 100], [4, -5, 9]))
  // 4 rows lie below 40 and -1 below 60. These two numbers fall, so both are replaced by their mean, 1.5.
  assert.deepEqual(risingBins(pooled ?? []), bins([0, 40, 60, 100], [1.5, 0, 6.5]))
  assert.deepEqual(risingBins(bins([0, 1, 2], [-4, 3])), bins([0, 1, 2], [0, 0]))
  assert.deepEqual(
    risingBins(bins([0, 1, 2, 3], [2, 3, 1])),
    bins([0, 1, 2, 3], [2, 3, 1]),
    'what rises stays as it is'
  )
})
