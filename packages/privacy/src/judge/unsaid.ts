/**
 * The facts that others do not know about the groups of a table. They are the same for all groups, except for groups of rows
 * that few people have: these groups are judged as if they were the subject of a separate question.
 */
import type { Plan, ReducedGroup, VariableRef } from '@stimnet/protocol'
import type { Defining } from './defining.ts'
import type { Possible } from './possible.ts'

/** The facts that others do not know about a group. */
export interface Unsaid {
  /** Variables that define who is in the group, each with the groups that result without the conditions on that variable. */
  readonly defining: readonly Defining[]
  /** Everybody who could be in the groups as far as others can tell; absent where others know every condition. */
  readonly possible?: Possible | undefined
}

/**
 * Groups of rows that few people have, such as an unplanned visit in a table by visit. Others know less about these groups
 * than about the remaining groups.
 */
export interface RareGroups extends Unsaid {
  /** The keys of the plan that identify such groups (`keys`), and the labels of such groups at these keys, as JSON (`labels`). */
  readonly keys: readonly VariableRef[]
  readonly labels: ReadonlySet<string>
}

/** The facts that others do not know about a group of a table. */
export function unsaidOf(
  { key }: Pick<ReducedGroup, 'key'>,
  { groupBy }: Plan,
  { rare, ...others }: Unsaid & { readonly rare?: RareGroups | undefined }
): Unsaid {
  if (rare === undefined) return others
  const own = rare.keys.map((name) => key[groupBy.findIndex(({ variable }) => variable === name)] ?? null)
  return rare.labels.has(JSON.stringify(own)) ? rare : others
}

/** The variables that define at least one group of a table. */
export function definingIn({
  defining,
  rare
}: Unsaid & { readonly rare?: RareGroups | undefined }): readonly Defining[] {
  return rare === undefined ? defining : [...defining, ...rare.defining]
}
