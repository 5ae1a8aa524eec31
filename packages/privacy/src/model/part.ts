/** The Gram matrix as it is released. */
import type { GramMeasure, GramPart } from '@stimnet/protocol'
import { columnsOfModel, formulaOf, hasIntercept, type IntegerMatrix, namesIn, upperOf } from '@stimnet/statistics'

/** The part of an answer from which a model is fitted and pooled. */
export function gramPartOf(
  measure: GramMeasure,
  judged: { readonly matrix: IntegerMatrix; readonly decimals: readonly number[]; readonly people: number }
): GramPart {
  const { matrix, decimals, people } = judged
  const name = namesIn(measure)
  return {
    formula: formulaOf(measure),
    outcome: name(measure.outcome),
    factors: measure.factors.map(({ variable, levels }) => ({ name: name(variable), levels })),
    columns: columnsOfModel(measure).map((column, i) => ({ name: column.name, decimals: decimals[i] ?? 0 })),
    intercept: hasIntercept(measure),
    n: people,
    upper: upperOf(matrix),
    site: measure.site
  }
}
