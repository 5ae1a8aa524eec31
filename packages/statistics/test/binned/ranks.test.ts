import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pool } from '@stimnet/statistics'
import { apart, inR, numbersOfR, pooledTest, withoutR } from '../classical/fixtures.ts'
import { endOf, GRID, MOST, type Person, planOf, study, told, veterans } from './fixtures.ts'

const GROUPS = ['standard', 'test']
const ranksPlan = (correct: boolean) =>
  planOf({ name: 'mann_whitney', variables: ['days'], by: ['arm'], arguments: { groups: GROUPS, correct } })

test('ranks of two groups are R’s wilcox.test of values rounded to the grid, over institutions', {
  skip: withoutR
}, () => {
  const people = [...veterans(), ...study(3, 400)].filter(({ arm }) => GROUPS.includes(arm))
  const joined = (edge: number) => edge < 30 || edge === 240
  const grid = GRID.filter((edge) => !joined(edge))
  const parts = [people.filter(({ time }) => time < 80), people.filter(({ time }) => time >= 80)]
  const found = [false, true].flatMap((correct) => {
    const result = pooledTest(...parts.map((own) => told(ranksPlan(correct), own, { joined })))
    assert.match(result.note, /grid of 11 bins.*not adjusted/)
    return [result.ranks?.w ?? null, result.p]
  })
  const of = (group: string) => inR(people.filter(({ arm }) => arm === group).map(({ time }) => endOf(time, grid)))
  const program = `x <- ${of('standard')}\ny <- ${of('test')}
for (correct in c(FALSE, TRUE)) { w <- wilcox.test(x, y, exact = FALSE, correct = correct); cat(c(w$statistic, w$p.value), "") }`
  assert.equal(apart(found, numbersOfR(program)), '')
})

test('an institution whose two groups have no edge in common is left out of the ranks, and named', () => {
  const people = [...veterans(), ...study(3, 400)].filter(({ arm }) => GROUPS.includes(arm))
  const [some, others] = [people.slice(0, 200), people.slice(200)]
  const onOne = (own: readonly Person[], edgeOf: Readonly<Record<string, number>>) =>
    told(ranksPlan(false), own, { joined: (edge, group) => edge !== edgeOf[group] })
  const apart = onOne(others, { standard: 30, test: 60 })
  const good = told(ranksPlan(false), some)
  const [both, alone] = [pooledTest(good, apart), pooledTest(good)]
  assert.deepEqual([both.sites, both.p, both.ranks], [['s0'], alone.p, alone.ranks])
  const because = 'the bins of the two groups have no inner edge in common, so that all values are in one bin'
  assert.match(both.note, new RegExp(`^At s1 ${because}\\. s1 is not in it\\. On a grid of 15 bins`))
  assert.equal(
    pooledTest(apart, apart).note,
    `At s0, s1 ${because}. Groups of more people, as of a wider cohort, have finer bins. \`compare\` of the means needs no bins.`
  )
  const [other, further] = [onOne(some, { standard: 90, test: 90 }), onOne(others, { standard: 30, test: 30 })]
  assert.equal(
    pooledTest(other, further).note,
    `The bins of the institutions have no inner edge in common, so that all values are in one bin: ask one institution at a time (--peers).`
  )
  const without = told(
    ranksPlan(false),
    people.filter(({ arm }) => arm === 'test')
  )
  assert.equal(pooledTest(without).note, 'A group is withheld or missing.')
})

test('how often the one group is above the other is told, and no test is made of rounded counts', () => {
  const people = veterans()
  const made = pooledTest(told(ranksPlan(false), people))
  const [x, y] = GROUPS.map((group) => people.filter(({ arm }) => arm === group).map(({ time }) => endOf(time, GRID)))
  const pairs = (x ?? []).flatMap((one): number[] =>
    (y ?? []).map((other) => (one > other ? 1 : one === other ? 0.5 : 0))
  )
  const share = pairs.reduce((a, b) => a + b, 0) / pairs.length
  assert.ok(Math.abs((made.estimates?.[0]?.estimate ?? 0) - share) < 1e-12)
  assert.ok((made.statistic ?? 0) > 0 === share > 0.5)
  const rounded = pooledTest(told(ranksPlan(false), people, { accuracy: { each: 2.5, sum: 2.5 } }))
  assert.deepEqual([rounded.p, rounded.statistic, rounded.estimates], [null, null, undefined])
  assert.match(rounded.note, /rounded for privacy or hide/)
})

const medianPlan = (q: number) => planOf({ name: 'quantile', variables: ['days'], arguments: { interval: true, q } })

/** The values of the ranks of an exact binomial interval, at the edges of their bins. */
function byRanks(people: readonly Person[], q: number, edges: readonly number[]): [number, number] {
  const sorted = people.map(({ time }) => time).sort((a, b) => a - b)
  const n = sorted.length
  const chance = Array.from({ length: n + 1 }, (_, many) => many).map((many) => {
    const log = Array.from({ length: many }, (_, i) => Math.log((n - i) / (i + 1))).reduce((a, b) => a + b, 0)
    return Math.exp(log + many * Math.log(q) + (n - many) * Math.log(1 - q))
  })
  const below = (rank: number) => chance.slice(0, rank).reduce((a, b) => a + b, 0)
  const ranks = Array.from({ length: n }, (_, i) => i + 1)
  const low = ranks.findLast((rank) => below(rank) <= 0.025) ?? 1
  const high = ranks.find((rank) => 1 - below(rank) <= 0.025) ?? n
  const startOf = (time: number) => [0, ...edges].findLast((edge) => edge <= time) ?? 0
  return [startOf(sorted[low - 1] ?? 0), endOf(sorted[high - 1] ?? 0, edges)]
}

test('the interval of a quantile is that of order statistics, as wide as their bins', () => {
  const people = study(8, 240)
  for (const q of [0.25, 0.5, 0.8]) {
    const parts = [people.slice(0, 90), people.slice(90)].map((own) =>
      told(medianPlan(q), own, { joined: (edge) => edge === 45 })
    )
    const result = pooledTest(...parts)
    const [found] = result.estimates ?? []
    const expected = byRanks(
      people,
      q,
      GRID.filter((edge) => edge !== 45)
    )
    assert.deepEqual(found?.interval, expected, `${q}`)
    const pooled = pool(parts.map((output, i) => ({ site: `s${i}`, output })))
    assert.equal(found?.estimate, pooled.rows[0]?.values[0])
    assert.equal(found?.n, 240)
  }
})

test('of rounded bins the interval holds that of every exact number behind them', () => {
  for (let seed = 50; seed < 90; seed++) {
    const people = study(seed, 150)
    const [exact] = pooledTest(told(medianPlan(0.5), people)).estimates ?? []
    const how = { round: (rows: number) => Math.floor(rows / 5 + 0.5) * 5, accuracy: { each: 2.5, sum: 2.5 * 15 } }
    const result = pooledTest(told(medianPlan(0.5), people, how))
    const [low = 0, high = MOST] = exact?.interval ?? []
    const [least = 0, most = MOST] = result.estimates?.[0]?.interval ?? []
    assert.ok(least <= low && most >= high, `${seed}: ${low} to ${high} in ${least} to ${most}`)
    assert.match(result.note, /rounded|no interval/)
  }
})
