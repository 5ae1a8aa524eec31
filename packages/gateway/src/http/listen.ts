/** The gateway on a socket: limits on every connection, and a close that leaves nothing open. */
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { StimnetError } from '@stimnet/protocol'
import type { Hono } from 'hono'
import type { Connection } from '../auth/caller.ts'
import type { Certificates } from './certificates.ts'
import { Connections } from './connections.ts'
import { GATEWAY_LIMITS } from './limits.ts'
import { TrustedProxies } from '../auth/proxies.ts'

/** Where to listen. */
export interface ListenOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Addresses behind which are many callers, as in the gateway's settings. */
  readonly trustedProxies?: readonly string[]
  /** Speaks TLS with these; plain HTTP without. */
  readonly certificates?: Certificates
  /** Told when changed certificate files cannot be used; what was read before still holds. */
  readonly onProblem?: (error: unknown) => void
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal
}

/** An open listener. */
export interface Listening {
  readonly url: string
  readonly port: number
  /** Looks at the certificate files now instead of within seconds. Never throws: `onProblem` is told. */
  renew(): Promise<void>
  /** Ends event streams, waits up to two seconds for answers under way, then drops every connection. */
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

/** Throws ADDRESS_IN_USE where the port is taken, CONFIG_INVALID where the address cannot be used. */
export async function listenGateway(app: Hono<{ Bindings: Connection }>, options: ListenOptions): Promise<Listening> {
  const closing = new AbortController()
  const { certificates } = options
  const server = createAdaptorServer({
    // `closing` rides along with the connection, where the event streams find it.
    fetch: (request, env) => app.fetch(request, { incoming: env.incoming as never, closing: closing.signal }),
    createServer: certificates ? createTlsServer : createServer,
    serverOptions: { ...SERVER_OPTIONS, ...(certificates ? tlsOptions(certificates) : {}) }
  } as Parameters<typeof createAdaptorServer>[0]) as Server
  server.setTimeout(GATEWAY_LIMITS.idleMsMax)
  const proxies = new TrustedProxies(options.trustedProxies ?? [])
  const connections = new Connections(CONNECTION_LIMITS, (address) => proxies.has(address))
  server.on('connection', (socket) => connections.admit(socket))
  // Before any answer is written: whoever has spoken TLS with this name once is never again asked to do without.
  if (certificates) server.prependListener('request', (_, response) => response.setHeader(...HSTS))
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

/** New connections get the new certificate; those that stand go on with the one they began with. */
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
  // A connection whose answer ends only now becomes idle only now, and would be kept alive for seconds.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  // One on which nothing was ever said does not count as idle: browsers open such in advance.
  for (const socket of connections.sockets()) if (socket.bytesRead === 0) socket.destroy()
  const late = setTimeout(() => {
    server.closeAllConnections()
    // One that has not finished its handshake is no HTTP connection yet.
    for (const socket of connections.sockets()) socket.destroy()
  }, GATEWAY_LIMITS.closeMsMax)
  await down
  clearInterval(sweep)
  clearTimeout(late)
}
