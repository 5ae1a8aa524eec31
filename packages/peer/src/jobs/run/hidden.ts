/**
 * The tables of which others do not know who has a row. That somebody is in a table of infections, or has a row of an unscheduled visit,
 * says as much as a value.
 */
import type { Catalog } from '@stimnet/data'
import { factsIn, type FactsOf, type Hidden, possibleBy, rowVariable, variableFacts } from '@stimnet/privacy'
import { columnsOf, type Filter, type Plan, resolveVariable, setIn, type VariableRef } from '@stimnet/protocol'

/** What others do not know of a table. */
interface Unsaid {
  /** Whether somebody has a row. */
  readonly isHidden: boolean
  /** By the category by which others know its rows, the levels at which fewer than half of the people have one. */
  readonly rare?: { readonly variable: VariableRef; readonly levels: ReadonlySet<string> }
}

/** By table. A catalog is kept for an epoch, and in the words of a request for that request. */
const UNSAID = new WeakMap<Catalog, Map<string, Unsaid>>()

interface Asked {
  readonly cohort?: Filter | undefined
  readonly plan?: Plan | undefined
}

/**
 * The tables of a question that say so, and of its others those in which fewer than half of the people of the catalog have a row, or have
 * one of those that are asked about. Synthetic data have no such table.
 */
export async function hiddenIn(catalog: Catalog, asked: Asked): Promise<Hidden> {
  if (catalog.descriptor.synthetic) return new Set()
  const facts = factsIn(variableFacts(catalog.descriptor, catalog.sourceOf))
  const known = UNSAID.get(catalog) ?? new Map<string, Unsaid>()
  UNSAID.set(catalog, known)
  const tables = tablesIn(catalog, asked)
  for (const table of tables) if (!known.has(table)) known.set(table, await unsaidOf(catalog, facts, table))
  const hidden = new Set(tables.filter((table) => known.get(table)?.isHidden))
  const isRare = (table: string) => {
    const { rare } = known.get(table) ?? {}
    return rare !== undefined && isAboutRare({ catalog, facts, hidden, asked }, rare)
  }
  return new Set([...hidden, ...tables.filter((table) => !hidden.has(table) && isRare(table))])
}

/** The tables that a question reads. */
function tablesIn({ descriptor }: Catalog, { cohort, plan }: Asked): string[] {
  const read = (filter: Filter | undefined, tables?: readonly string[]) =>
    (filter === undefined ? [] : columnsOf(filter))
      .filter((column) => setIn(column) === undefined)
      .map((column) => resolveVariable(descriptor, column, tables).table.name)
  return [...new Set([...(plan?.tables ?? []), ...read(cohort), ...read(plan?.where, plan?.tables)])]
}

/** Whether a question is about rows of rare levels alone, or by a category that has such a level. */
function isAboutRare(
  { catalog, facts, hidden, asked }: { catalog: Catalog; facts: FactsOf; hidden: Hidden; asked: Asked },
  { variable, levels }: NonNullable<Unsaid['rare']>
): boolean {
  const found = possibleBy(catalog.descriptor, facts, { ...asked, hidden })
  const rows = (found?.filters.flatMap(({ row }) => row ?? []) ?? []).filter((row) => row.variable === variable)
  const isKey = asked.plan?.groupBy.some((key) => key.variable === variable) ?? false
  const isRare = ({ level }: (typeof rows)[number]) => levels.has(level)
  // A question about all levels is one about having rows at all.
  const isOfAll = !isKey && !isNamed(asked, variable)
  return !isOfAll && rows.some(isRare)
}

/** Whether a condition of a question is on the variable. */
function isNamed({ cohort, plan }: Asked, variable: VariableRef): boolean {
  const columns = [cohort, plan?.where].flatMap((filter) => (filter === undefined ? [] : columnsOf(filter)))
  return columns.some((column) => column === variable || variable.endsWith(`.${column}`))
}

async function unsaidOf(catalog: Catalog, facts: FactsOf, name: string): Promise<Unsaid> {
  const { descriptor, config, sourceOf } = catalog
  const table = descriptor.tables.find((one) => one.name === name)
  const [own = name] = (table?.variables ?? []).map((one) => sourceOf(`${name}.${one.name}`).own.split('.')[0])
  const said = config.tables.find((one) => one.name === own)?.presence
  if (said === 'known' || table === undefined) return { isHidden: false }
  const everybody = await catalog.cohort(undefined)
  const having = async (by: readonly VariableRef[]) => {
    const groupBy = by.map((variable) => ({ name: 'level', variable }))
    const measures: Plan['measures'] = [{ kind: 'subjects', name: 'people' }]
    const { groups } = await catalog.reduce({ tables: [name], groupBy, measures }, everybody)
    return new Map(groups.map(({ key, support }) => [key[0] ?? '', support.size]))
  }
  const isRare = (people = 0) => 2 * people < everybody.size
  const people = (await having([])).get('') ?? 0
  const isHidden = said === 'unknown' ? people < everybody.size : isRare(people)
  const part = table.oneRowPerSubject ? undefined : rowVariable(descriptor, facts, name)
  if (part === undefined) return { isHidden }
  const at = await having([part.variable])
  const levels = new Set(part.levels.filter((level) => isRare(at.get(level))))
  return { isHidden, ...(levels.size === 0 ? {} : { rare: { variable: part.variable, levels } }) }
}
