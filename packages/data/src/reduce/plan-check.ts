/** Checks whether a plan fits the catalog, without reading data. The checks are the same for SQL and for named statistics. */
import {
  type CatalogDescriptor,
  type GramMeasure,
  type Measure,
  type Plan,
  resolveVariable,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { groupCells, isNumeric } from '../columns.ts'
import { domainOf } from '../index/domain.ts'

/** Maximum number of groups. More groups are a listing, not a table, and each costs a subject set. */
const GROUPS_MAX = 4096
const TABLES_MAX = 4
const KEYS_MAX = 3
const MEASURES_MAX = 32
/** Range of quantiles. A quantile outside this range concerns only few people. */
const QUANTILE_MIN = 0.05
const QUANTILE_MAX = 0.95

/** The reason why a plan does not fit the description; null if it fits. No data are read. */
export function planFault(plan: Plan, descriptor: CatalogDescriptor): string | null {
  const unknown = plan.tables.find((name) => !descriptor.tables.some((table) => table.name === name))
  if (unknown !== undefined) return `The catalog has no table ${JSON.stringify(unknown.slice(0, 80))}.`
  if (plan.tables.length === 0 || plan.tables.length > TABLES_MAX) return `A query has 1 to ${TABLES_MAX} tables.`
  if (new Set(plan.tables).size !== plan.tables.length) return 'A table is joined with itself.'
  const [long, other] = severalRowsTables(plan, descriptor)
  if (long !== undefined && other !== undefined) return twoLongTables(long, other)
  if (plan.measures.length === 0 || plan.measures.length > MEASURES_MAX)
    return `A query has 1 to ${MEASURES_MAX} aggregates.`
  const names = [...plan.groupBy, ...plan.measures].map(({ name }) => name)
  const twin = names.find((name, i) => names.indexOf(name) !== i)
  if (twin !== undefined) return `Two columns of the answer are called ${twin}: name one with AS.`
  return (
    groupingFault(plan, descriptor) ?? firstFault(plan.measures, (measure) => measureFault(measure, plan, descriptor))
  )
}

/** The tables of a plan that may have several rows per subject. */
export function severalRowsTables({ tables }: Plan, descriptor: CatalogDescriptor): string[] {
  return tables.filter((name) => descriptor.tables.some((table) => table.name === name && !table.oneRowPerSubject))
}

function twoLongTables(one: string, other: string): string {
  return (
    `${one} and ${other} both have several rows per subject: joined, each row of one would be counted once for each row ` +
    'of the other. Ask about one of them at a time; the other can still choose the cohort.'
  )
}

function groupingFault({ groupBy, tables }: Plan, descriptor: CatalogDescriptor): string | null {
  if (groupBy.length > KEYS_MAX) return `A query has at most ${KEYS_MAX} grouping columns.`
  let groups = 1
  for (const { variable: ref } of groupBy) {
    const { variable } = resolveVariable(descriptor, ref, tables)
    if (domainOf(variable) === null) {
      return `${ref} cannot be grouped: it is no category and has no declared breakpoints.`
    }
    groups *= groupCells(variable)
  }
  return groups > GROUPS_MAX ? `These columns make ${groups} groups; a query has at most ${GROUPS_MAX}.` : null
}

/** The reason why a measure does not fit its variable; null if it fits. */
export function measureFault(measure: Measure, plan: Plan, descriptor: CatalogDescriptor): string | null {
  if (measure.kind === 'subjects' || measure.kind === 'rows') return null
  if (measure.kind === 'gram') return gramFault(measure, plan, descriptor)
  const { tables } = plan
  const variableOf = (ref: VariableRef) => resolveVariable(descriptor, ref, tables).variable
  if ('variables' in measure) {
    const other = measure.variables.find((ref) => !isNumeric(variableOf(ref)))
    return other === undefined ? null : `${other} is no number: it has no ${measure.kind}.`
  }
  const variable = variableOf(measure.variable)
  if (variable.type === 'text') return `${measure.variable} is free text: it cannot be measured.`
  if (measure.kind === 'count') return null
  if (measure.kind === 'share') {
    if (variable.type !== 'category') return `${measure.variable} is no category: it has no shares.`
    if (variable.levels.includes(measure.level)) return null
    return `${JSON.stringify(measure.level.slice(0, 80))} is no level of ${measure.variable}. Its levels: ${variable.levels.join(', ').slice(0, 500)}.`
  }
  if (!isNumeric(variable)) return `${measure.variable} is no number: it has no ${measure.kind}.`
  if (measure.kind !== 'quantile' && measure.kind !== 'bins') return null
  if (variable.breakpoints.length === 0) return `${measure.variable} has no declared breakpoints: it has no quantiles.`
  if (measure.kind === 'bins') return null
  if (measure.q >= QUANTILE_MIN && measure.q <= QUANTILE_MAX) return null
  return `A quantile must be from ${QUANTILE_MIN} to ${QUANTILE_MAX}.`
}

/** The reason why a model does not fit the catalog; null if it fits. */
function gramFault(
  measure: GramMeasure,
  { tables, groupBy, measures }: Plan,
  descriptor: CatalogDescriptor
): string | null {
  if (groupBy.length > 0 || measures.length > 1) return 'A question with a model has no groups and no other numbers.'
  return firstFault(variablesOf(measure), (ref) => {
    const { variable } = resolveVariable(descriptor, ref, tables)
    const factor = measure.factors.find((one) => one.variable === ref)
    if (factor === undefined) return isNumeric(variable) ? null : `${ref} is no number.`
    const isDeclared = variable.type === 'category' && factor.levels.join('\n') === variable.levels.join('\n')
    return isDeclared ? null : `${ref} is no category with these levels.`
  })
}

function firstFault<T>(items: readonly T[], faultOf: (item: T) => string | null): string | null {
  for (const item of items) {
    const fault = faultOf(item)
    if (fault !== null) return fault
  }
  return null
}

/** The variables that measures use, without duplicates. */
export function measuredVariables(measures: readonly Measure[]): VariableRef[] {
  return [...new Set(measures.flatMap(variablesOf))]
}

/** The pairs of variables that measures use, without duplicates. */
export function measuredPairs(measures: readonly Measure[]): (readonly [VariableRef, VariableRef])[] {
  const pairs = measures.flatMap((m) => ('variables' in m ? [m.variables] : []))
  return pairs.filter(([x, y], i) => pairs.findIndex((other) => other[0] === x && other[1] === y) === i)
}
