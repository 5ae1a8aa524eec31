/**
 * The basis of one cell: the people behind it, the numbers that it discloses, and the conditions that every cell must satisfy.
 */
import type { Deviations, ReducedBin, ReducedColumn, SubjectSet, VariableRef } from '@stimnet/protocol'
import type { PrivacySettings } from '../../rules/settings.ts'
import { type Contributions, isDominated } from './dominance.ts'
import type { FactsOf, VariableFacts } from '../facts.ts'
import { levelName } from '../defining.ts'
import { type CellNumber, countOf, type SolvedSet } from '../numbers.ts'
import type { RowSets } from '../row-sets.ts'

/** The rules by which a cell is judged. */
export interface CellRules {
  readonly settings: PrivacySettings
  readonly facts: FactsOf
  /** The rows behind the plan; undefined where every table of the plan has one row per subject. */
  readonly rowSets: RowSets | undefined
}

/** The basis of a cell that may be shown. */
export interface CellBasis {
  /** The subjects whose values are in the cell. */
  readonly support: SubjectSet
  /** All numbers that the cell discloses. */
  readonly numbers: readonly CellNumber[]
  /**
   * The set whose size is shown beside a mean, a spread or a share, or beside bins as their total, if that size may be
   * disclosed exactly.
   */
  readonly counted?: SolvedSet
  /** For a quantile: the bins that will be shown. */
  readonly bins?: readonly ReducedBin[]
}

/** The finding whether a cell may be shown by itself. `why` is for the local audit log only, because it depends on data. */
export type CellFinding =
  | { readonly ok: true; readonly basis: CellBasis }
  | {
      readonly ok: false
      readonly why: string
      readonly isDominated: boolean
      /** The numbers that the cell would have disclosed. */
      readonly numbers: readonly CellNumber[]
    }

/** The finding that a cell may not be shown. */
export function withheld(why: string, numbers: readonly CellNumber[] = [], dominated = false): CellFinding {
  return { ok: false, why, numbers, isDominated: dominated }
}

/**
 * Requires at least k subjects, and that one or two subjects do not dominate any sum. The ledger judges how few people the
 * numbers may single out.
 */
export function judged(
  basis: CellBasis,
  sums: readonly Contributions[],
  { settings, rowSets }: CellRules
): CellFinding {
  const { support, numbers } = basis
  const isOfFew = ({ rows }: SolvedSet) =>
    rows !== undefined && rowSets !== undefined && isDominated(rowSets.of(rows).weights, settings)
  if (support.size < settings.k) return withheld('fewer than k subjects', numbers)
  if (numbers.some(({ of }) => isOfFew(of))) return withheld('one or two subjects have most of the rows', numbers, true)
  if (sums.some((sum) => isDominated(sum, settings))) return withheld('one or two subjects dominate', numbers, true)
  return { ok: true, basis: { ...basis, numbers: numbers.filter(({ of }) => of.subjects.size > 0) } }
}

/** The part of a reduction from which a number over rows is computed: a group, a column, a pair or a bin. */
interface OfRows {
  readonly support: SubjectSet
  readonly rows: number
  readonly rowSet?: SubjectSet
}

/** The rows behind a number, or the reason why it cannot be disclosed. */
export type RowFinding =
  | { readonly ok: true; readonly set: SolvedSet; readonly weights: readonly Contributions[] }
  | { readonly ok: false; readonly why: string }

/**
 * Finds the rows behind a number over rows. In a join, a value of a table with one row per subject occurs once for each row
 * that the subject has in the other table. A number of such values can be disclosed only if every subject has exactly one
 * row, because only then is it a number about subjects.
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
    return { ok: false, why: 'a value of the subject would be weighted by its number of rows' }
  }
  // The value of each subject occurs once, so the set of subjects determines the number, whatever rows the subjects have.
  if (variables.length > 0 && !variables.some(isOfRows))
    return { ok: true, set: { subjects: support }, weights: [weights] }
  return { ok: true, set: { subjects: support, rows: rowSet }, weights: [weights] }
}

/** The reason why the values of a column may not be summed, or undefined if they may. */
export function unsafeValues(
  column: ReducedColumn,
  facts: VariableFacts,
  settings: PrivacySettings
): string | undefined {
  // Dominance of a sum is not defined if some values are negative. Then bounds must be declared, and distances from the mean
  // are judged.
  if (!column.nonNegative && !facts.bounded) return 'signed values without declared bounds'
  if (settings.zerosAreDisclosive && doesNotVary(column)) return 'everyone has the same value'
  return undefined
}

interface Sums {
  readonly rows: number
  readonly sum: bigint
  readonly sumSquares: bigint
}

/** Whether all values are equal. This is the case if and only if n·Σx² = (Σx)². */
export function doesNotVary({ rows, sum, sumSquares }: Sums): boolean {
  return BigInt(rows) * sumSquares === sum * sum
}

/** The reason why a spread may not be disclosed, or undefined if it may. */
export function tooFewForSpread(support: SubjectSet, settings: PrivacySettings): string | undefined {
  return support.size < settings.spreadSubjectsMin ? 'too few subjects for a spread' : undefined
}

/**
 * The contributions of single people to powers of the distance from the mean, for a measure that discloses spread; undefined
 * if the reduction lacks them. One person far from all others can make up most of a variance, even if that person
 * contributes little to the sum.
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

/**
 * Four subsets of a set of a column's values: the values above the least value of the variable, those below its greatest
 * value, and both again without the second value from that end. A subset is undefined if few items have the excluded value.
 * The list is empty if zeros do not disclose.
 */
export function offEnds(
  { aboveLeast, belowMost, aboveSecond, belowLastButOne }: ReducedColumn,
  of: SolvedSet,
  { rowSets, settings }: CellRules
): (SolvedSet | undefined)[] {
  if (!settings.zerosAreDisclosive) return []
  return [aboveLeast, belowMost, aboveSecond, belowLastButOne].map((part) => {
    if (part === undefined) return undefined
    if (of.rows === undefined) return { subjects: part.support.and(of.subjects) }
    return part.rowSet === undefined || rowSets === undefined ? undefined : rowSets.solved(part.rowSet.and(of.rows))
  })
}

/** The items that have a certain value of a variable. */
export interface SolvableLevel {
  readonly name: string
  readonly set: SolvedSet
}

/**
 * The items of each value, if the number of items per value can be computed from the sums up to the given power: together
 * with n, there is one equation more than powers. Empty if there are more values than equations; undefined if the reduction
 * lacks the rows.
 */
export function solvableLevels(
  column: ReducedColumn,
  powers: number,
  { rowSets }: CellRules
): readonly SolvableLevel[] | undefined {
  const filled = [...(column.levels ?? [])].filter(([, { size }]) => size > 0)
  if (column.levels === undefined || filled.length > powers + 1) return []
  const { rowSet, levelRows } = column
  if (rowSets === undefined || rowSet === undefined)
    return filled.map(([name, subjects]) => ({ name, set: { subjects } }))
  return levelRows && filled.map(([name]) => ({ name, set: rowSets.solved(levelRows.get(name) ?? rowSet) }))
}

/** The counts of items per value. They are not charged as information, because the sums are already charged to the variable. */
export function levelNumbers(levels: readonly SolvableLevel[], variable: VariableRef): CellNumber[] {
  return levels.map(({ name, set }) => ({ ...countOf(set), level: { variable, name: levelName([name]) } }))
}
