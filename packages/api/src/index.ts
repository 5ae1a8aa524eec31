/** The REST API, declared once: schemas of requests and answers, their names in the OpenAPI document, and the types that clients use. */
export { inputs, isoOf, outputs, timestamp } from './named.ts'
export type { Answered } from './readonly.ts'
export { type Problem, problemShape } from './problem.ts'
export {
  type BroadcastSubmission,
  broadcastSubmissionShape,
  type CrateSubmission,
  crateSubmissionShape,
  custodialBroadcastShape,
  type JobSubmission,
  jobSubmissionShape
} from './question/submission.ts'
export { type UploadedFile, uploadDeletedShape, uploadShape } from './question/upload.ts'
export {
  type CostQuestion,
  type InformationPrice,
  type PrivacyCost,
  type PrivacyPrice,
  costQuestionShape,
  costShape
} from './question/privacy.ts'
export {
  ANALYSIS_STATUSES,
  type AnalysisDecision,
  type AnalysisRequest,
  type AnalysisResults,
  type AnalysisStatus,
  type AnalysisSubmission,
  type StandingApproval,
  type StandingTerms,
  analysisDecisionShape,
  analysisResultsShape,
  analysisShape,
  analysisSubmissionShape,
  standingRevokedShape,
  standingShape,
  standingTermsShape
} from './question/analysis.ts'
export {
  type JobStatus,
  OUTWARD_STATES,
  type OutwardState,
  REST_STATUSES,
  type ResultData,
  restStatus,
  statesOf
} from './answer/result.ts'
export type { SchemaComparison } from './answer/schema.ts'
export { type Job, type JobAccepted, acceptedShape, jobShape } from './answer/job.ts'
export { type AskedQuestion, type Broadcast, type BroadcastPart, broadcastShape } from './answer/broadcast.ts'
export {
  type Health,
  type Node,
  type Readiness,
  type ServiceInfo,
  healthShape,
  nodeShape,
  readinessShape,
  serviceInfoShape
} from './node/node.ts'
export {
  type Catalog,
  type CatalogSchema,
  type CatalogTable,
  type CatalogVariable,
  type Discovery,
  type FoundCatalog,
  catalogShape,
  discoveryShape,
  foundCatalogShape
} from './node/catalog.ts'
export {
  type SandboxAttack,
  type SandboxEngine,
  type SandboxFindings,
  type SandboxProgress,
  type SandboxReport,
  type Sandboxes,
  sandboxesShape
} from './node/sandbox.ts'
export { type NodeEvent, eventShape } from './node/event.ts'
export {
  type Membership,
  type Policy,
  type Usage,
  membershipShape,
  policyShape,
  usageShape
} from './node/stewardship.ts'
export { type Status, statusShape } from './node/status.ts'
export {
  type Attested,
  type AuditCheckpoint,
  type AuditProof,
  type AuditRecord,
  type AuditVerification,
  attestedShape,
  auditCheckpointShape,
  auditProofShape,
  auditShape,
  auditVerificationShape
} from './node/audit.ts'
export {
  type Permit,
  type PermitRecords,
  type PermitState,
  type PermitSubmission,
  type PermitTerms,
  permitRecordsShape,
  permitShape,
  permitTermsShape
} from './node/permit.ts'
export {
  type ApiKey,
  type ApiKeyRequest,
  type LoginProvider,
  type NewApiKey,
  type Role,
  type Token,
  keyRequestShape,
  keyRevokedShape,
  keyShape,
  loginSecret,
  loginShape,
  newKeyShape,
  providerShape,
  redeemShape,
  roleShape,
  signedOutShape,
  tokenShape
} from './node/account.ts'
