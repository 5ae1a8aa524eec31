/** Sends one request and reads its answer, with a deadline, a size limit, and errors by code. */
import { type Clock, StimnetError } from '@stimnet/protocol'
import { errorOf } from './problem.ts'

/** The part of `fetch` that is used; tests and proxies can provide their own. */
export type Fetch = (input: string, init?: RequestInit) => Promise<Response>

/** Maximum size of an answer: a list of a thousand jobs with outputs of 64 KiB each. */
const ANSWER_BYTES_MAX = 96 * 1024 * 1024
const ANSWER_MS_MAX = 30_000

/** One request of the API. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  /** File to send as the only field, `file`, of a multipart form. */
  readonly file?: { readonly filename: string; readonly bytes: Uint8Array }
  readonly zip?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** A status that is also a valid answer to this request, not a problem. */
  readonly alsoGood?: number
}

/** The gateway, the fetch function and the token. */
export interface HttpOptions {
  readonly url: string
  readonly fetch: Fetch
  readonly clock: Clock
  token(): string | undefined
}

/** Requests to one gateway. */
export class Http {
  readonly #options: HttpOptions

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /**
   * Sends a request and returns the JSON of its answer. Throws the problem as StimnetError, PEER_UNREACHABLE, DEADLINE, TOO_LARGE or
   * MALFORMED.
   */
  async json<T>(request: Request): Promise<T> {
    return parse<T>(await this.#inTime(request, async (sent) => textOf(await this.#send(sent))))
  }

  /** Sends a request and returns the bytes of its answer. Throws as `json`, without MALFORMED. */
  async bytes(request: Request): Promise<Uint8Array> {
    return this.#inTime(request, async (sent) => bytesOf(await this.#send(sent)))
  }

  /**
   * Sends a request and returns the response with an unread body, which the caller limits in size and time. Throws a problem as an error,
   * PEER_UNREACHABLE, DEADLINE or TOO_LARGE. Aborts with the request's signal.
   */
  async open(request: Request): Promise<Response> {
    return this.#inTime(request, (sent) => this.#send(sent))
  }

  /** Does work with a request that is aborted once the work takes too long. */
  async #inTime<T>(request: Request, work: (sent: Request) => Promise<T>): Promise<T> {
    const late = new AbortController()
    const done = new AbortController()
    this.#options.clock.sleep(ANSWER_MS_MAX, done.signal).then(
      () => late.abort(),
      () => undefined
    )
    const signal = request.signal ? AbortSignal.any([request.signal, late.signal]) : late.signal
    try {
      return await work({ ...request, signal })
    } catch (cause) {
      if (cause instanceof StimnetError && !late.signal.aborted) throw cause
      if (request.signal?.aborted) throw request.signal.reason
      if (late.signal.aborted) throw new StimnetError('DEADLINE', `asking for ${request.path}`, { cause })
      throw new StimnetError('INTERRUPTED', `reading ${request.path}`, { cause })
    } finally {
      done.abort()
    }
  }

  async #send(request: Request): Promise<Response> {
    const { url, fetch } = this.#options
    let response: Response
    try {
      response = await fetch(addressOf(url, request), initOf(request, this.#options.token()))
    } catch (cause) {
      if (request.signal?.aborted) throw request.signal.reason
      throw new GatewayUnreachable(url, request.path, cause)
    }
    if (response.ok || response.status === request.alsoGood) return response
    throw errorOf(response.status, await textOf(response))
  }
}

/** The error for a gateway that does not answer at all. */
export class GatewayUnreachable extends StimnetError {
  /** The gateway's URL. */
  readonly url: string

  constructor(url: string, path: string, cause: unknown) {
    super('PEER_UNREACHABLE', `asking ${url} for ${path}`, { cause })
    this.url = url
  }
}

function addressOf(url: string, request: Request): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.set(name, String(value))
  }
  return `${url}${request.path}${query.size > 0 ? `?${query}` : ''}`
}

function initOf(request: Request, token: string | undefined): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json', ...request.headers }
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  if (request.json !== undefined) headers['content-type'] = 'application/json'
  if (request.zip !== undefined) headers['content-type'] = 'application/zip'
  const body =
    request.zip?.slice() ??
    (request.json === undefined ? (fileOf(request.file) ?? formOf(request.form)) : JSON.stringify(request.json))
  return {
    method: request.method,
    headers,
    // A redirect could send the token to another server.
    redirect: 'error',
    ...(body === undefined ? {} : { body }),
    ...(request.signal ? { signal: request.signal } : {})
  }
}

/** A multipart form with the file. The platform sets the boundary and the header. */
function fileOf(file: Request['file']): FormData | undefined {
  if (file === undefined) return undefined
  const form = new FormData()
  form.set('file', new Blob([Uint8Array.from(file.bytes)]), file.filename)
  return form
}

function formOf(form: Request['form']): URLSearchParams | undefined {
  return form === undefined ? undefined : new URLSearchParams(form)
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of piecesOf(response)) text += decoder.decode(piece, { stream: true })
  return text + decoder.decode()
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of piecesOf(response)) pieces.push(piece)
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** The pieces of an answer, up to its maximum size. Throws TOO_LARGE. */
async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  let length = 0
  while (reader) {
    const { done, value } = await reader.read()
    if (done) return
    length += value.length
    if (length > ANSWER_BYTES_MAX) {
      await reader.cancel()
      throw new StimnetError('TOO_LARGE', 'reading an answer')
    }
    yield value
  }
}

function parse<T>(text: string): T {
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw StimnetError.told('MALFORMED', 'What answers at that address is no gateway: its answer is no JSON.', cause)
  }
}
