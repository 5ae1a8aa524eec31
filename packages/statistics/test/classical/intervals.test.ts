import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IntervalTest, Output, TestResult } from '@stimnet/protocol'
import { pool, testAsked, testName } from '@stimnet/statistics'
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

const MEAN: IntervalTest = { kind: 'mean_interval', of: 'sd_x', by: [] }
const SHARE: IntervalTest = { kind: 'share_interval', of: 'share_x', by: [] }
const CORRELATION: IntervalTest = { kind: 'correlation_interval', of: 'correlation_x_y', by: [] }
const [SD, COUNTED, R] = [column('sd_x', 'sd'), column('share_x', 'share'), column('correlation_x_y', 'correlation')]

const mean = (values: readonly number[], decimals = 1) =>
  answer({ columns: [SD], rows: [{ keys: [], parts: { sd_x: numbersPart(values, decimals) } }], tests: [MEAN] })
const share = (having: number, of: number, accuracy?: { share: number; of: number }) =>
  answer({
    columns: [COUNTED],
    rows: [{ keys: [], parts: { share_x: { share: { having, of }, ...(accuracy ? { accuracy } : {}) } } }],
    tests: [SHARE]
  })
const correlation = (pairs: readonly (readonly [number, number])[], decimals: readonly [number, number]) =>
  answer({
    columns: [R],
    rows: [{ keys: [], parts: { correlation_x_y: pairsPart(pairs, decimals) } }],
    tests: [CORRELATION]
  })
const numbersIn = ({ estimates = [] }: TestResult) =>
  estimates.flatMap(({ n, estimate, interval }) => [n, estimate, ...(interval ?? [null, null])])

const LENGTHS = IRIS.map(({ length }) => length)
const CARS = MTCARS.map(({ mpg, wt }) => [mpg, wt] as const)

test('the interval of a mean, split over sites, is that of t.test over all values', () => {
  for (const sites of [1, 3, 7]) {
    const found = pooledTest(...dealt(LENGTHS, sites).map((values) => mean(values)))
    // R: t.test(iris$Sepal.Length)$conf.int
    assert.equal(apart(numbersIn(found), [150, 5.84333333333333, 5.70973248150669, 5.97693418515998]), '')
    assert.equal(found.note, '')
    assert.equal(found.adjusted_for, undefined)
  }
})

test('the interval of a share is Wilson’s, as prop.test(correct = FALSE) over the counts of all sites', () => {
  // R: prop.test(18, 32, correct = FALSE)$conf.int
  const expected = [32, 0.5625, 0.39325591136852, 0.718346688849596]
  assert.equal(apart(numbersIn(pooledTest(share(18, 32))), expected), '')
  assert.equal(apart(numbersIn(pooledTest(share(10, 15), share(8, 17))), expected), '')
})

test('the interval of a correlation is that of cor.test over all pairs', () => {
  // R: cor.test(mtcars$mpg, mtcars$wt)
  const expected = [32, -0.867659376517228, -0.933826413284994, -0.744087196460113]
  for (const sites of [1, 2, 3]) {
    const found = pooledTest(...dealt(CARS, sites).map((pairs) => correlation(pairs, [1, 3])))
    assert.equal(apart(numbersIn(found), expected), '')
  }
})

test('random studies have the intervals that R gives of all their rows', { skip: withoutR }, () => {
  const chance = chances(5)
  const pairs = Array.from({ length: 120 }, () => {
    const x = Math.round(100 * chance())
    return [x, Math.round(0.4 * x + 60 * chance())] as const
  })
  const [xs, ys] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)]
  const having = xs.filter((x) => x < 30).length
  const [one, ...expected] = numbersOfR(`
    x <- ${inR(xs)}; y <- ${inR(ys)}
    cat(0, t.test(x)$conf.int, prop.test(${having}, length(x), correct = FALSE)$conf.int, cor.test(x, y)$conf.int)`)
  assert.equal(one, 0)
  const found = [
    pooledTest(...dealt(xs, 4).map((values) => mean(values, 0))),
    pooledTest(...dealt(xs, 4).map((values) => share(values.filter((x) => x < 30).length, values.length))),
    pooledTest(...dealt(pairs, 4).map((part) => correlation(part, [0, 0])))
  ]
  assert.equal(
    apart(
      found.flatMap(({ estimates }) => estimates?.[0]?.interval ?? []),
      expected
    ),
    ''
  )
})

test('each row has its interval, of the sites that gave it, and says how many are behind it', () => {
  const by: IntervalTest = { ...MEAN, by: ['arm'] }
  const site = (groups: Record<string, readonly number[] | null>): Output =>
    answer({
      columns: [column('arm', 'key'), SD],
      rows: Object.entries(groups).map(([arm, values]) => ({
        keys: [arm],
        parts: { sd_x: values && numbersPart(values, 1) }
      })),
      tests: [by]
    })
  const [one = [], other = []] = dealt(LENGTHS, 2)
  const outputs = [site({ a: one, b: one }), site({ a: other, b: null })]
  const found = pooledTest(...outputs)
  assert.deepEqual(
    found.estimates?.map(({ groups, n, sites }) => [groups, n, sites]),
    [
      [['a'], 150, ['s0', 's1']],
      [['b'], 75, ['s0']]
    ]
  )
  assert.match(found.note, /institutions alone that gave it/)
  assert.deepEqual(testAsked(found), by)
  const own = outputs[0]?.kind === 'table' ? outputs[0].tests?.[0] : undefined
  assert.deepEqual([own?.estimates?.length, own?.sites, own?.estimates?.[0]?.sites], [2, undefined, undefined])
  assert.equal(testName(found), '95 % interval of the mean')
})

test('a site where a variable does not vary counts in the correlation of all', () => {
  const flat = CARS.slice(0, 16).map(([mpg]) => [mpg, 3] as const)
  const rest = CARS.slice(16)
  const found = pooledTest(correlation(flat, [1, 3]), correlation(rest, [1, 3]))
  const all = pooledTest(correlation([...flat, ...rest], [1, 3]))
  assert.equal(apart(numbersIn(found), numbersIn(all) as number[]), '')
  assert.deepEqual(found.sites, ['s0', 's1'])
})

test('ten degrees of freedom are the least, and a mean that does not vary has no interval', () => {
  for (const values of [LENGTHS.slice(0, 10), LENGTHS.map(() => 5)]) {
    const found = pooledTest(mean(values))
    assert.equal(found.estimates?.[0]?.interval, null)
    assert.equal(found.estimates?.[0]?.n, values.length)
    assert.match(found.note, /no interval/)
  }
  assert.equal(pooledTest(correlation(CARS.slice(0, 12), [1, 3])).estimates?.[0]?.interval, null)
})

test('values of one person that are taken for independent are told', () => {
  const clustered = answer({
    columns: [SD],
    rows: [{ keys: [], parts: { sd_x: numbersPart(LENGTHS, 1) } }],
    tests: [{ ...MEAN, clustered: 'visits' }]
  })
  assert.match(pooledTest(clustered).note, /visits has several rows per person.*the interval is too narrow/)
})

test('no interval is made of noisy numbers', () => {
  const output = mean(LENGTHS)
  assert.ok(output.kind === 'table')
  const noisy: Output = { ...output, disclosure: { ...output.disclosure, level: 'P2' } }
  assert.equal(pool([{ site: 'a', output: noisy }]).tests, undefined)
})

const within = (inner: readonly (number | null)[], outer: readonly (number | null)[]) =>
  Number(outer.at(-2)) <= Number(inner.at(-2)) + 1e-9 && Number(outer.at(-1)) >= Number(inner.at(-1)) - 1e-9

const sizes = fc.integer({ min: 20, max: 90 })

/** Whether the number of values is as far from the exact one as it says at most. */
function isNumberTold(exact: TestResult, found: TestResult): boolean {
  const [one, other] = [exact.estimates?.[0], found.estimates?.[0]]
  return one?.n_within === undefined && Math.abs((other?.n ?? 0) - (one?.n ?? 0)) <= (other?.n_within ?? 0)
}

test('whatever is rounded, the interval of a mean holds that of the exact values', () => {
  const step = fc.constantFrom(0, 1, 5)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(sizes, fc.integer({ min: 0, max: 60 }), step), { minLength: 1, maxLength: 3 }),
      (sites) => {
        const values = sites.map(([n, middle]) => Array.from({ length: n }, (_, i) => middle + ((i * 7) % 13)))
        const shown = sites.map(([n, , base], i) => {
          const { sum, deviations = 0 } = momentsOf(exactSums(values[i] ?? [], 0))
          const count = base === 0 ? n : Math.max(base, Math.round(n / base) * base)
          const [told, spread] = [Math.round(sum / n), Math.round(deviations / 20) * 20]
          const accuracy = { n: base / 2, sum: 0.5 * count, deviations: 10 }
          return answer({
            columns: [SD],
            rows: [
              { keys: [], parts: { sd_x: { moments: { n: count, sum: told * count, deviations: spread, accuracy } } } }
            ],
            tests: [MEAN]
          })
        })
        const exact = pooledTest(...values.map((part) => mean(part, 0)))
        const found = pooledTest(...shown)
        assert.match(found.note, /rounded for privacy/)
        assert.ok(within(numbersIn(exact), numbersIn(found)), `${numbersIn(exact)} in ${numbersIn(found)}`)
        assert.ok(isNumberTold(exact, found))
      }
    )
  )
})

test('whatever is rounded, the interval of a share holds that of the exact counts', () => {
  const one = fc.tuple(fc.integer({ min: 20, max: 300 }), fc.double({ min: 0.1, max: 0.9, noNaN: true }))
  const off = fc.integer({ min: -3, max: 3 })
  fc.assert(
    fc.property(fc.array(fc.tuple(one, off, off), { minLength: 1, maxLength: 3 }), (sites) => {
      const counts = sites.map(([[of, p]]) => ({ having: Math.round(of * p), of }))
      const exact = pooledTest(...counts.map(({ having, of }) => share(having, of)))
      const found = pooledTest(
        ...counts.map(({ having, of }, i) => {
          const [, byHaving = 0, byOf = 0] = sites[i] ?? []
          const told = of + byOf
          const shown = Math.min(told, Math.max(0, having + byHaving))
          return share(shown, told, { share: Math.abs(shown / told - having / of) + 1e-9, of: 3 })
        })
      )
      assert.match(found.note, /rounded for privacy/)
      assert.ok(within(numbersIn(exact), numbersIn(found)), `${numbersIn(exact)} in ${numbersIn(found)}`)
      assert.ok(isNumberTold(exact, found))
    })
  )
})

test('whatever is rounded, the interval of a correlation holds that of the exact pairs', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(sizes, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 3 }), (sites) => {
      const pairs = sites.map(([n, mix]) =>
        Array.from({ length: n }, (_, i) => [(i * 7) % 31, ((i * 7) % 31) * mix + ((i * 11) % 37)] as const)
      )
      const exact = pooledTest(...pairs.map((part) => correlation(part, [0, 0])))
      const found = pooledTest(
        ...pairs.map((part) => {
          const { n, sum, deviations = 0, second } = pairMomentsOf(exactPairs(part, [0, 0]))
          assert.ok(second)
          const coarse = (value: number, step: number) => Math.round(value / step) * step
          const moments = {
            ...{ n, sum: coarse(sum, 2), deviations: coarse(deviations, 8) },
            second: {
              sum: coarse(second.sum, 2),
              deviations: coarse(second.deviations, 8),
              cross: coarse(second.cross, 8)
            },
            accuracy: { n: 0, sum: 1, deviations: 4, second: { sum: 1, deviations: 4, cross: 4 } }
          }
          return answer({
            columns: [R],
            rows: [{ keys: [], parts: { correlation_x_y: { moments } } }],
            tests: [CORRELATION]
          })
        })
      )
      assert.ok(within(numbersIn(exact), numbersIn(found)), `${numbersIn(exact)} in ${numbersIn(found)}`)
    })
  )
})

test('a correlation of rounded counts that does not say how far it is off has no interval', () => {
  const rounded = answer({
    columns: [R],
    rows: [{ keys: [], parts: { correlation_x_y: pairsPart(CARS, [1, 3]) } }],
    tests: [CORRELATION],
    base: 5
  })
  const found = pooledTest(rounded)
  assert.equal(found.estimates?.[0]?.interval, null)
  assert.match(found.note, /not known how far it was rounded/)
})
