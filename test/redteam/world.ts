/** A federation of the three institutions, with the target or without, and the ways in which an outsider can query it. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Peer } from '@stimnet/peer'
import { LIMITS, type Signer, signerFromSeed } from '@stimnet/protocol'
import { type Client, createClient, type Job, verifyReceipt } from '@stimnet/sdk'
import { stringify } from 'yaml'
import { answerOf, PASSWORD, type Site, startSite, until } from '../mesh.ts'
import type { Attack } from './attack.ts'
import { catalogOf, csvOf, SITES, type SiteData, type SiteName, siteData } from './fixture.ts'
import { type Answer, answerOfBroadcast, answerOfError, answerOfJob, type Evidence } from './observe.ts'

/** Further fields of a request, beside its program. */
export type More = Readonly<Record<string, unknown>>

/** One of the two worlds. */
export interface World {
  readonly target: boolean
  readonly data: Readonly<Record<SiteName, SiteData>>
  readonly peers: Readonly<Record<SiteName, Peer>>
  /** Two researchers at the large site's gateway, and one at the small site's. */
  readonly clients: { readonly eve: Client; readonly mallory: Client; readonly abroad: Client }
  /** Sends SQL as Eve to the site with the catalog. */
  sql(catalog: string, text: string, more?: More): Promise<Answer>
  statistic(catalog: string, call: object, more?: More): Promise<Answer>
  python(catalog: string, code: string, more?: More): Promise<Answer>
  /** Sends any submission with any client. */
  ask(client: Client, submission: More): Promise<Answer>
  /** Sends SQL to all sites that offer the catalog. */
  broadcast(catalog: string, text: string, more?: More): Promise<Answer>
  /** Jobs that were seen to end at a time off the release grid, or that could not be checked. Must stay empty. */
  readonly offGrid: string[]
  stop(): Promise<void>
}

/** The name of an attack's catalog. */
export function catalogName({ id, shares }: Attack): string {
  return `c_${(shares ?? id).toLowerCase()}`
}

/** The sites that have an attack's catalog. */
export function siteOf({ site = 'large' }: Attack): readonly SiteName[] {
  return site === 'all' ? SITES : [site]
}

/** Starts a world with a separate catalog for each attack, so that attacks share no ledger. */
export async function startWorld(
  folder: string,
  options: { target: boolean; attacks: readonly Attack[]; cacheDir: string }
): Promise<World> {
  const signers = await Promise.all(SITES.map((_, i) => signerFromSeed(seedOf(i))))
  const ids = signers.map(({ id }) => id)
  const data = Object.fromEntries(SITES.map((site) => [site, siteData(site, options)])) as World['data']
  const peers: Peer[] = []
  for (const [at, site] of SITES.entries()) {
    const bootstrap = peers[0]?.addresses.slice(0, 1) ?? []
    const written = await writeSite(folder, site, { ...options, data: data[site], at, ids, bootstrap })
    peers.push(await startSite(written))
  }
  const connected = () => peers.every((peer) => peer.mesh.connected().length === SITES.length - 1)
  await until(connected, 'the institutions are connected', { withinMs: 60_000 })
  const bySite = Object.fromEntries(SITES.map((site, i) => [site, peers[i]])) as World['peers']
  return worldOf(options, data, bySite)
}

/** The key of a researcher who signs requests and is permitted at all sites. */
export function researcherKey(): Promise<Signer> {
  return signerFromSeed(new Uint8Array(32).fill(77))
}

/** The seed of a peer's key. Both worlds use the same keys, so that PeerIds do not differ. */
function seedOf(at: number): Uint8Array {
  return new Uint8Array(32).fill(at + 1)
}

const runsScripts = ({ catalog }: Attack): boolean => catalog !== undefined && 'scripts' in catalog

interface WriteOptions {
  readonly attacks: readonly Attack[]
  readonly data: SiteData
  readonly at: number
  readonly ids: readonly string[]
  readonly bootstrap: readonly string[]
  readonly cacheDir: string
}

async function writeSite(parent: string, site: SiteName, options: WriteOptions): Promise<Site> {
  const { attacks, data, at, ids, bootstrap, cacheDir } = options
  const folder = join(parent, site)
  await mkdir(join(folder, 'data'), { recursive: true })
  await mkdir(join(folder, 'stimnet-data'), { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'stimnet-data', 'identity.key'), `${Buffer.from(seedOf(at)).toString('hex')}\n`, {
    mode: 0o600
  })
  const text = csvOf(data)
  const catalogs: object[] = []
  const here = new Map(attacks.filter((each) => siteOf(each).includes(site)).map((each) => [catalogName(each), each]))
  for (const [name, attack] of here) {
    // Each catalog has its own files, because one file behind two catalogs is refused.
    const files = { people: `data/${name}_people.csv`, visits: `data/${name}_visits.csv` }
    await writeFile(join(folder, files.people), text.people)
    await writeFile(join(folder, files.visits), text.visits)
    catalogs.push(catalogOf(site, name, files, attack.catalog ?? {}))
    if (attack.twin === true) catalogs.push(await twinOf({ site, name, folder, text }))
  }
  const config = {
    node_id: site,
    institution: `The ${site} institution`,
    mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap, peers: ids.filter((_, i) => i !== at) },
    requesters: [
      'gateway:self',
      (await researcherKey()).id,
      ...ids.filter((_, i) => i !== at).map((id) => `gateway:${id}`)
    ],
    gateway: { port: 0, requests_per_minute: 1_000_000, logins_per_minute: 1_000 },
    // The tiny site rounds: counts to five, the rest to four digits.
    ...(site === 'tiny' ? { privacy: { preset: 'opensafely', min_cohort_size: 8 } } : {}),
    sandbox:
      site === 'small' && attacks.some(runsScripts)
        ? { engine: 'wasm', pool_size: 2, cache_dir: cacheDir, wall_time_ms: 20_000 }
        : { engine: 'none' },
    jobs: { concurrency: 4, queue_per_requester_max: 100 },
    log: { level: 'silent' },
    catalogs
  }
  const configFile = join(folder, 'stimnet.yaml')
  await writeFile(configFile, stringify(config))
  return { folder, configFile, site: { nodeId: site, institution: site, seed: at, shift: 0 } }
}

/** A second catalog with the same people, in files of its own. */
async function twinOf(parts: {
  site: SiteName
  name: string
  folder: string
  text: { people: string; visits: string }
}) {
  const { site, name, folder, text } = parts
  const files = { people: `data/${name}_twin_people.csv`, visits: `data/${name}_twin_visits.csv` }
  await writeFile(join(folder, files.people), text.people)
  await writeFile(join(folder, files.visits), text.visits)
  return catalogOf(site, `${name}_twin`, files, {})
}

async function accountAt(peer: Peer, name: string): Promise<Client> {
  await peer.accounts.put({ name, roles: ['researcher'], password: PASSWORD })
  const client = createClient({ url: peer.gatewayUrl ?? '' })
  await client.authenticate(name, PASSWORD)
  return client
}

async function worldOf(
  { target, attacks }: { target: boolean; attacks: readonly Attack[] },
  data: World['data'],
  peers: World['peers']
): Promise<World> {
  const clients = {
    eve: await accountAt(peers.large, 'eve'),
    mallory: await accountAt(peers.large, 'mallory'),
    abroad: await accountAt(peers.small, 'abroad')
  }
  const offGrid: string[] = []
  const holder = new Map(attacks.map((attack) => [catalogName(attack), siteOf(attack)[0] ?? 'large']))
  const evidenceOf = async (receipts: readonly (Evidence | null)[]) => {
    const evidence = receipts.flatMap((each) => (each === null ? [] : [each]))
    for (const each of evidence) await checkGrid(each, peers, offGrid)
    return evidence
  }
  const ask = async (client: Client, submission: More): Promise<Answer> => {
    try {
      const { job_id } = await client.submitJob(submission as never)
      const job = await client.waitForJob(job_id)
      return answerOfJob(job, await evidenceOf([await evidenceOfJob(client, job)]))
    } catch (error) {
      return answerOfError(error)
    }
  }
  const askHolder = (catalog: string, type: string, content: string, more: More = {}) =>
    ask(clients.eve, {
      target_node_id: holder.get(catalog) ?? 'large',
      data_catalog_name: catalog,
      script_type: type,
      script_content: content,
      ...more
    })
  return {
    target,
    data,
    peers,
    clients,
    offGrid,
    ask,
    sql: (catalog, text, more) => askHolder(catalog, 'sql', text, more),
    statistic: (catalog, call, more) => askHolder(catalog, 'statistic', JSON.stringify(call), more),
    python: (catalog, code, more) => askHolder(catalog, 'python', code, more),
    broadcast: async (catalog, text, more = {}) => {
      try {
        const submission = { data_catalog_name: catalog, script_type: 'sql', script_content: text, ...more }
        const ended = await answerOf(clients.eve, submission)
        const receipts = ended.parts.map((part): Evidence | null =>
          part.receipt === null ? null : { peerId: part.peer_id, jobId: part.job_id, receipt: part.receipt }
        )
        return answerOfBroadcast(ended, await evidenceOf(receipts))
      } catch (error) {
        return answerOfError(error)
      }
    },
    stop: async () => {
      await Promise.all(Object.values(peers).map((peer) => peer.stop()))
    }
  }
}

async function evidenceOfJob(client: Client, job: Job): Promise<Evidence | null> {
  if (job.receipt === null) return null
  const broadcast = await client.broadcast(job.job_id)
  const [part] = broadcast.parts
  return part ? { peerId: part.peer_id, jobId: part.job_id, receipt: job.receipt } : null
}

/**
 * Checks that the published end of a job and the time of its seal are on the release grid, counted from its admission. The time
 * of admission is in the serving peer's store.
 */
async function checkGrid(
  { peerId, jobId, receipt }: Evidence,
  peers: World['peers'],
  offGrid: string[]
): Promise<void> {
  const serving = Object.values(peers).find((peer) => peer.peerId === peerId)
  const job = await serving?.database.json<{ admittedAtMs: number; programWord: string }>('jobs').get(jobId)
  if (!job) return void offGrid.push(`${jobId}: not found at its peer`)
  const { result, receipt: own, issuedAtMs } = await verifyReceipt(receipt, { expectedPeer: peerId })
  const took = own.releasedAtMs - job.admittedAtMs
  const isFine = Number.isInteger(took / LIMITS.releaseGridMs)
  const doublings = Math.log2(took / LIMITS.scriptGridMs)
  const isCoarse = Number.isInteger(doublings) && doublings >= 0
  // A refusal before the program starts is on the fine grid, whatever the program.
  const isFineEnd = ['sql', 'statistic'].includes(job.programWord) || result.code === 'COHORT_NOT_RELEASABLE'
  if (!(isFineEnd ? isFine : isCoarse)) offGrid.push(`${jobId}: ended after ${took} ms`)
  if (issuedAtMs !== own.releasedAtMs) offGrid.push(`${jobId}: sealed apart from its end`)
}
