/** The verdict on an answer: in full, in part, or refused. */
import type { Job } from '@stimnet/sdk'
import type { Asked } from '../study-peer.ts'

/** In full: every number asked for is there; in part: some are; refused: none is. */
export type Verdict =
  | { readonly kind: 'full' }
  | { readonly kind: 'part' }
  | { readonly kind: 'refused'; readonly code: string }

/** The verdict on an answer that should have so many rows. */
export function verdictOf({ job, code }: Asked, rowsExpected: number): Verdict {
  if (job === null || job.status !== 'completed') return { kind: 'refused', code: code ?? job?.status ?? 'no answer' }
  const numbers = rowsOf(job).flat()
  const told = numbers.filter((value) => value !== null).length
  if (told === 0) return { kind: 'refused', code: 'all withheld' }
  return isWhole(job, rowsExpected) && told === numbers.length ? { kind: 'full' } : { kind: 'part' }
}

/** Whether nothing was withheld, every expected row is there, and every test was made. That a few were left out is said. */
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

/** The numbers of each row, without its keys: those columns that hold a text. */
function rowsOf(job: Job): (number | null)[][] {
  const { rows = [], columns = [] } = job.result_data ?? {}
  const measures = columns.filter((name) => !rows.some((row) => typeof row[name] === 'string'))
  return rows.map((row) => measures.map((name) => (Number.isFinite(row[name]) ? Number(row[name]) : null)))
}
