/** The plan of a program as it is written, before the cohort of a request narrows it. */
import { parseSql } from '@stimnet/data'
import type { CatalogDescriptor, Plan, Program } from '@stimnet/protocol'
import { planOfStatistic } from '@stimnet/statistics'

/**
 * The plan of SQL or of a statistic against the description of a catalog; undefined for a script. Throws as `parseSql` and
 * `planOfStatistic`.
 */
export function planRead(program: Program, descriptor: CatalogDescriptor): Plan | undefined {
  if (program.kind === 'script') return undefined
  return program.kind === 'sql' ? parseSql(program.sql, descriptor) : planOfStatistic(program.statistic, descriptor)
}
