/** Who may ask: listed keys, people for whom somebody listed vouches, and accounts of listed gateways. */
import { isWantedRole } from '@stimnet/protocol'
import { allowed, type Facts, type Rule, refuse } from './decision.ts'

/**
 * REQUESTER_NOT_PERMITTED for a key that is not listed, is not vouched for and does not come through a listed gateway; of a
 * catalog under controlled access for every key without a grant.
 */
export const requesterIsListed: Rule = (facts) => {
  if (facts.catalog.controlledAccess.length > 0) return hasGrant(facts) ? allowed : refuseWithoutGrant(facts)
  if (facts.open || facts.requesters.includes(facts.issuer)) return allowed
  if (facts.custody === 'gateway' && gatewayIsListed(facts)) return allowed
  if (facts.vouchedBy.some((institution) => isTrusted(facts, institution)) || hasRole(facts)) return allowed
  return refuse(
    'REQUESTER_NOT_PERMITTED',
    `The key ${facts.issuer} is not among the requesters of this peer, and nobody whom it trusts vouches for it.`
  )
}

/** Only institutions that were trusted when the request was checked are among those that vouch. */
function isTrusted({ requesters }: Facts, institution: string): boolean {
  return requesters.includes(`affiliation:${institution}`) || requesters.includes('affiliation:members')
}

function hasRole({ requesters, visas }: Facts): boolean {
  const roles = visas.filter(({ type }) => type === 'AffiliationAndRole')
  return roles.some(({ value }) => requesters.some((entry) => isWantedRole(entry, value)))
}

function hasGrant({ catalog, visas }: Facts): boolean {
  return visas.some(({ type, value }) => type === 'ControlledAccessGrants' && catalog.controlledAccess.includes(value))
}

function refuseWithoutGrant({ catalog }: Facts) {
  const datasets = catalog.controlledAccess.join(' or ')
  return refuse(
    'REQUESTER_NOT_PERMITTED',
    `${catalog.name} is under controlled access: send a ControlledAccessGrants visa for ${datasets}, of an issuer known here.`
  )
}

/** A gateway speaks for its accounts only over its own connection: the PeerId of it is proved by Noise. */
function gatewayIsListed(facts: Facts): boolean {
  const own = facts.askedBy === facts.self && facts.requesters.includes('gateway:self')
  return own || facts.requesters.includes(`gateway:${facts.askedBy}`)
}
