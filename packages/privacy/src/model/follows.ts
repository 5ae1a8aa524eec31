/**
 * Columns of a model that follow from others. Where a combination of columns is zero for everybody, whoever knows a person's other
 * values computes the last one. The matrix discloses that, as a correlation of one would.
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
    // Nobody has the levels of a column of zeros. It has no combination with others.
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
