/** The distances of values from the mean of their group, in memory. They only serve decisions; see `Deviations`. */
import type { Deviations } from '@stimnet/protocol'
import { DEVIATION_UNIT } from '../spread.ts'
import type { Grouping } from './groups.ts'
import { addDistances } from './loops.ts'

/**
 * The squares of the distances by group. For each group, `counts` is the number of rows with a value, and `sums` is the sum of these
 * values.
 */
export function deviationsIn(
  values: Float64Array,
  { sums, counts }: { readonly sums: readonly bigint[]; readonly counts: Uint32Array },
  { codes, groups }: Grouping
): Deviations[] {
  const means = Float64Array.from(groups, (_, group) => Number(sums[group]) / (counts[group] as number))
  const [totals, most, second] = [0, 1, 2].map(() => new Float64Array(groups.length)) as [
    Float64Array,
    Float64Array,
    Float64Array
  ]
  addDistances(values, codes, means, [totals, most, second])
  const scaled = (value: number) => BigInt(Math.round(value * DEVIATION_UNIT))
  return groups.map((_, group) => ({
    power: 2,
    total: scaled(totals[group] as number),
    largest: [scaled(most[group] as number), scaled(second[group] as number)]
  }))
}
