/** What one number rests on: the people behind it, what it tells, and what every such number must satisfy. */
import type { Deviations, ReducedBin, ReducedColumn, SubjectSet, VariableRef } from '@stimnet/protocol'
import type { PrivacySettings } from '../rules/settings.ts'
import { type Contributions, isDominated } from './dominance.ts'
import type { FactsOf, VariableFacts } from './facts.ts'
import { levelName } from './defining.ts'
import { type CellNumber, countOf, type SolvedSet } from './numbers.ts'
import type { RowSets } from './row-sets.ts'

/** By what a cell is judged. */
export interface CellRules {
  readonly settings: PrivacySettings
  readonly facts: FactsOf
  /** Undefined where every table of the plan has one row per subject. */
  readonly rowSets: RowSets | undefined
}

/** What a cell that may stand rests on. */
export interface CellBasis {
  /** The subjects whose values it is made of. */
  readonly support: SubjectSet
  /** Everything that it tells. */
  readonly numbers: readonly CellNumber[]
  /** Whose number stands beside a mean or a spread, where it can be told exactly. */
  readonly counted?: SolvedSet
  /** The bins that will be shown, for a quantile. */
  readonly bins?: readonly ReducedBin[]
}

/** `why` is for the local audit log alone: it is about data. */
export type CellFinding =
  | { readonly ok: true; readonly basis: CellBasis }
  | {
      readonly ok: false
      readonly why: string
      readonly isDominated: boolean
      /** What it would have told. */
      readonly numbers: readonly CellNumber[]
    }

/** The finding that a cell may not stand. */
export function withheld(why: string, numbers: readonly CellNumber[] = [], dominated = false): CellFinding {
  return { ok: false, why, numbers, isDominated: dominated }
}

/** Enough people, and every sum spread over more than two. How few may be told apart is the ledger's to judge. */
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
  // A value of the subject, once for each: who these are says it all, whatever rows they have.
  if (variables.length > 0 && !variables.some(isOfRows))
    return { ok: true, set: { subjects: support }, weights: [weights] }
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

/** Of some of a column's values, those that are above their least, and those below their most. */
export function offEnds(
  { aboveLeast, belowMost }: ReducedColumn,
  of: SolvedSet,
  { rowSets, settings }: CellRules
): SolvedSet[] {
  if (!settings.zerosAreDisclosive) return []
  return [aboveLeast, belowMost].flatMap((part) => {
    if (part === undefined) return []
    if (of.rows === undefined) return [{ subjects: part.support.and(of.subjects) }]
    return part.rowSet === undefined || rowSets === undefined ? [] : [rowSets.solved(part.rowSet.and(of.rows))]
  })
}

/** The items of one value. */
export interface SolvableLevel {
  readonly name: string
  readonly set: SolvedSet
}

/**
 * By value, where so many sums of powers can be solved for how many have each: with n there is one equation more than powers.
 * Undefined where the reduction lacks their rows.
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

/** How many have each: their sums are about the variable already. */
export function levelNumbers(levels: readonly SolvableLevel[], variable: VariableRef): CellNumber[] {
  return levels.map(({ name, set }) => ({ ...countOf(set), level: { variable, name: levelName([name]) } }))
}
