/**
 * The relaying side: passes encrypted bytes between two permitted peers, within bounds. It sees PeerIds and sizes, but
 * cannot read the content.
 */
import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import type { Clock } from '@stimnet/protocol'
import type { RelayBounds } from '../../mesh.ts'
import { newestOf } from '../newest.ts'
import { isRelayed } from './circuits.ts'
import { type Hop, Hops, LOOK_MS, STREAMS_OF_PEER_MAX } from './hops.ts'

/** Maximum time for a request with its answer, and for the other end to accept, ms. */
const REQUEST_MS_MAX = 10_000
/** Validity of a reservation, ms. Peers renew it every few minutes, so that a reservation that a relay forgot is noticed. */
const RESERVATION_MS = 10 * 60_000

type Components = Parameters<ReturnType<typeof circuitRelayServer>>[0]

/** Members of the library's service that are not in its interface. */
interface RelayServer extends CircuitRelayService {
  onHop(stream: Stream, connection: Connection): Promise<void>
  handleHopProtocol(asked: object, options: object): Promise<void>
  stopHop(request: StopRequest, options: object): Promise<Stream | undefined>
}

/** The library's request to the other end over this connection. */
interface StopRequest {
  readonly connection: Connection
  readonly request: object
}

/** Relays for the peers that a node permits. A relaying node has one instance. */
export class Relaying {
  readonly #bounds: RelayBounds
  readonly #hops: Hops
  #server: RelayServer | undefined

  constructor(bounds: RelayBounds, clock: Clock) {
    this.#bounds = bounds
    this.#hops = new Hops(bounds, clock)
  }

  /** Creates the service. Call it once. */
  service(components: Components): CircuitRelayService {
    const { reservationsMax, circuitBytesMax, circuitMsMax } = this.#bounds
    const server = circuitRelayServer({
      hopTimeout: REQUEST_MS_MAX,
      maxInboundHopStreams: STREAMS_OF_PEER_MAX,
      reservations: {
        maxReservations: reservationsMax,
        reservationTtl: RESERVATION_MS,
        defaultDataLimit: BigInt(circuitBytesMax),
        defaultDurationLimit: circuitMsMax
      }
    })(components) as RelayServer
    server.onHop = async (stream, connection) => {
      const hop = this.#hops.begin(stream, connection.remotePeer.toString())
      if (hop === undefined) return stream.abort(new Error('too many requests to relay at once'))
      try {
        await this.#serverOf(hop, server, components).onHop(stream, connection)
      } finally {
        if (hop.passages.length === 0) await this.#hops.endRefused(hop)
      }
    }
    this.#server = server
    return server
  }

  /** Ends circuits that are stuck, until the signal aborts. */
  async run(clock: Clock, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal).catch(() => {})
      if (!signal.aborted) this.#hops.look()
    }
  }

  /** Cancels the reservation of a peer that may no longer connect. Its circuits end as well. */
  drop(peerId: string): void {
    for (const [id, { signal }] of [...(this.#server?.reservations.entries() ?? [])]) {
      if (id.toString() !== peerId) continue
      this.#server?.reservations.delete(id)
      // Otherwise it would end in ten minutes, together with any later reservation of the same peer.
      signal.reset(0)
    }
  }

  /** The PeerIds of peers that others reach through this peer. */
  reserved(): string[] {
    return [...(this.#server?.reservations.keys() ?? [])].map(String)
  }

  /** Whether others reach the given peer through this relay. */
  isReservedFor(peerId: string): boolean {
    return this.reserved().includes(peerId)
  }

  counts(): { reservations: number; circuits: number } {
    return {
      reservations: this.reserved().length,
      circuits: this.#hops.openCount
    }
  }

  /**
   * The library's server for one stream. The library offers no other hook to see which peer requests which peer, and both
   * streams of a circuit together.
   */
  #serverOf(hop: Hop, server: RelayServer, components: Components): RelayServer {
    const { onHop, handleHopProtocol } = Object.getPrototypeOf(server) as RelayServer
    const gater = components.connectionGater
    const denyOutboundRelayedConnection = async (from: PeerId, to: PeerId): Promise<boolean> =>
      (await gater.denyOutboundRelayedConnection?.(from, to)) === true || !this.#hops.admits(hop, to.toString())
    const connectionGater: unknown = Object.create(gater, {
      denyOutboundRelayedConnection: { value: denyOutboundRelayedConnection }
    })
    const own = Object.create(server, {
      components: {
        value: Object.create(components, {
          connectionGater: { value: connectionGater }
        })
      },
      onHop: {
        value: (stream: Stream, connection: Connection) => onHop.call(own, stream, connection)
      },
      handleHopProtocol: {
        value: (asked: object, options: object) => {
          hop.hasAsked = true
          return handleHopProtocol.call(own, asked, options)
        }
      },
      stopHop: {
        value: (request: StopRequest, options: object) => this.#stopHop(hop, components, request, options)
      }
    }) as RelayServer
    return own
  }

  /**
   * Sends the request to the other end over its newest connection: after a change of its network, older connections are dead
   * without either side having noticed.
   */
  async #stopHop(
    hop: Hop,
    { connectionManager }: Components,
    { connection: oldest, request }: StopRequest,
    options: object
  ): Promise<Stream | undefined> {
    const connections = connectionManager.getConnections(oldest.remotePeer)
    const newest = newestOf(connections.filter(({ remoteAddr }) => !isRelayed(remoteAddr))) ?? oldest
    const other = await this.#server?.stopHop({ connection: newest, request }, options)
    if (other === undefined || this.#hops.join(hop, other)) return other
    other.abort(new Error('the asker has gone'))
    return undefined
  }
}
