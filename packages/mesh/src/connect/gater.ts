/** Who gets in: asked before dialling, and right after Noise has proved who is there. */
import type { ConnectionGater, PeerId } from '@libp2p/interface'
import type { Discipline } from './discipline.ts'

/** A permit that throws is no permit. `denied` is told of each peer that proved who it is and may not come in. */
export function gaterOf(
  permits: (peerId: string) => boolean,
  denied: (peerId: string) => void = () => undefined,
  discipline?: Discipline
): ConnectionGater {
  const denies = (peerId: PeerId): boolean =>
    !isPermitted(permits, peerId.toString()) || (discipline?.isShutOut(peerId.toString()) ?? false)
  return {
    // Before Noise: a handshake costs more than it costs to ask for one.
    denyInboundConnection: ({ remoteAddr }) => discipline?.isCrowding(hostOf(remoteAddr.toString())) ?? false,
    denyDialPeer: denies,
    // An address without a PeerId shows only now whose it is.
    denyOutboundEncryptedConnection: denies,
    denyInboundEncryptedConnection: (peerId) => {
      const isDenied = denies(peerId)
      if (isDenied) denied(peerId.toString())
      return isDenied
    },
    // The permit may have gone while the muxer was agreed on.
    denyOutboundUpgradedConnection: denies,
    denyInboundUpgradedConnection: denies
  }
}

/** Whether a PeerId may be connected to; a rule that throws is a no. */
export function isPermitted(permits: (peerId: string) => boolean, peerId: string): boolean {
  try {
    return permits(peerId) === true
  } catch {
    return false
  }
}

/** The address without its port, so that each connection is not somebody new. */
function hostOf(address: string): string {
  return address.split('/').slice(0, 3).join('/')
}
