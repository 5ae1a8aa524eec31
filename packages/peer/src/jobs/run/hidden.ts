/**
 * The tables for which others do not know who has a row. A row in a table of infections, or a row of an unscheduled visit,
 * discloses as much as a value. See decision 097.
 */
import type { Catalog } from '@stimnet/data'
import { decided, type Hidden, type RareGroups } from '@stimnet/privacy'
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

/** The facts that others do not know about the rows of a table. */
interface Unsaid {
  /** Whether it is hidden who has a row. */
  readonly isHidden: boolean
  /** The kinds of the table's rows, if some kinds are rare. */
  readonly kinds?: Kinds
}

/** The kinds of rows of a table, by the categories with rare labels. Only categories that others know about each row are used. */
interface Kinds {
  readonly by: readonly VariableRef[]
  readonly all: readonly Kind[]
}

interface Kind {
  /** The label in each category; null if the label is missing. */
  readonly labels: readonly (string | null)[]
  /**
   * Whether the kind is rare: fewer than half of the people of the catalog have a row with one of its labels, or with two of
   * them, in addition to their other rows.
   */
  readonly isRare: boolean
}

/**
 * Cached facts by table. A catalog object exists for an epoch, or for a request if it is in the variable names of that
 * request.
 */
const UNSAID = new WeakMap<Catalog, Map<string, Unsaid>>()

interface Asked {
  readonly cohort?: Filter | undefined
  readonly plan?: Plan | undefined
}

/** The facts that others do not know about the rows of a question. */
interface HiddenRows {
  /** The tables for which others do not know who has a row. */
  readonly hidden: Hidden
  /** The groups of rare rows, with the tables that are hidden for these groups. */
  readonly rare?: Pick<RareGroups, 'keys' | 'labels'> & { readonly hidden: Hidden }
}

/**
 * The hidden tables of a question: the tables for which this is declared, and the tables in which fewer than half of the
 * people of the catalog have a row, or a row of the kind asked about. If a question is grouped by a category with such rare
 * rows, only the groups of these rows are affected. Synthetic data have no hidden tables. Throws FILTER_INVALID for a number
 * about rare rows and other rows together, because the number of the other rows could be subtracted.
 */
export async function hiddenIn(catalog: Catalog, asked: Asked): Promise<HiddenRows> {
  const hidden = new Set<string>()
  if (catalog.descriptor.synthetic) return { hidden }
  let rare: HiddenRows['rare']
  for (const table of tablesIn(catalog, asked)) {
    const { isHidden, kinds } = await unsaidIn(catalog, table)
    const about = isHidden ? 'all' : kinds === undefined ? 'nothing' : aboutRare(catalog, asked, { table, kinds })
    if (about === 'all') hidden.add(table)
    else if (about !== 'nothing') rare = { ...about, hidden: new Set([table]) }
  }
  return rare === undefined ? { hidden } : { hidden, rare: { ...rare, hidden: hidden.union(rare.hidden) } }
}

/** The tables that a question reads. */
function tablesIn({ descriptor }: Catalog, { cohort, plan }: Asked): string[] {
  const read = (filter: Filter | undefined, tables?: readonly string[]) =>
    (filter === undefined ? [] : columnsOf(filter))
      .filter((column) => setIn(column) === undefined)
      .map((column) => resolveVariable(descriptor, column, tables).table.name)
  return [...new Set([...(plan?.tables ?? []), ...read(cohort), ...read(plan?.where, plan?.tables)])]
}

/** The kinds of rows of one table. */
interface KindsOf {
  readonly table: string
  readonly kinds: Kinds
}

/** Whether a question is about rare rows: completely, or in some of its groups by one of their categories. */
function aboutRare(
  catalog: Catalog,
  { cohort, plan }: Asked,
  { table, kinds }: KindsOf
): 'all' | 'nothing' | Pick<RareGroups, 'keys' | 'labels'> {
  const { descriptor } = catalog
  const { by, all } = kinds
  // Each condition on people is a condition on any of their rows.
  const named =
    cohort === undefined ? [] : comparisonsOn(cohort, (column) => resolveVariable(descriptor, column).ref, by)
  const ofPeople = named.map(({ at, one, isNegated }) =>
    all.filter(({ labels }) => isNegated || holds(one, labels[at] ?? null, false) !== false)
  )
  const parts = ofPeople.map((chosen) => partOf(chosen, kinds))
  if (!plan?.tables.includes(table)) return together(parts)
  const isIn = ({ labels }: Kind) => {
    if (plan.where === undefined) return true
    const left = decided(plan.where, (one, isNegated) => {
      if (setIn(one.column) !== undefined) return undefined
      const at = by.indexOf(resolveVariable(descriptor, one.column, plan.tables).ref)
      return at < 0 ? undefined : holds(one, labels[at] ?? null, isNegated)
    })
    return left !== false
  }
  const keys = by.filter((name) => namesIn(plan).includes(name))
  const places = keys.map((name) => by.indexOf(name))
  const groups = Map.groupBy(all.filter(isIn), ({ labels }) => JSON.stringify(places.map((at) => labels[at] ?? null)))
  const rare = [...groups].filter(([, chosen]) => partOf(chosen, kinds) === 'all').map(([labels]) => labels)
  const ofRows = rare.length === 0 ? 'nothing' : rare.length === groups.size ? 'all' : { keys, labels: new Set(rare) }
  const whole = together(parts)
  return whole === 'all' ? 'all' : ofRows
}

/** The keys of a plan, and the factors of a model, whose levels are distinguished. */
function namesIn({ groupBy, measures }: Plan): readonly VariableRef[] {
  const factors = measures.flatMap((one) => (one.kind === 'gram' ? one.factors : []))
  return [...groupBy, ...factors].map(({ variable }) => variable)
}

function together(parts: readonly ('all' | 'nothing')[]): 'all' | 'nothing' {
  return parts.includes('all') ? 'all' : 'nothing'
}

/** Whether the chosen kinds of rows are all rare or all common. Throws FILTER_INVALID if only some of them are rare. */
function partOf(chosen: readonly Kind[], { by, all }: Kinds): 'all' | 'nothing' {
  const rare = chosen.filter(({ isRare }) => isRare)
  if (rare.length === 0) return 'nothing'
  if (rare.length === chosen.length) return 'all'
  const first = by.map((name, at) => {
    const common = new Set(all.flatMap(({ labels, isRare }) => (isRare ? [] : [labels[at] ?? null])))
    const without = [...new Set(rare.map(({ labels }) => labels[at] ?? null))].filter((one) => !common.has(one))
    return without.map((label) => (label === null ? `${name} is not null` : `${name} != '${label}'`))
  })
  const advice = first.flat().join(' and ')
  const reason =
    `The question is about rows that few people have and about others at once, by ${by.join(' and ')}. Ask about each by itself` +
    `${advice === '' ? '' : `, such as with ${advice}`}.`
  throw StimnetError.told('FILTER_INVALID', reason)
}

interface Named {
  readonly one: Comparison
  /** The index of the category in `by`. */
  readonly at: number
  readonly isNegated: boolean
}

/** The comparisons of a filter with the given variables. */
function comparisonsOn(
  filter: Filter,
  refOf: (column: string) => VariableRef,
  by: readonly VariableRef[],
  isNegated = false
): Named[] {
  if ('not' in filter) return comparisonsOn(filter.not, refOf, by, !isNegated)
  if (!isComparison(filter))
    return ('all' in filter ? filter.all : filter.any).flatMap((one) => comparisonsOn(one, refOf, by, isNegated))
  const at = setIn(filter.column) === undefined ? by.indexOf(refOf(filter.column)) : -1
  return at < 0 ? [] : [{ one: filter, at, isNegated }]
}

/** Whether a row with a label satisfies a comparison; undefined if that is not known. */
function holds({ op, values }: Comparison, label: string | null, isNegated: boolean): boolean | undefined {
  if (op === 'is null') return label === null
  const isOne = op === '=' || op === 'in'
  if (label === null) return isOne && !isNegated ? false : undefined
  const isNamed = values.map(String).includes(label)
  return isOne ? isNamed : op === '!=' ? !isNamed : undefined
}

/** The rows of a table that fewer than half of the people have. */
export interface FewHave {
  readonly table: string
  /** Whether the configuration says that others know who has such a row: then these rows are not protected. */
  readonly isKnown: boolean
  /** Whether only the rows of some levels are meant. */
  readonly ofLevels: boolean
  readonly because: string
}

/** The rows of a catalog that are protected by default, or would be protected if the configuration did not say `known`. */
export async function protectedRowsOf(catalog: Catalog): Promise<FewHave[]> {
  const found: FewHave[] = []
  for (const { name, presence } of catalog.config.tables) {
    if (presence === 'unknown') continue
    const of = { table: name, isKnown: presence === 'known' }
    const { isHidden, kinds } = await fewIn(catalog, name, undefined)
    if (isHidden) found.push({ ...of, ofLevels: false, because: 'fewer than half of the people have a row' })
    const rare = kinds?.all.filter(({ isRare }) => isRare) ?? []
    if (rare.length === 0 || kinds === undefined) continue
    const columns = kinds.by.map((one) => one.slice(name.length + 1)).join(' and ')
    const words = rare.map(({ labels }) => labels.map((label) => label ?? 'missing').join(' and '))
    const which = `${columns} is ${words.slice(0, WORDS_MAX).join(' or ')}`
    found.push({ ...of, ofLevels: true, because: `fewer than half of the people have a row whose ${which}` })
  }
  return found
}

/** Maximum number of kinds of rows that are named to a steward. */
const WORDS_MAX = 6

async function unsaidIn(catalog: Catalog, table: string): Promise<Unsaid> {
  const known = UNSAID.get(catalog) ?? new Map<string, Unsaid>()
  UNSAID.set(catalog, known)
  const unsaid = known.get(table) ?? (await unsaidOf(catalog, table))
  known.set(table, unsaid)
  return unsaid
}

async function unsaidOf(catalog: Catalog, name: string): Promise<Unsaid> {
  const said = catalog.plain.config.tables.find((one) => one.name === name)?.presence
  return said === 'known' ? { isHidden: false } : fewIn(catalog, name, said)
}

async function fewIn(catalog: Catalog, name: string, said: 'unknown' | undefined): Promise<Unsaid> {
  const { descriptor, plain } = catalog
  const table = descriptor.tables.find((one) => one.name === name)
  if (table === undefined) return { isHidden: false }
  const [everybody] = await rowsBy(catalog, name, [])
  const people = everybody?.people.size ?? 0
  const isHidden = said === 'unknown' ? people < catalog.subjects : 2 * people < catalog.subjects
  if (isHidden || table.oneRowPerSubject || everybody === undefined) return { isHidden }
  const categories = table.variables.filter(({ type, identifying }) => type === 'category' && identifying)
  const by = categories.map(({ name: column }): VariableRef => `${name}.${column}`)
  if (catalog !== plain && by.some((ref) => catalog.sourceOf(ref).isJoined)) {
    const { kinds } = await unsaidIn(plain, name)
    if (kinds === undefined) return { isHidden }
    const reason = `A mapping reads several levels of a category of ${name} as one, and few people have rows of some of them. Map each to a level of its own.`
    throw StimnetError.told('FILTER_INVALID', reason)
  }
  const kinds = await kindsOf(catalog, name, by)
  return kinds.all.some(({ isRare }) => isRare) ? { isHidden, kinds } : { isHidden }
}

/** Some rows of a table. */
interface Some {
  readonly labels: readonly (string | null)[]
  readonly people: SubjectSet
  readonly rows: number
}

/** The rows of a table by the labels of the given categories. */
async function rowsBy(catalog: Catalog, table: string, categories: readonly VariableRef[]): Promise<Some[]> {
  const groupBy = categories.map((variable, at) => ({ name: `label_${at}`, variable }))
  const measures: Plan['measures'] = [{ kind: 'subjects', name: 'people' }]
  const { groups } = await catalog.reduce({ tables: [table], groupBy, measures }, await catalog.cohort(undefined))
  return groups.map(({ key, support, rows }) => ({ labels: key, people: support, rows }))
}

/** The kinds of rows by the given categories and pairs of them, and which of these are rare as additional rows. */
async function kindsOf(catalog: Catalog, table: string, categories: readonly VariableRef[]): Promise<Kinds> {
  const owners = await catalog.owners(table)
  const rowsOf = new Uint32Array(catalog.subjects)
  for (const owner of owners) rowsOf[owner] = (rowsOf[owner] ?? 0) + 1
  const having = rowsOf.reduce((people, rows) => people + (rows > 0 ? 1 : 0), 0)
  /**
   * Whether rows of a kind are additional rows: without them, their people have about as many rows as other people. A row of
   * an unusual scanner, or of a centre that is written on each row, is not an additional row: the existence of the row is
   * known.
   */
  const areFurther = ({ people, rows }: Some) => {
    let own = 0
    for (const person of people) own += rowsOf[person] ?? 0
    const others = having - people.size
    const usual = others === 0 ? 0 : (owners.length - own) / others
    return (own - rows) / people.size >= usual - FURTHER_LESS_MAX
  }
  const rare: { readonly of: readonly VariableRef[]; readonly labels: readonly (string | null)[] }[] = []
  const pairs = categories.flatMap((one, at) => categories.slice(at + 1).map((other) => [one, other]))
  for (const of of [...categories.map((one) => [one]), ...pairs])
    for (const some of await rowsBy(catalog, table, of))
      if (2 * some.people.size < catalog.subjects && areFurther(some)) rare.push({ of, labels: some.labels })
  const by = categories.filter((one) => rare.some(({ of }) => of.includes(one)))
  const all = by.length === 0 ? [] : await rowsBy(catalog, table, by)
  return {
    by,
    all: all.map(({ labels }) => ({
      labels,
      isRare: rare.some((one) => one.of.every((ref, at) => labels[by.indexOf(ref)] === one.labels[at]))
    }))
  }
}

/** Maximum average number of rows by which people may have fewer rows than others when the rows in question are left out. */
const FURTHER_LESS_MAX = 0.5
