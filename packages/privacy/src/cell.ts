/** What one number would rest on: the sets of subjects behind it, and whether it may stand by itself. */
import {
  type Measure,
  pairKey,
  type ReducedBin,
  type ReducedColumn,
  type ReducedGroup,
  type VariableRef
} from '@stimnet/protocol'
import { SubjectSet } from '@stimnet/protocol'
import { type Contributions, isDominated } from './dominance.ts'
import type { PrivacySettings } from './settings.ts'

/** What the catalog declares of a variable, as far as disclosure cares. */
export interface VariableFacts {
  readonly unit?: string
  /** Minimum and maximum are declared, so that no value can be far from the others. */
  readonly bounded: boolean
}

/** One measure in one group, judged by itself. */
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

export type CellFinding =
  | { readonly ok: true; readonly basis: CellBasis }
  | { readonly ok: false; readonly why: string; readonly support: SubjectSet; readonly sums: readonly Contributions[] }

export type FactsOf = (variable: VariableRef) => VariableFacts

/** Primary suppression of one cell. `why` is for the local audit log alone. */
export function judgeCell(
  group: ReducedGroup,
  measure: Measure,
  settings: PrivacySettings,
  facts: FactsOf
): CellFinding {
  switch (measure.kind) {
    case 'subjects':
    case 'rows':
      return judged({ support: group.support, sets: [group.support], sums: [] }, settings)
    case 'count':
      return withColumn(group, measure.variable, (column) =>
        judged({ support: column.support, sets: [column.support], sums: [] }, settings)
      )
    case 'sum':
    case 'mean':
    case 'variance':
    case 'sd':
      return withColumn(group, measure.variable, (column) =>
        judgeValues(column, isSpread(measure), settings, facts(measure.variable))
      )
    case 'covariance':
    case 'correlation':
      return judgePair(group, measure.variables, settings, facts)
    case 'share':
      return withColumn(group, measure.variable, (column) => judgeShare(column, measure.level, settings))
    case 'quantile':
      return withColumn(group, measure.variable, (column) => judgeQuantile(column, settings))
  }
}

function isSpread(measure: Measure): boolean {
  return measure.kind === 'variance' || measure.kind === 'sd'
}

function withheld(why: string, support: SubjectSet, sums: readonly Contributions[] = []): CellFinding {
  return { ok: false, why, support, sums }
}

function withColumn(
  group: ReducedGroup,
  variable: VariableRef,
  judge: (column: ReducedColumn) => CellFinding
): CellFinding {
  const column = group.columns.get(variable)
  return column ? judge(column) : withheld('the reduction lacks the variable', group.support)
}

/** Every set is nobody or at least k; every sum is spread over more than two. */
function judged(basis: CellBasis, settings: PrivacySettings): CellFinding {
  const { support, sums } = basis
  if (support.size < settings.k) return withheld('fewer than k subjects', support, sums)
  if (basis.sets.some((set) => isTooSmall(set, settings)))
    return withheld('a value of fewer than k subjects', support, sums)
  if (sums.some((sum) => isDominated(sum, settings))) return withheld('one or two subjects dominate', support, sums)
  return { ok: true, basis: { ...basis, sets: basis.sets.filter((set) => set.size > 0) } }
}

function isTooSmall(set: SubjectSet, settings: PrivacySettings): boolean {
  const { size } = set
  return size > 0 && size < settings.k
}

/**
 * Sum, mean, variance, sd. A column of at most ten values is a table for disclosure: n, mean and variance of a variable
 * of three values solve for the three counts. So each value's subjects must be publishable.
 */
function judgeValues(
  column: ReducedColumn,
  spread: boolean,
  settings: PrivacySettings,
  facts: VariableFacts
): CellFinding {
  const { support } = column
  const sums = contributionsOf(column)
  const why = unsafeValues(column, facts, settings) ?? (spread ? tooFewForSpread(support, settings) : undefined)
  if (why !== undefined) return withheld(why, support, sums)
  return judged({ support, sets: [support, ...levelsOf(column).values()], sums }, settings)
}

function tooFewForSpread(support: SubjectSet, settings: PrivacySettings): string | undefined {
  return support.size < settings.spreadSubjectsMin ? 'too few subjects for a spread' : undefined
}

function unsafeValues(column: ReducedColumn, facts: VariableFacts, settings: PrivacySettings): string | undefined {
  // Whose values dominate is not defined where some are negative; declared bounds keep each one's weight small instead.
  if (!column.nonNegative && !facts.bounded) return 'signed values without declared bounds'
  if (settings.zerosAreDisclosive && doesNotVary(column)) return 'everyone has the same value'
  return undefined
}

function doesNotVary({ rows, sum, sumSquares }: ReducedColumn): boolean {
  return BigInt(rows) * sumSquares === sum * sum
}

function contributionsOf(column: ReducedColumn): Contributions[] {
  return column.nonNegative ? [{ total: column.sum, largest: column.largest }] : []
}

function levelsOf(column: ReducedColumn): ReadonlyMap<string, SubjectSet> {
  return column.levels ?? new Map()
}

/** A share is two cells: those that have the level, and those that have not. */
function judgeShare(column: ReducedColumn, level: string, settings: PrivacySettings): CellFinding {
  const { support } = column
  const having = column.levels?.get(level) ?? SubjectSet.none(support.universe)
  const without = support.without(having)
  if (settings.zerosAreDisclosive && (having.size === 0 || without.size === 0)) {
    return withheld('nobody or everybody has it', support)
  }
  return judged({ support, sets: [support, having, without], sums: [] }, settings)
}

function judgeQuantile(column: ReducedColumn, settings: PrivacySettings): CellFinding {
  const { support } = column
  const bins = joinSmallBins(column.bins ?? [], settings.k)
  const filled = bins.filter((bin) => bin.support.size > 0)
  if (filled.length === 0) return withheld('the reduction lacks the bins', support)
  if (settings.zerosAreDisclosive && filled.length === 1) return withheld('everyone is in one bin', support)
  return judged({ support, sets: filled.map((bin) => bin.support), sums: [], bins }, settings)
}

/** Joins each bin of fewer than k subjects with its neighbours until there are none: the tails, most often. */
export function joinSmallBins(bins: readonly ReducedBin[], k: number): ReducedBin[] {
  const joined: ReducedBin[] = []
  const isSmall = (bin: ReducedBin | undefined) => bin !== undefined && bin.support.size > 0 && bin.support.size < k
  for (const bin of bins) {
    const last = joined.at(-1)
    if (last && isSmall(last)) joined[joined.length - 1] = join(last, bin)
    else joined.push(bin)
  }
  while (joined.length > 1 && isSmall(joined.at(-1))) {
    const [low, high] = joined.splice(-2)
    if (low && high) joined.push(join(low, high))
  }
  return joined
}

function join(low: ReducedBin, high: ReducedBin): ReducedBin {
  return { from: low.from, to: high.to, support: low.support.or(high.support), rows: low.rows + high.rows }
}

/** Covariance and correlation, which also tell both means and spreads over the pairs. */
function judgePair(
  group: ReducedGroup,
  [x, y]: readonly [VariableRef, VariableRef],
  settings: PrivacySettings,
  facts: FactsOf
): CellFinding {
  const pair = group.pairs.get(pairKey(x, y))
  const columns = [group.columns.get(x), group.columns.get(y)]
  const [columnX, columnY] = columns
  if (!pair || !columnX || !columnY) return withheld('the reduction lacks the pair', group.support)
  const { support } = pair
  // A subject gives to the pairs at most what it gives to the whole column, so that these are upper bounds.
  const sums: Contributions[] = [
    ...(columnX.nonNegative ? [{ total: pair.sumX, largest: columnX.largest }] : []),
    ...(columnY.nonNegative ? [{ total: pair.sumY, largest: columnY.largest }] : [])
  ]
  const why =
    unsafeValues(columnX, facts(x), settings) ??
    unsafeValues(columnY, facts(y), settings) ??
    tooFewForSpread(support, settings) ??
    unknownLevels(columnX, pair.rows) ??
    unknownLevels(columnY, pair.rows)
  if (why !== undefined) return withheld(why, support, sums)
  return judged({ support, sets: [support, ...crossSets(columnX, columnY, support)], sums }, settings)
}

/**
 * Which value a subject has in its pairs is known where every value of the column is in a pair, or nobody has two values.
 */
function unknownLevels(column: ReducedColumn, pairRows: number): string | undefined {
  const known = column.levels === undefined || column.rows === pairRows || column.rows === column.support.size
  return known ? undefined : 'the values among the pairs are not known'
}

/** The sums of products of two columns of few values solve for their whole cross-table. */
function crossSets(x: ReducedColumn, y: ReducedColumn, support: SubjectSet): SubjectSet[] {
  const rows = [...levelsOf(x).values()].map((set) => set.and(support))
  const columns = [...levelsOf(y).values()].map((set) => set.and(support))
  return [...rows, ...columns, ...rows.flatMap((row) => columns.map((column) => row.and(column)))]
}
