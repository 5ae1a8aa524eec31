/** Discovery in the DHT: members, peers that announced a term, and addresses of peers. The results are only hints. */
import { peerIdFromString } from '@libp2p/peer-id'
import type { CID } from 'multiformats/cid'
import { backOffMs } from '../connect/limits/back-off.ts'
import type { Dialler } from './dialler.ts'
import type { MeshDeps, MeshStore, MeshTiming } from '../mesh.ts'
import { dhtOf, type MeshNode } from '../connect/node.ts'
import { membershipKey, normaliseTerm, normaliseTerms, termKey } from '../connect/terms.ts'

/** Maximum duration of a query, ms. The results found by then are used. */
const QUERY_MS_MAX = 5_000
/** Maximum time for storing one record at every node near its key, ms. */
const PROVIDE_MS_MAX = 20_000
/** Number of answers after which a search for peers ends: each answer names all peers that its node knows. */
const ANSWERS_ENOUGH = 3
/** Number of rounds per look-up of the membership key. The look-up is rare because it asks every peer. */
const ROUNDS_PER_MEMBERSHIP_LOOK = 6
/**
 * If a peer knows fewer other peers than this, it searches often during the first minute: its first answers came before
 * other peers were known.
 */
const FEW = 4
const OFTEN_MS = 60_000
/** Maximum wait between two searches during that time, as a multiple of the first wait. */
const OFTEN_WAITS = 4
/** Store key of the announced terms, so that terms that were dropped while the node was down are withdrawn too. */
const ANNOUNCED_KEY = 'announced'

/** Dependencies of discovery. */
export interface DiscoveryDeps extends Pick<MeshDeps, 'clock' | 'random' | 'events'> {
  readonly node: MeshNode
  readonly store: MeshStore
  readonly timing: MeshTiming
  readonly stopping: AbortSignal
  readonly permits: (peerId: string) => boolean
}

/** Announces this peer and searches for others. A mesh has one instance. */
export class Discovery {
  readonly #deps: DiscoveryDeps
  #terms: readonly string[] | null = null
  /** The time at which each key was last stored, by the text form of the key. */
  readonly #putAtMs = new Map<string, number>()
  #announceNow = new AbortController()
  #exploreNow = new AbortController()

  constructor(deps: DiscoveryDeps) {
    this.#deps = deps
  }

  /** Implementation of `Mesh.announce`. */
  announce(terms: readonly string[]): void {
    this.#terms = normaliseTerms(terms)
    this.#announceNow.abort()
  }

  /** Called when the routing table has its first peer, so that announcements and queries are possible from now on. */
  firstPeer(): void {
    this.#announceNow.abort()
    this.#exploreNow.abort()
  }

  /** Implementation of `Mesh.findProviders`. */
  async findProviders(term: string, signal: AbortSignal): Promise<string[]> {
    if (normaliseTerm(term) === '') return []
    return [...(await this.#providersOf(await termKey(term), signal)).keys()]
  }

  /**
   * The addresses at which other peers last saw the peer. This node's own records are not used: dialling these addresses has
   * just failed.
   */
  async lookUp(peerId: string, signal: AbortSignal): Promise<string[]> {
    const { node, stopping } = this.#deps
    const addresses = new Set<string>()
    const query = AbortSignal.any([signal, stopping, AbortSignal.timeout(QUERY_MS_MAX)])
    try {
      const id = peerIdFromString(peerId)
      let answers = 0
      for await (const event of dhtOf(node).findPeer(id, { useCache: false, signal: query })) {
        if (event.name === 'FINAL_PEER') for (const address of event.peer.multiaddrs) addresses.add(address.toString())
        if (event.name === 'PEER_RESPONSE' && ++answers >= ANSWERS_ENOUGH) break
      }
    } catch {
      // No peer knows the address, or none answered in time. The addresses found so far are returned.
    }
    return [...addresses]
  }

  /** Announces in the DHT when the terms change, when the first peer is known, and before records expire. */
  async runAnnouncing(): Promise<void> {
    const { clock, timing, stopping } = this.#deps
    while (!stopping.aborted) {
      this.#announceNow = new AbortController()
      const again = AbortSignal.any([stopping, this.#announceNow.signal])
      await this.#announceAll(again)
      await clock.sleep(timing.announceEveryMs, again).catch(() => {})
    }
  }

  /** Searches for members: soon after the first peer is known, and then less and less often. */
  async runExploring(dialler: Dialler): Promise<void> {
    const { clock, random, timing, stopping } = this.#deps
    let sinceMs = clock.now()
    for (let round = 0; !stopping.aborted; round++) {
      const isOften = dialler.memberCount < FEW && clock.now() - sinceMs < OFTEN_MS
      const often = Math.min(timing.discoverMsMax, OFTEN_WAITS * timing.discoverMs)
      const bounds = { ms: timing.discoverMs, msMax: isOften ? often : timing.discoverMsMax }
      const now = AbortSignal.any([stopping, this.#exploreNow.signal])
      await clock.sleep(backOffMs(round, bounds, random), now).catch(() => {})
      if (this.#exploreNow.signal.aborted) {
        this.#exploreNow = new AbortController()
        round = 0
        sinceMs = clock.now()
      }
      if (stopping.aborted) return
      await this.#explore(dialler)
      if (round % ROUNDS_PER_MEMBERSHIP_LOOK === ROUNDS_PER_MEMBERSHIP_LOOK - 1) await this.#askForMembers(dialler)
    }
  }

  async #announceAll(signal: AbortSignal): Promise<void> {
    const terms = this.#terms ?? []
    try {
      // Before the first call of `announce`, only membership is announced and nothing is withdrawn.
      if (this.#terms !== null) await this.#withdrawAllBut(terms)
      const keys = [await membershipKey(), ...(await Promise.all(terms.map(termKey)))]
      for (const key of keys.filter(this.#isDue)) await this.#provide(key, signal)
    } catch (error) {
      if (!signal.aborted) this.#deps.events.unexpected(error, 'announcing')
    }
  }

  // After a change of terms, only new keys are stored: each operation costs an answer from every member.
  readonly #isDue = (key: CID): boolean => {
    const { clock, timing } = this.#deps
    return clock.now() - (this.#putAtMs.get(key.toString()) ?? 0) >= timing.announceEveryMs / 2
  }

  async #provide(key: CID, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { clock } = this.#deps
    const startedAtMs = clock.now()
    let told = 0
    const within = AbortSignal.any([signal, AbortSignal.timeout(PROVIDE_MS_MAX)])
    try {
      for await (const event of dhtOf(this.#deps.node).provide(key, { signal: within })) {
        if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') told += 1
      }
    } catch {
      // Some nodes may have the record. It is stored at all of them again before it expires.
    }
    if (told > 0) this.#putAtMs.set(key.toString(), clock.now())
    // Rests for as long as the work took: every member has to answer, and all may announce at once after a common start.
    await clock.sleep(clock.now() - startedAtMs, signal).catch(() => {})
  }

  // Without this, the library would renew records that are no longer announced. Copies at other nodes expire by themselves.
  async #withdrawAllBut(terms: readonly string[]): Promise<void> {
    const { store, node } = this.#deps
    const bytes = await store.get(ANNOUNCED_KEY)
    const before: string[] = bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n')
    for (const term of before) {
      if (term !== '' && !terms.includes(term)) await dhtOf(node).cancelReprovide(await termKey(term))
    }
    await store.put(ANNOUNCED_KEY, new TextEncoder().encode(terms.join('\n')))
  }

  async #explore(dialler: Dialler): Promise<void> {
    const { node, stopping } = this.#deps
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(QUERY_MS_MAX)])
    try {
      let answers = 0
      for await (const event of dhtOf(node).getClosestPeers(node.peerId.toMultihash().bytes, { signal })) {
        if (event.name !== 'PEER_RESPONSE') continue
        for (const peer of event.closer) dialler.addHint(peer.id.toString(), peer.multiaddrs.map(String))
        answers += 1
        if (answers >= ANSWERS_ENOUGH) break
      }
    } catch {
      // The next round asks again.
    }
  }

  async #askForMembers(dialler: Dialler): Promise<void> {
    for (const [peerId, addresses] of await this.#providersOf(await membershipKey(), this.#deps.stopping)) {
      dialler.addHint(peerId, addresses)
    }
  }

  async #providersOf(key: CID, signal: AbortSignal): Promise<Map<string, string[]>> {
    const { node, stopping, permits } = this.#deps
    const found = new Map<string, string[]>()
    const query = AbortSignal.any([signal, stopping, AbortSignal.timeout(QUERY_MS_MAX)])
    try {
      for await (const event of dhtOf(node).findProviders(key, { signal: query })) {
        if (event.name !== 'PROVIDER') continue
        for (const peer of event.providers) found.set(peer.id.toString(), peer.multiaddrs.map(String))
      }
    } catch {
      // The providers found until then are used.
    }
    found.delete(node.peerId.toString())
    return new Map([...found].filter(([peerId]) => permits(peerId)))
  }
}
