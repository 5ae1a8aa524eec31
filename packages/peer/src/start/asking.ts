/** The connections of a peer to others, and the parts that send its accounts' requests. */
import { federationExchange, logConflictExchange, type Mesh, type MeshTiming, uploadExchange } from '@stimnet/mesh'
import { serveExchanges } from './exchanges.ts'
import { exchangeStatements, spreadChanges } from '../federation/gossip.ts'
import { custodialSigners } from '../store/identity.ts'
import { introduce, openMesh, openWitnesses } from './opening.ts'
import { Delivery } from '../requests/deliver.ts'
import { Directory } from '../requests/directory.ts'
import { Followers } from '../requests/follow.ts'
import { meshLinks } from './links.ts'
import { Shares } from '../requests/shares.ts'
import { Submitter } from '../requests/submit.ts'
import { Turns } from '../requests/turns.ts'
import { Views } from '../requests/view.ts'
import type { Serving } from './serving.ts'
import type { Setting } from './setting.ts'
import type { Stores } from './stores.ts'

const TELL_MS = 10_000

/** The transport and its timing. `memory` connects peers within one process. */
export interface Way {
  readonly transport: 'tcp' | 'memory' | undefined
  readonly timing: Partial<MeshTiming> | undefined
}

/** The mesh, and everything that is known through it. */
export type Connections = Awaited<ReturnType<typeof openConnections>>

/** Opens the mesh, the directory and the witnesses. Throws ADDRESS_IN_USE and what `startMesh` throws. */
export async function openConnections(setting: Setting, stores: Stores, serving: Serving, way: Way) {
  const { config, clock, events, lifetime } = setting
  const { signer, database } = stores
  const { exchanges, federation, permits, conflicts, facts, catalogs, files, monitor } = serving
  const shares = new Shares(stores)
  let onConnected: (peerId: string) => void = () => undefined
  const mesh: Mesh = lifetime.keep(
    await openMesh({
      ...{ ...setting, ...stores, ...way, permits, monitor },
      onConnected: (peerId) => onConnected(peerId),
      // Handlers are registered before the mesh listens, so that a peer that reconnects at once gets every answer.
      prepare: (opened) => {
        serveExchanges(opened, exchanges)
        opened.serve(uploadExchange, (ask, from) => shares.answer(ask, from))
        if (federation) opened.serve(federationExchange, (ask) => federation.answer(ask))
      }
    }),
    (opened) => opened.stop()
  )
  const links = meshLinks(mesh, exchanges)
  files.connect(async (peerId, ask, abort) => {
    const own = peerId === signer.id
    return (own ? await shares.answer(ask, peerId) : await mesh.ask(uploadExchange, peerId, ask, { signal: abort }))
      .piece
  })
  const directory = await Directory.open(
    {
      ...{ clock, database, links },
      members: () => [signer.id, ...mesh.members()],
      isConnected: (peerId) => peerId === signer.id || mesh.connected().includes(peerId),
      providers: (catalog, signal) => mesh.findProviders(catalog, signal)
    },
    { peerId: signer.id, catalogs: [...catalogs.keys()], ...facts }
  )
  const witnesses = lifetime.keep(
    await openWitnesses({ config, database, clock, signer, events, mesh, permits }),
    (opened) => opened.stop()
  )
  conflicts.connect({
    connected: () => mesh.connected(),
    tell: (peerId, conflict) =>
      mesh.ask(logConflictExchange, peerId, conflict, { signal: AbortSignal.timeout(TELL_MS) })
  })
  serving.doubt.askInstead(() => witnesses.regression !== undefined)
  onConnected = (peerId) => {
    void introduce(mesh, directory, peerId, events)
    void witnesses.compare(peerId)
    void conflicts.tellAll(peerId)
    if (federation) void exchangeStatements({ federation, mesh, events }, peerId)
  }
  if (federation) spreadChanges({ federation, mesh, events })
  mesh.connected().forEach(onConnected)
  return { mesh, links, directory, witnesses, shares }
}

/** The parts that submit and deliver requests. */
export type Asking = ReturnType<typeof openAsking>

/** Opens the parts that submit and deliver the requests of this peer's accounts. */
export function openAsking(setting: Setting, stores: Stores, serving: Serving, connections: Connections) {
  const { clock, random, events, lifetime } = setting
  const { seed, signer, requests, uploads } = stores
  const { links, directory, shares } = connections
  const turns = new Turns(clock)
  const followers = lifetime.keep(new Followers({ clock, requests, links, events }), (opened) => opened.close())
  const signerOf = custodialSigners(seed)
  const delivery = lifetime.keep(
    new Delivery({
      ...{ clock, random, requests, directory, links, followers, events, signer, shares, turns },
      signerOf
    }),
    (opened) => opened.stop()
  )
  const submitter = new Submitter({
    ...{ clock, random, requests, directory, delivery, turns, uploads, self: signer.id },
    isPrivate: (catalog) => serving.catalogs.get(catalog)?.descriptor.accessLevel === 'private'
  })
  return { delivery, submitter, signerOf, views: new Views(clock) }
}
