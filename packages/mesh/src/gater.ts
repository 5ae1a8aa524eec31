/** Who gets in: asked before dialling, and right after Noise has proved who is there. */
import type { ConnectionGater, PeerId } from '@libp2p/interface'

/** A permit that throws is no permit. */
export function gaterOf(permits: (peerId: string) => boolean): ConnectionGater {
  const denies = (peerId: PeerId): boolean => !isPermitted(permits, peerId.toString())
  return {
    denyDialPeer: denies,
    // An address without a PeerId shows only now whose it is.
    denyOutboundEncryptedConnection: denies,
    denyInboundEncryptedConnection: denies,
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
