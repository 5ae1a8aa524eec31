import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { possibleBy, SpanLedger, tellEverything, unknownFacts } from '@stimnet/privacy'
import { codeOf, type Filter, isComparison, type Plan, SubjectSet, type VariableRef } from '@stimnet/protocol'
import fc from 'fast-check'
import { restOf } from '../src/ledger/levels.ts'
import { CATALOG, SUBJECTS } from './fixtures.ts'

const PLAN: Plan = { tables: ['subjects'], groupBy: [], measures: [SUBJECTS] }
const ROWS: Plan = { ...PLAN, tables: ['subjects', 'outcomes'] }
const KNOWN = ['subjects.age', 'subjects.site', 'outcomes.visit']
const facts = (variable: VariableRef) => ({ ...unknownFacts(variable), identifying: KNOWN.includes(variable) })
const is = (column: string, ...values: (string | number)[]): Filter => ({ column, op: 'in', values })
const possible = (cohort: Filter | undefined, plan: Plan = PLAN) => possibleBy(CATALOG, facts, { cohort, plan })
const conditionsOf = ({ cohort }: { readonly cohort?: Filter }) => (cohort === undefined ? [] : [cohort])
const filtersOf = (cohort: Filter | undefined, plan?: Plan) => possible(cohort, plan)?.filters.map(conditionsOf)

const north = is('subjects.site', 'north')
const female = is('subjects.sex', 'F')

describe('who could be in a question’s groups, as others can tell', () => {
  test('needs no other question where they know everything that it is about', () => {
    assert.equal(possible(undefined), undefined)
    assert.equal(possible({ all: [north, is('subjects.age', 65)] }), undefined)
  })

  test('with a level, and with a level or of a group', () => {
    assert.deepEqual(filtersOf({ all: [female, north] }), [[north]])
    assert.deepEqual(filtersOf({ any: [female, north] }), [[north], []])
    assert.deepEqual(filtersOf({ all: [{ not: female }, { not: north }] }), [[{ not: north }]])
    assert.deepEqual(possible({ all: [female, north] })?.unknown, ['subjects.sex'])
  })

  test('of two levels, each over people of its own', () => {
    const tall = is('subjects.height', 170)
    const found = filtersOf({ any: [{ all: [female, north] }, { all: [tall, { not: north }] }] })
    assert.deepEqual(
      new Set(found?.map((one) => JSON.stringify(one))),
      new Set(
        [north, { not: north }, undefined].map((one) =>
          JSON.stringify(one === undefined ? [{ any: [north, { not: north }] }] : [one])
        )
      )
    )
  })

  test('of rows whoever could have one, at each visit that is asked about', () => {
    const visits = (where?: Filter) => possible(undefined, where === undefined ? ROWS : { ...ROWS, where })?.filters
    assert.deepEqual(
      visits()?.map(({ row }) => row?.level),
      ['baseline', 'month_12']
    )
    const later = visits({ all: [is('outcomes.visit', 'month_12'), north] })
    const row = { variable: 'outcomes.visit', level: 'month_12' }
    assert.deepEqual(later, [{ row, where: north }])
    assert.deepEqual(visits({ all: [{ not: is('outcomes.visit', 'baseline') }, north] }), later)
  })

  test('who came to a visit is known, unless few people have a row of the table', () => {
    const came = is('outcomes.visit', 'month_12')
    const cohort = { all: [came, female] }
    assert.deepEqual(filtersOf(cohort), [[came]])
    const hidden = possibleBy(CATALOG, facts, { cohort, plan: PLAN, hidden: new Set(['outcomes']) })
    assert.deepEqual(hidden?.filters.map(conditionsOf), [[]])
    const [rows] = possible(undefined, { ...ROWS, where: cohort })?.filters ?? []
    assert.deepEqual([rows?.row?.level, rows?.where], ['month_12', undefined])
  })

  test('has the keys that they know, and counts the others as not known', () => {
    const plan: Plan = {
      ...PLAN,
      groupBy: [
        { name: 'site', variable: 'subjects.site' },
        { name: 'sex', variable: 'subjects.sex' }
      ]
    }
    assert.deepEqual(possible(undefined, plan)?.keys, ['subjects.site'])
    assert.deepEqual(possible(undefined, plan)?.unknown, ['subjects.sex'])
    assert.equal(possible(undefined, plan)?.otherCells, 2)
    assert.equal(possible(female, plan)?.otherCells, 1)
    assert.equal(possible({ not: female }, plan)?.otherCells, 1)
    const tall = { ...PLAN, groupBy: [{ name: 'height', variable: 'subjects.height' as const }] }
    assert.equal(possible(undefined, tall)?.otherCells, 3)
    assert.equal(possible({ column: 'subjects.height', op: '>=', values: [150] }, tall)?.otherCells, 2)
  })

  test('depends on nobody’s values: whoever is alike in what is known is in the same sets', () => {
    const comparison = fc
      .record({ column: fc.constantFrom('subjects.sex', 'subjects.site', 'subjects.age'), value: fc.nat(2) })
      .map(({ column, value }): Filter => is(column, value))
    const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
      filter: fc.oneof(
        { maxDepth: 3 },
        comparison,
        fc.record({ not: tie('filter') }),
        fc.record({ all: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) })
      )
    }))
    const fits = (one: Filter, row: Readonly<Record<string, number>>): boolean => {
      if (isComparison(one)) return one.values.includes(row[one.column] ?? -1)
      if ('not' in one) return !fits(one.not, row)
      return 'all' in one ? one.all.every((part) => fits(part, row)) : one.any.some((part) => fits(part, row))
    }
    let inSome = 0
    fc.assert(
      fc.property(filter, (cohort) => {
        const found = possible(cohort)
        if (found === undefined) return
        for (const one of found.filters) assert.doesNotMatch(JSON.stringify(one), /subjects\.sex/)
        for (let i = 0; i < 27; i++) {
          const row = {
            'subjects.sex': i % 3,
            'subjects.site': Math.floor(i / 3) % 3,
            'subjects.age': Math.floor(i / 9)
          }
          if (!fits(cohort, row)) continue
          inSome += 1
          assert.ok(
            found.filters.some((some) => conditionsOf(some).every((one) => fits(one, row))),
            JSON.stringify(cohort)
          )
        }
      }),
      { numRuns: 300 }
    )
    assert.ok(inSome > 300)
  })

  test('is refused in words where the conditions come out in too many ways', () => {
    const many = Array.from({ length: 11 }, (_, i) => ({ all: [is('subjects.height', i), north] }))
    assert.throws(
      () => possible({ any: many }),
      (error) => codeOf(error) === 'FILTER_INVALID' && /fewer conditions/.test(String(error))
    )
  })
})

test('a script over those with a level is one over everybody who could have it', () => {
  const set = (...members: number[]) => SubjectSet.of(40, members)
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
  const rigid = set(...range(0, 12))
  const over = (people: SubjectSet) => ({
    unknown: [],
    keys: [],
    otherCells: 1,
    levelsLeft: new Map(),
    groups: [],
    sets: [{ people }]
  })
  const ledgers = tellEverything(
    { cohort: rigid, possible: over(set(...range(0, 40))) },
    { subjects: SpanLedger.start(40) },
    5
  )
  assert.ok(ledgers)
  // One person fewer could be in the cohort. That person is not in it, so the cohort itself is the same.
  const again = { cohort: rigid, possible: over(set(...range(0, 39))) }
  assert.equal(tellEverything(again, ledgers, 5), undefined)
  assert.ok(tellEverything({ cohort: rigid }, ledgers, 5))
})

test('where all levels but one are told of the same people, the last one follows', () => {
  const count = (having: string, of = '1111') => ({
    of: Uint8Array.from(of, Number),
    having: Uint8Array.from(having, Number)
  })
  assert.deepEqual(restOf(count('1000'), [count('0100')], 3), count('0011'))
  assert.equal(restOf(count('1000'), [count('0100')], 4), undefined)
  assert.equal(restOf(count('1000'), [count('0100', '0111')], 3), undefined, 'of other people')
  assert.equal(restOf(count('1000'), [count('1000')], 3), undefined, 'the same again')
  assert.equal(restOf(count('1100'), [], 2), undefined, 'of two the opposite is the same count')
})
