/**
 * Reduction of a bounded plan over a cohort: a limited number of each subject's groups and rows, selected at random, and exact sums over
 * every possible group.
 */
import {
  type BoundedGroup,
  type BoundedNumber,
  type BoundedPlan,
  type BoundedReduction,
  type BoundedVariable,
  type CatalogDescriptor,
  type Plan,
  type RandomSource,
  type ScaledBounds,
  StimnetError,
  type SubjectSet,
  toHex,
  type VariableDescriptor,
  type VariableRef
} from '@stimnet/protocol'
import type { CatalogConfig } from '../catalog/catalog-config.ts'
import { cellSql, groupCells } from '../columns.ts'
import { cellLabel, domainOf, levelOf } from '../index/domain.ts'
import type { Engine, Row, Session } from '../engine.ts'
import type { CatalogView } from '../catalog/mapped.ts'
import { severalRowsTables } from './plan-check.ts'
import { type Base, makeBase, type PlanVariable } from './base.ts'
import { groupId } from './groups.ts'

const KEY_BYTES = 32

/** A bounded plan, a cohort, and the parts needed to read the rows. */
export interface BoundedOptions {
  readonly plan: BoundedPlan
  readonly cohort: SubjectSet
  readonly descriptor: CatalogDescriptor
  readonly config: CatalogConfig
  readonly engine: Engine
  readonly columnSql?: CatalogView['columnSql']
  readonly random: RandomSource
  readonly signal: AbortSignal | undefined
}

/** Reduces a bounded plan. Throws NODE_ERROR, CANCELLED, and the errors of `resolveVariable`. */
export async function reduceBounded(options: BoundedOptions): Promise<BoundedReduction> {
  const { plan, descriptor, engine, random, signal } = options
  const session = await engine.session()
  try {
    const base = await makeBase({ ...options, plan: planOf(plan), session })
    const repeats = severalRowsTables(planOf(plan), descriptor).length > 0
    // Without a table with several rows, each subject has one row in one group, so every limit is met.
    const from = repeats ? await keepSome(base, plan, { session, random, signal }) : 'base'
    const parts = plan.numbers.flatMap((number) => numberSql(number, base, repeats))
    const keys = base.keys.map((_, i) => `k${i}`)
    const grouped = keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`
    const rows = await session.rows(`SELECT ${[...keys, ...parts].join(', ')} FROM ${from}${grouped}`, [], signal)
    return { groups: everyGroup(base, plan, rows) }
  } finally {
    session.close()
  }
}

/** The plan for `makeBase`. Each measure only stands for its variable. */
function planOf({ tables, where, groupBy, numbers }: BoundedPlan): Plan {
  const variables = numbers.flatMap((number) => {
    if (number.kind === 'products') return number.pair.map(({ variable }) => variable)
    if (number.kind === 'cells') return number.complete
    return 'variable' in number ? [number.variable] : []
  })
  const measures = [...new Set(variables)].map((variable) => ({ kind: 'count' as const, name: variable, variable }))
  return { tables, groupBy, measures, ...(where === undefined ? {} : { where }) }
}

/**
 * Keeps as many groups of each subject, and as many rows of the subject in each group, as the plan allows: those that come first in the
 * order of a keyed hash. The key is new and secret, so that nobody can know or repeat the choice. The choice for one subject does not
 * depend on other subjects.
 */
async function keepSome(
  base: Base,
  { groupsPerSubject, rowsPerSubject }: BoundedPlan,
  { session, random, signal }: { session: Session; random: RandomSource; signal: AbortSignal | undefined }
): Promise<string> {
  const cells = base.keys.map((_, i) => `coalesce(CAST(k${i} AS VARCHAR), '-')`)
  const group = `sha256(concat_ws(',', $1, 'group', ${['s', ...cells].join(', ')}))`
  const hashed = `SELECT *, ${group} AS g, sha256(concat_ws(',', $1, 'row', r)) AS h FROM base`
  const placed =
    'SELECT *, dense_rank() OVER (PARTITION BY s ORDER BY g) AS nth_group, ' +
    `row_number() OVER (PARTITION BY s, g ORDER BY h) AS nth_row FROM (${hashed})`
  const within = `nth_group <= ${groupsPerSubject} AND nth_row <= ${rowsPerSubject}`
  const sql = `CREATE TEMP TABLE kept AS SELECT * FROM (${placed}) WHERE ${within}`
  await session.rows(sql, [toHex(random.bytes(KEY_BYTES))], signal)
  return 'kept'
}

function numberSql(number: BoundedNumber, base: Base, repeats: boolean): string[] {
  const subjects = repeats ? 'count(DISTINCT s)' : 'count(*)'
  if (number.kind === 'subjects') return [subjects]
  if (number.kind === 'rows') return ['count(*)']
  if (number.kind === 'products') return [productsSql(number.pair, base)]
  if (number.kind === 'cells') return cellsSql(number, base)
  const at = placeOf(number.variable, base)
  const value = `x${at}`
  const beside =
    'beside' in number && number.beside !== undefined ? ` AND x${placeOf(number.beside, base)} IS NOT NULL` : ''
  switch (number.kind) {
    case 'count':
      return [`count(*) FILTER (WHERE ${value} IS NOT NULL${beside})`]
    case 'present':
      return [`${subjects} FILTER (WHERE ${value} IS NOT NULL)`]
    case 'having':
      return [`${subjects} FILTER (WHERE ${value} = ${levelAt(number.level, base.values[at])})`]
    case 'bins':
      return binsSql(value, base.values[at])
    default:
      return [`sum(${termSql(value, number)}) FILTER (WHERE ${value} IS NOT NULL${beside})`]
  }
}

/** SQL for one term of a sum. Wide integers are used throughout, so that nothing overflows or is rounded. */
function termSql(
  value: string,
  { kind, bounds }: Extract<BoundedNumber, { kind: 'sum' | 'offsets' | 'squares' | 'cubes' }>
) {
  if (kind === 'sum') return clampedSql(value, bounds)
  const power = { offsets: 1, squares: 2, cubes: 3 }[kind]
  return Array.from({ length: power }, () => offsetSql(value, bounds)).join(' * ')
}

/** SQL for the sum of products of a pair. Rows with a missing value are left out, since clamping would turn it into a bound. */
function productsSql(pair: readonly BoundedVariable[], base: Base): string {
  const offsets = pair.map(({ variable, bounds }) => ({ value: `x${placeOf(variable, base)}`, bounds }))
  const both = offsets.map(({ value }) => `${value} IS NOT NULL`).join(' AND ')
  return `sum(${offsets.map(({ value, bounds }) => offsetSql(value, bounds)).join(' * ')}) FILTER (WHERE ${both})`
}

/** One sum for each combination of levels, over the rows that lack none of the values. */
function cellsSql({ numbers, by, complete }: Extract<BoundedNumber, { kind: 'cells' }>, base: Base): string[] {
  const offsets = numbers.map(({ variable, bounds }) => offsetSql(`x${placeOf(variable, base)}`, bounds))
  const sum = offsets.length === 0 ? 'count(*)' : `sum(${offsets.join(' * ')})`
  const present = complete.map((variable) => `x${placeOf(variable, base)} IS NOT NULL`)
  const conditions = by.reduce<readonly (readonly string[])[]>(
    (all, { variable, levels }) => {
      const at = placeOf(variable, base)
      const own = levels.map((level) => `x${at} = ${levelAt(level, base.values[at])}`)
      return all.flatMap((before) => own.map((one) => [...before, one]))
    },
    [[]]
  )
  return conditions.map((own) => `${sum} FILTER (WHERE ${[...present, ...own].join(' AND ')})`)
}

function offsetSql(value: string, bounds: ScaledBounds): string {
  return `(2 * ${clampedSql(value, bounds)} - CAST(${bounds.lower + bounds.upper} AS HUGEINT))`
}

function clampedSql(value: string, { lower, upper }: ScaledBounds): string {
  return `CAST(least(greatest(${value}, ${lower}), ${upper}) AS HUGEINT)`
}

function binsSql(value: string, of: PlanVariable | undefined): string[] {
  if (of === undefined) throw missing()
  const cell = cellSql(value, of.variable, of.config)
  return Array.from({ length: binsOf(of.variable) }, (_, i) => `count(*) FILTER (WHERE ${cell} = ${i})`)
}

function binsOf(variable: VariableDescriptor): number {
  return domainOf(variable)?.cells ?? 0
}

function levelAt(level: string, of: PlanVariable | undefined): number {
  if (of === undefined) throw missing()
  return levelOf(level, of.ref, of.variable)
}

function placeOf(variable: VariableRef, base: Base): number {
  const at = base.values.findIndex(({ ref }) => ref === variable)
  if (at < 0) throw missing()
  return at
}

function missing(): StimnetError {
  return new StimnetError('NODE_ERROR', 'a bounded number of a variable that was not read')
}

/** Every combination of cells, with missing values as the last cell. Combinations that do not occur have zeros. */
function everyGroup(base: Base, { numbers }: BoundedPlan, rows: readonly Row[]): BoundedGroup[] {
  const keys = base.keys.length
  const widths = numbers.map((number) => {
    if (number.kind === 'cells') return number.by.reduce((cells, { levels }) => cells * levels.length, 1)
    return number.kind === 'bins' ? widthOf(number, base) : 1
  })
  const found = new Map(rows.map((row) => [groupId(row.slice(0, keys).map(cellOf)), row.slice(keys).map(integerOf)]))
  return combinations(base.keys.map(({ variable }) => groupCells(variable))).map((places) => {
    const cells = places.map((cell, i) => (cell === binsOf(variableAt(base, i)) ? null : cell))
    const flat = found.get(groupId(cells)) ?? []
    let next = 0
    return {
      key: cells.map((cell, i) => (cell === null ? null : cellLabel(variableAt(base, i), cell))),
      values: widths.map((width) => Array.from({ length: width }, () => flat[next++] ?? 0n))
    }
  })
}

function widthOf({ variable }: { variable: VariableRef }, base: Base): number {
  return binsOf(base.values[placeOf(variable, base)]?.variable ?? variableAt(base, 0))
}

function variableAt(base: Base, key: number): VariableDescriptor {
  const at = base.keys[key]
  if (at === undefined) throw missing()
  return at.variable
}

function combinations(sizes: readonly number[]): number[][] {
  const [first, ...rest] = sizes
  if (first === undefined) return [[]]
  const others = combinations(rest)
  return Array.from({ length: first }, (_, cell) => cell).flatMap((cell) => others.map((other) => [cell, ...other]))
}

function cellOf(cell: unknown): number | null {
  return cell === null ? null : Number(cell)
}

/** An integer of the engine. Null, the sum over no rows, is zero. */
function integerOf(value: unknown): bigint {
  return value === null || value === undefined ? 0n : BigInt(value as bigint | number)
}
