/** A cohort's filter as a sentence. */
import { type Filter, isComparison } from '@stimnet/protocol'

const OPS: Readonly<Record<string, string>> = {
  '=': 'is',
  '!=': 'is not',
  in: 'is one of',
  '<': 'below',
  '<=': 'at most',
  '>': 'above',
  '>=': 'at least',
  'is null': 'is missing'
}

/** `isInner`: nested filters of several conditions are put in brackets. */
export function filterInWords(filter: Filter, isInner = false): string {
  if (isComparison(filter)) {
    return `${filter.column} ${OPS[filter.op] ?? filter.op} ${filter.values.map(String).join(', ')}`.trim()
  }
  if ('not' in filter) return `not (${filterInWords(filter.not)})`
  const parts = 'all' in filter ? filter.all : filter.any
  const text = parts.map((part) => filterInWords(part, true)).join('all' in filter ? ' and ' : ' or ')
  return isInner && parts.length > 1 ? `(${text})` : text
}
