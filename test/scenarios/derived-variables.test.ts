import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { randomUnit, seededRandom } from '@stimnet/protocol'
import { type Broadcast, type Client, verifyAndPool } from '@stimnet/sdk'
import { assertNear, leastSquares } from '../least-squares.ts'
import { answerOf, clientOf, scratchFolder, startSite, writeSite, startFederation } from '../mesh.ts'
import { atEnd } from '../scratch.ts'

const ARMS = ['placebo', 'active']
const SIZES = [300, 400]

interface Person {
  readonly id: string
  readonly arm: string
  readonly age: number
  /** Weights in grams, missing at a visit that somebody did not come to. */
  readonly before: number
  readonly afterwards: number | undefined
}

/** People of one institution, whose weight decreases if they are treated. */
function peopleOf(site: number): Person[] {
  const source = seededRandom(91 + site)
  const chance = () => randomUnit(source)
  return Array.from({ length: SIZES[site] ?? 0 }, (_, i) => {
    const arm = ARMS[Math.floor(chance() * 2)] ?? ''
    const age = 30 + Math.floor(chance() * 40)
    const weight = 60_000 + 100 * Math.floor(300 * chance())
    const change = -100 * Math.floor((arm === 'active' ? 60 : 20) * chance() + age / 10)
    return { id: `S${i}`, arm, age, before: weight, afterwards: chance() < 0.1 ? undefined : weight + change }
  })
}

const BANDS = ['younger', 'older']
const people = (more: readonly object[]) => ({
  ...{ name: 'people', file: 'data/people.csv', one_row_per_subject: true },
  variables: [
    { name: 'arm', type: 'category', levels: ARMS },
    ...more,
    {
      ...{ name: 'weight_change', type: 'number', unit: 'kg', decimals: 1, minimum: -30, maximum: 30 },
      derive: { rule: 'change', of: 'visits.weight', by: 'visit', from: 'baseline', to: 'month_12' }
    }
  ]
})
const VISIT = { name: 'visit', type: 'category', levels: ['baseline', 'month_12'] }
const WEIGHT = { name: 'weight', type: 'number', unit: 'kg', decimals: 1, offered: false }
const AGE = { name: 'age', type: 'integer', minimum: 18, maximum: 99 }
const BAND = { name: 'age_band', type: 'category', levels: BANDS }

/** The first institution has visits and kilograms in its files, and the band; the second has codes, grams and ages. */
const CATALOGS = [
  {
    tables: [people([BAND, AGE]), { name: 'visits', file: 'data/visits.csv', variables: [VISIT, WEIGHT] }]
  },
  {
    tables: [
      people([{ ...BAND, derive: { rule: 'bands', of: 'age', cuts: [50] } }, AGE]),
      {
        ...{ name: 'visits', file: 'data/visits.csv' },
        variables: [
          { ...VISIT, derive: { rule: 'recode', of: 'code', into: { 1: 'baseline', 2: null, 3: 'month_12' } } },
          // Others know who has which visit, under every name of the visit in a file.
          { name: 'code', type: 'category', levels: [1, 2, 3], offered: false, identifying: true },
          { name: 'grams', type: 'integer', minimum: 0, maximum: 300_000, offered: false },
          { ...WEIGHT, derive: { rule: 'zscore', of: 'grams', centre: 0, scale: 1000 } }
        ]
      }
    ]
  }
].map((one) => ({ name: 'weights', access_level: 'public', subject_key: 'id', synthetic: true, ...one }))

async function writeFiles(folder: string, site: number): Promise<void> {
  const all = peopleOf(site)
  const band = ({ age }: Person) => (age < 50 ? 'younger' : 'older')
  const persons = all.map((one) => [one.id, one.arm, ...(site === 0 ? [band(one)] : []), one.age].join(','))
  const header = site === 0 ? 'id,arm,age_band,age' : 'id,arm,age'
  const visits = all.flatMap(({ id, before: first, afterwards }) => {
    const kilograms = (grams: number) => (grams / 1000).toFixed(1)
    const last = afterwards === undefined ? [] : [afterwards]
    return site === 0
      ? [`${id},baseline,${kilograms(first)}`, ...last.map((grams) => `${id},month_12,${kilograms(grams)}`)]
      : [`${id},1,${first}`, `${id},2,${first - 500}`, ...last.map((grams) => `${id},3,${grams}`)]
  })
  await writeFile(join(folder, 'data/people.csv'), [header, ...persons].join('\n'))
  const columns = site === 0 ? 'id,visit,weight' : 'id,code,grams'
  await writeFile(join(folder, 'data/visits.csv'), [columns, ...visits].join('\n'))
}

describe('Two institutions whose files differ, with one derived change', () => {
  const end = atEnd()
  const peers: Peer[] = []
  let client: Client
  before(async () => {
    const federation = await startFederation(end, CATALOGS.length, {
      configOf: (at) => ({ catalogs: [CATALOGS[at]] }),
      prepare: ({ folder }, at) => writeFiles(folder, at)
    })
    peers.push(...federation.peers)
    client = await federation.client(0)
  })

  const there = () =>
    [0, 1]
      .flatMap(peopleOf)
      .flatMap(({ arm, age, before: first, afterwards }) =>
        afterwards === undefined ? [] : [{ arm, age, change: (afterwards - first) / 1000 }]
      )

  async function ask(script_type: 'sql' | 'statistic', script_content: string): Promise<Broadcast> {
    return answerOf(client, { data_catalog_name: 'weights', script_type, script_content })
  }

  test('the mean change by arm pools to that of all people who have both visits', async () => {
    const query = 'SELECT arm, COUNT(weight_change) AS n, AVG(weight_change) AS mean FROM people GROUP BY arm'
    const answer = await ask('sql', query)
    assert.deepEqual(
      answer.parts.map(({ code }) => code),
      [null, null],
      JSON.stringify(answer.schema)
    )
    const { pooled } = await verifyAndPool(answer)
    const rows = pooled?.rows ?? []
    assert.equal(rows.length, 2)
    for (const {
      values: [arm, n, mean]
    } of rows) {
      const changes = there().flatMap((one) => (one.arm === arm ? [one.change] : []))
      assert.equal(n, changes.length)
      assert.ok(Math.abs(Number(mean) - changes.reduce((a, b) => a + b, 0) / changes.length) < 1e-9, String(mean))
    }
  })

  test('a model on the change is that of the pooled rows, and descriptions say what it is', async () => {
    const formula = 'weight_change ~ arm + age_band'
    const answer = await ask('statistic', JSON.stringify({ name: 'regression', arguments: { formula, site: 'none' } }))
    const [model] = answer.pooled?.models ?? []
    assert.ok(model, JSON.stringify(answer.parts.map(({ code, reason }) => [code, reason])))
    const rows = there()
    assert.equal(model.n, rows.length)
    assert.equal(model.sites?.length, 2)
    const is = (wanted: boolean) => (wanted ? 1 : 0)
    const design = rows.map(({ arm, age }) => [1, is(age >= 50), is(arm === 'active')])
    const terms = model.coefficients.map(({ term }) => term)
    const wanted = leastSquares(
      design,
      rows.map(({ change }) => change)
    )
    const order = ['(Intercept)', 'age_band[older]', 'arm[active]']
    assert.deepEqual(terms.toSorted(), order)
    assertNear(
      model,
      terms.map((term) => wanted[order.indexOf(term)] ?? [Number.NaN, Number.NaN])
    )

    const found = await client.meshCatalogs('weights')
    const words = found.map(({ schema_definition: schema }) =>
      (schema?.tables ?? []).flatMap(({ variables }) =>
        variables.flatMap(({ name, derivation }) => (derivation ? [[name, derivation]] : []))
      )
    )
    const change = ['weight_change', 'change of visits.weight from baseline to month_12 of visit']
    assert.deepEqual(
      words.toSorted((a, b) => a.length - b.length),
      [[change], [['age_band', 'bands of age, cut at 50'], change, ['visit', 'code in other levels']]]
    )
    assert.doesNotMatch(JSON.stringify(found), /"grams"|"name":"(code|weight)"/)
    const visits = found.flatMap(({ schema_definition: schema }) => schema?.tables[1]?.variables ?? [])
    assert.deepEqual(
      visits.map(({ name, identifying }) => [name, identifying]),
      [
        ['visit', true],
        ['visit', true]
      ]
    )
  })

  test('what is not offered is no variable of a question', async () => {
    const answer = await ask('sql', 'SELECT AVG(weight) FROM visits')
    assert.ok(
      answer.parts.every(({ code }) => code === 'VARIABLE_UNKNOWN') || answer.code === 'VARIABLE_UNKNOWN',
      JSON.stringify([answer.code, answer.parts.map(({ code }) => code)])
    )
  })
})

describe('A change that is offered beside both visits', () => {
  const SIZE = 60
  const LAST = 79
  const scores = Array.from(
    { length: SIZE },
    (_, i) => [20 + ((i * 7) % 23), 16 + ((i * 7) % 23) + ((i * 5) % 11)] as const
  )
  const table = (name: string, variables: readonly object[]) => ({ name, file: `data/${name}.csv`, variables })
  const catalogOf = (precision: string, hidden: boolean) => ({
    ...{ name: 'real', access_level: 'public', subject_key: 'id', privacy: { precision } },
    tables: [
      {
        ...table('people', [
          { name: 'age', type: 'integer', minimum: 18, maximum: 99, breakpoints: [40, 60, LAST] },
          {
            ...{ name: 'change', type: 'integer', minimum: -50, maximum: 50 },
            derive: { rule: 'change', of: 'visits.score', by: 'visit', from: 'baseline', to: 'month_12' }
          }
        ]),
        one_row_per_subject: true
      },
      table('visits', [VISIT, { name: 'score', type: 'integer', minimum: 0, maximum: 99, offered: !hidden }])
    ]
  })

  /** The means of both visits of all people, and of the change of all except the oldest; undefined without an answer. */
  async function means(t: { after(fn: () => unknown): void }, catalog: object) {
    const parent = await scratchFolder(t)
    const site = await writeSite(parent, 0, {
      config: { catalogs: [catalog], requesters: ['gateway:self'], mesh: { listen: ['/ip4/127.0.0.1/tcp/0'] } }
    })
    const rows = scores.flatMap(([first, last], i) => [`p${i},baseline,${first}`, `p${i},month_12,${last}`])
    await writeFile(join(site.folder, 'data/visits.csv'), ['id,visit,score', ...rows].join('\n'))
    const ages = scores.map((_, i) => `p${i},${LAST - SIZE + 1 + i}`)
    await writeFile(join(site.folder, 'data/people.csv'), ['id,age', ...ages].join('\n'))
    const peer = await startSite(site)
    t.after(() => peer.stop())
    const client = await clientOf(peer)
    const mean = async (script_content: string) => {
      const asked = { data_catalog_name: 'real', script_type: 'sql', script_content, target_node_id: 'node-1' }
      const { job_id } = await client.submitJob(asked as never)
      const { result_data: result } = await client.waitForJob(job_id)
      const { rows } = (result ?? {}) as { readonly rows?: readonly { readonly m: number }[] }
      return rows?.map(({ m }) => m)
    }
    return {
      visits: await mean('SELECT visit, AVG(score) AS m FROM visits GROUP BY visit'),
      others: await mean(`SELECT AVG(change) AS m FROM people WHERE age < ${LAST}`)
    }
  }

  const [first = 0, last = 0] = scores.at(-1) ?? []
  const toldOfOldest = ({
    visits: [before = 0, after = 0] = [],
    others: [others = 0] = []
  }: Awaited<ReturnType<typeof means>>) => Math.round((after - before) * SIZE) - Math.round(others * (SIZE - 1))

  test('tells the change of one person under precision: exact, which is what policy check warns of', async (t) => {
    assert.equal(toldOfOldest(await means(t, catalogOf('exact', false))), last - first)
  })

  test('does not with the digits of the default, and cannot where the visits are not offered', async (t) => {
    assert.notEqual(toldOfOldest(await means(t, catalogOf('statistical', false))), last - first)
    const { visits, others } = await means(t, catalogOf('exact', true))
    assert.deepEqual([visits, others?.length], [undefined, 1])
  })
})
