/** The statistics that can be requested by name, each compiled to the same form of plan as SQL. */
import {
  type CatalogDescriptor,
  type GroupKey,
  nearName,
  type Plan,
  type ResolvedVariable,
  resolveVariable,
  type StatisticCall,
  StimnetError,
  didYouMean
} from '@stimnet/protocol'
import { withTests } from './asked-tests.ts'
import { isOfTimes, withStrata } from './tests/binned/asked-binned.ts'
import { combatAsked, componentsAsked, type ModelAsked, modelOf } from './models/ask.ts'
import { checkNumeric, invalid, measuresOf, uniqueNames } from './measures.ts'

/** An argument besides variables and grouping keys. */
export interface StatisticArgument {
  readonly name: string
  readonly required: boolean
  readonly meaning: string
}

/** A statistic in the form in which documentation and clients show it. */
export interface StatisticDescription {
  readonly name: string
  readonly summary: string
  /** The minimum and maximum number of variables. */
  readonly variables: readonly [least: number, most: number]
  /** Arguments besides variables and grouping keys. */
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

const CONFIDENCE: StatisticArgument = {
  name: 'interval',
  required: false,
  meaning: 'true: 95 % confidence intervals as well.'
}
const PAIRWISE: StatisticArgument = {
  name: 'pairwise',
  required: false,
  meaning: 'true: also each pair of groups, by Welch’s t with p after Holm.'
}
const VALUE: StatisticArgument = {
  name: 'value',
  required: false,
  meaning: 'The number that the mean is compared with; 0 unless given.'
}

const TABLE_ONE_SUMMARY =
  'Baseline table: of each number n, mean and sd, of each category the share of every level; in the groups of one variable, with ' +
  'standardised differences where there are two.'
const TWO_BY_TWO_SUMMARY =
  'Two groups and one level of a category: odds ratio, risk ratio and risk difference with 95 % intervals, and χ²; over several ' +
  'institutions by Mantel and Haenszel.'
const PARTIAL_SUMMARY =
  'Correlation of the first two of three numbers with the third held fixed, with 95 % interval and p; of rows that have all three.'
const MCNEMAR_SUMMARY =
  'Two categories of the same people with the same two levels, such as before and after: McNemar’s χ² of those who changed.'
const FISHER_SUMMARY =
  'Two categories of two levels each: Fisher’s exact test with odds ratio and interval, of exact counts alone; over several ' +
  'institutions within each.'
const BOTH_LEVELS: StatisticArgument = {
  name: 'groups',
  required: false,
  meaning: 'Two levels that both categories have; may be left out where they have two.'
}
const GROUPS_OF_FIRST: StatisticArgument = {
  name: 'groups',
  required: false,
  meaning: 'Two levels of the first category; may be left out where it has two.'
}
const LEVELS: StatisticArgument = {
  name: 'levels',
  required: false,
  meaning: 'Two levels of the second category; may be left out where it has two.'
}
const META_SUMMARY =
  'Meta-analysis over the institutions of a mean, of the difference of two groups, of a share or its odds ratio, or of a correlation: ' +
  'combined effect, variance between institutions, Q, I² and prediction interval.'
const META_LEVEL: StatisticArgument = {
  name: 'level',
  required: false,
  meaning: 'Of a category: one of its declared levels, whose share or odds ratio is combined.'
}
const METHOD: StatisticArgument = {
  name: 'method',
  required: false,
  meaning: 'reml (unless given), dl (DerSimonian and Laird), pm (Paule and Mandel), or fixed: one effect everywhere.'
}
const INTERVAL: StatisticArgument = {
  name: 'interval',
  required: false,
  meaning: 'hartung_knapp (unless given; for few institutions), or wald.'
}

const MANN_WHITNEY_SUMMARY =
  'Two groups: the test of Mann, Whitney and Wilcoxon on the declared breakpoints, with correction for ties.'
const CORRECT: StatisticArgument = {
  name: 'correct',
  required: false,
  meaning: 'true: with correction for continuity.'
}
const KAPLAN_MEIER_SUMMARY =
  'A time and a category that says who had the event by then: survival on the declared breakpoints of the time, with numbers at ' +
  'risk, 95 % band, median and restricted mean; of all or in the groups of one category.'
const LOG_RANK_SUMMARY =
  'A time, and a category that says who had the event by then: log-rank test of the groups of one category on the declared ' +
  'breakpoints of the time, with observed and expected events.'
const COX_SUMMARY =
  'A time, and a category that says who had the event by then: hazard ratios of the levels of one or two categories, by Cox’s ' +
  'proportional hazards on the declared breakpoints of the time, each with 95 % interval and p.'
const EVENT: StatisticArgument = {
  name: 'event',
  required: false,
  meaning: 'The level of those who had the event; the others were seen until then without it. Not of an integer 0 or 1.'
}
const TIMES: StatisticArgument = {
  name: 'times',
  required: false,
  meaning: 'Up to 12 times at which survival is told.'
}
const UNTIL: StatisticArgument = {
  name: 'until',
  required: false,
  meaning: 'The end of the restricted mean; the end of the shortest grid unless given.'
}
const STRATA: StatisticArgument = {
  name: 'strata',
  required: false,
  meaning: 'A category: groups are compared within its levels.'
}
const SURVIVAL_SITE: StatisticArgument = {
  name: 'site',
  required: false,
  meaning: 'none (unless given): people of all institutions are compared; stratum: within each institution alone.'
}

const INTERACTION: StatisticArgument = {
  name: 'interaction',
  required: false,
  meaning: 'true: the hazard ratios of two categories differ between the levels of the other.'
}
const HAZARDS_SITE: StatisticArgument = {
  name: 'site',
  required: false,
  meaning: 'stratum (unless given): each institution has its own baseline hazard; none: all institutions have the same.'
}

const REGRESSION_SUMMARY =
  'Linear regression over the subjects that have a value of every variable: coefficients, standard errors, t, p, 95 % interval, R², ' +
  'log-likelihood, AIC; over the institutions as one sample, with the institution as a factor, or one by one and then combined.'
const FORMULA: StatisticArgument = {
  name: 'formula',
  required: true,
  meaning:
    'The outcome and the terms: "y ~ a + b + a:b", the same as "y ~ a * b"; "- 1" leaves the intercept out; "(1 | subject)" gives each ' +
    'person, and "(1 | site)" each institution, an intercept of its own from a normal distribution; "(1 + month | subject)" also a slope ' +
    'over the visits of a person, whose times are the levels of month.'
}
const LIKELIHOOD: StatisticArgument = {
  name: 'likelihood',
  required: false,
  meaning:
    'Of a model with (1 | subject): reml, restricted maximum likelihood (unless given), or ml, maximum likelihood.'
}
const SITE: StatisticArgument = {
  name: 'site',
  required: false,
  meaning:
    'none (unless given): all institutions as one sample; fixed: the institution as a factor; random: an intercept of each; meta: one ' +
    'fit each, combined.'
}

const FAMILY: StatisticArgument = {
  name: 'family',
  required: false,
  meaning:
    'gaussian (unless given); binomial: logistic regression of a category; poisson: of a count. Of categories alone from the table of ' +
    'people by all of them, with numbers in rounds. cox: hazards with a baseline of each institution, always in rounds.'
}
const ROSTER: StatisticArgument = {
  name: 'roster',
  required: false,
  meaning: 'Of a model in rounds: PeerIds of all its institutions, sorted; the same in all rounds.'
}
const ROUND: StatisticArgument = {
  name: 'round',
  required: false,
  meaning: 'Of a model in rounds: 0 (unless given) to 3.'
}
const RECEIPTS: StatisticArgument = {
  name: 'receipts',
  required: false,
  meaning: 'From round 1 on: the signed answer of each institution to the round before.'
}
const MODELLED: StatisticArgument = {
  name: 'event',
  required: false,
  meaning: 'Of binomial and cox: the level that is modelled; the second one unless given.'
}
const SEEN_UNTIL: StatisticArgument = {
  name: 'time',
  required: false,
  meaning: 'Of cox: the number that says until when each person was seen.'
}
const PCA_SUMMARY =
  'Principal components of numbers, over the subjects that have all of them: standard deviations, shares of the variance, loadings; ' +
  'all institutions as one sample.'
const SCALE: StatisticArgument = {
  name: 'scale',
  required: false,
  meaning: 'true (unless given): each variable has the variance 1; false: components of the covariances.'
}

const COMBAT_SUMMARY =
  'ComBat harmonisation of numbers, over the subjects that have all of them: location and scale of each institution (the batch is the ' +
  'institution, not the scanner), shrunk by empirical Bayes, means and spreads before and after, and the regression of the harmonised numbers on the covariates.'
const COVARIATES: StatisticArgument = {
  name: 'covariates',
  required: false,
  meaning: 'Numbers and categories whose differences between institutions stay, such as ["age_group", "sex"].'
}

/** Maximum number of variables: with more, it is no longer one question. */
const VARIABLES_MAX = 8
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
  describe('mean', [1, VARIABLES_MAX], 'Mean over non-missing values.', CONFIDENCE),
  describe('variance', [1, VARIABLES_MAX], 'Sample variance (n - 1).'),
  describe('sd', [1, VARIABLES_MAX], 'Sample standard deviation; also called stdev.'),
  describe('skewness', [1, VARIABLES_MAX], 'Skewness of the population, m3/m2^1.5.'),
  describe('moments', [1, 4], 'Count, mean, variance, standard deviation and skewness.', SHAPE),
  describe('covariance', [2, 4], 'Sample covariance of each pair, over rows where both are present.'),
  describe('correlation', [2, 4], 'Pearson correlation of each pair, over rows where both are present.', CONFIDENCE),
  describe('partial_correlation', [3, 3], PARTIAL_SUMMARY),
  describe('share', [1, 1], 'Share of the subjects that have a level.', LEVEL, CONFIDENCE),
  describe(
    'quantile',
    [1, VARIABLES_MAX],
    'Quantiles on the declared breakpoints, linear within a bin.',
    Q,
    CONFIDENCE
  ),
  describe('table', [1, 3], 'Subjects in each combination of levels or bins.'),
  describe('histogram', [1, 1], 'Subjects and rows in each declared bin of a number.'),
  describe('compare', [1, 4], 'Two groups: n, mean, sd of each; difference, Welch’s t, 95 % interval and p.', GROUPS),
  describe('one_sample', [1, 4], 'n, mean, sd; Student’s t of the mean less a value, 95 % interval and p.', VALUE),
  describe('paired', [2, 2], 'Two numbers of the same people: mean difference, paired t, 95 % interval and p.'),
  describe('anova', [1, 4], 'Several groups: n, mean, sd of each; one-way analysis of variance.', PAIRWISE),
  describe('chi_squared', [2, 2], 'Subjects in each combination of two categories, and Pearson’s χ².'),
  describe('mcnemar', [2, 2], MCNEMAR_SUMMARY, BOTH_LEVELS),
  describe('fisher', [2, 2], FISHER_SUMMARY, GROUPS_OF_FIRST, LEVELS),
  describe('two_by_two', [1, 1], TWO_BY_TWO_SUMMARY, LEVEL, GROUPS),
  describe('table_one', [1, 16], TABLE_ONE_SUMMARY),
  describe('mann_whitney', [1, 1], MANN_WHITNEY_SUMMARY, GROUPS, CORRECT),
  describe('kaplan_meier', [2, 2], KAPLAN_MEIER_SUMMARY, EVENT, TIMES, UNTIL),
  describe('log_rank', [2, 2], LOG_RANK_SUMMARY, EVENT, STRATA, SURVIVAL_SITE),
  describe('cox', [2, 2], COX_SUMMARY, EVENT, STRATA, INTERACTION, HAZARDS_SITE),
  describe('meta', [1, 2], META_SUMMARY, META_LEVEL, GROUPS, METHOD, INTERVAL),
  describe(
    'regression',
    [0, 0],
    REGRESSION_SUMMARY,
    FORMULA,
    SITE,
    METHOD,
    INTERVAL,
    FAMILY,
    MODELLED,
    SEEN_UNTIL,
    LIKELIHOOD,
    ROSTER,
    ROUND,
    RECEIPTS
  ),
  describe('pca', [2, VARIABLES_MAX], PCA_SUMMARY, SCALE),
  describe('combat', [2, VARIABLES_MAX], COMBAT_SUMMARY, COVARIATES)
]

const ALIASES: Readonly<Record<string, string>> = {
  glm: 'regression',
  mixed_model: 'regression',
  stdev: 'sd',
  stddev: 'sd',
  avg: 'mean',
  var: 'variance',
  chi2: 'chi_squared',
  one_sample_t: 'one_sample',
  paired_t: 'paired',
  coxph: 'cox',
  hazard_ratio: 'cox',
  odds_ratio: 'two_by_two',
  risk_ratio: 'two_by_two',
  relative_risk: 'two_by_two',
  risk_difference: 'two_by_two'
}

/** What answers a usual name that is no statistic here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  median: 'quantile with "q": 0.5',
  t_test: 'compare for two groups, paired for two variables, or one_sample',
  ttest: 'compare for two groups, paired for two variables, or one_sample',
  wilcoxon: 'mann_whitney',
  wilcox: 'mann_whitney',
  kruskal: 'anova'
}

function otherNameOf(name: string): string | undefined {
  const usual = name.toLowerCase().replaceAll(/[.\s-]/g, '_')
  return Object.hasOwn(OTHER_NAMES, usual) ? ` Ask ${OTHER_NAMES[usual]}.` : undefined
}

/** The name of a statistic, given its name or an alias. */
export function statisticNamed(name: string): string {
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name
}

/**
 * The plan of a statistic. A name without a table is looked up first in `call.table` and the tables of previously named
 * variables, and then in the whole catalog. Throws STATISTIC_UNKNOWN, PARAMETER_INVALID, VALUE_NOT_DECLARED, VARIABLE_UNKNOWN or
 * VARIABLE_AMBIGUOUS, each with a reason that depends only on the request.
 */
export function planOfStatistic(asked: StatisticCall, descriptor: CatalogDescriptor): Plan {
  const name = statisticNamed(asked.name)
  const call = withStrata(asked, name)
  const statistic = STATISTICS.find((known) => known.name === name)
  if (!statistic) {
    const names = STATISTICS.map((known) => known.name)
    const near = otherNameOf(call.name) ?? didYouMean(call.name, [...names, ...Object.keys(ALIASES)])
    const reason = `There is no such statistic.${near} There are: ${names.join(', ')}.`
    throw new StimnetError('STATISTIC_UNKNOWN', `planning ${JSON.stringify(call.name.slice(0, 64))}`, { reason })
  }
  checkShape(statistic, call)
  if (statistic.name === 'regression') return planOfModel(modelOf(call, descriptor), call, descriptor)
  if (statistic.name === 'pca') return planOfModel(componentsAsked(call, descriptor), call, descriptor)
  if (statistic.name === 'combat') return planOfModel(combatAsked(call, descriptor), call, descriptor)
  const { variables, by, tables } = resolveAll(call, descriptor)
  const keys = keysOf(statistic.name, variables, by)
  if (keys.length > GROUP_KEYS_MAX) invalid(`At most ${GROUP_KEYS_MAX} grouping keys.`)
  if (statistic.name === 'histogram') checkNumeric(variables)
  const plan: Plan = {
    tables,
    groupBy: groupKeys(keys),
    measures: measuresOf(
      statistic.name,
      call,
      variables,
      tables.some((table) => repeats(descriptor, table))
    )
  }
  return withTests(plan, { name: statistic.name, call, variables, by, repeats: (table) => repeats(descriptor, table) })
}

/** The grouping keys: for tables their variables; for survival the keys of the groups, followed by the column of the event. */
function keysOf(
  name: string,
  variables: readonly ResolvedVariable[],
  by: readonly ResolvedVariable[]
): readonly ResolvedVariable[] {
  if (['table', 'histogram', 'chi_squared', 'mcnemar', 'fisher'].includes(name)) return [...variables, ...by]
  return isOfTimes(name) ? [...by, ...variables.slice(1)] : by
}

function planOfModel({ tables, measure }: ModelAsked, call: StatisticCall, descriptor: CatalogDescriptor): Plan {
  if (call.table !== undefined) assertTable(call.table, descriptor)
  assertOneLong(tables, descriptor)
  return { tables, groupBy: [], measures: [measure] }
}

function checkShape(statistic: StatisticDescription, call: StatisticCall): void {
  const [least, most] = statistic.variables
  if (call.variables.length < least || call.variables.length > most) {
    invalid(`${statistic.name} takes ${least === most ? least : `${least} to ${most}`} variables.`)
  }
  const known = statistic.arguments.map((argument) => argument.name)
  const unknown = Object.keys(call.arguments).find((argument) => !known.includes(argument))
  if (unknown !== undefined) {
    if (unknown === 'table')
      invalid(`"table" stands beside "name", not in "arguments": ${withTable(statistic.name, '…')}.`)
    invalid(
      `${statistic.name} has no argument ${JSON.stringify(unknown.slice(0, 64))}. It has: ${known.join(', ') || 'none'}.`
    )
  }
}

/** A call of a statistic with its table, as a user writes it. */
function withTable(name: string, table: string): string {
  return `{ "name": "${name}", "table": "${table}" }`
}

interface Resolved {
  readonly variables: readonly ResolvedVariable[]
  readonly by: readonly ResolvedVariable[]
  readonly tables: readonly string[]
}

function resolveAll(call: StatisticCall, descriptor: CatalogDescriptor): Resolved {
  const names = descriptor.tables.map((table) => table.name)
  if (call.table !== undefined) assertTable(call.table, descriptor)
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
    const example = withTable(call.name, names[0] ?? '…')
    invalid(
      `Name the table, because no variable determines it: ${example}. The catalog has ${names.join(', ').slice(0, 500)}.`
    )
  }
  const tables = used.size === 0 && only !== undefined ? [only] : [...used]
  assertOneLong(tables, descriptor)
  return { variables, by, tables }
}

function assertTable(table: string, descriptor: CatalogDescriptor): void {
  const names = descriptor.tables.map(({ name }) => name)
  if (!names.includes(table)) invalid(`The catalog has no such table. It has: ${names.join(', ').slice(0, 500)}.`)
}

function assertOneLong(tables: readonly string[], descriptor: CatalogDescriptor): void {
  if (tables.filter((table) => repeats(descriptor, table)).length <= 1) return
  invalid('Two tables with several rows per subject would be joined, and rows counted many times over.')
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
