/** The peer's side of the private channel: it accepts requests from gateway processes, and knows which of them are attached. */
import { isIP } from 'node:net'
import type { Clock } from '@stimnet/protocol'
import type { Connection } from '../auth/caller.ts'
import { readBytes } from '../http/body.ts'
import type { Served } from '../http/listen.ts'
import type { PeerFacts } from '../peer.ts'
import { ATTACH_PATH, attachShape, CALLER_HEADER, CHANNEL_LIMITS } from './channel.ts'

/** A gateway process that is attached now. */
export interface AttachedGateway {
  readonly name: string
  readonly version: string
  readonly sinceMs: number
  /** `socket`: on this machine; `tls`: over the network. */
  readonly through: 'socket' | 'tls'
}

/** The parts that a peer needs to accept gateway processes. */
export interface GatewaysParts {
  readonly clock: Clock
  readonly facts: () => Pick<PeerFacts, 'peerId' | 'institution' | 'version'>
  readonly attached: (gateway: AttachedGateway) => void
  readonly detached: (gateway: AttachedGateway) => void
}

/** The gateway processes of a peer. */
export class Gateways {
  readonly #parts: GatewaysParts
  readonly #attached = new Set<AttachedGateway>()

  constructor(parts: GatewaysParts) {
    this.#parts = parts
  }

  /** The gateway processes that are attached now, the longest attached first. */
  list(): readonly AttachedGateway[] {
    return [...this.#attached]
  }

  /**
   * The answers of a listener of the channel: requests of callers that a gateway process names go to `app`; gateway processes themselves
   * can attach.
   */
  serve(app: Served, through: AttachedGateway['through']): Served {
    return {
      fetch: (request, connection) => {
        const caller = request.headers.get(CALLER_HEADER)
        if (caller === null) return this.#own(request, connection, through)
        // Without an address, a caller could not be limited, so the request is refused.
        if (isIP(caller) === 0) return new Response(null, { status: 400 })
        const { incoming, closing, visit } = connection
        return app.fetch(request, { incoming, caller, visit, ...(closing ? { closing } : {}) })
      }
    }
  }

  /** Answers a request of a gateway process itself. */
  async #own(request: Request, { closing }: Connection, through: AttachedGateway['through']): Promise<Response> {
    const isAttaching = request.method === 'POST' && new URL(request.url).pathname === ATTACH_PATH
    if (!isAttaching) return new Response(null, { status: 404 })
    const said = attachShape.safeParse(await jsonOf(request).catch(() => undefined))
    if (!said.success) return new Response(null, { status: 400 })
    if (this.#attached.size >= CHANNEL_LIMITS.gatewaysMax) return new Response(null, { status: 503 })
    const { name, version } = said.data
    const gateway = { name, version, through, sinceMs: this.#parts.clock.now() }
    return this.#stay(gateway, closing ? [request.signal, closing] : [request.signal])
  }

  /** The answer to a gateway process: the identity of the peer, then heartbeats. The gateway is attached until one side ends the answer. */
  #stay(gateway: AttachedGateway, signals: readonly AbortSignal[]): Response {
    const { clock, facts, attached, detached } = this.#parts
    const { peerId: peer_id, institution, version } = facts()
    let next = `${JSON.stringify({ peer_id, institution, version })}\n`
    const stop = new AbortController()
    const leave = () => {
      if (stop.signal.aborted) return
      stop.abort()
      for (const signal of signals) signal.removeEventListener('abort', leave)
      if (this.#attached.delete(gateway)) detached(gateway)
    }
    this.#attached.add(gateway)
    attached(gateway)
    for (const signal of signals) signal.addEventListener('abort', leave)
    if (signals.some((signal) => signal.aborted)) leave()
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          if (next === '\n') await clock.sleep(CHANNEL_LIMITS.beatMs, stop.signal).catch(() => undefined)
          if (stop.signal.aborted) return controller.close()
          controller.enqueue(encoder.encode(next))
          next = '\n'
        },
        cancel: leave
      },
      { highWaterMark: 0 }
    )
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } })
  }
}

async function jsonOf(request: Request): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await readBytes(request, CHANNEL_LIMITS.attachBytesMax)))
}
