/** The connections of a peer to others, and the parts that send its accounts' requests. */
import { federationExchange, type Mesh, type MeshTiming, uploadExchange } from '@stimnet/mesh'
import { serveExchanges } from './exchanges.ts'
import { exchangeStatements, spreadChanges } from '../federation/gossip.ts'
import { custodialSigners } from '../store/identity.ts'
import { introduce, keepIntroduced } from './opening.ts'
import { Delivery } from '../requests/deliver.ts'
import { Directory } from '../requests/directory.ts'
import { Followers } from '../requests/follow.ts'
import { meshLinks } from './mesh-links.ts'
import { Submitter } from '../requests/submit.ts'
import { Turns } from '../requests/turns.ts'
import { Views } from '../requests/view.ts'
import type { Basis, Serving } from './serving.ts'
import type { Setting } from './setting.ts'
import type { Stores } from './stores.ts'

/** The transport and its timing. `memory` connects peers within one process. */
export interface Way {
  readonly transport: 'tcp' | 'memory' | undefined
  readonly timing: Partial<MeshTiming> | undefined
}

/** The links to others, and what is known through them. */
export type Connections = Awaited<ReturnType<typeof openConnections>>

/** Answers others and starts the mesh. Throws ADDRESS_IN_USE. */
export async function openConnections(setting: Setting, stores: Stores, basis: Basis, serving: Serving, mesh: Mesh) {
  const { clock, events, lifetime } = setting
  const { signer, database } = stores
  const { federation, facts, catalogs, clocks } = basis
  const { exchanges, conflicts, witnesses, shares } = serving
  const links = meshLinks(mesh, exchanges)
  const directory = await Directory.open(
    {
      clock,
      database,
      links,
      members: () => [signer.id, ...mesh.members()],
      isConnected: (peerId) => peerId === signer.id || mesh.connected().includes(peerId),
      providers: (catalog, signal) => mesh.findProviders(catalog, signal)
    },
    { peerId: signer.id, catalogs: [...catalogs.keys()], ...facts }
  )
  // Handlers are registered before the mesh listens, so that a peer that reconnects at once gets every answer.
  serveExchanges(mesh, exchanges)
  mesh.serve(uploadExchange, (ask, from) => shares.answer(ask, from))
  if (federation) {
    mesh.serve(federationExchange, (ask) => federation.answer(ask))
    spreadChanges({ federation, mesh, events })
  }
  const introducing = { mesh, directory, clock, clocks, events }
  keepIntroduced(introducing, lifetime)
  await mesh.start((peerId) => {
    void introduce(introducing, peerId)
    void witnesses.compare(peerId)
    void conflicts.tellAll(peerId)
    if (federation) void exchangeStatements({ federation, mesh, events }, peerId)
  })
  return { links, directory }
}

/** The parts that submit and deliver requests. */
export type Asking = ReturnType<typeof openAsking>

/** Opens the parts that submit and deliver the requests of this peer's accounts. */
export function openAsking(
  setting: Setting,
  stores: Stores,
  { catalogs, shares }: Pick<Basis & Serving, 'catalogs' | 'shares'>,
  { links, directory }: Connections
) {
  const { clock, random, events, lifetime } = setting
  const { seed, signer, requests, uploads } = stores
  const turns = new Turns(clock)
  const followers = lifetime.keep(new Followers({ clock, requests, links, events }), (opened) => opened.close())
  const signerOf = custodialSigners(seed)
  const delivery = lifetime.keep(
    new Delivery({
      clock,
      random,
      requests,
      directory,
      links,
      followers,
      events,
      signer,
      shares,
      turns,
      signerOf
    }),
    (opened) => opened.stop()
  )
  const submitter = new Submitter({
    clock,
    random,
    requests,
    directory,
    delivery,
    turns,
    uploads,
    self: signer.id,
    isPrivate: (catalog) => catalogs.get(catalog)?.descriptor.accessLevel === 'private'
  })
  return { delivery, submitter, signerOf, views: new Views(clock) }
}
