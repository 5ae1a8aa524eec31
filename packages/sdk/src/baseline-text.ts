/** The numbers of a baseline table as text, each with its maximum rounding error. */
import type { TableOne, TableOneRow } from '@stimnet/statistics'
import { aboutText, numberText } from './number-text.ts'

/** The legend for the errors of shares, shown once below a table that has some. */
export const POINTS_WORDS = 'The ± of a share is in percentage points.'

/** Mean and standard deviation of a number, or the share of a level. `blank`: the text for a withheld number. */
export function baselineCellText(cell: TableOneRow['cells'][number], blank: string): string {
  if (cell === null) return blank
  const { behind, within, isLeftOut } = cell
  const part = behind === undefined ? '' : ` [${behind.sites} of ${behind.of} institutions]`
  if ('share' in cell) {
    const [share, off] = numberText(100 * cell.share, { within: within === undefined ? null : 100 * within }).split(
      ' ± '
    )
    return aboutText(`${share} %${off === undefined ? '' : ` ± ${off} points`}${part}`, isLeftOut)
  }
  const sd = cell.sd === null ? blank : numberText(cell.sd, { within: cell.sd_within })
  return aboutText(`${numberText(cell.mean, { within })} (${sd})${part}`, isLeftOut)
}

/** The number of people in a group. */
export function baselineGroupText({ subjects, within, isLeftOut }: TableOne['groups'][number], blank: string): string {
  return subjects === null ? blank : numberText(subjects, { within, isLeftOut })
}

/** The standardised difference of two groups; empty if there is none. */
export function baselineDifferenceText({ difference, difference_within, isDifferenceLeftOut }: TableOneRow): string {
  return numberText(difference, { within: difference_within, isLeftOut: isDifferenceLeftOut })
}

/** Whether people were left out of any number in the table. */
export function isBaselineLeftOut({ groups, rows }: TableOne): boolean {
  return [...groups, ...rows.flatMap(({ cells }) => cells)].some((one) => one?.isLeftOut === true)
}

/** Whether any share in the table has an error. */
export function hasBaselinePoints({ rows }: TableOne): boolean {
  return rows.some(({ cells }) => cells.some((cell) => cell !== null && 'share' in cell && cell.within !== undefined))
}
