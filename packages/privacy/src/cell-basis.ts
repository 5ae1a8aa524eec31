/** What one number rests on: the sets of subjects behind it, and what every such number must satisfy. */
import type { Deviations, ReducedBin, ReducedColumn, SubjectSet, VariableRef } from '@stimnet/protocol'
import { type Contributions, isDominated } from './dominance.ts'
import type { RowSets, SolvedSet } from './row-sets.ts'
import type { PrivacySettings } from './settings.ts'

/** What the catalog declares of a variable, as far as disclosure cares. */
export interface VariableFacts {
  readonly unit?: string
  /** Minimum and maximum are declared. */
  readonly bounded: boolean
  /** Declared levels or bins; unknown where it has none. */
  readonly cells?: number
}

/** Looks up what is declared of a variable. */
export type FactsOf = (variable: VariableRef) => VariableFacts

/** By what a cell is judged. */
export interface CellRules {
  readonly settings: PrivacySettings
  readonly facts: FactsOf
  /** See `fewValued`. */
  readonly isFewValued: (variable: VariableRef) => boolean
  /** Undefined where every table of the plan has one row per subject. */
  readonly rowSets: RowSets | undefined
}

/** What a cell that may stand rests on. */
export interface CellBasis {
  /** The subjects whose values it is made of. */
  readonly support: SubjectSet
  /** Every set that the number, with what pools it, can be solved for; the atom rule judges each. */
  readonly sets: readonly SolvedSet[]
  /** Contributions per subject: of rows, and of each sum in it, where values are not negative. */
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

/** The finding that a cell may not stand. */
export function withheld(why: string, support: SubjectSet, sums: readonly Contributions[] = []): CellFinding {
  return { ok: false, why, support, sums }
}

/** Every set is nobody or at least k; every sum, and the rows of every set, are spread over more than two. */
export function judged(basis: CellBasis, { settings, rowSets }: CellRules): CellFinding {
  const { support, sums } = basis
  const isTooSmall = ({ subjects: { size } }: SolvedSet) => size > 0 && size < settings.k
  const isOfFew = ({ rows }: SolvedSet) =>
    rows !== undefined && rowSets !== undefined && isDominated(rowSets.of(rows).weights, settings)
  if (support.size < settings.k) return withheld('fewer than k subjects', support, sums)
  if (basis.sets.some(isTooSmall)) return withheld('a value of fewer than k subjects', support, sums)
  if (basis.sets.some(isOfFew)) return withheld('one or two subjects have most of the rows', support, sums)
  if (sums.some((sum) => isDominated(sum, settings))) return withheld('one or two subjects dominate', support, sums)
  return { ok: true, basis: { ...basis, sets: basis.sets.filter(({ subjects }) => subjects.size > 0) } }
}

/** What a number over rows is made of: a group, a column, a pair or a bin of a reduction. */
interface OfRows {
  readonly support: SubjectSet
  readonly rows: number
  readonly rowSet?: SubjectSet
}

/** The rows behind a number, or why it cannot be told. */
export type RowFinding =
  | { readonly ok: true; readonly set: SolvedSet; readonly weights: readonly Contributions[] }
  | { readonly ok: false; readonly why: string }

/**
 * The rows behind a number over rows. A variable of a table with one row per subject is in it once for each row that the
 * subject has in the other table; only where everyone has one row is that a number about subjects, and can be told.
 */
export function rowsBehind(part: OfRows, { rowSets }: CellRules, variables: readonly VariableRef[] = []): RowFinding {
  const { support, rows, rowSet } = part
  const isOneEach = rows === support.size
  if (rowSets === undefined) {
    const set = { subjects: support }
    return isOneEach ? { ok: true, set, weights: [] } : { ok: false, why: 'several rows of a subject, and no ledger' }
  }
  if (rowSet === undefined || rowSet.size !== rows) return { ok: false, why: 'the reduction lacks the rows' }
  const { subjects, weights } = rowSets.of(rowSet)
  if (!subjects.equals(support)) return { ok: false, why: 'the rows are of other subjects' }
  const isOfRows = (variable: VariableRef) => variable.startsWith(`${rowSets.items.table}.`)
  if (!isOneEach && !variables.every(isOfRows)) {
    return { ok: false, why: 'a value of the subject would be weighed by its rows' }
  }
  return { ok: true, set: { subjects: support, rows: rowSet }, weights: [weights] }
}

/** Why values of a column may not be added up, or undefined. */
export function unsafeValues(
  column: ReducedColumn,
  facts: VariableFacts,
  settings: PrivacySettings
): string | undefined {
  // Whose values dominate a sum is not defined where some are negative: bounds are declared, and distances are judged.
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

/** Why a spread may not be told, or undefined. */
export function tooFewForSpread(support: SubjectSet, settings: PrivacySettings): string | undefined {
  return support.size < settings.spreadSubjectsMin ? 'too few subjects for a spread' : undefined
}

/**
 * How the distances from the mean are shared out, for what tells of spread; undefined where the reduction lacks them. One
 * person far from all others is most of a variance, however small a part of the sum.
 */
export function spreadOf(
  deviations: readonly Deviations[] | undefined,
  variable: VariableRef,
  powers: readonly number[]
): Contributions[] | undefined {
  const found = powers.map((power) => deviations?.find((entry) => entry.power === power))
  const known = found.flatMap((entry) => (entry ? [{ of: variable, ...entry }] : []))
  return known.length < powers.length ? undefined : known
}

/** The sets by value, where the values are a table for disclosure; undefined where the reduction lacks their rows. */
export function levelsOf(column: ReducedColumn, isFew: boolean, { rowSets }: CellRules): SolvedSet[] | undefined {
  if (!isFew) return []
  if (rowSets === undefined) return [...(column.levels?.values() ?? [])].map((subjects) => ({ subjects }))
  if (column.levels !== undefined && column.levelRows === undefined) return undefined
  return [...(column.levelRows?.values() ?? [])].map((rows) => rowSets.solved(rows))
}
