/** Plans whose numbers each change by at most a known amount if one subject is added or removed, and their results. */
import type { Filter } from './cohort.ts'
import type { GroupKey, ModelFactor, VariableRef } from './plan.ts'

/** Bounds in units of 10^-decimals of the variable. A value outside the bounds is replaced by the nearer bound. */
export interface ScaledBounds {
  readonly lower: bigint
  readonly upper: bigint
}

/** A variable and the bounds to which its values are clamped. */
export interface BoundedVariable {
  readonly variable: VariableRef
  readonly bounds: ScaledBounds
}

/** A quantity that is computed for each group: one whole number, or one per bin. */
export type BoundedNumber =
  /** The number of distinct subjects, and the number of rows that count. */
  | { readonly kind: 'subjects' }
  | { readonly kind: 'rows' }
  /** Rows with a value of `variable` and, if `beside` is given, also a value of `beside`. */
  | { readonly kind: 'count'; readonly variable: VariableRef; readonly beside?: VariableRef }
  /** Distinct subjects with a value. */
  | { readonly kind: 'present'; readonly variable: VariableRef }
  /** Distinct subjects with this level. */
  | { readonly kind: 'having'; readonly variable: VariableRef; readonly level: string }
  /** Sum of the clamped values. */
  | { readonly kind: 'sum'; readonly variable: VariableRef; readonly bounds: ScaledBounds }
  /**
   * Sum of the distances from the middle of the bounds, or of their squares or cubes. Distances are in half units, that is, 2x - lower
   * - upper. If `beside` is given, only rows with a value of `beside` count.
   */
  | {
      readonly kind: 'offsets' | 'squares' | 'cubes'
      readonly variable: VariableRef
      readonly bounds: ScaledBounds
      readonly beside?: VariableRef
    }
  /** Sum of the products of the two variables' distances from the middle, over rows that have values of both. */
  | { readonly kind: 'products'; readonly pair: readonly [BoundedVariable, BoundedVariable] }
  /** Rows in each declared bin, lowest bin first: one number per bin. Each row counts in one bin. */
  | { readonly kind: 'bins'; readonly variable: VariableRef }
  /**
   * Sum of the products of the distances of `numbers` from the middle of their bounds, or the number of rows if `numbers` is empty. One
   * number for each combination of the levels of `by`, the last changing fastest. Only rows with a value of every variable in `complete`
   * count, each in at most one combination.
   */
  | {
      readonly kind: 'cells'
      readonly numbers: readonly BoundedVariable[]
      readonly by: readonly ModelFactor[]
      readonly complete: readonly VariableRef[]
    }

/** The numbers to compute, and how much one subject can contribute to them. */
export interface BoundedPlan {
  readonly tables: readonly string[]
  readonly where?: Filter
  readonly groupBy: readonly GroupKey[]
  readonly numbers: readonly BoundedNumber[]
  /** Maximum number of groups in which one subject counts. */
  readonly groupsPerSubject: number
  /** Maximum number of rows of one subject that count in one group. */
  readonly rowsPerSubject: number
}

/** One group: the labels of its key (null: missing) and, for each number of the plan, its value or the values of its bins. */
export interface BoundedGroup {
  readonly key: readonly (string | null)[]
  readonly values: readonly (readonly bigint[])[]
}

/**
 * All groups that the catalog's description allows, in order, including empty ones, so that the list of groups discloses nothing.
 * The values are exact and must not be released without noise.
 */
export interface BoundedReduction {
  readonly groups: readonly BoundedGroup[]
}
