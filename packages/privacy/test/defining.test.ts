import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relaxedBy, unknownFacts } from '@stimnet/privacy'
import { type Filter, isComparison, type Plan, SubjectSet, type VariableRef } from '@stimnet/protocol'
import fc from 'fast-check'
import { wholeOf } from '../src/judge/defining.ts'
import { RowSets } from '../src/judge/row-sets.ts'
import { CATALOG, measure, ownersOf, people, planOf, ROWS_EACH, reduce, ref, SUBJECTS } from './fixtures.ts'

const PLAN: Plan = { tables: ['subjects'], groupBy: [], measures: [SUBJECTS] }
const facts =
  (identifying: readonly string[] = []) =>
  (variable: VariableRef) => ({
    ...unknownFacts(variable),
    identifying: identifying.includes(variable)
  })
const is = (column: string, ...values: (string | number)[]): Filter => ({ column, op: 'in', values })
const relaxed = (cohort: Filter | undefined, plan = PLAN, identifying: readonly string[] = []) =>
  relaxedBy(CATALOG, facts(identifying), { cohort, plan })

test('a question is also asked without each variable that says who is in it and that others do not know', () => {
  const cohort: Filter = { all: [is('subjects.sex', 'F'), is('subjects.site', 'north')] }
  const [sex, site, more] = relaxed(cohort)
  assert.deepEqual([sex?.variable, site?.variable, more], ['subjects.sex', 'subjects.site', undefined])
  assert.deepEqual(sex?.question?.cohort, is('subjects.site', 'north'))
  assert.deepEqual(site?.question?.cohort, is('subjects.sex', 'F'))
  assert.deepEqual(
    relaxed(cohort, PLAN, ['subjects.sex']).map(({ variable }) => variable),
    ['subjects.site'],
    'what others know of a person anyway, such as his sex, is left as it is'
  )
})

test('of a variable that is not described nothing is taken to be known', () => {
  const found = relaxedBy(CATALOG, unknownFacts, { cohort: is('subjects.sex', 'F'), plan: PLAN })
  assert.deepEqual(
    found.map(({ variable }) => variable),
    ['subjects.sex']
  )
})

test('a key needs no other question; a condition of the plan does, like one of the cohort', () => {
  const plan: Plan = {
    ...PLAN,
    groupBy: [{ name: 'sex', variable: 'subjects.sex' }],
    where: is('subjects.site', 'north')
  }
  const [site, sex] = relaxed(undefined, plan)
  assert.deepEqual([sex?.variable, sex?.question], ['subjects.sex', undefined])
  assert.deepEqual([site?.variable, site?.question?.plan.where], ['subjects.site', undefined])
  assert.ok(site?.question !== undefined && !('where' in site.question.plan))
})

test('two conditions on one variable have two names, and the same condition one', () => {
  const level = (cohort: Filter) => relaxed(cohort)[0]?.question?.level
  const names = [
    is('subjects.site', 'north'),
    is('subjects.site', 'south'),
    { not: is('subjects.site', 'north') },
    { any: [is('subjects.site', 'north'), is('subjects.site', 'south')] },
    { all: [is('subjects.site', 'north'), is('subjects.site', 'south')] }
  ].map((filter) => level(filter))
  assert.equal(new Set(names).size, names.length)
  assert.equal(
    level(is('subjects.site', 'north')),
    level({ all: [is('subjects.site', 'north'), { not: { not: is('subjects.age', 3) } }] })
  )
})

test('without a variable everybody fits who could fit, were it another; and it no longer says who does', () => {
  const COLUMNS = ['subjects.sex', 'subjects.site', 'subjects.age']
  const comparison = fc
    .record({ column: fc.constantFrom(...COLUMNS), values: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 2 }) })
    .map(({ column, values }): Filter => ({ column, op: 'in', values }))
  const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      comparison,
      fc.record({ not: tie('filter') }),
      fc.record({ all: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) })
    )
  }))
  const fits = (one: Filter | undefined, row: Record<string, number>): boolean => {
    if (one === undefined) return true
    if (isComparison(one)) return one.values.includes(row[one.column] ?? -1)
    if ('not' in one) return !fits(one.not, row)
    return 'all' in one ? one.all.every((part) => fits(part, row)) : one.any.some((part) => fits(part, row))
  }
  const timesIn = (one: Filter, column: string): number =>
    isComparison(one)
      ? Number(one.column === column)
      : ('not' in one ? [one.not] : 'all' in one ? one.all : one.any).reduce(
          (sum, part) => sum + timesIn(part, column),
          0
        )
  const rows = Array.from({ length: 27 }, (_, i) => ({
    'subjects.sex': i % 3,
    'subjects.site': Math.floor(i / 3) % 3,
    'subjects.age': Math.floor(i / 9)
  }))
  let exact = 0
  fc.assert(
    fc.property(filter, (cohort) => {
      for (const { variable, question } of relaxed(cohort)) {
        for (const row of rows) {
          const could = [0, 1, 2].some((value) => fits(cohort, { ...row, [variable]: value }))
          const fitsNow = fits(question?.cohort, row)
          if (could) assert.ok(fitsNow, `${JSON.stringify(cohort)} without ${variable}`)
          if (timesIn(cohort, variable) > 1) continue
          // If the variable occurs once, nobody else fits either. A question without a remaining filter is about everybody.
          if (question?.cohort !== undefined) assert.equal(fitsNow, could)
          exact += 1
        }
        assert.equal(question?.cohort === undefined ? 0 : timesIn(question.cohort, variable), 0)
      }
    }),
    { numRuns: 500 }
  )
  assert.ok(exact > 1_000)
})

test('whom a number was asked of: all groups of the other keys, over those that have a value where it is of values', () => {
  const rows = people(40, (i) => ({
    arm: i % 2 ? 'a' : 'b',
    site: i < 20 ? 'n' : i < 30 ? 's' : null,
    x: i % 4 ? i : null
  }))
  const plan = planOf([measure('mean', 'x')], 'arm', 'site')
  const reduction = reduce(plan, 40, rows)
  const group = reduction.groups.find(({ key }) => key.join() === 'a,n')
  assert.ok(group)
  const whole = (part: string, variable = 'site') =>
    wholeOf(group, { variable: ref(variable) }, part, { plan, reduction, rowSets: undefined })?.subjects
  const inArm = SubjectSet.of(
    40,
    rows.filter(({ arm }) => arm === 'a').map(({ subject }) => subject)
  )
  assert.ok(whole('group')?.equals(inArm), 'those of the other site, and of none, too')
  assert.ok(
    whole(ref('x'))?.equals(
      inArm.without(
        SubjectSet.of(
          40,
          rows.filter(({ x }) => x === null).map(({ subject }) => subject)
        )
      )
    )
  )
  assert.equal(whole('group', 'arm')?.size, 20, 'of the site both arms')
  const without = reduce(plan, 40, [...rows, { subject: 39, arm: 'a', site: 'n', x: 1 }])
  const more = wholeOf(group, { variable: ref('y'), without }, 'group', { plan, reduction, rowSets: undefined })
  assert.equal(more?.subjects.size, group.support.size + 1, 'of the question without the conditions')
  assert.equal(wholeOf(group, { variable: ref('site') }, 't.none', { plan, reduction, rowSets: undefined }), undefined)
})

test('of rows it is of rows', () => {
  const rows = people(20, (i) => ({ site: i < 10 ? 'n' : 's' })).flatMap((row) => [
    { ...row, row: 0 },
    { ...row, row: 1 }
  ])
  const plan = planOf([{ kind: 'rows', name: 'rows' }], 'site')
  const reduction = reduce(plan, 20, rows)
  const rowSets = new RowSets({ table: 't', rows: 20 * ROWS_EACH, owners: ownersOf(20) }, 20)
  const [group] = reduction.groups
  assert.ok(group)
  const whole = wholeOf(group, { variable: ref('site') }, 'group', { plan, reduction, rowSets })
  assert.deepEqual([whole?.subjects.size, whole?.rows?.size], [20, 40])
})
