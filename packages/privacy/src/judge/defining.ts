/**
 * Variables that define who is in a group and that others are not assumed to know. A number of responders is also a number
 * about responding, and about everybody who could be a responder. So the set of people over which a number was asked is
 * judged as well: questions about two groups that differ by one person count as two questions, whether or not that person
 * responded.
 */
import {
  type CatalogDescriptor,
  columnsOf,
  type Comparison,
  type Filter,
  isComparison,
  type Plan,
  type ReducedGroup,
  type Reduction,
  resolveVariable,
  setIn,
  type SubjectSet,
  type VariableRef
} from '@stimnet/protocol'
import { type DeclaredCells, type FactsOf, isPresence, presenceIn } from './facts.ts'
import { chooses, comparisonsIn, decided } from './filters.ts'
import type { SolvedSet } from './numbers.ts'
import type { RowSets } from './row-sets.ts'

/** A defining variable, with the groups of the related questions. */
export interface Defining {
  readonly variable: VariableRef
  /** All names of the variable in the question, where a mapping gives it several. */
  readonly names?: readonly VariableRef[]
  /** The plan's groups without the conditions on the variable; absent if the variable occurs only as a key. */
  readonly without?: Reduction
  /** The people who are in the groups whatever their value is; absent if there can be no such people. */
  readonly always?: Reduction
  /** The conditions on the variable in canonical text, if there are any. */
  readonly level?: string
  /**
   * `without`, restricted to people who have a value of the variable, because nobody else can have a level. Absent if the
   * variable is a key.
   */
  readonly valued?: Reduction
  /**
   * The people whom the question would count if everybody had the given cells of the variable at the site. Absent if there are no
   * conditions on the variable, or if its cells do not decide them.
   */
  readonly byCell?: readonly CountedAt[]
  /** For an analysis set: whether everybody who meets its conditions is in it. */
  readonly leavesNobody?: boolean
}

/** The groups of a question as if everybody had one of the given cells of a variable. Without a reduction, the groups are empty. */
export interface CountedAt {
  readonly cells: readonly number[]
  readonly reduction?: Reduction
}

/** A cohort and a plan over it. A plan without tables has one group, the cohort. */
interface Question {
  readonly cohort: Filter | undefined
  readonly plan: Plan
}

/** A question without the conditions on one variable. */
export interface Relaxed {
  readonly variable: VariableRef
  readonly names: readonly VariableRef[]
  /**
   * The question without the conditions; undefined if there were no conditions, so that the existing reduction is used.
   * `level` holds the removed conditions in canonical text.
   */
  readonly question: (Question & { readonly level: string }) | undefined
  /** The question for the people who are in the group whatever their value is; undefined if there can be no such people. */
  readonly always: Question | undefined
  /**
   * The question if everybody had one of the given cells of the variable at the site; undefined if nobody can then satisfy the question.
   * Absent if the cells do not decide the conditions.
   */
  readonly byCell?: readonly { readonly cells: readonly number[]; readonly question: Question | undefined }[]
  /**
   * Whether any condition of the question asks for missing values. Otherwise the question is only about people who have a
   * value.
   */
  readonly isOfMissing: boolean
}

/**
 * For each variable that defines groups and that others are not assumed to know: the question without the conditions on that
 * variable. No data are read.
 */
export function relaxedBy(
  descriptor: CatalogDescriptor,
  facts: FactsOf,
  { cohort, plan, hidden }: { readonly cohort: Filter | undefined; readonly plan: Plan; readonly hidden?: Hidden }
): Relaxed[] {
  const inFilter = new Set([...refsIn(descriptor, cohort), ...refsIn(descriptor, plan.where, plan.tables)])
  const inKeys = plan.groupBy.map(({ variable }) => variable)
  const unknown = [...new Set([...inFilter, ...inKeys])].filter((variable) => !facts(variable).identifying)
  const tables = descriptor.tables.filter(({ name }) => hidden?.has(name))
  const ofRows = tables.map((table) => withoutTable(descriptor, { cohort, plan }, table))
  // All names of the same variable are treated together.
  const ofValues = [...Map.groupBy(unknown, (variable) => facts(variable).own).values()].flatMap((names) => {
    const [variable] = names
    if (variable === undefined) return []
    if (!names.some((name) => inFilter.has(name)))
      return [{ variable, names, question: undefined, always: undefined, isOfMissing: false }]
    const isIt = (tables?: readonly string[]) => (column: string) => names.includes(refOf(descriptor, column, tables))
    const withCohort = (helps: boolean) => relaxed(cohort, isIt(), helps)
    const withRows = (helps: boolean) => relaxed(plan.where, isIt(plan.tables), helps)
    const level = [saidOf(cohort, isIt()), saidOf(plan.where, isIt(plan.tables))]
      .filter((said) => said !== '')
      .join(';')
    const question = questionOf(plan, withCohort(true), withRows(true))
    const byCell = byCellOf({ cohort, plan }, { facts, names, refIn: (column, of) => refOf(descriptor, column, of) })
    return [
      {
        variable,
        names,
        ...(byCell === undefined ? {} : { byCell }),
        always: questionOf(plan, withCohort(false), withRows(false)),
        isOfMissing: [cohort, plan.where].some(
          (filter) => filter !== undefined && comparisonsIn(filter).some(({ op }) => op === 'is null')
        ),
        // Undefined where nobody can satisfy the other conditions.
        question: question && { ...question, level }
      }
    ]
  })
  return [...ofValues, ...ofRows]
}

/**
 * The question that remains for each cell of a variable at the site, with the conditions on the variable decided. Cells that decide the
 * conditions alike are listed together. Undefined if cells do not decide the conditions.
 */
function byCellOf(
  { cohort, plan }: Question,
  {
    facts,
    names,
    refIn
  }: {
    readonly facts: FactsOf
    readonly names: readonly VariableRef[]
    readonly refIn: (column: string, tables?: readonly string[]) => VariableRef
  }
): Relaxed['byCell'] {
  const siteCount = names.map((name) => facts(name).declared?.siteCount ?? 0)[0] ?? 0
  let isDecided = siteCount > 0
  const at = (filter: Filter | undefined, cell: number, tables?: readonly string[]) =>
    filter === undefined ||
    decided(filter, (one) => {
      const name = refIn(one.column, tables)
      if (!names.includes(name)) return undefined
      const said = isTrueAt(one, facts(name).declared, cell)
      isDecided &&= said !== undefined
      return said ?? true
    })
  const found = new Map<string, { readonly cells: number[]; readonly question: Question | undefined }>()
  for (let cell = 0; cell < siteCount; cell++) {
    const question = questionOf(plan, at(cohort, cell), at(plan.where, cell, plan.tables))
    const name = JSON.stringify([question?.cohort, question?.plan.where, question === undefined])
    const alike = found.get(name)
    if (alike === undefined) found.set(name, { cells: [cell], question })
    else alike.cells.push(cell)
  }
  return isDecided ? [...found.values()] : undefined
}

/** Whether a comparison holds for everybody in a cell of the site; undefined if the cell does not decide it. */
function isTrueAt(one: Comparison, declared: DeclaredCells | undefined, cell: number): boolean | undefined {
  if (declared === undefined) return undefined
  if (one.op === 'is null') return false
  const { levels, breakpoints } = declared
  const own = declared.site.findIndex((cells) => cells.includes(cell))
  // A cell that the mapping leaves out has no value.
  if (own < 0) return false
  if (levels.length > 0) return chooses(one, levels[own] ?? '')
  // For whole numbers, `> n` is the same as `>= n + 1`. A filter that would divide a cell is refused.
  const step = one.op === '>' || one.op === '<=' ? 1 : 0
  const edges = one.values.map((value) => breakpoints.indexOf(numberOf(value) + step))
  const [edge = -1] = edges
  if (edges.includes(-1)) return undefined
  if (one.op === '>=' || one.op === '>') return own > edge
  if (one.op === '<' || one.op === '<=') return own <= edge
  return edges.includes(own - 1) !== (one.op === '!=')
}

/** A number, or the days of a date since 1970. */
function numberOf(value: Comparison['values'][number]): number {
  return typeof value === 'string' ? Date.parse(`${value}T00:00:00Z`) / 86_400_000 : Number(value)
}

/** The tables of a question and of its cohort for which others do not know who has a row. */
export type Hidden = ReadonlySet<string>

/**
 * The question without a table and without the conditions on that table: whether somebody has a row is treated like a value
 * of a variable.
 */
function withoutTable(
  descriptor: CatalogDescriptor,
  { cohort, plan }: { readonly cohort: Filter | undefined; readonly plan: Plan },
  table: CatalogDescriptor['tables'][number]
): Relaxed {
  const own = table.variables.map(({ name }): VariableRef => `${table.name}.${name}`)
  const isIt = (tables?: readonly string[]) => (column: string) => own.includes(refOf(descriptor, column, tables))
  const { where } = plan
  const others: Plan = {
    tables: plan.tables.filter((name) => name !== table.name),
    groupBy: plan.groupBy.filter(({ variable }) => !own.includes(variable)),
    measures: [{ kind: 'subjects', name: 'people' }],
    ...(where === undefined ? {} : { where })
  }
  const asked = (helps: boolean) =>
    questionOf(others, relaxed(cohort, isIt(), helps), relaxed(where, isIt(plan.tables), helps))
  const question = asked(true)
  return {
    variable: presenceIn(table.name),
    // The keys of the table are not conditions of the other variables.
    names: [presenceIn(table.name), ...own],
    question: question && { ...question, level: 'row' },
    // In a joined table, nobody is in the result without a row.
    always: plan.tables.includes(table.name) ? undefined : asked(false),
    isOfMissing: true
  }
}

/** A question with other filters; undefined if nobody can satisfy them. */
function questionOf(plan: Plan, cohort: Filter | boolean, rows: Filter | boolean): Question | undefined {
  if (cohort === false || rows === false) return undefined
  const { where: _, ...rest } = plan
  return {
    cohort: typeof cohort === 'boolean' ? undefined : cohort,
    plan: typeof rows === 'boolean' ? rest : { ...rest, where: rows }
  }
}

/** The variables that a filter refers to. */
export function refsIn(
  descriptor: CatalogDescriptor,
  filter: Filter | undefined,
  tables?: readonly string[]
): VariableRef[] {
  return filter === undefined ? [] : columnsOf(filter).map((column) => refOf(descriptor, column, tables))
}

/**
 * The people whom a number of a group would count if everybody had one cell of a variable, for each cell at the site. For a count of
 * levels, `named` gives the counted levels, as returned by `levelName` or as the bin. Undefined if the cells do not decide who is counted.
 */
export function countedAt(
  group: Pick<ReducedGroup, 'key'>,
  { of, named, declared }: CountedCells,
  { one, part, parts }: { readonly one: Defining | undefined; readonly part: string; readonly parts: GroupParts }
): readonly (SolvedSet | undefined)[] | undefined {
  if (declared === undefined || (one?.byCell === undefined && one?.without !== undefined)) return undefined
  const isCounted = named === undefined ? () => true : cellsNamed(named, declared)
  if (isCounted === undefined) return undefined
  return Array.from({ length: declared.siteCount }, (_, cell) => {
    if (!isCounted(cell)) return undefined
    if (one?.byCell === undefined) return of
    const reduction = one.byCell.find(({ cells }) => cells.includes(cell))?.reduction
    if (reduction === undefined) return undefined
    const found = partOver(group, one, part, { ...parts, reduction })
    if (found === undefined) return undefined
    const subjects = found.subjects.and(of.subjects)
    return of.rows && found.rows ? { subjects, rows: found.rows.and(of.rows) } : { subjects }
  })
}

/** A number that counts people by a variable. */
export interface CountedCells {
  /** The people, or rows, that could be counted. */
  readonly of: SolvedSet
  readonly named?: string | undefined
  readonly declared: DeclaredCells | undefined
}

/** Whether a cell of the site is counted in a level, or a bin, of the given name; undefined if no cells have this name. */
function cellsNamed(
  named: string,
  { levels, breakpoints, site }: DeclaredCells
): ((cell: number) => boolean) | undefined {
  const bin = /^\[(.*),(.*)\)$/.exec(named)
  const [from, to] = [Number(bin?.[1]), Number(bin?.[2])]
  const isBin = levels.length === 0 && bin !== null && !Number.isNaN(from) && !Number.isNaN(to)
  if (!isBin && !levels.some((level) => levelName([level]) === named)) return undefined
  const isIn = (own: number) => {
    const [first = 0] = breakpoints
    const least = own === 0 ? Number.NEGATIVE_INFINITY : (breakpoints[own - 1] ?? first)
    return isBin ? (own === 0 ? from < first : least >= from && least < to) : levelName([levels[own] ?? '']) === named
  }
  return (cell) => site.some((cells, own) => cells.includes(cell) && isIn(own))
}

/** The full name of a column. An analysis set has a column of its own, which is not a variable of the description. */
function refOf(descriptor: CatalogDescriptor, column: string, tables?: readonly string[]): VariableRef {
  return setIn(column) === undefined ? resolveVariable(descriptor, column, tables).ref : (column as VariableRef)
}

/** The canonical name of one or several levels. It is the same in a share, in a group and in a condition. */
export function levelName(levels: readonly (string | number | boolean | null)[]): string {
  return JSON.stringify([...new Set(levels)].sort((a, b) => String(a).localeCompare(String(b), 'en')))
}

/** The canonical text of the conditions on one column, in the order and under the negations in which they occur. */
function saidOf(filter: Filter | undefined, isIt: (column: string) => boolean): string {
  if (filter === undefined) return ''
  if (isComparison(filter)) {
    if (!isIt(filter.column)) return ''
    return filter.op === '=' || filter.op === 'in'
      ? levelName(filter.values)
      : JSON.stringify([filter.op, filter.values])
  }
  if ('not' in filter) {
    const inner = saidOf(filter.not, isIt)
    return inner === '' ? '' : `not(${inner})`
  }
  const parts = ('all' in filter ? filter.all : filter.any)
    .map((part) => saidOf(part, isIt))
    .filter((part) => part !== '')
  return parts.length < 2 ? parts.join('') : `${'all' in filter ? 'all' : 'any'}(${parts.join(',')})`
}

/**
 * The filter without the conditions on a column. With `helps`, the filter selects everybody who fits with some value of the
 * column; without `helps`, everybody who fits with every value.
 */
function relaxed(filter: Filter | undefined, isIt: (column: string) => boolean, helps: boolean): Filter | boolean {
  if (filter === undefined) return true
  return decided(filter, ({ column }, isNegated) => (isIt(column) ? helps !== isNegated : undefined))
}

/** A reduction with its plan and its row sets. */
export interface GroupParts {
  readonly plan: Plan
  readonly reduction: Reduction
  readonly rowSets: RowSets | undefined
}

/**
 * The people over whom a number of a part of a group is asked: everybody for whom the variable's value decides whether they
 * are in the group. These are the groups with the same other keys, of the question without the conditions on the variable,
 * minus the people who are in them whatever their value is.
 */
export function wholeOf(
  group: Pick<ReducedGroup, 'key'>,
  one: Defining,
  part: string,
  parts: GroupParts
): SolvedSet | undefined {
  const whole = partOver(group, one, part, { ...parts, reduction: one.without ?? parts.reduction })
  return notAlways(whole, group, one, part, parts)
}

/** Like `wholeOf`, but only for people who have a value of the variable. */
export function valuedOf(group: ReducedGroup, one: Defining, part: string, parts: GroupParts): SolvedSet | undefined {
  const reduction = one.valued ?? one.without ?? parts.reduction
  return notAlways(partOver(group, one, part, { ...parts, reduction }, false), group, one, part, parts)
}

function notAlways(
  whole: SolvedSet | undefined,
  group: Pick<ReducedGroup, 'key'>,
  one: Defining,
  part: string,
  parts: GroupParts
): SolvedSet | undefined {
  const always = alwaysIn(group, one, part, parts)
  if (whole === undefined || always === undefined) return whole
  const { rowSets } = parts
  if (whole.rows && always.rows && rowSets) return rowSets.solved(whole.rows.without(always.rows))
  return { subjects: whole.subjects.without(always.subjects) }
}

/**
 * The members of a group who are in it whatever their value of the variable is; undefined if there
 * are none, or if the variable is a key.
 */
export function alwaysIn(
  group: Pick<ReducedGroup, 'key'>,
  one: Defining,
  part: string,
  parts: GroupParts
): SolvedSet | undefined {
  const { variable, names = [variable], always } = one
  if (always === undefined || parts.plan.groupBy.some((key) => names.includes(key.variable))) return undefined
  return partOver(group, one, part, { ...parts, reduction: always })
}

function partOver(
  { key }: Pick<ReducedGroup, 'key'>,
  { variable, names = [variable] }: Defining,
  part: string,
  { plan, reduction, rowSets }: GroupParts,
  withMissing = true
): SolvedSet | undefined {
  const isFree = plan.groupBy.map((one) => names.includes(one.variable))
  const found = reduction.groups.filter((group) =>
    group.key.every((label, at) => (isFree[at] === true ? withMissing || label !== null : label === key[at]))
  )
  // Anybody who could have a row could have each value in it.
  const sets = found.flatMap((group) => partOf(group, isPresence(variable) ? 'group' : part) ?? [])
  const [first, ...others] = sets
  if (first === undefined) return undefined
  const subjects = unionOf(
    first.support,
    others.map(({ support }) => support)
  )
  if (rowSets === undefined || sets.some(({ rowSet }) => rowSet === undefined)) return { subjects }
  const rows = sets.flatMap(({ rowSet }) => rowSet ?? []).reduce((all, set) => all.or(set))
  return rowSets.solved(rows)
}

const UNIONS = new WeakMap<SubjectSet, { readonly others: readonly SubjectSet[]; readonly union: SubjectSet }[]>()

/**
 * The union of some sets. The same sets give the same object: each measure of a group needs the union, and the ledgers recognise the
 * object.
 */
function unionOf(first: SubjectSet, others: readonly SubjectSet[]): SubjectSet {
  if (others.length === 0) return first
  const known = UNIONS.get(first) ?? []
  UNIONS.set(first, known)
  const before = known.find(
    (one) => one.others.length === others.length && one.others.every((set, i) => set === others[i])
  )
  if (before !== undefined) return before.union
  const union = others.reduce((all, set) => all.or(set), first)
  known.push({ others, union })
  return union
}

function partOf(group: ReducedGroup, part: string): { support: SubjectSet; rowSet?: SubjectSet } | undefined {
  if (part === 'group') return group
  return group.columns.get(part as VariableRef) ?? group.pairs.get(part) ?? group.grams?.get(part)
}
