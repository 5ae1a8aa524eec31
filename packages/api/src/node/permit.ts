/** Data permits: what an authority permitted, as a steward enters it, and the records of the audit log under it. */
import { isName, isRequesterEntry, permitIdSchema, plainLine } from '@stimnet/protocol'
import { z } from 'zod'
import { input, output, timestamp } from '../named.ts'
import type { Answered, Sent } from '../readonly.ts'
import { auditShape, bytesShape } from './audit.ts'

const requester = z
  .string()
  .max(300)
  .refine(isRequesterEntry, 'Not a key id, affiliation:PEERID, visa:ROLE@ORGANISATION or gateway:PEERID.')

/** The terms of a permit, as POST /api/v1/permits takes them. The terms never change. A permit with another number is another permit. */
export const permitTermsShape = input(
  'PermitTerms',
  z
    .strictObject({
      id: permitIdSchema.describe('The number that the authority gave the permit'),
      authority: plainLine(200).min(1).describe('The issuer, such as a health data access body'),
      title: plainLine(200).default(''),
      purpose: z
        .array(plainLine(64).min(1))
        .min(1)
        .max(16)
        .describe('GA4GH DUO terms and diseases: a request may state only these'),
      persons: z
        .array(requester)
        .min(1)
        .max(64)
        .describe('The requesters who may use the permit, named as in `requesters`'),
      data_catalog_names: z.array(z.string().refine(isName, 'Not the name of a catalog.')).min(1).max(64),
      statistics: z
        .array(z.string().min(1).max(64))
        .max(64)
        .default([])
        .describe('Statistics by name; `sql` for any query'),
      code_hashes: z
        .array(z.string().regex(/^[0-9a-f]{64}$/, 'A SHA-256, 64 hexadecimal digits.'))
        .max(256)
        .default([])
        .describe('Programs by the SHA-256 of their text, as in receipts'),
      from: z.iso.date().describe('The first day of the permit, UTC'),
      until: z.iso.date().describe('The last day of the permit, UTC')
    })
    .refine(({ statistics, code_hashes }) => statistics.length + code_hashes.length > 0, {
      path: ['statistics'],
      error: 'A permit names statistics, programs by their hash, or both.'
    })
    .refine(({ from, until }) => from <= until, { path: ['until'], error: 'The last day is not before the first.' })
)
/** The terms of a permit. */
export type PermitTerms = Answered<typeof permitTermsShape>
/** The terms as a client sends them: fields with a default may be left out. */
export type PermitSubmission = Sent<typeof permitTermsShape>

/**
 * Whether requests under a permit are admitted now. `unconfirmed`: not until a steward confirms the permit, because the peer was restored.
 */
export const PERMIT_STATES = ['not_begun', 'in_force', 'expired', 'unconfirmed', 'revoked'] as const
/** One of PERMIT_STATES. */
export type PermitState = (typeof PERMIT_STATES)[number]

/** A permit as answered. */
export const permitShape = output(
  'Permit',
  z.object({
    state: z.enum(PERMIT_STATES),
    terms: permitTermsShape,
    terms_hash: z.string().describe('SHA-256 of the canonical JSON of the terms, as in the record of the audit log'),
    granted_by: z.string().describe('The steward who entered it'),
    granted_at: timestamp,
    revoked_by: z.string().nullable(),
    revoked_at: timestamp.nullable()
  })
)
/** A permit as a steward entered it. */
export type Permit = Answered<typeof permitShape>

/** The records under a permit, as the gateway returns them; `stimnet verify` reads them from a file. */
export const permitRecordsShape = output(
  'PermitRecords',
  z.object({
    permit: permitShape,
    peer_id: z.string(),
    institution: z.string(),
    checkpoint: z.string().max(16_384).describe('The signed state of the log against which every record is proved'),
    records: z
      .array(
        z.object({
          shown: auditShape.describe(
            'For a question that released nothing, only the fields that its requester receives: the others depend on data'
          ),
          proof: z.object({
            entry: bytesShape,
            path: z.array(bytesShape).max(64),
            record: bytesShape.describe('The record behind the commitment; empty for a question that released nothing')
          })
        })
      )
      .describe('Oldest first'),
    after: z.number().int().nullable().describe('More records follow this sequence; null: none')
  })
)
/** An extract of the audit log for the authority of a permit. */
export type PermitRecords = Answered<typeof permitRecordsShape>
