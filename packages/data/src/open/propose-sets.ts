/**
 * Proposal of an analysis set. Variables of which most people have a value are added one by one, in each step the variable that excludes
 * the fewest people. Variables that are missing for the same people exclude nobody after the first of them, so that they are added or left
 * out together. The proposal reads data and is for the steward.
 */
import type { Filter, SubjectSet } from '@stimnet/protocol'
import type { Catalog } from './catalog.ts'

/** A proposed analysis set. */
export interface SetProposal {
  /** Variables as `table.variable`, in the order of declaration; empty if no variable is left. */
  readonly completeOn: readonly string[]
  /** Variables that would leave too few people in the set, and variables of tables with several rows per subject. */
  readonly costly: readonly string[]
  readonly several: readonly string[]
  /** Lower bound for the share of people who are kept, in tenths. It is too coarse to disclose anything about a few people. */
  readonly keptTenths: number
}

/** The smallest share of all people that a proposed set keeps, in tenths. */
export const KEPT_TENTHS_MIN = 8

/** Proposes an analysis set. `k` is the smallest number of people that may be left out. Throws NODE_ERROR. */
export async function proposeSet(catalog: Catalog, k: number): Promise<SetProposal> {
  const all = catalog.descriptor.tables.flatMap(({ name, oneRowPerSubject, variables }) =>
    variables
      .filter(({ type }) => type !== 'text')
      .map((variable) => ({ ref: `${name}.${variable.name}`, isOne: oneRowPerSubject }))
  )
  const found = new Map<string, SubjectSet>()
  for (const { ref, isOne } of all) if (isOne) found.set(ref, await havingOne(catalog, ref))
  const everyone = await catalog.cohort(undefined)
  const { taken, complete } = cheapest(found, everyone)
  const rest = everyone.size - complete.size
  const kept = everyone.size - (rest > 0 ? Math.max(rest, k) : 0)
  return {
    completeOn: [...found.keys()].filter((ref) => taken.has(ref)),
    costly: [...found.keys()].filter((ref) => !taken.has(ref)),
    several: all.flatMap(({ ref, isOne }) => (isOne ? [] : [ref])),
    keptTenths: everyone.size === 0 ? 0 : Math.floor((10 * kept) / everyone.size)
  }
}

/**
 * The variables of a set, and the people who have a value of each. In each step the variable that leaves the most people is added, the
 * first one in case of a tie, as long as enough people are left.
 */
function cheapest(
  found: ReadonlyMap<string, SubjectSet>,
  everyone: SubjectSet
): { readonly taken: ReadonlySet<string>; readonly complete: SubjectSet } {
  const taken = new Set<string>()
  let complete = everyone
  for (;;) {
    let next: { readonly ref: string; readonly left: SubjectSet } | undefined
    for (const [ref, having] of found) {
      if (taken.has(ref)) continue
      const left = complete.and(having)
      if (next === undefined || left.size > next.left.size) next = { ref, left }
    }
    if (next === undefined || 10 * next.left.size < KEPT_TENTHS_MIN * everyone.size) return { taken, complete }
    taken.add(next.ref)
    complete = next.left
  }
}

/** The people who have a row with a value of the variable. */
async function havingOne(catalog: Catalog, ref: string): Promise<SubjectSet> {
  const has: Filter = { not: { column: ref, op: 'is null', values: [] } }
  const plan = {
    tables: [ref.slice(0, ref.indexOf('.'))],
    groupBy: [],
    where: has,
    measures: [{ kind: 'subjects', name: 'people' }] as const
  }
  const everyone = await catalog.cohort(undefined)
  const { groups } = await catalog.reduce(plan, everyone)
  return groups[0]?.support ?? everyone.without(everyone)
}
