/** The opening of each large part of a peer from its configuration. */
import { join, resolve } from 'node:path'
import { assertSourcesApart, type Catalog, openCatalog } from '@stimnet/data'
import { createGateway, createMetrics, type GatewayPeer, listenGateway } from '@stimnet/gateway'
import { makeFolder } from '@stimnet/machine'
import { createMesh, helloExchange, type Mesh, type MeshTiming, type RelayBounds, witnessExchange } from '@stimnet/mesh'
import { type Clock, codeOf, type RandomSource, SCRIPT_LANGUAGES, type Signer } from '@stimnet/protocol'
import { openSandbox, type Sandbox, type SandboxSettings, type SelectedSandbox } from '@stimnet/sandbox'
import { recordBackups } from '../backup/noted.ts'
import { openCertificates } from '../config/certificates.ts'
import { hostAndPort, type PeerConfig } from '../config/config.ts'
import { readWayOut } from '../config/way-out.ts'
import { environment } from '../config/environment.ts'
import type { PeerEvents } from '../events.ts'
import { Federation } from '../federation/federation.ts'
import { AccountLog } from '../people/account-log.ts'
import type { Permits } from '../federation/permits.ts'
import { derivedSecret } from '../store/identity.ts'
import type { Approvals } from '../jobs/approve/approvals.ts'
import { assertModeKept } from '../jobs/admit/mode.ts'
import { rulesOf } from '../jobs/admit/rules.ts'
import type { Lifetime } from './lifetime.ts'
import { loginProviders } from './logins.ts'
import type { Clocks } from '../monitor/clocks.ts'
import type { Monitor } from '../monitor/monitor.ts'
import type { Directory } from '../requests/directory.ts'
import { agesOf } from '../retention/ages.ts'
import { Retention, type RetentionParts } from '../retention/retention.ts'
import { dockerHosts, dockerImages, sandboxCacheDir } from '../config/sandbox-settings.ts'
import type { Accounts } from '../store/accounts/accounts.ts'
import { type Database, epochStore } from '../store/database.ts'
import type { LedgerStore } from '../store/released/ledgers.ts'
import type { PrivacyLedger } from '../store/released/privacy-ledger.ts'
import type { ReplayStore } from '../store/released/replays.ts'
import { Witnesses } from '../witness/witnesses.ts'

interface OpeningSandbox {
  /** Label of this node's containers. */
  readonly owner: string
  readonly seed: Uint8Array | undefined
  /** The folder to which the files of the configuration are relative. */
  readonly baseDir: string
  /** Called when one of several Docker engines does not answer. */
  readonly onAway?: SandboxSettings['onAway']
}

/** The configured sandbox and the reason for its choice; undefined for none. Throws SANDBOX_UNAVAILABLE. */
export async function openConfiguredSandbox(
  config: PeerConfig,
  dataDir: string,
  { owner, seed, baseDir, onAway }: OpeningSandbox
): Promise<SelectedSandbox | undefined> {
  const { sandbox } = config
  if (sandbox.engine === 'none') return undefined
  const { runtime, hosts: several } = sandbox.docker
  const hosts = await dockerHosts({ config, baseDir })
  const cacheDir = sandboxCacheDir(config, dataDir)
  await makeFolder(resolve(cacheDir))
  return openSandbox({
    engine: sandbox.engine,
    ...(onAway === undefined ? {} : { onAway }),
    poolSize: sandbox.pool_size,
    memoryBytesMax: sandbox.memory_mib * 1024 * 1024,
    // Limit on processor time, with which the engines end a process that this node can no longer end. Threads add up and a
    // start also takes time, so the limit is generous: it must never take effect before the node's own timer, which reports
    // the reason.
    wallTimeMsMax: sandbox.wall_time_ms * 4 + 30_000,
    docker: {
      owner,
      ...dockerImages(config),
      ...(several === undefined ? hosts[0] : { hosts }),
      ...(runtime === undefined ? {} : { runtime })
    },
    wasm: {
      cacheDir,
      ...(seed === undefined ? {} : { snapshotKey: derivedSecret(seed, 'sandbox-snapshot') })
    }
  })
}

interface CatalogParts {
  readonly config: PeerConfig
  readonly baseDir: string
  readonly dataDir: string
  readonly database: Database
  readonly clock: Clock
  readonly random: RandomSource
  readonly sandbox: Sandbox | undefined
  readonly ledgers: LedgerStore
  readonly ledger: PrivacyLedger
  readonly events: PeerEvents
}

/**
 * Opens every configured catalog. A catalog that has answered stays at its epoch, because the difference between two epochs
 * could identify people who were added or removed between them. A steward moves it to the newer epoch with `stimnet epoch
 * accept`.
 */
export async function openCatalogs(parts: CatalogParts, lifetime: Lifetime): Promise<ReadonlyMap<string, Catalog>> {
  const { config, database } = parts
  const languages = (await parts.sandbox?.describe())?.languages ?? []
  const programs = ['statistic', 'sql', ...SCRIPT_LANGUAGES.filter((language) => languages.includes(language))]
  const epochs = epochStore(database)
  await assertSourcesApart(config.catalogs, parts.baseDir)
  const catalogs = new Map<string, Catalog>()
  for (const catalogConfig of config.catalogs) {
    const { name } = catalogConfig
    await assertModeKept(catalogConfig, parts)
    const last = await epochs.get(name)
    const rules = await rulesOf(config.privacy, catalogConfig)
    const pinned = last !== undefined && (await parts.ledgers.hasReleased(name, last)) ? { pinned: last } : {}
    const catalog = await openCatalog(catalogConfig, {
      ...pinned,
      ...(last === undefined ? {} : { fallback: last }),
      baseDir: parts.baseDir,
      environment: environment(),
      dataDir: join(parts.dataDir, 'snapshots'),
      index: database.root.sublevel<string, string>(`index-${catalogConfig.name}`, {}) as never,
      clock: parts.clock,
      random: parts.random,
      cohortSizeMin: rules.settings.k,
      rules: {
        preset: rules.settings.preset,
        policyHash: rules.policyHash,
        precision: rules.settings.precision
      },
      programs
    })
    lifetime.keep(catalog, (opened) => opened.close())
    const fresh = last !== catalog.epoch
    if (fresh) {
      await database.commit((draft) => {
        draft.put(epochs, name, catalog.epoch)
        draft.audit({ kind: 'epoch', actor: 'node', detail: { catalog: name, epoch: catalog.epoch } })
      })
    }
    const { epoch, newer, note } = catalog
    if (note !== undefined) parts.events.sourceNoted({ catalog: name, note })
    parts.events.catalogReady({ catalog: name, epoch, fresh, ...(newer === undefined ? {} : { newer }) })
    for (const stray of catalog.strays) parts.events.strayRows({ catalog: name, ...stray })
    catalogs.set(name, catalog)
  }
  return catalogs
}

interface MeshParts {
  readonly config: PeerConfig
  readonly baseDir: string
  readonly seed: Uint8Array
  readonly database: Database
  readonly clock: Clock
  readonly random: RandomSource
  readonly events: PeerEvents
  readonly permits: Permits
  readonly monitor: Monitor
  readonly transport: 'tcp' | 'memory' | undefined
  readonly timing: Partial<MeshTiming> | undefined
  /** Creates the mesh in place of libp2p's. */
  readonly createMesh: typeof createMesh | undefined
}

const FOLDER_REFRESH_MS = 2_000

/** The federation of the configured charter; undefined without one. Throws CONFIG_INVALID. */
export async function openFederation(
  parts: { config: PeerConfig; baseDir: string; dataDir: string; clock: Clock; events: PeerEvents; signer: Signer },
  lifetime: Lifetime
): Promise<Federation | undefined> {
  const { config, baseDir, dataDir, clock, events, signer } = parts
  const { charter } = config.federation
  if (charter === undefined) return undefined
  const charterFile = resolve(baseDir, charter)
  const federation = await Federation.open({ charterFile, folder: join(dataDir, 'federation'), clock, events, signer })
  const refresh = () => void federation.refresh().catch((error) => events.unexpected(error, 'reading statements'))
  lifetime.every(FOLDER_REFRESH_MS, refresh)
  return federation
}

/** The mesh with the configured settings; it neither listens nor dials before `start`. Throws what `createMesh` throws. */
export async function openMesh(parts: MeshParts): Promise<Mesh> {
  const { config, events, monitor } = parts
  const create = parts.createMesh ?? createMesh
  return create(
    {
      nodeSeed: parts.seed,
      listen: config.mesh.listen,
      announce: config.mesh.announce,
      bootstrap: config.mesh.bootstrap,
      mdns: config.mesh.mdns,
      neighbours: config.mesh.neighbours,
      connectionsMax: config.mesh.connections_max,
      relays: config.mesh.relays,
      trustedProxies: config.mesh.trusted_proxies,
      ...(await readWayOut(parts)),
      ...(config.mesh.relay ? { relaying: relayBoundsOf(config.mesh.relay_limits) } : {}),
      permits: parts.permits,
      ...(parts.transport === undefined ? {} : { transport: parts.transport }),
      ...(parts.timing === undefined ? {} : { timing: parts.timing })
    },
    {
      store: parts.database.root.sublevel<string, Uint8Array>('mesh', { valueEncoding: 'view' }) as never,
      clock: parts.clock,
      random: parts.random,
      events: {
        peerConnected: (peerId) => events.peerConnected(peerId),
        peerDisconnected: (peerId) => events.peerDisconnected(peerId),
        denied: (peerId) => monitor.turnedAway(peerId),
        relayReserved: (relay, address) => events.relayReserved({ relay, address }),
        relayLost: (relay, why) =>
          monitor.raise({
            kind: 'relay-lost',
            actor: relay,
            detail: `others do not reach this peer through it: ${why}`
          }),
        shutOut: (peerId, why) => monitor.raise({ kind: 'peer-shut-out', actor: peerId, detail: why }),
        refused: (from, exchange, code) => {
          events.served({ exchange, from, ms: 0, code })
          if (code === 'BUSY') monitor.overQuota(from, exchange)
        },
        served: (exchange, ms, code) => events.served({ exchange, ms, ...(code === 'OK' ? {} : { code }) }),
        unexpected: (error, during) => events.unexpected(error, during)
      }
    }
  )
}

function relayBoundsOf(limits: PeerConfig['mesh']['relay_limits']): RelayBounds {
  return {
    reservationsMax: limits.reservations,
    circuitsMax: limits.circuits,
    circuitBytesMax: limits.circuit_mib * 1024 * 1024,
    circuitMsMax: limits.circuit_hours * 3_600_000
  }
}

/** Whether members pass this peer's digest on. */
export function isPassedOn({ mesh, federation }: Pick<PeerConfig, 'mesh' | 'federation'>): boolean {
  return mesh.open || federation.charter !== undefined
}

/**
 * The DHT terms of this peer's catalogs: names and keywords of all catalogs that are not private. Empty if its digest
 * carries the names: storing and renewing a term in the DHT costs a connection to twenty members.
 */
export function termsOf(catalogs: ReadonlyMap<string, Catalog>, isInDigests: boolean): string[] {
  if (isInDigests) return []
  const told = [...catalogs.values()].map(({ descriptor }) => descriptor).filter((d) => d.accessLevel !== 'private')
  return [...new Set(told.flatMap(({ name, keywords }) => [name, ...keywords]))]
}

const HELLO_MS = 10_000
/**
 * Interval at which connected peers are asked for their description again, ms: a clock may be set wrongly while two peers
 * are connected.
 */
const HELLO_EVERY_MS = 10 * 60_000

const HELLO_AGAIN_MS = 15_000
/**
 * Maximum number of peers that are asked again at once: peers that did not answer are busy, and this peer may be busy as
 * well.
 */
const HELLO_AGAIN_MAX = 8

/** Requests the description of every connected peer again at intervals, and soon again from peers that did not answer. */
export function keepIntroduced(parts: Introducing, lifetime: Lifetime): void {
  lifetime.every(HELLO_EVERY_MS, () => {
    parts.atMs.clear()
    for (const peerId of parts.mesh.connected()) void introduce(parts, peerId)
  })
  lifetime.every(HELLO_AGAIN_MS, () => {
    const unknown = parts.mesh.connected().filter((peerId) => !parts.atMs.has(peerId))
    for (const peerId of unknown.slice(0, HELLO_AGAIN_MAX)) void introduce(parts, peerId)
  })
}

/** The parts that introduce a peer. */
interface Introducing {
  /** Time at which each peer was last introduced, Unix ms. */
  readonly atMs: Map<string, number>
  readonly mesh: Mesh
  readonly directory: Directory
  readonly clock: Clock
  readonly clocks: Clocks
  readonly events: PeerEvents
}

/**
 * Asks a peer for its description, stores it, and compares the clocks using the time that the peer signed. A peer that does
 * not answer has no name, and can be addressed by its PeerId.
 */
export async function introduce(parts: Introducing, peerId: string): Promise<void> {
  const { mesh, directory, clock, clocks, events, atMs } = parts
  try {
    // The connection was opened on demand, and the peer was introduced recently.
    if (!mesh.keeps(peerId) && atMs.has(peerId)) return
    const signal = AbortSignal.timeout(HELLO_MS)
    const askedAtMs = clock.now()
    const { jws } = await mesh.ask(helloExchange, peerId, { version: '' }, { signal })
    const heardAtMs = clock.now()
    atMs.set(peerId, heardAtMs)
    clocks.compare(peerId, { askedAtMs, saidMs: await directory.introduce(peerId, jws), heardAtMs })
  } catch (error) {
    events.served({ exchange: helloExchange.id, from: peerId, ms: 0, code: codeOf(error) })
  }
}

interface WitnessingParts {
  readonly config: PeerConfig
  readonly database: Database
  readonly clock: Clock
  readonly signer: Signer
  readonly events: PeerEvents
  readonly mesh: Mesh
  readonly permits: Permits
}

/** Opens the witnesses: members attest this peer's log, and each is asked for its latest attestation when it connects. */
export function openWitnesses(parts: WitnessingParts): Promise<Witnesses> {
  const { config, mesh, ...rest } = parts
  return Witnesses.open({
    ...rest,
    everyMs: config.audit.witness_every_minutes * 60_000,
    connected: () => mesh.connected(),
    ask: (peerId, question, signal) => mesh.ask(witnessExchange, peerId, question, { signal })
  })
}

/** The folder in which the set-up puts the built console (scripts/console.mjs). Without it, the gateway serves no console. */
const CONSOLE_DIR = join(import.meta.dirname, '../../../console/dist')

/** Opens the gateway; undefined if it is switched off. */
export async function openGateway(
  parts: {
    config: PeerConfig
    baseDir: string
    seed: Uint8Array
    clock: Clock
    random: RandomSource
    events: PeerEvents
    peer: GatewayPeer
  },
  lifetime: Lifetime
): Promise<string | undefined> {
  const { gateway } = parts.config
  if (!gateway.enabled) return undefined
  const app = createGateway(parts.peer, {
    tokenSecret: derivedSecret(parts.seed, 'gateway-token'),
    tokenLifetimeMs: gateway.token_lifetime_minutes * 60_000,
    requireAuth: true,
    providers: await loginProviders(parts.config, parts.baseDir),
    ...(gateway.public_url === undefined ? {} : { publicUrl: gateway.public_url }),
    rate: { perMinutePerIdentity: gateway.requests_per_minute, loginPerMinute: gateway.logins_per_minute },
    corsOrigins: gateway.cors_origins,
    trustedProxies: gateway.trusted_proxies,
    clock: parts.clock,
    random: parts.random,
    consoleDir: CONSOLE_DIR
  })
  const certificates = await openCertificates(parts, parts.clock)
  const listening = lifetime.keep(
    await listenGateway(app, {
      host: gateway.host,
      port: gateway.port,
      trustedProxies: gateway.trusted_proxies,
      ...(certificates ? { certificates } : {}),
      ...(parts.config.log.access ? { accessLog: { clock: parts.clock, note: parts.events.accessed } } : {}),
      onProblem: (error) => parts.events.unexpected(error, 'reading gateway.tls')
    }),
    (opened) => opened.close()
  )
  if (certificates) {
    // Without TLS, SIGHUP keeps its usual effect on the process.
    const renew = () => void listening.renew()
    process.on('SIGHUP', renew)
    lifetime.keep(renew, (opened) => process.off('SIGHUP', opened))
  }
  return listening.url
}

/** Opens the listener for Prometheus; undefined if none is configured. Throws ADDRESS_IN_USE. */
export async function openMetrics(
  { config, events }: { config: PeerConfig; events: PeerEvents },
  lifetime: Lifetime
): Promise<string | undefined> {
  const where = config.metrics.listen === undefined ? undefined : hostAndPort(config.metrics.listen)
  if (where === undefined) return undefined
  const listening = await listenGateway(
    createMetrics(() => events.metrics()),
    where
  )
  return lifetime.keep(listening, (opened) => opened.close()).url
}

const REFRESH_MS = 2_000

/**
 * Reads the accounts file regularly, so that changes by another process take effect and are recorded. There is no file
 * before the first account. Changes since the peer last ran are recorded before this function resolves.
 */
export async function keepAccountsFresh(
  { accounts, database }: { accounts: Accounts; database: Database },
  events: PeerEvents,
  lifetime: Lifetime
): Promise<void> {
  const log = await AccountLog.open(accounts, database)
  await log.record()
  const refresh = async () => {
    await accounts.refresh()
    await log.record()
  }
  lifetime.every(REFRESH_MS, () => void refresh().catch((error) => events.unexpected(error, 'recording accounts')))
}

/**
 * Records backups that were made while this peer was stopped before this function resolves, and then backups made while it
 * runs.
 */
export async function keepBackupsRecorded(
  { dataDir, database }: { dataDir: string; database: Database },
  events: PeerEvents,
  lifetime: Lifetime
): Promise<void> {
  await recordBackups(dataDir, database)
  const record = () => recordBackups(dataDir, database).catch((error) => events.unexpected(error, 'recording backups'))
  lifetime.every(REFRESH_MS, () => void record())
}

const SWEEP_MS = 60_000

/** Regularly ends requests that nobody decided in time. */
export function sweepApprovals(approvals: Approvals, events: PeerEvents, lifetime: Lifetime): void {
  const sweep = () => void approvals.sweep().catch((error) => events.unexpected(error, 'ending undecided requests'))
  lifetime.every(SWEEP_MS, sweep)
}

/** Opens retention, which deletes old records, beginning soon after the start. */
export async function openRetention(
  parts: Omit<RetentionParts, 'ages' | 'snapshots'> & { readonly config: PeerConfig; readonly dataDir: string },
  lifetime: Lifetime
): Promise<Retention> {
  const { config, dataDir, events } = parts
  const ages = agesOf(config)
  const opened = await Retention.open({ ...parts, ages, snapshots: join(dataDir, 'snapshots') })
  const retention = lifetime.keep(opened, (kept) => kept.stop())
  lifetime.every(SWEEP_MS, () => void retention.sweepIfDue().catch((error) => events.unexpected(error, 'retention')))
  return retention
}

/** Regularly forgets expired replays. */
export function sweepReplays(replays: ReplayStore, database: Database, clock: Clock, lifetime: Lifetime): void {
  lifetime.every(SWEEP_MS, () => void replays.sweep(database, clock.now()).catch(() => undefined))
}
