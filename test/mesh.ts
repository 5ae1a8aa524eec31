/** A whole federation for tests, in one process or several: peers with demo data in a temporary folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createEvents, loadConfig, type Peer, type PeerOptions, startPeer } from '@stimnet/peer'
import { type Broadcast, type Client, createClient } from '@stimnet/sdk'
import { stringify } from 'yaml'
import { demoCatalogs } from '../scripts/demo/catalogs.ts'
import { DEMO_SITES, type DemoSite, writeDemoData } from '../scripts/demo/data.ts'
import { type Ending, scratchFolder } from './scratch.ts'

export { freePort, scratchFolder } from './scratch.ts'

export const PASSWORD = 'correct horse battery'

/** One institution's folder, with its configuration, its data and everything that it writes. */
export interface Site {
  readonly folder: string
  readonly configFile: string
  readonly site: DemoSite
}

export interface SiteOptions {
  readonly bootstrap?: readonly string[]
  /** Merged into the sections of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** Writes data and configuration of one institution. Scripts are off unless the configuration says otherwise. */
export async function writeSite(parent: string, at: number, options: SiteOptions = {}): Promise<Site> {
  const site = DEMO_SITES[at % DEMO_SITES.length] ?? DEMO_SITES[0]
  if (!site) throw new Error('no demo sites')
  const named = { ...site, nodeId: `node-${at + 1}`, seed: site.seed + at }
  const folder = join(parent, named.nodeId)
  await mkdir(folder, { recursive: true })
  await writeDemoData(join(folder, 'data'), named)
  const config = {
    node_id: named.nodeId,
    institution: `${named.institution}${at < DEMO_SITES.length ? '' : ` ${at + 1}`}`,
    data_dir: './stimnet-data',
    mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: options.bootstrap ?? [], open: true },
    gateway: { port: 0 },
    sandbox: { engine: 'none' },
    log: { level: 'silent' },
    catalogs: demoCatalogs('data'),
    ...options.config
  }
  const configFile = join(folder, 'stimnet.yaml')
  await writeFile(configFile, stringify(config))
  return { folder, configFile, site: named }
}

/** scrypt at a thousandth of the cost: half of the time of some scenarios went into hashing the password of their test account. */
export const CHEAP_PASSWORDS = { N: 2 ** 10, r: 8, p: 1 }

/** Starts a peer in this process. */
export async function startSite(site: Site, options: PeerOptions = {}): Promise<Peer> {
  const events = createEvents({ level: process.env.STIMNET_TEST_LOG ?? 'silent', nodeId: site.site.nodeId })
  const peer = await startPeer(await loadConfig(site.configFile, {}), {
    events,
    passwordCost: CHEAP_PASSWORDS,
    ...options
  })
  if (!peer.accounts.get('ada')) {
    await peer.accounts.put({ name: 'ada', roles: ['researcher', 'auditor'], password: PASSWORD })
  }
  return peer
}

export interface Federation {
  readonly peers: readonly Peer[]
  readonly sites: readonly Site[]
  /** A client that is logged in as ada at a peer's gateway. */
  client(at: number): Promise<Client>
}

export interface FederationOptions extends SiteOptions {
  /** The configuration of each site instead of `config`. */
  readonly configOf?: (at: number) => Readonly<Record<string, unknown>>
  /** Called with each site before its peer starts. */
  readonly prepare?: (site: Site, at: number) => Promise<unknown>
  readonly peer?: PeerOptions
}

/** Starts n peers that join through the first one, and waits until all are connected with each other. */
export async function startFederation(t: Ending, n: number, options: FederationOptions = {}): Promise<Federation> {
  const parent = await scratchFolder(t)
  const peers: Peer[] = []
  const sites: Site[] = []
  // Registered after the folder, so that the peers stop before the folder is removed.
  t.after(() => Promise.all(peers.map((peer) => peer.stop())))
  for (let at = 0; at < n; at++) {
    const bootstrap = peers[0]?.addresses.slice(0, 1) ?? []
    const config = options.configOf?.(at) ?? options.config ?? {}
    const site = await writeSite(parent, at, { config, bootstrap })
    await options.prepare?.(site, at)
    sites.push(site)
    peers.push(await startSite(site, options.peer))
  }
  await until(() => peers.every((peer) => peer.mesh.connected().length >= n - 1), 'all peers are connected')
  return { peers, sites, client: (at) => clientOf(peers[at]) }
}

export async function clientOf(peer: { gatewayUrl: string | undefined } | undefined, name = 'ada'): Promise<Client> {
  const client = createClient({ url: peer?.gatewayUrl ?? '' })
  await client.authenticate(name, PASSWORD)
  return client
}

/** The answer to a question that is sent to several peers, after all of them have ended. */
export async function answerOf(client: Client, question: object): Promise<Broadcast> {
  const { id } = await client.submitBroadcast(question as never)
  for await (const _ of client.watchBroadcast(id)) void _
  return client.broadcast(id)
}

/** Waits for a condition. The time limit is generous, since speed is not tested here. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  options: { withinMs?: number } = {}
): Promise<void> {
  const end = performance.now() + (options.withinMs ?? 180_000)
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** A peer in a process of its own, as an institution runs it. */
export interface PeerProcess {
  readonly process: ChildProcess
  readonly peerId: string
  readonly addresses: readonly string[]
  readonly gatewayUrl: string
  /** Sends SIGKILL and waits for the end of the process. */
  kill(): Promise<void>
  /** Sends SIGTERM and waits for the end of the process. Returns its exit code. */
  stop(): Promise<number | null>
}

/** The environment variable for the cache of compiled sources, which the project's scripts use too. */
const compileCache = (): Record<string, string> => {
  const { NODE_COMPILE_CACHE } = process.env
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }
}

const MAIN = join(import.meta.dirname, '../packages/cli/src/main.ts')

/** The exit code and output of a run of `stimnet`. */
export interface CommandRun {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Options for observing or ending a running command. */
export interface RunOptions {
  /** Called with each piece of standard output and standard error. */
  readonly onOut?: (text: string) => void
  readonly onErr?: (text: string) => void
  /** Its abort acts like Ctrl-C. */
  readonly signal?: AbortSignal
}

/** A function that runs `stimnet` like a person, with `home` as home folder. */
export function stimnetIn(
  home: string
): (args: readonly string[], input?: string, options?: RunOptions) => Promise<CommandRun> {
  return async (args, input = '', { onOut, onErr, signal } = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { PATH: process.env.PATH ?? '', HOME: home, ...compileCache() },
      cwd: home
    })
    signal?.addEventListener('abort', () => child.kill('SIGINT'), { once: true })
    const collected = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      collected.out += text
      onOut?.(text)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      collected.err += text
      onErr?.(text)
    })
    child.stdin.end(input)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, ...collected }
  }
}

/** Runs `stimnet start` for a site. Resolves when the peer serves. */
export async function spawnSite(t: Ending, site: Site): Promise<PeerProcess> {
  const child = spawn(process.execPath, [MAIN, 'start', '--config', site.configFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: site.folder, ...compileCache() }
  })
  const exited = once(child, 'exit')
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await exited
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err = (err + text).slice(-8_000)
  })
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`the peer ended with ${child.exitCode}: ${err}`)
      return /^Catalogs .*$/m.test(out)
    },
    `${site.site.nodeId} serves`,
    { withinMs: 180_000 }
  )
  const all = (name: string) => [...out.matchAll(new RegExp(`^${name} +(.*)$`, 'gm'))].map((match) => match[1] ?? '')
  return {
    process: child,
    peerId: all('PeerId')[0] ?? '',
    addresses: all('Address'),
    gatewayUrl: all('Gateway')[0] ?? '',
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    stop: async () => {
      child.kill('SIGTERM')
      await exited
      return child.exitCode
    }
  }
}
