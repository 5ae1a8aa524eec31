/** The connection gater: decides before dialling, and again right after Noise has proved the PeerId of the other side. */
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Discipline } from './discipline.ts'
import type { Doorway } from './doorway.ts'

/** The inputs of the decision besides `permits`. */
export interface Gate {
  /** Called for each incoming peer that proved its PeerId and is not permitted. */
  readonly denied?: (peerId: string) => void
  readonly discipline?: Discipline
  readonly door?: Doorway
  /** Whether this peer relays for others. `Hops` decides how much. */
  readonly relays?: boolean
  /** Whether an address may be dialled; see `ToldAddresses`. */
  readonly isDialable?: (address: Multiaddr) => boolean
  /** Whether a PeerId is this peer's own. */
  readonly isSelf?: (peerId: string) => boolean
  /** Denies every dial. */
  readonly answersOnly?: boolean
}

/** A gater that accepts only peers for which `permits` is true. If the rule throws, the peer is not permitted. */
export function gaterOf(
  permits: (peerId: string) => boolean,
  {
    denied,
    discipline,
    door,
    relays = false,
    isDialable = () => true,
    isSelf = () => false,
    answersOnly = false
  }: Gate = {}
): ConnectionGater {
  const denies = (peerId: PeerId): boolean =>
    !isPermitted(permits, peerId.toString()) || (discipline?.isShutOut(peerId.toString()) ?? false)
  // The permission may have been withdrawn while the muxer was negotiated.
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
    denyDialMultiaddr: (address) => answersOnly || !isDialable(address),
    // Addresses reported by others are not stored unless they may be dialled. This peer's own addresses are always stored.
    filterMultiaddrForPeer: (peerId, address) => isSelf(peerId.toString()) || isDialable(address),
    // For an address without a PeerId, the peer becomes known only at this point.
    denyOutboundEncryptedConnection: denies,
    denyInboundEncryptedConnection: (peerId) => {
      const isDenied = denies(peerId)
      if (isDenied) denied?.(peerId.toString())
      return isDenied
    },
    denyOutboundUpgradedConnection: deniesAtLast,
    denyInboundUpgradedConnection: deniesAtLast,
    // For a relay: both ends must be permitted here, even if a permission was withdrawn after they connected.
    denyInboundRelayReservation: (peerId) => !relays || denies(peerId),
    denyOutboundRelayedConnection: (from, to) => !relays || denies(from) || denies(to),
    // When reached through a relay: the dialler's PeerId is only what the relay says. It is checked here, and again once Noise
    // has proved it, as on any connection.
    denyInboundRelayedConnection: (relay, from) => denies(relay) || denies(from)
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
