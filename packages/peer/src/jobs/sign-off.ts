/** Gathers the facts of a request and asks the policy; it decides nothing itself. */
import { type CatalogDescriptor, programWord } from '@stimnet/protocol'
import type { PeerConfig } from '../config.ts'
import { type Decision, decide, type Facts } from '../policy/decision.ts'
import { ADMISSION_RULES, EARLY_RULES, STANDING_RULES } from '../policy/rules.ts'
import type { CheckedRequest } from './check.ts'
import type { JobPlan } from './validate.ts'

/** Who asks, through whom. */
export interface Ask {
  readonly checked: CheckedRequest
  readonly askedBy: string
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
}): SignOff {
  const { config, self } = parts
  const facts = ({ checked, askedBy }: Ask, descriptor: CatalogDescriptor | undefined, plan?: JobPlan): Facts => ({
    issuer: checked.opened.issuer,
    askedBy,
    self,
    custody: checked.request.custody,
    open: config.mesh.open,
    requesters: config.requesters,
    queue: parts.seats(checked.opened.issuer, askedBy),
    queueMax: {
      total: config.jobs.queue_max,
      ofRequester: config.jobs.queue_per_requester_max,
      ofPeer: Math.ceil(config.jobs.queue_max / 2)
    },
    programWord: plan ? programWord(plan.program) : '',
    catalog: {
      name: descriptor?.name ?? '',
      accessLevel: descriptor?.accessLevel ?? 'public',
      synthetic: descriptor?.synthetic ?? false,
      // A stranger's code starts by itself only where nobody real is in the data.
      scripts: plan?.catalog.config.scripts ?? (descriptor?.synthetic ? 'auto' : 'deny')
    }
  })
  return {
    early: (ask, descriptor) => decide(EARLY_RULES, facts(ask, descriptor)),
    standing: (ask, plan) => decide(STANDING_RULES, facts(ask, plan.catalog.descriptor, plan)),
    decide: (ask, plan) => decide(ADMISSION_RULES, facts(ask, plan.catalog.descriptor, plan))
  }
}
