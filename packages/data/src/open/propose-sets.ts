/**
 * Proposal of an analysis set: the variables of which most people have a value. A variable that costs too many people is left out,
 * the most expensive one first. The proposal looks at data, and is for the steward.
 */
import type { Filter, SubjectSet } from '@stimnet/protocol'
import type { Catalog } from './catalog.ts'

/** A proposed set. */
export interface SetProposal {
  /** `table.variable`, as they are declared; empty if no variable is left. */
  readonly completeOn: readonly string[]
  /** The variables that would cost too many people, and those of tables with several rows per subject. */
  readonly costly: readonly string[]
  readonly several: readonly string[]
  /** The share of the people who are kept at least, in steps of a tenth: it says nothing about a few people. */
  readonly keptTenths: number
}

/** The smallest share of all people that a proposed set keeps. */
const KEPT_MIN = 0.8

/** Proposes a set. `k` is the smallest number of people that may be left out. Throws NODE_ERROR. */
export async function proposeSet(catalog: Catalog, k: number): Promise<SetProposal> {
  const all = catalog.descriptor.tables.flatMap(({ name, oneRowPerSubject, variables }) =>
    variables
      .filter(({ type }) => type !== 'text')
      .map((variable) => ({ ref: `${name}.${variable.name}`, isOne: oneRowPerSubject }))
  )
  const found = new Map<string, SubjectSet>()
  for (const { ref, isOne } of all) if (isOne) found.set(ref, await havingOne(catalog, ref))
  const everyone = await catalog.cohort(undefined)
  const costly: string[] = []
  for (;;) {
    const names = [...found.keys()]
    const complete = completeOf(names, found, everyone)
    if (complete.size >= KEPT_MIN * everyone.size || names.length === 0) {
      const rest = everyone.size - complete.size
      const kept = everyone.size - (rest > 0 ? Math.max(rest, k) : 0)
      return {
        completeOn: names,
        costly,
        several: all.flatMap(({ ref, isOne }) => (isOne ? [] : [ref])),
        keptTenths: everyone.size === 0 ? 0 : Math.floor((10 * kept) / everyone.size)
      }
    }
    const dearest = names.reduce((a, b) => (keptWithout(b) > keptWithout(a) ? b : a))
    costly.push(dearest)
    found.delete(dearest)
  }

  function keptWithout(name: string): number {
    return completeOf(
      [...found.keys()].filter((one) => one !== name),
      found,
      everyone
    ).size
  }
}

/** Those who have a row of the variable's table with a value in it. */
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

function completeOf(
  names: readonly string[],
  found: ReadonlyMap<string, SubjectSet>,
  everyone: SubjectSet
): SubjectSet {
  return names.reduce((set, name) => set.and(found.get(name) ?? everyone), everyone)
}
