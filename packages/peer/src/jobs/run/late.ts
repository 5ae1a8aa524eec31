/**
 * Answers as if values that came with a later epoch were still missing, as long as few people of a group have such values. This concerns
 * groups that others do not know: whether such a group has one more person would show the new value of that person. See decision 106.
 */
import type { Catalog, Late, LateItem } from '@stimnet/data'
import { factsIn, usedUpTo, variableFacts } from '@stimnet/privacy'
import {
  columnsOf,
  type Filter,
  type Plan,
  resolveVariable,
  setIn,
  setOfCohort,
  SubjectSet,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { hiddenIn } from './hidden.ts'
import { possibleOf } from './table.ts'

interface Asked {
  readonly catalog: Catalog
  readonly plan: Plan
  readonly filter: Filter | undefined
}

/** The people of a group as far as others can tell; with rows of one table if the group is about rows with one label. */
interface Part {
  readonly people: SubjectSet
  readonly rows?: { readonly table: string; readonly of: SubjectSet }
}

/** The catalog as the question may see it. It is the given catalog, unless few people of a group have late values. */
export async function asBefore(asked: Asked, { k }: { readonly k: number }): Promise<Catalog> {
  const { catalog } = asked
  if (catalog.descriptor.synthetic) return catalog
  const came = await catalog.late()
  const isNone = ({ values, rows }: Late) => values.size + rows.size === 0
  if (isNone(came)) return catalog
  const late = concerning(came, asked)
  if (isNone(late)) return catalog
  const parts = await partsOf(asked)
  const values = [...late.values].map(([name, items]) => ({ name, table: name.slice(0, name.indexOf('.')), items }))
  const all = [...values, ...[...late.rows].map(([name, items]) => ({ name, table: name, items }))]
  const held = new Map<string, LateItem[]>()
  for (const part of parts) {
    const here = all.map((one) => ({ ...one, items: one.items.filter((item) => isIn(part, one.table, item)) }))
    const arrivals = here.flatMap(({ items }) => items.map(({ subject: person, since }) => ({ person, since })))
    const used = usedUpTo(arrivals, k)
    for (const { name, items } of here) {
      const own = items.filter(({ since }) => since > used)
      if (own.length > 0) held.set(name, [...(held.get(name) ?? []), ...own])
    }
  }
  if (held.size === 0) return catalog
  const of = <K extends string>(from: ReadonlyMap<K, unknown>) =>
    new Map([...from.keys()].flatMap((name) => (held.has(name) ? [[name, held.get(name) ?? []] as const] : [])))
  return catalog.without({ values: of(late.values), rows: of(late.rows) })
}

/** The late values and rows on which a question depends and which others do not know. */
function concerning({ values, rows }: Late, { catalog, plan, filter }: Asked): Late {
  const { descriptor } = catalog
  const facts = factsIn(variableFacts(descriptor, catalog.sourceOf))
  const resolved = (names: readonly string[], tables?: readonly string[]) =>
    names.filter((name) => setIn(name) === undefined).map((name) => resolveVariable(descriptor, name, tables).ref)
  const refs = [
    ...resolved(filter === undefined ? [] : columnsOf(filter)),
    ...resolved(setOfCohort(filter, descriptor)?.completeOn ?? []),
    ...resolved(plan.where === undefined ? [] : columnsOf(plan.where), plan.tables),
    ...plan.groupBy.map(({ variable }) => variable),
    ...plan.measures.flatMap(variablesOf)
  ]
  const unknown = new Set(refs.filter((ref) => !facts(ref).identifying).map((ref) => facts(ref).own))
  const tables = new Set([...plan.tables, ...refs.map((ref) => ref.slice(0, ref.indexOf('.')))])
  return {
    values: new Map([...values].filter(([ref]) => unknown.has(ref))),
    rows: new Map([...rows].filter(([table]) => tables.has(table)))
  }
}

/** The parts of a question whose conditions others do not know; none if they know all conditions. */
async function partsOf({ catalog, plan, filter: cohort }: Asked): Promise<Part[]> {
  const asked = { cohort, plan }
  const { hidden, rare } = await hiddenIn(catalog, asked)
  // Groups of rows that few people have are among the groups of the question.
  const possible = await possibleOf(catalog, asked, rare?.hidden ?? hidden)
  if (possible === undefined || possible.unknown.length === 0) return []
  const groups = possible.groups.length === 0 ? [undefined] : possible.groups.map(({ people }) => people)
  const parts: Part[] = []
  const labels = new Map<string, Promise<Part['rows']>>()
  // Each set by itself: late people who could only meet another condition make no group for those who could meet this one.
  for (const { row, people } of possible.sets) {
    const label = JSON.stringify(row ?? null)
    const found = labels.get(label) ?? (row && rowsWith(catalog, row.variable, row.level))
    if (found !== undefined) labels.set(label, found)
    const rows = await found
    for (const group of groups)
      parts.push({ people: group === undefined ? people : people.and(group), ...(rows === undefined ? {} : { rows }) })
  }
  return parts
}

/** The rows of a table that have a label of a category. */
async function rowsWith(catalog: Catalog, variable: VariableRef, level: string): Promise<NonNullable<Part['rows']>> {
  const { table } = resolveVariable(catalog.descriptor, variable)
  const plan: Plan = {
    tables: [table.name],
    groupBy: [{ name: 'label', variable }],
    measures: [{ kind: 'rows', name: 'rows' }]
  }
  const { groups, items } = await catalog.reduce(plan, await catalog.cohort(undefined))
  const of = groups.find(({ key }) => key[0] === level)?.rowSet ?? SubjectSet.none(items?.rows ?? 0)
  return { table: table.name, of }
}

function isIn({ people, rows }: Part, table: string, { item, subject }: LateItem): boolean {
  return people.has(subject) && (rows?.table !== table || rows.of.has(item))
}
