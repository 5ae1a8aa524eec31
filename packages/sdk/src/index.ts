/** The TypeScript client for researchers: describe, sign, submit, follow, verify and pool. Runs in browsers and in Node. */
export type {
  AnalysisDecision,
  AnalysisRequest,
  AnalysisResults,
  AnalysisStatus,
  AnalysisSubmission,
  ApiKey,
  ApiKeyRequest,
  AskedQuestion,
  Attested,
  AuditProof,
  AuditRecord,
  AuditVerification,
  Broadcast,
  BroadcastPart,
  BroadcastSubmission,
  Catalog,
  CatalogTable,
  CatalogVariable,
  CostQuestion,
  CrateSubmission,
  Discovery,
  FoundCatalog,
  Health,
  InformationPrice,
  Job,
  JobAccepted,
  JobStatus,
  JobSubmission,
  LoginProvider,
  Membership,
  NewApiKey,
  Node,
  NodeEvent,
  OutwardState,
  Permit,
  PermitRecords,
  PermitState,
  PermitSubmission,
  PermitTerms,
  Policy,
  PrivacyCost,
  PrivacyPrice,
  Readiness,
  ResultData,
  Role,
  SandboxAttack,
  SandboxEngine,
  SandboxFindings,
  SandboxReport,
  Sandboxes,
  SchemaComparison,
  StandingApproval,
  Status,
  UploadedFile,
  Usage
} from '@stimnet/api'
export {
  estimateName,
  FormulaError,
  type FormulaFault,
  STATISTICS,
  type StatisticArgument,
  pool,
  type StatisticDescription,
  type SurvivalSpan,
  survivalSpans,
  type TableOne,
  type TableOneRow,
  tableOneOf,
  testAsked,
  testName,
  testSubject,
  testsOfOutput
} from '@stimnet/statistics'
export { askedProgramOf, askedQuestionOf } from './asked.ts'
export { type Awaited, awaitedInWords, type AwaitedOptions, withAwaited } from './awaited.ts'
export {
  baselineCellText,
  baselineDifferenceText,
  baselineGroupText,
  hasBaselinePoints,
  isBaselineLeftOut,
  POINTS_WORDS
} from './baseline-text.ts'
export {
  aboutText,
  LEFT_OUT_WORDS,
  medianText,
  type NumberFacts,
  numberText,
  RANGE_WORDS,
  rangeText,
  type WriteNumber
} from './number-text.ts'
export { type Client, type ClientOptions, createClient, type WaitOptions } from './client.ts'
export { type DescribedTables, type DescribedVariable, type DummyTable, dummyTables } from './dummy.ts'
export {
  COMBINING,
  INTERVALS,
  LIKELIHOODS,
  isModelName,
  MODEL_FAMILIES,
  RATIO_WORDS,
  type ModelAsked,
  type ModelFamily,
  modelCall,
  modelTitle,
  SITE_WORDS
} from './models/families.ts'
export {
  type CheckedModel,
  checkModel,
  type FormulaTerms,
  type RandomTerm,
  isLeftToMapping,
  readFormula,
  writeFormula
} from './models/formula.ts'
export { type Model, modelIn, type ModelOptions, type ModelSite } from './models/model.ts'
export {
  fitInRounds,
  type ModelRound,
  modelOfRounds,
  roundAnswered,
  roundNotes,
  type RoundsAsked
} from './models/rounds.ts'
export {
  type CoefficientRow,
  coefficientRows,
  comparedTerms,
  type ForestRow,
  forestRows,
  releasedBy
} from './models/rows.ts'
export { type ModelHint, modelHints } from './models/ruled-out.ts'
export { fitInWords, modelText, noteInWords, randomInWords, releasedInWords } from './models/text.ts'
export { GatewayUnreachable } from './http.ts'
export { ApiError } from './problem.ts'
export { isCoarse, refusalsUsed } from './price.ts'
export { readSignedRequest, type SignedQuestion } from './signed/read-signed.ts'
export { type CompareOptions, compareFoundCatalogs, descriptorOf } from './schema.ts'
export { statisticText } from './statistic.ts'
export { beginLogin, type LoginBegun } from './sign-on.ts'
export { type SignedRequest, type SignRequestOptions, signRequest } from './signed/sign.ts'
export { cellOf, measured, tableOf } from './text-table.ts'
export { printable, printableLines } from '@stimnet/protocol'
export {
  type PoolOptions,
  type ReceiptExpectation,
  type VerifiedBroadcast,
  type VerifiedPart,
  type VerifiedReceipt,
  type VerifiedDecision,
  verifyAndPool,
  verifyDecision,
  verifyReceipt
} from './signed/verify.ts'
export { extractText, type VerifiedPermitRecords, verifyPermitFile } from './signed/verify-permit.ts'
export { proofText, recordFacts, type VerifiedProof, verifyAuditFile } from './signed/verify-proof.ts'
