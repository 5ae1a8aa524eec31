/** Tests of hostile programs in containers, for any runtime. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Sandbox, SandboxLimits } from '../src/index.ts'
import { files, KERNEL_ATTEMPTS, network } from './docker-attempts.ts'
import type { DockerHere } from './docker-engine.ts'
import { openBait, classOf as outcomeClass, jobOf, LIMITS_OF_TESTS, MiB, tryAll } from './jobs.ts'
import { eventually } from './processes.ts'

/** Code that writes a forged answer to every descriptor, one of which is the real one. */
const FORGED = `
import os
def forge(answer):
    for descriptor in range(3, 20):
        try: os.write(descriptor, answer)
        except OSError: pass
    return 1
SEVEN = b"R\\0\\0\\0\\1" + b"7"
MARK = b"\\x04END\\x04\\n"
`

export function hostileContainers(options: { name: string; here: DockerHere; isGvisor: boolean }): void {
  const { name, here, isGvisor } = options
  describe(`a hostile program in ${name}`, { skip: here.skip }, () => {
    let sandbox: Sandbox
    let folder: string
    let marker: string
    let bait: Awaited<ReturnType<typeof openBait>>

    before(async () => {
      process.env.STIMNET_SECRET = 'hidden'
      sandbox = await here.open({ poolSize: 1, warmFrom: 'open' })
      folder = await mkdtemp(join(tmpdir(), 'stimnet-docker-'))
      marker = join(folder, 'marked')
      await writeFile(marker, 'marked', { mode: 0o644 })
      bait = await openBait()
    })
    after(async () => {
      await sandbox?.close()
      bait?.close()
      if (folder) await rm(folder, { recursive: true, force: true })
      assert.equal(await here.containersOf(), 0)
    })

    const run = (code: string, limits: Partial<SandboxLimits> = {}) =>
      sandbox.run(jobOf(code), { ...LIMITS_OF_TESTS, wallTimeMsMax: 60_000, ...limits })
    const classOf = (code: string, limits: Partial<SandboxLimits> = {}) => outcomeClass(run(code, limits))

    test('gets at no file, no device, no other process, no network and no part of the kernel', async () => {
      // gVisor answers from its own kernel, so these attempts do not reach this machine's kernel.
      const kernel = process.arch === 'x64' && !isGvisor ? KERNEL_ATTEMPTS : {}
      const outcome = await run(tryAll({ ...files(marker), ...network(bait.port), ...kernel }))
      assert.ok(outcome.ok, JSON.stringify(outcome))
      assert.deepEqual(JSON.parse(outcome.result), { got: [] }, outcome.log)
      assert.equal(bait.hits(), 0)
    })

    test('is nobody, without a single capability, and can gain none', async () => {
      const fields = ['Uid', 'Gid', 'CapEff', 'CapBnd', ...(isGvisor ? [] : ['Groups', 'NoNewPrivs', 'Seccomp'])]
      const code = `
status = dict(line.rstrip().split(":\\t") for line in open("/proc/self/status") if ":\\t" in line)
result = [status[name].strip() for name in ${JSON.stringify(fields)}]`
      const nobody = Array(4).fill('65534').join('\t')
      const none = '0'.repeat(16)
      const wanted = [nobody, nobody, none, none, ...(isGvisor ? [] : ['65534', '1', '2'])]
      assert.deepEqual(JSON.parse(await classOf(code)), wanted)
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
      const outcome = await run(count, { wallTimeMsMax: 5_000 })
      // gVisor exits completely if this machine refuses to start another process.
      if (isGvisor) assert.ok(!outcome.ok || JSON.parse(outcome.result) < 192, JSON.stringify(outcome))
      else
        assert.ok(
          outcome.ok && JSON.parse(outcome.result) > 20 && JSON.parse(outcome.result) < 64,
          JSON.stringify(outcome)
        )
      const bomb = 'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass'
      const ended = await classOf(bomb, { wallTimeMsMax: 1_500 })
      assert.ok(isGvisor ? ['TIME_LIMIT', 'PROGRAM_FAILED'].includes(ended) : ended === 'TIME_LIMIT', ended)
      assert.equal(await classOf('result = 1'), '1')
    })

    for (const [kind, code] of Object.entries({
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
result = 1`,
      'a child, while the program answers at the same time': `${FORGED}
if os.fork() == 0:
    x = []
    while True: x.append(bytearray(10_000_000))
os.wait()
forge(SEVEN + MARK)
os.write(2, MARK)
result = 1`
    })) {
      // It depends on chance whether the child or the program ends first, so both are tried several times.
      const rounds = kind.startsWith('a child') || process.env.STIMNET_LONG === '1' ? 3 : 1
      test(`is stopped at its memory limit: ${kind}`, async () => {
        // Under gVisor a program can kill its first process itself, which looks the same if the engine's report was lost.
        const ends = isGvisor ? ['MEMORY_LIMIT', 'PROGRAM_FAILED'] : ['MEMORY_LIMIT']
        for (let round = 0; round < rounds; round++) {
          const ended = await classOf(code, { memoryBytesMax: 100 * MiB })
          assert.ok(ends.includes(ended), ended)
        }
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
      const ended = await classOf(fill, { wallTimeMsMax: isGvisor ? 4_000 : LIMITS_OF_TESTS.wallTimeMsMax })
      // gVisor does not limit the number of files. They use memory and time, which are limited.
      if (isGvisor && ['TIME_LIMIT', 'MEMORY_LIMIT'].includes(ended)) return
      const [bytes, count] = JSON.parse(ended)
      assert.ok(bytes <= 64 * MiB && (isGvisor || count <= 4096), `${bytes} ${count}`)
    })

    test('that is deaf to signals, or sleeps, or shuts its outputs is ended all the same', async () => {
      const deaf = `
import signal
for number in signal.valid_signals():
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True: pass`
      const codes = [deaf, 'import time\ntime.sleep(100)', 'import os, time\nos.closerange(0, 99)\ntime.sleep(100)']
      const ends = await Promise.all(codes.map((code) => classOf(code, { wallTimeMsMax: 2_000 })))
      assert.deepEqual(ends, ['TIME_LIMIT', 'TIME_LIMIT', 'TIME_LIMIT'])
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

    for (const [kind, code] of Object.entries({
      'a second answer in one breath': `${FORGED}result = forge(SEVEN + SEVEN)`,
      'an answer with something behind it': `${FORGED}result = forge(SEVEN + b"8")`,
      'an answer and a bad end': `${FORGED}forge(SEVEN)\nos._exit(1)`,
      'half an answer': `${FORGED}forge(SEVEN[:4])\nos._exit(0)`,
      'an answer longer than it says': `${FORGED}forge(b"R\\0\\0\\0\\1" + b"77")\nos._exit(0)`,
      'a code that is not its own to give': `${FORGED}forge(b"F\\0\\0\\0\\x0aTIME_LIMIT")\nos._exit(0)`,
      'a mark and no answer': `${FORGED}os.write(2, MARK)\nos._exit(0)`,
      'os._exit': 'import os\nos._exit(0)',
      'its first process killed by its own hand':
        'import os, time\nos.kill(os.getpid(), 9)\ntime.sleep(1)\nraise ValueError("alive")',
      abort: 'import os\nos.abort()',
      'a wild pointer': 'import ctypes\nctypes.string_at(0)',
      'a link as its result': 'import os\nos.symlink("/etc/passwd", os.environ["OUTPUT_FILE"])',
      'a library that is not there': 'import numpy\nresult = 1'
    })) {
      test(`fails by itself, and only itself: ${kind}`, async () => {
        assert.equal(await classOf(code), 'PROGRAM_FAILED')
      })
    }

    test('that makes a pipe of its result is waited for until its time is up, and no longer', async () => {
      const code = 'import os\nos.mkfifo(os.environ["OUTPUT_FILE"])\nos.environ["OUTPUT_FILE"]'
      const ended = await classOf(code, { wallTimeMsMax: 3_000 })
      assert.ok(['PROGRAM_FAILED', 'TIME_LIMIT'].includes(ended), ended)
    })

    test('that gives its answer itself adds nothing to it afterwards, and is soon ended', async () => {
      const word = `left-${randomUUID()}`
      // A child that ignores signals, outlives the program and keeps on writing.
      const code = `${FORGED}
import signal, subprocess, sys, time
if os.fork() == 0:
    os.setsid()
    for number in signal.valid_signals():
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    time.sleep(0.3)
    while True:
        forge(b"R\\0\\0\\0\\1" + b"8")
        os.write(2, b"said too late")
        time.sleep(0.01)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)", ${JSON.stringify(word)}], start_new_session=True)
forge(SEVEN)
os.write(2, b"said in time" + MARK)
time.sleep(100)`
      const outcome = await run(code)
      assert.ok(outcome.ok, JSON.stringify(outcome))
      assert.equal(outcome.result, '7')
      assert.match(outcome.log, /said in time/)
      assert.doesNotMatch(outcome.log, /said too late/)
      assert.ok(await eventually(async () => !(await isSomewhere(word)), { msMax: 30_000 }))
      // Only the container that waits for the next job is left. Once, an engine failed to kill a container under gVisor for half a minute.
      assert.ok(await eventually(async () => (await here.containersOf()) <= 1, { msMax: 90_000 }))
    })

    test('leaves no process behind, whatever it detaches', async () => {
      const word = `left-${randomUUID()}`
      const code = `
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)", ${JSON.stringify(word)}], start_new_session=True)
result = 1`
      assert.equal(await classOf(code), '1')
      assert.ok(await eventually(async () => !(await isSomewhere(word)), { msMax: 30_000 }))
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
}

/** Whether a process of this machine has the word in its command line. Processes inside gVisor are not visible here. */
async function isSomewhere(word: string): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return commands.some((command) => command.includes(word))
}
