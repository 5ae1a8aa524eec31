/** Keeps the library from dialling peers by itself. */
import assert from 'node:assert/strict'

/** Parts of the library that are public fields of its classes, but not part of their interfaces. */
interface Internals {
  readonly components: { readonly connectionManager: { readonly reconnectQueue: Startable } }
  readonly services: { readonly dht: { readonly routingTable: { readonly closestPeerTagger: Startable } } }
}

interface Startable {
  start(): unknown
  afterStart?(): unknown
}

/**
 * The DHT marks the peers that are nearest to this one as peers to keep, whatever `reconnectRetries` says: the library connects to all of
 * them at the start, and again in the same moment whenever a connection to one of them closes. So what `Tending` closed was opened
 * again, and peers at rest did little else. `Dialler` alone decides whom this peer is connected with. To be called before the start.
 */
export function withoutReconnects(node: object): void {
  const { components, services } = node as Internals
  const { reconnectQueue } = components.connectionManager
  const { closestPeerTagger } = services.dht.routingTable
  for (const part of [reconnectQueue, closestPeerTagger]) {
    assert(typeof part?.start === 'function', 'the library reconnects in another way')
    part.start = () => undefined
    if (part.afterStart !== undefined) part.afterStart = () => undefined
  }
}
