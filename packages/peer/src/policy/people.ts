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
  if (facts.vouchedBy.some((voucher) => isTrusted(facts, voucher)) || hasRole(facts)) return allowed
  return refuse(
    'REQUESTER_NOT_PERMITTED',
    `The key ${facts.issuer} is not among the requesters of this peer, and nobody whom it trusts vouches for it.`
  )
}

/** PEER_NOT_PERMITTED where the peer that brought the request was put out of the federation while it waited. */
export const carrierBelongs: Rule = ({ carrierMayConnect }) =>
  carrierMayConnect ? allowed : refuse('PEER_NOT_PERMITTED')

/** Of this list: that another catalog's list names an institution says nothing here. */
function isTrusted({ requesters }: Facts, { institution, isMember }: Facts['vouchedBy'][number]): boolean {
  return requesters.includes(`affiliation:${institution}`) || (isMember && requesters.includes('affiliation:members'))
}

/** Said by somebody else than the person: a visa may also repeat what its holder says of themselves. */
function hasRole({ requesters, visas }: Facts): boolean {
  const roles = visas.filter(({ type, by }) => type === 'AffiliationAndRole' && (by === 'so' || by === 'system'))
  return roles.some(({ value }) => requesters.some((entry) => isWantedRole(entry, value)))
}

/** Decided by a data access committee, or a signing official for it. */
function hasGrant({ catalog, visas }: Facts): boolean {
  const grants = visas.filter(({ type, by }) => type === 'ControlledAccessGrants' && (by === 'dac' || by === 'so'))
  return grants.some(({ value }) => catalog.controlledAccess.includes(value))
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
