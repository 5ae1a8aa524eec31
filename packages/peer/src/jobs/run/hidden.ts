/**
 * The tables of which others do not know who has a row. That somebody is in a table of infections, or has a row of an unscheduled visit,
 * says as much as a value.
 */
import type { Catalog } from '@stimnet/data'
import { factsIn, type Hidden, possibleBy, rowVariable, variableFacts } from '@stimnet/privacy'
import type { Filter, Plan, VariableRef } from '@stimnet/protocol'

/** What is rare in a catalog. A catalog is kept for an epoch, and in the words of a request for that request. */
interface Rare {
  readonly tables: Hidden
  /** By the category by which others know the rows of a table, the levels at which fewer than half of the people have a row. */
  readonly levels: ReadonlyMap<VariableRef, ReadonlySet<string>>
}

const RARE = new WeakMap<Catalog, Promise<Rare>>()

/**
 * The tables that say so, and of the others those in which fewer than half of the people of the catalog have a row, or have one of those
 * that are asked about. Synthetic data have no such table.
 */
export async function hiddenIn(
  catalog: Catalog,
  asked: { readonly cohort?: Filter | undefined; readonly plan?: Plan | undefined }
): Promise<Hidden> {
  const rare = RARE.get(catalog) ?? readRare(catalog)
  RARE.set(catalog, rare)
  const { tables, levels } = await rare
  if (levels.size === 0 || asked.plan === undefined) return tables
  const facts = factsIn(variableFacts(catalog.descriptor, catalog.sourceOf))
  const found = possibleBy(catalog.descriptor, facts, { ...asked, hidden: tables })
  const rows = found?.filters.flatMap(({ row }) => row ?? []) ?? []
  const isRareAt = ({ variable, level }: (typeof rows)[number]) => levels.get(variable)?.has(level) === true
  const isKey = asked.plan.groupBy.some(({ variable }) => variable === rows[0]?.variable)
  const isRare = rows.length > 0 && (isKey ? rows.some(isRareAt) : rows.every(isRareAt))
  return isRare && found?.long !== undefined ? new Set([...tables, found.long]) : tables
}

async function readRare(catalog: Catalog): Promise<Rare> {
  const { descriptor, config, sourceOf } = catalog
  const tables = new Set<string>()
  const levels = new Map<VariableRef, ReadonlySet<string>>()
  if (descriptor.synthetic) return { tables, levels }
  const everybody = await catalog.cohort(undefined)
  const facts = factsIn(variableFacts(descriptor, sourceOf))
  const having = async (table: string, by: readonly VariableRef[]) => {
    const groupBy = by.map((variable) => ({ name: 'level', variable }))
    const measures: Plan['measures'] = [{ kind: 'subjects', name: 'people' }]
    const { groups } = await catalog.reduce({ tables: [table], groupBy, measures }, everybody)
    return new Map(groups.map(({ key, support }) => [key[0] ?? '', support.size]))
  }
  const isRare = (people = 0) => 2 * people < everybody.size
  for (const { name, variables, oneRowPerSubject } of descriptor.tables) {
    const [own = name] = variables.map((one) => sourceOf(`${name}.${one.name}`).own.split('.')[0])
    const said = config.tables.find((table) => table.name === own)?.presence
    if (said === 'known') continue
    const people = (await having(name, [])).get('') ?? 0
    if (said === 'unknown' ? people < everybody.size : isRare(people)) tables.add(name)
    const part = oneRowPerSubject ? undefined : rowVariable(descriptor, facts, name)
    if (part === undefined) continue
    const at = await having(name, [part.variable])
    levels.set(part.variable, new Set(part.levels.filter((level) => isRare(at.get(level)))))
  }
  return { tables, levels }
}
