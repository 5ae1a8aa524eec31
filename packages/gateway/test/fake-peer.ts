/** A small peer in memory for the tests of the routes: one catalog, and requests whose states a test sets. */
import {
  type DisclosureCard,
  isEnded,
  type JobState,
  P1_ASK,
  programText,
  StimnetError,
  type TableOutput,
  uploadNameOf
} from '@stimnet/protocol'
import {
  type AnalysisDecision,
  type AnalysisRequest,
  type ApiKey,
  type AskedQuestion,
  type AuditProof,
  type AuditRecord,
  type AuditVerification,
  type Broadcast,
  type BroadcastPart,
  type Catalog,
  type FoundCatalog,
  type Node,
  type NodeEvent,
  type Permit,
  type PermitRecords,
  type PermitTerms,
  type PrivacyCost,
  type Readiness,
  type Role,
  type Sandboxes,
  type UploadedFile,
  restStatus
} from '@stimnet/api'
import type {
  Account,
  AnalysisSubmission,
  GatewayPeer,
  OwnRequest,
  SignedSubmission,
  SignOn,
  Submission
} from '../src/index.ts'

export const PEER_ID = '12D3KooWDemoPeerOfTheTests'

export const CARD: DisclosureCard = {
  level: 'P1',
  claim: 'Counts below 5 are withheld.',
  preset: 'strict',
  policy_hash: 'aa',
  k: 5,
  round_base: 5,
  epoch: 'e1',
  cohort_hash: 'cc',
  subjects: null,
  suppressed_cells: 1,
  bits: null,
  code_hash: 'dd',
  image: 'engine'
}

export const TABLE: TableOutput = {
  kind: 'table',
  columns: [
    { name: 'sex', role: 'key', kind: 'key', variables: [] },
    { name: 'n', role: 'measure', kind: 'subjects', variables: [] }
  ],
  rows: [
    { values: ['female', 70], parts: { n: { add: 70 } } },
    { values: ['male', null], parts: {} }
  ],
  withheld: { groups: 1, cells: 2 },
  disclosure: CARD
}

const described = (name: string, level: Catalog['access_level']): Omit<Catalog, 'id'> => ({
  name,
  title: `The ${name}`,
  description: '<script>alert(1)</script>',
  data_type: 'clinical',
  schema_definition: {
    subject_key: 'subject_id',
    tables: [
      {
        name: 'subjects',
        description: '',
        one_row_per_subject: true,
        variables: [
          {
            ...{ name: 'age', type: 'integer', unit: 'years', description: '', levels: [], breakpoints: [65] },
            ...{ minimum: 18, maximum: 95, missing_share: 0.03, identifying: false }
          }
        ]
      }
    ],
    lattice: [{ variable: 'subjects.age', breakpoints: [65] }]
  },
  access_level: level,
  total_records: 150,
  last_updated: '2023-11-14T22:13:20.000Z',
  keywords: ['parkinson'],
  epoch: 'e1',
  synthetic: true,
  programs: ['sql', 'statistic', 'python'],
  cohort_size_min: 5,
  ...{ data_use: [], mode: 'sdc', scripts: 'auto', sandbox_grade_min: null, preset: 'default', policy_hash: '' }
})

const AT = '2023-11-14T22:13:20.000Z'

export function partOf(nodeId: string, more: Partial<BroadcastPart> = {}): BroadcastPart {
  const { state = 'queued' } = more
  return {
    ...{ peer_id: `peer-${nodeId}`, node_id: nodeId, institution: `Institution of ${nodeId}`, job_id: 'f'.repeat(32) },
    ...{ status: restStatus(state), state, code: null, reason: null, progress: 0, output: null, engine: null },
    ...{ sandbox_grade: null, receipt: null, decision: null, warnings: [], updated_at: AT },
    ...more
  }
}

/** The fields of a request that a test sets. All others are those of a new request. */
export type Told = Partial<Broadcast> & { readonly owner?: string; readonly isToMany?: boolean }

/** The content of every request, unless a test sets another. */
export const ASKED: AskedQuestion = {
  ...{ targets: '*', data_catalog_name: 'clinical_trial_data', script_type: 'sql', privacy: P1_ASK },
  script_content: 'SELECT COUNT(*) AS n FROM subjects'
}

const keyOf = (id: string, roles: readonly Role[]): ApiKey => ({
  ...{ id, label: 'laptop', roles },
  ...{ created_at: '2023-11-14T22:13:20.000Z', expires_at: '2027-01-15T08:00:00.000Z' }
})

const PERMIT: Permit = {
  state: 'in_force',
  terms: {
    ...{ id: 'FD-2026-1', authority: 'Data access body', title: '', purpose: ['DUO:0000037'] },
    ...{ persons: ['gateway:self'], data_catalog_names: ['clinical_trial_data'], statistics: ['mean'] },
    ...{ code_hashes: [], from: '2026-01-01', until: '2026-12-31' }
  },
  ...{ terms_hash: 'a'.repeat(64), granted_by: 'stew', granted_at: '2023-11-14T22:13:20.000Z' },
  ...{ revoked_by: null, revoked_at: null }
}

export class FakePeer implements GatewayPeer {
  readonly accounts = new Map<string, Account>([
    ['ada', { name: 'ada', roles: ['researcher'] }],
    ['bob', { name: 'bob', roles: ['researcher'] }],
    ['stew', { name: 'stew', roles: ['steward'] }],
    ['olga', { name: 'olga', roles: ['operator'] }]
  ])
  epoch = ''
  readonly endedTokens = new Set<string>()
  readonly keys = new Map<string, Account>()
  readonly requestsMade = new Map<string, OwnRequest & { readonly id: string; readonly owner: string }>()
  readonly submissions: (Submission | SignedSubmission)[] = []
  readonly incidents: { error: unknown; incident: string }[] = []
  readonly suspicions: [event: string, actor: string][] = []
  ready: Readiness['checks'] = [{ name: 'store', ok: true, detail: 'writable' }]
  searched: readonly string[] = []
  readonly testers: string[] = []
  waitMs = 0
  tested: Sandboxes = {
    configured: 'auto',
    engines: [
      {
        ...{ engine: 'wasm', grade: 'wasm', holds: 'WebAssembly.', jobs_at_once: 2 },
        ...{ memory_mib: 1024, wall_time_ms: 60_000 },
        languages: [
          { language: 'python', image: 'wasm pyodide@1 sha256:aa', libraries: ['csv'], waiting: 1, waiting_max: 2 }
        ]
      }
    ],
    others: [{ grade: 'docker', holds: 'A container.', here: false, how_to: 'Install Docker.' }],
    self_test: {
      ...{ possible: true, next_in_ms: 0, running: null, failed_at: null },
      report: {
        ...{ started_by: 'stew', version: '0.1.0', clean: false },
        ...{ started_at: '2023-11-14T21:56:40.000Z', ended_at: '2023-11-14T22:00:00.000Z' },
        engines: [
          {
            ...{ grade: 'wasm', here: true, why: null, how_to: null, clean: false },
            ...{ languages: ['python'], left_behind: [] },
            counts: { contained: 0, bounded: 0, open: 1, unjudged: 0 },
            attacks: [
              {
                ...{ id: 'files.secret', title: 'a file with a secret', tries: 'Read it.', language: 'python' },
                ...{ outcome: 'open', by: '<script>alert(1)</script>', admitted: false }
              }
            ]
          }
        ]
      }
    }
  }
  happened: NodeEvent[] = []
  watching = 0
  logins = 0
  checked = 0
  /** The error that the next submit, request or watch throws. */
  fails: unknown
  beforeLogin: Promise<void> = Promise.resolve()
  readonly #waiting = new Set<() => void>()
  readonly #catalogs: readonly Catalog[] = [
    { id: 1, ...described('clinical_trial_data', 'public') },
    { id: 2, ...described('imaging_data', 'restricted') },
    { id: 3, ...described('secret_data', 'private') }
  ]

  facts() {
    return {
      nodeId: 'node-1',
      institution: 'Charité',
      peerId: PEER_ID,
      version: '0.1.0',
      startedAtMs: 1_700_000_000_000 - 5_000,
      endpointUrl: 'http://127.0.0.1:8000'
    }
  }

  activity() {
    return { activeJobs: 1, totalJobs: 3, connectedPeers: 2 }
  }

  async checks() {
    this.checked += 1
    return this.ready
  }

  catalogs(account: Account | null): readonly Catalog[] {
    const all = this.#catalogs
    // The fake shows an anonymous caller too much, so that the gateway's own check is tested.
    return account?.roles.includes('steward') ? all : all.slice(0, 2)
  }

  nodes() {
    const node = (id: number, name: string): Node => ({
      ...{ id, node_id: name, name, institution: `Institution of ${name}`, peer_id: `peer-${name}` },
      ...{ endpoint_url: 'http://127.0.0.1:8000', is_active: true, last_seen: '2023-11-14T22:13:20.000Z' },
      ...{ sandbox: 'wasm', sandbox_engine: 'wasm', sandbox_grade: 'wasm', languages: ['python'] }
    })
    return [node(2, 'node-2'), node(1, 'node-1')]
  }

  async searchMesh(words: readonly string[]): Promise<FoundCatalog[]> {
    this.searched = words
    const holder = { peer_id: 'peer-node-2', node_id: 'node-2', institution: 'Another' }
    return [{ ...holder, ...described('clinical_trial_data', 'public') }]
  }

  async authenticate(name: string, password: string) {
    this.logins += 1
    await this.beforeLogin
    return password === 'correct' ? this.account(name) : null
  }

  account(name: string) {
    return this.accounts.get(name) ?? null
  }

  /** Names of locked accounts. */
  readonly locked = new Set<string>()

  isLocked(shown: { readonly name: string; readonly generation: string } | { readonly key: string }) {
    return 'name' in shown ? this.locked.has(shown.name) : this.keys.has(`locked ${shown.key}`)
  }

  async signOn({ provider, subject }: SignOn) {
    return this.account(`${provider}:${subject}`)
  }

  tokenEpoch() {
    return this.epoch
  }

  async endToken(_account: Account, { id }: { id: string }) {
    this.endedTokens.add(id)
  }

  isTokenEnded(id: string) {
    return this.endedTokens.has(id)
  }

  accountOfKey(key: string) {
    return this.keys.get(key) ?? null
  }

  apiKeys({ name }: Account): ApiKey[] {
    return [...this.keys].filter(([, owner]) => owner.name === name).map(([key, { roles }]) => keyOf(key, roles))
  }

  async createApiKey({ name }: Account, { roles = ['researcher'] }: { roles?: readonly Role[] }) {
    const key = `snk_${this.keys.size}`
    this.keys.set(key, { name, roles, byKey: true })
    return { ...keyOf(key, roles), key }
  }

  async revokeApiKey({ name }: Account, id: string) {
    return this.keys.get(id)?.name === name && this.keys.delete(id)
  }

  async usage() {
    const counted = { data_catalog_name: 'clinical_trial_data', scope: '', what: 'refusals' }
    return [{ ...counted, used: '5', max: '20', share: 0.25 }]
  }

  policies() {
    const rule = { rule: 'k', value: '5', does: 'Counts people.', stops: 'Small cells.', stops_not: 'k-1 friends.' }
    return [{ data_catalog_name: 'clinical_trial_data', preset: 'default', policy_hash: 'cc', rules: [rule] }]
  }

  membership() {
    const self = { peer_id: PEER_ID, institution: 'Charité', connected: true, self: true, log_disputed_by: [] }
    return { federation: 'Parkinson network', open: false, signatures_needed: 2, members: [self] }
  }

  async status() {
    const checks = [{ name: 'database', ok: true, detail: 'writable' }]
    return {
      ...{ node_id: 'charite', institution: 'Charité', peer_id: PEER_ID, version: '0.1.0' },
      ...{ started_at: '2023-11-14T22:13:20.000Z', gateway_url: 'http://127.0.0.1:8000', mesh_addresses: [], checks },
      gateways: [],
      reach: { direct: { addresses: [], reached: false }, relays: [], relaying: null },
      ...{ sandbox: { engine: 'none', grade: 'none', languages: [] }, catalogs: [], federation: null, members: [] },
      ...{ clock: { compared: 0, differing: 0, own_off_ms: null }, jobs: { queued: 0, running: 0 } },
      ...{ waiting: { requests: [], epochs: [], statements: [], alerts: [] }, disk: [], retention: [], usage: [] }
    }
  }

  async sandboxes() {
    return this.tested
  }

  async testSandboxes({ name }: Account) {
    this.testers.push(name)
    if (this.waitMs > 0) return { ok: false as const, waitMs: this.waitMs }
    const started = { started_by: name, started_at: '2023-11-14T22:13:20.000Z' }
    const running = { ...started, grade: 'wasm', done: 3, of: 172, failing: 0 }
    this.tested = { ...this.tested, self_test: { ...this.tested.self_test, running } }
    return { ok: true as const, view: this.tested }
  }

  events(_: Account, { limit, alertsOnly }: { limit: number; alertsOnly: boolean }) {
    return this.happened
      .filter(({ alert }) => alert || !alertsOnly)
      .slice(-limit)
      .reverse()
  }

  async *watchEvents(_: Account, after: string, signal: AbortSignal): AsyncGenerator<{ id: string; event: NodeEvent }> {
    const seen = Number(after.split('-')[1] ?? 0)
    for (const event of this.happened) if (event.sequence > seen) yield { id: `0123abcd-${event.sequence}`, event }
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }

  async submit(submission: Submission, account: Account) {
    this.#mayFail()
    this.submissions.push(submission)
    const targets = submission.targets === '*' ? ['node-1', 'node-2'] : submission.targets
    const word = submission.program.kind === 'script' ? submission.program.language : submission.program.kind
    const { title } = submission
    return this.add({ owner: account.name, script_type: word, title, parts: targets.map((target) => partOf(target)) })
  }

  async privacyCost(submission: Submission): Promise<PrivacyCost> {
    this.submissions.push(submission)
    const peer = { peer_id: '12D3KooW1', node_id: 'node-1', institution: 'North', code: null, reason: null }
    const nothing = { ...peer, cost: null, information: null, left: null }
    const column = {
      name: 'n',
      kind: 'subjects',
      sd: 3,
      error_95: 6,
      rank_error_95: null,
      assumes_rows: null,
      range: null
    }
    const cost = {
      ...{ mechanism: 'discrete-laplace', epsilon: 0.5, rho: 0.125, nano_rho: '125000000' },
      ...{ epsilon_at_delta: 2.5, delta: 1e-6, numbers: 1, groups: 1 },
      ...{ groups_per_subject: 1, rows_per_subject: 1, sites_per_person: 1, columns: [column] }
    }
    const peers = [
      { ...nothing, cost, left: { project_rho: '0.0244', lifetime_rho: '0.5' } },
      { ...nothing, node_id: 'node-2', cost: { ...cost, columns: [{ ...column, sd: 4 }] } },
      { ...nothing, node_id: 'node-4', information: [{ variable: 'd.t.x', numbers: 2, bits: 0.07, bits_max: 3 }] },
      { ...nothing, node_id: 'node-3', code: 'PARAMETER_INVALID', reason: 'no bounds' }
    ]
    return { data_catalog_name: submission.catalog, peers, pooled: [{ name: 'n', sd: 5, error_95: 11 }] }
  }

  async submitSigned(submission: SignedSubmission, account: Account) {
    this.submissions.push(submission)
    return this.add({ owner: account.name, isToMany: true })
  }

  /** Stores a request without checks. */
  add({ owner = 'ada', isToMany, ...more }: Told) {
    const number = this.requestsMade.size + 1
    const id = `req-${number}`
    const { parts = [partOf('node-1')], state = 'queued' } = more
    const broadcast: Broadcast = {
      ...{ id, number, title: '', data_catalog_name: 'clinical_trial_data', script_type: 'sql', cohort: null },
      ...{ opening: '', statistic: null, status: restStatus(state), state, code: null, reason: null, progress: 0 },
      ...{ submitted_at: AT, started_at: null, completed_at: null, warnings: [], parts, pooled: null, schema: null },
      asked: { ...ASKED, targets: parts.map(({ peer_id }) => peer_id) },
      ...more
    }
    const made = { broadcast, isToMany: isToMany ?? parts.length > 1, requester: owner, requesterKey: '12D3KooWAda' }
    this.requestsMade.set(id, { ...made, id, owner })
    return { ...made, id, owner }
  }

  /** Changes a request and notifies the watchers. */
  change(id: string, more: Partial<Broadcast>): void {
    const made = this.requestsMade.get(id)
    if (!made) throw new Error('no such request in the test')
    const status = more.state === undefined ? {} : { status: restStatus(more.state) }
    this.requestsMade.set(id, { ...made, broadcast: { ...made.broadcast, ...status, ...more } })
    for (const wake of this.#waiting) wake()
  }

  async requests(
    account: Account,
    options: { limit: number; states?: readonly JobState[]; broadcastsOnly?: boolean; before?: number }
  ) {
    return [...this.requestsMade.values()]
      .filter(({ owner }) => owner === account.name)
      .filter(({ broadcast }) => options.before === undefined || broadcast.number < options.before)
      .filter(({ broadcast }) => options.states?.includes(broadcast.state) ?? true)
      .filter(({ isToMany }) => !options.broadcastsOnly || isToMany)
      .reverse()
      .slice(0, options.limit)
  }

  async request(id: string, account: Account) {
    this.#mayFail()
    const made = this.requestsMade.get(id)
    return made?.owner === account.name ? made : null
  }

  async cancel(id: string, account: Account) {
    const made = await this.request(id, account)
    if (!made) return null
    if (isEnded(made.broadcast.state)) throw new StimnetError('JOB_ENDED', 'cancelling')
    this.change(id, { state: 'cancelled' })
    return this.requestsMade.get(id) ?? null
  }

  async *watch(id: string, account: Account, signal: AbortSignal): AsyncGenerator<OwnRequest> {
    this.watching += 1
    try {
      for (let last: OwnRequest | undefined; !signal.aborted; ) {
        const made = this.requestsMade.get(id)
        if (!made || made.owner !== account.name) return
        if (made === last) {
          await this.#changed(signal)
          this.#mayFail()
          continue
        }
        last = made
        yield made
        if (isEnded(made.broadcast.state)) return
      }
    } finally {
      this.watching -= 1
    }
  }

  /** Wakes the watchers without a change, so that a set `fails` reaches them. */
  nudge(): void {
    for (const wake of this.#waiting) wake()
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  async verifyAudit(): Promise<AuditVerification> {
    return { ok: true, records: 0, head: '0'.repeat(64), broken_at: null, why: null }
  }

  readonly decisions: { id: string; status: string; notes: string; by: string }[] = []
  readonly analysesMade: AnalysisRequest[] = []

  async requestAnalysis(submission: AnalysisSubmission, account: Account): Promise<AnalysisRequest> {
    const id = this.analysesMade.length + 1
    const { about, program } = submission
    const made: AnalysisRequest = {
      ...{ id, request_id: String(id).padStart(32, '0'), status: 'pending', state: 'pending' },
      requester_name: about.requester_name,
      requester_institution: about.requester_institution,
      requester_email: about.requester_email,
      requester_affiliation: about.requester_affiliation || null,
      analysis_title: submission.title,
      analysis_description: about.description,
      target_node_id: String(submission.targets[0]),
      data_catalog_name: submission.catalog,
      selected_score: about.selected_score || null,
      selected_timeline: about.selected_timeline || null,
      ...{ script_type: program.kind, script_content: programText(program) },
      parameters: submission.parameters,
      filters: submission.filters,
      priority: about.priority,
      estimated_duration: about.estimated_duration || null,
      ...{ approved_by: null, approval_notes: null, approved_at: null, expires_at: null },
      ...{ submitted_at: '2023-11-14T22:13:20.000Z', updated_at: '2023-11-14T22:13:20.000Z' },
      ...{ approvals: 0, approvals_needed: 2, purpose: [], project: null, privacy: null },
      ...{ contract: [], mappings: [], standing: null, filters_unapplied: [], wall_time_ms_max: null },
      ...{ requester_key: account.name, custody: 'requester', account: null, asked_by: null, request_hash: 'aa' },
      ...{ cohort: null, outputs: submission.outputs, uploads: [], epoch: null, image: null, review: null }
    }
    this.analysesMade.push(made)
    return made
  }

  async analyses(account: Account, { limit, status }: { limit: number; status?: AnalysisRequest['status'] }) {
    const mine = this.analysesMade.filter(
      (one) => account.roles.includes('steward') || one.requester_key === account.name
    )
    return mine.filter((one) => status === undefined || one.status === status).slice(0, limit)
  }

  async analysis(id: string, account: Account): Promise<AnalysisRequest | null> {
    const all = await this.analyses(account, { limit: 100 })
    return all.find((one) => one.request_id === id || String(one.id) === id) ?? null
  }

  async analysisResults(requestId: string) {
    return { request_id: requestId, job_id: null, status: 'pending' as const, result_data: null }
  }

  async decideAnalysis(id: string, { status, approval_notes }: AnalysisDecision, account: Account) {
    const found = await this.analysis(id, account)
    if (found) this.decisions.push({ id, status, notes: approval_notes ?? '', by: account.name })
    return found && { ...found, status }
  }

  readonly uploaded: { owner: string; bytes: Uint8Array; view: UploadedFile }[] = []

  async upload(file: { kind: 'script' | 'data'; filename: string; bytes: Uint8Array }, account: Account) {
    this.#mayFail()
    const number = this.uploaded.length + 1
    const view: UploadedFile = {
      ...{ id: number, file_id: String(number).padStart(32, 'a'), file_type: file.kind, filename: file.filename },
      ...{ name: uploadNameOf(file.filename), sha256: 'a'.repeat(64), size: file.bytes.length },
      ...{ uploaded_at: '2023-11-14T22:13:20.000Z', expires_at: '2023-11-14T22:13:21.000Z' }
    }
    this.uploaded.push({ owner: account.name, bytes: file.bytes, view })
    return view
  }

  uploads(account: Account, kind: 'script' | 'data') {
    const own = this.uploaded.filter(({ owner, view }) => owner === account.name && view.file_type === kind)
    return own.map(({ view }) => view).reverse()
  }

  async removeUpload(id: string, account: Account) {
    const at = this.uploaded.findIndex(({ owner, view }) => owner === account.name && view.file_id === id)
    return at >= 0 && this.uploaded.splice(at, 1).length > 0
  }

  async analysisUpload(id: string, sha256: string) {
    const isThere = id === '1'.padStart(32, '0') && sha256 === 'a'.repeat(64)
    return isThere ? { name: 'grid.csv', bytes: new TextEncoder().encode('<script>alert(1)</script>') } : null
  }

  async standingApprovals() {
    return []
  }

  async revokeStanding() {
    return false
  }

  permits() {
    return [PERMIT]
  }

  async grantPermit(terms: PermitTerms) {
    return { ...PERMIT, terms }
  }

  async revokePermit(id: string) {
    return id === PERMIT.terms.id ? { ...PERMIT, state: 'revoked' as const } : null
  }

  async confirmPermit(id: string) {
    return this.revokePermit(id)
  }
  async permitRecords(account: Account, id: string, { after }: { after: number }): Promise<PermitRecords | null> {
    if (id !== PERMIT.terms.id) return null
    const [shown] = await this.audit(account, { limit: 1, before: 3 })
    const proof = { entry: 'AQID', path: ['AQID'], record: '' }
    const records = shown && after < shown.sequence ? [{ shown, proof }] : []
    const checkpoint = await this.checkpoint()
    return { permit: PERMIT, peer_id: PEER_ID, institution: 'Hospital', checkpoint, records, after: null }
  }

  async checkpoint(): Promise<string> {
    return `stimnet/${PEER_ID}\n3\n${'A'.repeat(43)}=\n\n— stimnet/${PEER_ID} AAAA\n`
  }

  async proveAudit(_account: Account, sequence: number): Promise<AuditProof | null> {
    const bytes = 'AQID'
    const proof = { entry: bytes, index: sequence - 1, size: 3, path: [bytes], root: bytes, record: bytes }
    return sequence >= 1 && sequence <= 3 ? { ...proof, checkpoint: await this.checkpoint() } : null
  }

  async gatherWitnesses() {
    return [
      { witness: PEER_ID, attested: true, code: null },
      { witness: PEER_ID, attested: false, code: 'CHECKPOINT_CONFLICT' }
    ]
  }

  async audit(_account: Account, options: { limit: number; before?: number }): Promise<readonly AuditRecord[]> {
    const record = (sequence: number): AuditRecord => ({
      sequence,
      at: '2023-11-14T22:13:20.000Z',
      kind: 'decision',
      actor: 'ada',
      job_id: 'f'.repeat(32),
      code: 'QUEUE_FULL',
      detail: { queue: 100 },
      hash: 'ab'
    })
    const from = (options.before ?? 4) - 1
    return [record(from), record(from - 1)].slice(0, options.limit)
  }

  async metrics() {
    return '# HELP stimnet_jobs_total Jobs.\nstimnet_jobs_total 3\n'
  }

  answered() {}

  unexpected(error: unknown, incident: string) {
    this.incidents.push({ error, incident })
  }

  suspicious(event: 'login-failed' | 'rate-limited', actor: string) {
    this.suspicions.push([event, actor])
  }

  #mayFail(): void {
    const { fails } = this
    this.fails = undefined
    if (fails !== undefined) throw fails
  }
}
