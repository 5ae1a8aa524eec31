/** Admission of a sealed request: check, validate, sign off, enqueue. It returns a sealed decision and never waits for a run. */
import {
  aboutFromMessage,
  type Clock,
  CODES,
  type Code,
  codeOf,
  jobIdOf,
  messages,
  programWord,
  type Signer,
  StimnetError,
  seal,
  toHex
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import { questionOf } from '../monitor/likeness.ts'
import type { Monitor } from '../monitor/monitor.ts'
import type { Decision } from '../policy/decision.ts'
import { fromText, toText } from '../store/base64.ts'
import type { Database, Draft } from '../store/database.ts'
import { isPending, type JobRecord, type JobStore, type ReviewRecord } from '../store/jobs.ts'
import type { CatalogPrivacies } from './release/privacy.ts'
import { type Answered, ReplayStore } from '../store/released/replays.ts'
import type { Approvals } from './approve/approvals.ts'
import { assertCarriedBy, type CheckedRequest, check, type Trust } from './admit/check.ts'
import { EVIDENCE_LIFETIME_MS } from './run/publish.ts'
import type { JobFiles } from './run/files.ts'
import type { SignOff } from './admit/sign-off.ts'
import { type JobPlan, type ValidationContext, validate } from './admit/validate.ts'
import type { SeatCount } from './run/seats.ts'

/** Dependencies of admission. */
export interface AdmissionParts {
  readonly clock: Clock
  readonly signer: Signer
  readonly database: Database
  readonly jobs: JobStore
  readonly replays: ReplayStore
  readonly validation: ValidationContext
  readonly signOff: SignOff
  readonly queue: Queue
  readonly approvals: Approvals
  readonly files: Pick<JobFiles, 'takeRoom' | 'leaveRoom'>
  readonly trust: Trust
  readonly events: PeerEvents
  readonly monitor: Pick<Monitor, 'asked' | 'refused'>
  readonly privacy: CatalogPrivacies
}

/**
 * The runner's queue as seen by admission. A seat is taken before the first `await`, so that the queue limit is never
 * exceeded.
 */
export interface Queue {
  readonly seats: Pick<SeatCount, 'take' | 'leave'>
  /** `made` is the result of admission. Without it, the job is read again from its stored bytes before it runs. */
  enqueue(job: JobRecord, made?: Prepared): void
}

/** An admitted job: opened and validated once, and passed on to its run. */
export interface Prepared {
  readonly checked: CheckedRequest
  readonly plan: JobPlan
}

interface Verdict {
  readonly decision: Decision
  readonly plan?: JobPlan
  readonly review?: ReviewRecord
  readonly cause?: unknown
}

/** Answers one request with a sealed Decision. The same statement from the same peer gets the same bytes again. */
export type Admit = (sealedRequest: Uint8Array, askedBy: string) => Promise<Uint8Array>

/** Creates the admission function from its dependencies. */
export function createAdmission(parts: AdmissionParts): Admit {
  return async (sealedRequest, askedBy) => {
    let checked: CheckedRequest
    try {
      checked = await check(sealedRequest, {
        clock: parts.clock,
        credentialClock: parts.clock,
        self: parts.signer.id,
        trust: parts.trust
      })
      assertCarriedBy(askedBy, checked)
    } catch (error) {
      return refuseUnopened(parts, askedBy, error)
    }
    const key = ReplayStore.key(checked.opened.issuer, toHex(checked.opened.nonce))
    return parts.replays.alone(key, async () => {
      const earlier = await parts.replays.get(key)
      if (earlier) return answerAgain(parts, earlier, checked, askedBy)
      // The replay record of a nonce is deleted after a time. A nonce used again after that must not overwrite the job that
      // it created.
      const taken = await parts.jobs.isTaken(await jobIdOf({ ...checked.opened, servingPeer: parts.signer.id }))
      if (taken) return refuseReplay(parts, checked, askedBy)
      const verdict = await judge(parts, checked, askedBy)
      return verdict.plan && verdict.decision.allow
        ? admitJob(parts, { key, checked, askedBy, plan: verdict.plan, sealedRequest, review: verdict.review })
        : refuseRequest(parts, { key, checked, askedBy, verdict })
    })
  }
}

async function judge(parts: AdmissionParts, checked: CheckedRequest, askedBy: string): Promise<Verdict> {
  try {
    // The permission to ask is checked first, so that an unknown requester does not learn which catalogs exist here.
    const descriptor = parts.validation.catalogs.get(checked.request.catalog)?.descriptor
    const early = parts.signOff.early({ checked, askedBy }, descriptor)
    if (!early.allow) return { decision: early }
    // Stewards read `about`. If it could not be decoded, it would break their list of all waiting requests.
    aboutFromMessage(checked.request.about)
    // Questions that will be refused are counted too, because a differencing attack is often refused.
    if (descriptor) parts.monitor.asked(descriptor.name, checked.opened.issuer, questionOf(checked.request))
    const plan = await validate(checked.request, parts.validation)
    const facts = await parts.approvals.factsOf(checked, plan)
    const privacy = parts.privacy.of(plan.catalog.descriptor.name)
    const overShare = await privacy.overShare(plan, { issuer: checked.opened.issuer, askedBy })
    const isRepeated = await privacy.meter(plan.project).isRepeated(plan)
    const ask = {
      checked,
      askedBy,
      approved: facts.standing !== undefined,
      overShare,
      isRepeated
    }
    const decision = parts.signOff.decide(ask, plan)
    // There must be no `await` between the decision and taking the seat: the decision is based on the number of free seats
    // at this moment.
    if (decision.allow) parts.files.takeRoom(askedBy, plan.uploads)
    if (decision.allow) (decision.review ? parts.approvals : parts.queue).seats.take(checked.opened.issuer, askedBy)
    const review = parts.approvals.reviewOf(facts, decision)
    if (review) return { decision, plan, review }
    return { decision, plan }
  } catch (error) {
    const code = codeOf(error)
    const reason = error instanceof StimnetError ? error.reason : CODES[code].meaning
    return { decision: { allow: false, code, reason }, cause: error }
  }
}

interface Admitted {
  readonly key: string
  readonly checked: CheckedRequest
  readonly askedBy: string
  readonly plan: JobPlan
  readonly sealedRequest: Uint8Array
  /** Present when stewards decide, or have decided. */
  readonly review: ReviewRecord | undefined
}

async function admitJob(parts: AdmissionParts, admitted: Admitted): Promise<Uint8Array> {
  try {
    return await storeJob(parts, admitted)
  } catch (error) {
    const waits = isPending(admitted.review) ? parts.approvals : parts.queue
    waits.seats.leave(admitted.checked.opened.issuer, admitted.askedBy)
    parts.files.leaveRoom(admitted.askedBy, admitted.plan.uploads)
    if (codeOf(error) !== 'APPROVAL_LAPSED') throw error
    // After this request was judged, the standing approval was revoked or another request used its last run.
    const reason = CODES.APPROVAL_LAPSED.meaning
    const decision = { allow: false, code: 'APPROVAL_LAPSED', reason } as const
    return refuseRequest(parts, { ...admitted, verdict: { decision, cause: error } })
  }
}

async function storeJob(parts: AdmissionParts, admitted: Admitted): Promise<Uint8Array> {
  const { checked, askedBy, plan, review } = admitted
  const { issuer, nonce, hash } = checked.opened
  const job: JobRecord = {
    id: await jobIdOf({ issuer, nonce, servingPeer: parts.signer.id }),
    state: isPending(review) ? 'pending' : 'queued',
    request: toText(admitted.sealedRequest),
    requestHash: hash,
    issuer,
    custody: checked.request.custody === 'gateway' ? 'gateway' : 'requester',
    askedBy,
    catalog: plan.catalog.descriptor.name,
    epoch: plan.catalog.epoch,
    programWord: programWord(plan.program),
    ...permitOf(checked),
    admittedAtMs: parts.clock.now(),
    runs: 0,
    warnings: plan.warnings,
    ...(plan.uploads.length > 0 ? { uploads: plan.uploads } : {}),
    ...(review === undefined ? {} : { review })
  }
  const sealed = await sealDecision(parts, askedBy, {
    allowed: true,
    jobId: job.id,
    requestHash: hash,
    state: job.state,
    warnings: [...job.warnings]
  })
  await parts.database.commit((draft) => {
    parts.jobs.add(draft, job)
    if (review?.standing !== undefined) parts.approvals.use(draft, review.standing)
    remember(parts, draft, { key: admitted.key, checked, askedBy, sealed })
    draft.audit({ kind: 'request', actor: issuer, jobId: job.id, detail: requestDetail(checked, askedBy) })
    const pending = job.state === 'pending'
    draft.audit({ kind: 'decision', actor: parts.signer.id, jobId: job.id, detail: { allowed: true, pending } })
  })
  parts.events.admitted({ jobId: job.id, catalog: job.catalog, program: job.programWord, askedBy })
  if (job.state === 'pending') parts.approvals.add(job, plan)
  else {
    parts.approvals.agreed(job)
    parts.queue.enqueue(job, { checked, plan })
  }
  return sealed
}

async function refuseRequest(
  parts: AdmissionParts,
  refused: { key: string; checked: CheckedRequest; askedBy: string; verdict: Verdict }
): Promise<Uint8Array> {
  const { checked, askedBy, verdict } = refused
  const { code, reason } = verdict.decision.allow ? { code: 'INTERNAL' as const, reason: '' } : verdict.decision
  const sealed = await sealDecision(parts, askedBy, { allowed: false, code, reason, requestHash: checked.opened.hash })
  await parts.database.commit((draft) => {
    // A temporary refusal (a full queue) is not remembered, so that the same statement may be sent again.
    if (!CODES[code].retry) remember(parts, draft, { key: refused.key, checked, askedBy, sealed })
    draft.audit({ kind: 'request', actor: checked.opened.issuer, detail: requestDetail(checked, askedBy) })
    draft.audit({
      kind: 'refusal',
      actor: parts.signer.id,
      code,
      detail: { request: checked.opened.hash, ...permitOf(checked) }
    })
  })
  tellRefused(parts, { code, askedBy, catalog: checked.request.catalog.slice(0, 80), cause: verdict.cause })
  return sealed
}

/** Nothing in an envelope that did not open can be believed, so the record names only the asking peer. */
async function refuseUnopened(parts: AdmissionParts, askedBy: string, error: unknown): Promise<Uint8Array> {
  const code = codeOf(error)
  await parts.database.commit((draft) => draft.audit({ kind: 'refusal', actor: askedBy, code }))
  tellRefused(parts, { code, askedBy, cause: error })
  return sealDecision(parts, askedBy, { allowed: false, code, reason: CODES[code].meaning })
}

/**
 * The same request from the same peer, as after a broken connection, gets the same answer. From any other peer, it is a
 * replay.
 */
async function answerAgain(parts: AdmissionParts, earlier: Answered, checked: CheckedRequest, askedBy: string) {
  if (earlier.askedBy === askedBy && earlier.requestHash === checked.opened.hash) {
    return fromText(earlier.decision)
  }
  return refuseReplay(parts, checked, askedBy)
}

async function refuseReplay(parts: AdmissionParts, checked: CheckedRequest, askedBy: string): Promise<Uint8Array> {
  const code: Code = 'REQUEST_REPLAYED'
  await parts.database.commit((draft) =>
    draft.audit({ kind: 'refusal', actor: askedBy, code, detail: { request: checked.opened.hash } })
  )
  tellRefused(parts, { code, askedBy })
  return sealDecision(parts, askedBy, { allowed: false, code, reason: CODES[code].meaning })
}

function tellRefused({ events, monitor }: AdmissionParts, facts: Parameters<PeerEvents['refused']>[0]): void {
  events.refused(facts)
  monitor.refused(facts.askedBy, facts.code)
}

function remember(
  parts: AdmissionParts,
  draft: Draft,
  answered: { key: string; checked: CheckedRequest; askedBy: string; sealed: Uint8Array }
): void {
  const { hash, expiresAtMs } = answered.checked.opened
  parts.replays.remember(draft, answered.key, {
    requestHash: hash,
    askedBy: answered.askedBy,
    decision: toText(answered.sealed),
    // The margin covers the clock skew twice: at the expiry of the request and at the sweep.
    expiresAtMs: expiresAtMs + 5 * 60_000
  })
}

function requestDetail(checked: CheckedRequest, askedBy: string) {
  const { catalog, custody, account, project } = checked.request
  return {
    request: checked.opened.hash,
    asked_by: askedBy,
    catalog: catalog.slice(0, 80),
    custody: custody === 'gateway' ? 'gateway' : 'requester',
    account: account.slice(0, 80),
    project: project.slice(0, 80),
    ...permitOf(checked),
    ...vouchersOf(checked)
  }
}

/** The data permit that a request names, as a field of jobs and audit records; no field if the request names none. */
function permitOf({ request }: CheckedRequest): { readonly permit?: string } {
  return request.permit === '' ? {} : { permit: request.permit.slice(0, 80) }
}

/** The affiliations and visas that came with the request, as one line for the audit log; no field if there are none. */
function vouchersOf({ affiliations, visas }: CheckedRequest) {
  const vouched = affiliations.map(({ institution, name, role }) => `${name} (${role}), says ${institution}`)
  const shown = visas.map(({ issuer, type, value }) => `${type} ${value}, says ${issuer}`)
  const words = [...vouched, ...shown].join('; ').slice(0, 1_000)
  return words === '' ? {} : { vouched: words }
}

async function sealDecision(
  parts: AdmissionParts,
  askedBy: string,
  decision: Parameters<typeof messages.Decision.encode>[0]
): Promise<Uint8Array> {
  const sealed = await seal({
    type: 'decision',
    body: messages.Decision.encode(decision),
    signer: parts.signer,
    clock: parts.clock,
    audience: [askedBy],
    lifetimeMs: EVIDENCE_LIFETIME_MS
  })
  return sealed.bytes
}
