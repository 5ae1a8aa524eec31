/** The rows that a plan reads, as one relation of subjects, group cells and values. */
import {
  type CatalogDescriptor,
  type Filter,
  isComparison,
  type Plan,
  pairKey,
  resolveVariable,
  type SubjectSet,
  type VariableDescriptor,
  type VariableRef
} from '@stimnet/protocol'
import type { CatalogConfig, VariableConfig } from '../catalog/catalog-config.ts'
import { cellSql, inCellsSql, ROW, SUBJECT } from '../columns.ts'
import { chosenCells } from '../index/domain.ts'
import type { Engine, Row, Session } from '../engine.ts'
import type { CatalogView } from '../catalog/mapped.ts'
import { measuredPairs, measuredVariables, severalRowsTables } from './plan-check.ts'
import { quoteName } from '../quote.ts'

/** A variable of the plan, with the facts needed to read it. */
export interface PlanVariable {
  readonly ref: VariableRef
  readonly variable: VariableDescriptor
  readonly config: VariableConfig
  /** SQL for the variable's column in the join. */
  readonly sql: string
}

/**
 * The relation of a plan's rows. Its columns are `s`, the subject; `k0…`, the group keys; `x0…`, the measured variables; `r`, the position
 * of the row in the only table of the plan with several rows per subject; and `p0…`, one column per pair of the plan, which is true for
 * rows that are left out of that pair.
 */
export interface Base {
  readonly keys: readonly PlanVariable[]
  readonly values: readonly PlanVariable[]
  /** The text after FROM, and the values of its parameters. */
  readonly from: string
  readonly parameters: Row
  /**
   * Set if the relation consists of all rows of one table. Facts about its values that are found once in this engine then hold for every
   * request.
   */
  readonly whole?: { readonly engine: Engine; readonly table: string }
}

/** People whose rows are left out: from everything, from the values of a variable, or from the values of a pair, by the pair's key. */
export interface ReducedWithout {
  readonly people?: SubjectSet
  readonly columns: ReadonlyMap<VariableRef, SubjectSet>
  readonly pairs: ReadonlyMap<string, SubjectSet>
}

/** A plan, a cohort, and the parts needed to read the rows. */
export interface BaseOptions {
  readonly plan: Plan
  readonly cohort: SubjectSet
  /** The people whose rows are left out. */
  readonly leftOut?: ReducedWithout | undefined
  readonly descriptor: CatalogDescriptor
  readonly config: CatalogConfig
  readonly engine: Engine
  /** The view through which variables are read. */
  readonly columnSql?: CatalogView['columnSql']
  /** The rows that the view has; by default all. */
  readonly rowsSql?: CatalogView['rowsSql']
}

/** Up to this number of reads, reading a single table repeatedly costs less than copying it. */
const READS_WITHOUT_COPY = 5

/**
 * The relation for a session: a temporary table `base`, or a subquery if a single table is read only a few times. Throws the errors of
 * `resolveVariable`, NODE_ERROR, CANCELLED.
 */
export async function openBase(
  options: BaseOptions & { session: Session; signal: AbortSignal | undefined; reads: number }
): Promise<Base> {
  const { plan, reads } = options
  return plan.tables.length === 1 && reads <= READS_WITHOUT_COPY ? queryOf(options) : makeBase(options)
}

/** Makes the temporary table `base` in the session. Throws the errors of `resolveVariable`, NODE_ERROR, CANCELLED. */
export async function makeBase(
  options: BaseOptions & { session: Session; signal: AbortSignal | undefined }
): Promise<Base> {
  const { keys, values, from, parameters } = queryOf(options)
  await options.session.rows(`CREATE TEMP TABLE base AS SELECT * FROM ${from}`, parameters, options.signal)
  return { keys, values, from: 'base', parameters: [] }
}

function queryOf(options: BaseOptions): Base {
  const { plan, engine, leftOut } = options
  const cohort = leftOut?.people === undefined ? options.cohort : options.cohort.without(leftOut.people)
  const parameters: Row[number][] = []
  const subject = `CAST(t0.${quoteName(SUBJECT)} AS INTEGER)`
  // The cast is needed because the engine's positions are signed.
  const isIn = (set: SubjectSet) => `get_bit($${parameters.push(engine.bits(set))}, ${subject}) = 1`
  const find = (name: string) => planVariable(name, options)
  const keys = plan.groupBy.map(({ variable }) => find(variable))
  const values = measuredVariables(plan.measures).map(find)
  const [long] = severalRowsTables(plan, options.descriptor)
  const columns = [
    ...(long === undefined ? [] : [`t${plan.tables.indexOf(long)}.${quoteName(ROW)} AS r`]),
    `t0.${quoteName(SUBJECT)} AS s`,
    ...keys.map(({ sql, variable, config }, i) => `${cellSql(sql, variable, config)} AS k${i}`),
    ...values.map(({ ref, sql }, i) => {
      const out = leftOut?.columns.get(ref)
      return out === undefined ? `${sql} AS x${i}` : `CASE WHEN ${isIn(out)} THEN NULL ELSE ${sql} END AS x${i}`
    }),
    ...measuredPairs(plan.measures).flatMap(([x, y], i) => {
      const out = leftOut?.pairs.get(pairKey(x, y))
      return out === undefined ? [] : [`(${isIn(out)}) AS p${i}`]
    })
  ]
  const isEveryone = cohort.size === cohort.universe
  const conditions = [
    ...(isEveryone ? [] : [isIn(cohort)]),
    ...plan.tables.flatMap((name, i) => options.rowsSql?.(name, `t${i}`) ?? []),
    ...(plan.where === undefined ? [] : [rowSql(plan.where, find)])
  ]
  const tables = plan.tables.map((name, i) =>
    i === 0 ? `${quoteName(name)} AS t0` : `JOIN ${quoteName(name)} AS t${i} USING (${quoteName(SUBJECT)})`
  )
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const from = `(SELECT ${columns.join(', ')} FROM ${tables.join(' ')}${where})`
  const [table = '', other] = plan.tables
  const isWhole =
    conditions.length === 0 && other === undefined && leftOut === undefined && options.rowsSql === undefined
  return {
    keys,
    values,
    from,
    parameters,
    ...(isWhole ? { whole: { engine, table } } : {})
  }
}

function planVariable(
  name: string,
  {
    plan,
    descriptor,
    config,
    columnSql
  }: { plan: Plan; descriptor: CatalogDescriptor; config: CatalogConfig; columnSql?: CatalogView['columnSql'] }
): PlanVariable {
  const { ref, table, variable } = resolveVariable(descriptor, name, plan.tables)
  const own = config.tables.find((t) => t.name === table.name)?.variables.find((v) => v.name === variable.name)
  if (own === undefined) throw new TypeError('a description that is not of this configuration')
  const alias = `t${plan.tables.indexOf(table.name)}`
  const sql = columnSql?.(table.name, variable.name, alias) ?? `${alias}.${quoteName(variable.name)}`
  return { ref, variable, config: own, sql }
}

/** A filter as an SQL condition on one row. The result is true or false, never null: a missing value satisfies only `is null`. */
function rowSql(filter: Filter, find: (name: string) => PlanVariable): string {
  if ('not' in filter) return `(NOT ${rowSql(filter.not, find)})`
  if (!isComparison(filter)) {
    const parts = ('all' in filter ? filter.all : filter.any).map((inner) => rowSql(inner, find))
    return `(${parts.join('all' in filter ? ' AND ' : ' OR ')})`
  }
  const { ref, variable, config, sql } = find(filter.column)
  const chosen = chosenCells(filter, ref, variable)
  return chosen.missing ? `(${sql} IS NULL)` : inCellsSql(sql, variable, config, chosen.cells)
}
