/** Analysis requests of the documented API, about which stewards decide, and the data that stewards need for that. */
import { aboutSchema, plainLine, plainText, PRIORITIES } from '@stimnet/protocol'
import { z } from 'zod'
import { resultDataShape } from '../answer/result.ts'
import { input, output, timestamp, typed } from '../named.ts'
import type { Answered, Sent } from '../readonly.ts'
import { asked, target } from './submission.ts'
import { uploadedFileIds } from './upload.ts'

/** Statuses of the documented API. */
export const ANALYSIS_STATUSES = ['pending', 'approved', 'denied', 'expired'] as const
/** The documented status of an analysis request. */
export type AnalysisStatus = (typeof ANALYSIS_STATUSES)[number]

const words = aboutSchema.shape

/** The body of POST /api/v1/analysis-requests. */
export const analysisSubmissionShape = input(
  'AnalysisRequestSubmission',
  z.strictObject({
    requester_name: words.requester_name,
    requester_institution: words.requester_institution,
    requester_email: words.requester_email,
    requester_affiliation: plainLine(200).nullish(),
    analysis_title: plainLine(200).min(1),
    analysis_description: plainText(8_000),
    target_node_id: target.describe('A node id or a PeerId'),
    ...asked,
    selected_score: plainLine(200).nullish(),
    selected_timeline: plainLine(200).nullish(),
    priority: z.enum(PRIORITIES).default('normal'),
    estimated_duration: plainLine(200).nullish(),
    uploaded_file_ids: uploadedFileIds
  })
)
/** A submission for stewards to decide about. The gateway signs it with the account's key. */
export type AnalysisSubmission = Sent<typeof analysisSubmissionShape>

/** Allowed values of one parameter: one of a list, or a number within bounds. Free text could turn code into an interpreter. */
const allowedShape = z.union([
  z.strictObject({
    one_of: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .max(64)
  }),
  z.strictObject({ minimum: z.number(), maximum: z.number() })
])

/** The terms under which the same code may run again without asking. */
export const standingTermsShape = z.strictObject({
  runs: z.int().min(1).max(10_000),
  days: z.int().min(1).max(365),
  /** `same`: the approved cohort. `any`: any cohort that passes the cohort gate. */
  cohort: z.enum(['same', 'any']).default('same'),
  /** `same`: the original requester. `any`: any requester who may ask here. */
  requester: z.enum(['same', 'any']).default('same'),
  /** Permitted values by parameter name. A parameter that is not listed keeps its approved value. */
  parameters: z.record(z.string().max(129), allowedShape).default({})
})
/** The terms that a steward sets. */
export type StandingTerms = z.output<typeof standingTermsShape>

/** The body of PUT /api/v1/analysis-requests/{id}. */
export const analysisDecisionShape = input(
  'AnalysisRequestDecision',
  z.strictObject({
    status: z.enum(['approved', 'denied']),
    approval_notes: plainText(1_000).nullish().describe('The reason, which the requester reads; required for a denial'),
    standing: standingTermsShape
      .nullish()
      .describe('The terms under which the same code may run again without a new decision')
  })
)
/** A steward's decision. */
export type AnalysisDecision = Sent<typeof analysisDecisionShape>

const findingShape = z.object({ kind: z.string(), what: z.string(), line: z.number(), cell: z.number().nullable() })

/** The schema of an analysis request in answers. */
export const analysisShape = output(
  'AnalysisRequest',
  z.object({
    id: z.number().int(),
    request_id: z.string().describe('The id of the request, and of its job at the serving peer'),
    status: z.enum(ANALYSIS_STATUSES),
    state: z.string().describe('The state of its job'),
    requester_name: z.string(),
    requester_institution: z.string(),
    requester_email: z.string(),
    requester_affiliation: z.string().nullable(),
    analysis_title: z.string(),
    analysis_description: z.string(),
    target_node_id: z.string(),
    data_catalog_name: z.string(),
    selected_score: z.string().nullable(),
    selected_timeline: z.string().nullable(),
    script_type: z.string(),
    script_content: z.string(),
    parameters: z.record(z.string(), z.unknown()),
    filters: z.record(z.string(), z.unknown()),
    priority: z.enum(PRIORITIES),
    estimated_duration: z.string().nullable(),
    approved_by: z.string().nullable(),
    approval_notes: z.string().nullable(),
    approved_at: timestamp.nullable(),
    expires_at: timestamp.nullable(),
    submitted_at: timestamp,
    updated_at: timestamp,
    approvals: z.number().int().describe('The number of stewards who have approved'),
    approvals_needed: z.number().int(),
    purpose: z.array(z.string()).describe('GA4GH DUO terms'),
    project: z.string().nullable(),
    permit: z
      .string()
      .nullable()
      .optional()
      .describe('The data permit that the request names; absent from an older gateway'),
    privacy: z.record(z.string(), z.unknown()).nullable().describe('The requested claim and its price'),
    contract: z.array(z.unknown()).describe('The definitions of variables that the request assumes'),
    mappings: z
      .array(z.unknown())
      .describe('Mappings of variables to those of the request: they change the meaning of the cohort'),
    standing: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('The terms under which all approvals so far let the code run again; null for a single run'),
    filters_unapplied: z
      .array(z.string())
      .describe('Names in `filters` that are no variable: the script receives them, and they select nobody'),
    wall_time_ms_max: z.number().nullable().describe('The requested time limit; null if the request states none'),
    requester_key: z.string().describe('The key that signed'),
    custody: z
      .enum(['gateway', 'requester'])
      .describe('The signer: the asking institution for its account, or the requester with an own key'),
    account: z.string().nullable().describe('The account according to the asking institution, with custody gateway'),
    asked_by: z
      .object({ peer_id: z.string(), institution: z.string() })
      .nullable()
      .describe('The institution that forwarded the request; `requester_…` are statements of the requester'),
    request_hash: z.string(),
    set: z.string().nullable().optional().describe('The analysis set that the cohort is restricted to'),
    cohort: z
      .unknown()
      .describe(
        'The full filter, `filters` included; null for everybody. A single request has it in the terms of the catalog, a list as written'
      ),
    outputs: z.array(z.unknown()).describe('The outputs that the request declares'),
    uploads: z
      .array(z.object({ name: z.string(), sha256: z.string(), size: z.number().int() }))
      .describe('The files that the script reads; an approval covers exactly these bytes'),
    epoch: z.string().nullable(),
    image: z.string().nullable().describe('What would run it'),
    review: z
      .array(findingShape)
      .nullable()
      .describe('Traces of files, network, processes, eval and time in the script: advice for its reader, no boundary')
  })
)
/** A request about which stewards decide. */
export type AnalysisRequest = Answered<typeof analysisShape>

/** The answer of GET /api/v1/analysis-requests/{id}/results. */
export const analysisResultsShape = z.object({
  request_id: z.string(),
  job_id: z
    .string()
    .nullable()
    .describe('Null until the request is approved; then the id of a job with a receipt like any other'),
  status: typed<AnalysisStatus>(z.string()),
  result_data: resultDataShape
})
/** The result of an analysis request, for its requester. */
export type AnalysisResults = Answered<typeof analysisResultsShape>

/** The schema of a standing approval in answers. */
export const standingShape = output(
  'StandingApproval',
  z.object({
    id: z.string(),
    data_catalog_name: z.string(),
    script_type: z.string(),
    code_hash: z.string(),
    request_id: z.string().nullable().describe('The request that it was granted for, if that is still known'),
    analysis_title: z.string().nullable(),
    runs_left: z.number().int(),
    expires_at: timestamp,
    approved_by: z.array(z.string()),
    cohort: z.enum(['same', 'any']),
    requester: z.enum(['same', 'any']),
    parameters: z.record(z.string(), z.unknown())
  })
)
/** Code that may run again without asking. */
export type StandingApproval = Answered<typeof standingShape>

/** The answer to revoking a standing approval. */
export const standingRevokedShape = z.object({ id: z.string(), revoked: z.literal(true) })
