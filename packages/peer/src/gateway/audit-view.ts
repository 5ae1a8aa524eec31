/** The audit log as its readers see it over HTTP: records, the walk, proofs, and what witnesses attest. */
import type { Account, AuditProofView, AuditView, GatewayPeer } from '@stimnet/gateway'
import { type AuditRecord, StimnetError, toHex } from '@stimnet/protocol'
import type { Database } from '../store/database.ts'
import { sizeIn } from '../witness/conflicts.ts'
import type { Witnesses } from '../witness/witnesses.ts'

type AuditMethods = 'audit' | 'verifyAudit' | 'checkpoint' | 'proveAudit' | 'gatherWitnesses'

/** Everything here is for auditors, stewards and operators. */
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
      // One walk at a time: who asks meanwhile gets what it finds.
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

/** Against the checkpoint that witnesses have signed, or a new one where the record is younger. Null for no such record. */
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

/** Throws NOT_PERMITTED for whoever may not see what happens here. */
export function assertAuditor(account: Account): void {
  if (account.roles.some((role) => role === 'auditor' || role === 'steward' || role === 'operator')) return
  throw new StimnetError('NOT_PERMITTED', `${account.name} reads what happens here`)
}

/**
 * Why something was withheld is about data: whoever may ask questions as well would learn from it what the answer did not
 * say, so that it is left out for such an account, and so is what opens the record.
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
