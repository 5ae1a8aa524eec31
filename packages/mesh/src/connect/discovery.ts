/** The DHT, asked and told: who is a member, who announced a term, where a peer is now. Hints, never truth. */
import { peerIdFromString } from '@libp2p/peer-id'
import type { CID } from 'multiformats/cid'
import { backOffMs } from './back-off.ts'
import type { Dialler } from './dialler.ts'
import type { MeshDeps, MeshStore, MeshTiming } from '../mesh.ts'
import type { MeshNode } from './node.ts'
import { membershipKey, normaliseTerm, normaliseTerms, termKey } from './terms.ts'

/** One query; what was found by then counts, ms. */
const QUERY_MS_MAX = 5_000
/** Putting one record with every node near its key, ms. */
const PROVIDE_MS_MAX = 20_000
/** To learn who is there, so many answers are enough: each names everybody its node knows. */
const ANSWERS_ENOUGH = 3
/** The members' key is looked up in one of so many rounds: it asks everybody. */
const ROUNDS_PER_MEMBERSHIP_LOOK = 6
/** Where the announced terms are kept, so that those dropped while the node was down are withdrawn too. */
const ANNOUNCED_KEY = 'announced'

/** What discovery needs. */
export interface DiscoveryDeps extends Pick<MeshDeps, 'clock' | 'random' | 'events'> {
  readonly node: MeshNode
  readonly store: MeshStore
  readonly timing: MeshTiming
  readonly stopping: AbortSignal
  readonly permits: (peerId: string) => boolean
}

/** Announces this peer and looks for others; one a mesh. */
export class Discovery {
  readonly #deps: DiscoveryDeps
  #terms: readonly string[] | null = null
  /** When each key was put last, by its text form. */
  readonly #putAtMs = new Map<string, number>()
  #announceNow = new AbortController()
  #exploreNow = new AbortController()

  constructor(deps: DiscoveryDeps) {
    this.#deps = deps
  }

  /** See `Mesh.announce`. */
  announce(terms: readonly string[]): void {
    this.#terms = normaliseTerms(terms)
    this.#announceNow.abort()
  }

  /** The routing table has its first peer: only now can anybody be told or asked. */
  firstPeer(): void {
    this.#announceNow.abort()
    this.#exploreNow.abort()
  }

  /** See `Mesh.findProviders`. */
  async findProviders(term: string, signal: AbortSignal): Promise<string[]> {
    if (normaliseTerm(term) === '') return []
    return [...(await this.#providersOf(await termKey(term), signal)).keys()]
  }

  /** Where others last saw the peer. What this node remembers itself is not asked: it has just proved wrong. */
  async lookUp(peerId: string, signal: AbortSignal): Promise<string[]> {
    const { node, stopping } = this.#deps
    const addresses = new Set<string>()
    const query = AbortSignal.any([signal, stopping, AbortSignal.timeout(QUERY_MS_MAX)])
    try {
      const id = peerIdFromString(peerId)
      let answers = 0
      for await (const event of node.services.dht.findPeer(id, { useCache: false, signal: query })) {
        if (event.name === 'FINAL_PEER') for (const address of event.peer.multiaddrs) addresses.add(address.toString())
        if (event.name === 'PEER_RESPONSE' && ++answers >= ANSWERS_ENOUGH) break
      }
    } catch {
      // Nobody knows, or not in time: what was heard until now is all there is.
    }
    return [...addresses]
  }

  /** Tells the DHT what is offered: when the terms change, when there is somebody to tell, and before records lapse. */
  async runAnnouncing(): Promise<void> {
    const { clock, timing, stopping } = this.#deps
    while (!stopping.aborted) {
      this.#announceNow = new AbortController()
      const again = AbortSignal.any([stopping, this.#announceNow.signal])
      await this.#announceAll(again)
      await clock.sleep(timing.announceEveryMs, again).catch(() => {})
    }
  }

  /** Looks for members: soon after the first peer, then ever more rarely. */
  async runExploring(dialler: Dialler): Promise<void> {
    const { clock, random, timing, stopping } = this.#deps
    for (let round = 0; !stopping.aborted; round++) {
      const bounds = { ms: timing.discoverMs, msMax: timing.discoverMsMax }
      const now = AbortSignal.any([stopping, this.#exploreNow.signal])
      await clock.sleep(backOffMs(round, bounds, random), now).catch(() => {})
      if (this.#exploreNow.signal.aborted) {
        this.#exploreNow = new AbortController()
        round = 0
      }
      if (stopping.aborted) return
      await this.#explore(dialler)
      if (round % ROUNDS_PER_MEMBERSHIP_LOOK === ROUNDS_PER_MEMBERSHIP_LOOK - 1) await this.#askForMembers(dialler)
    }
  }

  async #announceAll(signal: AbortSignal): Promise<void> {
    const terms = this.#terms ?? []
    try {
      // Before anybody has said what is offered, membership alone is known, and nothing is to be withdrawn.
      if (this.#terms !== null) await this.#withdrawAllBut(terms)
      const keys = [await membershipKey(), ...(await Promise.all(terms.map(termKey)))]
      for (const key of keys.filter(this.#isDue)) await this.#provide(key, signal)
    } catch (error) {
      if (!signal.aborted) this.#deps.events.unexpected(error, 'announcing')
    }
  }

  // A changed list puts the new terms alone; each round costs an answer from every member.
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
      for await (const event of this.#deps.node.services.dht.provide(key, { signal: within })) {
        if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') told += 1
      }
    } catch {
      // Some nodes were told, and all are told again before the record lapses.
    }
    if (told > 0) this.#putAtMs.set(key.toString(), clock.now())
    // As long a rest as the work took: every member answers, and all may be announcing after a common start.
    await clock.sleep(clock.now() - startedAtMs, signal).catch(() => {})
  }

  // The library would renew a record of ours that we no longer want; others' copies lapse by themselves.
  async #withdrawAllBut(terms: readonly string[]): Promise<void> {
    const { store, node } = this.#deps
    const bytes = await store.get(ANNOUNCED_KEY)
    const before: string[] = bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n')
    for (const term of before) {
      if (term !== '' && !terms.includes(term)) await node.services.dht.cancelReprovide(await termKey(term))
    }
    await store.put(ANNOUNCED_KEY, new TextEncoder().encode(terms.join('\n')))
  }

  async #explore(dialler: Dialler): Promise<void> {
    const { node, stopping } = this.#deps
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(QUERY_MS_MAX)])
    try {
      let answers = 0
      for await (const event of node.services.dht.getClosestPeers(node.peerId.toMultihash().bytes, { signal })) {
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
      for await (const event of node.services.dht.findProviders(key, { signal: query })) {
        if (event.name !== 'PROVIDER') continue
        for (const peer of event.providers) found.set(peer.id.toString(), peer.multiaddrs.map(String))
      }
    } catch {
      // Hints found until the signal are hints.
    }
    found.delete(node.peerId.toString())
    return new Map([...found].filter(([peerId]) => permits(peerId)))
  }
}
