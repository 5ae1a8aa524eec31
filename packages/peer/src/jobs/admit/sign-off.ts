/** Sign-off: gathers the facts of a request and passes them to the policy. It decides nothing itself. */
import type { CatalogConfig } from '@stimnet/data'
import { type CatalogDescriptor, programWord } from '@stimnet/protocol'
import type { SandboxGrade } from '@stimnet/sandbox'
import type { PeerConfig } from '../../config/config.ts'
import type { Permits } from '../../federation/permits.ts'
import { type Decision, decide, type Facts, type OverShare, refuse, type ScopeUse } from '../../policy/decision.ts'
import { ADMISSION_RULES, EARLY_RULES, STANDING_RULES } from '../../policy/rules.ts'
import { type CheckedRequest, isWithdrawn, type Trust } from './check.ts'
import { codeHashOf, type JobPlan } from './validate.ts'

/** The requester's key, and the institution that carries the request. */
export interface Asker {
  readonly issuer: string
  readonly askedBy: string
}

/** A request, and the peer that carried it. */
export interface Ask {
  readonly checked: CheckedRequest
  readonly askedBy: string
  /** Whether stewards have approved exactly this request. */
  readonly approved?: boolean
  /** The exceeded share of a variable; see `CatalogPrivacy.overShare`. */
  readonly overShare?: OverShare | undefined
  /** Whether the question was answered before. By default it counts as new. */
  readonly isRepeated?: boolean
}

/** The policy's decisions about a request. */
export interface SignOff {
  /** Decides before anything else in the request is read. `descriptor` is present if a catalog of that name exists. */
  early(ask: Ask, descriptor: CatalogDescriptor | undefined): Decision
  /**
   * Applies all rules except those of the queue. Called again before a job runs, because the policy may have changed while
   * the job waited.
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

/** The sources of the facts. */
interface SignOffParts {
  readonly config: PeerConfig
  readonly self: string
  readonly seats: (issuer: string, askedBy: string) => Seats
  /** Seats of the requests that wait for stewards. */
  readonly pending: (issuer: string, askedBy: string) => Seats
  /** The isolation grade of the sandbox that runs scripts here. */
  readonly sandboxGrade: SandboxGrade
  /** The image that would run a script of that language, as receipts name it. */
  readonly imageOf: (language: string) => string
  /** Whether an institution is a member of the federation now. */
  readonly isMember: (peerId: string) => boolean
  /** Time up to which affiliations of an institution for a key do not count, ms. */
  readonly withdrawnAtMs: Trust['withdrawnAtMs']
  /** Whether the people who approved a request are still stewards. */
  readonly stillAgreed: (requestHash: string) => boolean
  /** Whether a peer may connect now. */
  readonly permits: Permits
  /** Whether a witness has attested more records of this peer's log than exist. */
  readonly isLogBehind: () => boolean
  /** The used amounts of a request's ledger scope. */
  readonly use: (plan: JobPlan, asker: Asker, isRepeated: boolean) => ScopeUse
}

/** Creates the sign-off of one configuration. */
export function createSignOff(parts: SignOffParts): SignOff {
  return {
    early: (ask, descriptor) => {
      // A private catalog must look like a missing catalog to other peers, even in the way in which it is refused.
      const isHidden = descriptor?.accessLevel === 'private' && ask.askedBy !== parts.self
      const decision = decide(EARLY_RULES, factsOf(parts, ask, isHidden ? undefined : descriptor))
      return decision.allow && isHidden ? refuse('CATALOG_UNKNOWN') : decision
    },
    standing: (ask, plan) => {
      const approved = ask.approved === true && parts.stillAgreed(ask.checked.opened.hash)
      return decide(STANDING_RULES, factsOf(parts, { ...ask, approved }, plan.catalog.descriptor, plan))
    },
    decide: (ask, plan) => decide(ADMISSION_RULES, factsOf(parts, ask, plan.catalog.descriptor, plan))
  }
}

function factsOf(
  parts: SignOffParts,
  { checked, askedBy, approved, overShare, isRepeated = false }: Ask,
  descriptor: CatalogDescriptor | undefined,
  plan?: JobPlan
): Facts {
  const { config, self } = parts
  const settings = config.catalogs.find(({ name }) => name === descriptor?.name)
  return {
    issuer: checked.opened.issuer,
    askedBy,
    carrierMayConnect: askedBy === self || parts.permits(askedBy),
    vouchedBy: checked.affiliations
      .filter((affiliation) => !isWithdrawn(affiliation, parts))
      .map(({ institution }) => ({ institution, isMember: parts.isMember(institution) })),
    visas: checked.visas,
    self,
    custody: checked.request.custody,
    open: config.mesh.open,
    requesters: settings?.requesters ?? config.requesters,
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
    isLogBehind: parts.isLogBehind(),
    overShare,
    programWord: plan ? programWord(plan.program) : '',
    sandboxGrade: parts.sandboxGrade,
    catalog: catalogFacts(settings, descriptor, plan),
    ...(plan?.program.kind === 'script'
      ? {
          codeHash: codeHashOf(plan.program),
          image: parts.imageOf(plan.program.language),
          bringsFiles: plan.uploads.length > 0
        }
      : {}),
    ...(plan?.review ? { review: plan.review } : {}),
    ...(plan
      ? {
          project: plan.project,
          use: parts.use(plan, { issuer: checked.opened.issuer, askedBy }, isRepeated)
        }
      : {})
  }
}

/** The facts about a catalog. `settings` are those of the current configuration; the plan has those with which it was made. */
function catalogFacts(
  settings: CatalogConfig | undefined,
  descriptor: CatalogDescriptor | undefined,
  plan: JobPlan | undefined
): Facts['catalog'] {
  const own = plan?.catalog.config
  return {
    name: descriptor?.name ?? '',
    accessLevel: descriptor?.accessLevel ?? 'public',
    synthetic: descriptor?.synthetic ?? false,
    // By default, a script runs without a steward's review only on synthetic data.
    scripts: own?.scripts ?? (descriptor?.synthetic ? 'auto' : 'review'),
    ...(own?.data_use ? { dataUse: own.data_use } : {}),
    controlledAccess: settings?.controlled_access ?? [],
    codeHashes: own?.code_hashes ?? [],
    ...(own?.images ? { images: own.images } : {}),
    refuses: own?.refuse_programs_that ?? [],
    ...(own?.sandbox_grade_min ? { sandboxGradeMin: own.sandbox_grade_min } : {}),
    ...(own?.privacy?.projects ? { projects: own.privacy.projects } : {})
  }
}
