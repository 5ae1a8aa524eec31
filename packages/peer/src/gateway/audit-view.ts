/** The audit log over HTTP: records, verification, proofs, and the checkpoints of witnesses. */
import { type AuditProof, type AuditRecord, type AuditVerification, isoOf } from '@stimnet/api'
import type { Account, GatewayPeer } from '@stimnet/gateway'
import { type AuditRecord as StoredRecord, StimnetError, toHex } from '@stimnet/protocol'
import type { Database } from '../store/database.ts'
import type { AuditFinding } from '../store/log/audit-log.ts'
import { sizeIn } from '../witness/conflicts.ts'
import type { Witnesses } from '../witness/witnesses.ts'

type AuditMethods = 'audit' | 'verifyAudit' | 'checkpoint' | 'proveAudit' | 'gatherWitnesses'

/** The methods for the audit log, for auditors, stewards and operators. */
export function auditMethods(parts: { database: Database; witnesses: Witnesses }): Pick<GatewayPeer, AuditMethods> {
  const { database, witnesses } = parts
  const { auditLog } = database
  let verifying: Promise<AuditVerification> | undefined
  return {
    audit: async (account, options) => {
      assertAuditor(account)
      const asks = mayAsk(account)
      return (await auditLog.read(options)).map((record) => recordOf(record, { asks }))
    },
    verifyAudit: async (account) => {
      assertAuditor(account)
      // Only one verification runs at a time: concurrent callers get its result.
      verifying ??= database
        .verify()
        .then(verificationOf)
        .finally(() => {
          verifying = undefined
        })
      return verifying
    },
    checkpoint: async (account) => {
      assertAuditor(account)
      return witnesses.checkpoint()
    },
    proveAudit: async (account, sequence) => {
      assertAuditor(account)
      return prove(parts, sequence, { asks: mayAsk(account) })
    },
    gatherWitnesses: async (account) => {
      assertAuditor(account)
      const attested = await witnesses.round()
      return attested.map(({ witness, code = null }) => ({ witness, attested: code === null, code }))
    }
  }
}

/** Whether the person behind an account may ask, with this key or in another way: that person reads no reasons for withholding. */
function mayAsk({ roles, holderAsks = false }: Account): boolean {
  return holderAsks || roles.includes('researcher')
}

/**
 * A proof against the last attested checkpoint, or against a new checkpoint if the record is younger. Null for an unknown
 * record.
 */
async function prove(
  { database, witnesses }: { database: Database; witnesses: Witnesses },
  sequence: number,
  { asks }: { readonly asks: boolean }
): Promise<AuditProof | null> {
  if (sequence < 1 || sequence > database.auditLog.head.size) return null
  const checkpoint = await checkpointOver(witnesses, sequence)
  const proof = await database.auditLog.prove(sequence, {
    size: sizeIn(checkpoint),
    isOpened: (detailJson) => !(asks && detailOf(detailJson).why !== undefined)
  })
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  const { entry, path, root, record, ...place } = proof
  return { ...place, entry: text(entry), path: path.map(text), root: text(root), record: text(record), checkpoint }
}

/** The newest checkpoint, or a new one if the newest does not contain the record. */
export async function checkpointOver(witnesses: Witnesses, sequence: number): Promise<string> {
  const checkpoint = await witnesses.checkpoint()
  if (sizeIn(checkpoint) >= sequence) return checkpoint
  await witnesses.round()
  return witnesses.checkpoint()
}

/** Throws NOT_PERMITTED for accounts that are neither auditor, steward nor operator. */
export function assertAuditor(account: Account): void {
  if (account.roles.some((role) => role === 'auditor' || role === 'steward' || role === 'operator')) return
  throw new StimnetError('NOT_PERMITTED', `${account.name} reads what happens here`)
}

/**
 * A record for display. The reason for withholding depends on data, so it is left out for accounts that may also ask
 * questions: it would disclose what the answer did not. These accounts cannot open the record in a proof either.
 */
export function recordOf(record: StoredRecord, { asks }: { readonly asks: boolean }): AuditRecord {
  const { why, ...detail } = detailOf(record.detailJson)
  return {
    sequence: record.sequence,
    at: isoOf(record.atMs),
    kind: record.kind,
    actor: record.actor,
    job_id: record.jobId,
    code: record.code,
    detail: why === undefined || asks ? detail : { ...detail, why },
    hash: toHex(record.hash)
  }
}

export function detailOf(detailJson: string): Record<string, unknown> {
  return detailJson === '' ? {} : (JSON.parse(detailJson) as Record<string, unknown>)
}

function verificationOf(finding: AuditFinding): AuditVerification {
  return finding.ok
    ? { ok: true, records: finding.records, head: finding.head, broken_at: null, why: null }
    : { ok: false, records: null, head: null, broken_at: finding.sequence || null, why: finding.why }
}
