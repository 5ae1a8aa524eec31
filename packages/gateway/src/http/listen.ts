/** The gateway on a socket: limits on every connection, and a clean shutdown. */
import { constants } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { getRequestListener } from '@hono/node-server'
import { type Clock, StimnetError } from '@stimnet/protocol'
import type { Connection, Visit } from '../auth/caller.ts'
import type { Certificates } from './certificates.ts'
import { Clients } from './clients.ts'
import { Connections } from './connections.ts'
import { GATEWAY_LIMITS } from './limits.ts'
import { TrustedProxies } from '../auth/proxies.ts'

/** Options of every listener. */
interface ServeOptions {
  /** Serves TLS with these certificates; plain HTTP if absent. */
  readonly certificates?: Certificates
  /** If clients show certificates: the names (subject alternative names), one of which a client's certificate must have. Default: any. */
  readonly clientNames?: readonly string[]
  /** Called when changed certificate files cannot be used; the earlier certificate stays in use. */
  readonly onProblem?: (error: unknown) => void
  /** Records each request when it has ended. Data that are not an HTTP request are not recorded. */
  readonly accessLog?: AccessLog
  /** Aborting this signal closes the server. */
  readonly signal?: AbortSignal
}

/** Options of a listener at a port. */
export interface ListenOptions extends ServeOptions {
  readonly host: string
  /** Port; 0 lets the system choose one. */
  readonly port: number
  /** Proxies behind which there are many callers, as in the gateway's settings. */
  readonly trustedProxies?: readonly string[]
}

/** Options of a listener for gateway processes, each of which carries many callers: a Unix socket at a path, or a port. */
export type ChannelOptions = ServeOptions &
  ({ readonly path: string } | { readonly host: string; readonly port: number })

/** Answers requests, as Hono apps do. */
export interface Served {
  fetch(request: Request, connection: Connection): Response | Promise<Response>
}

/** Makes the function that answers requests. `closing` aborts when the server shuts down. */
export type Answering = (closing: AbortSignal) => (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** An access log, with the clock of its durations. */
export interface AccessLog {
  readonly clock: Clock
  note(access: Access): void
}

/** One request, when its answer has ended or its connection was closed. */
export interface Access extends Visit {
  readonly method: string
  readonly status: number
  /** Bytes written for the answer, its head included. */
  readonly bytes: number
  /** Time from the request's head to the end of the answer: hours for an event stream. */
  readonly ms: number
  /** True if the connection was closed before the answer was complete. */
  readonly cut?: true
}

/** An open listener. */
export interface Listening {
  readonly url: string
  readonly port: number
  /** Checks the certificate files, and the end of clients' certificates, now instead of at the next interval. Never throws; errors go to `onProblem`. */
  renew(): Promise<void>
  /** Ends event streams, waits up to two seconds for answers in progress, then closes every connection. */
  close(): Promise<void>
}

const SERVER_OPTIONS = {
  maxHeaderSize: GATEWAY_LIMITS.headerBytesMax,
  requestTimeout: GATEWAY_LIMITS.requestMsMax,
  headersTimeout: GATEWAY_LIMITS.headersMsMax,
  keepAliveTimeout: GATEWAY_LIMITS.keepAliveMs,
  connectionsCheckingInterval: 5_000
}

/**
 * Maximum number of connections that wait to be accepted. If the list is full, connections to a Unix socket are refused at once, and a peer
 * may be busy for a moment.
 */
const BACKLOG = 4_096

const HSTS = ['strict-transport-security', 'max-age=31536000'] as const

const CONNECTION_LIMITS = {
  max: GATEWAY_LIMITS.connectionsMax,
  perAddressMax: GATEWAY_LIMITS.connectionsPerAddressMax,
  reserved: GATEWAY_LIMITS.connectionsReserved,
  fewMax: GATEWAY_LIMITS.connectionsFewMax
}

/** Limits of connections to a channel that have shown no certificate. Each address has as many as anywhere, since there are no proxies yet. */
const DOOR_LIMITS = {
  max: GATEWAY_LIMITS.strangersMax,
  perAddressMax: GATEWAY_LIMITS.connectionsPerAddressMax,
  reserved: 0,
  fewMax: GATEWAY_LIMITS.connectionsPerAddressMax,
  oldestFirst: true
}

/**
 * Options of new connections. Where clients show certificates, no session is taken up again: it would skip the check of the certificate,
 * with tickets that follow each other for as long as the client comes back, past its end and after its authority was replaced.
 */
function contextOptions(certificates: Certificates) {
  const { options, asksClients } = certificates
  return asksClients ? { ...options, secureOptions: constants.SSL_OP_NO_TICKET } : options
}

function tlsOptions(certificates: Certificates, isChannel: boolean) {
  return {
    ...contextOptions(certificates),
    handshakeTimeout: isChannel ? GATEWAY_LIMITS.channelHandshakeMsMax : GATEWAY_LIMITS.handshakeMsMax,
    requestCert: certificates.asksClients,
    rejectUnauthorized: certificates.asksClients
  }
}

/** Opens the listener. Throws ADDRESS_IN_USE if the port is taken, CONFIG_INVALID if the address cannot be used. */
export function listenGateway(app: Served, options: ListenOptions): Promise<Listening> {
  const proxies = new TrustedProxies(options.trustedProxies ?? [])
  return listen(answeringOf(app), options, { isProxy: (address) => proxies.has(address) })
}

/** Opens a listener whose requests a function answers without a Hono app. Throws the errors of `listenGateway`. */
export function listenHttp(answering: Answering, options: ListenOptions): Promise<Listening> {
  const proxies = new TrustedProxies(options.trustedProxies ?? [])
  return listen(answering, options, { isProxy: (address) => proxies.has(address) })
}

/**
 * Opens the listener for gateway processes, to whose connections only the total limit applies: over TLS, once their certificate was verified
 * and has one of the names. Throws as `listenGateway`.
 */
export function listenChannel(app: Served, options: ChannelOptions): Promise<Listening> {
  return listen(answeringOf(app), options, { isProxy: () => true, isChannel: true })
}

/** The facts for the access log about requests that are being answered. */
const VISITS = new WeakMap<IncomingMessage, Visit>()

/** Passes each request with its connection, so that event streams receive `closing`. */
function answeringOf(app: Served): Answering {
  return (closing) =>
    getRequestListener((request, { incoming }) =>
      app.fetch(request, { incoming: incoming as never, closing, visit: VISITS.get(incoming as IncomingMessage) })
    )
}

async function listen(
  answering: Answering,
  options: ListenOptions | ChannelOptions,
  { isProxy, isChannel = false }: { isProxy: (address: string) => boolean; isChannel?: boolean }
): Promise<Listening> {
  const closing = new AbortController()
  const { certificates, accessLog } = options
  const answer = answering(closing.signal)
  const server = certificates
    ? createTlsServer({ ...SERVER_OPTIONS, ...tlsOptions(certificates, isChannel) }, answer)
    : createServer(SERVER_OPTIONS, answer)
  server.setTimeout(GATEWAY_LIMITS.idleMsMax)
  const connections = new Connections(CONNECTION_LIMITS, isProxy)
  const clients =
    certificates && (isChannel || certificates.asksClients || options.clientNames)
      ? new Clients(certificates, options.clientNames)
      : undefined
  // Whoever connects to a channel over TLS is a stranger until its certificate was admitted; without one nobody is.
  const door = isChannel && certificates ? new Connections(DOOR_LIMITS, () => false) : connections
  server.on('connection', (socket) => door.admit(socket))
  server.prependListener('secureConnection', (socket) => {
    if (clients && !clients.admit(socket)) return
    if (door !== connections) letIn(socket, door, connections)
  })
  // Set before any response is written (HSTS): browsers that have used TLS with this host name never fall back to plain HTTP. What a channel
  // says would pass for what the gateway process says of its own name.
  if (certificates && !isChannel) server.prependListener('request', (_, response) => response.setHeader(...HSTS))
  if (accessLog) {
    server.prependListener('request', (request, response) => {
      const visit: Visit = {}
      VISITS.set(request, visit)
      noteEnd({ request, response, visit }, accessLog)
    })
  }
  server.on('request', ({ socket }, response) => response.once('close', connections.answering(socket)))
  await bind(server, options)
  const renew = async () => {
    clients?.endExpired()
    await renewOn(server, options)
  }
  const watch = certificates ? setInterval(() => void renew(), GATEWAY_LIMITS.certificatesEveryMs).unref() : undefined
  let closed: Promise<void> | undefined
  const close = () => {
    clearInterval(watch)
    closed ??= shut(server, () => [...door.sockets(), ...connections.sockets()], closing)
    return closed
  }
  if (options.signal?.aborted) await close()
  options.signal?.addEventListener('abort', () => void close(), { once: true })
  return { ...placeOf(server, options), renew, close }
}

/** The address of a listener: the URL of a port, or of a socket's path. */
function placeOf(server: Server, options: ListenOptions | ChannelOptions): Pick<Listening, 'url' | 'port'> {
  if ('path' in options) return { url: `unix:${options.path}`, port: 0 }
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return { url: `${options.certificates ? 'https' : 'http'}://${host}:${port}`, port }
}

/** Moves a connection from those that have shown no certificate to the others; closes it if it had to give way meanwhile. */
function letIn(socket: TLSSocket, door: Connections, connections: Connections): void {
  const stranger = door.release(socket)
  if (!stranger || !connections.admit(stranger)) socket.destroy()
}

interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly visit: Visit
}

/** Writes the entry of a request when its answer has ended. */
function noteEnd({ request, response, visit }: Asked, { clock, note }: AccessLog): void {
  const startedAtMs = clock.now()
  const { socket } = request
  const before = socket.bytesWritten
  response.once('close', () => {
    const access: Access = {
      ...visit,
      method: request.method ?? '',
      status: response.statusCode,
      bytes: Math.max(0, socket.bytesWritten - before),
      ms: Math.max(0, clock.now() - startedAtMs)
    }
    note(response.writableFinished ? access : { ...access, cut: true })
  })
}

/** New connections use the new certificate; open connections keep the old one. */
async function renewOn(server: Server, { certificates, onProblem }: ServeOptions): Promise<void> {
  try {
    if (certificates && (await certificates.renew())) {
      ;(server as unknown as TlsServer).setSecureContext(contextOptions(certificates))
    }
  } catch (error) {
    onProblem?.(error)
  }
}

async function bind(server: Server, options: ListenOptions | ChannelOptions): Promise<void> {
  const place = 'path' in options ? { path: options.path } : { host: options.host, port: options.port }
  const named = 'path' in options ? options.path : `${options.host} port ${options.port}`
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'EADDRINUSE' ? 'ADDRESS_IN_USE' : 'CONFIG_INVALID'
      reject(new StimnetError(code, `listening on ${named}`, { cause }))
    }
    server.once('error', failed)
    server.listen({ ...place, backlog: BACKLOG }, () => {
      server.off('error', failed)
      resolve()
    })
  })
  // Whoever may enter the folder may connect; see start/gateway.ts of the peer, which checks the folder first.
  if ('path' in options) await chmod(options.path, 0o660)
}

async function shut(server: Server, sockets: () => Socket[], closing: AbortController): Promise<void> {
  const down = new Promise<void>((resolve) => server.close(() => resolve()))
  closing.abort()
  // A connection whose response ends only now becomes idle only now, and would be kept alive for seconds.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  // A connection without any data, which browsers open in advance, does not count as idle.
  for (const socket of sockets()) if (socket.bytesRead === 0) socket.destroy()
  const late = setTimeout(() => {
    server.closeAllConnections()
    // A connection whose TLS handshake is not finished is not an HTTP connection yet.
    for (const socket of sockets()) socket.destroy()
  }, GATEWAY_LIMITS.closeMsMax)
  await down
  clearInterval(sweep)
  clearTimeout(late)
}
