/**
 * Attacks by values and visits that come with a newer epoch (F75): the same counts by two unknown conditions, before and after. Each is
 * made on studies in which the person whose data come has the event, and on the same studies in which that person has not.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ModelStudy, type StudyRow, uniform } from './model-study.ts'

const known = (name: string, levels: readonly string[]) => ({ name, type: 'category', levels, identifying: true })
const unknown = (name: string) => ({ name, type: 'category', levels: ['yes', 'no'], identifying: false })
const REAL = { synthetic: false, precision: 'statistical' } as const
const PEOPLE = 400
const SIGNS = ['c0', 'c1', 'c2']
const variables = [unknown('event'), ...SIGNS.map(unknown)]

type Tables = Readonly<Record<string, readonly StudyRow[]>>

/** A study before and after the data of some people came. */
interface Running {
  readonly tables: Parameters<typeof ModelStudy.open>[0]
  /** The tables without the data of the given people. */
  without(people: ReadonlySet<number>): Tables
}

/** The event and the signs of each person; the event of person 0 is given. */
function facts(event: 'yes' | 'no', seed: number) {
  const next = uniform(seed)
  const sign = () => (next() < 0.5 ? 'yes' : 'no')
  return Array.from({ length: PEOPLE }, (_, i) => ({
    ...{ event: i === 0 ? event : next() < 0.4 ? 'yes' : 'no' },
    ...Object.fromEntries(SIGNS.map((name) => [name, sign()]))
  }))
}

/** The event comes later. Nine others never have one, so that a missing event is nothing special. */
function filledIn(event: 'yes' | 'no', seed: number): Running {
  const all = facts(event, seed)
  const lacking = new Set([50, 90, 130, 170, 210, 250, 290, 330, 370])
  const isLate = (i: number, people: ReadonlySet<number>) => people.has(i) || lacking.has(i)
  return {
    tables: [{ name: 'people', one_row_per_subject: true, variables: [known('site', ['A', 'B']), ...variables] }],
    without: (people) => ({
      people: all.map((one, i) => ({
        ...{ id: `P${i}`, site: 'AB'[i % 2] ?? '', ...one },
        event: isLate(i, people) ? null : one.event
      }))
    })
  }
}

/** A visit comes later. Thirty others never come to it. */
function visited(event: 'yes' | 'no', seed: number): Running {
  const all = facts(event, seed)
  const missed = (i: number, people: ReadonlySet<number>) => people.has(i) || (i % 13 === 7 && i < 390)
  return {
    tables: [
      { name: 'people', one_row_per_subject: true, variables: [known('site', ['A', 'B'])] },
      { name: 'visits', one_row_per_subject: false, variables: [known('visit', ['v1', 'v2']), ...variables] }
    ],
    without: (people) => ({
      people: all.map((_, i) => ({ id: `P${i}`, site: 'AB'[i % 2] ?? '' })),
      visits: all.flatMap((one, i) => [
        { id: `P${i}`, visit: 'v1', ...one, event: 'no' },
        ...(missed(i, people) ? [] : [{ id: `P${i}`, visit: 'v2', ...one }])
      ])
    })
  }
}

/** An unscheduled visit comes later, beside one visit that everybody has. Sixty others have an unscheduled one. */
function unscheduled(event: 'yes' | 'no', seed: number): Running {
  const all = facts(event, seed)
  const rows = (i: number) => (i % 13 === 7 || i % 17 === 3 ? ['v1', 'extra'] : ['v1'])
  return {
    tables: [
      { name: 'people', one_row_per_subject: true, variables: [known('site', ['A', 'B'])] },
      { name: 'visits', one_row_per_subject: false, variables: [known('visit', ['v1', 'extra']), ...variables] }
    ],
    without: (people) => ({
      people: all.map((_, i) => ({ id: `P${i}`, site: 'AB'[i % 2] ?? '' })),
      visits: all.flatMap((one, i) =>
        [...new Set([...rows(i), ...(i === 0 && !people.has(0) ? ['extra'] : [])])].map((visit) => ({
          ...{ id: `P${i}`, visit },
          ...one
        }))
      )
    })
  }
}

/** Of bed x, the event of person 0 comes later. Of site C, the event of twenty others comes with it, who can be in no group. */
function besideOthers(event: 'yes' | 'no', seed: number): Running {
  const all = facts(event, seed)
  const siteOf = (i: number) => ['C', 'A', 'B', 'B'][i % 4] ?? ''
  return {
    tables: [
      {
        ...{ name: 'people', one_row_per_subject: true },
        variables: [known('site', ['A', 'B', 'C']), known('bed', ['x', 'y']), ...variables]
      }
    ],
    without: (people) => ({
      people: all.map((one, i) => ({
        ...{ id: `P${i}`, site: siteOf(i), bed: i === 0 ? 'x' : 'y', ...one },
        event: i % 20 === 1 || (people.has(0) && i % 20 === 0) ? null : one.event
      }))
    })
  }
}

const BESIDE = [
  "(event = 'yes' AND site = 'B')",
  "(event IS NULL AND site = 'A')",
  "(event = 'yes' AND bed = 'x')",
  "(event = 'yes' AND event = 'no' AND site = 'C')"
].join(' OR ')

/** The answers to each question, before and after the data of `late` people came. */
async function answersAround(running: Running, late: ReadonlySet<number>, questions: readonly string[]) {
  const study = await ModelStudy.open(running.tables, running.without(late), REAL)
  const answers = async () => {
    const seen = []
    for (const sql of questions) {
      const told = await study.sql(sql)
      seen.push(told.ok ? JSON.stringify(told.output.rows) : told.code)
    }
    return seen
  }
  try {
    const before = await answers()
    await study.accept(running.without(new Set()))
    return { before, after: await answers() }
  } finally {
    await study.close()
  }
}

const counting = (table: string, more: (sign: string) => string) =>
  SIGNS.map((sign) => `SELECT COUNT(DISTINCT id) AS n FROM ${table} WHERE ${more(sign)}`)

describe('data that come with a newer epoch', () => {
  for (const [name, make, questions] of [
    ['a value', filledIn, counting('people', (sign) => `event = 'yes' AND ${sign} = 'yes'`)],
    ['a value, asked the other way', filledIn, counting('people', (sign) => `event = 'yes' OR ${sign} = 'yes'`)],
    ['a value, denied', filledIn, counting('people', (sign) => `NOT (event = 'yes' AND ${sign} = 'yes')`)],
    ['a value, by site', filledIn, counting('people', (sign) => `event = 'yes' AND ${sign} = 'yes' AND site = 'A'`)],
    [
      'a value, beside others who can be in no group',
      besideOthers,
      counting('people', (sign) => `${sign} = 'no' AND (${BESIDE})`)
    ],
    ['a visit that few have', unscheduled, ['SELECT visit, COUNT(DISTINCT id) AS n FROM visits GROUP BY visit']],
    ['a visit', visited, counting('visits', (sign) => `visit = 'v2' AND event = 'yes' AND ${sign} = 'yes'`)]
  ] as const) {
    test(`${name} of one person changes no answer about people whom others do not know`, async () => {
      for (const event of ['yes', 'no'] as const) {
        for (const seed of [1, 2]) {
          const { before, after } = await answersAround(make(event, seed), new Set([0]), questions)
          assert.ok(
            before.some((answer) => answer.startsWith('[')),
            before.join(' ')
          )
          assert.deepEqual(after, before, `the event is ${event}`)
        }
      }
    })
  }

  test('are in the answers as soon as enough people have some', async () => {
    const late = new Set(Array.from({ length: 120 }, (_, i) => i))
    for (const make of [filledIn, visited]) {
      const table = make === filledIn ? 'people' : 'visits'
      const { before, after } = await answersAround(
        make('yes', 1),
        late,
        counting(table, () => `event = 'yes'`).slice(0, 1)
      )
      assert.notDeepEqual(after, before)
      assert.ok(after[0]?.startsWith('['), after[0])
    }
  })
})
