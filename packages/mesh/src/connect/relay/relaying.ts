/** The relaying side: passes encrypted bytes between two permitted peers, within bounds. It sees PeerIds and sizes, and can read nothing. */
import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2'
import type { Connection, Stream } from '@libp2p/interface'
import type { RelayBounds } from '../../mesh.ts'
import { newestOf } from '../newest.ts'
import { isRelayed } from './circuits.ts'

/** Circuits and reservations in progress that one peer may open. The library lets the dialling side have as many. */
const CIRCUITS_OF_PEER_MAX = 64
/** Streams beside them, for those that one side has ended and the other has not. */
const CLOSING_STREAMS = 8
/** Time for a request with its answer, and for the other end to accept, ms. */
const REQUEST_MS_MAX = 10_000
/** Validity of a reservation, ms. Peers renew it every few minutes, so that what a relay forgot is noticed. */
const RESERVATION_MS = 10 * 60_000
/** Bytes of one direction of a circuit that were read and not yet passed on. */
const UNSENT_BYTES_MAX = 1024 * 1024

type Components = Parameters<ReturnType<typeof circuitRelayServer>>[0]

/** Members of the library's service that are not in its interface. */
interface RelayServer extends CircuitRelayService {
  onHop(stream: Stream, connection: Connection): Promise<void>
  stopHop(request: StopRequest, options: object): Promise<Stream | undefined>
}

/** The library asks the other end over this connection. */
interface StopRequest {
  readonly connection: Connection
  readonly request: object
}

interface Circuit {
  readonly from: string
  /** False for a reservation, and until the other end has accepted. */
  isOpen: boolean
}

/** Relays for the peers that a node permits. There is one per relaying node. */
export class Relaying {
  readonly #bounds: RelayBounds
  readonly #circuits = new Map<Stream, Circuit>()
  #server: RelayServer | undefined

  constructor(bounds: RelayBounds) {
    this.#bounds = bounds
  }

  /** Makes the service, once. */
  service(components: Components): CircuitRelayService {
    const { reservationsMax, circuitBytesMax, circuitMsMax } = this.#bounds
    const server = circuitRelayServer({
      hopTimeout: REQUEST_MS_MAX,
      maxInboundHopStreams: CIRCUITS_OF_PEER_MAX + CLOSING_STREAMS,
      reservations: {
        maxReservations: reservationsMax,
        reservationTtl: RESERVATION_MS,
        defaultDataLimit: BigInt(circuitBytesMax),
        defaultDurationLimit: circuitMsMax
      }
    })(components) as RelayServer
    const { onHop } = Object.getPrototypeOf(server) as RelayServer
    server.onHop = async (stream, connection) => {
      const circuit = { from: connection.remotePeer.toString(), isOpen: false }
      this.#circuits.set(stream, circuit)
      stream.addEventListener('close', () => this.#circuits.delete(stream), { once: true })
      // The library joins both streams after this call and offers no other place to see them together.
      const stopHop = async ({ connection: oldest, request }: StopRequest, options: object) => {
        const connections = components.connectionManager.getConnections(oldest.remotePeer)
        const newest = newestOf(connections.filter(({ remoteAddr }) => !isRelayed(remoteAddr))) ?? oldest
        const other = await server.stopHop({ connection: newest, request }, options)
        if (other === undefined) return other
        circuit.isOpen = true
        pace(stream, other)
        pace(other, stream)
        return other
      }
      await onHop.call(Object.create(server, { stopHop: { value: stopHop } }) as RelayServer, stream, connection)
      // The library leaves a stream open after a refusal.
      const signal = AbortSignal.timeout(REQUEST_MS_MAX)
      if (!circuit.isOpen) await stream.close({ signal }).catch((error) => stream.abort(error as Error))
    }
    this.#server = server
    return server
  }

  /** Whether a peer may open another circuit, the one that it asks for included. */
  hasRoomFor(peerId: string): boolean {
    const circuits = [...this.#circuits.values()]
    const own = circuits.filter(({ from }) => from === peerId)
    return own.length <= CIRCUITS_OF_PEER_MAX && circuits.length <= this.#bounds.circuitsMax
  }

  /** Whether others reach this peer through this relay. */
  isReservedFor(peerId: string): boolean {
    return this.#reserved().includes(peerId)
  }

  counts(): { reservations: number; circuits: number } {
    const open = [...this.#circuits.values()].filter(({ isOpen }) => isOpen)
    return { reservations: this.#reserved().length, circuits: open.length }
  }

  #reserved(): string[] {
    return [...(this.#server?.reservations.keys() ?? [])].map(String)
  }
}

/** Reads from one stream only what the other one takes. Between the two, the library has a queue without an end. */
export function pace(from: Stream, to: Stream): void {
  let unsentBytes = 0
  from.addEventListener('message', ({ data }) => {
    unsentBytes += data.byteLength
    if (unsentBytes > UNSENT_BYTES_MAX && from.readStatus === 'readable') from.pause()
  })
  const send = to.send.bind(to)
  to.send = (data) => {
    const hasRoom = send(data)
    unsentBytes -= data.byteLength
    if (unsentBytes <= UNSENT_BYTES_MAX / 2 && from.readStatus === 'paused') from.resume()
    return hasRoom
  }
}
