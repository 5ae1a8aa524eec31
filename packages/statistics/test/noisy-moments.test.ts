import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MomentsPart, NoisyMoments } from '@stimnet/protocol'
import { momentsOfNoisy, noiseOfNoisy, valueOfMoments } from '@stimnet/statistics'
import fc from 'fast-check'

type Pair = readonly [number, number]
const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

/** The sums of pairs about the middle of 0 … 2·centre, each increased by `off`. */
function sumsOf(pairs: readonly Pair[], centre: number, off = 0): NoisyMoments {
  const [dx, dy] = [0, 1].map((at) => pairs.map((pair) => (pair[at] ?? 0) - centre)) as [number[], number[]]
  const sum = (values: readonly number[]) => ({ sum: total(values) + off, sd: 2 })
  return {
    rows: { sum: pairs.length, sd: 1 },
    variables: [dx, dy].map((d) => ({
      ...{ centre, width: centre, step: 0.5 },
      ...{ first: sum(d), squares: sum(d.map((x) => x ** 2)), cubes: sum(d.map((x) => x ** 3)) }
    })),
    products: sum(dx.map((x, i) => x * (dy[i] ?? 0)))
  }
}

function exactOf(pairs: readonly Pair[]): MomentsPart {
  const n = pairs.length
  const [xs, ys] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)]
  const [dx, dy] = [xs, ys].map((values) => values.map((value) => value - total(values) / n)) as [number[], number[]]
  return {
    ...{ n, sum: total(xs), deviations: total(dx.map((d) => d ** 2)), third: total(dx.map((d) => d ** 3)) },
    second: {
      sum: total(ys),
      deviations: total(dy.map((d) => d ** 2)),
      cross: total(dx.map((d, i) => d * (dy[i] ?? 0)))
    }
  }
}

const KINDS = ['mean', 'variance', 'sd', 'skewness', 'covariance', 'correlation']
const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 })), {
  minLength: 3,
  maxLength: 30
})

test('sums about different middles pool to the moments of everybody', () => {
  fc.assert(
    fc.property(pairs, pairs, (one, other) => {
      const sites = [sumsOf(one, 20), sumsOf(other, 35)]
      const exact = exactOf([...one, ...other])
      fc.pre((exact.deviations ?? 0) > 1 && (exact.second?.deviations ?? 0) > 1)
      for (const kind of KINDS) {
        const moments = momentsOfNoisy(kind, sites)
        const [found, expected] = [moments && valueOfMoments(kind, moments), valueOfMoments(kind, exact)]
        assert.ok(Math.abs(Number(found) - Number(expected)) <= 1e-8 * Math.max(1, Math.abs(Number(expected))), kind)
      }
    })
  )
})

test('each noise moves the number by what is said: as much as when its sum is off by a little', () => {
  const one: Pair[] = Array.from({ length: 60 }, (_, i) => [(i * 7) % 41, ((i * 7) % 41) / 2 + ((i * 11) % 20)])
  const other: Pair[] = Array.from({ length: 40 }, (_, i) => [(i * 5) % 30, (i * 3) % 40])
  const sites = [sumsOf(one, 20), sumsOf(other, 35)]
  const [first] = sites
  assert.ok(first)
  const h = 1e-4
  const moved = { ...first, products: { ...(first.products ?? { sd: 2 }), sum: (first.products?.sum ?? 0) + h } }
  const [x, y] = first.variables
  assert.ok(x && y)
  const turned = { ...first, variables: [{ ...x, first: { ...x.first, sum: x.first.sum + h } }, y] }
  for (const kind of ['covariance', 'correlation']) {
    const moments = momentsOfNoisy(kind, sites)
    assert.ok(moments)
    const terms = noiseOfNoisy(kind, sites, moments) ?? []
    const numberOf = (changed: NoisyMoments) => {
      const found = momentsOfNoisy(kind, [changed, ...sites.slice(1)])
      // The covariance of the population (over n), because the noise terms belong to it.
      return Number(found && valueOfMoments(kind, found)) * (kind === 'covariance' ? 99 / 100 : 1)
    }
    for (const changed of [moved, turned]) {
      const slope = Math.abs(numberOf(changed) - numberOf(first)) / h
      assert.ok(
        terms.some(({ sd }) => Math.abs(sd - 2 * slope) <= 1e-3 * slope),
        `${kind}: ${slope} is not among ${terms.map(({ sd }) => sd / 2)}`
      )
    }
  }
})

test('of nobody, and of fewer, something within the bounds is said, and of other sums nothing', () => {
  const nobody = { ...sumsOf([], 20, -3), rows: { sum: -4, sd: 1 } }
  for (const kind of KINDS) {
    const moments = momentsOfNoisy(kind, [nobody])
    assert.ok(moments && moments.n === (kind === 'mean' ? 1 : 2))
    assert.ok(moments.sum / moments.n >= 0 && moments.sum / moments.n <= 40 && (moments.deviations ?? 0) >= 0)
  }
  const [without] = nobody.variables.map(({ squares: _, ...rest }) => rest)
  assert.ok(without)
  assert.equal(momentsOfNoisy('mean', [nobody, { rows: nobody.rows, variables: [without] }]), null)
})
