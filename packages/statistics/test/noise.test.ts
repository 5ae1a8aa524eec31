import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type NoiseTerm, noiseWithin } from '@stimnet/statistics'

/** P(|X| ≤ m) of discrete Laplace noise of the given scale. */
const laplaceWithin = (scale: number, m: number) => {
  const p = Math.exp(-1 / scale)
  return 1 - (2 * p ** (m + 1)) / (1 + p)
}
const laplaceSd = (scale: number) => {
  const p = Math.exp(-1 / scale)
  return Math.sqrt(2 * p) / (1 - p)
}

/** Probabilities of whole numbers from -reach to reach. */
type Masses = readonly number[]
const REACH = 400
const laplace = (scale: number): Masses =>
  normal(Array.from({ length: 2 * REACH + 1 }, (_, i) => Math.exp(-Math.abs(i - REACH) / scale)))
const gaussian = (sigma: number): Masses =>
  normal(Array.from({ length: 2 * REACH + 1 }, (_, i) => Math.exp(-((i - REACH) ** 2) / (2 * sigma ** 2))))
const normal = (masses: number[]): Masses => {
  const all = masses.reduce((a, b) => a + b, 0)
  return masses.map((mass) => mass / all)
}

/** P(|a·X + b·Y| ≤ distance), summed pair by pair. */
function together([a, xs]: readonly [number, Masses], [b, ys]: readonly [number, Masses], distance: number): number {
  let sum = 0
  for (const [i, x] of xs.entries())
    for (const [j, y] of ys.entries()) if (Math.abs(a * (i - REACH) + b * (j - REACH)) <= distance + 1e-9) sum += x * y
  return sum
}

describe('nineteen times of twenty', () => {
  test('is at least nineteen, and not with one step less, at every amount of Laplace noise', () => {
    for (const epsilon of [0.05, 0.1, 0.3, 0.7, 1, 1.5, 2, 3, 5, 10]) {
      const scale = 1 / epsilon
      const error = noiseWithin('discrete-laplace', [{ sd: laplaceSd(scale), step: 1 }])
      assert.ok(Number.isInteger(error))
      assert.ok(laplaceWithin(scale, error) >= 0.95 - 1e-9, `ε = ${epsilon}: ${laplaceWithin(scale, error)}`)
      assert.ok(error === 0 || laplaceWithin(scale, error - 1) < 0.95, `ε = ${epsilon}`)
    }
  })

  test('is so of Gaussian noise, also where it is nearly always zero', () => {
    for (const sigma of [0.2, 0.5, 1, 1.7, 5, 40]) {
      const masses = gaussian(sigma)
      const within = (m: number) => masses.slice(REACH - m, REACH + m + 1).reduce((a, b) => a + b, 0)
      const error = noiseWithin('discrete-gaussian', [{ sd: sigma, step: 1 }])
      assert.ok(within(error) >= 0.95 - 1e-9 && (error === 0 || within(error - 1) < 0.95), `σ = ${sigma}: ${error}`)
    }
    const wide = noiseWithin('discrete-gaussian', [{ sd: 1e6, step: 0.5 }])
    assert.ok(wide > 1.959964e6 && wide < 1.98e6)
  })

  test('is so of the sum of what several institutions draw', () => {
    for (const scale of [1 / 3, 1, 4]) {
      const term = { sd: laplaceSd(scale), step: 1 }
      const error = noiseWithin('discrete-laplace', [term, term])
      const [one, other] = [[1, laplace(scale)] as const, [1, laplace(scale)] as const]
      assert.ok(together(one, other, error) >= 0.95 - 1e-9, `scale ${scale}`)
      assert.ok(error === 0 || together(one, other, error - 1) < 0.95, `scale ${scale}`)
    }
    const term = { sd: 3, step: 1 }
    assert.equal(
      noiseWithin(
        'discrete-gaussian',
        Array.from({ length: 16 }, () => term)
      ),
      noiseWithin('discrete-gaussian', [{ sd: 12, step: 1 }])
    )
  })

  test('is so of noises with steps that do not meet, to one part in a hundred and never below', () => {
    for (const [a, b, first, second] of [
      [1, Math.SQRT2, 1, 1],
      [1, 7.3, 5, 0.4],
      [0.01, 1, 30, 1 / 3],
      [1, 100, 20, 0.2]
    ] as const) {
      const terms: NoiseTerm[] = [
        { sd: a * laplaceSd(first), step: a },
        { sd: b * laplaceSd(second), step: b }
      ]
      const error = noiseWithin('discrete-laplace', terms)
      const total = Math.hypot(...terms.map(({ sd }) => sd))
      const within = (distance: number) => together([a, laplace(first)], [b, laplace(second)], distance)
      assert.ok(within(error) >= 0.95, `${a} ${b}: ${within(error)}`)
      assert.ok(within(error - 0.12 * total) < 0.95, `${a} ${b}: ${error} is too wide, ${within(error)}`)
    }
  })

  test('of no noise is nothing', () => {
    assert.equal(noiseWithin('discrete-laplace', []), 0)
    assert.equal(noiseWithin('discrete-laplace', [{ sd: 0, step: 1 }]), 0)
  })
})
