import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { edgesOfIntegers, layBins, poolBins, quantileOf, risingBins } from '@stimnet/statistics'
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

test('a quantile between the last breakpoint and a declared bound far beyond it is not made up', () => {
  const doses = bins([0, 500, 1000, 1500, 4000], [20, 100, 100, 30])
  assert.equal(quantileOf(doses, 0.9), null)
  assert.equal(quantileOf(doses, 0.5), 1025)
  assert.equal(quantileOf(doses, 0.04), 250)
  assert.equal(quantileOf(bins([0, 4000], [30]), 0.5), null)
  // What one site has in such a bin is not spread over the edges of another.
  const other = bins([0, 500, 1000, 1500, 2000, 4000], [20, 100, 100, 20, 10])
  assert.deepEqual(
    layBins([doses, other])?.map(({ to }) => to),
    [500, 1000, 1500, 4000]
  )
})

test('a quantile in a bin without end is not made up', () => {
  assert.equal(quantileOf([{ from: 60, to: Number.POSITIVE_INFINITY, rows: 5 }], 0.5), null)
})

test('sites that joined different bins pool on the edges they share, and lose no row', () => {
  const pooled = poolBins([bins([0, 10, 20, 30], [5, 6, 7]), bins([0, 20, 30], [9, 8])])
  assert.deepEqual(pooled, bins([0, 20, 30], [20, 15]))
})

test('quantiles pool over the bins that each site released, and not over the edges they share', () => {
  const [one, other] = [bins([0, 100, 300, 400], [10, 60, 30]), bins([0, 200, 300, 400], [20, 60, 20])]
  // Computed by hand: below 200 there are 10 + 30 rows of one site and 20 of the other; from 200 to 300 there are 30 + 60. Half
  // of all rows is 100.
  assert.equal(quantileOf(layBins([one, other]) ?? [], 0.5), 200 + (100 * (100 - 60)) / 90)
  // One site has 10 + half of 60 rows below 200, the other 20.
  assert.deepEqual(layBins([one, other]), bins([0, 100, 200, 300, 400], [20, 40, 90, 50]))
  assert.deepEqual(layBins([one, one]), bins([0, 100, 300, 400], [20, 120, 60]))
})

test('nothing is spread over a bin without an end, so that a quantile in one is not known', () => {
  const end = Number.MAX_VALUE
  const [early, late] = [bins([0, 10, end], [5, 20]), bins([0, 10, 20, end], [5, 60, 10])]
  const together = layBins([early, late]) ?? []
  assert.deepEqual(together, bins([0, 10, end], [10, 90]))
  assert.deepEqual(
    [0.05, 0.5].map((q) => quantileOf(together, q)),
    [5, null]
  )
  assert.deepEqual(layBins([bins([0, 10, end], [5, 0]), late]), bins([0, 10, 20, end], [10, 60, 10]))
  assert.equal(layBins([bins([0, 10], [5]), bins([0, 20], [5])]), null)
})

test('a pooled quantile is never outside those of its sites, however each joined its bins', () => {
  const site = fc.record({
    cuts: fc.subarray([1, 2.5, 3, 4, 5.5]),
    rows: fc.array(fc.nat(50), { minLength: 6, maxLength: 6 })
  })
  fc.assert(
    fc.property(fc.array(site, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 19 }), (sites, part) => {
      const answers = sites.map(({ cuts, rows }) => bins([0, ...cuts, 6], rows.slice(0, cuts.length + 1)))
      const q = part / 20
      const own = answers.flatMap((one) => quantileOf(one, q) ?? [])
      const pooled = quantileOf(layBins(answers) ?? [], q)
      const filled = answers.filter((one) => one.some(({ rows }) => rows > 0))
      // Where a site knows a range alone, only that range is known of its own quantile.
      if (pooled === null || own.length < filled.length) return
      assert.ok(pooled >= Math.min(...own) - 1e-9 && pooled <= Math.max(...own) + 1e-9)
    })
  )
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

describe('quantiles of integers', () => {
  const SHARES = [0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9]
  /** Pooled quantiles of three sites that count on declared breakpoints. */
  const pooled = (sites: readonly (readonly number[])[], declared: readonly number[]) => {
    const last = declared.length - 2
    const isIn = (i: number) => (x: number) =>
      x >= (declared[i] ?? 0) && (x < (declared[i + 1] ?? 0) || (i === last && x === declared[i + 1]))
    const counted = sites.map((xs) =>
      bins(
        edgesOfIntegers(declared),
        declared.slice(1).map((_, i) => xs.filter(isIn(i)).length)
      )
    )
    return SHARES.map((q) => quantileOf(layBins(counted) ?? [], q) ?? Number.NaN)
  }

  test('pooled from bins of ten are those of all rows together, not half a unit above', () => {
    const sites = [0, 1, 2].map((s) =>
      Array.from({ length: 200 }, (_, i) => ((i * 37 + s * 11 + Math.floor(i / 7) * s) % 60) + (i % 3) * 10)
    )
    // R 4.5: quantile(x, q, type = 7).
    const inR = [12.9, 24.75, 34, 40, 45, 53, 66]
    const off = pooled(sites, [0, 10, 20, 30, 40, 50, 60, 70, 80]).map((value, i) => value - (inR[i] ?? 0))
    assert.ok(Math.abs(off[3] ?? 1) < 0.1, `the median is ${off[3]} off`)
    assert.ok(Math.abs(off.reduce((a, b) => a + b) / off.length) < 0.25, `${off}`)
    assert.ok(off.every((one) => Math.abs(one) < 1.5))
  })

  test('that are each as frequent are those of R', () => {
    const ages = Array.from({ length: 300 }, (_, i) => 20 + (i % 60))
    // R 4.5: quantile(x, 0.5, type = 7), and type = 6.
    assert.equal(pooled([ages], [20, 40, 60, 80])[3], 49.5)
  })

  test('on a scale with a bin for each value are, to the nearest whole number, those of R', () => {
    const sites = [0, 1, 2].map((s) =>
      Array.from({ length: 150 }, (_, i) => Math.floor(((i * i + 3 * s * i) % 7) / (1 + ((i + s) % 2))))
    )
    // R 4.5: quantile(x, q, type = 1); type = 7 gives the same values.
    assert.deepEqual(pooled(sites, [0, 1, 2, 3, 4, 5, 6]).map(Math.round), [0, 0, 1, 2, 2, 3, 5])
  })

  test('lie within the declared ends', () => {
    const [low, , , , , , high] = pooled([[0, 0, 0, 0, 4, 4, 4, 4]], [0, 1, 2, 3, 4])
    assert.ok((low ?? -1) >= 0 && (high ?? 5) <= 4)
  })
})
