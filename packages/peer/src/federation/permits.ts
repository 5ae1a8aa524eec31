/** The rule that decides which peers may connect and carry requests. The federation is queried at each use. */
import { isKeyId } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'
import type { Federation } from './federation.ts'

/** Whether a peer may connect now. A revocation overrides every list. */
export type Permits = (peerId: string) => boolean

/** The members, the revoked peers, and the withdrawn credentials of a federation. */
export type Membership = Pick<Federation, 'isMember' | 'isRevoked' | 'withdrawnAtMs'>

/** The membership of the federation, without the earlier keys of this peer: others may have these keys. */
export function membershipOf(federation: Membership | undefined, replaced: ReadonlySet<string>): Membership {
  return {
    isMember: (peerId) => !replaced.has(peerId) && (federation?.isMember(peerId) ?? false),
    isRevoked: (peerId) => replaced.has(peerId) || (federation?.isRevoked(peerId) ?? false),
    withdrawnAtMs: (institution, key) => federation?.withdrawnAtMs(institution, key)
  }
}

/** The rule, derived from the configured list and the current membership. */
export function permitsOf(
  { open, peers }: Pick<PeerConfig['mesh'], 'open' | 'peers'>,
  membership: Membership | undefined
): Permits {
  const listed = new Set<string>(peers)
  return (peerId) => {
    if (membership?.isRevoked(peerId)) return false
    // With a weak key, anybody can claim to be that peer. Lists cannot name such keys, and open mode refuses them.
    if (open) return isKeyId(peerId)
    return listed.has(peerId) || (membership?.isMember(peerId) ?? false)
  }
}
