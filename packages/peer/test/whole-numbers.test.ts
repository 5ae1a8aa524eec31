/**
 * Attacks by whole numbers: counts and sums over x, B and C, over B and D, and over C and D leave x modulo two. Each is asked twice, of a
 * study in which one known person has what others do not know, and of the same study in which that person has not. Whatever is answered
 * must be refused alike in both.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Filter } from '@stimnet/protocol'
import { ModelStudy, type StudyOptions, type StudyRow, uniform } from './model-study.ts'

const known = (name: string, levels: readonly string[]) => ({ name, type: 'category', levels, identifying: true })
const unknown = (name: string, levels: readonly string[]) => ({ name, type: 'category', levels, identifying: false })
const number = (name: string, maximum: number, more = {}) => {
  return { name, type: 'integer', minimum: 0, maximum, identifying: false, ...more }
}
const isIn = (column: string, ...values: string[]): Filter => ({ column, op: 'in', values })
const REAL = { synthetic: false, precision: 'statistical' } as const

/** x, and 3 × `size` people of B, C and D. */
const siteOf = (i: number): string => (i === 0 ? 'X' : ('BCD'[i % 3] ?? ''))
const SETS = [
  ['X', 'B', 'C'],
  ['B', 'D'],
  ['C', 'D']
]

/** What is answered to each question over its sites, but for its numbers: `told`, people left out, or a code. */
async function answersTo(
  tables: Parameters<typeof ModelStudy.open>[0],
  rows: Readonly<Record<string, readonly StudyRow[]>>,
  questions: readonly (readonly [string, Filter | undefined])[],
  options: StudyOptions = REAL
): Promise<string[]> {
  const study = await ModelStudy.open(tables, rows, options)
  try {
    const seen: string[] = []
    for (const [sql, cohort] of questions) {
      const told = await study.sql(sql, cohort)
      seen.push(told.ok ? (told.output.left_out ? 'left out' : 'told') : told.code)
    }
    return seen
  } finally {
    await study.close()
  }
}

const overSets = (...sql: readonly string[]) =>
  SETS.map((sites, at) => [sql[at] ?? sql[0] ?? '', isIn('site', ...sites)] as const)

const REFUSED = ['told', 'told', 'COHORT_NOT_RELEASABLE']
const SITE = known('site', ['X', 'B', 'C', 'D'])

describe('counts and sums modulo whole numbers', () => {
  test('are audited whichever level they are of, and where they are of one among some people and of the other among the rest', async () => {
    const next = uniform(3)
    const people = Array.from({ length: 301 }, (_, i) => ({
      ...{ id: `P${i}`, site: siteOf(i), event: next() < 0.3 ? 'yes' : 'no' },
      ...{ sex: next() < 0.5 ? 'F' : 'M', arm: next() < 0.5 ? 'p' : 'q', ward: next() < 0.5 ? 'l' : 'r' }
    }))
    const variables = [SITE, known('sex', ['F', 'M']), known('arm', ['p', 'q']), known('ward', ['l', 'r'])]
    const table = {
      name: 'people',
      one_row_per_subject: true,
      variables: [...variables, unknown('event', ['yes', 'no'])]
    }
    const among = (condition: string) => `SELECT COUNT(DISTINCT id) AS n FROM people WHERE ${condition}`
    const questions = overSets(
      among("(event = 'yes' AND sex = 'F') OR (event = 'no' AND sex = 'M')"),
      among("(event = 'no' AND arm = 'q') OR (event = 'yes' AND arm = 'p')"),
      among("(event <> 'no' AND ward = 'l') OR (event = 'no' AND ward = 'r')")
    )
    for (const event of ['yes', 'no']) {
      const rows = people.map((one, i) => (i === 0 ? { ...one, event } : one))
      assert.deepEqual(await answersTo([table], { people: rows }, questions), REFUSED, event)
    }
  })

  test('are audited together: means of a score whose digits show their sum, beside counts of it', async () => {
    const next = uniform(5)
    const table = {
      ...{ name: 'people', one_row_per_subject: true },
      variables: [SITE, number('score', 2, { breakpoints: [1, 2] })]
    }
    const people = Array.from({ length: 121 }, (_, i) => ({
      id: `P${i}`,
      site: siteOf(i),
      score: Math.floor(next() * 3)
    }))
    const count = 'SELECT COUNT(DISTINCT id) AS n FROM people WHERE score >= 1 AND score < 2'
    const mean = 'SELECT AVG(score) AS m FROM people'
    for (const score of [0, 1]) {
      const rows = people.map((one, i) => (i === 0 ? { ...one, score } : one))
      assert.deepEqual(await answersTo([table], { people: rows }, overSets(mean, count)), REFUSED)
      assert.deepEqual(await answersTo([table], { people: rows }, overSets(mean)), REFUSED)
      const model = await ModelStudy.open([table], { people: rows }, { synthetic: false })
      const codes: string[] = []
      for (const sites of SETS) {
        const told = await model.model('score ~ 1', isIn('site', ...sites))
        codes.push(told.ok ? 'told' : told.code)
      }
      await model.close()
      assert.equal(codes.at(-1), 'COHORT_NOT_RELEASABLE', 'sums of a model are sums')
    }
  })

  test('are audited where a key or a condition that others do not know stands beside a sum', async () => {
    const next = uniform(13)
    const sites = ['X', 'B', 'C', 'D', 'F', 'Z']
    const sizes: Record<string, number> = { X: 1, B: 20, C: 20, D: 20, F: 30, Z: 60 }
    const people = sites
      .flatMap((site) => Array.from({ length: sizes[site] ?? 0 }, () => site))
      .map((site, i) => ({
        ...{ id: `P${i}`, site, event: next() < 0.4 ? 'yes' : 'no' },
        score: Math.floor(next() * 4)
      }))
    const variables = [known('site', sites), unknown('event', ['yes', 'no']), number('score', 3)]
    const table = { name: 'people', one_row_per_subject: true, variables }
    const mean = (list: string, more = '') => `SELECT AVG(score) AS m FROM people WHERE site IN (${list})${more}`
    const byKey = (list: string) => `SELECT event, AVG(score) AS m FROM people WHERE site IN (${list}) GROUP BY event`
    const or = " OR (site = 'Z' AND event = 'yes')"
    const ways = [
      [mean("'X', 'B', 'C'"), byKey("'B', 'D'"), mean("'C', 'D'")],
      [mean("'X', 'B', 'C', 'F'"), mean("'B', 'D'"), mean("'C', 'D'"), byKey("'F'")],
      [mean("'X', 'B', 'C'", or), mean("'B', 'D'", or), mean("'C', 'D'", or)]
    ]
    for (const questions of ways) {
      const asked = questions.map((sql) => [sql, undefined] as const)
      for (const score of [1, 2]) {
        const rows = people.map((one, i) => (i === 0 ? { ...one, score } : one))
        const seen = await answersTo([table], { people: rows }, asked)
        assert.deepEqual(seen, [...asked.slice(1).map(() => 'told'), 'COHORT_NOT_RELEASABLE'])
      }
    }
  })

  const LEVELS = ['unclear', 'yes', 'no']
  const F_TOO = [
    [['yes', 'no'], "event IN ('yes', 'no')"],
    [['yes', 'no'], "event <> 'yes' OR event <> 'no'"],
    [LEVELS, "event = 'unclear'"],
    [LEVELS, "event IN ('yes', 'no')"]
  ] as const

  for (const [levels, sure] of F_TOO)
    test(`are audited without people who count as one whatever level they have: ${sure} of ${levels.length}`, async () => {
      const next = uniform(17)
      const people = Array.from({ length: 321 }, (_, i) => ({
        ...{ id: `P${i}`, site: i > 300 ? 'F' : siteOf(i) },
        event: next() < 0.3 ? 'yes' : 'no'
      }))
      const variables = [known('site', ['X', 'B', 'C', 'D', 'F']), unknown('event', levels)]
      const table = { name: 'people', one_row_per_subject: true, variables }
      const yes = (sites: string, more = '') =>
        [
          `SELECT COUNT(DISTINCT id) AS n FROM people WHERE (event = 'yes' AND site IN (${sites}))${more}`,
          undefined
        ] as const
      const questions = [yes("'X', 'B', 'C'", ` OR (site = 'F' AND (${sure}))`), yes("'B', 'D'"), yes("'C', 'D'")]
      for (const event of ['yes', 'no']) {
        const rows = people.map((one, i) => (i === 0 ? { ...one, event } : one))
        assert.deepEqual(await answersTo([table], { people: rows }, questions), REFUSED, event)
      }
    })

  test('are audited of three levels, where each count is of another level among other people', async () => {
    const next = uniform(19)
    const grades = ['mild', 'moderate', 'severe']
    const cells = ['X', ...['B', 'C', 'D', 'E'].flatMap((letter) => [0, 1, 2].map((i) => `${letter}${i}`))]
    const people = cells
      .flatMap((cell) => Array.from({ length: cell === 'X' ? 1 : 12 }, () => cell))
      .map((cell, i) => ({ id: `P${i}`, cell, grade: grades[Math.floor(next() ** 1.5 * 3)] ?? '' }))
    /** Of B, the three questions count three different levels; of C, D and E, two questions count the same one. */
    const gradeIn = (question: number, cell: string) => {
      const [letter = '', i] = [cell[0], Number(cell[1])]
      if (letter === 'X') return question === 0 ? 'mild' : undefined
      if (letter === 'B') return grades[(question + i) % 3]
      return ['CD', 'CE', 'DE'][question]?.includes(letter) ? grades[i] : undefined
    }
    const questions = [0, 1, 2].map((question) => {
      const byGrade = grades.flatMap((grade) => {
        const own = cells.filter((cell) => gradeIn(question, cell) === grade).map((cell) => `'${cell}'`)
        return own.length === 0 ? [] : [`(grade = '${grade}' AND cell IN (${own.join(', ')}))`]
      })
      return [`SELECT COUNT(DISTINCT id) AS n FROM people WHERE ${byGrade.join(' OR ')}`, undefined] as const
    })
    const variables = [known('cell', cells), unknown('grade', grades)]
    const table = { name: 'people', one_row_per_subject: true, variables }
    for (const grade of ['mild', 'severe']) {
      const rows = people.map((one, i) => (i === 0 ? { ...one, grade } : one))
      assert.deepEqual(await answersTo([table], { people: rows }, questions), REFUSED, grade)
    }
  })

  test('are audited where a median has bins of its own', async () => {
    const next = uniform(7)
    const breakpoints = [50, 100, 150, 200, 250, 300, 350]
    const table = { name: 'people', one_row_per_subject: true, variables: [SITE, number('days', 400, { breakpoints })] }
    const people = Array.from({ length: 301 }, (_, i) => ({
      id: `P${i}`,
      site: siteOf(i),
      days: Math.floor(next() * 400)
    }))
    for (const days of [20, 380]) {
      const rows = people.map((one, i) => (i === 0 ? { ...one, days } : one))
      assert.deepEqual(
        await answersTo([table], { people: rows }, overSets('SELECT MEDIAN(days) AS m FROM people')),
        REFUSED
      )
    }
  })

  test('are audited where the same statistic does not say how many have a value', async () => {
    const next = uniform(29)
    const variables = [SITE, ...['z', 'y1', 'y2'].map((name) => number(name, 100))]
    const table = { name: 'people', one_row_per_subject: true, variables }
    const value = () => Math.floor(next() * 100)
    const people = Array.from({ length: 301 }, (_, i) => ({
      ...{ id: `P${i}`, site: siteOf(i), z: next() < 0.3 ? null : value(), y1: value(), y2: value() }
    }))
    const there = 'SELECT COUNT(DISTINCT id) AS n FROM people WHERE z IS NOT NULL'
    for (const sql of [
      ['SELECT AVG(z) AS m FROM people', 'SELECT CORR(z, y1) AS m FROM people', 'SELECT CORR(z, y2) AS m FROM people'],
      ['SELECT AVG(z) AS m FROM people', there, there]
    ])
      for (const z of [null, 5]) {
        const rows = people.map((one, i) => (i === 0 ? { ...one, z } : one))
        const study = await ModelStudy.open([table], { people: rows }, REAL)
        const exact: boolean[] = []
        for (const [question, cohort] of overSets(...sql)) {
          const told = await study.sql(question, cohort)
          const [row] = told.ok ? told.output.rows : []
          exact.push(row !== undefined && !/"accuracy":\{[^}]*"n":/.test(JSON.stringify(row.parts)))
        }
        await study.close()
        assert.deepEqual(exact, [true, true, false], `${sql[1]} ${z}`)
      }
  })

  test('are audited alike, whoever has what, where a third unknown condition stands beside two', async () => {
    const next = uniform(31)
    const sites = ['X', 'B', 'C', 'D', 'G']
    const signs = ['event', 'c0', 'c1']
    const table = {
      ...{ name: 'people', one_row_per_subject: true },
      variables: [known('site', sites), ...signs.map((name) => unknown(name, ['yes', 'no']))]
    }
    const coin = (rate: number) => (next() < rate ? 'yes' : 'no')
    const people = Array.from({ length: 401 }, (_, i) => ({
      ...{ id: `P${i}`, site: i === 0 ? 'X' : ('BCDG'[i % 4] ?? ''), event: coin(0.4), c0: coin(0.3), c1: coin(0.5) }
    }))
    const questions = SETS.map((own) => {
      const list = own.map((site) => `'${site}'`).join(', ')
      const where = `(event = 'yes' AND c0 = 'yes' AND site IN (${list})) OR (site = 'G' AND c1 = 'yes')`
      return [`SELECT COUNT(DISTINCT id) AS n FROM people WHERE ${where}`, undefined] as const
    })
    for (const event of ['yes', 'no'])
      for (const c0 of ['yes', 'no']) {
        const rows = people.map((one, i) => (i === 0 ? { ...one, event, c0 } : one))
        assert.deepEqual(await answersTo([table], { people: rows }, questions), REFUSED, `${event} ${c0}`)
      }
  })

  test('are audited where they say how many have a value at a visit', async () => {
    const next = uniform(9)
    const people = Array.from({ length: 401 }, (_, i) => ({ id: `P${i}`, site: siteOf(i) }))
    const visits = people.flatMap(({ id }) =>
      ['v1', 'v2'].map((visit) => ({ id, visit, score: next() < 0.3 ? null : Math.floor(next() * 100) }))
    )
    const tables = [
      { name: 'people', one_row_per_subject: true, variables: [SITE] },
      { name: 'visits', one_row_per_subject: false, variables: [known('visit', ['v1', 'v2']), number('score', 100)] }
    ]
    const seen = []
    for (const score of [null, 5]) {
      const rows = visits.map((one, i) => (i === 1 ? { ...one, score } : one))
      const study = await ModelStudy.open(tables, { people, visits: rows }, REAL)
      const exact: boolean[] = []
      for (const sites of SETS) {
        const told = await study.sql("SELECT COUNT(score) AS n FROM visits WHERE visit = 'v2'", isIn('site', ...sites))
        const [row] = told.ok ? told.output.rows : []
        exact.push(row !== undefined && !JSON.stringify(row.parts).includes('accuracy'))
      }
      await study.close()
      seen.push(exact)
    }
    assert.deepEqual(seen, [
      [true, true, false],
      [true, true, false]
    ])
  })

  describe('of rows at visits', () => {
    const SITES = ['X', 'B', 'C', 'D', 'F', 'H']
    const next = uniform(23)
    const people = SITES.flatMap((site) => Array.from({ length: site === 'X' ? 1 : 25 }, () => site)).map(
      (site, i) => ({
        id: `P${i}`,
        site
      })
    )
    const visits = people.flatMap(({ id }) =>
      ['v1', 'v2'].map((visit) => ({
        ...{ id, visit, score: Math.floor(next() * 4), event: next() < 0.35 ? 'yes' : 'no' },
        value: next() < 0.25 ? null : Math.floor(next() * 100)
      }))
    )
    const tables = [
      { name: 'people', one_row_per_subject: true, variables: [known('site', SITES)] },
      {
        ...{ name: 'visits', one_row_per_subject: false },
        variables: [
          ...[known('visit', ['v1', 'v2']), unknown('event', ['yes', 'no'])],
          ...[number('score', 3), number('value', 100)]
        ]
      }
    ]
    const joined = 'FROM visits JOIN people USING (id) WHERE'
    const ordinary = "site IN ('B', 'C', 'D', 'F', 'H')"
    /** The people of F are counted at both visits, then at each of them with others; only the row of x at the first visit is left over. */
    const parts = (more = '') => [
      `(site IN ('X', 'B', 'C') AND visit = 'v1'${more}) OR (site = 'F'${more})`,
      `site IN ('B', 'D') AND visit = 'v1'${more}`,
      `site IN ('F', 'H') AND visit = 'v1'${more}`,
      `(site = 'F' AND visit = 'v2'${more}) OR (site = 'H' AND visit = 'v1'${more})`,
      `site IN ('C', 'D') AND visit = 'v1'${more}`
    ]
    const ways = [
      ['sums', parts().map((where) => `SELECT AVG(score) AS m ${joined} ${where}`)],
      ['numbers of rows', parts(" AND event = 'yes'").map((where) => `SELECT COUNT(*) AS n ${joined} ${where}`)],
      [
        'numbers of people',
        parts(" AND event = 'yes'").map((where) => `SELECT COUNT(DISTINCT id) AS n ${joined} ${where}`)
      ]
    ] as const
    for (const [what, questions] of ways)
      test(`are audited by rows: ${what}`, async () => {
        for (const [score, event] of [
          [0, 'no'],
          [1, 'yes']
        ] as const) {
          const rows = visits.map((one, i) => (i === 0 ? { ...one, score, event } : one))
          const asked = questions.map((sql) => [sql, undefined] as const)
          assert.equal((await answersTo(tables, { people, visits: rows }, asked)).at(-1), 'COHORT_NOT_RELEASABLE')
        }
      })

    test('are told of ordinary groups at each visit and at all of them', async () => {
      const asked = ['v1', 'v2'].flatMap((visit) =>
        ['AVG(score) AS m', 'COUNT(DISTINCT id) AS n'].map(
          (what) =>
            [`SELECT site, ${what} ${joined} ${ordinary} AND visit = '${visit}' GROUP BY site`, undefined] as const
        )
      )
      const total = [`SELECT AVG(score) AS m ${joined} ${ordinary}`, undefined] as const
      assert.deepEqual(
        await answersTo(tables, { people, visits }, [...asked, total]),
        [...asked, total].map(() => 'told')
      )
    })

    test('are audited by rows: numbers of values at all visits together', async () => {
      const seen = []
      for (const value of [null, 5]) {
        const rows = visits.map((one, i) => (i === 0 ? { ...one, value } : one))
        const study = await ModelStudy.open(tables, { people, visits: rows }, REAL)
        const exact: boolean[] = []
        for (const sites of SETS) {
          const told = await study.sql('SELECT COUNT(value) AS n FROM visits', isIn('site', ...sites))
          const [row] = told.ok ? told.output.rows : []
          exact.push(row !== undefined && !JSON.stringify(row.parts).includes('accuracy'))
        }
        await study.close()
        seen.push(exact)
      }
      assert.deepEqual(seen, [
        [true, true, false],
        [true, true, false]
      ])
    })
  })
})

describe('small known groups beside a large one', () => {
  const SITES = Array.from({ length: 40 }, (_, i) => `G${i}`)
  const BEDS = Array.from({ length: 20 }, (_, i) => `B${i}`)
  /** x is of site 3 and bed 2; each ward has fifteen people, of whom x alone is in all of them. */
  const [X_SITE, X_BED] = [3, 2]
  const x = X_BED * 40 + X_SITE

  function people(rate: number, hasEvent: boolean) {
    const next = uniform(11)
    return Array.from({ length: 800 }, (_, i) => {
      const [site, bed] = [i % 40, Math.floor(i / 40)]
      const wards = [0, 1, 2].map((j) => {
        const isOf = bed === (X_BED + 1 + j) % 8 && (site - X_SITE - 1 - 9 * j + 120) % 40 < 14
        return [`ward${j}`, i === x || isOf ? 'in' : 'out']
      })
      const event = i === x ? hasEvent : next() < rate
      return {
        ...{ id: `P${i}`, site: SITES[site] ?? '', bed: BEDS[bed] ?? '', zone: bed >= 8 ? 'a' : 'b' },
        ...{ half: i % 2 === 0 ? 'l' : 'r', event: event ? 'yes' : 'no' },
        ...Object.fromEntries(wards),
        ...Object.fromEntries([0, 1, 2, 3].map((v) => [`v${v}`, next() < 0.5 ? 'y' : 'n']))
      } as StudyRow
    })
  }

  const table = {
    ...{ name: 'people', one_row_per_subject: true },
    variables: [
      ...[known('site', SITES), known('bed', BEDS), known('zone', ['a', 'b']), known('half', ['l', 'r', 'none'])],
      ...[0, 1, 2].map((j) => known(`ward${j}`, ['in', 'out'])),
      ...[unknown('event', ['yes', 'no']), ...[0, 1, 2, 3].map((v) => unknown(`v${v}`, ['y', 'n']))]
    ]
  }
  const zone: Filter = { column: 'zone', op: '=', values: ['a'] }
  const withWard = (j: number): Filter => ({ any: [zone, { column: `ward${j}`, op: '=', values: ['in'] }] })
  const inZone = (sql: string) => [[sql, zone] as const, ...[0, 1, 2].map((j) => [sql, withWard(j)] as const)]

  const alike = async (questions: readonly (readonly [string, Filter | undefined])[]) => {
    const [one, other] = [
      await answersTo([table], { people: people(0.02, true) }, questions),
      await answersTo([table], { people: people(0.02, false) }, questions)
    ]
    assert.deepEqual(one, other)
  }

  test('are answered alike, whoever has it, where an earlier count was of those who have it on one side and have not on the other', () =>
    alike([
      [
        "SELECT COUNT(DISTINCT id) AS n FROM people WHERE (event = 'yes' AND half = 'l') OR (event = 'no' AND half = 'r')",
        undefined
      ],
      ...inZone("SELECT COUNT(DISTINCT id) AS n FROM people WHERE event = 'yes' OR (event = 'no' AND half = 'none')")
    ]))

  test('are answered alike, whoever has it, where counts of other variables left single people', () =>
    alike([
      ["SELECT site, COUNT(DISTINCT id) AS n FROM people WHERE v0 = 'y' GROUP BY site", undefined],
      ...[X_BED, X_BED + 1, X_BED + 2, X_BED + 3].map((bed, at): readonly [string, Filter] => [
        `SELECT site, COUNT(DISTINCT id) AS n FROM people WHERE v${Math.min(3, at + 1)} = 'y' GROUP BY site`,
        { not: { column: 'bed', op: '=', values: [`B${bed}`] } }
      ]),
      ...inZone("SELECT COUNT(DISTINCT id) AS n FROM people WHERE event = 'yes'")
    ]))
})
