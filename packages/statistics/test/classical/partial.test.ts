import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OutputPart, PlanTest, TestResult } from '@stimnet/protocol'
import { testAsked } from '@stimnet/statistics'
import fc from 'fast-check'
import { column, MTCARS } from '../fixtures.ts'
import { answer, apart, chances, dealt, inR, numbersOfR, pairsPart, pooledTest, withoutR } from './fixtures.ts'

const COUNTS = ['count_x', 'count_y', 'count_z'] as const
const PAIRS = ['r_xy', 'r_xz', 'r_yz'] as const
const ASKED: PlanTest = {
  ...{ kind: 'partial_correlation', of: 'r_xy', by: [], groups: ['x', 'y', 'z'] },
  columns: ['r_xz', 'r_yz', ...COUNTS]
}
type Row = readonly [x: number | null, y: number | null, z: number | null]
type Decimals = readonly [number, number, number]
interface More {
  readonly partOf?: (part: OutputPart, name: string) => OutputPart | null
  readonly base?: number
  /** A column from which people were left out. */
  readonly leftOut?: string
  readonly asked?: PlanTest
}

/** The answer of one site: the number of values of each variable, and each correlation over the rows that have both variables. */
function site(
  rows: readonly Row[],
  decimals: Decimals,
  { partOf = (part) => part, asked = ASKED, leftOut = '', ...more }: More = {}
) {
  const places = [
    [0, 1],
    [0, 2],
    [1, 2]
  ] as const
  const parts: [string, OutputPart][] = [
    ...COUNTS.map((name, i): [string, OutputPart] => [name, { add: rows.filter((row) => row[i] !== null).length }]),
    ...PAIRS.map((name, i): [string, OutputPart] => {
      const [one, other] = places[i] ?? [0, 1]
      const both = rows.flatMap((row) => {
        const [a = null, b = null] = [row[one], row[other]]
        return a === null || b === null ? [] : [[a, b] as const]
      })
      return [name, pairsPart(both, [decimals[one], decimals[other]])]
    })
  ]
  return answer({
    columns: [
      ...COUNTS.map((name) => column(name, 'count')),
      ...PAIRS.map((name) => column(name, 'correlation', name === leftOut ? { left_out: true } : {}))
    ],
    rows: [{ keys: [], parts: Object.fromEntries(parts.map(([name, part]) => [name, partOf(part, name)])) }],
    tests: [asked],
    ...more
  })
}
const numbersIn = ({ estimates, statistic, df, p }: TestResult) => {
  const [one] = estimates ?? []
  return [one?.n, one?.estimate, ...(one?.interval ?? []), statistic, df[0], p]
}

const POWER =
  '110 110 93 110 175 105 245 62 95 123 123 180 180 180 205 215 230 66 52 65 97 150 150 245 175 66 91 113 264 175 335 109'
    .split(' ')
    .map(Number)
const CARS = MTCARS.map(({ mpg, wt }, i): Row => [mpg, wt, POWER[i] ?? 0])

test('a partial correlation, split over sites, is the correlation of the residuals over all rows', () => {
  // R: r <- cor(resid(lm(mpg ~ hp)), resid(lm(wt ~ hp))); t and p of summary(lm(mpg ~ wt + hp)); tanh(atanh(r) + c(-1, 1) * qnorm(0.975) / sqrt(32 - 4))
  const expected = [
    ...[32, -0.751204904961865, -0.873132767123425, -0.540821844914525],
    ...[-6.12869521981041, 29, 1.11964713620005e-6]
  ]
  for (const sites of [1, 2, 3]) {
    const found = pooledTest(...dealt(CARS, sites).map((rows) => site(rows, [1, 3, 0])))
    assert.equal(apart(numbersIn(found), expected), '')
    assert.deepEqual([found.note, found.adjusted_for], ['', undefined])
    assert.deepEqual(testAsked(found), ASKED)
  }
})

test('random studies agree with R, also where no row lacks anything but whole rows', { skip: withoutR }, () => {
  const chance = chances(17)
  const rows = Array.from({ length: 80 }, (): Row => {
    const z = Math.round(100 * chance())
    return [Math.round(0.5 * z + 50 * chance()), Math.round(60 * chance() - 0.3 * z), z]
  })
  const [x, y, z] = ([0, 1, 2] as const).map((at) => inR(rows.map((row) => row[at] ?? 0)))
  const expected = numbersOfR(`
    x <- ${x}; y <- ${y}; z <- ${z}
    r <- cor(resid(lm(x ~ z)), resid(lm(y ~ z)))
    cat(80, r, tanh(atanh(r) + c(-1, 1) * qnorm(0.975) / sqrt(76)), summary(lm(x ~ y + z))$coefficients[2, 3], 77,
        summary(lm(x ~ y + z))$coefficients[2, 4])`)
  const nobody: Row[] = [[null, null, null]]
  const found = pooledTest(...dealt(rows, 3).map((part) => site([...part, ...nobody], [0, 0, 0])))
  assert.equal(apart(numbersIn(found), expected), '')
})

test('correlations over other rows, or not known to be over the same, are not put together', () => {
  const [first = CARS[0], second = CARS[1], third = CARS[2], ...rest] = CARS as Row[]
  assert.ok(first && second && third)
  const lacking: Row[] = [[null, first[1], first[2]], [second[0], null, second[2]], [third[0], third[1], null], ...rest]
  const same = site(CARS, [1, 3, 0])
  const rounded = (part: OutputPart, name: string): OutputPart =>
    name === 'count_x' && 'add' in part ? { ...part, accuracy: 2.5 } : part
  const countRounded = (part: OutputPart) => ('add' in part ? { ...part, accuracy: 2.5 } : part)
  for (const [what, other] of [
    ['one row lacks one', site([[null, first[1], first[2]], ...CARS.slice(1)], [1, 3, 0])],
    ['as many pairs of each, of other rows', site(lacking, [1, 3, 0])],
    ['numbers of values that are not exact', site(CARS, [1, 3, 0], { partOf: countRounded })],
    ['rounded counts', site(CARS, [1, 3, 0], { base: 5 })],
    ['people were left out of one', site(CARS, [1, 3, 0], { leftOut: 'r_xz' })],
    ['one is withheld', site(CARS, [1, 3, 0], { partOf: (part, name) => (name === 'r_yz' ? null : part) })]
  ] as const) {
    const alone = pooledTest(other)
    assert.deepEqual([alone.p, alone.statistic, alone.estimates], [null, null, undefined], what)
    assert.match(alone.note, /must be over the same rows.*analysis set.*with --set NAME.*must declare one\.$/)
    assert.doesNotMatch(alone.note, /--where/)
    const both = pooledTest(same, other)
    assert.deepEqual([both.sites, both.statistic], [['s0'], pooledTest(same).statistic], what)
  }
  // One variable that everybody in the pairs has is sufficient to know this.
  assert.notEqual(pooledTest(site(CARS, [1, 3, 0], { partOf: rounded })).p, null)
})

test('few rows, and one variable that follows from the others, have no partial correlation', () => {
  assert.match(pooledTest(site(CARS.slice(0, 13), [1, 3, 0])).note, /degrees of freedom/)
  const follows = CARS.map(([x, , z]): Row => [x, 2 * (x ?? 0), z])
  assert.equal(pooledTest(site(follows, [1, 1, 0])).p, null)
})

test('rows of one person are told', () => {
  const found = pooledTest(site(CARS, [1, 3, 0], { asked: { ...ASKED, clustered: 'visits' } }))
  assert.match(found.note, /visits has several rows per person.*p is too small/)
})

test('whatever is rounded, a partial correlation is not surer than the exact one', () => {
  const coarse = (value: number, step: number) => Math.round(value / step) * step
  const rounded = (part: OutputPart): OutputPart => {
    if (!('moments' in part) || part.moments.second === undefined) return part
    const { n, sum, deviations = 0, second } = part.moments
    return {
      moments: {
        ...{ n, sum: coarse(sum, 2), deviations: coarse(deviations, 16) },
        second: {
          sum: coarse(second.sum, 2),
          deviations: coarse(second.deviations, 16),
          cross: coarse(second.cross, 16)
        },
        accuracy: { sum: 1, deviations: 8, second: { sum: 1, deviations: 8, cross: 8 } }
      }
    }
  }
  const strength = fc.integer({ min: -4, max: 4 })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 25, max: 70 }), strength, strength), { minLength: 1, maxLength: 3 }),
      (sites) => {
        const all = sites.map(([n, one, other]) =>
          Array.from({ length: n }, (_, i): Row => {
            const z = (i * 7) % 31
            return [z * one + ((i * 11) % 37), z * other + ((i * 5) % 29), z]
          })
        )
        const exact = pooledTest(...all.map((rows) => site(rows, [0, 0, 0])))
        const found = pooledTest(...all.map((rows) => site(rows, [0, 0, 0], { partOf: rounded })))
        assert.ok(exact.p !== null && (found.p === null || found.p >= exact.p - 1e-9), `${found.p} for ${exact.p}`)
        const [{ interval } = {}, { interval: wide } = {}] = [exact.estimates?.[0], found.estimates?.[0]]
        assert.ok(interval && wide && Number(wide[0]) <= Number(interval[0]) && Number(wide[1]) >= Number(interval[1]))
        assert.match(found.note, /rounded for privacy/)
      }
    )
  )
})
