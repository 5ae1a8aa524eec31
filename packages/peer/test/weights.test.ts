/**
 * Attacks by people's different weights: products with two numbers that differ for one person, and means of known numbers over people whom
 * others do not know. Each ended in the value of that person, or in the names of those with an event.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Filter } from '@stimnet/protocol'
import { ModelStudy, type StudyRow, uniform } from './model-study.ts'

const number = (name: string, maximum: number, identifying: boolean, more = {}) => {
  return { name, type: 'integer', minimum: 0, maximum, identifying, ...more }
}
const EVENT = { name: 'event', type: 'category', levels: ['yes', 'no'], identifying: false }
const SITE = { name: 'site', type: 'category', levels: ['A', 'B'], identifying: true }
const REAL = { synthetic: false, precision: 'statistical' } as const

const ofSite = (site: string): Filter => ({ column: 'site', op: '=', values: [site] })

async function studyOf(
  variables: readonly object[],
  people: readonly StudyRow[],
  use: (study: ModelStudy) => Promise<void>
): Promise<void> {
  const study = await ModelStudy.open([{ name: 'people', one_row_per_subject: true, variables }], { people }, REAL)
  try {
    await use(study)
  } finally {
    await study.close()
  }
}

/** Two known numbers that are equal for everybody but the first person of each site. */
function planned(seed: number, [least, spread, less]: readonly [number, number, number] = [8, 5, 4]) {
  const next = uniform(seed)
  return Array.from({ length: 100 }, (_, i) => {
    const visits = least + Math.floor(next() * spread)
    return {
      ...{ id: `P${i}`, site: 'AB'[i % 2] ?? '', planned: visits, attended: i < 2 ? visits - less : visits },
      ...{ score: Math.floor(next() * 11), event: next() < 0.4 ? 'yes' : 'no' }
    }
  })
}

const NUMBERS = [number('planned', 12, true), number('attended', 12, true)]

describe('sums in which people have different weights', () => {
  test('are not told with two numbers that differ for one person, in either order, nor if others know neither', async () => {
    for (const isKnown of [true, false]) {
      const own = NUMBERS.map((one) => ({ ...one, identifying: isKnown }))
      await studyOf([SITE, ...own, number('score', 10, false)], planned(1), async (study) => {
        for (const [site, order] of [
          ['A', ['planned', 'attended']],
          ['B', ['attended', 'planned']]
        ] as const) {
          const seen = []
          for (const name of order)
            seen.push((await study.sql(`SELECT CORR(${name}, score) AS r FROM people`, ofSite(site))).ok)
          assert.deepEqual(seen, [true, false], site)
        }
      })
    }
  })

  test('are judged with plain sums as well: those above each value of a number make its product but for one person', async () => {
    const next = uniform(2)
    const people = Array.from({ length: 75 }, (_, i) => ({
      ...{ id: `P${i}`, lines: i === 0 ? 3 : Math.floor(next() * 2.99), score: Math.floor(next() * 11) }
    }))
    const lines = number('lines', 3, true, { breakpoints: [1, 2, 3] })
    const questions = [
      'SELECT CORR(lines, score) AS r FROM people',
      'SELECT AVG(score) AS m FROM people WHERE lines >= 1',
      'SELECT AVG(score) AS m FROM people WHERE lines >= 2'
    ]
    for (const order of [questions, [...questions].reverse()]) {
      await studyOf([lines, number('score', 10, false)], people, async (study) => {
        const seen = []
        for (const sql of order) seen.push((await study.sql(sql)).ok)
        assert.deepEqual(seen, [true, true, false])
      })
    }
  })

  test('are not told of known numbers over those with an event, if the numbers differ for one person', async () => {
    const days = NUMBERS.map((one) => ({ ...one, maximum: 500 }))
    await studyOf([SITE, ...days, EVENT], planned(3, [300, 120, 60]), async (study) => {
      const means = 'SELECT AVG(planned) AS p, AVG(attended) AS a, COUNT(DISTINCT id) AS n FROM people'
      const told = await study.sql(`${means} WHERE event = 'yes' AND site = 'A'`)
      assert.ok(told.ok)
      assert.equal(told.output.rows[0]?.values.filter((value) => value === null).length, 1)
      const first = await study.sql(`SELECT AVG(attended) AS a FROM people WHERE event = 'yes' AND site = 'B'`)
      const second = await study.sql(`SELECT AVG(planned) AS p FROM people WHERE event = 'yes' AND site = 'B'`)
      assert.deepEqual([first.ok, second.ok], [true, false])
    })
  })

  test('are not told of known numbers over those with an event under two names: at two visits, or with another condition each', async () => {
    const days = NUMBERS.map((one) => ({ ...one, maximum: 500 }))
    const sign = (name: string) => ({ ...EVENT, name })
    const next = uniform(6)
    const coin = () => (next() < 0.5 ? 'yes' : 'no')
    const people = Array.from({ length: 800 }, (_, i) => {
      const own = i % 4 === 0 ? 280 + Math.floor(next() * 100) : 330 + Math.floor(next() * 5)
      return {
        ...{ id: `P${i}`, site: 'AZZZ'[i % 4] ?? '', planned: own, attended: i === 0 ? own - 70 : own },
        ...{ event: coin(), c0: coin(), c1: coin() }
      }
    })
    const visits = people.flatMap(({ id }) => ['v1', 'v2'].map((visit) => ({ id, visit })))
    const visit = { name: 'visit', type: 'category', levels: ['v1', 'v2'], identifying: true }
    const site = { ...SITE, levels: ['A', 'Z'] }
    const tables = [
      { name: 'people', one_row_per_subject: true, variables: [site, ...days, EVENT, sign('c0'), sign('c1')] },
      { name: 'visits', one_row_per_subject: false, variables: [visit] }
    ]
    const mean = (what: string, from: string, more: string) =>
      `SELECT AVG(${what}) AS m FROM ${from} WHERE event = 'yes' AND ${more}`
    const joined = 'people JOIN visits USING (id)'
    for (const [first, second] of [
      [mean('planned', joined, "visit = 'v1'"), mean('attended', joined, "visit = 'v2'")],
      [
        mean('planned', 'people', "(site = 'A' OR c0 = 'yes')"),
        mean('attended', 'people', "(site = 'A' OR c1 = 'yes')")
      ]
    ] as const) {
      const study = await ModelStudy.open(tables, { people, visits }, REAL)
      assert.deepEqual([(await study.sql(first)).ok, (await study.sql(second)).ok], [true, false])
      await study.close()
    }
  })

  test('are not told of a number of each person with a number of each row that differs for one person', async () => {
    const next = uniform(7)
    const people = Array.from({ length: 100 }, (_, i) => ({ id: `P${i}`, score: Math.floor(next() * 11) }))
    const visits = people.flatMap(({ id }, i) => {
      const dose = 20 + Math.floor(next() * 41)
      return ['v1', 'v2'].map((visit, at) => ({
        id,
        visit,
        dose: i === 0 ? 80 * (1 - at) : dose,
        other: Math.floor(next() * 50)
      }))
    })
    const visit = { name: 'visit', type: 'category', levels: ['v1', 'v2'], identifying: true }
    const tables = [
      { name: 'people', one_row_per_subject: true, variables: [number('score', 10, false)] },
      {
        ...{ name: 'visits', one_row_per_subject: false },
        variables: [visit, number('dose', 100, false), number('other', 50, false)]
      }
    ]
    const study = await ModelStudy.open(tables, { people, visits }, REAL)
    const seen = []
    for (const [what, at] of [
      ['dose', 'v1'],
      ['dose', 'v2'],
      ['other', 'v1'],
      ['other', 'v2']
    ])
      seen.push(
        (await study.sql(`SELECT CORR(score, ${what}) AS r FROM people JOIN visits USING (id) WHERE visit = '${at}'`))
          .ok
      )
    await study.close()
    assert.deepEqual(seen, [true, false, true, true])
  })

  test('are not told of two numbers of the rows themselves that differ for one person', async () => {
    const next = uniform(9)
    const people = Array.from({ length: 100 }, (_, i) => ({ id: `P${i}`, site: 'A' }))
    const visits = people.flatMap(({ id }, i) =>
      ['v1', 'v2'].map((visit) => {
        const planned = 20 + Math.floor(next() * 41)
        return { id, visit, planned, given: i === 0 ? planned - 20 : planned, score: Math.floor(next() * 11) }
      })
    )
    const visit = { name: 'visit', type: 'category', levels: ['v1', 'v2'], identifying: true }
    const numbers = [number('planned', 100, false), number('given', 100, false), number('score', 10, false)]
    const tables = [
      { name: 'people', one_row_per_subject: true, variables: [SITE] },
      { name: 'visits', one_row_per_subject: false, variables: [visit, ...numbers] }
    ]
    const study = await ModelStudy.open(tables, { people, visits }, REAL)
    const seen = []
    for (const what of ['planned', 'given'])
      seen.push((await study.sql(`SELECT CORR(${what}, score) AS r FROM visits`)).ok)
    await study.close()
    assert.deepEqual(seen, [true, false])
  })

  test('are not told of third and fourth powers of a known number in which one person of a hidden group stands out', async () => {
    const next = uniform(8)
    const people = Array.from({ length: 1000 }, (_, i) => ({
      ...{ id: `P${i}`, age: i === 0 ? 74 : Math.round(45 + 11 * (next() + next() + next() + next() - 2)) },
      event: next() < 0.5 ? 'yes' : 'no'
    }))
    await studyOf([EVENT, number('age', 110, true)], people, async (study) => {
      const told = await study.sql("SELECT AVG(age) AS m, KURTOSIS(age) AS k FROM people WHERE event = 'yes'")
      assert.ok(told.ok)
      assert.equal(told.output.rows[0]?.values[1], null)
    })
  })

  test('let ordinary correlations of several numbers be told', async () => {
    const next = uniform(4)
    const names = ['age', 'weight', 'height', 'years']
    const value = () => Math.round(40 + 15 * (next() + next() + next() - 1.5))
    const people = Array.from({ length: 150 }, (_, i) => ({
      ...{ id: `P${i}`, score: value(), dose: value() },
      ...Object.fromEntries(names.map((name) => [name, value()]))
    }))
    const known = names.map((name) => number(name, 100, true))
    await studyOf([...known, number('score', 100, false), number('dose', 100, false)], people, async (study) => {
      for (const name of [...names, 'dose'])
        assert.ok((await study.sql(`SELECT CORR(${name}, score) AS r FROM people`)).ok, name)
    })
  })
})

test('means of known numbers over those with a rare event tell no more than half of who they are', async () => {
  const next = uniform(5)
  const names = Array.from({ length: 8 }, (_, i) => `k${i}`)
  const people = Array.from({ length: 150 }, (_, i) => ({
    ...{ id: `P${i}`, event: i % 25 === 3 ? 'yes' : 'no' },
    ...Object.fromEntries(names.map((name) => [name, Math.round(100 + 200 * next())]))
  }))
  const sql = `SELECT ${names.map((name) => `AVG(${name}) AS ${name}`).join(', ')} FROM people WHERE event = 'yes'`
  await studyOf([EVENT, ...names.map((name) => number(name, 400, true))], people, async (study) => {
    const told = await study.sql(sql)
    const values = told.ok ? (told.output.rows[0]?.values ?? []) : []
    const shown = values.filter((value) => value !== null).length
    // Of 150, six are one of 2^33.7 sets. Half of that is three means to a tenth of their standard error.
    assert.ok(shown > 0 && shown <= 8, `${shown} means`)
    const digits = told.ok && 'digits' in told.output.withheld
    assert.ok(shown <= 3 || digits, `${shown} means in full digits`)
  })
  const often = people.map((one, i) => ({ ...one, event: i % 2 === 0 ? 'yes' : 'no' }))
  await studyOf([EVENT, ...names.map((name) => number(name, 400, true))], often, async (study) => {
    const told = await study.sql(sql)
    assert.ok(told.ok && !told.output.rows[0]?.values.includes(null), 'of a common event')
  })
})
