/**
 * The optional lattice of a catalog. A steward may fix base cells, for example sex × diagnosis × age below or from 65.
 * Cohorts must then be made of whole base cells, so that the refusal of a cohort discloses nothing about data or earlier
 * questions.
 *
 * Conditions on a declared category of a table with several rows per subject are also allowed, because an ordinary question
 * names the visit that it is about. The subjects with a row at that visit are not made of base cells. For such a question,
 * the ledgers also judge the subjects behind every released number, and may refuse it.
 */
import {
  type CatalogDescriptor,
  type Comparison,
  columnsOf,
  type Filter,
  isComparison,
  type Plan,
  type ResolvedVariable,
  resolveVariable,
  setIn,
  StimnetError,
  type SubjectSet
} from '@stimnet/protocol'
import { gramIn } from '@stimnet/statistics'

/** The cohort and the plan of a request. */
export interface AskedCohort {
  readonly cohort?: Filter
  readonly plan?: Plan
}

/**
 * Throws FILTER_OFF_LATTICE, with a reason that names the lattice, if cohort, WHERE or GROUP BY use conditions outside the
 * lattice; also throws VARIABLE_UNKNOWN or VARIABLE_AMBIGUOUS. Accepts everything for a catalog without a lattice. No data
 * are read.
 */
export function assertOnLattice(descriptor: CatalogDescriptor, { cohort, plan }: AskedCohort): void {
  if (descriptor.lattice.length === 0) return
  if (cohort !== undefined) assertFilter(descriptor, cohort)
  if (plan?.where !== undefined) assertFilter(descriptor, plan.where, plan.tables)
  for (const key of plan?.groupBy ?? []) {
    const resolved = resolveVariable(descriptor, key.variable)
    if (isVisitLike(resolved)) continue
    const cuts = cutsOf(descriptor, resolved)
    if (cuts === undefined) refuse(descriptor, key.variable)
    if (!isCategory(resolved) && !resolved.variable.breakpoints.every((cut) => cuts.includes(cut))) {
      refuse(descriptor, key.variable)
    }
  }
}

/**
 * Whether a question that `assertOnLattice` accepts is made of base cells alone, without a category of a table with several
 * rows per subject; false without a lattice. If true, the acceptance of its cohort does not depend on earlier questions. A
 * measure can still be withheld, for example if few people have no value. False for a model, which is refused as a whole
 * depending on its people.
 */
export function isOfWholeCells(descriptor: CatalogDescriptor, { cohort, plan }: AskedCohort): boolean {
  if (descriptor.lattice.length === 0 || (plan !== undefined && gramIn(plan) !== undefined)) return false
  const columns = [
    ...(cohort === undefined ? [] : columnsOf(cohort)).map((column) => resolveVariable(descriptor, column)),
    ...(plan?.where === undefined ? [] : columnsOf(plan.where)).map((column) =>
      resolveVariable(descriptor, column, plan?.tables)
    ),
    ...(plan?.groupBy ?? []).map(({ variable }) => resolveVariable(descriptor, variable))
  ]
  return columns.every((resolved) => cutsOf(descriptor, resolved) !== undefined)
}

/**
 * Throws SOURCE_INVALID if a base cell that is not empty has fewer than k subjects: every question would either be refused
 * or disclose something about these subjects. The error is meant for the steward, when the catalog is opened, and names no
 * count.
 */
export function assertLatticeHolds(descriptor: CatalogDescriptor, baseCells: readonly SubjectSet[], k: number): void {
  if (baseCells.every(({ size }) => size === 0 || size >= k)) return
  const words = latticeInWords(descriptor).slice(0, 400)
  const why = `a base cell of its lattice (${words}, and missing values) has fewer than ${k} subjects. Make it coarser.`
  throw new StimnetError('SOURCE_INVALID', `catalog ${descriptor.name}: ${why}`)
}

function assertFilter(descriptor: CatalogDescriptor, filter: Filter, tables?: readonly string[]): void {
  for (const comparison of comparisonsOf(filter)) {
    const set = setIn(comparison.column)
    // The people with values in an analysis set are not made of base cells.
    if (set !== undefined) refuse(descriptor, set)
    const resolved = resolveVariable(descriptor, comparison.column, tables)
    if (!isVisitLike(resolved) && !isOnCut(comparison, resolved, cutsOf(descriptor, resolved))) {
      refuse(descriptor, comparison.column)
    }
  }
}

function comparisonsOf(filter: Filter): Comparison[] {
  if (isComparison(filter)) return [filter]
  const inner = 'all' in filter ? filter.all : 'any' in filter ? filter.any : [filter.not]
  return inner.flatMap(comparisonsOf)
}

function isCategory({ variable }: ResolvedVariable): boolean {
  return variable.type === 'category' && variable.levels.length > 0
}

function isVisitLike(resolved: ResolvedVariable): boolean {
  return !resolved.table.oneRowPerSubject && isCategory(resolved)
}

/** The breakpoints of a variable in the lattice; undefined if the variable is not in the lattice. */
function cutsOf(descriptor: CatalogDescriptor, { ref }: ResolvedVariable): readonly number[] | undefined {
  return descriptor.lattice.find((entry) => entry.variable === ref)?.breakpoints
}

/**
 * Base cells are intervals [from, to), so among the comparisons with a number only `<` and `>=` at a breakpoint select whole
 * cells.
 */
function isOnCut({ op, values }: Comparison, resolved: ResolvedVariable, cuts: readonly number[] | undefined): boolean {
  if (cuts === undefined || op === 'is null') return false
  if (isCategory(resolved)) return op === '=' || op === '!=' || op === 'in'
  return (op === '<' || op === '>=') && values.every((value) => typeof value === 'number' && cuts.includes(value))
}

/** The lattice in words, for example "subjects.sex, subjects.age (< or >= 65)". */
function latticeInWords(descriptor: CatalogDescriptor): string {
  const words = descriptor.lattice.map(({ variable, breakpoints }) =>
    breakpoints.length === 0 ? variable : `${variable} (< or >= ${breakpoints.join(', ')})`
  )
  return words.join(', ')
}

function refuse(descriptor: CatalogDescriptor, column: string): never {
  const reason =
    `${JSON.stringify(column.slice(0, 129))} cannot be used like this. This catalog has a lattice: cohorts and groups consist of base cells of ` +
    `${latticeInWords(descriptor).slice(0, 400)}, and of categories of tables with several rows per subject.`
  throw new StimnetError('FILTER_OFF_LATTICE', reason, { reason })
}
