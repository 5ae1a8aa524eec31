/** How a peer's self-test is opened: against the engine that its jobs run in, as the configuration has it. */
import { ATTACKABLE_ENGINES, ATTACKS, type Attack, attacksFor, enginesAround, type Sandbox } from '@stimnet/sandbox'
import { ownEnvironment } from '../config-environment.ts'
import type { Monitor } from '../monitor/monitor.ts'
import { dockerPlace, sandboxCacheDir } from '../sandbox-settings.ts'
import type { Setting } from '../setting.ts'
import type { Stores } from '../stores.ts'
import { SelfTests } from './self-tests.ts'

/** The self-test, and what else is on this machine. */
export async function openSelfTests(
  { config, dataDir, clock, events, lifetime }: Setting,
  { database, signer, selfTestReports: store }: Stores,
  parts: { sandbox: Sandbox | undefined; monitor: Monitor; attacks?: readonly Attack[] | undefined }
) {
  const { sandbox, monitor, attacks = ATTACKS } = parts
  const description = await sandbox?.describe()
  const place = dockerPlace(config)
  const environment = ownEnvironment()
  const selfTests = new SelfTests({
    ...{ clock, database, store, events, monitor, environment },
    engines: ATTACKABLE_ENGINES.filter(({ grade }) => grade === description?.grade),
    attacks: description ? attacksFor(description, attacks) : [],
    // The same name at each start: what a killed peer left of them on the Docker engine, the next self-test removes.
    settings: { cacheDir: sandboxCacheDir(config, dataDir), owner: `attacks-of-${signer.id}`, ...place }
  })
  const around = await enginesAround({ path: environment.PATH ?? '', socketPath: place.socketPath })
  return { selfTests: lifetime.keep(selfTests, (opened) => opened.close()), around }
}
