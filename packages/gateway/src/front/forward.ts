/** Carries one request from a client to the peer and the answer back. Neither is kept: a slow reader slows the writer. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { LIMITS, StimnetError } from '@stimnet/protocol'
import { CHANNEL_LIMITS } from './channel.ts'
import { headersToClient, headersToPeer } from './headers.ts'
import type { Reach } from './reach.ts'

/** The largest upload, and a form around it. */
const BODY_BYTES_MAX = LIMITS.uploadBytesMax + 64 * 1024
/** Methods whose requests have a body. The body of any other request is not passed on, because nobody would read it. */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH'])

/** How a request is carried. */
export interface Carrying {
  readonly reach: Reach
  /** The address of the client. */
  readonly caller: string
  readonly requestId: string
  /** Aborts when the gateway process shuts down. */
  readonly closing: AbortSignal
  /** Sends an error to a client that has not received anything yet. */
  readonly fail: (error: StimnetError) => void
}

/** Carries a request. Every failure is answered, unless the answer has begun; then the client's connection is cut. */
export function forward(incoming: IncomingMessage, outgoing: ServerResponse, carrying: Carrying): void {
  if (Number(incoming.headers['content-length'] ?? 0) <= BODY_BYTES_MAX) {
    attempt(incoming, outgoing, carrying, 1)
    return
  }
  const reason = `A body has at most ${LIMITS.uploadBytesMax / 1024} KiB.`
  carrying.fail(new StimnetError('BODY_TOO_LARGE', 'carrying a request', { reason }))
}

function attempt(incoming: IncomingMessage, outgoing: ServerResponse, carrying: Carrying, tries: number): void {
  // The client may have gone while another attempt was awaited.
  if (outgoing.destroyed) return
  const { reach, fail } = carrying
  const { method = 'GET', url: path = '/' } = incoming
  let state: 'connecting' | 'asked' | 'late' | 'answered' = 'connecting'
  const framing = framingOf(incoming)
  const headers = { ...headersToPeer(incoming.headers, carrying), ...framing }
  let asked: ClientRequest
  try {
    asked = reach.ask({ method, path, headers }, () => {
      state = 'asked'
      // Piped only now, so that nothing is lost if another attempt is needed.
      if (framing) incoming.pipe(asked)
    })
  } catch (cause) {
    fail(new StimnetError('MALFORMED', 'carrying a request', { cause }))
    return
  }
  if (!framing) asked.end()
  const gone = () => asked.destroy()
  outgoing.once('close', gone)
  asked.setTimeout(CHANNEL_LIMITS.answerMsMax, () => {
    if (state === 'asked') state = 'late'
    asked.destroy(new Error('silent'))
  })
  asked.once('response', (answer) => {
    state = 'answered'
    bringBack(answer, asked, { incoming, outgoing, closing: carrying.closing })
  })
  asked.on('error', (cause: NodeJS.ErrnoException) => {
    // After an answer, nobody reads the rest of the request, so its end may be cut.
    if (state === 'answered' || outgoing.destroyed) return
    outgoing.off('close', gone)
    if (cause.code === 'EAGAIN' && state === 'connecting' && tries < CHANNEL_LIMITS.connectTries) {
      const waitMs = CHANNEL_LIMITS.connectAgainMs * 2 ** (tries - 1)
      setTimeout(() => attempt(incoming, outgoing, carrying, tries + 1), waitMs)
      return
    }
    fail(new StimnetError(FAILED[state], `asking ${reach.name}`, { cause }))
  })
}

/**
 * The code of a failure. If there was no connection, the peer has certainly not seen the request. Otherwise it is unknown whether the peer
 * saw the request; a client that must know sends it again with the same Idempotency-Key.
 */
const FAILED = { connecting: 'PEER_UNREACHABLE', asked: 'INTERRUPTED', late: 'DEADLINE' } as const

/** The headers that say how the body of a request ends; undefined if its method has none. */
function framingOf({ method = 'GET', headers }: IncomingMessage): Record<string, string> | undefined {
  if (!WITH_BODY.has(method)) return undefined
  if (headers['transfer-encoding'] !== undefined) return { 'transfer-encoding': 'chunked' }
  return { 'content-length': headers['content-length'] ?? '0' }
}

/** Passes the answer on as it arrives. */
function bringBack(
  answer: IncomingMessage,
  asked: ClientRequest,
  { incoming, outgoing, closing }: { incoming: IncomingMessage; outgoing: ServerResponse; closing: AbortSignal }
): void {
  incoming.unpipe(asked)
  incoming.resume()
  outgoing.writeHead(answer.statusCode ?? 502, headersToClient(answer.rawHeaders))
  answer.pipe(outgoing)
  answer.once('close', () => {
    // The answer was cut off. A client must not take a part of an answer for the whole answer.
    if (!answer.complete && !outgoing.writableEnded) outgoing.destroy()
  })
  answer.on('error', () => undefined)
  if (!/^text\/event-stream\b/.test(answer.headers['content-type'] ?? '')) return
  outgoing.flushHeaders()
  // A stream of events does not end by itself. Its client continues at another gateway, with the id of the last event.
  const end = () => {
    answer.unpipe(outgoing)
    outgoing.end()
    asked.destroy()
  }
  if (closing.aborted) {
    end()
    return
  }
  closing.addEventListener('abort', end, { once: true })
  outgoing.once('close', () => closing.removeEventListener('abort', end))
}
