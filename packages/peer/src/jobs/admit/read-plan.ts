/** The plan of a program as written, before the cohort of a request restricts it. */
import { parseSql } from '@stimnet/data'
import type { CatalogDescriptor, Plan, Program } from '@stimnet/protocol'
import { planOfStatistic } from '@stimnet/statistics'

/**
 * The plan of SQL or of a statistic against the description of a catalog; undefined for a script. Throws the errors of
 * `parseSql` and `planOfStatistic`.
 */
export function planRead(program: Program, descriptor: CatalogDescriptor): Plan | undefined {
  if (program.kind === 'script') return undefined
  return program.kind === 'sql' ? parseSql(program.sql, descriptor) : planOfStatistic(program.statistic, descriptor)
}
