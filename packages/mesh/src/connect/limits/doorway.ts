/**
 * Incoming connections before their PeerId is proved: how many are allowed, from which addresses, and which connection is
 * ended first.
 */
import { BlockList, type SocketAddress } from 'node:net'
import type { Clock } from '@stimnet/protocol'
import { Quota } from './quota.ts'

/** Limits on the numbers of connections. */
export interface DoorLimits {
  /**
   * Maximum number of connections that have not proved a PeerId, from all addresses. Each of them ends after ten seconds at
   * the latest.
   */
  readonly pendingMax: number
  /**
   * Maximum number of connections per peer. Honest peers have two if both dialled, and additional ones that a broken network
   * left.
   */
  readonly perPeerMax: number
  /** If strangers are answered: maximum number of connections of peers without a proof, in total and from one address. */
  readonly unprovedMax: number
  readonly unprovedOfHostMax: number
  /** Maximum time for the proof, ms. */
  readonly proofMsMax: number
}

const LIMITS: DoorLimits = {
  pendingMax: 100,
  perPeerMax: 8,
  unprovedMax: 100,
  unprovedOfHostMax: 16,
  proofMsMax: 5_000
}

/** Rate of connections from one address, from all peers together. All peers behind one address may reconnect within seconds. */
const BY_ADDRESS = { burst: 600, perSecond: 10 }
/**
 * Rate of connections from all addresses from which no permitted peer has connected. A handshake takes some milliseconds of
 * processor time.
 */
const BY_STRANGERS = { burst: 1_000, perSecond: 50 }
const BY_KNOWN = { burst: 6_000, perSecond: 100 }
/** Maximum number of addresses that are remembered; a federation has fewer. */
const KNOWN_MAX = 2_000

/** The members of a connection that are used here. */
export interface Arrival {
  readonly remoteAddr: { toString(): string }
  abort(error: Error): void
  addEventListener(kind: 'close', listener: () => void): void
}

/** Admits connections. A node has one instance. */
export class Doorway {
  readonly #limits: DoorLimits
  readonly #strangers: Quota
  readonly #acquaintances: Quota
  /** Hosts from which permitted peers connected. The host whose last peer connected longest ago is first. */
  readonly #known = new Set<string>()
  /** Connections without a proved PeerId, by host, oldest first. */
  readonly #pending = new Map<string, Set<Arrival>>()
  /** Connections of permitted peers, by PeerId, oldest first. */
  readonly #peers = new Map<string, Set<Arrival>>()
  /** Connections of peers without a proof, oldest first. */
  readonly #unproved = new Map<Arrival, { readonly peerId: string; readonly host: string }>()
  readonly #clock: Clock
  readonly #isProved: (peerId: string) => boolean

  /** `isProved` is for a mesh that answers strangers; see `AnswersOnly`. In other meshes, a permitted peer needs no proof. */
  constructor(clock: Clock, limits: Partial<DoorLimits> = {}, isProved: (peerId: string) => boolean = () => true) {
    this.#clock = clock
    this.#isProved = isProved
    this.#limits = { ...LIMITS, ...limits }
    this.#strangers = new Quota({ perPeer: BY_ADDRESS, total: BY_STRANGERS }, clock)
    this.#acquaintances = new Quota({ perPeer: BY_ADDRESS, total: BY_KNOWN }, clock)
  }

  /**
   * Whether a connection from an IP address is accepted now. The listener asks before it creates a socket, so refused
   * connections cost no memory. If all places are taken, the oldest connection of the host with the most connections is
   * ended, unknown hosts first, so that neither one host nor many hosts can keep others out.
   */
  admits(address: string): boolean {
    const host = hostOf(address)
    const isKnown = this.#known.has(host)
    if (!(isKnown ? this.#acquaintances : this.#strangers).take(host)) return false
    if (this.#pendingCount < this.#limits.pendingMax) return true
    const crowd = this.#largestCrowd()
    // An attacker may share a member's address, so a known host can keep at most half of the places from unknown hosts.
    if (crowd === undefined || (crowd.isKnown && !isKnown && crowd.size <= this.#limits.pendingMax / 2)) return false
    if (crowd.isKnown === isKnown && crowd.size <= (this.#pending.get(host)?.size ?? 0)) return this.#endOldest(host)
    return this.#endOldest(crowd.host)
  }

  /** Registers a connection that begins to prove its PeerId. */
  begins(arrival: Arrival): void {
    add(this.#pending, hostIn(arrival), arrival)
    arrival.addEventListener('close', () => remove(this.#pending, hostIn(arrival), arrival))
  }

  /**
   * Registers a connection of a permitted peer, whichever side dialled. Ends the peer's oldest connection if the peer has
   * too many.
   */
  welcomes(peerId: string, arrival: Arrival): void {
    const host = hostIn(arrival)
    remove(this.#pending, host, arrival)
    add(this.#peers, peerId, arrival)
    if (this.#isProved(peerId)) this.#remember(host)
    else this.#awaitProof(arrival, { peerId, host })
    arrival.addEventListener('close', () => remove(this.#peers, peerId, arrival))
    const own = this.#peers.get(peerId)
    const [oldest] = own ?? []
    if (oldest && own && own.size > this.#limits.perPeerMax) {
      remove(this.#peers, peerId, oldest)
      oldest.abort(new Error('too many connections of one peer'))
    }
  }

  #remember(host: string): void {
    this.#known.delete(host)
    this.#known.add(host)
    if (this.#known.size > KNOWN_MAX) this.#forgetOne()
  }

  /**
   * Ends the connection if its peer has no proof in time. If there are too many connections without a proof, others are
   * ended first.
   */
  #awaitProof(arrival: Arrival, who: { readonly peerId: string; readonly host: string }): void {
    const closed = new AbortController()
    this.#unproved.set(arrival, who)
    arrival.addEventListener('close', () => {
      this.#unproved.delete(arrival)
      closed.abort()
    })
    const judge = () => {
      this.#unproved.delete(arrival)
      if (this.#isProved(who.peerId)) this.#remember(who.host)
      else arrival.abort(new Error('a connection without a proof'))
    }
    this.#clock.sleep(this.#limits.proofMsMax, closed.signal).then(judge, () => undefined)
    this.#endUnproved(who.host)
  }

  /** Ends the oldest connection without a proof: of this host if it has too many, otherwise of the host with the most. */
  #endUnproved(host: string): void {
    const byHost = new Map<string, Set<Arrival>>()
    for (const [arrival, who] of this.#unproved) {
      if (this.#isProved(who.peerId)) this.#unproved.delete(arrival)
      else add(byHost, who.host, arrival)
    }
    const own = byHost.get(host)
    const isOver = own !== undefined && own.size > this.#limits.unprovedOfHostMax
    const [largest] = [...byHost.values()].sort((a, b) => b.size - a.size)
    const crowd = isOver ? own : this.#unproved.size > this.#limits.unprovedMax ? largest : undefined
    const [oldest] = crowd ?? []
    if (oldest === undefined) return
    this.#unproved.delete(oldest)
    oldest.abort(new Error('too many connections without a proof'))
  }

  /** Forgets the known host without current connections from which no peer has connected for the longest time. */
  #forgetOne(): void {
    const connected = new Set([...this.#peers.values()].flatMap((arrivals) => [...arrivals].map(hostIn)))
    for (const host of this.#known) {
      if (connected.has(host)) continue
      this.#known.delete(host)
      return
    }
  }

  /** A block list for Node's listener, which calls `admits` for each address. */
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

  /** Ends the oldest connection of the host. Returns false if the host has no connection. */
  #endOldest(host: string): boolean {
    const [oldest] = this.#pending.get(host) ?? []
    if (oldest === undefined) return false
    remove(this.#pending, host, oldest)
    oldest.abort(new Error('too many connections that do not say whose they are'))
    return true
  }
}

/**
 * Node closes connections from addresses on its block list before it creates a socket. This list has no entries, but asks
 * the doorway.
 */
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

/** The IPv4 address in an IPv4-mapped IPv6 address of either form. Any other address is returned unchanged. */
function unmapped(address: string): string {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? []
  if (high === undefined || low === undefined) return address.replace(/^::ffff:(?=\d+\.)/, '')
  return [high, low]
    .flatMap((group) => [group.padStart(4, '0').slice(0, 2), group.padStart(4, '0').slice(2)])
    .map((byte) => Number.parseInt(byte, 16))
    .join('.')
}

/** The host of an address. Anybody with one IPv6 address usually has all addresses that differ only in the last 64 bits. */
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
