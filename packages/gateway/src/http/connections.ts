/** Limits the connections of one listener, in total and per address, and chooses the connections to close. */
import type { Socket } from 'node:net'
import { addressOf } from '../auth/caller.ts'

/** Maximum numbers of connections. */
export interface ConnectionLimits {
  readonly max: number
  readonly perAddressMax: number
  /** The part of `max` that is reserved for addresses with few connections, so that probes always succeed. */
  readonly reserved: number
  /** Maximum number of connections of an address that uses the reserved part. */
  readonly fewMax: number
  /** At `max`, the oldest of all gives way, and not one of the address that has most. For connections that last for seconds at most. */
  readonly oldestFirst?: boolean
}

interface Entry {
  readonly socket: Socket
  readonly address: string
  readonly key: Place
  /** Number of requests being answered. */
  busy: number
}

/**
 * The open connections. At a limit, a new connection is accepted and the one that has been idle longest is closed, preferably one of
 * the same address: a caller that opens thousands of idle connections displaces only its own. Connections with a request in progress
 * are never closed here.
 */
export class Connections {
  readonly #limits: ConnectionLimits
  readonly #isProxy: (address: string) => boolean
  /** By address; within an address, the connection that has been idle longest comes first. */
  readonly #groups = new Map<string, Set<Entry>>()
  readonly #entries = new Map<Place, Entry>()

  constructor(limits: ConnectionLimits, isProxy: (address: string) => boolean) {
    this.#limits = limits
    this.#isProxy = isProxy
  }

  get size(): number {
    return this.#entries.size
  }

  sockets(): Socket[] {
    return [...this.#entries.values()].map(({ socket }) => socket)
  }

  /** Adds a connection; false if it had to be closed at once. */
  admit(socket: Socket): boolean {
    const address = addressOf({ incoming: { socket } })
    if (!this.#makeRoom(this.#groups.get(address) ?? new Set(), socket.remoteAddress ?? '')) {
      socket.destroy()
      return false
    }
    const group = this.#groups.get(address) ?? new Set()
    const key = placeOf(socket)
    const entry: Entry = { socket, address, key, busy: 0 }
    this.#groups.set(address, group.add(entry))
    this.#entries.set(key, entry)
    socket.once('close', () => this.#forget(entry))
    return true
  }

  /** Gives up a connection, or the TLS socket over it: it no longer counts here. Undefined if it was not there, or had to give way. */
  release(socket: Socket): Socket | undefined {
    const entry = this.#entries.get(placeOf(socket))
    if (entry) this.#forget(entry)
    return entry?.socket
  }

  /** Counts a request on this socket, or on the TLS socket over it. The returned function is called when the request was answered. */
  answering(socket: Socket): () => void {
    const entry = this.#entries.get(placeOf(socket))
    if (entry) entry.busy += 1
    return () => {
      if (!entry) return
      entry.busy -= 1
      // Move to the end of the order by idle time.
      const group = this.#groups.get(entry.address)
      if (group?.delete(entry)) group.add(entry)
    }
  }

  #makeRoom(group: Set<Entry>, remote: string): boolean {
    const { max, perAddressMax, reserved, fewMax, oldestFirst } = this.#limits
    const isCrowded = this.size >= max - reserved
    // A proxy has many callers, so only the total limit applies to it.
    const most = isCrowded ? fewMax : this.#isProxy(remote) ? max : perAddressMax
    if (group.size >= most) return this.#endSilent(group)
    if (this.size < max) return true
    return this.#endSilent(oldestFirst ? this.#entries.values() : largest(this.#groups.values()))
  }

  /** Closes the connection that has been idle longest; false if all are answering requests. */
  #endSilent(group: Iterable<Entry>): boolean {
    for (const entry of group) {
      if (entry.busy > 0) continue
      entry.socket.destroy()
      this.#forget(entry)
      return true
    }
    return false
  }

  #forget(entry: Entry): void {
    const group = this.#groups.get(entry.address)
    group?.delete(entry)
    if (group?.size === 0) this.#groups.delete(entry.address)
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key)
  }
}

function largest(groups: Iterable<Set<Entry>>): Set<Entry> {
  let found = new Set<Entry>()
  for (const group of groups) if (group.size > found.size) found = group
  return found
}

/** Identifies a connection. */
type Place = string | Socket

/** Identifies a connection by its remote end, which is the same before and after TLS; a Unix socket, which has none, by itself. */
function placeOf(socket: Socket): Place {
  const { remoteAddress, remotePort } = socket
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort}`
}
