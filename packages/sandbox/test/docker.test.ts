import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { OWNER_LABEL } from '../src/docker/engine.ts'
import { openDockerSandbox, removeContainersOf } from '../src/index.ts'
import { sandboxContract } from './contract.ts'
import { dockerHere, PYTHON_PROGRAMS, SOCKET } from './docker-engine.ts'
import { jobOf, LIMITS_OF_TESTS, MiB } from './jobs.ts'
import { eventually } from './processes.ts'

const here = await dockerHere('minimal')
const { engine, image, skip, open, containersOf } = here

if (!skip) sandboxContract({ name: 'docker', open: () => open({ poolSize: 1 }), programs: PYTHON_PROGRAMS })

/** Waits until the container of a program exists. */
const running = (owner: string) => eventually(async () => (await containersOf(owner)) === 1, { msMax: 30_000 })

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a node that uses Docker', { skip }, () => {
  test('names the image by what it is, not by what it is called', async () => {
    const sandbox = await open()
    const description = await sandbox.describe()
    await sandbox.close()
    assert.match(description.image('python'), /^docker sha256:[0-9a-f]{64}$/)
    assert.equal(description.image('jupyter'), description.image('python'))
    assert.deepEqual([description.languages, description.image('r')], [['python', 'jupyter'], ''])
    assert.equal(description.grade, 'docker')
  })

  test('answers from a waiting container, puts another in its place, and at the end has left none', async () => {
    const own = `test-${randomUUID()}`
    const sandbox = await open({ owner: own, poolSize: 2, warmFrom: 'open' })
    let warm = 0
    for (let count = 0; count < 12; count++) {
      const outcome = await sandbox.run(jobOf('result = 1'), LIMITS_OF_TESTS)
      assert.ok(outcome.ok, JSON.stringify(outcome))
      if (outcome.usage.warm) warm++
    }
    await sandbox.close()
    assert.ok(warm >= 10, `${warm}`)
    assert.equal(await containersOf(own), 0)
  })

  test('removes at its start what it left when it was killed, and nothing of others', async () => {
    const own = `test-${randomUUID()}`
    const source = new URL('../src/index.ts', import.meta.url).href
    const jobs = new URL('./jobs.ts', import.meta.url).href
    const code = `
      import { openDockerSandbox } from ${JSON.stringify(source)}
      import { jobOf, LIMITS_OF_TESTS } from ${JSON.stringify(jobs)}
      const sandbox = await openDockerSandbox({ images: { python: ${JSON.stringify(image)} }, owner: ${JSON.stringify(own)}, poolSize: 0 })
      sandbox.run(jobOf('while True: pass'), { ...LIMITS_OF_TESTS, wallTimeMsMax: 300_000 })
      process.stdout.write('running')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    assert.ok(await running(own))
    child.kill('SIGKILL')
    await once(child, 'close')
    const other = await open({ poolSize: 1, warmFrom: 'open' })
    assert.ok(await running(here.owner))
    assert.equal(await containersOf(own), 1)
    const mine = await containersOf()
    const sandbox = await open({ owner: own })
    assert.equal(await containersOf(own), 0)
    assert.equal(await containersOf(), mine)
    await Promise.all([sandbox.close(), other.close()])
  })

  test('whose engine dies in the middle of a job tells it as its own fault', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stimnet-engine-'))
    const socketPath = join(folder, 'docker.sock')
    const ends: Socket[] = []
    const between = createServer((near) => {
      const far = connect(SOCKET)
      ends.push(near, far)
      for (const end of [near, far]) end.on('error', () => {})
      near.pipe(far).pipe(near)
    })
    await new Promise<void>((resolve) => between.listen(socketPath, resolve))
    const own = `test-${randomUUID()}`
    const sandbox = await open({ owner: own, socketPath })
    const run = sandbox.run(jobOf('while True: pass'), { ...LIMITS_OF_TESTS, wallTimeMsMax: 300_000 })
    await running(own)
    await pause(500)
    between.close()
    for (const end of ends) end.destroy()
    const outcome = await run
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'SANDBOX_UNAVAILABLE')
    const later = await sandbox.run(jobOf('result = 1'), LIMITS_OF_TESTS)
    assert.equal(later.ok ? 'ok' : later.code, 'SANDBOX_UNAVAILABLE')
    await sandbox.close()
    await rm(folder, { recursive: true, force: true })
    // The engine works again, so the remaining container is removed as an orphan.
    await (await open({ owner: own })).close()
    assert.equal(await containersOf(own), 0)
  })

  test('is cleared away by its owner’s name when the process that had it was killed', async () => {
    const own = `test-${randomUUID()}`
    const sandbox = await open({ owner: own, poolSize: 1, warmFrom: 'open' })
    while ((await containersOf(own)) === 0) await pause(50)
    const other = await containersOf()
    // This process keeps running: if a container is removed before it is ready, its start is repeated once.
    const areGone = async () => {
      await removeContainersOf(own)
      return (await containersOf(own)) === 0
    }
    assert.ok(await eventually(areGone, { msMax: 60_000 }))
    assert.equal(await containersOf(), other)
    await sandbox.close()
  })

  test('whose engine would not remove a container that has answered tries again until it does', async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'stimnet-engine-'))
    const socketPath = join(folder, 'docker.sock')
    let toRefuse = 0
    const between = createServer((near) => {
      const far = connect(SOCKET)
      for (const end of [near, far]) end.on('error', () => {})
      near.on('data', (chunk: Buffer) => {
        // The connections of the first requests to remove a container are cut.
        if (chunk.toString('latin1').startsWith('DELETE ') && toRefuse > 0) {
          toRefuse--
          for (const end of [near, far]) end.destroy()
        } else far.write(chunk)
      })
      near.on('close', () => far.destroy())
      far.pipe(near)
    })
    await new Promise<void>((resolve) => between.listen(socketPath, resolve))
    const own = `test-${randomUUID()}`
    // The program continues after it has answered.
    const code = `
import os, time
for descriptor in range(3, 20):
    try: os.write(descriptor, b"R\\0\\0\\0\\1" + b"7")
    except OSError: pass
os.write(2, b"\\x04END\\x04\\n")
time.sleep(1000)`
    const sandbox = await open({ owner: own, socketPath })
    context.after(async () => {
      await sandbox.close()
      between.close()
      await rm(folder, { recursive: true, force: true })
    })
    toRefuse = 2
    const outcome = await sandbox.run(jobOf(code), { ...LIMITS_OF_TESTS, wallTimeMsMax: 300_000 })
    assert.equal(outcome.ok ? outcome.result : outcome.code, '7')
    assert.ok(await eventually(async () => toRefuse === 0, { msMax: 30_000 }))
    assert.ok(await eventually(async () => (await containersOf(own)) === 0, { msMax: 30_000 }))
  })

  for (const [when, noticesToHide] of Object.entries({ late: 3, never: Number.POSITIVE_INFINITY })) {
    test(`is stopped at its memory limit also where the engine notices it ${when}`, async (context) => {
      let hidden = 0
      const { socketPath, close } = await engineThrough((answer) => {
        const notice = '"OOMKilled":true'
        const found = answer.includes(notice) && hidden < noticesToHide
        if (found) hidden++
        return found ? Buffer.from(answer.toString('latin1').replace(notice, '"OOMKilled":null'), 'latin1') : answer
      })
      const sandbox = await open({ socketPath })
      context.after(async () => {
        await sandbox.close()
        await close()
      })
      const code = 'x = []\nwhile True: x.append(bytearray(10_000_000))'
      const outcome = await sandbox.run(jobOf(code), { ...LIMITS_OF_TESTS, memoryBytesMax: 100 * MiB })
      assert.equal(outcome.ok ? 'ok' : outcome.code, 'MEMORY_LIMIT')
      assert.ok(hidden >= 3, String(hidden))
    })
  }

  test('tells a container that somebody else killed as its own fault', async () => {
    const own = `test-${randomUUID()}`
    const sandbox = await open({ owner: own })
    const run = sandbox.run(jobOf('while True: pass'), { ...LIMITS_OF_TESTS, wallTimeMsMax: 300_000 })
    await running(own)
    // A container that ended before its program began is started once more, and is killed again.
    const ended = run.then(() => true)
    while (!(await Promise.race([ended, pause(500).then(() => false)])))
      for (const { id } of (await engine?.containers(OWNER_LABEL, own)) ?? []) await engine?.remove(id)
    const outcome = await run
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'SANDBOX_UNAVAILABLE')
    await sandbox.close()
  })

  test('uses the configured engine, whatever DOCKER_HOST says', async (t) => {
    const before = process.env.DOCKER_HOST
    process.env.DOCKER_HOST = 'tcp://127.0.0.1:1'
    t.after(() => {
      if (before === undefined) delete process.env.DOCKER_HOST
      else process.env.DOCKER_HOST = before
    })
    const sandbox = await open({ socketPath: SOCKET })
    const outcome = await sandbox.run(jobOf('result = 1'), LIMITS_OF_TESTS)
    await sandbox.close()
    assert.equal(outcome.ok ? outcome.result : outcome.code, '1')
  })

  test('takes no image that is not there, none without the runner, and none of another language', async () => {
    const refused = { code: 'SANDBOX_UNAVAILABLE' }
    await assert.rejects(open({ images: { python: 'stimnet-no-such-image' } }), {
      ...refused,
      message: /npm run images/
    })
    await assert.rejects(open({ images: {} }), refused)
    await assert.rejects(open({ images: { r: image } }), { ...refused, message: /no runner of this version for r/ })
    assert.equal(await containersOf(), 0)
  })

  test('is told what to install where the runtime it wants is not there', async () => {
    const wanted = open({ runtime: 'runsc-no-such' as 'runsc' })
    await assert.rejects(wanted, { code: 'SANDBOX_UNAVAILABLE', message: /no runtime runsc-no-such/ })
  })

  test('runs no language whose image it has not', async () => {
    const sandbox = await open()
    const outcome = await sandbox.run(jobOf('result <- 1', { language: 'r' }), LIMITS_OF_TESTS)
    await sandbox.close()
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'SANDBOX_UNAVAILABLE')
  })

  test('gives a job with less memory a container with less', async () => {
    const sandbox = await open({ poolSize: 1, warmFrom: 'open' })
    const code = 'x = bytearray(120 * 1024 * 1024)\nresult = len(x)'
    const tight = await sandbox.run(jobOf(code), { ...LIMITS_OF_TESTS, memoryBytesMax: 64 * MiB })
    const wide = await sandbox.run(jobOf(code), { ...LIMITS_OF_TESTS, memoryBytesMax: 512 * MiB })
    await sandbox.close()
    assert.deepEqual([tight.ok ? 'ok' : tight.code, wide.ok ? wide.result : wide.code], ['MEMORY_LIMIT', '125829120'])
  })
})

test('without an engine there is no such sandbox, and that is said at once', async () => {
  const nowhere = { owner: here.owner, poolSize: 0, socketPath: '/nonexistent/docker.sock' }
  await assert.rejects(openDockerSandbox(nowhere), { code: 'SANDBOX_UNAVAILABLE' })
})

/** A socket through which the engine answers, with each piece of its answers changed. */
async function engineThrough(
  change: (answer: Buffer) => Buffer
): Promise<{ socketPath: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-engine-'))
  const socketPath = join(folder, 'docker.sock')
  const between = createServer((near) => {
    const far = connect(SOCKET)
    for (const end of [near, far]) end.on('error', () => {})
    far.on('data', (answer: Buffer) => near.write(change(answer)))
    far.on('end', () => near.end())
    near.pipe(far)
    near.on('close', () => far.destroy())
  })
  await new Promise<void>((resolve) => between.listen(socketPath, resolve))
  const close = async () => {
    between.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { socketPath, close }
}
