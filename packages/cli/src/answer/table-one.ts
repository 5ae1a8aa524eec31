/** The baseline table of a study in a terminal: variables as rows, groups as columns. */
import { measured, printable, tableOf } from '@stimnet/machine'
import { baselineCellText, baselineGroupText, type Broadcast, type TableOneRow, tableOneOf } from '@stimnet/sdk'
import { blankWord } from './noise.ts'

/** Empty for the answer to another statistic. */
export function tableOneLines(broadcast: Pick<Broadcast, 'statistic' | 'pooled' | 'parts'>): string[] {
  const { statistic, pooled } = broadcast
  if (statistic?.name !== 'table_one' || !pooled || pooled.rows.length === 0) return []
  const { groups, rows } = tableOneOf(pooled)
  const blank = blankWord(broadcast)
  const isCompared = rows.some(({ difference }) => difference !== null)
  const header = ['', ...groups.map(({ name }) => name), ...(isCompared ? ['std. difference'] : [])]
  const people = ['subjects', ...groups.map((group) => baselineGroupText(group, blank))]
  return [
    `\nBaseline\n${tableOf(header, [isCompared ? [...people, ''] : people, ...rows.map((row) => lineOf(row, { isCompared, blank }))])}`
  ]
}

function lineOf(row: TableOneRow, { isCompared, blank }: { isCompared: boolean; blank: string }): string[] {
  const { variable, level, unit, cells, difference } = row
  const bare = variable.slice(variable.indexOf('.') + 1)
  const name = level === null ? `${bare}${unit === null ? '' : ` [${unit}]`}, mean (sd)` : `${bare}: ${level}`
  const texts = cells.map((cell) => baselineCellText(cell, blank))
  return [printable(name), ...texts, ...(isCompared ? [difference === null ? '' : measured(difference)] : [])]
}
