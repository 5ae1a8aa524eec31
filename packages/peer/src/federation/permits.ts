/** Rules of who may connect to this peer and carry requests to it, asked of the federation at each use. */
import { isKeyId } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'
import type { Federation } from './federation.ts'

/** Whether a peer may connect now. A revocation wins over every list. */
export type Permits = (peerId: string) => boolean

/** By the configured list and the federation as it is when it is asked. */
export function permitsOf(
  { open, peers }: Pick<PeerConfig['mesh'], 'open' | 'peers'>,
  federation: Pick<Federation, 'isMember' | 'isRevoked'> | undefined
): Permits {
  const listed = new Set<string>(peers)
  return (peerId) => {
    if (federation?.isRevoked(peerId)) return false
    // Under a weak key anybody can prove to be that peer: no list can name one, and an open door takes none.
    if (open) return isKeyId(peerId)
    return listed.has(peerId) || (federation?.isMember(peerId) ?? false)
  }
}
