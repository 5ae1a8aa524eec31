/**
 * The tables of which others do not know who has a row. That somebody is in a table of infections, or has a row of an unscheduled visit,
 * says as much as a value.
 */
import type { Catalog } from '@stimnet/data'
import type { Hidden } from '@stimnet/privacy'
import {
  columnsOf,
  type Comparison,
  type Filter,
  isComparison,
  type Plan,
  resolveVariable,
  setIn,
  StimnetError,
  type VariableRef
} from '@stimnet/protocol'

/** What others do not know of a table. */
interface Unsaid {
  /** Whether somebody has a row. */
  readonly isHidden: boolean
  /** By the categories by which others know its rows, the levels at which fewer than half of the people have one. */
  readonly rare: ReadonlyMap<VariableRef, ReadonlySet<string>>
}

/** By table. A catalog is kept for an epoch, and in the words of a request for that request. */
const UNSAID = new WeakMap<Catalog, Map<string, Unsaid>>()

interface Asked {
  readonly cohort?: Filter | undefined
  readonly plan?: Plan | undefined
}

/**
 * The tables of a question that say so, and of its others those in which fewer than half of the people of the catalog have a row, or have
 * one of those that are asked about. Synthetic data have no such table. Throws FILTER_INVALID for a question about rare rows and others
 * at once: those of the others could be subtracted.
 */
export async function hiddenIn(catalog: Catalog, asked: Asked): Promise<Hidden> {
  const hidden = new Set<string>()
  if (catalog.descriptor.synthetic) return hidden
  const known = UNSAID.get(catalog) ?? new Map<string, Unsaid>()
  UNSAID.set(catalog, known)
  for (const table of tablesIn(catalog, asked)) {
    const unsaid = known.get(table) ?? (await unsaidOf(catalog, table))
    known.set(table, unsaid)
    const isAboutRare = [...unsaid.rare].some(([variable, levels]) => isAbout(catalog, asked, { variable, levels }))
    if (unsaid.isHidden || isAboutRare) hidden.add(table)
  }
  return hidden
}

/** The tables that a question reads. */
function tablesIn({ descriptor }: Catalog, { cohort, plan }: Asked): string[] {
  const read = (filter: Filter | undefined, tables?: readonly string[]) =>
    (filter === undefined ? [] : columnsOf(filter))
      .filter((column) => setIn(column) === undefined)
      .map((column) => resolveVariable(descriptor, column, tables).table.name)
  return [...new Set([...(plan?.tables ?? []), ...read(cohort), ...read(plan?.where, plan?.tables)])]
}

/** Whether a question is about rare rows: it names rare levels of the category alone, or is by the category. */
function isAbout(
  { descriptor }: Catalog,
  { cohort, plan }: Asked,
  { variable, levels }: { readonly variable: VariableRef; readonly levels: ReadonlySet<string> }
): boolean {
  if (plan?.groupBy.some((key) => key.variable === variable)) return true
  const isIt = ({ column }: Comparison, tables?: readonly string[]) =>
    setIn(column) === undefined && resolveVariable(descriptor, column, tables).ref === variable
  const named = [
    ...namedIn(cohort, (one) => isIt(one)),
    ...namedIn(plan?.where, (one) => isIt(one, plan?.tables))
  ].flat()
  if (!named.some((level) => level === EVERY || levels.has(level))) return false
  if (named.every((level) => level !== EVERY && levels.has(level))) return true
  const reason = `The question is about rows that few people have and about others at once, by ${variable}. Ask about each by itself.`
  throw new StimnetError('FILTER_INVALID', reason, { reason })
}

/** Stands for any level. */
const EVERY = Symbol('every level')

/** The levels that conditions name; of a negated condition it can be every level. */
function namedIn(
  filter: Filter | undefined,
  isIt: (one: Comparison) => boolean,
  isNegated = false
): (string | typeof EVERY)[] {
  if (filter === undefined) return []
  if ('not' in filter) return namedIn(filter.not, isIt, !isNegated)
  if (!isComparison(filter))
    return ('all' in filter ? filter.all : filter.any).flatMap((one) => namedIn(one, isIt, isNegated))
  if (!isIt(filter)) return []
  return isNegated || (filter.op !== '=' && filter.op !== 'in') ? [EVERY] : filter.values.map(String)
}

async function unsaidOf(catalog: Catalog, name: string): Promise<Unsaid> {
  const { descriptor, config, sourceOf } = catalog
  const table = descriptor.tables.find((one) => one.name === name)
  const [own = name] = (table?.variables ?? []).map((one) => sourceOf(`${name}.${one.name}`).own.split('.')[0])
  const said = config.tables.find((one) => one.name === own)?.presence
  const rare = new Map<VariableRef, ReadonlySet<string>>()
  if (said === 'known' || table === undefined) return { isHidden: false, rare }
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
  for (const { name: column, type, levels, identifying } of table.oneRowPerSubject ? [] : table.variables) {
    if (type !== 'category' || !identifying) continue
    const at = await having([`${name}.${column}`])
    const few = levels.filter((level) => isRare(at.get(level)))
    if (few.length > 0) rare.set(`${name}.${column}`, new Set(few))
  }
  return { isHidden, rare }
}
