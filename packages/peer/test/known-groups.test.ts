/**
 * Attack by groups whose members everybody knows. After a number over the people who had an event, which others do not know,
 * each small group is asked about. Any difference between groups with and without somebody who had the event (a refusal,
 * fewer digits, people left out) discloses who had it. In the first edition every refusal did.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Filter } from '@stimnet/protocol'
import { ModelStudy, uniform } from './model-study.ts'

const [PEOPLE, EVENTS, IN_GROUP] = [200, 12, 5]
const GROUPS = Array.from({ length: PEOPLE / IN_GROUP }, (_, at) => `G${at}`)
const BEDS = Array.from({ length: IN_GROUP }, (_, at) => `B${at}`)
const [HALVES, WARDS] = [
  ['left', 'right'],
  ['W0', 'W1']
]
const FEW = GROUPS.slice(0, 12)

interface Person {
  readonly id: string
  readonly event: 'yes' | 'no'
  readonly site: string
  /** Each person of a site has a different bed. */
  readonly bed: string
  readonly lab: number
  readonly age: number
  /** A score that few people lack. */
  readonly score: number | null
  readonly half: string
  readonly ward0: string
  readonly ward1: string
  readonly ward2: string
}

function people(seed: number): Person[] {
  const next = uniform(seed)
  const events = new Set<number>()
  while (events.size < EVENTS) events.add(Math.floor(next() * PEOPLE))
  return Array.from({ length: PEOPLE }, (_, i) => {
    const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
    return {
      ...{ id: `P${i}`, event: events.has(i) ? 'yes' : 'no' },
      ...{ site: `G${i % GROUPS.length}`, bed: BEDS[Math.floor(i / GROUPS.length)] },
      ...{ lab: Math.round(1_000 + 150 * normal), age: 40 + Math.floor(next() * 40) },
      ...{ score: next() < 0.04 ? null : Math.round(500 + 50 * normal), half: HALVES[i % 2] },
      ...Object.fromEntries([0, 1, 2].map((at) => [`ward${at}`, WARDS[Math.floor(next() * WARDS.length)]]))
    } as Person
  })
}

const TABLE = {
  ...{ name: 'people', one_row_per_subject: true },
  variables: [
    { name: 'event', type: 'category', levels: ['yes', 'no'], identifying: false },
    { name: 'site', type: 'category', levels: GROUPS, identifying: true },
    { name: 'lab', type: 'integer', minimum: 0, maximum: 4_000, identifying: false },
    { name: 'bed', type: 'category', levels: BEDS, identifying: true },
    { name: 'age', type: 'integer', minimum: 18, maximum: 99, identifying: true },
    { name: 'score', type: 'integer', minimum: 0, maximum: 1_000, identifying: false },
    { name: 'half', type: 'category', levels: HALVES, identifying: true },
    ...[0, 1, 2].map((at) => ({ name: `ward${at}`, type: 'category', levels: WARDS, identifying: true }))
  ]
}

const ROWS = people(3)
const HAS = new Map(GROUPS.map((site) => [site, ROWS.some((one) => one.site === site && one.event === 'yes')]))

const REAL = { synthetic: false, precision: 'statistical' } as const

async function opened(): Promise<ModelStudy> {
  return ModelStudy.open([TABLE], { people: [...ROWS].map((row) => ({ ...row })) }, REAL)
}

/** Everything that a requester sees of an answer, except its numbers. */
async function seen(study: ModelStudy, sql: string, cohort?: Filter): Promise<string> {
  const told = await study.sql(sql, cohort)
  if (!told.ok) return told.code
  const { rows, withheld, left_out: leftOut = [] } = told.output
  const shapes = rows.map(({ parts }) => Object.values(parts).map((part) => shapeOf(part)))
  return JSON.stringify([rows.length, withheld, leftOut, shapes])
}

/** The structure of a part without its numbers, for example whether its number of values is exact. */
function shapeOf(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return typeof part
  return Object.entries(part).map(([name, value]) => [name, shapeOf(value)])
}

/** The same people with two visits each. The event and the laboratory value are recorded at the visit. */
async function openedWithVisits(): Promise<ModelStudy> {
  const [event, site, lab] = TABLE.variables
  const visit = { name: 'visit', type: 'category', levels: ['first', 'second'], identifying: true }
  const tables = [
    { ...TABLE, variables: [site] },
    { name: 'visits', one_row_per_subject: false, variables: [visit, event, lab] }
  ]
  const visits = ROWS.flatMap((one, i) => [
    { id: one.id, visit: 'first', event: one.event, lab: one.lab },
    { id: one.id, visit: 'second', event: 'no', lab: ROWS[(i + 7) % PEOPLE]?.lab ?? null }
  ])
  const rows = { people: ROWS.map(({ id, site: at }) => ({ id, site: at })), visits }
  return ModelStudy.open(tables, rows, REAL)
}

/**
 * The same people with additional rows: those who had an event have a row in a table of infections, or a row of an
 * unscheduled visit; or everybody has a planned visit and nobody another.
 */
async function openedWithRows(
  which: 'one' | 'several' | 'visit' | 'planned',
  presence?: 'known' | 'unknown'
): Promise<ModelStudy> {
  const visit = { name: 'visit', type: 'category', levels: ['planned', 'unplanned'], identifying: true }
  const grade = { name: 'grade', type: 'integer', minimum: 0, maximum: 9, identifying: false }
  const infections = {
    ...{ name: 'infections', one_row_per_subject: which === 'one', variables: [grade] },
    ...(presence === undefined ? {} : { presence }),
    ...(which === 'visit' || which === 'planned' ? { variables: [visit, grade] } : {})
  }
  const tables = [{ ...TABLE, variables: TABLE.variables.filter(({ name }) => name !== 'event') }, infections]
  const had = ROWS.filter(({ event }) => event === 'yes').map(({ id }, i) => ({ id, grade: i % 4, visit: 'unplanned' }))
  const all = ROWS.map(({ id }, i) => ({ id, grade: i % 4, visit: 'planned' }))
  const infected = which === 'visit' ? [...all, ...had] : which === 'planned' ? all : had
  const rows = { people: ROWS.map(({ event, ...row }) => row), infections: infected }
  return ModelStudy.open(tables, rows, REAL)
}

const VISITS = 'FROM people JOIN infections USING (id)'

describe('having a row in a table in which few have one is like having had the event', () => {
  for (const which of ['one', 'several', 'visit'] as const) {
    const from = `${VISITS}${which === 'visit' ? " WHERE visit = 'unplanned'" : ''}`
    for (const [name, what] of Object.entries({
      counts: 'COUNT(DISTINCT id) AS n',
      means: 'AVG(lab) AS m',
      ages: 'AVG(age) AS m'
    })) {
      test(`${name} of groups after that of those who have one: ${which}`, async () => {
        const study = await openedWithRows(which)
        assert.match(await seen(study, `SELECT ${what} ${from}`), /^\[1/)
        const heard = new Map([true, false].map((has) => [has, new Set<string>()]))
        for (const site of GROUPS) {
          heard.get(HAS.get(site) ?? false)?.add(await seen(study, `SELECT ${what} FROM people WHERE site = '${site}'`))
        }
        await study.close()
        assert.equal(heard.get(false)?.size, 1, JSON.stringify([...(heard.get(false) ?? [])]))
        assert.deepEqual(heard.get(true), heard.get(false))
      })
    }

    test(`five known people are not counted exactly if each has one: ${which}`, async () => {
      const had = ROWS.filter(({ event }) => event === 'yes').slice(0, IN_GROUP)
      const oneOf = (some: readonly Person[]) =>
        some.map(({ site, bed }) => `(site = '${site}' AND bed = '${bed}')`).join(' OR ')
      const study = await openedWithRows(which)
      const and = which === 'visit' ? 'AND' : 'WHERE'
      const said = await seen(study, `SELECT COUNT(DISTINCT id) AS n ${from} ${and} (${oneOf(had)})`)
      await study.close()
      assert.equal(said, 'COHORT_NOT_RELEASABLE')
    })
  }

  test('also where the table is named in the cohort alone, by a column that others know', async () => {
    const grade = { name: 'grade', type: 'category', levels: ['a', 'b'], identifying: true }
    const infections = { name: 'infections', one_row_per_subject: true, variables: [grade] }
    const had = ROWS.filter(({ event }) => event === 'yes').map(({ id }, i) => ({ id, grade: i % 2 === 0 ? 'a' : 'b' }))
    const study = await ModelStudy.open(
      [TABLE, infections],
      { people: ROWS.map((row) => ({ ...row })), infections: had },
      REAL
    )
    const cohort = { column: 'infections.grade', op: 'in' as const, values: ['a', 'b'] }
    const plan = (where?: string) => `SELECT AVG(lab) AS m FROM people${where ?? ''}`
    assert.match(await seen(study, plan(), cohort), /^\[1/)
    const heard = new Map([true, false].map((has) => [has, new Set<string>()]))
    for (const site of GROUPS)
      heard.get(HAS.get(site) ?? false)?.add(await seen(study, plan(` WHERE site = '${site}'`)))
    assert.deepEqual(heard.get(true), heard.get(false))
  })

  test('also where a rare visit is asked about beside a common one', async () => {
    const study = await openedWithRows('visit')
    const heard = new Set<string>()
    for (const site of GROUPS.slice(1, 20)) {
      const visits = `(visit = 'planned' AND site = 'G0') OR (visit = 'unplanned' AND site = '${site}')`
      const sql = `SELECT COUNT(DISTINCT id) AS n ${VISITS} WHERE ${visits}`
      heard.add(await seen(study, sql).catch(({ code }) => code))
    }
    assert.deepEqual([...heard], ['FILTER_INVALID'])
  })

  test('a table by visits tells common ones as if there were no other, and a rare one by nobody in particular', async () => {
    const study = await openedWithRows('visit')
    const by = (where = '') => `SELECT visit, COUNT(DISTINCT id) AS n, AVG(lab) AS m ${VISITS}${where} GROUP BY visit`
    const told = await study.sql(by())
    assert.ok(told.ok, told.ok ? '' : told.why)
    const shown = told.output.rows.map(({ values: [visit, people] }) => [visit, people])
    assert.deepEqual(shown, [
      ['planned', PEOPLE],
      ['unplanned', EVENTS]
    ])
    const heard = new Map([true, false].map((has) => [has, new Set<string>()]))
    // The last group would follow from the other groups and the whole.
    for (const site of GROUPS.slice(0, -1))
      heard.get(HAS.get(site) ?? false)?.add(await seen(study, by(` WHERE site = '${site}'`)))
    assert.equal(heard.get(false)?.size, 1, JSON.stringify([...(heard.get(false) ?? [])]))
    assert.deepEqual(heard.get(true), heard.get(false))
  })

  test('a visit that nobody came to yet withholds nothing of the others', async () => {
    const study = await openedWithRows('planned')
    const told = await study.sql(`SELECT visit, AVG(lab) AS m ${VISITS} GROUP BY visit`)
    const other = await study.sql(`SELECT AVG(lab) AS m ${VISITS} WHERE visit != 'unplanned'`)
    assert.ok(told.ok && other.ok)
    assert.deepEqual(
      told.output.rows.map(({ values }) => values[0]),
      ['planned']
    )
  })

  for (const [name, further, asked] of [
    ['another category', { visit: 'late', room: 'two' }, "WHERE room = 'two'"],
    ['no condition at all', { visit: 'late', room: 'two' }, ''],
    ['no level', { visit: null, room: 'two' }, "WHERE room = 'two'"],
    ['two levels that many have, at once', { visit: 'first', room: 'two' }, "WHERE room = 'two'"]
  ] as const) {
    test(`a further row of few people is in no number of usual rows: by ${name}`, async () => {
      const levels = { visit: ['first', 'second', 'late'], room: ['one', 'two'] }
      const variables = Object.entries(levels).map(([one, own]) => ({
        ...{ name: one, type: 'category', levels: own, identifying: true }
      }))
      const grade = { name: 'grade', type: 'integer', minimum: 0, maximum: 9, identifying: false }
      const visits = ROWS.flatMap(({ id, event }) => [
        { id, visit: 'first', room: 'one', grade: 1 },
        { id, visit: 'second', room: 'two', grade: 2 },
        ...(event === 'yes' ? [{ id, ...further, grade: 3 }] : [])
      ])
      const table = { name: 'visits', one_row_per_subject: false, variables: [...variables, grade] }
      const rows = { people: ROWS.map(({ event, ...row }) => row), visits }
      const people = { ...TABLE, variables: TABLE.variables.filter((one) => one.name !== 'event') }
      const study = await ModelStudy.open([people, table], rows, REAL)
      const sql = (where: string) => `SELECT COUNT(*) AS n, AVG(grade) AS m FROM people JOIN visits USING (id) ${where}`
      const refused = {
        code: 'FILTER_INVALID',
        reason: /rows that few people have and about others at once, by visits\./
      }
      await assert.rejects(study.sql(sql(asked)), refused)
      const usual = await study.sql(sql("WHERE visit = 'second' AND room = 'two'"))
      assert.ok(usual.ok, usual.ok ? '' : usual.why)
      const heard = new Map([true, false].map((has) => [has, new Set<string>()]))
      const [visit, room] = [
        further.visit === null ? 'visit IS NULL' : `visit = '${further.visit}'`,
        `room = '${further.room}'`
      ]
      await seen(study, sql(`WHERE ${visit} AND ${room}`))
      for (const site of GROUPS)
        heard
          .get(HAS.get(site) ?? false)
          ?.add(await seen(study, sql(`WHERE ${visit} AND ${room} AND site = '${site}'`)))
      await study.close()
      assert.deepEqual(heard.get(true), heard.get(false))
    })
  }

  test('a mapping that reads a rare level and a usual one as one is refused, one of each by itself is not', async () => {
    const study = await openedWithRows('visit')
    const mapped = (unplanned: string) => {
      const levels = ['planned', ...(unplanned === 'planned' ? [] : [unplanned])]
      const contract = [
        { variable: 'infections.visit' as const, type: 'category' as const, unit: '', levels, breakpoints: [] }
      ]
      const read = [
        { local: 'planned', level: 'planned' },
        { local: 'unplanned', level: unplanned }
      ]
      const mappings = [
        {
          peer: 'p',
          variable: 'infections.visit' as const,
          local: 'infections.visit' as const,
          levels: read,
          scale: ''
        }
      ]
      return study.catalog.plain.mapped({ contract, mappings })
    }
    const sql = `SELECT visit, COUNT(DISTINCT id) AS n ${VISITS} GROUP BY visit`
    study.catalog = mapped('planned')
    await assert.rejects(study.sql(sql), { code: 'FILTER_INVALID', reason: /^A mapping reads several levels/ })
    study.catalog = mapped('other')
    const told = await study.sql(sql)
    assert.ok(told.ok)
    assert.deepEqual(
      told.output.rows.map(({ values }) => values),
      [
        ['planned', PEOPLE],
        ['other', EVENTS]
      ]
    )
  })

  test('a centre that is written on each row of a person is known, though few have it and some move', async () => {
    const site = { name: 'centre', type: 'category', levels: ['A', 'B', 'C'], identifying: true }
    const score = { name: 'score', type: 'integer', minimum: 0, maximum: 99, identifying: false }
    const visits = ROWS.flatMap(({ id }, i) =>
      [0, 1].map((at) => ({ id, centre: site.levels[(i + (i < 9 ? at : 0)) % 3] ?? '', score: (i * 7 + at) % 80 }))
    )
    const study = await ModelStudy.open(
      [{ name: 'visits', one_row_per_subject: false, variables: [site, score] }],
      { visits },
      REAL
    )
    const told = await study.sql('SELECT centre, COUNT(DISTINCT id) AS n, AVG(score) AS m FROM visits GROUP BY centre')
    assert.ok(told.ok, told.ok ? '' : told.why)
    assert.equal(told.output.rows.length, 3)
    assert.ok(told.output.rows.every(({ values }) => values.every((value) => value !== null)))
  })

  test('unless the steward says that others know who has one', async () => {
    const study = await openedWithRows('one', 'known')
    const had = ROWS.filter(({ event }) => event === 'yes').map(
      ({ site, bed }) => `(site = '${site}' AND bed = '${bed}')`
    )
    const sql = `SELECT COUNT(DISTINCT id) AS n ${VISITS} WHERE ${had.slice(0, 6).join(' OR ')}`
    assert.match(await seen(study, sql), /^\[1/)
  })
})

describe('what is seen of a small known group says nothing of those in it who had an event', () => {
  for (const [name, what] of Object.entries({ counts: 'COUNT(DISTINCT id) AS n', means: 'AVG(lab) AS m' })) {
    for (const [of, open, from] of [
      ['people', opened, 'FROM people WHERE'],
      ['visits', openedWithVisits, "FROM people JOIN visits USING (id) WHERE visit = 'first' AND"]
    ] as const) {
      test(`${name} of ${of} of groups after that of those who had it`, async () => {
        const study = await open()
        assert.match(await seen(study, `SELECT ${what} ${from} event = 'yes'`), /^\[1/)
        const heard = new Map([true, false].map((has) => [has, new Set<string>()]))
        for (const site of GROUPS) {
          heard.get(HAS.get(site) ?? false)?.add(await seen(study, `SELECT ${what} ${from} site = '${site}'`))
        }
        await study.close()
        assert.equal(heard.get(false)?.size, 1, JSON.stringify([...(heard.get(false) ?? [])]))
        assert.deepEqual(heard.get(true), heard.get(false))
      })
    }

    test(`${name} of those who had it after that of one group`, async () => {
      const heard = new Map([true, false].map((has) => [has, new Set<string>()]))
      for (const site of FEW) {
        const study = await opened()
        await seen(study, `SELECT ${what} FROM people WHERE site = '${site}'`)
        heard.get(HAS.get(site) ?? false)?.add(await seen(study, `SELECT ${what} FROM people WHERE event = 'yes'`))
        await study.close()
      }
      assert.ok((heard.get(true)?.size ?? 0) > 0 && (heard.get(false)?.size ?? 0) > 0)
      assert.deepEqual(heard.get(true), heard.get(false))
    })
  }
})

describe('how many people are left out says nothing of who had an event', () => {
  for (const what of ['AVG(age) AS m', 'AVG(lab) AS m', 'STDDEV(age) AS m']) {
    for (const before of ["event = 'yes'", "event = 'no'"])
      test(`${what} of all but one known person, after that of ${before}`, async () => {
        const study = await opened()
        await seen(study, `SELECT ${what} FROM people`)
        assert.match(await seen(study, `SELECT ${what} FROM people WHERE ${before}`), /^\[1/)
        const heard = new Map([true, false].map((has) => [has, new Set<string>()]))
        for (const { site, bed, event } of [...ROWS.slice(0, 20), ...ROWS.filter((one) => one.event === 'yes')]) {
          const told = await study.sql(`SELECT ${what} FROM people WHERE NOT (site = '${site}' AND bed = '${bed}')`)
          const parts = told.ok ? told.output.rows.flatMap((row) => Object.values(row.parts)) : []
          const counts = parts.map((part) => ('moments' in part ? part.moments.n : 0))
          heard.get(event === 'yes')?.add(told.ok ? JSON.stringify([counts, told.output.left_out]) : told.code)
        }
        await study.close()
        assert.equal(heard.get(false)?.size, 1, JSON.stringify([...heard]))
        assert.deepEqual(heard.get(true), heard.get(false))
      })
  }
})

test('somebody known not to have come to a visit is not told by a count at it and one at another visit', async () => {
  const event = TABLE.variables[0]
  const visit = { name: 'visit', type: 'category', levels: ['first', 'second'], identifying: true }
  const toxic = { name: 'toxic', type: 'category', levels: ['yes', 'no'], identifying: false }
  const people = ROWS.map((row, i) => ({ ...row, toxic: i % 5 < 2 ? 'yes' : 'no', event: i % 3 === 0 ? 'yes' : 'no' }))
  const tables = [
    { ...TABLE, variables: [event, toxic, ...TABLE.variables.slice(1)] },
    { name: 'visits', one_row_per_subject: false, variables: [visit] }
  ]
  const heard = new Set<string>()
  for (const absent of people.slice(0, 10)) {
    const visits = people.flatMap(({ id }) => [
      { id, visit: 'first' },
      ...(id === absent.id ? [] : [{ id, visit: 'second' }])
    ])
    const study = await ModelStudy.open(tables, { people, visits }, REAL)
    const at = (level: string) =>
      seen(study, "SELECT COUNT(DISTINCT id) AS n FROM people WHERE event = 'yes' AND toxic = 'yes'", {
        ...{ column: 'visits.visit', op: '=', values: [level] }
      })
    assert.match(await at('second'), /^\[1/)
    heard.add(await at('first'))
  }
  assert.deepEqual([...heard], ['COHORT_NOT_RELEASABLE'])
})

describe('a known person more, who would bring a withheld group to k, is told of neither by the answer nor by a refusal', () => {
  for (const [name, what] of Object.entries({ counts: 'COUNT(DISTINCT id) AS n', means: 'AVG(lab) AS m' })) {
    test(name, async () => {
      const study = await opened()
      const place = new Map(GROUPS.map((site, at) => [site, at]))
      const upTo = (many: number) =>
        ROWS.filter((one) => (place.get(one.site) ?? 0) < many && one.event === 'yes').length
      const many = GROUPS.findIndex((_, at) => upTo(at) === 4)
      const inside = GROUPS.slice(0, many)
      const list = inside.map((site) => `'${site}'`).join(', ')
      const ask = (more: string) =>
        seen(study, `SELECT ${what} FROM people WHERE event = 'yes' AND (site IN (${list})${more})`)
      assert.equal(await ask(''), 'COHORT_NOT_RELEASABLE')
      // A second key distinguishes the people of a site.
      const others = ROWS.filter((one) => !inside.includes(one.site))
      const heard = new Map([true, false].map((has) => [has, new Set<string>()]))
      for (const one of others.slice(0, 80))
        heard.get(one.event === 'yes')?.add(await ask(` OR (site = '${one.site}' AND bed = '${one.bed}')`))
      await study.close()
      assert.ok((heard.get(true)?.size ?? 0) > 0)
      assert.deepEqual(heard.get(true), heard.get(false))
    })
  }
})

describe('several questions together say no more of it', () => {
  const groupsAre = async (study: ModelStudy, what: string, isIt: (one: Person) => boolean, where = '') => {
    const heard = new Map([true, false].map((has) => [has, new Set<string>()]))
    for (const site of GROUPS) {
      const has = ROWS.some((one) => one.site === site && isIt(one))
      heard.get(has)?.add(await seen(study, `SELECT ${what} FROM people WHERE site = '${site}'${where}`))
    }
    assert.ok((heard.get(true)?.size ?? 0) > 0 && (heard.get(false)?.size ?? 0) > 0)
    assert.deepEqual(heard.get(true), heard.get(false))
  }
  const hasEvent = ({ event }: Person) => event === 'yes'

  test('the number of values beside a mean, after a table of events of which a cell is small', async () => {
    const study = await opened()
    await seen(study, "SELECT half, COUNT(DISTINCT id) AS n FROM people WHERE event = 'yes' GROUP BY half")
    await groupsAre(study, 'AVG(age) AS m', hasEvent)
  })

  test('counts after several tables of events', async () => {
    const study = await opened()
    for (const ward of ['half', 'ward0', 'ward1', 'ward2'])
      await seen(study, `SELECT ${ward}, COUNT(DISTINCT id) AS n FROM people WHERE event = 'yes' GROUP BY ${ward}`)
    await groupsAre(study, 'COUNT(DISTINCT id) AS n', hasEvent)
  })

  test('means of six people do not say whether one of them lacks a value', async () => {
    const study = await opened()
    const heard = new Map([0, 1].map((lacking) => [lacking, new Set<string>()]))
    for (let at = 0; at + 1 < GROUPS.length; at += 2) {
      const [site, next] = [GROUPS[at], GROUPS[at + 1]]
      const six = ROWS.filter((one) => one.site === site || (one.site === next && one.bed === BEDS[0]))
      const where = `site = '${site}' OR (site = '${next}' AND bed = '${BEDS[0]}')`
      heard
        .get(six.filter(({ score }) => score === null).length)
        ?.add(await seen(study, `SELECT AVG(score) AS m FROM people WHERE ${where}`))
    }
    assert.ok((heard.get(1)?.size ?? 0) > 0)
    assert.deepEqual(heard.get(0), heard.get(1))
  })

  test('windows that share one person: means of a number that all know, over people who had an event', async () => {
    const [one, other] = [true, false].map((has) =>
      ROWS.find((person) => hasEvent(person) === has && person.half === 'left')
    )
    assert.ok(one && other)
    const heard = []
    for (const { site, bed } of [one, other]) {
      const study = await opened()
      const shared = `(site = '${site}' AND bed = '${bed}')`
      const said = []
      for (const window of ['ward0', 'ward1', 'ward2'].flatMap((ward) => WARDS.map((level) => `${ward} = '${level}'`)))
        said.push(
          await seen(study, `SELECT AVG(age) AS m FROM people WHERE event = 'yes' AND (${window} OR ${shared})`)
        )
      heard.push(said.map((words) => words.replace(/\[\[.*$/, '')))
      await study.close()
    }
    assert.deepEqual(heard[0], heard[1])
  })

  test('few people with an event are not counted beside a known group, which can be subtracted', async () => {
    const study = await opened()
    const told = []
    for (const site of GROUPS.slice(1, 20)) {
      const few = ROWS.filter((one) => one.site === site && hasEvent(one)).length
      const said = await seen(
        study,
        `SELECT COUNT(DISTINCT id) AS n FROM people WHERE site = 'G0' OR (event = 'yes' AND site IN ('${site}', 'G39'))`
      )
      if (few < 5) told.push(said)
    }
    const all = "SELECT COUNT(DISTINCT id) AS n FROM people WHERE site = 'G0' OR event = 'yes'"
    assert.match(await seen(study, all), /^\[1/, 'of as many as may be told it is told')
    assert.deepEqual([...new Set(told)], ['COHORT_NOT_RELEASABLE'])
  })

  test('how many of a known group are among five who had an event', async () => {
    const [some, ...rest] = [1, 2, 3, 4, 5, 6].map((seed) => people(seed))
    assert.ok(some)
    for (const [name, what] of Object.entries({ count: 'COUNT(DISTINCT id) AS n', mean: 'AVG(age) AS m' })) {
      const heard = new Map<number, Set<string>>()
      for (const rows of [some, ...rest]) {
        const had = rows.filter((one) => hasEvent(one)).slice(0, IN_GROUP)
        const others = rows.filter((one) => !hasEvent(one)).slice(0, 10)
        const oneOf = (all: readonly Person[]) => all.map(({ site, bed }) => `(site = '${site}' AND bed = '${bed}')`)
        for (const many of [0, 2, 3, 4, 5]) {
          const study = await ModelStudy.open([TABLE], { people: rows.map((row) => ({ ...row })) }, REAL)
          const first = `SELECT COUNT(DISTINCT id) AS n FROM people WHERE event = 'yes' AND (${oneOf([...had, ...others]).join(' OR ')})`
          assert.match(await seen(study, first), /^\[1/)
          const five = [...had.slice(0, many), ...others.slice(0, IN_GROUP - many)]
          const said = await seen(study, `SELECT ${what} FROM people WHERE ${oneOf(five).join(' OR ')}`)
          heard.set(many, (heard.get(many) ?? new Set()).add(said))
          await study.close()
        }
      }
      const [none] = [...(heard.get(0) ?? [])]
      for (const [many, said] of heard) assert.deepEqual([...said], [none], `${name}: ${many} of them`)
    }
  })
})

test('three numbers of values that are odd together if one known person has one are not all exact', async () => {
  const sizes: [string, number][] = [['x', 1], ...['b', 'c', 'd'].map((block): [string, number] => [block, 100])]
  const rows = sizes.flatMap(([block, many]) =>
    Array.from({ length: many }, (_, i) => ({ id: `${block}${i}`, block, score: i % 9 === 1 ? null : 100 + (i % 50) }))
  )
  const variables = [
    { name: 'block', type: 'category', levels: ['x', 'b', 'c', 'd'], identifying: true },
    { name: 'score', type: 'integer', minimum: 0, maximum: 1_000, identifying: false }
  ]
  const study = await ModelStudy.open(
    [{ name: 'people', one_row_per_subject: true, variables }],
    { people: rows },
    REAL
  )
  const shapes = []
  for (const blocks of ["'x', 'b', 'c'", "'b', 'd'", "'c', 'd'"])
    shapes.push(await seen(study, `SELECT COUNT(score) AS n FROM people WHERE block IN (${blocks})`))
  await study.close()
  assert.equal(shapes[0], shapes[1])
  assert.notEqual(shapes[2], shapes[0], 'the third number is rounded or withheld')
})
