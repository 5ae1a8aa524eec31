/** Connections on their way in, before it is proved who makes them: how many, from where, and which of them gives way. */
import { BlockList, type SocketAddress } from 'node:net'
import type { Clock } from '@stimnet/protocol'
import { Quota } from '../streams/quota.ts'

/** How many there may be. */
export interface DoorLimits {
  /** Connections that have not yet proved who they are, from everywhere. Each ends after ten seconds at the latest. */
  readonly pendingMax: number
  /** Connections that one peer may have made: an honest one has two where both dialled, and what a cut link left. */
  readonly perPeerMax: number
}

const LIMITS: DoorLimits = { pendingMax: 100, perPeerMax: 8 }

/** Connections from one address, whoever makes them: a network behind one address reconnects within seconds. */
const BY_ADDRESS = { burst: 600, perSecond: 10 }
/** From addresses that no permitted peer has come from: a handshake takes some milliseconds of a processor. */
const BY_STRANGERS = { burst: 1_000, perSecond: 50 }
const BY_KNOWN = { burst: 6_000, perSecond: 100 }
/** Addresses that permitted peers came from: more than a federation has. */
const KNOWN_MAX = 2_000

/** What the door sees of a connection. */
export interface Arrival {
  readonly remoteAddr: { toString(): string }
  abort(error: Error): void
  addEventListener(kind: 'close', listener: () => void): void
}

/** One a node. */
export class Doorway {
  readonly #limits: DoorLimits
  readonly #strangers: Quota
  readonly #acquaintances: Quota
  /** Hosts that permitted peers came from, the longest ago first. */
  readonly #known = new Set<string>()
  /** Not yet proved, by host; within one the oldest first. */
  readonly #pending = new Map<string, Set<Arrival>>()
  /** Let in, by peer; the oldest first. */
  readonly #peers = new Map<string, Set<Arrival>>()

  constructor(clock: Clock, limits: Partial<DoorLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits }
    this.#strangers = new Quota({ perPeer: BY_ADDRESS, total: BY_STRANGERS }, clock)
    this.#acquaintances = new Quota({ perPeer: BY_ADDRESS, total: BY_KNOWN }, clock)
  }

  /**
   * Whether somebody may come in from an IP address now. The listener asks it before there is a socket: of thousands that are turned
   * away nothing is kept. Where all places are taken, the oldest arrival of the host that has most of them goes, strangers' first, so
   * that one host or many keep nobody else out.
   */
  admits(address: string): boolean {
    const host = hostOf(address)
    const isKnown = this.#known.has(host)
    if (!(isKnown ? this.#acquaintances : this.#strangers).take(host)) return false
    if (this.#pendingCount < this.#limits.pendingMax) return true
    const crowd = this.#largestCrowd()
    // A member's address may be shared with an attacker's, so half of the places is the most that it keeps from strangers.
    if (crowd === undefined || (crowd.isKnown && !isKnown && crowd.size <= this.#limits.pendingMax / 2)) return false
    if (crowd.isKnown === isKnown && crowd.size <= (this.#pending.get(host)?.size ?? 0)) return this.#endOldest(host)
    return this.#endOldest(crowd.host)
  }

  /** It begins to prove who it is. */
  begins(arrival: Arrival): void {
    add(this.#pending, hostIn(arrival), arrival)
    arrival.addEventListener('close', () => remove(this.#pending, hostIn(arrival), arrival))
  }

  /** A permitted peer, whoever dialled: its oldest connection goes where it has too many. */
  welcomes(peerId: string, arrival: Arrival): void {
    const host = hostIn(arrival)
    remove(this.#pending, host, arrival)
    this.#known.delete(host)
    this.#known.add(host)
    add(this.#peers, peerId, arrival)
    if (this.#known.size > KNOWN_MAX) this.#forgetOne()
    arrival.addEventListener('close', () => remove(this.#peers, peerId, arrival))
    const own = this.#peers.get(peerId)
    const [oldest] = own ?? []
    if (oldest && own && own.size > this.#limits.perPeerMax) {
      remove(this.#peers, peerId, oldest)
      oldest.abort(new Error('too many connections of one peer'))
    }
  }

  /** The host that nobody has come from for the longest time, and that nobody is connected from. */
  #forgetOne(): void {
    const connected = new Set([...this.#peers.values()].flatMap((arrivals) => [...arrivals].map(hostIn)))
    for (const host of this.#known) {
      if (connected.has(host)) continue
      this.#known.delete(host)
      return
    }
  }

  /** For a listener of the platform: it asks `admits` of each address. */
  list(): BlockList {
    return new DoorList(this)
  }

  get #pendingCount(): number {
    let count = 0
    for (const { size } of this.#pending.values()) count += size
    return count
  }

  #largestCrowd() {
    const crowds = [...this.#pending].map(([host, { size }]) => ({ host, size, isKnown: this.#known.has(host) }))
    const strangers = crowds.filter(({ isKnown }) => !isKnown)
    return (strangers.length > 0 ? strangers : crowds).sort((a, b) => b.size - a.size)[0]
  }

  /** False where there is none. */
  #endOldest(host: string): boolean {
    const [oldest] = this.#pending.get(host) ?? []
    if (oldest === undefined) return false
    remove(this.#pending, host, oldest)
    oldest.abort(new Error('too many connections that do not say whose they are'))
    return true
  }
}

/** The platform closes what its list names, before it makes anything of a connection; ours is asked and names nothing itself. */
class DoorList extends BlockList {
  readonly #door: Doorway

  constructor(door: Doorway) {
    super()
    this.#door = door
  }

  override check(from: string | SocketAddress): boolean {
    return !this.#door.admits(typeof from === 'string' ? from : from.address)
  }
}

function add(groups: Map<string, Set<Arrival>>, name: string, arrival: Arrival): void {
  groups.set(name, (groups.get(name) ?? new Set()).add(arrival))
}

function remove(groups: Map<string, Set<Arrival>>, name: string, arrival: Arrival): void {
  const group = groups.get(name)
  group?.delete(arrival)
  if (group?.size === 0) groups.delete(name)
}

function hostIn({ remoteAddr }: Arrival): string {
  const [, address] = /\/ip[46]\/([^/]+)/.exec(remoteAddr.toString()) ?? []
  return address === undefined ? remoteAddr.toString() : hostOf(address)
}

/** An IPv4 address that is written as one of IPv6, in either form. */
function unmapped(address: string): string {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? []
  if (high === undefined || low === undefined) return address.replace(/^::ffff:(?=\d+\.)/, '')
  return [high, low]
    .flatMap((group) => [group.padStart(4, '0').slice(0, 2), group.padStart(4, '0').slice(2)])
    .map((byte) => Number.parseInt(byte, 16))
    .join('.')
}

/** Who has one address of IPv6 has all of its last 64 bits. */
export function hostOf(address: string): string {
  const plain = unmapped(address.toLowerCase())
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
