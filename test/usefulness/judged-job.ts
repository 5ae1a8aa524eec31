/** A finished job as a gateway shows it, for tests of the verdict. */
import type { Job } from '@stimnet/sdk'
import type { Asked } from '../study-peer.ts'

/** The properties of a job that determine its verdict. */
export interface Told {
  readonly rows: readonly Readonly<Record<string, string | number | null>>[]
  readonly suppressed?: number
  readonly warnings?: readonly string[]
  /** The statistic of a test in the answer; null if the test could not be computed. */
  readonly statistic?: number | null
  readonly status?: Job['status']
}

/** An answer with such a job. */
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
