/** Connections of one listener: how many in all, how many from one address, and which of them gives way. */
import type { Socket } from 'node:net'
import { addressOf } from '../auth/caller.ts'

/** How many there may be. */
export interface ConnectionLimits {
  readonly max: number
  readonly perAddressMax: number
  /** Of `max`: kept for addresses that hold few, so that a probe always gets in. */
  readonly reserved: number
  /** What such an address may hold. */
  readonly fewMax: number
}

interface Entry {
  readonly socket: Socket
  readonly address: string
  readonly key: string
  /** Requests being answered. */
  busy: number
}

/**
 * Where there are too many, the newest comes in and the one that has been silent longest goes, of its own address first: whoever
 * opens thousands and says nothing pushes out nobody but themselves. One with a request under way is never ended here.
 */
export class Connections {
  readonly #limits: ConnectionLimits
  readonly #isProxy: (address: string) => boolean
  /** By address; within one the longest silent first. */
  readonly #groups = new Map<string, Set<Entry>>()
  readonly #entries = new Map<string, Entry>()

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

  /** False where it had to be closed at once. */
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

  /** A request has begun on this socket, or on what TLS made of it. Gives what is called when it has been answered. */
  answering(socket: Socket): () => void {
    const entry = this.#entries.get(placeOf(socket))
    if (entry) entry.busy += 1
    return () => {
      if (!entry) return
      entry.busy -= 1
      // Back to the end of the line of those that have been silent longest.
      const group = this.#groups.get(entry.address)
      if (group?.delete(entry)) group.add(entry)
    }
  }

  #makeRoom(group: Set<Entry>, remote: string): boolean {
    const { max, perAddressMax, reserved, fewMax } = this.#limits
    const isCrowded = this.size >= max - reserved
    // Behind a proxy are many; it is held by the room for all.
    const most = isCrowded ? fewMax : this.#isProxy(remote) ? max : perAddressMax
    if (group.size >= most) return this.#endSilent(group)
    return this.size < max || this.#endSilent(largest(this.#groups.values()))
  }

  /** Ends the one that has been silent longest; false where all are answering. */
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

/** The other end of a connection: the same before and after TLS. */
function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
