/** The serving side of a peer: the programs it runs on its data, the rules for them, and the answers to other peers. */
import { join } from 'node:path'
import { logConflictExchange, type Mesh, uploadExchange } from '@stimnet/mesh'
import { LIMITS } from '@stimnet/protocol'
import type { Attack, Sandbox, SandboxLanguage } from '@stimnet/sandbox'
import { createExchanges, type HelloFacts } from './exchanges.ts'
import { type Membership, membershipOf, permitsOf } from '../federation/permits.ts'
import { createAdmission } from '../jobs/admit.ts'
import { Approvals } from '../jobs/approve/approvals.ts'
import { Charges } from '../jobs/release/charge.ts'
import type { Trust } from '../jobs/admit/check.ts'
import { type FetchPiece, JobFiles } from '../jobs/run/files.ts'
import { type CatalogPrivacies, createCatalogPrivacy } from '../jobs/release/privacy.ts'
import { Runner } from '../jobs/run/runner.ts'
import { createSignOff } from '../jobs/admit/sign-off.ts'
import { withMissingness } from '../catalogs/missingness.ts'
import { loginsOf } from './logins.ts'
import { Clocks } from '../monitor/clocks.ts'
import { Monitor } from '../monitor/monitor.ts'
import { usagesOf } from '../jobs/release/usage.ts'
import { openCatalogs, openConfiguredSandbox, openFederation, openWitnesses } from './opening.ts'
import { openVisaIssuers } from './passports.ts'
import { openSelfTests } from './self-tests.ts'
import { Shares } from '../requests/shares.ts'
import type { Setting } from './setting.ts'
import type { Stores } from './stores.ts'
import { stewardsOf } from '../people/stewards.ts'
import { VERSION } from '../version.ts'
import { Conflicts } from '../witness/conflicts.ts'

const DAY_MS = 24 * 3_600_000
const TELL_MS = 10_000

/** The parts that answer requests when a mesh carries them. */
export type Serving = Awaited<ReturnType<typeof openServing>>

/** A sandbox in place of the configured one, and the attacks of a self-test in place of all attacks. */
interface Brought {
  readonly sandbox: Sandbox | undefined
  readonly attacks: readonly Attack[] | undefined
}

/** The parts on which all others depend: sandbox, catalogs and their privacy, membership, and the monitor. */
export type Basis = Awaited<ReturnType<typeof openBasis>>

/** Opens the parts that need no connection. Throws CONFIG_INVALID, SOURCE_INVALID, SANDBOX_UNAVAILABLE. */
export async function openBasis(setting: Setting, stores: Stores, brought: Brought) {
  const { config, clock, events, lifetime } = setting
  const { sandbox, facts, imageOf } = await openSettings(setting, stores, brought.sandbox)
  const opened = await openCatalogs({ ...setting, ...stores, sandbox }, lifetime)
  const { refusals, taken, answered, scriptBits } = stores
  const meters = { clock, refusals, taken, answered, scriptBits }
  const privacy = await createCatalogPrivacy({ catalogs: opened, ledgers: stores.ledgers, config, meters })
  // Missingness is released before anybody asks, so that every ledger begins with it.
  const catalogs = await withMissingness(opened, { ...stores, privacy, events })
  const federation = await openFederation({ ...setting, signer: stores.signer }, lifetime)
  const membership = membershipOf(federation, stores.replaced)
  const permits = permitsOf(config.mesh, membership)
  const monitor = openMonitor(setting, stores, privacy)
  const tested = await openSelfTests(setting, stores, { sandbox, monitor, attacks: brought.attacks })
  const clocks = new Clocks(monitor, stores.signer.id, permits)
  return { sandbox, facts, imageOf, catalogs, privacy, federation, membership, permits, monitor, clocks, ...tested }
}

/** Opens the serving side over a mesh that has not started. */
export async function openServing(setting: Setting, stores: Stores, basis: Basis, mesh: Mesh) {
  const { config, clock, random, events, lifetime } = setting
  const { signer, database, jobs, ledger, standing, dataPermits } = stores
  const { sandbox, facts, imageOf, catalogs, privacy, membership, permits, monitor } = basis
  const trust = await trustOf(setting, membership)
  const members = () => mesh.members()
  const conflicts = await Conflicts.open({
    self: signer.id,
    clock,
    database,
    events,
    permits,
    members,
    tell: (peerId, conflict) =>
      mesh.ask(logConflictExchange, peerId, conflict, { signal: AbortSignal.timeout(TELL_MS) })
  })
  const witnesses = lifetime.keep(
    await openWitnesses({ config, database, clock, signer, events, mesh, permits }),
    (opened) => opened.stop()
  )
  // If a witness has attested more of the log than exists, the ledgers are in doubt: no budget is spent then.
  const isLogBehind = () => witnesses.regression !== undefined
  const charges = new Charges({ database, ledger, random, open: config.mesh.open, doubted: isLogBehind })
  const settingsOf = (catalog: string) => privacy.of(catalog).settings
  const wallTimeMsMax = config.sandbox.wall_time_ms
  const validation = { self: signer.id, catalogs, sandbox, settingsOf, wallTimeMsMax, isPeer: permits }
  const signOff = createSignOff({
    isMember: membership.isMember,
    withdrawnAtMs: membership.withdrawnAtMs,
    permits,
    stillAgreed: (requestHash) => approvals.stillAgreed(requestHash),
    imageOf,
    permitOf: (id) => dataPermits.at(id, clock.now()),
    isLogBehind,
    config,
    self: signer.id,
    sandboxGrade: facts.sandboxGrade,
    seats: (issuer, askedBy) => runner.seats.of(issuer, askedBy),
    pending: (issuer, askedBy) => approvals.seats.of(issuer, askedBy),
    use: (plan, asker, isRepeated) =>
      privacy.of(plan.catalog.descriptor.name).meter(plan.project).useFor(plan, asker, isRepeated)
  })
  const shares = new Shares(stores)
  const fetchPiece: FetchPiece = async (peerId, ask, signal) =>
    peerId === signer.id
      ? (await shares.answer(ask, peerId)).piece
      : (await mesh.ask(uploadExchange, peerId, ask, { signal })).piece
  const directory = join(setting.dataDir, 'job-files')
  const files = lifetime.keep(
    await JobFiles.open({ directory, clock, random, events, fetchPiece }, await jobs.open()),
    (opened) => opened.stop()
  )
  const memoryBytesMax = config.sandbox.memory_mib * 1024 * 1024
  const runner: Runner = new Runner({
    clock,
    signer,
    database,
    jobs,
    validation,
    events,
    privacy,
    signOff,
    charges,
    trust,
    files,
    execution: {
      sandbox,
      memoryBytesMax,
      outputBytesMax: LIMITS.sandboxFrameBytesMax,
      isStandIn: config.sandbox.engine === 'auto' && facts.sandboxEngine === 'wasm'
    },
    concurrency: config.jobs.concurrency
  })
  const stewards = stewardsOf({ ...stores, clock, logins: loginsOf(config) })
  const approvals: Approvals = await Approvals.open({
    clock,
    database,
    jobs,
    standing,
    sandbox,
    events,
    runner,
    files,
    stewards,
    needed: config.approvals.needed,
    expireMs: config.approvals.expire_days * DAY_MS
  })
  const admit = createAdmission({
    clock,
    signer,
    database,
    jobs,
    replays: stores.replays,
    validation,
    events,
    approvals,
    trust,
    monitor,
    files,
    privacy,
    signOff: charges.over(signOff),
    queue: runner
  })
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
    facts,
    conflicts
  })

  // Jobs left from before the last stop are resumed before new jobs arrive; otherwise both would run the same jobs.
  lifetime.keep(runner, (opened) => opened.stop())
  await runner.recover()
  return { conflicts, witnesses, runner, approvals, stewards, exchanges, files, shares }
}

/** The sandbox, and this peer's description of itself, which names the sandbox. */
async function openSettings(
  { config, baseDir, dataDir, events, lifetime }: Setting,
  { signer, seed }: Stores,
  brought?: Sandbox
) {
  const chosen = brought
    ? { sandbox: brought, reason: 'brought along' }
    : await openConfiguredSandbox(config, dataDir, {
        owner: signer.id,
        seed,
        baseDir,
        onAway: (engine, error) =>
          events.engineAway({ engine, why: error instanceof Error ? error.message : String(error) })
      })
  const sandbox = lifetime.keep(chosen?.sandbox, (opened) => opened?.close())
  const engine = await sandbox?.describe()
  const sandboxGrade = engine?.grade ?? 'none'
  events.sandboxReady({ engine: engine?.engine ?? 'none', grade: sandboxGrade, why: chosen?.reason ?? '' })
  const facts = {
    nodeId: config.node_id,
    institution: config.institution,
    version: VERSION,
    sandbox: engine ? `${engine.engine} (${engine.grade})` : 'none',
    sandboxEngine: engine?.engine ?? 'none',
    sandboxGrade,
    languages: [...(engine?.languages ?? [])]
  } satisfies HelloFacts
  const imageOf = (language: string) =>
    engine?.languages.some((known) => known === language) ? engine.image(language as SandboxLanguage) : ''
  return { sandbox, facts, imageOf }
}

/** The institutions and visa issuers whose credentials are accepted here, for any catalog. Throws CONFIG_INVALID. */
async function trustOf({ config, baseDir }: Setting, membership: Membership): Promise<Trust> {
  const listed = new Set([config, ...config.catalogs].flatMap(({ requesters }) => requesters ?? []))
  return {
    institution: (peerId) => {
      // The holder of a revoked institution's key could vouch for anybody.
      if (membership.isRevoked(peerId)) return false
      const isMember = membership.isMember(peerId)
      return listed.has(`affiliation:${peerId}`) || (listed.has('affiliation:members') && isMember)
    },
    visaIssuers: await openVisaIssuers(config.passports, baseDir),
    withdrawnAtMs: membership.withdrawnAtMs
  }
}

const LOOK_MS = 60_000

/** Creates the monitor, which regularly checks which limits are nearly used up. */
function openMonitor({ config, clock, events, lifetime }: Setting, stores: Stores, privacy: CatalogPrivacies): Monitor {
  const { database, ledger } = stores
  const { near_identical, refused, used_share } = config.monitoring
  const limits = { nearIdentical: near_identical, refused, usedShare: used_share }
  const monitor = new Monitor({ clock, database, events, limits })
  lifetime.every(LOOK_MS, () => monitor.looked(usagesOf({ catalogs: config.catalogs, ledger, privacy })))
  return monitor
}
