/** Which rows each number is made of: the rows of a group, and those of them that a column or a pair has values in. */
import type { SubjectSet } from '@stimnet/protocol'
import { setOfBits } from '../bits.ts'
import type { Base } from './base.ts'
import { groupId } from './cells.ts'
import { type GroupSums, type PairAt, type ReduceSession, rowSupport } from './groups.ts'

/** The groups with their row sets; as they are where no table has several rows per subject. */
export async function withRowSets(
  groups: readonly GroupSums[],
  base: Base,
  pairs: readonly PairAt[],
  { session, items, signal }: ReduceSession
): Promise<readonly GroupSums[]> {
  if (items === undefined) return groups
  const keys = base.keys.map((_, i) => `k${i}`)
  // A part that misses no value anywhere has the rows of its group, and needs no pass of its own.
  const misses = (rowsOf: (group: GroupSums) => number | undefined) =>
    groups.some((group) => rowsOf(group) !== group.rows)
  const columnConditions = base.values.map((_, i) => (misses((g) => g.columns[i]?.rows) ? `x${i} IS NOT NULL` : ''))
  const pairConditions = pairs.map(([x, y], i) =>
    misses((g) => g.pairs[i]?.rows) ? `x${x} IS NOT NULL AND x${y} IS NOT NULL` : ''
  )
  const conditions = ['', ...new Set([...columnConditions, ...pairConditions].filter((text) => text !== ''))]
  const parts = conditions.map((condition) => rowSupport(items, condition))
  const grouped = keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')}`
  const found = new Map<string, readonly SubjectSet[]>()
  for (const row of await session.rows(`SELECT ${[...keys, ...parts].join(', ')} FROM base ${grouped}`, [], signal)) {
    const cells = row.slice(0, keys.length).map((cell) => (cell === null ? null : Number(cell)))
    found.set(
      groupId(cells),
      row.slice(keys.length).map((bits) => setOfBits(items, bits))
    )
  }
  return groups.map((group) => {
    const sets = found.get(groupId(group.cells)) ?? []
    const rowSet = (condition: string) => {
      const set = sets[conditions.indexOf(condition)]
      return set === undefined ? {} : { rowSet: set }
    }
    return {
      ...group,
      ...rowSet(''),
      columns: group.columns.map((column, i) => ({ ...column, ...rowSet(columnConditions[i] ?? '') })),
      pairs: group.pairs.map((pair, i) => ({ ...pair, ...rowSet(pairConditions[i] ?? '') }))
    }
  })
}
