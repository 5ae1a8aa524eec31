import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlanTest, TestResult } from '@stimnet/protocol'
import { holm, testAsked, testName } from '@stimnet/statistics'
import fc from 'fast-check'
import { column, IRIS, MTCARS } from '../fixtures.ts'
import { answer, apart, chances, dealt, inR, numbersOfR, numbersPart, pooledTest, withoutR } from './fixtures.ts'

const ASKED: PlanTest = { kind: 'pairwise', of: 'sd_x', by: 'arm' }
type Groups = Readonly<Record<string, readonly number[] | null>>
const site = (groups: Groups, more: { withheldGroups?: number; asked?: PlanTest } = {}) =>
  answer({
    columns: [column('arm', 'key'), column('sd_x', 'sd')],
    rows: Object.entries(groups).map(([arm, values]) => ({
      keys: [arm],
      parts: { sd_x: values && numbersPart(values, 1) }
    })),
    tests: [more.asked ?? ASKED],
    ...more
  })
const grouped = (values: readonly (readonly [string, number])[]): Groups =>
  Object.fromEntries(
    [...new Set(values.map(([group]) => group))]
      .sort()
      .map((group) => [group, values.filter(([own]) => own === group).map(([, value]) => value)])
  )
const ps = ({ estimates = [] }: TestResult) => estimates.map(({ p }) => p)
const FLOWERS = grouped(IRIS.map(({ species, length }) => [species, length] as const))

test('each two groups are compared as by pairwise.t.test(pool.sd = FALSE, p.adjust.method = "holm")', () => {
  // R: pairwise.t.test(iris$Sepal.Length, iris$Species, pool.sd = FALSE, p.adjust.method = 'holm')
  const found = pooledTest(site(FLOWERS))
  assert.equal(apart(ps(found), [7.49348522796768e-17, 1.19006018129569e-24, 1.866144387377e-7]), '')
  assert.deepEqual(
    found.estimates?.map(({ groups, n }) => [groups, n]),
    [
      [['setosa', 'versicolor'], 100],
      [['setosa', 'virginica'], 100],
      [['versicolor', 'virginica'], 100]
    ]
  )
  assert.deepEqual(testAsked(found), ASKED)
  // R: t.test(mpg ~ cyl) of each two, p.adjust(p, 'holm')
  const cars = pooledTest(site(grouped(MTCARS.map(({ cyl, mpg }) => [cyl, mpg] as const))))
  assert.equal(apart(ps(cars), [0.000404849534170228, 3 * 1.6413477331304e-6, 2 * 4.5403546151771e-5]), '')
  assert.equal(apart(cars.estimates?.[0]?.interval ?? [], [3.75137645066709, 10.0901819908913]), '')
})

test('random studies agree with R', { skip: withoutR }, () => {
  const chance = chances(8)
  const values = Array.from(
    { length: 150 },
    (_, i) => ['abcde'.charAt(i % 5), Math.round(100 * chance() + 4 * (i % 5)) / 10] as const
  )
  const expected = numbersOfR(`
    x <- ${inR(values.map(([, x]) => x))}; g <- rep(c('a', 'b', 'c', 'd', 'e'), 30)
    p <- pairwise.t.test(x, g, pool.sd = FALSE, p.adjust.method = 'holm')$p.value
    cat(p[!is.na(p)])`)
  assert.equal(apart(ps(pooledTest(site(grouped(values)))), expected), '')
})

test('p after Holm rises with p, is never above one, and one that is missing counts', () => {
  assert.deepEqual(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])
  assert.deepEqual(holm([0.01, null, 0.03]), [0.03, null, 0.06])
  assert.deepEqual(holm([0.6, 0.9]), [1, 1])
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }), (all) => {
      const adjusted = holm(all)
      for (const [i, p] of all.entries()) assert.ok(Number(adjusted[i]) >= p && Number(adjusted[i]) <= 1)
    })
  )
})

test('over several sites each two groups are compared where both were given, within the sites', () => {
  const halves = Object.entries(FLOWERS).map(([name, values]) => [name, dealt(values ?? [], 2)] as const)
  const [one, other] = [0, 1].map((at) => Object.fromEntries(halves.map(([name, parts]) => [name, parts[at] ?? []])))
  assert.ok(one && other)
  const found = pooledTest(site(one), site({ ...other, setosa: null }, { withheldGroups: 1 }))
  assert.deepEqual(
    found.estimates?.map(({ sites }) => sites),
    [['s0'], ['s0'], ['s0', 's1']]
  )
  assert.match(found.note, /Not every two groups.*fewer institutions/)
  assert.equal(found.adjusted_for, 'site')
  assert.equal(testName(found), 'Pairwise Welch’s t within institutions, p after Holm')
})

test('more groups than anybody can read are not compared', () => {
  const [values = []] = Object.values(FLOWERS)
  const many = pooledTest(site(Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`g${i}`, values]))))
  assert.deepEqual(many.estimates, [])
  assert.match(many.note, /more than 40/)
})

test('a small group is in no comparison, and groups of the same people have none', () => {
  const found = pooledTest(site({ ...FLOWERS, few: [1, 2, 3] }))
  const withFew = found.estimates?.filter(({ groups }) => groups.includes('few')) ?? []
  assert.ok(withFew.length === 3 && withFew.every(({ p, interval }) => p === null && interval === null))
  // Six comparisons were requested.
  assert.equal(apart([ps(found)[1]], [2 * 1.19006018129569e-24]), '')
  const repeated = pooledTest(site(FLOWERS, { asked: { ...ASKED, repeated: 'visits' } }))
  assert.deepEqual([repeated.estimates, repeated.p], [undefined, null])
  const clustered = pooledTest(site(FLOWERS, { asked: { ...ASKED, clustered: 'visits' } }))
  assert.match(clustered.note, /p is too small/)
})
