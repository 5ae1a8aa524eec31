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
  type SubjectSet,
  type VariableRef
} from '@stimnet/protocol'

/** What others do not know of a table. */
interface Unsaid {
  /** Whether somebody has a row. */
  readonly isHidden: boolean
  /** By the categories by which others know its rows, the levels at which fewer than half of the people have one: see `isOfRows`. */
  readonly rare: ReadonlyMap<VariableRef, ReadonlySet<string>>
}

/** By table. A catalog is kept for an epoch, and in the words of a request for that request. */
const UNSAID = new WeakMap<Catalog, Map<string, Unsaid>>()

interface Asked {
  readonly cohort?: Filter | undefined
  readonly plan?: Plan | undefined
}

/** What others do not know of the rows of a question. */
interface HiddenRows {
  /** The tables of which they do not know who has a row. */
  readonly hidden: Hidden
  /** The same for some groups of the question, and by key their levels. */
  readonly rare?: { readonly hidden: Hidden; readonly levels: ReadonlyMap<VariableRef, ReadonlySet<string>> }
}

/**
 * The tables of a question that say so, and of its others those in which fewer than half of the people of the catalog have a row, or have
 * one of those that are asked about; of a question by a category with such levels, the groups of these. Synthetic data have no such table.
 * Throws FILTER_INVALID for a number about rare rows and others at once: those of the others could be subtracted.
 */
export async function hiddenIn(catalog: Catalog, asked: Asked): Promise<HiddenRows> {
  const hidden = new Set<string>()
  if (catalog.descriptor.synthetic) return { hidden }
  const inGroups = new Set<string>()
  const levelsOf = new Map<VariableRef, ReadonlySet<string>>()
  const known = UNSAID.get(catalog) ?? new Map<string, Unsaid>()
  UNSAID.set(catalog, known)
  for (const table of tablesIn(catalog, asked)) {
    const unsaid = known.get(table) ?? (await unsaidOf(catalog, table))
    known.set(table, unsaid)
    if (unsaid.isHidden) hidden.add(table)
    for (const [variable, levels] of unsaid.isHidden ? [] : unsaid.rare) {
      const about = aboutRare(catalog, asked, { variable, levels })
      if (about === 'all') hidden.add(table)
      if (about === 'groups') {
        inGroups.add(table)
        levelsOf.set(variable, levels)
      }
    }
  }
  const more = [...inGroups].some((table) => !hidden.has(table))
  return more ? { hidden, rare: { hidden: new Set([...hidden, ...inGroups]), levels: levelsOf } } : { hidden }
}

/** The tables that a question reads. */
function tablesIn({ descriptor }: Catalog, { cohort, plan }: Asked): string[] {
  const read = (filter: Filter | undefined, tables?: readonly string[]) =>
    (filter === undefined ? [] : columnsOf(filter))
      .filter((column) => setIn(column) === undefined)
      .map((column) => resolveVariable(descriptor, column, tables).table.name)
  return [...new Set([...(plan?.tables ?? []), ...read(cohort), ...read(plan?.where, plan?.tables)])]
}

/**
 * Whether a question is about rare rows: all of it, if it names rare levels of the category alone, or the groups of these levels, if it is
 * by the category.
 */
function aboutRare(
  { descriptor }: Catalog,
  { cohort, plan }: Asked,
  { variable, levels }: { readonly variable: VariableRef; readonly levels: ReadonlySet<string> }
): 'all' | 'groups' | 'nothing' {
  const isIt = ({ column }: Comparison, tables?: readonly string[]) =>
    setIn(column) === undefined && resolveVariable(descriptor, column, tables).ref === variable
  const all = resolveVariable(descriptor, variable).variable.levels
  const ofPeople = namedIn(cohort, { isIt: (one) => isIt(one), all })
  const ofRows = namedIn(plan?.where, { isIt: (one) => isIt(one, plan?.tables), all })
  const isRare = (level: string | typeof EVERY) => level !== EVERY && levels.has(level)
  const mayBeRare = (level: string | typeof EVERY) => level === EVERY || levels.has(level)
  const named = [...ofPeople, ...ofRows]
  if (named.length > 0 && named.every(isRare)) return 'all'
  const isByIt = plan?.groupBy.some((key) => key.variable === variable) === true
  // Conditions on rows do not bring rows of one level into the group of another.
  if (!(isByIt ? ofPeople : named).some(mayBeRare))
    return isByIt && (ofRows.length === 0 || ofRows.some(mayBeRare)) ? 'groups' : 'nothing'
  const reason = `The question is about rows that few people have and about others at once, by ${variable}. Ask about each by itself.`
  throw new StimnetError('FILTER_INVALID', reason, { reason })
}

/** Stands for any level. */
const EVERY = Symbol('every level')

/** The levels of a variable that conditions allow; of a negated condition it can be every level. `all` are those that are declared. */
function namedIn(
  filter: Filter | undefined,
  { isIt, all }: { readonly isIt: (one: Comparison) => boolean; readonly all: readonly string[] },
  isNegated = false
): (string | typeof EVERY)[] {
  if (filter === undefined) return []
  if ('not' in filter) return namedIn(filter.not, { isIt, all }, !isNegated)
  if (!isComparison(filter)) {
    const parts = 'all' in filter ? filter.all : filter.any
    return parts.flatMap((one) => namedIn(one, { isIt, all }, isNegated))
  }
  if (!isIt(filter)) return []
  const values = filter.values.map(String)
  if (!isNegated && filter.op === '!=') return all.filter((level) => !values.includes(level))
  return isNegated || (filter.op !== '=' && filter.op !== 'in') ? [EVERY] : values
}

/** Rows of a table that fewer than half of the people have. */
export interface FewHave {
  readonly table: string
  /** Whether the configuration says that others know who has one: then they are not protected. */
  readonly isKnown: boolean
  /** Whether only the rows of some levels are meant. */
  readonly ofLevels: boolean
  readonly because: string
}

/** The rows of a catalog that are protected without its configuration saying so, or would be if it did not say `known`. */
export async function protectedRowsOf(catalog: Catalog): Promise<FewHave[]> {
  const found: FewHave[] = []
  for (const { name, presence } of catalog.config.tables) {
    if (presence === 'unknown') continue
    const isKnown = presence === 'known'
    const { isHidden, rare } = await fewIn(catalog, name, undefined)
    if (isHidden)
      found.push({ table: name, isKnown, ofLevels: false, because: 'fewer than half of the people have a row' })
    for (const [variable, levels] of isHidden ? [] : rare) {
      const column = variable.slice(name.length + 1)
      found.push({
        table: name,
        isKnown,
        ofLevels: true,
        because: `fewer than half of the people have a row whose ${column} is ${[...levels].join(' or ')}`
      })
    }
  }
  return found
}

async function unsaidOf(catalog: Catalog, name: string): Promise<Unsaid> {
  const { descriptor, config, sourceOf } = catalog
  const table = descriptor.tables.find((one) => one.name === name)
  const [own = name] = (table?.variables ?? []).map((one) => sourceOf(`${name}.${one.name}`).own.split('.')[0])
  const said = config.tables.find((one) => one.name === own)?.presence
  return said === 'known' ? { isHidden: false, rare: new Map() } : fewIn(catalog, name, said)
}

async function fewIn(catalog: Catalog, name: string, said: 'unknown' | undefined): Promise<Unsaid> {
  const table = catalog.descriptor.tables.find((one) => one.name === name)
  const rare = new Map<VariableRef, ReadonlySet<string>>()
  if (table === undefined) return { isHidden: false, rare }
  const everybody = await catalog.cohort(undefined)
  const having = async (by: readonly VariableRef[]) => {
    const groupBy = by.map((variable) => ({ name: 'level', variable }))
    const measures: Plan['measures'] = [{ kind: 'subjects', name: 'people' }]
    const { groups } = await catalog.reduce({ tables: [name], groupBy, measures }, everybody)
    return new Map(groups.map(({ key, support }) => [key[0] ?? '', support]))
  }
  const isFew = (people: SubjectSet | undefined) => 2 * (people?.size ?? 0) < everybody.size
  const people = (await having([])).get('')
  const isHidden = said === 'unknown' ? (people?.size ?? 0) < everybody.size : isFew(people)
  for (const { name: column, type, levels, identifying } of table.oneRowPerSubject ? [] : table.variables) {
    if (type !== 'category' || !identifying) continue
    const at = await having([`${name}.${column}`])
    const few = levels.filter((level) => isFew(at.get(level)) && isOfRows(level, at))
    if (few.length > 0) rare.set(`${name}.${column}`, new Set(few))
  }
  return { isHidden, rare }
}

/**
 * Whether a level tells rows of a person apart, as a visit does: at least half of those who have such a row have others. A sex or a
 * centre that is written on every row of a person says of whom the rows are, which others know.
 */
function isOfRows(level: string, at: ReadonlyMap<string, SubjectSet>): boolean {
  const people = at.get(level)
  if (people === undefined) return true
  const others = [...at].flatMap(([other, support]) => (other === level || other === '' ? [] : [support.and(people)]))
  const having = others.reduce((all, one) => all.or(one), people.without(people))
  return 2 * having.size >= people.size
}
