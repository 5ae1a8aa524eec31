/** The subjects and rows behind columns and pairs with missing values. */
import type { SubjectSet } from '@stimnet/protocol'
import { setOfBits } from '../index/bits.ts'
import type { Base } from './base.ts'
import {
  bothPresent,
  byGroup,
  type GroupSums,
  groupId,
  type PairAt,
  type ReduceSession,
  rowSupport,
  support
} from './groups.ts'

/**
 * Adds the subjects who have a value to columns and pairs with missing values. If no value is missing, these are the subjects of the group,
 * and no query is needed.
 */
export async function withSupports(
  groups: readonly GroupSums[],
  base: Base,
  pairs: readonly PairAt[],
  reading: ReduceSession
): Promise<readonly GroupSums[]> {
  const { columns, pairs: both, found } = await setsByGroup(groups, { base, pairs, reading, of: 'subjects' })
  if (found === undefined) return groups
  const set = (group: GroupSums, condition: string | undefined) => {
    const known = condition === undefined ? undefined : found.get(groupId(group.cells))?.get(condition)
    return known === undefined ? {} : { support: known }
  }
  return groups.map((group) => ({
    ...group,
    columns: group.columns.map((column, i) => ({ ...column, ...set(group, columns[i]) })),
    pairs: group.pairs.map((pair, i) => ({ ...pair, ...set(group, both[i]) }))
  }))
}

/** The conditions for the rows of columns and pairs that have fewer rows than their group, and the sets of those rows by group. */
export interface SetsByGroup {
  readonly columns: readonly (string | undefined)[]
  readonly pairs: readonly (string | undefined)[]
  /** The sets by group and condition; undefined if no value is missing. */
  readonly found: ReadonlyMap<string, ReadonlyMap<string, SubjectSet>> | undefined
}

/** The sets of subjects or of rows behind columns and pairs with missing values. */
export async function setsByGroup(
  groups: readonly GroupSums[],
  options: { base: Base; pairs: readonly PairAt[]; reading: ReduceSession; of: 'subjects' | 'rows' }
): Promise<SetsByGroup> {
  const { base, pairs, reading, of } = options
  const misses = (rowsOf: (group: GroupSums) => number | undefined) =>
    groups.some((group) => rowsOf(group) !== group.rows)
  const columns = base.values.map((_, i) => (misses((g) => g.columns[i]?.rows) ? `x${i} IS NOT NULL` : undefined))
  const both = pairs.map((pair, i) => (misses((g) => g.pairs[i]?.rows) ? bothPresent(pair) : undefined))
  const conditions = [...new Set([...columns, ...both].filter((condition) => condition !== undefined))]
  if (conditions.length === 0) return { columns, pairs: both, found: undefined }
  const universe = of === 'rows' ? (reading.items ?? 0) : reading.subjects
  const gather = of === 'rows' ? rowSupport : support
  const parts = conditions.map((condition) => gather(universe, condition))
  const rows = await byGroup(parts, base, reading)
  const found = new Map(
    rows.map(({ cells, values }) => [
      groupId(cells),
      new Map(conditions.map((condition, i) => [condition, setOfBits(universe, values[i])]))
    ])
  )
  return { columns, pairs: both, found }
}
