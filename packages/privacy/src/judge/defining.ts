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
import type { SolvedSet } from './numbers.ts'
import type { RowSets } from './row-sets.ts'

/** One such variable. */
export interface Defining {
  readonly variable: VariableRef
  /** The plan's groups without the conditions on it; absent where it stands among the keys alone. */
  readonly without?: Reduction
  /** What the conditions say of it, where there are some. */
  readonly level?: string
}

/** A question without the conditions on one variable. */
export interface Relaxed {
  readonly variable: VariableRef
  /** Undefined where there were none: the reduction that there is will do. */
  readonly question:
    | { readonly cohort: Filter | undefined; readonly plan: Plan /** What they said of it. */; readonly level: string }
    | undefined
}

/** For each variable that defines groups and is not taken to be known, the question without it. Looks at no data. */
export function relaxedBy(
  descriptor: CatalogDescriptor,
  facts: FactsOf,
  { cohort, plan }: { readonly cohort: Filter | undefined; readonly plan: Plan }
): Relaxed[] {
  const inFilter = new Set([...refsIn(descriptor, cohort), ...refsIn(descriptor, plan.where, plan.tables)])
  const inKeys = new Set(plan.groupBy.map(({ variable }) => variable))
  const unknown = [...new Set([...inFilter, ...inKeys])].filter((variable) => !facts(variable).identifying)
  return unknown.map((variable) => {
    if (!inFilter.has(variable)) return { variable, question: undefined }
    const { where, ...rest } = plan
    const isIt = (tables?: readonly string[]) => (column: string) =>
      resolveVariable(descriptor, column, tables).ref === variable
    const whereWithout = without(where, isIt(plan.tables))
    return {
      variable,
      question: {
        cohort: without(cohort, isIt()),
        plan: whereWithout === undefined ? rest : { ...rest, where: whereWithout },
        level: [saidOf(cohort, isIt()), saidOf(where, isIt(plan.tables))].filter((said) => said !== '').join(';')
      }
    }
  })
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

/** Everybody who could fit, were the value of the column another: true where it helps, false under a negation. */
function without(filter: Filter | undefined, isIt: (column: string) => boolean): Filter | undefined {
  const relaxed = filter === undefined ? true : relax(filter, isIt, true)
  return typeof relaxed === 'boolean' ? undefined : relaxed
}

function relax(filter: Filter, isIt: (column: string) => boolean, helps: boolean): Filter | boolean {
  if (isComparison(filter)) return isIt(filter.column) ? helps : filter
  if ('not' in filter) {
    const inner = relax(filter.not, isIt, !helps)
    return typeof inner === 'boolean' ? !inner : { not: inner }
  }
  const isAll = 'all' in filter
  const parts = ('all' in filter ? filter.all : filter.any).map((part) => relax(part, isIt, helps))
  if (parts.includes(!isAll)) return !isAll
  const left = parts.filter((part) => typeof part !== 'boolean')
  const [only, other] = left
  if (only === undefined) return isAll
  if (other === undefined) return only
  return isAll ? { all: left } : { any: left }
}

/** What belongs to the reductions. */
export interface GroupParts {
  readonly plan: Plan
  readonly reduction: Reduction
  readonly rowSets: RowSets | undefined
}

/**
 * The part of a group that a number is about, over everybody who could be in the group were the variable another: the
 * groups with the same other keys, of the question without the conditions on it.
 */
export function wholeOf(
  { key }: ReducedGroup,
  { variable, without: relaxed }: Defining,
  part: string,
  { plan, reduction, rowSets }: GroupParts
): SolvedSet | undefined {
  const isFree = plan.groupBy.map((one) => one.variable === variable)
  const found = (relaxed ?? reduction).groups.filter((group) =>
    group.key.every((label, at) => isFree[at] === true || label === key[at])
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
