/** Records of the audit log, and their proofs. */
import { z } from 'zod'
import { output, timestamp } from '../named.ts'
import type { Answered } from '../readonly.ts'

/** The schema of an audit record in answers. */
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
/** One record of the audit log. */
export type AuditRecord = Answered<typeof auditShape>

export const bytesShape = z.string().describe('Base64')

/** The schema of a proof in answers. `stimnet verify` reads it from a file. */
export const auditProofShape = output(
  'AuditProof',
  z.object({
    entry: bytesShape,
    index: z.number().int().describe('Counts from 0'),
    size: z.number().int(),
    path: z.array(bytesShape),
    root: bytesShape,
    record: bytesShape,
    checkpoint: z.string().describe('C2SP signed note')
  })
)
/** A proof that a record is in a peer's log. Bytes are in base64. */
export type AuditProof = Answered<typeof auditProofShape>

/** The schema of the log's state in answers. */
export const auditCheckpointShape = z.object({ checkpoint: z.string().describe('C2SP signed note') })
/** The state of a log, as a signed note. */
export type AuditCheckpoint = Answered<typeof auditCheckpointShape>

/** The schema of a witness's attestation in answers. */
export const attestedShape = output(
  'Attested',
  z.object({ witness: z.string(), attested: z.boolean(), code: z.string().nullable() })
)
/** A member's response to the request to attest the log. */
export type Attested = Answered<typeof attestedShape>

/** The schema of a log verification in answers. */
export const auditVerificationShape = output(
  'AuditVerification',
  z.object({
    ok: z.boolean().describe('False where a record was changed, dropped or moved, or anything in the store is damaged'),
    records: z.number().int().nullable(),
    head: z.string().nullable().describe('The root of the tree over all records'),
    broken_at: z.number().int().nullable().describe('The sequence of the first record that does not verify'),
    why: z.string().nullable()
  })
)
/** The result of verifying the whole audit log. */
export type AuditVerification = Answered<typeof auditVerificationShape>
