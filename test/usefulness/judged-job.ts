/** A finished job as a gateway shows it, for tests of the verdict. */
import type { Job } from '@stimnet/sdk'
import type { Asked } from '../study-peer.ts'

/** What of the job matters to its verdict. */
export interface Told {
  readonly rows: readonly Readonly<Record<string, string | number | null>>[]
  readonly suppressed?: number
  readonly warnings?: readonly string[]
  /** Of a test that goes with the answer; null where it could not be made. */
  readonly statistic?: number | null
  readonly status?: Job['status']
}

/** The answer that carries it. */
export function judgedJob({ rows, suppressed = 0, warnings = [], statistic = 1.2, status = 'completed' }: Told): Asked {
  const result_data = {
    columns: Object.keys(rows[0] ?? {}),
    rows,
    disclosure: { suppressed_cells: suppressed },
    tests: [{ statistic }]
  }
  const job: Pick<Job, 'status' | 'warnings'> = { status, warnings }
  return { job: { ...job, result_data } as unknown as Job, code: null }
}
