/** Primary suppression: whether one measure of one group may stand by itself. */
import { type Measure, type ReducedColumn, type ReducedGroup, SubjectSet, type VariableRef } from '@stimnet/protocol'
import { joinSmallBins } from './bins.ts'
import {
  type CellFinding,
  type CellRules,
  judged,
  levelsOf,
  rowsBehind,
  spreadOf,
  tooFewForSpread,
  unsafeValues,
  withheld
} from './cell-basis.ts'
import { judgePair } from './cell-pair.ts'
import type { Contributions } from './dominance.ts'

type ValueMeasure = Extract<Measure, { kind: 'sum' | 'mean' | 'variance' | 'sd' | 'skewness' | 'kurtosis' | 'count' }>

/** Powers of the distance from the mean that a measure tells of. */
const POWERS: Readonly<Partial<Record<Measure['kind'], readonly number[]>>> = {
  variance: [2],
  sd: [2],
  skewness: [2, 3],
  kurtosis: [2, 3, 4]
}

/** Whether one measure of one group may stand by itself. */
export function judgeCell(group: ReducedGroup, measure: Measure, rules: CellRules): CellFinding {
  switch (measure.kind) {
    case 'subjects':
      return judged({ support: group.support, sets: [{ subjects: group.support }], sums: [] }, rules)
    case 'rows':
      return judgeRows(group, [], rules)
    case 'count':
      return withColumn(group, measure.variable, (column) => judgeRows(column, [measure.variable], rules))
    case 'sum':
    case 'mean':
    case 'variance':
    case 'sd':
    case 'skewness':
    case 'kurtosis':
      return withColumn(group, measure.variable, (column) => judgeValues(column, measure, rules))
    case 'covariance':
    case 'correlation':
      return judgePair(group, measure.variables, rules)
    case 'share':
      return withColumn(group, measure.variable, (column) => judgeShare(column, measure.level, rules))
    case 'quantile':
      return withColumn(group, measure.variable, (column) => judgeQuantile(column, measure.variable, rules))
  }
}

function withColumn(
  group: ReducedGroup,
  variable: VariableRef,
  judge: (column: ReducedColumn) => CellFinding
): CellFinding {
  const column = group.columns.get(variable)
  return column ? judge(column) : withheld('the reduction lacks the variable', group.support)
}

function judgeRows(part: ReducedGroup | ReducedColumn, variables: VariableRef[], rules: CellRules): CellFinding {
  const { support } = part
  const behind = rowsBehind(part, rules, variables)
  if (!behind.ok) return withheld(behind.why, support)
  return judged({ support, sets: [behind.set], sums: behind.weights }, rules)
}

/** Sum, mean, and what tells of spread and shape; of a variable of few values, each value's subjects must be publishable too. */
function judgeValues(column: ReducedColumn, measure: ValueMeasure, rules: CellRules): CellFinding {
  const { settings } = rules
  const { support } = column
  const told = POWERS[measure.kind] ?? []
  // What one person gives to a sum of signed values is its distance from what is usual, -900 where others have nothing.
  const powers = told.length === 0 && !column.nonNegative ? [2] : told
  const behind = rowsBehind(column, rules, [measure.variable])
  if (!behind.ok) return withheld(behind.why, support)
  const values = column.nonNegative ? [{ of: measure.variable, total: column.sum, largest: column.largest }] : []
  const spread = spreadOf(column.deviations, measure.variable, powers)
  const sums: Contributions[] = [...behind.weights, ...values, ...(spread ?? [])]
  const levels = levelsOf(column, rules.isFewValued(measure.variable), rules)
  const why =
    unsafeValues(column, rules.facts(measure.variable), settings) ??
    (told.length > 0 ? tooFewForSpread(support, settings) : undefined) ??
    (spread && (!powers.includes(3) || column.powers) ? undefined : 'the reduction lacks the spread') ??
    (levels === undefined ? 'the reduction lacks the rows of values' : undefined)
  if (why !== undefined) return withheld(why, support, sums)
  return judged({ support, sets: [behind.set, ...(levels ?? [])], sums }, rules)
}

/** A share is two cells of subjects, not of rows: those that have the level, and those that have not. */
function judgeShare(column: ReducedColumn, level: string, rules: CellRules): CellFinding {
  const { support } = column
  const having = column.levels?.get(level) ?? SubjectSet.none(support.universe)
  const without = support.without(having)
  if (rules.settings.zerosAreDisclosive && (having.size === 0 || without.size === 0)) {
    return withheld('nobody or everybody has it', support)
  }
  return judged({ support, sets: [support, having, without].map((subjects) => ({ subjects })), sums: [] }, rules)
}

function judgeQuantile(column: ReducedColumn, variable: VariableRef, rules: CellRules): CellFinding {
  const { support } = column
  const behind = rowsBehind(column, rules, [variable])
  if (!behind.ok) return withheld(behind.why, support)
  const bins = joinSmallBins(column.bins ?? [], rules.settings.k)
  const filled = bins.filter((bin) => bin.support.size > 0)
  const sums = behind.weights
  if (filled.length === 0) return withheld('the reduction lacks the bins', support, sums)
  if (rules.settings.zerosAreDisclosive && filled.length === 1) return withheld('everyone is in one bin', support, sums)
  const found = filled.map((bin) => rowsBehind(bin, rules, [variable]))
  const sets = found.flatMap((bin) => (bin.ok ? [bin.set] : []))
  if (sets.length < filled.length) return withheld('the reduction lacks the rows of bins', support, sums)
  return judged({ support, sets, sums, bins }, rules)
}
