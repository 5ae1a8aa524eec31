/** The check-up of a peer's set-up, running or stopped: every finding of `stimnet doctor`. It changes and creates nothing. */
import { join, resolve } from 'node:path'
import { readSeed } from '@stimnet/machine'
import { type Clock, systemClock, counted } from '@stimnet/protocol'
import type { LoadedConfig } from '../config/config.ts'
import { KEY_FILE } from '../store/identity.ts'
import { admissionOf } from './admission.ts'
import { dataFindings } from './data.ts'
import { peerIdsIn } from '../config/entries.ts'
import { type Finding, namer } from './finding.ts'
import { bootstrapFindings, clockFinding } from './neighbours.ts'
import { doorOf } from './ports.ts'
import { sandboxFinding } from './sandbox.ts'
import { reachFindings, type RunningState, wayOutOf } from './reach.ts'
import { keyFinding, permissionFinding } from './secrets.ts'
import { diskFinding, storeFinding } from './store.ts'

/** Dependencies of the check-up that the caller provides. */
export interface CheckUpOptions {
  /** Returns the state of the running peer; undefined if the peer cannot be asked. */
  readonly statusAt?: (url: string) => Promise<RunningState | undefined>
  readonly clock?: Clock
}

/** All findings, in the order in which they should be repaired. */
export async function checkUp(loaded: LoadedConfig, options: CheckUpOptions = {}): Promise<Finding[]> {
  const { config, baseDir } = loaded
  const clock = options.clock ?? systemClock
  const dataDir = resolve(baseDir, config.data_dir)
  const { finding: key, peerId } = await keyFinding(dataDir)
  const seed = peerId === undefined ? undefined : await readSeed(join(dataDir, KEY_FILE))
  const door = await doorOf(loaded, peerId)
  const store = await storeFinding(dataDir, { isRunning: door.isRunning === true })
  const { permits, isRevoked, ...admission } = await admissionOf(loaded, dataDir, { peerId, replaced: store.replaced })
  const mayRun = door.isRunning !== false
  const { wayOut, findings: outward } = await wayOutOf(loaded)
  const self = { seed, peerId, mayRun, clock, wayOut }
  const others = withoutRevoked(config, isRevoked)
  const bootstrap = await bootstrapFindings(others, permits, self)
  const state = door.url === undefined ? undefined : await options.statusAt?.(door.url)
  return [
    namer('configuration').ok(counted(config.catalogs.length, 'catalog')),
    key,
    ...admission.findings,
    clockFinding(state?.clockOffsetsMs ?? bootstrap.offsets, clock.now()),
    await permissionFinding(dataDir),
    await diskFinding(dataDir),
    store.finding,
    ...door.findings,
    ...outward,
    ...bootstrap.findings,
    ...(await reachFindings(others, permits, self, state?.reach)),
    ...(await dataFindings(config.catalogs, baseDir)),
    ...(await policyFindings(loaded)),
    await sandboxFinding(loaded, dataDir)
  ]
}

/**
 * The configuration without addresses of revoked peers: the check of the lists names these peers, and they need not be
 * probed.
 */
function withoutRevoked(
  config: LoadedConfig['config'],
  isRevoked: (peerId: string) => boolean
): LoadedConfig['config'] {
  const present = (addresses: string[]) => addresses.filter((address) => !peerIdsIn(address).some(isRevoked))
  const { bootstrap, relays } = config.mesh
  return { ...config, mesh: { ...config.mesh, bootstrap: present(bootstrap), relays: present(relays) } }
}

/** The findings of `stimnet policy check`. A finding that only weakens the rules is shown and does not count as a failure. */
async function policyFindings(loaded: LoadedConfig): Promise<Finding[]> {
  const { checkPolicy } = await import('../catalogs/policy-check.ts')
  const { note, fix } = namer('policy')
  return (await checkPolicy(loaded)).map(({ grade, key, detail }) =>
    (grade === 'weak' ? note : fix)(`${key}: ${detail}`)
  )
}
