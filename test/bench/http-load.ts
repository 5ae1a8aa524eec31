/** A lightweight HTTP client for load: one request after the other on each of several persistent connections. */
import { connect, type Socket } from 'node:net'

export interface Load {
  readonly url: string
  readonly path: string
  readonly token?: string
  /** Default: GET. */
  readonly method?: string
  /** A JSON text. */
  readonly body?: string
  /** Number of connections, each with one request in progress. */
  readonly connections: number
  readonly requests: number
}

const LOAD_MS_MAX = 30_000

/** Requests per second. Throws if any answer is not successful or has no body. */
export async function requestsPerSecond(load: Load): Promise<number> {
  const { hostname, port } = new URL(load.url)
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => opened(hostname, Number(port))))
  const late = setTimeout(() => {
    for (const socket of sockets) socket.destroy(new Error('the load did not end in time'))
  }, LOAD_MS_MAX)
  let left = load.requests
  const take = () => left-- > 0
  try {
    const started = performance.now()
    await Promise.all(sockets.map((socket) => drive(socket, requestOf(load), take)))
    return load.requests / ((performance.now() - started) / 1_000)
  } finally {
    clearTimeout(late)
    for (const socket of sockets) socket.destroy()
  }
}

function requestOf({ url, path, method = 'GET', body, token }: Load): Buffer {
  const headers = [
    `host: ${new URL(url).host}`,
    'accept: */*',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...(body === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`])
  ]
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body ?? ''}`)
}

function opened(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Sends requests on one connection as long as `take` is true. */
function drive(socket: Socket, request: Buffer, take: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let had = ''
    const next = () => (take() ? void socket.write(request) : resolve())
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server hung up')))
    socket.setEncoding('latin1')
    socket.on('data', (piece: string) => {
      had += piece
      const end = endOf(had)
      if (end === undefined || had.length < end) return
      if (!/^HTTP\/1\.1 20[01] /.test(had)) return reject(new Error(`answered ${had.slice(0, 200)}`))
      had = had.slice(end)
      next()
    })
    next()
  })
}

/** The end of the first answer in a text; undefined if its head is incomplete. */
function endOf(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return undefined
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1]
  if (length === undefined) throw new Error(`an answer without a length: ${text.slice(0, head)}`)
  return head + 4 + Number(length)
}
