/**
 * Reduction in memory, for models: the values of everybody in a model are in memory anyway, and about a dozen questions are asked about the
 * same people. The result equals that of the queries in `../reduce.ts`.
 */
import {
  type GramMeasure,
  type Measure,
  type Plan,
  pairKey,
  type ReducedColumn,
  type ReducedGroup,
  type ReducedPair,
  type ReducedRows,
  type Reduction,
  resolveVariable,
  SubjectSet,
  variablesOf
} from '@stimnet/protocol'
import { measuredPairs, measuredVariables, severalRowsTables } from '../plan-check.ts'
import { powersOf } from '../spread.ts'
import { Breath } from './breath.ts'
import { type ColumnInGroups, columnIn } from './column.ts'
import { type Grouping, grouped } from './groups.ts'
import { pairIn } from './pair.ts'
import { type KeptSource, type KeptVariable, keptVariable, rowsOf, valuesAt } from './rows.ts'

/** The measures that can be reduced in memory. */
const KINDS: ReadonlySet<Measure['kind']> = new Set([
  'gram',
  'subjects',
  'count',
  'sum',
  'mean',
  'variance',
  'sd',
  'covariance'
])

/** The parts that a reduction in memory needs. */
export interface KeptOptions extends KeptSource {
  readonly plan: Plan
  readonly cohort: SubjectSet
  readonly signal: AbortSignal | undefined
}

/**
 * Reduces a plan in memory. Undefined for a plan that needs queries: a plan over rows of which a subject can have several, with groups by
 * bins, with other measures, or with values that a double does not hold. Throws NODE_ERROR, CANCELLED.
 */
export async function reduceKept(options: KeptOptions): Promise<Reduction | undefined> {
  const { plan, cohort, signal } = options
  if (!isPossible(options)) return undefined
  const read = async (refs: readonly string[]) => {
    const found: KeptVariable[] = []
    for (const ref of refs) found.push(await keptVariable(ref, options, plan.tables))
    return found
  }
  const [keys, values] = [
    await read(plan.groupBy.map(({ variable }) => variable)),
    await read(measuredVariables(plan.measures))
  ]
  if (!values.every(({ column }) => Number.isFinite(column.largest))) return undefined
  const breath = new Breath(signal)
  const by = grouped(await rowsOf(plan, cohort, options), keys)
  const { count } = by.rows
  const columns: ColumnInGroups[] = []
  for (const value of values) {
    columns.push(columnIn(value, by, (isSigned) => powersOf(value.ref, plan, isSigned).length > 0))
    await breath.after(COLUMN_PASSES * count)
  }
  const pairs: (readonly [key: string, pairs: readonly ReducedPair[]])[] = []
  const columnOf = (ref: string) => columns[values.findIndex((value) => value.ref === ref)] as ColumnInGroups
  for (const [x, y] of measuredPairs(plan.measures)) {
    pairs.push([pairKey(x, y), pairIn(columnOf(x), columnOf(y), by)])
    await breath.after(count)
  }
  const grams = plan.measures.flatMap((measure) =>
    measure.kind === 'gram' ? [[measure.name, modelRows(measure, values, by)] as const] : []
  )
  return {
    groups: by.groups.map(
      ({ key, people, count: rows }, group): ReducedGroup => ({
        key,
        support: people,
        rows,
        columns: new Map(values.map(({ ref }, i) => [ref, columns[i]?.columns[group] as ReducedColumn])),
        pairs: new Map(pairs.map(([pair, all]) => [pair, all[group] as ReducedPair])),
        ...(grams.length === 0 ? {} : { grams: new Map(grams) })
      })
    )
  }
}

/** Approximate number of times that a column is read. */
const COLUMN_PASSES = 6

function isPossible({ plan, descriptor }: KeptOptions): boolean {
  if (severalRowsTables(plan, descriptor).length > 0) return false
  const typeOf = (ref: string) => resolveVariable(descriptor, ref, plan.tables).variable.type
  return (
    plan.groupBy.every(({ variable }) => typeOf(variable) === 'category') &&
    plan.measures.every(({ kind }) => KINDS.has(kind)) &&
    measuredVariables(plan.measures).every((ref) => typeOf(ref) !== 'text')
  )
}

/**
 * The rows behind a model, whose plan has no groups. If nobody is left out, the columns are the cached ones, and callers must not change
 * them.
 */
function modelRows(measure: GramMeasure, variables: readonly KeptVariable[], by: Grouping): ReducedRows {
  const { rows } = by
  const of = variablesOf(measure).map((ref) => ({ ref, own: variables.find((one) => one.ref === ref) as KeptVariable }))
  const all = of.map(({ ref, own }) => [ref, valuesAt(own.column, rows)] as const)
  const missing = all.filter(
    ([, values], i) => of[i]?.own.column.present !== rows.universe && values.some(Number.isNaN)
  )
  const owners = rows.places ?? everyPlace(rows.count)
  if (missing.length === 0) return { support: rows.people, rows: rows.count, values: new Map(all), owners }
  const complete = owners.filter((_, row) => missing.every(([, values]) => !Number.isNaN(values[row] as number)))
  const { universe } = rows
  const people = SubjectSet.of(universe, complete)
  const chosen = { universe, people, places: complete, count: complete.length }
  const values = new Map(of.map(({ ref, own }) => [ref, valuesAt(own.column, chosen)]))
  return { support: people, rows: complete.length, values, owners: complete }
}

function everyPlace(count: number): Uint32Array {
  const places = new Uint32Array(count)
  for (let place = 0; place < count; place++) places[place] = place
  return places
}
