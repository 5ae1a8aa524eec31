/** Tests that a named statistic requests in addition to its numbers. */
import type { Filter, MetaTest, Plan, PlanTest, ResolvedVariable, StatisticCall } from '@stimnet/protocol'
import { hasFlag, invalid, twoLevels } from './measures.ts'
import { classicalTests } from './tests/asked-classical.ts'
import { binnedTests, isOfBins, isOfTimes } from './tests/binned/asked-binned.ts'
import { META_METHODS } from './tests/meta.ts'

/**
 * Adds the tests that a statistic requests to its plan. `repeats` returns true for the tables of the catalog with several rows per subject.
 * A test whose groups come from a column of such a table is marked with the name of the table, because one person can then be in several
 * groups. The same applies to a test of values if such a table is read. Throws PARAMETER_INVALID or VALUE_NOT_DECLARED.
 */
export function withTests(plan: Plan, asked: TestsAsked): Plan {
  const { repeats } = asked
  const { tests, ...rest } = plainTests(plan, asked)
  if (!tests) return rest
  return {
    ...rest,
    tests: tests.map((test) => {
      const tables = plan.groupBy
        .filter((key) => [test.by].flat().includes(key.name))
        .map(({ variable }) => tableOf(variable))
      // In survival analysis, each person has one time.
      const repeated = isOfTimes(test.kind) ? plan.tables.find(repeats) : tables.find(repeats)
      if (repeated !== undefined && !isPerRow(test)) return { ...test, repeated }
      const clustered = OF_PEOPLE.includes(test.kind) ? undefined : plan.tables.find(repeats)
      return clustered === undefined ? test : { ...test, clustered }
    })
  }
}

/** Tests that count people, however many rows each person has. */
const OF_PEOPLE: readonly PlanTest['kind'][] = [
  ...(['chi_squared', 'share_interval', 'two_by_two', 'mcnemar', 'fisher'] as const)
]

/** Whether the rows of the answer are not compared with each other, so that the same people may be in several rows. */
function isPerRow({ kind }: PlanTest): boolean {
  return kind.endsWith('_interval')
}

/** The statistic that is requested, with its variables and grouping variables. */
export interface TestsAsked {
  readonly name: string
  readonly call: StatisticCall
  readonly variables: readonly ResolvedVariable[]
  readonly by: readonly ResolvedVariable[]
  repeats(table: string): boolean
}

/**
 * Removes the mark of repeated rows from the tests of a plan if its filter allows it. If the filter restricts a column of the
 * repeated table to one value (visit = month_12), each person is assumed to have one row left, so that the groups are groups of
 * people.
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

/**
 * The note on a plan without tests; tests have notes of their own. A mean, or another number of values, of a table with several rows per
 * person counts each row, unless the filter or the groups restrict a column of the table to one value. `repeats` returns true for tables
 * with several rows per subject.
 */
export function rowsNote(plan: Plan, repeats: TestsAsked['repeats']): string | undefined {
  const { tests = [], where, groupBy, measures } = plan
  const held = [...(where === undefined ? [] : heldColumns(where)), ...groupBy.map(({ variable }) => variable)].map(
    tableOf
  )
  const read = measures.flatMap((measure): string[] => {
    if (measure.kind === 'covariance' || measure.kind === 'correlation') return measure.variables.map(tableOf)
    return 'variable' in measure && measure.kind !== 'count' && measure.kind !== 'share'
      ? [tableOf(measure.variable)]
      : []
  })
  const table = plan.tables.find((one) => repeats(one) && read.includes(one) && !held.includes(one))
  return table === undefined || tests.length > 0
    ? undefined
    : `${table} has several rows per person, and its numbers are over all of them: people with more rows count for more.  ` +
        'Filter to one row of each person, such as one visit, for numbers over people.'
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

/** The plan with its tests, which read only columns that the plan already has. Throws PARAMETER_INVALID or VALUE_NOT_DECLARED. */
function plainTests(plan: Plan, { name, call, variables, by }: TestsAsked): Plan {
  const [one, two] = plan.groupBy
  if (name === 'chi_squared') {
    if (by.length > 0 || !one || !two) invalid('chi_squared takes two variables and no `by`.')
    return { ...plan, tests: [{ kind: 'chi_squared', of: 'subjects', by: [one.name, two.name] }] }
  }
  if (name === 'table_one' && by.length > 1) invalid('table_one takes one variable in `by`.')
  if (name === 'meta') return withMeta(plan, call, by)
  if (isOfBins(name)) return binnedTests(plan, name, { call, variables, by })
  if (!OF_GROUPS.includes(name)) return classicalTests(plan, { name, call, variables, by })
  const [key] = by
  if (!key || !one || by.length !== 1) return invalid(`${name} needs one variable in \`by\`.`)
  if (name === 'two_by_two') {
    const [share] = plan.measures
    const groups = twoLevels(call, key)
    const where: Filter = { column: key.ref, op: 'in', values: groups }
    return { ...plan, where, tests: share ? [{ kind: name, of: share.name, by: one.name, groups }] : [] }
  }
  const spreads = plan.measures.filter(({ kind }) => kind === 'sd')
  if (name === 'anova') {
    const kinds = hasFlag(call, 'pairwise') ? (['anova', 'pairwise'] as const) : (['anova'] as const)
    return {
      ...plan,
      tests: kinds.flatMap((kind) => spreads.map((measure) => ({ kind, of: measure.name, by: one.name })))
    }
  }
  const groups = twoLevels(call, key)
  return {
    ...plan,
    // Other groups are left out of the plan, so that no group must be withheld to hide another group.
    where: { column: key.ref, op: 'in', values: groups },
    tests: spreads.map((measure) => ({ kind: 'welch', of: measure.name, by: one.name, groups }))
  }
}

/** Statistics that compare the groups of one variable. */
const OF_GROUPS = ['compare', 'anova', 'two_by_two']

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
/** Interval methods for effects that differ between institutions. */
export const META_INTERVALS = ['hartung_knapp', 'wald'] as const

/** An argument that must be one of some words; by default the first word. */
function oneOf<W extends string>(call: StatisticCall, name: string, words: readonly [W, ...W[]]): W {
  const asked = call.arguments[name]
  const known = words.find((word) => word === asked)
  if (asked !== undefined && known === undefined) invalid(`${name}: ${words.join(', ')}.`)
  return known ?? words[0]
}
