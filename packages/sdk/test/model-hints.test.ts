import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FoundCatalog } from '@stimnet/api'
import { modelHints } from '@stimnet/sdk'

const variable = (name: string, type: string, more: object = {}) => ({
  ...{ name, type, unit: '', description: '', levels: [], breakpoints: [], minimum: 0, maximum: 99 },
  ...{ missing_share: null, identifying: false, ...more }
})
const LEVELS = ['baseline', 'month_12']
const TABLES = [
  {
    ...{ name: 'subjects', description: '', one_row_per_subject: true },
    variables: [
      variable('age', 'integer', { identifying: true }),
      variable('sex', 'category', { levels: ['female', 'male'], identifying: true })
    ]
  },
  {
    ...{ name: 'outcomes', description: '', one_row_per_subject: false },
    variables: [
      variable('arm', 'category', { levels: ['drug', 'placebo'] }),
      variable('visit', 'category', { levels: LEVELS }),
      variable('score', 'number')
    ]
  }
]
const catalogOf = (institution: string, more: object = {}) =>
  ({
    ...{ peer_id: `12D3Koo${institution}`, node_id: 'n', institution, name: 'trial', synthetic: false, mode: 'sdc' },
    ...{ precision: 'exact', schema_definition: { subject_key: 'id', lattice: [], tables: TABLES }, ...more }
  }) as unknown as FoundCatalog
const MONTH_12 = { column: 'outcomes.visit', op: '=', values: ['month_12'] } as const
const hints = (formula: string, more: object = {}, catalogs = [catalogOf('North')]) =>
  modelHints(catalogs, { formula, where: MONTH_12, ...more })

test('a model that a description rules out is told so, with what to do, and others are told nothing', () => {
  assert.deepEqual(hints('score ~ sex + arm'), [])
  const [known, ...more] = hints('score ~ age + sex')
  assert.deepEqual([known?.isRefused, more], [true, []])
  assert.match(known?.text ?? '', /^The model has subjects\.age, which others may know.*age groups\.$/)
  // Synthetic people need no protection, and the variables of the second model are known to others anyway.
  assert.deepEqual(hints('score ~ age', {}, [catalogOf('North', { synthetic: true })]), [])
  assert.deepEqual(hints('age ~ sex'), [])
  // An error in the formula itself is not repeated as a hint.
  assert.deepEqual(hints('score ~ agee'), [])
})

test('catalogs that round are named together, and one that does not say is not accused', () => {
  const rounding = { precision: 'statistical' }
  const all = [catalogOf('North', rounding), catalogOf('South'), catalogOf('East', rounding), catalogOf('Old')]
  const told = hints('score ~ sex', {}, [...all.slice(0, 3), catalogOf('Old', { precision: undefined })])
  assert.deepEqual(
    told.map(({ institutions }) => institutions),
    [['North', 'East']]
  )
  assert.match(told[0]?.text ?? '', /^trial releases rounded numbers, .* `precision: exact`/)
  // A logistic regression is fitted from counts.
  assert.deepEqual(hints('arm ~ sex', { family: 'binomial' }, [catalogOf('North', rounding)]), [])
})

test('rows that no condition chooses are named with a condition that does, which is no refusal', () => {
  const open = hints('score ~ sex', { where: { column: 'subjects.sex', op: '=', values: ['male'] } })
  const text =
    'outcomes has several rows per person, and a model needs one row each: choose one visit, such as --where outcomes.visit=month_12, ' +
    'or give each person an intercept: + (1 | subject).'
  assert.deepEqual(open, [{ text, institutions: ['North'], sites: ['12D3KooNorth'], isRefused: false }])
  assert.deepEqual(hints('score ~ sex', { where: undefined, set: 'main' }), [], 'an analysis set may choose')
  assert.deepEqual(hints('score ~ sex', { where: { column: 'visit', op: '=', values: ['month_12'] } }), [])
})
