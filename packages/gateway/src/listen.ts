/** The gateway on a socket: limits on every connection, and a close that leaves nothing open. */
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { StimnetError } from '@stimnet/protocol'
import type { Hono } from 'hono'
import type { Connection } from './caller.ts'
import { GATEWAY_LIMITS } from './limits.ts'

/** Where to listen. */
export interface ListenOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal
}

/** An open listener. */
export interface Listening {
  readonly url: string
  readonly port: number
  /** Ends event streams, waits up to two seconds for answers under way, then drops every connection. */
  close(): Promise<void>
}

/** Throws ADDRESS_IN_USE where the port is taken, CONFIG_INVALID where the address cannot be used. */
export async function listenGateway(app: Hono<{ Bindings: Connection }>, options: ListenOptions): Promise<Listening> {
  const closing = new AbortController()
  const server = createAdaptorServer({
    // `closing` rides along with the connection, where the event streams find it.
    fetch: (request, env) => app.fetch(request, { incoming: env.incoming as never, closing: closing.signal }),
    serverOptions: {
      maxHeaderSize: GATEWAY_LIMITS.headerBytesMax,
      requestTimeout: GATEWAY_LIMITS.requestMsMax,
      headersTimeout: GATEWAY_LIMITS.headersMsMax,
      keepAliveTimeout: GATEWAY_LIMITS.keepAliveMs,
      connectionsCheckingInterval: 5_000
    }
  }) as Server
  server.setTimeout(GATEWAY_LIMITS.idleMsMax)
  server.maxConnections = GATEWAY_LIMITS.connectionsMax
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await bind(server, options)
  const { port } = server.address() as AddressInfo
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= shut(server, sockets, closing)
    return closed
  }
  if (options.signal?.aborted) await close()
  options.signal?.addEventListener('abort', () => void close(), { once: true })
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return { url: `http://${host}:${port}`, port, close }
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

async function shut(server: Server, sockets: ReadonlySet<Socket>, closing: AbortController): Promise<void> {
  const down = new Promise<void>((resolve) => server.close(() => resolve()))
  closing.abort()
  // A connection whose answer ends only now becomes idle only now, and would be kept alive for seconds.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  // One on which nothing was ever said does not count as idle: browsers open such in advance.
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
  const late = setTimeout(() => server.closeAllConnections(), GATEWAY_LIMITS.closeMsMax)
  await down
  clearInterval(sweep)
  clearTimeout(late)
}
