import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deltaOf, epsilonOf, nanoRhoOf, ratioOfDecimal } from '@stimnet/privacy'
import fc from 'fast-check'

const near = (actual: number, expected: number, relative: number) =>
  assert.ok(Math.abs(actual - expected) <= relative * expected, `${actual}, expected ${expected}`)

test('the δ of a ρ is the published one, also where it is nearly nothing', () => {
  near(deltaOf(0.5, 0), 0.5588356393474351, 1e-12)
  near(deltaOf(0.05, 0.25), 0.0817727531036956, 1e-12)
  near(deltaOf(5e-30, 1e-13), 2.619676329730346e-234, 1e-9)
  assert.equal(deltaOf(0, 1), 0)
})

test('the ε of a ρ is the published one', () => {
  const published = { 0.005: 0.429941, 0.05: 1.471595, 0.1: 2.141939, 0.5: 5.221534, 1: 7.766217, 2: 11.688596 }
  for (const [rho, epsilon] of Object.entries(published)) near(epsilonOf(Number(rho), 1e-6), epsilon, 2e-6)
  const largest = [
    [1, 1e-6, 0.02435597],
    [0.5, 1e-6, 0.00664152],
    [2, 1e-6, 0.08815269],
    [1, 1e-9, 0.01497306],
    [8, 1e-6, 1.052358]
  ] as const
  for (const [epsilon, delta, rho] of largest) near(epsilonOf(rho, delta), epsilon, 1e-6)
})

test('what is promised is kept: the ε of a ρ never needs a larger δ', () => {
  const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true })
  fc.assert(
    fc.property(positive(0.0001, 2), positive(1e-12, 0.01), (rho, delta) => {
      assert.ok(deltaOf(rho, epsilonOf(rho, delta) * (1 + 1e-12)) <= delta)
    })
  )
})

test('R30: a privacy parameter is a plain decimal above zero and nothing else', () => {
  assert.deepEqual(ratioOfDecimal('0.05'), { top: 5n, bottom: 100n })
  assert.deepEqual(ratioOfDecimal('3'), { top: 3n, bottom: 1n })
  for (const text of [
    '1e308',
    '-0',
    '-1',
    '0',
    '0.0',
    'NaN',
    'Infinity',
    '',
    ' 1',
    '+1',
    '.5',
    '1.',
    '0x1',
    '٣',
    '1'.repeat(40)
  ]) {
    assert.throws(() => ratioOfDecimal(text), { code: 'PARAMETER_INVALID' }, text)
  }
})

test('budgets are counted in integers, rounded against the one who spends', () => {
  assert.equal(nanoRhoOf(ratioOfDecimal('0.1')) + nanoRhoOf(ratioOfDecimal('0.2')), nanoRhoOf(ratioOfDecimal('0.3')))
  assert.equal(nanoRhoOf(ratioOfDecimal('0.0000000001')), 1n)
  assert.equal(nanoRhoOf(ratioOfDecimal('0.0244')), 24_400_000n)
})
