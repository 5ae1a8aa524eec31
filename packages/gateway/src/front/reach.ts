/** The way from a gateway process to its peer: a Unix socket on the same machine, or TLS in which both sides show certificates. */
import { type ClientRequest, request as requestPlain } from 'node:http'
import { Agent, request as requestTls } from 'node:https'
import type { Certificates } from '../http/certificates.ts'
import { CHANNEL_LIMITS } from './channel.ts'

/** A Unix socket, or a URL with the certificate to show and the authority of the peer's certificate. */
export type PeerPlace = { readonly socket: string } | { readonly url: string; readonly certificates: Certificates }

/** A request to the peer. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

/**
 * Makes requests to the peer, each on a new connection. So a connection that fails proves that the peer did not see the request. On a
 * reused connection, the peer could be closing the connection at the same time.
 */
export class Reach {
  readonly #place: PeerPlace
  // Keeps neither connections nor TLS sessions: each connection verifies the peer's certificate, which a session that is taken up skips.
  readonly #agent = new Agent({ keepAlive: false, maxCachedSessions: 0 })

  constructor(place: PeerPlace) {
    this.#place = place
  }

  /** The location of the peer, for messages. */
  get name(): string {
    return 'socket' in this.#place ? this.#place.socket : this.#place.url
  }

  /**
   * Begins a request. `connected` is called once, when the connection is open. The request fails if that takes too long. Throws TypeError
   * for a path or header that cannot be sent.
   */
  ask({ method, path, headers }: Asked, connected: () => void): ClientRequest {
    const place = this.#place
    // This side closes the connection after the answer. If the peer closed it, it would cut off answers to bodies that it does not read.
    const all = { ...headers, connection: 'keep-alive' } as Record<string, string | string[]>
    const sent = { method, path, headers: all, setHost: false }
    const asked =
      'socket' in place
        ? requestPlain({ ...sent, socketPath: place.socket, agent: false })
        : requestTls(new URL(place.url), { ...sent, ...place.certificates.options, agent: this.#agent })
    const late = setTimeout(() => asked.destroy(new Error('no connection in time')), CHANNEL_LIMITS.connectMsMax)
    asked.once('close', () => clearTimeout(late))
    asked.once('socket', (socket) => {
      socket.once('socket' in place ? 'connect' : 'secureConnect', () => {
        clearTimeout(late)
        connected()
      })
    })
    return asked
  }
}
