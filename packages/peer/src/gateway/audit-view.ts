/** The audit log over HTTP: records, verification, proofs, and the checkpoints of witnesses. */
import type { Account, AuditProofView, AuditView, GatewayPeer } from '@stimnet/gateway'
import { type AuditRecord, StimnetError, toHex } from '@stimnet/protocol'
import type { Database } from '../store/database.ts'
import { sizeIn } from '../witness/conflicts.ts'
import type { Witnesses } from '../witness/witnesses.ts'

type AuditMethods = 'audit' | 'verifyAudit' | 'checkpoint' | 'proveAudit' | 'gatherWitnesses'

/** The methods for the audit log, for auditors, stewards and operators. */
export function auditMethods(parts: { database: Database; witnesses: Witnesses }): Pick<GatewayPeer, AuditMethods> {
  const { database, witnesses } = parts
  const { auditLog } = database
  let verifying: ReturnType<typeof database.verify> | undefined
  return {
    audit: async (account, options) => {
      assertAuditor(account)
      const asks = account.roles.includes('researcher')
      return (await auditLog.read(options)).map((record) => auditView(record, { asks }))
    },
    verifyAudit: async (account) => {
      assertAuditor(account)
      // One verification at a time: concurrent callers get its result.
      verifying ??= database.verify().finally(() => {
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
      return prove(parts, sequence, { asks: account.roles.includes('researcher') })
    },
    gatherWitnesses: async (account) => {
      assertAuditor(account)
      return witnesses.round()
    }
  }
}

/** A proof against the last attested checkpoint, or against a new one where the record is younger. Null for an unknown record. */
async function prove(
  { database, witnesses }: { database: Database; witnesses: Witnesses },
  sequence: number,
  { asks }: { readonly asks: boolean }
): Promise<AuditProofView | null> {
  if (sequence < 1 || sequence > database.auditLog.head.size) return null
  let checkpoint = await witnesses.checkpoint()
  if (sizeIn(checkpoint) < sequence) {
    await witnesses.round()
    checkpoint = await witnesses.checkpoint()
  }
  const proof = await database.auditLog.prove(sequence, {
    size: sizeIn(checkpoint),
    isOpened: (detailJson) => !(asks && detailOf(detailJson).why !== undefined)
  })
  return { ...proof, checkpoint }
}

/** Throws NOT_PERMITTED for accounts that are neither auditor, steward nor operator. */
export function assertAuditor(account: Account): void {
  if (account.roles.some((role) => role === 'auditor' || role === 'steward' || role === 'operator')) return
  throw new StimnetError('NOT_PERMITTED', `${account.name} reads what happens here`)
}

/**
 * A record for display. The reason for withholding depends on data, so it is left out for accounts that may also ask
 * questions: it
 * would disclose what the answer did not. The same accounts cannot open the record in a proof.
 */
function auditView(record: AuditRecord, { asks }: { readonly asks: boolean }): AuditView {
  const { why, ...detail } = detailOf(record.detailJson)
  return {
    sequence: record.sequence,
    atMs: record.atMs,
    kind: record.kind,
    actor: record.actor,
    jobId: record.jobId,
    code: record.code,
    detail: why === undefined || asks ? detail : { ...detail, why },
    hash: toHex(record.hash)
  }
}

function detailOf(detailJson: string): Record<string, unknown> {
  return detailJson === '' ? {} : (JSON.parse(detailJson) as Record<string, unknown>)
}
