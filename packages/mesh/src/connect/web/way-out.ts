/** Opens byte streams to other peers: directly or through an HTTP proxy, plainly or in TLS. */
import { type ClientRequest, request as requestPlain, STATUS_CODES } from 'node:http'
import { type RequestOptions, request as requestOverTls } from 'node:https'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import type { MeshProxy } from '../../mesh.ts'
import type { Place } from '../place.ts'

/** Where a byte stream leads. */
type Target = Omit<Place, 'isWebSocket'>

const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 }

/** The reason why a way out of this network is closed, in words for the operator. */
export class WayOutError extends Error {}

/** The settings of `WayOut`. */
export interface WayOutSettings {
  readonly proxy?: MeshProxy | undefined
  /** PEM certificates that are trusted beside those of the system. */
  readonly authorities?: string | undefined
  /** Resolves names for direct connections. A proxy resolves names itself. */
  readonly lookup: LookupFunction
}

/** Opens byte streams. */
export class WayOut {
  readonly #settings: WayOutSettings
  #trusted: SecureContext | undefined

  constructor(settings: WayOutSettings) {
    this.#settings = settings
  }

  /** Whether connections to this host go through the proxy. Connections within this machine, such as to a tunnel, do not. */
  isProxied(host: string): boolean {
    return this.#settings.proxy !== undefined && !isThisMachine(host)
  }

  /** The trusted authorities, read once: there are hundreds. */
  get #context(): SecureContext {
    this.#trusted ??= trusting(this.#settings.authorities)
    return this.#trusted
  }

  /** Opens a stream. Throws `WayOutError`. */
  async open(target: Target, signal: AbortSignal): Promise<Socket> {
    const socket = this.isProxied(target.host)
      ? await this.#throughProxy(target, signal)
      : await opened(connect({ ...target, lookup: this.#settings.lookup }), 'connect', signal)
    socket.setNoDelay(true).setKeepAlive(true)
    if (target.serverName === undefined) return socket
    // A server name must be a host name. An address is in the certificate as an address.
    const servername = isIP(target.serverName) === 0 ? target.serverName : ''
    return this.#inTls(socket, servername, target, signal)
  }

  async #inTls(socket: Socket, servername: string, { host }: Target, signal: AbortSignal): Promise<Socket> {
    const options = { socket, host, servername, secureContext: this.#context, ALPNProtocols: ['http/1.1'] }
    try {
      return await opened(connectTls(options), 'secureConnect', signal)
    } catch (cause) {
      socket.destroy()
      const hint = isUntrusted(cause) ? ': name the authority of the certificate in mesh.tls_ca' : ''
      throw new WayOutError(`no TLS connection, ${codeOf(cause)}${hint}`, { cause })
    }
  }

  async #throughProxy({ host, port }: Target, signal: AbortSignal): Promise<Socket> {
    const { url, authorization } = this.#settings.proxy as MeshProxy
    const { protocol, hostname, port: proxyPort } = new URL(url)
    const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
    const asked = {
      method: 'CONNECT',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(proxyPort) || DEFAULT_PORTS[protocol],
      path: authority,
      // RFC 9110: the Host header of CONNECT names the target; the platform would name the proxy.
      headers: { Host: authority, ...(authorization === undefined ? {} : { 'Proxy-Authorization': authorization }) },
      agent: false as const
    }
    // The platform passes options that it does not declare on to TLS.
    const inTls: RequestOptions = Object.assign({}, asked, { secureContext: this.#context })
    const request = protocol === 'https:' ? requestOverTls(inTls) : requestPlain(asked)
    const name = `the proxy ${new URL(url).host}`
    const answer = await answered(request, signal).catch((cause: unknown) => {
      throw new WayOutError(`${name} cannot be reached, ${codeOf(cause)}`, { cause })
    })
    if (answer.status >= 200 && answer.status < 300) return answer.socket
    answer.socket.destroy()
    throw new WayOutError(`${name} ${refusal(answer.status, authorization !== undefined)}`)
  }
}

function refusal(status: number, hasCredentials: boolean): string {
  if (status === 407) {
    return hasCredentials
      ? 'does not accept the credentials in mesh.proxy.credentials'
      : 'wants credentials: mesh.proxy.credentials'
  }
  return `refuses to connect: ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd()
}

/** The first reason of `WayOutError` in an error of a dial, which may have several causes. */
export function wayOutReason(error: unknown): string | undefined {
  if (error instanceof WayOutError) return error.message
  if (!(error instanceof Error)) return undefined
  const causes = error instanceof AggregateError ? [...error.errors, error.cause] : [error.cause]
  return causes.map(wayOutReason).find((reason) => reason !== undefined)
}

function answered(request: ClientRequest, signal: AbortSignal): Promise<{ status: number; socket: Socket }> {
  return new Promise((settle, fail) => {
    const abort = () => request.destroy(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    request.once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      signal.removeEventListener('abort', abort)
      socket.on('error', () => undefined)
      if (head.length > 0) socket.unshift(head)
      settle({ status: statusCode, socket })
    })
    request.once('error', (error) => {
      signal.removeEventListener('abort', abort)
      fail(error)
    })
    request.end()
  })
}

/** Waits until a socket is usable; destroys it if that fails or is aborted. */
function opened<S extends Socket>(socket: S, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<S> {
  return new Promise((settle, fail) => {
    const abort = () => socket.destroy(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const end = (error?: Error) => {
      signal.removeEventListener('abort', abort)
      socket.off('error', end).off(event, end)
      if (error) fail(error)
      else settle(socket)
    }
    // This listener stays: until somebody takes the socket, an error would otherwise end the process.
    socket.on('error', () => undefined)
    socket.once('error', end).once(event, () => end())
  })
}

function trusting(authorities: string | undefined): SecureContext {
  const own = authorities === undefined ? [] : [authorities]
  const ca = [...getCACertificates('default'), ...getCACertificates('system'), ...own]
  return createSecureContext({ ca, minVersion: 'TLSv1.2' })
}

const UNTRUSTED: readonly string[] = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'
]

const isUntrusted = (error: unknown): boolean => UNTRUSTED.includes(codeOf(error))

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
