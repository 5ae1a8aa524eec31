/** One number of a baseline table as text, with how far rounding can put it off. */
import type { TableOne, TableOneRow } from '@stimnet/statistics'
import { cellOf, measured } from './text-table.ts'

/** Mean and standard deviation of a number, or the share of a level. `blank`: what stands for a number that was withheld. */
export function baselineCellText(cell: TableOneRow['cells'][number], blank: string): string {
  if (cell === null) return blank
  const { behind, within } = cell
  const part = behind === undefined ? '' : ` [${behind.sites} of ${behind.of} institutions]`
  if ('share' in cell) return `${measured(100 * cell.share)}${off(within, 100)} %${part}`
  const sd = cell.sd === null ? blank : `${measured(cell.sd)}${off(cell.sd_within)}`
  return `${measured(cell.mean)}${off(within)} (${sd})${part}`
}

/** The number of people of a group. */
export function baselineGroupText({ subjects, within }: TableOne['groups'][number], blank: string): string {
  return subjects === null ? blank : `${cellOf(subjects)}${off(within)}`
}

function off(within: number | undefined, times = 1): string {
  return within === undefined ? '' : ` ± ${measured(Number((times * within).toPrecision(2)))}`
}
