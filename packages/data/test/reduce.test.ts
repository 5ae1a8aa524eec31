import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Deviations,
  type Filter,
  type Measure,
  type Plan,
  pairKey,
  type ReducedColumn,
  type ReducedPart,
  SubjectSet,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import fc from 'fast-check'
import type { Engine } from '../src/engine.ts'
import { type Catalog, parseSql } from '../src/index.ts'
import { reduce } from '../src/reduce/reduce.ts'
import {
  AGE_POINTS,
  filter,
  isMember,
  LEVELS,
  MODEL_CONFIG,
  type Model,
  model,
  modelFiles,
  rowFits,
  SCORE_POINTS,
  subjectsOf,
  type Value
} from './model.ts'
import { CLINIC, CLINIC_FILES, makeWorld } from './world.ts'

type JoinedRow = { readonly who: string; readonly values: Readonly<Record<string, Value>> }
const DECIMALS: Readonly<Record<string, number>> = { 'people.age': 0, 'visits.score': 2, 'visits.grade': 1 }
const POINTS: Readonly<Record<string, readonly number[]>> = { 'people.age': AGE_POINTS, 'visits.score': SCORE_POINTS }

/** Every row of the join, with values by `table.variable`. */
function joinedRows(data: Model, tables: readonly string[]): JoinedRow[] {
  const full = (table: 'people' | 'visits') =>
    data[table].map(({ who, values }) => ({
      who,
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [`${table}.${name}`, value]))
    }))
  const [first, second] = tables.map((table) => full(table as 'people' | 'visits'))
  if (second === undefined) return first ?? []
  return (first ?? []).flatMap((a) =>
    second.filter((b) => b.who === a.who).map((b) => ({ who: a.who, values: { ...a.values, ...b.values } }))
  )
}

function binOf(value: number, points: readonly number[]): string {
  const at = points.filter((point) => value >= point).length
  if (at === 0) return `<${points[0]}`
  return at === points.length ? `>=${points.at(-1)}` : `[${points[at - 1]},${points[at]})`
}

function keyOf(row: JoinedRow, ref: string): string | null {
  const value = row.values[ref] ?? null
  const points = POINTS[ref]
  return value === null || points === undefined ? (value as string | null) : binOf(Number(value), points)
}

const scaled = (value: Value | undefined, ref: string) => BigInt(Math.round(Number(value) * 10 ** (DECIMALS[ref] ?? 0)))
const sum = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n)
const sorted = (names: Iterable<string>) => [...new Set(names)].sort()

/** The rows of each number, if a subject can have several rows. */
const owned = (rows: readonly JoinedRow[], long: boolean) => (long ? rows.map(({ who }) => who).sort() : null)
const binOfRows = (rows: readonly JoinedRow[], long: boolean) => ({ rows: rows.length, rowSet: owned(rows, long) })

/** One column of one group, computed the slow way. `all` are the rows of all groups. */
function column(
  rows: readonly JoinedRow[],
  all: readonly JoinedRow[],
  ref: string,
  {
    binned,
    long,
    shaped,
    ends
  }: { binned: boolean; long: boolean; shaped: boolean; ends: readonly (readonly number[])[] }
) {
  const has = rows.filter(({ values }) => values[ref] !== null)
  const numeric = ref in DECIMALS
  const numbers = numeric ? has.map(({ values }) => scaled(values[ref], ref)) : []
  const own = sorted(has.map(({ who }) => who)).map((who) =>
    sum(has.filter((r) => r.who === who).map((r) => (numeric ? scaled(r.values[ref], ref) : 0n)))
  )
  const nonNegative = numbers.every((n) => n >= 0n)
  const [one = 0n, two = 0n] = nonNegative ? own.sort((a, b) => (a < b ? 1 : -1)) : []
  const distinct = new Set(all.flatMap(({ values }) => (values[ref] === null ? [] : [String(values[ref])])))
  const names = numeric ? (distinct.size <= 10 ? [...distinct] : null) : LEVELS
  const whoHas = (name: string) =>
    sorted(has.filter(({ values }) => String(values[ref]) === name).map(({ who }) => who))
  const points = POINTS[ref] ?? []
  const labels = [`<${points[0]}`, ...points.slice(1).map((p, i) => `[${points[i]},${p})`), `>=${points.at(-1)}`]
  return {
    decimals: DECIMALS[ref] ?? 0,
    support: sorted(has.map(({ who }) => who)),
    rows: has.length,
    rowSet: owned(has, long),
    sum: sum(numbers),
    sumSquares: sum(numbers.map((n) => n * n)),
    powers: shaped ? { cubes: sum(numbers.map((n) => n ** 3n)), fourths: sum(numbers.map((n) => n ** 4n)) } : null,
    nonNegative,
    aboveLeast: offEnd(has, ref, ends[0]?.slice(0, 1)),
    belowMost: offEnd(has, ref, ends[1]?.slice(0, 1)),
    aboveSecond: ends[0]?.[1] === undefined ? null : offEnd(has, ref, ends[0]),
    belowLastButOne: ends[1]?.[1] === undefined ? null : offEnd(has, ref, ends[1]),
    largest: [one, two],
    levels: names === null ? null : Object.fromEntries(names.map((name) => [name, whoHas(name)])),
    levelRows:
      names === null || !numeric || !long
        ? null
        : Object.fromEntries(
            names.map((name) => [
              name,
              owned(
                has.filter((r) => String(r.values[ref]) === name),
                long
              )
            ])
          ),
    bins: binned
      ? labels.map((label) =>
          binOfRows(
            has.filter((row) => keyOf(row, ref) === label),
            long
          )
        )
      : null
  }
}

/**
 * The smallest and the largest values of the whole table, outermost first: at most two, ending before the first value that fewer than three
 * rows have.
 */
function endsIn(data: Model, ref: string): readonly (readonly number[])[] {
  if (!(ref in DECIMALS)) return [[], []]
  const [table = '', name = ''] = ref.split('.')
  const all = data[table as 'people' | 'visits'].flatMap(({ values }) =>
    values[name] === null ? [] : [Number(values[name])]
  )
  const distinct = [...new Set(all)].sort((a, b) => a - b)
  const isFew = (end: number) => all.filter((value) => value === end).length < 3
  return [distinct, distinct.toReversed()].map((ends) => {
    const few = ends.findIndex(isFew)
    return ends.slice(0, Math.min(few < 0 ? 2 : few, distinct.length < 3 ? 1 : 2))
  })
}

function offEnd(has: readonly JoinedRow[], ref: string, ends: readonly number[] = []) {
  if (ends.length === 0) return null
  return owned(
    has.filter(({ values }) => !ends.includes(Number(values[ref]))),
    true
  )
}

function pair(rows: readonly JoinedRow[], x: string, y: string, long: boolean) {
  const both = rows.filter(({ values }) => values[x] !== null && values[y] !== null)
  const xs = both.map(({ values }) => scaled(values[x], x))
  const ys = both.map(({ values }) => scaled(values[y], y))
  const products = (a: readonly bigint[], b: readonly bigint[]) => sum(a.map((n, i) => n * (b[i] ?? 0n)))
  return {
    support: sorted(both.map(({ who }) => who)),
    rows: both.length,
    rowSet: owned(both, long),
    decimals: [DECIMALS[x], DECIMALS[y]],
    sumX: sum(xs),
    sumY: sum(ys),
    sumXX: products(xs, xs),
    sumYY: products(ys, ys),
    sumXY: products(xs, ys)
  }
}

function expected(data: Model, plan: Plan, cohort: Filter) {
  const rows = joinedRows(data, plan.tables).filter(
    (row) => isMember(row.who, cohort, data) && (plan.where === undefined || rowFits(row.values, plan.where))
  )
  const groups = new Map<string, JoinedRow[]>()
  for (const row of rows) {
    const key = JSON.stringify(plan.groupBy.map(({ variable }) => keyOf(row, variable)))
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const refs = [...new Set(plan.measures.flatMap(variablesOf))]
  const binned = new Set(plan.measures.flatMap((m) => (m.kind === 'quantile' ? [m.variable] : [])))
  const kindsOf = (ref: string) => plan.measures.flatMap((m) => ('variable' in m && m.variable === ref ? [m.kind] : []))
  const pairs = plan.measures.flatMap((m) => ('variables' in m ? [m.variables] : []))
  const long = plan.tables.includes('visits')
  return Object.fromEntries(
    [...groups].sort().map(([key, own]) => [
      key,
      {
        support: sorted(own.map(({ who }) => who)),
        rows: own.length,
        rowSet: owned(own, long),
        columns: Object.fromEntries(
          refs.map((ref) => [
            ref,
            column(own, rows, ref, {
              ...{ binned: binned.has(ref), long, shaped: kindsOf(ref).some(isShape), ends: endsIn(data, ref) }
            })
          ])
        ),
        pairs: Object.fromEntries(pairs.map(([x, y]) => [pairKey(x, y), pair(own, x, y, long)]))
      }
    ])
  )
}

const isShape = (kind: Measure['kind']) => kind === 'skewness' || kind === 'kurtosis'

/** The distances from the mean: their total, and the two largest of single subjects, in the unit of the value. */
function distances(rows: readonly JoinedRow[], ref: string, other: string | undefined, power: number): number[] {
  const has = rows.filter(({ values }) => values[ref] !== null && (other === undefined || values[other] !== null))
  const values = has.map((row) => Number(scaled(row.values[ref], ref)))
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const own = new Map<string, number>()
  for (const [i, { who }] of has.entries())
    own.set(who, (own.get(who) ?? 0) + Math.abs((values[i] ?? 0) - mean) ** power)
  const sums = [...own.values()].sort((a, b) => b - a)
  return [sums.reduce((a, b) => a + b, 0), sums[0] ?? 0, sums[1] ?? 0]
}

function assertDistances(found: readonly Deviations[] | undefined, expected: readonly number[][]): void {
  assert.equal(found?.length ?? 0, expected.length)
  for (const [i, { total, largest }] of (found ?? []).entries()) {
    for (const [j, value] of [total, ...largest].entries()) {
      const right = expected[i]?.[j] ?? 0
      assert.ok(Math.abs(Number(value) / 2 ** 20 - right) <= 1e-6 * (1 + right), `${value} for ${right}`)
    }
  }
}

const POWERS: Readonly<Record<string, readonly number[]>> = {
  variance: [2],
  sd: [2],
  skewness: [2, 3],
  kurtosis: [2, 3, 4]
}

/** Asserts that every column and pair of every group has exactly the distances that its measures disclose. */
async function assertSpreads(catalog: Catalog, data: Model, plan: Plan, cohort: Filter): Promise<void> {
  const { groups } = await catalog.reduce(plan, await catalog.cohort(cohort))
  const rows = joinedRows(data, plan.tables).filter(
    (row) => isMember(row.who, cohort, data) && (plan.where === undefined || rowFits(row.values, plan.where))
  )
  for (const { key, columns, pairs } of groups) {
    const own = rows.filter((row) => plan.groupBy.every(({ variable }, i) => keyOf(row, variable) === key[i]))
    for (const [ref, found] of columns) {
      const kinds = plan.measures.flatMap((m) => ('variable' in m && m.variable === ref ? [m.kind] : []))
      const isSigned = groups.some((group) => group.columns.get(ref)?.nonNegative === false)
      const added: typeof POWERS = isSigned ? { sum: [2], mean: [2] } : {}
      const powers = [...new Set(kinds.flatMap((kind) => ({ ...POWERS, ...added })[kind] ?? []))]
      assertDistances(
        found.deviations,
        powers.map((power) => distances(own, ref, undefined, power))
      )
    }
    for (const [key, found] of pairs) {
      const [x = '', y = ''] = key.split(' ')
      assertDistances(found.deviations, [distances(own, x, y, 2), distances(own, y, x, 2)])
    }
  }
}

async function actual(catalog: Catalog, data: Model, plan: Plan, cohort: Filter) {
  const names = new Map<number, string>()
  for (const who of subjectsOf(data)) {
    for (const ref of ['people.who', 'visits.who']) {
      for (const place of await catalog.cohort({ column: ref, op: '=', values: [who] })) names.set(place, who)
    }
  }
  const named = (set: SubjectSet) => sorted([...set].map((place) => names.get(place) ?? '?'))
  const { groups, items } = await catalog.reduce(plan, await catalog.cohort(cohort))
  assert.equal(items?.table, plan.tables.includes('visits') ? 'visits' : undefined)
  const ownedBy = (set: SubjectSet | undefined) =>
    set === undefined ? null : [...set].map((row) => names.get(items?.owners[row] ?? -1) ?? '?').sort()
  // Groups share no row: their row sets are disjoint, even if the rows have the same owner.
  const together = groups.reduce((all, { rowSet }) => (rowSet && all ? rowSet.or(all) : rowSet), groups[0]?.rowSet)
  assert.equal(together?.size ?? 0, items === undefined ? 0 : groups.reduce((all, { rows }) => all + rows, 0))
  const partOf = (part: ReducedPart | undefined) =>
    part === undefined ? null : (ownedBy(part.rowSet) ?? named(part.support))
  const columnOf = ({ deviations: _, ...c }: ReducedColumn) => ({
    ...c,
    powers: c.powers ?? null,
    aboveLeast: partOf(c.aboveLeast),
    belowMost: partOf(c.belowMost),
    aboveSecond: partOf(c.aboveSecond),
    belowLastButOne: partOf(c.belowLastButOne),
    support: named(c.support),
    rowSet: ownedBy(c.rowSet),
    levelRows: (c.levelRows && Object.fromEntries([...c.levelRows].map(([name, set]) => [name, ownedBy(set)]))) || null,
    levels: c.levels === undefined ? null : Object.fromEntries([...c.levels].map(([name, set]) => [name, named(set)])),
    bins: c.bins === undefined ? null : c.bins.map(({ rows, rowSet }) => ({ rows, rowSet: ownedBy(rowSet) }))
  })
  const entries = groups.map(
    ({ key, support, rows, rowSet, columns, pairs }) =>
      [
        JSON.stringify(key),
        {
          support: named(support),
          rows,
          rowSet: ownedBy(rowSet),
          columns: Object.fromEntries([...columns].map(([ref, c]) => [ref, columnOf(c)])),
          pairs: Object.fromEntries(
            [...pairs].map(([ref, { deviations: _, ...p }]) => [
              ref,
              { ...p, support: named(p.support), rowSet: ownedBy(p.rowSet) }
            ])
          )
        }
      ] as const
  )
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const PEOPLE: readonly VariableRef[] = ['people.age', 'people.group']
const VISITS: readonly VariableRef[] = ['visits.kind', 'visits.score']

function planOver(tables: readonly string[]): fc.Arbitrary<Plan> {
  const refs = [...(tables.includes('people') ? PEOPLE : []), ...(tables.includes('visits') ? VISITS : [])]
  const numbers = [...refs, ...(tables.includes('visits') ? (['visits.grade'] as const) : [])].filter(
    (ref) => ref in DECIMALS
  )
  const categories = refs.filter((ref) => !(ref in DECIMALS))
  const measure: fc.Arbitrary<Measure> = fc.oneof(
    fc.constantFrom<Measure>({ kind: 'rows', name: 'r' }, { kind: 'subjects', name: 's' }),
    fc
      .tuple(
        fc.constantFrom('count' as const, 'sum' as const, 'sd' as const, 'skewness' as const, 'kurtosis' as const),
        fc.constantFrom(...numbers)
      )
      .map(([kind, variable]) => ({ kind, name: 'm', variable })),
    fc
      .tuple(fc.constantFrom(...categories), fc.constantFrom(...LEVELS))
      .map(([variable, level]) => ({ kind: 'share' as const, name: 'p', variable, level })),
    fc
      .tuple(fc.constantFrom(...numbers), fc.constantFrom(...numbers))
      .map(([x, y]) => ({ kind: 'covariance' as const, name: 'c', variables: [x, y] as const })),
    fc
      .constantFrom(...numbers.filter((ref) => ref in POINTS))
      .map((variable) => ({ kind: 'quantile' as const, name: 'q', variable, q: 0.5 }))
  )
  return fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...refs), { maxLength: 3 }),
      fc.array(measure, { minLength: 1, maxLength: 4 }),
      fc.option(filter(tables))
    )
    .map(([keys, measures, where]) => ({
      tables,
      ...(where === null ? {} : { where }),
      groupBy: keys.map((variable, i) => ({ name: `k${i}`, variable })),
      measures: measures.map((m, i) => ({ ...m, name: `${m.name}${i}` }))
    }))
}
const plan = fc.oneof(
  planOver(['people']),
  planOver(['visits']),
  planOver(['people', 'visits']),
  planOver(['visits', 'people'])
)

test('a reduction is what adding up row by row gives: groups, people, sums, squares, levels, bins, pairs', async () => {
  await fc.assert(
    fc.asyncProperty(
      model,
      fc.array(fc.tuple(plan, filter(['people', 'visits'])), { minLength: 12, maxLength: 12 }),
      async (data, asks) => {
        const world = await makeWorld(MODEL_CONFIG, modelFiles(data))
        try {
          const catalog = await world.open()
          for (const [asked, cohort] of asks) {
            await assertSpreads(catalog, data, asked, cohort)
            assert.deepEqual(await actual(catalog, data, asked, cohort), expected(data, asked, cohort))
          }
        } finally {
          await world.close()
        }
      }
    ),
    { numRuns: 10, endOnFailure: true }
  )
})

const world = await makeWorld(CLINIC, CLINIC_FILES)
const catalog = await world.open()
const everyone = await catalog.cohort(undefined)
const ask = (sql: string, signal?: AbortSignal) =>
  catalog.reduce(parseSql(sql, catalog.descriptor), everyone, signal ? { signal } : {})

test('whose values are off the ends that occur, by person and by row; an end of few rows is none', async () => {
  const variables = [
    { name: 'x', type: 'integer', minimum: 0, maximum: 20 },
    { name: 'y', type: 'integer' },
    { name: 'z', type: 'integer' }
  ]
  const lines = ['id,x,y,z', 'a,1,0,0', 'b,1,-1,0', 'c,3,0,0', 'd,,0,1', 'a,1,5,1', 'e,3,5,1', 'f,3,5,2', 'f,2,,3']
  const ends = await makeWorld(
    { name: 'c', subject_key: 'id', tables: [{ name: 't', file: 't.csv', variables }] },
    { 't.csv': lines.join('\n') }
  )
  try {
    const opened = await ends.open()
    const plan = parseSql('SELECT SUM(x), SUM(y), SUM(z) FROM t', opened.descriptor)
    const { groups } = await opened.reduce(plan, await opened.cohort(undefined))
    const [x, y, z] = ['t.x', 't.y', 't.z'].map((ref) => groups[0]?.columns.get(ref as VariableRef))
    const sizes = (part: ReducedPart | undefined) => [part?.support.size, part?.rows, part?.rowSet?.size]
    assert.deepEqual(sizes(x?.aboveLeast), [3, 4, 4], 'c, e and both rows of f')
    assert.deepEqual(sizes(x?.belowMost), [3, 4, 4], 'both rows of a, b, one of f')
    assert.deepEqual([y?.aboveLeast, sizes(y?.belowMost)], [undefined, [4, 4, 4]])
    assert.deepEqual([x?.aboveSecond, x?.belowLastButOne], [undefined, undefined], 'one row has the value between')
    assert.deepEqual(
      [sizes(z?.aboveLeast), sizes(z?.aboveSecond)],
      [
        [4, 5, 5],
        [1, 2, 2]
      ],
      'beyond 0, beyond 1'
    )
    assert.deepEqual([z?.belowMost, z?.belowLastButOne], [undefined, undefined])
  } finally {
    await ends.close()
  }
})

test('values of a variable by subject: numbers as they are stored, places of levels, and nothing of rows', async () => {
  const ages = await catalog.valuesOf('people.age')
  const sexes = await catalog.valuesOf('people.sex')
  const of = async (column: string, value: string | number) => [
    ...(await catalog.cohort({ column, op: '=', values: [value] }))
  ]
  assert.equal(ages.length, catalog.subjects)
  for (const person of await of('people.sex', 'M')) assert.equal(sexes[person], 1)
  for (const person of await catalog.cohort({ column: 'people.age', op: 'is null', values: [] }))
    assert.ok(Number.isNaN(ages[person]))
  const plan = parseSql('SELECT SUM(age) FROM people', catalog.descriptor)
  const { groups } = await catalog.reduce(plan, everyone)
  assert.equal(
    BigInt(ages.reduce((all, value) => all + (Number.isNaN(value) ? 0 : value), 0)),
    groups[0]?.columns.get('people.age')?.sum
  )
  assert.equal(await catalog.valuesOf('people.age'), ages, 'read once')
  assert.equal((await catalog.valuesOf('visits.score')).length, (await catalog.owners('visits')).length, 'by row')
})

test('groups come in the order of their levels and bins, a missing one last', async () => {
  const byAge = await ask('SELECT age, COUNT(*) FROM people GROUP BY age')
  assert.deepEqual(
    byAge.groups.map(({ key }) => key[0]),
    ['<40', '[40,60)', '[60,65)', '[65,66)', null]
  )
  const byDay = await ask('SELECT visit, day, COUNT(*) FROM visits GROUP BY visit, day')
  assert.deepEqual(
    byDay.groups.map(({ key }) => key.join(' ')),
    [
      'baseline <2024-01-01',
      'baseline [2024-01-01,2024-02-01)',
      'baseline >=2024-02-01',
      'month_12 [2024-01-01,2024-02-01)',
      'month_12 >=2024-02-01',
      'month_12 '
    ]
  )
  assert.equal(byDay.groups.at(-1)?.key[1], null)
})

test('a value is kept exactly, to its declared decimals', async () => {
  const { groups } = await ask('SELECT SUM(height), SUM(score) FROM people JOIN visits USING (subject_id)')
  // a has 1.70 twice, b 1.81, and d 1.60 twice; the scores are −5.5 + 3 + 0 + 10.5.
  assert.equal(groups[0]?.columns.get('people.height')?.sum, 170n * 2n + 181n + 160n * 2n)
  assert.equal(groups[0]?.columns.get('visits.score')?.sum, 80n)
})

test('a sum is exact and does not depend on the order of rows, up to the largest number doubles can count', async () => {
  const top = Number.MAX_SAFE_INTEGER
  const values = [top, 1, 1, -top, 3, top, -2]
  const config = {
    name: 'c',
    subject_key: 'id',
    tables: [{ name: 't', file: 't.csv', variables: [{ name: 'x', type: 'integer' }] }]
  }
  for (const order of [values, [...values].reverse(), [...values].sort()]) {
    const at = await makeWorld(config, { 't.csv': `id,x\n${order.map((x, i) => `p${i},${x}`).join('\n')}` })
    const other = await at.open()
    const { groups } = await other.reduce(
      parseSql('SELECT VARIANCE(x) FROM t', other.descriptor),
      await other.cohort(undefined)
    )
    const x = groups[0]?.columns.get('t.x')
    assert.equal(x?.sum, BigInt(top) + 3n)
    assert.equal(x?.sumSquares, 3n * BigInt(top) ** 2n + 15n)
    await at.close()
  }
})

test('squares that could not be summed exactly are refused at the start, not when somebody asks', async () => {
  const top = Number.MAX_SAFE_INTEGER
  const config = {
    name: 'c',
    subject_key: 'id',
    tables: [{ name: 't', file: 't.csv', variables: [{ name: 'x', type: 'integer' }] }]
  }
  const rows = Array.from({ length: 2 ** 21 + 1 }, (_, i) => `p,${i === 0 ? top : 1}`).join('\n')
  const at = await makeWorld(config, { 't.csv': `id,x\n${rows}` })
  await assert.rejects(at.open(), { code: 'SOURCE_INVALID', message: /x: its squares/ })
  await at.close()
})

test('who gives most to a sum is known exactly, or from above where nobody gives a fortieth of it', async () => {
  const config = {
    name: 'c',
    subject_key: 'id',
    tables: [{ name: 't', file: 't.csv', variables: [{ name: 'x', type: 'integer', minimum: 0, maximum: 9999 }] }]
  }
  const largest = async (rows: readonly (readonly [who: number, value: number])[]) => {
    const at = await makeWorld(config, {
      't.csv': `id,x\n${rows.map(([who, value]) => `p${who},${value}`).join('\n')}`
    })
    const other = await at.open()
    const { groups } = await other.reduce(
      parseSql('SELECT SUM(x) FROM t', other.descriptor),
      await other.cohort(undefined)
    )
    await at.close()
    return groups[0]?.columns.get('t.x')?.largest
  }
  const even = Array.from({ length: 400 }, (_, i) => [i % 100, 10 + (i % 7)] as const)
  const [bound = 0n] = (await largest(even)) ?? []
  const sums = new Map<number, number>()
  for (const [who, value] of even) sums.set(who, (sums.get(who) ?? 0) + value)
  assert.ok(bound >= BigInt(Math.max(...sums.values())), 'never less than the truth')
  assert.ok(bound * 40n <= BigInt([...sums.values()].reduce((a, b) => a + b, 0)))
  // A subject with a larger contribution is reported exactly.
  assert.deepEqual(await largest([...even, [0, 500]]), [
    BigInt((sums.get(0) ?? 0) + 500),
    BigInt(Math.max(...[...sums].filter(([who]) => who !== 0).map(([, sum]) => sum)))
  ])
})

test('the bins of a quantile reach to the declared minimum and maximum', async () => {
  const { groups } = await ask('SELECT MEDIAN(age) FROM people')
  const bins = groups[0]?.columns.get('people.age')?.bins ?? []
  assert.deepEqual(
    bins.map(({ from, to, rows }) => [from, to, rows]),
    [
      [18, 40, 1],
      [40, 60, 1],
      [60, 65, 1],
      [65, 66, 1],
      [66, 110, 0]
    ]
  )
})

test('a plan that does not fit the catalog is refused before the data are read', async () => {
  const refused: readonly (readonly [Partial<Plan>, string])[] = [
    [{ tables: [] }, 'PARAMETER_INVALID'],
    [{ tables: ['people', 'people'] }, 'PARAMETER_INVALID'],
    [{ tables: ['nobody'] }, 'PARAMETER_INVALID'],
    [{ measures: [] }, 'PARAMETER_INVALID'],
    [{ groupBy: [{ name: 'note', variable: 'people.note' }] }, 'PARAMETER_INVALID'],
    [{ groupBy: [{ name: 'height', variable: 'people.height' }] }, 'PARAMETER_INVALID'],
    [
      { groupBy: [{ name: 'n', variable: 'people.age' }], measures: [{ kind: 'rows', name: 'n' }] },
      'PARAMETER_INVALID'
    ],
    [{ measures: [{ kind: 'mean', name: 'x', variable: 'people.sex' }] }, 'PARAMETER_INVALID'],
    [{ measures: [{ kind: 'count', name: 'x', variable: 'people.note' }] }, 'PARAMETER_INVALID'],
    [{ measures: [{ kind: 'quantile', name: 'x', variable: 'people.age', q: 1 }] }, 'PARAMETER_INVALID'],
    [{ measures: [{ kind: 'share', name: 'x', variable: 'people.sex', level: 'X' }] }, 'PARAMETER_INVALID'],
    [{ measures: [{ kind: 'mean', name: 'x', variable: 'people.weight' }] }, 'VARIABLE_UNKNOWN'],
    [{ where: { column: 'people.age', op: '>=', values: [93] } }, 'VALUE_NOT_DECLARED'],
    [{ where: { column: 'visits.score', op: '>=', values: [0] } }, 'VARIABLE_UNKNOWN']
  ]
  const plan: Plan = { tables: ['people'], groupBy: [], measures: [{ kind: 'rows', name: 'n' }] }
  for (const [change, code] of refused) await assert.rejects(catalog.reduce({ ...plan, ...change }, everyone), { code })
  await assert.rejects(catalog.reduce(plan, SubjectSet.none(3)), { code: 'NODE_ERROR' })
})

test('a reduction stops when its job is cancelled, and many can run at once', async () => {
  await assert.rejects(ask('SELECT COUNT(*) FROM people', AbortSignal.abort()), { code: 'CANCELLED' })
  const sums = await Promise.all(Array.from({ length: 12 }, () => ask('SELECT sex, SUM(age) FROM people GROUP BY sex')))
  for (const { groups } of sums)
    assert.deepEqual(
      groups.map(({ columns }) => columns.get('people.age')?.sum),
      [99n, 105n, 0n]
    )
})

test('a query that runs too long is interrupted in the middle', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const variables = names.map((name) => ({ name, type: 'integer' }))
  const config = { name: 'x', subject_key: 'id', tables: [{ name: 't', file: 't.csv', variables }] }
  const rows = Array.from({ length: 100_000 }, (_, i) => `p${i},${names.map((_, j) => (i * (j + 3)) % 1009)}`)
  const at = await makeWorld(config, { 't.csv': `id,${names}\n${rows.join('\n')}` })
  const other = await at.open()
  const everyone = await other.cohort(undefined)
  await other.reduce(parseSql('SELECT COUNT(*) FROM t', other.descriptor), everyone)
  // Thirty pairs, which take ten times as long as the time until the signal aborts.
  const pairs = names.flatMap((x) => names.filter((y) => y !== x).map((y) => `CORR(${x}, ${y})`))
  const query = parseSql(`SELECT ${pairs.join(', ')} FROM t`, other.descriptor)
  const cpuMsOf = async (work: () => Promise<unknown>) => {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  }
  const interrupted = await cpuMsOf(() =>
    assert.rejects(other.reduce(query, everyone, { signal: AbortSignal.timeout(50) }), { code: 'CANCELLED' })
  )
  const whole = await cpuMsOf(() => other.reduce(query, everyone))
  assert.ok(interrupted < whole / 2, `${interrupted} of ${whole} ms of a processor`)
  await at.close()
})

test('a plan with more subject sets than a node can hold is refused by its size alone', async () => {
  const plan: Plan = {
    tables: ['people'],
    groupBy: [{ name: 'age', variable: 'people.age' }],
    measures: [{ kind: 'mean', name: 'm', variable: 'people.height' }]
  }
  const engine = { session: () => assert.fail('no query is run') } as unknown as Engine
  const cohort = SubjectSet.none(100_000_000)
  await assert.rejects(
    reduce({
      plan,
      cohort,
      engine,
      config: catalog.config,
      descriptor: catalog.descriptor,
      itemsOf: () => assert.fail('no row is read'),
      rowsOf: () => 0,
      signal: undefined
    }),
    {
      code: 'PARAMETER_INVALID',
      reason: /more groups and columns than this node can hold/
    }
  )
})

test('after closing nothing is answered any more', async () => {
  const at = await makeWorld(CLINIC, CLINIC_FILES)
  const other = await at.open()
  await other.close()
  await assert.rejects(other.reduce(parseSql('SELECT COUNT(*) FROM people', other.descriptor), everyone), {
    code: 'NODE_ERROR'
  })
  await at.close()
})
