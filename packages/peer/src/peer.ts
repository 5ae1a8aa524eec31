/** One institution's peer, put together: what exists, and who talks to whom. Read `compose` from top to bottom. */
import { resolve } from 'node:path'
import type { Catalog } from '@stimnet/data'
import type { Mesh, MeshTiming } from '@stimnet/mesh'
import {
  type Clock,
  canonicalBytes,
  cryptographicRandom,
  type RandomSource,
  sha256Hex,
  systemClock
} from '@stimnet/protocol'
import type { Attack, Sandbox } from '@stimnet/sandbox'
import { type Connections, openAsking, openConnections } from './start/asking.ts'
import { createChecks } from './gateway/checks.ts'
import type { LoadedConfig } from './config/config.ts'
import { createEvents, type PeerEvents } from './events.ts'
import type { Federation } from './federation/federation.ts'
import { createGatewayPeer } from './gateway/peer.ts'
import { type Lifetime, withLifetime } from './start/lifetime.ts'
import { loginsOf } from './start/logins.ts'
import { EventFeed, toldOn } from './monitor/feed.ts'
import {
  keepAccountsFresh,
  openGateway,
  openMetrics,
  sweepApprovals,
  sweepReplays,
  sweepUploads,
  termsOf
} from './start/opening.ts'
import { openServing, type Serving } from './start/serving.ts'
import type { Setting } from './start/setting.ts'
import type { Accounts } from './store/accounts/accounts.ts'
import type { Database } from './store/database.ts'
import { openStores, type Stores } from './start/stores.ts'
import { VERSION } from './version.ts'
import type { Witnesses } from './witness/witnesses.ts'

/** What a test or another host may bring instead of the machine's own. */
export interface PeerOptions {
  readonly clock?: Clock
  readonly random?: RandomSource
  readonly events?: PeerEvents
  readonly sandbox?: Sandbox
  /** What a self-test tries; every attack unless given. */
  readonly attacks?: readonly Attack[]
  /** Memory joins peers of one process. */
  readonly transport?: 'tcp' | 'memory'
  readonly timing?: Partial<MeshTiming>
}

/** A running peer. */
export interface Peer {
  readonly peerId: string
  readonly mesh: Mesh
  /** Multiaddrs with the PeerId. */
  readonly addresses: readonly string[]
  /** Where the gateway listens; undefined without one. */
  readonly gatewayUrl: string | undefined
  /** Where Prometheus asks; undefined without `metrics.listen`. */
  readonly metricsUrl: string | undefined
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly accounts: Accounts
  readonly database: Database
  /** What other members attest of this peer's log. */
  readonly witnesses: Witnesses
  /** Undefined without a charter. */
  readonly federation: Federation | undefined
  /** Closes everything, the last opened first. Jobs under way stay admitted and run again at the next start. */
  stop(): Promise<void>
}

/** Starts a peer. Throws CONFIG_INVALID, SOURCE_INVALID, STORE_UNAVAILABLE, AUDIT_BROKEN, ADDRESS_IN_USE. */
export function startPeer(loaded: LoadedConfig, options: PeerOptions = {}): Promise<Peer> {
  return withLifetime((lifetime) => compose(loaded, options, lifetime))
}

async function compose({ config, baseDir }: LoadedConfig, options: PeerOptions, lifetime: Lifetime): Promise<Peer> {
  const clock = options.clock ?? systemClock
  const random = options.random ?? cryptographicRandom
  const feed = new EventFeed(clock, random)
  const events = toldOn(feed, options.events ?? createEvents({ level: config.log.level, nodeId: config.node_id }))
  const dataDir = resolve(baseDir, config.data_dir)
  const setting: Setting = { config, baseDir, dataDir, clock, random, events, lifetime }

  // What it is and keeps; what others may ask of it; the way to others; what it asks of them.
  const stores = await openStores(setting)
  const serving = await openServing(setting, stores, { sandbox: options.sandbox, attacks: options.attacks })
  const way = { transport: options.transport, timing: options.timing }
  const connections = await openConnections(setting, stores, serving, way)
  const asking = openAsking(setting, stores, serving, connections)

  // What an earlier life left open elsewhere; then the doors.
  await asking.delivery.recover()
  keepTidy(setting, stores, serving)
  sweepUploads(connections.shares, events, lifetime)
  connections.mesh.announce(termsOf(serving.catalogs))
  await recordStart(setting, stores)
  const gatewayUrl = await openDoor(setting, { ...stores, ...serving, ...connections, ...asking, feed })
  const metricsUrl = await openMetrics({ config, events }, lifetime)
  const { mesh, witnesses } = connections
  const peerId = stores.signer.id
  events.started({ peerId, addresses: mesh.addresses(), ...(gatewayUrl ? { gatewayUrl } : {}) })
  return {
    ...{ peerId, mesh, addresses: mesh.addresses(), gatewayUrl, metricsUrl, witnesses },
    ...{ catalogs: serving.catalogs, federation: serving.federation },
    ...{ accounts: stores.accounts, database: stores.database },
    stop: async () => {
      await lifetime.close()
      events.stopped()
    }
  }
}

/** Work that comes round by itself. */
function keepTidy({ clock, events, lifetime }: Setting, stores: Stores, { approvals }: Serving): void {
  sweepReplays(stores.replays, stores.database, clock, lifetime)
  sweepApprovals(approvals, events, lifetime)
  keepAccountsFresh(stores.accounts, lifetime)
}

async function recordStart({ config }: Setting, { database, signer, ledger }: Stores): Promise<void> {
  const detail = { version: VERSION, config: await sha256Hex(canonicalBytes(config)), spends: ledger.count }
  await database.commit((draft) => draft.audit({ kind: 'start', actor: signer.id, detail }))
}

type Parts = Stores & Serving & Connections & ReturnType<typeof openAsking> & { readonly feed: EventFeed }

/** The gateway, over everything else; undefined where it is switched off. */
async function openDoor(setting: Setting, parts: Parts): Promise<string | undefined> {
  const { config, baseDir, clock, random, events, dataDir, lifetime } = setting
  const { seed, signer, mesh, runner, database, sandbox } = parts
  events.onMetrics(() => ({ ...runner.counts, peers: mesh.connected().length }))
  const startedAtMs = clock.now()
  let gatewayUrl: string | undefined
  const peer = createGatewayPeer({
    ...{ ...parts, clock, events, config },
    facts: () => ({ ...parts.facts, peerId: signer.id, startedAtMs, endpointUrl: gatewayUrl ?? '' }),
    logins: loginsOf(config),
    checks: createChecks({ database, mesh, sandbox, dataDir })
  })
  gatewayUrl = await openGateway({ config, baseDir, seed, clock, random, events, peer }, lifetime)
  return gatewayUrl
}
