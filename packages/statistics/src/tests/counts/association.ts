/** The test of association of one or several tables of counts, with the notes that a reader must know. */
import type { TestResult } from '@stimnet/protocol'
import { type CountCell, chiSquaredOf, mantelHaenszelOf } from './chi-squared.ts'
import { EXPECTED_MIN, ROUNDED } from '../given.ts'

/** The numbers, if the test is made, and the notes. */
export interface Association {
  readonly numbers?: Pick<TestResult, 'statistic' | 'p'> & { readonly df: number[] }
  readonly notes: readonly string[]
}

/** Pearson's χ² for one table; the Cochran–Mantel–Haenszel test for several tables. */
export function associationOf(tables: readonly (readonly CountCell[])[]): Association {
  const result = tables.length > 1 ? mantelHaenszelOf(tables) : chiSquaredOf(tables[0] ?? [])
  if (result === null) return { notes: ['Fewer than two rows or columns.'] }
  const { statistic, df, p, least } = result
  const isRounded = tables.some((cells) => cells.some(({ within = 0 }) => within > 0))
  const isRough = least < EXPECTED_MIN
  if (isRounded && isRough) return { notes: ['Counts are rounded for privacy, and too few are expected in a cell.'] }
  return {
    numbers: { statistic, df: [df], p },
    notes: [
      ...(isRough ? ['Fewer than five are expected in a cell: the p value is rough.'] : []),
      ...(isRounded ? [ROUNDED] : [])
    ]
  }
}
