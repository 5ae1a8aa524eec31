/** Covariance and correlation, which tell both means, both spreads and the sum of products besides. */
import { pairKey, type ReducedColumn, type ReducedGroup, type ReducedPair, type VariableRef } from '@stimnet/protocol'
import {
  type CellFinding,
  type CellRules,
  doesNotVary,
  judged,
  levelsOf,
  rowsBehind,
  tooFewForSpread,
  unsafeValues,
  withheld
} from './cell-basis.ts'
import { type Contributions, isDominated } from './dominance.ts'
import type { SolvedSet } from './row-sets.ts'
import type { PrivacySettings } from './settings.ts'

interface Side {
  readonly column: ReducedColumn
  /** By value, where those are few. */
  readonly levels: readonly SolvedSet[] | undefined
}

/** Whether the covariance or correlation of a group may stand by itself. */
export function judgePair(
  group: ReducedGroup,
  variables: readonly [VariableRef, VariableRef],
  rules: CellRules
): CellFinding {
  const { settings, facts, isFewValued } = rules
  const pair = group.pairs.get(pairKey(...variables))
  const sides = variables.flatMap((variable): Side[] => {
    const column = group.columns.get(variable)
    return column ? [{ column, levels: levelsOf(column, isFewValued(variable), rules) }] : []
  })
  const [x, y] = sides
  if (!pair || !x || !y) return withheld('the reduction lacks the pair', group.support)
  const { support } = pair
  const behind = rowsBehind(pair, rules, variables)
  if (!behind.ok) return withheld(behind.why, support)
  const sums = [...behind.weights, ...contributionsOf(pair, variables, x.column, y.column)]
  const why =
    unsafeValues(x.column, facts(variables[0]), settings) ??
    unsafeValues(y.column, facts(variables[1]), settings) ??
    unsafePairs(pair, settings) ??
    unsafeIndicator(pair, [x.column, y.column], variables.map(isFewValued), settings) ??
    (x.levels && y.levels ? undefined : 'the reduction lacks the rows of values')
  if (why !== undefined) return withheld(why, support, sums)
  return judged({ support, sets: [behind.set, ...levelSets(x, y, behind.set, rules)], sums }, rules)
}

/** A subject gives to the pairs at most what it gives to the whole column, so that these are bounds from above. */
function contributionsOf(
  pair: ReducedPair,
  variables: readonly [VariableRef, VariableRef],
  x: ReducedColumn,
  y: ReducedColumn
): Contributions[] {
  const distances = (pair.deviations ?? []).map((entry, i) => ({ of: variables[i] ?? variables[0], ...entry }))
  return [
    ...(x.nonNegative ? [{ of: variables[0], total: pair.sumX, largest: x.largest }] : []),
    ...(y.nonNegative ? [{ of: variables[1], total: pair.sumY, largest: y.largest }] : []),
    ...distances
  ]
}

function unsafePairs(pair: ReducedPair, settings: PrivacySettings): string | undefined {
  if (pair.deviations?.length !== 2) return 'the reduction lacks the spread'
  const { rows, sumX, sumXX, sumY, sumYY } = pair
  const varies =
    !doesNotVary({ rows, sum: sumX, sumSquares: sumXX }) && !doesNotVary({ rows, sum: sumY, sumSquares: sumYY })
  if (settings.zerosAreDisclosive && !varies) return 'everyone has the same value'
  if (settings.zerosAreDisclosive && isOnALine(pair)) return 'one value tells the other'
  return tooFewForSpread(pair.support, settings)
}

/**
 * Why a column of few values may not be held against one of many, or undefined. A sum of products with a 0/1 column is the
 * sum over those it marks, and the rest of the sum is that over the others: each is judged as if it had been asked for. Of
 * more values so are the lowest and the highest, which the sums of one question leave out.
 */
function unsafeIndicator(
  pair: ReducedPair,
  columns: readonly [ReducedColumn, ReducedColumn],
  isFew: readonly boolean[],
  settings: PrivacySettings
): string | undefined {
  if (isFew[0] === isFew[1]) return undefined
  const at = isFew[0] === true ? 0 : 1
  const [few, many] = at === 0 ? columns : [columns[1], columns[0]]
  if (!many.nonNegative) return 'signed values against a column of few values'
  const values = [...(few.levels ?? [])].filter(([, { size }]) => size > 0).map(([name]) => scaled(name, few.decimals))
  if (values.length === 0 || values.includes(undefined)) return 'the reduction lacks the values'
  const [lowest = 0n, ...rest] = (values as bigint[]).sort((a, b) => (a < b ? -1 : 1))
  const highest = rest.at(-1) ?? lowest
  const sum = at === 0 ? pair.sumY : pair.sumX
  const width = highest - lowest
  const largest = [width * many.largest[0], width * many.largest[1]] as const
  const totals = [pair.sumXY - lowest * sum, highest * sum - pair.sumXY]
  return totals.some((total) => isDominated({ total, largest }, settings))
    ? 'one or two of a value dominate'
    : undefined
}

/** A value as written, in the whole units that the sums are kept in. */
function scaled(name: string, decimals: number): bigint | undefined {
  const value = Math.round(Number(name) * 10 ** decimals)
  return Number.isSafeInteger(value) ? BigInt(value) : undefined
}

/** A correlation of 1 or -1: whoever knows somebody's one value knows the other. */
function isOnALine({ rows, sumX, sumY, sumXX, sumYY, sumXY }: ReducedPair): boolean {
  const n = BigInt(rows)
  return (n * sumXY - sumX * sumY) ** 2n === (n * sumXX - sumX * sumX) * (n * sumYY - sumY * sumY)
}

/**
 * The sum of products of two columns of few values solves for their whole cross-table. Its cells need no sets of their
 * own: the atom rule splits by the values of one and then of the other, and so judges each crossing.
 */
function levelSets(x: Side, y: Side, of: SolvedSet, { rowSets }: CellRules): SolvedSet[] {
  return [...(x.levels ?? []), ...(y.levels ?? [])].map(({ subjects, rows }) =>
    rows && of.rows && rowSets ? rowSets.solved(rows.and(of.rows)) : { subjects: subjects.and(of.subjects) }
  )
}
