/** The rule about which peers may connect and carry requests. The federation is asked at each use. */
import { isKeyId } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'
import type { Federation } from './federation.ts'

/** Whether a peer may connect now. A revocation overrides every list. */
export type Permits = (peerId: string) => boolean

/** Who belongs here, who was put out, and for whom institutions no longer vouch. */
export type Membership = Pick<Federation, 'isMember' | 'isRevoked' | 'withdrawnAtMs'>

/** The membership of the federation, without the keys that this peer had itself: others may have them. */
export function membershipOf(federation: Membership | undefined, replaced: ReadonlySet<string>): Membership {
  return {
    isMember: (peerId) => !replaced.has(peerId) && (federation?.isMember(peerId) ?? false),
    isRevoked: (peerId) => replaced.has(peerId) || (federation?.isRevoked(peerId) ?? false),
    withdrawnAtMs: (institution, key) => federation?.withdrawnAtMs(institution, key)
  }
}

/** The rule from the configured list and the current membership. */
export function permitsOf(
  { open, peers }: Pick<PeerConfig['mesh'], 'open' | 'peers'>,
  membership: Membership | undefined
): Permits {
  const listed = new Set<string>(peers)
  return (peerId) => {
    if (membership?.isRevoked(peerId)) return false
    // With a weak key, anybody can prove to be that peer. Lists cannot name such keys, and open mode refuses them.
    if (open) return isKeyId(peerId)
    return listed.has(peerId) || (membership?.isMember(peerId) ?? false)
  }
}
