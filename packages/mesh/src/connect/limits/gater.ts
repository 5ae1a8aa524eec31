/** The connection gater: decides before dialling, and again right after Noise has proved the PeerId of the other side. */
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Discipline } from './discipline.ts'
import type { Doorway } from './doorway.ts'

/** What decides besides `permits`. */
export interface Gate {
  /** Called for each incoming peer that proved its PeerId and is not permitted. */
  readonly denied?: (peerId: string) => void
  readonly discipline?: Discipline
  readonly door?: Doorway
  /** Whether this peer relays for others. How much, is decided by `Hops`. */
  readonly relays?: boolean
  /** Whether an address may be dialled; see `ToldAddresses`. */
  readonly isDialable?: (address: Multiaddr) => boolean
  /** Whether a PeerId is this peer's own. */
  readonly isSelf?: (peerId: string) => boolean
  /** Denies every dial. */
  readonly answersOnly?: boolean
}

/** A gater that accepts only peers for which `permits` is true; a rule that throws does not permit. */
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
    denyDialMultiaddr: (address) => answersOnly || !isDialable(address),
    // What others tell is not even kept. This peer's own addresses are kept beside them.
    filterMultiaddrForPeer: (peerId, address) => isSelf(peerId.toString()) || isDialable(address),
    // For an address without a PeerId, the peer is known only now.
    denyOutboundEncryptedConnection: denies,
    denyInboundEncryptedConnection: (peerId) => {
      const isDenied = denies(peerId)
      if (isDenied) denied?.(peerId.toString())
      return isDenied
    },
    denyOutboundUpgradedConnection: deniesAtLast,
    denyInboundUpgradedConnection: deniesAtLast,
    // As a relay: both ends must be permitted here, also where a permit has gone since they connected.
    denyInboundRelayReservation: (peerId) => !relays || denies(peerId),
    denyOutboundRelayedConnection: (from, to) => !relays || denies(from) || denies(to),
    // As the end that is reached: what a relay claims is checked here, and as on any connection once Noise has proved it.
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
