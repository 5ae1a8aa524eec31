/** The baseline table of a study in a terminal: variables as rows, groups as columns. */
import { printable, tableOf } from '@stimnet/machine'
import {
  baselineCellText,
  baselineDifferenceText,
  baselineGroupText,
  type Broadcast,
  hasBaselinePoints,
  isBaselineLeftOut,
  LEFT_OUT_WORDS,
  POINTS_WORDS,
  type TableOneRow,
  tableOneOf
} from '@stimnet/sdk'
import { blankWord } from './noise.ts'

/** The lines of the baseline table; empty for the answer to another statistic. */
export function tableOneLines(broadcast: Pick<Broadcast, 'statistic' | 'pooled' | 'parts'>): string[] {
  const { statistic, pooled } = broadcast
  if (statistic?.name !== 'table_one' || !pooled || pooled.rows.length === 0) return []
  const baseline = tableOneOf(pooled)
  const { groups, rows } = baseline
  const blank = blankWord(broadcast)
  const isCompared = rows.some(({ difference }) => difference !== null)
  const header = ['', ...groups.map(({ name }) => name), ...(isCompared ? ['std. difference'] : [])]
  const people = ['subjects', ...groups.map((group) => baselineGroupText(group, blank))]
  const lines = [isCompared ? [...people, ''] : people, ...rows.map((row) => lineOf(row, { isCompared, blank }))]
  return [
    `\nBaseline\n${tableOf(header, lines)}`,
    ...(isBaselineLeftOut(baseline) ? [`${LEFT_OUT_WORDS}\n`] : []),
    ...(hasBaselinePoints(baseline) ? [`${POINTS_WORDS}\n`] : [])
  ]
}

function lineOf(row: TableOneRow, { isCompared, blank }: { isCompared: boolean; blank: string }): string[] {
  const { variable, level, unit, cells } = row
  const bare = variable.slice(variable.indexOf('.') + 1)
  const name = level === null ? `${bare}${unit === null ? '' : ` [${unit}]`}, mean (sd)` : `${bare}: ${level}`
  const texts = cells.map((cell) => baselineCellText(cell, blank))
  return [printable(name), ...texts, ...(isCompared ? [baselineDifferenceText(row)] : [])]
}
