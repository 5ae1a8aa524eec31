/**
 * The demo: three institutions on this machine find each other, a researcher broadcasts a signed job, and one pooled answer is returned.
 * `--serve` keeps the institutions running on ports 8000–8002.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { answerText } from '@stimnet/cli'
import { loadConfig, type Peer, startPeer } from '@stimnet/peer'
import { cryptographicRandom, type Filter, type Program, signerFromSeed } from '@stimnet/protocol'
import { type Broadcast, type Client, createClient, signRequest, verifyAndPool } from '@stimnet/sdk'
import { stringify } from 'yaml'
import { demoCatalogs } from './demo/catalogs.ts'
import { DEMO_SITES, type DemoSite, writeDemoData } from './demo/data.ts'
import { MODEL, PYTHON, SQL, SURVIVAL, suggestions, TOO_SMALL } from './demo/questions.ts'

const HELP = `usage: npm run demo [-- --serve] [--sandbox auto|wasm|docker]

Starts three institutions with synthetic data on this machine, asks them a few questions and stops.
  --serve           keep them up on ports 8000, 8001 and 8002 until Ctrl-C
  --sandbox ENGINE  what runs scripts: docker (its image is built first, a few minutes once), wasm (nothing to install),
                    or auto (default): Docker where an engine answers and has an image, else wasm
  --help            this text
`

const ENGINES = ['auto', 'wasm', 'docker'] as const
type EngineChoice = (typeof ENGINES)[number]

const say = (text = '') => process.stdout.write(`${text}\n`)
const started = performance.now()
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`

async function main(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args)
  if (values.help) {
    say(HELP)
    return 0
  }
  const { serve } = values
  const engine = ENGINES.find((known) => known === values.sandbox)
  if (engine === undefined) throw new UsageError(`--sandbox is one of ${ENGINES.join(', ')}`)
  if (engine === 'docker') await buildImage()
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-demo-'))
  const peers: Peer[] = []
  const stopping = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.resolve())
  try {
    await startInstitutions({ folder, serve, engine }, peers)
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

class UsageError extends Error {}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        serve: { type: 'boolean', default: false },
        sandbox: { type: 'string', default: 'auto' },
        help: { type: 'boolean', default: false }
      }
    })
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause))
  }
}

/** Builds the Docker image if its inputs have changed. Progress is printed on standard error. */
async function buildImage(): Promise<void> {
  const script = join(import.meta.dirname, 'images.ts')
  const child = spawn(process.execPath, [script, '--only', 'python'], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('the image for Docker could not be built; --sandbox wasm needs none')
}

interface DemoChoices {
  readonly folder: string
  readonly serve: boolean
  readonly engine: EngineChoice
}

async function startInstitutions({ folder, serve, engine }: DemoChoices, peers: Peer[]): Promise<void> {
  say('Three institutions with synthetic data start on this machine.')
  for (const [at, site] of DEMO_SITES.entries()) {
    const port = serve ? 8000 + at : 0
    if (serve && !(await isFree(port)))
      throw new Error(`port ${port} is taken: stop what listens there, then try again`)
    const sandbox = { engine, pool_size: 1, cache_dir: join(folder, 'sandbox') }
    peers.push(await startInstitution({ folder: join(folder, site.nodeId), sandbox, port }, site, peers[0]))
    say(`  ${site.institution.padEnd(34)} ${peers.at(-1)?.peerId}  (${seconds()})`)
  }
  await until(() => peers.every((peer) => peer.mesh.connected().length === DEMO_SITES.length - 1))
  say(`They found each other: libp2p over TCP, encrypted with Noise, catalogs in a Kademlia DHT.  (${seconds()})`)
}

async function startInstitution(
  { folder, sandbox, port }: { folder: string; sandbox: object; port: number },
  site: DemoSite,
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
    sandbox,
    log: { level: 'error' },
    catalogs: demoCatalogs('data')
  }
  await writeFile(configFile, stringify(config))
  const peer = await startPeer(await loadConfig(configFile, {}))
  // Well-known passwords are acceptable only here, because only this machine can reach the gateway.
  await peer.accounts.put({ name: 'demo', roles: ['researcher'], password: 'demo' })
  for (const name of ['sue', 'tom']) await peer.accounts.put({ name, roles: ['steward', 'auditor'], password: 'demo' })
  return peer
}

async function ask(peers: readonly Peer[]): Promise<boolean> {
  const client = createClient({ url: peers[0]?.gatewayUrl ?? '' })
  await client.authenticate('demo', 'demo')
  const signer = await signerFromSeed(cryptographicRandom.bytes(32))
  const targets = peers.map(({ peerId }) => peerId)
  say(`\nA researcher with the key ${signer.id} asks all three at once. Each request is signed.`)
  const question = async (heading: string, program: Program, { where, catalog = CLINICAL }: Asked = {}) => {
    say(`\n── ${heading} ${'─'.repeat(Math.max(0, 76 - heading.length))}\n`)
    say(`${textOf(program)}\n`)
    if (where) say(`Only subjects with: ${JSON.stringify(where)}\n`)
    const signed = await signRequest({
      signer,
      catalog,
      program,
      targets,
      carrier: peers[0]?.peerId ?? '',
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
  say(ranIn(python.answer))
  const named = async (heading: string, catalog: string, statistic: typeof MODEL | typeof SURVIVAL) =>
    question(heading, { kind: 'statistic', statistic }, { catalog })
  const model = await named('A linear regression, as if the rows of all three were one table', 'imaging_data', MODEL)
  const survival = await named('Survival on the grid that all three have in common', 'safety_data', SURVIVAL)
  const small = await question(
    'A cohort that is too small',
    { kind: 'sql', sql: TOO_SMALL.sql },
    { where: TOO_SMALL.where as never }
  )

  say(`── Proof ${'─'.repeat(70)}\n`)
  const verified = [sql, python, model, survival, small].map(({ answer, requestHash }) =>
    verifyAndPool(answer, { requestHash, peers: targets })
  )
  const receipts = (await Promise.all(verified)).flatMap(({ parts }) => parts)
  const holding = receipts.filter((part) => part.verified).length
  say(
    `Receipts: ${holding} of ${receipts.length} verify: signed by the institution, over this request and this output.`
  )
  let whole = 0
  for (const peer of peers) whole += (await peer.database.auditLog.verify()).ok ? 1 : 0
  say(`Audit logs: ${whole} of ${peers.length} are whole: every record stands in the tree whose root they sign.`)
  const isAnswered = [sql, python, model, survival].every(({ answer }) => answer.state === 'completed')
  const asExpected = isAnswered && small.answer.parts.every((p) => p.state === 'blocked')
  say(`Done in ${seconds()}.`)
  return asExpected && holding === receipts.length && whole === peers.length
}

const CLINICAL = 'clinical_trial_data'

/** The settings of a demo question other than its program. */
interface Asked {
  readonly where?: Filter
  readonly catalog?: string
}

function textOf(program: Program): string {
  if (program.kind === 'sql') return program.sql
  return program.kind === 'script'
    ? program.code
    : String(program.statistic.arguments.formula ?? program.statistic.name)
}

/** A sentence with the sandboxes named in the receipts. */
function ranIn({ parts }: Broadcast): string {
  const told = parts.flatMap(({ engine, sandbox_grade: grade }) => (engine ? [`${engine} (${grade})`] : []))
  return `Each receipt names the sandbox it ran in: ${[...new Set(told)].join(', ')}.\n`
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
  if (error instanceof UsageError) process.stderr.write(`\n${HELP}`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
