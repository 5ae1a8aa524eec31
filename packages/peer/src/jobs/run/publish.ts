/** The end of a job, in one synced batch: state, sealed result, ledgers, audit. Once stored, only these bytes are served. */
import { createHash } from 'node:crypto'
import { assertSafe, type SafeOutput } from '@stimnet/privacy'
import { type Clock, CODES, type Code, type JobState, messages, type Signer, seal } from '@stimnet/protocol'
import { toText } from '../../store/base64.ts'
import type { Database, Draft } from '../../store/database.ts'
import type { JobRecord, JobStore } from '../../store/jobs.ts'
import { EVIDENCE_LIFETIME_MS } from '../approve/evidence.ts'
import type { RanBy } from './execute.ts'

/** How a job ends: with a safe output, or with a code. */
export type Ending =
  | { readonly state: 'completed'; readonly output: SafeOutput }
  | {
      readonly state: Exclude<JobState, 'completed'>
      readonly code: Code
      /** What is said beside the code: a steward's own words, or what the question itself tells of its refusal. */
      readonly reason?: string
    }

/** A job’s end and everything its receipt says. */
export interface Publication {
  readonly job: JobRecord
  readonly ending: Ending
  readonly codeHash: string
  readonly ranBy: RanBy
  readonly policyHash: string
  readonly visibleAtMs: number
  /** Inside the single writer: what the end uses up of its scope; gives closed fields for the audit log. */
  readonly charge: (draft: Draft) => Readonly<Record<string, number>>
  /** Why disclosure withheld it: one of our own static texts, for this institution's auditors. */
  readonly why?: string
}

/** What publishing needs. */
export interface PublishParts {
  readonly clock: Clock
  readonly signer: Signer
  readonly database: Database
  readonly jobs: JobStore
}

/** Inside the single writer: seals the result with its place in the audit log and stores both. */
export async function publish(parts: PublishParts, draft: Draft, publication: Publication): Promise<JobRecord> {
  const { job, ending } = publication
  const outputJson = ending.state === 'completed' ? assertSafe(ending.output).bytes : new Uint8Array()
  const code = ending.state === 'completed' ? '' : ending.code
  const reason = ending.state === 'completed' ? '' : ending.reason || CODES[ending.code].meaning
  const outputHash = createHash('sha256').update(outputJson).digest('hex')
  const record = draft.audit({
    kind: ending.state === 'completed' ? 'release' : 'end',
    actor: parts.signer.id,
    jobId: job.id,
    // The record of a release goes out with it: the moment it was computed at stays inside, and its hour too.
    atMs: publication.visibleAtMs,
    code,
    detail: {
      state: ending.state,
      request: job.requestHash,
      output: outputHash,
      policy: publication.policyHash,
      ...publication.charge(draft),
      ...(publication.why === undefined ? {} : { why: publication.why })
    }
  })
  const sealed = await seal({
    type: 'job-result',
    signer: parts.signer,
    // The boundary, not the moment: when it was sealed is a channel too.
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
        // What withheld it is about data: only a release is opened.
        audit: record.proof({ opened: ending.state === 'completed' && publication.why === undefined })
      }
    })
  })
  return parts.jobs.change(draft, job, ending.state, {
    endedAtMs: publication.visibleAtMs,
    visibleAtMs: publication.visibleAtMs,
    result: toText(sealed),
    ...(code === '' ? {} : { code, reason })
  })
}
