/** The tests over numbers in bins that a named statistic requests: survival, and ranks of two groups. */
import {
  type Filter,
  type Plan,
  type ResolvedVariable,
  type StatisticCall,
  StimnetError,
  type SurvivalEvent,
  type SurvivalTest
} from '@stimnet/protocol'
import { hasFlag, invalid, twoLevels } from '../../measures.ts'

type Binned = SurvivalTest['kind'] | 'mann_whitney'

/** Whether a statistic is computed from numbers in bins. */
export function isOfBins(name: string): name is Binned {
  return isOfTimes(name) || name === 'mann_whitney'
}

/** Whether a statistic is about times to an event. */
export function isOfTimes(name: string): name is SurvivalTest['kind'] {
  return name === 'kaplan_meier' || name === 'log_rank' || name === 'cox'
}

/** Maximum number of columns: together with the event, the number by which an answer may be grouped. */
const COX_COLUMNS_MAX = 2

/** The call of the statistic `name`, with the strata added after its groups. Throws PARAMETER_INVALID. */
export function withStrata(call: StatisticCall, name: string | undefined): StatisticCall {
  if (name !== 'log_rank' && name !== 'cox') return call
  const { strata } = call.arguments
  const columns = call.by.length + (strata === undefined ? 0 : 1)
  if (name === 'log_rank' && call.by.length !== 1)
    return invalid('log_rank needs one category in `by`, and may have another one in `strata`.')
  if (name === 'cox' && (call.by.length === 0 || columns > COX_COLUMNS_MAX))
    return invalid('cox needs one category in `by`, and may have another one there or in `strata`.')
  if (strata === undefined) return call
  if (typeof strata !== 'string') return invalid('strata: the name of a category.')
  return { ...call, by: [...call.by, strata] }
}

interface Asked {
  readonly call: StatisticCall
  readonly variables: readonly ResolvedVariable[]
  readonly by: readonly ResolvedVariable[]
}

/** The plan with its test. Throws PARAMETER_INVALID or VALUE_NOT_DECLARED. */
export function binnedTests(plan: Plan, name: Binned, asked: Asked): Plan {
  const { call, variables, by } = asked
  const [measure] = plan.measures
  if (measure === undefined) return plan
  if (name === 'mann_whitney') return withRanks(plan, measure.name, asked)
  const other = by.find(({ variable }) => variable.type !== 'category')
  if (other) return invalid(`${name} has groups of a category, and ${other.ref} is none.`)
  if (name === 'kaplan_meier' && by.length > 1) return invalid('kaplan_meier takes one category in `by`.')
  const keys = plan.groupBy.map((key) => key.name)
  const [, column] = variables
  const test: SurvivalTest = {
    kind: name,
    of: measure.name,
    by: keys.slice(0, -1),
    event: { key: keys.at(-1) ?? '', ...eventOf(call, column) },
    levels: by.map(({ variable }) => variable.levels)
  }
  const more = name === 'kaplan_meier' ? timesOf(call) : { site: siteOf(call, name) }
  const within = name === 'cox' ? hazardsOf(call, test.levels) : {}
  // People who lack the event or a group are left out of the plan, so that no group must be withheld to hide them.
  const known = [...by, ...(column === undefined ? [] : [column])].map(havingIt)
  return { ...plan, where: { all: known }, tests: [{ ...test, ...within, ...more }] }
}

/** Maximum number of products of a level of one covariate and a level of the other: as many as a model has columns. */
export const PRODUCTS_MAX = 24

/** The number of products of two covariates. */
export function productsOf(levels: SurvivalTest['levels']): number {
  return levels.reduce((product, own) => product * Math.max(0, own.length - 1), 1)
}

/** The strata of hazard ratios, and whether those of two covariates interact. Throws PARAMETER_INVALID. */
function hazardsOf(
  { by, arguments: { strata, interaction } }: StatisticCall,
  levels: SurvivalTest['levels']
): Pick<SurvivalTest, 'strata' | 'interaction'> {
  const within = { strata: strata === undefined ? 0 : 1 }
  if (interaction === undefined || interaction === false) return within
  if (interaction !== true) return invalid('interaction: true or false.')
  if (by.length - within.strata !== 2) return invalid('interaction: of two categories in `by`.')
  const products = productsOf(levels)
  if (products > PRODUCTS_MAX)
    return invalid(`interaction: ${products} products of levels, and at most ${PRODUCTS_MAX} are fitted. Join levels.`)
  return { ...within, interaction }
}

function havingIt({ ref, variable }: ResolvedVariable): Filter {
  if (variable.type === 'category') return { column: ref, op: 'in', values: variable.levels }
  return { not: { column: ref, op: 'is null', values: [] } }
}

/** An integer 0 or 1 with a breakpoint at 1 has the groups "<1" and ">=1". */
const ONE = 1

function eventOf(call: StatisticCall, column: ResolvedVariable | undefined): Omit<SurvivalEvent, 'key'> {
  if (column === undefined) return invalid(`${call.name} takes a time and the variable that says who had the event.`)
  const { ref, variable } = column
  const { event } = call.arguments
  if (variable.type === 'category') {
    const known = variable.levels.join(', ').slice(0, 500)
    if (typeof event !== 'string') return invalid(`event: the level of ${ref} of those who had it. It has: ${known}.`)
    if (variable.levels.includes(event)) return { level: event, others: variable.levels.filter((one) => one !== event) }
    throw new StimnetError('VALUE_NOT_DECLARED', 'planning survival', { reason: `${ref} has the levels ${known}.` })
  }
  const [point, more] = variable.breakpoints
  if (variable.type !== 'integer' || point !== ONE || more !== undefined)
    return invalid(
      `${ref} does not say who had the event: it is no category, and no integer with one breakpoint, at 1.`
    )
  if (event !== undefined && event !== ONE) return invalid('event: 1, or not given, for an integer 0 or 1.')
  return { level: `>=${ONE}`, others: [`<${ONE}`] }
}

const TIMES_MAX = 12

function timesOf({ arguments: { times, until } }: StatisticCall): Pick<SurvivalTest, 'times' | 'until'> {
  const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0
  const asked: unknown[] = times === undefined ? [] : [times].flat()
  const known = asked.filter(isTime)
  if (known.length < asked.length || known.length > TIMES_MAX) invalid(`times: up to ${TIMES_MAX} numbers above 0.`)
  if (until !== undefined && !isTime(until)) return invalid('until: a number above 0.')
  return {
    ...(known.length === 0 ? {} : { times: [...new Set(known)].sort((a, b) => a - b) }),
    ...(until === undefined ? {} : { until })
  }
}

/** By default, a log-rank test compares people of all institutions together, and a hazard model has a baseline per institution. */
function siteOf({ arguments: given }: StatisticCall, name: 'log_rank' | 'cox'): 'none' | 'stratum' {
  const { site = name === 'cox' ? 'stratum' : 'none' } = given
  return site === 'none' || site === 'stratum' ? site : invalid('site: none or stratum.')
}

function withRanks(plan: Plan, of: string, { call, by }: Asked): Plan {
  const [key, more] = by
  const [column] = plan.groupBy
  if (key === undefined || column === undefined || more) return invalid('mann_whitney needs one variable in `by`.')
  const groups = twoLevels(call, key)
  // Other groups are left out of the plan, so that no group must be withheld to hide another group.
  const where: Filter = { column: key.ref, op: 'in', values: groups }
  return {
    ...plan,
    where,
    tests: [{ kind: 'mann_whitney', of, by: column.name, groups, corrected: hasFlag(call, 'correct') }]
  }
}
