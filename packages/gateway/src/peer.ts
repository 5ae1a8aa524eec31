/** The few methods the gateway needs of its peer. The peer implements them; tests of the routes bring a small one. */
import type {
  analysisDecisionShape,
  AnalysisRequest,
  AnalysisResults,
  ApiKey,
  Attested,
  AuditProof,
  AuditRecord,
  AuditVerification,
  Broadcast,
  Catalog,
  FoundCatalog,
  Membership,
  NewApiKey,
  Node,
  NodeEvent,
  Permit,
  PermitRecords,
  PermitTerms,
  Policy,
  PrivacyCost,
  Readiness,
  Role,
  Sandboxes,
  StandingApproval,
  Status,
  UploadedFile,
  Usage
} from '@stimnet/api'
import type { About, JobState, Question } from '@stimnet/protocol'
import type { z } from 'zod'

export type { Role } from '@stimnet/api'

/** Who is asking over HTTP. */
export interface Account {
  readonly name: string
  readonly roles: readonly Role[]
  /** A program with one of the account's API keys, and not the person. */
  readonly byKey?: boolean
  /** Another one with each new password; tokens of an earlier one are over. Absent where there is no password. */
  readonly generation?: string
}

/** Somebody whom a login provider has just named. */
export interface SignOn {
  /** The provider's name here. */
  readonly provider: string
  /** Who it is there (`sub`). */
  readonly subject: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** Who this peer is. */
export interface PeerFacts {
  readonly nodeId: string
  readonly institution: string
  readonly peerId: string
  readonly version: string
  readonly startedAtMs: number
  /** Where this gateway is reached, e.g. http://127.0.0.1:8000. */
  readonly endpointUrl: string
}

/** How busy this peer is now. */
export interface Activity {
  readonly activeJobs: number
  readonly totalJobs: number
  readonly connectedPeers: number
}

/** What an account asks for, parsed. `targets`: PeerIds or node ids; "*" means every peer that offers the catalog. */
export interface Submission extends Omit<Question, 'uploads' | 'review'> {
  readonly targets: readonly string[] | '*'
  /** Ids or numbers of the account's own uploaded files that its script reads. */
  readonly uploads?: readonly string[]
  /** People decide first, also where the catalog would run it by itself. */
  readonly review?: boolean
  /** For those people. */
  readonly about?: About
  /** From an Idempotency-Key header: the same key of the same account answers with the same request. */
  readonly idempotencyKey?: string
}

/** What people are asked about: words for them, with everything that a submission holds. */
export interface AnalysisSubmission extends Submission {
  readonly review: true
  readonly about: About
}

/** A request that a researcher signed with an own key; the gateway need not be trusted. */
export interface SignedSubmission {
  readonly targets: readonly string[] | '*'
  /** The sealed JobRequest (compact JWS). Its audience must name every target. */
  readonly envelope: Uint8Array
  readonly idempotencyKey?: string
}

/** A request of an account, to one peer or many: what the documented API calls a job, and what a broadcast is. */
export interface OwnRequest {
  /** Whole, with outputs and receipts. */
  readonly broadcast: Broadcast
  /** It was sent to several peers, or to all that offer the catalog: its answer is the pooled one. */
  readonly isToMany: boolean
  /** The account, or the key where the researcher signed. */
  readonly requester: string
  /** The key that signed; empty until it has. */
  readonly requesterKey: string
}

/** The peer, as far as its gateway sees it. */
export interface GatewayPeer {
  facts(): PeerFacts
  activity(): Activity
  /** What /ready answers; ready when every check is ok. */
  checks(): Promise<Readiness['checks']>
  /** Own catalogs that this account may see (private ones: stewards and operators), in the configured order. */
  catalogs(account: Account | null): readonly Catalog[]
  /** Known nodes, this one first: `id` is stable for as long as the node is known. */
  nodes(): readonly Node[]
  /** Catalogs of all reachable members that match every word. */
  searchMesh(words: readonly string[], signal: AbortSignal): Promise<readonly FoundCatalog[]>
  /** Constant-time in whether the name exists. Null where name or password is wrong. Throws ACCOUNT_LOCKED. */
  authenticate(name: string, password: string): Promise<Account | null>
  /** Null where the account no longer exists: a token outlives no account. */
  account(name: string): Account | null
  /**
   * Whether a token or key would open an account if that were not locked. Said only to whoever shows a genuine one, since others may
   * not learn that the account exists.
   */
  isLocked(shown: { readonly name: string; readonly generation: string } | { readonly key: string }): boolean
  /** Null where no rule lets them in. Throws ACCOUNT_LOCKED where they are locked out. */
  signOn(person: SignOn): Promise<Account | null>
  /** The account behind an API key, with the key's roles alone. Null for anything but a key that holds. */
  accountOfKey(key: string): Account | null
  /** Part of the secret of access tokens: with another one, all that were given out are over. */
  tokenEpoch(): string
  /** Signs out: the token is over before it expires, also past a restart. */
  endToken(account: Account, token: { readonly id: string; readonly expiresAtMs: number }): Promise<void>
  isTokenEnded(id: string): boolean
  apiKeys(account: Account): readonly ApiKey[]
  /** `key` is the secret, given this once. Throws PARAMETER_INVALID. */
  createApiKey(
    account: Account,
    asked: { readonly label: string; readonly days: number; readonly roles?: readonly Role[] }
  ): Promise<NewApiKey>
  /** False where the account has none of that id. */
  revokeApiKey(account: Account, id: string): Promise<boolean>
  /** Stores the request and answers before any peer is asked. Throws StimnetError for what is wrong with the ask itself. */
  submit(submission: Submission, account: Account): Promise<OwnRequest>
  submitSigned(submission: SignedSubmission, account: Account): Promise<OwnRequest>
  /**
   * What a P2 request costs at each peer that offers the catalog; `key` would sign it, or this peer for the account. Spends
   * nothing. Throws PARAMETER_INVALID, PEER_UNKNOWN.
   */
  privacyCost(
    question: Submission & { readonly key?: string },
    account: Account,
    signal: AbortSignal
  ): Promise<PrivacyCost>
  /** Keeps a file for an account. Throws UPLOADS_FULL. */
  upload(
    file: { readonly kind: UploadedFile['file_type']; readonly filename: string; readonly bytes: Uint8Array },
    account: Account
  ): Promise<UploadedFile>
  /** Own files, newest first. */
  uploads(account: Account, kind: UploadedFile['file_type']): readonly UploadedFile[]
  /** False where it is not there or somebody else's. Throws PARAMETER_INVALID while a request needs it. */
  removeUpload(id: string, account: Account): Promise<boolean>
  /** For stewards: the bytes that a request made to this peer names; null where there are none. Throws UPLOAD_UNAVAILABLE. */
  analysisUpload(id: string, sha256: string, account: Account): Promise<{ name: string; bytes: Uint8Array } | null>
  /** Asks the stewards of one peer; answers once the request is signed. */
  requestAnalysis(submission: AnalysisSubmission, account: Account): Promise<AnalysisRequest>
  /** Own requests, and for stewards those made to this peer; newest first. */
  analyses(
    account: Account,
    options: {
      limit: number
      status?: AnalysisRequest['status']
      /** Only what comes after this one in the list. */
      before?: Pick<AnalysisRequest, 'submitted_at' | 'request_id'>
    }
  ): Promise<readonly AnalysisRequest[]>
  /** By request id or number. Null where there is none or it is not this account's business. */
  analysis(id: string, account: Account): Promise<AnalysisRequest | null>
  /** Throws JOB_UNKNOWN where somebody else asked. */
  analysisResults(requestId: string, account: Account): Promise<AnalysisResults>
  /** A steward's word. Throws JOB_ENDED, PARAMETER_INVALID, APPROVAL_LAPSED, NOT_PERMITTED; null as above. */
  decideAnalysis(
    id: string,
    decision: z.output<typeof analysisDecisionShape>,
    account: Account
  ): Promise<AnalysisRequest | null>
  standingApprovals(account: Account): Promise<readonly StandingApproval[]>
  /** False where there is none. */
  revokeStanding(id: string, account: Account): Promise<boolean>
  /** Newest first; with `before`, those of a smaller number. */
  requests(
    account: Account,
    options: { limit: number; state?: JobState; broadcastsOnly?: boolean; before?: number }
  ): Promise<readonly OwnRequest[]>
  /** Null where there is none or it belongs to somebody else. */
  request(id: string, account: Account): Promise<OwnRequest | null>
  /** Throws JOB_ENDED; null as above. */
  cancel(id: string, account: Account): Promise<OwnRequest | null>
  /** The request now, and again after each change, until it has ended or the signal aborts. */
  watch(id: string, account: Account, signal: AbortSignal): AsyncIterable<OwnRequest>
  /** Data permits entered here. Throws NOT_PERMITTED but for stewards, auditors and operators. */
  permits(account: Account): readonly Permit[]
  /** For stewards. Throws NOT_PERMITTED; PARAMETER_INVALID for an id that there was, and for unknown catalogs and statistics. */
  grantPermit(terms: PermitTerms, account: Account): Promise<Permit>
  /** For stewards. Null where there is none. */
  revokePermit(id: string, account: Account): Promise<Permit | null>
  /** The records of the log under a permit with a sequence above `after`. As `permits`; null where there is none. */
  permitRecords(
    account: Account,
    id: string,
    options: { readonly after: number; readonly signal: AbortSignal }
  ): Promise<PermitRecords | null>
  /** Records with a sequence below `before` (the newest where absent), newest first. */
  audit(account: Account, options: { limit: number; before?: number }): Promise<readonly AuditRecord[]>
  /** Walks the whole log. Throws NOT_PERMITTED. */
  verifyAudit(account: Account): Promise<AuditVerification>
  /** The newest signed state of the log, with its witnesses' signatures: a C2SP signed note. */
  checkpoint(account: Account): Promise<string>
  /** Null where there is no such record. */
  proveAudit(account: Account, sequence: number): Promise<AuditProof | null>
  /** Has every member that can be asked attest the log as it stands. */
  gatherWitnesses(account: Account): Promise<readonly Attested[]>
  /** The latest first. Throws NOT_PERMITTED but for stewards, auditors and operators, as below. */
  events(account: Account, options: { limit: number; alertsOnly: boolean }): readonly NodeEvent[]
  /** What comes after the event of that id (all that is at hand, where there is none), until the signal aborts. An id also
   * names the run of the peer. */
  watchEvents(
    account: Account,
    after: string,
    signal: AbortSignal
  ): AsyncIterable<{ readonly id: string; readonly event: NodeEvent }>
  /** Throws NOT_PERMITTED but for stewards, auditors and operators, as below. */
  usage(account: Account): Promise<readonly Usage[]>
  policies(account: Account): readonly Policy[]
  membership(account: Account): Membership
  /** What runs, who is connected, what waits for a person, disk use and used budgets. */
  status(account: Account): Promise<Status>
  /** As those before. */
  sandboxes(account: Account): Promise<Sandboxes>
  /**
   * Starts a self-test, or answers with the one that runs. Throws NOT_PERMITTED but for stewards and operators, NOT_FOUND
   * where nothing runs here that could be tested.
   */
  testSandboxes(
    account: Account
  ): Promise<{ readonly ok: true; readonly view: Sandboxes } | { readonly ok: false; readonly waitMs: number }>
  /** Prometheus text. */
  metrics(): Promise<string>
  /** A request was answered, for counters: the id of its route, the status, and the time until the answer began. */
  answered(facts: { readonly route: string; readonly status: number; readonly ms: number }): void
  /** For the operator's log, by the id that the client sees. */
  unexpected(error: unknown, incident: string): void
  /** A login that failed, a request over its rate: for counters and audit. */
  suspicious(event: 'login-failed' | 'rate-limited', actor: string): void
}
