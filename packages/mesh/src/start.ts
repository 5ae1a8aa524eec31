/** Creation of the mesh: checks the settings, opens the store and creates the node. */
import { multiaddr } from '@multiformats/multiaddr'
import { StimnetError } from '@stimnet/protocol'
import { LevelDatastore } from './connect/datastore.ts'
import { Circuits, relayOf } from './connect/relay/circuits.ts'
import { Discipline } from './connect/limits/discipline.ts'
import { Doorway } from './connect/limits/doorway.ts'
import { ToldAddresses } from './connect/limits/told-addresses.ts'
import { Members } from './connect/members.ts'
import type { Mesh, MeshDeps, MeshSettings, MeshStore, MeshTiming } from './mesh.ts'
import { createNode } from './connect/node.ts'
import { Pulse } from './connect/pulse.ts'
import { placeOf } from './connect/place.ts'
import { Relaying } from './connect/relay/relaying.ts'
import { RunningMesh } from './running-mesh.ts'

const MINUTE_MS = 60_000

const TIMING: MeshTiming = {
  announceEveryMs: 45 * MINUTE_MS,
  providerValidityMs: 120 * MINUTE_MS,
  redialMs: 250,
  redialMsMax: 15_000,
  discoverMs: 500,
  discoverMsMax: 5 * MINUTE_MS,
  heartbeatMs: 5_000,
  silenceMsMax: 16_000,
  idleMs: 30_000,
  reopenMs: 100
}

/** Creates the mesh, which neither listens nor dials before `Mesh.start`. Throws CONFIG_INVALID. */
export async function createMesh(settings: MeshSettings, deps: MeshDeps): Promise<Mesh> {
  checkSettings(settings)
  const stores = storesIn(deps.store)
  const datastore = await LevelDatastore.open(stores.libp2p)
  const members = await Members.open(stores.members, deps.clock)
  const timing = { ...TIMING, ...settings.timing }
  const discipline = new Discipline(deps.clock)
  const door = new Doorway(deps.clock, {}, settings.answersOnly?.isProved)
  const pulse = new Pulse()
  const circuits = settings.answersOnly ? undefined : new Circuits(settings.relays ?? [], deps.clock)
  const relaying = settings.relaying ? new Relaying(settings.relaying, deps.clock) : undefined
  const told = new ToldAddresses(settings)
  const node = await createNode(settings, timing, {
    datastore,
    discipline,
    door,
    pulse,
    circuits,
    relaying,
    told,
    clock: deps.clock,
    denied: (peerId) => deps.events.denied(peerId)
  }).catch(async (error: unknown) => {
    await Promise.all([members.close(), datastore.close()])
    throw error
  })
  return new RunningMesh({
    settings,
    discipline,
    deps,
    timing,
    node,
    datastore,
    members,
    pulse,
    circuits,
    relaying,
    told,
    discoveryStore: stores.discovery
  })
}

function checkSettings(settings: MeshSettings): void {
  if (settings.nodeSeed.length !== 32) throw new StimnetError('CONFIG_INVALID', 'the node seed has 32 bytes')
  for (const address of [...settings.listen, ...(settings.announce ?? []), ...settings.bootstrap]) {
    try {
      multiaddr(address)
    } catch (cause) {
      throw new StimnetError('CONFIG_INVALID', `${address} is no multiaddr such as /ip4/0.0.0.0/tcp/4001`, { cause })
    }
  }
  const inTls = settings.listen.find((address) => placeOf(multiaddr(address))?.serverName !== undefined)
  if (inTls !== undefined) {
    const advice = 'TLS is ended by a web server in front: listen on an address such as /ip4/127.0.0.1/tcp/4002/ws'
    throw new StimnetError('CONFIG_INVALID', `${inTls}: ${advice}, and announce /dns4/NAME/tcp/443/tls/ws`)
  }
  for (const address of settings.relays ?? []) {
    try {
      relayOf(address)
    } catch (cause) {
      throw new StimnetError('CONFIG_INVALID', `${address} is no multiaddr of a relay with /p2p/PEERID`, { cause })
    }
  }
}

/** The sublevels of the mesh. They set their own encodings, so `store` may use any encoding. */
function storesIn(store: MeshStore): Record<'libp2p' | 'members' | 'discovery', MeshStore> {
  const encodings = { keyEncoding: 'utf8', valueEncoding: 'view' } as const
  return {
    libp2p: store.sublevel<string, Uint8Array>('libp2p', encodings),
    members: store.sublevel<string, Uint8Array>('members', encodings),
    discovery: store.sublevel<string, Uint8Array>('discovery', encodings)
  }
}
