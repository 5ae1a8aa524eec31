/** Fixtures: subjects with rows, reduced as the data package promises, and a context in which to disclose the reduction. */

import {
  type Disclosed,
  type DisclosureContext,
  disclose,
  effectiveSettings,
  type Ledgers,
  SpanLedger,
  unknownFacts,
  type VariableFacts,
  type Weighing
} from '@stimnet/privacy'
import {
  type CatalogDescriptor,
  type Deviations,
  type Measure,
  type Plan,
  pairKey,
  type ReducedBin,
  type ReducedColumn,
  type ReducedGroup,
  type ReducedPair,
  type ReducedPart,
  type Reduction,
  SubjectSet,
  type TableOutput,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'

export interface Row {
  readonly subject: number
  /** The index of the row among the subject's rows; by default the order of the rows in the list. */
  readonly row?: number
  readonly [variable: string]: number | string | null
}

type Value = number | string | null

/** The breakpoints of bins. All numbers in the fixtures are integers, so that there are no decimals to get wrong. */
export const BINS: readonly number[] = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]

export const ref = (name: string): VariableRef => `t.${name}`

export const measure = (
  kind: 'count' | 'sum' | 'mean' | 'variance' | 'sd' | 'skewness' | 'kurtosis',
  name: string
): Measure => ({
  kind,
  name: `${kind}_${name}`,
  variable: ref(name)
})
export const SUBJECTS: Measure = { kind: 'subjects', name: 'subjects' }

export function planOf(measures: readonly Measure[], ...by: string[]): Plan {
  return { tables: ['t'], groupBy: by.map((name) => ({ name, variable: ref(name) })), measures }
}

const bare = (variable: VariableRef) => variable.slice(2)

/** Number of indices reserved for rows of each subject in the table `t`, if there are several rows per subject. */
export const ROWS_EACH = 64

export function ownersOf(universe: number): Uint32Array {
  return Uint32Array.from({ length: universe * ROWS_EACH }, (_, place) => Math.floor(place / ROWS_EACH))
}

/** Empty ledgers of all subjects and of the rows of `t`. */
export function ledgersOf(universe: number): Ledgers {
  return {
    subjects: SpanLedger.start(universe),
    rows: { table: 't', ledger: SpanLedger.start(universe * ROWS_EACH, ownersOf(universe)) }
  }
}

interface World {
  readonly universe: number
  /** The index of each row; undefined if no subject has several rows. */
  readonly places: ReadonlyMap<Row, number> | undefined
}

function worldOf(universe: number, rows: readonly Row[]): World {
  const seen = new Map<number, number>()
  const places = new Map<Row, number>()
  for (const row of rows) {
    const ordinal = seen.get(row.subject) ?? 0
    seen.set(row.subject, ordinal + 1)
    places.set(row, row.subject * ROWS_EACH + (row.row ?? ordinal))
  }
  const several = rows.some((row) => row.row !== undefined) || [...seen.values()].some((count) => count > 1)
  return { universe, places: several ? places : undefined }
}

function rowSet({ universe, places }: World, rows: readonly Row[]): { rowSet?: SubjectSet } {
  if (places === undefined) return {}
  return {
    rowSet: SubjectSet.of(
      universe * ROWS_EACH,
      rows.map((row) => places.get(row) ?? -1)
    )
  }
}

export function reduce(plan: Plan, universe: number, rows: readonly Row[]): Reduction {
  const world = worldOf(universe, rows)
  const byKey = new Map<string, Row[]>()
  for (const row of rows) {
    const key = JSON.stringify(plan.groupBy.map((group) => row[bare(group.variable)] ?? null))
    byKey.set(key, [...(byKey.get(key) ?? []), row])
  }
  const groups = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1))
  const items = { table: 't', rows: universe * ROWS_EACH, owners: ownersOf(universe) }
  return {
    ...(world.places === undefined ? {} : { items }),
    groups: groups.map(([key, members]) => reduceGroup(plan, world, JSON.parse(key), members))
  }
}

function reduceGroup(plan: Plan, world: World, key: (string | null)[], rows: readonly Row[]): ReducedGroup {
  const variables = plan.measures.flatMap(variablesOf)
  const pairs = plan.measures.flatMap((m) => ('variables' in m ? [m.variables] : []))
  return {
    key,
    support: subjectsOf(world.universe, rows),
    rows: rows.length,
    ...rowSet(world, rows),
    columns: new Map(variables.map((variable) => [variable, reduceColumn(world, bare(variable), rows)])),
    pairs: new Map(pairs.map(([x, y]) => [pairKey(x, y), reducePair(world, bare(x), bare(y), rows)]))
  }
}

export function subjectsOf(universe: number, rows: readonly Row[]): SubjectSet {
  return SubjectSet.of(
    universe,
    rows.map((row) => row.subject)
  )
}

function reduceColumn(world: World, name: string, all: readonly Row[]): ReducedColumn {
  const { universe } = world
  const rows = all.filter((row) => (row[name] ?? null) !== null)
  const values = rows.map((row): Value => row[name] ?? null)
  const numbers = values.map((value) => (typeof value === 'number' ? BigInt(value) : 0n))
  const distinct = [...new Set(values)]
  const perSubject = new Map<number, bigint>()
  for (const [i, row] of rows.entries())
    perSubject.set(row.subject, (perSubject.get(row.subject) ?? 0n) + (numbers[i] ?? 0n))
  const [first = 0n, second = 0n] = [...perSubject.values()].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  const having = (value: Value) => rows.filter((row) => row[name] === value)
  const levels = new Map(distinct.map((value) => [String(value), subjectsOf(universe, having(value))]))
  const levelRows = new Map(
    distinct.map((value) => [String(value), rowSet(world, having(value)).rowSet ?? SubjectSet.none(0)])
  )
  const bins = BINS.slice(1).map((to, i): ReducedBin => {
    const from = BINS[i] ?? 0
    const inside = rows.filter((row) => Number(row[name]) >= from && Number(row[name]) < to)
    return { from, to, support: subjectsOf(universe, inside), rows: inside.length, ...rowSet(world, inside) }
  })
  return {
    decimals: 0,
    support: subjectsOf(universe, rows),
    rows: rows.length,
    ...rowSet(world, rows),
    sum: numbers.reduce((a, b) => a + b, 0n),
    sumSquares: numbers.reduce((a, b) => a + b * b, 0n),
    powers: { cubes: numbers.reduce((a, b) => a + b ** 3n, 0n), fourths: numbers.reduce((a, b) => a + b ** 4n, 0n) },
    deviations: ([2, 3, 4] as const).map((power) => deviationsOf(rows, name, power)),
    nonNegative: numbers.every((value) => value >= 0n),
    ...(numbers.every((value) => value >= 0n) ? { aboveLeast: aboveZero(world, rows, name) } : {}),
    largest: [first, second],
    ...(distinct.length <= 10 ? { levels, ...(world.places ? { levelRows } : {}) } : {}),
    bins
  }
}

function aboveZero(world: World, rows: readonly Row[], name: string): ReducedPart {
  const above = rows.filter(({ [name]: value }) => typeof value === 'number' && value > 0)
  return { support: subjectsOf(world.universe, above), rows: above.length, ...rowSet(world, above) }
}

/** Powers of the distances from the mean, summed per subject, in units of 2^-20. */
export function deviationsOf(rows: readonly Row[], name: string, power: Deviations['power']): Deviations {
  const values = rows.map((row) => Number(row[name]))
  const mean = values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)
  const own = new Map<number, number>()
  for (const [i, { subject }] of rows.entries()) {
    const value = typeof rows[i]?.[name] === 'number' ? Math.abs((values[i] ?? 0) - mean) ** power : 0
    own.set(subject, (own.get(subject) ?? 0) + value)
  }
  const sums = [...own.values()].map((sum) => BigInt(Math.round(sum * 2 ** 20)))
  const [first = 0n, second = 0n] = sums.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  return { power, total: sums.reduce((a, b) => a + b, 0n), largest: [first, second] }
}

function reducePair(world: World, x: string, y: string, all: readonly Row[]): ReducedPair {
  const rows = all.filter((row) => typeof row[x] === 'number' && typeof row[y] === 'number')
  const sum = (term: (a: bigint, b: bigint) => bigint) =>
    rows.reduce((total, row) => total + term(BigInt(row[x] ?? 0), BigInt(row[y] ?? 0)), 0n)
  return {
    support: subjectsOf(world.universe, rows),
    rows: rows.length,
    ...rowSet(world, rows),
    decimals: [0, 0],
    sumX: sum((a) => a),
    sumY: sum((_, b) => b),
    sumXX: sum((a) => a * a),
    sumYY: sum((_, b) => b * b),
    sumXY: sum((a, b) => a * b),
    deviations: [deviationsOf(rows, x, 2), deviationsOf(rows, y, 2)]
  }
}

/** Exact precision, so that results can be compared with the numbers of the question itself. Rounding has separate tests. */
export const SETTINGS = effectiveSettings({ preset: 'default', precision: 'exact' })

/** The facts about a variable of `t`. */
export function factsOf(name: string, more: Partial<VariableFacts> = {}): readonly [VariableRef, VariableFacts] {
  return [ref(name), { ...unknownFacts(ref(name)), ...more }]
}

export function contextOf(universe: number, more: Partial<DisclosureContext> = {}): DisclosureContext {
  return {
    settings: SETTINGS,
    policyHash: 'p'.repeat(64),
    epoch: 'e'.repeat(64),
    cohortHash: 'c'.repeat(64),
    codeHash: 'd'.repeat(64),
    image: 'node statistics',
    cohort: SubjectSet.everyone(universe),
    ledgers: ledgersOf(universe),
    // With synthetic data, exact numbers are charged the bits of rounded ones.
    synthetic: true,
    variables: new Map<VariableRef, VariableFacts>(),
    ...more
  }
}

/** Discloses rows that the cohort and WHERE have already selected. */
export function ask(
  plan: Plan,
  universe: number,
  rows: readonly Row[],
  more: Partial<DisclosureContext> = {}
): Disclosed {
  const complete = completeIn(plan, rows)
  const weights = weightsIn(plan, rows, universe)
  const reduction = reduce(plan, universe, rows)
  const aggregate = { kind: 'table', plan, reduction, defining: [], complete, weights } as const
  return disclose(aggregate, contextOf(universe, more))
}

/** The measured variables for which all rows have a value. */
export function completeIn(plan: Plan, rows: readonly Row[]): ReadonlySet<VariableRef> {
  const has = (row: Row, name: string) => row[name] !== null && row[name] !== undefined
  const measured = plan.measures.flatMap(variablesOf)
  return new Set(measured.filter((variable) => rows.every((row) => has(row, variable.slice(ref('').length)))))
}

/** The values by which people are weighed: of each measured number, by subject. */
export function weightsIn(plan: Plan, rows: readonly Row[], subjects: number): Map<VariableRef, Weighing> {
  return new Map(
    plan.measures.flatMap(variablesOf).map((variable) => {
      const values = new Float64Array(subjects).fill(Number.NaN)
      for (const row of rows) {
        const value = row[variable.slice(ref('').length)]
        if (typeof value === 'number') values[row.subject] = value
      }
      return [variable, { by: 'subject', values }]
    })
  )
}

export function tableOf(disclosed: Disclosed): TableOutput {
  if (!disclosed.ok) throw new Error(`refused: ${disclosed.code}`)
  const { output } = disclosed.output
  if (output.kind !== 'table') throw new Error('no table')
  return output
}

export function people(count: number, row: (subject: number) => Record<string, number | string | null>): Row[] {
  return Array.from({ length: count }, (_, subject) => ({ subject, ...row(subject) }))
}

type Table = CatalogDescriptor['tables'][number]
type Variable = Table['variables'][number]

const variable = (name: string, type: string, more: Partial<Variable> = {}): Variable => ({
  name,
  type,
  unit: '',
  description: '',
  levels: [],
  breakpoints: [],
  minimum: 0,
  maximum: 0,
  bounded: false,
  missingShare: 0,
  missingTold: false,
  identifying: false,
  derivation: '',
  ...more
})

/** A catalog like that of the demo, with base cells sex × diagnosis × age below or from 65. */
export const CATALOG: CatalogDescriptor = {
  name: 'trial',
  title: '',
  description: '',
  dataType: '',
  accessLevel: 'public',
  keywords: [],
  subjectKey: 'subject_id',
  epoch: '',
  snapshotAtMs: 0,
  subjectsRounded: 150,
  synthetic: true,
  programs: [],
  lattice: [
    { variable: 'subjects.sex', breakpoints: [] },
    { variable: 'subjects.age', breakpoints: [65] }
  ],
  cohortSizeMin: 5,
  mode: 'sdc',
  dataUse: [],
  scripts: 'auto',
  sandboxGradeMin: '',
  sitesPerPerson: 1,
  sets: [],
  permitRequired: false,
  preset: 'default',
  policyHash: '',
  precision: '',
  tables: [
    {
      name: 'subjects',
      description: '',
      oneRowPerSubject: true,
      variables: [
        variable('age', 'integer', { breakpoints: [65], unit: 'year', bounded: true, maximum: 120 }),
        variable('height', 'number', { breakpoints: [150, 170] }),
        variable('sex', 'category', { levels: ['F', 'M'] }),
        variable('site', 'category', { levels: ['north', 'south'] })
      ]
    },
    {
      name: 'outcomes',
      description: '',
      oneRowPerSubject: false,
      variables: [
        variable('visit', 'category', { levels: ['baseline', 'month_12'] }),
        variable('UPDRS_total', 'number', { breakpoints: [20, 40, 60], unit: 'point' })
      ]
    }
  ]
}
