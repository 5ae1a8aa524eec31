import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MomentsPart, momentsSchema } from '@stimnet/protocol'
import { poolMoments, sumText, valueOfMoments } from '@stimnet/statistics'
import fc from 'fast-check'
import { exactPairs, exactSums, momentsOf, near, pairMomentsOf } from './fixtures.ts'

/** Moments in the form in which a site sends them: the exact text of the sums beside the doubles. */
const withText = (values: readonly number[], decimals: number): MomentsPart => {
  const sums = exactSums(values, decimals)
  return { ...momentsOf(sums), sum_exact: sumText(sums) }
}
const variance = (parts: readonly MomentsPart[]) => valueOfMoments('variance', poolMoments(parts) ?? { n: 0, sum: 0 })

test('the variance of whole numbers far from zero keeps its digits', () => {
  const far = 1_700_000_000
  const sites = [1, 2, 3].map((seed) => Array.from({ length: 40 * seed }, (_, i) => ((i * 7 * seed) % 11) + seed))
  const near0 = variance(sites.map((values) => momentsOf(exactSums(values, 0))))
  const away = variance(
    sites.map((values) =>
      momentsOf(
        exactSums(
          values.map((value) => value + far),
          0
        )
      )
    )
  )
  assert.ok(near0 !== null && near(away, near0, 1e-14), `${away} for ${near0}`)
})

test('with sums to the last digit the variance does not depend on where the numbers lie', () => {
  const values = fc.array(fc.integer({ min: 0, max: 3_000_000 }), { minLength: 3, maxLength: 60 })
  fc.assert(
    fc.property(values, values, (one, other) => {
      fc.pre(new Set([...one, ...other]).size > 2)
      const at = (far: number) => [one, other].map((micro) => ({ far, micro }))
      // The values are in millionths, so that the distant ones are whole numbers that doubles can hold.
      const parts = (far: number) =>
        at(far).map(({ micro }) => {
          const integers = micro.map((value) => BigInt(value) + BigInt(far) * 1_000_000n)
          const sum = integers.reduce((a, b) => a + b, 0n)
          const sums = {
            n: micro.length,
            decimals: 6,
            sum,
            sumSquares: integers.reduce((a, b) => a + b * b, 0n),
            cubes: 0n,
            fourths: 0n
          }
          const { third: _, fourth: __, ...moments } = momentsOf(sums)
          return { ...moments, sum_exact: sumText(sums) }
        })
      const [here, there] = [variance(parts(0)), variance(parts(1_000_000_000))]
      assert.ok(here !== null && near(there, here, 1e-13), `${there} for ${here}`)
    })
  )
})

test('correlations far from zero keep their digits, and a site without exact sums still pools', () => {
  const pairs = (far: number) =>
    [
      [1, 3],
      [2, 5],
      [4, 4],
      [5, 9],
      [7, 8],
      [9, 11]
    ].map(([x = 0, y = 0]) => [x + far, y + far] as const)
  const split = (far: number) =>
    [pairs(far).slice(0, 3), pairs(far).slice(3)].map((part) => pairMomentsOf(exactPairs(part, [0, 0])))
  const r = (parts: readonly MomentsPart[]) => valueOfMoments('correlation', poolMoments(parts) ?? { n: 0, sum: 0 })
  assert.ok(near(r(split(2_000_000_000)), r(split(0)) ?? 0, 1e-14))
  const mixed = variance([withText([1.5, 2.5, 4], 1), momentsOf(exactSums([3.5, 9], 1))])
  assert.ok(near(mixed, variance([momentsOf(exactSums([1.5, 2.5, 4, 3.5, 9], 1))]) ?? 0, 1e-12))
})

test('an exact sum is decimal text, and reads as the number beside it', () => {
  assert.equal(sumText({ sum: -1_234_567n, decimals: 6 }), '-1.234567')
  assert.equal(sumText({ sum: 5n, decimals: 3 }), '0.005')
  assert.equal(sumText({ sum: 12n, decimals: 0 }), '12')
  assert.ok(momentsSchema.safeParse({ n: 3, sum: 12, sum_exact: '12.000' }).success)
  for (const text of ['1e3', '0x1', '', ' 1', '1.', 'NaN', '1'.repeat(60)]) {
    assert.ok(!momentsSchema.safeParse({ n: 3, sum: 12, sum_exact: text }).success, text)
  }
})
