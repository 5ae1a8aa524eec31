/** The statistics one can ask for by name, each compiled to the plan that SQL compiles to as well. */
import {
  type CatalogDescriptor,
  type GroupKey,
  type Measure,
  nearName,
  type Plan,
  type ResolvedVariable,
  resolveVariable,
  type StatisticCall,
  StimnetError,
  type VariableRef
} from '@stimnet/protocol'

/** An argument beside variables and grouping keys. */
export interface StatisticArgument {
  readonly name: string
  readonly required: boolean
  readonly meaning: string
}

/** A statistic as documentation and clients show it. */
export interface StatisticDescription {
  readonly name: string
  readonly summary: string
  /** How many variables it takes. */
  readonly variables: readonly [least: number, most: number]
  /** Besides variables and grouping keys. */
  readonly arguments: readonly StatisticArgument[]
}

const LEVEL: StatisticArgument = { name: 'level', required: true, meaning: 'One of the declared levels.' }
const Q: StatisticArgument = {
  name: 'q',
  required: false,
  meaning: 'A number from 0.05 to 0.95 or up to 9 of them; 0.25, 0.5 and 0.75 unless given.'
}

const GROUPS: StatisticArgument = {
  name: 'groups',
  required: false,
  meaning: 'Two levels of the category in `by`; may be left out where it has two.'
}
const SHAPE: StatisticArgument = {
  name: 'kurtosis',
  required: false,
  meaning: 'true: kurtosis (m4/m2², 3 for a normal distribution) as well.'
}

/** More variables than this is no longer one question. */
const VARIABLES_MAX = 8
const QUANTILES_MAX = 9
const GROUP_KEYS_MAX = 3

const describe = (
  name: string,
  variables: readonly [number, number],
  summary: string,
  ...rest: readonly StatisticArgument[]
): StatisticDescription => ({ name, summary, variables, arguments: rest })

/** Every statistic by name: for documentation, the command line and OpenAPI. */
export const STATISTICS: readonly StatisticDescription[] = [
  describe('count', [0, VARIABLES_MAX], 'Subjects, and rows or non-missing values.'),
  describe('sum', [1, VARIABLES_MAX], 'Sum over non-missing values.'),
  describe('mean', [1, VARIABLES_MAX], 'Mean over non-missing values.'),
  describe('variance', [1, VARIABLES_MAX], 'Sample variance (n - 1).'),
  describe('sd', [1, VARIABLES_MAX], 'Sample standard deviation; also called stdev.'),
  describe('skewness', [1, VARIABLES_MAX], 'Skewness of the population, m3/m2^1.5.'),
  describe('moments', [1, 4], 'Count, mean, variance, standard deviation and skewness.', SHAPE),
  describe('covariance', [2, 4], 'Sample covariance of each pair, over rows where both are present.'),
  describe('correlation', [2, 4], 'Pearson correlation of each pair, over rows where both are present.'),
  describe('share', [1, 1], 'Share of the subjects that have a level.', LEVEL),
  describe('quantile', [1, VARIABLES_MAX], 'Quantiles on the declared breakpoints, linear within a bin.', Q),
  describe('table', [1, 3], 'Subjects in each combination of levels or bins.'),
  describe('histogram', [1, 1], 'Subjects and rows in each declared bin of a number.'),
  describe('compare', [1, 4], 'Two groups: n, mean, sd of each; difference, Welch’s t, 95 % interval and p.', GROUPS),
  describe('anova', [1, 4], 'Several groups: n, mean, sd of each; one-way analysis of variance.'),
  describe('chi_squared', [2, 2], 'Subjects in each combination of two categories, and Pearson’s χ².')
]

const ALIASES: Readonly<Record<string, string>> = {
  stdev: 'sd',
  stddev: 'sd',
  avg: 'mean',
  var: 'variance',
  chi2: 'chi_squared'
}

/**
 * The plan of a statistic. Names without a table are looked up in `call.table`, then in the tables of the variables named
 * before, then in the whole catalog. Throws STATISTIC_UNKNOWN, PARAMETER_INVALID, VALUE_NOT_DECLARED, VARIABLE_UNKNOWN or
 * VARIABLE_AMBIGUOUS, each with a reason about the request alone.
 */
export function planOfStatistic(call: StatisticCall, descriptor: CatalogDescriptor): Plan {
  const name = Object.hasOwn(ALIASES, call.name) ? ALIASES[call.name] : call.name
  const statistic = STATISTICS.find((known) => known.name === name)
  if (!statistic) {
    const reason = `There is no such statistic. There are: ${STATISTICS.map((known) => known.name).join(', ')}.`
    throw new StimnetError('STATISTIC_UNKNOWN', `planning ${JSON.stringify(call.name.slice(0, 64))}`, { reason })
  }
  checkShape(statistic, call)
  const { variables, by, tables } = resolveAll(call, descriptor)
  const keys = ['table', 'histogram', 'chi_squared'].includes(statistic.name) ? [...variables, ...by] : by
  if (keys.length > GROUP_KEYS_MAX) invalid(`At most ${GROUP_KEYS_MAX} grouping keys.`)
  if (statistic.name === 'histogram') checkNumeric(variables)
  const plan: Plan = {
    tables,
    groupBy: groupKeys(keys),
    measures: measuresOf(
      statistic,
      call,
      variables,
      tables.some((table) => repeats(descriptor, table))
    )
  }
  return withTests(plan, statistic.name, call, by)
}

/** Tests read the columns that their plan asks for anyway. */
function withTests(plan: Plan, name: string, call: StatisticCall, by: readonly ResolvedVariable[]): Plan {
  const [one, two] = plan.groupBy
  if (name === 'chi_squared') {
    if (by.length > 0 || !one || !two) invalid('chi_squared takes two variables and no `by`.')
    return { ...plan, tests: [{ kind: 'chi_squared', of: 'subjects', by: [one.name, two.name] }] }
  }
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
    // The others are not asked for: they need not be withheld so that these stay hidden, nor the other way round.
    where: { column: key.ref, op: 'in', values: groups },
    tests: spreads.map((measure) => ({ kind: 'welch', of: measure.name, by: one.name, groups }))
  }
}

function twoLevels(call: StatisticCall, { ref, variable }: ResolvedVariable): readonly [string, string] {
  const { groups } = call.arguments
  const known = variable.levels.join(', ').slice(0, 500)
  if (variable.type !== 'category') invalid(`compare groups by a category, and ${ref} is none.`)
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

function invalid(reason: string): never {
  throw new StimnetError('PARAMETER_INVALID', reason, { reason })
}

function checkShape(statistic: StatisticDescription, call: StatisticCall): void {
  const [least, most] = statistic.variables
  if (call.variables.length < least || call.variables.length > most) {
    invalid(`${statistic.name} takes ${least === most ? least : `${least} to ${most}`} variables.`)
  }
  const known = statistic.arguments.map((argument) => argument.name)
  const unknown = Object.keys(call.arguments).find((argument) => !known.includes(argument))
  if (unknown !== undefined) {
    invalid(
      `${statistic.name} has no argument ${JSON.stringify(unknown.slice(0, 64))}. It has: ${known.join(', ') || 'none'}.`
    )
  }
}

interface Resolved {
  readonly variables: readonly ResolvedVariable[]
  readonly by: readonly ResolvedVariable[]
  readonly tables: readonly string[]
}

function resolveAll(call: StatisticCall, descriptor: CatalogDescriptor): Resolved {
  const names = descriptor.tables.map((table) => table.name)
  if (call.table !== undefined && !names.includes(call.table)) {
    invalid(`The catalog has no such table. It has: ${names.join(', ').slice(0, 500)}.`)
  }
  const used = new Set<string>(call.table === undefined ? [] : [call.table])
  const resolve = (name: string): ResolvedVariable => {
    const resolved = resolveVariable(descriptor, nearName(descriptor, name, [...used]))
    used.add(resolved.table.name)
    return resolved
  }
  const variables = call.variables.map(resolve)
  const by = call.by.map(resolve)
  checkDistinct([...variables, ...by])
  const [only] = names
  if (used.size === 0 && (names.length !== 1 || only === undefined)) {
    invalid(`Say which table: ${names.join(', ').slice(0, 500)}.`)
  }
  const tables = used.size === 0 && only !== undefined ? [only] : [...used]
  if (tables.filter((table) => repeats(descriptor, table)).length > 1) {
    invalid('Two tables with several rows per subject would be joined, and rows counted many times over.')
  }
  return { variables, by, tables }
}

function tableOf(descriptor: CatalogDescriptor, name: string) {
  return descriptor.tables.find((table) => table.name === name)
}

function repeats(descriptor: CatalogDescriptor, table: string): boolean {
  return tableOf(descriptor, table)?.oneRowPerSubject === false
}

function checkDistinct(variables: readonly ResolvedVariable[]): void {
  if (new Set(variables.map(({ ref }) => ref)).size < variables.length) invalid('A variable is named twice.')
}

function groupKeys(keys: readonly ResolvedVariable[]): GroupKey[] {
  const names = uniqueNames(keys)
  return keys.map(({ ref, variable }, i) => {
    const groupable = variable.type === 'category' ? variable.levels.length > 0 : variable.breakpoints.length > 0
    if (variable.type === 'text' || !groupable) {
      invalid(`${ref} cannot group: it has neither declared levels nor declared breakpoints.`)
    }
    return { name: names[i] ?? ref, variable: ref }
  })
}

/** The bare name, or `table_name` where two tables share it. */
function uniqueNames(variables: readonly ResolvedVariable[]): string[] {
  const bare = variables.map(({ variable }) => variable.name)
  return variables.map(({ table, variable }) => {
    const alone = bare.filter((name) => name === variable.name).length === 1
    return alone ? variable.name : `${table.name}_${variable.name}`
  })
}

function measuresOf(
  statistic: StatisticDescription,
  call: StatisticCall,
  variables: readonly ResolvedVariable[],
  repeated: boolean
): Measure[] {
  const subjects: Measure = { kind: 'subjects', name: 'subjects' }
  const rows: Measure = { kind: 'rows', name: 'rows' }
  switch (statistic.name) {
    case 'count':
      return [subjects, ...(repeated ? [rows] : []), ...counts(variables)]
    case 'table':
      return [subjects]
    case 'histogram':
      return [subjects, ...(repeated ? [rows] : [])]
    case 'moments':
      return momentsOf(call, variables)
    case 'compare':
    case 'anova':
      return [subjects, ...over(variables, ['mean', 'sd'])]
    case 'chi_squared':
      return [subjects]
    case 'covariance':
    case 'correlation':
      return pairsOf(statistic.name, variables)
    case 'share':
      return shares(call, variables)
    case 'quantile':
      return quantiles(call, variables)
    default:
      return over(variables, [statistic.name as ValueKind])
  }
}

function checkNumeric(variables: readonly ResolvedVariable[]): void {
  const other = variables.find(({ variable }) => variable.type !== 'integer' && variable.type !== 'number')
  if (other) invalid(`${other.ref} is no number.`)
}

function counts(variables: readonly ResolvedVariable[]): Measure[] {
  const names = uniqueNames(variables)
  return variables.map(({ ref }, i) => ({ kind: 'count', name: `count_${names[i]}`, variable: ref }))
}

function momentsOf(call: StatisticCall, variables: readonly ResolvedVariable[]): Measure[] {
  const { kurtosis = false } = call.arguments
  if (typeof kurtosis !== 'boolean') invalid('kurtosis: true or false.')
  const kinds = ['mean', 'variance', 'sd', 'skewness', ...(kurtosis ? ['kurtosis'] : [])] as readonly ValueKind[]
  return [...counts(variables), ...over(variables, kinds)]
}

type ValueKind = 'sum' | 'mean' | 'variance' | 'sd' | 'skewness' | 'kurtosis'

function over(variables: readonly ResolvedVariable[], kinds: readonly ValueKind[]): Measure[] {
  checkNumeric(variables)
  const names = uniqueNames(variables)
  return variables.flatMap(({ ref }, i) =>
    kinds.map((kind): Measure => ({ kind, name: `${kind}_${names[i]}`, variable: ref }))
  )
}

function pairsOf(kind: 'covariance' | 'correlation', variables: readonly ResolvedVariable[]): Measure[] {
  checkNumeric(variables)
  const names = uniqueNames(variables)
  return variables.flatMap((x, i) =>
    variables.slice(i + 1).map((y, j): Measure => {
      const pair: readonly [VariableRef, VariableRef] = [x.ref, y.ref]
      return { kind, name: `${kind}_${names[i]}_${names[i + 1 + j]}`, variables: pair }
    })
  )
}

function shares(call: StatisticCall, variables: readonly ResolvedVariable[]): Measure[] {
  const { level } = call.arguments
  return variables.map(({ ref, variable }): Measure => {
    if (variable.type !== 'category') invalid(`${ref} has no levels.`)
    if (typeof level !== 'string') invalid('share needs the argument `level`, a text.')
    if (!variable.levels.includes(level)) {
      const reason = `${ref} has the levels ${variable.levels.join(', ').slice(0, 500)}.`
      throw new StimnetError('VALUE_NOT_DECLARED', 'planning a share', { reason })
    }
    return { kind: 'share', name: `share_${variable.name}`, variable: ref, level }
  })
}

function quantiles(call: StatisticCall, variables: readonly ResolvedVariable[]): Measure[] {
  checkNumeric(variables)
  const asked: unknown[] = [call.arguments.q ?? [0.25, 0.5, 0.75]].flat()
  const levels = asked.filter((q) => typeof q === 'number' && q >= 0.05 && q <= 0.95) as number[]
  if (levels.length === 0 || levels.length < asked.length || new Set(levels).size > QUANTILES_MAX) {
    invalid(`q: one to ${QUANTILES_MAX} numbers from 0.05 to 0.95.`)
  }
  const names = uniqueNames(variables)
  return variables.flatMap(({ ref, variable }, i) => {
    if (variable.breakpoints.length === 0) invalid(`${ref} has no declared breakpoints to find a quantile on.`)
    return [...new Set(levels)].map(
      (q): Measure => ({ kind: 'quantile', name: `q${Number((q * 100).toPrecision(6))}_${names[i]}`, variable: ref, q })
    )
  })
}
