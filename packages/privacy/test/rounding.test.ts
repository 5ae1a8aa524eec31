import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { roundCount, roundDigits, roundMean, roundVariance } from '../src/judge/precision.ts'

const SETTINGS = { roundBase: 5, significantDigits: 4 }
/** The counts that a rounded one can stand for. */
const behind = (rounded: number) => [-2, -1, 0, 1, 2].map((off) => rounded + off).filter((n) => n > 1)
/** The distance from the nearest value that so many steps can have. */
const missBy = (value: number, spacing: number) => Math.abs(Math.round(value / spacing) * spacing - value)

test('the digits of a mean or a variance fit every count that the rounded one can stand for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 400 }), fc.integer({ min: 0, max: 99_999 }), (n, total) => {
      const mean = roundMean(total / n, n, 1, SETTINGS)
      const variance = roundVariance(total / (n * (n - 1)), n, 1, SETTINGS)
      for (const size of behind(roundCount(n, SETTINGS))) {
        const least = Math.max(1, roundCount(n, SETTINGS) - 5)
        const unit = 10 ** Math.ceil(Math.log10(1 / least))
        assert.ok(missBy(mean, 1 / size) <= unit / 2 + 1e-9, `${mean} is no mean of ${size}`)
        const finest = 10 ** Math.ceil(Math.log10(1 / (least * Math.max(1, least - 1))))
        assert.ok(missBy(variance, 1 / (size * (size - 1))) <= finest / 2 + 1e-9)
        assert.ok(Math.abs(mean - total / n) <= unit / 2 + 0.0005 * Math.abs(mean) + 1e-9, 'it is still the mean')
      }
    })
  )
})

test('four digits alone fit one count: what the rule is for', () => {
  const mean = roundDigits(1997 / 31, SETTINGS)
  const fits = behind(roundCount(31, SETTINGS)).filter(
    (size) => roundDigits(Math.round(mean * size) / size, SETTINGS) === mean
  )
  assert.deepEqual(fits, [31])
})

test('kept to decimals, a mean has finer steps; without rounded counts its digits are the preset’s', () => {
  assert.equal(roundMean(12.3456, 60, 0.1, SETTINGS), 12.35)
  assert.equal(roundMean(12.3456, 60, 1, SETTINGS), 12.3)
  assert.equal(roundMean(-0.04, 60, 1, SETTINGS), 0)
  assert.ok(!Object.is(roundMean(-0.04, 60, 1, SETTINGS), -0))
  assert.equal(roundMean(12.3456, 60, 1, { roundBase: 1, significantDigits: 17 }), 12.3456)
})
