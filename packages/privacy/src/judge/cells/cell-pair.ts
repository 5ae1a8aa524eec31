/** Primary judgement of covariance and correlation. Both also disclose both means, both spreads and the sum of products. */
import { pairKey, type ReducedColumn, type ReducedGroup, type ReducedPair, type VariableRef } from '@stimnet/protocol'
import type { PrivacySettings } from '../../rules/settings.ts'
import {
  type CellFinding,
  type CellRules,
  doesNotVary,
  judged,
  levelNumbers,
  offEnds,
  rowsBehind,
  type SolvableLevel,
  solvableLevels,
  tooFewForSpread,
  unsafeValues,
  withheld
} from './basis.ts'
import { type Contributions, isDominated } from './dominance.ts'
import { type CellNumber, countOf, powerOf, productOf, type SolvedSet, sumOf } from '../numbers.ts'

type Pair = readonly [VariableRef, VariableRef]

/** Judges whether the covariance or correlation of a group may be shown by itself. */
export function judgePair(group: ReducedGroup, variables: Pair, rules: CellRules): CellFinding {
  const { settings, facts } = rules
  const pair = group.pairs.get(pairKey(...variables))
  const [x, y] = variables.map((variable) => group.columns.get(variable))
  if (!pair || !x || !y) return withheld('the reduction lacks the pair')
  const { support } = pair
  const behind = rowsBehind(pair, rules, variables)
  if (!behind.ok) return withheld(behind.why)
  const levels = [x, y].map((column) => levelsWithin(column, behind.set, rules))
  const why =
    unsafeValues(x, facts(variables[0]), settings) ??
    unsafeValues(y, facts(variables[1]), settings) ??
    unsafePairs(pair, settings) ??
    unsafeIndicator(pair, [x, y], settings) ??
    (levels.includes(undefined) ? 'the reduction lacks the rows of values' : undefined)
  const numbers = numbersOf(behind.set, variables, { columns: [x, y], levels }, rules)
  if (why !== undefined) return withheld(why, numbers)
  const sums = [...behind.weights, ...contributionsOf(pair, variables, x, y)]
  return judged({ support, numbers, counted: behind.set }, sums, rules)
}

interface PairParts {
  readonly columns: readonly [ReducedColumn, ReducedColumn]
  readonly levels: readonly (readonly SolvableLevel[] | undefined)[]
}

/**
 * The numbers that a pair discloses: for each variable the sum and the sum of squares, and the sum of products. If one
 * variable has two values, the sum of products also discloses the sum of the other variable over the items of each value.
 */
function numbersOf(set: SolvedSet, [x, y]: Pair, parts: PairParts, rules: CellRules): CellNumber[] {
  const { facts, rowSets } = rules
  const [levelsX = [], levelsY = []] = parts.levels
  const own = [x, y].flatMap((variable, i) => [
    sumOf(set, variable, facts, offEnds(parts.columns[i === 0 ? 0 : 1], set, rules)),
    powerOf(set, variable, 2, facts)
  ])
  const counts = [
    ...levelNumbers(levelsX, x),
    ...levelNumbers(levelsY, y),
    ...crossings(levelsX, levelsY, rowSets).map(countOf)
  ]
  const within = (levels: readonly SolvableLevel[], other: VariableRef) =>
    levels.length === 2 ? levels.map((level) => powerOf(level.set, other, 1, facts)) : []
  return [...own, productOf(set, [x, y], facts), ...counts, ...within(levelsX, y), ...within(levelsY, x)]
}

/**
 * The cells of the cross table if both variables have two values. The sum of products then discloses how many items have
 * both higher values, and thereby all four counts.
 */
function crossings(
  x: readonly SolvableLevel[],
  y: readonly SolvableLevel[],
  rowSets: CellRules['rowSets']
): SolvedSet[] {
  if (x.length !== 2 || y.length !== 2) return []
  return x
    .flatMap(({ set: a }) =>
      y.map(({ set: b }) =>
        a.rows && b.rows && rowSets ? rowSets.solved(a.rows.and(b.rows)) : { subjects: a.subjects.and(b.subjects) }
      )
    )
    .filter(({ subjects }) => subjects.size > 0)
}

/** The items of each value among the items that have both variables, if the sum and the sum of squares disclose their numbers. */
function levelsWithin(column: ReducedColumn, of: SolvedSet, rules: CellRules): readonly SolvableLevel[] | undefined {
  const { rowSets } = rules
  return solvableLevels(column, 2, rules)
    ?.map(({ name, set: { subjects, rows } }) => ({
      name,
      set: rows && of.rows && rowSets ? rowSets.solved(rows.and(of.rows)) : { subjects: subjects.and(of.subjects) }
    }))
    .filter(({ set }) => set.subjects.size > 0)
}

/**
 * The contributions of single subjects. A subject's contribution to the pairs is at most its contribution to the whole
 * column, so the largest contributions are upper bounds.
 */
function contributionsOf(pair: ReducedPair, variables: Pair, x: ReducedColumn, y: ReducedColumn): Contributions[] {
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
  if (settings.zerosAreDisclosive && isOnALine(pair)) return 'one value discloses the other'
  return tooFewForSpread(pair.support, settings)
}

/**
 * The reason why a column of few values may not be paired with a column of many values, or undefined if it may. The sum of
 * products is then a sum over the items with the highest value, or over all items except those with the lowest value, and
 * one item can make up most of this sum. If the other column has negative values, its distances from the mean are judged
 * instead, as for its mean.
 */
function unsafeIndicator(
  pair: ReducedPair,
  columns: readonly [ReducedColumn, ReducedColumn],
  settings: PrivacySettings
): string | undefined {
  const isFew = columns.map(({ levels }) => levels !== undefined)
  if (isFew[0] === isFew[1]) return undefined
  const at = isFew[0] === true ? 0 : 1
  const [few, many] = at === 0 ? columns : [columns[1], columns[0]]
  if (!many.nonNegative) return undefined
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

/** The value in a text, in the whole units in which the sums are kept. */
function scaled(name: string, decimals: number): bigint | undefined {
  const value = Math.round(Number(name) * 10 ** decimals)
  return Number.isSafeInteger(value) ? BigInt(value) : undefined
}

/** Whether the correlation is 1 or -1: then one value of a person determines the other. */
function isOnALine({ rows, sumX, sumY, sumXX, sumYY, sumXY }: ReducedPair): boolean {
  const n = BigInt(rows)
  return (n * sumXY - sumX * sumY) ** 2n === (n * sumXX - sumX * sumX) * (n * sumYY - sumY * sumY)
}
