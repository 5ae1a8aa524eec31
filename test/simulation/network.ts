/** A network in memory that loses, delays, doubles and cuts what passes through it, as its dice say and in simulated time. */
import { createHash } from 'node:crypto'
import { StimnetError } from '@stimnet/protocol'
import type { Dice } from './dice.ts'
import type { MemoryMesh } from './memory-mesh.ts'
import type { SimulatedTime } from './time.ts'

/** What goes wrong on the way. All shares are of messages. */
export interface NetworkFaults {
  /** Lost, each way. The asker notices when the deadline has passed. */
  readonly loss: number
  /** Delivered twice, as after a connection that broke when the question had arrived. */
  readonly doubled: number
  /** Shortest and longest way, ms. */
  readonly delayMs: readonly [number, number]
}

/** After this time without a sign of life the other side counts as gone, ms: see `silenceMsMax` and the pulse of a connection. */
const SILENCE_MS = 16_000

/** What passed, for those who watch. */
export interface Passed {
  readonly exchange: string
  readonly from: MemoryMesh
  readonly to: MemoryMesh
  readonly question: Uint8Array
  readonly answer: Uint8Array
}

/** The network of a world. */
export class Network {
  readonly time: SimulatedTime
  readonly dice: Dice
  faults: NetworkFaults
  messages = 0
  /** Called for each question that was answered, before the answer is on its way. */
  onAnswered: (passed: Passed) => void = () => undefined
  /** Called for each event of a follow stream, before it is on its way. */
  onEvent: (from: MemoryMesh, to: MemoryMesh, event: Uint8Array) => void = () => undefined
  readonly #meshes = new Map<string, MemoryMesh>()
  readonly #trace = createHash('sha256')
  #cut: ReadonlySet<string> = new Set()

  constructor(time: SimulatedTime, dice: Dice, faults: NetworkFaults) {
    this.time = time
    this.dice = dice
    this.faults = faults
  }

  /** The hash of all messages so far: their times, ends, kinds and sizes. */
  trace(): string {
    return this.#trace.copy().digest('hex').slice(0, 16)
  }

  at(peerId: string): MemoryMesh | undefined {
    const mesh = this.#meshes.get(peerId)
    return mesh?.isUp ? mesh : undefined
  }

  up(): MemoryMesh[] {
    return [...this.#meshes.values()].filter(({ isUp }) => isUp)
  }

  add(mesh: MemoryMesh): void {
    this.#meshes.set(mesh.peerId, mesh)
  }

  /** Cuts these peers off from all others; nobody, to heal. */
  cut(some: readonly string[]): void {
    this.#cut = new Set(some)
    this.time.after(SILENCE_MS, () => {
      for (const mesh of this.up())
        for (const peerId of mesh.connected()) if (this.isApart(mesh.peerId, peerId)) mesh.lost(peerId)
    })
  }

  isApart(one: string, other: string): boolean {
    return this.#cut.has(one) !== this.#cut.has(other)
  }

  /** A peer has gone without a word: others notice after a while. */
  gone(peerId: string): void {
    for (const mesh of this.up()) {
      this.time.after(this.dice.between(0, SILENCE_MS), () => {
        const isBack = this.at(peerId) !== undefined
        if (!isBack) mesh.lost(peerId)
        else mesh.broke(peerId)
      })
    }
  }

  /** One way of a message. Throws PEER_UNREACHABLE where nobody is there, and DEADLINE after `deadlineMs` where it is lost. */
  async travel(
    from: MemoryMesh,
    to: string,
    what: { kind: string; bytes: number; deadlineMs: number }
  ): Promise<MemoryMesh> {
    const { loss, delayMs } = this.faults
    const [least, most] = delayMs
    const isLost = this.dice.isTrue(loss) || this.isApart(from.peerId, to)
    this.messages += 1
    this.#trace.update(`${this.time.now()} ${from.peerId} ${to} ${what.kind} ${what.bytes}\n`)
    await this.#sleep(from, isLost ? what.deadlineMs : Math.round(this.dice.between(least, most)))
    if (isLost) throw new StimnetError('DEADLINE', `${what.kind} to ${to}`)
    const mesh = this.at(to)
    if (!mesh) throw new StimnetError('PEER_UNREACHABLE', `${what.kind} to ${to}`)
    return mesh
  }

  isDoubled(): boolean {
    return this.dice.isTrue(this.faults.doubled)
  }

  /** What a machine that is gone has sent arrives nowhere, and it waits for ever. */
  #sleep(from: MemoryMesh, ms: number): Promise<void> {
    return new Promise((resolve) => void this.time.after(ms, () => from.isUp && resolve()))
  }
}
