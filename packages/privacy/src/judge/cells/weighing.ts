/**
 * Sums in which people have different weights that others know or could know: sums of products with a second number, and sums of a
 * known number over people whom others do not know. They are judged together with the plain sums of the same thing, whatever the
 * second number is; see ledger/weighted.ts.
 */
import type { VariableRef } from '@stimnet/protocol'
import type { WeightedSums } from '../../ledger/draft.ts'
import type { SpanLedger } from '../../ledger/span-ledger.ts'
import type { VariableFacts } from '../facts.ts'
import { factorsIn, quantityOfWhom, weightIn } from '../numbers.ts'

/** The values by which people are weighed, by subject and by the site's own name of the variable; NaN if missing. */
export type Weights = ReadonlyMap<VariableRef, Float64Array>

/** The sums of a variable: plain ones, counts of its levels if it has two values, and products with other variables. */
export function sumsOf({ own, values }: Pick<VariableFacts, 'own' | 'values'>, weights: Weights): WeightedSums {
  return {
    plain: [own],
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
    weighted: (quantities) =>
      quantities.flatMap((quantity) => {
        const weight = weightIn(quantity)
        if (weight?.name !== name) return []
        const values = weights.get(weight.own)
        return [{ quantity, weights: weight.power === 2 ? values?.map((value) => value ** 2) : values }]
      })
  }
}

/** The variables by whose values people were weighed in released sums. */
export function variablesWeighed({ parts }: SpanLedger): VariableRef[] {
  const found = [...parts.spans.keys()].flatMap((quantity) => factorsIn(quantity) ?? weightIn(quantity)?.own ?? [])
  return [...new Set(found)]
}
