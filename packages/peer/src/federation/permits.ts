/** The rule about which peers may connect and carry requests. The federation is asked at each use. */
import { isKeyId } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'
import type { Federation } from './federation.ts'

/** Whether a peer may connect now. A revocation overrides every list. */
export type Permits = (peerId: string) => boolean

/** The rule from the configured list and the current federation. */
export function permitsOf(
  { open, peers }: Pick<PeerConfig['mesh'], 'open' | 'peers'>,
  federation: Pick<Federation, 'isMember' | 'isRevoked'> | undefined
): Permits {
  const listed = new Set<string>(peers)
  return (peerId) => {
    if (federation?.isRevoked(peerId)) return false
    // With a weak key, anybody can prove to be that peer. Lists cannot name such keys, and open mode refuses them.
    if (open) return isKeyId(peerId)
    return listed.has(peerId) || (federation?.isMember(peerId) ?? false)
  }
}
