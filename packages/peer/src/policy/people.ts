/** Rules about requesters: listed keys, people whose listed institution vouches for them, and accounts of listed gateways. */
import { isWantedRole } from '@stimnet/protocol'
import { allowed, type Facts, type Rule, refuse } from './decision.ts'

/**
 * REQUESTER_NOT_PERMITTED for a key that is not listed, has no affiliation of a trusted institution, and does not come
 * through a listed gateway. For a catalog under controlled access: for every key without a grant.
 */
export const requesterIsListed: Rule = (facts) => {
  if (facts.catalog.controlledAccess.length > 0) return hasGrant(facts) ? allowed : refuseWithoutGrant(facts)
  if (facts.open || isAmong(facts, facts.requesters)) return allowed
  return refuse(
    'REQUESTER_NOT_PERMITTED',
    `The key ${facts.issuer} is not among the requesters of this peer${facts.custody === 'gateway' ? forAccounts(facts) : FOR_OWN_KEY}`
  )
}

/** Whether a list of requesters names the requester: by key, by gateway, by an institution that vouches, or by role. */
export function isAmong(facts: Facts, entries: readonly string[]): boolean {
  if (entries.includes(facts.issuer)) return true
  if (facts.custody === 'gateway' && gatewayIsListed(facts, entries)) return true
  return facts.vouchedBy.some((voucher) => isTrusted(entries, voucher)) || hasRole(facts, entries)
}

/** The ways to permit an account. A credential is not one of them, because it is about a key with which its holder signs. */
function forAccounts({ askedBy, self }: Facts): string {
  const entry = askedBy === self ? 'gateway:self' : `gateway:${askedBy}`
  return (
    `. A gateway signs with it for an account, and is not listed here as ${entry}; no credential counts for an account. ` +
    `Either the steward here adds ${entry} to requesters, which permits every account of that gateway, or the researcher ` +
    'signs with a key of their own (stimnet key) for which their institution vouches (stimnet vouch KEY).'
  )
}

const FOR_OWN_KEY =
  ', and nobody whom it trusts vouches for it. Either an institution that is listed here (affiliation:PEERID, or affiliation:members ' +
  'for every member) vouches for it (stimnet vouch KEY), or the steward here adds the key to requesters.'

/** PEER_NOT_PERMITTED if the carrying peer was removed from the federation while the request waited. */
export const carrierBelongs: Rule = ({ carrierMayConnect }) =>
  carrierMayConnect ? allowed : refuse('PEER_NOT_PERMITTED')

/** Whether this list of requesters trusts the voucher. Lists of other catalogs do not count. */
function isTrusted(requesters: readonly string[], { institution, isMember }: Facts['vouchedBy'][number]): boolean {
  return requesters.includes(`affiliation:${institution}`) || (isMember && requesters.includes('affiliation:members'))
}

/**
 * Whether a visa gives a listed role. The role must be asserted by an official or a system, because a visa may also repeat
 * what its holder claims.
 */
function hasRole({ visas }: Facts, requesters: readonly string[]): boolean {
  const roles = visas.filter(({ type, by }) => type === 'AffiliationAndRole' && (by === 'so' || by === 'system'))
  return roles.some(({ value }) => requesters.some((entry) => isWantedRole(entry, value)))
}

/** Whether a visa grants access, asserted by a data access committee or by a signing official. */
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

/**
 * Whether the carrying peer is a listed gateway. A gateway is believed about its accounts only over its own connection, on
 * which Noise proves its PeerId.
 */
function gatewayIsListed({ askedBy, self }: Facts, requesters: readonly string[]): boolean {
  return (askedBy === self && requesters.includes('gateway:self')) || requesters.includes(`gateway:${askedBy}`)
}
