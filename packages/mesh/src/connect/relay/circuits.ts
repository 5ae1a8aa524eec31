/**
 * Connections through relays: dialling through a relay, and being reached through the relays at which this peer has a
 * reservation.
 */
import { circuitRelayTransport, RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, PeerId, Stream, Transport } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '@stimnet/protocol'
import { Arrivals } from './arrivals.ts'

/** The protocol that a relay serves. */
export const RELAY_PROTOCOL = RELAY_V2_HOP_CODEC
/** Maximum number of connections through one relay that others opened. A connection to a relay has room for 256 streams. */
const ARRIVING_MAX = 240

/**
 * Tells the library that every relay is already known. Otherwise the library would probe each relay and interfere with
 * reservations.
 */
const KNOWS_ALL = { has: () => true, add: () => undefined, remove: () => undefined }

type Components = Parameters<ReturnType<typeof circuitRelayTransport>>[0]

/** Members of the library's transport that are not in its interface. */
interface CircuitTransport extends Transport {
  onStop(stream: Stream, connection: Connection): Promise<void>
  readonly reservationStore: EventTarget & {
    relayFilter: { has(peer: Uint8Array): boolean; add(peer: Uint8Array): void }
    addRelay(relay: PeerId, kind: 'configured'): Promise<unknown>
    hasReservation(relay: PeerId): boolean
  }
}

/** Whether an address leads through a relay. */
export function isRelayed(address: { toString(): string }): boolean {
  return address.toString().includes('/p2p-circuit')
}

/** The PeerId in the address of a relay. Throws for an address without a PeerId. */
export function relayOf(address: string): PeerId {
  const last = multiaddr(address).getComponents().at(-1)
  if (last?.name !== 'p2p' || last.value === undefined || isRelayed(address)) throw new Error('no PeerId of a relay')
  return peerIdFromString(last.value)
}

/** The circuit transport of a node, with the reservations of this peer. */
export class Circuits {
  readonly #relays: readonly { readonly id: PeerId; readonly address: string }[]
  readonly #arrivals: Arrivals
  #self = ''
  #transport: CircuitTransport | undefined

  /** `relays` are multiaddrs with PeerIds. These addresses are announced to others, never the addresses that a relay reports. */
  constructor(relays: readonly string[], clock: Clock) {
    this.#arrivals = new Arrivals(clock)
    this.#relays = relays.map((address) => ({ id: relayOf(address), address }))
  }

  /** Creates the transport. Call it once. */
  transport(components: Components): Transport {
    const transport = circuitRelayTransport({
      maxInboundStopStreams: ARRIVING_MAX,
      discoveryFilter: KNOWS_ALL,
      // The library silently drops reservations that wait in its queue for another one.
      reservationConcurrency: Math.max(1, this.#relays.length)
    })(components) as CircuitTransport
    // The library never again asks a relay that once did not answer. `Reservations` decides when to ask.
    transport.reservationStore.relayFilter = { has: () => false, add: () => undefined }
    // The library would accept any peer that claims to relay somebody as a relay of this peer.
    transport.onStop = async (stream, connection) => {
      if (!this.isReserved(connection.remotePeer)) return stream.abort(new Error('not a relay of this peer'))
      await this.#arrive(transport, components, stream, connection)
    }
    this.#self = components.peerId.toString()
    this.#transport = transport
    return transport
  }

  /** Accepts a circuit. It is pending until the library has upgraded it to a connection, or has given up. */
  async #arrive(transport: CircuitTransport, components: Components, stream: Stream, connection: Connection) {
    let settle: (() => void) | undefined
    const { onStop } = Object.getPrototypeOf(transport) as CircuitTransport
    const gater = components.connectionGater
    // The library offers no other hook to see which peer is claimed to dial.
    const denyInboundRelayedConnection = async (relay: PeerId, from: PeerId): Promise<boolean> => {
      if ((await gater.denyInboundRelayedConnection?.(relay, from)) === true) return true
      settle = this.#arrivals.admit({ relay: relay.toString(), from: from.toString() })
      return settle === undefined
    }
    const connectionGater: unknown = Object.create(gater, {
      denyInboundRelayedConnection: { value: denyInboundRelayedConnection }
    })
    const gated: unknown = Object.create(components, { connectionGater: { value: connectionGater } })
    const own = Object.create(transport, { components: { value: gated } }) as CircuitTransport
    try {
      await onStop.call(own, stream, connection)
    } finally {
      settle?.()
    }
  }

  /** Makes or renews a reservation at a relay. Throws the errors of the library. */
  async reserve(relay: PeerId): Promise<void> {
    await this.#transport?.reservationStore.addRelay(relay, 'configured')
  }

  isReserved(relay: PeerId): boolean {
    return this.#transport?.reservationStore.hasReservation(relay) ?? false
  }

  /** The addresses at which others reach this peer through its relays, with its PeerId. */
  addresses(): Multiaddr[] {
    const reserved = this.#relays.filter(({ id }) => this.isReserved(id))
    return reserved.map(({ address }) => multiaddr(`${address}/p2p-circuit/p2p/${this.#self}`))
  }

  /** Calls `lost` with the PeerId of each relay whose reservation ended. */
  onLost(lost: (relay: string) => void): void {
    this.#transport?.reservationStore.addEventListener('relay:removed', (event) => {
      lost(String((event as CustomEvent<{ relay: PeerId }>).detail.relay))
    })
  }
}
