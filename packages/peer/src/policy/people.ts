/** Who may ask: listed keys, and accounts of listed gateways. */
import { allowed, type Facts, type Rule, refuse } from './decision.ts'

/** REQUESTER_NOT_PERMITTED for a key that neither is listed nor comes through a listed gateway. */
export const requesterIsListed: Rule = (facts) => {
  if (facts.open || facts.requesters.includes(facts.issuer)) return allowed
  if (facts.custody === 'gateway' && gatewayIsListed(facts)) return allowed
  return refuse('REQUESTER_NOT_PERMITTED', `The key ${facts.issuer} is not among the requesters of this peer.`)
}

/** A gateway speaks for its accounts only over its own connection: the PeerId of it is proved by Noise. */
function gatewayIsListed(facts: Facts): boolean {
  const own = facts.askedBy === facts.self && facts.requesters.includes('gateway:self')
  return own || facts.requesters.includes(`gateway:${facts.askedBy}`)
}
