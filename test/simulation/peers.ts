/** Real peers of the jobs world: their folders, and how they are started, killed, and restored from an old disk. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { createEvents, loadConfig, type Peer, startPeer } from '@stimnet/peer'
import {
  type Clock,
  charterId,
  charterSchema,
  keyFileOf,
  type Signer,
  signCharter,
  signerFromSeed
} from '@stimnet/protocol'
import { stringify } from 'yaml'
import { CHEAP_PASSWORDS, PASSWORD } from '../mesh.ts'
import type { Dice } from './dice.ts'
import { MemoryMesh } from './memory-mesh.ts'
import type { Network } from './network.ts'
import { rest } from './time.ts'

export const CATALOG = 'outcomes'
const PEOPLE = 60

/** When a machine stops. */
export type Moment = 'at rest' | 'before a write' | 'after a write'

/** One institution. Its peer may be gone, and another one started on its disk. */
export interface SimulatedPeer {
  readonly id: string
  readonly signer: Signer
  readonly folder: string
  readonly configFile: string
  readonly skewMs: number
  readonly isAsker: boolean
  /** Members that it remembers. */
  readonly known: Set<string>
  readonly dice: Dice
  peer: Peer | undefined
  mesh: MemoryMesh | undefined
  /** The machine is off. */
  isGone: boolean
  /** Its disk was replaced by an old one. */
  isRestored: boolean
  /** When it noticed, ms; 0 before. */
  behindAtMs: number
  /** It was revoked. */
  isRevoked: boolean
  /** Ends what only a test needs to end. */
  release: () => Promise<void>
}

/** Writes the folders of a federation whose members are all founders. */
export async function writePeers(
  folder: string,
  { peers, askers, skewMs, dice, clock }: { peers: number; askers: number; skewMs: number; dice: Dice; clock: Clock }
): Promise<{ nodes: SimulatedPeer[]; researcher: Signer; charter: string }> {
  const seeds = Array.from({ length: peers }, () => dice.bytes(32))
  const signers = await Promise.all(seeds.map(signerFromSeed))
  const researcher = await signerFromSeed(dice.bytes(32))
  const founders = signers.map(({ id: peer }, at) => ({ peer, institution: `Hospital ${at}` }))
  const charter = charterSchema.parse({ name: 'Simulated', needed: 2, founders })
  const signatures = await Promise.all(signers.map((signer) => signCharter(charter, { signer, clock })))
  await writeFile(join(folder, 'charter.json'), JSON.stringify({ charter, signatures }))
  const nodes: SimulatedPeer[] = []
  for (const [at, signer] of signers.entries()) {
    const own = join(folder, `node-${at}`)
    await mkdir(join(own, 'data'), { recursive: true, mode: 0o700 })
    await writeFile(join(own, 'data/identity.key'), keyFileOf(seeds[at] as Uint8Array), { mode: 0o600 })
    await writeFile(join(own, 'people.csv'), peopleOf(dice))
    const isAsker = at < askers
    const bootstrap = at === 0 ? [] : [`/memory/x/p2p/${signers[dice.below(at)]?.id}`]
    const configFile = join(own, 'stimnet.yaml')
    await writeFile(configFile, stringify(configOf({ at, isAsker, bootstrap, researcher: researcher.id })))
    nodes.push({
      id: signer.id,
      signer,
      folder: own,
      configFile,
      skewMs: Math.round(dice.between(-skewMs, skewMs)),
      isAsker,
      known: new Set(),
      dice: dice.apart(),
      peer: undefined,
      mesh: undefined,
      isGone: true,
      isRestored: false,
      isRevoked: false,
      behindAtMs: 0,
      release: () => Promise.resolve()
    })
  }
  return { nodes, researcher, charter: await charterId(charter) }
}

function peopleOf(dice: Dice): string {
  const rows = Array.from({ length: PEOPLE }, (_, at) => {
    const arm = dice.isTrue(0.5) ? 'control' : 'treatment'
    return `s${at},${arm},${dice.isTrue(0.5) ? 'female' : 'male'},${dice.below(80)}`
  })
  return ['subject_id,arm,sex,score', ...rows, ''].join('\n')
}

function configOf({
  at,
  isAsker,
  bootstrap,
  researcher
}: {
  at: number
  isAsker: boolean
  bootstrap: readonly string[]
  researcher: string
}) {
  return {
    node_id: `node-${at}`,
    institution: `Hospital ${at}`,
    data_dir: './data',
    federation: { charter: '../charter.json' },
    // The address is that of the configuration's form only: nothing listens.
    mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap, neighbours: 12 },
    gateway: isAsker ? { port: 0, requests_per_minute: 1_000_000, logins_per_minute: 1_000_000 } : { enabled: false },
    sandbox: { engine: 'none' },
    log: { level: 'silent' },
    requesters: [researcher],
    audit: { witness_every_minutes: 1 },
    catalogs: [
      {
        name: CATALOG,
        access_level: 'public',
        subject_key: 'subject_id',
        synthetic: false,
        budget: { project_rho: '0.2', lifetime_rho: '0.2' },
        tables: [
          {
            name: 'people',
            file: 'people.csv',
            one_row_per_subject: true,
            variables: [
              { name: 'arm', type: 'category', levels: ['control', 'treatment'] },
              { name: 'sex', type: 'category', levels: ['female', 'male'], identifying: true },
              { name: 'score', type: 'integer', minimum: 0, maximum: 80 }
            ]
          }
        ]
      }
    ]
  }
}

/** Starts the peer of a folder. `settle` lets time pass while it starts. */
export async function start(
  node: SimulatedPeer,
  network: Network,
  { settle, failed }: { settle: <T>(work: Promise<T>) => Promise<T>; failed: (error: unknown, during: string) => void }
): Promise<void> {
  const { time } = network
  const run = { isStopped: false, doom: undefined as Moment | undefined, mesh: undefined as MemoryMesh | undefined }
  const events = {
    ...createEvents({ level: 'silent' as const, nodeId: node.folder }),
    unexpected: (error: unknown, during: string) => run.isStopped || failed(error, `${node.id} ${during}`)
  }
  const servers: Server[] = []
  const listening = (message: unknown) => servers.push((message as { server: Server }).server)
  subscribe('tracing:net.server.listen:asyncStart', listening)
  const peer = await settle(
    startPeer(await loadConfig(node.configFile, {}), {
      events,
      passwordCost: CHEAP_PASSWORDS,
      clock: time.clock(node.skewMs, () => run.isStopped),
      random: node.dice,
      every: (ms, work) => every(time, ms, work, () => run.isStopped),
      createMesh: (settings, deps) => {
        run.mesh = new MemoryMesh(node.id, settings, deps, network, node.known)
        return Promise.resolve(run.mesh)
      }
    })
  )
  unsubscribe('tracing:net.server.listen:asyncStart', listening)
  if (node.isAsker && !peer.accounts.get('ada')) {
    await peer.accounts.put({ name: 'ada', roles: ['researcher'], password: PASSWORD })
  }
  const gone = () => {
    run.isStopped = true
    node.isGone = true
    run.mesh?.kill()
  }
  dooming(peer, run, gone)
  Object.assign(node, { peer, mesh: run.mesh, isGone: false })
  node.release = async () => {
    if (!run.isStopped) return peer.stop()
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    for (const catalog of peer.catalogs.values()) await catalog.close()
    await peer.database.root.close()
  }
  kills.set(node, (moment) => {
    if (moment === 'at rest') gone()
    else run.doom = moment
  })
}

const kills = new WeakMap<SimulatedPeer, (moment: Moment) => void>()

/** The machine stops now, or at its next write: all that it wrote before stays, and nothing else happens there. */
export function kill(node: SimulatedPeer, moment: Moment): void {
  kills.get(node)?.(moment)
}

/** Closes what a killed peer has open in this process, so that its disk can be used again. */
export async function bury(node: SimulatedPeer): Promise<void> {
  await rest()
  await node.release()
  Object.assign(node, { peer: undefined, mesh: undefined })
}

/** A copy of the disk as it is. */
export async function copyDisk(node: SimulatedPeer): Promise<string> {
  const copy = `${node.folder}/copy`
  await rm(copy, { recursive: true, force: true })
  await cp(join(node.folder, 'data'), copy, { recursive: true })
  return copy
}

/** Puts a copy in the place of the disk of a peer that is gone. */
export async function putBack(node: SimulatedPeer, copy: string): Promise<void> {
  await rm(join(node.folder, 'data'), { recursive: true })
  await cp(copy, join(node.folder, 'data'), { recursive: true })
  node.isRestored = true
}

function dooming(peer: Peer, run: { isStopped: boolean; doom: Moment | undefined }, gone: () => void): void {
  const root = peer.database.root as unknown as { batch: (...all: unknown[]) => Promise<void> }
  const write = root.batch.bind(root)
  const never = new Promise<void>(() => undefined)
  root.batch = async (...all) => {
    if (run.doom === 'before a write') gone()
    if (run.isStopped) return never
    await write(...all)
    if (run.doom === 'after a write') gone()
    return run.isStopped ? never : undefined
  }
}

function every(time: Network['time'], ms: number, work: () => void, isStopped: () => boolean): () => void {
  let cancel: () => void
  const again = () => {
    cancel = time.after(ms, () => {
      if (isStopped()) return
      work()
      again()
    })
  }
  again()
  return () => cancel()
}
