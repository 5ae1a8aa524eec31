/**
 * The transport for WebSockets, and for everything that leaves through an HTTP proxy. libp2p's own WebSocket transport does not pause
 * reading when asked to, so that a peer could fill the memory. It also supports neither the limits of `Doorway` nor proxies.
 */
import { once } from 'node:events'
import {
  type Connection,
  type CreateListenerOptions,
  type DialTransportOptions,
  type Listener,
  type Logger,
  serviceCapabilities,
  type Transport,
  transportSymbol
} from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { WebSocket } from 'ws'
import { ByteConnection } from './byte-connection.ts'
import { placeOf } from '../place.ts'
import { streamOf, WebListener, type WebListenerSettings, WEB_SOCKET } from './web-listener.ts'
import { type WayOut, WayOutError } from './way-out.ts'

/** The settings of `WebTransport`. */
export interface WebTransportSettings extends WebListenerSettings {
  readonly wayOut: WayOut
}

/** The components that libp2p passes to the transport. */
export interface WebComponents {
  readonly logger: { forComponent(name: string): Logger }
}

export class WebTransport implements Transport {
  readonly [transportSymbol] = true
  readonly [Symbol.toStringTag] = 'stimnet-web'
  readonly [serviceCapabilities] = ['@libp2p/transport']
  readonly #settings: WebTransportSettings
  readonly #log: Logger

  constructor({ logger }: WebComponents, settings: WebTransportSettings) {
    this.#settings = settings
    this.#log = logger.forComponent('stimnet:web')
  }

  async dial(address: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    const place = placeOf(address)
    if (place === undefined) throw new Error(`${address.toString()} is no address of TCP or a WebSocket`)
    const socket = await this.#settings.wayOut.open(place, options.signal)
    const bytes = place.isWebSocket ? await upgraded(socket, place, options.signal) : socket
    const connection = new ByteConnection(bytes, { remoteAddr: address, direction: 'outbound', log: this.#log })
    try {
      return await options.upgrader.upgradeOutbound(connection, options)
    } catch (error) {
      connection.abort(error as Error)
      throw error
    }
  }

  createListener(options: CreateListenerOptions): Listener {
    return new WebListener(options, this.#settings, this.#log)
  }

  listenFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter((address) => placeOf(address)?.isWebSocket === true)
  }

  dialFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter((address) => {
      const place = placeOf(address)
      return place !== undefined && (place.isWebSocket || this.#settings.wayOut.isProxied(place.host))
    })
  }
}

type Stream = Awaited<ReturnType<WayOut['open']>>

async function upgraded(socket: Stream, { host, port }: { host: string; port: number }, signal: AbortSignal) {
  const name = host.includes(':') ? `[${host}]` : host
  // TLS is already established, so the URL has the scheme without TLS.
  try {
    const web = new WebSocket(`ws://${name}:${port}/`, { createConnection: () => socket, ...WEB_SOCKET })
    const bytes = streamOf(web)
    await once(web, 'open', { signal })
    return bytes
  } catch (cause) {
    socket.destroy()
    const { message } = cause as Error
    throw new WayOutError(`no WebSocket there: ${message}`, { cause })
  }
}
