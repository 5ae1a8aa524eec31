/** Generated from proto/*.proto by `npm run proto`: change those. */
import { type MessageOf, type MessageType, messageType } from '../protobuf.ts'

export const AuditRecord = messageType('AuditRecord', [
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
export type AuditRecord = MessageOf<typeof AuditRecord>

export const WitnessAsk = messageType('WitnessAsk', [
  [1, 'note', 'string'],
  [2, 'oldSize', 'double'],
  [3, 'path', 'bytes', 'repeated']
])
export type WitnessAsk = MessageOf<typeof WitnessAsk>

export const LogConflict = messageType('LogConflict', [
  [1, 'peer', 'string'],
  [2, 'seen', 'string'],
  [3, 'shown', 'string']
])
export type LogConflict = MessageOf<typeof LogConflict>

export const LogConflictAnswer = messageType('LogConflictAnswer', [
  [1, 'code', 'string']
])
export type LogConflictAnswer = MessageOf<typeof LogConflictAnswer>

export const WitnessAnswer = messageType('WitnessAnswer', [
  [1, 'cosignature', 'string'],
  [2, 'code', 'string'],
  [3, 'seen', 'string']
])
export type WitnessAnswer = MessageOf<typeof WitnessAnswer>

export const CatalogDescriptor = messageType('CatalogDescriptor', [
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
export type CatalogDescriptor = MessageOf<typeof CatalogDescriptor>

export const AnalysisSet = messageType('AnalysisSet', [
  [1, 'name', 'string'],
  [2, 'completeOn', 'string', 'repeated'],
  [3, 'where', () => Filter]
])
export type AnalysisSet = MessageOf<typeof AnalysisSet>

export const TableDescriptor = messageType('TableDescriptor', [
  [1, 'name', 'string'],
  [2, 'description', 'string'],
  [3, 'variables', () => VariableDescriptor, 'repeated'],
  [4, 'oneRowPerSubject', 'bool']
])
export type TableDescriptor = MessageOf<typeof TableDescriptor>

export const VariableDescriptor = messageType('VariableDescriptor', [
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
export type VariableDescriptor = MessageOf<typeof VariableDescriptor>

export const LatticeVariable = messageType('LatticeVariable', [
  [1, 'variable', 'string'],
  [2, 'breakpoints', 'double', 'repeated']
])
export type LatticeVariable = MessageOf<typeof LatticeVariable>

export const CatalogQuery = messageType('CatalogQuery', [
  [1, 'words', 'string', 'repeated'],
  [2, 'name', 'string']
])
export type CatalogQuery = MessageOf<typeof CatalogQuery>

export const CatalogAnswer = messageType('CatalogAnswer', [
  [1, 'catalogs', 'bytes', 'repeated']
])
export type CatalogAnswer = MessageOf<typeof CatalogAnswer>

export const HelloAsk = messageType('HelloAsk', [
  [1, 'version', 'string']
])
export type HelloAsk = MessageOf<typeof HelloAsk>

export const HelloAnswer = messageType('HelloAnswer', [
  [1, 'nodeId', 'string'],
  [2, 'institution', 'string'],
  [3, 'version', 'string'],
  [4, 'catalogs', 'string', 'repeated'],
  [5, 'sandbox', 'string'],
  [6, 'sandboxEngine', 'string'],
  [7, 'sandboxGrade', 'string'],
  [8, 'languages', 'string', 'repeated']
])
export type HelloAnswer = MessageOf<typeof HelloAnswer>

export const PeerDigest = messageType('PeerDigest', [
  [1, 'sequence', 'double'],
  [2, 'about', () => HelloAnswer],
  [3, 'addresses', 'string', 'repeated'],
  [4, 'catalogsHash', 'string'],
  [5, 'charter', 'string'],
  [6, 'open', 'bool']
])
export type PeerDigest = MessageOf<typeof PeerDigest>

export const DigestsAsk = messageType('DigestsAsk', [
  [1, 'root', 'string'],
  [2, 'digests', 'bytes', 'repeated'],
  [3, 'wanted', 'bytes']
])
export type DigestsAsk = MessageOf<typeof DigestsAsk>

export const DigestsAnswer = messageType('DigestsAnswer', [
  [1, 'root', 'string'],
  [2, 'marks', 'bytes'],
  [3, 'digests', 'bytes', 'repeated']
])
export type DigestsAnswer = MessageOf<typeof DigestsAnswer>

export const Statement = messageType('Statement', [
  [1, 'domain', 'string'],
  [2, 'type', 'string'],
  [3, 'issuer', 'string'],
  [4, 'audience', 'string', 'repeated'],
  [5, 'issuedAtMs', 'double'],
  [6, 'expiresAtMs', 'double'],
  [7, 'nonce', 'bytes'],
  [8, 'body', 'bytes']
])
export type Statement = MessageOf<typeof Statement>

export const Envelope = messageType('Envelope', [
  [1, 'jws', 'bytes']
])
export type Envelope = MessageOf<typeof Envelope>

export const FederationAsk = messageType('FederationAsk', [
  [1, 'charter', 'string'],
  [2, 'digest', 'string'],
  [3, 'statements', 'string', 'repeated']
])
export type FederationAsk = MessageOf<typeof FederationAsk>

export const FederationAnswer = messageType('FederationAnswer', [
  [1, 'digest', 'string'],
  [2, 'statements', 'string', 'repeated']
])
export type FederationAnswer = MessageOf<typeof FederationAnswer>

export const InviteAsk = messageType('InviteAsk', [
  [1, 'institution', 'string'],
  [2, 'proof', 'bytes'],
  [3, 'commitment', 'bytes'],
  [4, 'nonce', 'bytes']
])
export type InviteAsk = MessageOf<typeof InviteAsk>

export const InviteAnswer = messageType('InviteAnswer', [
  [1, 'nonce', 'bytes'],
  [2, 'admitted', 'bool'],
  [3, 'charterJson', 'string'],
  [4, 'statements', 'string', 'repeated'],
  [5, 'addresses', 'string', 'repeated']
])
export type InviteAnswer = MessageOf<typeof InviteAnswer>

export const JobRequest = messageType('JobRequest', [
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
export type JobRequest = MessageOf<typeof JobRequest>

export const UploadedFile = messageType('UploadedFile', [
  [1, 'name', 'string'],
  [2, 'sha256', 'string'],
  [3, 'size', 'uint32']
])
export type UploadedFile = MessageOf<typeof UploadedFile>

export const UploadAsk = messageType('UploadAsk', [
  [1, 'requestHash', 'string'],
  [2, 'sha256', 'string'],
  [3, 'offset', 'uint32']
])
export type UploadAsk = MessageOf<typeof UploadAsk>

export const UploadAnswer = messageType('UploadAnswer', [
  [1, 'piece', 'bytes']
])
export type UploadAnswer = MessageOf<typeof UploadAnswer>

export const AnalysisAbout = messageType('AnalysisAbout', [
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
export type AnalysisAbout = MessageOf<typeof AnalysisAbout>

export const PrivacyAsk = messageType('PrivacyAsk', [
  [1, 'level', 'string'],
  [2, 'epsilon', 'string'],
  [3, 'rho', 'string'],
  [4, 'groupsPerSubject', 'uint32'],
  [5, 'rowsPerSubject', 'uint32'],
  [6, 'bounds', () => VariableBounds, 'repeated']
])
export type PrivacyAsk = MessageOf<typeof PrivacyAsk>

export const VariableBounds = messageType('VariableBounds', [
  [1, 'variable', 'string'],
  [2, 'lower', 'string'],
  [3, 'upper', 'string']
])
export type VariableBounds = MessageOf<typeof VariableBounds>

export const OutputDeclaration = messageType('OutputDeclaration', [
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
export type OutputDeclaration = MessageOf<typeof OutputDeclaration>

export const VariableContract = messageType('VariableContract', [
  [1, 'variable', 'string'],
  [2, 'type', 'string'],
  [3, 'unit', 'string'],
  [4, 'levels', 'string', 'repeated'],
  [5, 'breakpoints', 'double', 'repeated']
])
export type VariableContract = MessageOf<typeof VariableContract>

export const VariableMapping = messageType('VariableMapping', [
  [1, 'peer', 'string'],
  [2, 'variable', 'string'],
  [3, 'local', 'string'],
  [4, 'levels', () => LevelMapping, 'repeated'],
  [5, 'scale', 'string']
])
export type VariableMapping = MessageOf<typeof VariableMapping>

export const LevelMapping = messageType('LevelMapping', [
  [1, 'local', 'string'],
  [2, 'level', 'string']
])
export type LevelMapping = MessageOf<typeof LevelMapping>

export const Program = messageType('Program', [
  [1, 'sql', 'string', 'chosen'],
  [2, 'statistic', () => Statistic, 'chosen'],
  [3, 'script', () => Script, 'chosen']
])
export type Program = MessageOf<typeof Program>

export const Statistic = messageType('Statistic', [
  [1, 'name', 'string'],
  [2, 'table', 'string'],
  [3, 'variables', 'string', 'repeated'],
  [4, 'by', 'string', 'repeated'],
  [5, 'argumentsJson', 'string']
])
export type Statistic = MessageOf<typeof Statistic>

export const Script = messageType('Script', [
  [1, 'language', 'string'],
  [2, 'code', 'string']
])
export type Script = MessageOf<typeof Script>

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

export const Comparison = messageType('Comparison', [
  [1, 'column', 'string'],
  [2, 'op', 'string'],
  [3, 'values', () => FilterValue, 'repeated']
])
export type Comparison = MessageOf<typeof Comparison>

export const FilterValue = messageType('FilterValue', [
  [1, 'text', 'string', 'chosen'],
  [2, 'number', 'double', 'chosen'],
  [3, 'truth', 'bool', 'chosen']
])
export type FilterValue = MessageOf<typeof FilterValue>

export const JobAsk = messageType('JobAsk', [
  [1, 'request', 'bytes']
])
export type JobAsk = MessageOf<typeof JobAsk>

export const JobAnswer = messageType('JobAnswer', [
  [1, 'decision', 'bytes']
])
export type JobAnswer = MessageOf<typeof JobAnswer>

export const Decision = messageType('Decision', [
  [1, 'allowed', 'bool'],
  [2, 'code', 'string'],
  [3, 'reason', 'string'],
  [4, 'jobId', 'string'],
  [5, 'requestHash', 'string'],
  [6, 'state', 'string'],
  [7, 'warnings', 'string', 'repeated']
])
export type Decision = MessageOf<typeof Decision>

export const CancelAsk = messageType('CancelAsk', [
  [1, 'cancel', 'bytes']
])
export type CancelAsk = MessageOf<typeof CancelAsk>

export const CancelRequest = messageType('CancelRequest', [
  [1, 'jobId', 'string']
])
export type CancelRequest = MessageOf<typeof CancelRequest>

export const CancelAnswer = messageType('CancelAnswer', [
  [1, 'ok', 'bool'],
  [2, 'code', 'string'],
  [3, 'reason', 'string']
])
export type CancelAnswer = MessageOf<typeof CancelAnswer>

export const FollowAsk = messageType('FollowAsk', [
  [1, 'log', 'string'],
  [2, 'after', 'double'],
  [3, 'openJobs', 'string', 'repeated']
])
export type FollowAsk = MessageOf<typeof FollowAsk>

export const FollowEvent = messageType('FollowEvent', [
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
export type FollowEvent = MessageOf<typeof FollowEvent>

export const RefusalUse = messageType('RefusalUse', [
  [1, 'bits', 'uint32'],
  [2, 'bitsMax', 'uint32'],
  [3, 'project', 'string']
])
export type RefusalUse = MessageOf<typeof RefusalUse>

export const JobResult = messageType('JobResult', [
  [1, 'jobId', 'string'],
  [2, 'state', 'string'],
  [3, 'code', 'string'],
  [4, 'reason', 'string'],
  [5, 'outputJson', 'bytes'],
  [6, 'receipt', () => Receipt]
])
export type JobResult = MessageOf<typeof JobResult>

export const Receipt = messageType('Receipt', [
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
export type Receipt = MessageOf<typeof Receipt>

export const AuditProof = messageType('AuditProof', [
  [1, 'entry', 'bytes'],
  [2, 'index', 'double'],
  [3, 'size', 'double'],
  [4, 'path', 'bytes', 'repeated'],
  [5, 'root', 'bytes'],
  [6, 'record', 'bytes']
])
export type AuditProof = MessageOf<typeof AuditProof>
