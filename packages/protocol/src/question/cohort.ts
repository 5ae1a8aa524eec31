/** The filter language of cohorts: Boolean combinations of comparisons with declared levels and breakpoints. */
import { z } from 'zod'
import { StimnetError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { Encodable, wire } from '../wire/wire.ts'

/** Operators of a comparison, as they are written in a filter. */
export const COMPARISON_OPS = ['=', '!=', 'in', '<', '<=', '>', '>=', 'is null'] as const
/** One of COMPARISON_OPS. */
export type ComparisonOp = (typeof COMPARISON_OPS)[number]
/** A value with which a variable is compared. */
export type FilterValue = string | number | boolean

/**
 * A comparison. `column` is `variable` or `table.variable`. `values` has one value; for `in` one or more; for `is null` none. `in
 * set` occurs in resolved cohorts only (see analysis-set.ts); a request cannot contain it.
 */
export interface Comparison {
  readonly column: string
  readonly op: ComparisonOp | 'in set'
  readonly values: readonly FilterValue[]
}

/** A filter. A subject satisfies a comparison if any of the subject's rows does. `not` is the complement among subjects. */
export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | { readonly not: Filter }
  | Comparison

/** Whether a filter is a comparison, that is, contains no other filters. */
export function isComparison(filter: Filter): filter is Comparison {
  return 'column' in filter
}

/** Room for `table.variable` with two names of 64 characters. */
const COLUMN_CHARACTERS_MAX = 129
const VALUE_CHARACTERS_MAX = 256

const comparisonSchema = z.strictObject({
  column: z.string().min(1).max(COLUMN_CHARACTERS_MAX),
  op: z.enum(COMPARISON_OPS),
  values: z
    .array(z.union([z.string().max(VALUE_CHARACTERS_MAX), z.number(), z.boolean()]))
    .max(LIMITS.filterLiteralsMax)
})

// One schema per level of nesting. A recursive schema would follow a hostile body until the stack is exhausted.
function schemaAt(depth: number): z.ZodType<Filter, Filter> {
  if (depth === LIMITS.filterDepthMax) return comparisonSchema
  const inner = schemaAt(depth + 1)
  return z.union([
    z.strictObject({ all: z.array(inner).max(LIMITS.filterLiteralsMax) }),
    z.strictObject({ any: z.array(inner).max(LIMITS.filterLiteralsMax) }),
    z.strictObject({ not: inner }),
    comparisonSchema
  ])
}

/** The JSON form of a filter, for REST and configuration. The total number of values is checked by `checkFilter`. */
export const filterSchema: z.ZodType<Filter, Filter> = schemaAt(1)

const invalid = (reason: string): never => {
  throw StimnetError.told('FILTER_INVALID', reason)
}

/**
 * Returns the filter unchanged. Throws FILTER_INVALID if its depth, the length of a text, the number of values or the number of
 * values of an operator is out of bounds.
 */
export function checkFilter(filter: Filter): Filter {
  let literals = 0
  const visit = (node: Filter, depth: number): void => {
    if (depth > LIMITS.filterDepthMax) invalid(`A filter is at most ${LIMITS.filterDepthMax} levels deep.`)
    if (!isComparison(node)) {
      const inner = 'all' in node ? node.all : 'any' in node ? node.any : [node.not]
      if (inner.length === 0) invalid('`all` and `any` need at least one filter.')
      for (const child of inner) visit(child, depth + 1)
      return
    }
    const [min, max] = valuesOf(node.op)
    if (node.values.length < min || node.values.length > max) invalid(`\`${node.op}\` has a wrong number of values.`)
    checkTexts(node)
    literals += Math.max(1, node.values.length)
    if (literals > LIMITS.filterLiteralsMax) invalid(`A filter has at most ${LIMITS.filterLiteralsMax} values.`)
  }
  visit(filter, 1)
  return filter
}

// The JSON schema checks these bounds too, but filters from the wire do not pass it.
function checkTexts({ column, values }: Comparison): void {
  if (column === '' || column.length > COLUMN_CHARACTERS_MAX || !column.isWellFormed()) {
    invalid(`A column is named in 1 to ${COLUMN_CHARACTERS_MAX} characters.`)
  }
  for (const value of values) {
    if (typeof value === 'number' && !Number.isFinite(value)) invalid('A number in a filter must be finite.')
    if (typeof value === 'string' && (value.length > VALUE_CHARACTERS_MAX || !value.isWellFormed())) {
      invalid(`A text in a filter has at most ${VALUE_CHARACTERS_MAX} characters.`)
    }
  }
}

function valuesOf(op: Comparison['op']): [min: number, max: number] {
  if (op === 'is null' || op === 'in set') return [0, 0]
  return op === 'in' ? [1, LIMITS.filterLiteralsMax] : [1, 1]
}

/** All columns in a filter, as written. */
export function columnsOf(filter: Filter): string[] {
  if (isComparison(filter)) return [filter.column]
  const inner = 'all' in filter ? filter.all : 'any' in filter ? filter.any : [filter.not]
  return [...new Set(inner.flatMap(columnsOf))]
}

/**
 * Reads the simple REST form, `{ column: value | [values] }`; all entries must hold. Undefined if there are none. Throws
 * FILTER_INVALID.
 */
export function filterFromPairs(pairs: Readonly<Record<string, unknown>>): Filter | undefined {
  const parts = Object.entries(pairs).map(([column, value]): Comparison => {
    const values = Array.isArray(value) ? value : [value]
    const plain = values.filter((v) => ['string', 'number', 'boolean'].includes(typeof v)) as FilterValue[]
    if (plain.length !== values.length)
      invalid(`The filter on ${JSON.stringify(column).slice(0, 80)} needs plain values.`)
    return plain.length === 1 ? { column, op: '=', values: plain } : { column, op: 'in', values: plain }
  })
  const [first] = parts
  if (first === undefined) return undefined
  return checkFilter(parts.length === 1 ? first : { all: parts })
}

/** Encodes a filter for the wire. */
export function filterToMessage(filter: Filter): Encodable<wire.Filter> {
  if ('all' in filter) return { all: { filters: filter.all.map(filterToMessage) } }
  if ('any' in filter) return { any: { filters: filter.any.map(filterToMessage) } }
  if ('not' in filter) return { not: filterToMessage(filter.not) }
  const values = filter.values.map((value) =>
    typeof value === 'string' ? { text: value } : typeof value === 'number' ? { number: value } : { truth: value }
  )
  return { compare: { column: filter.column, op: filter.op, values } }
}

/** Decodes a filter from the wire. Throws FILTER_INVALID. */
export function filterFromMessage(message: wire.Filter): Filter {
  return checkFilter(fromLoose(message, 1))
}

function fromLoose(message: wire.Filter, depth: number): Filter {
  if (depth > LIMITS.filterDepthMax) return invalid(`A filter is at most ${LIMITS.filterDepthMax} levels deep.`)
  const list = (filters: readonly wire.Filter[]) => filters.map((f) => fromLoose(f, depth + 1))
  if (message.all) return { all: list(message.all.filters) }
  if (message.any) return { any: list(message.any.filters) }
  if (message.not) return { not: fromLoose(message.not, depth + 1) }
  if (!message.compare) return invalid('An empty filter.')
  const { column, op, values } = message.compare
  const known = COMPARISON_OPS.find((candidate) => candidate === op)
  if (!known) return invalid('An unknown comparison.')
  return { column, op: known, values: values.map((v) => v.text ?? v.number ?? v.truth ?? '') }
}
