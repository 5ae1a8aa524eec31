/** Dialling of neighbours, bootstrap addresses and hinted peers, repeated with growing waits, so that connections stay up. */

import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { Clock, RandomSource } from '@stimnet/protocol'
import { backOffMs } from '../connect/limits/back-off.ts'
import { isRelayed } from '../connect/relay/circuits.ts'
import type { Links } from '../connect/links.ts'
import { ADDRESSES_MAX } from '../connect/members.ts'
import type { MeshTiming } from '../mesh.ts'
import { chooseNeighbours, rankOf } from './neighbours.ts'
import type { MeshNode } from '../connect/node.ts'

/** Maximum number of dials in progress at the same time. */
const DIALS_MAX = 16
const DIAL_MS_MAX = 10_000
/** Maximum time for the dialled peer to identify itself, ms. A peer that refuses the connection closes it sooner. */
const IDENTIFY_MS_MAX = 5_000
/** Maximum number of targets, because any member can name any number of peers. */
const TARGETS_MAX = 2_000
/** Number of failed dials after which a hinted peer is dropped, until it is named again. */
const HINT_TRIES = 3
/** Maximum sleep if no dial is due, ms. A new target ends the sleep earlier. */
const IDLE_MS = 60_000

/** A connection that ends sooner was refused, or the network is bad: the peer is then dialled again after a longer wait, ms. */
const SHORT_MS = 60_000
/** Number of consecutive failures after which a member counts as unreachable. */
const ILL_FAILURES = 2

interface Target {
  /** Null for a bootstrap address without a PeerId, until the peer is reached. */
  peerId: string | null
  addresses: string[]
  /**
   * Hints are dropped after some failures. Members are dialled while they are neighbours. Bootstrap addresses are dialled
   * while few peers are connected.
   */
  readonly kind: 'bootstrap' | 'member' | 'hint'
  readonly rank: number
  failures: number
  /** Whether the last attempt to reach the peer failed. */
  isMissed: boolean
  openedAtMs: number
  dueAtMs: number
  dialling: boolean
}

/** Dependencies of the dialler. */
export interface DiallerDeps {
  readonly node: MeshNode
  readonly links: Links
  readonly clock: Clock
  readonly random: RandomSource
  readonly timing: Pick<MeshTiming, 'redialMs' | 'redialMsMax'>
  readonly stopping: AbortSignal
  readonly permits: (peerId: string) => boolean
  /** Maximum number of members to which connections are kept. */
  readonly limit: () => number
  /** Current addresses of the peer according to other peers; see `Discovery.lookUp`. */
  readonly lookUp: (peerId: string, signal: AbortSignal) => Promise<string[]>
}

/** Keeps this peer connected to its neighbours: all known members, or a choice of them. A mesh has one instance. */
export class Dialler {
  readonly #deps: DiallerDeps
  readonly #targets = new Map<string, Target>()
  #underWay = 0
  #wake = new AbortController()
  #anew = new AbortController()
  #neighbours: ReadonlySet<string> | null = null

  constructor(deps: DiallerDeps) {
    this.#deps = deps
  }

  /** Adds an address from the configuration. */
  addBootstrap(address: string): void {
    const peerId = peerIdOf(multiaddr(address))
    if (peerId === this.#deps.node.peerId.toString()) return
    this.#add(address, { peerId, addresses: [address], kind: 'bootstrap' })
  }

  /** Adds a peer that was connected before, or that others know. */
  addMember(peerId: string, addresses: readonly string[]): void {
    const known = this.#targets.get(peerId)
    if (known?.kind === 'member') {
      known.addresses = merge(addresses, known.addresses)
      return
    }
    this.#targets.delete(peerId)
    this.#add(peerId, { peerId, addresses: merge(addresses, known?.addresses ?? []), kind: 'member' })
  }

  /** Records that the peer has connected, whichever side dialled. */
  opened(peerId: string): void {
    const target = this.#targets.get(peerId)
    if (!target) return
    target.openedAtMs = this.#deps.clock.now()
    target.failures = 0
    target.isMissed = false
    this.limitChanged()
  }

  /** Number of known members, connected or not. */
  get memberCount(): number {
    return [...this.#targets.values()].filter(({ kind }) => kind === 'member').length
  }

  /** Whether a connection to the peer is kept. */
  isKept(peerId: string): boolean {
    return this.#chosen().has(peerId)
  }

  /** Whether the last attempt to reach the peer failed. */
  isMissed(peerId: string): boolean {
    return this.#targets.get(peerId)?.isMissed ?? false
  }

  /** Chooses the neighbours again. */
  limitChanged(): void {
    this.#neighbours = null
    this.#wake.abort()
  }

  /** Adds a peer that another peer named. It is dialled at once, and dropped after some failures. */
  addHint(peerId: string, addresses: readonly string[]): void {
    const { node, links, permits } = this.#deps
    if (addresses.length === 0 || peerId === node.peerId.toString()) return
    if (links.isOpen(peerId) || !permits(peerId)) return
    const known = this.#targets.get(peerId)
    if (known) {
      const fresh = addresses.filter((address) => !known.addresses.includes(address))
      known.addresses = merge(fresh, known.addresses)
      // There is an address that has not been tried yet, so the peer is dialled now.
      if (fresh.length > 0 && known.failures > 0) this.#due(known, 0)
      return
    }
    this.#add(peerId, { peerId, addresses: merge(addresses, []), kind: 'hint' })
  }

  /** Records that the connection broke: dials again soon, but not at the same moment as the other side. */
  lost(peerId: string): void {
    const target = this.#targets.get(peerId)
    if (!target) return
    const { clock, random } = this.#deps
    // A peer with too many connections closes this one. If it does so again, other neighbours are chosen.
    target.failures = clock.now() - target.openedAtMs < SHORT_MS ? target.failures + 1 : 0
    this.#neighbours = null
    this.#due(target, backOffMs(target.failures, this.#bounds(), random))
  }

  /**
   * Dials all peers at once that could not be reached before, because they may be reachable again. Dials in progress are
   * restarted.
   */
  retry(): void {
    for (const target of this.#targets.values()) {
      if (target.failures === 0 && !target.dialling) continue
      target.failures = 0
      target.dueAtMs = this.#deps.clock.now()
    }
    this.#anew.abort()
    this.#anew = new AbortController()
    this.limitChanged()
  }

  forget(peerId: string): void {
    this.#targets.delete(peerId)
    this.#neighbours = null
  }

  /** Dials all targets that are due, until the mesh stops. */
  async run(): Promise<void> {
    const { clock, stopping } = this.#deps
    const dials = new Set<Promise<void>>()
    while (!stopping.aborted) {
      this.#wake = new AbortController()
      for (const target of this.#takeDue()) {
        const dial = this.#dial(target).finally(() => dials.delete(dial))
        dials.add(dial)
      }
      await clock.sleep(this.#restMs(), AbortSignal.any([stopping, this.#wake.signal])).catch(() => {})
    }
    await Promise.all(dials)
  }

  #add(key: string, facts: Pick<Target, 'peerId' | 'addresses' | 'kind'>): void {
    if (this.#targets.size >= TARGETS_MAX) return
    const { clock, node } = this.#deps
    const rank = facts.kind === 'member' ? rankOf(node.peerId.toString(), key) : 0
    const fresh = { rank, failures: 0, isMissed: false, openedAtMs: 0, dueAtMs: clock.now(), dialling: false }
    this.#targets.set(key, { ...facts, ...fresh })
    this.limitChanged()
  }

  #chosen(): ReadonlySet<string> {
    if (this.#neighbours) return this.#neighbours
    const { permits, limit } = this.#deps
    const candidates = [...this.#targets.values()].flatMap(({ kind, peerId, rank, failures }) =>
      kind === 'member' && peerId !== null && permits(peerId) ? [{ peerId, rank, isWell: failures < ILL_FAILURES }] : []
    )
    this.#neighbours = chooseNeighbours(candidates, limit())
    return this.#neighbours
  }

  #isWanted(target: Target): boolean {
    if (target.kind === 'hint') return true
    // A member that could not be reached is tried until it is reached: nothing else would show that it is available again.
    if (target.kind === 'member') return target.isMissed || this.#chosen().has(target.peerId ?? '')
    return this.#deps.links.live().length < this.#deps.limit() / 2
  }

  #due(target: Target, inMs: number): void {
    target.dueAtMs = this.#deps.clock.now() + inMs
    this.#wake.abort()
  }

  #bounds(): { ms: number; msMax: number } {
    return { ms: this.#deps.timing.redialMs, msMax: this.#deps.timing.redialMsMax }
  }

  #isIdle(target: Target): boolean {
    if (target.dialling || (target.peerId !== null && this.#deps.links.isOpen(target.peerId))) return true
    return !this.#isWanted(target)
  }

  #takeDue(): Target[] {
    const now = this.#deps.clock.now()
    const due = [...this.#targets.values()].filter((target) => !this.#isIdle(target) && target.dueAtMs <= now)
    const taken = due.sort((a, b) => a.dueAtMs - b.dueAtMs).slice(0, DIALS_MAX - this.#underWay)
    for (const target of taken) target.dialling = true
    this.#underWay += taken.length
    return taken
  }

  #restMs(): number {
    if (this.#underWay >= DIALS_MAX) return IDLE_MS
    const now = this.#deps.clock.now()
    const waiting = [...this.#targets.values()].filter((target) => !this.#isIdle(target))
    return Math.max(1, Math.min(IDLE_MS, ...waiting.map((target) => target.dueAtMs - now)))
  }

  async #dial(target: Target): Promise<void> {
    const anew = this.#anew.signal
    try {
      if (target.peerId !== null && !this.#deps.permits(target.peerId)) throw new Error('no longer permitted')
      await this.#connect(target, anew)
      target.failures = 0
      target.openedAtMs = this.#deps.clock.now()
    } catch {
      // The reason is irrelevant here: the peer could not be reached, and is dialled again later or dropped.
      if (!anew.aborted) this.#failed(target)
    }
    target.dialling = false
    this.#underWay -= 1
    this.#wake.abort()
  }

  #failed(target: Target): void {
    target.failures += 1
    target.isMissed = true
    target.dueAtMs = this.#deps.clock.now() + backOffMs(target.failures, this.#bounds(), this.#deps.random)
    if (target.kind === 'hint' && target.failures >= HINT_TRIES) this.#drop(target)
    if (target.failures === ILL_FAILURES) this.#neighbours = null
  }

  async #connect(target: Target, anew: AbortSignal): Promise<void> {
    const { node, links, stopping } = this.#deps
    const signal = AbortSignal.any([stopping, anew, AbortSignal.timeout(DIAL_MS_MAX)])
    const { peerId } = target
    // After a failure, the known addresses may be out of date.
    if (peerId !== null && target.kind !== 'hint' && (target.failures > 0 || target.addresses.length === 0)) {
      target.addresses = merge(await this.#deps.lookUp(peerId, signal), target.addresses)
    }
    const addresses = dialable(target)
    if (addresses.length === 0) throw new Error('no address is known')
    // Two peers that dial each other through one relay use the same address for both connections, and each would end one of
    // the two.
    const connection = await node.dial(addresses, { signal, force: addresses.every(isRelayed) })
    await links.untilLive(connection, AbortSignal.any([stopping, AbortSignal.timeout(IDENTIFY_MS_MAX)]))
    target.peerId ??= connection.remotePeer.toString()
  }

  #drop(target: Target): void {
    for (const [key, other] of this.#targets) if (other === target) this.#targets.delete(key)
  }
}

/** The distinct addresses, newest first, at most ADDRESSES_MAX. */
function merge(newer: readonly string[], older: readonly string[]): string[] {
  return [...new Set([...newer, ...older])].slice(0, ADDRESSES_MAX)
}

/** The PeerId at the end of a multiaddr; null if there is none. A PeerId before the end is that of a relay. */
function peerIdOf(address: Multiaddr): string | null {
  const last = address.getComponents().at(-1)
  return last?.name === 'p2p' ? (last.value ?? null) : null
}

/** The target's addresses, each with its PeerId if known, so that Noise fails if another peer answers there. */
function dialable(target: Target): Multiaddr[] {
  return target.addresses.flatMap((text) => {
    try {
      const address = multiaddr(text)
      return target.peerId === null || peerIdOf(address) !== null
        ? [address]
        : [address.encapsulate(`/p2p/${target.peerId}`)]
    } catch {
      return []
    }
  })
}
