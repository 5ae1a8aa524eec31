import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { open as openFile, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Engine } from '../src/docker/engine.ts'
import { openDockerSandbox, openSandbox } from '../src/index.ts'
import { dockerHere } from './docker-engine.ts'
import { jobOf, LIMITS_OF_TESTS, MiB } from './jobs.ts'
import { eventually } from './processes.ts'
import { canStartEngine, type PrivateEngine, startPrivateEngine } from './private-engine.ts'

const here = await dockerHere('minimal')
const skip = here.skip || (canStartEngine ? false : 'only root starts an engine of its own')
const LONG = { ...LIMITS_OF_TESTS, wallTimeMsMax: 300_000 }

describe('an engine of its own', { skip }, () => {
  let engine: PrivateEngine
  const owner = `test-${randomUUID()}`
  const settings = () => ({ images: { python: here.image }, owner, poolSize: 0, socketPath: engine.socketPath })
  before(async () => {
    engine = await startPrivateEngine({ image: here.image, diskBytes: 1024 * MiB })
  })
  after(() => engine?.close())

  test('whose disk is full is told as the fault of the node, and runs again when there is room', async () => {
    const filler = join(engine.dataDir, 'filler')
    const sandbox = await openDockerSandbox(settings())
    await fill(filler)
    const full = await sandbox.run(jobOf('result = 1'), LIMITS_OF_TESTS)
    await rm(filler)
    const later = await sandbox.run(jobOf('result = 1'), LIMITS_OF_TESTS)
    await sandbox.close()
    assert.equal(full.ok ? 'ok' : full.code, 'SANDBOX_UNAVAILABLE')
    assert.equal(later.ok ? later.result : later.code, '1')
  })

  test('that is killed in the middle of a job is told as the fault of the node, which clears up when it is back', async () => {
    const sandbox = await openDockerSandbox(settings())
    const run = sandbox.run(jobOf('print("it runs", flush=True)\nwhile True: pass'), LONG)
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    await engine.kill()
    const outcome = await run
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'SANDBOX_UNAVAILABLE')
    assert.match(outcome.log, /it runs/)
    await sandbox.close()
    await engine.start()
    const again = await openDockerSandbox(settings())
    const later = await again.run(jobOf('result = 1'), LIMITS_OF_TESTS)
    await again.close()
    assert.equal(later.ok ? later.result : later.code, '1')
  })
})

test('one of two engines that is killed in the middle of a job has the job run on the other one', {
  skip
}, async () => {
  const engine = await startPrivateEngine({ image: here.image, diskBytes: 1024 * MiB })
  const owner = `test-${randomUUID()}`
  const shared = { images: { python: here.image }, owner }
  const away: string[] = []
  try {
    const { sandbox } = await openSandbox({
      engine: 'docker',
      poolSize: 0,
      docker: { ...shared, hosts: [{ socketPath: engine.socketPath }, {}] },
      wasm: { cacheDir: tmpdir() },
      onAway: (name) => away.push(name)
    })
    const run = sandbox.run(jobOf('import time\ntime.sleep(6)\nresult = 7'), LONG)
    assert.ok(await eventually(async () => (await containersOn(engine.socketPath)) === 1, { msMax: 30_000 }))
    await engine.kill()
    const outcome = await run
    await sandbox.close()
    assert.equal(outcome.ok ? outcome.result : outcome.code, '7')
    assert.deepEqual(await here.containersOf(owner), 0)
  } finally {
    await engine.close()
  }
})

async function containersOn(socketPath: string): Promise<number> {
  const { stdout } = await promisify(execFile)('docker', ['--host', `unix://${socketPath}`, 'ps', '-q'])
  return stdout.split('\n').filter(Boolean).length
}

async function fill(path: string): Promise<void> {
  const file = await openFile(path, 'w')
  try {
    for (let bytes = MiB; bytes >= 1024; ) {
      const written = await file.write(Buffer.alloc(bytes, 1)).catch(() => ({ bytesWritten: 0 }))
      if (written.bytesWritten < bytes) bytes /= 4
    }
  } finally {
    await file.close()
  }
}

test('an engine that goes away while it is used is found to be away, and back when it is back', async () => {
  const socketPath = join('/tmp', `stimnet-away-${randomUUID()}.sock`)
  const info = { MemoryLimit: true, PidsLimit: true, CpuCfsQuota: true, SecurityOptions: ['name=seccomp'] }
  const start = async () => {
    const server = createHttpServer((asked, answer) =>
      asked.url?.endsWith('/_ping') ? answer.end('OK') : answer.end(JSON.stringify({ ...info, Runtimes: {} }))
    )
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    return async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
  const stop = await start()
  const engine = await Engine.connect({ socketPath })
  const found = [await engine.isThere()]
  await stop()
  found.push(await engine.isThere())
  const stopAgain = await start()
  found.push(await engine.isThere())
  await stopAgain()
  assert.deepEqual(found, [true, false, true])
})

test('an engine that says nothing at all is no engine', { timeout: 120_000 }, async () => {
  const ends: Socket[] = []
  const silent = createServer((socket) => ends.push(socket))
  const socketPath = join('/tmp', `stimnet-silent-${randomUUID()}.sock`)
  await new Promise<void>((resolve) => silent.listen(socketPath, resolve))
  const opening = openDockerSandbox({ owner: 'any', poolSize: 0, socketPath })
  await assert.rejects(opening, { code: 'SANDBOX_UNAVAILABLE' })
  for (const end of ends) end.destroy()
  silent.close()
})
