/** Tests of the Python SDK against a running mesh of three institutions, and a run of its own tests. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { loadConfig, type Peer, startPeer } from '@stimnet/peer'
import { fakeSandbox } from '@stimnet/sandbox'
import { PASSWORD, scratchFolder, startFederation, writeSite } from '../mesh.ts'

const SDK = join(import.meta.dirname, '../../packages/sdk-python')
const EXAMPLES = join(import.meta.dirname, '../../examples')
const ACCOUNTS = { eve: ['researcher'], sue: ['steward'] } as const
// One steward suffices, and logins are not limited, because each test logs in again.
const CONFIG = {
  approvals: { needed: 1 },
  gateway: { port: 0, logins_per_minute: 10_000, requests_per_minute: 100_000 }
}
const sandbox = fakeSandbox({ answer: () => ({ result: '{"share female": 0.52}' }) })
const SEED = '42'.repeat(32)
// Another Python may come first in PATH, without the packages that were installed for the system's own.
const PYTHONS = ['python3', '/usr/bin/python3']
const NEEDED = 'import httpx, cryptography'

const MYPY = ['--strict', '--python-version=3.10', '--cache-dir=/dev/null', '--ignore-missing-imports']

const PYTHON = PYTHONS.find((name) => spawnSync(name, ['-c', NEEDED]).status === 0)
const skip = PYTHON === undefined && `no Python here has httpx and cryptography (${PYTHONS.join(', ')})`

interface PythonRun {
  readonly code: number | null
  readonly text: string
}

/** Runs Python asynchronously, because the peers that it talks to run in this process. */
async function python(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<PythonRun> {
  assert.ok(PYTHON)
  const child = spawn(PYTHON, ['-B', '-W', 'error', ...args], {
    cwd: SDK,
    env: { PATH: process.env.PATH ?? '', PYTHONPATH: join(SDK, 'src'), ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text = (text + piece).slice(-20_000)
    })
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, text }
}

describe('the Python SDK', { skip, timeout: 240_000 }, () => {
  let env: Readonly<Record<string, string>> = {}
  const stops: (() => unknown)[] = []

  before(async () => {
    const t = { after: (stop: () => unknown) => stops.unshift(stop) }
    const { peers } = await startFederation(t, 3, { config: CONFIG, peer: { sandbox } })
    for (const [name, roles] of Object.entries(ACCOUNTS))
      await peers[0]?.accounts.put({ name, roles, password: PASSWORD })
    const expiring = await startExpiring(t)
    const mesh = {
      ...{ urls: peers.map(({ gatewayUrl }) => gatewayUrl), peers: peers.map(({ peerId }) => peerId) },
      ...{ password: PASSWORD, seed: SEED, expiring: expiring.gatewayUrl, examples: EXAMPLES }
    }
    env = { STIMNET_TEST_MESH: JSON.stringify(mesh) }
  })

  after(async () => {
    for (const stop of stops) await stop()
  })

  test('everything it does without a mesh, and against servers that misbehave', async () => {
    const { code, text } = await python(['-m', 'unittest', 'discover', '-t', '.', '-s', 'tests', '-k', 'tests.test_'])
    assert.equal(code, 0, text)
    assert.match(text, /Ran \d\d+ tests/)
  })

  test('every method against three institutions', async () => {
    const { code, text } = await python(['-m', 'unittest', 'discover', '-t', '.', '-s', 'tests/mesh'], env)
    assert.equal(code, 0, text)
    assert.match(text, /Ran \d\d+ tests/)
    assert.doesNotMatch(text, /skipped/)
  })
})

const noMypy = spawnSync('mypy', ['--version']).status !== 0 && 'no mypy here'

test('the type hints of the Python SDK hold, also for the oldest Python it is for', { skip: noMypy }, () => {
  const { status, stdout } = spawnSync('mypy', [...MYPY, '-p', 'stimnet_client'], {
    cwd: join(SDK, 'src'),
    encoding: 'utf8'
  })
  assert.equal(status, 0, stdout)
})

/** A separate peer whose tokens are valid for seconds only. */
async function startExpiring(t: { after(stop: () => unknown): void }): Promise<Peer> {
  const { configFile } = await writeSite(await scratchFolder(t), 8)
  const { config, ...rest } = await loadConfig(configFile, {})
  const gateway = { ...config.gateway, token_lifetime_minutes: 5 / 60 }
  const peer = await startPeer({ ...rest, config: { ...config, gateway } })
  t.after(() => peer.stop())
  await peer.accounts.put({ name: 'ada', roles: ['researcher'], password: PASSWORD })
  return peer
}
