/** Covariance and correlation, which tell both means, both spreads and the sum of products besides. */
import { pairKey, type ReducedColumn, type ReducedGroup, type ReducedPair, type VariableRef } from '@stimnet/protocol'
import type { SubjectSet } from '@stimnet/protocol'
import {
  type CellFinding,
  type CellRules,
  doesNotVary,
  judged,
  levelsOf,
  tooFewForSpread,
  unsafeValues,
  withheld
} from './cell-basis.ts'
import type { Contributions } from './dominance.ts'
import type { PrivacySettings } from './settings.ts'

interface Side {
  readonly column: ReducedColumn
  /** Subjects by value, where those are few. */
  readonly levels: readonly SubjectSet[]
}

export function judgePair(
  group: ReducedGroup,
  variables: readonly [VariableRef, VariableRef],
  { settings, facts, isFewValued }: CellRules
): CellFinding {
  const pair = group.pairs.get(pairKey(...variables))
  const sides = variables.flatMap((variable): Side[] => {
    const column = group.columns.get(variable)
    return column ? [{ column, levels: levelsOf(column, isFewValued(variable)) }] : []
  })
  const [x, y] = sides
  if (!pair || !x || !y) return withheld('the reduction lacks the pair', group.support)
  const { support } = pair
  const sums = contributionsOf(pair, x.column, y.column)
  const why =
    unsafeValues(x.column, facts(variables[0]), settings) ??
    unsafeValues(y.column, facts(variables[1]), settings) ??
    unsafePairs(pair, settings) ??
    sides.map((side) => unknownLevels(side, pair)).find((text) => text !== undefined)
  if (why !== undefined) return withheld(why, support, sums)
  return judged({ support, sets: [support, ...levelSets(x, y, support)], sums }, settings)
}

/** A subject gives to the pairs at most what it gives to the whole column, so that these are bounds from above. */
function contributionsOf(pair: ReducedPair, x: ReducedColumn, y: ReducedColumn): Contributions[] {
  return [
    ...(x.nonNegative ? [{ total: pair.sumX, largest: x.largest }] : []),
    ...(y.nonNegative ? [{ total: pair.sumY, largest: y.largest }] : [])
  ]
}

function unsafePairs(pair: ReducedPair, settings: PrivacySettings): string | undefined {
  const { rows, sumX, sumXX, sumY, sumYY } = pair
  const varies =
    !doesNotVary({ rows, sum: sumX, sumSquares: sumXX }) && !doesNotVary({ rows, sum: sumY, sumSquares: sumYY })
  if (settings.zerosAreDisclosive && !varies) return 'everyone has the same value'
  return tooFewForSpread(pair.support, settings)
}

/** Which value a subject has in its pairs is known where every value is in a pair, or nobody has two values. */
function unknownLevels({ column, levels }: Side, pair: ReducedPair): string | undefined {
  const known = levels.length === 0 || column.rows === pair.rows || column.rows === column.support.size
  return known ? undefined : 'the values among the pairs are not known'
}

/**
 * The sum of products of two columns of few values solves for their whole cross-table. Its cells need no sets of their
 * own: the atom rule splits by the values of one and then of the other, and so judges each crossing.
 */
function levelSets(x: Side, y: Side, support: SubjectSet): SubjectSet[] {
  return [...x.levels, ...y.levels].map((set) => set.and(support))
}
