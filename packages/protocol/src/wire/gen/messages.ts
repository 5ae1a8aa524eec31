/** Generated from proto/*.proto by `npm run proto`: change those. */
import { type MessageType, messageType } from '../protobuf.ts'

export interface AuditRecord {
  sequence: number
  atMs: number
  kind: string
  actor: string
  jobId: string
  code: string
  detailJson: string
  hash: Uint8Array
  salt: Uint8Array
}
export const AuditRecord: MessageType<AuditRecord> = messageType('AuditRecord', [
  [1, 'sequence', 'double'],
  [2, 'atMs', 'double'],
  [3, 'kind', 'string'],
  [4, 'actor', 'string'],
  [5, 'jobId', 'string'],
  [6, 'code', 'string'],
  [7, 'detailJson', 'string'],
  [9, 'hash', 'bytes'],
  [10, 'salt', 'bytes']
])

export interface WitnessAsk {
  note: string
  oldSize: number
  path: Uint8Array[]
}
export const WitnessAsk: MessageType<WitnessAsk> = messageType('WitnessAsk', [
  [1, 'note', 'string'],
  [2, 'oldSize', 'double'],
  [3, 'path', 'bytes', 'repeated']
])

export interface LogConflict {
  peer: string
  seen: string
  shown: string
}
export const LogConflict: MessageType<LogConflict> = messageType('LogConflict', [
  [1, 'peer', 'string'],
  [2, 'seen', 'string'],
  [3, 'shown', 'string']
])

export interface LogConflictAnswer {
  code: string
}
export const LogConflictAnswer: MessageType<LogConflictAnswer> = messageType('LogConflictAnswer', [
  [1, 'code', 'string']
])

export interface WitnessAnswer {
  cosignature: string
  code: string
  seen: string
}
export const WitnessAnswer: MessageType<WitnessAnswer> = messageType('WitnessAnswer', [
  [1, 'cosignature', 'string'],
  [2, 'code', 'string'],
  [3, 'seen', 'string']
])

export interface CatalogDescriptor {
  name: string
  title: string
  description: string
  dataType: string
  accessLevel: string
  keywords: string[]
  tables: TableDescriptor[]
  subjectKey: string
  epoch: string
  snapshotAtMs: number
  subjectsRounded: number
  synthetic: boolean
  programs: string[]
  lattice: LatticeVariable[]
  cohortSizeMin: number
  mode: string
  scripts: string
  sandboxGradeMin: string
  preset: string
  policyHash: string
  sitesPerPerson: number
  dataUse: string[]
  sets: AnalysisSet[]
  precision: string
  permitRequired: boolean
}
export const CatalogDescriptor: MessageType<CatalogDescriptor> = messageType('CatalogDescriptor', [
  [1, 'name', 'string'],
  [2, 'title', 'string'],
  [3, 'description', 'string'],
  [4, 'dataType', 'string'],
  [5, 'accessLevel', 'string'],
  [6, 'keywords', 'string', 'repeated'],
  [7, 'tables', () => TableDescriptor, 'repeated'],
  [8, 'subjectKey', 'string'],
  [9, 'epoch', 'string'],
  [10, 'snapshotAtMs', 'double'],
  [11, 'subjectsRounded', 'uint32'],
  [12, 'synthetic', 'bool'],
  [13, 'programs', 'string', 'repeated'],
  [14, 'lattice', () => LatticeVariable, 'repeated'],
  [15, 'cohortSizeMin', 'uint32'],
  [16, 'mode', 'string'],
  [17, 'scripts', 'string'],
  [18, 'sandboxGradeMin', 'string'],
  [19, 'preset', 'string'],
  [20, 'policyHash', 'string'],
  [21, 'sitesPerPerson', 'uint32'],
  [22, 'dataUse', 'string', 'repeated'],
  [23, 'sets', () => AnalysisSet, 'repeated'],
  [24, 'precision', 'string'],
  [25, 'permitRequired', 'bool']
])

export interface AnalysisSet {
  name: string
  completeOn: string[]
  where: Filter | null
}
export const AnalysisSet: MessageType<AnalysisSet> = messageType('AnalysisSet', [
  [1, 'name', 'string'],
  [2, 'completeOn', 'string', 'repeated'],
  [3, 'where', () => Filter]
])

export interface TableDescriptor {
  name: string
  description: string
  variables: VariableDescriptor[]
  oneRowPerSubject: boolean
}
export const TableDescriptor: MessageType<TableDescriptor> = messageType('TableDescriptor', [
  [1, 'name', 'string'],
  [2, 'description', 'string'],
  [3, 'variables', () => VariableDescriptor, 'repeated'],
  [4, 'oneRowPerSubject', 'bool']
])

export interface VariableDescriptor {
  name: string
  type: string
  unit: string
  description: string
  levels: string[]
  breakpoints: number[]
  minimum: number
  maximum: number
  bounded: boolean
  missingShare: number
  missingTold: boolean
  identifying: boolean
  derivation: string
}
export const VariableDescriptor: MessageType<VariableDescriptor> = messageType('VariableDescriptor', [
  [1, 'name', 'string'],
  [2, 'type', 'string'],
  [3, 'unit', 'string'],
  [4, 'description', 'string'],
  [5, 'levels', 'string', 'repeated'],
  [6, 'breakpoints', 'double', 'repeated'],
  [7, 'minimum', 'double'],
  [8, 'maximum', 'double'],
  [9, 'bounded', 'bool'],
  [10, 'missingShare', 'double'],
  [11, 'missingTold', 'bool'],
  [12, 'identifying', 'bool'],
  [13, 'derivation', 'string']
])

export interface LatticeVariable {
  variable: string
  breakpoints: number[]
}
export const LatticeVariable: MessageType<LatticeVariable> = messageType('LatticeVariable', [
  [1, 'variable', 'string'],
  [2, 'breakpoints', 'double', 'repeated']
])

export interface CatalogQuery {
  words: string[]
  name: string
}
export const CatalogQuery: MessageType<CatalogQuery> = messageType('CatalogQuery', [
  [1, 'words', 'string', 'repeated'],
  [2, 'name', 'string']
])

export interface CatalogAnswer {
  catalogs: Uint8Array[]
}
export const CatalogAnswer: MessageType<CatalogAnswer> = messageType('CatalogAnswer', [
  [1, 'catalogs', 'bytes', 'repeated']
])

export interface HelloAsk {
  version: string
}
export const HelloAsk: MessageType<HelloAsk> = messageType('HelloAsk', [
  [1, 'version', 'string']
])

export interface HelloAnswer {
  nodeId: string
  institution: string
  version: string
  catalogs: string[]
  sandbox: string
  sandboxEngine: string
  sandboxGrade: string
  languages: string[]
}
export const HelloAnswer: MessageType<HelloAnswer> = messageType('HelloAnswer', [
  [1, 'nodeId', 'string'],
  [2, 'institution', 'string'],
  [3, 'version', 'string'],
  [4, 'catalogs', 'string', 'repeated'],
  [5, 'sandbox', 'string'],
  [6, 'sandboxEngine', 'string'],
  [7, 'sandboxGrade', 'string'],
  [8, 'languages', 'string', 'repeated']
])

export interface PeerDigest {
  sequence: number
  about: HelloAnswer | null
  addresses: string[]
  catalogsHash: string
  charter: string
  open: boolean
}
export const PeerDigest: MessageType<PeerDigest> = messageType('PeerDigest', [
  [1, 'sequence', 'double'],
  [2, 'about', () => HelloAnswer],
  [3, 'addresses', 'string', 'repeated'],
  [4, 'catalogsHash', 'string'],
  [5, 'charter', 'string'],
  [6, 'open', 'bool']
])

export interface DigestsAsk {
  root: string
  digests: Uint8Array[]
  wanted: Uint8Array
}
export const DigestsAsk: MessageType<DigestsAsk> = messageType('DigestsAsk', [
  [1, 'root', 'string'],
  [2, 'digests', 'bytes', 'repeated'],
  [3, 'wanted', 'bytes']
])

export interface DigestsAnswer {
  root: string
  marks: Uint8Array
  digests: Uint8Array[]
}
export const DigestsAnswer: MessageType<DigestsAnswer> = messageType('DigestsAnswer', [
  [1, 'root', 'string'],
  [2, 'marks', 'bytes'],
  [3, 'digests', 'bytes', 'repeated']
])

export interface Statement {
  domain: string
  type: string
  issuer: string
  audience: string[]
  issuedAtMs: number
  expiresAtMs: number
  nonce: Uint8Array
  body: Uint8Array
}
export const Statement: MessageType<Statement> = messageType('Statement', [
  [1, 'domain', 'string'],
  [2, 'type', 'string'],
  [3, 'issuer', 'string'],
  [4, 'audience', 'string', 'repeated'],
  [5, 'issuedAtMs', 'double'],
  [6, 'expiresAtMs', 'double'],
  [7, 'nonce', 'bytes'],
  [8, 'body', 'bytes']
])

export interface Envelope {
  jws: Uint8Array
}
export const Envelope: MessageType<Envelope> = messageType('Envelope', [
  [1, 'jws', 'bytes']
])

export interface FederationAsk {
  charter: string
  digest: string
  statements: string[]
}
export const FederationAsk: MessageType<FederationAsk> = messageType('FederationAsk', [
  [1, 'charter', 'string'],
  [2, 'digest', 'string'],
  [3, 'statements', 'string', 'repeated']
])

export interface FederationAnswer {
  digest: string
  statements: string[]
}
export const FederationAnswer: MessageType<FederationAnswer> = messageType('FederationAnswer', [
  [1, 'digest', 'string'],
  [2, 'statements', 'string', 'repeated']
])

export interface InviteAsk {
  institution: string
  proof: Uint8Array
  commitment: Uint8Array
  nonce: Uint8Array
}
export const InviteAsk: MessageType<InviteAsk> = messageType('InviteAsk', [
  [1, 'institution', 'string'],
  [2, 'proof', 'bytes'],
  [3, 'commitment', 'bytes'],
  [4, 'nonce', 'bytes']
])

export interface InviteAnswer {
  nonce: Uint8Array
  admitted: boolean
  charterJson: string
  statements: string[]
  addresses: string[]
}
export const InviteAnswer: MessageType<InviteAnswer> = messageType('InviteAnswer', [
  [1, 'nonce', 'bytes'],
  [2, 'admitted', 'bool'],
  [3, 'charterJson', 'string'],
  [4, 'statements', 'string', 'repeated'],
  [5, 'addresses', 'string', 'repeated']
])

export interface JobRequest {
  catalog: string
  purpose: string[]
  project: string
  cohort: Filter | null
  program: Program | null
  parametersJson: string
  filtersJson: string
  wallTimeMsMax: number
  custody: string
  account: string
  title: string
  broadcast: string
  privacy: PrivacyAsk | null
  outputs: OutputDeclaration[]
  contract: VariableContract[]
  mappings: VariableMapping[]
  review: boolean
  about: AnalysisAbout | null
  credentials: string[]
  uploads: UploadedFile[]
  carrier: string
  set: AnalysisSet | null
  permit: string
}
export const JobRequest: MessageType<JobRequest> = messageType('JobRequest', [
  [1, 'catalog', 'string'],
  [2, 'purpose', 'string', 'repeated'],
  [3, 'project', 'string'],
  [4, 'cohort', () => Filter],
  [5, 'program', () => Program],
  [6, 'parametersJson', 'string'],
  [7, 'filtersJson', 'string'],
  [8, 'wallTimeMsMax', 'uint32'],
  [9, 'custody', 'string'],
  [10, 'account', 'string'],
  [11, 'title', 'string'],
  [12, 'broadcast', 'string'],
  [13, 'privacy', () => PrivacyAsk],
  [14, 'outputs', () => OutputDeclaration, 'repeated'],
  [15, 'contract', () => VariableContract, 'repeated'],
  [16, 'mappings', () => VariableMapping, 'repeated'],
  [17, 'review', 'bool'],
  [18, 'about', () => AnalysisAbout],
  [19, 'credentials', 'string', 'repeated'],
  [20, 'uploads', () => UploadedFile, 'repeated'],
  [21, 'carrier', 'string'],
  [22, 'set', () => AnalysisSet],
  [23, 'permit', 'string']
])

export interface UploadedFile {
  name: string
  sha256: string
  size: number
}
export const UploadedFile: MessageType<UploadedFile> = messageType('UploadedFile', [
  [1, 'name', 'string'],
  [2, 'sha256', 'string'],
  [3, 'size', 'uint32']
])

export interface UploadAsk {
  requestHash: string
  sha256: string
  offset: number
}
export const UploadAsk: MessageType<UploadAsk> = messageType('UploadAsk', [
  [1, 'requestHash', 'string'],
  [2, 'sha256', 'string'],
  [3, 'offset', 'uint32']
])

export interface UploadAnswer {
  piece: Uint8Array
}
export const UploadAnswer: MessageType<UploadAnswer> = messageType('UploadAnswer', [
  [1, 'piece', 'bytes']
])

export interface AnalysisAbout {
  requesterName: string
  requesterInstitution: string
  requesterEmail: string
  requesterAffiliation: string
  description: string
  priority: string
  estimatedDuration: string
  selectedScore: string
  selectedTimeline: string
}
export const AnalysisAbout: MessageType<AnalysisAbout> = messageType('AnalysisAbout', [
  [1, 'requesterName', 'string'],
  [2, 'requesterInstitution', 'string'],
  [3, 'requesterEmail', 'string'],
  [4, 'requesterAffiliation', 'string'],
  [5, 'description', 'string'],
  [6, 'priority', 'string'],
  [7, 'estimatedDuration', 'string'],
  [8, 'selectedScore', 'string'],
  [9, 'selectedTimeline', 'string']
])

export interface PrivacyAsk {
  level: string
  epsilon: string
  rho: string
  groupsPerSubject: number
  rowsPerSubject: number
  bounds: VariableBounds[]
}
export const PrivacyAsk: MessageType<PrivacyAsk> = messageType('PrivacyAsk', [
  [1, 'level', 'string'],
  [2, 'epsilon', 'string'],
  [3, 'rho', 'string'],
  [4, 'groupsPerSubject', 'uint32'],
  [5, 'rowsPerSubject', 'uint32'],
  [6, 'bounds', () => VariableBounds, 'repeated']
])

export interface VariableBounds {
  variable: string
  lower: string
  upper: string
}
export const VariableBounds: MessageType<VariableBounds> = messageType('VariableBounds', [
  [1, 'variable', 'string'],
  [2, 'lower', 'string'],
  [3, 'upper', 'string']
])

export interface OutputDeclaration {
  name: string
  kind: string
  categories: string[]
  edges: number[]
  lower: string
  upper: string
  terms: string[]
  digits: number
  unit: string
  of: string
  category: string
}
export const OutputDeclaration: MessageType<OutputDeclaration> = messageType('OutputDeclaration', [
  [1, 'name', 'string'],
  [2, 'kind', 'string'],
  [3, 'categories', 'string', 'repeated'],
  [4, 'edges', 'double', 'repeated'],
  [5, 'lower', 'string'],
  [6, 'upper', 'string'],
  [7, 'terms', 'string', 'repeated'],
  [8, 'digits', 'uint32'],
  [9, 'unit', 'string'],
  [10, 'of', 'string'],
  [11, 'category', 'string']
])

export interface VariableContract {
  variable: string
  type: string
  unit: string
  levels: string[]
  breakpoints: number[]
}
export const VariableContract: MessageType<VariableContract> = messageType('VariableContract', [
  [1, 'variable', 'string'],
  [2, 'type', 'string'],
  [3, 'unit', 'string'],
  [4, 'levels', 'string', 'repeated'],
  [5, 'breakpoints', 'double', 'repeated']
])

export interface VariableMapping {
  peer: string
  variable: string
  local: string
  levels: LevelMapping[]
  scale: string
}
export const VariableMapping: MessageType<VariableMapping> = messageType('VariableMapping', [
  [1, 'peer', 'string'],
  [2, 'variable', 'string'],
  [3, 'local', 'string'],
  [4, 'levels', () => LevelMapping, 'repeated'],
  [5, 'scale', 'string']
])

export interface LevelMapping {
  local: string
  level: string
}
export const LevelMapping: MessageType<LevelMapping> = messageType('LevelMapping', [
  [1, 'local', 'string'],
  [2, 'level', 'string']
])

export interface Program {
  sql: string | null
  statistic: Statistic | null
  script: Script | null
}
export const Program: MessageType<Program> = messageType('Program', [
  [1, 'sql', 'string', 'chosen'],
  [2, 'statistic', () => Statistic, 'chosen'],
  [3, 'script', () => Script, 'chosen']
])

export interface Statistic {
  name: string
  table: string
  variables: string[]
  by: string[]
  argumentsJson: string
}
export const Statistic: MessageType<Statistic> = messageType('Statistic', [
  [1, 'name', 'string'],
  [2, 'table', 'string'],
  [3, 'variables', 'string', 'repeated'],
  [4, 'by', 'string', 'repeated'],
  [5, 'argumentsJson', 'string']
])

export interface Script {
  language: string
  code: string
}
export const Script: MessageType<Script> = messageType('Script', [
  [1, 'language', 'string'],
  [2, 'code', 'string']
])

export interface Filter {
  all: FilterList | null
  any: FilterList | null
  not: Filter | null
  compare: Comparison | null
}
export const Filter: MessageType<Filter> = messageType('Filter', [
  [1, 'all', () => FilterList, 'chosen'],
  [2, 'any', () => FilterList, 'chosen'],
  [3, 'not', () => Filter, 'chosen'],
  [4, 'compare', () => Comparison, 'chosen']
])

export interface FilterList {
  filters: Filter[]
}
export const FilterList: MessageType<FilterList> = messageType('FilterList', [
  [1, 'filters', () => Filter, 'repeated']
])

export interface Comparison {
  column: string
  op: string
  values: FilterValue[]
}
export const Comparison: MessageType<Comparison> = messageType('Comparison', [
  [1, 'column', 'string'],
  [2, 'op', 'string'],
  [3, 'values', () => FilterValue, 'repeated']
])

export interface FilterValue {
  text: string | null
  number: number | null
  truth: boolean | null
}
export const FilterValue: MessageType<FilterValue> = messageType('FilterValue', [
  [1, 'text', 'string', 'chosen'],
  [2, 'number', 'double', 'chosen'],
  [3, 'truth', 'bool', 'chosen']
])

export interface JobAsk {
  request: Uint8Array
}
export const JobAsk: MessageType<JobAsk> = messageType('JobAsk', [
  [1, 'request', 'bytes']
])

export interface JobAnswer {
  decision: Uint8Array
}
export const JobAnswer: MessageType<JobAnswer> = messageType('JobAnswer', [
  [1, 'decision', 'bytes']
])

export interface Decision {
  allowed: boolean
  code: string
  reason: string
  jobId: string
  requestHash: string
  state: string
  warnings: string[]
}
export const Decision: MessageType<Decision> = messageType('Decision', [
  [1, 'allowed', 'bool'],
  [2, 'code', 'string'],
  [3, 'reason', 'string'],
  [4, 'jobId', 'string'],
  [5, 'requestHash', 'string'],
  [6, 'state', 'string'],
  [7, 'warnings', 'string', 'repeated']
])

export interface CancelAsk {
  cancel: Uint8Array
}
export const CancelAsk: MessageType<CancelAsk> = messageType('CancelAsk', [
  [1, 'cancel', 'bytes']
])

export interface CancelRequest {
  jobId: string
}
export const CancelRequest: MessageType<CancelRequest> = messageType('CancelRequest', [
  [1, 'jobId', 'string']
])

export interface CancelAnswer {
  ok: boolean
  code: string
  reason: string
}
export const CancelAnswer: MessageType<CancelAnswer> = messageType('CancelAnswer', [
  [1, 'ok', 'bool'],
  [2, 'code', 'string'],
  [3, 'reason', 'string']
])

export interface FollowAsk {
  log: string
  after: number
  openJobs: string[]
}
export const FollowAsk: MessageType<FollowAsk> = messageType('FollowAsk', [
  [1, 'log', 'string'],
  [2, 'after', 'double'],
  [3, 'openJobs', 'string', 'repeated']
])

export interface FollowEvent {
  log: string
  sequence: number
  jobId: string
  state: string
  progress: number
  result: Uint8Array
  alive: boolean
  code: string
  refusals: RefusalUse | null
}
export const FollowEvent: MessageType<FollowEvent> = messageType('FollowEvent', [
  [1, 'log', 'string'],
  [2, 'sequence', 'double'],
  [3, 'jobId', 'string'],
  [4, 'state', 'string'],
  [5, 'progress', 'double'],
  [6, 'result', 'bytes'],
  [7, 'alive', 'bool'],
  [8, 'code', 'string'],
  [9, 'refusals', () => RefusalUse]
])

export interface RefusalUse {
  bits: number
  bitsMax: number
  project: string
}
export const RefusalUse: MessageType<RefusalUse> = messageType('RefusalUse', [
  [1, 'bits', 'uint32'],
  [2, 'bitsMax', 'uint32'],
  [3, 'project', 'string']
])

export interface JobResult {
  jobId: string
  state: string
  code: string
  reason: string
  outputJson: Uint8Array
  receipt: Receipt | null
}
export const JobResult: MessageType<JobResult> = messageType('JobResult', [
  [1, 'jobId', 'string'],
  [2, 'state', 'string'],
  [3, 'code', 'string'],
  [4, 'reason', 'string'],
  [5, 'outputJson', 'bytes'],
  [6, 'receipt', () => Receipt]
])

export interface Receipt {
  requestHash: string
  outputHash: string
  epoch: string
  codeHash: string
  image: string
  policyHash: string
  auditHead: string
  auditSequence: number
  releasedAtMs: number
  requester: string
  custody: string
  engine: string
  grade: string
  audit: AuditProof | null
  permit: string
}
export const Receipt: MessageType<Receipt> = messageType('Receipt', [
  [1, 'requestHash', 'string'],
  [2, 'outputHash', 'string'],
  [3, 'epoch', 'string'],
  [4, 'codeHash', 'string'],
  [5, 'image', 'string'],
  [6, 'policyHash', 'string'],
  [7, 'auditHead', 'string'],
  [8, 'auditSequence', 'double'],
  [9, 'releasedAtMs', 'double'],
  [10, 'requester', 'string'],
  [11, 'custody', 'string'],
  [12, 'engine', 'string'],
  [13, 'grade', 'string'],
  [14, 'audit', () => AuditProof],
  [15, 'permit', 'string']
])

export interface AuditProof {
  entry: Uint8Array
  index: number
  size: number
  path: Uint8Array[]
  root: Uint8Array
  record: Uint8Array
}
export const AuditProof: MessageType<AuditProof> = messageType('AuditProof', [
  [1, 'entry', 'bytes'],
  [2, 'index', 'double'],
  [3, 'size', 'double'],
  [4, 'path', 'bytes', 'repeated'],
  [5, 'root', 'bytes'],
  [6, 'record', 'bytes']
])
