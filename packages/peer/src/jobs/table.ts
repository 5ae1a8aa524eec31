/** A plan over a cohort, reduced so that as much of it as can be told is: people whom it must leave out are left out first. */
import type { Catalog } from '@stimnet/data'
import { type Aggregate, type LeftOut, relaxedBy, unknownFacts, variableFacts } from '@stimnet/privacy'
import type { Filter, Plan, SubjectSet } from '@stimnet/protocol'
import type { CatalogPrivacy, ReleaseFacts } from './privacy.ts'

/** What is asked of a catalog. */
export interface TableAsked {
  readonly catalog: Catalog
  readonly plan: Plan
  readonly filter: Filter | undefined
  readonly cohort: SubjectSet
  /** As the request names it; absent for what is told to everybody. */
  readonly project?: string
}

type TableAggregate = Extract<Aggregate, { kind: 'table' }>

/** Times that it is reduced again without somebody more. Whoever has to be left out is found in two. */
const ROUNDS_MAX = 4

/** Throws as `Catalog.reduce`. */
export async function reduceTable(
  asked: TableAsked,
  privacy: Pick<CatalogPrivacy, 'leaveOut'>,
  signal?: AbortSignal
): Promise<TableAggregate> {
  const { catalog, filter, cohort, project } = asked
  const { descriptor, sourceOf } = catalog
  const facts: Omit<ReleaseFacts, 'aggregate'> = {
    ...{ cohort, filter, described: descriptor, sourceOf, codeHash: '', image: '' },
    ...(project === undefined ? {} : { project })
  }
  let aggregate = await reduced(asked, undefined, signal)
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const more = await privacy.leaveOut({ ...facts, aggregate })
    if (more === undefined) break
    aggregate = await reduced(asked, joined(aggregate.leftOut, more), signal)
  }
  return aggregate
}

async function reduced(
  { catalog, plan, filter, cohort }: TableAsked,
  leftOut: LeftOut | undefined,
  signal: AbortSignal | undefined
): Promise<TableAggregate> {
  const options = { ...(signal ? { signal } : {}), ...(leftOut ? { leftOut } : {}) }
  const known = variableFacts(catalog.descriptor, catalog.sourceOf)
  const factsOf = (variable: Parameters<typeof unknownFacts>[0]) => known.get(variable) ?? unknownFacts(variable)
  const relaxed = relaxedBy(catalog.descriptor, factsOf, { cohort: filter, plan })
  const reduction = await catalog.reduce(plan, cohort, options)
  const defining = []
  for (const { variable, question } of relaxed) {
    if (question === undefined) defining.push({ variable })
    else {
      const everybody = await catalog.cohort(question.cohort)
      const without = await catalog.reduce(question.plan, everybody, options)
      defining.push({ variable, without, level: question.level })
    }
  }
  return { kind: 'table', plan, reduction, defining, ...(leftOut ? { leftOut } : {}) }
}

/** People first: without them other values may need nobody left out. */
function joined(before: LeftOut | undefined, more: LeftOut): LeftOut {
  if (more.people !== undefined) {
    const people = before?.people?.or(more.people) ?? more.people
    return { people, columns: before?.columns ?? new Map(), pairs: before?.pairs ?? new Map() }
  }
  return {
    ...(before?.people ? { people: before.people } : {}),
    columns: union(before?.columns, more.columns),
    pairs: union(before?.pairs, more.pairs)
  }
}

function union<K>(a: ReadonlyMap<K, SubjectSet> | undefined, b: ReadonlyMap<K, SubjectSet>): Map<K, SubjectSet> {
  const all = new Map(a ?? [])
  for (const [key, set] of b) all.set(key, all.get(key)?.or(set) ?? set)
  return all
}
