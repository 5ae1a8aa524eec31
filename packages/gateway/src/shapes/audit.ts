/** Records of the audit log for the wire, and what proves them. */
import type { AuditProof, AuditRecord, AuditVerification } from '@stimnet/api'
import type { AuditFinding, AuditProofView, AuditView } from '../peer.ts'
import { isoOf } from './time.ts'

/** A record for the wire. */
export function auditOf(view: AuditView): AuditRecord {
  const { sequence, atMs, kind, actor, jobId, code, detail, hash } = view
  return { sequence, at: isoOf(atMs), kind, actor, job_id: jobId, code, detail, hash }
}

/** A proof for the wire. */
export function auditProofOf(view: AuditProofView): AuditProof {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  const { entry, path, root, record, ...rest } = view
  return { ...rest, entry: text(entry), path: path.map(text), root: text(root), record: text(record) }
}

/** A finding for the wire. */
export function auditVerificationOf(finding: AuditFinding): AuditVerification {
  return finding.ok
    ? { ok: true, records: finding.records, head: finding.head, broken_at: null, why: null }
    : { ok: false, records: null, head: null, broken_at: finding.sequence || null, why: finding.why }
}
