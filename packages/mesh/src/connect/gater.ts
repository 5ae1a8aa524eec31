/** The connection gater: decides before dialling, and again right after Noise has proved the PeerId of the other side. */
import type { ConnectionGater, PeerId } from '@libp2p/interface'
import type { Discipline } from './discipline.ts'

/**
 * A gater that accepts only peers for which `permits` is true; a rule that throws does not permit. `denied` is called for each
 * incoming peer that proved its PeerId and is not permitted.
 */
export function gaterOf(
  permits: (peerId: string) => boolean,
  denied: (peerId: string) => void = () => undefined,
  discipline?: Discipline
): ConnectionGater {
  const denies = (peerId: PeerId): boolean =>
    !isPermitted(permits, peerId.toString()) || (discipline?.isShutOut(peerId.toString()) ?? false)
  return {
    // Checked before Noise, because a handshake costs this side more than it costs the other side to request one.
    denyInboundConnection: ({ remoteAddr }) => discipline?.isCrowding(hostOf(remoteAddr.toString())) ?? false,
    denyDialPeer: denies,
    // For an address without a PeerId, the peer is known only now.
    denyOutboundEncryptedConnection: denies,
    denyInboundEncryptedConnection: (peerId) => {
      const isDenied = denies(peerId)
      if (isDenied) denied(peerId.toString())
      return isDenied
    },
    // The permission may have been withdrawn while the muxer was negotiated.
    denyOutboundUpgradedConnection: denies,
    denyInboundUpgradedConnection: denies
  }
}

/** Whether connections with a PeerId are permitted; false if the rule throws. */
export function isPermitted(permits: (peerId: string) => boolean, peerId: string): boolean {
  try {
    return permits(peerId) === true
  } catch {
    return false
  }
}

/** The address without its port, so that all connections from one host are counted together. */
function hostOf(address: string): string {
  return address.split('/').slice(0, 3).join('/')
}
