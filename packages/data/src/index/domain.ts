/** Domains: the declared values of a variable as consecutive cells, which are the levels of a category or the bins between breakpoints. */
import type { Comparison, FilterValue, VariableDescriptor } from '@stimnet/protocol'
import { StimnetError } from '@stimnet/protocol'
import { daysOf, isoDate } from '../dates.ts'

/**
 * The cells of a variable by number: cell i of a category is its level i, and cell i of a number or date is the bin before breakpoint i.
 */
export interface Domain {
  readonly cells: number
  readonly kind: 'levels' | 'bins'
}

/** The domain of a variable. Null if the variable can be neither filtered nor grouped, as free text and numbers without breakpoints. */
export function domainOf(variable: VariableDescriptor): Domain | null {
  if (variable.type === 'category') return { cells: variable.levels.length, kind: 'levels' }
  if (variable.type === 'text' || variable.breakpoints.length === 0) return null
  return { cells: variable.breakpoints.length + 1, kind: 'bins' }
}

/** The label of a cell in an answer: a level, or a bin such as "<40", "[40,60)" or ">=60". */
export function cellLabel(variable: VariableDescriptor, cell: number): string {
  if (variable.type === 'category') return variable.levels[cell] ?? ''
  const from = variable.breakpoints[cell - 1]
  const to = variable.breakpoints[cell]
  if (from === undefined) return `<${pointText(variable, to ?? 0)}`
  if (to === undefined) return `>=${pointText(variable, from)}`
  return `[${pointText(variable, from)},${pointText(variable, to)})`
}

/** The text of a breakpoint. Dates are written YYYY-MM-DD. */
export function pointText(variable: VariableDescriptor, point: number): string {
  return variable.type === 'date' ? isoDate(point) : String(point)
}

/** The result of a comparison: the cells that satisfy it, or the condition that the value is missing. */
export type Chosen = { readonly missing: true } | { readonly missing: false; readonly cells: ReadonlySet<number> }

/**
 * The cells that satisfy a comparison. `ref` is used in error messages. Throws VALUE_NOT_DECLARED if the comparison would divide a cell,
 * FILTER_INVALID if the operator does not fit the variable.
 */
export function chosenCells(comparison: Comparison, ref: string, variable: VariableDescriptor): Chosen {
  if (comparison.op === 'is null') {
    if (variable.type !== 'text') return { missing: true }
    return refuse('FILTER_INVALID', `${ref} is free text: it cannot be filtered.`)
  }
  const domain = domainOf(variable)
  if (domain === null) return refuse('FILTER_INVALID', cannotBeFiltered(ref, variable))
  const cells = domain.kind === 'levels' ? levelCells(comparison, ref, variable) : binCells(comparison, ref, variable)
  if (comparison.op !== '!=') return { missing: false, cells }
  const others = Array.from({ length: domain.cells }, (_, i) => i).filter((i) => !cells.has(i))
  return { missing: false, cells: new Set(others) }
}

function cannotBeFiltered(ref: string, variable: VariableDescriptor): string {
  return variable.type === 'text'
    ? `${ref} is free text: it cannot be filtered or grouped.`
    : `${ref} has no declared breakpoints: it cannot be filtered or grouped.`
}

function levelCells({ op, values }: Comparison, ref: string, variable: VariableDescriptor): Set<number> {
  if (op !== '=' && op !== '!=' && op !== 'in') {
    return refuse('FILTER_INVALID', `${ref} is a category: compare it with =, != or in, not ${op}.`)
  }
  return new Set(values.map((value) => levelOf(value, ref, variable)))
}

/** The position of a declared level. Throws VALUE_NOT_DECLARED with a list of the levels. */
export function levelOf(value: FilterValue, ref: string, variable: VariableDescriptor): number {
  const at = variable.levels.indexOf(String(value))
  if (at >= 0) return at
  const shown = variable.levels.slice(0, 40).join(', ').slice(0, 500)
  return refuse('VALUE_NOT_DECLARED', `${quoted(value)} is no level of ${ref}. Its levels: ${shown}.`)
}

function binCells({ op, values }: Comparison, ref: string, variable: VariableDescriptor): Set<number> {
  const last = variable.breakpoints.length
  const span = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
  const points = values.map((value) => pointOf(value, ref, variable))
  const [point = 0] = points
  if (op === '>=') return new Set(span(cutAt(point, ref, variable) + 1, last))
  if (op === '<') return new Set(span(0, cutAt(point, ref, variable)))
  if (op === '>') return new Set(span(cutAfter(point, ref, variable) + 1, last))
  if (op === '<=') return new Set(span(0, cutAfter(point, ref, variable)))
  return new Set(points.flatMap((exact) => span(cutAt(exact, ref, variable) + 1, cutAfter(exact, ref, variable))))
}

/** Position of the breakpoint that equals a value. Throws VALUE_NOT_DECLARED if there is none. */
function cutAt(point: number, ref: string, variable: VariableDescriptor): number {
  const at = variable.breakpoints.indexOf(point)
  if (at >= 0) return at
  const value = pointText(variable, point)
  return refuse('VALUE_NOT_DECLARED', `${value} is no breakpoint of ${ref}. ${declaredPoints(ref, variable)}`)
}

/**
 * Position of the breakpoint just above a value, which is the next integer or day. Throws VALUE_NOT_DECLARED if that is not a breakpoint.
 */
function cutAfter(point: number, ref: string, variable: VariableDescriptor): number {
  const at = variable.type === 'number' ? -1 : variable.breakpoints.indexOf(point + 1)
  if (at >= 0) return at
  const value = pointText(variable, point)
  const advice = 'Compare with >= and < at a breakpoint.'
  return refuse(
    'VALUE_NOT_DECLARED',
    `${ref} cannot be cut just above ${value}. ${advice} ${declaredPoints(ref, variable)}`
  )
}

function declaredPoints(ref: string, variable: VariableDescriptor): string {
  const shown = variable.breakpoints.slice(0, 60).map((point) => pointText(variable, point))
  return `Breakpoints of ${ref}: ${shown.join(', ').slice(0, 500)}.`
}

function pointOf(value: FilterValue, ref: string, variable: VariableDescriptor): number {
  if (typeof value === 'number') {
    if (variable.type === 'number' || Number.isInteger(value)) return value
  } else if (variable.type === 'date' && typeof value === 'string') {
    const days = daysOf(value)
    if (days !== null) return days
  }
  const kind =
    variable.type === 'date' ? 'a date, YYYY-MM-DD' : variable.type === 'integer' ? 'a whole number' : 'a number'
  return refuse(
    'VALUE_NOT_DECLARED',
    `${ref} is compared with ${kind}, not ${quoted(value)}. ${declaredPoints(ref, variable)}`
  )
}

/**
 * The canonical form of a comparison: `>` and `<=` of integers and dates become `>=` and `<`, levels become text, dates become YYYY-MM-DD.
 * Only for comparisons that `chosenCells` accepts.
 */
export function canonical(comparison: Comparison, ref: string, variable: VariableDescriptor): Comparison {
  const { op, values } = comparison
  if (op === 'is null') return { column: ref, op, values: [] }
  if (variable.type === 'category') return { column: ref, op, values: values.map(String) }
  const shift = op === '>' || op === '<=' ? 1 : 0
  const points = values.map((value) => pointOf(value, ref, variable) + shift)
  return {
    column: ref,
    op: op === '>' ? '>=' : op === '<=' ? '<' : op,
    values: variable.type === 'date' ? points.map(isoDate) : points.map((point) => (point === 0 ? 0 : point))
  }
}

/** A value of the request, quoted and limited in length, for use in an error message. */
function quoted(value: FilterValue): string {
  return JSON.stringify(String(value).slice(0, 80))
}

function refuse(code: 'VALUE_NOT_DECLARED' | 'FILTER_INVALID', reason: string): never {
  throw StimnetError.told(code, reason)
}
