import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  correlationOf,
  covarianceOf,
  deviationsOf,
  exactSum,
  higherDeviationsOf,
  kurtosisOf,
  meanOf,
  poolMoments,
  sdOf,
  skewnessOf,
  valueOfMoments,
  varianceOf
} from '@stimnet/statistics'
import fc from 'fast-check'
import { exactPairs, exactSums, IRIS, MTCARS, momentsOf, near, pairMomentsOf, splitBy } from './fixtures.ts'

const lengths = IRIS.map((flower) => flower.length)

test('mean and variance of iris agree with R', () => {
  const sums = exactSums(lengths, 1)
  assert.ok(near(meanOf(sums), 5.843333333333, 1e-12))
  assert.ok(near(varianceOf(sums), 0.6856935123, 1e-9))
  assert.ok(near(sdOf(sums), Math.sqrt(0.685693512304251), 1e-14))
})

test('skewness and kurtosis of iris and mtcars agree with R', () => {
  const expected: readonly (readonly [
    values: readonly number[],
    decimals: number,
    skewness: number,
    kurtosis: number
  ])[] = [
    [lengths, 1, 0.3117530585022962, 2.426432051075023],
    [MTCARS.map((car) => car.mpg), 1, 0.6404398640318855, 2.7994667902845034],
    [MTCARS.map((car) => car.wt), 3, 0.4437855355060776, 3.172470540158735]
  ]
  for (const [values, decimals, skewness, kurtosis] of expected) {
    const sums = exactSums(values, decimals)
    assert.ok(near(skewnessOf(sums), skewness, 1e-12) && near(kurtosisOf(sums), kurtosis, 1e-12))
  }
})

test('the shape of a distribution does not lose its digits to a large mean, and mirrored it is skewed the other way', () => {
  const values = [1, 2, 2, 3, 9]
  const shape = (shift: number, sign: 1 | -1) => {
    const sums = exactSums(
      values.map((value) => sign * value + shift),
      0
    )
    return [skewnessOf(sums), kurtosisOf(sums)]
  }
  const [skewness = null, kurtosis = null] = shape(0, 1)
  assert.ok(skewness !== null && skewness > 0)
  assert.deepEqual(shape(1e12, 1), [skewness, kurtosis])
  assert.deepEqual(shape(-1e12, -1), [-skewness, kurtosis])
  const flat = exactSums([7, 7, 7], 0)
  assert.deepEqual([skewnessOf(flat), kurtosisOf(flat), higherDeviationsOf(exactSums([], 0))], [null, null, null])
})

test('counts, sums and sums of squares of mtcars by cylinders agree with R', () => {
  const expected = { 4: [11, 2933n, 802383n], 6: [7, 1382n, 274114n], 8: [14, 2114n, 327734n] }
  for (const [cyl, [n, sum, squares]] of Object.entries(expected)) {
    const sums = exactSums(
      MTCARS.filter((car) => car.cyl === cyl).map((car) => car.mpg),
      1
    )
    assert.deepEqual([sums.n, sums.sum, sums.sumSquares], [n, sum, squares])
  }
})

test('the correlation of weight and consumption in mtcars agrees with R', () => {
  const pairs = exactPairs(
    MTCARS.map((car) => [car.mpg, car.wt]),
    [1, 3]
  )
  assert.ok(near(correlationOf(pairs), -0.8676593765, 1e-9))
  assert.ok(near(covarianceOf(pairs), -5.116684677, 1e-9))
})

test('a variance does not lose its digits to a large mean', () => {
  const shifted = exactSums([1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.3], 1)
  assert.equal(varianceOf(shifted), 0.01)
  assert.equal(sdOf(shifted), 0.1)
})

test('the order of the rows changes nothing (2^53, 1, 1, … permuted)', () => {
  const values = [2 ** 53, 1, 1, -(2 ** 53), 1]
  const sums = exactSums(values, 0)
  assert.deepEqual(exactSums(values.toReversed(), 0), sums)
  assert.equal(meanOf(sums), 0.6)
})

test('what is not defined is null, never a number that looks like one', () => {
  const [none, one, same] = [
    exactSums([], 0),
    exactSums([5], 0),
    exactPairs(
      [
        [1, 2],
        [1, 3]
      ],
      [0, 0]
    )
  ]
  assert.deepEqual([meanOf(none), deviationsOf(none), varianceOf(one), sdOf(one)], [null, null, null, null])
  assert.deepEqual([covarianceOf({ ...same, n: 1 }), correlationOf(same)], [null, null])
  assert.equal(poolMoments([]), null)
  assert.equal(
    valueOfMoments('correlation', { n: 9, sum: 1, deviations: 0, second: { sum: 1, deviations: 1, cross: 0 } }),
    null
  )
  assert.equal(valueOfMoments('sd', { n: 9, sum: 1 }), null)
})

const split = (rows: number) => fc.array(fc.integer({ min: 0, max: 4 }), { minLength: rows, maxLength: rows })

test('iris split over five sites in any way pools to the same mean, variance, skewness and kurtosis', () => {
  fc.assert(
    fc.property(split(150), (sites) => {
      const pooled = poolMoments(splitBy(lengths, sites, 5).map((part) => momentsOf(exactSums(part, 1))))
      assert.ok(pooled && pooled.n === 150)
      assert.ok(near(valueOfMoments('mean', pooled), 5.843333333333333, 1e-12))
      assert.ok(near(valueOfMoments('variance', pooled), 0.6856935123042505, 1e-12))
      assert.ok(near(valueOfMoments('skewness', pooled), 0.3117530585022962, 1e-10))
      assert.ok(near(valueOfMoments('kurtosis', pooled), 2.426432051075023, 1e-12))
    })
  )
})

test('mtcars split over five sites in any way pools to the same correlation', () => {
  fc.assert(
    fc.property(split(32), (sites) => {
      const parts = splitBy(MTCARS, sites, 5).filter((part) => part.length > 0)
      const pooled = poolMoments(
        parts.map((part) =>
          pairMomentsOf(
            exactPairs(
              part.map((car) => [car.mpg, car.wt]),
              [1, 3]
            )
          )
        )
      )
      assert.ok(pooled && near(valueOfMoments('correlation', pooled), -0.8676593765172278, 1e-12))
    })
  )
})

test('pooled group moments give the analysis of variance and the t test of R', () => {
  const sites = IRIS.map((_, i) => (i * 7) % 3)
  const group = (species: string) => {
    const part = IRIS.map((flower, i) => ({ ...flower, site: sites[i] })).filter((flower) => flower.species === species)
    return [0, 1, 2].map((site) => part.filter((flower) => flower.site === site).map((flower) => flower.length))
  }
  const [setosa, versicolor, virginica] = ['setosa', 'versicolor', 'virginica'].map((species) =>
    poolMoments(group(species).map((values) => momentsOf(exactSums(values, 1))))
  )
  assert.ok(setosa && versicolor && virginica)
  const within = exactSum([setosa, versicolor, virginica].map((part) => part.deviations ?? 0))
  const total = poolMoments([setosa, versicolor, virginica])?.deviations ?? 0
  assert.ok(near(total - within, 63.21213333) && near(within, 38.9562))
  assert.ok(near((total - within) / 2 / (within / 147), 119.2645, 1e-6))
  const errors = [setosa, versicolor].map((part) => (valueOfMoments('variance', part) ?? 0) / part.n)
  const difference = setosa.sum / setosa.n - versicolor.sum / versicolor.n
  assert.ok(near(difference / Math.sqrt(exactSum(errors)), -10.52098627))
  const freedom = exactSum(errors) ** 2 / exactSum(errors.map((error) => error ** 2 / 49))
  assert.ok(near(freedom, 86.5380018))
})

test('a part without deviations pools as a mean and claims no variance', () => {
  const pooled = poolMoments([
    { n: 2, sum: 10 },
    { n: 3, sum: 30, deviations: 5 }
  ])
  assert.deepEqual(pooled, { n: 5, sum: 40 })
  const shaped = poolMoments([
    { n: 2, sum: 10, deviations: 2, third: 0 },
    { n: 3, sum: 30, deviations: 5, third: 1, fourth: 9 }
  ])
  assert.ok(shaped && 'third' in shaped && !('fourth' in shaped))
  assert.equal(valueOfMoments('kurtosis', shaped), null)
})

test('adding many small terms to a large one loses nothing', () => {
  assert.equal(exactSum([1e16, ...Array.from({ length: 1000 }, () => 1), -1e16]), 1000)
})
