/** Noisy whole numbers as the columns that were asked for: arithmetic on what may be shown already. */
import {
  type CatalogDescriptor,
  type Measure,
  type MomentsPart,
  type OutputPart,
  type OutputRow,
  resolveVariable,
  type VariableRef
} from '@stimnet/protocol'
import { ratioToNumber, valueOfMoments } from '@stimnet/statistics'
import type { NoisyGroup } from './draw.ts'
import { boundsIn, numbersIn, spreadsOf } from './error.ts'
import { numberKey } from './numbers.ts'
import type { DpPlan } from './plan.ts'

/** The rows of the answer. */
export function rowsOfNoise(plan: DpPlan, groups: readonly NoisyGroup[], descriptor: CatalogDescriptor): OutputRow[] {
  const places = new Map(plan.numbers.map((number, i) => [numberKey(number), i]))
  const columns = plan.plan.measures.map((measure) => ({
    measure,
    spreads: spreadsOf(plan, measure),
    at: numbersIn(plan, measure).map((number) => places.get(numberKey(number)) ?? -1)
  }))
  return groups.map(({ key, values }) => {
    const cells = columns.map((column) => {
      const own = column.at.map((place) => values[place] ?? 0n)
      return { name: column.measure.name, ...cellOf({ ...column, plan, descriptor, own }) }
    })
    return {
      values: [...key, ...cells.map(({ value }) => value)],
      parts: Object.fromEntries(cells.flatMap(({ name, part }) => (part === undefined ? [] : [[name, part]])))
    }
  })
}

interface Column {
  readonly plan: DpPlan
  readonly descriptor: CatalogDescriptor
  readonly measure: Measure
  readonly spreads: readonly number[]
  /** Noisy, in the order of the column's numbers. */
  readonly own: readonly bigint[]
}

interface Cell {
  /** Null where the number is not defined, and then there is no part. */
  readonly value: number | null
  readonly part?: OutputPart
}

function cellOf(column: Column): Cell {
  const { measure, own, spreads } = column
  const [first = 0n] = own
  const [sd = 0] = spreads
  switch (measure.kind) {
    case 'sum': {
      const { decimals } = boundsIn(column.plan, measure.variable)
      const value = ratioToNumber(first, 10n ** BigInt(decimals))
      return { value, part: { add: value, sd: sd * 10 ** -decimals } }
    }
    case 'mean':
    case 'variance':
    case 'sd':
    case 'skewness':
      return momentsCell(column, { kind: measure.kind, variable: measure.variable })
    case 'share':
      return shareCell(column)
    case 'quantile': {
      const { breakpoints } = resolveVariable(column.descriptor, measure.variable, column.plan.plan.tables).variable
      const value = breakpoints[Number(first)] ?? 0
      return { value, part: { choice: value } }
    }
    default: {
      const value = Number(notNegative(first))
      return { value, part: { add: value, sd } }
    }
  }
}

/** At least one: of a group that nobody may be in a mean is asked all the same. */
function shareCell({ own, spreads }: Column): Cell {
  const [present = 0n, having = 0n] = own
  const of = present > 1n ? present : 1n
  const some = notNegative(having) < of ? notNegative(having) : of
  const value = Number(some) / Number(of)
  const [sdOf = 0, sdHaving = 0] = spreads
  const sd = Math.hypot(sdHaving, value * sdOf) / Number(of)
  return { value, part: { share: { having: Number(some), of: Number(of) }, sd } }
}

function momentsCell(
  { plan, own, spreads }: Column,
  { kind, variable }: { kind: 'mean' | 'variance' | 'sd' | 'skewness'; variable: VariableRef }
): Cell {
  const [count = 0n, offsets = 0n, squares = 0n, cubes = 0n] = own
  const { lower, upper, decimals } = boundsIn(plan, variable)
  const least = kind === 'mean' ? 1n : 2n
  const rows = count > least ? count : least
  const n = Number(rows)
  const halfUnit = 2n * 10n ** BigInt(decimals)
  const width = ratioToNumber(upper - lower, halfUnit)
  const middle = ratioToNumber(lower + upper, halfUnit)
  const away = Math.min(width, Math.max(-width, ratioToNumber(offsets, rows * halfUnit)))
  const sdAway = Math.hypot((spreads[1] ?? 0) / Number(halfUnit), away * (spreads[0] ?? 0)) / n
  const sum = (middle + away) * n
  if (kind === 'mean') return { value: sum / n, part: { moments: { n, sum }, sd: sdAway } }
  const squaresMean = ratioToNumber(squares, rows * halfUnit ** 2n)
  // No spread is below nothing, nor, between two ends, above a quarter of their squared distance.
  const deviations = Math.min(width ** 2, Math.max(0, squaresMean - away ** 2)) * n
  const moments: MomentsPart = { n, sum, deviations }
  if (kind === 'skewness') {
    const spread = deviations / n
    const third = ratioToNumber(cubes, rows * halfUnit ** 3n) - 3 * away * spread - away ** 3
    // Nobody is further from the mean than one bound from the other.
    const within = Math.min((2 * width) ** 3, Math.max(-((2 * width) ** 3), third)) * n
    const value = valueOfMoments(kind, { ...moments, third: within })
    return value === null ? { value } : { value, part: { moments: { ...moments, third: within } } }
  }
  return { value: valueOfMoments(kind, moments) ?? 0, part: { moments } }
}

function notNegative(value: bigint): bigint {
  return value < 0n ? 0n : value
}
