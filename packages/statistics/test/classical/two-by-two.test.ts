import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlanTest, TestResult } from '@stimnet/protocol'
import { testAsked, testName } from '@stimnet/statistics'
import fc from 'fast-check'
import { column, near } from '../fixtures.ts'
import { answer, apart, chances, inR, numbersOfR, pooledTest, withoutMetafor } from './fixtures.ts'

const ASKED: PlanTest = { kind: 'two_by_two', of: 'share_x', by: 'arm', groups: ['drug', 'placebo'] }

/** For each group, how many people have the level, and of how many; null for a withheld group. */
type Group = readonly [having: number, of: number] | null
type Rounding = { readonly share: number; readonly of: number }

function site(drug: Group, placebo: Group, accuracy?: Rounding, asked = ASKED) {
  const part = (group: Group) =>
    group && { share: { having: group[0], of: group[1] }, ...(accuracy ? { accuracy } : {}) }
  return answer({
    columns: [column('arm', 'key'), column('share_x', 'share')],
    rows: [
      { keys: ['drug'], parts: { share_x: part(drug) } },
      { keys: ['placebo'], parts: { share_x: part(placebo) } }
    ],
    tests: [asked]
  })
}

// The sites of the tests of `meta`.
const SITES: readonly (readonly [Group, Group])[] = [
  [
    [12, 40],
    [8, 38]
  ],
  [
    [20, 55],
    [15, 50]
  ],
  [
    [8, 32],
    [9, 30]
  ],
  [
    [30, 61],
    [20, 64]
  ]
]
const numbersIn = ({ estimates = [] }: TestResult) =>
  estimates.flatMap(({ estimate, interval }) => [estimate, ...(interval ?? [null, null])])

test('odds ratio, risk ratio and risk difference of one site are those of metafor’s escalc', () => {
  const found = pooledTest(site([12, 40], [8, 38]))
  // R: escalc(measure = m, ai = 12, bi = 28, ci = 8, di = 30) for m in OR, RR, RD
  assert.equal(
    apart(numbersIn(found), [
      ...[1.60714285714286, 0.572469611119329, 4.51186947411067],
      ...[1.425, 0.655424261862492, 3.09818405902409],
      ...[0.0894736842105263, -0.102800834780047, 0.2817482032011]
    ]),
    ''
  )
  // R: chisq.test(matrix(c(12, 8, 28, 30), 2), correct = FALSE)
  assert.equal(apart([found.statistic, found.p, ...found.df], [0.818221415607985, 0.365700695783522, 1]), '')
  assert.equal(found.heterogeneity, undefined)
  assert.deepEqual(
    found.groups.map(({ name, n }) => [name, n]),
    [
      ['drug', 40],
      ['placebo', 38]
    ]
  )
  assert.equal(testName(found), 'Odds and risks of two groups')
})

test('over several sites they are those of Mantel and Haenszel, as metafor’s rma.mh and R’s mantelhaen.test', () => {
  const found = pooledTest(...SITES.map(([drug, placebo]) => site(drug, placebo)))
  // R: rma.mh(measure = m, ai, bi, ci, di, correct = FALSE) for m in OR, RR, RD
  assert.equal(
    apart(numbersIn(found), [
      ...[1.5047947747196, 0.97024150213412, 2.33385946596047],
      ...[1.31238778755741, 0.97886579388091, 1.75954836270372],
      ...[0.089141124501925, -0.00580676596668099, 0.184089014970531]
    ]),
    ''
  )
  // R: mantelhaen.test(table, correct = FALSE)
  assert.equal(apart([found.statistic, found.p, ...found.df], [3.33692133486094, 0.0677412464461147, 1]), '')
  // R: rma.mh(…)$TA, Tarone's
  const { statistic, df, p } = found.heterogeneity ?? {}
  assert.equal(apart([statistic, df, p], [2.33107793957635, 3, 0.506593357156874]), '')
  assert.deepEqual([found.adjusted_for, found.note], ['site', ''])
  assert.deepEqual(testAsked(found), ASKED)
  assert.match(testName(found), /^Mantel–Haenszel/)
})

test('random studies agree with metafor', { skip: withoutMetafor }, () => {
  const chance = chances(3)
  const sites = Array.from({ length: 5 }, () => {
    const [n, m] = [30 + Math.floor(chance() * 200), 30 + Math.floor(chance() * 90)]
    return [
      [Math.floor(n * (0.2 + 0.5 * chance())), n],
      [Math.floor(m * (0.1 + 0.5 * chance())), m]
    ] as const
  })
  const at = (group: 0 | 1, place: 0 | 1) => inR(sites.map((one) => one[group][place]))
  const expected = numbersOfR(`
    suppressMessages(library(metafor))
    a <- ${at(0, 0)}; b <- ${at(0, 1)} - a; c <- ${at(1, 0)}; d <- ${at(1, 1)} - c
    for (m in c("OR", "RR", "RD")) {
      r <- rma.mh(measure = m, ai = a, bi = b, ci = c, di = d, correct = FALSE)
      f <- if (m == "RD") identity else exp
      cat(f(c(r$beta, r$ci.lb, r$ci.ub)), "")
      if (m == "OR") ta <- c(r$MH, r$MHp, r$TA, r$TAp)
    }
    cat(ta)`)
  const found = pooledTest(...sites.map(([drug, placebo]) => site(drug, placebo)))
  const { heterogeneity: differing } = found
  const numbers = [...numbersIn(found), found.statistic, found.p, differing?.statistic, differing?.p]
  assert.equal(apart(numbers, expected), '')
})

test('a site that withheld one group is in no ratio', () => {
  const [one, other] = SITES.map(([drug, placebo]) => site(drug, placebo))
  assert.ok(one && other)
  const whole = pooledTest(one, other)
  const found = pooledTest(one, other, site([90, 100], null))
  assert.deepEqual([found.estimates, found.statistic], [whole.estimates, whole.statistic])
  assert.match(found.note, /s2 did not give every part/)
  const none = pooledTest(site(null, [8, 38]))
  assert.deepEqual([none.estimates, none.statistic], [[], null])
})

test('institutions whose odds ratios differ are told', () => {
  const found = pooledTest(site([60, 100], [30, 100]), site([30, 100], [60, 100]))
  assert.ok(found.heterogeneity && found.heterogeneity.p < 1e-6)
  assert.match(found.note, /differ by more than chance.*`meta`/)
})

test('institutions whose odds ratios may differ by chance are not said to differ by more than it explains', () => {
  const found = pooledTest(site([50, 100], [40, 100]), site([40, 100], [48, 100]))
  const { p = 0 } = found.heterogeneity ?? {}
  assert.ok(p > 0.05 && p < 0.1, String(p))
  assert.match(found.note, /may differ \(p = 0\.0\d+\): one ratio for all would hide that/)
  assert.doesNotMatch(found.note, /more than chance/)
})

test('without anybody who has the level there is no ratio', () => {
  const found = pooledTest(site([0, 40], [8, 38]))
  assert.deepEqual(
    found.estimates?.map(({ measure, estimate }) => [measure, estimate === null]),
    [
      ['odds_ratio', true],
      ['risk_ratio', true],
      ['risk_difference', false]
    ]
  )
})

test('groups that can hold the same people have no ratio', () => {
  const found = pooledTest(site([12, 40], [8, 38], undefined, { ...ASKED, repeated: 'visits' }))
  assert.deepEqual([found.estimates, found.p, found.statistic], [undefined, null, null])
  assert.match(found.note, /the same people/)
})

test('whatever is rounded, intervals hold those of the exact counts, and p is not surer', () => {
  const off = fc.integer({ min: -2, max: 2 })
  const group = fc.tuple(
    fc.integer({ min: 60, max: 400 }),
    fc.double({ min: 0.25, max: 0.75, noNaN: true }),
    fc.tuple(off, off)
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(group, group), { minLength: 1, maxLength: 3 }), (sites) => {
      const exact = sites.map((pair) => pair.map(([of, p]) => [Math.round(of * p), of] as const))
      const shown = sites.map((pair) =>
        pair.map(([of, p, [one, other]]) => [Math.round(of * p) + one, of + other] as const)
      )
      const of = (all: readonly (readonly (readonly [number, number])[])[], accuracy?: Rounding) =>
        pooledTest(...all.map(([drug, placebo]) => site(drug ?? null, placebo ?? null, accuracy)))
      const ratios = (all: typeof exact) => all.flatMap((pair) => pair.map(([having, of]) => having / of))
      const apart = ratios(shown).map((ratio, i) => Math.abs(ratio - (ratios(exact)[i] ?? 0)))
      const [told, found] = [of(exact), of(shown, { share: Math.max(...apart) + 1e-9, of: 2 })]
      assert.match(found.note, /rounded for privacy/)
      for (const [i, { interval }] of (found.estimates ?? []).entries()) {
        const [low = 0, high = 0] = told.estimates?.[i]?.interval ?? []
        if (interval === null) continue
        assert.ok(
          (interval[0] ?? 0) <= low + 1e-12 && (interval[1] ?? 0) >= high - 1e-12,
          `${interval} for ${low} to ${high}`
        )
      }
      assert.ok(told.p !== null && (found.p === null || found.p >= told.p * 0.9))
      assert.equal(found.heterogeneity, undefined)
    })
  )
})

test('rounded counts give an interval at all where they are many', () => {
  const found = pooledTest(site([300, 1000], [200, 1000], { share: 0.002, of: 2 }))
  const [odds] = found.estimates ?? []
  assert.ok(odds?.interval && near(odds.estimate, (300 * 800) / (700 * 200)))
})
