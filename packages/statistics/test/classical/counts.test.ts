import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlanTest, TestResult } from '@stimnet/protocol'
import { type Counts, fisherOf, testAsked, testName } from '@stimnet/statistics'
import fc from 'fast-check'
import { column, near } from '../fixtures.ts'
import { answer, apart, chances, inR, numbersOfR, pooledTest, withoutR } from './fixtures.ts'

const BY = ['before', 'after'] as const
const MCNEMAR: PlanTest = { kind: 'mcnemar', of: 'subjects', by: BY, groups: ['yes', 'no'] }
const FISHER: PlanTest = { kind: 'fisher', of: 'subjects', by: BY, groups: ['yes', 'no', 'yes', 'no'] }

/**
 * Counts of people with yes and yes, yes and no, no and yes, no and no; null for a withheld count. A level that nobody has is
 * absent.
 */
function site(
  asked: PlanTest,
  counts: readonly (number | null)[],
  more: { base?: number; withheldGroups?: number } = {}
) {
  return answer({
    columns: [column('before', 'key'), column('after', 'key'), column('subjects', 'subjects')],
    rows: counts.flatMap((count, i) =>
      count === 0
        ? []
        : [
            {
              keys: [i < 2 ? 'yes' : 'no', i % 2 === 0 ? 'yes' : 'no'],
              parts: { subjects: count === null ? null : { add: count } }
            }
          ]
    ),
    tests: [asked],
    ...more
  })
}
const oddsIn = ({ estimates }: TestResult) => [estimates?.[0]?.estimate, ...(estimates?.[0]?.interval ?? [])]

test('McNemar’s χ² over the changes at all sites is that of mcnemar.test(correct = FALSE)', () => {
  // R: mcnemar.test(matrix(c(794, 86, 150, 570), 2), correct = FALSE); exp(log(150 / 86) + c(-1, 1) * qnorm(0.975) * sqrt(1 / 150 + 1 / 86))
  const expected = [17.3559322033898, 3.09929344104522e-5, 1.74418604651163, 1.33801650496132, 2.27365279394204]
  for (const counts of [
    [[794, 150, 86, 570]],
    [
      [700, 100, 50, 70],
      [94, 50, 36, 500]
    ]
  ]) {
    const found = pooledTest(...counts.map((one) => site(MCNEMAR, one)))
    assert.equal(apart([found.statistic, found.p, ...oddsIn(found)], expected), '')
    assert.deepEqual([found.df, found.note, found.adjusted_for], [[1], '', undefined])
    assert.deepEqual(
      found.groups.map(({ name, n }) => [name, n]),
      [
        ['yes', 150],
        ['no', 86]
      ]
    )
    assert.deepEqual(testAsked(found), MCNEMAR)
  }
})

test('a site that withheld a cell is in no test of changes, and few changes are told', () => {
  const whole = [50, 30, 12, 40]
  const found = pooledTest(
    site(MCNEMAR, whole),
    site(MCNEMAR, [50, null, 12, 40]),
    site(MCNEMAR, whole, { withheldGroups: 1 })
  )
  assert.deepEqual([found.sites, found.statistic], [['s0'], pooledTest(site(MCNEMAR, whole)).statistic])
  assert.match(found.note, /s1, s2 did not give every part/)
  assert.match(pooledTest(site(MCNEMAR, [50, 5, 4, 40])).note, /Fewer than ten people changed/)
  const none = pooledTest(site(MCNEMAR, [50, 0, 0, 40]))
  assert.deepEqual([none.p, none.note], [null, 'Nobody changed.'])
  const withheld = pooledTest(site(MCNEMAR, [50, null, 12, 40]))
  assert.deepEqual([withheld.p, withheld.groups[0]?.n], [null, null])
})

test('people in several cells have no test of changes', () => {
  const found = pooledTest(site({ ...MCNEMAR, repeated: 'visits' }, [50, 30, 12, 40]))
  assert.deepEqual([found.p, found.statistic, found.estimates], [null, null, undefined])
})

const four = fc.array(fc.integer({ min: 20, max: 400 }), { minLength: 4, maxLength: 4 })
const toFive = (count: number) => Math.round(count / 5) * 5

test('McNemar’s χ² of rounded counts is not surer than that of the exact ones, and its interval holds theirs', () => {
  fc.assert(
    fc.property(fc.array(four, { minLength: 1, maxLength: 3 }), (tables) => {
      const exact = pooledTest(...tables.map((counts) => site(MCNEMAR, counts)))
      const found = pooledTest(...tables.map((counts) => site(MCNEMAR, counts.map(toFive), { base: 5 })))
      assert.ok(exact.p !== null && (found.p === null || found.p >= exact.p * (1 - 1e-9)), `${found.p} for ${exact.p}`)
      const [[, low = 0, high = 0], [, least = 0, most = 0]] = [oddsIn(exact), oddsIn(found)]
      assert.ok(Number(least) <= Number(low) && Number(most) >= Number(high))
      assert.match(found.note, /rounded for privacy/)
    })
  )
  const few = pooledTest(site(MCNEMAR, [100, 5, 0, 100], { base: 5 }))
  assert.deepEqual([few.p, few.statistic], [null, null])
})

test('Fisher’s exact test is that of fisher.test', () => {
  // R: fisher.test(matrix(c(12, 8, 28, 30), 2)); its estimate and interval have four digits
  const found = pooledTest(site(FISHER, [12, 28, 8, 30]))
  assert.equal(apart([found.p], [0.441172775519691]), '')
  const [odds, low, high] = oddsIn(found)
  assert.ok(
    near(odds, 1.59737663091414, 1e-4) && near(low, 0.511161448332197, 1e-4) && near(high, 5.23530922486089, 1e-4)
  )
  assert.deepEqual([found.statistic, found.df, found.note], [null, [], ''])
  assert.deepEqual(testAsked(found), FISHER)
  assert.equal(testName(found), 'Fisher’s exact test')
  // R: fisher.test(matrix(c(3, 1, 1, 3), 2))$p.value
  assert.ok(near(fisherOf([[3, 1, 1, 3]])?.p, 0.485714285714286))
})

test('over several sites it is the exact test of mantelhaen.test, each site with its own margins', () => {
  const tables = [
    [12, 28, 8, 30],
    [20, 35, 15, 35],
    [8, 24, 9, 21],
    [30, 31, 20, 44]
  ]
  const found = pooledTest(...tables.map((counts) => site(FISHER, counts)))
  // R: mantelhaen.test(table, exact = TRUE); its estimate and interval have four digits
  assert.equal(apart([found.p], [0.0758878405768997]), '')
  const [odds, low, high] = oddsIn(found)
  assert.ok(
    near(odds, 1.50338372532242, 1e-4) && near(low, 0.948190525447295, 1e-4) && near(high, 2.3947067340087, 1e-4)
  )
  assert.deepEqual([found.adjusted_for, testName(found)], ['site', 'Exact test within institutions'])
})

test('random tables agree with R', { skip: withoutR }, () => {
  const chance = chances(21)
  const tables = Array.from({ length: 12 }, (): Counts => {
    const count = () => Math.floor(chance() * 25)
    return [count() + 1, count(), count(), count() + 1]
  })
  const flat = (some: readonly Counts[]) => inR(some.flatMap(([a, b, c, d]) => [a, c, b, d]))
  const expected = numbersOfR(`
    x <- array(${flat(tables)}, dim = c(2, 2, ${tables.length}))
    for (i in 1:${tables.length}) cat(fisher.test(x[, , i])$p.value, "")
    cat(mantelhaen.test(x[, , 1:3], exact = TRUE)$p.value, mantelhaen.test(x[, , 4:9], exact = TRUE)$p.value)`)
  const found = [...tables.map((table) => [table]), tables.slice(0, 3), tables.slice(3, 9)].map(
    (some) => fisherOf(some)?.p
  )
  assert.equal(apart(found, expected), '')
})

test('the ends of the exact interval are odds under which the table is as unlikely as is allowed', () => {
  const [a, b, c, d]: Counts = [9, 11, 6, 24]
  const made = fisherOf([[a, b, c, d]])
  assert.ok(made)
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)
  const tail = (odds: number, from: number, to: number) => {
    const weights = Array.from(
      { length: Math.min(a + b, a + c) + 1 },
      (_, i) => choose(a + b, i) * choose(c + d, a + c - i) * odds ** i
    )
    const sum = (values: readonly number[]) => values.reduce((x, y) => x + y, 0)
    return sum(weights.slice(from, to)) / sum(weights)
  }
  assert.ok(near(tail(made.interval[0], a, 99), 0.025) && near(tail(made.interval[1], 0, a + 1), 0.025))
})

test('Fisher’s test is made of exact counts alone, and says so', () => {
  const rounded = site(FISHER, [10, 30, 10, 30], { base: 5 })
  const none = pooledTest(rounded)
  assert.deepEqual([none.p, none.estimates], [null, undefined])
  assert.match(none.note, /rounded for privacy no exact test/)
  const one = pooledTest(rounded, site(FISHER, [12, 28, 8, 30]))
  assert.deepEqual([one.p, one.sites], [pooledTest(site(FISHER, [12, 28, 8, 30])).p, ['s1']])
  assert.match(one.note, /s0 did not give every part.*rounded for privacy/)
})

test('an empty row, very many people and a count that nobody can exceed are no cause for a wrong number', () => {
  assert.equal(fisherOf([[0, 0, 8, 30]]), null)
  for (const none of [-1, 1.5, Number.NaN]) assert.equal(fisherOf([[12, none, 8, 30]]), null)
  assert.equal(fisherOf([[90_000, 10_000, 80_000, 20_000]]), null)
  const most = fisherOf([[20, 0, 5, 15]])
  assert.deepEqual([most?.odds, most?.interval[1]], [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
  const shown = pooledTest(site(FISHER, [20, 0, 5, 15]))
  assert.ok(shown.p !== null && shown.p < 1e-5 && shown.estimates?.[0]?.interval === null)
  const extreme = fisherOf([[900, 100, 100, 900]])
  assert.ok(extreme && extreme.p < 1e-250 && near(extreme.odds, 80.8, 1e-2), `${extreme?.odds}`)
})
