/** The rows behind each number: the rows of a group, and the rows of the group in which a column or a pair has values. */
import type { Base } from './base.ts'
import { type GroupSums, groupId, type PairAt, type ReduceSession } from './groups.ts'
import { setsByGroup } from './supports.ts'

/** Adds row sets to the groups. Returns the groups unchanged if no table has several rows per subject. */
export async function withRowSets(
  groups: readonly GroupSums[],
  base: Base,
  pairs: readonly PairAt[],
  reading: ReduceSession
): Promise<readonly GroupSums[]> {
  if (reading.items === undefined) return groups
  const { columns, pairs: both, found } = await setsByGroup(groups, { base, pairs, reading, of: 'rows' })
  return groups.map((group) => {
    const rowSet = (condition: string | undefined) => {
      const set = condition === undefined ? group.rowSet : found?.get(groupId(group.cells))?.get(condition)
      return set === undefined ? {} : { rowSet: set }
    }
    return {
      ...group,
      columns: group.columns.map((column, i) => ({ ...column, ...rowSet(columns[i]) })),
      pairs: group.pairs.map((pair, i) => ({ ...pair, ...rowSet(both[i]) }))
    }
  })
}
