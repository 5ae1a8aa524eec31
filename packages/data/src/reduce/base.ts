/** The rows a plan speaks of, as one temporary table: subject, group cells, values. */
import {
  type CatalogDescriptor,
  type Filter,
  isComparison,
  type Plan,
  resolveVariable,
  type SubjectSet,
  type VariableDescriptor,
  type VariableRef
} from '@stimnet/protocol'
import type { CatalogConfig, VariableConfig } from '../catalog-config.ts'
import { cellSql, inCellsSql, ROW, SUBJECT } from '../columns.ts'
import { chosenCells } from '../domain.ts'
import type { Engine, Session } from '../engine.ts'
import { measuredVariables, severalRowsTables } from '../plan-check.ts'
import { quoteName } from '../quote.ts'

/** A variable of the plan with what is needed to read it. */
export interface PlanVariable {
  readonly ref: VariableRef
  readonly variable: VariableDescriptor
  readonly config: VariableConfig
  /** Its column in the join. */
  readonly sql: string
}

/**
 * The temporary table `base` has `s`, `k0…` by group key and `x0…` by measured variable; and `r`, the row's place in the
 * one table of the plan that has several rows per subject.
 */
export interface Base {
  readonly keys: readonly PlanVariable[]
  readonly values: readonly PlanVariable[]
}

/** Makes `base` in the session. Throws what `resolveVariable` throws, NODE_ERROR, CANCELLED. */
export async function makeBase(options: {
  plan: Plan
  cohort: SubjectSet
  descriptor: CatalogDescriptor
  config: CatalogConfig
  engine: Engine
  session: Session
  signal: AbortSignal | undefined
}): Promise<Base> {
  const { plan, cohort, engine, session, signal } = options
  const find = (name: string) => planVariable(name, options)
  const keys = plan.groupBy.map(({ variable }) => find(variable))
  const values = measuredVariables(plan.measures).map(find)
  const [long] = severalRowsTables(plan, options.descriptor)
  const columns = [
    ...(long === undefined ? [] : [`t${plan.tables.indexOf(long)}.${quoteName(ROW)} AS r`]),
    `t0.${quoteName(SUBJECT)} AS s`,
    ...keys.map(({ sql, variable, config }, i) => `${cellSql(sql, variable, config)} AS k${i}`),
    ...values.map(({ sql }, i) => `${sql} AS x${i}`)
  ]
  const conditions = [
    // Cast, since the engine's own positions are signed.
    `get_bit($1, CAST(t0.${quoteName(SUBJECT)} AS INTEGER)) = 1`,
    ...(plan.where === undefined ? [] : [rowSql(plan.where, find)])
  ]
  const from = plan.tables.map((name, i) =>
    i === 0 ? `${quoteName(name)} AS t0` : `JOIN ${quoteName(name)} AS t${i} USING (${quoteName(SUBJECT)})`
  )
  const sql = `CREATE TEMP TABLE base AS SELECT ${columns.join(', ')} FROM ${from.join(' ')} WHERE ${conditions.join(' AND ')}`
  await session.rows(sql, [engine.bits(cohort)], signal)
  return { keys, values }
}

function planVariable(
  name: string,
  { plan, descriptor, config }: { plan: Plan; descriptor: CatalogDescriptor; config: CatalogConfig }
): PlanVariable {
  const { ref, table, variable } = resolveVariable(descriptor, name, plan.tables)
  const own = config.tables.find((t) => t.name === table.name)?.variables.find((v) => v.name === variable.name)
  if (own === undefined) throw new TypeError('a description that is not of this configuration')
  return { ref, variable, config: own, sql: `t${plan.tables.indexOf(table.name)}.${quoteName(variable.name)}` }
}

/** A filter as a condition on one row; true or false, never unknown: a missing value fits only `is null`. */
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
