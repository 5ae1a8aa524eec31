/** Analysis requests for researchers and stewards. Request, approval and job are one record with one state machine. */
import { type AnalysisRequest, isoOf, type StandingApproval } from '@stimnet/api'
import { type Account, type GatewayPeer, resultDataOf } from '@stimnet/gateway'
import type { Catalog } from '@stimnet/data'
import {
  aboutFromMessage,
  type Clock,
  CODES,
  isEnded,
  type JobState,
  type Message,
  messages,
  open,
  parseJsonObject,
  programText,
  programWord,
  questionFromMessage,
  StimnetError
} from '@stimnet/protocol'
import { reviewOf, type SandboxLanguage } from '@stimnet/sandbox'
import type { Federation } from '../federation/federation.ts'
import type { Approvals } from '../jobs/approve/approvals.ts'
import type { JobFiles } from '../jobs/run/files.ts'
import { cohortAsWritten, cohortToRead } from '../jobs/admit/read-cohort.ts'
import type { Directory } from '../requests/directory.ts'
import { isStaff } from '../people/named.ts'
import { ownerOf, type Submitter } from '../requests/submit.ts'
import type { Views } from '../requests/view.ts'
import { fromText } from '../store/base64.ts'
import type { Database } from '../store/database.ts'
import {
  isPending,
  type JobRecord,
  type JobStore,
  type Reviewed,
  type ReviewRecord,
  reviewedEntry
} from '../store/jobs.ts'
import { deletedError } from '../store/past/deleted.ts'
import type { Listed, RequestRecord, RequestStore } from '../store/requests.ts'
import type { Stewards } from '../people/stewards.ts'
import type { StandingApproval as StoredApproval, StandingApprovals } from '../store/standing.ts'

/** Dependencies of the methods for analysis requests. */
export interface AnalysisParts {
  readonly clock: Clock
  readonly self: string
  readonly nodeId: string
  readonly database: Database
  readonly jobs: JobStore
  readonly requests: RequestStore
  readonly views: Views
  readonly directory: Pick<Directory, 'get'>
  readonly federation: Federation | undefined
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly submitter: Submitter
  readonly approvals: Approvals
  readonly stewards: Stewards
  readonly standing: StandingApprovals
  readonly files: Pick<JobFiles, 'read'>
}

type AnalysisMethods =
  | 'requestAnalysis'
  | 'analyses'
  | 'analysis'
  | 'analysisResults'
  | 'decideAnalysis'
  | 'standingApprovals'
  | 'revokeStanding'
  | 'analysisUpload'

/** Maximum time until a request is signed, ms. Signing happens at this peer, and no other peer is asked first. */
const SEALED_WITHIN_MS = 5_000

/** The gateway's methods for analysis requests. */
export function analysisMethods(parts: AnalysisParts): Pick<GatewayPeer, AnalysisMethods> {
  const { approvals, database, jobs, requests, standing, submitter, views } = parts
  const ownRequest = async (id: string, account: Account) => {
    const [record] = await requests.list(account.name, 1, (one) => isNamed(one, id))
    const deleted = record === undefined ? await requests.deleted(account.name, id) : undefined
    if (deleted) throw deletedError('reading an analysis request', deleted.atMs)
    return record
  }
  const jobNamed = async (id: string) => {
    const named = approvals.waiting().find((one) => one.id === id) ?? (await jobs.get(id))
    if (named) return named.review ? named : undefined
    const deleted = await jobs.deleted(id)
    if (deleted) throw deletedError('reading an analysis request', deleted.atMs)
    const [job, other] = await jobs.reviewed(2, (one) => String(numberOf(one.id)) === id)
    if (!other) return job
    // The requester chooses the nonce from which the id is made, so two requests can deliberately be given the same number.
    const reason = 'More than one request has this number. Use its request_id.'
    throw new StimnetError('PARAMETER_INVALID', 'finding a request by its number', { reason })
  }
  return {
    requestAnalysis: async (submission, account) => {
      const stored = await submitter.submit(submission, ownerOf(account))
      return viewOfRequest(parts, await sealed(requests, stored))
    },
    analyses: async (account, { limit, status, before }) => {
      const place = before && placeOf(before)
      const isAfter = (submittedAtMs: number, requestId: string) =>
        place === undefined || comesAfter({ submittedAtMs, requestId }, place)
      const own = await requests.list(
        account.name,
        limit + SAME_MOMENT_MAX,
        ({ analysis, submittedAtMs }) => Boolean(analysis) && isAfter(submittedAtMs, analysis ?? '')
      )
      // The list is filtered while reading, so that ended requests do not crowd out waiting requests.
      const isAsked = (job: Reviewed) =>
        (status === undefined || statusOf(job) === status) && isAfter(job.admittedAtMs, job.id)
      const all =
        status === 'pending'
          ? approvals
              .waiting()
              .filter((job) => isAsked(reviewedEntry(job)[1]))
              .sort(byAdmission)
              .slice(0, limit)
          : undefined
      const others = isStaff(account) ? (all ?? (await jobs.reviewed(limit, isAsked, place?.submittedAtMs))) : []
      const seen = await Promise.all(own.map((record) => viewOfRequest(parts, record, 'listed')))
      const known = new Set(seen.map(({ request_id: id }) => id))
      const mine = await Promise.all(
        others.filter(({ id }) => !known.has(id)).map((job) => viewOfJob(parts, job, 'listed'))
      )
      return [...seen, ...mine]
        .filter((view) => status === undefined || view.status === status)
        .sort((a, b) => (comesAfter(placeOf(a), placeOf(b)) ? 1 : -1))
        .slice(0, limit)
    },
    analysis: async (id, account) => {
      const record = await ownRequest(id, account)
      if (record) return viewOfRequest(parts, record)
      const job = isStaff(account) ? await jobNamed(id) : undefined
      return job ? viewOfJob(parts, job) : null
    },
    analysisResults: async (requestId, account) => {
      const record = await ownRequest(requestId, account)
      if (!record) throw new StimnetError('JOB_UNKNOWN', 'reading the results of an analysis request')
      const { status } = await viewOfRequest(parts, record)
      const result = resultDataOf(await views.of(record), { withParts: true })
      return { request_id: requestId, job_id: status === 'approved' ? record.id : null, status, result_data: result }
    },
    decideAnalysis: async (id, { status, approval_notes, standing: terms }, account) => {
      assertDecides(account)
      const job = await jobNamed(id)
      if (!job) return null
      const approve = status === 'approved'
      if (approve) await assertNotOwn(parts, job, account)
      const verdict = { by: account.name, approve, notes: approval_notes ?? '', ...(terms ? { standing: terms } : {}) }
      return viewOfJob(parts, await approvals.decide(job.id, verdict))
    },
    analysisUpload: async (id, sha256, account) => {
      assertSteward(account)
      const job = await jobNamed(id)
      const file = job?.uploads?.find((one) => one.sha256 === sha256)
      if (!job || !file) return null
      const [found] = await parts.files.read(job.id, [file])
      return found ?? null
    },
    standingApprovals: async (account) => {
      assertSteward(account)
      return Promise.all(standing.list().map((one) => standingOf(parts, one)))
    },
    revokeStanding: async (id, account) => {
      assertSteward(account)
      return database.commit((draft) => standing.revoke(draft, id, account.name))
    }
  }
}

/** The store orders an account's requests by number. Up to this many requests of the same moment may be in another order here. */
const SAME_MOMENT_MAX = 16

function byAdmission(a: JobRecord, b: JobRecord): number {
  const admitted = ({ admittedAtMs, id }: JobRecord) => ({ submittedAtMs: admittedAtMs, requestId: id })
  return comesAfter(admitted(a), admitted(b)) ? 1 : -1
}

interface Place {
  readonly submittedAtMs: number
  readonly requestId: string
}

function placeOf({ submitted_at, request_id }: Pick<AnalysisRequest, 'submitted_at' | 'request_id'>): Place {
  return { submittedAtMs: Date.parse(submitted_at), requestId: request_id }
}

/** Whether a request comes after another in lists: newest first; at the same moment, the greater id first, as in the stores. */
function comesAfter(one: Place, other: Place): boolean {
  if (one.submittedAtMs !== other.submittedAtMs) return one.submittedAtMs < other.submittedAtMs
  return one.requestId < other.requestId
}

function assertSteward(account: Account): void {
  if (!isStaff(account)) throw new StimnetError('NOT_PERMITTED', `${account.name} looks into requests`)
}

/**
 * Throws NOT_PERMITTED unless the account is a steward. Stewards are responsible for the data; operators do not decide for
 * them.
 */
function assertDecides({ name, roles }: Account): void {
  if (!roles.includes('steward')) throw new StimnetError('NOT_PERMITTED', `${name} decides about requests`)
}

/**
 * Throws NOT_PERMITTED if a steward approves their own request: the approvals must come from people other than the
 * requester. Denying one's own request is allowed.
 */
async function assertNotOwn(parts: AnalysisParts, job: JobRecord, account: Account): Promise<void> {
  if (job.askedBy !== parts.self) return
  // A request signed with the requester's own key names no account. The account that submitted it here is known from the
  // store.
  const asker =
    job.custody === 'gateway'
      ? (await opening(parts.clock, job.request)).request.account
      : (await parts.requests.signedAs(job.requestHash))?.owner
  if (asker === undefined || !parts.stewards.isSamePerson(asker, account.name)) return
  throw new StimnetError('NOT_PERMITTED', `${account.name} approves a request of their own`)
}

/** A standing approval, with the request for which it was granted if that request is still known. */
async function standingOf(parts: AnalysisParts, stored: StoredApproval): Promise<StandingApproval> {
  const { id, run, terms, approvals, runsLeft, expiresAtMs, jobId } = stored
  const job = jobId === undefined ? undefined : await parts.jobs.get(jobId)
  const title = job ? (await opening(parts.clock, job.request)).request.title : ''
  return {
    id,
    data_catalog_name: run.catalog,
    script_type: run.language,
    code_hash: run.codeHash,
    request_id: job?.id ?? null,
    analysis_title: title || null,
    runs_left: runsLeft,
    expires_at: isoOf(expiresAtMs),
    approved_by: approvals.map(({ by }) => by),
    cohort: terms.cohort,
    requester: terms.requester,
    parameters: terms.parameters
  }
}

/** The name of an institution: from the federation's charter if there is one, otherwise as the peer states it. */
function institutionOf({ federation, directory }: AnalysisParts, peerId: string): string {
  const member = federation?.members().find(({ peer }) => peer === peerId)
  return member?.institution ?? directory.get(peerId)?.institution ?? ''
}

/** A number for clients that need a number: the first 48 bits of the id. */
function numberOf(jobId: string): number {
  return Number.parseInt(jobId.slice(0, 12), 16)
}

function isNamed({ analysis }: Listed, id: string): boolean {
  return Boolean(analysis) && (analysis === id || String(numberOf(analysis ?? '')) === id)
}

/**
 * Waits until the request is signed and so has its id. If the request ended otherwise, throws its code; throws NODE_ERROR
 * after the deadline.
 */
async function sealed(requests: RequestStore, stored: RequestRecord): Promise<RequestRecord> {
  const deadline = AbortSignal.timeout(SEALED_WITHIN_MS)
  let changed = Promise.withResolvers<void>()
  const wake = () => changed.resolve()
  const unwatch = requests.watch(stored.id, wake)
  deadline.addEventListener('abort', wake)
  try {
    while (!deadline.aborted) {
      const record = await requests.get(stored.id)
      if (record && record.parts.length > 0) return record
      if (record?.code)
        throw new StimnetError(record.code, 'signing an analysis request', { reason: record.reason ?? '' })
      await changed.promise
      changed = Promise.withResolvers()
    }
    throw new StimnetError('NODE_ERROR', 'signing an analysis request')
  } finally {
    unwatch()
  }
}

/**
 * Whether a request is shown in a list or read by itself. Analysing a script takes time, so it is done only when a single
 * request is read.
 */
type Depth = 'listed' | 'read'

interface Seen {
  readonly depth: Depth
  readonly request: Message<'JobRequest'>
  readonly requestHash: string
  readonly issuer: string
  readonly jobId: string
  readonly state: JobState
  readonly target: string
  /** The peer at which the request was submitted. */
  readonly askedBy: string
  /** Whether this peer would run the request. */
  readonly isServedHere: boolean
  readonly submittedAtMs: number
  readonly updatedAtMs: number
  /** The review record, if this peer is the serving peer. */
  readonly review?: ReviewRecord
  readonly epoch?: string
  /** The reason that the steward or the serving peer gave. */
  readonly notes?: string
  /** Whether the request was refused before stewards saw it. */
  readonly refused?: boolean
}

async function viewOfRequest(
  parts: AnalysisParts,
  record: RequestRecord,
  depth: Depth = 'read'
): Promise<AnalysisRequest> {
  const [part] = record.parts
  if (!part) throw new StimnetError('NODE_ERROR', 'an analysis request without a part')
  const opened = await opening(parts.clock, record.envelope ?? '')
  const job = part.peerId === parts.self ? await parts.jobs.get(part.jobId) : undefined
  return view(parts, {
    ...opened,
    depth,
    askedBy: parts.self,
    isServedHere: part.peerId === parts.self,
    jobId: part.jobId,
    // A request without an answer counts as waiting for stewards, wherever it is on its way.
    state: part.answered ? part.state : isEnded(part.state) ? part.state : 'pending',
    target: part.nodeId || part.peerId,
    submittedAtMs: record.submittedAtMs,
    updatedAtMs: part.updatedAtMs,
    ...(job?.review ? { review: job.review, epoch: job.epoch } : {}),
    // A failure of the node is not a refusal: the same request may be admitted later.
    refused: part.refused === true && (part.code === undefined || CODES[part.code].fault !== 'node'),
    ...((part.state === 'denied' || part.state === 'blocked' || part.refused) && part.reason !== undefined
      ? { notes: part.reason }
      : {})
  })
}

async function viewOfJob(parts: AnalysisParts, job: JobRecord, depth: Depth = 'read'): Promise<AnalysisRequest> {
  const { review } = job
  const lastMs = review?.denial?.atMs ?? review?.approvals.at(-1)?.atMs ?? job.admittedAtMs
  return view(parts, {
    ...(await opening(parts.clock, job.request)),
    depth,
    askedBy: job.askedBy,
    isServedHere: true,
    jobId: job.id,
    state: job.state,
    target: parts.nodeId,
    submittedAtMs: job.admittedAtMs,
    updatedAtMs: job.endedAtMs ?? lastMs,
    epoch: job.epoch,
    ...(review ? { review } : {})
  })
}

async function opening(clock: Clock, envelope: string): Promise<Pick<Seen, 'request' | 'requestHash' | 'issuer'>> {
  const opened = await open(fromText(envelope), { type: 'job-request', clock, atAnyTime: true })
  return { request: messages.JobRequest.decode(opened.body), requestHash: opened.hash, issuer: opened.issuer }
}

/**
 * The notes of all stewards. If there are several, each is preceded by its author's name, so that the last note does not
 * replace the others.
 */
export function notesOf(review: Pick<ReviewRecord, 'approvals' | 'denial'> | undefined): string | undefined {
  const words = [...(review?.approvals ?? []), ...(review?.denial ? [review.denial] : [])]
  const said = words.filter(({ notes }) => notes.trim() !== '')
  const [only, second] = said
  if (second === undefined) return only?.notes
  // Each steward has one line, so that nobody can write a line in another person's name.
  return said.map(({ by, notes }) => `${by}: ${notes.replaceAll(/\s+/g, ' ').trim()}`).join('\n')
}

async function view(parts: AnalysisParts, seen: Seen): Promise<AnalysisRequest> {
  const { request, review, state } = seen
  const question = questionFromMessage(request)
  const { program } = question
  const word = review?.denial ?? review?.approvals.at(-1)
  const notes = notesOf(review) ?? seen.notes
  const decidedBy = review?.denial ? [review.denial.by] : (review?.approvals.map(({ by }) => by) ?? [])
  const isRead = program.kind === 'script' && seen.depth === 'read'
  const {
    cohort,
    unapplied,
    set = null
  } = seen.isServedHere && seen.depth === 'read' ? cohortToRead(request, parts) : cohortAsWritten(request)
  const read = isRead ? await reviewOf(program.language as SandboxLanguage, program.code) : undefined
  return {
    id: numberOf(seen.jobId),
    request_id: seen.jobId,
    status: seenStatus(seen),
    state,
    ...descriptionOf(request),
    analysis_title: request.title,
    target_node_id: seen.target,
    data_catalog_name: request.catalog,
    script_type: programWord(program),
    script_content: programText(program),
    parameters: question.parameters,
    filters: question.filters,
    approved_by: decidedBy.join(', ') || null,
    approval_notes: notes || null,
    approved_at: word === undefined ? null : isoOf(word.atMs),
    expires_at: review === undefined ? null : isoOf(review.expiresAtMs),
    submitted_at: isoOf(seen.submittedAtMs),
    updated_at: isoOf(seen.updatedAtMs),
    approvals: review ? (isPending(review) ? parts.approvals.counted(review.approvals) : review.approvals).length : 0,
    approvals_needed: review?.needed ?? 0,
    // The terms in addition to the program that decide what it means. Stewards decide about these as well.
    purpose: request.purpose,
    project: request.project || null,
    privacy: question.privacy,
    contract: question.contract,
    mappings: question.mappings,
    standing: standingIn(review),
    filters_unapplied: unapplied,
    wall_time_ms_max: request.wallTimeMsMax > 0 ? request.wallTimeMsMax : null,
    requester_key: seen.issuer,
    // The account that the asking institution states and signs for. A requester's own key names no account.
    custody: request.custody === 'gateway' ? 'gateway' : 'requester',
    account: (request.custody === 'gateway' && request.account) || null,
    asked_by: { peer_id: seen.askedBy, institution: institutionOf(parts, seen.askedBy) },
    request_hash: seen.requestHash,
    set,
    cohort: cohort ?? null,
    outputs: question.outputs,
    uploads: question.uploads,
    epoch: seen.epoch || null,
    image: review?.image || null,
    review: read?.findings.map(({ kind, what, line, cell }) => ({ kind, what, line, cell: cell ?? null })) ?? null
  }
}

/** The terms of further runs that the next steward must also state, if all earlier stewards approved the same terms. */
function standingIn(review: ReviewRecord | undefined): AnalysisRequest['standing'] {
  const [terms, ...others] = review?.approvals.map(({ standing }) => standing) ?? []
  if (terms === undefined || others.some((other) => other !== terms)) return null
  return parseJsonObject(terms)
}

/** The text in which a requester addresses people; empty if it cannot be read. */
function descriptionOf(request: Message<'JobRequest'>) {
  const about = readableAbout(request)
  return {
    requester_name: about?.requester_name ?? '',
    requester_institution: about?.requester_institution ?? '',
    requester_email: about?.requester_email ?? '',
    requester_affiliation: about?.requester_affiliation || null,
    analysis_description: about?.description ?? '',
    selected_score: about?.selected_score || null,
    selected_timeline: about?.selected_timeline || null,
    priority: about?.priority ?? 'normal',
    estimated_duration: about?.estimated_duration || null
  }
}

/**
 * The description of the project. Admission refuses malformed descriptions. A description that another version admitted must
 * not break the whole list.
 */
function readableAbout({ about }: Message<'JobRequest'>) {
  try {
    return aboutFromMessage(about)
  } catch {
    return undefined
  }
}

function seenStatus({ state, refused, review }: Seen): AnalysisRequest['status'] {
  return statusOf({ state, refused, isPending: review === undefined || isPending(review) })
}

/**
 * The status in the four words that existing clients know. A cancelled request counts as expired. A request that disclosure
 * control refused counts as approved only if stewards had approved it, which the asking peer does not know.
 */
function statusOf({
  state,
  isPending,
  refused
}: Pick<Reviewed, 'state' | 'isPending'> & {
  readonly refused?: boolean | undefined
}): AnalysisRequest['status'] {
  if (state === 'pending' || state === 'denied' || state === 'expired') return state
  if (state === 'failed' && refused) return 'denied'
  if (state === 'blocked' && isPending) return 'denied'
  return state === 'cancelled' ? 'expired' : 'approved'
}
