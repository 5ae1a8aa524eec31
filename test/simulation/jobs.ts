/** The jobs world: real peers, with real admission, ledgers, audit logs and disks, over a network in memory and in simulated time. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, type Signer, signStatement } from '@stimnet/protocol'
import { type Client, signRequest } from '@stimnet/sdk'
import { clientOf } from '../mesh.ts'
import { Dice, withSeededPlatform } from './dice.ts'
import { Network, type NetworkFaults } from './network.ts'
import { bury, CATALOG, copyDisk, kill, type Moment, putBack, type SimulatedPeer, start, writePeers } from './peers.ts'
import { rest, SimulatedTime } from './time.ts'
import { type Breach, lookAtEnds, Walls } from './walls.ts'

const MINUTE_MS = 60_000
/** Time between two steps of the world: one question, and perhaps a fault. */
const STEP_MS = 10_000
/** How long a request may still be admitted, ms. */
const LIFETIME_MS = 2 * MINUTE_MS
/** Time after the last fault within which everything ends. */
const GRACE_MS = LIFETIME_MS + 2 * MINUTE_MS
const MOMENTS: readonly Moment[] = ['at rest', 'before a write', 'after a write']

/** What may go wrong. */
export interface JobFaults extends NetworkFaults {
  /** Clocks are wrong by up to this, ms. */
  readonly skewMs: number
  readonly kills: boolean
  readonly cuts: boolean
  /** One disk is replaced by an old one. */
  readonly restores: boolean
  /** One member is revoked. */
  readonly revokes: boolean
}

export const JOB_FAULTS: JobFaults = {
  loss: 0.02,
  doubled: 0.05,
  delayMs: [5, 400],
  skewMs: 20_000,
  kills: true,
  cuts: true,
  restores: true,
  revokes: true
}

export interface JobsRun {
  readonly seed: number
  readonly peers: number
  readonly askers: number
  /** Time during which questions are asked, minutes. */
  readonly minutes: number
  readonly faults?: JobFaults
  readonly say?: (line: string) => void
}

export interface JobsFound {
  readonly requests: number
  readonly parts: number
  readonly states: Readonly<Record<string, number>>
  readonly admitted: number
  readonly released: number
  readonly kills: number
  readonly messages: number
  readonly events: number
  readonly breaches: readonly Breach[]
  readonly trace: string
}

/** Questions; each asks some peers. Those of one form are asked again and again, with and without noise. */
function questionBy(dice: Dice) {
  const by = dice.oneOf(['arm', 'sex'])
  const sql = dice.oneOf([
    `SELECT ${by}, COUNT(DISTINCT subject_id) AS n FROM people GROUP BY ${by}`,
    `SELECT ${by}, AVG(score) AS score FROM people GROUP BY ${by}`,
    'SELECT AVG(score) AS score FROM people'
  ])
  if (dice.isTrue(0.5)) return { program: { kind: 'sql' as const, sql } }
  const rho = dice.oneOf(['0.01', '0.02', '0.03'])
  return { program: { kind: 'sql' as const, sql }, privacy: { level: 'P2' as const, rho } }
}

class JobsWorld {
  readonly time = new SimulatedTime()
  readonly dice: Dice
  readonly network: Network
  readonly faults: JobFaults
  readonly walls: Walls
  readonly say: (line: string) => void
  nodes: SimulatedPeer[] = []
  researcher: Signer | undefined
  charter = ''
  requests = 0
  kills = 0
  /** Size of the audit log in the copy of a disk. */
  copied = 0
  readonly #clients = new Map<object, Client>()
  readonly #byId = new Map<string, SimulatedPeer>()

  constructor({ seed, faults = JOB_FAULTS, say = () => undefined }: JobsRun) {
    this.dice = new Dice(seed)
    this.faults = faults
    this.say = say
    this.network = new Network(this.time, this.dice.apart(), faults)
    this.walls = new Walls(this.#byId, () => this.time.now())
    this.network.onAnswered = (passed) => this.walls.answered(passed)
    this.network.onEvent = (from, to, event) => this.walls.told(from, to, event)
  }

  get clock(): Clock {
    return this.time.clock()
  }

  async open(folder: string, { peers, askers }: JobsRun): Promise<void> {
    const { skewMs } = this.faults
    const written = await writePeers(folder, { peers, askers, skewMs, dice: this.dice.apart(), clock: this.clock })
    this.nodes = written.nodes
    this.researcher = written.researcher
    this.charter = written.charter
    for (const node of this.nodes) this.#byId.set(node.id, node)
    for (const node of this.nodes) await this.start(node)
    await this.pass(MINUTE_MS / 2)
  }

  pass(ms: number): Promise<void> {
    return this.time.pass(ms, () => this.walls.look())
  }

  up(): SimulatedPeer[] {
    return this.nodes.filter(({ isGone }) => !isGone)
  }

  start(node: SimulatedPeer): Promise<void> {
    return start(node, this.network, {
      settle: (work) => this.settle(work),
      failed: (error, during) => this.walls.breach('errors', `${during}: ${(error as Error)?.stack ?? error}`)
    })
  }

  /** Lets as much time pass as the work needs. */
  async settle<T>(work: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = () => {
      isSettled = true
    }
    work.then(settled, settled)
    for (await rest(); !isSettled; await rest()) await this.pass(10)
    return work
  }

  /** Asks one question of some peers, through the gateway of one. */
  async ask(): Promise<void> {
    const askers = this.up().filter(({ isAsker }) => isAsker)
    const { researcher } = this
    if (askers.length === 0 || !researcher) return
    const { peer } = this.dice.oneOf(askers)
    if (!peer) return
    const targets = this.dice.some(this.nodes, 1 + this.dice.below(this.nodes.length)).map(({ id }) => id)
    const question = {
      ...questionBy(this.dice),
      catalog: CATALOG,
      targets,
      carrier: peer.peerId,
      lifetimeMs: LIFETIME_MS
    }
    const signed = await signRequest({ ...question, signer: researcher, clock: this.clock, random: this.dice })
    let client = this.#clients.get(peer)
    if (!client) {
      client = await clientOf(peer)
      this.#clients.set(peer, client)
    }
    await client.submitBroadcast(signed)
    this.requests += 1
    await rest()
  }

  /** A machine stops, and starts again after a while. */
  async killOne(): Promise<void> {
    const node = this.dice.oneOf(this.up())
    kill(node, this.dice.oneOf(MOMENTS))
    this.kills += 1
    await this.pass(this.dice.between(1_000, 30_000))
    // It may not have written since.
    if (!node.isGone) kill(node, 'at rest')
    await bury(node)
    await this.pass(this.dice.between(0, 30_000))
    await this.start(node)
  }

  async cutSome(): Promise<void> {
    const some = this.dice.some(this.nodes, 1 + this.dice.below(this.nodes.length - 1))
    this.network.cut(some.map(({ id }) => id))
    await this.ask()
    await this.pass(this.dice.between(10_000, 60_000))
    this.network.cut([])
  }

  copy(node: SimulatedPeer): Promise<string> {
    this.copied = node.peer?.database.auditLog.head.size ?? 0
    return copyDisk(node)
  }

  /** The disk of an institution that has answered meanwhile is replaced by a copy. */
  async restoreOne(node: SimulatedPeer, copy: string): Promise<void> {
    const size = node.peer?.database.auditLog.head.size ?? 0
    if (node.isGone || size <= this.copied) return
    // Others attest what was written since.
    await this.pass(1.5 * MINUTE_MS)
    kill(node, 'at rest')
    await bury(node)
    await putBack(node, copy)
    this.walls.restored(node.id)
    await this.start(node)
    this.say('an old disk was put back')
  }

  async revokeOne(): Promise<void> {
    const candidates = this.nodes.filter(({ isAsker, isGone }) => isAsker && !isGone)
    const leaving = candidates.at(-1)
    const by = this.up()
      .filter((node) => node !== leaving)
      .slice(0, 2)
    if (!leaving || candidates.length < 2) return
    for (const { signer, peer } of by) {
      const says = { says: 'revoke', charter: this.charter, peer: leaving.id, reason: 'left' } as const
      await this.settle(
        peer?.federation?.merge([await signStatement(says, { signer, clock: this.clock })]) ?? Promise.resolve()
      )
    }
    leaving.isRevoked = true
    this.say('a member was revoked')
  }

  /** Wall: who runs on an old disk has noticed it. */
  lookAtRestored(): void {
    for (const { isRestored, peer, id } of this.nodes) {
      if (isRestored && peer?.witnesses.regression === undefined)
        this.walls.breach('behind', `${id} has not noticed its old disk`)
    }
  }

  async close(): Promise<void> {
    for (const node of this.nodes) if (node.peer) await this.settle(node.release())
  }
}

/** Runs the world. What breaks a wall is a breach. */
export function runJobs(run: JobsRun): Promise<JobsFound> {
  return withSeededPlatform(run.seed, () => inWorld(run))
}

async function inWorld(run: JobsRun): Promise<JobsFound> {
  const world = new JobsWorld(run)
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-simulation-'))
  try {
    await world.open(folder, run)
    world.say(`${run.peers} peers have started`)
    await trouble(world, run)
    world.network.faults = { loss: 0, doubled: 0, delayMs: run.faults?.delayMs ?? JOB_FAULTS.delayMs }
    world.say('faults have ceased')
    await world.pass(GRACE_MS)
    world.lookAtRestored()
    const { parts, states } = await lookAtEnds(world.walls, world.nodes)
    const { requests, kills, walls, network, time } = world
    const { admitted, released, breaches } = walls
    const [trace, messages, events] = [network.trace(), network.messages, time.events]
    return { requests, parts, states, admitted, released, kills, messages, events, breaches, trace }
  } finally {
    await world.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Questions and faults, until the time is over and everything that is to go wrong has gone wrong. */
async function trouble(world: JobsWorld, { minutes }: JobsRun): Promise<void> {
  const { dice, faults, time } = world
  const [begin, whole] = [time.now(), minutes * MINUTE_MS]
  const share = () => (time.now() - begin) / whole
  const victim = world.nodes.at(-1) as SimulatedPeer
  let copy = ''
  let isRevoked = !faults.revokes
  let step = 0
  for (; share() < 1; step++) {
    await world.ask()
    await world.pass(dice.between(0, STEP_MS))
    if (faults.kills && dice.isTrue(0.3)) await world.killOne()
    if (faults.cuts && dice.isTrue(0.1)) await world.cutSome()
    if (faults.restores && copy === '' && share() > 0.15) copy = await world.copy(victim)
    if (copy !== '' && !victim.isRestored && share() > 0.4) await world.restoreOne(victim, copy)
    if (!isRevoked && share() > 0.6) {
      await world.revokeOne()
      isRevoked = true
    }
    if (step % 10 === 9)
      world.say(`${Math.round(share() * 100)} %: ${world.requests} requests, ${world.walls.released} answers`)
  }
  if (!isRevoked) await world.revokeOne()
  // Some come through the member that was revoked.
  for (let more = 0; more < 4; more++) {
    await world.ask()
    await world.pass(dice.between(0, STEP_MS))
  }
}
