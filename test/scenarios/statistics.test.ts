import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { randomUnit, type StatisticCall, seededRandom } from '@stimnet/protocol'
import { type Broadcast, type Client, verifyAndPool } from '@stimnet/sdk'
import { answerOf, startFederation } from '../mesh.ts'
import type { Ending } from '../scratch.ts'

/** Number of subjects at each institution, large enough that every cell of the tables below can be released. */
const SIZES = [700, 900, 1100]
const ARMS = ['placebo', 'low', 'high']
const SEXES = ['female', 'male']
const CUTS = [35, 50, 65]

interface Subject {
  readonly arm: string
  readonly sex: string
  readonly age: number
  readonly weight: number
}

/** Weights that are skewed, differ by arm and sex and depend on age, so that no statistic below is zero by accident. */
function subjectsOf(site: number): Subject[] {
  const source = seededRandom(11 + site)
  const chance = () => randomUnit(source)
  return Array.from({ length: SIZES[site] ?? 0 }, (_, i) => {
    const arm = ARMS[Math.floor(chance() * 3)] ?? ''
    const sex = chance() < 0.45 + 0.1 * ARMS.indexOf(arm) ? 'female' : 'male'
    const age = 20 + Math.floor(chance() * 60)
    const base = 48 + 45 * chance() ** 1.7 + 4 * ARMS.indexOf(arm) + (sex === 'male' ? 5 : 0) + age / 10
    return { arm, sex, age, weight: Math.round(base * 10 + (i % 2)) / 10 }
  })
}

/** Three of four have a partner of the other sex. */
function partnerOf({ sex }: Subject, at: number): string {
  return SEXES.find((other) => (at % 4 === 0 ? other === sex : other !== sex)) ?? ''
}

/** Women are followed longer; about half leave before the event. */
function followedOf({ sex, age }: Subject, chance: () => number) {
  const event = Math.floor((-Math.log(1 - chance()) * 6000) / age)
  const leaving = Math.floor(chance() * (sex === 'female' ? 300 : 200))
  return { days: Math.min(event, leaving), died: event <= leaving ? 'yes' : 'no' }
}

function followed(site: number) {
  const source = seededRandom(71 + site)
  return subjectsOf(site).map((one) => ({ ...one, ...followedOf(one, () => randomUnit(source)) }))
}

const DAYS = [10, 20, 30, 45, 60, 90, 120, 150, 180, 210, 240, 270]

const CATALOG = {
  ...{ name: 'weights', access_level: 'public', subject_key: 'id', synthetic: true },
  tables: [
    {
      ...{ name: 'people', file: 'data/people.csv', one_row_per_subject: true },
      variables: [
        { name: 'arm', type: 'category', levels: ARMS },
        { name: 'sex', type: 'category', levels: SEXES },
        { name: 'age', type: 'integer', minimum: 18, maximum: 99, breakpoints: CUTS },
        { name: 'weight', type: 'number', unit: 'kg', decimals: 1, minimum: 30, maximum: 150 }
      ]
    },
    {
      ...{ name: 'followed', file: 'data/followed.csv', one_row_per_subject: true },
      variables: [
        { name: 'days', type: 'integer', unit: 'd', minimum: 0, maximum: 300, breakpoints: DAYS },
        { name: 'died', type: 'category', levels: ['no', 'yes'] }
      ]
    },
    // This table has a `sex` of its own. A query about people means that of people.
    {
      ...{ name: 'partners', file: 'data/partners.csv', one_row_per_subject: true },
      variables: [{ name: 'sex', type: 'category', levels: SEXES }]
    }
  ]
}

async function startThree(t: Ending): Promise<{ client: Client; peers: readonly Peer[] }> {
  const { client, peers } = await startFederation(t, SIZES.length, {
    config: { catalogs: [CATALOG] },
    prepare: async ({ folder }, at) => {
      const people = subjectsOf(at)
      const lines = people.map(({ arm, sex, age, weight }, i) => `S${i},${arm},${sex},${age},${weight}`)
      await writeFile(join(folder, 'data/people.csv'), ['id,arm,sex,age,weight', ...lines].join('\n'))
      const days = followed(at).map((one, i) => `S${i},${one.days},${one.died}`)
      await writeFile(join(folder, 'data/followed.csv'), ['id,days,died', ...days].join('\n'))
      const partners = people.map((one, i) => `S${i},${partnerOf(one, i)}`)
      await writeFile(join(folder, 'data/partners.csv'), ['id,sex', ...partners].join('\n'))
    }
  })
  return { client: await client(0), peers }
}

async function ask(client: Client, program: Partial<StatisticCall> | string, extra: object = {}): Promise<Broadcast> {
  const isSql = typeof program === 'string'
  const answer = await answerOf(client, {
    data_catalog_name: 'weights',
    script_type: isSql ? 'sql' : 'statistic',
    script_content: isSql ? program : JSON.stringify(program),
    ...extra
  })
  assert.deepEqual(
    answer.parts.map(({ state, code }) => [state, code]),
    SIZES.map(() => ['completed', null]),
    JSON.stringify(answer.parts.map(({ reason }) => reason))
  )
  return answer
}

/** The measures of a row, by name. */
function measures({ pooled }: Broadcast, row = 0): Record<string, unknown> {
  const columns = pooled?.columns ?? []
  return Object.fromEntries(columns.map(({ name }, i) => [name, pooled?.rows[row]?.values[i]]))
}

function assertNear(actual: unknown, expected: number, what: string): void {
  const isNear = typeof actual === 'number' && Math.abs(actual - expected) <= 1e-8 * Math.abs(expected)
  assert.ok(isNear, `${what}: ${actual} for ${expected}`)
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

/** Moments computed by their definition, over all values at once. */
function momentsOf(values: readonly number[]) {
  const n = values.length
  const mean = sum(values) / n
  const central = (power: number) => sum(values.map((value) => (value - mean) ** power)) / n
  const variance = (central(2) * n) / (n - 1)
  const [skewness, kurtosis] = [central(3) / central(2) ** 1.5, central(4) / central(2) ** 2]
  return { n, mean, variance, sd: Math.sqrt(variance), skewness, kurtosis }
}

function correlationOf(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [momentsOf(x), momentsOf(y)]
  return sum(x.map((value, i) => (value - a.mean) * ((y[i] ?? 0) - b.mean))) / (x.length - 1) / (a.sd * b.sd)
}

/** The residual sum of squares after fitting the effects of the factors in turn until they converge. */
function leftOver<F extends string>(
  people: readonly ({ weight: number } & Record<F, string>)[],
  factors: readonly F[]
) {
  let rest = people.map(({ weight }) => weight)
  for (let turn = 0; turn < 60; turn++) {
    for (const factor of factors) {
      const levels = Map.groupBy(rest.keys(), (i) => people[i]?.[factor])
      const means = new Map(
        [...levels].map(([level, places]) => [level, sum(places.map((i) => rest[i] ?? 0)) / places.length])
      )
      rest = rest.map((value, i) => value - (means.get(people[i]?.[factor]) ?? 0))
    }
  }
  return sum(rest.map((value) => value ** 2))
}

describe('statistics of three institutions', () => {
  const all = SIZES.flatMap((_, site) => subjectsOf(site))
  const bySite = SIZES.map((_, site) => subjectsOf(site))
  const weights = all.map(({ weight }) => weight)
  const weightsOf = (key: 'sex' | 'arm', level: string) => all.filter((one) => one[key] === level).map((o) => o.weight)

  test('pool to what one computation over all their subjects gives', async (t) => {
    const { client, peers } = await startThree(t)
    await t.test('moments, skewness and kurtosis; by name and by SQL', async () => {
      const expected = momentsOf(weights)
      const named = await ask(client, { name: 'moments', variables: ['weight'], arguments: { kurtosis: true } })
      const found = measures(named)
      assert.equal(found.count_weight, all.length)
      for (const kind of ['mean', 'variance', 'sd', 'skewness', 'kurtosis'] as const)
        assertNear(found[`${kind}_weight`], expected[kind], kind)
      const sql = measures(await ask(client, 'SELECT SKEWNESS(weight), KURTOSIS(weight), STDDEV(weight) FROM people'))
      assertNear(sql.skewness_weight, expected.skewness, 'SKEWNESS')
      assertNear(sql.kurtosis_weight, expected.kurtosis, 'KURTOSIS')
      const verified = await verifyAndPool(named, { peers: peers.map(({ peerId }) => peerId) })
      assert.ok(verified.complete)
      assert.deepEqual(verified.pooled, named.pooled)
    })

    await t.test('a correlation', async () => {
      const ages = all.map(({ age }) => age)
      const found = measures(await ask(client, { name: 'correlation', variables: ['age', 'weight'] }))
      assertNear(found.correlation_age_weight, correlationOf(ages, weights), 'correlation')
    })

    await t.test('a comparison of two groups: Welch’s t within the institutions', async () => {
      const answer = await ask(client, { name: 'compare', variables: ['weight'], by: ['people.sex'] })
      const [welch] = answer.pooled?.tests ?? []
      const strata = bySite.map((people) =>
        SEXES.map((sex) => momentsOf(people.filter((one) => one.sex === sex).map(({ weight }) => weight)))
      )
      const weightOf = ([one, other]: ReturnType<typeof momentsOf>[]) =>
        one && other ? (one.n * other.n) / (one.n + other.n) : 0
      const whole = sum(strata.map(weightOf))
      const difference =
        sum(strata.map((pair) => weightOf(pair) * ((pair[0]?.mean ?? 0) - (pair[1]?.mean ?? 0)))) / whole
      const errors = strata.flatMap((pair) =>
        pair.map(({ variance, n }) => ({ square: ((weightOf(pair) / whole) ** 2 * variance) / n, n }))
      )
      const square = sum(errors.map((error) => error.square))
      assert.ok(welch)
      assertNear(welch.difference, difference, 'difference')
      assertNear(welch.statistic, difference / Math.sqrt(square), 't')
      assertNear(welch.df[0], square ** 2 / sum(errors.map((error) => error.square ** 2 / (error.n - 1))), 'df')
      assert.ok(welch.p !== null && welch.p < 1e-6 && welch.interval !== null)
      assert.deepEqual(
        welch.groups.map(({ name, n }) => [name, n]),
        SEXES.map((sex) => [sex, weightsOf('sex', sex).length])
      )
      assert.deepEqual([welch.adjusted_for, welch.sites?.length, welch.note], ['site', 3, ''])
      const part = answer.parts[0]?.output
      assert.ok(part?.kind === 'table' && part.tests?.[0]?.statistic !== welch.statistic, 'a site has its own')
    })

    await t.test('a meta-analysis of the difference of two groups', async () => {
      const answer = await ask(client, {
        ...{ name: 'meta', variables: ['weight'], by: ['people.sex'] },
        arguments: { method: 'fixed', interval: 'wald' }
      })
      const [meta] = answer.pooled?.tests ?? []
      const effects = bySite.map((people) => {
        const [one, other] = SEXES.map((sex) =>
          momentsOf(people.filter((person) => person.sex === sex).map(({ weight }) => weight))
        )
        assert.ok(one && other)
        return { estimate: one.mean - other.mean, variance: one.variance / one.n + other.variance / other.n }
      })
      const weights = effects.map(({ variance }) => 1 / variance)
      const expected = sum(effects.map(({ estimate }, i) => estimate * (weights[i] ?? 0))) / sum(weights)
      assertNear(meta?.difference, expected, 'combined difference')
      assertNear(meta?.statistic, expected * Math.sqrt(sum(weights)), 'z')
      assert.deepEqual([meta?.df, meta?.note, meta?.sites?.length], [[], '', 3])
      const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b)
      const own = ascending(meta?.meta?.sites.map(({ estimate }) => estimate) ?? [])
      for (const [i, estimate] of ascending(effects.map((one) => one.estimate)).entries())
        assertNear(own[i], estimate, 'a site')
      const verified = await verifyAndPool(answer, { peers: peers.map(({ peerId }) => peerId) })
      assert.deepEqual(verified.pooled, answer.pooled)
    })

    await t.test('an analysis of variance with the institution as a factor', async () => {
      const answer = await ask(client, { name: 'anova', variables: ['weight'], by: ['arm'] })
      const people = bySite.flatMap((ofSite, site) =>
        ofSite.map(({ arm, weight }) => ({ arm, weight, site: String(site) }))
      )
      const [alone, both] = [['site'] as const, ['site', 'arm'] as const].map((factors) => leftOver(people, factors))
      const freedoms = all.length - 3 - 2
      const [anova] = answer.pooled?.tests ?? []
      assertNear(anova?.statistic, ((alone ?? 0) - (both ?? 0)) / 2 / ((both ?? 0) / freedoms), 'F')
      assert.deepEqual(anova?.df, [2, freedoms])
    })

    await t.test('a table, and the test of Cochran, Mantel and Haenszel over it', async () => {
      const answer = await ask(client, { name: 'chi_squared', variables: ['arm', 'people.sex'] })
      const count = (people: typeof all, arm: string, sex: string) =>
        people.filter((one) => one.arm === arm && one.sex === sex).length
      const rows = answer.pooled?.rows.map(({ values }) => values) ?? []
      const expected = ARMS.flatMap((arm) => SEXES.map((sex) => [arm, sex, count(all, arm, sex)]))
      assert.deepEqual(rows, expected)
      const strata = bySite.map((people) => {
        const ofSex = people.filter((one) => one.sex === SEXES[0]).length
        const ofArm = ARMS.map((arm) => people.filter((one) => one.arm === arm).length)
        const n = people.length
        const scale = (ofSex * (n - ofSex)) / (n ** 2 * (n - 1))
        return {
          away: ofArm.map((arms, i) => count(people, ARMS[i] ?? '', SEXES[0] ?? '') - (arms * ofSex) / n),
          spread: ofArm.map((one, i) => ofArm.map((other, j) => scale * one * ((i === j ? n : 0) - other)))
        }
      })
      const away = (i: number) => sum(strata.map((one) => one.away[i] ?? 0))
      const spread = (i: number, j: number) => sum(strata.map((one) => one.spread[i]?.[j] ?? 0))
      const [a, b, c] = [spread(0, 0), spread(0, 1), spread(1, 1)]
      const form = (c * away(0) ** 2 - 2 * b * away(0) * away(1) + a * away(1) ** 2) / (a * c - b * b)
      const [chi] = answer.pooled?.tests ?? []
      assertNear(chi?.statistic, form, 'χ²')
      assert.deepEqual([chi?.df, chi?.note, chi?.adjusted_for], [[2], '', 'site'])
    })

    await t.test('a mean with its interval, of each sex; a share and a correlation with theirs', async () => {
      const interval = { interval: true }
      const z = 1.9599639845400545
      const answer = await ask(client, { name: 'mean', variables: ['weight'], by: ['people.sex'], arguments: interval })
      const [test] = answer.pooled?.tests ?? []
      for (const [i, sex] of SEXES.entries()) {
        const { n, mean, sd } = momentsOf(weightsOf('sex', sex))
        const found = test?.estimates?.[i]
        assert.deepEqual([found?.groups, found?.n, found?.sites?.length], [[sex], n, 3])
        assertNear(found?.estimate, mean, 'mean')
        // With so many degrees of freedom t is z to three digits.
        const half = ((found?.interval?.[1] ?? 0) - (found?.interval?.[0] ?? 0)) / 2 / (sd / Math.sqrt(n))
        assert.ok(half > z && half < z * 1.003, `${half}`)
      }
      const own = answer.parts[0]?.output
      assert.ok(own?.kind === 'table' && own.tests?.[0]?.estimates?.length === 2, 'an institution has its own')
      const verified = await verifyAndPool(answer, { peers: peers.map(({ peerId }) => peerId) })
      assert.deepEqual(verified.pooled, answer.pooled)

      const share = await ask(client, {
        name: 'share',
        variables: ['people.sex'],
        arguments: { level: 'female', ...interval }
      })
      const [p, n] = [weightsOf('sex', 'female').length / all.length, all.length]
      const middle = (p + z ** 2 / 2 / n) / (1 + z ** 2 / n)
      const reach = (z / (1 + z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + z ** 2 / 4 / n ** 2)
      const ofShare = share.pooled?.tests?.[0]?.estimates?.[0]?.interval ?? []
      for (const [i, end] of [middle - reach, middle + reach].entries()) assertNear(ofShare[i], end, 'Wilson')

      const pair = await ask(client, { name: 'correlation', variables: ['age', 'weight'], arguments: interval })
      const r = Math.atanh(
        correlationOf(
          all.map(({ age }) => age),
          weights
        )
      )
      const ofPair = pair.pooled?.tests?.[0]?.estimates?.[0]?.interval ?? []
      for (const [i, side] of [-1, 1].entries())
        assertNear(ofPair[i], Math.tanh(r + (side * z) / Math.sqrt(n - 3)), 'Fisher')
    })

    await t.test('a mean against a value', async () => {
      const answer = await ask(client, { name: 'one_sample', variables: ['weight'], arguments: { value: 75 } })
      const { n, mean, sd } = momentsOf(weights)
      const [test] = answer.pooled?.tests ?? []
      assertNear(test?.statistic, (mean - 75) / (sd / Math.sqrt(n)), 't')
      assert.deepEqual([test?.df, test?.note, test?.sites?.length, test?.adjusted_for], [[n - 1], '', 3, undefined])
    })

    await t.test('odds and risks of two arms, by Mantel and Haenszel', async () => {
      const answer = await ask(client, {
        ...{ name: 'two_by_two', variables: ['people.sex'], by: ['arm'] },
        arguments: { level: 'female', groups: ['high', 'placebo'] }
      })
      const count = (people: typeof all, arm: string, sex: string) =>
        people.filter((one) => one.arm === arm && one.sex === sex).length
      const strata = bySite.map((people) => {
        const [a = 0, b = 0, c = 0, d = 0] = ['high', 'placebo'].flatMap((arm) =>
          SEXES.map((sex) => count(people, arm, sex))
        )
        return { a, b, c, d, n: a + b + c + d }
      })
      const ratio = (top: (s: (typeof strata)[number]) => number, bottom: (s: (typeof strata)[number]) => number) =>
        sum(strata.map(top)) / sum(strata.map(bottom))
      const [odds, risk] = answer.pooled?.tests?.[0]?.estimates ?? []
      assertNear(
        odds?.estimate,
        ratio(
          ({ a, d, n }) => (a * d) / n,
          ({ b, c, n }) => (b * c) / n
        ),
        'odds ratio'
      )
      assertNear(
        risk?.estimate,
        ratio(
          ({ a, c, d, n }) => (a * (c + d)) / n,
          ({ a, b, c, n }) => (c * (a + b)) / n
        ),
        'risk ratio'
      )
      const [test] = answer.pooled?.tests ?? []
      assert.deepEqual([test?.adjusted_for, test?.sites?.length, test?.heterogeneity?.df], ['site', 3, 2])
    })

    await t.test('McNemar’s test of two categories of the same people', async () => {
      const answer = await ask(client, { name: 'mcnemar', variables: ['people.sex', 'partners.sex'] })
      const changed = bySite.flatMap((people) => people.filter((one, i) => partnerOf(one, i) !== one.sex))
      const there = changed.filter(({ sex }) => sex === SEXES[0]).length
      const back = changed.length - there
      const [test] = answer.pooled?.tests ?? []
      assertNear(test?.statistic, (there - back) ** 2 / changed.length, 'χ²')
      assert.deepEqual(
        test?.groups.map(({ name, n }) => [name, n]),
        [
          [SEXES[0], there],
          [SEXES[1], back]
        ]
      )
    })

    await t.test('an exact test, and each arm with each other', async () => {
      const exact = await ask(client, {
        ...{ name: 'fisher', variables: ['people.sex', 'arm'] },
        arguments: { levels: ['low', 'high'] }
      })
      const [fisher] = exact.pooled?.tests ?? []
      assert.ok(fisher?.p != null && fisher.p > 0 && fisher.p < 1 && fisher.note === '', JSON.stringify(fisher))
      const post = await ask(client, {
        name: 'anova',
        variables: ['weight'],
        by: ['arm'],
        arguments: { pairwise: true }
      })
      const pairs = post.pooled?.tests?.[1]?.estimates ?? []
      assert.deepEqual(
        pairs.map(({ groups, sites }) => [groups, sites?.length]),
        [
          [['placebo', 'low'], 3],
          [['placebo', 'high'], 3],
          [['low', 'high'], 3]
        ]
      )
      const alone = await ask(client, {
        ...{ name: 'compare', variables: ['weight'], by: ['arm'] },
        arguments: { groups: ['placebo', 'high'] }
      })
      assertNear(pairs[1]?.estimate, Number(alone.pooled?.tests?.[0]?.difference), 'as the comparison alone')
    })

    await t.test(
      'survival of each sex on the grid that the institutions have in common, and its log-rank test and hazard ratio',
      async () => {
        const call = { variables: ['days', 'died'], by: ['people.sex'], arguments: { event: 'yes' } }
        const answer = await ask(client, { name: 'kaplan_meier', ...call })
        const curves = answer.pooled?.tests?.[0]?.survival?.curves ?? []
        assert.deepEqual(
          curves.map(({ group, sites }) => [group, sites?.length]),
          SEXES.map((sex) => [sex, 3])
        )
        const everyone = SIZES.flatMap((_, site) => followed(site))
        for (const { group, steps, n } of curves) {
          const own = everyone.filter(({ sex }) => sex === group)
          assert.equal(n, own.length)
          assert.ok(steps.length >= 8, `${group}: ${steps.length} steps`)
          // People who leave do so at the end of an interval of a separate grid.
          const leaving = steps.flatMap(({ censored, time }) => (censored > 0 ? [time ?? 0] : []))
          let survival = 1
          for (const [i, step] of steps.entries()) {
            const [from, to] = [steps[i - 1]?.time ?? 0, step.time ?? 0]
            const events = own.filter((one) => one.died === 'yes' && one.days >= from && (one.days < to || to === 300))
            const isLeft = ({ days, died }: (typeof own)[number]) =>
              died === 'yes' ? days >= from : (leaving.find((end) => days < end) ?? 300) >= to
            const atRisk = own.filter(isLeft).length
            survival *= 1 - events.length / atRisk
            assert.deepEqual([step.events, step.at_risk], [events.length, atRisk], `${group} at ${to}`)
            assertNear(step.survival, survival, `${group} at ${to}`)
          }
        }
        const verified = await verifyAndPool(answer, { peers: peers.map(({ peerId }) => peerId) })
        assert.deepEqual(verified.pooled, answer.pooled)
        const part = answer.parts[0]?.output
        assert.ok(part?.kind === 'table' && part.rows.every(({ parts }) => 'bins' in (parts.count_days ?? {})))
        const compared = await ask(client, { name: 'log_rank', ...call })
        const [logRank] = compared.pooled?.tests ?? []
        assert.ok(logRank?.p != null && logRank.sites?.length === 3, JSON.stringify(logRank))
        const counted = logRank.survival?.counts ?? []
        assert.equal(sum(counted.map(({ observed }) => observed)), everyone.filter(({ died }) => died === 'yes').length)
        assertNear(
          sum(counted.map(({ expected }) => expected)),
          sum(counted.map(({ observed }) => observed)),
          'expected'
        )
        // From the same counts the hazard ratio, which is near the ratio of observed to expected events.
        const hazards = await ask(client, { name: 'cox', ...call, arguments: { ...call.arguments, site: 'none' } })
        assert.deepEqual(hazards.pooled?.rows, compared.pooled?.rows)
        const [cox] = hazards.pooled?.tests ?? []
        assert.ok(cox?.p != null && cox.sites?.length === 3, JSON.stringify(cox))
        const [reference, other] = SEXES.map((sex) => counted.find(({ group }) => group === sex))
        const ratio = (of: typeof other) => (of?.observed ?? 0) / (of?.expected ?? 0)
        const [hazard] = cox.estimates ?? []
        assert.deepEqual([hazard?.groups, hazard?.n], [[...SEXES].reverse(), other?.n])
        assert.ok(Math.abs((hazard?.estimate ?? 0) / (ratio(other) / ratio(reference)) - 1) < 0.05, JSON.stringify(cox))
        const checked = await verifyAndPool(hazards, { peers: peers.map(({ peerId }) => peerId) })
        assert.deepEqual(checked.pooled, hazards.pooled)
        const ranks = await ask(client, { name: 'mann_whitney', variables: ['days'], by: ['people.sex'] })
        assert.ok((ranks.pooled?.tests?.[0]?.p ?? 1) < 0.01, JSON.stringify(ranks.pooled?.tests))
        const median = await ask(client, {
          name: 'quantile',
          variables: ['days'],
          arguments: { q: 0.5, interval: true }
        })
        const [found] = median.pooled?.tests?.[0]?.estimates ?? []
        const [low = 0, high = 0] = found?.interval ?? []
        assert.ok(low < Number(found?.estimate) && Number(found?.estimate) < high, JSON.stringify(found))
      }
    )

    await t.test('a quantile, linear within its bin, whose integers part halfway', async () => {
      const found = measures(await ask(client, { name: 'quantile', variables: ['age'], arguments: { q: 0.5 } }))
      const edges = [18, ...CUTS, 99]
      const inside = (from: number, to: number) => all.filter(({ age }) => age >= from && age < to).length
      const at = edges.findIndex((edge) => inside(18, edge) >= all.length / 2)
      const [from = 0, to = 0] = [edges[at - 1], edges[at]]
      assert.ok(at > 1 && at < edges.length - 1)
      const expected = from - 0.5 + ((all.length / 2 - inside(18, from)) / inside(from, to)) * (to - from)
      assertNear(found.q50_age, expected, 'median')
    })

    await t.test('a filter by a name that two tables have means that of the table the question reads', async () => {
      const answer = await ask(client, { name: 'mean', variables: ['weight'] }, { filters: { sex: 'female' } })
      assertNear(measures(answer).mean_weight, momentsOf(weightsOf('sex', 'female')).mean, 'mean of the women')
    })

    await t.test('two filters of one variable under two names are refused: one would be left out', async () => {
      const content = JSON.stringify({ name: 'mean', variables: ['weight'] })
      const { parts } = await answerOf(client, {
        ...{ data_catalog_name: 'weights', script_type: 'statistic', script_content: content },
        filters: { sex: 'female', 'people.sex': 'male' }
      })
      assert.deepEqual(new Set(parts.map(({ code }) => code)), new Set(['FILTER_INVALID']))
    })
  })
})
