/** Sign-off: gathers the facts of a request and passes them to the policy. It decides nothing itself. */
import { type CatalogDescriptor, programWord } from '@stimnet/protocol'
import type { SandboxGrade } from '@stimnet/sandbox'
import type { PeerConfig } from '../../config/config.ts'
import type { Permits } from '../../federation/permits.ts'
import { type Decision, decide, type Facts, refuse, type ScopeUse } from '../../policy/decision.ts'
import { ADMISSION_RULES, EARLY_RULES, STANDING_RULES } from '../../policy/rules.ts'
import type { CheckedRequest } from './check.ts'
import type { Asker } from '../release/meters.ts'
import { codeHashOf, type JobPlan } from './validate.ts'

/** A request, and the peer that carried it. */
export interface Ask {
  readonly checked: CheckedRequest
  readonly askedBy: string
  /** Stewards have approved exactly this request. */
  readonly approved?: boolean
}

/** The policy's decisions about a request. */
export interface SignOff {
  /** Decides before anything else in the request is looked at. `descriptor` is present where a catalog of that name exists. */
  early(ask: Ask, descriptor: CatalogDescriptor | undefined): Decision
  /**
   * Applies all rules except those of the queue. Called again before a job runs, since the policy may have changed
   * while it waited.
   */
  standing(ask: Ask, plan: JobPlan): Decision
  decide(ask: Ask, plan: JobPlan): Decision
}

/** Seats taken in the queue: in total, by this requester, and through this peer. */
export interface Seats {
  readonly total: number
  readonly ofRequester: number
  readonly ofPeer: number
}

/** Creates the sign-off of one configuration. */
export function createSignOff(parts: {
  config: PeerConfig
  self: string
  seats: (issuer: string, askedBy: string) => Seats
  /** Seats of the requests that wait for stewards. */
  pending: (issuer: string, askedBy: string) => Seats
  /** The isolation grade of the sandbox that runs scripts here. */
  sandboxGrade: SandboxGrade
  /** The image that would run a script of that language, as receipts name it. */
  imageOf: (language: string) => string
  /** Whether an institution is a member of the federation now. */
  isMember: (peerId: string) => boolean
  /** Whether those who approved a request are still stewards. */
  stillAgreed: (requestHash: string) => boolean
  /** Whether a peer may connect now. */
  permits: Permits
  /** What the ledger scope of a request has used up. */
  use: (plan: JobPlan, asker: Asker) => ScopeUse
}): SignOff {
  const { config, self } = parts
  const settingsOf = (descriptor: CatalogDescriptor | undefined) =>
    config.catalogs.find(({ name }) => name === descriptor?.name)
  const facts = (
    { checked, askedBy, approved }: Ask,
    descriptor: CatalogDescriptor | undefined,
    plan?: JobPlan
  ): Facts => ({
    issuer: checked.opened.issuer,
    askedBy,
    carrierMayConnect: askedBy === self || parts.permits(askedBy),
    vouchedBy: checked.affiliations.map(({ institution }) => ({ institution, isMember: parts.isMember(institution) })),
    visas: checked.visas,
    self,
    custody: checked.request.custody,
    open: config.mesh.open,
    requesters: settingsOf(descriptor)?.requesters ?? config.requesters,
    queue: parts.seats(checked.opened.issuer, askedBy),
    queueMax: {
      total: config.jobs.queue_max,
      ofRequester: config.jobs.queue_per_requester_max,
      ofPeer: Math.ceil(config.jobs.queue_max / 2)
    },
    pending: parts.pending(checked.opened.issuer, askedBy),
    pendingMax: {
      total: config.approvals.pending_max,
      ofRequester: config.jobs.queue_per_requester_max,
      ofPeer: Math.ceil(config.approvals.pending_max / 2)
    },
    purpose: checked.request.purpose,
    asksForPeople: checked.request.review,
    approved: approved ?? false,
    programWord: plan ? programWord(plan.program) : '',
    sandboxGrade: parts.sandboxGrade,
    catalog: {
      name: descriptor?.name ?? '',
      accessLevel: descriptor?.accessLevel ?? 'public',
      synthetic: descriptor?.synthetic ?? false,
      // By default, a script runs without a steward's review only on synthetic data.
      scripts: plan?.catalog.config.scripts ?? (descriptor?.synthetic ? 'auto' : 'review'),
      ...(plan?.catalog.config.data_use ? { dataUse: plan.catalog.config.data_use } : {}),
      controlledAccess: settingsOf(descriptor)?.controlled_access ?? [],
      codeHashes: plan?.catalog.config.code_hashes ?? [],
      ...(plan?.catalog.config.images ? { images: plan.catalog.config.images } : {}),
      refuses: plan?.catalog.config.refuse_programs_that ?? [],
      ...(plan?.catalog.config.sandbox_grade_min ? { sandboxGradeMin: plan.catalog.config.sandbox_grade_min } : {}),
      ...(plan?.catalog.config.privacy?.projects ? { projects: plan.catalog.config.privacy.projects } : {})
    },
    ...(plan?.program.kind === 'script'
      ? {
          codeHash: codeHashOf(plan.program),
          image: parts.imageOf(plan.program.language),
          bringsFiles: plan.uploads.length > 0
        }
      : {}),
    ...(plan?.review ? { review: plan.review } : {}),
    ...(plan ? { project: plan.project, use: parts.use(plan, { issuer: checked.opened.issuer, askedBy }) } : {})
  })
  return {
    early: (ask, descriptor) => {
      // A private catalog must look like a missing one to other peers, even by the way in which it refuses.
      const isHidden = descriptor?.accessLevel === 'private' && ask.askedBy !== self
      const decision = decide(EARLY_RULES, facts(ask, isHidden ? undefined : descriptor))
      return decision.allow && isHidden ? refuse('CATALOG_UNKNOWN') : decision
    },
    standing: (ask, plan) => {
      const approved = ask.approved === true && parts.stillAgreed(ask.checked.opened.hash)
      return decide(STANDING_RULES, facts({ ...ask, approved }, plan.catalog.descriptor, plan))
    },
    decide: (ask, plan) => decide(ADMISSION_RULES, facts(ask, plan.catalog.descriptor, plan))
  }
}
