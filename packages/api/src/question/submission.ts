/** Submissions: question, targets and signer. */
import {
  contractListSchema,
  filterSchema,
  LIMITS,
  mappingListSchema,
  outputContractSchema,
  permitIdSchema,
  plainLine,
  privacyAskSchema
} from '@stimnet/protocol'
import { z } from 'zod'
import { input, output, typed } from '../named.ts'
import type { Answered, Sent } from '../readonly.ts'
import { uploadedFileIds } from './upload.ts'

/** Kinds of program; `statistic` is an addition to the four documented ones. */
export const SCRIPT_TYPES = ['python', 'r', 'sql', 'jupyter', 'statistic'] as const

/** A target: a PeerId or a node id. */
export const target = z.string().min(1).max(128)
/** The targets of a question. */
export const targets = z.union([z.literal('*'), z.array(target).min(1).max(256)], {
  error: 'A list of node ids or PeerIds, or "*".'
})
const parameterObject = z.record(z.string().max(129), z.unknown()).nullish()

const filterShape = input('Filter', filterSchema)

/** The fields that every form of a submission has. */
export const asked = {
  data_catalog_name: z.string().min(1).max(64),
  script_type: z.enum(SCRIPT_TYPES),
  script_content: z
    .string()
    .min(1)
    .max(LIMITS.scriptBytesMax)
    .refine((text) => new TextEncoder().encode(text).length <= LIMITS.scriptBytesMax, {
      error: `At most ${LIMITS.scriptBytesMax / 1024} KiB.`
    })
    .describe('The query or script; for a statistic its JSON: { name, table?, variables?, by?, arguments? }'),
  parameters: parameterObject.describe('The parameters of the script'),
  filters: parameterObject.describe('The cohort: a value or a list of values per column; all must hold'),
  where: filterShape.nullish().describe('The cohort in the full filter language; joined to `filters` by “and”'),
  set: z
    .string()
    .min(1)
    .max(64)
    .nullish()
    .describe('An analysis set of the catalog, to which the cohort is restricted'),
  purpose: z.array(plainLine(64).min(1)).max(16).nullish().describe('GA4GH DUO terms'),
  project: plainLine(128).nullish(),
  permit: permitIdSchema.nullish().describe('The data permit of the request; each institution checks its terms'),
  privacy: privacyAskSchema.nullish().describe('The requested claim; P1 by default'),
  outputs: outputContractSchema.nullish().describe('The typed outputs of a script; the default contract if absent'),
  contract: contractListSchema
    .nullish()
    .describe('The assumed definition of each variable: a peer with a different one is not asked, or refuses'),
  mappings: mappingListSchema.nullish().describe('Mappings of a site’s variables to those of the request'),
  title: plainLine(200).nullish()
}

/** The body of POST /api/v1/jobs. */
export const jobSubmissionShape = input(
  'JobSubmission',
  z.strictObject({
    target_node_id: target.describe('A node id, a PeerId, or "*" for every peer that offers the catalog'),
    ...asked,
    uploaded_file_ids: uploadedFileIds
  })
)
/** The submission of a job. The gateway signs it with the account's key. */
export type JobSubmission = Sent<typeof jobSubmissionShape>

/** The body of POST /api/v1/broadcasts, if the asking peer signs. */
export const custodialBroadcastShape = input(
  'BroadcastSubmission',
  z.strictObject({ targets: targets.default('*'), ...asked, uploaded_file_ids: uploadedFileIds })
)
/** A broadcast that the gateway signs with the account's key: `custody: gateway`. */
export type BroadcastSubmission = Sent<typeof custodialBroadcastShape>

const signedBroadcastShape = input(
  'SignedBroadcastSubmission',
  z.strictObject({
    targets,
    envelope: z
      .string()
      .min(1)
      .max(2 * LIMITS.envelopeBytesMax)
      .regex(/^[A-Za-z0-9_.-]+$/, 'A compact JWS, or its base64url text.')
      .describe('The sealed JobRequest, whose audience names every target')
  })
)

/**
 * The body of POST /api/v1/broadcasts. With an `envelope`, the researcher signed; otherwise the asking peer signs with the account's
 * key.
 */
export const broadcastSubmissionShape = z.union([signedBroadcastShape, custodialBroadcastShape])

/** The answer of POST /api/v1/crates. */
export const crateSubmissionShape = output(
  'CrateSubmission',
  z.object({
    submission: typed<BroadcastSubmission>(
      z.record(z.string(), z.unknown()).describe('The body of POST /api/v1/broadcasts')
    ),
    warnings: z.array(z.string()).describe('The parts of the crate that were left out')
  })
)
/** The submission in a crate. */
export type CrateSubmission = Answered<typeof crateSubmissionShape>
