/** Conversion of noisy whole numbers to the requested columns. Only numbers that may already be released are used. */
import {
  type CatalogDescriptor,
  type Measure,
  type NoisyMoments,
  type OutputColumn,
  type OutputPart,
  type OutputRow,
  resolveVariable,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { edgesOfIntegers, OPEN_END, poolCells, ratioToNumber } from '@stimnet/statistics'
import type { NoisyGroup } from './draw.ts'
import { boundsIn, halvesOf, numbersIn, spreadOf } from './error.ts'
import { type DpNumber, numberKey } from './numbers.ts'
import type { DpPlan } from './plan.ts'

/**
 * The rows of the answer. A part holds the noisy numbers as drawn, so that counts can be below zero. The shown value is
 * the result of pooling this part alone.
 */
export function rowsOfNoise(
  plan: DpPlan,
  groups: readonly NoisyGroup[],
  { descriptor, columns }: { descriptor: CatalogDescriptor; columns: readonly OutputColumn[] }
): OutputRow[] {
  const places = new Map(plan.numbers.map((number, i) => [numberKey(number), i]))
  const measured = columns.slice(plan.plan.groupBy.length)
  return groups.map(({ key, values }) => {
    const drawn = (number: DpNumber) => values[places.get(numberKey(number)) ?? -1] ?? []
    const parts = plan.plan.measures.map((measure) => partOf({ plan, descriptor, drawn }, measure))
    return {
      values: [...key, ...measured.map((column, i) => poolCells(column, parts.slice(i, i + 1)))],
      parts: Object.fromEntries(plan.plan.measures.flatMap(({ name }, i) => (parts[i] ? [[name, parts[i]]] : [])))
    }
  })
}

interface Drawn {
  readonly plan: DpPlan
  readonly descriptor: CatalogDescriptor
  /** The noisy values of a number: one value, or one per bin. */
  readonly drawn: (number: DpNumber) => readonly bigint[]
}

function partOf(from: Drawn, measure: Measure): OutputPart {
  const { plan, descriptor, drawn } = from
  const numbers = numbersIn(plan, measure)
  const [first, second] = numbers
  if (first === undefined) throw new TypeError('a column that is made of nothing')
  const sd = spreadOf(plan, first)
  const drawnOne = (number: DpNumber | undefined) => (number && drawn(number)[0]) ?? 0n
  switch (measure.kind) {
    case 'sum': {
      const { decimals } = boundsIn(plan, measure.variable)
      const step = 10 ** -decimals
      return { add: ratioToNumber(drawnOne(first), 10n ** BigInt(decimals)), sd: sd * step, step }
    }
    case 'share':
      return { share: { having: Number(drawnOne(second)), of: Number(drawnOne(first)) }, sd_each: sd }
    case 'quantile': {
      const ends = binEnds(descriptor, measure.variable, plan.plan.tables)
      const rows = drawn(first).map(Number)
      return { bins: rows.map((many, i) => ({ from: ends[i] ?? 0, to: ends[i + 1] ?? 0, rows: many })), sd_each: sd }
    }
    case 'subjects':
    case 'rows':
    case 'count':
      return { add: Number(drawnOne(first)), sd }
    default:
      return { noisy: noisyMoments(from, numbers, variablesOf(measure)) }
  }
}

/**
 * Edges of the declared bins. The outermost edges are the declared minimum and maximum, because a value outside them counts
 * as the nearest bound. Where bounds are missing, or do not lie beyond the breakpoints, the outermost bins are open.
 */
function binEnds(descriptor: CatalogDescriptor, ref: VariableRef, tables: readonly string[]): number[] {
  const { breakpoints, bounded, minimum, maximum, type } = resolveVariable(descriptor, ref, tables).variable
  const [lowest = 0, highest = 0] = [breakpoints[0], breakpoints.at(-1)]
  const edges = [
    bounded && minimum < lowest ? minimum : -OPEN_END,
    ...breakpoints,
    bounded && maximum > highest ? maximum : OPEN_END
  ]
  return type === 'integer' ? edgesOfIntegers(edges) : edges
}

function noisyMoments(
  { plan, drawn }: Drawn,
  numbers: readonly DpNumber[],
  variables: readonly VariableRef[]
): NoisyMoments {
  const sumOf = (number: DpNumber, halfUnit: bigint) => ({
    sum: ratioToNumber(drawn(number)[0] ?? 0n, halfUnit),
    sd: spreadOf(plan, number) / Number(halfUnit)
  })
  const halfUnitOf = (variable: VariableRef) => 2n * 10n ** BigInt(boundsIn(plan, variable).decimals)
  const powersOf = (variable: VariableRef, kind: DpNumber['kind'], power: bigint) =>
    numbers
      .filter((number) => number.kind === kind && 'variable' in number && number.variable === variable)
      .slice(0, 1)
      .map((number) => sumOf(number, halfUnitOf(variable) ** power))[0]
  const products = numbers.find((number) => number.kind === 'products')
  return {
    rows: sumOf(numbers[0] ?? { kind: 'rows' }, 1n),
    variables: variables.map((variable) => {
      const bounds = boundsIn(plan, variable)
      const [squares, cubes] = [powersOf(variable, 'squares', 2n), powersOf(variable, 'cubes', 3n)]
      return {
        centre: ratioToNumber(bounds.lower + bounds.upper, halfUnitOf(variable)),
        ...halvesOf(bounds),
        first: powersOf(variable, 'offsets', 1n) ?? { sum: 0, sd: 0 },
        ...(squares ? { squares } : {}),
        ...(cubes ? { cubes } : {})
      }
    }),
    ...(products?.kind === 'products'
      ? {
          products: sumOf(
            products,
            products.pair.reduce((unit, { variable }) => unit * halfUnitOf(variable), 1n)
          )
        }
      : {})
  }
}
