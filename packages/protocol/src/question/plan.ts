/** The plan that SQL and named statistics both compile to, and what reducing the data by it gives, subject by subject. */
import type { Filter } from './cohort.ts'
import type { SubjectSet } from '../subject-set.ts'

/** A variable in full: `table.variable`. */
export type VariableRef = `${string}.${string}`

/** One of at most three grouping keys. A number is grouped by its declared breakpoints. */
export interface GroupKey {
  /** Column name in the output. */
  readonly name: string
  readonly variable: VariableRef
}

/** One column of the answer. `name` is the output's column name. */
export type Measure =
  /** Distinct subjects. */
  | { readonly kind: 'subjects'; readonly name: string }
  /** Rows. */
  | { readonly kind: 'rows'; readonly name: string }
  /**
   * Over non-missing values: how many, sum, mean, sample variance and standard deviation; and, of the population,
   * skewness (m3/m2^1.5) and kurtosis (m4/m2², 3 for a normal distribution).
   */
  | {
      readonly kind: 'count' | 'sum' | 'mean' | 'variance' | 'sd' | 'skewness' | 'kurtosis'
      readonly name: string
      readonly variable: VariableRef
    }
  /** Sample covariance and Pearson correlation over rows where both are present. */
  | {
      readonly kind: 'covariance' | 'correlation'
      readonly name: string
      readonly variables: readonly [VariableRef, VariableRef]
    }
  /** The share of a group's subjects (with the variable present) that have the level. */
  | { readonly kind: 'share'; readonly name: string; readonly variable: VariableRef; readonly level: string }
  /** Linear within the bin of the declared breakpoints; q from 0.05 to 0.95. */
  | { readonly kind: 'quantile'; readonly name: string; readonly variable: VariableRef; readonly q: number }

/** The variables that a measure is computed from; none for a count of subjects or rows. */
export function variablesOf(measure: Measure): readonly VariableRef[] {
  return 'variables' in measure ? measure.variables : 'variable' in measure ? [measure.variable] : []
}

/**
 * A test over the answer's own columns, made of released numbers alone: it costs no data and is done again over the pooled
 * ones. `of` is a column with moments (a mean, with its spread) or, for `chi_squared`, of subjects; `by` are key columns.
 */
export type PlanTest = (
  | { readonly kind: 'welch'; readonly of: string; readonly by: string; readonly groups: readonly [string, string] }
  | { readonly kind: 'anova'; readonly of: string; readonly by: string }
  | { readonly kind: 'chi_squared'; readonly of: string; readonly by: readonly [string, string] }
  | MetaTest
) & {
  /** The table with several rows per subject whose column makes the groups: one person can be in several of them. */
  readonly repeated?: string
}

/** One estimate per site, combined over the sites. `by` and `groups`: the two groups that are compared; empty for none. */
export interface MetaTest {
  readonly kind: 'meta'
  readonly of: string
  readonly by: readonly string[]
  readonly groups: readonly string[]
  readonly effect: 'mean' | 'difference' | 'proportion' | 'odds_ratio' | 'correlation'
  readonly method: 'reml' | 'dl' | 'pm' | 'fixed'
  readonly interval: 'hartung_knapp' | 'wald'
}

/** What a node computes: over which rows, in which groups, which numbers. */
export interface Plan {
  /** Subject-keyed tables, joined on the subject key. */
  readonly tables: readonly string[]
  /** Rows of the join; columns in full (`table.variable`). */
  readonly where?: Filter
  readonly groupBy: readonly GroupKey[]
  readonly measures: readonly Measure[]
  readonly tests?: readonly PlanTest[]
}

/**
 * The rows of the one table of a plan that has several rows per subject. Each number of the plan is made of some of them,
 * and the sets that say which (`rowSet`, `levelRows`) are over these rows, not over subjects.
 */
export interface RowItems {
  readonly table: string
  /** How many rows the table has in this epoch; the universe of every row set. */
  readonly rows: number
  /** The subject of each row, by the row's place; in ascending order. */
  readonly owners: Uint32Array
}

/** The plan over one cohort, reduced per subject first. It holds small cells: it never leaves the walls as it is. */
export interface Reduction {
  /** Absent where every table of the plan has one row per subject: there a row set would be its support again. */
  readonly items?: RowItems
  /** Groups that occur, in the order of their keys. */
  readonly groups: readonly ReducedGroup[]
}

/** One group of the plan, over the subjects that fall into it. */
export interface ReducedGroup {
  /** One label a key: a level, a bin such as "[60,65)", or null for missing. */
  readonly key: readonly (string | null)[]
  /** Subjects with at least one row here. */
  readonly support: SubjectSet
  readonly rows: number
  /** Which rows these are; with `Reduction.items`. */
  readonly rowSet?: SubjectSet
  /** By variable, for each one a measure needs. */
  readonly columns: ReadonlyMap<VariableRef, ReducedColumn>
  /** By `x y`, for each pair a covariance or correlation needs. */
  readonly pairs: ReadonlyMap<string, ReducedPair>
}

/** Sums are exact integers in units of 10^-decimals (squares: 10^-2·decimals). */
export interface ReducedColumn {
  readonly decimals: number
  /** Subjects with a non-missing value here. */
  readonly support: SubjectSet
  /** Non-missing rows. */
  readonly rows: number
  /** Which rows these are; with `Reduction.items`. */
  readonly rowSet?: SubjectSet
  /** Zero for a category. */
  readonly sum: bigint
  readonly sumSquares: bigint
  /** Sums of third and fourth powers (10^-3·decimals, 10^-4·decimals), where a measure asks for them. */
  readonly powers?: { readonly cubes: bigint; readonly fourths: bigint }
  /** By power from 2, where a measure tells of spread. */
  readonly deviations?: readonly Deviations[]
  /** No value is below zero: only then dominance is defined. */
  readonly nonNegative: boolean
  /**
   * The two largest contributions of one subject to `sum`, when not negative. Where nobody can have given more than a
   * fortieth of it they may be bounds from above: no rule looks at so small a part.
   */
  readonly largest: readonly [bigint, bigint]
  /**
   * Of a number: whose values are above the least that it can have, and below the most. Where no bounds are declared the least is
   * zero, if no value is below it.
   */
  readonly aboveLeast?: ReducedPart
  readonly belowMost?: ReducedPart
  /** Subjects by value: all declared levels of a category; a number's own values where it has at most ten. */
  readonly levels?: ReadonlyMap<string, SubjectSet>
  /** Rows by value, for a number's own values; with `Reduction.items`. */
  readonly levelRows?: ReadonlyMap<string, SubjectSet>
  /** Subjects and rows by declared bin, where a quantile asks for them. */
  readonly bins?: readonly ReducedBin[]
}

/**
 * How the distances from the group's mean, each to a power, are shared out among subjects: whoever has nearly all of a
 * spread is known by it. Made with doubles: good for judging, never released.
 */
export interface Deviations {
  readonly power: 2 | 3 | 4
  /** In units of 2^-20 of the power of the snapshot's own unit. */
  readonly total: bigint
  /** The two largest contributions of one subject. */
  readonly largest: readonly [bigint, bigint]
}

/** Some rows of a group, and whose they are. */
export interface ReducedPart {
  readonly support: SubjectSet
  readonly rows: number
  /** Which rows these are; with `Reduction.items`. */
  readonly rowSet?: SubjectSet
}

/** One bin of a variable, from its lower breakpoint up to the next. */
export interface ReducedBin extends ReducedPart {
  readonly from: number
  readonly to: number
}

/** Over rows where both are present; sums in units of 10^-decimals of each. */
export interface ReducedPair {
  readonly support: SubjectSet
  readonly rows: number
  /** Which rows these are; with `Reduction.items`. */
  readonly rowSet?: SubjectSet
  readonly decimals: readonly [number, number]
  readonly sumX: bigint
  readonly sumY: bigint
  readonly sumXX: bigint
  readonly sumYY: bigint
  readonly sumXY: bigint
  /** Of the first and of the second variable, over these rows; power 2. */
  readonly deviations?: readonly Deviations[]
}

/** The key of a pair in `ReducedGroup.pairs`. */
export function pairKey(x: VariableRef, y: VariableRef): string {
  return `${x} ${y}`
}
