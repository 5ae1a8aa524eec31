/** What the REST API sends and answers, as its clients see it; the gateway's schemas say the same, and a test holds both together. */
import type {
  DisclosureCard,
  Filter,
  Output,
  OutputDeclarationInput,
  PooledOutput,
  PrivacyAskInput,
  StatisticCall,
  VariableContract,
  VariableMapping
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
  readonly contract?: readonly VariableContract[]
  /** How a site's own variables read in the request's. */
  readonly mappings?: readonly VariableMapping[]
  readonly title?: string
}

/** What a job asks for; the gateway signs it with the key of the account. */
export interface JobSubmission extends Asked {
  /** A node id, a PeerId, or "*" for every peer that offers the catalog. */
  readonly target_node_id: string
}

/** Signed by the gateway with the account's key: `custody: gateway`. */
export interface BroadcastSubmission extends Asked {
  readonly targets?: readonly string[] | '*'
}

/** The JSON of a statistic's call, for `script_content`. */
export function statisticText(call: Partial<StatisticCall> & { readonly name: string }): string {
  return JSON.stringify(call)
}
