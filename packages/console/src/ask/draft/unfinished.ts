/** Incomplete conditions, as sentences. If such a condition were dropped silently, the answer would be about everybody. */
import { isNumeric, type SharedVariable } from '../../words/variable.ts'
import type { Condition } from './draft.ts'

/** The missing part of a condition; undefined if it is complete. */
export function unfinished(
  { column, op, values }: Condition,
  variables: readonly SharedVariable[]
): string | undefined {
  if (column === '') return 'A condition has no variable: choose one, or remove the condition.'
  const found = variables.find(({ ref }) => ref === column)
  if (found === undefined) return `No institution offers ${column} any more: remove the condition on it.`
  const hasValue = values.some((value) => value.trim() !== '')
  if (found.variable.levels.length > 0) {
    return hasValue ? undefined : `Choose at least one level of ${column}, or remove the condition on it.`
  }
  const isDivided = isNumeric(found.variable) || found.variable.type === 'date'
  const hasSide = !isDivided || op === '<' || op === '>='
  return hasValue && hasSide ? undefined : `Choose a bound of ${column} and “below” or “from”, or remove the condition.`
}

/** The missing parts of all conditions, without duplicates, in the order of the conditions. */
export function unfinishedIn(conditions: readonly Condition[], variables: readonly SharedVariable[]): string[] {
  return [...new Set(conditions.flatMap((condition) => unfinished(condition, variables) ?? []))]
}
