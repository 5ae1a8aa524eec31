import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { randomUnit, seededRandom, type StatisticCall } from '@stimnet/protocol'
import type { Broadcast, Client } from '@stimnet/sdk'
import { answerOf, clientOf, scratchFolder, startSite, writeSite } from '../mesh.ts'

/** A requester who knows age, sex and arm of everybody asks for survival of overlapping cohorts, and looks at the differences. */

const K = 5
const AGES = [45, 46, 47, 48, 50, 52, 53, 56, 60, 61]
const DAYS = [30, 60, 90, 120, 180, 240, 300]
const MOST = 400

interface Person {
  readonly age: number
  readonly sex: string
  readonly arm: string
  readonly days: number
  readonly died: string
}

function peopleOf(seed: number, size: number): Person[] {
  const source = seededRandom(seed)
  const chance = () => randomUnit(source)
  return Array.from({ length: size }, () => {
    const [event, leaving] = [Math.floor(-Math.log(1 - chance()) * 250), Math.floor(chance() * MOST)]
    return {
      age: 35 + Math.floor(chance() * 35),
      sex: chance() < 0.5 ? 'female' : 'male',
      arm: chance() < 0.5 ? 'placebo' : 'drug',
      ...{ days: Math.min(event, leaving), died: event <= leaving ? 'yes' : 'no' }
    }
  })
}

const PEOPLE = peopleOf(5, 240)

/** The same real people three times, so that disclosures of curves can be compared with those of counts. */
function catalogOf(name: string) {
  return {
    ...{ name, access_level: 'public', subject_key: 'id', synthetic: false, lattice: 'none' },
    tables: [
      {
        ...{ name: 'people', file: `data/${name}.csv`, one_row_per_subject: true },
        variables: [
          { name: 'age', type: 'integer', minimum: 18, maximum: 99, breakpoints: AGES },
          { name: 'sex', type: 'category', levels: ['female', 'male'] },
          { name: 'arm', type: 'category', levels: ['placebo', 'drug'], identifying: true },
          { name: 'days', type: 'integer', minimum: 0, maximum: MOST, breakpoints: DAYS },
          { name: 'died', type: 'category', levels: ['no', 'yes'] }
        ]
      }
    ]
  }
}

async function startOne(t: TestContext): Promise<Client> {
  const catalogs = ['curves', 'bins', 'counts'].map(catalogOf)
  const config = {
    ...{ catalogs, mesh: { listen: ['/ip4/127.0.0.1/tcp/0'] }, requesters: ['gateway:self'] },
    gateway: { port: 0, requests_per_minute: 1_000_000 }
  }
  const site = await writeSite(await scratchFolder(t), 0, { config })
  await mkdir(join(site.folder, 'data'), { recursive: true })
  for (const { name } of catalogs) {
    const lines = PEOPLE.map(({ age, sex, arm, days, died }, i) => `${name}${i},${age},${sex},${arm},${days},${died}`)
    await writeFile(join(site.folder, `data/${name}.csv`), ['id,age,sex,arm,days,died', ...lines].join('\n'))
  }
  const peer = await startSite(site)
  t.after(() => peer.stop())
  return clientOf(peer)
}

async function ask(
  client: Client,
  catalog: string,
  program: Partial<StatisticCall> | string,
  filter: object = {}
): Promise<Broadcast> {
  const isSql = typeof program === 'string'
  return answerOf(client, {
    data_catalog_name: catalog,
    script_type: isSql ? 'sql' : 'statistic',
    script_content: isSql ? program : JSON.stringify(program),
    ...filter
  })
}

/** One released number: its people, as a condition, and its value. */
interface Told {
  readonly members: readonly number[]
  readonly where: readonly string[]
  readonly rows: number
}

/** The numbers in the bins of one answer over the people of some age. */
function toldIn({ parts }: Broadcast, cohort: readonly string[], isIn: (one: Person) => boolean): Told[] {
  const output = parts[0]?.output
  if (output?.kind !== 'table') return []
  const keys = output.columns.filter(({ role }) => role === 'key').map(({ name }) => name as keyof Person)
  return output.rows.flatMap(({ values, parts: own }) => {
    const part = Object.values(own)[0]
    if (part === undefined || !('bins' in part)) return []
    // Bins of a quantile of whole numbers meet halfway between two of them.
    return part.bins.map(({ from: low, to: high, rows }): Told => {
      const [from, to] = [Math.ceil(low), Math.ceil(high)]
      const isLast = to === MOST
      const isMember = (one: Person) =>
        isIn(one) && keys.every((key, i) => one[key] === values[i]) && one.days >= from && (one.days < to || isLast)
      return {
        members: PEOPLE.flatMap((one, i) => (isMember(one) ? [i] : [])),
        where: [
          ...cohort,
          ...keys.map((key, i) => `${key} = '${values[i]}'`),
          ...(from > 0 ? [`days >= ${from}`] : []),
          ...(isLast ? [] : [`days < ${to}`])
        ],
        rows
      }
    })
  })
}

/**
 * The number of independent sums over the sets, and a bound of the fewest people on whom a combination of them rests. If one rests on n
 * people, let t be one of those with the largest weight. Then the n largest entries of t's row of the projector add up to at least 1.
 */
function projected(sets: readonly (readonly number[])[]): { fewest: number; rank: number } {
  const basis: Float64Array[] = []
  for (const members of sets) {
    const vector = new Float64Array(PEOPLE.length)
    for (const member of members) vector[member] = 1
    const before = members.length
    // Twice, against rounding errors.
    for (let turn = 0; turn < 2; turn++) {
      for (const other of basis) {
        const along = vector.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0)
        for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) - along * (other[i] ?? 0)
      }
    }
    const size = vector.reduce((sum, value) => sum + value * value, 0)
    if (size > 1e-9 * before) basis.push(vector.map((value) => value / Math.sqrt(size)))
  }
  const rows = PEOPLE.map((_, t) =>
    PEOPLE.map((__, j) => Math.abs(basis.reduce((sum, one) => sum + (one[t] ?? 0) * (one[j] ?? 0), 0))).sort(
      (x, y) => y - x
    )
  )
  const enough = rows.map((row) => {
    let [sum, people] = [0, 0]
    while (sum < 1 - 1e-6 && people < row.length) sum += row[people++] ?? 0
    return sum < 1 - 1e-6 ? Number.POSITIVE_INFINITY : people
  })
  return { fewest: Math.min(...enough), rank: basis.length }
}

/** All questions of one kind about a catalog, in the same order, and the released numbers. */
async function askAll(client: Client, catalog: string, callOf: (by: readonly string[]) => Partial<StatisticCall>) {
  const cohorts = [
    { where: [], filter: {}, isIn: () => true },
    ...AGES.map((age) => ({
      where: [`age < ${age}`],
      filter: { where: { column: 'age', op: '<', values: [age] } },
      isIn: (one: Person) => one.age < age
    }))
  ]
  const told: Told[] = []
  let [asked, answered] = [0, 0]
  for (const { where, filter, isIn } of cohorts) {
    for (const by of [[], ['sex'], ['arm']]) {
      const found = toldIn(await ask(client, catalog, callOf(by), filter), where, isIn)
      asked++
      if (found.length > 0) answered++
      told.push(...found)
    }
  }
  const distinct = [...new Map(told.map((one) => [one.members.join(), one])).values()]
  const apart = distinct.flatMap((one, i) =>
    distinct.slice(i + 1).map((other) => new Set(one.members).symmetricDifference(new Set(other.members)).size)
  )
  const { fewest, rank } = projected(distinct.map(({ members }) => members))
  return { asked, answered, told, distinct, fewest, rank, nearest: Math.min(...apart) }
}

describe('curves of overlapping cohorts', () => {
  test('tell nothing that the same counts would not tell, and no difference rests on fewer than k', async (t) => {
    const client = await startOne(t)
    const curves = await askAll(client, 'curves', (by) => ({
      ...{ name: 'kaplan_meier', variables: ['days', 'died'], by: [...by], arguments: { event: 'yes' } }
    }))
    const bins = await askAll(client, 'bins', (by) => ({
      ...{ name: 'quantile', variables: ['days'], by: [...by, 'died'], arguments: { q: 0.5 } }
    }))
    const words = (name: string, { asked, answered, distinct, rank, fewest, nearest }: typeof curves) =>
      `${name}: ${answered} of ${asked} answered, ${distinct.length} sets of people, ${rank} independent numbers, no combination of fewer than ` +
      `${fewest} people, nearest two sets ${nearest} people apart`
    t.diagnostic(words('curves', curves))
    t.diagnostic(words('bins of quantiles', bins))
    for (const { told, answered, fewest, nearest } of [curves, bins]) {
      // The numbers are correct, so the attacker has exact sums over known sets.
      assert.deepEqual(
        told.filter(({ members, rows }) => members.length !== rows),
        []
      )
      assert.ok(answered >= 3 && nearest >= K, `${answered}, ${nearest}`)
      assert.ok(fewest >= K, `${fewest}`)
    }
    // Both are stopped by the same budgets.
    assert.ok(curves.rank <= 1.25 * bins.rank, `${curves.rank} numbers of curves, ${bins.rank} of quantiles`)

    // Each number that curves released, by itself, from people about whom nothing was released before.
    let [same, refused] = [0, 0]
    for (const { where, rows } of curves.distinct) {
      const condition = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`
      const { parts } = await ask(client, 'counts', `SELECT COUNT(DISTINCT id) AS n FROM people${condition}`)
      const output = parts[0]?.output
      const value = output?.kind === 'table' ? (output.rows[0]?.values[0] ?? null) : null
      if (value === null) refused++
      else same++
      assert.ok(value === rows || value === null, `${where.join()}: ${value} for ${rows}`)
    }
    // A single count also discloses that everybody in its bin except few had the event, and only the people of its bin are charged.
    t.diagnostic(`${same} of ${curves.distinct.length} are told as counts too, ${refused} are not`)
    assert.ok(same >= 0.6 * curves.distinct.length, `${same} of ${curves.distinct.length}`)
  })
})
