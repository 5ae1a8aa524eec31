/** Output rows of the shown cells of a table: each cell with its value, and with only the parts that pooling needs. */
import {
  type Measure,
  type MomentsPart,
  type OutputColumn,
  type OutputPart,
  type OutputRow,
  type Plan,
  pairKey,
  type ReducedColumn,
  type ReducedGroup,
  type ReducedPair,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import {
  correlationOf,
  covarianceOf,
  crossDeviationsOf,
  deviationsOf,
  edgesOfIntegers,
  type ExactSums,
  higherDeviationsOf,
  kurtosisOf,
  meanOf,
  OPEN_END,
  quantileOf,
  sdOf,
  sidesOf,
  skewnessOf,
  sumOf,
  sumText,
  varianceOf
} from '@stimnet/statistics'
import type { CellBasis } from './judge/cells/basis.ts'
import type { FactsOf } from './judge/facts.ts'
import { type LeftOut, leftOutOf } from './judge/left-out.ts'
import type { SolvedSet } from './judge/numbers.ts'
import { type Rounded, roundOnRung, standardError, stepAbove, toDigits, toNearest } from './judge/precision.ts'
import type { TableCell, TableRow } from './judge/suppress.ts'
import type { PrivacySettings } from './rules/settings.ts'

interface Shown {
  /**
   * Null for a quantile beyond the last breakpoint, and for a correlation with a variable that does not vary at this site.
   * The part can still be pooled.
   */
  readonly value: number | null
  readonly part: OutputPart
}

/** The settings and facts that decide how numbers are written. */
export interface Writing {
  readonly settings: PrivacySettings
  readonly facts: FactsOf
  /** The number of people or rows in a set, as it may be shown. */
  readonly shownCount: (set: SolvedSet) => number
  /** Maximum difference between that number and the exact number. */
  readonly shownWithin: (set: SolvedSet) => number
  /** Whether exact digits of sums of these variables would disclose single people; see `digitsTell`. */
  readonly digitsTell: (variables: readonly VariableRef[]) => boolean
}

/** The columns of a plan’s answer, keys first. */
export function columnsOfPlan(plan: Plan, facts: FactsOf, leftOut?: LeftOut): OutputColumn[] {
  const keys = plan.groupBy.map((key): OutputColumn => {
    const { unit } = facts(key.variable)
    return { name: key.name, role: 'key', kind: 'key', variables: [key.variable], ...(unit ? { unit } : {}) }
  })
  const isLeftOut = (measure: Measure) =>
    leftOut !== undefined && (leftOut.people !== undefined || leftOutOf(leftOut, measure) !== undefined)
  return [
    ...keys,
    ...plan.measures.map((measure) => ({
      ...columnOf(measure, facts),
      ...(isLeftOut(measure) ? { left_out: true as const } : {})
    }))
  ]
}

const HAS_UNIT: readonly Measure['kind'][] = ['sum', 'mean', 'sd', 'quantile']

function columnOf(measure: Measure, facts: FactsOf): OutputColumn {
  const unit = HAS_UNIT.includes(measure.kind) && 'variable' in measure ? facts(measure.variable).unit : undefined
  const argument = measure.kind === 'share' ? measure.level : measure.kind === 'quantile' ? measure.q : undefined
  return {
    name: measure.name,
    role: 'measure',
    kind: measure.kind,
    variables: [...variablesOf(measure)],
    ...(unit ? { unit } : {}),
    ...(argument === undefined ? {} : { argument })
  }
}

/**
 * One shown group as a row of the answer. A rounded number of people with a value is not larger than the number of people
 * beside it.
 */
export function rowOf(row: TableRow, writing: Writing): OutputRow {
  const parts: Record<string, OutputPart> = {}
  const values = row.cells.map((cell) => {
    const shown = cell.basis === null ? null : showCell(row.group, cell, cell.basis, writing)
    if (shown) parts[cell.measure.name] = shown.part
    return shown?.value ?? null
  })
  const people = row.cells.findIndex(({ measure }) => measure.kind === 'subjects')
  const most = values[people] ?? Number.POSITIVE_INFINITY
  const possible = values.map((value, at) => {
    const { measure, basis } = row.cells[at] ?? {}
    const isOfPeople = measure?.kind === 'count' && basis?.counted?.rows === undefined
    const part = measure && parts[measure.name]
    if (value === null || !isOfPeople || value <= most || part === undefined || !('add' in part)) return value
    parts[measure.name] = { ...part, add: most }
    return most
  })
  return { values: [...row.group.key, ...possible], parts }
}

/** Null if the measure is not defined, for example without values. */
function showCell(group: ReducedGroup, cell: TableCell, basis: CellBasis, writing: Writing): Shown | null {
  const { measure } = cell
  switch (measure.kind) {
    case 'subjects':
      return adding(writing.shownCount({ subjects: group.support }))
    case 'rows':
      return adding(writing.shownCount(setOf(basis, 0)))
    case 'count': {
      const value = countOfValues(cell, basis, writing)
      const { n: accuracy } = countWithin(cell, writing)
      return accuracy === undefined ? adding(value) : { value, part: { add: value, accuracy } }
    }
    case 'share':
      return showShare(cell, basis, writing)
    case 'quantile': {
      const isInteger = writing.facts(measure.variable).isInteger === true
      const part = binsPart(cell, basis, writing, isInteger)
      return { value: quantileOf(part.bins, measure.q), part }
    }
    case 'bins': {
      const part = binsPart(cell, basis, writing)
      return { value: part.bins.reduce((sum, { rows }) => sum + rows, 0), part }
    }
    case 'gram':
      // The part of a model is made of the answers to its questions, never of its own reduction.
      return null
    case 'covariance':
    case 'correlation': {
      const pair = group.pairs.get(pairKey(...measure.variables))
      return pair ? showPair(pair, measure, { cell, basis, writing }) : null
    }
    default: {
      const column = group.columns.get(measure.variable)
      return column ? showValues(column, measure, { cell, basis, writing }) : null
    }
  }
}

function adding(value: number): Shown {
  return { value, part: { add: value } }
}

function setOf({ support, numbers }: CellBasis, at: number): SolvedSet {
  return numbers[at]?.of ?? { subjects: support }
}

/**
 * The usual count if it may be disclosed; otherwise rounded to a multiple of k or of the rounding base, whichever is larger.
 * If fewer than k people lack a value, the count is computed from the size of the group alone: halfway between the largest
 * and the smallest possible number of values. So the count discloses nothing about how many people lack a value.
 */
function countOfValues(
  { isCounted, fewLackOf }: TableCell,
  { counted, support }: CellBasis,
  { shownCount, settings: { k, roundBase } }: Writing
): number {
  const set = counted ?? { subjects: support }
  if (isCounted) return shownCount(set)
  const base = Math.max(k, roundBase)
  const halfway = fewLackOf === undefined ? (set.rows?.size ?? set.subjects.size) : fewLackOf - (k - 1) / 2
  return Math.max(base, toNearest(halfway, base))
}

/**
 * The largest error of a count, empty for an exact count. The error is half of the rounding step and, if the number of
 * missing values is hidden, half of the largest such number.
 */
function countWithin({ isCounted }: TableCell, { settings: { k, roundBase } }: Writing): { n?: number } {
  const base = isCounted ? roundBase : Math.max(k, roundBase)
  if (base === 1) return {}
  return { n: base / 2 + (isCounted ? 0 : (k - 1) / 2) }
}

function showShare(cell: TableCell, basis: CellBasis, writing: Writing): Shown | null {
  const { shownCount, settings } = writing
  const { rows, subjects } = setOf(basis, 1)
  const of = cell.isCounted ? shownCount(setOf(basis, 0)) : countOfValues(cell, basis, writing)
  if (of === 0) return null
  const told = cell.isCounted
    ? shownCount(setOf(basis, 1))
    : havingHidingCount(rows?.size ?? subjects.size, of, settings)
  const having = Math.min(of, told)
  const { n: within } = countWithin(cell, writing)
  if (within === undefined) return { value: having / of, part: { share: { having, of } } }
  // Both numbers have an error. The stated error is the same for every share, including shares that were set to few or to
  // all but few, so that it does not show that they were.
  const upper = cell.isCounted ? within : Math.max(settings.k, settings.roundBase) / 2
  const share = (upper + within) / Math.max(1, of - within)
  return { value: having / of, part: { share: { having, of }, accuracy: { share, of: within } } }
}

/**
 * If the number of values is not released exactly, the number of people with the level is rounded in the same way. Otherwise
 * the numbers of all levels would add up to the number of values, and the exact number for one level in another answer would
 * disclose it.
 */
function havingHidingCount(having: number, of: number, { k, roundBase, zerosAreDisclosive }: PrivacySettings): number {
  const told = toNearest(having, Math.max(k, roundBase))
  // As required of the exact number, the result is neither few nor all but few.
  return zerosAreDisclosive ? Math.min(of - k, Math.max(k, told)) : told
}

/** The first number of the basis is the number of all values. The numbers of the non-empty bins follow in order. */
function binsPart(cell: TableCell, basis: CellBasis, writing: Writing, isInteger = false) {
  const found = basis.bins ?? []
  const declared = [...found.map(({ from }) => Math.max(from, -OPEN_END)), Math.min(found.at(-1)?.to ?? 0, OPEN_END)]
  const edges = isInteger ? edgesOfIntegers(declared) : declared
  const filled = found.flatMap(({ support }, i) => (support.size > 0 ? [i] : []))
  const setAt = (i: number) => setOf(basis, 1 + filled.indexOf(i))
  const { k, roundBase } = writing.settings
  const base = Math.max(k, roundBase)
  // If the number of values is not released exactly, each bin is rounded: exact bins would add up to the number of values,
  // also over several answers.
  const isHidden = !cell.isCounted && roundBase === 1
  const told = (i: number) => {
    const { rows, subjects } = setAt(i)
    return isHidden ? toNearest(rows?.size ?? subjects.size, base) : writing.shownCount(setAt(i))
  }
  const bins = found.map((_, i) => ({
    from: edges[i] ?? 0,
    to: edges[i + 1] ?? 0,
    rows: filled.includes(i) ? told(i) : 0
  }))
  const each = isHidden ? base / 2 : Math.max(0, ...filled.map((i) => writing.shownWithin(setAt(i))))
  return { bins, ...(each === 0 ? {} : { accuracy: { each, sum: each * filled.length } }) }
}

type ValueMeasure = Extract<Measure, { kind: 'sum' | 'mean' | 'variance' | 'sd' | 'skewness' | 'kurtosis' | 'count' }>

interface OfCell {
  readonly cell: TableCell
  readonly basis: CellBasis
  readonly writing: Writing
}

/**
 * Whether every digit may be shown. The steward must have chosen exact precision, the digits must not disclose single
 * people, and the number of values, which the digits would disclose, must be disclosed exactly anyway.
 */
function isExact(
  { cell: { isCounted, rung }, writing: { settings, digitsTell } }: OfCell,
  ...variables: VariableRef[]
): boolean {
  const { precision, roundBase, significantDigits } = settings
  const isFull = rung === 0 && roundBase === 1 && significantDigits >= 17
  return precision === 'exact' && isCounted && isFull && !digitsTell(variables)
}

function showValues(column: ReducedColumn, { kind, variable }: ValueMeasure, of: OfCell): Shown | null {
  const sums: ExactSums = { n: column.rows, decimals: column.decimals, sum: column.sum, sumSquares: column.sumSquares }
  const [mean, deviations, sd] = [meanOf(sums), deviationsOf(sums), sdOf(sums)]
  if (mean === null) return null
  const isShape = kind === 'skewness' || kind === 'kurtosis'
  const shape = isShape ? shapeOf(column) : undefined
  const n = countOfValues(of.cell, of.basis, of.writing)
  if (isExact(of, variable)) {
    const moments: MomentsPart = {
      n,
      sum: sumOf(sums),
      sum_exact: sumText(sums),
      ...(kind === 'mean' || kind === 'sum' || deviations === null ? {} : { deviations }),
      ...(shape === undefined ? {} : { third: shape.third }),
      ...(shape === undefined || kind === 'skewness' ? {} : { fourth: shape.fourth })
    }
    if (kind === 'sum') return adding(moments.sum)
    return { value: exactValue(kind, mean, sd, sums, shape), part: { moments } }
  }
  const told = roundedSide({ mean, sd: sd ?? 0, n }, variable, of)
  const sum = told.mean.value * n
  const offN = countWithin(of.cell, of.writing)
  // The error of a sum is the error of its mean, over the largest possible number of values, plus the error due to values
  // that are missing or not counted.
  const most = told.mean.within * (n + (offN.n ?? 0)) + Math.abs(told.mean.value) * (offN.n ?? 0)
  if (kind === 'sum') return { value: sum, part: { add: sum, accuracy: most } }
  const accuracy = { ...offN, sum: told.mean.within * n }
  if (kind === 'mean') return { value: told.mean.value, part: { moments: { n, sum, accuracy } } }
  if (deviations === null || sd === null) return null
  const spread = { deviations: told.sd.value ** 2 * (n - 1) }
  const spreadAccuracy = { ...accuracy, deviations: (2 * told.sd.value + told.sd.within) * told.sd.within * (n - 1) }
  if (!isShape) {
    const value = kind === 'sd' ? told.sd.value : toDigits(told.sd.value ** 2, 12)
    return { value, part: { moments: { n, sum, ...spread, accuracy: spreadAccuracy } } }
  }
  if (shape === undefined) return null
  const square = spread.deviations / n
  const { settings } = of.writing
  const { rung } = of.cell
  const third = roundOnRung(shape.skewness, standardError.skewness(n), { rung }, settings)
  const fourth = roundOnRung(shape.kurtosis, standardError.kurtosis(n), { rung }, settings)
  const moments = {
    n,
    sum,
    ...spread,
    third: third.value * square ** 1.5 * n,
    ...(kind === 'kurtosis' ? { fourth: fourth.value * square ** 2 * n } : {}),
    accuracy: {
      ...spreadAccuracy,
      third: third.within * square ** 1.5 * n,
      ...(kind === 'kurtosis' ? { fourth: fourth.within * square ** 2 * n } : {})
    }
  }
  return { value: kind === 'skewness' ? third.value : fourth.value, part: { moments } }
}

function exactValue(
  kind: ValueMeasure['kind'],
  mean: number,
  sd: number | null,
  sums: ExactSums,
  shape: ReturnType<typeof shapeOf>
): number | null {
  if (kind === 'mean') return mean
  if (kind === 'variance') return varianceOf(sums)
  if (kind === 'sd') return sd
  return (kind === 'skewness' ? shape?.skewness : shape?.kurtosis) ?? null
}

function shapeOf({ decimals, rows, sum, sumSquares, powers }: ReducedColumn) {
  if (powers === undefined) return undefined
  const sums = { n: rows, decimals, sum, sumSquares, ...powers }
  const [skewness, kurtosis, higher] = [skewnessOf(sums), kurtosisOf(sums), higherDeviationsOf(sums)]
  return skewness === null || kurtosis === null || higher === null ? undefined : { skewness, kurtosis, ...higher }
}

/**
 * Mean and standard deviation of one variable, rounded in the site's own unit. If they were rounded in the unit of the
 * request, asking in many units would recover the removed digits. The standard deviation, rounded to two digits, decides the
 * rounding steps of both.
 */
function roundedSide(
  { mean, sd, n }: { mean: number; sd: number; n: number },
  variable: VariableRef,
  { cell, writing: { facts, settings } }: OfCell
): { mean: Rounded; sd: Rounded } {
  const { factor, step } = facts(variable)
  const own = sd / factor
  const rough = own === 0 ? 0 : toDigits(own, 2)
  const isCountTold = cell.isCounted && settings.roundBase === 1
  const finest = isCountTold ? 0 : stepHidingCount(step, n, settings)
  const finestSpread = isCountTold ? 0 : spreadStepHidingCount(step, { sd: rough, n }, settings)
  const { rung } = cell
  const spread = roundOnRung(own, standardError.sd(rough, n), { rung, finest: finestSpread }, settings)
  const middle = roundOnRung(mean / factor, standardError.mean(rough, n), { rung, finest }, settings)
  const back = ({ value, within }: Rounded) => ({ value: toDigits(value * factor, 15), within: within * factor })
  return { mean: back(middle), sd: back(spread) }
}

/**
 * The finest rounding step of a mean whose count is not disclosed exactly. It is not finer than the distance between the
 * means that each possible count allows. Finer digits would fit only one count, and so disclose the count.
 */
function stepHidingCount(step: number, n: number, settings: PrivacySettings): number {
  return step === 0 ? 0 : stepAbove(step / fewestBehind(n, settings))
}

/**
 * The finest rounding step of a standard deviation whose count is not disclosed exactly. A sum of squares of whole numbers
 * is even if their sum is even, so the variances that one count allows are 2 step² / n apart.
 */
function spreadStepHidingCount(step: number, { sd, n }: { sd: number; n: number }, settings: PrivacySettings): number {
  return step === 0 || sd === 0 ? 0 : stepAbove(step ** 2 / (sd * fewestBehind(n, settings)))
}

/** A lower bound of the counts that can be released as n. */
function fewestBehind(n: number, { roundBase, k }: PrivacySettings): number {
  return Math.max(1, n - Math.max(roundBase, k))
}

function showPair(
  pair: ReducedPair,
  { kind, variables }: Extract<Measure, { kind: 'covariance' | 'correlation' }>,
  of: OfCell
): Shown | null {
  const sums = { ...pair, n: pair.rows }
  const { x, y } = sidesOf(sums)
  const [meanX, meanY, sdX, sdY] = [meanOf(x), meanOf(y), sdOf(x), sdOf(y)]
  const [covariance, correlation] = [covarianceOf(sums), correlationOf(sums)]
  if (meanX === null || meanY === null || sdX === null || sdY === null || covariance === null) return null
  const n = countOfValues(of.cell, of.basis, of.writing)
  if (isExact(of, ...variables)) {
    const cross = crossDeviationsOf(sums) ?? 0
    const side = (one: ExactSums) => ({ sum: sumOf(one), sum_exact: sumText(one), deviations: deviationsOf(one) ?? 0 })
    const moments: MomentsPart = { n, ...side(x), second: { ...side(y), cross } }
    return { value: kind === 'covariance' ? covariance : correlation, part: { moments } }
  }
  const { settings } = of.writing
  const sideX = roundedSide({ mean: meanX, sd: sdX, n }, variables[0], of)
  const sideY = roundedSide({ mean: meanY, sd: sdY, n }, variables[1], of)
  const error = standardError.correlation(toDigits(correlation ?? 0, 2), n)
  const r = roundOnRung(correlation ?? 0, error, { rung: of.cell.rung }, settings)
  const size = sideX.sd.value * sideY.sd.value * (n - 1)
  const spreadOf = ({ sd }: { sd: Rounded }) => ({
    deviations: sd.value ** 2 * (n - 1),
    within: (2 * sd.value + sd.within) * sd.within * (n - 1)
  })
  const [spreadX, spreadY] = [spreadOf(sideX), spreadOf(sideY)]
  const moments = {
    n,
    sum: sideX.mean.value * n,
    deviations: spreadX.deviations,
    second: { sum: sideY.mean.value * n, deviations: spreadY.deviations, cross: r.value * size },
    accuracy: {
      ...countWithin(of.cell, of.writing),
      sum: sideX.mean.within * n,
      deviations: spreadX.within,
      second: {
        sum: sideY.mean.within * n,
        deviations: spreadY.within,
        cross:
          r.within * size +
          Math.abs(r.value) * (n - 1) * (sideX.sd.within * sideY.sd.value + sideY.sd.within * sideX.sd.value)
      }
    }
  }
  const value = kind === 'covariance' ? toDigits((r.value * size) / (n - 1), 12) : r.value
  // A variable that does not vary here has no correlation at this site, but its part counts in the pooled correlation.
  return { value: kind === 'correlation' && correlation === null ? null : value, part: { moments } }
}
