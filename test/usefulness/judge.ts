/** The verdict on an answer: in full, in part, or refused. */
import type { Job } from '@stimnet/sdk'
import type { Asked } from '../study-peer.ts'

/** A verdict. `full`: all requested numbers are in the answer; `part`: some are; `refused`: none are. */
export type Verdict =
  | { readonly kind: 'full' }
  | { readonly kind: 'part' }
  | { readonly kind: 'refused'; readonly code: string }

/** The verdict on an answer that should have `rowsExpected` rows. */
export function verdictOf({ job, code }: Asked, rowsExpected: number): Verdict {
  if (job === null || job.status !== 'completed') return { kind: 'refused', code: code ?? job?.status ?? 'no answer' }
  const numbers = rowsOf(job).flat()
  const told = numbers.filter((value) => value !== null).length
  if (told === 0) return { kind: 'refused', code: 'all withheld' }
  return isWhole(job, rowsExpected) && told === numbers.length ? { kind: 'full' } : { kind: 'part' }
}

/** Whether nothing was withheld, all expected rows exist and all tests were computed. A few people may have been left out. */
function isWhole(job: Job, rowsExpected: number): boolean {
  const { disclosure, tests = [] } = job.result_data as { disclosure?: { suppressed_cells: number }; tests?: Made[] }
  return (
    (disclosure?.suppressed_cells ?? 0) === 0 &&
    rowsOf(job).length >= rowsExpected &&
    tests.every(({ statistic }) => statistic !== null)
  )
}

interface Made {
  readonly statistic: number | null
}

/** The numbers of each row, without the key columns, which contain texts. */
function rowsOf(job: Job): (number | null)[][] {
  const { rows = [], columns = [] } = job.result_data ?? {}
  const measures = columns.filter((name) => !rows.some((row) => typeof row[name] === 'string'))
  return rows.map((row) => measures.map((name) => (Number.isFinite(row[name]) ? Number(row[name]) : null)))
}
