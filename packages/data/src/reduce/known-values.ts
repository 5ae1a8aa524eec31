/** The values of one variable by subject, for disclosure rules about variables that others are assumed to know. */
import { resolveVariable, StimnetError, type VariableRef } from '@stimnet/protocol'
import { type KeptSource, keptVariable } from './kept/rows.ts'

/**
 * The stored value of each subject, for a table with one row per subject: a number in units of its last decimal, a category as the position
 * of its level; NaN if missing. Throws NODE_ERROR for any other table; throws the errors of `resolveVariable`.
 */
export async function knownValues(ref: VariableRef, from: KeptSource): Promise<Float64Array> {
  const { table } = resolveVariable(from.descriptor, ref)
  if (!table.oneRowPerSubject) throw new StimnetError('NODE_ERROR', `${ref} has several values per subject`)
  return (await keptVariable(ref, from)).column.values
}
