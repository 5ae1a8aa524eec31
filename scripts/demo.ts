/**
 * The demo: three institutions on this machine find each other, a researcher broadcasts a signed job, and one pooled
 * answer comes back. `--serve` keeps them up on ports 8000–8002.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answerText, loadConfig, type Peer, startPeer } from '@stimnet/peer'
import { cryptographicRandom, type Filter, type Program, signerFromSeed } from '@stimnet/protocol'
import { type Broadcast, type Client, createClient, signRequest, verifyAndPool } from '@stimnet/sdk'
import { stringify } from 'yaml'
import { demoCatalogs } from './demo/catalogs.ts'
import { DEMO_SITES, type DemoSite, writeDemoData } from './demo/data.ts'
import { PYTHON, SQL, suggestions, TOO_SMALL } from './demo/questions.ts'

const HELP = `usage: npm run demo [-- --serve]

Starts three institutions with synthetic data on this machine, asks them a few questions and stops.
  --serve   keep them up on ports 8000, 8001 and 8002 until Ctrl-C
`

const say = (text = '') => process.stdout.write(`${text}\n`)
const started = performance.now()
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    say(HELP)
    return 0
  }
  const unknown = args.find((arg) => arg !== '--serve')
  if (unknown !== undefined) {
    process.stderr.write(`demo: there is no option ${unknown}\n\n${HELP}`)
    return 2
  }
  const serve = args.includes('--serve')
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-demo-'))
  const peers: Peer[] = []
  const stopping = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.resolve())
  try {
    await startInstitutions(folder, serve, peers)
    const ok = await ask(peers)
    if (serve) {
      say(suggestions(peers[0]?.gatewayUrl ?? ''))
      await stopping.promise
    }
    return ok ? 0 : 1
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()))
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function startInstitutions(folder: string, serve: boolean, peers: Peer[]): Promise<void> {
  say('Three institutions with synthetic data start on this machine.')
  for (const [at, site] of DEMO_SITES.entries()) {
    const port = serve ? 8000 + at : 0
    if (serve && !(await isFree(port)))
      throw new Error(`port ${port} is taken: stop what listens there, then try again`)
    peers.push(await startInstitution(join(folder, site.nodeId), join(folder, 'sandbox'), site, port, peers[0]))
    say(`  ${site.institution.padEnd(34)} ${peers.at(-1)?.peerId}  (${seconds()})`)
  }
  await until(() => peers.every((peer) => peer.mesh.connected().length === DEMO_SITES.length - 1))
  say(`They found each other: libp2p over TCP, encrypted with Noise, catalogs in a Kademlia DHT.  (${seconds()})`)
}

async function startInstitution(
  folder: string,
  sandboxCache: string,
  site: DemoSite,
  port: number,
  first: Peer | undefined
): Promise<Peer> {
  await mkdir(folder, { recursive: true })
  await writeDemoData(join(folder, 'data'), site)
  const configFile = join(folder, 'stimnet.yaml')
  const config = {
    node_id: site.nodeId,
    institution: site.institution,
    mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: first?.addresses.slice(0, 1) ?? [], open: true },
    gateway: { port },
    sandbox: { pool_size: 1, cache_dir: sandboxCache },
    log: { level: 'error' },
    catalogs: demoCatalogs('data')
  }
  await writeFile(configFile, stringify(config))
  const peer = await startPeer(await loadConfig(configFile, {}))
  // Only here: a password everybody knows, on a gateway that only this machine reaches.
  await peer.accounts.put({ name: 'demo', roles: ['researcher', 'auditor'], password: 'demo' })
  return peer
}

async function ask(peers: readonly Peer[]): Promise<boolean> {
  const client = createClient({ url: peers[0]?.gatewayUrl ?? '' })
  await client.authenticate('demo', 'demo')
  const signer = await signerFromSeed(cryptographicRandom.bytes(32))
  const targets = peers.map(({ peerId }) => peerId)
  say(`\nA researcher with the key ${signer.id} asks all three at once. Each request is signed.`)
  const question = async (heading: string, program: Program, where?: Filter) => {
    say(`\n── ${heading} ${'─'.repeat(Math.max(0, 76 - heading.length))}\n`)
    say(`${program.kind === 'sql' ? program.sql : program.kind === 'script' ? program.code : ''}\n`)
    if (where) say(`Only subjects with: ${JSON.stringify(where)}\n`)
    const signed = await signRequest({
      signer,
      catalog: 'clinical_trial_data',
      program,
      targets,
      ...(where ? { where } : {})
    })
    const answer = await follow(client, (await client.submitBroadcast(signed)).id)
    say(answerText(answer))
    return { answer, requestHash: signed.hash }
  }
  const sql = await question('SQL: motor score and quality of life at each visit', { kind: 'sql', sql: SQL })
  const python = await question('Python, in a sandbox without network or files', {
    kind: 'script',
    language: 'python',
    code: PYTHON
  })
  const small = await question(
    'A cohort that is too small',
    { kind: 'sql', sql: TOO_SMALL.sql },
    TOO_SMALL.where as never
  )

  say(`── Proof ${'─'.repeat(70)}\n`)
  const verified = [sql, python, small].map(({ answer, requestHash }) =>
    verifyAndPool(answer, { requestHash, peers: targets })
  )
  const receipts = (await Promise.all(verified)).flatMap(({ parts }) => parts)
  const holding = receipts.filter((part) => part.verified).length
  say(
    `Receipts: ${holding} of ${receipts.length} verify: signed by the institution, over this request and this output.`
  )
  let whole = 0
  for (const peer of peers) whole += (await peer.database.auditLog.verify()).ok ? 1 : 0
  say(`Audit logs: ${whole} of ${peers.length} are whole, every record chained to the one before.`)
  const asExpected =
    sql.answer.state === 'completed' &&
    python.answer.state === 'completed' &&
    small.answer.parts.every((p) => p.state === 'blocked')
  say(`Done in ${seconds()}.`)
  return asExpected && holding === receipts.length && whole === peers.length
}

async function follow(client: Client, id: string): Promise<Broadcast> {
  for await (const { parts } of client.watchBroadcast(id)) {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${parts.map((part) => part.state).join('  ')}`)
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K')
  return client.broadcast(id)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 30_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('the institutions did not find each other within 30 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
