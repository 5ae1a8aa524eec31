/** The client of the REST API. */
import type {
  AnalysisDecision,
  AnalysisRequest,
  AnalysisResults,
  AnalysisStatus,
  AnalysisSubmission,
  ApiKey,
  ApiKeyRequest,
  Attested,
  AuditCheckpoint,
  AuditProof,
  AuditRecord,
  AuditVerification,
  Broadcast,
  BroadcastSubmission,
  Catalog,
  CostQuestion,
  CrateSubmission,
  Discovery,
  FoundCatalog,
  Health,
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
  PermitSubmission,
  Policy,
  PrivacyCost,
  Readiness,
  Sandboxes,
  StandingApproval,
  Status,
  Token,
  UploadedFile,
  Usage
} from '@stimnet/api'
import { type Clock, StimnetError, systemClock } from '@stimnet/protocol'
import { followEvents } from './events.ts'
import { type Fetch, Http, type Request } from './http.ts'
import { askModel, type Model, type ModelOptions } from './models/model.ts'
import type { SignedRequest } from './signed/sign.ts'

/** The gateway and the credentials of a client. */
export interface ClientOptions {
  /** URL of the gateway, such as http://127.0.0.1:8000. */
  readonly url: string
  /** An access token. `authenticate` obtains one. */
  readonly token?: string
  /** Default: the platform's `fetch`. */
  readonly fetch?: Fetch
  readonly clock?: Clock
}

/** Options of a call. If `signal` aborts, the call throws its reason. */
export interface WaitOptions {
  readonly signal?: AbortSignal
}

/** Filters of a list of analysis requests. */
interface AnalysisList {
  readonly status?: AnalysisStatus
  readonly limit?: number
  /** Leaves programs, descriptions and terms empty, for lists that are loaded frequently. */
  readonly brief?: boolean
}

interface SubmitOptions extends WaitOptions {
  /** The same key of the same account returns the same request, however often it is sent. */
  readonly idempotencyKey?: string
}

/** A client of one gateway for researchers. Every method throws StimnetError with the gateway's code. */
export interface Client {
  /** Obtains a token and uses it from then on. Throws CREDENTIALS_INVALID. */
  authenticate(username: string, password: string): Promise<string>
  /** Providers for login; `beginLogin` starts a login. */
  loginProviders(options?: WaitOptions): Promise<LoginProvider[]>
  /** Obtains a token for the code that the browser brought back, and uses it from then on. Throws LOGIN_REFUSED. */
  redeemLogin(code: string, verifier: string): Promise<string>
  /** Signs out at the gateway and forgets the token. */
  signOut(options?: WaitOptions): Promise<void>
  apiKeys(options?: WaitOptions): Promise<ApiKey[]>
  /** Creates an API key. Its secret is returned only now. Throws PARAMETER_INVALID. */
  createApiKey(asked: ApiKeyRequest, options?: WaitOptions): Promise<NewApiKey>
  /** Revokes an API key. Throws NOT_FOUND. */
  revokeApiKey(id: string, options?: WaitOptions): Promise<void>
  health(options?: WaitOptions): Promise<Health>
  /** Readiness of the node. An unready node is an answer, not an error. */
  readiness(options?: WaitOptions): Promise<Readiness>
  discovery(options?: WaitOptions): Promise<Discovery>
  nodes(options?: WaitOptions): Promise<Node[]>
  catalogs(options?: WaitOptions & { accessLevel?: Catalog['access_level'] }): Promise<Catalog[]>
  /** A catalog by number or name. */
  catalog(id: number | string, options?: WaitOptions): Promise<Catalog>
  /** Catalogs of the whole mesh that match every word. */
  meshCatalogs(words: string, options?: WaitOptions): Promise<FoundCatalog[]>
  submitJob(submission: JobSubmission, options?: SubmitOptions): Promise<JobAccepted>
  job(id: string, options?: WaitOptions): Promise<Job>
  cancelJob(id: string, options?: WaitOptions): Promise<JobAccepted>
  listJobs(options?: WaitOptions & { status?: JobStatus | OutwardState; limit?: number }): Promise<Job[]>
  /** Yields each state of a job until its end; reconnects automatically. */
  watchJob(id: string, options?: WaitOptions): AsyncIterable<Job>
  /** Waits until the job has ended, whatever the result. */
  waitForJob(id: string, options?: WaitOptions): Promise<Job>
  submitBroadcast(submission: BroadcastSubmission | SignedRequest, options?: SubmitOptions): Promise<Broadcast>
  /** Charge and expected error of a P2 question. With `key`, the id of the key that would sign, the remaining budget is that of the key. */
  privacyCost(question: CostQuestion, options?: WaitOptions): Promise<PrivacyCost>
  broadcast(id: string, options?: WaitOptions): Promise<Broadcast>
  /** Broadcasts, newest first, without outputs. `toOne`: also requests to a single peer. */
  listBroadcasts(options?: WaitOptions & { limit?: number; toOne?: boolean }): Promise<Broadcast[]>
  /** Yields each state of a broadcast until its end. Outputs and receipts come with the last state. Reconnects automatically. */
  watchBroadcast(id: string, options?: WaitOptions): AsyncIterable<Broadcast>
  /**
   * Fits a regression over institutions and waits for it: `client.model('y ~ a + b * c', { catalog })`. The model is fitted here, to
   * the signed answers of the institutions. An error in the formula is a `FormulaError` with its position, thrown before anything is
   * sent.
   */
  model(formula: string, options: ModelOptions): Promise<Model>
  /** Stores a file for a script: program code (.py, .r, .sql, .ipynb) or data. Refer to it in `uploaded_file_ids`. */
  upload(
    kind: UploadedFile['file_type'],
    file: { filename: string; bytes: Uint8Array },
    options?: WaitOptions
  ): Promise<UploadedFile>
  /** The account's own uploads, newest first. */
  listUploads(kind: UploadedFile['file_type'], options?: WaitOptions): Promise<UploadedFile[]>
  deleteUpload(fileId: string, options?: WaitOptions): Promise<void>
  /** A broadcast or job as a Five Safes RO-Crate: a zip archive with one bag. */
  crate(id: string, options?: WaitOptions): Promise<Uint8Array>
  /** Reads the submission in a Five Safes RO-Crate, without submitting it. Throws CRATE_INVALID. */
  readCrate(archive: Uint8Array, options?: WaitOptions): Promise<CrateSubmission>
  /** Submits an analysis request to the stewards of one peer, who decide in their own time. */
  requestAnalysis(submission: AnalysisSubmission, options?: SubmitOptions): Promise<AnalysisRequest>
  /** The account's analysis requests, and for stewards those made to this peer; newest first. */
  listAnalyses(options?: WaitOptions & AnalysisList): Promise<AnalysisRequest[]>
  analysis(id: string, options?: WaitOptions): Promise<AnalysisRequest>
  /** Results of an analysis request, for its requester. */
  analysisResults(id: string, options?: WaitOptions): Promise<AnalysisResults>
  /** For stewards: a file of an analysis request, by its hash. */
  analysisUpload(id: string, sha256: string, options?: WaitOptions): Promise<Uint8Array>
  /** For stewards: decides about an analysis request. */
  decideAnalysis(id: string, decision: AnalysisDecision, options?: WaitOptions): Promise<AnalysisRequest>
  /** For stewards: lists standing approvals. */
  standingApprovals(options?: WaitOptions): Promise<StandingApproval[]>
  /** For stewards: revokes a standing approval. */
  revokeStanding(id: string, options?: WaitOptions): Promise<void>
  /** Data permits entered at the node. For stewards, auditors and operators. */
  permits(options?: WaitOptions): Promise<Permit[]>
  /** For stewards: enters a permit that an authority issued. */
  grantPermit(terms: PermitSubmission, options?: WaitOptions): Promise<Permit>
  /** For stewards: revokes a permit at once, also for jobs that wait. */
  revokePermit(id: string, options?: WaitOptions): Promise<Permit>
  /** For stewards: opens a permit that was closed because the node was restored from a backup. */
  confirmPermit(id: string, options?: WaitOptions): Promise<Permit>
  /** The records of the audit log under a permit, for its authority; `verifyPermitFile` reads them from a file. */
  permitRecords(id: string, options?: WaitOptions & { after?: number }): Promise<PermitRecords>
  /** The latest events of the node, newest first. For stewards, auditors and operators, as all below. */
  events(options?: WaitOptions & { limit?: number; alerts?: boolean }): Promise<NodeEvent[]>
  /** Yields events, beginning with the oldest one that the node still has. Reconnects automatically, until the signal aborts. */
  followEvents(options?: WaitOptions): AsyncIterable<NodeEvent>
  /** Usage of budgets, refusal bits and script bits. */
  usage(options?: WaitOptions): Promise<Usage[]>
  policies(options?: WaitOptions): Promise<Policy[]>
  members(options?: WaitOptions): Promise<Membership>
  /** Running jobs, connections and pending decisions. Throws NOT_PERMITTED for a researcher. */
  status(options?: WaitOptions): Promise<Status>
  /** The sandbox engines of the node, their latest self-test, and the progress of a running one. */
  sandboxes(options?: WaitOptions): Promise<Sandboxes>
  /** Starts a self-test, or returns the running one. For stewards and operators. Throws RATE_LIMITED, NOT_FOUND. */
  testSandboxes(options?: WaitOptions): Promise<Sandboxes>
  audit(options?: WaitOptions & { limit?: number; before?: number }): Promise<AuditRecord[]>
  /** Verifies the audit log of the gateway's peer. */
  verifyAudit(options?: WaitOptions): Promise<AuditVerification>
  /** The latest state of the log, signed by the peer and its witnesses: a C2SP note, to be read with `openCheckpoint`. */
  auditCheckpoint(options?: WaitOptions): Promise<string>
  /** A proof of one record of the log. `verifyAuditFile` verifies it from a file. */
  auditProof(sequence: number, options?: WaitOptions): Promise<AuditProof>
  /** Asks all connected members to attest the current state of the log. */
  gatherWitnesses(options?: WaitOptions): Promise<Attested[]>
}

/**
 * @example
 * const client = createClient({ url: 'http://127.0.0.1:8000' })
 * await client.authenticate('demo', 'demo')
 * const { id } = await client.submitBroadcast({
 *   data_catalog_name: 'clinical_trial_data', script_type: 'sql',
 *   script_content: 'SELECT sex, COUNT(DISTINCT subject_id) AS n FROM subjects GROUP BY sex'
 * })
 * for await (const { progress, pooled } of client.watchBroadcast(id)) show(progress, pooled)
 */
export function createClient(options: ClientOptions): Client {
  let { token } = options
  const clock = options.clock ?? systemClock
  const url = options.url.replace(/\/+$/, '')
  // A browser's fetch throws if it is called as a method of another object.
  const fetch: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const http = new Http({ url, fetch, clock, token: () => token })
  const logIn = async (request: Request) => {
    token = (await http.json<Token>(request)).access_token
    return token
  }
  const client: Client = {
    model: (formula, asked) => askModel(client, formula, { clock, ...asked }),
    authenticate: (username, password) =>
      logIn({ method: 'POST', path: '/api/v1/auth/token', form: { username, password } }),
    redeemLogin: (code, verifier) =>
      logIn({ method: 'POST', path: '/api/v1/auth/providers/token', json: { login_code: code, verifier } }),
    signOut: async ({ signal } = {}) => {
      await http.json({ method: 'DELETE', path: '/api/v1/auth/token', signal })
      token = undefined
    },
    ...accountCalls(http),
    ...catalogCalls(http),
    ...jobCalls(http, clock),
    ...broadcastCalls(http, clock),
    ...crateCalls(http),
    ...analysisCalls(http),
    ...uploadCalls(http),
    ...permitCalls(http),
    ...auditCalls(http),
    ...eventCalls(http, clock),
    ...stewardshipCalls(http)
  }
  return client
}

function accountCalls(http: Http) {
  const path = '/api/v1/api-keys'
  return {
    loginProviders: ({ signal }: WaitOptions = {}) =>
      http.json<LoginProvider[]>({ method: 'GET', path: '/api/v1/auth/providers', signal }),
    apiKeys: ({ signal }: WaitOptions = {}) => http.json<ApiKey[]>({ method: 'GET', path, signal }),
    createApiKey: (asked: ApiKeyRequest, { signal }: WaitOptions = {}) =>
      http.json<NewApiKey>({ method: 'POST', path, json: asked, signal }),
    revokeApiKey: async (id: string, { signal }: WaitOptions = {}) => {
      await http.json({ method: 'DELETE', path: `${path}/${segment(id)}`, signal })
    }
  }
}

function crateCalls(http: Http) {
  return {
    crate: (id: string, { signal }: WaitOptions = {}) =>
      http.bytes({ method: 'GET', path: `/api/v1/broadcasts/${segment(id)}/crate`, signal }),
    readCrate: (archive: Uint8Array, { signal }: WaitOptions = {}) =>
      http.json<CrateSubmission>({ method: 'POST', path: '/api/v1/crates', zip: archive, signal })
  }
}

function analysisCalls(http: Http) {
  const path = '/api/v1/analysis-requests'
  return {
    requestAnalysis: (submission: AnalysisSubmission, options: SubmitOptions = {}) =>
      http.json<AnalysisRequest>({
        method: 'POST',
        path,
        json: submission,
        headers: keyHeader(options),
        signal: options.signal
      }),
    listAnalyses: ({ signal, brief, ...query }: WaitOptions & AnalysisList = {}) =>
      http.json<AnalysisRequest[]>({
        method: 'GET',
        path,
        signal,
        query: { ...query, ...(brief ? { brief: 'true' } : {}) }
      }),
    analysis: (id: string, { signal }: WaitOptions = {}) =>
      http.json<AnalysisRequest>({ method: 'GET', path: `${path}/${segment(id)}`, signal }),
    analysisResults: (id: string, { signal }: WaitOptions = {}) =>
      http.json<AnalysisResults>({ method: 'GET', path: `${path}/${segment(id)}/results`, signal }),
    analysisUpload: (id: string, sha256: string, { signal }: WaitOptions = {}) =>
      http.bytes({ method: 'GET', path: `${path}/${segment(id)}/uploads/${segment(sha256)}`, signal }),
    decideAnalysis: (id: string, decision: AnalysisDecision, { signal }: WaitOptions = {}) =>
      http.json<AnalysisRequest>({ method: 'PUT', path: `${path}/${segment(id)}`, json: decision, signal }),
    standingApprovals: ({ signal }: WaitOptions = {}) =>
      http.json<StandingApproval[]>({ method: 'GET', path: '/api/v1/standing-approvals', signal }),
    revokeStanding: async (id: string, { signal }: WaitOptions = {}) => {
      await http.json({ method: 'DELETE', path: `/api/v1/standing-approvals/${segment(id)}`, signal })
    }
  }
}

function uploadCalls(http: Http) {
  return {
    upload: (
      kind: UploadedFile['file_type'],
      file: { filename: string; bytes: Uint8Array },
      { signal }: WaitOptions = {}
    ) => http.json<UploadedFile>({ method: 'POST', path: `/api/v1/upload/${kind}`, file, signal }),
    listUploads: (kind: UploadedFile['file_type'], { signal }: WaitOptions = {}) =>
      http.json<UploadedFile[]>({
        method: 'GET',
        path: `/api/v1/uploads/${kind === 'script' ? 'scripts' : 'data'}`,
        signal
      }),
    deleteUpload: async (fileId: string, { signal }: WaitOptions = {}) => {
      await http.json({ method: 'DELETE', path: `/api/v1/uploads/${segment(fileId)}`, signal })
    }
  }
}

function permitCalls(http: Http) {
  const path = '/api/v1/permits'
  return {
    permits: ({ signal }: WaitOptions = {}) => http.json<Permit[]>({ method: 'GET', path, signal }),
    grantPermit: (terms: PermitSubmission, { signal }: WaitOptions = {}) =>
      http.json<Permit>({ method: 'POST', path, json: terms, signal }),
    revokePermit: (id: string, { signal }: WaitOptions = {}) =>
      http.json<Permit>({ method: 'DELETE', path: `${path}/${segment(id)}`, signal }),
    confirmPermit: (id: string, { signal }: WaitOptions = {}) =>
      http.json<Permit>({ method: 'POST', path: `${path}/${segment(id)}/confirm`, signal }),
    permitRecords: (id: string, { after, signal }: WaitOptions & { after?: number } = {}) =>
      http.json<PermitRecords>({ method: 'GET', path: `${path}/${segment(id)}/records`, query: { after }, signal })
  }
}

function auditCalls(http: Http) {
  return {
    audit: ({ limit, before, signal }: WaitOptions & { limit?: number; before?: number } = {}) =>
      http.json<AuditRecord[]>({ method: 'GET', path: '/api/v1/audit', query: { limit, before }, signal }),
    verifyAudit: ({ signal }: WaitOptions = {}) =>
      http.json<AuditVerification>({ method: 'GET', path: '/api/v1/audit/verification', signal }),
    auditCheckpoint: async ({ signal }: WaitOptions = {}) =>
      (await http.json<AuditCheckpoint>({ method: 'GET', path: '/api/v1/audit/checkpoint', signal })).checkpoint,
    auditProof: (sequence: number, { signal }: WaitOptions = {}) =>
      http.json<AuditProof>({ method: 'GET', path: `/api/v1/audit/proofs/${segment(sequence)}`, signal }),
    gatherWitnesses: ({ signal }: WaitOptions = {}) =>
      http.json<Attested[]>({ method: 'POST', path: '/api/v1/audit/witnesses', signal })
  }
}

function stewardshipCalls(http: Http) {
  return {
    usage: ({ signal }: WaitOptions = {}) => http.json<Usage[]>({ method: 'GET', path: '/api/v1/usage', signal }),
    policies: ({ signal }: WaitOptions = {}) => http.json<Policy[]>({ method: 'GET', path: '/api/v1/policy', signal }),
    members: ({ signal }: WaitOptions = {}) =>
      http.json<Membership>({ method: 'GET', path: '/api/v1/members', signal }),
    status: ({ signal }: WaitOptions = {}) => http.json<Status>({ method: 'GET', path: '/api/v1/status', signal }),
    sandboxes: ({ signal }: WaitOptions = {}) =>
      http.json<Sandboxes>({ method: 'GET', path: '/api/v1/sandboxes', signal }),
    testSandboxes: ({ signal }: WaitOptions = {}) =>
      http.json<Sandboxes>({ method: 'POST', path: '/api/v1/sandboxes/self-test', signal })
  }
}

function eventCalls(http: Http, clock: Clock) {
  const path = '/api/v1/events'
  return {
    events: ({ limit, alerts, signal }: WaitOptions & { limit?: number; alerts?: boolean } = {}) =>
      http.json<NodeEvent[]>({
        method: 'GET',
        path,
        signal,
        query: { limit, alerts: alerts === undefined ? undefined : String(alerts) }
      }),
    followEvents: ({ signal }: WaitOptions = {}) => followEvents<NodeEvent>(http, `${path}/stream`, { clock, signal })
  }
}

function catalogCalls(http: Http) {
  return {
    health: ({ signal }: WaitOptions = {}) => http.json<Health>({ method: 'GET', path: '/health', signal }),
    readiness: ({ signal }: WaitOptions = {}) =>
      http.json<Readiness>({ method: 'GET', path: '/ready', signal, alsoGood: 503 }),
    discovery: ({ signal }: WaitOptions = {}) =>
      http.json<Discovery>({ method: 'GET', path: '/api/v1/discovery', signal }),
    nodes: ({ signal }: WaitOptions = {}) => http.json<Node[]>({ method: 'GET', path: '/api/v1/nodes', signal }),
    catalogs: ({ signal, accessLevel }: WaitOptions & { accessLevel?: Catalog['access_level'] } = {}) =>
      http.json<Catalog[]>({
        method: 'GET',
        path: '/api/v1/data-catalogs',
        query: { access_level: accessLevel },
        signal
      }),
    catalog: (id: number | string, { signal }: WaitOptions = {}) =>
      http.json<Catalog>({ method: 'GET', path: `/api/v1/data-catalogs/${segment(id)}`, signal }),
    meshCatalogs: (words: string, { signal }: WaitOptions = {}) =>
      http.json<FoundCatalog[]>({ method: 'GET', path: '/api/v1/mesh/catalogs', query: { q: words }, signal })
  }
}

function jobCalls(http: Http, clock: Clock) {
  const watchJob = (id: string, { signal }: WaitOptions = {}) =>
    followEvents<Job>(http, `/api/v1/jobs/${segment(id)}/events`, { clock, signal })
  return {
    watchJob,
    submitJob: (submission: JobSubmission, options: SubmitOptions = {}) =>
      http.json<JobAccepted>({
        method: 'POST',
        path: '/api/v1/jobs',
        json: submission,
        headers: keyHeader(options),
        signal: options.signal
      }),
    job: (id: string, { signal }: WaitOptions = {}) =>
      http.json<Job>({ method: 'GET', path: `/api/v1/jobs/${segment(id)}`, signal }),
    cancelJob: (id: string, { signal }: WaitOptions = {}) =>
      http.json<JobAccepted>({ method: 'DELETE', path: `/api/v1/jobs/${segment(id)}`, signal }),
    listJobs: ({ signal, status, limit }: WaitOptions & { status?: OutwardState; limit?: number } = {}) =>
      http.json<Job[]>({ method: 'GET', path: '/api/v1/jobs', query: { status, limit }, signal }),
    waitForJob: async (id: string, options: WaitOptions = {}) => {
      let last: Job | undefined
      for await (const job of watchJob(id, options)) last = job
      if (!last) throw new StimnetError('INTERRUPTED', `waiting for job ${id}`)
      return last
    }
  }
}

function broadcastCalls(http: Http, clock: Clock) {
  return {
    submitBroadcast: (submission: BroadcastSubmission | SignedRequest, options: SubmitOptions = {}) =>
      http.json<Broadcast>({
        method: 'POST',
        path: '/api/v1/broadcasts',
        json: 'envelope' in submission ? { envelope: submission.text, targets: submission.targets } : submission,
        headers: keyHeader(options),
        signal: options.signal
      }),
    privacyCost: (question: CostQuestion, { signal }: WaitOptions = {}) =>
      http.json<PrivacyCost>({ method: 'POST', path: '/api/v1/privacy/cost', json: question, signal }),
    broadcast: (id: string, { signal }: WaitOptions = {}) =>
      http.json<Broadcast>({ method: 'GET', path: `/api/v1/broadcasts/${segment(id)}`, signal }),
    listBroadcasts: ({ signal, limit, toOne }: WaitOptions & { limit?: number; toOne?: boolean } = {}) =>
      http.json<Broadcast[]>({
        method: 'GET',
        path: '/api/v1/broadcasts',
        query: { limit, to_one: toOne === undefined ? undefined : String(toOne) },
        signal
      }),
    watchBroadcast: (id: string, { signal }: WaitOptions = {}) =>
      followEvents<Broadcast>(http, `/api/v1/broadcasts/${segment(id)}/events`, { clock, signal })
  }
}

/** Encodes an id as one segment of a path. Dot segments are encoded too, since they would be resolved. */
function segment(id: number | string): string {
  const text = String(id)
  if (text === '' || text === '.' || text === '..') throw new StimnetError('NOT_FOUND', 'an id that is no segment')
  return encodeURIComponent(text)
}

function keyHeader({ idempotencyKey }: SubmitOptions): Record<string, string> {
  return idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }
}
