/** Which variables take so few values that n, mean and variance are a frequency table in other words. */
import type { ReducedColumn, Reduction, SubjectSet, VariableRef } from '@stimnet/protocol'

/** n, mean and variance of a variable of three values solve for the three counts; of more, with more questions. */
const FEW_VALUES_MAX = 10

/**
 * The variables that take at most ten values in the cohort, over all groups together: that is what a reader can know of
 * them. A group of eight has at most eight ages, and nobody outside knows which.
 */
export function fewValued({ groups }: Reduction): ReadonlySet<VariableRef> {
  const values = new Map<VariableRef, Set<string> | 'many'>()
  for (const [variable, { levels, rows }] of groups.flatMap((group) => [...group.columns])) {
    const known = values.get(variable) ?? new Set<string>()
    if (known === 'many' || (rows > 0 && levels === undefined)) values.set(variable, 'many')
    else values.set(variable, new Set([...known, ...namesOf(levels)]))
  }
  const few = [...values].filter(([, known]) => known !== 'many' && known.size <= FEW_VALUES_MAX)
  return new Set(few.map(([variable]) => variable))
}

function namesOf(levels: ReducedColumn['levels']): string[] {
  return [...(levels ?? new Map<string, SubjectSet>())]
    .filter(([, subjects]) => subjects.size > 0)
    .map(([name]) => name)
}
