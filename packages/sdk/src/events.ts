/** Server-sent events over fetch, with reconnection. */
import { type Clock, CODES, codeOf, StimnetError } from '@stimnet/protocol'
import type { Http } from './http.ts'
import { errorOf } from './problem.ts'

/** Maximum silence, ms. The gateway sends a heartbeat every 15 s; after three missing ones the connection counts as broken. */
const SILENCE_MS_MAX = 45_000
/** Maximum length of one event, characters: a broadcast with the outputs of hundreds of peers. */
const EVENT_CHARS_MAX = 64 * 1024 * 1024
const RETRY_MS = 250
const RETRY_MS_MAX = 8_000
/** Maximum number of attempts in a row without an event, before an error is thrown. */
const ATTEMPTS_MAX = 8

/** One server-sent event. */
export interface ServerEvent {
  readonly id: string | undefined
  readonly name: string
  readonly data: string
}

/** The events of one response body, in the format of the HTML standard. Throws TOO_LARGE, and INTERRUPTED after a long silence. */
export async function* readEvents(body: ReadableStream<Uint8Array>, clock: Clock): AsyncGenerator<ServerEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const split = splitter()
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), clock)
      if (done) return
      for (const block of split(decoder.decode(value, { stream: true }))) {
        const event = eventOf(block)
        if (event) yield event
      }
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

/** Splits text at blank lines. Pieces of an unfinished block are joined only once, at its end, since there may be thousands. */
function splitter(): (text: string) => string[] {
  let pieces: string[] = []
  let length = 0
  let carried = ''
  return (text) => {
    // A CR LF may be split between two pieces.
    const whole = carried + text
    carried = whole.endsWith('\r') ? '\r' : ''
    const piece = whole.slice(0, whole.length - carried.length).replaceAll('\r\n', '\n')
    const ends = piece.includes('\n\n') || (piece.startsWith('\n') && (pieces.at(-1)?.endsWith('\n') ?? false))
    if (piece !== '') pieces.push(piece)
    length += piece.length
    if (length > EVENT_CHARS_MAX) throw new StimnetError('TOO_LARGE', 'reading an event')
    if (!ends) return []
    const blocks = pieces.join('').split('\n\n')
    const rest = blocks.pop() ?? ''
    pieces = rest === '' ? [] : [rest]
    length = rest.length
    return blocks
  }
}

async function within<T>(work: Promise<T>, clock: Clock): Promise<T> {
  const done = new AbortController()
  const silence = clock.sleep(SILENCE_MS_MAX, done.signal).then(() => {
    throw new StimnetError('INTERRUPTED', 'waiting for an event')
  })
  // The promise that loses the race must not cause an unhandled rejection.
  silence.catch(() => undefined)
  work.catch(() => undefined)
  try {
    return await Promise.race([work, silence])
  } finally {
    done.abort()
  }
}

function eventOf(block: string): ServerEvent | undefined {
  let id: string | undefined
  let name = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'id') id = value
    if (field === 'event') name = value
    if (field === 'data') data.push(value)
  }
  return data.length > 0 ? { id, name, data: data.join('\n') } : undefined
}

/**
 * Yields every state of the resource at `path` until its end. A broken connection is restored, up to eight times in a row without an
 * event. After that, or if a retry cannot help, the error is thrown. If the signal aborts, its reason is thrown.
 */
export async function* followEvents<T>(
  http: Http,
  path: string,
  options: { clock: Clock; signal?: AbortSignal | undefined }
): AsyncGenerator<T> {
  let last: string | undefined
  for (let failures = 0; ; ) {
    let cause: unknown
    try {
      const headers = { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) }
      const response = await http.open({ method: 'GET', path, headers, signal: options.signal })
      if (response.status === 204) return
      for await (const event of readEvents(response.body ?? emptyBody(), options.clock)) {
        failures = 0
        last = event.id ?? last
        if (event.name === 'problem') throw problemIn(event)
        yield dataOf<T>(event)
        if (event.name === 'end') return
      }
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason
      // A connection that breaks during reading causes an error of the platform.
      if (error instanceof StimnetError && !CODES[codeOf(error)].retry) throw error
      cause = error
    }
    failures += 1
    if (failures >= ATTEMPTS_MAX) throw new StimnetError('INTERRUPTED', `following ${path}`, { cause })
    await options.clock.sleep(Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MS_MAX), options.signal)
  }
}

function problemIn(event: ServerEvent): StimnetError {
  return errorOf(500, event.data)
}

function dataOf<T>(event: ServerEvent): T {
  try {
    return JSON.parse(event.data) as T
  } catch (cause) {
    throw new StimnetError('MALFORMED', 'reading an event', { cause })
  }
}

function emptyBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() })
}
