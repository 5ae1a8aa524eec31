/**
 * Variables that say who is in a group, and that others are not taken to know of a person: a number of those who responded
 * is a number about responding, of everybody who could be among them. So it is also judged of whom it was
 * asked: two questions about groups that differ by one person are two, whether that person responded or not.
 */
import {
  type CatalogDescriptor,
  columnsOf,
  type Filter,
  isComparison,
  type Plan,
  type ReducedGroup,
  type Reduction,
  resolveVariable,
  type SubjectSet,
  type VariableRef
} from '@stimnet/protocol'
import type { FactsOf } from './facts.ts'
import { comparisonsIn, decided } from './filters.ts'
import type { SolvedSet } from './numbers.ts'
import type { RowSets } from './row-sets.ts'

/** One such variable. */
export interface Defining {
  readonly variable: VariableRef
  /** All its names in the question, where a mapping gives it several. */
  readonly names?: readonly VariableRef[]
  /** The plan's groups without the conditions on it; absent where it stands among the keys alone. */
  readonly without?: Reduction
  /** Whoever is in them whatever the value is; absent where nobody is. */
  readonly always?: Reduction
  /** What the conditions say of it, where there are some. */
  readonly level?: string
  /** `without` of those alone that have a value of it: nobody else can have a level. Absent where it is a key. */
  readonly valued?: Reduction
}

/** A question about other people. */
interface Question {
  readonly cohort: Filter | undefined
  readonly plan: Plan
}

/** A question without the conditions on one variable. */
export interface Relaxed {
  readonly variable: VariableRef
  readonly names: readonly VariableRef[]
  /** Undefined where there were none: the reduction that there is will do. */
  readonly question: (Question & { /** What they said of it. */ readonly level: string }) | undefined
  /** Undefined where nobody is in it whatever the value is. */
  readonly always: Question | undefined
  /** Whether who has a value says who is in it: otherwise it is about those alone that have one. */
  readonly isOfMissing: boolean
}

/** For each variable that defines groups and is not taken to be known, the question without it. Looks at no data. */
export function relaxedBy(
  descriptor: CatalogDescriptor,
  facts: FactsOf,
  { cohort, plan }: { readonly cohort: Filter | undefined; readonly plan: Plan }
): Relaxed[] {
  const inFilter = new Set([...refsIn(descriptor, cohort), ...refsIn(descriptor, plan.where, plan.tables)])
  const inKeys = plan.groupBy.map(({ variable }) => variable)
  const unknown = [...new Set([...inFilter, ...inKeys])].filter((variable) => !facts(variable).identifying)
  // Under another name it is the same variable.
  return [...Map.groupBy(unknown, (variable) => facts(variable).own).values()].flatMap((names) => {
    const [variable] = names
    if (variable === undefined) return []
    if (!names.some((name) => inFilter.has(name)))
      return [{ variable, names, question: undefined, always: undefined, isOfMissing: false }]
    const isIt = (tables?: readonly string[]) => (column: string) =>
      names.includes(resolveVariable(descriptor, column, tables).ref)
    const withCohort = (helps: boolean) => relaxed(cohort, isIt(), helps)
    const withRows = (helps: boolean) => relaxed(plan.where, isIt(plan.tables), helps)
    const level = [saidOf(cohort, isIt()), saidOf(plan.where, isIt(plan.tables))]
      .filter((said) => said !== '')
      .join(';')
    const question = questionOf(plan, withCohort(true), withRows(true))
    return [
      {
        ...{ variable, names, always: questionOf(plan, withCohort(false), withRows(false)) },
        isOfMissing: [cohort, plan.where].some(
          (filter) => filter !== undefined && comparisonsIn(filter).some(({ op }) => op === 'is null')
        ),
        // Where nobody could fit nobody does.
        question: question && { ...question, level }
      }
    ]
  })
}

/** Undefined where nobody fits. */
function questionOf(plan: Plan, cohort: Filter | boolean, rows: Filter | boolean): Question | undefined {
  if (cohort === false || rows === false) return undefined
  const { where: _, ...rest } = plan
  return {
    cohort: typeof cohort === 'boolean' ? undefined : cohort,
    plan: typeof rows === 'boolean' ? rest : { ...rest, where: rows }
  }
}

/** Variables in the columns of a filter. */
export function refsIn(
  descriptor: CatalogDescriptor,
  filter: Filter | undefined,
  tables?: readonly string[]
): VariableRef[] {
  return filter === undefined ? [] : columnsOf(filter).map((column) => resolveVariable(descriptor, column, tables).ref)
}

/** A level by one name, be it asked about as a share, as a group, or as the condition that it is so. */
export function levelName(levels: readonly (string | number | boolean | null)[]): string {
  return JSON.stringify([...new Set(levels)].sort((a, b) => String(a).localeCompare(String(b), 'en')))
}

/** The conditions on one column, in the order and under the negations in which they stand. */
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

/** Who fits with some value of the column, where it `helps`; or with every one, where it does not. */
function relaxed(filter: Filter | undefined, isIt: (column: string) => boolean, helps: boolean): Filter | boolean {
  if (filter === undefined) return true
  return decided(filter, ({ column }, isNegated) => (isIt(column) ? helps !== isNegated : undefined))
}

/** What belongs to the reductions. */
export interface GroupParts {
  readonly plan: Plan
  readonly reduction: Reduction
  readonly rowSets: RowSets | undefined
}

/**
 * The part of a group that a number is about, over everybody who is in the group or not by the variable's value: the groups with the
 * same other keys, of the question without the conditions on it, without those who are in it whatever the value is.
 */
export function wholeOf(group: ReducedGroup, one: Defining, part: string, parts: GroupParts): SolvedSet | undefined {
  const whole = partOver(group, one, part, { ...parts, reduction: one.without ?? parts.reduction })
  return notAlways(whole, group, one, part, parts)
}

/** The same of those alone that have a value of the variable. */
export function valuedOf(group: ReducedGroup, one: Defining, part: string, parts: GroupParts): SolvedSet | undefined {
  const reduction = one.valued ?? one.without ?? parts.reduction
  return notAlways(partOver(group, one, part, { ...parts, reduction }, false), group, one, part, parts)
}

function notAlways(
  whole: SolvedSet | undefined,
  group: ReducedGroup,
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

/** Those of a group that are in it whatever the variable's value is; undefined where nobody is, or a key says it. */
export function alwaysIn(group: ReducedGroup, one: Defining, part: string, parts: GroupParts): SolvedSet | undefined {
  const { variable, names = [variable], always } = one
  if (always === undefined || parts.plan.groupBy.some((key) => names.includes(key.variable))) return undefined
  return partOver(group, one, part, { ...parts, reduction: always })
}

function partOver(
  { key }: ReducedGroup,
  { variable, names = [variable] }: Defining,
  part: string,
  { plan, reduction, rowSets }: GroupParts,
  withMissing = true
): SolvedSet | undefined {
  const isFree = plan.groupBy.map((one) => names.includes(one.variable))
  const found = reduction.groups.filter((group) =>
    group.key.every((label, at) => (isFree[at] === true ? withMissing || label !== null : label === key[at]))
  )
  const sets = found.flatMap((group) => partOf(group, part) ?? [])
  const [first, ...others] = sets
  if (first === undefined) return undefined
  const subjects = others.reduce((all, { support }) => all.or(support), first.support)
  if (rowSets === undefined || sets.some(({ rowSet }) => rowSet === undefined)) return { subjects }
  const rows = sets.flatMap(({ rowSet }) => rowSet ?? []).reduce((all, set) => all.or(set))
  return rowSets.solved(rows)
}

function partOf(group: ReducedGroup, part: string): { support: SubjectSet; rowSet?: SubjectSet } | undefined {
  if (part === 'group') return group
  return group.columns.get(part as VariableRef) ?? group.pairs.get(part)
}
