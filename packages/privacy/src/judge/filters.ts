/** Simplification of a filter when some of its comparisons are decided. */
import { type Comparison, type Filter, isComparison } from '@stimnet/protocol'

/** All comparisons of a filter, repeated ones included. */
export function comparisonsIn(filter: Filter): Comparison[] {
  if (isComparison(filter)) return [filter]
  return ('not' in filter ? [filter.not] : 'all' in filter ? filter.all : filter.any).flatMap(comparisonsIn)
}

/**
 * Simplifies a filter to true, false, or the filter that remains. `of` decides a comparison, given whether it is under a
 * negation, or returns undefined to leave it undecided.
 */
export function decided(
  filter: Filter,
  of: (one: Comparison, isNegated: boolean) => boolean | undefined,
  isNegated = false
): Filter | boolean {
  if (isComparison(filter)) return of(filter, isNegated) ?? filter
  if ('not' in filter) {
    const inner = decided(filter.not, of, !isNegated)
    return typeof inner === 'boolean' ? !inner : { not: inner }
  }
  const isAll = 'all' in filter
  const parts = ('all' in filter ? filter.all : filter.any).map((part) => decided(part, of, isNegated))
  if (parts.includes(!isAll)) return !isAll
  const left = parts.filter((part) => typeof part !== 'boolean')
  const [only, other] = left
  if (only === undefined) return isAll
  if (other === undefined) return only
  return isAll ? { all: left } : { any: left }
}

/** Whether a comparison selects a level, by the rules of the filter. Undefined if that is not known, as for dates. */
export function chooses({ op, values }: Comparison, level: string): boolean | undefined {
  if (op === '=' || op === 'in') return values.map(String).includes(level)
  if (op === '!=') return !values.map(String).includes(level)
  const [value] = values
  if (typeof value !== 'number') return undefined
  return op === '<'
    ? Number(level) < value
    : op === '<='
      ? Number(level) <= value
      : op === '>'
        ? Number(level) > value
        : Number(level) >= value
}
