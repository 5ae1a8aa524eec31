/** The measures of a named statistic for each group, and their names. */
import {
  type Measure,
  type ResolvedVariable,
  type StatisticCall,
  StimnetError,
  type VariableRef
} from '@stimnet/protocol'

const QUANTILES_MAX = 9

/** Throws PARAMETER_INVALID, with a reason about the request alone. */
export function invalid(reason: string): never {
  throw StimnetError.told('PARAMETER_INVALID', reason)
}

/** The name of each variable, or `table_name` with the name of its table in front if two tables share the name. */
export function uniqueNames(variables: readonly ResolvedVariable[]): string[] {
  const bare = variables.map(({ variable }) => variable.name)
  return variables.map(({ table, variable }) => {
    const alone = bare.filter((name) => name === variable.name).length === 1
    return alone ? variable.name : `${table.name}_${variable.name}`
  })
}

/**
 * The measures of a statistic for each group. `repeated` means that a subject can have several rows. Throws the errors of
 * `planOfStatistic`.
 */
export function measuresOf(
  name: string,
  call: StatisticCall,
  variables: readonly ResolvedVariable[],
  repeated: boolean
): Measure[] {
  const subjects: Measure = { kind: 'subjects', name: 'subjects' }
  const rows: Measure = { kind: 'rows', name: 'rows' }
  switch (name) {
    case 'count':
      return [subjects, ...(repeated ? [rows] : []), ...counts(variables)]
    case 'table':
      return [subjects]
    case 'histogram':
      return [subjects, ...(repeated ? [rows] : [])]
    case 'moments':
      return momentsOf(call, variables)
    case 'mean':
      return hasFlag(call, 'interval')
        ? [...counts(variables), ...over(variables, ['mean', 'sd'])]
        : over(variables, ['mean'])
    case 'compare':
    case 'anova':
    case 'one_sample':
      return [...counts(variables), ...over(variables, ['mean', 'sd'])]
    case 'chi_squared':
    case 'mcnemar':
    case 'fisher':
      return [subjects]
    case 'table_one':
      return [subjects, ...baseline(variables)]
    case 'meta':
      return effectsOf(call, variables)
    case 'partial_correlation':
      return [...counts(variables), ...pairsOf('correlation', variables)]
    case 'paired':
      return pairsOf('covariance', variables)
    case 'covariance':
    case 'correlation':
      return pairsOf(name, variables)
    case 'share':
    case 'two_by_two':
      return shares(call, variables)
    case 'quantile':
      return quantiles(call, variables)
    case 'kaplan_meier':
    case 'log_rank':
    case 'cox':
    case 'mann_whitney':
      return binsOf(variables)
    default:
      return over(variables, [name as ValueKind])
  }
}

/** Whether an argument is true; by default false. Throws PARAMETER_INVALID. */
export function hasFlag(call: StatisticCall, name: string): boolean {
  const { [name]: asked = false } = call.arguments
  if (typeof asked !== 'boolean') return invalid(`${name}: true or false.`)
  return asked
}

/** Maximum number of measures of a query; a category has one measure per level. */
const BASELINE_MAX = 31

/** For a numeric variable n, mean and spread; for a category the share of each level. */
function baseline(variables: readonly ResolvedVariable[]): Measure[] {
  const names = uniqueNames(variables)
  const measures = variables.flatMap((one, i): Measure[] => {
    const { ref, variable } = one
    if (variable.type !== 'category') {
      checkNumeric([one])
      const [count, mean, sd] = [`count_${names[i]}`, `mean_${names[i]}`, `sd_${names[i]}`]
      return [
        { kind: 'count', name: count, variable: ref },
        { kind: 'mean', name: mean, variable: ref },
        { kind: 'sd', name: sd, variable: ref }
      ]
    }
    return variable.levels.map((level) => ({ kind: 'share', name: `share_${names[i]}_${level}`, variable: ref, level }))
  })
  if (measures.length > BASELINE_MAX) {
    invalid(
      `A baseline table has at most ${BASELINE_MAX} numbers in each group (three of a number, one of each level): name fewer variables.`
    )
  }
  return measures
}

/** The effects that a meta-analysis combines: a correlation, a share, or a mean with its spread. */
function effectsOf(call: StatisticCall, variables: readonly ResolvedVariable[]): Measure[] {
  if (variables.length === 2) return pairsOf('correlation', variables)
  const isCategory = variables.every(({ variable }) => variable.type === 'category')
  if (!isCategory && call.arguments.level !== undefined) invalid('level: for a category alone.')
  return isCategory ? shares(call, variables) : [...counts(variables), ...over(variables, ['mean', 'sd'])]
}

/** Throws PARAMETER_INVALID for variables that are not numeric. */
export function checkNumeric(variables: readonly ResolvedVariable[]): void {
  const other = variables.find(({ variable }) => variable.type !== 'integer' && variable.type !== 'number')
  if (other) invalid(`${other.ref} is no number.`)
}

function counts(variables: readonly ResolvedVariable[]): Measure[] {
  const names = uniqueNames(variables)
  return variables.map(({ ref }, i) => ({ kind: 'count', name: `count_${names[i]}`, variable: ref }))
}

function momentsOf(call: StatisticCall, variables: readonly ResolvedVariable[]): Measure[] {
  const kurtosis = hasFlag(call, 'kurtosis')
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
    if (typeof level !== 'string') invalid(`${call.name} needs the argument \`level\`, a text.`)
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

/** The numbers of values in the bins of the first variable. */
function binsOf([first]: readonly ResolvedVariable[]): Measure[] {
  if (first === undefined) return []
  const { ref, variable } = first
  checkNumeric([first])
  if (variable.breakpoints.length === 0) invalid(`${ref} has no declared breakpoints: they are the grid.`)
  return [{ kind: 'bins', name: `count_${variable.name}`, variable: ref }]
}

/** The two levels in an argument, or those of a category with exactly two levels. Throws PARAMETER_INVALID or VALUE_NOT_DECLARED. */
export function twoLevels(
  call: StatisticCall,
  { ref, variable }: ResolvedVariable,
  argument = 'groups'
): readonly [string, string] {
  const groups = call.arguments[argument]
  const known = variable.levels.join(', ').slice(0, 500)
  if (variable.type !== 'category') invalid(`${call.name} groups by a category, and ${ref} is none.`)
  const asked: unknown = groups ?? (variable.levels.length === 2 ? variable.levels : undefined)
  if (!Array.isArray(asked) || asked.length !== 2 || asked[0] === asked[1]) {
    return invalid(`${argument}: two different levels of ${ref}. It has: ${known}.`)
  }
  const [one, other]: unknown[] = asked
  if (typeof one === 'string' && typeof other === 'string' && [one, other].every((l) => variable.levels.includes(l))) {
    return [one, other]
  }
  throw new StimnetError('VALUE_NOT_DECLARED', 'planning a comparison', { reason: `${ref} has the levels ${known}.` })
}
