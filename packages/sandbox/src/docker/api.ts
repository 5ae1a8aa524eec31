/** A client of the HTTP API of a Docker engine, over a socket of this machine or over TLS. It reads nothing from the environment. */
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { addAbortSignal, type Duplex } from 'node:stream'

/** Largest answer of an engine, bytes: a list of some thousand containers. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024

/** Connections are kept for the next call; an idle one is closed after 5 s, as Node does by default. */
const KEPT = { keepAlive: true, timeout: 5_000 } as const

/** The address of a Docker engine: a socket of this machine, or another machine over TLS, where both sides show certificates. */
export type EngineAddress = { readonly socketPath: string } | RemoteEngine

/** An engine of another machine. The certificates and the key are PEM texts. */
export interface RemoteEngine {
  readonly host: string
  readonly port: number
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** A call of an engine. */
export interface Call {
  /** Default: GET. */
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  /** Sent as JSON. Without it, the call has no body. */
  readonly body?: object
  readonly signal: AbortSignal
}

/** An answer of an engine that is not a success. */
export class EngineRefusal extends Error {
  readonly status: number

  constructor(status: number, why: string) {
    super(`the engine answered ${status}: ${why}`)
    this.status = status
  }
}

/** A filter of a query, as the engine reads it. */
export function filtersOf(filters: Readonly<Record<string, readonly string[]>>): string {
  return JSON.stringify(filters)
}

/** The API of one engine. Each call throws EngineRefusal, or the error of its connection or signal. */
export class EngineApi {
  readonly #send: (options: object) => ClientRequest

  constructor(address: EngineAddress) {
    if ('socketPath' in address) {
      const own = { agent: new HttpAgent(KEPT), socketPath: address.socketPath }
      this.#send = (options) => requestHttp({ ...own, ...options })
    } else {
      const { host, port, ca, cert, key } = address
      const own = { agent: new HttpsAgent(KEPT), host, port, ca, cert, key, rejectUnauthorized: true }
      this.#send = (options) => requestHttps({ ...own, ...options })
    }
  }

  /** The JSON answer of a call; undefined if its body is empty. */
  async json(call: Call): Promise<unknown> {
    const text = await this.text(call)
    return text === '' ? undefined : JSON.parse(text)
  }

  /** The answer of a call as a text. */
  async text(call: Call): Promise<string> {
    const response = await this.#answer(call)
    const text = await textOf(addAbortSignal(call.signal, response))
    const status = response.statusCode ?? 0
    if (status < 200 || status > 299) throw new EngineRefusal(status, reasonIn(text))
    return text
  }

  /** The raw connection on which the engine carries a container's streams. The signal limits the call, not the connection. */
  upgrade({ path, query = {} }: Pick<Call, 'path' | 'query'>, signal: AbortSignal): Promise<Duplex> {
    const headers = { connection: 'Upgrade', upgrade: 'tcp', 'content-length': 0 }
    const request = this.#send({ method: 'POST', path: withQuery(path, query), headers, signal })
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
    request.on('error', reject)
    request.on('upgrade', (_, socket: Duplex, head: Buffer) => {
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    request.on('response', (response: IncomingMessage) => {
      const refused = (text: string) => reject(new EngineRefusal(response.statusCode ?? 0, reasonIn(text)))
      textOf(response).then(refused, reject)
    })
    request.end()
    return promise
  }

  #answer({ method = 'GET', path, query = {}, body, signal }: Call): Promise<IncomingMessage> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'GET' ? {} : { 'content-length': Buffer.byteLength(text ?? '') })
    }
    const request = this.#send({ method, path: withQuery(path, query), headers, signal })
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    request.on('response', resolve)
    request.on('error', reject)
    request.end(text)
    return promise
  }
}

function withQuery(path: string, query: NonNullable<Call['query']>): string {
  const words = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) words.set(name, String(value))
  return words.size === 0 ? path : `${path}?${words}`
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`the engine answered more than ${ANSWER_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The reason in a refusal: the engine's message, or the start of whatever it says. */
function reasonIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    if (typeof message === 'string') return message
  } catch {
    // Something other than the engine answered, for example a proxy.
  }
  return text.slice(0, 200)
}
