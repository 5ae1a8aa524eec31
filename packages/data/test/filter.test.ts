import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Code, Filter } from '@stimnet/protocol'
import { nearFilter, rowFilter } from '../src/index.ts'
import { CLINIC, CLINIC_FILES, makeWorld } from './world.ts'

const world = await makeWorld(CLINIC, CLINIC_FILES)
const catalog = await world.open()

const compare = (column: string, op: string, ...values: (string | number | boolean)[]) =>
  ({ column, op, values }) as Filter

test('a filter comes back with columns in full and one way to write each comparison', () => {
  const same: readonly (readonly [Filter, Filter])[] = [
    [compare('sex', '=', 'F'), compare('people.sex', '=', 'F')],
    [compare('age', '>', 64), compare('people.age', '>=', 65)],
    [compare('age', '<=', 39), compare('people.age', '<', 40)],
    [compare('age', '=', 65), compare('people.age', '=', 65)],
    [compare('day', '>', '2024-01-31'), compare('visits.day', '>=', '2024-02-01')],
    [compare('day', '<', 19723), compare('visits.day', '<', '2024-01-01')],
    [compare('score', '>=', -5), compare('visits.score', '>=', -5)],
    [compare('score', '<', -0), compare('visits.score', '<', 0)],
    [{ not: compare('height', 'is null') }, { not: compare('people.height', 'is null') }],
    [{ any: [compare('sex', 'in', 'F', 'M')] }, { any: [compare('people.sex', 'in', 'F', 'M')] }]
  ]
  for (const [asked, answered] of same) {
    assert.deepEqual(catalog.resolveFilter(asked), answered)
    assert.deepEqual(catalog.resolveFilter(answered), answered, 'resolving again changes nothing')
  }
})

const REFUSED: readonly (readonly [string, Filter, Code, RegExp])[] = [
  ['an unknown variable', compare('weight', '=', 1), 'VARIABLE_UNKNOWN', /age, sex/],
  ['the subject key', compare('subject_id', '=', 'a'), 'VARIABLE_UNKNOWN', /no variable/],
  ['an undeclared level', compare('sex', '=', 'X'), 'VALUE_NOT_DECLARED', /Its levels: F, M/],
  ['one undeclared level among others', compare('sex', 'in', 'F', 'X'), 'VALUE_NOT_DECLARED', /"X"/],
  ['an age between breakpoints', compare('age', '>=', 50), 'VALUE_NOT_DECLARED', /40, 60, 65, 66/],
  ['the oldest person', compare('age', '>', 93), 'VALUE_NOT_DECLARED', /cannot be cut/],
  ['above a breakpoint of a number', compare('score', '>', 0), 'VALUE_NOT_DECLARED', /Compare with >= and </],
  ['above a number that is one below a breakpoint', compare('score', '>', -1), 'VALUE_NOT_DECLARED', /cannot be cut/],
  ['an exact number', compare('score', '=', 0), 'VALUE_NOT_DECLARED', /cannot be cut/],
  ['an exact age that no two breakpoints enclose', compare('age', '=', 40), 'VALUE_NOT_DECLARED', /cannot be cut/],
  ['a number as a text', compare('age', '>=', '40'), 'VALUE_NOT_DECLARED', /a whole number/],
  ['a fraction of a whole number', compare('age', '<=', 39.5), 'VALUE_NOT_DECLARED', /a whole number/],
  ['a day between breakpoints', compare('day', '<', '2024-01-15'), 'VALUE_NOT_DECLARED', /2024-01-01, 2024-02-01/],
  ['a day that is none', compare('day', '<', '2024-02-30'), 'VALUE_NOT_DECLARED', /a date/],
  ['free text', compare('note', '=', 'plain'), 'FILTER_INVALID', /free text/],
  ['missing free text', compare('note', 'is null'), 'FILTER_INVALID', /free text/],
  ['a number without breakpoints', compare('height', '>=', 1), 'FILTER_INVALID', /no declared breakpoints/],
  ['the order of a category', compare('sex', '<', 'M'), 'FILTER_INVALID', /is a category/],
  ['two values for one comparison', compare('sex', '=', 'F', 'M'), 'FILTER_INVALID', /number of values/],
  ['a filter too deep', { not: { not: { not: { not: compare('sex', '=', 'F') } } } }, 'FILTER_INVALID', /levels deep/],
  ['nothing at all', { all: [] }, 'FILTER_INVALID', /at least one/]
]

for (const [what, filter, code, reason] of REFUSED) {
  test(`${what} is no filter, and the reason says what there is`, () => {
    assert.throws(() => catalog.resolveFilter(filter), { code, reason })
  })
}

test('a variable of a table that is not asked about is unknown there', () => {
  assert.throws(() => catalog.resolveFilter(compare('visit', '=', 'baseline'), ['people']), {
    code: 'VARIABLE_UNKNOWN'
  })
})

test('what a cohort filter says about the plan’s own tables holds for their rows as well', () => {
  const women = compare('people.sex', '=', 'F')
  const later = compare('visits.visit', '=', 'month_12')
  const mixed: Filter = { any: [women, later] }
  assert.equal(rowFilter(undefined, ['visits']), undefined)
  assert.deepEqual(rowFilter(later, ['visits']), later)
  assert.equal(rowFilter(women, ['visits']), undefined)
  assert.deepEqual(rowFilter({ all: [women, { all: [later, mixed] }] }, ['visits']), later)
  assert.deepEqual(rowFilter({ all: [women, later, mixed] }, ['people', 'visits']), { all: [women, later, mixed] })
  assert.equal(rowFilter(mixed, ['visits']), undefined)
})

test('a name is that of the tables already spoken of, where one of those has it alone; else it is as it was', () => {
  const [people, visits] = catalog.descriptor.tables
  assert.ok(people && visits)
  // Both tables have a `visit`.
  const tables = [{ ...people, variables: [...people.variables, ...visits.variables.slice(0, 1)] }, visits]
  const shared = { ...catalog.descriptor, tables }
  const is = (column: string): Filter => ({ column, op: '=', values: ['x'] })
  const near = (filter: Filter, ...tables: string[]) => nearFilter(filter, shared, tables)
  assert.deepEqual(near(is('sex'), 'people'), is('people.sex'))
  assert.deepEqual(near({ not: { any: [is('sex'), is('nothing')] } }, 'people'), {
    not: { any: [is('people.sex'), is('nothing')] }
  })
  assert.deepEqual(near(is('visits.visit'), 'people'), is('visits.visit'), 'in full it means what it says')
  assert.deepEqual(near(is('sex'), 'visits'), is('sex'))
  assert.deepEqual(near(is('visit'), 'people', 'visits'), is('visit'), 'both have it: nothing is guessed')
  assert.deepEqual(near(is('visit'), 'visits'), is('visits.visit'))
  assert.deepEqual(near(is('__proto__'), 'visits'), is('__proto__'))
})
