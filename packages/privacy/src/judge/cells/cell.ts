/** Primary judgement: whether one measure of one group may be shown by itself, and which numbers it would disclose. */
import {
  type Measure,
  type ReducedBin,
  type ReducedColumn,
  type ReducedGroup,
  SubjectSet,
  type VariableRef
} from '@stimnet/protocol'
import { judgeModelCell } from '../model-people.ts'
import {
  type CellFinding,
  type CellRules,
  judged,
  levelNumbers,
  offEnds,
  rowsBehind,
  solvableLevels,
  spreadOf,
  tooFewForSpread,
  unsafeValues,
  withheld
} from './basis.ts'
import { joinSmallBins, sharedBins } from '../bins.ts'
import { judgePair } from './cell-pair.ts'
import type { Contributions } from './dominance.ts'
import { levelName } from '../defining.ts'
import { type CellNumber, countOf, levelCountOf, powerOf, sumOf } from '../numbers.ts'

type ValueMeasure = Extract<Measure, { kind: 'sum' | 'mean' | 'variance' | 'sd' | 'skewness' | 'kurtosis' | 'count' }>

/** The highest power of the values that a measure discloses; 1 if it is not listed. */
const POWERS: Readonly<Partial<Record<Measure['kind'], number>>> = {
  variance: 2,
  sd: 2,
  skewness: 3,
  kurtosis: 4
}

/**
 * Judges a quantile, or shared bins, again with bins that are coarser than the given bins, which could not be disclosed.
 * Undefined if fewer than three of the coarser bins are filled, or fewer than two in the case of shared bins.
 */
export function judgeCoarser(
  group: ReducedGroup,
  measure: Measure,
  bins: readonly ReducedBin[],
  rules: CellRules
): CellFinding | undefined {
  if (measure.kind !== 'quantile' && measure.kind !== 'bins') return undefined
  const column = group.columns.get(measure.variable)
  const sizes = bins.map(({ support }) => support.size).filter((size) => size > 0)
  if (column === undefined || sizes.length < (measure.kind === 'bins' ? 2 : 3)) return undefined
  return judgeBins(column, measure, rules, Math.min(...sizes) + 1)
}

/** Judges whether one measure of one group may be shown by itself. */
export function judgeCell(group: ReducedGroup, measure: Measure, rules: CellRules): CellFinding {
  switch (measure.kind) {
    case 'subjects':
      return judged({ support: group.support, numbers: [countOf({ subjects: group.support })] }, [], rules)
    case 'rows':
      return judgeRows(group, rules)
    case 'count':
      return withColumn(group, measure.variable, (column) => judgeCount(column, measure.variable, rules))
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
      return withColumn(group, measure.variable, (column) => judgeShare(column, measure, rules))
    case 'quantile':
    case 'bins':
      return withColumn(group, measure.variable, (column) => judgeBins(column, measure, rules))
    case 'gram':
      return judgeModelCell(group, measure, rules)
  }
}

function withColumn(
  group: ReducedGroup,
  variable: VariableRef,
  judge: (column: ReducedColumn) => CellFinding
): CellFinding {
  const column = group.columns.get(variable)
  return column ? judge(column) : withheld('the reduction lacks the variable')
}

function judgeRows(group: ReducedGroup, rules: CellRules): CellFinding {
  const behind = rowsBehind(group, rules)
  if (!behind.ok) return withheld(behind.why)
  return judged({ support: group.support, numbers: [countOf(behind.set)] }, behind.weights, rules)
}

/**
 * Judges the number of values like their sum. A number that cannot be disclosed exactly can still be disclosed to the
 * nearest k; see `Judging.#count`.
 */
function judgeCount(column: ReducedColumn, variable: VariableRef, rules: CellRules): CellFinding {
  const behind = rowsBehind(column, rules, [variable])
  if (!behind.ok) return withheld(behind.why)
  const numbers = [powerOf(behind.set, variable, 1, rules.facts)]
  return judged({ support: column.support, numbers, counted: behind.set }, behind.weights, rules)
}

/**
 * Judges sum, mean, and measures of spread and shape. If a variable has so few values that the sums disclose how many items
 * have each value, these counts are judged as well.
 */
function judgeValues(column: ReducedColumn, { kind, variable }: ValueMeasure, rules: CellRules): CellFinding {
  const { settings, facts } = rules
  const { support } = column
  const power = POWERS[kind] ?? 1
  const behind = rowsBehind(column, rules, [variable])
  if (!behind.ok) return withheld(behind.why)
  const levels = solvableLevels(column, power, rules)
  const sums = contributionsTo(column, variable, power)
  const why =
    unsafeValues(column, facts(variable), settings) ??
    (power > 1 ? tooFewForSpread(support, settings) : undefined) ??
    (power > 2 && support.size < settings.shapeSubjectsMin ? 'too few subjects for a shape' : undefined) ??
    (sums === undefined || (power > 2 && !column.powers) ? 'the reduction lacks the spread' : undefined) ??
    (levels === undefined ? 'the reduction lacks the rows of values' : undefined)
  const numbers: CellNumber[] = [
    sumOf(behind.set, variable, facts, offEnds(column, behind.set, rules)),
    ...Array.from({ length: power - 1 }, (_, i) => powerOf(behind.set, variable, i + 2, facts)),
    ...levelNumbers(levels ?? [], variable)
  ]
  if (why !== undefined) return withheld(why, numbers)
  return judged({ support, numbers, counted: behind.set }, [...behind.weights, ...(sums ?? [])], rules)
}

/**
 * The contributions of single people to the sums. For signed values, a contribution is the distance from the mean, because a
 * value of -900 stands out where all others are near zero. Undefined if the reduction lacks the distances.
 */
function contributionsTo(column: ReducedColumn, variable: VariableRef, power: number): Contributions[] | undefined {
  const told = power > 1 ? Array.from({ length: power - 1 }, (_, i) => i + 2) : column.nonNegative ? [] : [2]
  const values = column.nonNegative ? [{ of: variable, total: column.sum, largest: column.largest }] : []
  const spread = spreadOf(column.deviations, variable, told)
  return spread && [...values, ...spread]
}

/**
 * Judges a share as two numbers of subjects, not of rows: the subjects who have a value, and those of them who have the
 * level.
 */
function judgeShare(
  column: ReducedColumn,
  { variable, level }: Extract<Measure, { kind: 'share' }>,
  rules: CellRules
): CellFinding {
  const { support } = column
  const having = column.levels?.get(level) ?? SubjectSet.none(support.universe)
  const { k } = rules.settings
  const numbers = [countOf({ subjects: support }), levelCountOf({ subjects: having }, variable, levelName([level]))]
  if (rules.settings.zerosAreDisclosive && (having.size < k || support.size - having.size < k)) {
    return withheld('few, or all but few, have it', numbers)
  }
  return judged({ support, numbers, counted: { subjects: support } }, [], rules)
}

/**
 * `subjectsMin` is the minimum number of subjects per bin; smaller bins are joined with their neighbours. A single bin over all values
 * discloses only how many values there are. A single bin that remains of several discloses that everyone is in it.
 */
function judgeBins(
  column: ReducedColumn,
  { kind, variable }: Extract<Measure, { kind: 'quantile' | 'bins' }>,
  rules: CellRules,
  subjectsMin = rules.settings.k
): CellFinding {
  const { support } = column
  const behind = rowsBehind(column, rules, [variable])
  if (!behind.ok) return withheld(behind.why)
  const join = kind === 'bins' ? sharedBins : joinSmallBins
  const bins = join(column.bins ?? [], subjectsMin, rules.settings.zerosAreDisclosive)
  const filled = bins.filter((bin) => bin.support.size > 0)
  const isWhole = kind === 'bins' && bins.length === 1
  if (filled.length === 0) return withheld('the reduction lacks the bins')
  if (rules.settings.zerosAreDisclosive && filled.length === 1 && !isWhole) return withheld('everyone is in one bin')
  const found = filled.map((bin) => ({ bin, behind: rowsBehind(bin, rules, [variable]) }))
  const counts = found.flatMap(({ bin: { from, to }, behind: own }) =>
    own.ok ? [isWhole ? countOf(own.set) : levelCountOf(own.set, variable, `[${from},${to})`)] : []
  )
  if (counts.length < filled.length) return withheld('the reduction lacks the rows of bins')
  const numbers = [countOf(behind.set), ...counts]
  return judged({ support, numbers, bins, counted: behind.set }, behind.weights, rules)
}
