/** Who may ask: listed keys, people for whom a listed institution vouches, and accounts of listed gateways. */
import { allowed, type Facts, type Rule, refuse } from './decision.ts'

/** REQUESTER_NOT_PERMITTED for a key that is not listed, is not vouched for and does not come through a listed gateway. */
export const requesterIsListed: Rule = (facts) => {
  if (facts.open || facts.requesters.includes(facts.issuer)) return allowed
  if (facts.custody === 'gateway' && gatewayIsListed(facts)) return allowed
  if (facts.vouchedBy.some((institution) => isTrusted(facts, institution))) return allowed
  return refuse(
    'REQUESTER_NOT_PERMITTED',
    `The key ${facts.issuer} is not among the requesters of this peer, and no institution that it trusts vouches for it.`
  )
}

/** Only institutions that were trusted when the request was checked are among those that vouch. */
function isTrusted({ requesters }: Facts, institution: string): boolean {
  return requesters.includes(`affiliation:${institution}`) || requesters.includes('affiliation:members')
}

/** A gateway speaks for its accounts only over its own connection: the PeerId of it is proved by Noise. */
function gatewayIsListed(facts: Facts): boolean {
  const own = facts.askedBy === facts.self && facts.requesters.includes('gateway:self')
  return own || facts.requesters.includes(`gateway:${facts.askedBy}`)
}
