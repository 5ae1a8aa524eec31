/** The numbers of a baseline table as text, each with its maximum rounding error. */
import type { TableOne, TableOneRow } from '@stimnet/statistics'
import { aboutText } from './left-out.ts'
import { cellOf, measured } from './text-table.ts'

/** Mean and standard deviation of a number, or the share of a level. `blank`: the text for a withheld number. */
export function baselineCellText(cell: TableOneRow['cells'][number], blank: string): string {
  if (cell === null) return blank
  const { behind, within, isLeftOut } = cell
  const part = behind === undefined ? '' : ` [${behind.sites} of ${behind.of} institutions]`
  if ('share' in cell) return aboutText(`${measured(100 * cell.share)}${off(within, 100)} %${part}`, isLeftOut)
  const sd = cell.sd === null ? blank : `${measured(cell.sd)}${off(cell.sd_within)}`
  return aboutText(`${measured(cell.mean)}${off(within)} (${sd})${part}`, isLeftOut)
}

/** The number of people in a group. */
export function baselineGroupText({ subjects, within, isLeftOut }: TableOne['groups'][number], blank: string): string {
  return subjects === null ? blank : aboutText(`${cellOf(subjects)}${off(within)}`, isLeftOut)
}

/** The standardised difference of two groups; empty if there is none. */
export function baselineDifferenceText({ difference, isDifferenceLeftOut }: TableOneRow): string {
  return difference === null ? '' : aboutText(measured(difference), isDifferenceLeftOut)
}

/** Whether people were left out of any number in the table. */
export function isBaselineLeftOut({ groups, rows }: TableOne): boolean {
  return [...groups, ...rows.flatMap(({ cells }) => cells)].some((one) => one?.isLeftOut === true)
}

function off(within: number | undefined, times = 1): string {
  return within === undefined ? '' : ` ± ${measured(Number((times * within).toPrecision(2)))}`
}
