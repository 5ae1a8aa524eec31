/** A permitted peer that violates the protocol, and its requests to a relay, for the tests of relays. */
import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { lpStream } from '@libp2p/utils'
import { systemClock } from '@stimnet/protocol'
import { LevelDatastore } from '../src/connect/datastore.ts'
import { Discipline } from '../src/connect/limits/discipline.ts'
import { Doorway } from '../src/connect/limits/doorway.ts'
import { createNode, type MeshNode } from '../src/connect/node.ts'
import { Circuits } from '../src/connect/relay/circuits.ts'
import { Relaying } from '../src/connect/relay/relaying.ts'
import type { MeshSettings, RelayBounds } from '../src/index.ts'
import { newStore, soon } from './network.ts'

export const BOUNDS: RelayBounds = {
  reservationsMax: 16,
  circuitsMax: 64,
  circuitBytesMax: 1024 * 1024,
  circuitMsMax: 3_600_000
}
const TIMING = { providerValidityMs: 60_000 } as Parameters<typeof createNode>[1]

/** Runs a test with a permitted peer that violates the protocol. */
export async function withIntruder(
  test: (node: MeshNode) => Promise<void>,
  parts: Partial<Parameters<typeof createNode>[2]> = {},
  { listen = ['/ip4/127.0.0.1/tcp/0'], bootstrap = [] }: Partial<Pick<MeshSettings, 'listen' | 'bootstrap'>> = {}
): Promise<void> {
  const settings = {
    nodeSeed: crypto.getRandomValues(new Uint8Array(32)),
    listen,
    bootstrap,
    mdns: false,
    permits: () => true
  }
  const node = await createNode(settings, TIMING, {
    datastore: await LevelDatastore.open(newStore()),
    clock: systemClock,
    discipline: new Discipline(systemClock),
    door: new Doorway(systemClock),
    denied: () => {},
    circuits: new Circuits([], systemClock),
    relaying: new Relaying(BOUNDS, systemClock),
    ...parts
  })
  await node.start()
  try {
    await test(node)
  } finally {
    await node.stop()
  }
}

/**
 * Requests a circuit to a peer from a relay, without proving a PeerId to that peer. Returns whether the circuit was opened;
 * the stream stays open.
 */
export async function askForCircuit(relay: Connection, peerId: string): Promise<{ stream: Stream; isOpen: boolean }> {
  const stream = await relay.newStream(RELAY_V2_HOP_CODEC, {
    signal: soon(),
    maxOutboundStreams: 1_000
  })
  const frames = lpStream(stream)
  const id = peerIdFromString(peerId).toMultihash().bytes
  // HopMessage { type: CONNECT, peer: { id } }
  await frames.write(Uint8Array.of(0x08, 1, 0x12, id.length + 2, 0x0a, id.length, ...id), { signal: soon() })
  const answer = (await frames.read({ signal: soon() })).subarray()
  // The last field of the answer is its status, and 100 is OK.
  return { stream, isOpen: answer.at(-2) === 0x28 && answer.at(-1) === 100 }
}

/** Claims to a peer, as its relay, that another peer dials it, and ends the circuit at once. */
export async function claimAndEnd(reached: Connection, peerId: string): Promise<void> {
  const stream = await reached.newStream(RELAY_V2_STOP_CODEC, {
    signal: soon(),
    maxOutboundStreams: 1_000
  })
  const frames = lpStream(stream)
  const id = peerIdFromString(peerId).toMultihash().bytes
  // StopMessage { type: CONNECT, peer: { id } }
  await frames.write(Uint8Array.of(0x08, 0, 0x12, id.length + 2, 0x0a, id.length, ...id), { signal: soon() })
  await frames.read({ signal: soon() })
  stream.abort(new Error('enough'))
}
