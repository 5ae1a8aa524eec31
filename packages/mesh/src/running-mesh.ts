/** The implementation of `Mesh`, which connects its parts. */
import assert from 'node:assert/strict'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { type Encodable, isKeyId, parseKeyId, StimnetError } from '@stimnet/protocol'
import { type Asking, ask, OPEN_MS_MAX } from './streams/ask.ts'
import { type Circuits, isRelayed } from './connect/relay/circuits.ts'
import type { LevelDatastore } from './connect/datastore.ts'
import { Dialler } from './upkeep/dialler.ts'
import type { Discipline } from './connect/limits/discipline.ts'
import { Discovery } from './upkeep/discovery.ts'
import type { Exchange } from './exchanges/exchange.ts'
import { followExchange } from './exchanges/follow.ts'
import { errorOf, faultOf } from './streams/fault.ts'
import { follow, type MeshFollower } from './streams/follow.ts'
import { isPermitted } from './connect/limits/gater.ts'
import type { ToldAddresses } from './connect/limits/told-addresses.ts'
import { Lanes } from './streams/lanes.ts'
import { Links } from './connect/links.ts'
import { digestsExchange } from './exchanges/digests.ts'
import type { Members } from './connect/members.ts'
import type {
  AskOptions,
  Follower,
  FollowHandler,
  FollowOptions,
  Handler,
  Mesh,
  MeshDeps,
  MeshSettings,
  MeshStore,
  MeshTiming,
  Reach
} from './mesh.ts'
import { firstPeerOf, type MeshNode, startNode } from './connect/node.ts'
import { type Serving, serve } from './streams/serve.ts'
import { serveFollow } from './streams/serve-follow.ts'
import type { Pulse } from './connect/pulse.ts'
import type { Relaying } from './connect/relay/relaying.ts'
import { Reservations } from './upkeep/reservations.ts'
import { Tending } from './upkeep/tending.ts'

/** Maximum time for a peer to receive sent data before the connection closes, ms. */
const CLOSE_MS_MAX = 500
/** Default of `MeshSettings.neighbours`. Up to this number of other members, all members are connected with each other. */
const NEIGHBOURS = 24
/**
 * Time for others to reach this peer, ms. If nobody does, this peer is assumed to be unreachable and keeps all connections
 * that it opens.
 */
const REACHED_MS = 120_000

/** The parts of a running mesh. */
export interface MeshParts {
  readonly settings: MeshSettings
  readonly deps: MeshDeps
  readonly timing: MeshTiming
  readonly node: MeshNode
  readonly discipline: Discipline
  readonly datastore: LevelDatastore
  readonly members: Members
  readonly pulse: Pulse
  /** Absent in a mesh that only answers. */
  readonly circuits: Circuits | undefined
  readonly relaying: Relaying | undefined
  readonly told: ToldAddresses
  readonly discoveryStore: MeshStore
}

/** A mesh with all of its parts. `start` starts the parts. */
export class RunningMesh implements Mesh {
  readonly peerId: string
  readonly #parts: MeshParts
  readonly #stopping = new AbortController()
  readonly #links: Links
  readonly #discovery: Discovery
  readonly #dialler: Dialler
  readonly #tending: Tending
  readonly #reservations: Reservations | undefined
  readonly #asking: Asking
  readonly #serving: Serving
  readonly #followers = new Map<string, MeshFollower>()
  #running: Promise<unknown> = Promise.resolve()
  #stopped: Promise<void> | null = null
  #startedAtMs = 0
  /** Whether a connection of another peer has arrived, and whether one has arrived without a relay. */
  #isReached = false
  #isReachedDirectly = false
  #connected: (peerId: string) => void = () => undefined
  #readdressed: () => void = () => undefined

  constructor(parts: MeshParts) {
    const { node, deps, timing } = parts
    const stopping = this.#stopping.signal
    const { discipline } = parts
    // A peer that is blocked for misbehaviour is neither dialled nor answered.
    const permits = (peerId: string) => isPermitted(parts.settings.permits, peerId) && !discipline.isShutOut(peerId)
    this.#parts = parts
    this.peerId = node.peerId.toString()
    this.#links = new Links(node, {
      onLive: (peerId, facts) => this.#onLive(peerId, facts),
      onGone: (peerId) => this.#onGone(peerId)
    })
    this.#discovery = new Discovery({ ...deps, node, timing, stopping, permits, store: parts.discoveryStore })
    const lookUp = (peerId: string, signal: AbortSignal) => this.#discovery.lookUp(peerId, signal)
    const limit = () => this.#limit()
    this.#dialler = new Dialler({ ...deps, node, links: this.#links, timing, stopping, permits, lookUp, limit })
    this.#reservations = this.#reservationsOf(permits)
    this.#tending = new Tending({
      node,
      clock: deps.clock,
      stopping,
      limit,
      idleMs: timing.idleMs,
      isKept: (peerId) => this.#dialler.isKept(peerId) || this.#isRelayBetween(peerId),
      isSparing: (peerId) => this.#links.speaks(peerId, digestsExchange.id)
    })
    const used = (peerId: string) => this.#tending.used(peerId)
    this.#asking = { node, clock: deps.clock, random: deps.random, lanes: new Lanes(), stopping, used }
    const isProved = parts.settings.answersOnly?.isProved ?? (() => true)
    this.#serving = { node, deps, permits, isProved, stopping, discipline, used }
    discipline.onShutOut((peerId, why) => {
      deps.events.shutOut(peerId, why)
      parts.relaying?.drop(peerId)
      void this.disconnect(peerId)
    })
  }

  async start(
    connected: (peerId: string) => void = () => undefined,
    readdressed: () => void = () => undefined
  ): Promise<void> {
    const { node, settings, members } = this.#parts
    this.#connected = connected
    this.#readdressed = readdressed
    firstPeerOf(node, () => this.#discovery.firstPeer())
    node.addEventListener('peer:discovery', ({ detail }) => {
      this.#dialler.addHint(detail.id.toString(), detail.multiaddrs.map(String))
    })
    await startNode(node, settings)
    const { clock } = this.#parts.deps
    this.#startedAtMs = clock.now()
    const stopping = this.#stopping.signal
    const { pulse, relaying } = this.#parts
    this.#running = Promise.all([pulse.run(clock, stopping), relaying?.run(clock, stopping)])
    if (settings.answersOnly) return
    for (const address of settings.bootstrap) this.#dialler.addBootstrap(address)
    for (const peerId of members.ids()) this.#dialler.addMember(peerId, members.addressesOf(peerId))
    this.#running = Promise.all([
      this.#running,
      this.#dialler.run(),
      this.#tending.run(),
      this.#reservations?.run(),
      this.#lookWhetherReached(stopping),
      this.#discovery.runAnnouncing(),
      this.#discovery.runExploring(this.#dialler)
    ]).catch((error) => this.#parts.deps.events.unexpected(errorOf(error), 'keeping up the mesh'))
  }

  addresses(): string[] {
    return this.#parts.node.getMultiaddrs().map(String)
  }

  reach(): Reach {
    const { listen, announce = [] } = this.#parts.settings
    return {
      direct: { addresses: announce.length > 0 ? announce : listen, isReached: this.#isReachedDirectly },
      relays: this.#reservations?.states() ?? [],
      relaying: this.#parts.relaying?.counts() ?? null
    }
  }

  announce(terms: readonly string[]): void {
    this.#discovery.announce(terms)
  }

  findProviders(term: string, signal: AbortSignal): Promise<string[]> {
    return this.#discovery.findProviders(term, signal)
  }

  members(): string[] {
    return this.#parts.members.ids().filter((peerId) => isPermitted(this.#parts.settings.permits, peerId))
  }

  connected(): string[] {
    return this.#links.live()
  }

  lastSeen(peerId: string): number | null {
    return this.#links.isLive(peerId) ? this.#parts.deps.clock.now() : this.#parts.members.lastSeen(peerId)
  }

  keeps(peerId: string): boolean {
    return this.#dialler.isKept(peerId)
  }

  isReachable(peerId: string): boolean {
    if (this.#links.isLive(peerId)) return true
    const isKnown = this.addressesOf(peerId).length > 0 && isPermitted(this.#parts.settings.permits, peerId)
    return isKnown && !this.#dialler.isKept(peerId) && !this.#dialler.isMissed(peerId)
  }

  learn(peerId: string, addresses: readonly string[], seenAtMs: number): void {
    const { settings, members, node } = this.#parts
    if (settings.answersOnly || peerId === this.peerId || !isPermitted(settings.permits, peerId)) return
    members.learn(peerId, this.#dialable(addresses), seenAtMs)
    const known = members.addressesOf(peerId)
    this.#dialler.addMember(peerId, known)
    const multiaddrs = known.flatMap((text) => (isMultiaddr(text) ? [multiaddr(text)] : []))
    // The library takes the addresses of a peer that is asked and not connected from its peer store.
    node.peerStore.merge(peerIdFromString(peerId), { multiaddrs }).catch(() => {})
  }

  addressesOf(peerId: string): string[] {
    return this.#parts.members.addressesOf(peerId)
  }

  ask<Q, A>(exchange: Exchange<Q, A>, peerId: string, question: Encodable<Q>, options: AskOptions): Promise<A> {
    if (this.#parts.node.status === 'started') return ask(this.#asking, exchange, peerId, question, options)
    return Promise.reject(new StimnetError('PEER_UNREACHABLE', 'asking before the mesh has started'))
  }

  serve<Q, A>(exchange: Exchange<Q, A>, handler: Handler<Q, A>): void {
    this.#assertFree(exchange.id)
    serve(this.#serving, exchange, handler)
  }

  follow(peerId: string, options: FollowOptions): Follower {
    const id = parseKeyId(peerId)
    assert(!this.#followers.has(id), `${id} is followed already: there is one stream to a peer`)
    const follower = follow(this.#asking, id, options, this.#parts.timing, () => this.#followers.delete(id))
    this.#followers.set(id, follower)
    return follower
  }

  serveFollow(handler: FollowHandler): void {
    this.#assertFree(followExchange.id)
    serveFollow(this.#serving, handler, this.#parts.timing)
  }

  async connect(target: string, options: AskOptions): Promise<string> {
    const signal = AbortSignal.any([options.signal, this.#stopping.signal, AbortSignal.timeout(OPEN_MS_MAX)])
    try {
      if (!isKeyId(target)) this.#parts.told.name(target)
      const connection = await this.#parts.node.dial(isKeyId(target) ? peerIdFromString(target) : multiaddr(target), {
        signal
      })
      await this.#links.untilLive(connection, signal)
      return connection.remotePeer.toString()
    } catch (error) {
      throw faultOf(error, `connecting to ${target}`)
    }
  }

  async disconnect(peerId: string): Promise<void> {
    await this.#parts.node.hangUp(peerIdFromString(parseKeyId(peerId)))
  }

  async permitsChanged(): Promise<void> {
    const { node, settings, members, relaying } = this.#parts
    const strangers = (peerIds: readonly string[]) => peerIds.filter((id) => !isPermitted(settings.permits, id))
    for (const peerId of strangers(members.ids())) {
      members.forget(peerId)
      this.#dialler.forget(peerId)
    }
    // A reservation would outlive the connection and keep its place at the relay.
    for (const peerId of strangers(relaying?.reserved() ?? [])) relaying?.drop(peerId)
    const connected = node.getPeers().map(String)
    await Promise.all(strangers(connected).map((peerId) => this.disconnect(peerId)))
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    const { node, datastore, members } = this.#parts
    this.#stopping.abort(new StimnetError('INTERRUPTED', 'the mesh stops'))
    await Promise.all([...this.#followers.values()].map((follower) => follower.close()))
    await this.#running
    for (const peerId of this.#links.live()) members.saw(peerId)
    this.#links.close()
    // Connections are closed here, because the library waits half a second for a connection that the other side closes at
    // the same time.
    const signal = AbortSignal.timeout(CLOSE_MS_MAX)
    await Promise.allSettled(node.getConnections().map((connection) => connection.close({ signal })))
    await node.stop()
    datastore.close()
    await members.close()
  }

  #onLive(peerId: string, facts: { addresses: string[]; isNew: boolean }): void {
    const { settings, deps, members, node } = this.#parts
    // The peer may have lost its permission between connecting and identifying itself.
    if (!isPermitted(settings.permits, peerId)) return void this.disconnect(peerId)
    if (settings.answersOnly === undefined) {
      const addresses = this.#dialable(facts.addresses)
      members.saw(peerId, addresses)
      this.#dialler.addMember(peerId, addresses)
      this.#dialler.opened(peerId)
    }
    const inbound = node.getConnections().filter(({ direction }) => direction === 'inbound')
    this.#isReached ||= inbound.length > 0
    this.#isReachedDirectly ||= inbound.some(({ remoteAddr }) => !isRelayed(remoteAddr))
    if (!facts.isNew) return
    this.#followers.get(peerId)?.peerIsBack()
    deps.events.peerConnected(peerId)
    this.#connected(peerId)
  }

  #onGone(peerId: string): void {
    const { deps, members } = this.#parts
    if (members.lastSeen(peerId) !== null) members.saw(peerId)
    this.#dialler.lost(peerId)
    this.#tending.forget(peerId)
    deps.events.peerDisconnected(peerId)
  }

  #reservationsOf(permits: (peerId: string) => boolean): Reservations | undefined {
    const { circuits, settings, node, deps, timing } = this.#parts
    if (!circuits) return undefined
    const { relays = [] } = settings
    const changed = () => this.#relaysChanged()
    const stopping = this.#stopping.signal
    return new Reservations({ ...deps, relays, circuits, node, links: this.#links, timing, stopping, permits, changed })
  }

  /** Announces the addresses to others, and dials peers that could not be reached while a relay was unavailable. */
  #relaysChanged(): void {
    const { node } = this.#parts
    // The library informs connected peers when this entry changes.
    node.peerStore.patch(node.peerId, { multiaddrs: node.getMultiaddrs() }).catch(() => {})
    this.#dialler.retry()
    this.#readdressed()
  }

  /** Whether the peer relays for this peer, or this peer for it. */
  #isRelayBetween(peerId: string): boolean {
    return this.#reservations?.isRelay(peerId) === true || this.#parts.relaying?.isReservedFor(peerId) === true
  }

  /** The addresses reported by others that may be dialled. */
  #dialable(addresses: readonly string[]): string[] {
    return addresses.filter((text) => isMultiaddr(text) && this.#parts.told.isDialable(multiaddr(text)))
  }

  #limit(): number {
    const { settings, deps } = this.#parts
    if (settings.listen.length === 0 && !this.#reservations?.isReserved) return Number.POSITIVE_INFINITY
    const isUnreached = !this.#isReached && deps.clock.now() - this.#startedAtMs >= REACHED_MS
    return isUnreached ? Number.POSITIVE_INFINITY : (settings.neighbours ?? NEIGHBOURS)
  }

  async #lookWhetherReached(signal: AbortSignal): Promise<void> {
    await this.#parts.deps.clock.sleep(REACHED_MS, signal).catch(() => {})
    if (!signal.aborted) this.#dialler.limitChanged()
  }

  #assertFree(protocol: string): void {
    assert(!this.#parts.node.getProtocols().includes(protocol), `${protocol} has a handler already`)
  }
}

function isMultiaddr(text: string): boolean {
  try {
    multiaddr(text)
    return true
  } catch {
    return false
  }
}
