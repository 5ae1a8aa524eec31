/** The opening of a peer's self-test against the engine in which its jobs run. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ATTACKABLE_ENGINES,
  ATTACKS,
  type Attack,
  type AttackableEngine,
  attacksFor,
  type DockerHost,
  enginesAround,
  removeContainersOf,
  type Sandbox
} from '@stimnet/sandbox'
import type { Monitor } from '../monitor/monitor.ts'
import { dockerHosts, dockerImages, ownEnvironment, sandboxCacheDir } from '../config/sandbox-settings.ts'
import type { Setting } from './setting.ts'
import type { Stores } from './stores.ts'
import { SelfTests } from '../self-test/self-tests.ts'

/** Opens the self-test, and lists the engines of this machine. */
export async function openSelfTests(
  { config, baseDir, dataDir, clock, events, lifetime }: Setting,
  { database, signer, selfTestReports: store }: Stores,
  parts: { sandbox: Sandbox | undefined; monitor: Monitor; attacks?: readonly Attack[] | undefined }
) {
  const { sandbox, monitor, attacks = ATTACKS } = parts
  const description = await sandbox?.describe()
  const hosts = await dockerHosts({ config, baseDir })
  const environment = ownEnvironment()
  const owner = `attacks-of-${signer.id}`
  const folder = join(dataDir, 'self-test')
  // Removes leftovers of a self-test that was killed together with the peer, without waiting for the next self-test.
  await rm(folder, { recursive: true, force: true })
  const isDocker = description?.engine === 'docker'
  const clear = (host: DockerHost) =>
    removeContainersOf(owner, host).catch((error) => events.unexpected(error, `removing ${owner}`))
  if (isDocker) await Promise.all(hosts.map(clear))
  const engines = ATTACKABLE_ENGINES.filter(({ grade }) => grade === description?.grade)
  const selfTests = new SelfTests({
    clock,
    database,
    store,
    events,
    monitor,
    environment,
    folder,
    engines: isDocker ? hosts.flatMap((host) => engines.map((engine) => engineAt(engine, host))) : engines,
    attacks: description ? attacksFor(description, attacks) : [],
    settings: { cacheDir: sandboxCacheDir(config, dataDir), owner, ...dockerImages(config) }
  })
  const around = await enginesAround({ path: environment.PATH ?? '', socketPath: config.sandbox.docker.socket })
  return { selfTests: lifetime.keep(selfTests, (opened) => opened.close()), around }
}

/** An engine that is attacked on one of several machines. */
function engineAt(engine: AttackableEngine, at: DockerHost): AttackableEngine {
  return { ...engine, open: (settings) => engine.open({ ...settings, at }) }
}
