/** The gateway on a socket: limits on every connection, and a clean shutdown. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { type Clock, StimnetError } from '@stimnet/protocol'
import type { Hono } from 'hono'
import type { Connection, Visit } from '../auth/caller.ts'
import type { Certificates } from './certificates.ts'
import { Connections } from './connections.ts'
import { GATEWAY_LIMITS } from './limits.ts'
import { TrustedProxies } from '../auth/proxies.ts'

/** Options of a listener. */
export interface ListenOptions {
  readonly host: string
  /** Port; 0 lets the system choose one. */
  readonly port: number
  /** Proxies behind which there are many callers, as in the gateway's settings. */
  readonly trustedProxies?: readonly string[]
  /** Serves TLS with these certificates; plain HTTP if absent. */
  readonly certificates?: Certificates
  /** Called when changed certificate files cannot be used; the earlier certificate stays in use. */
  readonly onProblem?: (error: unknown) => void
  /** Notes each request when it has ended. What is no HTTP request never reaches it. */
  readonly accessLog?: AccessLog
  /** Aborting this signal closes the server. */
  readonly signal?: AbortSignal
}

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
  /** Checks the certificate files now instead of at the next interval. Never throws; errors go to `onProblem`. */
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

const HSTS = ['strict-transport-security', 'max-age=31536000'] as const

const CONNECTION_LIMITS = {
  max: GATEWAY_LIMITS.connectionsMax,
  perAddressMax: GATEWAY_LIMITS.connectionsPerAddressMax,
  reserved: GATEWAY_LIMITS.connectionsReserved,
  fewMax: GATEWAY_LIMITS.connectionsFewMax
}

function tlsOptions(certificates: Certificates) {
  return {
    ...certificates.options,
    handshakeTimeout: GATEWAY_LIMITS.handshakeMsMax,
    requestCert: certificates.asksClients,
    rejectUnauthorized: certificates.asksClients
  }
}

/** Opens the listener. Throws ADDRESS_IN_USE if the port is taken, CONFIG_INVALID if the address cannot be used. */
export async function listenGateway(app: Hono<{ Bindings: Connection }>, options: ListenOptions): Promise<Listening> {
  const closing = new AbortController()
  const { certificates, accessLog } = options
  /** The entries of requests that are being answered. */
  const visits = new WeakMap<IncomingMessage, Visit>()
  const server = createAdaptorServer({
    // Passed with the connection, so that event streams receive `closing`.
    fetch: (request, env) => {
      const incoming = env.incoming as IncomingMessage
      return app.fetch(request, { incoming, closing: closing.signal, visit: visits.get(incoming) })
    },
    createServer: certificates ? createTlsServer : createServer,
    serverOptions: { ...SERVER_OPTIONS, ...(certificates ? tlsOptions(certificates) : {}) }
  } as Parameters<typeof createAdaptorServer>[0]) as Server
  server.setTimeout(GATEWAY_LIMITS.idleMsMax)
  const proxies = new TrustedProxies(options.trustedProxies ?? [])
  const connections = new Connections(CONNECTION_LIMITS, (address) => proxies.has(address))
  server.on('connection', (socket) => connections.admit(socket))
  // Set before any response is written (HSTS): browsers that have used TLS with this host name never fall back to plain HTTP.
  if (certificates) server.prependListener('request', (_, response) => response.setHeader(...HSTS))
  if (accessLog) {
    server.prependListener('request', (request, response) => {
      const visit: Visit = {}
      visits.set(request, visit)
      noteEnd({ request, response, visit }, accessLog)
    })
  }
  server.on('request', ({ socket }, response) => response.once('close', connections.answering(socket)))
  await bind(server, options)
  const { port } = server.address() as AddressInfo
  const renew = () => renewOn(server, options)
  const watch = certificates ? setInterval(() => void renew(), GATEWAY_LIMITS.certificatesEveryMs).unref() : undefined
  let closed: Promise<void> | undefined
  const close = () => {
    clearInterval(watch)
    closed ??= shut(server, connections, closing)
    return closed
  }
  if (options.signal?.aborted) await close()
  options.signal?.addEventListener('abort', () => void close(), { once: true })
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return { url: `${certificates ? 'https' : 'http'}://${host}:${port}`, port, renew, close }
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
async function renewOn(server: Server, { certificates, onProblem }: ListenOptions): Promise<void> {
  try {
    if (await certificates?.renew()) (server as unknown as TlsServer).setSecureContext(certificates?.options ?? {})
  } catch (error) {
    onProblem?.(error)
  }
}

function bind(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'EADDRINUSE' ? 'ADDRESS_IN_USE' : 'CONFIG_INVALID'
      reject(new StimnetError(code, `listening on ${host} port ${port}`, { cause }))
    }
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

async function shut(server: Server, connections: Connections, closing: AbortController): Promise<void> {
  const down = new Promise<void>((resolve) => server.close(() => resolve()))
  closing.abort()
  // A connection whose response ends only now becomes idle only now, and would be kept alive for seconds.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  // A connection without any data, which browsers open in advance, does not count as idle.
  for (const socket of connections.sockets()) if (socket.bytesRead === 0) socket.destroy()
  const late = setTimeout(() => {
    server.closeAllConnections()
    // A connection whose TLS handshake is not finished is not an HTTP connection yet.
    for (const socket of connections.sockets()) socket.destroy()
  }, GATEWAY_LIMITS.closeMsMax)
  await down
  clearInterval(sweep)
  clearTimeout(late)
}
