/** A small, hand-made audit log for the proofs and receipts of the vectors. */
import { type AuditRecord, auditCommitmentInput, auditEntry, leafHash, nodeInput, sha256Hex } from '@stimnet/protocol'

/** The time of all records, Unix ms. */
export const AT_MS = 1_750_000_000_000

/** A record with number 5 in a log of 7 records. */
export function recordOf(given: Partial<AuditRecord>): AuditRecord {
  return {
    ...{ sequence: 5, atMs: AT_MS, kind: 'release', actor: 'key', jobId: '', code: '', detailJson: '' },
    ...{ hash: new Uint8Array(), salt: new Uint8Array(16).fill(9), ...given }
  }
}

/** A proof that the record is in the log. It does not contain the record itself. */
export async function proofOf(record: AuditRecord) {
  const entry = auditEntry(record, await sha256Hex(auditCommitmentInput(record)))
  const leaves = await Promise.all([0, 1, 2, 3, 5, 6].map((at) => leafHash(Uint8Array.of(at))))
  const [first, second, third, fourth, next, last] = leaves as Tuple
  const left = await nodeHash(await nodeHash(first, second), await nodeHash(third, fourth))
  const right = await nodeHash(await nodeHash(await leafHash(entry), next), last)
  return { entry, index: 4, size: 7, path: [next, last, left], root: await nodeHash(left, right) }
}

type Tuple = [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array]

async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', nodeInput({ left, right })))
}
