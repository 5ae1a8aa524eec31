/** The composition of one institution's peer: its parts and their connections. Read `compose` from top to bottom. */
import { resolve } from 'node:path'
import type { Catalog } from '@stimnet/data'
import { type GatewayPeer, Gateways } from '@stimnet/gateway'
import type { createMesh, Mesh, MeshTiming } from '@stimnet/mesh'
import { type Clock, cryptographicRandom, type RandomSource, systemClock } from '@stimnet/protocol'
import type { Attack, Sandbox } from '@stimnet/sandbox'
import { type Asking, type Connections, openAsking, openConnections } from './start/asking.ts'
import { canonicalHash } from './canonical-hash.ts'
import { analysisMethods } from './gateway/analyses.ts'
import { auditMethods } from './gateway/audit-view.ts'
import { createChecks } from './gateway/checks.ts'
import { eventMethods } from './gateway/event-view.ts'
import { nodeMethods } from './gateway/node-view.ts'
import { peopleMethods } from './gateway/people-view.ts'
import { createReadings } from './gateway/readings.ts'
import { permitMethods } from './gateway/permit-view.ts'
import { requestMethods } from './gateway/request-view.ts'
import { sandboxMethods } from './gateway/sandbox-view.ts'
import { statusMethods } from './gateway/status-view.ts'
import { stewardshipMethods } from './gateway/stewardship-view.ts'
import { uploadMethods } from './gateway/upload-view.ts'
import type { LoadedConfig } from './config/config.ts'
import { createEvents, type PeerEvents } from './events.ts'
import type { Federation } from './federation/federation.ts'
import { openGateway, openMetrics } from './start/gateway/gateway.ts'
import { type Every, type Lifetime, withLifetime } from './start/lifetime.ts'
import { loginsOf } from './start/logins.ts'
import { EventFeed, toldOn } from './monitor/feed.ts'
import {
  keepAccountsFresh,
  keepBackupsRecorded,
  openMesh,
  openRetention,
  sweepApprovals,
  sweepReplays,
  isPassedOn,
  termsOf
} from './start/opening.ts'
import { type Basis, openBasis, openServing, type Serving } from './start/serving.ts'
import type { Setting } from './start/setting.ts'
import type { Accounts } from './store/accounts/accounts.ts'
import type { PasswordCost } from './store/accounts/passwords.ts'
import type { Database } from './store/database.ts'
import type { Retention } from './retention/retention.ts'
import { openStores, type Stores } from './start/stores.ts'
import { VERSION } from './version.ts'
import type { Witnesses } from './witness/witnesses.ts'

/** Parts that a test or another host can supply in place of the defaults. */
export interface PeerOptions {
  readonly clock?: Clock
  readonly random?: RandomSource
  readonly events?: PeerEvents
  readonly sandbox?: Sandbox
  /** The attacks of a self-test; default all. */
  readonly attacks?: readonly Attack[]
  readonly timing?: Partial<MeshTiming>
  /** Creates the mesh. Default: `createMesh`. A simulation supplies a mesh in memory and decides about its faults. */
  readonly createMesh?: typeof createMesh
  /** Calls a function regularly. Default: the platform's timers. A simulation uses its simulated time. */
  readonly every?: Every
  /** The cost of new password hashes. Default: PASSWORD_COST. Tests lower it. */
  readonly passwordCost?: PasswordCost
}

/** A running peer. */
export interface Peer {
  readonly peerId: string
  readonly mesh: Mesh
  /** Multiaddrs, each with the PeerId. */
  readonly addresses: readonly string[]
  /** URL of the gateway; undefined if the gateway is switched off. */
  readonly gatewayUrl: string | undefined
  /** URL of the metrics listener; undefined without `metrics.listen`. */
  readonly metricsUrl: string | undefined
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly accounts: Accounts
  readonly database: Database
  readonly retention: Retention
  /** The attestations of this peer's log by other members. */
  readonly witnesses: Witnesses
  /** Undefined without a charter. */
  readonly federation: Federation | undefined
  /** Closes everything in reverse order. Running jobs stay admitted and run again at the next start. */
  stop(): Promise<void>
}

/** Starts a peer. Throws CONFIG_INVALID, SOURCE_INVALID, STORE_UNAVAILABLE, AUDIT_BROKEN, ADDRESS_IN_USE. */
export function startPeer(loaded: LoadedConfig, options: PeerOptions = {}): Promise<Peer> {
  return withLifetime((lifetime) => compose(loaded, options, lifetime), options.every)
}

async function compose({ config, baseDir }: LoadedConfig, options: PeerOptions, lifetime: Lifetime): Promise<Peer> {
  const clock = options.clock ?? systemClock
  const random = options.random ?? cryptographicRandom
  const feed = new EventFeed(clock, random)
  const events = toldOn(feed, options.events ?? createEvents({ level: config.log.level, nodeId: config.node_id }))
  const dataDir = resolve(baseDir, config.data_dir)
  const { passwordCost } = options
  const setting: Setting = { config, baseDir, dataDir, clock, random, events, lifetime, passwordCost }

  // In order: the identity and the stores; parts without connections; parts that answer others; the connections; parts that
  // send requests.
  const stores = await openStores(setting)
  const basis = await openBasis(setting, stores, { sandbox: options.sandbox, attacks: options.attacks })
  const way = { timing: options.timing, createMesh: options.createMesh }
  const mesh = lifetime.keep(await openMesh({ ...setting, ...stores, ...basis, ...way }), (opened) => opened.stop())
  const serving = await openServing(setting, stores, basis, mesh)
  // The mesh is registered again, so that it stops accepting requests before the parts that answer are closed.
  lifetime.keep(mesh, (opened) => opened.stop())
  const connections = await openConnections(setting, stores, basis, serving, mesh)
  const asking = openAsking(setting, stores, { ...basis, ...serving }, connections, options.timing)

  // Deliveries that were open at the last stop continue; then the peer opens its listeners.
  await asking.delivery.recover()
  await keepTidy(setting, stores, serving)
  const { catalogs } = basis
  const retention = await openRetention({ ...setting, ...stores, catalogs, shares: serving.shares }, lifetime)
  mesh.announce(termsOf(catalogs, isPassedOn(config)))
  await recordStart(setting, stores)
  const gatewayUrl = await openDoor(setting, { stores, basis, mesh, serving, connections, asking, feed, retention })
  const metricsUrl = await openMetrics({ config, events }, lifetime)
  const peerId = stores.signer.id
  events.started({ peerId, addresses: mesh.addresses(), ...(gatewayUrl ? { gatewayUrl } : {}) })
  return {
    peerId,
    mesh,
    addresses: mesh.addresses(),
    gatewayUrl,
    metricsUrl,
    witnesses: serving.witnesses,
    catalogs: basis.catalogs,
    federation: basis.federation,
    accounts: stores.accounts,
    database: stores.database,
    retention,
    stop: async () => {
      await lifetime.close()
      events.stopped()
    }
  }
}

/** Starts the regular clean-up. */
async function keepTidy(
  { clock, dataDir, events, lifetime }: Setting,
  stores: Stores,
  { approvals }: Serving
): Promise<void> {
  sweepReplays(stores.replays, stores.database, clock, lifetime)
  sweepApprovals(approvals, events, lifetime)
  await keepBackupsRecorded({ dataDir, database: stores.database }, events, lifetime)
  await keepAccountsFresh(stores, events, lifetime)
}

async function recordStart({ config }: Setting, { database, signer, ledger }: Stores): Promise<void> {
  const detail = { version: VERSION, config: canonicalHash(config), spends: ledger.count }
  await database.commit((draft) => draft.audit({ kind: 'start', actor: signer.id, detail }))
}

interface Parts {
  readonly stores: Stores
  readonly basis: Basis
  readonly mesh: Mesh
  readonly serving: Serving
  readonly connections: Connections
  readonly asking: Asking
  readonly feed: EventFeed
  readonly retention: Retention
}

/** Opens the gateway and connects each of its methods with its parts; undefined if the gateway is switched off. */
async function openDoor(setting: Setting, parts: Parts) {
  const { stores, basis, mesh, serving, connections, asking, feed, retention } = parts
  const { config, baseDir, clock, random, events, dataDir, lifetime } = setting
  const { seed, signer, database, requests, ledger, dataPermits } = stores
  const { accounts, apiKeys, endedTokens, signedOn } = stores
  const { sandbox, selfTests, around, catalogs, privacy, federation, permits, clocks } = basis
  const { runner, approvals, conflicts, witnesses } = serving
  const { directory } = connections
  const self = signer.id
  const startedAtMs = clock.now()
  let gatewayUrl: string | undefined
  const endpointUrl = () => gatewayUrl ?? config.gateway.public_url ?? ''
  const facts = () => ({ ...basis.facts, peerId: self, startedAtMs, endpointUrl: endpointUrl() })
  const gateways = new Gateways({
    clock,
    facts,
    attached: (gateway) => events.gatewayAttached(gateway),
    detached: (gateway) => events.gatewayDetached(gateway)
  })
  const checks = createChecks({ database, mesh, sandbox, dataDir, clocks })
  events.onMetrics(
    createReadings({ config, baseDir, dataDir, clock, mesh, gateways, runner, checks, ledger, privacy, database })
  )
  const peer: GatewayPeer = {
    ...nodeMethods({ clock, self, facts, checks, catalogs, mesh, directory, runner, requests, events }),
    ...askingMethods(setting, { stores, basis, serving, connections, asking }),
    ...peopleMethods({ clock, accounts, apiKeys, endedTokens, signedOn, logins: loginsOf(config), database, events }),
    ...auditMethods({ database, witnesses }),
    ...permitMethods({ config, self, clock, database, dataPermits, witnesses }),
    ...eventMethods({ feed }),
    ...stewardshipMethods({ config, self, ledger, privacy, federation, permits, mesh, directory, conflicts }),
    ...statusMethods({
      config,
      dataDir,
      self,
      facts,
      checks,
      gateways,
      catalogs,
      database,
      ledger,
      privacy,
      federation,
      permits,
      mesh,
      directory,
      conflicts,
      approvals,
      runner,
      clocks,
      feed,
      retention
    }),
    ...sandboxMethods({ config, sandbox, selfTests, around })
  }
  gatewayUrl = await openGateway({ config, baseDir, seed, clock, random, events, peer, gateways }, lifetime)
  return gatewayUrl
}

/** The gateway's methods for requests, analyses and uploads. */
function askingMethods(
  { config, clock }: Setting,
  { stores, basis, serving, connections, asking }: Omit<Parts, 'mesh' | 'feed' | 'retention'>
) {
  const { signer, database, requests, uploads, jobs, ledger, standing } = stores
  const { catalogs, federation } = basis
  const { approvals, stewards, files } = serving
  const { links, directory } = connections
  const { submitter, signerOf, views } = asking
  const self = signer.id
  const { open } = config.mesh
  const nodeId = config.node_id
  return {
    ...requestMethods({
      clock,
      self,
      signer,
      requests,
      submitter,
      views,
      links,
      directory,
      catalogs,
      ledger,
      signerOf,
      open
    }),
    ...analysisMethods({
      clock,
      self,
      nodeId,
      database,
      jobs,
      requests,
      views,
      directory,
      federation,
      catalogs,
      submitter,
      approvals,
      stewards,
      standing,
      files
    }),
    ...uploadMethods({ uploads, requests })
  }
}
