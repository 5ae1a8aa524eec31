import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MomentsPart, PlanTest, TestResult } from '@stimnet/protocol'
import { testAsked, testName } from '@stimnet/statistics'
import fc from 'fast-check'
import { column, exactPairs, exactSums, IRIS, MTCARS, momentsOf, pairMomentsOf } from '../fixtures.ts'
import {
  answer,
  apart,
  chances,
  dealt,
  inR,
  numbersOfR,
  numbersPart,
  pairsPart,
  pooledTest,
  withoutR
} from './fixtures.ts'

const ONE: PlanTest = { kind: 'one_sample', of: 'sd_x', by: [], value: 6 }
const PAIRED: PlanTest = { kind: 'paired', of: 'covariance_x_y', by: [], groups: ['mpg', 'wt'] }
const [SD, COVARIANCE] = [column('sd_x', 'sd'), column('covariance_x_y', 'covariance')]

type Pairs = readonly (readonly [number, number])[]
const oneOf = (moments: MomentsPart, asked = ONE) =>
  answer({ columns: [SD], rows: [{ keys: [], parts: { sd_x: { moments } } }], tests: [asked] })
const one = (values: readonly number[], decimals = 1, asked = ONE) =>
  answer({ columns: [SD], rows: [{ keys: [], parts: { sd_x: numbersPart(values, decimals) } }], tests: [asked] })
const pairedOf = (moments: MomentsPart, base = 1) =>
  answer({ columns: [COVARIANCE], rows: [{ keys: [], parts: { covariance_x_y: { moments } } }], tests: [PAIRED], base })
const paired = (pairs: Pairs, decimals: readonly [number, number]) =>
  answer({
    columns: [COVARIANCE],
    rows: [{ keys: [], parts: { covariance_x_y: pairsPart(pairs, decimals) } }],
    tests: [PAIRED]
  })
const numbersIn = ({ difference, interval, statistic, df, p }: TestResult) => [
  ...[difference, ...(interval ?? [null, null])],
  ...[statistic, df[0], p]
]

const LENGTHS = IRIS.map(({ length }) => length)
const CARS = MTCARS.map(({ mpg, wt }) => [mpg, wt] as const)

test('the t of a mean less a value, split over sites, is that of t.test over all values', () => {
  // R: t.test(iris$Sepal.Length, mu = 6)
  const expected = [
    -0.156666666666666, -0.290267518493311, -0.0230658148400211, -2.31716634740969, 149, 0.0218566204855289
  ]
  for (const sites of [1, 2, 5]) {
    const found = pooledTest(...dealt(LENGTHS, sites).map((values) => one(values)))
    assert.equal(apart(numbersIn(found), expected), '')
    assert.deepEqual([found.groups[0]?.n, found.adjusted_for, found.note], [150, undefined, ''])
    assert.deepEqual(testAsked(found), ONE)
    assert.equal(testName(found), 'One-sample t')
  }
})

test('the paired t, split over sites, is that of t.test(paired = TRUE) over all pairs', () => {
  // R: t.test(mtcars$mpg, mtcars$wt, paired = TRUE)
  const expected = [16.873375, 14.3881468150279, 19.3586031849721, 13.8472094460718, 31, 8.09602679835369e-15]
  for (const sites of [1, 2, 3]) {
    const found = pooledTest(...dealt(CARS, sites).map((pairs) => paired(pairs, [1, 3])))
    assert.equal(apart(numbersIn(found), expected), '')
    assert.deepEqual(
      found.groups.map(({ name, n }) => [name, n]),
      [
        ['mpg', 32],
        ['wt', 32]
      ]
    )
    assert.deepEqual(testAsked(found), PAIRED)
  }
})

test('random studies have the t tests that R makes of all their rows', { skip: withoutR }, () => {
  const chance = chances(9)
  const pairs = Array.from({ length: 90 }, () => {
    const before = Math.round(1000 * chance()) / 10
    return [before, Math.round(10 * (before + 12 * (chance() - 0.4))) / 10] as const
  })
  const [before, after] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)]
  const expected = numbersOfR(`
    x <- ${inR(before)}; y <- ${inR(after)}
    for (r in list(t.test(x, mu = 45.5), t.test(x, y, paired = TRUE))) cat(r$statistic, r$parameter, r$p.value, "")
    cat(t.test(x, y, paired = TRUE)$conf.int)`)
  const asked: PlanTest = { kind: 'one_sample', of: 'sd_x', by: [], value: 45.5 }
  const [alone, both] = [
    pooledTest(...dealt(before, 3).map((values) => one(values, 1, asked))),
    pooledTest(...dealt(pairs, 3).map((part) => paired(part, [1, 1])))
  ]
  const found = [alone, both].flatMap(({ statistic, df, p }) => [statistic, df[0], p])
  assert.equal(apart([...found, ...(both.interval ?? [])], expected), '')
})

test('pairs far from zero keep the digits of their difference', () => {
  const far = CARS.map(([mpg, wt]) => [mpg + 1e9, wt + 1e9] as const)
  const found = pooledTest(...dealt(far, 2).map((pairs) => paired(pairs, [1, 3])))
  assert.equal(apart([found.difference, found.statistic], [16.873375, 13.8472094460718]), '')
})

test('fewer than ten degrees of freedom, values that do not vary and withheld ones have no t', () => {
  const few = pooledTest(one(LENGTHS.slice(0, 10)))
  assert.ok(few.p === null && few.interval === null && few.difference !== null)
  assert.match(few.note, /degrees of freedom/)
  const same = pooledTest(
    paired(
      CARS.map(([mpg]) => [mpg, mpg + 2] as const),
      [1, 1]
    )
  )
  assert.deepEqual([same.p, same.difference], [null, null])
  assert.match(same.note, /do not vary/)
  const withheld = answer({ columns: [SD], rows: [{ keys: [], parts: { sd_x: null } }], tests: [ONE] })
  const rest = pooledTest(withheld, one(LENGTHS))
  assert.deepEqual(rest.sites, ['s1'])
  assert.match(rest.note, /s0 did not give every part/)
})

test('before and after in rows of one person are told to be no independent pairs', () => {
  const asked: PlanTest = { ...PAIRED, clustered: 'visits' }
  const output = answer({
    columns: [COVARIANCE],
    rows: [{ keys: [], parts: { covariance_x_y: pairsPart(CARS, [1, 3]) } }],
    tests: [asked]
  })
  assert.match(pooledTest(output).note, /visits has several rows per person.*p is too small/)
})

const coarse = (value: number, step: number) => Math.round(value / step) * step
const sizes = fc.integer({ min: 20, max: 90 })

test('whatever is rounded, a t is not surer than the exact one, and its interval holds that of the exact numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(sizes, fc.integer({ min: -9, max: 9 })), { minLength: 1, maxLength: 3 }), (sites) => {
      const pairs = sites.map(([n, shift]) =>
        Array.from({ length: n }, (_, i) => [(i * 7) % 31, ((i * 7) % 31) + shift + ((i * 5) % 11)] as const)
      )
      const shown = pairs.map((part) => {
        const { n, sum, deviations = 0, second } = pairMomentsOf(exactPairs(part, [0, 0]))
        assert.ok(second)
        return {
          ...{ n, sum: coarse(sum, 6), deviations: coarse(deviations, 20) },
          second: {
            sum: coarse(second.sum, 6),
            deviations: coarse(second.deviations, 20),
            cross: coarse(second.cross, 20)
          },
          accuracy: { sum: 3, deviations: 10, second: { sum: 3, deviations: 10, cross: 10 } }
        }
      })
      const alone = pairs.map((part) =>
        momentsOf(
          exactSums(
            part.map(([x]) => x),
            0
          )
        )
      )
      const rounded = alone.map(({ n, sum, deviations = 0 }) => ({
        ...{ n, sum: coarse(sum, 6), deviations: coarse(deviations, 20), accuracy: { sum: 3, deviations: 10 } }
      }))
      const asked: PlanTest = { kind: 'one_sample', of: 'sd_x', by: [], value: 15 }
      for (const [exact, found] of [
        [pooledTest(...pairs.map((part) => paired(part, [0, 0]))), pooledTest(...shown.map((part) => pairedOf(part)))],
        [
          pooledTest(...alone.map((part) => oneOf(part, asked))),
          pooledTest(...rounded.map((part) => oneOf(part, asked)))
        ]
      ] as const) {
        assert.match(found.note, /rounded for privacy/)
        assert.ok(exact.p !== null && (found.p === null || found.p >= exact.p - 1e-9), `${found.p} for ${exact.p}`)
        const [low = 0, high = 0] = exact.interval ?? []
        assert.ok((found.interval?.[0] ?? 0) <= low + 1e-9 && (found.interval?.[1] ?? 0) >= high - 1e-9)
      }
    })
  )
})

test('rounded pairs that do not say how far they are off have no t', () => {
  const found = pooledTest(pairedOf(pairMomentsOf(exactPairs(CARS, [1, 3])), 5))
  assert.equal(found.p, null)
})
