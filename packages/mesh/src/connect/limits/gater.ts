/** The connection gater: decides before dialling, and again right after Noise has proved the PeerId of the other side. */
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { Discipline } from './discipline.ts'
import type { Doorway } from './doorway.ts'

/** What decides besides `permits`. */
export interface Gate {
  /** Called for each incoming peer that proved its PeerId and is not permitted. */
  readonly denied?: (peerId: string) => void
  readonly discipline?: Discipline
  readonly door?: Doorway
  /** Denies every dial. */
  readonly answersOnly?: boolean
}

/** A gater that accepts only peers for which `permits` is true; a rule that throws does not permit. */
export function gaterOf(
  permits: (peerId: string) => boolean,
  { denied, discipline, door, answersOnly = false }: Gate = {}
): ConnectionGater {
  const denies = (peerId: PeerId): boolean =>
    !isPermitted(permits, peerId.toString()) || (discipline?.isShutOut(peerId.toString()) ?? false)
  // The permit may have gone while the muxer was agreed on.
  const deniesAtLast = (peerId: PeerId, connection: MultiaddrConnection): boolean => {
    const isDenied = denies(peerId)
    if (!isDenied) door?.welcomes(peerId.toString(), connection)
    return isDenied
  }
  return {
    denyInboundConnection: (connection) => {
      door?.begins(connection)
      return false
    },
    denyDialPeer: (peerId) => answersOnly || denies(peerId),
    denyDialMultiaddr: () => answersOnly,
    // For an address without a PeerId, the peer is known only now.
    denyOutboundEncryptedConnection: denies,
    denyInboundEncryptedConnection: (peerId) => {
      const isDenied = denies(peerId)
      if (isDenied) denied?.(peerId.toString())
      return isDenied
    },
    denyOutboundUpgradedConnection: deniesAtLast,
    denyInboundUpgradedConnection: deniesAtLast
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
