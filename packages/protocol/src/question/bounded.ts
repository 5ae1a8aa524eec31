/** A plan whose every number moves by no more than a known amount when one subject comes or goes, and what it gives. */
import type { Filter } from './cohort.ts'
import type { GroupKey, VariableRef } from './plan.ts'

/** Scaled values, in units of 10^-decimals of the variable: what lies outside counts as its nearest end. */
export interface ScaledBounds {
  readonly lower: bigint
  readonly upper: bigint
}

/** A variable and the bounds between which its values count. */
export interface BoundedVariable {
  readonly variable: VariableRef
  readonly bounds: ScaledBounds
}

/** One whole number for each group. */
export type BoundedNumber =
  /** Distinct subjects, and rows that count. */
  | { readonly kind: 'subjects' }
  | { readonly kind: 'rows' }
  /** Rows with a value, and one of `beside` where that is given. */
  | { readonly kind: 'count'; readonly variable: VariableRef; readonly beside?: VariableRef }
  /** Distinct subjects with a value. */
  | { readonly kind: 'present'; readonly variable: VariableRef }
  /** Distinct subjects that have the level. */
  | { readonly kind: 'having'; readonly variable: VariableRef; readonly level: string }
  /** Sum of the values within the bounds. */
  | { readonly kind: 'sum'; readonly variable: VariableRef; readonly bounds: ScaledBounds }
  /**
   * Sum of the distances from the middle of the bounds, of their squares or cubes, in half units: of 2x - lower - upper. Over
   * rows that have a value of `beside` as well, where that is given.
   */
  | {
      readonly kind: 'offsets' | 'squares' | 'cubes'
      readonly variable: VariableRef
      readonly bounds: ScaledBounds
      readonly beside?: VariableRef
    }
  /** Sum of the products of such distances of two variables, over rows that have both. */
  | { readonly kind: 'products'; readonly pair: readonly [BoundedVariable, BoundedVariable] }
  /** Rows in each declared bin, lowest first: several numbers, of which a row is in one. */
  | { readonly kind: 'bins'; readonly variable: VariableRef }

/** What is computed, and how much of one subject at most. */
export interface BoundedPlan {
  readonly tables: readonly string[]
  readonly where?: Filter
  readonly groupBy: readonly GroupKey[]
  readonly numbers: readonly BoundedNumber[]
  /** Most groups in which one subject counts. */
  readonly groupsPerSubject: number
  /** Most rows of one subject that count in one group. */
  readonly rowsPerSubject: number
}

/** One group: the labels of its key (null: missing), and by number its value, or its bins' values. */
export interface BoundedGroup {
  readonly key: readonly (string | null)[]
  readonly values: readonly (readonly bigint[])[]
}

/**
 * Every group that the description allows, in order, also those that nobody is in: which there are says nothing about
 * the data. Exact: it stays inside until noise is added.
 */
export interface BoundedReduction {
  readonly groups: readonly BoundedGroup[]
}
