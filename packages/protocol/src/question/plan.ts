/** The plan to which SQL and named statistics are compiled, and the reduction that the node computes from data by a plan. */
import type { Filter } from './cohort.ts'
import type { SubjectSet } from '../subject-set.ts'

/** A variable's full name: `table.variable`. */
export type VariableRef = `${string}.${string}`

/** One of at most three grouping keys. A number is grouped at its declared breakpoints. */
export interface GroupKey {
  /** Column name in the output. */
  readonly name: string
  readonly variable: VariableRef
}

/** One computed column of the answer. `name` is its name in the output. */
export type Measure =
  /** The number of distinct subjects. */
  | { readonly kind: 'subjects'; readonly name: string }
  /** The number of rows. */
  | { readonly kind: 'rows'; readonly name: string }
  /**
   * Over non-missing values: number, sum, mean, sample variance and sample standard deviation; population skewness (m3/m2^1.5) and
   * population kurtosis (m4/m2², which is 3 for a normal distribution).
   */
  | {
      readonly kind: 'count' | 'sum' | 'mean' | 'variance' | 'sd' | 'skewness' | 'kurtosis'
      readonly name: string
      readonly variable: VariableRef
    }
  /** Sample covariance and Pearson correlation over rows with values of both variables. */
  | {
      readonly kind: 'covariance' | 'correlation'
      readonly name: string
      readonly variables: readonly [VariableRef, VariableRef]
    }
  /** The share of subjects with the level among the group's subjects with a value of the variable. */
  | { readonly kind: 'share'; readonly name: string; readonly variable: VariableRef; readonly level: string }
  /** A quantile, interpolated linearly within a bin of the declared breakpoints. q is from 0.05 to 0.95. */
  | { readonly kind: 'quantile'; readonly name: string; readonly variable: VariableRef; readonly q: number }
  /**
   * The numbers of values in the declared bins. Small bins are joined in an order that is the same at all institutions, so that the
   * bins still have common edges. The shown number is that of all values.
   */
  | { readonly kind: 'bins'; readonly name: string; readonly variable: VariableRef }
  | GramMeasure

/**
 * The Gram matrix ZᵀZ of a linear model over the subjects with a value of every variable: for each pair of columns of the design,
 * outcome included, the sum of their products. A plan with a Gram matrix has no other measure and no groups.
 */
export interface GramMeasure {
  readonly kind: 'gram'
  readonly name: string
  /** A number; for `binomial` a category, whose level `event` is counted. For `components` and `combat`, the last variable. */
  readonly outcome: VariableRef
  /**
   * The terms in canonical order: those of fewer variables first, then by name. A term is the product of its variables, sorted by
   * name; the empty term is the intercept.
   */
  readonly terms: readonly (readonly VariableRef[])[]
  /** The categorical variables in the terms, with their declared levels; the first level is the reference. */
  readonly factors: readonly ModelFactor[]
  /** How institutions enter the pooled model: not at all, as a factor, as a random intercept, or by separate fits that are combined. */
  readonly site: SiteEffects
  /** The kind of fit; absent: a linear regression. */
  readonly fit?: ModelFit
  /** For a model in which each person has an intercept of their own, drawn from a normal distribution. */
  readonly random?: RandomOfPeople
  /** For `site: meta`: the method of combining coefficients. Default: restricted likelihood, with the interval of Hartung and Knapp. */
  readonly meta?: Pick<MetaTest, 'method' | 'interval'>
}

/**
 * A fit other than a linear regression. `binomial` (logistic) and `poisson` without `rounds` have only categories as terms; they are
 * fitted to a table of the people by these categories, with the number of events or the sum of the outcome in each cell. With
 * numbers as terms, they are fitted in rounds. `components`: principal components of all variables, scaled to variance 1 if
 * `scaled`. `cox`: hazards with a baseline of each institution, always in rounds; the terms of the measure also have the intercept and the
 * time, which are judged and have no estimate. `combat`: harmonisation of the last `features` columns, including the outcome, with the other columns as covariates.
 */
export type ModelFit =
  | { readonly family: 'binomial'; readonly event: string; readonly rounds?: ModelRounds }
  | { readonly family: 'poisson'; readonly rounds?: ModelRounds }
  | { readonly family: 'cox'; readonly event: string; readonly time: VariableRef; readonly rounds?: ModelRounds }
  | { readonly family: 'components'; readonly scaled: boolean }
  | { readonly family: 'combat'; readonly features: number }

/** Whether a model is logistic or Poisson. */
export function isOfCounted<F extends { readonly family: string }>(
  fit: F | undefined
): fit is Extract<F, { readonly family: 'binomial' | 'poisson' }> {
  return fit?.family === 'binomial' || fit?.family === 'poisson'
}

/** Whether a model is of a family that institutions can fit in rounds. */
export function isOfRounds<F extends { readonly family: string }>(
  fit: F | undefined
): fit is Extract<F, { readonly family: 'binomial' | 'poisson' | 'cox' }> {
  return isOfCounted(fit) || fit?.family === 'cox'
}

/** The last round of a model that is fitted in rounds. Rounds are numbered from 0. */
export const MODEL_ROUNDS_MAX = 3
/** Maximum number of institutions in a model that is fitted in rounds. A request has room for this many signed answers. */
export const ROSTER_MAX = 16

/** One round of a model that several institutions fit together; see docs/decisions/086-nobody-chooses-the-estimates.md. */
export interface ModelRounds {
  /** PeerIds of all institutions of the fit, sorted. The roster is the same in all rounds. */
  readonly roster: readonly string[]
  /** Round number, at most MODEL_ROUNDS_MAX. In round 0 each institution fits the model to its own people. */
  readonly round: number
  /** The basis that the institution itself computed from the signed answers to the previous round; absent when a question is parsed. */
  readonly from?: RoundBasis
}

/** The basis of a round. Each institution computes it from the signed answers of all institutions. */
export interface RoundBasis {
  /** Hash of catalog, cohort, model and roster, but not of the round. Hex. */
  readonly fit: string
  /** Hash over the outputs of the previous round, in the order of the roster; empty in round 0. Hex. */
  readonly answers: string
  /** For each institution of the roster, the epoch from which it answered the previous round; empty in round 0. */
  readonly epochs: readonly string[]
  /** The coefficients at which the round is evaluated, as decimal text; empty in round 0. */
  readonly estimates: readonly string[]
}

/** The random effects of each person, drawn from a normal distribution: an intercept and, with a slope, also the change with time. */
export interface RandomOfPeople {
  readonly by: 'subject'
  /** The table whose rows are those of the model. A person can have several rows in it. */
  readonly table: string
  /**
   * The time of visits: a category of the rows whose levels are all numbers. In the terms, it is used as a number. `correlated`: whether
   * the slope of a person may correlate with the intercept.
   */
  readonly slope?: { readonly variable: VariableRef; readonly correlated: boolean }
  /** Maximum likelihood in place of restricted likelihood. */
  readonly likelihood?: 'ml'
}

/** A category in a model. */
export interface ModelFactor {
  readonly variable: VariableRef
  readonly levels: readonly string[]
}

/** How a pooled model treats the institutions. */
export const SITE_EFFECTS = ['none', 'fixed', 'random', 'meta'] as const
/** One of SITE_EFFECTS. */
export type SiteEffects = (typeof SITE_EFFECTS)[number]

/** The variables that a measure is computed from; none for a count of subjects or rows. */
export function variablesOf(measure: Measure): readonly VariableRef[] {
  if (measure.kind === 'gram') {
    const { slope } = measure.random ?? {}
    return [...new Set([measure.outcome, ...measure.terms.flat(), ...(slope ? [slope.variable] : [])])].sort()
  }
  return 'variables' in measure ? measure.variables : 'variable' in measure ? [measure.variable] : []
}

/**
 * A statistical test over the answer's own columns. It uses only released numbers, so it discloses nothing more, and it is computed
 * again over pooled numbers. `of`: a column with moments (a mean, with its spread) or, for `chi_squared`, a number of subjects.
 * `by`: key columns.
 */
export type PlanTest = (
  | { readonly kind: 'welch'; readonly of: string; readonly by: string; readonly groups: readonly [string, string] }
  /** Compares a share between two groups. */
  | {
      readonly kind: 'two_by_two'
      readonly of: string
      readonly by: string
      readonly groups: readonly [string, string]
    }
  /** `pairwise`: compares each pair of groups. */
  | { readonly kind: 'anova'; readonly of: string; readonly by: string }
  | { readonly kind: 'pairwise'; readonly of: string; readonly by: string }
  | { readonly kind: 'chi_squared'; readonly of: string; readonly by: readonly [string, string] }
  /** `of`: a number of people. `groups`: the two levels that both keys have. */
  | {
      readonly kind: 'mcnemar'
      readonly of: string
      readonly by: readonly [string, string]
      readonly groups: readonly [string, string]
    }
  /** `of`: a number of people. `groups`: two levels of the first key, then two of the second. */
  | {
      readonly kind: 'fisher'
      readonly of: string
      readonly by: readonly [string, string]
      readonly groups: readonly [string, string, string, string]
    }
  /**
   * `of`: the correlation of x and y. `columns`: the correlations of x with z and of y with z, and the numbers of values of all three
   * variables, which show whether the correlations are over the same rows. `groups`: the names of x, y and z, the variable that is
   * held fixed.
   */
  | {
      readonly kind: 'partial_correlation'
      readonly of: string
      readonly by: readonly string[]
      readonly columns: readonly [xz: string, yz: string, ...counts: readonly string[]]
      readonly groups: readonly [string, string, string]
    }
  | MetaTest
  | IntervalTest
  | SurvivalTest
  | RankTest
  /** Compares a mean with `value`. */
  | { readonly kind: 'one_sample'; readonly of: string; readonly by: readonly string[]; readonly value: number }
  /** A paired t test of two variables, computed from their covariance, over rows with values of both. */
  | {
      readonly kind: 'paired'
      readonly of: string
      readonly by: readonly string[]
      /** The names of both variables. */
      readonly groups: readonly [string, string]
    }
) & {
  /** A table with several rows per subject whose column forms the groups. One person can then be in several groups. */
  readonly repeated?: string
  /** A table with several rows per subject that is read. One person can then have several values in a group. */
  readonly clustered?: string
}

/** A 95 % confidence interval for each row of the answer. `by`: all key columns. */
export interface IntervalTest {
  readonly kind: 'mean_interval' | 'share_interval' | 'correlation_interval' | 'quantile_interval'
  readonly of: string
  readonly by: readonly string[]
  /** Only for `quantile_interval`: the share of values below the quantile. */
  readonly q?: number
}

/**
 * Survival from the numbers of people in bins of a time, by whether they had the event. `of`: these bins. `by`: the grouping column,
 * if there is one, then the column of strata; for `cox` one or two columns of covariates, then those of strata.
 */
export interface SurvivalTest {
  readonly kind: 'kaplan_meier' | 'log_rank' | 'cox'
  readonly of: string
  readonly by: readonly string[]
  readonly event: SurvivalEvent
  /** The declared levels of each column in `by`. */
  readonly levels: readonly (readonly string[])[]
  /** Only for `kaplan_meier`: times at which survival is reported, and the end of the restricted mean. */
  readonly times?: readonly number[]
  readonly until?: number
  /** Only for `cox`: the number of columns at the end of `by` that are strata. */
  readonly strata?: number
  /** Only for `cox` with two covariates: whether the hazard ratio of each differs between the levels of the other. */
  readonly interaction?: true
  /** Only for `log_rank` and `cox`: whether people are compared over all institutions (`none`) or only within their institution. */
  readonly site?: 'none' | 'stratum'
}

/** The column that shows who had the event. */
export interface SurvivalEvent {
  readonly key: string
  /** The level of people who had the event. People with one of the `others` were observed until the time without the event. */
  readonly level: string
  readonly others: readonly string[]
}

/** Ranks of two groups from the numbers of values in bins. `of`: these bins. `corrected`: for continuity. */
export interface RankTest {
  readonly kind: 'mann_whitney'
  readonly of: string
  readonly by: string
  readonly groups: readonly [string, string]
  readonly corrected: boolean
}

/** One estimate per site, combined over the sites. `by` and `groups`: the two groups that are compared; empty if there are none. */
export interface MetaTest {
  readonly kind: 'meta'
  readonly of: string
  readonly by: readonly string[]
  readonly groups: readonly string[]
  readonly effect: 'mean' | 'difference' | 'proportion' | 'odds_ratio' | 'correlation'
  readonly method: 'reml' | 'dl' | 'pm' | 'fixed'
  readonly interval: 'hartung_knapp' | 'wald'
}

/** The computation of a node: its tables, conditions, groups and measures. */
export interface Plan {
  /** Subject-keyed tables, joined on the subject key. */
  readonly tables: readonly string[]
  /** Condition on rows of the join. Columns have full names (`table.variable`). */
  readonly where?: Filter
  readonly groupBy: readonly GroupKey[]
  readonly measures: readonly Measure[]
  readonly tests?: readonly PlanTest[]
}

/**
 * The rows of the table with several rows per subject; a plan has at most one such table. Each number of the plan is computed from
 * some of these rows. `rowSet` and `levelRows` are sets of these rows, not of subjects.
 */
export interface RowItems {
  readonly table: string
  /** Number of rows of the table in this epoch: the universe of every row set. */
  readonly rows: number
  /** The subject of each row; rows are ordered by subject, ascending. */
  readonly owners: Uint32Array
}

/** The result of a plan over one cohort, before disclosure control. It contains small cells and must not be released unchecked. */
export interface Reduction {
  /** Absent if every table of the plan has one row per subject: then a row set would equal its support. */
  readonly items?: RowItems
  /** The groups that occur, in the order of their keys. */
  readonly groups: readonly ReducedGroup[]
}

/** One group of the plan, with the subjects in it. */
export interface ReducedGroup {
  /** One label per grouping key: a level, a bin such as "[60,65)", or null if the value is missing. */
  readonly key: readonly (string | null)[]
  /** Subjects with at least one row in this group. */
  readonly support: SubjectSet
  readonly rows: number
  /** The set of the group's rows; present if `Reduction.items` is. */
  readonly rowSet?: SubjectSet
  /** By variable, the values that measures need. */
  readonly columns: ReadonlyMap<VariableRef, ReducedColumn>
  /** By `pairKey`, the pairs of variables that covariances and correlations need. */
  readonly pairs: ReadonlyMap<string, ReducedPair>
  /** The rows behind each Gram matrix, by the name of its measure; absent if the plan has none. */
  readonly grams?: ReadonlyMap<string, ReducedRows>
}

/** The rows that have a value of every variable of a model, and these values. */
export interface ReducedRows extends ReducedPart {
  /**
   * By variable, one entry per row, all in the same order: a number in units of 10^-decimals, a category as the index of its declared
   * level.
   */
  readonly values: ReadonlyMap<VariableRef, Float64Array>
  /** The subject of each row, in the order of `values`. */
  readonly owners: Uint32Array
}

/** A variable within one group. Sums are exact integers in units of 10^-decimals (of squares: 10^-2·decimals). */
export interface ReducedColumn {
  readonly decimals: number
  /** Subjects with a non-missing value in this group. */
  readonly support: SubjectSet
  /** Number of rows with a non-missing value. */
  readonly rows: number
  /** The set of the rows with a value; present if `Reduction.items` is. */
  readonly rowSet?: SubjectSet
  /** Sum of the values; zero for a category. */
  readonly sum: bigint
  readonly sumSquares: bigint
  /** Sums of third and fourth powers (in units of 10^-3·decimals and 10^-4·decimals), if a measure needs them. */
  readonly powers?: { readonly cubes: bigint; readonly fourths: bigint }
  /** One entry per power, from 2, if a measure describes the spread. */
  readonly deviations?: readonly Deviations[]
  /** Whether no value is negative. Dominance is defined only then. */
  readonly nonNegative: boolean
  /**
   * The two largest contributions of single subjects to `sum`, if no value is negative. They may be upper bounds if nobody can have
   * contributed more than a fortieth of the sum, because no dominance rule applies to such a small part.
   */
  readonly largest: readonly [bigint, bigint]
  /**
   * For a number: the rows with a value above the least value in the epoch, and the rows with a value below the greatest. Absent if
   * only a few rows of the epoch have that extreme value.
   */
  readonly aboveLeast?: ReducedPart
  readonly belowMost?: ReducedPart
  /** As `aboveLeast` and `belowMost`, but also without the rows that have the second value from that end, if there are further values. */
  readonly aboveSecond?: ReducedPart
  readonly belowLastButOne?: ReducedPart
  /** Subjects by value: for a category by all declared levels; for a number by its distinct values, if there are at most ten. */
  readonly levels?: ReadonlyMap<string, SubjectSet>
  /** Rows by value, for the distinct values of a number; present if `Reduction.items` is. */
  readonly levelRows?: ReadonlyMap<string, SubjectSet>
  /** Subjects and rows by declared bin, if a quantile needs them. */
  readonly bins?: readonly ReducedBin[]
}

/**
 * The contributions of single subjects to a sum of powers of distances from the group's mean. A spread that comes almost entirely
 * from one subject discloses that subject's value. Computed with doubles: used only for decisions, never released.
 */
export interface Deviations {
  readonly power: 2 | 3 | 4
  /** Sum of the powers, in units of 2^-20 of that power of the snapshot's unit. */
  readonly total: bigint
  /** The two largest contributions of single subjects. */
  readonly largest: readonly [bigint, bigint]
}

/** Some rows of a group, and their subjects. */
export interface ReducedPart {
  readonly support: SubjectSet
  readonly rows: number
  /** The set of the part's rows; present if `Reduction.items` is. */
  readonly rowSet?: SubjectSet
}

/** One bin of a variable, from its lower breakpoint up to the next one. */
export interface ReducedBin extends ReducedPart {
  readonly from: number
  readonly to: number
}

/** Two variables over the rows with values of both. Sums are in units of 10^-decimals of each variable. */
export interface ReducedPair {
  readonly support: SubjectSet
  readonly rows: number
  /** The set of the rows with both values; present if `Reduction.items` is. */
  readonly rowSet?: SubjectSet
  readonly decimals: readonly [number, number]
  readonly sumX: bigint
  readonly sumY: bigint
  readonly sumXX: bigint
  readonly sumYY: bigint
  readonly sumXY: bigint
  /** Deviations of the first and of the second variable over the pair's rows, with power 2. */
  readonly deviations?: readonly Deviations[]
}

/** The key of a pair in `ReducedGroup.pairs`. */
export function pairKey(x: VariableRef, y: VariableRef): string {
  return `${x} ${y}`
}
