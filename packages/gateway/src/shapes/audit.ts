/** One record of the audit log. */
import { z } from 'zod'
import type { AuditView } from '../peer.ts'
import { isoOf, output, timestamp } from './named.ts'

/** A record of the audit log as answered. */
export const auditShape = output(
  'AuditRecord',
  z.object({
    sequence: z.number(),
    at: timestamp,
    kind: z.string(),
    actor: z.string(),
    job_id: z.string(),
    code: z.string(),
    detail: z.record(z.string(), z.unknown()),
    hash: z.string()
  })
)

/** A record for the wire. */
export function auditOf(view: AuditView): z.output<typeof auditShape> {
  const { sequence, atMs, kind, actor, jobId, code, detail, hash } = view
  return { sequence, at: isoOf(atMs), kind, actor, job_id: jobId, code, detail: { ...detail }, hash }
}
