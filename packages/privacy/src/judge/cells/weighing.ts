/**
 * Sums in which people have different weights that others know or could know: sums of products with a second number, and sums of a
 * known number over people whom others do not know. They are judged together with the plain sums of the same thing, whatever the
 * second number is; see ledger/weighted.ts.
 */
import type { VariableRef } from '@stimnet/protocol'
import type { WeightedSums } from '../../ledger/draft.ts'
import type { SpanLedger } from '../../ledger/span-ledger.ts'
import type { VariableFacts } from '../facts.ts'
import { factorsIn, type Power, quantityOfWhom, weightIn } from '../numbers.ts'

/** The values by which people are weighed: by subject, or by row of the table with several rows per subject; NaN if missing. */
export interface Weighing {
  readonly by: 'subject' | 'row'
  readonly values: Float64Array
}

/** The values by which people are weighed, by the site's own name of the variable. */
export type Weights = ReadonlyMap<VariableRef, Weighing>

/** The sums of a variable: plain ones, counts of its levels if it has two values, and products with other variables. */
export function sumsOf(
  { own, values }: Pick<VariableFacts, 'own' | 'values'>,
  weights: Weights,
  isOfRows: boolean
): WeightedSums {
  return {
    plain: [own],
    isOfRows,
    levels: values === 2 ? own : undefined,
    weighted: (quantities) =>
      quantities.flatMap((quantity) => {
        const [x, y] = factorsIn(quantity) ?? []
        const other = x === own ? y : y === own ? x : undefined
        return other === undefined ? [] : [{ quantity, weights: weights.get(other) }]
      })
  }
}

/** The sums over people whom others do not know, by the name under which everybody who could be among them is recorded. */
export function sumsOver(name: string, weights: Weights): WeightedSums {
  return {
    plain: [quantityOfWhom(name)],
    isOfRows: false,
    weighted: (quantities) =>
      quantities.flatMap((quantity) => {
        const weight = weightIn(quantity)
        if (weight?.name !== name) return []
        const found = weights.get(weight.own)
        const values = found && powersOf(found.values, weight.power)
        return [{ quantity, weights: found && values && { ...found, values } }]
      })
  }
}

/**
 * Higher powers are those of the distances from the mean: with the lower powers they span the same, and they do not lose the digits by which
 * people differ.
 */
function powersOf(values: Float64Array, power: Power): Float64Array {
  if (power === 1) return values
  const known = values.filter((value) => !Number.isNaN(value))
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
  return values.map((value) => (value - mean) ** power)
}

/** The variables by whose values people were weighed in released sums. */
export function variablesWeighed({ parts }: SpanLedger): VariableRef[] {
  const found = [...parts.spans.keys()].flatMap((quantity) => factorsIn(quantity) ?? weightIn(quantity)?.own ?? [])
  return [...new Set(found)]
}
