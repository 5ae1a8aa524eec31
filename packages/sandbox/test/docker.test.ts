import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { OWNER_LABEL } from '../src/docker/engine.ts'
import { type DockerSettings, openDockerSandbox, type Sandbox, type SandboxLimits } from '../src/index.ts'
import { sandboxContract } from './contract.ts'
import { files, KERNEL_ATTEMPTS, network } from './docker-attempts.ts'
import { engineHere, minimalImage, SOCKET } from './docker-engine.ts'
import { jobOf, LIMITS_OF_TESTS, MiB } from './jobs.ts'

const engine = await engineHere()
const image = engine ? ((await minimalImage()) ?? '') : ''
const skip = image === '' ? 'no Docker engine answers here, or its image cannot be made' : false
const owner = `test-${randomUUID()}`

const open = (more: Partial<DockerSettings> = {}) => openDockerSandbox({ image, owner, poolSize: 0, ...more })
const containersOf = async (name: string) => (await engine?.containers(OWNER_LABEL, name))?.length ?? 0
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

if (!skip) {
  sandboxContract({
    name: 'docker',
    open: () => open({ poolSize: 1 }),
    programs: {
      answers: 'result = {"n": 3}',
      fails: 'raise ValueError("of its own")',
      neverEnds: 'while True:\n  pass',
      leavesNothing: 'x = 1',
      leavesNoJson: 'import os\nopen(os.environ["OUTPUT_FILE"], "w").write(\'{"n": NaN}\')',
      answersTooMuch: 'result = "x" * 100_000',
      printsTooMuch: 'while True:\n  print("x" * 1000)',
      prints: 'print("printed by the program")\nresult = {"n": 3}'
    }
  })
}

/** Tries each piece of code and leaves the names of those that got through. */
function tryAll(pieces: Record<string, string>): string {
  return `
import json
got = []
for name, code in json.loads(${JSON.stringify(JSON.stringify(pieces))}).items():
    try:
        exec(code, {})
        got.append(name)
    except BaseException as error:
        print(name, "->", repr(error)[:200])
result = {"got": got}
`
}

describe('a hostile program in a container', { skip }, () => {
  let sandbox: Sandbox
  let folder: string
  let marker: string
  let listener: Server
  let hits = 0
  let port = 0

  before(async () => {
    process.env.STIMNET_SECRET = 'hidden'
    sandbox = await open({ poolSize: 1, warmFrom: 'open' })
    folder = await mkdtemp(join(tmpdir(), 'stimnet-docker-'))
    marker = join(folder, 'marked')
    await writeFile(marker, 'marked', { mode: 0o644 })
    listener = createServer((socket) => {
      hits++
      socket.destroy()
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const address = listener.address()
    port = typeof address === 'object' && address ? address.port : 0
  })
  after(async () => {
    await sandbox?.close()
    listener?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
    assert.equal(await containersOf(owner), 0)
  })

  const run = (code: string, limits: Partial<SandboxLimits> = {}) =>
    sandbox.run(jobOf(code), { ...LIMITS_OF_TESTS, ...limits })
  const classOf = async (code: string, limits: Partial<SandboxLimits> = {}) => {
    const outcome = await run(code, limits)
    return outcome.ok ? outcome.result : outcome.code
  }

  test('gets at no file, no device, no other process, no network and no part of the kernel', async () => {
    const pieces = { ...files(marker), ...network(port), ...(process.arch === 'x64' ? KERNEL_ATTEMPTS : {}) }
    const outcome = await run(tryAll(pieces))
    assert.ok(outcome.ok, JSON.stringify(outcome))
    assert.deepEqual(JSON.parse(outcome.result), { got: [] }, outcome.log)
    assert.equal(hits, 0)
  })

  test('is nobody, without a single capability, and can gain none', async () => {
    const code = `
status = dict(line.rstrip().split(":\\t") for line in open("/proc/self/status") if ":\\t" in line)
result = [status[name] for name in ("Uid", "Gid", "Groups", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp")]`
    const nobody = Array(4).fill('65534').join('\t')
    const none = '0'.repeat(16)
    assert.deepEqual(
      JSON.parse(await classOf(code)).map((text: string) => text.trim()),
      [nobody, nobody, '65534', none, none, '1', '2']
    )
  })

  test('that multiplies is held to its processes, and all of them end with it', async () => {
    const count = `
import os, time
n = 0
while True:
    try:
        if os.fork() == 0:
            time.sleep(100)
            os._exit(0)
        n += 1
    except OSError:
        break
result = n`
    const processes = JSON.parse(await classOf(count))
    assert.ok(processes > 20 && processes < 64, `${processes}`)
    const bomb = 'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass'
    const startedAt = performance.now()
    assert.equal(await classOf(bomb, { wallTimeMsMax: 1_500 }), 'TIME_LIMIT')
    assert.ok(performance.now() - startedAt < 4_000)
  })

  for (const [name, code] of Object.entries({
    'a list that grows': 'x = []\nwhile True: x.append(bytearray(10_000_000))',
    'shared pages':
      'import mmap\nx = []\nwhile True:\n  m = mmap.mmap(-1, 10_000_000)\n  m.write(b"x" * 10_000_000)\n  x.append(m)',
    'files in memory': 'f = open("/data/x", "wb")\nwhile True:\n  f.write(b"x" * 1_000_000)',
    'a child, while the program itself ends well': `
import os
if os.fork() == 0:
    x = []
    while True: x.append(bytearray(10_000_000))
os.wait()
result = 1`
  })) {
    test(`is stopped at its memory limit: ${name}`, async () => {
      assert.equal(await classOf(code, { memoryBytesMax: 100 * MiB }), 'MEMORY_LIMIT')
    })
  }

  test('fills its folder for temporary files with bytes or with empty files, and no more', async () => {
    const fill = `
bytes_written, count = 0, 0
with open("/tmp/fill", "wb", buffering=0) as file:
    try:
        while True: bytes_written += file.write(b"x" * 1_000_000)
    except OSError:
        pass
import os
os.remove("/tmp/fill")
try:
    while True:
        os.close(os.open(f"/tmp/{count}", os.O_CREAT | os.O_WRONLY))
        count += 1
except OSError:
    pass
result = [bytes_written, count]`
    const [bytes, count] = JSON.parse(await classOf(fill))
    assert.ok(bytes <= 64 * MiB && count <= 4096, `${bytes} ${count}`)
  })

  test('that is deaf to signals, or sleeps, or shuts its outputs is ended all the same', async () => {
    const deaf = `
import signal
for number in signal.valid_signals():
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True: pass`
    for (const code of [
      deaf,
      'import time\ntime.sleep(100)',
      'import os, time\nos.closerange(0, 99)\ntime.sleep(100)'
    ]) {
      const startedAt = performance.now()
      assert.equal(await classOf(code, { wallTimeMsMax: 1_200 }), 'TIME_LIMIT')
      assert.ok(performance.now() - startedAt < 2_500, `${performance.now() - startedAt} ms`)
    }
  })

  test('writes to every descriptor without end and is cut off', async () => {
    const code = `
import os
while True:
    for descriptor in range(1, 10):
        try: os.write(descriptor, b"x" * 65536)
        except OSError: pass`
    assert.equal(await classOf(code), 'OUTPUT_LIMIT')
  })

  for (const [name, code] of Object.entries({
    'a second answer': `
import os
for descriptor in range(3, 10):
    try: os.write(descriptor, b"R\\0\\0\\0\\1" + b"7")
    except OSError: pass
result = 1`,
    'an answer and a bad end': `
import os
for descriptor in range(3, 10):
    try: os.write(descriptor, b"R\\0\\0\\0\\1" + b"7")
    except OSError: pass
os._exit(1)`,
    'os._exit': 'import os\nos._exit(0)',
    abort: 'import os\nos.abort()',
    'a wild pointer': 'import ctypes\nctypes.string_at(0)',
    'a link as its result': 'import os\nos.symlink("/etc/passwd", os.environ["OUTPUT_FILE"])',
    'a library that is not there': 'import numpy\nresult = 1'
  })) {
    test(`fails by itself, and only itself: ${name}`, async () => {
      assert.equal(await classOf(code), 'PROGRAM_FAILED')
    })
  }

  test('leaves no process behind, whatever it detaches', async () => {
    const word = `left-${randomUUID()}`
    const code = `
import os, subprocess
subprocess.Popen(["/usr/bin/python3", "-c", "import time; time.sleep(100)", ${JSON.stringify(word)}], start_new_session=True)
result = 1`
    assert.equal(await classOf(code), '1')
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    assert.ok(!commands.some((command) => command.includes(word)))
  })

  test('leaves nothing to the next one', async () => {
    const leave = `
for path in ("/tmp/left", "/data/left", "/job/left"): open(path, "w").write("secret")
import builtins
builtins.left = "secret"
result = 1`
    const look = `
import builtins, os
result = [hasattr(builtins, "left"), sorted(os.listdir("/tmp")), sorted(os.listdir("/data")), sorted(os.listdir("/job"))]`
    assert.equal(await classOf(leave), '1')
    assert.deepEqual(JSON.parse(await classOf(look)), [false, [], ['subjects.csv'], ['config.json']])
  })
})

describe('a node that uses Docker', { skip }, () => {
  test('names the image by what it is, not by what it is called', async () => {
    const sandbox = await open()
    const description = await sandbox.describe()
    await sandbox.close()
    assert.match(description.image, /^docker sha256:[0-9a-f]{64}$/)
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
      const sandbox = await openDockerSandbox({ image: ${JSON.stringify(image)}, owner: ${JSON.stringify(own)}, poolSize: 0 })
      sandbox.run(jobOf('while True: pass'), LIMITS_OF_TESTS)
      setTimeout(() => process.stdout.write('running'), 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'close')
    const other = await open({ poolSize: 1, warmFrom: 'open' })
    await pause(500)
    assert.equal(await containersOf(own), 1)
    const mine = await containersOf(owner)
    const sandbox = await open({ owner: own })
    assert.equal(await containersOf(own), 0)
    assert.equal(await containersOf(owner), mine)
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
    const running = sandbox.run(jobOf('while True: pass'), LIMITS_OF_TESTS)
    await pause(1_000)
    between.close()
    for (const end of ends) end.destroy()
    const outcome = await running
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'SANDBOX_UNAVAILABLE')
    const later = await sandbox.run(jobOf('result = 1'), LIMITS_OF_TESTS)
    assert.equal(later.ok ? 'ok' : later.code, 'SANDBOX_UNAVAILABLE')
    await sandbox.close()
    await rm(folder, { recursive: true, force: true })
    // The engine is back: what was left is an orphan.
    await (await open({ owner: own })).close()
    assert.equal(await containersOf(own), 0)
  })

  test('tells a container that somebody else killed as its own fault', async () => {
    const own = `test-${randomUUID()}`
    const sandbox = await open({ owner: own })
    const running = sandbox.run(jobOf('while True: pass'), LIMITS_OF_TESTS)
    await pause(1_000)
    for (const { id } of (await engine?.containers(OWNER_LABEL, own)) ?? []) await engine?.remove(id)
    const outcome = await running
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'SANDBOX_UNAVAILABLE')
    await sandbox.close()
  })

  test('takes no image without the runner, and none that is not there', async () => {
    await assert.rejects(open({ image: 'stimnet-no-such-image' }), { code: 'SANDBOX_UNAVAILABLE' })
    await assert.rejects(open({ runtime: 'runsc-no-such' as 'runsc' }), { code: 'SANDBOX_UNAVAILABLE' })
  })
})

const FULL_IMAGE = 'stimnet-python'
const hasFullImage = !skip && (await engine?.imageId(FULL_IMAGE).then(Boolean, () => false))

describe('a container with pandas', { skip: hasFullImage ? false : `the image ${FULL_IMAGE} is not built` }, () => {
  let sandbox: Sandbox
  before(async () => {
    sandbox = await open({ image: FULL_IMAGE, poolSize: 1, warmFrom: 'open' })
  })
  after(() => sandbox?.close())

  test('names its libraries', async () => {
    const libraries = (await sandbox.describe()).libraries('python')
    for (const library of ['numpy', 'pandas', 'scipy', 'data_loader', 'stimnet']) assert.ok(libraries.has(library))
  })

  test('loads tables as DataFrames, and leaves stimnet.tables as it is everywhere, whether it waited or not', async () => {
    const code = `
from data_loader import load_data
import stimnet
subjects = load_data()["subjects"]
result = {"ages": subjects["age"].dropna().tolist(), "types": [str(t) for t in subjects.dtypes], "mean": subjects["age"].mean(),
  "by sex": subjects.groupby("sex")["age"].count(), "n": subjects["weight"].notna().sum(), "first": stimnet.tables["subjects"][0]["age"]}`
    const wanted = {
      ages: [61, 70],
      types: ['object', 'float64', 'object', 'object', 'float64'],
      mean: 65.5,
      'by sex': { F: 2, M: 0 },
      n: 2,
      first: 61
    }
    for (const memoryBytesMax of [LIMITS_OF_TESTS.memoryBytesMax, 512 * MiB]) {
      const outcome = await sandbox.run(jobOf(code), { ...LIMITS_OF_TESTS, memoryBytesMax })
      assert.ok(outcome.ok, JSON.stringify(outcome))
      assert.deepEqual(JSON.parse(outcome.result), wanted)
      assert.equal(outcome.usage.warm, memoryBytesMax === LIMITS_OF_TESTS.memoryBytesMax)
    }
  })
})

const gvisor = skip ? undefined : await engineHere('runsc')

describe('a container under gVisor', { skip: gvisor ? false : 'Docker here has no runtime runsc' }, () => {
  test('runs the same program, says its grade, and holds files and network away', async () => {
    process.env.STIMNET_SECRET = 'hidden'
    const sandbox = await open({ runtime: 'runsc' })
    assert.equal((await sandbox.describe()).grade, 'docker+gvisor')
    const outcome = await sandbox.run(jobOf(tryAll({ ...files('/etc/machine-id'), ...network(9) })), LIMITS_OF_TESTS)
    const memory = { ...LIMITS_OF_TESTS, memoryBytesMax: 200 * MiB }
    const bomb = await sandbox.run(jobOf('x = []\nwhile True: x.append(bytearray(10_000_000))'), memory)
    await sandbox.close()
    assert.ok(outcome.ok, JSON.stringify(outcome))
    assert.deepEqual(JSON.parse(outcome.result), { got: [] }, outcome.log)
    assert.equal(bomb.ok ? 'ok' : bomb.code, 'MEMORY_LIMIT')
  })
})

test('without an engine there is no such sandbox, and that is said at once', async () => {
  const nowhere = { image: 'any', owner, poolSize: 0, socketPath: '/nonexistent/docker.sock' }
  await assert.rejects(openDockerSandbox(nowhere), { code: 'SANDBOX_UNAVAILABLE' })
})
