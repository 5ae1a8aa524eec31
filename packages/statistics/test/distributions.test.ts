import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lnGamma, pOfChiSquared, pOfF, pOfT, tOfP } from '@stimnet/statistics'
import fc from 'fast-check'
import { near } from './fixtures.ts'

test('two-sided p values of t agree with R, also far out and with broken degrees of freedom', () => {
  const expected: readonly (readonly [t: number, df: number, p: number])[] = [
    [-10.52, 86.5, 3.78327585381176e-17],
    [-2, 1, 0.295167235300866],
    [-0.1, 3.3, 0.926115003246651],
    [-5, 2.5, 0.0234511899708618],
    [30, 10, 3.96179234203132e-11],
    [1.5, 1000, 0.133930038822086],
    [3, 1e6, 0.00269986254142179]
  ]
  for (const [t, df, p] of expected) assert.ok(near(pOfT(t, df), p), `t ${t}, df ${df}`)
  assert.equal(pOfT(0, 5), 1)
})

test('quantiles of t agree with R', () => {
  const expected: readonly (readonly [df: number, t: number])[] = [
    [1, 12.7062047361747],
    [2.5, 3.57465484200369],
    [5, 2.57058183563631],
    [18.33, 2.09821415023208],
    [86.538, 1.98775790973119],
    [1000, 1.96233908082641],
    [1e6, 1.95996635681411]
  ]
  for (const [df, t] of expected) assert.ok(near(tOfP(0.05, df), t), `df ${df}`)
})

test('p values of F agree with R', () => {
  const expected: readonly (readonly [f: number, between: number, within: number, p: number])[] = [
    [119.26, 2, 147, 1.67253793544739e-31],
    [1, 3, 4, 0.478949119232426],
    [0.2, 5, 10, 0.95519177024643],
    [3.84, 1, 1e5, 0.0500462948708783],
    [50, 20, 30, 9.38726240034247e-18],
    [2.5, 7.5, 12, 0.0760233277814558]
  ]
  for (const [f, between, within, p] of expected) assert.ok(near(pOfF(f, between, within), p), `F ${f}`)
  assert.equal(pOfF(0, 2, 10), 1)
})

test('p values of χ² agree with R', () => {
  const expected: readonly (readonly [value: number, df: number, p: number])[] = [
    [18.036, 4, 0.00121426475525962],
    [0.01, 1, 0.920344325445942],
    [3.84, 1, 0.0500435212487052],
    [100, 50, 3.45493138298486e-5],
    [500, 3, 4.77167203191276e-108],
    [30, 100, 0.999999999999094],
    [1e-5, 2, 0.9999950000125]
  ]
  for (const [value, df, p] of expected) assert.ok(near(pOfChiSquared(value, df), p), `χ² ${value}`)
  assert.equal(pOfChiSquared(0, 3), 1)
})

test('one way to the same number: t² is an F, and χ² with two degrees of freedom is an exponential', () => {
  const positive = fc.double({ min: 1e-3, max: 40, noNaN: true })
  const freedom = fc.double({ min: 0.5, max: 5000, noNaN: true })
  fc.assert(
    fc.property(positive, freedom, (value, df) => {
      assert.ok(near(pOfT(value, df), pOfF(value * value, 1, df), 1e-9))
      assert.ok(near(pOfChiSquared(value, 2), Math.exp(-value / 2), 1e-12))
      const p = pOfT(value, df)
      if (p > 1e-12 && p < 0.999) assert.ok(near(tOfP(p, df), value, 1e-9))
    })
  )
})

test('the logarithm of the gamma function agrees with factorials', () => {
  let factorial = 0
  for (let n = 1; n < 170; n++) {
    assert.ok(Math.abs(lnGamma(n) - factorial) <= 1e-13 * Math.max(1, factorial))
    factorial += Math.log(n)
  }
  assert.ok(near(lnGamma(0.5), Math.log(Math.sqrt(Math.PI)), 1e-13))
})

test('what no distribution has is not a number, never one that looks like a p value', () => {
  for (const p of [
    pOfT(Number.NaN, 3),
    pOfT(1, 0),
    pOfF(1, -1, 3),
    pOfChiSquared(1, Number.NaN),
    tOfP(0, 3),
    tOfP(1, 3)
  ])
    assert.ok(Number.isNaN(p))
})
