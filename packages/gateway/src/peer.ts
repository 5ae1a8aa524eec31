/** The interface that the gateway needs from its peer. The peer implements it; tests of the routes use a small fake. */
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

/** The account of an HTTP request. */
export interface Account {
  readonly name: string
  readonly roles: readonly Role[]
  /** Whether a program uses one of the account's API keys, instead of the person. */
  readonly byKey?: boolean
  /** Whether the holder of the account may ask about people, even if the key in use may not. Absent: by `roles`. */
  readonly holderAsks?: boolean
  /** Changes with each new password and so invalidates earlier tokens. Absent if the account has no password. */
  readonly generation?: string
}

/** A person authenticated by a login provider. */
export interface SignOn {
  /** The provider's name at this gateway. */
  readonly provider: string
  /** The person's id at the provider (`sub`). */
  readonly subject: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** Facts about this peer. */
export interface PeerFacts {
  readonly nodeId: string
  readonly institution: string
  readonly peerId: string
  readonly version: string
  readonly startedAtMs: number
  /** URL of this gateway, such as http://127.0.0.1:8000. */
  readonly endpointUrl: string
}

/** The current load of this peer. */
export interface Activity {
  readonly activeJobs: number
  readonly totalJobs: number
  readonly connectedPeers: number
}

/** A parsed submission of an account. `targets`: PeerIds or node ids; "*" means every peer that offers the catalog. */
export interface Submission extends Omit<Question, 'uploads' | 'review'> {
  readonly targets: readonly string[] | '*'
  /** Ids or numbers of the account's uploaded files that the script reads. */
  readonly uploads?: readonly string[]
  /** Whether stewards decide first, even if the catalog would run the program without asking. */
  readonly review?: boolean
  /** Description for the stewards. */
  readonly about?: About
  /** From an Idempotency-Key header. The same key of the same account returns the same request. */
  readonly idempotencyKey?: string
}

/** A submission for which stewards are asked first, with a description for them. */
export interface AnalysisSubmission extends Submission {
  readonly review: true
  readonly about: About
}

/** A request that a researcher signed with their own key, so that the gateway need not be trusted. */
export interface SignedSubmission {
  readonly targets: readonly string[] | '*'
  /** The sealed JobRequest (compact JWS). Its audience must contain every target. */
  readonly envelope: Uint8Array
  readonly idempotencyKey?: string
}

/** A request of an account to one or several peers: a job or a broadcast in the REST API. */
export interface OwnRequest {
  /** The full broadcast, with outputs and receipts. */
  readonly broadcast: Broadcast
  /** Whether the request was sent to several peers or to all that offer the catalog. If so, its answer is the pooled one. */
  readonly isToMany: boolean
  /** The account, or the key if the researcher signed. */
  readonly requester: string
  /** The key that signed; empty until the request is signed. */
  readonly requesterKey: string
}

/** The peer as its gateway uses it. */
export interface GatewayPeer {
  facts(): PeerFacts
  activity(): Activity
  /** The checks of /ready. The peer is ready if all of them are ok. */
  checks(): Promise<Readiness['checks']>
  /** The peer's catalogs that the account may see, in the configured order. Private catalogs are shown to stewards and operators. */
  catalogs(account: Account | null): readonly Catalog[]
  /** Known nodes, this one first. The `id` of a node does not change while the node is known. */
  nodes(): readonly Node[]
  /** Catalogs of all reachable members that match every search word. */
  searchMesh(words: readonly string[], signal: AbortSignal): Promise<readonly FoundCatalog[]>
  /** Checks a password; takes the same time whether or not the name exists. Null if name or password is wrong. Throws ACCOUNT_LOCKED. */
  authenticate(name: string, password: string): Promise<Account | null>
  /** An account by name; null if it does not exist (any more), which makes its tokens invalid. */
  account(name: string): Account | null
  /**
   * Whether a token or key belongs to a locked account. Used only for valid tokens and keys, since others must not learn that the
   * account exists.
   */
  isLocked(shown: { readonly name: string; readonly generation: string } | { readonly key: string }): boolean
  /** The account of a person from a login provider; null if no rule admits the person. Throws ACCOUNT_LOCKED. */
  signOn(person: SignOn): Promise<Account | null>
  /** The account of an API key, with the roles of the key only; null if the key is not valid. */
  accountOfKey(key: string): Account | null
  /** Part of the secret of access tokens. When it changes, all issued tokens become invalid. */
  tokenEpoch(): string
  /** Signs out: invalidates the token before it expires, also across restarts. */
  endToken(account: Account, token: { readonly id: string; readonly expiresAtMs: number }): Promise<void>
  isTokenEnded(id: string): boolean
  apiKeys(account: Account): readonly ApiKey[]
  /** Creates an API key; `key` is the secret, returned only now. Throws PARAMETER_INVALID. */
  createApiKey(
    account: Account,
    asked: { readonly label: string; readonly days: number; readonly roles?: readonly Role[] }
  ): Promise<NewApiKey>
  /** Revokes an API key; false if the account has no key with this id. */
  revokeApiKey(account: Account, id: string): Promise<boolean>
  /** Stores the request and returns before any peer is asked. Throws StimnetError if the submission is invalid. */
  submit(submission: Submission, account: Account): Promise<OwnRequest>
  submitSigned(submission: SignedSubmission, account: Account): Promise<OwnRequest>
  /**
   * The price of a P2 request at each peer that offers the catalog. `key`: the key that would sign; default: this peer, for the
   * account. Spends nothing. Throws PARAMETER_INVALID, PEER_UNKNOWN.
   */
  privacyCost(
    question: Submission & { readonly key?: string },
    account: Account,
    signal: AbortSignal
  ): Promise<PrivacyCost>
  /** Stores a file for an account. Throws UPLOADS_FULL. */
  upload(
    file: { readonly kind: UploadedFile['file_type']; readonly filename: string; readonly bytes: Uint8Array },
    account: Account
  ): Promise<UploadedFile>
  /** The account's files, newest first. */
  uploads(account: Account, kind: UploadedFile['file_type']): readonly UploadedFile[]
  /** Deletes a file; false if it does not exist or belongs to another account. Throws PARAMETER_INVALID while a request needs it. */
  removeUpload(id: string, account: Account): Promise<boolean>
  /** For stewards: the bytes of a file in a request to this peer; null if there is no such file. Throws UPLOAD_UNAVAILABLE. */
  analysisUpload(id: string, sha256: string, account: Account): Promise<{ name: string; bytes: Uint8Array } | null>
  /** Asks the stewards of one peer; returns once the request is signed. */
  requestAnalysis(submission: AnalysisSubmission, account: Account): Promise<AnalysisRequest>
  /** The account's analysis requests, and for stewards those made to this peer; newest first. */
  analyses(
    account: Account,
    options: {
      limit: number
      status?: AnalysisRequest['status']
      /** Returns only requests after this one in the list. */
      before?: Pick<AnalysisRequest, 'submitted_at' | 'request_id'>
    }
  ): Promise<readonly AnalysisRequest[]>
  /** An analysis request by id or number; null if it does not exist or this account may not see it. */
  analysis(id: string, account: Account): Promise<AnalysisRequest | null>
  /** The results of an approved request. Throws JOB_UNKNOWN if another account asked. */
  analysisResults(requestId: string, account: Account): Promise<AnalysisResults>
  /**
   * Records a steward's decision. Throws JOB_ENDED, PARAMETER_INVALID, APPROVAL_LAPSED, NOT_PERMITTED; null if there is no such
   * request.
   */
  decideAnalysis(
    id: string,
    decision: z.output<typeof analysisDecisionShape>,
    account: Account
  ): Promise<AnalysisRequest | null>
  standingApprovals(account: Account): Promise<readonly StandingApproval[]>
  /** Revokes a standing approval; false if there is none with this id. */
  revokeStanding(id: string, account: Account): Promise<boolean>
  /** The account's requests, newest first; with `before`, only those with smaller numbers; with `states`, only those in one of them. */
  requests(
    account: Account,
    options: { limit: number; states?: readonly JobState[]; broadcastsOnly?: boolean; before?: number }
  ): Promise<readonly OwnRequest[]>
  /** A request by id; null if it does not exist or belongs to another account. */
  request(id: string, account: Account): Promise<OwnRequest | null>
  /** Cancels a request; null if it does not exist or belongs to another account. Throws JOB_ENDED. */
  cancel(id: string, account: Account): Promise<OwnRequest | null>
  /** Yields the request now and after each change, until it has ended or the signal aborts. */
  watch(id: string, account: Account, signal: AbortSignal): AsyncIterable<OwnRequest>
  /** Data permits entered here. Throws NOT_PERMITTED except for stewards, auditors and operators. */
  permits(account: Account): readonly Permit[]
  /**
   * For stewards: enters a permit. Throws NOT_PERMITTED; PARAMETER_INVALID for an id that was used before, and for unknown catalogs and
   * statistics.
   */
  grantPermit(terms: PermitTerms, account: Account): Promise<Permit>
  /** For stewards: revokes a permit. Null if there is no such permit. */
  revokePermit(id: string, account: Account): Promise<Permit | null>
  /**
   * Opens a permit that a restore closed; any other permit is unchanged. Throws NOT_PERMITTED except for stewards; null if there is no such
   * permit.
   */
  confirmPermit(id: string, account: Account): Promise<Permit | null>
  /**
   * The records of the log under a permit with a sequence number above `after`. Permissions as for `permits`; null if there is no such
   * permit.
   */
  permitRecords(
    account: Account,
    id: string,
    options: { readonly after: number; readonly signal: AbortSignal }
  ): Promise<PermitRecords | null>
  /** Records with a sequence number below `before` (by default from the newest on), newest first. */
  audit(account: Account, options: { limit: number; before?: number }): Promise<readonly AuditRecord[]>
  /** Verifies the whole audit log. Throws NOT_PERMITTED. */
  verifyAudit(account: Account): Promise<AuditVerification>
  /** The latest signed state of the log with its witnesses' signatures, as a C2SP signed note. */
  checkpoint(account: Account): Promise<string>
  /** A proof of an audit record; null if there is no such record. */
  proveAudit(account: Account, sequence: number): Promise<AuditProof | null>
  /** Asks all reachable members to attest the current state of the log. */
  gatherWitnesses(account: Account): Promise<readonly Attested[]>
  /** Events of the node, newest first. Throws NOT_PERMITTED except for stewards, auditors and operators. */
  events(account: Account, options: { limit: number; alertsOnly: boolean }): readonly NodeEvent[]
  /**
   * Yields the events after the one with the given id (without an id, all that are available) until the signal aborts. An event's id
   * also identifies the run of the peer.
   */
  watchEvents(
    account: Account,
    after: string,
    signal: AbortSignal
  ): AsyncIterable<{ readonly id: string; readonly event: NodeEvent }>
  /** Used budgets and allowances. Throws NOT_PERMITTED except for stewards, auditors and operators. */
  usage(account: Account): Promise<readonly Usage[]>
  policies(account: Account): readonly Policy[]
  membership(account: Account): Membership
  /** Status of the node: running jobs, connections, pending requests, disk use and used budgets. */
  status(account: Account): Promise<Status>
  /** Sandboxes of this node. Throws NOT_PERMITTED except for stewards, auditors and operators. */
  sandboxes(account: Account): Promise<Sandboxes>
  /**
   * Starts a self-test, or returns the running one. Throws NOT_PERMITTED except for stewards and operators, NOT_FOUND if this node has
   * no sandbox to test.
   */
  testSandboxes(
    account: Account
  ): Promise<{ readonly ok: true; readonly view: Sandboxes } | { readonly ok: false; readonly waitMs: number }>
  /** Metrics in Prometheus' text format. */
  metrics(): Promise<string>
  /** Counts an answered request: the id of its route, the status, and the time until the response began. */
  answered(facts: { readonly route: string; readonly status: number; readonly ms: number }): void
  /** Logs an unexpected error for the operator under the id that the client sees. */
  unexpected(error: unknown, incident: string): void
  /** Counts and audits a failed login or a request over the rate limit. */
  suspicious(event: 'login-failed' | 'rate-limited', actor: string): void
}
