/** Gathers the facts of a request and asks the policy; it decides nothing itself. */
import { type CatalogDescriptor, programWord } from '@stimnet/protocol'
import type { SandboxGrade } from '@stimnet/sandbox'
import type { PeerConfig } from '../../config/config.ts'
import type { Permits } from '../../federation/permits.ts'
import { type Decision, decide, type Facts, refuse, type ScopeUse } from '../../policy/decision.ts'
import { ADMISSION_RULES, EARLY_RULES, STANDING_RULES } from '../../policy/rules.ts'
import type { CheckedRequest } from './check.ts'
import type { Asker } from '../release/meters.ts'
import { codeHashOf, type JobPlan } from './validate.ts'

/** Who asks, through whom. */
export interface Ask {
  readonly checked: CheckedRequest
  readonly askedBy: string
  /** Stewards have agreed to exactly this. */
  readonly approved?: boolean
}

/** The policy’s word on a request. */
export interface SignOff {
  /** Before anything of the request is looked into; `descriptor` where there is a catalog of that name. */
  early(ask: Ask, descriptor: CatalogDescriptor | undefined): Decision
  /** Everything but the queue: asked again before a job runs, since it may have waited through a change of policy. */
  standing(ask: Ask, plan: JobPlan): Decision
  decide(ask: Ask, plan: JobPlan): Decision
}

/** Seats taken in the queue. */
export interface Seats {
  readonly total: number
  readonly ofRequester: number
  readonly ofPeer: number
}

/** Sign-off under one configuration. */
export function createSignOff(parts: {
  config: PeerConfig
  self: string
  seats: (issuer: string, askedBy: string) => Seats
  /** Requests that wait for people. */
  pending: (issuer: string, askedBy: string) => Seats
  /** Of the sandbox that runs scripts here. */
  sandboxGrade: SandboxGrade
  /** What would run a script in that language, as receipts name it. */
  imageOf: (language: string) => string
  /** Whether an institution belongs to the federation now. */
  isMember: (peerId: string) => boolean
  /** Whether those who agreed to a request are stewards still. */
  stillAgreed: (requestHash: string) => boolean
  /** Whether a peer may connect now. */
  permits: Permits
  /** What the ledger scope of a request has used. */
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
      // A stranger's code starts by itself only where nobody real is in the data.
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
      // Not even how a private catalog refuses may tell a stranger that it exists.
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
