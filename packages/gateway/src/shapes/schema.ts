/** A comparison of what the peers of a request mean, for the wire. */
import type { SchemaComparison } from '@stimnet/api'
import type { SchemaReport } from '@stimnet/protocol'

/** Null for a request to one peer. */
export function schemaOf(report: SchemaReport | undefined): SchemaComparison | null {
  if (!report) return null
  const { contract, differences, skeleton } = report
  return { contract, differences, mappings: skeleton }
}
