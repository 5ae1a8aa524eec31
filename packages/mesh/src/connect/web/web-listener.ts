/** A listener for WebSockets, behind a proxy that ends TLS or without one. */
import { once, setMaxListeners } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { BlockList, isIP, type SocketAddress } from 'node:net'
import type { Duplex } from 'node:stream'
import {
  type CreateListenerOptions,
  type Listener,
  type ListenerEvents,
  type Logger,
  TypedEventEmitter
} from '@libp2p/interface'
import { getThinWaistAddresses, ipPortToMultiaddr } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import type { Doorway } from '../limits/doorway.ts'
import { ByteConnection } from './byte-connection.ts'
import { placeOf } from '../place.ts'

/** Bytes of one message. Peers of this version send at most 64 KiB at once. */
const MESSAGE_BYTES_MAX = 1024 * 1024
/** Options of both sides. Compression would cost memory per connection, and Noise leaves nothing to compress. */
export const WEB_SOCKET = {
  perMessageDeflate: false,
  maxPayload: MESSAGE_BYTES_MAX,
  // Peers send whole messages. A fragment keeps the whole buffer from which it was read, up to 64 KiB.
  maxFragments: 16,
  autoPong: false,
  closeTimeout: 1_000
} as const
/** Maximum time for the request that opens a WebSocket, ms, and its maximum size, bytes. */
const REQUEST_MS_MAX = 5_000
const REQUEST_BYTES_MAX = 8 * 1024

/** The settings of `WebListener`. */
export interface WebListenerSettings {
  readonly door: Pick<Doorway, 'admits'>
  /** Addresses of proxies in front, whose last X-Forwarded-For address is believed. */
  readonly trustedProxies: readonly string[]
  readonly connectionsMax: number
}

export class WebListener extends TypedEventEmitter<ListenerEvents> implements Listener {
  readonly #settings: WebListenerSettings
  readonly #options: CreateListenerOptions
  readonly #log: Logger
  readonly #http: Server
  readonly #web = new WebSocketServer({ noServer: true, clientTracking: false, ...WEB_SOCKET })
  readonly #open = new Set<Duplex>()
  readonly #closing = new AbortController()
  #address: Multiaddr | undefined

  constructor(options: CreateListenerOptions, settings: WebListenerSettings, log: Logger) {
    super()
    this.#options = options
    this.#settings = settings
    this.#log = log
    setMaxListeners(Number.POSITIVE_INFINITY, this.#closing.signal)
    this.#http = createServer({
      headersTimeout: REQUEST_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: REQUEST_BYTES_MAX,
      noDelay: true,
      keepAlive: true
    })
    this.#http.maxConnections = settings.connectionsMax
    this.#http.on('request', (_request, response) => {
      response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end('A WebSocket is served here.\n')
    })
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#http.on('error', (error) => this.safeDispatchEvent('error', { detail: error }))
  }

  async listen(address: Multiaddr): Promise<void> {
    const place = placeOf(address)
    if (place === undefined) throw new Error(`${address.toString()} is no address to listen on`)
    const { host, port } = place
    const { door, trustedProxies } = this.#settings
    // The HTTP server does not pass this option on to the TCP server on which it is based.
    Object.assign(this.#http, { blockList: new WebDoorList(door, trustedProxies) })
    this.#http.listen({ host, port, ipv6Only: isIP(host) === 6 })
    await once(this.#http, 'listening')
    this.#address = address
    this.safeDispatchEvent('listening')
  }

  getAddrs(): Multiaddr[] {
    const bound = this.#http.address()
    if (this.#address === undefined || bound === null || typeof bound === 'string') return []
    return getThinWaistAddresses(this.#address, bound.port).map((address) => address.encapsulate('/ws'))
  }

  updateAnnounceAddrs(): void {}

  async close(): Promise<void> {
    const closed = this.#http.listening ? once(this.#http, 'close') : undefined
    this.#http.close()
    this.#closing.abort()
    for (const bytes of this.#open) bytes.destroy()
    this.#http.closeAllConnections()
    await closed
    this.safeDispatchEvent('close')
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { door, trustedProxies } = this.#settings
    const { remoteAddress, remotePort = 0 } = request.socket
    // Without an address: the client has reset the connection while its request was being read.
    if (remoteAddress === undefined) return void socket.destroy()
    // Only browsers send an origin, and no peer runs in a browser: a web page must not take places from peers.
    if (request.headers.origin !== undefined) return void socket.destroy()
    // Link-local IPv6 addresses end with a zone, which multiaddrs of this form cannot have.
    const client = (clientOf(request, trustedProxies) ?? remoteAddress).replace(/%.*$/, '')
    // A client behind a proxy was not counted when the proxy connected.
    if (isTrusted(remoteAddress, trustedProxies) && !door.admits(client)) return void socket.destroy()
    this.#web.handleUpgrade(request, socket, head, (web) => {
      const bytes = streamOf(web)
      this.#open.add(bytes)
      bytes.once('close', () => this.#open.delete(bytes))
      const remoteAddr = ipPortToMultiaddr(client, remotePort).encapsulate('/ws')
      const connection = new ByteConnection(bytes, { remoteAddr, direction: 'inbound', log: this.#log })
      this.#options.upgrader
        .upgradeInbound(connection, { signal: this.#closing.signal })
        .catch((error: unknown) => connection.abort(error as Error))
    })
  }
}

/**
 * The bytes of a WebSocket. Call this function at once: bytes that arrive earlier would be lost, and an error without a listener would end
 * the process.
 */
export function streamOf(web: WebSocket): Duplex {
  const bytes = createWebSocketStream(web)
  bytes.on('error', () => undefined)
  // After an invalid frame, the socket would otherwise stay open for the time of a closing handshake.
  web.on('error', () => web.terminate())
  // No peer sends control frames. Each of them costs work that no limit on bytes counts.
  for (const event of ['ping', 'pong'] as const) web.on(event, () => web.terminate())
  // A broken connection has ended, even if nobody reads the bytes that arrived on it.
  web.on('close', (code) => code === BROKEN && bytes.destroy())
  return bytes
}

/** The code of a WebSocket that ended without a closing handshake. */
const BROKEN = 1006

/** The address for which a trusted proxy sends the request; undefined if no such proxy sends it, or if the proxy names no address. */
function clientOf({ headers, socket }: IncomingMessage, trusted: readonly string[]): string | undefined {
  if (!isTrusted(socket.remoteAddress ?? '', trusted)) return undefined
  const last =
    String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? ''
  return isIP(last) === 0 ? undefined : last
}

function isTrusted(address: string, trusted: readonly string[]): boolean {
  return trusted.includes(address.replace(/^::ffff:(?=\d+\.)/, ''))
}

/**
 * Node asks this list before it makes a socket. The doorway counts each address except those of proxies, whose clients are counted later.
 */
class WebDoorList extends BlockList {
  readonly #door: WebListenerSettings['door']
  readonly #trusted: readonly string[]

  constructor(door: WebListenerSettings['door'], trusted: readonly string[]) {
    super()
    this.#door = door
    this.#trusted = trusted
  }

  override check(from: string | SocketAddress): boolean {
    const address = typeof from === 'string' ? from : from.address
    return !isTrusted(address, this.#trusted) && !this.#door.admits(address)
  }
}
