/** One record of the audit log. */
import { z } from 'zod'
import type { AuditFinding, AuditProofView, AuditView } from '../peer.ts'
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

const bytesShape = z.string().describe('Base64')

/** A proof as answered; `stimnet verify` reads it from a file. */
export const auditProofShape = output(
  'AuditProof',
  z.object({
    entry: bytesShape,
    index: z.number().int(),
    size: z.number().int(),
    path: z.array(bytesShape),
    root: bytesShape,
    record: bytesShape,
    checkpoint: z.string().describe('C2SP signed note')
  })
)

/** A proof for the wire. */
export function auditProofOf(view: AuditProofView): z.output<typeof auditProofShape> {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  const { entry, path, root, record, ...rest } = view
  return { ...rest, entry: text(entry), path: path.map(text), root: text(root), record: text(record) }
}

/** What each witness did with the log's newest state. */
export const attestedShape = output(
  'Attested',
  z.object({ witness: z.string(), attested: z.boolean(), code: z.string().nullable() })
)

/** What a walk over the log found. */
export const auditVerificationShape = output(
  'AuditVerification',
  z.object({
    ok: z.boolean().describe('False where a record was changed, dropped or moved, or anything in the store is damaged'),
    records: z.number().int().nullable(),
    head: z.string().nullable().describe('The root of the tree over all records'),
    broken_at: z.number().int().nullable().describe('The sequence at which it first breaks'),
    why: z.string().nullable()
  })
)

/** A finding for the wire. */
export function auditVerificationOf(finding: AuditFinding): z.output<typeof auditVerificationShape> {
  return finding.ok
    ? { ok: true, records: finding.records, head: finding.head, broken_at: null, why: null }
    : { ok: false, records: null, head: null, broken_at: finding.sequence || null, why: finding.why }
}
