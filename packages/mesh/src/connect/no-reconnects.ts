/** Prevents the library from dialling peers by itself. */
import assert from 'node:assert/strict'

/** Parts of the library that are public fields of its classes, but not part of their interfaces. */
interface Internals {
  readonly components: { readonly connectionManager: { readonly reconnectQueue: Startable } }
  readonly services: { readonly dht?: { readonly routingTable: { readonly closestPeerTagger: Startable } } }
}

interface Startable {
  start(): unknown
  afterStart?(): unknown
}

/**
 * Stops the library's automatic reconnects; must be called before the start. The DHT marks the peers nearest to this peer as
 * peers to keep, whatever `reconnectRetries` says. The library would connect to all of them at the start, and again as soon
 * as a connection to one of them closes. So every connection that `Tending` closed was opened again, and idle peers did
 * little else. `Dialler` alone decides with whom this peer is connected.
 */
export function withoutReconnects(node: object): void {
  const { components, services } = node as Internals
  const { reconnectQueue } = components.connectionManager
  const taggers = services.dht ? [services.dht.routingTable.closestPeerTagger] : []
  for (const part of [reconnectQueue, ...taggers]) {
    assert(typeof part?.start === 'function', 'the library reconnects in another way')
    part.start = () => undefined
    if (part.afterStart !== undefined) part.afterStart = () => undefined
  }
}
