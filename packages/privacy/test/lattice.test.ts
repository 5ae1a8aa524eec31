import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertLatticeHolds, assertOnLattice } from '@stimnet/privacy'
import {
  type Comparison,
  type Filter,
  type FilterValue,
  type Plan,
  SubjectSet,
  type VariableRef
} from '@stimnet/protocol'
import { CATALOG } from './fixtures.ts'

const compare = (column: string, op: Comparison['op'], ...values: FilterValue[]): Filter => ({ column, op, values })
const plan = (where: Filter | undefined, ...by: VariableRef[]): Plan => ({
  tables: ['subjects', 'outcomes'],
  ...(where ? { where } : {}),
  groupBy: by.map((variable) => ({ name: variable, variable })),
  measures: [{ kind: 'subjects', name: 'subjects' }]
})
const off = (asked: Parameters<typeof assertOnLattice>[1]) =>
  assert.throws(() => assertOnLattice(CATALOG, asked), {
    code: 'FILTER_OFF_LATTICE',
    reason: /subjects\.sex, subjects\.age/
  })

test('questions made of base cells pass', () => {
  const cells: Filter[] = [
    compare('sex', '=', 'F'),
    compare('subjects.sex', 'in', 'F', 'M'),
    { not: compare('sex', '!=', 'F') },
    { all: [compare('age', '>=', 65), { any: [compare('age', '<', 65), compare('sex', '=', 'M')] }] }
  ]
  for (const cohort of cells) assertOnLattice(CATALOG, { cohort, plan: plan(cohort, 'subjects.sex', 'subjects.age') })
})

test('an ordinary question may name the visit it is about, and group by it', () => {
  const where = compare('visit', '=', 'month_12')
  assertOnLattice(CATALOG, { cohort: where, plan: plan(where, 'outcomes.visit') })
})

test('what cuts a base cell is refused, and the refusal names the lattice', () => {
  off({ cohort: compare('age', '>=', 60) })
  off({ cohort: compare('age', '<=', 65) })
  off({ cohort: compare('age', '>', 65) })
  off({ cohort: compare('age', '=', 65) })
  off({ cohort: compare('age', '>=', '65') })
  off({ cohort: compare('sex', 'is null') })
  off({ cohort: compare('site', '=', 'north') })
  off({ cohort: { not: { all: [compare('sex', '=', 'F'), { any: [compare('height', '<', 150)] }] } } })
  off({ plan: plan(compare('outcomes.UPDRS_total', '<', 20)) })
  off({ plan: plan(undefined, 'subjects.site') })
  off({ plan: plan(undefined, 'subjects.height') })
  off({ plan: plan(undefined, 'outcomes.UPDRS_total') })
})

test('a group key with finer breakpoints than the lattice is refused', () => {
  const finer = { ...CATALOG, lattice: [{ variable: 'subjects.height', breakpoints: [150] }] }
  assert.throws(() => assertOnLattice(finer, { plan: plan(undefined, 'subjects.height') }), {
    code: 'FILTER_OFF_LATTICE'
  })
  const same = { ...CATALOG, lattice: [{ variable: 'subjects.height', breakpoints: [150, 170] }] }
  assertOnLattice(same, { plan: plan(undefined, 'subjects.height') })
})

test('a catalog without a lattice answers any declared question', () => {
  assertOnLattice(
    { ...CATALOG, lattice: [] },
    { cohort: compare('age', '=', 64), plan: plan(undefined, 'subjects.site') }
  )
})

test('a lattice with a base cell of fewer than k people is not offered, and the steward is told no number', () => {
  const cell = (from: number, to: number) =>
    SubjectSet.of(
      30,
      Array.from({ length: to - from }, (_, i) => from + i)
    )
  assertLatticeHolds(CATALOG, [cell(0, 5), cell(5, 30), SubjectSet.none(30)], 5)
  assertLatticeHolds(CATALOG, [], 5)
  assert.throws(() => assertLatticeHolds(CATALOG, [cell(0, 4), cell(4, 30)], 5), {
    code: 'SOURCE_INVALID',
    message: /trial: a base cell of its lattice \(subjects\.sex, .* has fewer than 5 subjects/
  })
})
