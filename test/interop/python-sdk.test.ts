/** The Python SDK against a running mesh of three institutions, and its own tests. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Federation, PASSWORD, startFederation } from '../mesh.ts'

const SDK = join(import.meta.dirname, '../../packages/sdk-python')
const SEED = '42'.repeat(32)
// A second Python may stand before the system's own, without the packages that were installed for that.
const PYTHONS = ['python3', '/usr/bin/python3']
const NEEDED = 'import httpx, cryptography'

const PYTHON = PYTHONS.find((name) => spawnSync(name, ['-c', NEEDED]).status === 0)
const skip = PYTHON === undefined && `no Python here has httpx and cryptography (${PYTHONS.join(', ')})`

interface PythonRun {
  readonly code: number | null
  readonly text: string
}

/** Asynchronous: the peers it talks to run in this very process. */
async function python(args: readonly string[], env: Readonly<Record<string, string>>): Promise<PythonRun> {
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
  let federation: Federation
  let mesh = ''
  const stops: (() => unknown)[] = []

  before(async () => {
    federation = await startFederation({ after: (stop) => stops.unshift(stop) }, 3)
    mesh = JSON.stringify({
      urls: federation.peers.map(({ gatewayUrl }) => gatewayUrl),
      peers: federation.peers.map(({ peerId }) => peerId),
      password: PASSWORD,
      seed: SEED
    })
  })

  after(async () => {
    for (const stop of stops) await stop()
  })

  test('its tests against a running mesh pass', async () => {
    const run = await python(['-m', 'unittest', 'discover', '-t', '.', '-s', 'tests/mesh'], { STIMNET_TEST_MESH: mesh })
    assert.equal(run.code, 0, run.text)
    assert.match(run.text, /Ran \d+ tests/)
    assert.doesNotMatch(run.text, /skipped/)
  })
})
