/**
 * What others do not know of the groups of a table. It is the same for all of them, unless some are of rows that few people have: those
 * are judged as if they were asked about by themselves.
 */
import type { Plan, ReducedGroup, VariableRef } from '@stimnet/protocol'
import type { Defining } from './defining.ts'
import type { Possible } from './possible.ts'

/** What others do not know of a group. */
export interface Unsaid {
  /** Variables that define who is in it, each with the groups that result without its conditions. */
  readonly defining: readonly Defining[]
  /** Everybody who could be in the groups as far as others can tell; absent where others know every condition. */
  readonly possible?: Possible | undefined
}

/** Groups of rows that few people have, such as an unplanned visit, in a table by this visit: of these, others know less than of the rest. */
export interface RareGroups extends Unsaid {
  /** Keys of the plan, and as JSON the labels that such groups have at them. */
  readonly keys: readonly VariableRef[]
  readonly labels: ReadonlySet<string>
}

/** What others do not know of a group of a table. */
export function unsaidOf(
  { key }: Pick<ReducedGroup, 'key'>,
  { groupBy }: Plan,
  { rare, ...others }: Unsaid & { readonly rare?: RareGroups | undefined }
): Unsaid {
  if (rare === undefined) return others
  const own = rare.keys.map((name) => key[groupBy.findIndex(({ variable }) => variable === name)] ?? null)
  return rare.labels.has(JSON.stringify(own)) ? rare : others
}

/** The variables that define any group of a table. */
export function definingIn({
  defining,
  rare
}: Unsaid & { readonly rare?: RareGroups | undefined }): readonly Defining[] {
  return rare === undefined ? defining : [...defining, ...rare.defining]
}
