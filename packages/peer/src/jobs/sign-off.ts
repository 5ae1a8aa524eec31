/** Gathers the facts of a request and asks the policy; it decides nothing itself. */

import { programWord } from '@stimnet/protocol'
import type { PeerConfig } from '../config.ts'
import { type Decision, decide, type Facts } from '../policy/decision.ts'
import { requesterIsListed } from '../policy/people.ts'
import { RULES } from '../policy/rules.ts'
import type { CheckedRequest } from './check.ts'
import type { JobPlan } from './validate.ts'

/** The policy’s word on a request. */
export interface SignOff {
  /** Whether this requester may ask anything here. */
  people(ask: { checked: CheckedRequest; askedBy: string }): Decision
  decide(ask: { checked: CheckedRequest; askedBy: string; plan: JobPlan }): Decision
}

/** Sign-off under one configuration. */
export function createSignOff(parts: {
  config: PeerConfig
  self: string
  waiting: (issuer: string) => { total: number; ofRequester: number }
}): SignOff {
  const { config, self } = parts
  const people = ({ checked, askedBy }: { checked: CheckedRequest; askedBy: string }) => ({
    issuer: checked.opened.issuer,
    askedBy,
    self,
    custody: checked.request.custody,
    open: config.mesh.open,
    requesters: config.requesters,
    queue: parts.waiting(checked.opened.issuer),
    queueMax: { total: config.jobs.queue_max, ofRequester: config.jobs.queue_per_requester_max }
  })
  const nothing = { name: '', accessLevel: 'public', synthetic: false, scripts: 'deny' as const }
  return {
    people: (ask) => requesterIsListed({ ...people(ask), programWord: '', catalog: nothing }),
    decide: ({ plan, ...ask }) => {
      const { config: settings, descriptor } = plan.catalog
      const facts: Facts = {
        ...people(ask),
        programWord: programWord(plan.program),
        catalog: {
          name: descriptor.name,
          accessLevel: descriptor.accessLevel,
          synthetic: descriptor.synthetic,
          // A stranger's code starts by itself only where nobody real is in the data.
          scripts: settings.scripts ?? (descriptor.synthetic ? 'auto' : 'deny')
        }
      }
      return decide(RULES, facts)
    }
  }
}
