/** A gateway process: it serves the console's files, and carries every other request to the peer, which alone decides. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RandomSource, StimnetError } from '@stimnet/protocol'
import { withoutMapping } from '../auth/caller.ts'
import { TrustedProxies } from '../auth/proxies.ts'
import { consoleFiles, type ConsoleFile, contentOf, holdsConsole } from '../console.ts'
import { headersOf } from '../http/answer.ts'
import type { Answering } from '../http/listen.ts'
import { problemAnswer } from '../http/problem.ts'
import { idsFrom, requestIdOf } from '../http/request-id.ts'
import { forward } from './forward.ts'
import type { Reach } from './reach.ts'

/** The settings of a gateway process. */
export interface FrontSettings {
  readonly reach: Reach
  /** Proxies whose X-Forwarded-For is trusted, as for a peer's own gateway. */
  readonly trustedProxies: readonly string[]
  /** Folder of the built console. If it is absent or empty, the peer answers for its paths too. */
  readonly consoleDir?: string | undefined
  readonly random: RandomSource
  /** Called with each request that could not be carried. */
  readonly failed: (error: StimnetError, requestId: string) => void
}

/** Creates the request handler of a gateway process. Throws CONFIG_INVALID for an invalid proxy. */
export function createFront(settings: FrontSettings): Answering {
  const { reach, failed, consoleDir } = settings
  const proxies = new TrustedProxies(settings.trustedProxies)
  const files = new Map(holdsConsole(consoleDir) ? consoleFiles(consoleDir).map((file) => [file.path, file]) : [])
  const ids = idsFrom(settings.random)
  return (closing) => (incoming, outgoing) => {
    const caller = callerOf(incoming, proxies)
    // The connection is gone.
    if (caller === '') return outgoing.destroy()
    const requestId = requestIdOf(oneOf(incoming.headers['x-request-id']), ids)
    const file = isReading(incoming) ? files.get((incoming.url ?? '').split('?')[0] ?? '') : undefined
    if (file) return sendFile(file, incoming, outgoing, requestId)
    const fail = (error: StimnetError) => {
      failed(error, requestId)
      void sendProblem(error, outgoing, requestId)
    }
    forward(incoming, outgoing, { reach, caller, requestId, closing, fail })
  }
}

function callerOf({ socket, headers }: IncomingMessage, proxies: TrustedProxies): string {
  const remote = withoutMapping(socket.remoteAddress ?? '')
  return remote && proxies.callerOf(remote, oneOf(headers['x-forwarded-for']) ?? null)
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

function sendFile(file: ConsoleFile, incoming: IncomingMessage, outgoing: ServerResponse, requestId: string): void {
  const { headers, bytes } = contentOf(file, oneOf(incoming.headers['accept-encoding']))
  outgoing.writeHead(200, headersOf(requestId, { ...headers, 'content-length': String(bytes.length) }))
  outgoing.end(bytes)
}

async function sendProblem(error: StimnetError, outgoing: ServerResponse, requestId: string): Promise<void> {
  const answer = problemAnswer(error, { requestId, report: () => requestId })
  // The rest of the request's body is not read.
  const headers = { ...Object.fromEntries(answer.headers), connection: 'close' }
  const text = await answer.text()
  outgoing.writeHead(answer.status, headers).end(text)
}
