/**
 * The end of a job, in one synced batch: state, sealed result, ledgers and audit record. Once stored, only these bytes are
 * served.
 */
import { createHash } from 'node:crypto'
import { assertSafe, type SafeOutput, type ShownFact } from '@stimnet/privacy'
import { type Clock, CODES, type Code, type JobState, messages, open, type Signer, seal } from '@stimnet/protocol'
import { fromText, toText } from '../../store/base64.ts'
import type { Database, Draft } from '../../store/database.ts'
import type { JobRecord, JobStore } from '../../store/jobs.ts'
import type { RanBy } from './execute.ts'

/** Lifetime of a signed decision or result, ms. Both are evidence and stay valid for as long as records are kept. */
export const EVIDENCE_LIFETIME_MS = 10 * 365 * 24 * 3_600_000

/** The end of a job: a safe output, or a code. */
export type Ending =
  | {
      readonly state: 'completed'
      readonly output: SafeOutput
      /** The facts about data that the output shows beside its numbers; absent if the output was released before. */
      readonly shown?: readonly ShownFact[]
    }
  | {
      readonly state: Exclude<JobState, 'completed'>
      readonly code: Code
      /** Text beside the code: a steward's own words, or a reason derived from the question alone. */
      readonly reason?: string
    }

/** A job's end and everything that its receipt states. */
export interface Publication {
  readonly job: JobRecord
  readonly ending: Ending
  readonly codeHash: string
  readonly ranBy: RanBy
  readonly policyHash: string
  readonly visibleAtMs: number
  /** Called inside the single writer. Charges the job's ledger scope for its end; returns fixed fields for the audit log. */
  readonly charge: (draft: Draft) => Promise<Readonly<Record<string, number>>>
  /** The used part of the allowance for refusals after the charge; undefined if there is no allowance. */
  readonly refusals?: () => JobRecord['refusals']
  /** The reason why disclosure control withheld the output: one of a fixed set of texts, for this institution's auditors. */
  readonly why?: string
}

/** Dependencies of publishing. */
export interface PublishParts {
  readonly clock: Clock
  readonly signer: Signer
  readonly database: Database
  readonly jobs: JobStore
}

/** The JSON text of the output that a job released; undefined if it released none. */
export async function outputJsonOf({ state, result }: JobRecord, clock: Clock): Promise<string | undefined> {
  if (state !== 'completed' || result === undefined) return undefined
  const { body } = await open(fromText(result), { type: 'job-result', clock, atAnyTime: true })
  return new TextDecoder().decode(messages.JobResult.decode(body).outputJson)
}

/** Seals the result with its place in the audit log and stores both. Called inside the single writer. */
export async function publish(parts: PublishParts, draft: Draft, publication: Publication): Promise<JobRecord> {
  const { job, ending } = publication
  const outputJson = ending.state === 'completed' ? assertSafe(ending.output).bytes : new Uint8Array()
  const { code, reason } = whyEnded(ending)
  const outputHash = createHash('sha256').update(outputJson).digest('hex')
  const charged = await publication.charge(draft)
  const record = draft.audit({
    kind: ending.state === 'completed' ? 'release' : 'end',
    actor: parts.signer.id,
    jobId: job.id,
    // The record of a release is sent with it. So it carries the boundary's time and not the time of the computation.
    atMs: publication.visibleAtMs,
    code,
    detail: { ...detailOf(publication, outputHash), ...charged }
  })
  const sealed = await seal({
    type: 'job-result',
    signer: parts.signer,
    // The boundary's time and not the current time: the time of sealing would be a timing channel.
    clock: { ...parts.clock, now: () => publication.visibleAtMs },
    audience: [job.askedBy],
    lifetimeMs: EVIDENCE_LIFETIME_MS,
    body: messages.JobResult.encode({
      jobId: job.id,
      state: ending.state,
      code,
      reason,
      outputJson,
      receipt: {
        requestHash: job.requestHash,
        outputHash,
        epoch: job.epoch,
        codeHash: publication.codeHash,
        ...publication.ranBy,
        policyHash: publication.policyHash,
        auditHead: record.hash,
        auditSequence: record.sequence,
        releasedAtMs: publication.visibleAtMs,
        requester: job.issuer,
        custody: job.custody,
        permit: job.permit ?? '',
        // The details of an end in the audit log, except the amounts that it used up.
        audit: record.proof({ opened: ending.state === 'completed' && publication.why === undefined })
      }
    })
  })
  return parts.jobs.change(draft, job, ending.state, {
    ...usedUp(publication),
    endedAtMs: publication.visibleAtMs,
    visibleAtMs: publication.visibleAtMs,
    result: toText(sealed.bytes),
    ...(code === '' ? {} : { code, reason })
  })
}

/** What the log says of an end, beside what it used up. */
function detailOf({ job, ending, policyHash, why }: Publication, outputHash: string) {
  return {
    state: ending.state,
    request: job.requestHash,
    output: outputHash,
    policy: policyHash,
    ...(job.permit === undefined ? {} : { permit: job.permit }),
    ...(why === undefined ? {} : { why })
  }
}

function usedUp({ refusals }: Publication): Pick<JobRecord, 'refusals'> {
  const used = refusals?.()
  return used === undefined ? {} : { refusals: used }
}

function whyEnded(ending: Ending): { readonly code: Code | ''; readonly reason: string } {
  if (ending.state === 'completed') return { code: '', reason: '' }
  return { code: ending.code, reason: ending.reason || CODES[ending.code].meaning }
}
