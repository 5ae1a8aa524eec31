/** The libp2p node: every protocol under our own prefix, every limit set, nothing on that we do not use. */
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { type KadDHT, kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { mdns } from '@libp2p/mdns'
import { memory } from '@libp2p/memory'
import { type Ping, ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { type Clock, StimnetError } from '@stimnet/protocol'
import { createLibp2p } from 'libp2p'
import type { LevelDatastore } from './datastore.ts'
import type { Discipline } from './discipline.ts'
import { gaterOf } from './gater.ts'
import { guardStreams } from './guarded.ts'
import type { MeshSettings, MeshTiming } from '../mesh.ts'
import { isAnyTaken } from './port.ts'

const DAY_MS = 24 * 3_600_000
const MINUTE_MS = 60_000
const KiB = 1024
const MiB = 1024 * KiB

const PREFIX = 'stimnet'
/** Our own DHT: no node of another network answers it. */
export const KAD_PROTOCOL = '/stimnet/kad/1.0.0'
const MDNS_TAG = '_stimnet._udp.local'

/** libp2p with the services we use. */
export type MeshNode = Libp2p<{
  identify: unknown
  identifyPush: unknown
  ping: Ping
  dht: KadDHT
}>

/** What a node is given of the mesh. */
interface NodeParts {
  readonly datastore: LevelDatastore
  readonly denied: (peerId: string) => void
  readonly clock: Clock
  readonly discipline: Discipline
}

/** Makes the node; nothing is open before `startNode`. */
export async function createNode(
  settings: MeshSettings,
  timing: MeshTiming,
  { datastore, denied, clock, discipline }: NodeParts
): Promise<MeshNode> {
  const node = await createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', settings.nodeSeed),
    datastore,
    // The default tells library, version and platform to everyone.
    nodeInfo: { name: PREFIX, version: '1', userAgent: PREFIX },
    addresses: { listen: [...settings.listen], announce: [...(settings.announce ?? [])] },
    transports: [settings.transport === 'memory' ? memory() : tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux(MUXER)],
    connectionGater: gaterOf(settings.permits, denied, discipline),
    connectionManager: CONNECTIONS,
    connectionMonitor: MONITOR,
    // An entry must outlive every provider record that names it: a node that holds a record of a peer it has
    // forgotten fails the whole answer, and hides all other providers.
    peerStore: { maxAddressAge: 10 * DAY_MS, maxPeerAge: 10 * DAY_MS },
    peerDiscovery: settings.mdns ? [mdns({ serviceTag: MDNS_TAG })] : [],
    services: {
      identify: identify({ protocolPrefix: PREFIX, maxMessageSize: 16 * KiB }),
      // A new address of ours is told soon; the default waits a second, also after the end.
      identifyPush: identifyPush({ protocolPrefix: PREFIX, maxMessageSize: 16 * KiB, debounce: 100 }),
      // The connection monitor pings on the same protocol: with the default of one stream a ping of the DHT at the same
      // time is taken for a dead link, and the connection is closed.
      ping: ping({ protocolPrefix: PREFIX, maxInboundStreams: 16, maxOutboundStreams: 16 }),
      dht: kadDHT(dhtSettings(timing))
    }
  })
  guardStreams(node, { clock, discipline })
  return node
}

/** Opens the listeners. Throws ADDRESS_IN_USE for a taken port, CONFIG_INVALID for an address nobody can listen on. */
export async function startNode(node: MeshNode, settings: MeshSettings): Promise<void> {
  try {
    await node.start()
  } catch (cause) {
    const code = (await isAnyTaken(settings.listen)) ? 'ADDRESS_IN_USE' : 'CONFIG_INVALID'
    throw new StimnetError(code, `listening on ${settings.listen.join(', ')}`, { cause })
  }
}

/** Calls `back` whenever the DHT has somebody to ask after having had nobody. */
export function firstPeerOf(node: MeshNode, back: () => void): void {
  // The routing table is public in the class and missing in its interface.
  const { routingTable } = node.services.dht as unknown as { routingTable: EventTarget & { readonly size: number } }
  const self = node.peerId.toString()
  let known = 0
  routingTable.addEventListener('peer:add', (event) => {
    if (String((event as CustomEvent).detail) === self) return
    known += 1
    if (known === 1) back()
  })
  routingTable.addEventListener('peer:remove', (event) => {
    if (String((event as CustomEvent).detail) !== self) known -= 1
  })
}

const MUXER = {
  maxInboundStreams: 256,
  maxOutboundStreams: 256,
  // A burst of streams in the turn in which a dial resolves would end the connection at the default of 10.
  maxEarlyStreams: 256,
  streamOptions: {
    // Less than may be buffered: a paused reader is never overrun by a sender that keeps to its window.
    maxStreamWindowSize: 1 * MiB,
    maxReadBufferLength: 2 * MiB,
    // The default has no end: a peer that does not read would fill our memory.
    maxWriteBufferLength: 8 * MiB
  }
}

const CONNECTIONS = {
  maxConnections: 500,
  maxIncomingPendingConnections: 100,
  // The default of 5 a second for one address refuses a hospital's peers behind one NAT, and every test network.
  inboundConnectionThreshold: 100,
  dialTimeout: 10_000,
  addressDialTimeout: 5_000,
  // We dial again ourselves; the library gives up after five tries.
  reconnectRetries: 0
}

const MONITOR = {
  protocolPrefix: PREFIX,
  pingInterval: 10_000,
  // Long enough for a machine that computes, short enough to drop a dead link within half a minute.
  pingTimeout: { minTimeout: 5_000, maxTimeout: 10_000 }
}

function dhtSettings(timing: MeshTiming) {
  return {
    protocol: KAD_PROTOCOL,
    // The default is a client until a public address is seen: in a hospital's network nobody would answer.
    clientMode: false,
    // The default drops private addresses, which are the only ones here.
    peerInfoMapper: passthroughMapper,
    // An answer names as many providers as a bucket holds: with the default of 20, most of a large network is hidden.
    kBucketSize: 256,
    // By default up to a hundred requests of one query run at once; the members are few and asked again soon.
    alpha: 3,
    disjointPaths: 3,
    // Our own triggers know when there is a peer to ask; a query with none gives nothing, instead of waiting.
    allowQueryWithZeroPeers: true,
    // The default floor of 5 s lets one hung peer hold up each query for so long.
    networkDialTimeout: { minTimeout: 500, maxTimeout: 3_000 },
    // The `providers` option of the library is not read; this one is. The sweep also renews our own records, should
    // our announcing have failed.
    reprovide: {
      validity: timing.providerValidityMs,
      threshold: timing.providerValidityMs / 4,
      interval: Math.min(10 * MINUTE_MS, timing.providerValidityMs / 4)
    }
    // No validators: values other than provider records and public keys are refused.
  }
}
