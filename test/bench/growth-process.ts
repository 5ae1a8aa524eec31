/** A process of several whole peers, for `growth.ts`: it starts peers, and reports what they know and use. */
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { createEvents, loadConfig, type Peer, startPeer } from '@stimnet/peer'

/** A question of the parent. */
export type GrowthAsk =
  | { readonly ask: 'start'; readonly configFile: string; readonly nodeId: string }
  | { readonly ask: 'state' }
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
  readonly residentBytes: number
}

/** How a question was answered. */
export type GrowthAnswer = { readonly state: GrowthState } | { readonly failed: string }

const peers: Peer[] = []
const open = new Set<Socket>()
let sentByClosed = 0

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
    residentBytes: process.memoryUsage.rss()
  }
}

async function answer(asked: GrowthAsk): Promise<GrowthAnswer> {
  if (asked.ask === 'start') {
    const events = createEvents({ level: 'silent', nodeId: asked.nodeId })
    peers.push(await startPeer(await loadConfig(asked.configFile, {}), { events }))
  }
  if (asked.ask === 'stop') await Promise.all(peers.splice(0).map((peer) => peer.stop()))
  return { state: await state() }
}

process.on('message', (asked: GrowthAsk) => {
  answer(asked)
    .catch((error: unknown): GrowthAnswer => ({ failed: error instanceof Error ? (error.stack ?? '') : String(error) }))
    .then((answered) => process.send?.(answered))
})
process.once('disconnect', () => process.exit(0))
