/** The shown cells of a table as numbers, each with no more than what pools it. */
import {
  type Measure,
  type MomentsPart,
  type OutputColumn,
  type OutputPart,
  type OutputRow,
  type Plan,
  pairKey,
  type ReducedColumn,
  type ReducedGroup
} from '@stimnet/protocol'
import {
  correlationOf,
  covarianceOf,
  crossDeviationsOf,
  deviationsOf,
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
  valueOfMoments,
  varianceOf
} from '@stimnet/statistics'
import type { CellBasis, FactsOf } from './cell-basis.ts'
import { roundCount, roundDigits, roundMean, roundVariance } from './rounding.ts'
import type { PrivacySettings } from './settings.ts'
import type { TableRow } from './suppress.ts'

interface Shown {
  /** Null for a quantile that lies beyond the last breakpoint. */
  readonly value: number | null
  readonly part: OutputPart
}

/** The columns of a plan’s answer, keys first. */
export function columnsOfPlan(plan: Plan, facts: FactsOf): OutputColumn[] {
  const keys = plan.groupBy.map((key): OutputColumn => {
    const { unit } = facts(key.variable)
    return { name: key.name, role: 'key', kind: 'key', variables: [key.variable], ...(unit ? { unit } : {}) }
  })
  return [...keys, ...plan.measures.map((measure) => columnOf(measure, facts))]
}

const HAS_UNIT: readonly Measure['kind'][] = ['sum', 'mean', 'sd', 'quantile']

function columnOf(measure: Measure, facts: FactsOf): OutputColumn {
  const variables = 'variables' in measure ? [...measure.variables] : 'variable' in measure ? [measure.variable] : []
  const unit = HAS_UNIT.includes(measure.kind) && 'variable' in measure ? facts(measure.variable).unit : undefined
  const argument = measure.kind === 'share' ? measure.level : measure.kind === 'quantile' ? measure.q : undefined
  return {
    name: measure.name,
    role: 'measure',
    kind: measure.kind,
    variables,
    ...(unit ? { unit } : {}),
    ...(argument === undefined ? {} : { argument })
  }
}

/** One shown group as a row of the answer. */
export function rowOf(row: TableRow, settings: PrivacySettings): OutputRow {
  const parts: Record<string, OutputPart> = {}
  const values = row.cells.map(({ measure, basis }) => {
    const shown = basis === null ? null : showCell(row.group, measure, basis, settings)
    if (shown) parts[measure.name] = shown.part
    return shown?.value ?? null
  })
  return { values: [...row.group.key, ...values], parts }
}

/** Null where the number is not defined: no values, or a correlation of what does not vary. */
function showCell(group: ReducedGroup, measure: Measure, basis: CellBasis, settings: PrivacySettings): Shown | null {
  switch (measure.kind) {
    case 'subjects':
      return adding(roundCount(group.support.size, settings))
    case 'rows':
      return adding(roundCount(group.rows, settings))
    case 'count':
      return adding(roundCount(group.columns.get(measure.variable)?.rows ?? 0, settings))
    case 'share':
      return showShare(basis, group.columns.get(measure.variable)?.levels?.get(measure.level)?.size ?? 0, settings)
    case 'quantile':
      return showQuantile(basis, measure.q, settings)
    case 'covariance':
    case 'correlation':
      return showPair(group, measure, settings)
    default: {
      const column = group.columns.get(measure.variable)
      return column ? showValues(column, measure.kind, settings) : null
    }
  }
}

function adding(value: number): Shown {
  return { value, part: { add: value } }
}

function showShare(basis: CellBasis, having: number, settings: PrivacySettings): Shown | null {
  const of = roundCount(basis.support.size, settings)
  const shown = Math.min(of, roundCount(having, settings))
  return of === 0 ? null : { value: shown / of, part: { share: { having: shown, of } } }
}

function showQuantile(basis: CellBasis, q: number, settings: PrivacySettings): Shown {
  const bins = (basis.bins ?? []).map(({ from, to, rows }) => ({
    from: Math.max(from, -OPEN_END),
    to: Math.min(to, OPEN_END),
    rows: roundCount(rows, settings)
  }))
  return { value: quantileOf(bins, q), part: { bins } }
}

function isExact(settings: PrivacySettings): boolean {
  return settings.roundBase === 1 && settings.significantDigits >= 17
}

type ValueKind = 'sum' | 'mean' | 'variance' | 'sd' | 'skewness' | 'kurtosis'

function showValues(column: ReducedColumn, kind: ValueKind, settings: PrivacySettings): Shown | null {
  const sums: ExactSums = { n: column.rows, decimals: column.decimals, sum: column.sum, sumSquares: column.sumSquares }
  const mean = meanOf(sums)
  if (mean === null) return null
  // With rounded counts a sum is made of the rounded mean and n: an exact one beside the mean would give n away.
  const n = roundCount(column.rows, settings)
  const step = 10 ** -column.decimals
  const shownMean = isExact(settings) ? mean : roundMean(mean, column.rows, step, settings)
  const sum = isExact(settings) ? sumOf(sums) : shownMean * n
  if (kind === 'sum') return adding(sum)
  if (kind === 'mean') return { value: shownMean, part: { moments: { n, sum } } }
  const [deviations, variance, sd] = [deviationsOf(sums), varianceOf(sums), sdOf(sums)]
  if (deviations === null || variance === null || sd === null) return null
  if (kind === 'skewness' || kind === 'kurtosis') return showShape(column, kind, { n, sum, deviations }, settings)
  if (isExact(settings)) {
    return { value: kind === 'sd' ? sd : variance, part: { moments: { n, sum, deviations } } }
  }
  return fromMoments(kind, { n, sum, deviations: roundVariance(variance, column.rows, step ** 2, settings) * (n - 1) })
}

/** Kurtosis comes with skewness, which it needs to be pooled. */
function showShape(
  column: ReducedColumn,
  kind: 'skewness' | 'kurtosis',
  exact: { n: number; sum: number; deviations: number },
  settings: PrivacySettings
): Shown | null {
  const { decimals, sum, sumSquares, powers } = column
  if (powers === undefined) return null
  const sums = { n: column.rows, decimals, sum, sumSquares, ...powers }
  const [skewness, kurtosis, higher] = [skewnessOf(sums), kurtosisOf(sums), higherDeviationsOf(sums)]
  if (skewness === null || kurtosis === null || higher === null) return null
  if (isExact(settings)) {
    const { third, fourth } = higher
    const moments = { ...exact, third, ...(kind === 'kurtosis' ? { fourth } : {}) }
    return { value: kind === 'kurtosis' ? kurtosis : skewness, part: { moments } }
  }
  const variance = varianceOf(sums) ?? 0
  const deviations = roundVariance(variance, column.rows, 10 ** (-2 * decimals), settings) * (exact.n - 1)
  const square = deviations / exact.n
  const third = roundDigits(skewness, settings) * square ** 1.5 * exact.n
  const fourth = roundDigits(kurtosis, settings) * square ** 2 * exact.n
  return fromMoments(kind, {
    n: exact.n,
    sum: exact.sum,
    deviations,
    third,
    ...(kind === 'kurtosis' ? { fourth } : {})
  })
}

function showPair(
  group: ReducedGroup,
  measure: Extract<Measure, { kind: 'covariance' | 'correlation' }>,
  settings: PrivacySettings
): Shown | null {
  const pair = group.pairs.get(pairKey(...measure.variables))
  if (!pair) return null
  const sums = { ...pair, n: pair.rows }
  const { x, y } = sidesOf(sums)
  const [meanX, meanY, varianceX, varianceY] = [meanOf(x), meanOf(y), varianceOf(x), varianceOf(y)]
  const [covariance, correlation] = [covarianceOf(sums), correlationOf(sums)]
  if (meanX === null || meanY === null || varianceX === null || varianceY === null) return null
  if (covariance === null || correlation === null) return null
  if (isExact(settings)) {
    const second = { sum: sumOf(y), deviations: deviationsOf(y) ?? 0, cross: crossDeviationsOf(sums) ?? 0 }
    const moments: MomentsPart = { n: pair.rows, sum: sumOf(x), deviations: deviationsOf(x) ?? 0, second }
    return { value: measure.kind === 'covariance' ? covariance : correlation, part: { moments } }
  }
  const n = roundCount(pair.rows, settings)
  const [stepX, stepY] = pair.decimals.map((decimals) => 10 ** -decimals) as [number, number]
  const rounded = (value: number, step: number) => roundVariance(value, pair.rows, step, settings)
  return fromMoments(measure.kind, {
    n,
    sum: roundMean(meanX, pair.rows, stepX, settings) * n,
    deviations: rounded(varianceX, stepX ** 2) * (n - 1),
    second: {
      sum: roundMean(meanY, pair.rows, stepY, settings) * n,
      deviations: rounded(varianceY, stepY ** 2) * (n - 1),
      cross: rounded(covariance, stepX * stepY) * (n - 1)
    }
  })
}

function fromMoments(kind: string, moments: MomentsPart): Shown | null {
  const value = valueOfMoments(kind, moments)
  return value === null ? null : { value, part: { moments } }
}
