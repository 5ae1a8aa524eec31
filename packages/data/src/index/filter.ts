/** Resolution of filters against a catalog's description: full column names, declared values, and the parts that select rows. */
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
 * The filter with full column names and canonical values. A resolved filter is returned unchanged. Reads no data. Throws VARIABLE_UNKNOWN,
 * VARIABLE_AMBIGUOUS, VALUE_NOT_DECLARED, FILTER_INVALID.
 */
export function resolveFilter(filter: Filter, descriptor: CatalogDescriptor, tables?: readonly string[]): Filter {
  return mapComparisons(checkFilter(filter), (comparison) => {
    // No request can write this operator, so the comparison is already resolved.
    if (comparison.op === 'in set') return comparison
    const { ref, variable } = resolveVariable(descriptor, comparison.column, tables)
    chosenCells(comparison, ref, variable)
    return canonical(comparison, ref, variable)
  })
}

/** The filter with the full name of each column that exactly one of the tables `near` has. Other names stay unchanged. */
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
 * The top-level conjuncts of a resolved filter that use only columns of `tables`; undefined if there are none. A cohort filter selects
 * subjects. These conjuncts also select rows, so that `{visit: 'month_12'}` means the rows of that visit, not all rows of everybody who had
 * that visit.
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
