/** The libp2p node and its settings: protocols under StimNet's own prefix, explicit limits, and only the services in use. */
import assert from 'node:assert/strict'
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { type KadDHT, kadDHT } from '@libp2p/kad-dht'
import { mdns } from '@libp2p/mdns'
import { memory } from '@libp2p/memory'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Ping, ping } from '@libp2p/ping'
import { type TCPOptions, tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import type { Multiaddr } from '@multiformats/multiaddr'
import { type Clock, StimnetError } from '@stimnet/protocol'
import { createLibp2p } from 'libp2p'
import type { LevelDatastore } from './datastore.ts'
import type { Circuits } from './relay/circuits.ts'
import type { Discipline } from './limits/discipline.ts'
import type { Doorway } from './limits/doorway.ts'
import { fewProviders } from './limits/few-providers.ts'
import { type Gate, gaterOf, isPermitted } from './limits/gater.ts'
import { guardStreams } from './limits/guarded.ts'
import { boundPeerStore, fewAddresses, peerInfoMapper } from './limits/known-peers.ts'
import { ToldAddresses } from './limits/told-addresses.ts'
import type { MeshSettings, MeshTiming } from '../mesh.ts'
import { PAYLOAD_BYTES_MAX } from './multiplexed.ts'
import { withoutReconnects } from './no-reconnects.ts'
import { Negotiations } from './negotiation.ts'
import { ADDRESSES_MAX } from './members.ts'
import { isAnyTaken } from './port.ts'
import { KEEP_ALIVE_MS, type Pulse } from './pulse.ts'
import { directOnly } from './relay/direct-only.ts'
import type { Relaying } from './relay/relaying.ts'
import { WayOut } from './web/way-out.ts'
import { type WebComponents, WebTransport } from './web/web-transport.ts'

const DAY_MS = 24 * 3_600_000
const MINUTE_MS = 60_000
const KiB = 1024
const MiB = 1024 * KiB

const PREFIX = 'stimnet'
/** The protocol of StimNet's own DHT. Nodes of other networks do not speak it. */
export const KAD_PROTOCOL = '/stimnet/kad/1.0.0'
const NOISE = '/noise'
const YAMUX = '/yamux/1.0.0'
const MDNS_TAG = '_stimnet._udp.local'

/** The libp2p node with the services in use. A mesh that only answers has no DHT and takes no news of addresses. */
export type MeshNode = Libp2p<{
  identify: unknown
  identifyPush?: unknown
  ping: Ping
  dht?: KadDHT
}>

type DhtComponents = Parameters<ReturnType<typeof kadDHT>>[0]

/** Parts of the mesh that the node depends on. */
interface NodeParts {
  readonly datastore: LevelDatastore
  readonly denied: (peerId: string) => void
  readonly clock: Clock
  readonly discipline: Discipline
  readonly door: Doorway
  /** Detects dead connections, if it is run. */
  readonly pulse?: Pulse
  /** The connections through relays; absent if there are none. */
  readonly circuits?: Circuits | undefined
  /** Judges the addresses that others report. */
  readonly told?: ToldAddresses
  /** The relaying for others by this node; absent if it does not relay. */
  readonly relaying?: Relaying | undefined
}

/** Creates the node. It opens nothing before `startNode`. */
export async function createNode(settings: MeshSettings, timing: MeshTiming, parts: NodeParts): Promise<MeshNode> {
  const { datastore, clock, discipline, door, pulse, circuits, relaying, told = new ToldAddresses(settings) } = parts
  const negotiations = new Negotiations(discipline, clock, pulse)
  const connections = connectionSettings(settings.connectionsMax ?? CONNECTIONS_MAX)
  const privateKey = await generateKeyPairFromSeed('Ed25519', settings.nodeSeed)
  const own = peerIdFromPrivateKey(privateKey)
  const self = own.toString()
  const permits = (peerId: string) => isPermitted(settings.permits, peerId)
  datastore.keep(own)
  const node: MeshNode = await createLibp2p({
    start: false,
    privateKey,
    datastore,
    // The default discloses library, version and platform to every peer.
    nodeInfo: { name: PREFIX, version: '1', userAgent: PREFIX },
    addresses: addressSettings(settings, circuits),
    transports: [
      ...transportsOf(settings, { door, told, connectionsMax: connections.maxConnections }),
      ...(circuits ? [circuits.transport.bind(circuits)] : [])
    ],
    connectionProtector: () => negotiations.protector(NOISE),
    connectionEncrypters: [(components) => negotiations.encrypter(noise()(components), YAMUX)],
    streamMuxers: [(components) => negotiations.muxer(yamux(MUXER)(), components)],
    connectionGater: gaterOf(settings.permits, {
      ...gateOf(settings, parts),
      isDialable: (address) => told.isDialable(address),
      isSelf: (peerId) => peerId === self
    }),
    connectionManager: connections,
    // `Pulse` detects dead connections.
    connectionMonitor: { enabled: false },
    // A peer's entry must outlive every provider record that names the peer. If a node has a record of a peer that it has
    // forgotten, its whole answer fails, and all other providers are hidden.
    peerStore: { maxAddressAge: 10 * DAY_MS, maxPeerAge: 10 * DAY_MS },
    peerDiscovery: settings.mdns ? [mdns({ serviceTag: MDNS_TAG })] : [],
    services: {
      identify: identify(IDENTIFY),
      // Earlier versions close a connection if their ping, or the DHT's ping at the same time, is not answered.
      ping: ping({ protocolPrefix: PREFIX, maxInboundStreams: 16, maxOutboundStreams: 16 }),
      ...(settings.answersOnly ? {} : discoveryServices(timing, permits)),
      ...(relaying ? { relaying: relaying.service.bind(relaying) } : {})
    }
  })
  boundPeerStore(node.peerStore, { self, permits })
  if (node.services.dht) fewProviders(node.services.dht, node.peerStore)
  guardStreams(node, { clock, discipline, isRelay: (peerId) => circuits?.isReserved(peerId) ?? false })
  withoutReconnects(node)
  return node
}

const IDENTIFY = { protocolPrefix: PREFIX, maxMessageSize: 8 * KiB }

/** The services with which members find each other. Strangers at the door of an invitation get none of them. */
function discoveryServices(timing: MeshTiming, permits: (peerId: string) => boolean) {
  return {
    // Pushes a new address of this node soon. The default waits a second, even after the node has stopped.
    identifyPush: identifyPush({ ...IDENTIFY, debounce: 100 }),
    dht: (components: DhtComponents) => kadDHT(dhtSettings(timing, permits))(directOnly(components))
  }
}

/** The DHT of a mesh that searches for peers. */
export function dhtOf(node: MeshNode): KadDHT {
  const { dht } = node.services
  assert(dht !== undefined, 'a mesh that only answers has no DHT')
  return dht
}

const gateOf = ({ answersOnly }: MeshSettings, { denied, discipline, door, relaying }: NodeParts): Gate => ({
  denied,
  discipline,
  door,
  answersOnly: answersOnly !== undefined,
  relays: relaying !== undefined
})

/** Opens the listeners. Throws ADDRESS_IN_USE for a port in use, and CONFIG_INVALID for an address that cannot be listened on. */
export async function startNode(node: MeshNode, settings: MeshSettings): Promise<void> {
  try {
    await node.start()
  } catch (cause) {
    const code = (await isAnyTaken(settings.listen)) ? 'ADDRESS_IN_USE' : 'CONFIG_INVALID'
    throw new StimnetError(code, `listening on ${settings.listen.join(', ')}`, { cause })
  }
}

/** Calls `back` whenever the DHT's routing table gets its first peer, also if the table was empty in between. */
export function firstPeerOf(node: MeshNode, back: () => void): void {
  if (node.services.dht === undefined) return
  // The routing table is a public field of the class, but not part of its interface.
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
  keepAliveInterval: KEEP_ALIVE_MS,
  maxInboundStreams: 256,
  maxOutboundStreams: 256,
  // With the default of 10, a burst of streams in the tick in which a dial resolves would end the connection.
  maxEarlyStreams: 256,
  streamOptions: {
    // The window is smaller than the read buffer, so that a sender that respects its window cannot overflow a paused reader.
    maxStreamWindowSize: PAYLOAD_BYTES_MAX,
    maxReadBufferLength: 2 * MiB,
    // The default is unbounded: a peer that does not read would fill the memory.
    maxWriteBufferLength: 8 * MiB
  }
}

function addressSettings({ listen, announce = [], relays = [] }: MeshSettings, circuits: Circuits | undefined) {
  // A peer that needs relays cannot be reached at its listen addresses. Others would try these addresses first, and each
  // attempt may take seconds to fail.
  const isHidden = relays.length > 0 && announce.length === 0
  return {
    listen: [...listen],
    announce: [...announce],
    // Others keep no more addresses of a peer, and shut out a peer that tells many.
    announceFilter: (own: Multiaddr[]) => {
      const relayed = fewAddresses(circuits?.addresses() ?? [])
      return isHidden ? relayed : [...fewAddresses(own).slice(0, ADDRESSES_MAX - relayed.length), ...relayed]
    }
  }
}

const PENDING_MAX = 200
/** Default of `MeshSettings.connectionsMax`. */
const CONNECTIONS_MAX = 500

const connectionSettings = (maxConnections: number) => ({
  maxConnections,
  // The doorway bounds connections that are not yet proved. A connection that it aborts counts here until it is closed
  // completely.
  maxIncomingPendingConnections: PENDING_MAX,
  inboundUpgradeTimeout: 10_000,
  // The doorway counts connections by address, and knows from which addresses permitted peers have connected.
  inboundConnectionThreshold: 10_000,
  dialTimeout: 10_000,
  addressDialTimeout: 5_000,
  // `Dialler` dials again; the library would give up after five attempts.
  reconnectRetries: 0
})

interface Limits {
  readonly door: Doorway
  readonly told: ToldAddresses
  readonly connectionsMax: number
}

/** The first transport that can dial an address dials it, so the transport through a proxy comes before plain TCP. */
function transportsOf(settings: MeshSettings, limits: Limits) {
  if (settings.transport === 'memory') return [memory()]
  const { proxy, tlsAuthorities: authorities, trustedProxies = [] } = settings
  const connectionsMax = limits.connectionsMax + 2 * PENDING_MAX
  const wayOut = new WayOut({ proxy, authorities, lookup: limits.told.lookup })
  const web = { door: limits.door, trustedProxies, connectionsMax, wayOut }
  return [
    (components: WebComponents) => new WebTransport(components, web),
    tcp(tcpSettings({ ...limits, connectionsMax }))
  ]
}

/** The options of the listener are also passed to the platform's server, and the options for dialling to its sockets. */
function tcpSettings({ door, told, connectionsMax }: Limits): TCPOptions {
  const listenOpts = { blockList: door.list() } as TCPOptions['listenOpts'] & object
  const dialOpts = { lookup: told.lookup } as TCPOptions['dialOpts'] & object
  return { listenOpts, dialOpts, maxConnections: connectionsMax }
}

function dhtSettings(timing: MeshTiming, permits: (peerId: string) => boolean) {
  return {
    protocol: KAD_PROTOCOL,
    // By default a node is only a client until it has a public address, so in a hospital's network no node would answer.
    clientMode: false,
    // The default drops private addresses, which are often the only addresses.
    peerInfoMapper: peerInfoMapper(permits),
    // Maximum number of peers that an answer names, and at which a record is stored. Larger buckets made every query ask
    // every peer, and every answer name all peers: work that grew with the cube of their number. Digests, not the DHT, make
    // the directory complete.
    kBucketSize: 20,
    // Each query may dial some peers that are not connected. Tables change little, because every connection and answer
    // updates them.
    querySelfInterval: 30 * MINUTE_MS,
    // By default a query sends up to a hundred requests at once. Fewer are enough for a few members that are asked again
    // soon.
    alpha: 3,
    disjointPaths: 3,
    // Without peers, a query returns nothing and does not wait: discovery itself knows when there is a peer to ask.
    allowQueryWithZeroPeers: true,
    // With the default minimum of 5 s, one unresponsive peer would delay each query by 5 s.
    networkDialTimeout: { minTimeout: 500, maxTimeout: 3_000 },
    // The library ignores its option `providers` and reads this option. It also renews this node's records if announcing
    // failed.
    reprovide: {
      validity: timing.providerValidityMs,
      threshold: timing.providerValidityMs / 4,
      interval: Math.min(10 * MINUTE_MS, timing.providerValidityMs / 4)
    }
    // There are no validators, so values other than provider records and public keys are refused.
  }
}
