/** What one number rests on: the sets of subjects behind it, and what every such number must satisfy. */
import type { ReducedBin, ReducedColumn, SubjectSet, VariableRef } from '@stimnet/protocol'
import { type Contributions, isDominated } from './dominance.ts'
import type { PrivacySettings } from './settings.ts'

/** What the catalog declares of a variable, as far as disclosure cares. */
export interface VariableFacts {
  readonly unit?: string
  /** Minimum and maximum are declared, so that no value can be far from the others. */
  readonly bounded: boolean
}

export type FactsOf = (variable: VariableRef) => VariableFacts

/** By what a cell is judged. */
export interface CellRules {
  readonly settings: PrivacySettings
  readonly facts: FactsOf
  /** See `fewValued`. */
  readonly isFewValued: (variable: VariableRef) => boolean
}

export interface CellBasis {
  /** The subjects whose values it is made of. */
  readonly support: SubjectSet
  /** Every set that the number, with what pools it, can be solved for; each is a cohort for the atom rule. */
  readonly sets: readonly SubjectSet[]
  /** Contributions per subject of each sum in it, where values are not negative. */
  readonly sums: readonly Contributions[]
  /** The bins that will be shown, for a quantile. */
  readonly bins?: readonly ReducedBin[]
}

/** `why` is for the local audit log alone: it is about data. */
export type CellFinding =
  | { readonly ok: true; readonly basis: CellBasis }
  | {
      readonly ok: false
      readonly why: string
      readonly support: SubjectSet
      readonly sums: readonly Contributions[]
    }

export function withheld(why: string, support: SubjectSet, sums: readonly Contributions[] = []): CellFinding {
  return { ok: false, why, support, sums }
}

/** Every set is nobody or at least k; every sum is spread over more than two. */
export function judged(basis: CellBasis, settings: PrivacySettings): CellFinding {
  const { support, sums } = basis
  const isTooSmall = ({ size }: SubjectSet) => size > 0 && size < settings.k
  if (support.size < settings.k) return withheld('fewer than k subjects', support, sums)
  if (basis.sets.some(isTooSmall)) return withheld('a value of fewer than k subjects', support, sums)
  if (sums.some((sum) => isDominated(sum, settings))) return withheld('one or two subjects dominate', support, sums)
  return { ok: true, basis: { ...basis, sets: basis.sets.filter((set) => set.size > 0) } }
}

/** Why values of a column may not be added up, or undefined. */
export function unsafeValues(
  column: ReducedColumn,
  facts: VariableFacts,
  settings: PrivacySettings
): string | undefined {
  // Whose values dominate is not defined where some are negative; declared bounds keep each one's weight small instead.
  if (!column.nonNegative && !facts.bounded) return 'signed values without declared bounds'
  if (settings.zerosAreDisclosive && doesNotVary(column)) return 'everyone has the same value'
  return undefined
}

interface Sums {
  readonly rows: number
  readonly sum: bigint
  readonly sumSquares: bigint
}

/** n·Σx² = (Σx)² exactly where all values are one. */
export function doesNotVary({ rows, sum, sumSquares }: Sums): boolean {
  return BigInt(rows) * sumSquares === sum * sum
}

export function tooFewForSpread(support: SubjectSet, settings: PrivacySettings): string | undefined {
  return support.size < settings.spreadSubjectsMin ? 'too few subjects for a spread' : undefined
}

/** Subjects by value, where the values are a table for disclosure. */
export function levelsOf(column: ReducedColumn, isFewValued: boolean): readonly SubjectSet[] {
  return isFewValued ? [...(column.levels ?? new Map<string, SubjectSet>()).values()] : []
}
