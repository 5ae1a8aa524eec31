/** Tests that a statistic by name asks for beside its numbers. */
import {
  type Filter,
  type MetaTest,
  type Plan,
  type ResolvedVariable,
  type StatisticCall,
  StimnetError
} from '@stimnet/protocol'
import { invalid } from './measures.ts'
import { META_METHODS } from './tests/meta.ts'

/**
 * Adds the tests that a statistic requests to its plan. `repeats` is true for the tables of the catalog with several rows per
 * subject. A test whose groups come from a column of such a table is marked with the name of the table, since one person can
 * then be in several groups. So is a test of values if such a table is read. Throws PARAMETER_INVALID or VALUE_NOT_DECLARED.
 */
export function withTests(plan: Plan, { name, call, by, repeats }: TestsAsked): Plan {
  const { tests, ...rest } = plainTests(plan, name, call, by)
  if (!tests) return rest
  return {
    ...rest,
    tests: tests.map((test) => {
      const tables = plan.groupBy
        .filter((key) => [test.by].flat().includes(key.name))
        .map(({ variable }) => tableOf(variable))
      const repeated = tables.find(repeats)
      if (repeated !== undefined) return { ...test, repeated }
      const clustered = test.kind === 'chi_squared' ? undefined : plan.tables.find(repeats)
      return clustered === undefined ? test : { ...test, clustered }
    })
  }
}

/** The statistic that is requested, with its grouping variables. */
export interface TestsAsked {
  readonly name: string
  readonly call: StatisticCall
  readonly by: readonly ResolvedVariable[]
  repeats(table: string): boolean
}

/**
 * Removes the mark of repeated rows from the tests of a plan where its filter allows it. If the filter restricts
 * a column of the repeated table to one value (visit = month_12), each person is assumed to have one row left,
 * so that the groups are groups of people.
 */
export function oneRowEach(plan: Plan): Plan {
  const { tests, where } = plan
  if (tests === undefined || where === undefined) return plan
  const held = heldColumns(where)
  return {
    ...plan,
    tests: tests.map(({ repeated, clustered, ...test }) => {
      const keys: string[] = plan.groupBy
        .filter(({ name }) => [test.by].flat().includes(name))
        .map(({ variable }) => variable)
      const isOpen = (table: string | undefined) =>
        table !== undefined && !held.some((column) => !keys.includes(column) && tableOf(column) === table)
      return {
        ...test,
        ...(isOpen(repeated) ? { repeated } : {}),
        ...(isOpen(clustered) ? { clustered } : {})
      }
    })
  }
}

/** The columns that the filter restricts to one value. */
function heldColumns(filter: Filter): string[] {
  if ('all' in filter) return filter.all.flatMap(heldColumns)
  if (!('column' in filter)) return []
  const isOne = (filter.op === '=' || filter.op === 'in') && filter.values.length === 1
  return isOne ? [filter.column] : []
}

function tableOf(column: string): string {
  return column.slice(0, column.indexOf('.'))
}

/** The plan with its tests, which read only columns that the plan has anyway. Throws PARAMETER_INVALID or VALUE_NOT_DECLARED. */
function plainTests(plan: Plan, name: string, call: StatisticCall, by: readonly ResolvedVariable[]): Plan {
  const [one, two] = plan.groupBy
  if (name === 'chi_squared') {
    if (by.length > 0 || !one || !two) invalid('chi_squared takes two variables and no `by`.')
    return { ...plan, tests: [{ kind: 'chi_squared', of: 'subjects', by: [one.name, two.name] }] }
  }
  if (name === 'table_one' && by.length > 1) invalid('table_one takes one variable in `by`.')
  if (name === 'meta') return withMeta(plan, call, by)
  if (name !== 'compare' && name !== 'anova') return plan
  const [key] = by
  if (!key || !one || by.length !== 1) return invalid(`${name} needs one variable in \`by\`.`)
  const spreads = plan.measures.filter(({ kind }) => kind === 'sd')
  if (name === 'anova') {
    return { ...plan, tests: spreads.map((measure) => ({ kind: 'anova', of: measure.name, by: one.name })) }
  }
  const groups = twoLevels(call, key)
  return {
    ...plan,
    // Other groups are left out of the plan: then no group must be withheld in order to hide another one.
    where: { column: key.ref, op: 'in', values: groups },
    tests: spreads.map((measure) => ({ kind: 'welch', of: measure.name, by: one.name, groups }))
  }
}

function withMeta(plan: Plan, call: StatisticCall, by: readonly ResolvedVariable[]): Plan {
  const [measure] = plan.measures.filter(({ kind }) => ['sd', 'share', 'correlation'].includes(kind))
  const [key, more] = by
  if (measure === undefined || more) return invalid('meta takes at most one variable in `by`.')
  if (key && measure.kind === 'correlation') invalid('meta of a correlation takes no `by`.')
  const groups = key === undefined ? [] : twoLevels(call, key)
  const effect = EFFECTS[`${measure.kind as 'sd' | 'share' | 'correlation'} ${key === undefined ? 'alone' : 'by'}`]
  const method = oneOf(call, 'method', META_METHODS)
  const test: MetaTest = {
    kind: 'meta',
    of: measure.name,
    by: key === undefined ? [] : plan.groupBy.map((one) => one.name),
    groups,
    effect,
    method,
    interval: method === 'fixed' ? 'wald' : oneOf(call, 'interval', META_INTERVALS)
  }
  if (method === 'fixed' && call.arguments.interval === 'hartung_knapp')
    invalid('interval: hartung_knapp is for effects that differ between institutions, not for method fixed.')
  if (key === undefined && call.arguments.groups !== undefined) invalid('groups: for two groups of a variable in `by`.')
  return {
    ...plan,
    ...(key === undefined ? {} : { where: { column: key.ref, op: 'in', values: groups } }),
    tests: [test]
  }
}

const EFFECTS = {
  'sd alone': 'mean',
  'sd by': 'difference',
  'share alone': 'proportion',
  'share by': 'odds_ratio',
  'correlation alone': 'correlation',
  'correlation by': 'correlation'
} as const
const META_INTERVALS = ['hartung_knapp', 'wald'] as const

/** An argument that is one of some words; the first unless given. */
function oneOf<W extends string>(call: StatisticCall, name: string, words: readonly [W, ...W[]]): W {
  const asked = call.arguments[name]
  const known = words.find((word) => word === asked)
  if (asked !== undefined && known === undefined) invalid(`${name}: ${words.join(', ')}.`)
  return known ?? words[0]
}

function twoLevels(call: StatisticCall, { ref, variable }: ResolvedVariable): readonly [string, string] {
  const { groups } = call.arguments
  const known = variable.levels.join(', ').slice(0, 500)
  if (variable.type !== 'category') invalid(`${call.name} groups by a category, and ${ref} is none.`)
  const asked: unknown = groups ?? (variable.levels.length === 2 ? variable.levels : undefined)
  if (!Array.isArray(asked) || asked.length !== 2 || asked[0] === asked[1]) {
    return invalid(`groups: two different levels of ${ref}. It has: ${known}.`)
  }
  const [one, other]: unknown[] = asked
  if (typeof one === 'string' && typeof other === 'string' && [one, other].every((l) => variable.levels.includes(l))) {
    return [one, other]
  }
  throw new StimnetError('VALUE_NOT_DECLARED', 'planning a comparison', { reason: `${ref} has the levels ${known}.` })
}
