/**
 * Exact digits that tell of single people. The ledgers bound what sums say as combinations of sums; whole numbers say more. Somebody
 * who knows everybody's age solves the exact sum of the ages of those with an event for who they are; and if all ages but one are
 * whole years, the exact sum of age times score says what the score of that one is, modulo the rest.
 */
import type { VariableRef } from '@stimnet/protocol'
import type { Defining } from './defining.ts'
import type { FactsOf } from './facts.ts'

/**
 * Whether numbers that others know are summed over people, or with values, that they do not know. `levels` are the categories whose
 * groups are summed over besides. Looks at no data.
 */
export function digitsTell(numbers: readonly VariableRef[], { defining, facts, levels = [] }: Summed): boolean {
  const isKnown = (variable: VariableRef) => facts(variable).identifying
  return numbers.some(isKnown) && (defining.length > 0 || ![...numbers, ...levels].every(isKnown))
}

/** What numbers are summed over. */
interface Summed {
  /** See `Defining`: variables that others do not know. */
  readonly defining: readonly Defining[]
  readonly facts: FactsOf
  readonly levels?: readonly VariableRef[]
}
