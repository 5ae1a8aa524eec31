/** The vocabulary, messages, signatures, codes and limits that all institutions must agree on. */

export { type About, PRIORITIES, aboutFromMessage, aboutSchema } from './question/about.ts'
export { AFFILIATION_TYPE, type Affiliation, openAffiliation, vouch } from './federation/affiliation.ts'
export {
  type AuditProof,
  type AuditRecord,
  type ProvenEntry,
  auditCommitmentInput,
  auditEntry,
  auditProofFileSchema,
  verifyAuditProof
} from './evidence/audit.ts'
export { BOUND_TO } from './evidence/bound-to.ts'
export type {
  BoundedGroup,
  BoundedNumber,
  BoundedPlan,
  BoundedReduction,
  BoundedVariable,
  ScaledBounds
} from './question/bounded.ts'
export { canonicalBytes, canonicalJson } from './canonical.ts'
export {
  ACCESS_LEVELS,
  type CatalogDescriptor,
  type ResolvedVariable,
  type TableDescriptor,
  VARIABLE_TYPES,
  type VariableDescriptor,
  nearName,
  resolveVariable
} from './catalog.ts'
export {
  type Checkpoint,
  type TreeHead,
  addCosignature,
  bareCheckpoint,
  cosign,
  keepCosignatures,
  openCheckpoint,
  signCheckpoint
} from './evidence/checkpoint.ts'
export { type Clock, SimulatedClock, systemClock } from './clock.ts'
export {
  type AnalysisSet,
  analysisSetFromMessage,
  describedSets,
  isInSet,
  onlySet,
  setIn,
  setNamed,
  setOfCohort,
  withoutSets
} from './question/analysis-set.ts'
export {
  COMPARISON_OPS,
  type Comparison,
  type ComparisonOp,
  type Filter,
  type FilterValue,
  checkFilter,
  columnsOf,
  filterFromMessage,
  filterFromPairs,
  filterSchema,
  filterToMessage,
  isComparison
} from './question/cohort.ts'
export {
  type OutputDeclaration,
  type OutputDeclarationInput,
  contractFromMessage,
  contractToMessage,
  countDeclared,
  outputContractSchema,
  outputDeclarationSchema
} from './question/contract/contract.ts'
export {
  DATA_USE_MODIFIERS,
  DATA_USE_PERMISSIONS,
  type DataUse,
  type DataUseMatch,
  INVESTIGATIONS,
  dataUseSchema,
  dataUseTerms,
  matchDataUse
} from './federation/duo.ts'
export {
  DOMAIN,
  type Opened,
  type SealOptions,
  type Sealed,
  type SealedType,
  assertInTime,
  open,
  seal,
  verifyBytes
} from './evidence/envelope.ts'
export { CODES, type Code, StimnetError, codeOf, isCode } from './errors.ts'
export {
  BUILT_ON_MAX,
  type Charter,
  MEMBERS_MAX,
  type Member,
  type PendingStatement,
  type SignedCharter,
  type SignedStatement,
  type Statement,
  charterId,
  charterSchema,
  everMembersOf,
  isPast,
  isNameOfFounder,
  isNameOfOther,
  membersOf,
  missingFounders,
  openStatement,
  pendingOf,
  revokedOf,
  signCharter,
  signStatement,
  signedCharterSchema,
  withdrawalsOf
} from './federation/charter.ts'
export {
  INVITE_BYTES,
  type Invitation,
  type InvitePhrases,
  invitationCode,
  inviteCommitment,
  invitePhrases,
  inviteProof,
  isPhrase,
  readInvitation,
  verifyInviteProof
} from './federation/invitation.ts'
export {
  type JobId,
  type KeyId,
  isKeyId,
  isName,
  jobIdOf,
  keyIdOf,
  parseKeyId,
  publicKeyOf,
  sha256Hex,
  toHex
} from './ids.ts'
export { institutionNames, withInstitutions, withNames } from './institutions.ts'
export { JOB_MOVES, JOB_STATES, type JobState, isEnded, isJobState, move, outwardState } from './evidence/job.ts'
export { parseJson } from './json.ts'
export { CREDENTIAL_CHARACTERS_MAX, claimsIn, isForOthers, typeIn, voucherOf } from './federation/jwt.ts'
export { keyFileOf, seedIn } from './evidence/key-file.ts'
export { LIMITS } from './limits.ts'
export {
  type LeafRange,
  type Subtree,
  consistencyRanges,
  inclusionRanges,
  isSame,
  leafHash,
  leafInput,
  nodeInput,
  provesConsistency,
  provesInclusion,
  subtreesOf
} from './evidence/merkle.ts'
export { codePointOf, looksOf, misleadingIn, plainLine, plainName, plainText, withoutMisleading } from './misleading.ts'
export { cellsOf, readNotebook } from './question/notebook.ts'
export {
  type DisclosureCard,
  type DpCard,
  type GramPart,
  type ModelResult,
  type ModelRoundPart,
  type MomentsPart,
  type NoisyModel,
  type NoisyMoments,
  type Output,
  type OutputColumn,
  type OutputPart,
  type OutputRow,
  type PooledOutput,
  type SurvivalCurve,
  type TableOutput,
  type TestEstimate,
  type TestResult,
  type TypedOutput,
  type ValuesOutput,
  disclosureCardSchema,
  momentsSchema,
  outputSchema,
  pooledOutputSchema
} from './output.ts'
export {
  type Deviations,
  type GramMeasure,
  type GroupKey,
  type IntervalTest,
  isOfCounted,
  isOfRounds,
  MODEL_ROUNDS_MAX,
  type Measure,
  type MetaTest,
  type ModelFactor,
  type ModelFit,
  type ModelRounds,
  type RandomOfPeople,
  type Plan,
  type PlanTest,
  ROSTER_MAX,
  type RankTest,
  type ReducedBin,
  type ReducedColumn,
  type ReducedGroup,
  type ReducedPair,
  type ReducedPart,
  type ReducedRows,
  type Reduction,
  type RoundBasis,
  type RowItems,
  SITE_EFFECTS,
  type SiteEffects,
  type SurvivalEvent,
  type SurvivalTest,
  type VariableRef,
  pairKey,
  variablesOf
} from './question/plan.ts'
export {
  P1_ASK,
  type PrivacyAsk,
  type PrivacyAskInput,
  privacyAskFromMessage,
  privacyAskSchema,
  privacyAskToMessage
} from './question/privacy-ask.ts'
export {
  type Program,
  SCRIPT_LANGUAGES,
  type StatisticCall,
  parseJsonObject,
  programFromMessage,
  programText,
  programToMessage,
  programWord,
  statisticSchema
} from './question/program.ts'
export { type RandomSource, cryptographicRandom, randomUnit, seededRandom } from './random.ts'
export type { ReadonlyDeep } from './readonly.ts'
export { permitIdSchema } from './question/permit.ts'
export { type Question, type QuestionInput, questionFromMessage, questionToMessage } from './question/question.ts'
export { isRequesterEntry, isWantedRole } from './question/requesters.ts'
export {
  KEY_TYPE,
  type SchemaQuestion,
  type SchemaReport,
  type SiteCatalog,
  type VariableUse,
  compareSchemas,
  differencesInWords,
  usesOfCohort,
  usesOfKey,
  usesOfPlan,
  usesOfTables,
  eachUse
} from './question/contract/schema.ts'
export { keyFromSeed, makeKey, type OwnKey, type Signer, signerFromKey, signerFromSeed } from './evidence/signer.ts'
export { SubjectSet } from './subject-set.ts'
export {
  type PooledTyped,
  type PoolingMethod,
  STATBARN_CLASS,
  type TypedValue
} from './question/contract/typed-output.ts'
export {
  UPLOAD_ENDINGS,
  type UploadedFile,
  bytesOf,
  isUploadName,
  savedNameOf,
  uploadNameOf,
  uploadsFromMessage,
  uploadsToMessage
} from './question/upload.ts'
export {
  CONTRACT_VARIABLES_MAX,
  type SchemaTerms,
  type VariableContract,
  type VariableContractInput,
  type VariableMapping,
  type VariableMappingInput,
  contractListSchema,
  mappingListSchema,
  schemaTermsFromMessage,
  schemaTermsToMessage,
  variableContractSchema,
  variableMappingSchema
} from './question/contract/variable-contract.ts'
export {
  type MappedVariable,
  SCHEMA_FIELDS,
  isPowerOfTen,
  mapVariable,
  scaleOf
} from './question/contract/variable-mapping.ts'
export { type Visa, type VisaIssuer, openVisas } from './federation/visa.ts'
export { type Encodable, type Message, type MessageType, messages, type wire } from './wire/wire.ts'
export { counted } from './words/counted.ts'
export { isoDate } from './words/iso-date.ts'
export { didYouMean, nearest } from './words/nearest.ts'
export { printable, printableLines } from './words/printable.ts'
