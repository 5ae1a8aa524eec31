/** The classical tests that a named statistic requests: confidence intervals, t tests of one sample and of pairs, two-by-two tables. */
import type { Filter, Plan, PlanTest, ResolvedVariable, StatisticCall } from '@stimnet/protocol'
import { hasFlag, invalid, twoLevels, uniqueNames } from '../measures.ts'

interface Asked {
  readonly name: string
  readonly call: StatisticCall
  readonly variables: readonly ResolvedVariable[]
  readonly by: readonly ResolvedVariable[]
}

/** The plan with the tests of its statistic; unchanged if there are none. Throws PARAMETER_INVALID. */
export function classicalTests(plan: Plan, asked: Asked): Plan {
  if (asked.name === 'mcnemar' || asked.name === 'fisher') return ofCounts(plan, asked, asked.name)
  const tests = testsOf(plan, asked)
  return tests.length === 0 ? plan : { ...plan, tests }
}

function testsOf(plan: Plan, { name, call, variables, by }: Asked): PlanTest[] {
  const columns = (kind: string) => plan.measures.filter((measure) => measure.kind === kind).map((one) => one.name)
  switch (name) {
    case 'quantile': {
      if (!hasFlag(call, 'interval')) return []
      const keys = plan.groupBy.map((key) => key.name)
      return plan.measures.flatMap((measure): PlanTest[] =>
        measure.kind === 'quantile' ? [{ kind: 'quantile_interval', of: measure.name, by: keys, q: measure.q }] : []
      )
    }
    case 'mean':
    case 'share':
    case 'correlation': {
      if (!hasFlag(call, 'interval')) return []
      const keys = plan.groupBy.map((key) => key.name)
      return columns(name === 'mean' ? 'sd' : name).map((of) => ({ kind: `${name}_interval`, of, by: keys }))
    }
    case 'one_sample': {
      const { value = 0 } = call.arguments
      if (typeof value !== 'number' || !Number.isFinite(value)) return invalid('value: a number.')
      none(by, name)
      return columns('sd').map((of) => ({ kind: 'one_sample', of, by: [], value }))
    }
    case 'paired': {
      none(by, name)
      const [one = '', other = ''] = uniqueNames(variables)
      if (variables[0]?.variable.unit !== variables[1]?.variable.unit)
        invalid('paired takes two variables of one unit.')
      return columns('covariance').map((of) => ({ kind: 'paired', of, by: [], groups: [one, other] }))
    }
    case 'partial_correlation': {
      none(by, name)
      const [xy = '', xz = '', yz = ''] = columns('correlation')
      const [x = '', y = '', z = ''] = uniqueNames(variables)
      return [{ kind: name, of: xy, by: [], columns: [xz, yz, ...columns('count')], groups: [x, y, z] }]
    }
    default:
      return []
  }
}

/** A two-by-two table of two levels of each variable. Other levels are left out of the plan. */
function ofCounts(plan: Plan, { call, variables, by }: Asked, kind: 'mcnemar' | 'fisher'): Plan {
  const [one, two] = plan.groupBy
  const [row, column] = variables
  if (by.length > 0 || !one || !two || !row || !column) return invalid(`${kind} takes two variables and no \`by\`.`)
  const rows = twoLevels(call, row)
  const columns = twoLevels(call, column, kind === 'mcnemar' ? 'groups' : 'levels')
  if (kind === 'mcnemar' && columns.some((level) => !rows.includes(level))) {
    invalid('mcnemar takes two categories of the same levels, such as before and after.')
  }
  const names = [one.name, two.name] as const
  const conditions = [
    { variable: row, values: rows },
    { variable: column, values: columns }
  ].flatMap(({ variable: { ref, variable }, values }): Filter[] =>
    variable.levels.length > 2 ? [{ column: ref, op: 'in', values }] : []
  )
  const [first, second] = conditions
  const where = second === undefined ? first : { all: conditions }
  const test: PlanTest =
    kind === 'mcnemar'
      ? { kind, of: 'subjects', by: names, groups: rows }
      : { kind, of: 'subjects', by: names, groups: [...rows, ...columns] }
  return { ...plan, ...(where === undefined ? {} : { where }), tests: [test] }
}

function none(by: readonly ResolvedVariable[], name: string): void {
  if (by.length > 0) invalid(`${name} takes no \`by\`: ask of a group by a filter.`)
}
