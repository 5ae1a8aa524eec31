/** Creation and start of the mesh: checks the settings, opens the store, creates the node and starts it. */
import { multiaddr } from '@multiformats/multiaddr'
import { StimnetError } from '@stimnet/protocol'
import { LevelDatastore } from './connect/datastore.ts'
import { Discipline } from './connect/discipline.ts'
import { Doorway } from './connect/doorway.ts'
import { Members } from './connect/members.ts'
import type { Mesh, MeshDeps, MeshSettings, MeshStore, MeshTiming } from './mesh.ts'
import { createNode } from './connect/node.ts'
import { RunningMesh } from './running-mesh.ts'

const MINUTE_MS = 60_000

const TIMING: MeshTiming = {
  announceEveryMs: 45 * MINUTE_MS,
  providerValidityMs: 120 * MINUTE_MS,
  redialMs: 250,
  redialMsMax: 15_000,
  discoverMs: 500,
  discoverMsMax: MINUTE_MS,
  heartbeatMs: 5_000,
  silenceMsMax: 16_000,
  reopenMs: 100
}

/**
 * Starts the mesh: it listens and begins to search for other peers. `prepare` registers handlers before the first peer can
 * connect. Throws CONFIG_INVALID and ADDRESS_IN_USE; in that case the mesh is stopped again.
 */
export async function startMesh(
  settings: MeshSettings,
  deps: MeshDeps,
  prepare: (mesh: Mesh) => void = () => {}
): Promise<Mesh> {
  checkSettings(settings)
  const stores = storesIn(deps.store)
  const datastore = await LevelDatastore.open(stores.libp2p)
  const members = await Members.open(stores.members, deps.clock)
  const timing = { ...TIMING, ...settings.timing }
  const discipline = new Discipline(deps.clock)
  const node = await createNode(settings, timing, {
    ...{ datastore, discipline, door: new Doorway(deps.clock), clock: deps.clock },
    denied: (peerId) => deps.events.denied(peerId)
  }).catch(async (error: unknown) => {
    await Promise.all([members.close(), datastore.close()])
    throw error
  })
  const mesh = new RunningMesh({
    settings,
    discipline,
    deps,
    timing,
    node,
    datastore,
    members,
    discoveryStore: stores.discovery
  })
  try {
    prepare(mesh)
    await mesh.start()
    return mesh
  } catch (error) {
    await mesh.stop()
    throw error
  }
}

function checkSettings(settings: MeshSettings): void {
  if (settings.nodeSeed.length !== 32) throw new StimnetError('CONFIG_INVALID', 'the node seed has 32 bytes')
  for (const address of [...settings.listen, ...(settings.announce ?? []), ...settings.bootstrap]) {
    try {
      multiaddr(address)
    } catch (cause) {
      throw new StimnetError('CONFIG_INVALID', `${address} is no multiaddr`, { cause })
    }
  }
}

/** The sublevels of the mesh. They set their own encodings, so that `store` may have any. */
function storesIn(store: MeshStore): Record<'libp2p' | 'members' | 'discovery', MeshStore> {
  const encodings = { keyEncoding: 'utf8', valueEncoding: 'view' } as const
  return {
    libp2p: store.sublevel<string, Uint8Array>('libp2p', encodings),
    members: store.sublevel<string, Uint8Array>('members', encodings),
    discovery: store.sublevel<string, Uint8Array>('discovery', encodings)
  }
}
