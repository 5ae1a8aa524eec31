/** The public entries of the audit log: salted commitments to records, and the verification of inclusion proofs. */
import { z } from 'zod'
import { canonicalBytes } from '../canonical.ts'
import { StimnetError } from '../errors.ts'
import { sha256Hex, toHex } from '../ids.ts'
import { isSame, leafHash, provesInclusion } from './merkle.ts'
import { type Message, messages } from '../wire/wire.ts'

const VERSION = 1
const HOUR_MS = 3_600_000

/** A full record of the log, which only its institution keeps. */
export type AuditRecord = Message<'AuditRecord'>
/** An inclusion proof in the format of a receipt. */
export type AuditProof = NonNullable<NonNullable<Message<'JobResult'>['receipt']>['audit']>

const LABEL = new TextEncoder().encode('stimnet/audit/1\n')
const NO_HASH = new Uint8Array()

/** The bytes that an entry commits to: the record with its salt, without the hash of its leaf in the tree. */
export function auditCommitmentInput(record: AuditRecord): Uint8Array<ArrayBuffer> {
  const bytes = messages.AuditRecord.encode({ ...record, hash: NO_HASH })
  const input = new Uint8Array(LABEL.length + bytes.length)
  input.set(LABEL)
  input.set(bytes, LABEL.length)
  return input
}

/**
 * The entry of a record in the Merkle tree: its number, hour and kind, and a salted commitment to the whole record. Exact times are
 * left out because durations can disclose data; codes and counts are left out because refusals can depend on data.
 */
export function auditEntry(record: AuditRecord, commitment: string): Uint8Array {
  const { sequence, atMs, kind } = record
  return canonicalBytes({ v: VERSION, n: sequence, hour: Math.floor(atMs / HOUR_MS) * HOUR_MS, kind, commitment })
}

/** A proof as a file: bytes in base64, with the signed checkpoint that contains the root of the proof. */
export const auditProofFileSchema = z.object({
  entry: z.base64(),
  index: z.int().min(0),
  size: z.int().min(1),
  path: z.array(z.base64()).max(64),
  root: z.base64(),
  record: z.base64(),
  /** Checkpoint as a C2SP signed note. */
  checkpoint: z.string().max(16_384)
})

/** The contents of a verified proof. */
export interface ProvenEntry {
  /** Index of the entry, from 0. */
  readonly index: number
  readonly size: number
  /** Hash of the leaf, hex. */
  readonly leaf: string
  readonly root: Uint8Array
  /** The record behind the commitment, if the proof contains it. */
  readonly record?: AuditRecord
}

/**
 * Verifies an inclusion proof. Throws SIGNATURE_INVALID if the entry is not in the log or does not commit to the given record, and
 * MALFORMED if the record cannot be decoded.
 */
export async function verifyAuditProof(proof: AuditProof): Promise<ProvenEntry> {
  const { entry, index, size, path, root } = proof
  const leaf = await leafHash(entry)
  if (!(await provesInclusion({ leaf, index, size, path, root }))) {
    throw new StimnetError('SIGNATURE_INVALID', 'an entry that does not stand in the log')
  }
  const told = { index, size, leaf: toHex(leaf), root }
  if (proof.record.length === 0) return told
  const record = messages.AuditRecord.decode(proof.record)
  const expected = auditEntry(record, await sha256Hex(auditCommitmentInput(record)))
  if (record.sequence !== index + 1 || !isSame(expected, entry)) {
    throw new StimnetError('SIGNATURE_INVALID', 'a record that its entry does not commit to')
  }
  return { ...told, record }
}
