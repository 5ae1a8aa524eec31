/** What the REST API sends and answers, as its clients see it; the gateway's schemas say the same, and a test holds both together. */
import type {
  DisclosureCard,
  Filter,
  Output,
  OutputDeclarationInput,
  PooledOutput,
  PrivacyAskInput,
  SchemaDifference,
  StatisticCall,
  VariableContract,
  VariableContractInput,
  VariableMapping,
  VariableMappingInput
} from '@stimnet/protocol'

/** How a node is. */
export interface Health {
  readonly status: 'healthy'
  readonly node_id: string
  readonly version: string
  /** Seconds. */
  readonly uptime: number
  readonly active_jobs: number
  readonly total_jobs: number
  readonly institution: string
  readonly peer_id: string
  readonly peers: number
}

/** Whether a node can take requests, and what it looked at. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[]
}

/** Something that happened at a node. */
export interface NodeEvent {
  /** Begins at 1 with each start of the node. */
  readonly sequence: number
  /** ISO 8601. */
  readonly at: string
  /** started, peer-connected, admitted, refused, ended and so on; or the kind of an alert. */
  readonly kind: string
  /** Somebody should look. */
  readonly alert: boolean
  readonly actor: string
  readonly job_id: string
  readonly code: string
  readonly detail: string
}

/** How much of something a scope has used. */
export interface Usage {
  readonly data_catalog_name: string
  /** Empty: over all; `*`: everybody who shares a cap; else a project or a requester's key. */
  readonly scope: string
  /** privacy budget (ρ), refusals in thirty days, or script bits. */
  readonly what: string
  readonly used: string
  /** Null: without end, as of synthetic data. */
  readonly max: string | null
  /** 0 to 1. */
  readonly share: number
}

/** The disclosure rules of one catalog in plain words. */
export interface Policy {
  readonly data_catalog_name: string
  readonly preset: string
  readonly policy_hash: string
  readonly rules: readonly {
    readonly rule: string
    readonly value: string
    readonly does: string
    readonly stops: string
    readonly stops_not: string
  }[]
}

/** Which institutions belong. */
export interface Membership {
  /** Null without a charter: then members are those that may connect. */
  readonly federation: string | null
  /** Anybody may connect: then members are those that have. */
  readonly open: boolean
  readonly signatures_needed: number | null
  readonly members: readonly {
    readonly peer_id: string
    readonly institution: string
    readonly connected: boolean
    readonly self: boolean
    /** PeerIds of those who attested its audit log and were shown another one since. */
    readonly log_disputed_by: readonly string[]
  }[]
}

/** An engine that a node runs programs in. */
export interface SandboxEngine {
  readonly engine: string
  /** From weak to strong: none, wasm, wasm+bwrap, docker, docker+gvisor. */
  readonly grade: string
  /** What stands between a program and the machine, in words. */
  readonly holds: string
  readonly memory_mib: number
  readonly wall_time_ms: number
  readonly jobs_at_once: number
  readonly languages: readonly {
    readonly language: string
    /** What runs it, with its digest, as receipts name it. */
    readonly image: string
    /** Started, and waiting for a job. */
    readonly waiting: number
    readonly waiting_max: number
    /** Top-level modules. */
    readonly libraries: readonly string[]
  }[]
}

/** One attack on an engine, and how it went. */
export interface SandboxAttack {
  readonly id: string
  readonly title: string
  readonly tries: string
  readonly language: string
  /** Bounded: as far as a limit, which `by` names. Unjudged: no verdict, which is no better than open. */
  readonly outcome: 'contained' | 'bounded' | 'open' | 'unjudged'
  readonly by: string
  /** Whether the published grade of the engine admits that. */
  readonly admitted: boolean
}

/** What attacks on one engine found. */
export interface SandboxFindings {
  readonly grade: string
  /** False: it could not be opened, and `why` says more. */
  readonly here: boolean
  readonly why: string | null
  readonly how_to: string | null
  /** It holds what its grade promises. */
  readonly clean: boolean
  readonly languages: readonly string[]
  readonly counts: Readonly<Record<SandboxAttack['outcome'], number>>
  readonly left_behind: readonly string[]
  readonly attacks: readonly SandboxAttack[]
}

/** A self-test that ended. */
export interface SandboxReport {
  readonly started_by: string
  readonly started_at: string
  readonly ended_at: string
  readonly version: string
  readonly clean: boolean
  readonly engines: readonly SandboxFindings[]
}

/** Where strangers' programs run at a node, and what attacks on it found. */
export interface Sandboxes {
  /** auto, docker, wasm or none. */
  readonly configured: string
  readonly engines: readonly SandboxEngine[]
  /** Engines that are not used. */
  readonly others: readonly {
    readonly grade: string
    readonly holds: string
    /** Its parts are on the machine. */
    readonly here: boolean
    readonly how_to: string
  }[]
  readonly self_test: {
    readonly possible: boolean
    /** Until another may begin, ms. */
    readonly next_in_ms: number
    readonly running: {
      readonly started_by: string
      readonly started_at: string
      /** Of the engine that is attacked; empty before the first. */
      readonly grade: string
      readonly done: number
      readonly of: number
      /** Attacks so far whose outcome the grade does not admit. */
      readonly failing: number
    } | null
    /** When the last one ended without a report. */
    readonly failed_at: string | null
    readonly report: SandboxReport | null
  }
}

/** What a crate asks for. */
export interface CrateSubmission {
  readonly submission: BroadcastSubmission
  /** What of the crate was left out. */
  readonly warnings: readonly string[]
}

/** What an account may be. */
export type Role = 'researcher' | 'steward' | 'auditor' | 'operator'

/** An OpenID Connect provider by which people log in. */
export interface LoginProvider {
  readonly name: string
  readonly title: string
  readonly login_url: string
}

/** An API key without its secret. */
export interface ApiKey {
  readonly id: string
  readonly label: string
  readonly roles: readonly Role[]
  /** ISO 8601. */
  readonly created_at: string
  readonly expires_at: string
}

/** A new API key. */
export interface NewApiKey extends ApiKey {
  /** The secret, told this once; sent as a token is. */
  readonly key: string
}

/** A node as another knows it. */
export interface Node {
  readonly id: number
  readonly node_id: string
  readonly name: string
  readonly institution: string
  readonly endpoint_url: string
  readonly is_active: boolean
  /** ISO 8601. */
  readonly last_seen: string
  readonly peer_id: string
  readonly sandbox: string
  readonly sandbox_engine: string
  /** From weak to strong: none, wasm, wasm+bwrap, docker, docker+gvisor. */
  readonly sandbox_grade: string
  /** Scripts that run there. */
  readonly languages: readonly string[]
}

/** A variable: its type, unit, and declared levels or breakpoints. */
export interface CatalogVariable {
  readonly name: string
  readonly type: string
  readonly unit: string
  readonly description: string
  readonly levels: readonly string[]
  readonly breakpoints: readonly number[]
  readonly minimum: number | null
  readonly maximum: number | null
  /** Share of its rows without a value, to two places; null where it is not told. */
  readonly missing_share: number | null
  /** Others are taken to know it of a person; absent at older peers. */
  readonly identifying?: boolean
}

/** A table of a catalog; never its rows. */
export interface CatalogTable {
  readonly name: string
  readonly description: string
  readonly one_row_per_subject: boolean
  readonly variables: readonly CatalogVariable[]
}

interface CatalogDescription {
  readonly name: string
  readonly title: string
  readonly description: string | null
  readonly data_type: string
  readonly schema_definition: {
    readonly subject_key: string
    readonly tables: readonly CatalogTable[]
    readonly lattice: readonly { readonly variable: string; readonly breakpoints: readonly number[] }[]
  } | null
  readonly access_level: 'public' | 'restricted' | 'private'
  /** Subjects, rounded down to tens. */
  readonly total_records: number
  readonly last_updated: string
  readonly keywords: readonly string[]
  readonly epoch: string
  readonly synthetic: boolean
  readonly programs: readonly string[]
  readonly cohort_size_min: number
  /** GA4GH DUO terms: permission, diseases, modifiers; empty: unrestricted. */
  readonly data_use: readonly string[]
  /** `sdc` or `dp`. */
  readonly mode: string
  /** `auto`, `review` or `deny`. */
  readonly scripts: string
  readonly sandbox_grade_min: string | null
  readonly preset: string
  readonly policy_hash: string
}

/** A catalog of the node asked. */
export interface Catalog extends CatalogDescription {
  readonly id: number
}

/** A catalog found in the mesh, with who holds it. */
export interface FoundCatalog extends CatalogDescription {
  readonly peer_id: string
  readonly node_id: string
  readonly institution: string
}

/** The nodes known and the catalogs offered. */
export interface Discovery {
  readonly nodes: readonly Node[]
  readonly data_catalogs: readonly Catalog[]
}

/** The status of the documented API. */
export type JobStatus = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled' | 'blocked'
/** The true word behind a status. */
export type OutwardState = JobStatus | 'pending' | 'denied' | 'expired'

/** The answer to a submission. */
export interface JobAccepted {
  readonly job_id: string
  readonly status: JobStatus
  readonly message: string
}

/** A table, a script's values, a pooled table with its parts, or `{ message }` of a blocked job. */
export interface ResultData {
  readonly columns?: readonly string[]
  readonly rows?: readonly Readonly<Record<string, string | number | null>>[]
  readonly disclosure?: DisclosureCard | null
  readonly message?: string
  readonly [key: string]: unknown
}

/** A job with its result. */
export interface Job {
  readonly id: number
  readonly job_id: string
  readonly script_type: string
  readonly status: JobStatus
  readonly state: OutwardState
  /** 0 to 1. */
  readonly progress: number
  readonly result_data: ResultData | null
  readonly error_message: string | null
  /** Seconds; a number once the job has ended. */
  readonly execution_time: number | null
  readonly memory_used_mb: number | null
  readonly records_processed: number | null
  readonly submitted_at: string
  readonly started_at: string | null
  readonly completed_at: string | null
  readonly code: string | null
  readonly title: string
  readonly data_catalog_name: string
  readonly warnings: readonly string[]
  /** As in a broadcast. */
  readonly schema: SchemaComparison | null
  /** What ran it: `node`, `wasm` or `docker`; null before the end and for several peers. */
  readonly engine: string | null
  /** Its isolation grade; null where no sandbox was needed. */
  readonly sandbox_grade: string | null
  readonly receipt: string | null
}

/** One peer's share of a broadcast. */
export interface BroadcastPart {
  readonly peer_id: string
  readonly node_id: string
  readonly institution: string
  readonly job_id: string
  readonly status: JobStatus
  readonly state: OutwardState
  readonly code: string | null
  readonly reason: string | null
  readonly progress: number
  readonly output: Output | null
  /** What ran it: `node`, `wasm` or `docker`; null before the end. */
  readonly engine: string | null
  /** Its isolation grade; null where no sandbox was needed. */
  readonly sandbox_grade: string | null
  /** The sealed JobResult: evidence that `verifyReceipt` opens. */
  readonly receipt: string | null
  /** The sealed Decision: that the peer took the question, or why it did not; `verifyDecision` opens it. */
  readonly decision: string | null
  readonly warnings: readonly string[]
  readonly updated_at: string
}

/** One request to many peers, and their answers. */
export interface Broadcast {
  readonly id: string
  readonly number: number
  readonly title: string
  readonly data_catalog_name: string
  readonly script_type: string
  /** Whom it is about: its filter, with what `filters` add; null for everybody. */
  readonly cohort?: unknown
  /** The first characters of its program. */
  readonly opening?: string
  /** Of a statistic by name: which, of what, in which groups. */
  readonly statistic: {
    readonly name: string
    readonly variables: readonly string[]
    readonly by: readonly string[]
  } | null
  readonly status: JobStatus
  readonly state: OutwardState
  readonly code: string | null
  readonly reason: string | null
  readonly progress: number
  readonly submitted_at: string
  readonly started_at: string | null
  readonly completed_at: string | null
  readonly warnings: readonly string[]
  readonly parts: readonly BroadcastPart[]
  /** As the gateway pooled it; `verifyAndPool` does it again from what the peers signed. */
  readonly pooled: PooledOutput | null
  /** Whether the peers mean the same by what the program uses; null before they were compared, and for one peer. */
  readonly schema: SchemaComparison | null
  /** What was asked, as it was signed, in the form of a submission. Null in lists and in events before the last. */
  readonly asked?: AskedQuestion | null
}

/** What the peers of a request agree on, and where they do not: then nothing was sent. */
export interface SchemaComparison {
  readonly contract: readonly VariableContract[]
  readonly differences: readonly SchemaDifference[]
  /** To fill in and send as `mappings`: what only people know is empty. */
  readonly mappings: readonly VariableMapping[]
}

/** What a differentially private answer costs at one institution, and how far off it will be. */
export interface PrivacyPrice {
  readonly mechanism: string
  /** Pure; null where ρ was asked for. */
  readonly epsilon: number | null
  /** What the catalog's ledger takes. */
  readonly rho: number
  readonly nano_rho: string
  readonly epsilon_at_delta: number
  readonly delta: number
  /** Numbers among which it is divided. */
  readonly numbers: number
  readonly groups: number
  readonly groups_per_subject: number
  readonly rows_per_subject: number
  readonly sites_per_person: number
  readonly columns: readonly {
    readonly name: string
    readonly kind: string
    /** Standard deviation of the noise, in the unit of the column. */
    readonly sd: number | null
    /** Nineteen of twenty answers are no further from the exact one than this. */
    readonly error_95: number | null
    /** Of a quantile, in rows. */
    readonly rank_error_95: number | null
    readonly assumes_rows: number | null
    /** Distance between the bounds of its variable, 1 for a share, 2 for a correlation; null for a count. */
    readonly range: number | null
  }[]
}

/** What a question tells of the values of one variable. */
export interface InformationPrice {
  readonly variable: string
  /** Numbers about it, over all groups that there can be. */
  readonly numbers: number
  /** Bits that they tell of the value of a person, on average. */
  readonly bits: number
  /** Bits of it that all answers together may tell. */
  readonly bits_max: number
}

/** What a request would cost at each peer that offers the catalog. */
export interface PrivacyCost {
  readonly data_catalog_name: string
  readonly peers: readonly {
    readonly peer_id: string
    readonly node_id: string
    readonly institution: string
    /** Why it would refuse, as far as its description says. */
    readonly code: string | null
    readonly reason: string | null
    /** Under P2. */
    readonly cost: PrivacyPrice | null
    /** Under P1: what it tells of each variable that is not identifying. */
    readonly information: readonly InformationPrice[] | null
    /** Of the gateway's own catalog: what whoever signs could still spend, and all together; ρ as decimal text. */
    readonly left: { readonly project_rho: string; readonly lifetime_rho: string } | null
  }[]
  /** Noise in the sums and counts of all together. */
  readonly pooled: readonly { readonly name: string; readonly sd: number | null; readonly error_95: number | null }[]
}

/** What a walk over the audit log found. */
export interface AuditVerification {
  readonly ok: boolean
  readonly records: number | null
  readonly head: string | null
  readonly broken_at: number | null
  readonly why: string | null
}

/** One record of the audit log. */
export interface AuditRecord {
  readonly sequence: number
  readonly at: string
  readonly kind: string
  readonly actor: string
  readonly job_id: string
  readonly code: string
  readonly detail: Readonly<Record<string, unknown>>
  readonly hash: string
}

/** That a record stands in a peer's log. Bytes in base64. */
export interface AuditProof {
  readonly entry: string
  /** Counts from 0. */
  readonly index: number
  readonly size: number
  readonly path: readonly string[]
  readonly root: string
  readonly record: string
  /** C2SP signed note. */
  readonly checkpoint: string
}

/** What a member did when asked to attest the log. */
export interface Attested {
  readonly witness: string
  readonly attested: boolean
  readonly code: string | null
}

interface Asked {
  readonly data_catalog_name: string
  readonly script_type: 'python' | 'r' | 'sql' | 'jupyter' | 'statistic'
  /** The query or script; for a statistic its call, as JSON text. */
  readonly script_content: string
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Column to value or list of values; all must hold. */
  readonly filters?: Readonly<Record<string, unknown>>
  readonly where?: Filter
  /** GA4GH DUO terms. */
  readonly purpose?: readonly string[]
  readonly project?: string
  /** Which claim is asked for; P1 unless given. */
  readonly privacy?: PrivacyAskInput
  /** Typed outputs that a script promises; the default contract unless given. */
  readonly outputs?: readonly OutputDeclarationInput[]
  /** What each variable is taken to be: a peer that differs refuses. */
  readonly contract?: readonly VariableContractInput[]
  /** How a site's own variables read in the request's. */
  readonly mappings?: readonly VariableMappingInput[]
  readonly title?: string
}

/** A question as its signature holds it: what was not said is absent. */
export type AskedQuestion = Pick<Asked, 'data_catalog_name' | 'script_type' | 'script_content'> & {
  readonly targets: readonly string[] | '*'
  /** Files that its script reads, by hash. */
  readonly files?: readonly { readonly name: string; readonly sha256: string; readonly size: number }[] | undefined
} & { readonly [Field in keyof Asked]?: Asked[Field] | null | undefined }

/** What people are asked about; the gateway signs it with the key of the account. */
export interface AnalysisSubmission extends Omit<Asked, 'title'> {
  readonly requester_name: string
  readonly requester_institution: string
  readonly requester_email: string
  readonly requester_affiliation?: string
  readonly analysis_title: string
  readonly analysis_description: string
  /** A node id or a PeerId. */
  readonly target_node_id: string
  readonly priority?: 'low' | 'normal' | 'high' | 'urgent'
  readonly estimated_duration?: string
  readonly selected_score?: string
  readonly selected_timeline?: string
}

/** The documented words for where an analysis request stands. */
export type AnalysisStatus = 'pending' | 'approved' | 'denied' | 'expired'

/** A request that people decide. */
export interface AnalysisRequest {
  readonly id: number
  /** Also the id of its job at the serving peer. */
  readonly request_id: string
  readonly status: AnalysisStatus
  readonly state: string
  readonly requester_name: string
  readonly requester_institution: string
  readonly requester_email: string
  readonly requester_affiliation: string | null
  readonly analysis_title: string
  readonly analysis_description: string
  readonly target_node_id: string
  readonly data_catalog_name: string
  readonly selected_score: string | null
  readonly selected_timeline: string | null
  readonly script_type: string
  readonly script_content: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly filters: Readonly<Record<string, unknown>>
  readonly priority: 'low' | 'normal' | 'high' | 'urgent'
  readonly estimated_duration: string | null
  readonly approved_by: string | null
  readonly approval_notes: string | null
  readonly approved_at: string | null
  readonly expires_at: string | null
  readonly submitted_at: string
  readonly updated_at: string
  readonly approvals: number
  readonly approvals_needed: number
  /** GA4GH DUO terms. */
  readonly purpose: readonly string[]
  readonly project: string | null
  /** Which claim it asks for, and at what price. */
  readonly privacy: Readonly<Record<string, unknown>> | null
  /** What it takes variables to be. */
  readonly contract: readonly unknown[]
  /** How variables read in its words: they change what the cohort means. */
  readonly mappings: readonly unknown[]
  /** Terms within which all who have agreed so far let it run again; null for this one run. */
  readonly standing: Readonly<Record<string, unknown>> | null
  /** Names in `filters` that are no variable: the script is told of them, and nobody is chosen by them. */
  readonly filters_unapplied: readonly string[]
  /** As asked, ms; null where it asks for none. */
  readonly wall_time_ms_max: number | null
  readonly requester_key: string
  /** Who signed: the asking institution for its account, or the requester with an own key. */
  readonly custody: 'gateway' | 'requester'
  /** With custody gateway: whose, as the asking institution says. */
  readonly account: string | null
  /** The institution that brought it; `requester_…` is what the requester says. */
  readonly asked_by: { readonly peer_id: string; readonly institution: string } | null
  readonly request_hash: string
  /** With what `filters` add; null: everyone. */
  readonly cohort: unknown
  readonly outputs: readonly unknown[]
  /** Files that the script reads; what is approved is these bytes. */
  readonly uploads: readonly { readonly name: string; readonly sha256: string; readonly size: number }[]
  readonly epoch: string | null
  readonly image: string | null
  /** Advice for whoever reads the script. */
  readonly review: readonly { kind: string; what: string; line: number; cell: number | null }[] | null
}

/** What came of an analysis request, for whoever asked. */
export interface AnalysisResults {
  readonly request_id: string
  /** Null until it is approved; then `job` and `broadcast` read it, receipt and all. */
  readonly job_id: string | null
  readonly status: AnalysisStatus
  readonly result_data: ResultData | null
}

/** A steward's word. */
export interface AnalysisDecision {
  readonly status: 'approved' | 'denied'
  /** The requester reads them. */
  readonly approval_notes?: string
  /** The same code may run again without asking, within these terms. */
  readonly standing?: {
    readonly runs: number
    readonly days: number
    readonly cohort?: 'same' | 'any'
    readonly requester?: 'same' | 'any'
    readonly parameters?: Readonly<
      Record<string, { one_of: (string | number | boolean)[] } | { minimum: number; maximum: number }>
    >
  }
}

/** Code that may run again without asking. */
export interface StandingApproval {
  readonly id: string
  readonly data_catalog_name: string
  readonly script_type: string
  readonly code_hash: string
  /** What it was granted for, where that is still known. */
  readonly request_id: string | null
  readonly analysis_title: string | null
  readonly runs_left: number
  readonly expires_at: string
  readonly approved_by: readonly string[]
  readonly cohort: 'same' | 'any'
  readonly requester: 'same' | 'any'
  readonly parameters: Readonly<Record<string, unknown>>
}

/** What a job asks for; the gateway signs it with the key of the account. */
export interface JobSubmission extends Asked {
  /** A node id, a PeerId, or "*" for every peer that offers the catalog. */
  readonly target_node_id: string
  /** Your own uploaded files that the script reads, by `file_id` or `id`. */
  readonly uploaded_file_ids?: readonly (string | number)[] | null
}

/** A file that you uploaded. */
export interface UploadedFile {
  readonly id: number
  readonly file_id: string
  /** As you call it. */
  readonly filename: string
  readonly file_type: 'script' | 'data'
  /** As a script finds it in UPLOADS_ROOT. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly sha256: string
  readonly uploaded_at: string
  readonly expires_at: string
}

/** Signed by the gateway with the account's key: `custody: gateway`. */
export interface BroadcastSubmission extends Asked {
  readonly targets?: readonly string[] | '*'
  /** Your own uploaded files that the script reads, by `file_id` or `id`. */
  readonly uploaded_file_ids?: readonly (string | number)[] | null
}

/** The JSON of a statistic's call, for `script_content`. */
export function statisticText(call: Partial<StatisticCall> & { readonly name: string }): string {
  return JSON.stringify(call)
}
