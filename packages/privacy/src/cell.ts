/** Primary suppression: whether one measure of one group may stand by itself. */
import { type Measure, type ReducedColumn, type ReducedGroup, SubjectSet, type VariableRef } from '@stimnet/protocol'
import { joinSmallBins } from './bins.ts'
import {
  type CellFinding,
  type CellRules,
  judged,
  levelsOf,
  tooFewForSpread,
  unsafeValues,
  withheld
} from './cell-basis.ts'
import { judgePair } from './cell-pair.ts'
import type { Contributions } from './dominance.ts'
import type { PrivacySettings } from './settings.ts'

type ValueMeasure = Extract<Measure, { kind: 'sum' | 'mean' | 'variance' | 'sd' | 'count' }>

export function judgeCell(group: ReducedGroup, measure: Measure, rules: CellRules): CellFinding {
  const { settings } = rules
  switch (measure.kind) {
    case 'subjects':
    case 'rows':
      return judged({ support: group.support, sets: [group.support], sums: [] }, settings)
    case 'count':
      return withColumn(group, measure.variable, ({ support }) =>
        judged({ support, sets: [support], sums: [] }, settings)
      )
    case 'sum':
    case 'mean':
    case 'variance':
    case 'sd':
      return withColumn(group, measure.variable, (column) => judgeValues(column, measure, rules))
    case 'covariance':
    case 'correlation':
      return judgePair(group, measure.variables, rules)
    case 'share':
      return withColumn(group, measure.variable, (column) => judgeShare(column, measure.level, settings))
    case 'quantile':
      return withColumn(group, measure.variable, (column) => judgeQuantile(column, settings))
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

/** Sum, mean, variance, sd; of a variable of few values, each value's subjects must be publishable too. */
function judgeValues(column: ReducedColumn, measure: ValueMeasure, rules: CellRules): CellFinding {
  const { settings } = rules
  const { support } = column
  const isSpread = measure.kind === 'variance' || measure.kind === 'sd'
  const sums: Contributions[] = column.nonNegative ? [{ total: column.sum, largest: column.largest }] : []
  const why =
    unsafeValues(column, rules.facts(measure.variable), settings) ??
    (isSpread ? tooFewForSpread(support, settings) : undefined)
  if (why !== undefined) return withheld(why, support, sums)
  const levels = levelsOf(column, rules.isFewValued(measure.variable))
  return judged({ support, sets: [support, ...levels], sums }, settings)
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
