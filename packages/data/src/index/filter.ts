/**
 * Resolution of filters against a catalog's description: full names of columns, declared
 * values, and the parts that choose rows.
 */
import {
  type CatalogDescriptor,
  type Comparison,
  checkFilter,
  columnsOf,
  type Filter,
  isComparison,
  nearName,
  resolveVariable
} from '@stimnet/protocol'
import { canonical, chosenCells } from './domain.ts'

/**
 * The filter with full names of columns and canonical values; the same filter if it is resolved already. Looks at no data.
 * Throws VARIABLE_UNKNOWN, VARIABLE_AMBIGUOUS, VALUE_NOT_DECLARED, FILTER_INVALID.
 */
export function resolveFilter(filter: Filter, descriptor: CatalogDescriptor, tables?: readonly string[]): Filter {
  return mapComparisons(checkFilter(filter), (comparison) => {
    // No request can write it: it is resolved already.
    if (comparison.op === 'in set') return comparison
    const { ref, variable } = resolveVariable(descriptor, comparison.column, tables)
    chosenCells(comparison, ref, variable)
    return canonical(comparison, ref, variable)
  })
}

/** The filter in which each name that exactly one of the tables `near` has is written in full; other names stay as they are. */
export function nearFilter(filter: Filter, descriptor: CatalogDescriptor, near: readonly string[]): Filter {
  return mapComparisons(checkFilter(filter), (comparison) => ({
    ...comparison,
    column: nearName(descriptor, comparison.column, near)
  }))
}

function mapComparisons(filter: Filter, change: (comparison: Comparison) => Comparison): Filter {
  if (isComparison(filter)) return change(filter)
  if ('all' in filter) return { all: filter.all.map((inner) => mapComparisons(inner, change)) }
  if ('any' in filter) return { any: filter.any.map((inner) => mapComparisons(inner, change)) }
  return { not: mapComparisons(filter.not, change) }
}

/**
 * The top-level conjuncts of a resolved filter that use columns of `tables` only. A cohort filter chooses subjects.
 * These parts of it also choose rows, so that `{visit: 'month_12'}` means the rows of that visit, not all rows of
 * everybody who had one. Undefined if there are none.
 */
export function rowFilter(filter: Filter | undefined, tables: readonly string[]): Filter | undefined {
  if (filter === undefined) return undefined
  const own = conjuncts(filter).filter((part) => columnsOf(part).every((column) => tables.includes(tableOf(column))))
  const [first, ...others] = own
  return first === undefined || others.length === 0 ? first : { all: own }
}

function conjuncts(filter: Filter): readonly Filter[] {
  return 'all' in filter ? filter.all.flatMap(conjuncts) : [filter]
}

function tableOf(ref: string): string {
  return ref.slice(0, ref.indexOf('.'))
}
