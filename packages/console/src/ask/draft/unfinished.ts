/** Conditions that do not choose anybody yet, in words: left out in silence, the answer would be about everybody. */
import { isNumeric, type SharedVariable } from '../../words/variable.ts'
import type { Condition } from './draft.ts'

/** What a condition still lacks; undefined where it is whole. */
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

/** Each once, in the order of the conditions. */
export function unfinishedIn(conditions: readonly Condition[], variables: readonly SharedVariable[]): string[] {
  return [...new Set(conditions.flatMap((condition) => unfinished(condition, variables) ?? []))]
}
