/** A process of several whole peers, for `growth.ts`: it starts peers, and reports what they know and use. */
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { helloExchange } from '@stimnet/mesh'
import { createEvents, loadConfig, type Peer, startPeer } from '@stimnet/peer'
import { cryptographicRandom, isEnded, type Signer, signerFromSeed } from '@stimnet/protocol'
import { type Client, signRequest } from '@stimnet/sdk'
import { CHEAP_PASSWORDS, clientOf, PASSWORD } from '../mesh.ts'
import { inTurn, timed } from './measure.ts'

/** A question of the parent. */
export type GrowthAsk =
  | { readonly ask: 'start'; readonly configFile: string; readonly nodeId: string }
  | { readonly ask: 'state' }
  /** Asks of the first peer of the process, which has a gateway: one question to all of these. */
  | { readonly ask: 'broadcast'; readonly targets: readonly string[]; readonly rounds: number }
  | { readonly ask: 'stop' }

/** The state of one peer. */
export interface GrowthPeer {
  readonly peerId: string
  readonly address: string
  /** Other institutions of which this peer knows a catalog. */
  readonly known: number
  readonly connections: number
}

/** The resources that the process and its peers use. The process counts for all its peers together. */
export interface GrowthState {
  readonly peers: readonly GrowthPeer[]
  /** Processor time since the start, s. */
  readonly cpuSeconds: number
  /** Bytes sent over TCP since the start. */
  readonly sentBytes: number
  /** Questions of others that were answered since the start. */
  readonly answered: number
  readonly residentBytes: number
}

/** Durations, ms, of each round. */
export interface GrowthBroadcast {
  /** The floor: each target is asked for its name at the same time, with a signed answer. */
  readonly fanOut: readonly number[]
  /** From the signed request until each target has decided. */
  readonly decided: readonly number[]
  /** Until each answer has arrived. */
  readonly ended: readonly number[]
}

/** How a question was answered. */
export type GrowthAnswer =
  | { readonly state: GrowthState }
  | { readonly broadcast: GrowthBroadcast }
  | { readonly failed: string }

const peers: Peer[] = []
const open = new Set<Socket>()
let sentByClosed = 0
let answered = 0

function count({ socket }: { socket: Socket }): void {
  open.add(socket)
  socket.once('close', () => {
    open.delete(socket)
    sentByClosed += socket.bytesWritten
  })
}
subscribe('net.client.socket', (message) => count(message as { socket: Socket }))
subscribe('net.server.socket', (message) => count(message as { socket: Socket }))

async function stateOf(peer: Peer): Promise<GrowthPeer> {
  const neighbours = await peer.database
    .json<{ peerId: string; catalogs: readonly string[] }>('neighbours')
    .values()
    .all()
  const known = neighbours.filter(({ peerId, catalogs }) => peerId !== peer.peerId && catalogs.length > 0).length
  const { peerId, addresses, mesh } = peer
  return { peerId, address: addresses[0] ?? '', known, connections: mesh.connected().length }
}

async function state(): Promise<GrowthState> {
  const { user, system } = process.cpuUsage()
  const sentNow = [...open].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)
  return {
    peers: await Promise.all(peers.map(stateOf)),
    cpuSeconds: (user + system) / 1e6,
    sentBytes: sentByClosed + sentNow,
    answered,
    residentBytes: process.memoryUsage.rss()
  }
}

async function answer(asked: GrowthAsk): Promise<GrowthAnswer> {
  if (asked.ask === 'start') {
    const { served, ...others } = createEvents({ level: 'silent', nodeId: asked.nodeId })
    const counted = (facts: Parameters<typeof served>[0]) => {
      answered += 1
      served(facts)
    }
    const events = Object.assign(others, { served: counted })
    const peer = await startPeer(await loadConfig(asked.configFile, {}), { events, passwordCost: CHEAP_PASSWORDS })
    if (peer.gatewayUrl !== undefined) {
      await peer.accounts.put({ name: 'ada', roles: ['researcher'], password: PASSWORD })
    }
    peers.push(peer)
  }
  if (asked.ask === 'stop') await Promise.all(peers.splice(0).map((peer) => peer.stop()))
  if (asked.ask === 'broadcast') return { broadcast: await broadcast(asked.targets, asked.rounds) }
  return { state: await state() }
}

const SQL = 'SELECT arm, COUNT(DISTINCT subject_id) AS n FROM people GROUP BY arm'

/** The floor and the broadcast in turn. */
async function broadcast(targets: readonly string[], rounds: number): Promise<GrowthBroadcast> {
  const [asker] = peers
  if (asker === undefined) throw new Error('no peer')
  const [client, signer] = [await clientOf(asker), await signerFromSeed(cryptographicRandom.bytes(32))]
  const decided: number[] = []
  const ended: number[] = []
  const { fanOut } = await inTurn(
    {
      fanOut: () => timed(() => askNames(asker, targets)),
      ours: async () => {
        const took = await askOnce(client, signer, targets)
        decided.push(took.decidedMs)
        ended.push(took.endedMs)
        return took.endedMs
      }
    },
    { warmUps: 1, rounds }
  )
  return { fanOut, decided: decided.slice(1), ended: ended.slice(1) }
}

function askNames({ mesh }: Peer, targets: readonly string[]): Promise<unknown> {
  const ask = (peerId: string) =>
    mesh.ask(helloExchange, peerId, { version: '' }, { signal: AbortSignal.timeout(60_000) })
  return Promise.all(targets.map(ask))
}

async function askOnce(client: Client, signer: Signer, targets: readonly string[]) {
  const program = { kind: 'sql', sql: SQL } as const
  const { peer_id: carrier } = await client.health()
  const signed = await signRequest({ signer, catalog: 'demo_dataset', program, targets, carrier })
  const began = performance.now()
  const { id } = await client.submitBroadcast(signed)
  let decidedMs: number | undefined
  for await (const { parts } of client.watchBroadcast(id)) {
    if (parts.every(({ state: at }) => at !== 'pending')) decidedMs ??= performance.now() - began
  }
  const endedMs = performance.now() - began
  const { parts } = await client.broadcast(id)
  const lost = parts.find(({ state: at }) => !isEnded(at) || at === 'failed' || at === 'denied')
  if (lost || parts.length !== targets.length) throw new Error(`a part ended: ${JSON.stringify(lost)}`)
  return { decidedMs: decidedMs ?? endedMs, endedMs }
}

process.on('message', (asked: GrowthAsk) => {
  answer(asked)
    .catch((error: unknown): GrowthAnswer => ({ failed: error instanceof Error ? (error.stack ?? '') : String(error) }))
    .then((answered) => process.send?.(answered))
})
process.once('disconnect', () => process.exit(0))
