/** The baseline table of a study in a terminal: variables as rows, groups as columns. */
import { cellOf, measured, printable, tableOf } from '@stimnet/machine'
import { type Broadcast, type TableOneRow, tableOneOf } from '@stimnet/sdk'

/** Empty for the answer to another statistic. */
export function tableOneLines({ statistic, pooled }: Pick<Broadcast, 'statistic' | 'pooled'>): string[] {
  if (statistic?.name !== 'table_one' || !pooled || pooled.rows.length === 0) return []
  const { groups, rows } = tableOneOf(pooled)
  const isCompared = rows.some(({ difference }) => difference !== null)
  const header = ['', ...groups.map(({ name }) => name), ...(isCompared ? ['std. difference'] : [])]
  const people = ['subjects', ...groups.map(({ subjects }) => (subjects === null ? 'withheld' : cellOf(subjects)))]
  return [
    `\nBaseline\n${tableOf(header, [isCompared ? [...people, ''] : people, ...rows.map((row) => lineOf(row, isCompared))])}`
  ]
}

function lineOf({ variable, level, unit, cells, difference }: TableOneRow, isCompared: boolean): string[] {
  const bare = variable.slice(variable.indexOf('.') + 1)
  const name = level === null ? `${bare}${unit === null ? '' : ` [${unit}]`}, mean (sd)` : `${bare}: ${level}`
  const texts = cells.map((cell) => {
    if (cell === null) return 'withheld'
    const { behind } = cell
    const part = behind === undefined ? '' : ` [${behind.sites} of ${behind.of} institutions]`
    if ('share' in cell) return `${measured(100 * cell.share)} %${part}`
    return `${measured(cell.mean)} (${cell.sd === null ? 'withheld' : measured(cell.sd)})${part}`
  })
  return [printable(name), ...texts, ...(isCompared ? [difference === null ? '' : measured(difference)] : [])]
}
