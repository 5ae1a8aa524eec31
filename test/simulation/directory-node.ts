/** One peer of the directory world: the real store and spread of digests, and the real choice of neighbours, without a network. */
import { chooseNeighbours, digestsExchange, Quota, rankOf } from '@stimnet/mesh'
import {
  createEvents,
  type Digest,
  DigestStore,
  type PeerEvents,
  Spread,
  type SpreadParts,
  sealDigest
} from '@stimnet/peer'
import type { Clock, Signer } from '@stimnet/protocol'
import type { Dice } from './dice.ts'

/** As in a peer: members remembered at most, and connections kept. */
const MEMBERS_MAX = 1_000
const NEIGHBOURS = 24
/** Wait of a newcomer before it chooses neighbours among those that it has heard of, ms. */
const CHOOSE_MS = 1_000

export const CHARTER = 'c'.repeat(64)

/** What a node needs of its world. */
export interface Surroundings {
  readonly nodeOf: (peerId: string) => DirectoryNode | undefined
  readonly ask: (
    from: DirectoryNode,
    to: string,
    question: Parameters<SpreadParts['ask']>[1]
  ) => ReturnType<SpreadParts['ask']>
  readonly open: (sealed: Uint8Array, clock: Clock) => Promise<Digest>
  readonly most: number
  readonly after: (ms: number, work: () => void) => void
  /** Something that must not happen where everybody is honest. */
  readonly alert: (what: string) => void
}

/** A peer of the world. */
export class DirectoryNode {
  readonly id: string
  readonly store: DigestStore
  readonly spread: Spread
  readonly quota: Quota
  /** Peers that were revoked as far as this one has heard. */
  readonly revoked = new Set<string>()
  readonly connected = new Set<string>()
  /** Remembered members, and how this peer ranks each. */
  readonly members = new Map<string, number>()
  isUp = true
  readonly #around: Surroundings
  readonly #signer: Signer
  readonly #clock: Clock
  readonly #at: number
  #isChoosing = false

  constructor(at: number, { signer, clock, dice }: { signer: Signer; clock: Clock; dice: Dice }, around: Surroundings) {
    this.id = signer.id
    this.#at = at
    this.#signer = signer
    this.#clock = clock
    this.#around = around
    const isMember = (peerId: string) => !this.revoked.has(peerId)
    const circle = { self: this.id, permits: isMember, charter: CHARTER, isMember }
    this.store = new DigestStore(clock, circle, { most: around.most, open: around.open })
    this.quota = new Quota(digestsExchange.quota, clock)
    const events: PeerEvents = {
      ...createEvents({ level: 'silent', nodeId: `node-${at}` }),
      alert: ({ kind, detail }) => around.alert(`${this.id} alerts: ${kind} ${detail}`),
      unexpected: (error, during) => around.alert(`${this.id} fails ${during}: ${error}`)
    }
    this.spread = new Spread({
      store: this.store,
      clock,
      random: dice,
      events,
      self: this.id,
      sign: { signer, clock },
      facts: () => this.facts(),
      ask: (peerId, question) => around.ask(this, peerId, question),
      connected: () => [...this.connected],
      members: () => [...this.members.keys()],
      onKept: ({ peerId }) => {
        this.remember(peerId)
        if (this.connected.size * 2 < NEIGHBOURS) this.#chooseSoon()
        return Promise.resolve()
      }
    })
  }

  facts() {
    const nodeId = `node-${this.#at}`
    const about = {
      nodeId,
      institution: `University Hospital ${this.#at}`,
      version: '0.1.0',
      catalogs: ['parkinson_outcomes', 'imaging_data'],
      sandbox: 'docker (docker+gvisor)',
      sandboxEngine: 'docker',
      sandboxGrade: 'docker+gvisor',
      languages: ['python', 'r']
    }
    const addresses = [`/dns4/${nodeId}.example.org/tcp/4001/p2p/${this.id}`]
    return { about, addresses, catalogsHash: 'h'.repeat(64), charter: CHARTER, open: false }
  }

  /** The digest that this peer signed `agoMs` ago. */
  sealed(agoMs: number): Promise<Digest> {
    const atMs = this.#clock.now() - agoMs
    const clock = { ...this.#clock, now: () => atMs }
    return sealDigest({ ...this.facts(), sequence: atMs }, { signer: this.#signer, clock })
  }

  remember(peerId: string): void {
    if (peerId === this.id || this.members.has(peerId) || this.members.size >= MEMBERS_MAX - 1) return
    this.members.set(peerId, rankOf(this.id, peerId))
  }

  /** Connects to those that the real choice picks among the remembered members. */
  choose(met: boolean): void {
    const candidates = [...this.members].map(([peerId, rank]) => ({ peerId, rank, isWell: this.#isWell(peerId) }))
    for (const peerId of chooseNeighbours(candidates, NEIGHBOURS)) if (this.#isWell(peerId)) this.connect(peerId, met)
  }

  connect(peerId: string, met: boolean): void {
    const other = this.#around.nodeOf(peerId)
    if (!other?.isUp || this.connected.has(peerId)) return
    this.connected.add(peerId)
    other.connected.add(this.id)
    this.remember(peerId)
    other.remember(this.id)
    if (!met) return
    void this.spread.met(peerId)
    void other.spread.met(this.id)
  }

  #isWell(peerId: string): boolean {
    return !this.revoked.has(peerId) && (this.#around.nodeOf(peerId)?.isUp ?? false)
  }

  #chooseSoon(): void {
    if (this.#isChoosing) return
    this.#isChoosing = true
    this.#around.after(CHOOSE_MS, () => {
      this.#isChoosing = false
      if (this.isUp) this.choose(true)
    })
  }
}
