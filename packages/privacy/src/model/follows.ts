/**
 * Columns of a model that follow from others. If a combination of columns is zero for everybody, somebody who knows a
 * person's other values can compute the last value. The Gram matrix discloses such a combination, as a correlation of one
 * would.
 */
import type { GramMeasure, VariableRef } from '@stimnet/protocol'
import {
  columnsOfModel,
  type DesignColumn,
  independentIn,
  type IntegerMatrix,
  partAt,
  solveExactly
} from '@stimnet/statistics'

/** The variables of each combination of columns that is zero for everybody; none where the columns are independent. */
export function followingIn(
  measure: GramMeasure,
  matrix: IntegerMatrix,
  columns: readonly DesignColumn[] = columnsOfModel(measure)
): readonly (readonly VariableRef[])[] {
  const kept = independentIn(matrix)
  return columns.flatMap((column, at) => {
    // A column of zeros belongs to levels that nobody has. It is not part of a combination.
    if (kept.includes(at) || matrix[at]?.[at] === 0n) return []
    const before = kept.filter((one) => one < at)
    const { solution } = solveExactly(
      partAt(matrix, before),
      before.map((one) => matrix[one]?.[at] ?? 0n)
    )
    const others = before.flatMap((one, i) => (solution[i] === 0n ? [] : (columns[one] ?? [])))
    return [[...new Set([column, ...others].flatMap(variablesIn))]]
  })
}

function variablesIn({ number, levels }: DesignColumn): VariableRef[] {
  return [...(number === undefined ? [] : [number]), ...levels.keys()]
}
