/** A small random catalog in plain objects, with a slow and obvious way to compute answers. */
import type { Comparison, Filter, FilterValue } from '@stimnet/protocol'
import fc from 'fast-check'

export type Value = number | string | null
/** A row of a table: its subject and its values. */
export interface ModelRow {
  readonly who: string
  readonly values: Readonly<Record<string, Value>>
}
export interface Model {
  readonly people: readonly ModelRow[]
  readonly visits: readonly ModelRow[]
}

export const LEVELS = ['a', 'b', 'c']
export const AGE_POINTS = [0, 1, 5]
export const SCORE_POINTS = [-1.5, 0, 2.25]
const KEYS = Array.from({ length: 14 }, (_, i) => `s${i}`)

/** The variable `who` identifies each subject by a level, so that a test can find the subject's position in the index. */
export const MODEL_CONFIG = {
  name: 'model',
  subject_key: 'id',
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'who', column: 'twin', type: 'category', levels: KEYS },
        { name: 'age', type: 'integer', breakpoints: AGE_POINTS },
        { name: 'group', type: 'category', levels: LEVELS }
      ]
    },
    {
      name: 'visits',
      file: 'visits.csv',
      variables: [
        { name: 'who', column: 'twin', type: 'category', levels: KEYS },
        { name: 'kind', type: 'category', levels: LEVELS },
        { name: 'score', type: 'number', decimals: 2, breakpoints: SCORE_POINTS },
        { name: 'grade', type: 'number', decimals: 1, missing: ['', 'x'] }
      ]
    }
  ]
}

const level = fc.constantFrom(...LEVELS, null)
const person = fc.record({
  who: fc.constantFrom(...KEYS),
  values: fc.record({ age: fc.option(fc.integer({ min: -3, max: 8 })), group: level })
})
const visit = fc.record({
  who: fc.constantFrom(...KEYS),
  values: fc.record({
    kind: level,
    score: fc.option(fc.integer({ min: -400, max: 400 }).map((n) => n / 100)),
    grade: fc.option(fc.integer({ min: 0, max: 30 }).map((n) => n / 10))
  })
})
export const model: fc.Arbitrary<Model> = fc.record({
  people: fc.uniqueArray(person, { selector: ({ who }) => who, minLength: 1, maxLength: 14 }),
  visits: fc.array(visit, { maxLength: 40 })
})

export function modelFiles({ people, visits }: Model): Record<string, string> {
  const csv = (names: string[], rows: readonly ModelRow[]) =>
    [
      `id,twin,${names}`,
      ...rows.map(({ who, values }) => [who, who, ...names.map((n) => values[n] ?? '')].join(','))
    ].join('\n')
  return { 'people.csv': csv(['age', 'group'], people), 'visits.csv': csv(['kind', 'score', 'grade'], visits) }
}

/** Comparisons that the catalog can answer, over one table or both. */
export function comparison(tables: readonly string[]): fc.Arbitrary<Comparison> {
  const compare = (column: string, op: Comparison['op'], values: readonly FilterValue[]) => ({ column, op, values })
  const category = (column: string) =>
    fc.oneof(
      fc
        .tuple(fc.constantFrom('=' as const, '!=' as const), fc.constantFrom(...LEVELS))
        .map(([op, v]) => compare(column, op, [v])),
      fc.subarray(LEVELS, { minLength: 1 }).map((values) => compare(column, 'in', values)),
      fc.constant(compare(column, 'is null', []))
    )
  const number = (column: string, points: readonly number[]) =>
    fc.oneof(
      fc
        .tuple(fc.constantFrom('>=' as const, '<' as const), fc.constantFrom(...points))
        .map(([op, v]) => compare(column, op, [v])),
      fc.constant(compare(column, 'is null', []))
    )
  const exact = fc.constantFrom(
    ...(['=', '!=', 'in'] as const).map((op) => compare('people.age', op, [0])),
    compare('people.age', '>', [4]),
    compare('people.age', '<=', [0])
  )
  const people = [number('people.age', AGE_POINTS), category('people.group'), exact]
  const visits = [category('visits.kind'), number('visits.score', SCORE_POINTS)]
  return fc.oneof(...(tables.includes('people') ? people : []), ...(tables.includes('visits') ? visits : []))
}

export function filter(tables: readonly string[]): fc.Arbitrary<Filter> {
  const one = comparison(tables)
  const two = fc.oneof(
    one,
    one.map((inner) => ({ not: inner })),
    fc.array(one, { minLength: 1, maxLength: 3 }).map((all) => ({ all }))
  )
  return fc.oneof(
    two,
    two.map((inner) => ({ not: inner })),
    fc.array(two, { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    fc.array(two, { minLength: 1, maxLength: 3 }).map((all) => ({ all }))
  )
}

/** Whether one value satisfies a comparison; a missing value satisfies only `is null`. */
export function fits(value: Value | undefined, { op, values }: Comparison): boolean {
  if (op === 'is null') return value === null || value === undefined
  if (value === null || value === undefined) return false
  const [other = ''] = values
  if (op === '=' || op === 'in') return values.includes(value)
  if (op === '!=') return !values.includes(value)
  const [a, b] = [Number(value), Number(other)]
  return op === '<' ? a < b : op === '<=' ? a <= b : op === '>' ? a > b : a >= b
}

/** Whether a subject is in a cohort: each comparison must be satisfied by at least one of the subject's rows. */
export function isMember(who: string, filter: Filter, model: Model): boolean {
  if ('all' in filter) return filter.all.every((inner) => isMember(who, inner, model))
  if ('any' in filter) return filter.any.some((inner) => isMember(who, inner, model))
  if ('not' in filter) return !isMember(who, filter.not, model)
  const [table = '', name = ''] = filter.column.split('.')
  const rows = table === 'people' ? model.people : model.visits
  return rows.some((row) => row.who === who && fits(row.values[name], filter))
}

/** Whether one joined row satisfies a filter; `row` has its values by `table.variable`. */
export function rowFits(row: Readonly<Record<string, Value>>, filter: Filter): boolean {
  if ('all' in filter) return filter.all.every((inner) => rowFits(row, inner))
  if ('any' in filter) return filter.any.some((inner) => rowFits(row, inner))
  if ('not' in filter) return !rowFits(row, filter.not)
  return fits(row[filter.column], filter)
}

export function subjectsOf({ people, visits }: Model): string[] {
  return [...new Set([...people, ...visits].map(({ who }) => who))]
}
