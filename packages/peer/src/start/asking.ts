/** The connections of a peer to others, and the parts that send the requests of its accounts. */
import { createHash } from 'node:crypto'
import type { Catalog } from '@stimnet/data'
import { digestsExchange, federationExchange, type Mesh, type MeshTiming, uploadExchange } from '@stimnet/mesh'
import { messages } from '@stimnet/protocol'
import { Spread } from '../digests/spread.ts'
import { DigestStore } from '../digests/store.ts'
import { serveExchanges } from './exchanges.ts'
import { exchangeStatements, spreadChanges } from '../federation/gossip.ts'
import { custodialSigners } from '../store/identity.ts'
import { introduce, isPassedOn, keepIntroduced } from './opening.ts'
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

/** The connections to others, and the information received through them. */
export type Connections = Awaited<ReturnType<typeof openConnections>>

/** Answers others and starts the mesh. Throws ADDRESS_IN_USE. */
export async function openConnections(setting: Setting, stores: Stores, basis: Basis, serving: Serving, mesh: Mesh) {
  const { clock, events, lifetime } = setting
  const { signer, database } = stores
  const { federation, facts, catalogs, clocks } = basis
  const { exchanges, conflicts, witnesses, shares } = serving
  const digests = new DigestStore(clock, {
    self: signer.id,
    permits: basis.permits,
    charter: federation?.id ?? '',
    isMember: basis.membership.isMember
  })
  const links = meshLinks(mesh, exchanges)
  const directory = await Directory.open(
    {
      clock,
      database,
      links,
      members: () => [signer.id, ...mesh.members()],
      isPermitted: basis.permits,
      isReachable: (peerId) => peerId === signer.id || mesh.isReachable(peerId),
      digestOf: (peerId) => (mesh.keeps(peerId) ? undefined : digests.get(peerId)),
      // If digests are passed on, names of catalogs are not in the DHT.
      providers: (catalog, signal) =>
        isPassedOn(setting.config) ? Promise.resolve([]) : mesh.findProviders(catalog, signal)
    },
    { peerId: signer.id, catalogs: [...catalogs.keys()], ...facts }
  )
  const spread: Spread = lifetime.keep(
    openSpread(setting, { store: digests, mesh, directory, stores, basis }),
    (opened) => opened.stop()
  )
  const membersChanged = [() => spread.membersChanged()]
  const tellOfMembers = () => {
    for (const tell of membersChanged) tell()
  }
  // Handlers are registered before the mesh listens, so that a peer that reconnects at once gets every answer.
  serveExchanges(mesh, exchanges)
  mesh.serve(uploadExchange, (ask, from) => shares.answer(ask, from))
  if (federation) {
    mesh.serve(federationExchange, (ask) => federation.answer(ask))
    spreadChanges({ federation, mesh, events, membersChanged: tellOfMembers })
  }
  mesh.serve(digestsExchange, (ask, from) => spread.answer(ask, from))
  const introducing = { mesh, directory, clock, clocks, events, atMs: new Map<string, number>() }
  keepIntroduced(introducing, lifetime)
  const connected = (peerId: string) => {
    void introduce(introducing, peerId)
    void spread.met(peerId)
    void witnesses.compare(peerId)
    void conflicts.tellAll(peerId)
    if (federation) void exchangeStatements({ federation, mesh, events }, peerId)
  }
  await mesh.start(connected, () => spread.readdressed())
  spread.start()
  return { links, directory, onMembersChanged: (call: () => void) => void membersChanged.push(call) }
}

interface SpreadOver {
  readonly store: DigestStore
  readonly mesh: Mesh
  readonly directory: Directory
  readonly stores: Stores
  readonly basis: Basis
}

/** The spread of digests over a mesh that has not started yet. */
function openSpread({ config, clock, random, events }: Setting, over: SpreadOver): Spread {
  const { store, mesh, directory, stores, basis } = over
  const { signer } = stores
  const offered = [...basis.catalogs.values()].filter(({ descriptor }) => descriptor.accessLevel !== 'private')
  const about = { ...basis.facts, catalogs: offered.map(({ descriptor }) => descriptor.name) }
  const said = {
    about,
    catalogsHash: hashOf(offered),
    open: config.mesh.open,
    charter: basis.federation?.id ?? ''
  }
  return new Spread({
    store,
    clock,
    random,
    events,
    self: signer.id,
    sign: { signer, clock },
    facts: () => ({ ...said, addresses: mesh.addresses() }),
    ask: (peerId, question, signal) => mesh.ask(digestsExchange, peerId, question, { signal }),
    connected: () => mesh.connected(),
    members: () => mesh.members(),
    onKept: async (digest) => {
      mesh.learn(digest.peerId, digest.addresses, digest.issuedAtMs)
      await directory.learn(digest.peerId, digest)
    }
  })
}

/** A hash of the descriptions of catalogs, hex. */
function hashOf(catalogs: readonly Catalog[]): string {
  const hash = createHash('sha256')
  for (const { descriptor } of catalogs) hash.update(messages.CatalogDescriptor.encode(descriptor as never))
  return hash.digest('hex')
}

/** The parts that submit and deliver requests. */
export type Asking = ReturnType<typeof openAsking>

/** Opens the parts that submit and deliver the requests of this peer's accounts. */
export function openAsking(
  setting: Setting,
  stores: Stores,
  { catalogs, shares, permits }: Pick<Basis & Serving, 'catalogs' | 'shares' | 'permits'>,
  { links, directory, onMembersChanged }: Connections,
  timing: Partial<MeshTiming> | undefined
) {
  const { clock, random, events, lifetime } = setting
  const { seed, signer, requests, uploads } = stores
  const turns = new Turns(clock)
  const followers = lifetime.keep(
    new Followers({
      clock,
      requests,
      links,
      events,
      ...(timing?.idleMs === undefined ? {} : { restMs: timing.idleMs })
    }),
    (opened) => opened.close()
  )
  const signerOf = custodialSigners(seed)
  const delivery = lifetime.keep(
    new Delivery({
      clock,
      random,
      requests,
      directory,
      links,
      isPermitted: permits,
      followers,
      events,
      signer,
      shares,
      turns,
      signerOf
    }),
    (opened) => opened.stop()
  )
  onMembersChanged(() => void delivery.membersChanged().catch((error) => events.unexpected(error, 'ending requests')))
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
