/**
 * Sums over everybody in the groups of some categories, remembered with the column that they are of: models of one cohort are often about
 * the same covariates. Only numbers, since sets of people would take more memory than the columns.
 */
import type { KeptColumn } from './columns.ts'
import type { Grouping } from './groups.ts'

/** Largest number of groups whose numbers are remembered, and number of results for each column; a result is some kilobytes. */
const GROUPS_MAX = 64
const RESULTS_MAX = 32

const NUMBERS = new WeakMap<KeptColumn, Map<string, unknown>>()

/**
 * The result of `make`, which reads the column, the groups and the columns in `others`, and nothing else. Made each time where the
 * rows are not those of everybody. Nobody may change it.
 */
export function remembered<T>(
  column: KeptColumn,
  { what, by, others = [] }: { readonly what: string; readonly by: Grouping; readonly others?: readonly KeptColumn[] },
  make: () => T
): T {
  if (by.rows.places !== undefined || by.groups.length > GROUPS_MAX) return make()
  const known = NUMBERS.get(column) ?? new Map<string, unknown>()
  NUMBERS.set(column, known)
  const name = [what, by.keys.map(idOf).join(), others.map(idOf).join()].join(' ')
  if (known.has(name)) return known.get(name) as T
  const found = make()
  const [oldest] = known.keys()
  if (known.size >= RESULTS_MAX && oldest !== undefined) known.delete(oldest)
  known.set(name, found)
  return found
}

const IDS = new WeakMap<KeptColumn, number>()
let ids = 0

/** A number that no other column has, even if that one is of the same variable in another epoch. */
function idOf(column: KeptColumn): number {
  const found = IDS.get(column) ?? ids++
  IDS.set(column, found)
  return found
}
