/** Allow, or refuse with a code and a reason; rules are pure, and the first refusal wins. */
import { CODES, type Code } from '@stimnet/protocol'

/** What a rule says. */
export type Decision =
  | { readonly allow: true }
  | { readonly allow: false; readonly code: Code /** Static: about the request alone. */; readonly reason: string }

/** Nothing against it. */
export const allowed: Decision = { allow: true }

/** A no; the code’s own meaning where no better reason is given. */
export function refuse(code: Code, reason: string = CODES[code].meaning): Decision {
  return { allow: false, code, reason }
}

/** Jobs that wait or run. */
export interface QueueFacts {
  readonly total: number
  readonly ofRequester: number
  /** Asked through the peer that carries this request. */
  readonly ofPeer: number
}

/** What the rules judge by; gathered before, so that no rule reads a store. */
export interface Facts {
  readonly issuer: string
  readonly askedBy: string
  readonly self: string
  readonly custody: string
  readonly open: boolean
  readonly requesters: readonly string[]
  readonly programWord: string
  readonly catalog: {
    readonly name: string
    readonly accessLevel: string
    readonly synthetic: boolean
    readonly scripts: 'auto' | 'review' | 'deny'
  }
  readonly queue: QueueFacts
  readonly queueMax: QueueFacts
}

/** Pure: facts in, decision out. */
export type Rule = (facts: Facts) => Decision

/** The first refusal, or leave to go on. */
export function decide(rules: readonly Rule[], facts: Facts): Decision {
  for (const rule of rules) {
    const decision = rule(facts)
    if (!decision.allow) return decision
  }
  return allowed
}
