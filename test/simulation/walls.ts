/** The walls of the jobs world: what must hold after every event, whatever was lost, delayed, doubled, killed or restored. */
import { createHash } from 'node:crypto'
import { cancelExchange, followExchange, jobExchange } from '@stimnet/mesh'
import { type Clock, isEnded, isJobState, type JobState, messages, open, toHex } from '@stimnet/protocol'
import type { Passed } from './network.ts'
import type { MemoryMesh } from './memory-mesh.ts'
import type { SimulatedPeer } from './peers.ts'

/** The walls, each with what it says. */
export const WALLS = {
  charged: 'no answer leaves without its entry in a ledger',
  once: 'no release is charged twice, and the charges add up to what the ledger says',
  budget: 'no budget is overspent',
  same: 'no job is answered twice with different bytes',
  revoked: 'no request that a revoked member brings is admitted by who has heard of the revocation',
  log: 'the audit log only grows, also over kills',
  own: 'an answer goes to who asked and to nobody else, signed by who answers',
  behind: 'an institution that knows that its disk is an old one answers nothing about people',
  ended: 'every request and every admitted job ends',
  alike: 'who asked and who answered say the same of every job',
  errors: 'nothing fails unexpectedly'
} as const

export type Wall = keyof typeof WALLS

/** A wall that was broken. */
export interface Breach {
  readonly wall: Wall
  readonly what: string
  readonly atMs: number
}

interface Spent {
  readonly keys: Set<string>
  readonly lifetime: Map<string, bigint>
}

/** Looks at everything that passes and everything that is written. */
export class Walls {
  readonly breaches: Breach[] = []
  released = 0
  admitted = 0
  readonly #peers: ReadonlyMap<string, SimulatedPeer>
  readonly #now: () => number
  readonly #results = new Map<string, string>()
  readonly #heads = new Map<string, { size: number; root: string }>()
  readonly #spent = new Map<string, Spent>()
  #looking: Promise<unknown> = Promise.resolve()

  constructor(peers: ReadonlyMap<string, SimulatedPeer>, now: () => number) {
    this.#peers = peers
    this.#now = now
  }

  breach(wall: Wall, what: string): void {
    if (this.breaches.length < 50) this.breaches.push({ wall, what, atMs: this.#now() })
  }

  /** Called for each answer. Looks at once at what may change, and finishes before time moves on. */
  answered({ exchange, from, to, answer }: Passed): void {
    if (exchange !== jobExchange.id && exchange !== cancelExchange.id) return
    const isPutOut = this.#peers.get(to.peerId)?.peer?.federation?.isRevoked(from.peerId) ?? false
    if (exchange !== jobExchange.id) return
    this.#later(async () => {
      const { decision } = jobExchange.answer.decode(answer)
      const { body } = await open(decision, {
        type: 'decision',
        issuer: to.peerId,
        clock: this.#clock(),
        atAnyTime: true
      })
      const { allowed, jobId } = messages.Decision.decode(body)
      if (allowed) this.admitted += 1
      if (allowed && isPutOut) this.breach('revoked', `${to.peerId} admits ${jobId} of ${from.peerId}`)
    })
  }

  /** Called for each event of a follow stream. */
  told(from: MemoryMesh, to: MemoryMesh, bytes: Uint8Array): void {
    const { jobId, state, result } = followExchange.answer.decode(bytes)
    if (result.length === 0) return
    const peer = this.#peers.get(from.peerId)
    const hash = createHash('sha256').update(result).digest('hex')
    const before = this.#results.get(jobId)
    // Whose disk was replaced by an old one does not know what it answered before.
    if (before !== undefined && before !== hash && !peer?.isRestored) this.breach('same', `${jobId} of ${from.peerId}`)
    if (before === undefined && state === 'completed') this.released += 1
    this.#results.set(jobId, hash)
    this.#later(() => this.#release(from, to, { jobId, state, result }))
  }

  /** Called after each event of the world: looks into each database that has grown. */
  async look(): Promise<void> {
    await this.#looking
    for (const node of this.#peers.values()) {
      const { peer } = node
      if (!peer || node.isGone) continue
      if (peer.witnesses.regression !== undefined && node.behindAtMs === 0) node.behindAtMs = this.#now()
      const { size, root } = peer.database.auditLog.head
      const before = this.#heads.get(peer.peerId)
      if (before?.size === size) continue
      await this.#grew(node, before)
      this.#heads.set(peer.peerId, { size, root: toHex(root) })
    }
  }

  /** The disk of a peer was replaced by an old one: what it says is judged anew. */
  restored(peerId: string): void {
    this.#heads.delete(peerId)
    this.#spent.delete(peerId)
  }

  async #release(
    from: MemoryMesh,
    to: MemoryMesh,
    event: { jobId: string; state: string; result: Uint8Array }
  ): Promise<void> {
    const { audience, body } = await open(event.result, {
      type: 'job-result',
      issuer: from.peerId,
      clock: this.#clock(),
      atAnyTime: true
    })
    const { jobId, receipt, outputJson } = messages.JobResult.decode(body)
    if (jobId !== event.jobId || !audience.includes(to.peerId))
      this.breach('own', `${jobId} of ${from.peerId} for ${audience}`)
    const node = this.#peers.get(from.peerId)
    const database = node?.peer?.database
    if (event.state !== 'completed' || !database) return
    const releasedAtMs = (receipt?.releasedAtMs ?? 0) - node.skewMs
    if (node.behindAtMs > 0 && releasedAtMs > node.behindAtMs + 1_000)
      this.breach('behind', `${from.peerId} answers ${jobId}`)
    const [record] = await database.auditLog.read({ limit: 1, before: (receipt?.auditSequence ?? 0) + 1 })
    const isRecorded = record?.kind === 'release' && record.jobId === jobId && toHex(record.hash) === receipt?.auditHead
    if (!isRecorded) this.breach('charged', `${jobId}: the audit log of ${from.peerId} has no release`)
    const output = new TextDecoder().decode(outputJson)
    const isNoisy = (JSON.parse(output) as { disclosure?: { level?: string } }).disclosure?.level === 'P2'
    if (!(await (isNoisy ? isPaid(database, output) : hasLedger(database, receipt?.epoch ?? '')))) {
      this.breach('charged', `${jobId} of ${from.peerId}, ${isNoisy ? 'with noise' : 'exact'}`)
    }
  }

  /** Reads what came to the audit log of a peer since it was last looked at. */
  async #grew({ peer }: SimulatedPeer, before: { size: number; root: string } | undefined): Promise<void> {
    if (!peer) return
    const { auditLog } = peer.database
    const { size } = auditLog.head
    if (before) {
      const isExtended = size >= before.size && toHex(await auditLog.rootAt(before.size)) === before.root
      if (!isExtended) this.breach('log', `${peer.peerId}: ${before.size} records, then ${size} others`)
    }
    const fresh = await auditLog.read({ limit: Math.max(0, size - (before?.size ?? 0)), before: size + 1 })
    const spent = this.#spent.get(peer.peerId) ?? { keys: new Set(), lifetime: new Map() }
    this.#spent.set(peer.peerId, spent)
    for (const { kind, detailJson } of fresh.reverse()) {
      if (kind !== 'spend') continue
      const { catalog, key, nano_rho: nanoRho } = JSON.parse(detailJson) as Record<string, string>
      if (catalog === undefined || key === undefined) continue
      if (spent.keys.has(key)) this.breach('once', `${peer.peerId} charges ${key} again`)
      spent.keys.add(key)
      spent.lifetime.set(catalog, (spent.lifetime.get(catalog) ?? 0n) + BigInt(nanoRho ?? 0))
    }
    for (const [catalog, said] of await totalsOf(peer.database)) {
      if (said !== (spent.lifetime.get(catalog) ?? 0n))
        this.breach('once', `${peer.peerId}: ${said} is not what was charged`)
      const cap = BigInt(Math.round(Number(peer.catalogs.get(catalog)?.config.budget.lifetime_rho ?? 0) * 1e9))
      if (said > cap) this.breach('budget', `${peer.peerId} spent ${said} of ${cap}`)
    }
  }

  #later(work: () => Promise<void>): void {
    this.#looking = this.#looking.then(work).catch((error) => this.breach('errors', String(error?.stack ?? error)))
  }

  #clock(): Clock {
    return { now: this.#now, sleep: () => Promise.resolve() }
  }
}

/** At the end: every job has ended, and who asked knows how. */
export async function lookAtEnds(
  walls: Walls,
  peers: readonly SimulatedPeer[]
): Promise<{ parts: number; states: Record<string, number> }> {
  const states: Record<string, number> = {}
  let parts = 0
  const jobs = new Map<string, string>()
  for (const { peer } of peers) {
    if (!peer) continue
    for await (const [id, job] of peer.database.json<{ state: string }>('jobs').iterator()) {
      jobs.set(id, job.state)
      if (!isJobState(job.state) || !isEnded(job.state))
        walls.breach('ended', `${id} at ${peer.peerId} is ${job.state}`)
    }
  }
  // Who was put out hears nothing more, and whose disk was replaced has forgotten.
  const isApart = new Set(peers.filter(({ isRestored, isRevoked }) => isRestored || isRevoked).map(({ id }) => id))
  for (const { peer } of peers) {
    if (!peer) continue
    for await (const request of peer.database.json<StoredRequest>('requests').values()) {
      if (request.endedAtMs === undefined) walls.breach('ended', `request ${request.id} of ${peer.peerId}`)
      for (const { jobId, peerId, state, refused } of request.parts) {
        parts += 1
        states[state] = (states[state] ?? 0) + 1
        if (!isEnded(state)) walls.breach('ended', `${jobId} is ${state} for ${peer.peerId}`)
        const there = jobs.get(jobId)
        const isAlike =
          there === undefined ? refused === true || state === 'expired' || state === 'failed' : there === state
        if (!isAlike && !isApart.has(peerId) && !isApart.has(peer.peerId))
          walls.breach('alike', `${jobId} is ${state} here and ${there} at ${peerId}`)
      }
    }
  }
  return { parts, states }
}

interface StoredRequest {
  readonly id: string
  readonly endedAtMs?: number
  readonly parts: readonly {
    readonly jobId: string
    readonly peerId: string
    readonly state: JobState
    readonly refused?: boolean
  }[]
}

type OpenDatabase = NonNullable<SimulatedPeer['peer']>['database']

/** Whether a noisy answer is one that was paid for. */
async function isPaid(database: OpenDatabase, output: string): Promise<boolean> {
  for await (const [key, answer] of database.json<string>('privacy-answers').iterator()) {
    if (answer === output) return (await database.json('privacy-spends').get(key)) !== undefined
  }
  return false
}

/** Whether there is a ledger of exact releases from that epoch. */
async function hasLedger(database: OpenDatabase, epoch: string): Promise<boolean> {
  const ledgers = database.root.sublevel<string, Uint8Array>('atoms', { valueEncoding: 'view' })
  for await (const key of ledgers.keys()) if (key.includes(epoch)) return true
  return false
}

async function totalsOf(database: OpenDatabase): Promise<[string, bigint][]> {
  const all = await database.json<{ lifetime: string }>('privacy-totals').iterator().all()
  return all.map(([catalog, { lifetime }]) => [catalog, BigInt(lifetime)])
}
