import assert from 'node:assert/strict'
import { test } from 'node:test'
import { integerRoot, ratioToNumber, rootOfRatioToNumber } from '@stimnet/statistics'
import fc from 'fast-check'

test('a ratio of two doubles that are integers is the division of the processor', () => {
  const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 })
  fc.assert(
    fc.property(
      integer,
      integer.filter((n) => n !== 0),
      (a, b) => {
        assert.equal(ratioToNumber(BigInt(a), BigInt(b)), a / b + 0)
      }
    )
  )
})

test('a root of a small integer is the root of the processor', () => {
  fc.assert(
    fc.property(fc.nat(), (n) => {
      assert.equal(rootOfRatioToNumber(BigInt(n), 1n), Math.sqrt(n))
    })
  )
})

test('a root of a ratio of large integers squares back to the ratio', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 60n), fc.bigInt(1n, 10n ** 40n), (a, b) => {
      const root = rootOfRatioToNumber(a, b)
      assert.ok(Math.abs((root * root) / ratioToNumber(a, b) - 1) < 1e-15)
    })
  )
})

test('an integer root is the largest whose square fits', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 50n), (value) => {
      const root = integerRoot(value)
      assert.ok(root * root <= value && (root + 1n) * (root + 1n) > value)
    })
  )
})

test('what is no number is refused, not returned as NaN', () => {
  assert.throws(() => ratioToNumber(1n, 0n), RangeError)
  assert.throws(() => rootOfRatioToNumber(-1n, 1n), RangeError)
  assert.throws(() => rootOfRatioToNumber(1n, 0n), RangeError)
  assert.throws(() => integerRoot(-1n), RangeError)
})

test('a tie between two doubles goes to the even one', () => {
  assert.equal(ratioToNumber(2n ** 53n + 1n, 1n), 2 ** 53)
  assert.equal(ratioToNumber(2n ** 53n + 3n, 1n), 2 ** 53 + 4)
  assert.equal(ratioToNumber((2n ** 53n + 1n) * 10n ** 30n + 1n, 10n ** 30n), 2 ** 53 + 2)
})
