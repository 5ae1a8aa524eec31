/** Data for measures of spread and shape: sums of higher powers, and the contributions of single subjects to distances from the mean. */
import type { Deviations, Measure, Plan, VariableRef } from '@stimnet/protocol'
import type { Row } from '../engine.ts'
import type { Base } from './base.ts'
import { byGroup, groupId, type PairAt, type ReduceSession } from './groups.ts'

/** Values by the `groupId` of a group. */
type ByGroup<T> = ReadonlyMap<string, T>

/** Sums of the third and fourth powers. */
export interface Powers {
  readonly cubes: bigint
  readonly fourths: bigint
}

/**
 * The powers of distances from the mean that the measures of a variable disclose. Sums and means disclose none. But for signed values, the
 * distances show whether one person makes up nearly the whole number.
 */
export function powersOf(variable: VariableRef, { measures }: Plan, isSigned: boolean): readonly Deviations['power'][] {
  const kinds = measures.flatMap((m: Measure) => ('variable' in m && m.variable === variable ? [m.kind] : []))
  if (kinds.includes('kurtosis')) return [2, 3, 4]
  if (kinds.includes('skewness')) return [2, 3]
  const isAdded = kinds.includes('sum') || kinds.includes('mean')
  return kinds.includes('variance') || kinds.includes('sd') || (isSigned && isAdded) ? [2] : []
}

/**
 * Sums of the third and fourth powers by group, as bigints, since the engine's integers would overflow. Each distinct value is read once,
 * with its frequency.
 */
export async function powerSums(at: number, base: Base, { session, signal }: ReduceSession): Promise<ByGroup<Powers>> {
  const keys = base.keys.map((_, i) => `k${i}`)
  const by = [...keys, `x${at}`].join(', ')
  const sql = `SELECT ${by}, count(*) FROM ${base.from} WHERE x${at} IS NOT NULL GROUP BY ${by}`
  const found = new Map<string, { cubes: bigint; fourths: bigint }>()
  for await (const rows of session.chunks(sql, base.parameters, signal)) {
    for (const row of rows) {
      const group = groupId(row.slice(0, keys.length).map((cell) => (cell === null ? null : Number(cell))))
      const [value, times] = row.slice(keys.length).map((number) => BigInt(number as bigint))
      const sums = found.get(group) ?? { cubes: 0n, fourths: 0n }
      found.set(group, sums)
      const cube = (times ?? 0n) * (value ?? 0n) ** 3n
      sums.cubes += cube
      sums.fourths += cube * (value ?? 0n)
    }
  }
  return found
}

/** A distance from the mean: the value, the rows, and the power. */
export interface DistanceAt {
  readonly at: number
  /** The other variable of a pair. Only rows with both values count. */
  readonly with?: number
  /** The column that marks the rows to leave out of the pair. */
  readonly leftOut?: string
  readonly power: Deviations['power']
}

/** The distances of a pair: one for the first and one for the second variable. */
export function pairDistances([x, y, leftOut]: PairAt): readonly DistanceAt[] {
  const without = leftOut === undefined ? {} : { leftOut }
  return [
    { at: x, with: y, power: 2, ...without },
    { at: y, with: x, power: 2, ...without }
  ]
}

/** The distances of each group, in the order of `distances`. */
export async function deviationsBy(
  distances: readonly DistanceAt[],
  base: Base,
  reading: ReduceSession
): Promise<ByGroup<readonly Deviations[]>> {
  if (distances.length === 0) return new Map()
  const parts = distances.flatMap((_, i) => [`sum(e${i})`, `max(e${i}, 2)`])
  const rows = await byGroup(parts, base, reading, distancesSql(distances, base, reading))
  return new Map(
    rows.map(({ cells, values }) => [
      groupId(cells),
      distances.map(({ power }, i) => readDeviations(power, values.slice(2 * i, 2 * i + 2)))
    ])
  )
}

/** SQL for the distances, which are summed by subject if a subject can have several rows. */
function distancesSql(distances: readonly DistanceAt[], base: Base, { items }: ReduceSession): string {
  const keys = base.keys.map((_, i) => `k${i}`)
  const means = distances.map((distance, i) => `avg(${valueSql(distance)}) AS m${i}`)
  const grouped = keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`
  const middle = `(SELECT ${[...keys, ...means].join(', ')} FROM ${base.from}${grouped})`
  const on = keys.length === 0 ? 'true' : keys.map((key) => `b.${key} IS NOT DISTINCT FROM m.${key}`).join(' AND ')
  const own = keys.map((key) => `b.${key}`)
  const terms = distances.map((distance, i) => {
    const term = powerSql(`abs(${valueSql(distance, 'b.')} - m.m${i})`, distance.power)
    return `${items === undefined ? term : `sum(${term})`} AS e${i}`
  })
  const bySubject = items === undefined ? '' : ` GROUP BY ${[...own, 'b.s'].join(', ')}`
  return `(SELECT ${[...own, ...terms].join(', ')} FROM ${base.from} AS b JOIN ${middle} AS m ON ${on}${bySubject})`
}

function valueSql({ at, with: other, leftOut }: DistanceAt, prefix = ''): string {
  const value = `${prefix}x${at}`
  if (other === undefined) return value
  const isIn = leftOut === undefined ? '' : ` AND NOT ${prefix}${leftOut}`
  return `CASE WHEN ${prefix}x${other} IS NOT NULL${isIn} THEN ${value} END`
}

function powerSql(distance: string, power: Deviations['power']): string {
  return Array.from({ length: power }, () => distance).join(' * ')
}

/** Scale for converting doubles to integers: 2^20, which is precise enough to judge shares. */
export const DEVIATION_UNIT = 2 ** 20

function readDeviations(power: Deviations['power'], [total, most]: Row): Deviations {
  const scaled = (value: unknown) => BigInt(Math.round(Number(value ?? 0) * DEVIATION_UNIT))
  const list = most === null || most === undefined ? [] : (most as { items: readonly unknown[] }).items
  return { power, total: scaled(total), largest: [scaled(list[0]), scaled(list[1])] }
}
