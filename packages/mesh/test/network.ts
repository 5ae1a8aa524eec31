/** A network of real nodes in one process, for the mesh tests. */
import assert from 'node:assert/strict'
import { type Code, cryptographicRandom, systemClock } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import { type Mesh, type MeshSettings, type MeshStore, createMesh } from '../src/index.ts'

export interface Told {
  connected: string[]
  disconnected: string[]
  denied: string[]
  shutOut: { peerId: string; why: string }[]
  refused: { peerId: string; exchange: string; code: Code }[]
  served: { exchange: string; code: Code | 'OK' }[]
  unexpected: unknown[]
  reserved: string[]
  relayLost: { relay: string; why: string }[]
}

export interface TestPeer {
  readonly mesh: Mesh
  readonly told: Told
  readonly store: MeshStore
  readonly seed: Uint8Array
}

export type Plan = Partial<Omit<MeshSettings, 'nodeSeed'>> & {
  seed?: Uint8Array
  store?: MeshStore
  prepare?: (mesh: Mesh) => void
}

/** Runs a test that starts nodes, and stops all of them however the test ends. */
export async function withNetwork(test: (start: (plan?: Plan) => Promise<TestPeer>) => Promise<void>): Promise<void> {
  const meshes: Mesh[] = []
  try {
    await test(async (plan = {}) => {
      const peer = await startPeer(plan)
      meshes.push(peer.mesh)
      return peer
    })
  } finally {
    await Promise.all(meshes.map((mesh) => mesh.stop()))
  }
}

export function newStore(): MeshStore {
  return new MemoryLevel<string, Uint8Array>({ valueEncoding: 'view' })
}

async function startPeer(plan: Plan): Promise<TestPeer> {
  const { seed = crypto.getRandomValues(new Uint8Array(32)), store = newStore(), prepare, ...settings } = plan
  const told: Told = {
    connected: [],
    disconnected: [],
    denied: [],
    shutOut: [],
    refused: [],
    served: [],
    unexpected: [],
    reserved: [],
    relayLost: []
  }
  const mesh = await createMesh(
    {
      nodeSeed: seed,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      bootstrap: [],
      mdns: false,
      permits: () => true,
      ...settings,
      timing: { redialMs: 100, discoverMs: 200, ...settings.timing }
    },
    {
      store,
      clock: systemClock,
      random: cryptographicRandom,
      events: {
        peerConnected: (peerId) => told.connected.push(peerId),
        denied: (peerId) => told.denied.push(peerId),
        shutOut: (peerId, why) => told.shutOut.push({ peerId, why }),
        peerDisconnected: (peerId) => told.disconnected.push(peerId),
        refused: (peerId, exchange, code) => told.refused.push({ peerId, exchange, code }),
        served: (exchange, _ms, code) => told.served.push({ exchange, code }),
        unexpected: (error) => told.unexpected.push(error),
        relayReserved: (relay) => told.reserved.push(relay),
        relayLost: (relay, why) => told.relayLost.push({ relay, why })
      }
    }
  )
  try {
    prepare?.(mesh)
    await mesh.start()
  } catch (error) {
    await mesh.stop()
    throw error
  }
  return { mesh, told, store, seed }
}

/** Waits until the claim is true. After `msMax`, fails with the description `what`. */
export async function until(claim: () => boolean | Promise<boolean>, what: string, msMax = 30_000): Promise<void> {
  const startedAt = performance.now()
  while (!(await claim())) {
    if (performance.now() - startedAt > msMax) assert.fail(`not within ${msMax} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A time limit for steps that should be much faster. */
export const soon = (ms = 10_000): AbortSignal => AbortSignal.timeout(ms)
