/** Records of the audit log, and what proves them. */
import { z } from 'zod'
import { output, timestamp } from '../named.ts'
import type { Answered } from '../readonly.ts'

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
/** One record of the audit log. */
export type AuditRecord = Answered<typeof auditShape>

const bytesShape = z.string().describe('Base64')

/** A proof as answered; `stimnet verify` reads it from a file. */
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
/** That a record stands in a peer's log. Bytes in base64. */
export type AuditProof = Answered<typeof auditProofShape>

/** The state of the log as answered. */
export const auditCheckpointShape = z.object({ checkpoint: z.string().describe('C2SP signed note') })
/** How far a log has come. */
export type AuditCheckpoint = Answered<typeof auditCheckpointShape>

/** What each witness did with the log's newest state. */
export const attestedShape = output(
  'Attested',
  z.object({ witness: z.string(), attested: z.boolean(), code: z.string().nullable() })
)
/** What a member did when asked to attest the log. */
export type Attested = Answered<typeof attestedShape>

/** What a walk over the log found, as answered. */
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
/** What a walk over the audit log found. */
export type AuditVerification = Answered<typeof auditVerificationShape>
