/** The baseline table of a study in a terminal: variables as rows, groups as columns. */
import { cellOf, measured, printable, tableOf } from '@stimnet/machine'
import { type Broadcast, type TableOneRow, tableOneOf } from '@stimnet/sdk'
import { blankWord } from './noise.ts'

/** Empty for the answer to another statistic. */
export function tableOneLines(broadcast: Pick<Broadcast, 'statistic' | 'pooled' | 'parts'>): string[] {
  const { statistic, pooled } = broadcast
  if (statistic?.name !== 'table_one' || !pooled || pooled.rows.length === 0) return []
  const { groups, rows } = tableOneOf(pooled)
  const blank = blankWord(broadcast)
  const isCompared = rows.some(({ difference }) => difference !== null)
  const header = ['', ...groups.map(({ name }) => name), ...(isCompared ? ['std. difference'] : [])]
  const people = ['subjects', ...groups.map(({ subjects }) => (subjects === null ? blank : cellOf(subjects)))]
  return [
    `\nBaseline\n${tableOf(header, [isCompared ? [...people, ''] : people, ...rows.map((row) => lineOf(row, { isCompared, blank }))])}`
  ]
}

function lineOf(row: TableOneRow, { isCompared, blank }: { isCompared: boolean; blank: string }): string[] {
  const { variable, level, unit, cells, difference } = row
  const bare = variable.slice(variable.indexOf('.') + 1)
  const name = level === null ? `${bare}${unit === null ? '' : ` [${unit}]`}, mean (sd)` : `${bare}: ${level}`
  const texts = cells.map((cell) => {
    if (cell === null) return blank
    const { behind } = cell
    const part = behind === undefined ? '' : ` [${behind.sites} of ${behind.of} institutions]`
    if ('share' in cell) return `${measured(100 * cell.share)} %${part}`
    return `${measured(cell.mean)} (${cell.sd === null ? blank : measured(cell.sd)})${part}`
  })
  return [printable(name), ...texts, ...(isCompared ? [difference === null ? '' : measured(difference)] : [])]
}
