/** The values of one variable by subject or by row, for disclosure rules about variables that others are assumed to know. */
import type { VariableRef } from '@stimnet/protocol'
import { type KeptSource, keptVariable } from './kept/rows.ts'

/**
 * The stored value of each subject or, if the source has a number of rows, of each row of a table with several rows per subject: a number in
 * units of its last decimal, a category as the position of its level; NaN if missing. Throws the errors of `resolveVariable`.
 */
export async function knownValues(ref: VariableRef, from: KeptSource): Promise<Float64Array> {
  return (await keptVariable(ref, from)).column.values
}
