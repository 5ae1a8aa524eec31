/** The directory world: digests of thousands of peers over a network that loses, delays and cuts, in simulated time. */
import { createHash } from 'node:crypto'
import { digestsExchange } from '@stimnet/mesh'
import { assertDigestInTime, type Digest, readDigest, type SpreadParts } from '@stimnet/peer'
import { type Clock, type Signer, signerFromSeed, StimnetError } from '@stimnet/protocol'
import { Dice } from './dice.ts'
import { DirectoryNode, type Surroundings } from './directory-node.ts'
import { SimulatedTime } from './time.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Time in which the peers of a settled world begin to compare, ms. */
const START_MS = 20_000
/** Peers of the world beyond those at the start. */
const NEWCOMERS_MAX = 100
/** Time after which nobody waits for an answer any more, ms: as the exchange says. */
const { deadlineMs } = digestsExchange

/** Peers of a settled world whose keys are made, and whose digests are signed, at the same time. */
const AT_ONCE = 100

/** What is drawn for a peer. */
interface Drawn {
  readonly seed: Uint8Array
  readonly skewMs: number
  readonly dice: Dice
}

/** What the network and the clocks do. */
export interface DirectoryFaults {
  /** Share of messages that are lost, each way. */
  readonly loss: number
  /** Shortest and longest way of a message, ms. */
  readonly delayMs: readonly [number, number]
  /** Clocks are wrong by up to this, ms. */
  readonly skewMs: number
}

export const DIRECTORY_FAULTS: DirectoryFaults = { loss: 0.02, delayMs: [10, 300], skewMs: 30_000 }

type Question = Parameters<SpreadParts['ask']>[1]
type Answer = Awaited<ReturnType<SpreadParts['ask']>>

/** A world of peers that know each other, at rest. */
export class DirectoryWorld {
  readonly time = new SimulatedTime()
  readonly dice: Dice
  readonly nodes: DirectoryNode[] = []
  /** Messages sent and their bytes, since the last `countAnew`. */
  messages = 0
  bytes = 0
  busy = 0
  readonly breaches: string[] = []
  readonly #faults: DirectoryFaults
  readonly #byId = new Map<string, DirectoryNode>()
  /** Each digest is read and its signature verified once in the world, and not once by each of thousands of peers. */
  readonly #read = new Map<string, Promise<Digest>>()
  readonly #peerOf = new Map<string, string>()
  readonly #trace = createHash('sha256')
  readonly #around: Surroundings
  /** Peers of one side of a cut; nothing passes between them and others. */
  #cut: ReadonlySet<string> = new Set()

  constructor(seed: number, size: number, faults: DirectoryFaults = DIRECTORY_FAULTS) {
    this.dice = new Dice(seed)
    this.#faults = faults
    this.#around = {
      nodeOf: (peerId) => this.#byId.get(peerId),
      ask: (from, to, question) => this.#ask(from, to, question),
      open: (sealed, clock) => this.#open(sealed, clock),
      most: size + NEWCOMERS_MAX,
      after: (ms, work) => void this.time.after(ms, work),
      alert: (what) => this.#breach(what)
    }
  }

  /** Peers that have known each other for hours: each holds the digests of all, signed at some time in the last hour. */
  static async settled(seed: number, size: number, faults?: DirectoryFaults): Promise<DirectoryWorld> {
    const world = new DirectoryWorld(seed, size, faults)
    const digests: Digest[] = []
    while (digests.length < size) {
      // Signing is done by other threads: one after the other, each would wait for its turn on a busy machine.
      const drawn = Array.from({ length: Math.min(AT_ONCE, size - digests.length) }, () => {
        const peer = world.#draw()
        return { peer, agoMs: world.dice.below(HOUR_MS) }
      })
      const signers = await Promise.all(drawn.map(({ peer }) => signerFromSeed(peer.seed)))
      const nodes = drawn.map(({ peer, agoMs }, at) => ({ node: world.#add(peer, signers[at] as Signer), agoMs }))
      digests.push(...(await Promise.all(nodes.map(({ node, agoMs }) => node.sealed(agoMs)))))
    }
    // In their order they are added at the end, which is quick.
    digests.sort((one, other) => (one.mark < other.mark ? -1 : 1))
    for (const digest of digests) world.#note(digest)
    const ids = world.nodes.map(({ id }) => id)
    for (const node of world.nodes) {
      for (const digest of digests) node.store.put(digest)
      for (const peerId of world.dice.some(ids, 1_000)) node.remember(peerId)
    }
    for (const node of world.nodes) node.choose(false)
    for (const node of world.nodes) world.time.after(world.dice.between(0, START_MS), () => node.spread.start())
    return world
  }

  /** The hash of every message so far: equal for equal seeds. */
  trace(): string {
    return this.#trace.copy().digest('hex').slice(0, 16)
  }

  countAnew(): void {
    this.messages = 0
    this.bytes = 0
    this.busy = 0
  }

  up(): DirectoryNode[] {
    return this.nodes.filter(({ isUp }) => isUp)
  }

  /** A peer that knows one other comes, to the side of a cut that is not cut off. */
  async join(): Promise<DirectoryNode> {
    const member = this.dice.oneOf(this.up().filter(({ id }) => !this.#cut.has(id)))
    const drawn = this.#draw()
    const node = this.#add(drawn, await signerFromSeed(drawn.seed))
    node.spread.start()
    await this.time.pass(0)
    node.connect(member.id, true)
    return node
  }

  /** A peer ends without a word. Those connected with it notice within half a minute and choose others. */
  leave(node: DirectoryNode): void {
    node.isUp = false
    void node.spread.stop()
    for (const peerId of node.connected) {
      this.time.after(this.dice.between(15_000, 30_000), () => {
        const other = this.#byId.get(peerId)
        other?.connected.delete(node.id)
        if (other?.isUp) other.choose(true)
      })
    }
  }

  /** Each peer hears of a revocation within five seconds. */
  revoke(node: DirectoryNode): void {
    for (const other of this.up()) {
      if (other === node) continue
      this.time.after(this.dice.between(0, 5_000), () => {
        other.revoked.add(node.id)
        other.connected.delete(node.id)
        other.spread.membersChanged()
      })
    }
  }

  /** Cuts a part of the peers off, until it is called with none. */
  cut(some: readonly DirectoryNode[]): void {
    this.#cut = new Set(some.map(({ id }) => id))
  }

  /** How many peers do not list all that are up, and how many pairs are missing. */
  missing(expected: readonly DirectoryNode[] = this.up()): { peers: number; pairs: number } {
    let peers = 0
    let pairs = 0
    for (const node of this.up()) {
      const lacks = expected.filter(({ id }) => !node.store.get(id)).length
      pairs += lacks
      if (lacks > 0) peers += 1
    }
    return { peers, pairs }
  }

  /** Lets time pass until the claim is true. Returns how long it took, ms; undefined where it is not true within `withinMs`. */
  async until(claim: () => boolean, withinMs: number): Promise<number | undefined> {
    const from = this.time.now()
    for (let passed = 0; passed <= withinMs; passed += 1_000) {
      if (claim()) return this.time.now() - from
      await this.time.pass(1_000)
    }
    return undefined
  }

  async stop(): Promise<void> {
    const stopping = new Set(this.up())
    for (const node of stopping) void node.spread.stop().then(() => stopping.delete(node))
    // A comparison under way ends with the answers that it waits for.
    while (stopping.size > 0) await this.time.pass(deadlineMs)
  }

  #draw(): Drawn {
    const seed = this.dice.bytes(32)
    const skewMs = Math.round(this.dice.between(-this.#faults.skewMs, this.#faults.skewMs))
    return { seed, skewMs, dice: this.dice.apart() }
  }

  #add({ skewMs, dice }: Drawn, signer: Signer): DirectoryNode {
    const node = new DirectoryNode(this.nodes.length, { signer, clock: this.time.clock(skewMs), dice }, this.#around)
    this.nodes.push(node)
    this.#byId.set(node.id, node)
    return node
  }

  #note(digest: Digest): void {
    this.#read.set(digest.mark, Promise.resolve(digest))
    this.#peerOf.set(digest.mark, digest.peerId)
  }

  async #open(sealed: Uint8Array, clock: Clock): Promise<Digest> {
    const mark = markOf(sealed)
    const reading = this.#read.get(mark) ?? readDigest(sealed, clock)
    this.#read.set(mark, reading)
    const digest = await reading
    this.#peerOf.set(mark, digest.peerId)
    assertDigestInTime(digest, clock)
    return digest
  }

  async #ask(from: DirectoryNode, to: string, asked: Question): Promise<Answer> {
    const sent = digestsExchange.question.encode(asked)
    const question = digestsExchange.question.decode(sent)
    this.#sent(from, to, sent)
    this.#look(from, to, question.digests)
    await this.#travel(from, to)
    const other = this.#byId.get(to)
    if (!other?.quota.take(from.id)) {
      this.busy += 1
      throw new StimnetError('BUSY', `asking ${to}`)
    }
    const answer = digestsExchange.answer.encode(await other.spread.answer(question, from.id))
    const told = digestsExchange.answer.decode(answer)
    if (answer.length > digestsExchange.answerBytesMax) this.#breach(`an answer of ${answer.length} bytes`)
    this.bytes += answer.length
    this.#look(other, from.id, told.digests)
    await this.#travel(other, from.id)
    return told
  }

  #sent(from: DirectoryNode, to: string, bytes: Uint8Array): void {
    if (bytes.length > digestsExchange.questionBytesMax) this.#breach(`a question of ${bytes.length} bytes`)
    this.messages += 1
    this.bytes += bytes.length
    this.#trace.update(`${this.time.now()} ${from.id} ${to} ${bytes.length}\n`)
  }

  /** One way of a message. Throws DEADLINE where it is lost, and PEER_UNREACHABLE where nobody is there. */
  async #travel(from: DirectoryNode, to: string): Promise<void> {
    const { loss, delayMs } = this.#faults
    const [least, most] = delayMs
    const isLost = this.dice.isTrue(loss) || this.#cut.has(from.id) !== this.#cut.has(to)
    await this.time.clock().sleep(isLost ? deadlineMs : this.dice.between(least, most))
    if (isLost) throw new StimnetError('DEADLINE', `asking ${to}`)
    if (!from.isUp || !this.#byId.get(to)?.isUp) throw new StimnetError('PEER_UNREACHABLE', `asking ${to}`)
  }

  /** Walls: nobody passes on the digest of a peer that it knows to be revoked, and no message has more digests than may be read. */
  #look(from: DirectoryNode, to: string, digests: readonly Uint8Array[]): void {
    if (digests.length > 64) this.#breach(`${digests.length} digests in one message`)
    if (from.revoked.size === 0) return
    for (const sealed of digests) {
      const peerId = this.#peerOf.get(markOf(sealed)) ?? ''
      if (from.revoked.has(peerId) && peerId !== to) this.#breach(`${from.id} passes on ${peerId}, which is revoked`)
    }
  }

  #breach(what: string): void {
    if (this.breaches.length < 100) this.breaches.push(what)
  }
}

function markOf(sealed: Uint8Array): string {
  return createHash('sha256').update(sealed).digest('hex').slice(0, 16)
}
