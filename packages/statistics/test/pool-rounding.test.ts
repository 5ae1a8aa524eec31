import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type OutputColumn, type OutputPart, randomUnit, seededRandom } from '@stimnet/protocol'
import { poolCells } from '@stimnet/statistics'
import { pooledWithin } from '../src/pool/pool-rounding.ts'

const column = (kind: string): OutputColumn => ({ name: kind, role: 'measure', kind, variables: [] })
const random = seededRandom(11)
const between = (low: number, high: number) => low + (high - low) * randomUnit(random)
const off = () => between(-1, 1)

interface Told {
  readonly n: number
  readonly means: readonly [number, number]
  readonly sds: readonly [number, number]
  readonly r: number
}

/** The part that an institution releases. */
function partOf({ n, means: [x, y], sds: [sx, sy], r }: Told, half?: Half): OutputPart {
  const [dx, dy] = [sx ** 2 * (n - 1), sy ** 2 * (n - 1)]
  const size = sx * sy * (n - 1)
  const accuracy = half && {
    ...(half.n > 0 ? { n: half.n } : {}),
    ...{ sum: half.mean * n, deviations: (2 * sx + half.sd) * half.sd * (n - 1) },
    second: {
      ...{ sum: half.mean * n, deviations: (2 * sy + half.sd) * half.sd * (n - 1) },
      cross: half.r * size + Math.abs(r) * (n - 1) * half.sd * (sx + sy)
    }
  }
  const second = { sum: y * n, deviations: dy, cross: r * size }
  return { moments: { n, sum: x * n, deviations: dx, second, ...(accuracy ? { accuracy } : {}) } }
}

interface Shape {
  readonly n: number
  readonly mean: number
  readonly sd: number
  readonly skewness: number
  readonly kurtosis: number
}

/** The released part of a skewness and a kurtosis, each rounded separately. */
function shapeOf({ n, mean, sd, skewness, kurtosis }: Shape, half?: Omit<Half, 'r'> & { shape: number }): OutputPart {
  const [deviations, square] = [sd ** 2 * (n - 1), (sd ** 2 * (n - 1)) / n]
  const accuracy = half && {
    ...(half.n > 0 ? { n: half.n } : {}),
    ...{ sum: half.mean * n, deviations: (2 * sd + half.sd) * half.sd * (n - 1) },
    ...{ third: half.shape * square ** 1.5 * n, fourth: half.shape * square ** 2 * n }
  }
  const powers = { third: skewness * square ** 1.5 * n, fourth: kurtosis * square ** 2 * n }
  return { moments: { n, sum: mean * n, deviations, ...powers, ...(accuracy ? { accuracy } : {}) } }
}

interface Half {
  readonly n: number
  readonly mean: number
  readonly sd: number
  readonly r: number
}

/** Exact numbers that an institution could have had behind the rounded numbers. */
function trueOf({ n, means, sds, r }: Told, half: Half): Told {
  const [x, y] = means
  const [sx, sy] = sds
  return {
    n: n + Math.round(off() * half.n),
    means: [x + off() * half.mean, y + off() * half.mean],
    sds: [sx + off() * half.sd, sy + off() * half.sd],
    r: Math.min(1, Math.max(-1, r + off() * half.r))
  }
}

describe('to what a pooled number is right', () => {
  for (const kind of ['mean', 'variance', 'sd', 'covariance', 'correlation']) {
    test(`is never too little, and not idle: ${kind}`, () => {
      let widest = 0
      for (let round = 0; round < 400; round++) {
        const half: Half = {
          n: round % 3 === 0 ? 0 : 2.5,
          mean: between(0.01, 0.3),
          sd: between(0.01, 0.2),
          r: between(0.001, 0.02)
        }
        const sites = Array.from(
          { length: 1 + (round % 4) },
          (): Told => ({
            n: Math.round(between(15, 200)),
            means: [between(40, 50), between(-3, 5)],
            sds: [between(4, 9), between(3, 6)],
            r: between(-0.9, 0.9)
          })
        )
        const cells = sites.map((site) => partOf(site, half))
        const within = pooledWithin(column(kind), cells)
        assert.ok(within !== null && within > 0)
        const told = poolCells(column(kind), cells) ?? Number.NaN
        for (let i = 0; i < 20; i++) {
          const exact = poolCells(
            column(kind),
            sites.map((site) => partOf(trueOf(site, half)))
          )
          const distance = Math.abs((exact ?? Number.NaN) - told)
          assert.ok(distance <= within, `${kind}: ${told} ± ${within}, and ${exact}`)
          widest = Math.max(widest, distance / within)
        }
      }
      assert.ok(widest > 0.2, `at most ${widest} of it`)
    })
  }

  for (const kind of ['skewness', 'kurtosis'] as const) {
    test(`is never too little, and not idle: ${kind}`, () => {
      let widest = 0
      for (let round = 0; round < 200; round++) {
        const half = { n: round % 3 === 0 ? 0 : 2.5, mean: between(0.01, 0.3), sd: between(0.01, 0.2), shape: 0.02 }
        const sites = Array.from({ length: 1 + (round % 4) }, () => ({
          ...{ n: Math.round(between(100, 300)), mean: between(40, 44), sd: between(4, 9) },
          ...{ skewness: between(-1, 2), kurtosis: between(5, 9) }
        }))
        const told = sites.map((site) => shapeOf(site, half))
        const within = pooledWithin(column(kind), told)
        assert.ok(within !== null && within > 0)
        const value = poolCells(column(kind), told) ?? Number.NaN
        for (let i = 0; i < 20; i++) {
          const exact = sites.map(({ n, mean, sd, skewness, kurtosis }) =>
            shapeOf({
              ...{ n: n + Math.round(off() * half.n), mean: mean + off() * half.mean, sd: sd + off() * half.sd },
              ...{ skewness: skewness + off() * half.shape, kurtosis: kurtosis + off() * half.shape }
            })
          )
          const distance = Math.abs((poolCells(column(kind), exact) ?? Number.NaN) - value)
          assert.ok(distance <= within, `${value} ± ${within}, off by ${distance}`)
          widest = Math.max(widest, distance / within)
        }
      }
      assert.ok(widest > 0.2, `at most ${widest} of it`)
    })
  }

  test('is never too little, and not idle: share', () => {
    let widest = 0
    for (let round = 0; round < 400; round++) {
      const accuracy = { share: between(0.001, 0.02), of: round % 3 === 0 ? 0 : 2.5 }
      const sites = Array.from({ length: 1 + (round % 4) }, () => ({
        of: Math.round(between(15, 200)),
        share: between(0.1, 0.9)
      }))
      const cells = sites.map(({ of, share }) => ({ share: { having: share * of, of }, accuracy }))
      const within = pooledWithin(column('share'), cells) ?? Number.NaN
      const told = poolCells(column('share'), cells) ?? Number.NaN
      for (let i = 0; i < 20; i++) {
        const exact = sites.map((site) => {
          const of = site.of + Math.round(off() * accuracy.of)
          return { share: { having: (site.share + off() * accuracy.share) * of, of } }
        })
        const distance = Math.abs((poolCells(column('share'), exact) ?? Number.NaN) - told)
        assert.ok(distance <= within, `${told} ± ${within}, off by ${distance}`)
        widest = Math.max(widest, distance / within)
      }
    }
    assert.ok(widest > 0.2, `at most ${widest} of it`)
  })

  test('adds up for counts and sums, and is not said where nothing was rounded or nobody knows', () => {
    assert.equal(pooledWithin(column('count'), [{ add: 40, accuracy: 2.5 }, { add: 30, accuracy: 2.5 }, { add: 9 }]), 5)
    assert.equal(pooledWithin(column('count'), [{ add: 40 }]), null)
    const exact = { n: 20, means: [1, 2], sds: [1, 1], r: 0.5 } as const
    assert.equal(pooledWithin(column('mean'), [partOf(exact)]), null)
    assert.equal(pooledWithin(column('share'), [{ share: { having: 5, of: 20 } }]), null)
    const rounded = partOf(exact, { n: 0, mean: 0.1234, sd: 0.1, r: 0.1 })
    assert.equal(pooledWithin(column('mean'), [rounded]), 0.13)
    assert.equal(pooledWithin(column('quantile'), [{ bins: [{ from: 0, to: 1, rows: 20 }] }]), null)
  })
})
