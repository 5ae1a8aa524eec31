/** One institution's peer, put together: what exists, and who talks to whom. Read it from top to bottom. */
import { join, resolve } from 'node:path'
import type { Catalog } from '@stimnet/data'
import { federationExchange, type Mesh, type MeshTiming } from '@stimnet/mesh'
import {
  type Clock,
  canonicalBytes,
  cryptographicRandom,
  LIMITS,
  type RandomSource,
  sha256Hex,
  signerFromSeed,
  systemClock,
  toHex
} from '@stimnet/protocol'
import type { Sandbox } from '@stimnet/sandbox'
import { createChecks } from './checks.ts'
import type { LoadedConfig } from './config.ts'
import { createEvents, type PeerEvents } from './events.ts'
import { createExchanges, serveExchanges } from './exchanges.ts'
import type { Federation } from './federation/federation.ts'
import { exchangeStatements, spreadChanges } from './federation/gossip.ts'
import { createGatewayPeer } from './gateway-peer.ts'
import { custodialSigner, loadOrCreateSeed } from './identity.ts'
import { createAdmission } from './jobs/admit.ts'
import { Approvals } from './jobs/approvals.ts'
import { Charges } from './jobs/charge.ts'
import { createCatalogPrivacy } from './jobs/privacy.ts'
import { Runner } from './jobs/runner.ts'
import { createSignOff } from './jobs/sign-off.ts'
import { type Lifetime, withLifetime } from './lifetime.ts'
import {
  introduce,
  keepAccountsFresh,
  openCatalogs,
  openConfiguredSandbox,
  openFederation,
  openGateway,
  openMesh,
  openWitnesses,
  sweepApprovals,
  sweepReplays,
  termsOf
} from './opening.ts'
import { Delivery } from './requests/deliver.ts'
import { Directory } from './requests/directory.ts'
import { Followers } from './requests/follow.ts'
import { meshLinks } from './requests/mesh-links.ts'
import { Submitter } from './requests/submit.ts'
import { Views } from './requests/view.ts'
import { Accounts } from './store/accounts.ts'
import { AtomStore } from './store/atoms.ts'
import { Database } from './store/database.ts'
import { JobStore } from './store/jobs.ts'
import { PrivacyLedger } from './store/privacy-ledger.ts'
import { RefusalStore } from './store/refusals.ts'
import { ReplayStore } from './store/replays.ts'
import { RequestStore } from './store/requests.ts'
import { ScriptBitStore } from './store/script-bits.ts'
import { StandingApprovals } from './store/standing.ts'
import { VERSION } from './version.ts'
import type { Regression, Witnesses } from './witness/witnesses.ts'

/** What a test or another host may bring instead of the machine's own. */
export interface PeerOptions {
  readonly clock?: Clock
  readonly random?: RandomSource
  readonly events?: PeerEvents
  readonly sandbox?: Sandbox
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
  const { keep } = lifetime
  const clock = options.clock ?? systemClock
  const random = options.random ?? cryptographicRandom
  const dataDir = resolve(baseDir, config.data_dir)
  const events = options.events ?? createEvents({ level: config.log.level, nodeId: config.node_id })

  // What this peer is and keeps.
  const seed = await loadOrCreateSeed(join(dataDir, 'identity.key'), random)
  const signer = await signerFromSeed(seed)
  const database = keep(await Database.open({ directory: join(dataDir, 'db') }, () => clock.now()), (db) => db.close())
  const jobs = await JobStore.open(database, () => toHex(random.bytes(16)))
  const requests = await RequestStore.open(database)
  const replays = new ReplayStore(database)
  const atoms = new AtomStore(database)
  const ledger = await PrivacyLedger.open(database)
  const [refusals, scriptBits] = [await RefusalStore.open(database), await ScriptBitStore.open(database)]
  const meters = { clock, refusals, scriptBits }
  const accounts = await Accounts.open(join(dataDir, 'accounts.json'))

  // What it can run, and on which data.
  const chosen = options.sandbox
    ? { sandbox: options.sandbox, reason: 'brought along' }
    : await openConfiguredSandbox(config, dataDir, signer.id)
  const sandbox = keep(chosen?.sandbox, (opened) => opened?.close())
  const shared = { config, database, clock, random, events }
  const engine = await sandbox?.describe()
  const sandboxGrade = engine?.grade ?? 'none'
  events.sandboxReady({ engine: engine?.engine ?? 'none', grade: sandboxGrade, why: chosen?.reason ?? '' })
  const catalogs = await openCatalogs({ ...shared, baseDir, dataDir, sandbox, atoms, ledger }, lifetime)
  const privacy = await createCatalogPrivacy({ catalogs, atoms, config, meters })

  // What others ask of it.
  const settingsOf = (catalog: string) => privacy.of(catalog).settings
  const federation = await openFederation({ config, baseDir, dataDir, clock, events }, lifetime)
  const trusts = (institution: string) =>
    config.requesters.includes(`affiliation:${institution}`) ||
    (config.requesters.includes('affiliation:members') && (federation?.isMember(institution) ?? false))
  const validation = {
    trusts,
    self: signer.id,
    catalogs,
    sandbox,
    settingsOf,
    wallTimeMsMax: config.sandbox.wall_time_ms
  }
  const memoryBytesMax = config.sandbox.memory_mib * 1024 * 1024
  const found = await database.json<Regression>('regression').get('found')
  let doubted = (): boolean => found !== undefined
  const charges = new Charges({ database, ledger, random, open: config.mesh.open, doubted: () => doubted() })
  const signOff = createSignOff({
    sandboxGrade,
    ...{ config, self: signer.id },
    seats: (issuer, askedBy) => runner.seats(issuer, askedBy),
    pending: (issuer, askedBy) => approvals.seats(issuer, askedBy),
    use: (plan) => privacy.of(plan.catalog.descriptor.name).meter(plan.project).useFor(plan)
  })
  const runner: Runner = new Runner({
    ...{ clock, signer, database, jobs, validation, events, privacy, signOff, charges },
    execution: { sandbox, memoryBytesMax, outputBytesMax: LIMITS.sandboxFrameBytesMax },
    concurrency: config.jobs.concurrency,
    trusts
  })
  const standing = await StandingApprovals.open(database, random)
  const approvals: Approvals = await Approvals.open({
    ...{ clock, database, jobs, standing, sandbox, events, runner },
    needed: config.approvals.needed,
    expireMs: config.approvals.expire_days * 24 * 3_600_000
  })
  const admit = createAdmission({
    ...{ clock, signer, database, jobs, replays, validation, events, approvals, trusts },
    ...{ signOff: charges.over(signOff), queue: runner }
  })
  const facts = {
    nodeId: config.node_id,
    institution: config.institution,
    version: VERSION,
    sandbox: engine ? `${engine.engine} (${engine.grade})` : 'none',
    sandboxEngine: engine?.engine ?? 'none',
    sandboxGrade,
    languages: [...(engine?.languages ?? [])]
  }
  const exchanges = createExchanges({
    clock,
    signer,
    catalogs,
    admit,
    jobs,
    database,
    runner,
    approvals,
    events,
    facts
  })

  // What an earlier life left comes before anything new: both would run the same jobs.
  keep(runner, (opened) => opened.stop())
  await runner.recover()

  // The way to others.
  let onConnected: (peerId: string) => void = () => undefined
  const mesh = keep(
    await openMesh({
      ...{ ...shared, seed, federation, transport: options.transport, timing: options.timing },
      onConnected: (peerId) => onConnected(peerId),
      // Before it listens: an asker that comes back at once finds everything answered.
      prepare: (opened) => {
        serveExchanges(opened, exchanges)
        if (federation) opened.serve(federationExchange, (ask) => federation.answer(ask))
      }
    }),
    (opened) => opened.stop()
  )
  const links = meshLinks(mesh, exchanges)
  const directory = await Directory.open(
    {
      ...{ clock, database, links },
      members: () => [signer.id, ...mesh.members()],
      isConnected: (peerId) => peerId === signer.id || mesh.connected().includes(peerId),
      providers: (catalog, signal) => mesh.findProviders(catalog, signal)
    },
    { peerId: signer.id, catalogs: [...catalogs.keys()], ...facts }
  )
  const witnesses = keep(await openWitnesses({ config, database, clock, signer, events, mesh }), (w) => w.stop())
  doubted = () => witnesses.regression !== undefined
  onConnected = (peerId) => {
    void introduce(mesh, directory, peerId, events)
    void witnesses.compare(peerId)
    if (federation) void exchangeStatements({ federation, mesh, events }, peerId)
  }
  if (federation) spreadChanges({ federation, mesh, events })
  mesh.connected().forEach(onConnected)

  // What it asks of others.
  const views = new Views(clock)
  const followers = keep(new Followers({ clock, requests, links, events }), (opened) => opened.close())
  const delivery = keep(
    new Delivery({
      ...{ clock, random, requests, directory, links, followers, events, signer },
      signerOf: (account) => custodialSigner(seed, account)
    }),
    (opened) => opened.stop()
  )
  const submitter = new Submitter({
    ...{ clock, random, requests, directory, delivery, self: signer.id },
    isPrivate: (catalog) => catalogs.get(catalog)?.descriptor.accessLevel === 'private'
  })

  // What an earlier life left open elsewhere; then the doors.
  await delivery.recover()
  sweepReplays(replays, database, clock, lifetime)
  sweepApprovals(approvals, events, lifetime)
  keepAccountsFresh(accounts, lifetime)
  mesh.announce(termsOf(catalogs))
  const configHash = await sha256Hex(canonicalBytes(config))
  await database.commit((draft) =>
    draft.audit({
      kind: 'start',
      actor: signer.id,
      detail: { version: VERSION, config: configHash, spends: ledger.count }
    })
  )
  events.onMetrics(() => ({ ...runner.counts, peers: mesh.connected().length }))
  const startedAtMs = clock.now()
  let gatewayUrl: string | undefined
  const peer = createGatewayPeer({
    ...{
      clock,
      signer,
      database,
      catalogs,
      mesh,
      directory,
      links,
      requests,
      views,
      submitter,
      runner,
      accounts,
      ledger,
      witnesses,
      jobs,
      approvals,
      standing,
      events
    },
    facts: () => ({ ...facts, peerId: signer.id, startedAtMs, endpointUrl: gatewayUrl ?? '' }),
    checks: createChecks({ database, mesh, sandbox, dataDir })
  })
  gatewayUrl = await openGateway({ config, seed, clock, random, peer }, lifetime)
  events.started({ peerId: signer.id, addresses: mesh.addresses(), ...(gatewayUrl ? { gatewayUrl } : {}) })
  return {
    ...{
      peerId: signer.id,
      mesh,
      addresses: mesh.addresses(),
      gatewayUrl,
      catalogs,
      accounts,
      database,
      witnesses,
      federation
    },
    stop: async () => {
      await lifetime.close()
      events.stopped()
    }
  }
}
