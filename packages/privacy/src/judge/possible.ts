/**
 * The people who could be in a group as far as others can tell. Others are assumed to know the identifying variables of a
 * person, such as sex, age and centre, and nothing else. A question is also judged against earlier questions over the people
 * who could be in its groups. Whether the question is refused for that reason then depends on nobody's values, and two
 * questions about groups that differ by one person count as two questions, whatever values that person has.
 *
 * Others do not know the outcome of a comparison with a variable that is not `identifying`. They also do not know whether
 * somebody has a row in a table for which this is declared, or in which rows are rare (`hidden`). They do know who came to a
 * visit. For every combination of true and false of these comparisons, the question's conditions become conditions on known
 * variables: `A and responder` becomes A or nobody, `responder or B` becomes everybody or B. Conditions on rows of tables
 * with several rows per subject are left out; see `setsAsked`.
 */
import {
  type CatalogDescriptor,
  type Comparison,
  type Filter,
  isComparison,
  type Plan,
  type ReducedGroup,
  resolveVariable,
  setIn,
  StimnetError,
  type SubjectSet,
  type VariableRef
} from '@stimnet/protocol'
import type { Hidden } from './defining.ts'
import { type FactsOf, presenceIn } from './facts.ts'
import { chooses, comparisonsIn, decided } from './filters.ts'

/** A level of a variable that others know about the rows of the long table, such as the visit. */
export interface RowLevel {
  readonly variable: VariableRef
  readonly level: string
}

/** The conditions on known variables that remain for one combination of outcomes. All of these conditions must hold. */
export interface PossibleFilter {
  readonly row?: RowLevel
  /** Conditions on people. */
  readonly cohort?: Filter
  /** Conditions on rows, without conditions on tables with several rows per subject. */
  readonly where?: Filter
}

/** A question, reduced to what others know. */
export interface PossibleQuestion {
  /** The variables that others do not know, by their names at the site. */
  readonly unknown: readonly VariableRef[]
  /** The table of the question that can have several rows per subject. */
  readonly long?: string
  /** The keys whose value others know for everybody. */
  readonly keys: readonly VariableRef[]
  /** The number of groups that the other keys can make. */
  readonly otherCells: number
  /** For each other key: the levels that the conditions allow. */
  readonly levelsLeft: ReadonlyMap<VariableRef, number>
  readonly filters: readonly PossibleFilter[]
}

/** A PossibleQuestion with the people of each filter, and of each group of the known keys. */
export interface Possible {
  readonly unknown: readonly VariableRef[]
  readonly long?: string
  readonly keys: readonly VariableRef[]
  readonly otherCells: number
  /** For each other key: the levels that the conditions allow. */
  readonly levelsLeft: ReadonlyMap<VariableRef, number>
  readonly groups: readonly { readonly labels: readonly (string | null)[]; readonly people: SubjectSet }[]
  readonly sets: readonly PossibleSet[]
}

/** The people of one set of conditions. */
export interface PossibleSet {
  readonly row?: RowLevel
  readonly people: SubjectSet
}

/** Maximum number of comparisons with an unknown outcome: each additional comparison doubles the number of combinations. */
const UNKNOWN_MAX = 10
/** Maximum number of different conditions that remain, for each level of the row variable. */
const FILTERS_MAX = 24

/**
 * Reduces a question to what others know, without reading data. Undefined if the question has no unknown variable and no
 * table with several rows per subject. Throws FILTER_INVALID for too many unknown comparisons, or too many different
 * conditions that remain.
 */
export function possibleBy(
  descriptor: CatalogDescriptor,
  facts: FactsOf,
  {
    cohort,
    plan,
    hidden = new Set()
  }: { readonly cohort?: Filter | undefined; readonly plan?: Plan | undefined; readonly hidden?: Hidden }
): PossibleQuestion | undefined {
  const isLong = (name: string) => descriptor.tables.some((table) => table.name === name && !table.oneRowPerSubject)
  const conditions: Condition[] = [
    ...(cohort === undefined ? [] : [{ scope: 'cohort' as const, filter: inFull(cohort, descriptor) }]),
    ...(plan?.where === undefined
      ? []
      : [{ scope: 'rows' as const, filter: inFull(plan.where, descriptor, plan.tables) }])
  ]
  const isKnown = (ref: string) => facts(ref as VariableRef).identifying && !hidden.has(tableOf(ref))
  const isKnownOnce = (ref: string) => isKnown(ref) && !isLong(tableOf(ref))
  const atoms = new Map<string, Comparison>()
  for (const { scope, filter } of conditions) {
    for (const one of comparisonsIn(filter)) if (!isKnown(one.column)) atoms.set(nameOf(scope, one, isLong), one)
  }
  const keys = plan?.groupBy.map(({ variable }) => variable) ?? []
  const otherKeys = keys.filter((key) => !isKnownOnce(key))
  const conditioned = conditions.flatMap(({ filter }) => comparisonsIn(filter)).map(({ column }) => column)
  const named = [...(conditioned as VariableRef[]).filter((ref) => !isKnownOnce(ref)), ...otherKeys]
  const unsaid = [...hidden].map(presenceIn)
  const ofValues = named.filter((ref) => !facts(ref).identifying)
  const unknown = [...new Set([...ofValues, ...unsaid].map((ref) => facts(ref).own))].sort()
  const long = plan?.tables.find(isLong) ?? named.map(tableOf).find(isLong)
  if (unknown.length === 0 && long === undefined) return undefined
  if (atoms.size > UNKNOWN_MAX) tooMany(`more than ${UNKNOWN_MAX} comparisons with variables that others do not know`)
  const cells = otherKeys.map((key) => cellsOf(descriptor, key))
  const seen = cells.map(() => new Set<string>())
  const filters = new Map<string, PossibleFilter>()
  const names = [...atoms.keys()]
  const part = rowVariable(descriptor, facts, plan?.tables.find(isLong))
  for (let way = 0; way < 2 ** names.length; way++) {
    const isTrue = new Map(names.map((name, i) => [name, Math.floor(way / 2 ** i) % 2 === 1]))
    const left = leftOf(conditions, (scope, one) => isTrue.get(nameOf(scope, one, isLong)))
    if (left === undefined) continue
    for (const [i, key] of cells.entries())
      for (const { level } of levelsLeft(key, atoms, isTrue))
        if (atLevel(left.ofRows, { variable: key.variable, level }) !== false) seen[i]?.add(level)
    const rows = part === undefined ? [undefined] : levelsLeft(part, atoms, isTrue)
    for (const found of rows.flatMap((row) => filterAt(left, row, isLong) ?? []))
      filters.set(JSON.stringify(found), found)
    if (filters.size > FILTERS_MAX * Math.max(1, part?.levels.length ?? 0))
      tooMany('conditions on variables that others do not know, combined with other conditions in too many ways')
  }
  return {
    unknown,
    ...(long === undefined ? {} : { long }),
    keys: keys.filter(isKnownOnce),
    otherCells: seen.reduce((product, levels) => product * Math.max(1, levels.size), 1),
    levelsLeft: new Map(otherKeys.map((key, i) => [key, seen[i]?.size ?? 0])),
    filters: [...filters.values()]
  }
}

interface Condition {
  readonly scope: 'cohort' | 'rows'
  readonly filter: Filter
}

/** The remaining conditions of a question. */
interface Left {
  readonly ofPeople: Filter | boolean
  readonly ofRows: Filter | boolean
}

/** The conditions that remain under given outcomes of comparisons; undefined if nobody can satisfy them. */
function leftOf(
  conditions: readonly Condition[],
  isTrue: (scope: Condition['scope'], one: Comparison) => boolean | undefined
): Left | undefined {
  const of = (scope: Condition['scope']) => {
    const own = conditions.find((one) => one.scope === scope)
    return own === undefined || decided(own.filter, (one) => isTrue(scope, one))
  }
  const left = { ofPeople: of('cohort'), ofRows: of('rows') }
  return left.ofPeople === false || left.ofRows === false ? undefined : left
}

/** The conditions that remain for rows of one level; undefined if no such row can satisfy them. */
function filterAt(
  { ofPeople, ofRows }: Left,
  row: RowLevel | undefined,
  isLong: (table: string) => boolean
): PossibleFilter | undefined {
  const where = row === undefined ? ofRows : atLevel(ofRows, row)
  if (where === false) return undefined
  return {
    ...(row === undefined ? {} : { row }),
    ...asCondition('cohort', ofPeople),
    ...asCondition('where', withoutLong(ofRows, isLong))
  }
}

/** The remaining filter for rows in which one variable has the given level. */
function atLevel(filter: Filter | boolean, { variable, level }: RowLevel): Filter | boolean {
  if (typeof filter === 'boolean') return filter
  return decided(filter, (one) => (one.column === variable ? chooses(one, level) : undefined))
}

/**
 * A filter on rows without the conditions on tables with several rows per subject. A subject satisfies the result if some
 * row could satisfy the filter.
 */
function withoutLong(filter: Filter | boolean, isLong: (table: string) => boolean): Filter | boolean {
  if (typeof filter === 'boolean') return filter
  return decided(filter, ({ column }, isNegated) => (isLong(tableOf(column)) ? !isNegated : undefined))
}

function asCondition<K extends string>(name: K, filter: Filter | boolean): { readonly [Name in K]?: Filter } {
  return typeof filter === 'boolean' ? {} : ({ [name]: filter } as { readonly [Name in K]: Filter })
}

/**
 * The sets of people over whom a question was asked, each with the name under which it is recorded. A question about rows at
 * a visit is recorded as if everybody had come to the visit: different people are missing at each visit, so any table by
 * visits would otherwise single them out.
 */
export function setsAsked(
  possible: Possible,
  { row, people }: PossibleSet,
  measured: readonly VariableRef[]
): { readonly name: string; readonly people: SubjectSet }[] {
  return namesOf(possible, { row, measured }).map((name) => ({ name, people }))
}

/** The names of the quantities under which the people of a set are recorded; see `askedOver`. */
export function namesOf(
  { unknown, long }: Possible,
  { row, measured }: { readonly row: RowLevel | undefined; readonly measured: readonly VariableRef[] }
): string[] {
  const at = row === undefined ? '' : ` at ${row.level}`
  if (unknown.length > 0) {
    // Each measured variable also acts as an unknown condition. Without the suffix, the name covers the same people whatever
    // the row level is.
    const joint = [...new Set([...unknown, ...measured])].sort()
    const names = [...new Set([unknown.join(' and '), joint.join(' and ')])]
    return at === '' ? names : names.flatMap((name) => [name + at, name])
  }
  return (measured.length > 0 ? measured : long === undefined ? [] : [long]).map((name) => name + at)
}

/**
 * The unknown conditions of a question, each by itself and all together, whatever the row level is. Known numbers are weighed over those who
 * could meet them under each of these names, so that further conditions make no other name.
 */
export function conditionsAsked({ unknown }: Possible): string[] {
  return [...new Set([...unknown, unknown.join(' and ')])]
}

/** Everybody who could be in the group as far as others can tell, as one set for each condition that remains. */
export function possibleIn({ key }: Pick<ReducedGroup, 'key'>, possible: Possible, plan: Plan): PossibleSet[] {
  const label = (variable: VariableRef) => {
    const at = plan.groupBy.findIndex((one) => one.variable === variable)
    return at < 0 ? undefined : (key[at] ?? null)
  }
  const group = possible.groups.find(({ labels }) => labels.every((one, i) => one === label(possible.keys[i] ?? '.')))
  return possible.sets.flatMap((set) => {
    const { row, people } = set
    const own = row && label(row.variable)
    if (row !== undefined && own !== undefined && own !== row.level) return []
    return [{ ...set, people: group === undefined ? people : people.and(group.people) }]
  })
}

/**
 * The number of groups that somebody could be in and that are not shown. Empty groups count as well, because the number of
 * non-empty groups would disclose something. Groups of a missing value do not count.
 */
export function groupsNotShown(shown: readonly Pick<ReducedGroup, 'key'>[], possible: Possible): number {
  const isThere = (people: SubjectSet) => possible.sets.some((set) => set.people.and(people).size > 0)
  const known = possible.keys.length === 0 ? 1 : possible.groups.filter(({ people }) => isThere(people)).length
  const whole = shown.filter(({ key }) => !key.includes(null)).length
  return Math.max(0, known * possible.otherCells - whole)
}

function tooMany(what: string): never {
  const reason = `The question has ${what}. Ask with fewer conditions, or in several questions.`
  throw new StimnetError('FILTER_INVALID', reason, { reason })
}

function tableOf(ref: string): string {
  return ref.slice(0, ref.indexOf('.'))
}

function inFull(filter: Filter, descriptor: CatalogDescriptor, tables?: readonly string[]): Filter {
  if (isComparison(filter)) {
    const isSet = setIn(filter.column) !== undefined
    return isSet ? filter : { ...filter, column: resolveVariable(descriptor, filter.column, tables).ref }
  }
  if ('not' in filter) return { not: inFull(filter.not, descriptor, tables) }
  const inner = ('all' in filter ? filter.all : filter.any).map((one) => inFull(one, descriptor, tables))
  return 'all' in filter ? { all: inner } : { any: inner }
}

/**
 * The name of a comparison. For a table with several rows per subject, a condition on the person has a different name from a
 * condition on the row.
 */
function nameOf(scope: string, one: Comparison, isLong: (table: string) => boolean): string {
  return JSON.stringify([isLong(tableOf(one.column)) ? scope : '', one.column, one.op, one.values])
}

interface RowVariable {
  readonly variable: VariableRef
  readonly levels: readonly string[]
}

/**
 * The only category of the long table that others know about its rows; undefined if there is no such category, or more than
 * one.
 */
function rowVariable(descriptor: CatalogDescriptor, facts: FactsOf, long: string | undefined): RowVariable | undefined {
  const table = descriptor.tables.find(({ name }) => name === long)
  const found = (table?.variables ?? []).flatMap(({ name, type, levels }) => {
    const variable: VariableRef = `${table?.name}.${name}`
    return type === 'category' && facts(variable).identifying ? [{ variable, levels }] : []
  })
  return found.length === 1 ? found[0] : undefined
}

/** The declared cells of a variable: its levels, or one number from each bin. */
function cellsOf(descriptor: CatalogDescriptor, ref: VariableRef): RowVariable {
  const { variable } = resolveVariable(descriptor, ref)
  if (variable.type === 'category') return { variable: ref, levels: variable.levels }
  const [first = 0] = variable.breakpoints
  return { variable: ref, levels: [first - 1, ...variable.breakpoints].map(String) }
}

/** The levels of a variable that rows can have under the given outcomes of the comparisons. */
function levelsLeft(
  { variable, levels }: RowVariable,
  atoms: ReadonlyMap<string, Comparison>,
  isTrue: ReadonlyMap<string, boolean>
): RowLevel[] {
  const own = [...atoms].filter(
    ([name, { column, op }]) => column === variable && op !== 'is null' && !isOfCohort(name)
  )
  const fits = (level: string) =>
    own.every(([name, one]) => [undefined, isTrue.get(name)].includes(chooses(one, level)))
  return levels.filter(fits).map((level) => ({ variable, level }))
}

function isOfCohort(name: string): boolean {
  return name.startsWith('["cohort"')
}
